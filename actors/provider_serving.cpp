#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/provider.hpp"

/// From a won lease to its teardown (akash-offchain.md section 2.5): manifest, withdrawals, node failures,
/// ends.
namespace souk {
namespace {

/// Hours as drawn, to a duration between 1 ns and 100 years.
Duration from_hours(double hours) {
  constexpr double ns_per_hour = 3.6e12;
  constexpr double hours_max = 100.0 * 8760.0;
  const double bounded = std::clamp(hours, 0.0, hours_max);
  return std::max(Duration{static_cast<Duration::rep>(bounded * ns_per_hour)}, Duration{1});
}

}  // namespace

// ---- a lease begins -----------------------------------------------------------------------------------

void Provider::win(Engagements::iterator it, const Context& context, Effects& out) {
  auto& [order, engagement] = *it;
  ++counts_.won;
  engagement.phase = Phase::leased;
  leased_.insert(std::lower_bound(leased_.begin(), leased_.end(), order), order);
  inventory_.commit(order);
  earn(engagement, 1.0, context.now);
  out.push_back(Note{Note::Metric::provider_cost_usd_h, order.dseq, engagement.cost_usd_h});
  if (!inventory_.healthy(order)) fall_ill(it, context, out);
  if (engagement.tenant != no_actor) return serve(it, out);
  watch(manifest_watchdog_, config_->serve.manifest_timeout, it, context, out);
}

void Provider::serve(Engagements::iterator it, Effects& out) {
  it->second.phase = Phase::serving;
  out.push_back(Send{it->second.tenant, ManifestReply{lease_of(it->first), 200}});
  tell_tenant(it, out);
}

void Provider::tell_tenant(Engagements::const_iterator it, Effects& out) const {
  if (it->second.phase != Phase::serving) return;
  out.push_back(Send{it->second.tenant, WorkloadStatus{lease_of(it->first), it->second.healthy}});
}

void Provider::expire_manifests(const Context& context, Effects& out) {
  for (;;) {
    const auto it = next_due(manifest_watchdog_, context, out);
    if (it == engagements_.end()) return;
    ++counts_.closed_no_manifest;
    end_lease(it, LeaseClosedReason::manifest_timeout, out);
  }
}

// ---- a lease ends -------------------------------------------------------------------------------------

void Provider::end_lease(Engagements::iterator it, LeaseClosedReason reason, Effects& out) {
  auto& [order, engagement] = *it;
  engagement.phase = Phase::closing_lease;
  engagement.reason = reason;
  if (engagement.reclaimable) {
    submit(MsgLeaseStartReclaim{lease_of(order), reason}, out);
  } else {
    submit(MsgCloseBid{lease_of(order), reason}, out);
  }
}

void Provider::reclaimed(std::uint64_t serial, Effects& out) {
  const auto it = by_serial(serial);
  if (it == engagements_.end() || it->second.phase != Phase::closing_lease) return;
  submit(MsgCloseBid{lease_of(it->first), it->second.reason}, out);
}

void Provider::tear_down(Engagements::iterator it, const Context& context, Effects& out) {
  const Phase phase = it->second.phase;
  const bool leased = phase == Phase::leased || phase == Phase::serving || phase == Phase::closing_lease;
  if (leased) {
    leased_.erase(std::lower_bound(leased_.begin(), leased_.end(), it->first));
    earn(it->second, -1.0, context.now);
  }
  if (leased && !it->second.healthy)
    out.push_back(CancelTimer{timer_id(Timer::unhealthy, it->second.serial)});
  forget(it, context, out);
}

Provider::Engagements::iterator Provider::by_serial(std::uint64_t serial) {
  return std::find_if(engagements_.begin(), engagements_.end(),
                      [&](const auto& entry) { return entry.second.serial == serial; });
}

// ---- withdrawals --------------------------------------------------------------------------------------

/// One transaction for the next leases in id order; a round that needs more goes on after a pause. Touching
/// the escrow is also what makes the chain notice that a tenant's funds have run out.
void Provider::withdraw_round(const Context& context, Effects& out) {
  if (!withdrawn_up_to_) round_started_ = context.now;
  auto it = withdrawn_up_to_ ? std::upper_bound(leased_.begin(), leased_.end(), *withdrawn_up_to_)
                             : leased_.begin();
  std::vector<Msg> msgs;
  msgs.reserve(std::min<std::size_t>(leased_.size(), config_->serve.withdraw_batch_max));
  for (; it != leased_.end() && msgs.size() < config_->serve.withdraw_batch_max; ++it) {
    msgs.push_back(MsgWithdrawLease{lease_of(*it)});
    withdrawn_up_to_ = *it;
  }
  if (!msgs.empty()) submit_all(std::move(msgs), out);
  Time next = context.now + config_->serve.withdraw_spacing;
  if (it == leased_.end()) {
    withdrawn_up_to_.reset();
    next = std::max(next, round_started_ + config_->serve.withdraw_period);
  }
  out.push_back(SetTimer{timer_id(Timer::withdraw), next});
}

// ---- node failures ------------------------------------------------------------------------------------

void Provider::arm_node(std::size_t node, const Context& context, Effects& out) {
  const bool up = inventory_.node_up(node);
  const std::uint64_t index = (std::uint64_t{node_epochs_[node]} << 32) | node;
  Rng rng = context.stream(up ? Purpose::failure : Purpose::repair, index);
  const Distribution& hours = up ? config_->failures.up_h : config_->failures.down_h;
  out.push_back(SetTimer{timer_id(Timer::node, node), context.now + from_hours(hours.sample(rng))});
}

void Provider::node_changes(std::size_t node, const Context& context, Effects& out) {
  const bool up = !inventory_.node_up(node);
  inventory_.set_node_up(node, up);
  ++node_epochs_[node];
  out.push_back(Note{up ? Note::Metric::node_repaired : Note::Metric::node_failed, node, 1.0});
  for (const OrderId& order : inventory_.leased_on(node)) {
    const auto it = engagements_.find(order);
    if (up) {
      recover(it, out);
    } else {
      fall_ill(it, context, out);
    }
  }
  arm_node(node, context, out);
  if (up) serve_queue(context, out);
}

void Provider::fall_ill(Engagements::iterator it, const Context& context, Effects& out) {
  if (!it->second.healthy) return;
  it->second.healthy = false;
  tell_tenant(it, out);
  const Time budget_ends = context.now + config_->serve.unhealthy_budget;
  out.push_back(SetTimer{timer_id(Timer::unhealthy, it->second.serial), budget_ends});
}

void Provider::recover(Engagements::iterator it, Effects& out) {
  if (it->second.healthy || !inventory_.healthy(it->first)) return;
  it->second.healthy = true;
  tell_tenant(it, out);
  out.push_back(CancelTimer{timer_id(Timer::unhealthy, it->second.serial)});
}

void Provider::unhealthy_too_long(std::uint64_t serial, Effects& out) {
  const auto it = by_serial(serial);
  if (it == engagements_.end() || it->second.healthy) return;
  if (it->second.phase != Phase::leased && it->second.phase != Phase::serving) return;
  ++counts_.closed_unstable;
  end_lease(it, LeaseClosedReason::unstable, out);
}

}  // namespace souk
