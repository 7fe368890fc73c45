#pragma once

#include <functional>
#include <span>
#include <string>

#include "scenarios/market_collector.hpp"

/// From what was counted to what economists read: the definitions of metrics.hpp.
namespace souk::scenarios {

using AddMeasure = std::function<void(Metric metric, const std::string& entity, double value)>;

/// Adds the price and wait of a new lease to `totals`.
void count_created(const LeaseRecord& lease, MarketTotals& totals);

/// Coins in escrow: what went in less what came out. REQUIRES: totals from the start of the run.
Flow escrow_held(const MarketTotals& totals);

/// Everything `totals` (of an interval) and the leases created in it say. A ratio with nothing below it is
/// left out.
void measure(const MarketTotals& totals, std::span<const LeaseRecord> created,
             const MarketCollector& collector, const AddMeasure& add);

/// The whole run without its warm-up: everything of measure(), means of what the series shows at instants,
/// concentration, and revenue by provider and class (`paid_usd[i]` is what lease i paid out, all its life).
void measure_summary(const MarketCollector& collector, const std::vector<double>& paid_usd,
                     const Population& population, const AddMeasure& add);

/// Concentration over providers, 0 for those without: hhi_leases of `leases` per provider, hhi_revenue and
/// gini_revenue of `revenue_usd`. Left out where all are 0.
void measure_concentration(const std::vector<double>& leases, const std::vector<double>& revenue_usd,
                           const AddMeasure& add);

}  // namespace souk::scenarios
