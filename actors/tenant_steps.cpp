// Transactions: what each phase sends, and what becomes of it.

#include <algorithm>
#include <utility>

#include "actors/chain/codes.hpp"
#include "actors/tenant.hpp"

namespace souk {

namespace {

constexpr std::uint32_t group_sequence = 1;  // a tenant's deployments have one group
constexpr Duration close_retry_max = std::chrono::hours(1);

template <class E>
bool is(const TxDecided& e, Codespace codespace, E error) {
  return e.codespace == codespace && e.code == static_cast<std::uint32_t>(error);
}
bool is(const TxDecided& e, DeploymentError error) { return is(e, Codespace::deployment, error); }
bool is(const TxDecided& e, MarketError error) { return is(e, Codespace::market, error); }

/// The account can not pay: the deposit (market 28, akash-chain.md section 5.2) or the fee (sdk 5).
bool out_of_funds(const TxDecided& e) {
  return is(e, MarketError::invalid_deposit) || is(e, Codespace::sdk, SdkError::insufficient_funds);
}

/// Refused by the mempool, or a panic on the way: the same transaction may pass later.
bool may_pass_later(const TxDecided& e) { return e.height.value == 0 || e.codespace == Codespace::undefined; }

std::vector<Msg> one(Msg msg) {
  std::vector<Msg> msgs;
  msgs.reserve(1);
  msgs.push_back(std::move(msg));
  return msgs;
}

}  // namespace

/// dseq is the time in milliseconds, as some clients do it, and never used twice.
std::uint64_t Tenant::next_dseq(Time now) const {
  const auto since_epoch =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::uint64_t stamp = since_epoch > 0 ? static_cast<std::uint64_t>(since_epoch) : 0;
  return std::max(stamp, deployments_.last_dseq() + 1);
}

// ---- sending ----------------------------------------------------------------------------------------

/// Sends (again) what the phase of `d` waits for.
void Tenant::send_step(OwnDeployment& d, Turn& turn) {
  const DeploymentId id{config_->account, d.dseq};
  ++d.attempts;
  switch (d.phase) {
    case Phase::creating: submit(d, TxKind::create, one(create_msg(d)), turn); break;
    case Phase::leasing:
      if (d.closes_with_lease) {
        submit(d, TxKind::lease_and_close, {MsgCreateLease{d.lease(id.owner)}, MsgCloseDeployment{id}}, turn);
      } else {
        submit(d, TxKind::lease, one(MsgCreateLease{d.lease(id.owner)}), turn);
      }
      break;
    case Phase::moving: submit(d, TxKind::close_lease, one(MsgCloseLease{d.lease(id.owner)}), turn); break;
    case Phase::starting:
      submit(d, TxKind::start_group, one(MsgStartGroup{group_id(id, group_sequence)}), turn);
      break;
    case Phase::closing: submit(d, TxKind::close, one(MsgCloseDeployment{id}), turn); break;
    case Phase::collecting:
    case Phase::leased: SOUK_CHECK(false); break;  // these wait for others
  }
  if (config_->tx_timeout > Duration{}) try_again(d, config_->tx_timeout, turn);
}

Msg Tenant::create_msg(const OwnDeployment& d) const {
  MsgCreateDeployment msg;
  msg.id = {config_->account, d.dseq};
  msg.groups.assign(1, d.request.spec);
  msg.hash.assign(d.request.manifest_hash.begin(), d.request.manifest_hash.end());
  msg.deposit = {{config_->denom, config_->initial_deposit}, config_->deposit_sources};
  msg.reclamation_min_window = config_->reclamation_min_window;
  return msg;
}

void Tenant::submit(OwnDeployment& d, TxKind kind, std::vector<Msg> msgs, Turn& turn) {
  const std::uint64_t nonce = sent_.add({d.dseq, kind});
  if (kind != TxKind::deposit) d.step_nonce = nonce;
  turn.out.push_back(
      SubmitTx{std::make_shared<const Tx>(Tx{config_->account, nonce, config_->fee, std::move(msgs)})});
}

/// The step timer: when it fires the phase's transaction is sent again. A close is tried for ever, at
/// doubling pauses, since a deployment left open costs money.
void Tenant::try_again(OwnDeployment& d, Duration pause, Turn& turn) {
  if (d.phase == Phase::closing) {
    for (std::uint32_t i = 1; i < d.attempts && pause < close_retry_max; ++i) pause *= 2;
    pause = std::min(pause, std::max(close_retry_max, config_->tx_timeout));
  }
  set_timer(Timer::step, d, d.step_due, turn.now() + pause, turn);
}

void Tenant::step_timed_out(OwnDeployment& d, Turn& turn) {
  const SegmentConfig& segment = config_->segment;
  switch (d.phase) {
    case Phase::collecting: return window_ended(d, turn);
    case Phase::leased:
      if (d.manifest_accepted) {  // the workload has been down for failover_after
        return segment.failover_after > Duration{} ? move_away(d, turn) : void();
      }
      return d.attempts < config_->manifest_attempts ? send_manifest(d, turn) : move_away(d, turn);
    case Phase::closing: return send_step(d, turn);
    case Phase::creating:
    case Phase::leasing:
    case Phase::moving:
    case Phase::starting: return d.attempts < config_->tx_attempts ? send_step(d, turn) : give_up(d, turn);
  }
}

// ---- decisions --------------------------------------------------------------------------------------

void Tenant::handle(const TxDecided& e, Turn& turn) {
  if (e.height > tip_) {
    tip_ = e.height;
    tip_time_ = turn.now();
  }
  const std::optional<SentTx> sent = sent_.take(e.nonce);
  if (e.code != 0) ++stats_.txs_refused;
  OwnDeployment* d = sent ? deployments_.find(sent->dseq) : nullptr;
  if (d == nullptr) return;
  if (sent->kind == TxKind::deposit) return deposit_decided(*d, e, turn);
  if (e.code == 0) return accepted(*d, sent->kind, e.height, turn);
  if (e.nonce == d->step_nonce) refused(*d, sent->kind, e, turn);  // else a later copy is under way
}

/// The chain did it; its events may have said so already.
void Tenant::accepted(OwnDeployment& d, TxKind kind, Height height, Turn& turn) {
  switch (kind) {
    case TxKind::create:
      if (d.phase == Phase::creating) open_order(d, 1, height, turn);
      return;
    case TxKind::lease:
      if (d.phase == Phase::leasing) start_lease(d, height, turn);
      return;
    case TxKind::start_group:
      if (d.phase == Phase::starting) open_order(d, d.oseq + 1, height, turn);
      return;
    case TxKind::close_lease:
      if (d.phase == Phase::moving) open_order(d, d.oseq + 1, height, turn);
      return;
    case TxKind::lease_and_close:
    case TxKind::close: return forget(d, height, turn);
    case TxKind::deposit: return;
  }
}

void Tenant::refused(OwnDeployment& d, TxKind kind, const TxDecided& e, Turn& turn) {
  if (may_pass_later(e)) return try_again(d, config_->tx_retry, turn);
  switch (kind) {
    case TxKind::create: return create_refused(d, e, turn);
    case TxKind::lease:
    case TxKind::lease_and_close: return lease_refused(d, e, turn);
    case TxKind::start_group:
      if (d.phase != Phase::starting) return;
      // Open already: an earlier copy did it.
      if (is(e, DeploymentError::group_open)) return open_order(d, d.oseq + 1, e.height, turn);
      return give_up(d, turn);
    case TxKind::close_lease:
      // The provider closed it first, and the group is paused: its event is late or lost.
      if (d.phase != Phase::moving) return;
      end_lease(d, e.height, turn);
      go(d, PhaseInput::provider_left);
      return send_step(d, turn);
    case TxKind::close:
      if (is(e, DeploymentError::closed) || is(e, DeploymentError::not_found))
        return forget(d, e.height, turn);
      return try_again(d, config_->tx_retry, turn);
    case TxKind::deposit: return;
  }
}

void Tenant::create_refused(OwnDeployment& d, const TxDecided& e, Turn& turn) {
  if (d.phase != Phase::creating) return;
  if (is(e, DeploymentError::exists)) {
    if (d.attempts > 1) return open_order(d, 1, e.height, turn);  // an earlier copy did it
    // This account used the number before this tenant began: take the next one.
    cancel_timer(Timer::step, d, d.step_due, turn);
    OwnDeployment again = d;
    deployments_.erase(again.dseq);
    budget_ += config_->initial_deposit;
    --stats_.deployments;
    again.attempts = 0;
    return create(std::move(again), turn);
  }
  if (out_of_funds(e)) {  // the wish is dropped; refunds may pay the next one
    ++stats_.broke;
    note(Note::Metric::tenant_broke, d.dseq, 1, turn);
  } else {
    ++stats_.unmet;
    note(Note::Metric::unmet_order, d.dseq, 1, turn);
  }
  const bool broke = out_of_funds(e);
  if (broke && config_->broke == BrokePolicy::leave) leave_market(turn);
  forget(d, e.height, turn, broke ? broke_pause : config_->tx_retry);
}

void Tenant::lease_refused(OwnDeployment& d, const TxDecided& e, Turn& turn) {
  if (d.phase != Phase::leasing) return;
  const bool bid_gone = is(e, MarketError::bid_not_open) || is(e, MarketError::bid_not_found);
  const bool made_before = d.attempts > 1 && (bid_gone || is(e, MarketError::order_not_open));
  if (made_before && !d.closes_with_lease) return start_lease(d, e.height, turn);  // by an earlier copy
  if (!bid_gone) return give_up(d, turn);
  std::erase_if(d.bids, [&](const SeenBid& bid) { return bid.provider == d.chosen.provider; });
  cancel_timer(Timer::step, d, d.step_due, turn);
  go(d, PhaseInput::bid_gone);
  window_ended(d, turn);
}

}  // namespace souk
