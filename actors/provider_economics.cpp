#include <algorithm>
#include <utility>
#include <vector>

#include "actors/provider.hpp"

/// Entry and exit by break-even cost (economics.md section 2).
namespace souk {
namespace {

constexpr double hours_per_year = 8760.0;
constexpr double hours_per_month = 730.0;
constexpr std::size_t recent_max = 1'000;  // orders a provider outside remembers for its first bids

}  // namespace

double Provider::fleet_units() const {
  const ResourceSum total = inventory_.total();
  return total.gpus > 0 ? static_cast<double>(total.gpus) : static_cast<double>(total.cpu_milli) / 1000.0;
}

bool Provider::comparable(const GroupSpec& spec) const {
  bool gpus = false;
  for (const ResourceUnit& unit : spec.resources) gpus = gpus || unit.resource.gpu_units > 0;
  return gpus == (inventory_.total().gpus > 0);
}

void Provider::remember(const OpenOrder& order) {
  if (comparable(*order.spec) && market_.units.emplace(order.id, rental_units(*order.spec)).second) {
    market_.remembered.push_back(order.id);
    if (market_.remembered.size() > config_->economics.remembered_orders) {
      market_.units.erase(market_.remembered.front());
      market_.remembered.pop_front();
    }
  }
  if (market_.state != MarketState::outside && market_.state != MarketState::idle) return;
  market_.recent.push_back(order);
  if (market_.recent.size() > recent_max) market_.recent.pop_front();
}

void Provider::observe_lease(const OrderId& order, DecCoin price, const GroupSpec* spec) {
  const double usd_h = usd_per_hour(price, config_->exchange);
  if (const auto* undercut = std::get_if<UndercutPricing>(&config_->pricing);
      undercut != nullptr && spec != nullptr) {
    const double size = script_usd_month(undercut->size, *spec) / hours_per_month;
    if (size > 0) last_win_ratio_ = usd_h / size;
  }
  // The same lease may be told twice, by account and by topic: its size is used up the first time.
  const auto known = market_.units.find(order);
  if (known == market_.units.end()) return;
  if (known->second > 0) {
    const double rent = usd_h / known->second;
    market_.price_usd_h += config_->economics.price_memory * (rent - market_.price_usd_h);
  }
  known->second = 0;
}

void Provider::account(Time now) {
  const double hours = seconds(now - market_.accounted) / 3600.0;
  market_.accounted = now;
  const bool gone = market_.state == MarketState::leaving && leases() == 0;
  if (market_.state == MarketState::outside || gone) return;
  const CostModel& cost = config_->cost;
  const double kept = 1.0 - cost.take_rate;
  const double standing = standing_usd_year(cost, config_->economics.capital_borrowed) / hours_per_year;
  const double energy = avoidable_usd_h(cost) * kept;
  market_.cash_usd +=
      hours * (market_.revenue_usd_h * kept - standing * fleet_units() - energy * market_.rented_units);
}

void Provider::earn(const Engagement& engagement, double sign, Time now) {
  if (!config_->economics.enabled) return;
  account(now);
  market_.revenue_usd_h += sign * usd_per_hour(engagement.price, config_->exchange);
  market_.rented_units += sign * rental_units(*engagement.spec);
}

void Provider::review(const Context& context, Effects& out) {
  account(context.now);
  out.push_back(SetTimer{timer_id(Timer::review), context.now + config_->economics.review_period});
  const double price = market_.price_usd_h;
  const bool inside = market_.state == MarketState::active || market_.state == MarketState::idle;
  if (inside && market_.cash_usd < 0) return leave(context, out);
  switch (market_.state) {
    case MarketState::outside:
      if (price >= break_even_usd_h(config_->cost)) enter(context, out);
      return;
    case MarketState::active:
      if (price < avoidable_usd_h(config_->cost)) market_.state = MarketState::idle;
      return;
    case MarketState::idle:
      if (price < avoidable_usd_h(config_->cost)) return;
      market_.state = MarketState::active;
      return catch_up(context, out);
    case MarketState::leaving: return;
  }
}

void Provider::enter(const Context& context, Effects& out) {
  market_.state = MarketState::active;
  out.push_back(Note{Note::Metric::provider_entered, 0, 1.0});
  register_on_chain(out);
  catch_up(context, out);
}

void Provider::catch_up(const Context& context, Effects& out) {
  const auto recent = std::exchange(market_.recent, {});
  for (const OpenOrder& order : recent) {
    if (context.now - order.seen <= config_->bid.timeout) consider(order, context, out);
  }
}

void Provider::leave(const Context& context, Effects& out) {
  market_.state = MarketState::leaving;
  out.push_back(Note{Note::Metric::provider_exited, 0, 1.0});
  queue_.clear();
  std::vector<OrderId> orders;  // in id order: the order of hashing must not show
  for (const auto& [order, engagement] : engagements_) orders.push_back(order);
  std::sort(orders.begin(), orders.end());
  for (const OrderId& order : orders) {
    const auto it = engagements_.find(order);
    const Phase phase = it->second.phase;
    if (phase == Phase::bidding || phase == Phase::bid_open) give_up_bid(it, context, out);
    if (phase == Phase::leased || phase == Phase::serving)
      end_lease(it, LeaseClosedReason::decommission, out);
  }
}

}  // namespace souk
