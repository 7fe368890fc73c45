#include "actors/wash.hpp"

#include <algorithm>
#include <utility>

namespace souk {

namespace {

constexpr std::uint32_t first_order = 1;
constexpr double bps = 1e-4;

/// What a provider must announce to serve exactly this (akash-chain.md section 3.7).
Attributes capabilities_for(const GroupSpec& spec) {
  Attributes attributes = spec.requirements.attributes;
  for (const ResourceUnit& unit : spec.resources) {
    for (Attribute a : unit.resource.gpu_attributes) {
      a.key.insert(0, "capabilities/gpu/");
      if (a.key.back() == '*') a.key.replace(a.key.size() - 1, 1, "a100");
      attributes.push_back(std::move(a));
    }
    for (const StorageVolume& volume : unit.resource.storage) {
      for (Attribute a : volume.attributes) {
        a.key.insert(0, "capabilities/storage/1/");
        attributes.push_back(std::move(a));
      }
    }
  }
  std::sort(attributes.begin(), attributes.end());
  attributes.erase(std::unique(attributes.begin(), attributes.end()), attributes.end());
  return attributes;
}

}  // namespace

WashTenant::WashTenant(WashConfig config)
    : config_(std::move(config)), request_(make_request(config_.request, config_.price, config_.denom, {})) {
  SOUK_CHECK(config_.tenant != config_.provider);
  SOUK_CHECK(config_.block_time > Duration{} && config_.lease_time > Duration{} &&
             config_.pause > Duration{});
}

void WashTenant::on(const Event& event, const Context& context, Effects& out) {
  Turn turn{context, out};
  std::visit([&](const auto& e) { handle(e, turn); }, event);
}

// ---- one cycle: create, bid, lease, wait, close, count ----------------------------------------------

void WashTenant::handle(const Started&, Turn& turn) {
  ProviderRecord record;
  record.owner = config_.provider;
  record.host_uri = "https://wash.example:8443";
  record.attributes = capabilities_for(*request_.spec);
  submit(config_.provider, MsgCreateProvider{std::move(record)}, turn);
}

void WashTenant::handle(const EventProviderCreated& e, Height height, Turn& turn) {
  if (stage_ == Stage::registering && e.owner == config_.provider) start_cycle(height, turn);
}

void WashTenant::start_cycle(Height after, Turn& turn) {
  counted_after_ = after;
  pair_net_ = {};
  tenant_net_ = 0;
  leased_at_.reset();
  stage_ = Stage::creating;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(turn.context.now.time_since_epoch());
  dseq_ = std::max(dseq_ + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(ms.count(), 1)));
  // The whole lease and two blocks of slack, so that the lease can not run dry.
  const Dec rate = config_.price.times(replica_count(config_.request));
  const Amount lease_cost = cost_of(rate, config_.lease_time + 2 * config_.block_time, config_.block_time);
  MsgCreateDeployment msg;
  msg.id = {config_.tenant, dseq_};
  msg.groups = {request_.spec};
  msg.hash.assign(request_.manifest_hash.begin(), request_.manifest_hash.end());
  msg.deposit = {{config_.denom, std::max(config_.deposit, lease_cost)}, {DepositSource::balance}};
  submit(config_.tenant, std::move(msg), turn);
}

void WashTenant::handle(const EventOrderCreated& e, Height, Turn& turn) {
  if (stage_ != Stage::creating || !current(e.id.owner, e.id.dseq)) return;
  stage_ = Stage::bidding;
  MsgCreateBid bid;
  bid.id = lease_id();
  bid.price = request_.max_price;
  bid.deposit = {{config_.denom, config_.deposit}, {DepositSource::balance}};
  submit(config_.provider, std::move(bid), turn);
}

void WashTenant::handle(const EventBidCreated& e, Height, Turn& turn) {
  if (stage_ != Stage::bidding || e.id != lease_id()) return;
  stage_ = Stage::leasing;
  submit(config_.tenant, MsgCreateLease{e.id}, turn);
}

void WashTenant::handle(const EventLeaseCreated& e, Height height, Turn& turn) {
  if (stage_ != Stage::leasing || e.id != lease_id()) return;
  stage_ = Stage::leased;
  leased_at_ = height;
  set_timer(Timer::lease_over, config_.lease_time, turn);
}

void WashTenant::handle(const EventDeploymentClosed& e, Height height, Turn& turn) {
  if (!current(e.id.owner, e.id.dseq) || stage_ == Stage::stopped) return;
  closed_at_ = height;
  stage_ = Stage::settling;  // the block's transfers may still be on their way
  set_timer(Timer::next, config_.pause, turn);
}

void WashTenant::handle(const TimerFired& e, Turn& turn) {
  switch (static_cast<Timer>(e.id.kind)) {
    case Timer::lease_over:
      if (stage_ != Stage::leased) return;
      stage_ = Stage::closing;
      return submit(config_.tenant, MsgCloseDeployment{{config_.tenant, dseq_}}, turn);
    case Timer::close_again:
      return stage_ == Stage::closing
                 ? submit(config_.tenant, MsgCloseDeployment{{config_.tenant, dseq_}}, turn)
                 : void();
    case Timer::next: return stage_ == Stage::settling ? finish_cycle(turn) : void();
  }
}

/// Counts the lease, and goes on if another one pays.
void WashTenant::finish_cycle(Turn& turn) {
  if (!leased_at_) {  // refused somewhere on the way
    if (++failures_ <= config_.attempts_max) return start_cycle(closed_at_, turn);
    stage_ = Stage::stopped;
    return;
  }
  failures_ = 0;
  const double hours = leased_hours();
  if (cost_usd_h_) {
    wash_hours_ += hours;
    ++wash_leases_;
    turn.out.push_back(Note{Note::Metric::wash_leased_h, dseq_, hours});
  } else if (transfers_seen_ && hours > 0) {
    cost_usd_h_ = cycle_cost_usd() / hours;
    turn.out.push_back(Note{Note::Metric::wash_cost_usd_h, dseq_, *cost_usd_h_});
  }
  const bool pays = cost_usd_h_ && config_.reward_usd_h > *cost_usd_h_;
  const bool enough = config_.leases_max > 0 && wash_leases_ >= config_.leases_max;
  if (pays && !enough) return start_cycle(closed_at_, turn);
  stage_ = Stage::stopped;
}

// ---- books ------------------------------------------------------------------------------------------

void WashTenant::handle(const EventTransfer& e, Height height, Turn&) {
  if (height <= counted_after_) return;
  const bool from_tenant = e.from == config_.tenant;
  const bool to_tenant = e.to == config_.tenant;
  const bool from_pair = from_tenant || e.from == config_.provider;
  const bool to_pair = to_tenant || e.to == config_.provider;
  if (!from_pair && !to_pair) return;
  transfers_seen_ = true;
  const std::int64_t amount = e.amount.amount.micro;
  pair_net_[static_cast<std::size_t>(e.amount.denom)] += (to_pair ? amount : 0) - (from_pair ? amount : 0);
  if (e.amount.denom == config_.denom) tenant_net_ += (to_tenant ? amount : 0) - (from_tenant ? amount : 0);
}

/// What left the pair, plus the spread on what the tenant used up.
double WashTenant::cycle_cost_usd() const {
  const auto lost = [&](Denom denom) {
    return -static_cast<double>(pair_net_[static_cast<std::size_t>(denom)]) * 1e-6;
  };
  double usd = lost(config_.denom) * config_.usd_per_coin;
  if (config_.denom != Denom::uakt) usd += lost(Denom::uakt) * config_.akt_usd;
  const double used = -static_cast<double>(tenant_net_) * 1e-6 * config_.usd_per_coin;
  return usd + used * config_.mint_spread_bps * bps;
}

double WashTenant::leased_hours() const {
  return static_cast<double>((closed_at_ - *leased_at_).count) * seconds(config_.block_time) / 3600;
}

// ---- small tools ------------------------------------------------------------------------------------

void WashTenant::handle(const Ping& e, Turn& turn) {
  turn.out.push_back(Send{e.from, Pong{turn.context.self, e.number}});
}

void WashTenant::handle(const ChainNotice& e, Turn& turn) {
  std::visit([&](const auto& event) { handle(event, e.height, turn); }, e.event);
}

void WashTenant::handle(const TxDecided& e, Turn& turn) {
  if (e.nonce != nonce_) return;
  if (e.code != 0) return refused(turn);
  if (stage_ == Stage::registering) start_cycle(e.height, turn);
}

/// What is open is closed, and the next try waits. Without a registration there is no trying.
void WashTenant::refused(Turn& turn) {
  switch (stage_) {
    case Stage::registering: stage_ = Stage::stopped; return;
    case Stage::creating:
      closed_at_ = counted_after_;
      stage_ = Stage::settling;
      return set_timer(Timer::next, config_.pause, turn);
    case Stage::bidding:
    case Stage::leasing:
      stage_ = Stage::closing;
      return submit(config_.tenant, MsgCloseDeployment{{config_.tenant, dseq_}}, turn);
    case Stage::closing: return set_timer(Timer::close_again, config_.pause, turn);
    case Stage::leased:
    case Stage::settling:
    case Stage::stopped: return;
  }
}

bool WashTenant::current(const Address& owner, std::uint64_t dseq) const {
  return owner == config_.tenant && dseq == dseq_;
}

LeaseId WashTenant::lease_id() const { return {config_.tenant, config_.provider, dseq_, 1, first_order, 0}; }

void WashTenant::submit(const Address& signer, Msg msg, Turn& turn) {
  std::vector<Msg> msgs;
  msgs.push_back(std::move(msg));
  turn.out.push_back(
      SubmitTx{std::make_shared<const Tx>(Tx{signer, ++nonce_, config_.fee, std::move(msgs)})});
}

void WashTenant::set_timer(Timer kind, Duration in, Turn& turn) {
  turn.out.push_back(SetTimer{{static_cast<std::uint32_t>(kind), 0}, turn.context.now + in});
}

}  // namespace souk
