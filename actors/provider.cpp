#include "actors/provider.hpp"

#include <algorithm>
#include <utility>
#include <variant>

/// The provider's events: what each one leads to. The parts are in
/// provider_{txs,bidding,serving,economics}.cpp.
namespace souk {
namespace {

Attributes announced(const ProviderConfig& config) {
  Attributes all = config.attributes;
  if (config.announce_capabilities) {
    const Attributes derived = capability_attributes(config.cluster);
    all.insert(all.end(), derived.begin(), derived.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

Provider::Provider(ProviderConfig config)
    : config_(std::make_shared<const ProviderConfig>(std::move(config))),
      capabilities_(announced(*config_)),
      inventory_(config_->cluster),
      node_epochs_(config_->cluster.nodes.size(), 0) {
  SOUK_CHECK(config_->serve.withdraw_batch_max > 0 && config_->serve.withdraw_period > Duration::zero());
  const EconomicsConfig& economics = config_->economics;
  market_.state = economics.enabled && !economics.starts_inside ? MarketState::outside : MarketState::active;
  market_.cash_usd = economics.cash_reserve_usd;
  market_.price_usd_h = economics.price_prior_usd_h;
}

void Provider::on(const Event& event, const Context& context, Effects& out) {
  std::visit([&](const auto& e) { handle(e, context, out); }, event);
}

void Provider::handle(const Started&, const Context& context, Effects& out) {
  if (market_.state == MarketState::active) register_on_chain(out);
  // Withdrawals of different providers are spread over the period, as restarts of the daemon spread them.
  Rng rng = context.stream(Purpose::timing);
  const auto period = static_cast<std::uint64_t>(config_->serve.withdraw_period.count());
  const Duration phase{static_cast<Duration::rep>(rng.below(period))};
  out.push_back(SetTimer{timer_id(Timer::withdraw), context.now + phase});
  if (config_->failures.enabled) {
    for (std::size_t node = 0; node < inventory_.node_count(); ++node) arm_node(node, context, out);
  }
  market_.accounted = context.now;
  if (!config_->economics.enabled) return;
  out.push_back(SetTimer{timer_id(Timer::review), context.now + config_->economics.review_period});
}

void Provider::handle(const TimerFired& e, const Context& context, Effects& out) {
  switch (static_cast<Timer>(e.id.kind)) {
    case Timer::bid_timeout: return expire_bids(context, out);
    case Timer::manifest: return expire_manifests(context, out);
    case Timer::withdraw: return withdraw_round(context, out);
    case Timer::node: return node_changes(e.id.subject, context, out);
    case Timer::unhealthy: return unhealthy_too_long(e.id.subject, out);
    case Timer::reclaimed: return reclaimed(e.id.subject, out);
    case Timer::review: return review(context, out);
    case Timer::retry: return retry_now(out);
  }
}

void Provider::handle(const Ping& e, const Context& context, Effects& out) {
  out.push_back(Send{e.from, Pong{context.self, e.number}});
}

void Provider::handle(const ChainNotice& e, const Context& context, Effects& out) {
  std::visit([&](const auto& event) { chain(event, context, out); }, e.event);
}

void Provider::handle(const ManifestSent& e, const Context&, Effects& out) {
  const auto it = engagements_.find(e.lease.order());
  const bool known = it != engagements_.end() && e.lease.provider == config_->address;
  if (!known || it->second.phase == Phase::closing_bid || it->second.phase == Phase::closing_lease) {
    out.push_back(Send{e.from, ManifestReply{e.lease, 404}});
    return;
  }
  it->second.tenant = e.from;
  // Before the news of the lease has reached us the manifest waits for it: win() answers then.
  if (it->second.phase == Phase::leased || it->second.phase == Phase::serving) serve(it, out);
}

// ---- chain events -------------------------------------------------------------------------------------

void Provider::chain(const EventOrderCreated& e, const Context& context, Effects& out) {
  if (e.spec == nullptr) return;
  const OpenOrder order{e.id, e.spec, e.reclamation_min_window, ++counts_.orders, context.now};
  if (config_->economics.enabled) remember(order);
  consider(order, context, out);
}

void Provider::chain(const EventOrderClosed& e, const Context& context, Effects& out) {
  const auto it = engagements_.find(e.id);
  if (it == engagements_.end()) return;
  // A leased order closes together with its lease: EventLeaseClosed tears down.
  if (it->second.phase == Phase::bidding || it->second.phase == Phase::bid_open) forget(it, context, out);
}

void Provider::chain(const EventBidClosed& e, const Context& context, Effects& out) {
  const auto it = engagements_.find(e.id.order());
  if (it == engagements_.end() || e.id.provider != config_->address) return;
  if (it->second.phase == Phase::bidding || it->second.phase == Phase::bid_open) forget(it, context, out);
}

void Provider::chain(const EventLeaseCreated& e, const Context& context, Effects& out) {
  const auto it = engagements_.find(e.id.order());
  const bool engaged = it != engagements_.end();
  observe_lease(e.id.order(), e.price, engaged ? it->second.spec.get() : nullptr);
  const bool ours = e.id.provider == config_->address;
  if (!engaged) {
    // A lease on a bid we have given up: nothing is reserved for it.
    if (ours) submit(MsgCloseBid{e.id, LeaseClosedReason::unspecified}, out);
    return;
  }
  if (it->second.phase != Phase::bidding && it->second.phase != Phase::bid_open) return;
  if (ours) {
    win(it, context, out);
  } else {
    lose(it, context, out);
  }
}

void Provider::chain(const EventLeaseClosed& e, const Context& context, Effects& out) {
  const auto it = engagements_.find(e.id.order());
  if (it == engagements_.end() || e.id.provider != config_->address) return;
  tear_down(it, context, out);
}

void Provider::chain(const EventLeaseReclaimStarted& e, const Context&, Effects& out) {
  const auto it = engagements_.find(e.id.order());
  if (it == engagements_.end() || it->second.phase != Phase::closing_lease) return;
  const Time deadline{std::chrono::seconds(e.deadline_unix_s)};
  out.push_back(SetTimer{timer_id(Timer::reclaimed, it->second.serial), deadline});
}

void Provider::chain(const EventTrustedAuditorCreated& e, const Context&, Effects&) {
  if (e.owner == config_->address) keep_audit(e.auditor, e.attributes.get());
}

void Provider::chain(const EventTrustedAuditorDeleted& e, const Context&, Effects&) {
  if (e.owner == config_->address) keep_audit(e.auditor, e.attributes.get());
}

void Provider::keep_audit(const Address& auditor, const Attributes* signed_now) {
  std::erase_if(audited_, [&](const SharedAudit& record) { return record->auditor == auditor; });
  if (signed_now == nullptr || signed_now->empty()) return;
  audited_.push_back(
      std::make_shared<const AuditedAttributes>(AuditedAttributes{config_->address, auditor, *signed_now}));
}

}  // namespace souk
