#include "actors/tenant_config.hpp"

#include <string>

#include "actors/base/math.hpp"

namespace souk {

namespace {

/// The first check that failed, as "field: what is wrong, what would be right".
class Checks {
 public:
  void that(bool holds, std::string_view field, std::string_view rule) {
    if (!holds && failed_.empty()) failed_ = std::string(field) + ": " + std::string(rule);
  }
  Result<void> result() const {
    if (failed_.empty()) return {};
    return fail(failed_);
  }

 private:
  std::string failed_;
};

bool finite(double x) { return x > -math::infinity && x < math::infinity; }

void check_arrivals(const ArrivalConfig& a, std::size_t rows, Checks& check) {
  check.that(finite(a.per_day) && a.per_day >= 0, "arrivals.per_day", "must be 0 or more");
  check.that(a.daily_amplitude >= 0 && a.daily_amplitude <= 1, "arrivals.daily_amplitude", "must be 0 to 1");
  check.that(a.peak_hour_utc >= 0 && a.peak_hour_utc < 24, "arrivals.peak_hour_utc", "must be 0 to below 24");
  check.that(a.weekend_factor >= 0 && a.weekend_factor <= 1, "arrivals.weekend_factor", "must be 0 to 1");
  check.that(finite(a.cv2) && a.cv2 >= 1, "arrivals.cv2", "must be 1 or more: 1 is Poisson");
  check.that(a.start >= Duration{}, "arrivals.start", "must not be negative");
  check.that(a.parallel >= 1 && a.parallel <= arrival_parallel_max, "arrivals.parallel", "must be 1 to 4096");
  if (a.kind != ArrivalKind::trace) return;
  check.that(a.trace != nullptr, "arrivals.trace", "must be given for arrivals from a trace");
  if (a.trace == nullptr) return;
  Duration last{};
  for (const TraceRow& row : *a.trace) {
    check.that(row.request < rows, "arrivals.trace", "a row names a request that the table does not have");
    check.that(row.at >= last, "arrivals.trace", "rows must be in order of time, from 0");
    check.that(row.lifetime >= Duration{}, "arrivals.trace", "lifetimes must not be negative");
    last = row.at;
  }
}

void check_requests(const SegmentConfig& s, Checks& check) {
  if (s.requests == nullptr || s.requests->empty()) return;
  double total = 0;
  for (const RequestRow& row : *s.requests) {
    check.that(finite(row.weight) && row.weight >= 0, "requests.weight", "must be 0 or more");
    check.that(row.count >= 1 && row.count <= 50, "requests.count", "must be 1 to 50 replicas");
    check.that(!row.max_price || (*row.max_price >= unit_price_min && *row.max_price <= unit_price_max),
               "requests.max_price", "must be above 0 and at most 10,000,000 per block");
    total += row.weight;
  }
  check.that(total > 0, "requests.weight", "one must be above 0");
}

void check_value(const SegmentConfig& s, Checks& check) {
  const ValueConfig& v = s.value;
  check.that(v.kind != ValueKind::constant_elasticity || (finite(v.elasticity) && v.elasticity < 0),
             "value.elasticity", "must be below 0");
  check.that(v.floor_ratio > 0 && v.floor_ratio <= v.cap_ratio && finite(v.cap_ratio), "value.floor_ratio",
             "must be above 0 and at most cap_ratio");
  check.that(finite(v.usd_h) && v.usd_h >= 0, "value.usd_h", "must be 0 or more");
  check.that(s.price.kind != PriceHabitKind::show_all || !s.price.maxima.empty(), "price.maxima",
             "must hold a price");
  for (const PriceMax& m : s.price.maxima) {
    check.that(m.weight >= 0 && finite(m.weight), "price.maxima", "weights must be 0 or more");
  }
}

void check_behaviour(const SegmentConfig& s, Checks& check) {
  check.that(s.bid_window >= Duration{}, "bid_window", "must not be negative");
  check.that(s.bid_window > Duration{} || s.choose_after_bids > 0 || s.no_bid == NoBidPolicy::keep_open,
             "bid_window", "0 needs choose_after_bids, or orders kept open");
  check.that(s.order_bids_max >= 1 && s.order_bids_max <= 501, "order_bids_max", "must be 1 to 501");
  check.that(s.choose_after_bids <= s.order_bids_max, "choose_after_bids", "must not exceed order_bids_max");
  check.that(s.bid_rounds >= 1, "bid_rounds", "must be 1 or more");
  check.that(s.exclude_for >= Duration{}, "exclude_for", "must not be negative");
  check.that(s.failover_after >= Duration{}, "failover_after", "must not be negative");
  check.that(s.replicas >= 1 && s.replicas <= replicas_max, "replicas", "must be 1 to 8");
  check.that(s.replicas == 1 || s.arrivals.kind != ArrivalKind::closed_loop, "replicas",
             "a closed loop counts deployments: must be 1");
  check.that(s.monthly_churn >= 0 && s.monthly_churn < 1, "monthly_churn", "must be 0 to below 1");
  check.that(s.return_probability >= 0 && s.return_probability <= 1, "return_probability", "must be 0 to 1");
  check.that(s.return_after >= Duration{}, "return_after", "must not be negative");
  check.that(s.lifetime_h.minimum() >= 0, "lifetime", "must not be negative");
}

void check_account(const TenantConfig& c, Checks& check) {
  check.that(finite(c.usd_per_coin) && c.usd_per_coin > 0, "usd_per_coin", "must be above 0");
  check.that(c.block_time > Duration{}, "block_time", "must be above 0");
  check.that(c.initial_deposit.micro > 0, "initial_deposit", "must be above 0");
  check.that(c.budget.micro >= 0, "budget", "must not be negative");
  check.that(!c.deposit_sources.empty(), "deposit_sources", "must name balance, grant or both");
  check.that(c.funding.low >= Duration{} && c.funding.fill > c.funding.low, "funding.fill",
             "must be above low");
  check.that(c.funding.cooldown > Duration{}, "funding.cooldown", "must be above 0");
  check.that(finite(c.funding.headroom_usd) && c.funding.headroom_usd >= 0, "funding.headroom",
             "must be 0 or more");
  check.that(finite(c.funding.margin) && c.funding.margin >= 0, "funding.margin", "must be 0 or more");
  check.that(c.fee.amount.micro >= 0, "fee", "must not be negative");
  check.that(c.tx_timeout >= Duration{}, "tx_timeout", "must not be negative");
  check.that(c.tx_retry > Duration{}, "tx_retry", "must be above 0");
  check.that(c.tx_attempts >= 1, "tx_attempts", "must be 1 or more");
  check.that(c.manifest_retry > Duration{}, "manifest_retry", "must be above 0");
  check.that(c.manifest_attempts >= 1, "manifest_attempts", "must be 1 or more");
}

}  // namespace

Result<void> check_config(const TenantConfig& config) {
  Checks check;
  const SegmentConfig& segment = config.segment;
  check_account(config, check);
  check_arrivals(segment.arrivals, segment.requests == nullptr ? 0 : segment.requests->size(), check);
  check_requests(segment, check);
  check_value(segment, check);
  check_behaviour(segment, check);
  return check.result();
}

}  // namespace souk
