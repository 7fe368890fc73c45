#include <algorithm>
#include <utility>

#include "actors/provider.hpp"

/// The bid engine (akash-offchain.md section 2.2): whether to bid, reserve, price, submit, wait.
namespace souk {
namespace {

bool well_formed(const GroupSpec& spec) {
  const auto sound = [&](const ResourceUnit& unit) {
    return unit.count > 0 && unit.price.denom == spec.resources.front().price.denom &&
           unit.price.amount > Dec{};
  };
  return !spec.resources.empty() && std::all_of(spec.resources.begin(), spec.resources.end(), sound);
}

}  // namespace

std::optional<NoBid> Provider::should_bid(const GroupSpec& spec,
                                          std::optional<Duration> reclamation_min_window) const {
  const BidConfig& bid = config_->bid;
  const auto few_volumes = [&](const ResourceUnit& unit) {
    return unit.resource.storage.size() <= bid.volumes_max;
  };
  if (!capabilities_.cover(spec.requirements.attributes)) return NoBid::attributes;
  if (!attributes_within(bid.only_orders_with, spec.requirements.attributes)) return NoBid::not_marked;
  if (!capabilities_.can_serve(spec)) return NoBid::capabilities;
  if (!std::all_of(spec.resources.begin(), spec.resources.end(), few_volumes)) return NoBid::volumes;
  if (!audits_suffice(spec.requirements)) return NoBid::auditors;
  if (!well_formed(spec)) return NoBid::malformed;
  if (reclamation_min_window && bid.reclamation_window < reclamation_min_window) return NoBid::reclamation;
  return std::nullopt;
}

bool Provider::audits_suffice(const PlacementRequirements& wanted) const {
  return !needs_auditors(wanted) || requirements_met(wanted, capabilities_, audited_);
}

void Provider::consider(const OpenOrder& order, const Context& context, Effects& out) {
  if (!in_market(context.now)) return count(NoBid::not_in_market);
  if (const auto reason = should_bid(*order.spec, order.reclamation_min_window)) return count(*reason);
  if (config_->bid.queue_unserved && !queue_.empty()) return enqueue(order);
  const auto reason = try_bid(order, context, out);
  if (!reason) return;
  count(*reason);
  if (*reason == NoBid::capacity && config_->bid.queue_unserved && !inventory_.untouched()) enqueue(order);
}

std::optional<NoBid> Provider::try_bid(const OpenOrder& order, const Context& context, Effects& out) {
  const auto offer = inventory_.reserve(order.id, *order.spec);
  if (!offer) return NoBid::capacity;
  const Rng cost_stream = context.stream(Purpose::cost, order.draw);
  const double cost = order_cost_usd_h(config_->order_cost, config_->cost, *order.spec, cost_stream);
  const PricingInput input{*order.spec, (*offer).get(),  group_price(*order.spec),
                           cost,        last_win_ratio_, context.stream(Purpose::price, order.draw)};
  const auto price = quote(config_->pricing, input, config_->exchange);
  if (!price) {
    inventory_.release(order.id);
    return NoBid::price;
  }
  Engagement engagement;
  engagement.spec = order.spec;
  engagement.price = *price;
  engagement.cost_usd_h = cost;
  engagement.serial = ++serial_count_;
  // A window nobody asked for would only bind us.
  const auto window = order.reclamation_min_window ? config_->bid.reclamation_window : std::nullopt;
  engagement.reclaimable = window.has_value();
  const auto it = engagements_.insert_or_assign(order.id, std::move(engagement)).first;
  ++counts_.bids;
  const BidId id = bid_id(order.id, config_->address);
  submit(MsgCreateBid{id, *price, Deposit{config_->bid.deposit}, *offer, window}, out);
  watch(bid_watchdog_, config_->bid.timeout, it, context, out);
  return std::nullopt;
}

void Provider::enqueue(const OpenOrder& order) {
  if (queue_.size() >= config_->bid.queue_max) {
    ++counts_.queue_dropped;
    return;
  }
  queue_.push_back(order);
}

void Provider::serve_queue(const Context& context, Effects& out) {
  while (!queue_.empty() && in_market(context.now)) {
    const auto reason = try_bid(queue_.front(), context, out);
    if (reason == NoBid::capacity && !inventory_.untouched()) return;
    if (reason) ++counts_.queue_dropped;
    queue_.pop_front();
  }
}

void Provider::expire_bids(const Context& context, Effects& out) {
  for (;;) {
    const auto it = next_due(bid_watchdog_, context, out);
    if (it == engagements_.end()) return;
    ++counts_.timed_out;
    give_up_bid(it, context, out);
  }
}

void Provider::give_up_bid(Engagements::iterator it, const Context& context, Effects& out) {
  it->second.phase = Phase::closing_bid;
  inventory_.release(it->first);
  submit(MsgCloseBid{lease_of(it->first), LeaseClosedReason::unspecified}, out);
  serve_queue(context, out);
}

void Provider::forget(Engagements::iterator it, const Context& context, Effects& out) {
  inventory_.release(it->first);
  engagements_.erase(it);
  serve_queue(context, out);
}

void Provider::lose(Engagements::iterator it, const Context& context, Effects& out) {
  ++counts_.lost;
  if (config_->bid.close_lost_bids) {
    give_up_bid(it, context, out);
  } else {
    forget(it, context, out);
  }
}

bool Provider::stands(const Watchdog& dog, const Deadline& deadline) const {
  const auto it = engagements_.find(deadline.order);
  return it != engagements_.end() && it->second.serial == deadline.serial &&
         (it->second.phase == dog.a || it->second.phase == dog.b);
}

void Provider::watch(Watchdog& dog, Duration after, Engagements::const_iterator it, const Context& context,
                     Effects& out) {
  auto& deadlines = dog.deadlines;
  // Two for each one added: what no longer stands never piles up, however far ahead the deadlines are.
  for (int i = 0; i < 2 && !deadlines.empty() && !stands(dog, deadlines.front()); ++i) deadlines.pop_front();
  const Time at = context.now + after;
  if (deadlines.empty()) out.push_back(SetTimer{timer_id(dog.timer), at});
  deadlines.push_back({at, it->first, it->second.serial});
}

Provider::Engagements::iterator Provider::next_due(Watchdog& dog, const Context& context, Effects& out) {
  auto& deadlines = dog.deadlines;
  for (; !deadlines.empty(); deadlines.pop_front()) {
    const Deadline oldest = deadlines.front();
    if (!stands(dog, oldest)) continue;
    if (oldest.at > context.now) {
      out.push_back(SetTimer{timer_id(dog.timer), oldest.at});
      break;
    }
    deadlines.pop_front();
    return engagements_.find(oldest.order);
  }
  return engagements_.end();
}

}  // namespace souk
