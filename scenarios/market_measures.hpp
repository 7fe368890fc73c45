#pragma once

#include <functional>
#include <span>
#include <string>

#include "scenarios/market_collector.hpp"

/// From what was counted to what economists read: the definitions of metrics.cpp.
namespace souk::scenarios {

using AddMeasure = std::function<void(Metric metric, const std::string& entity, double value)>;

/// Adds above / below if there is something below.
void add_ratio(Metric metric, const std::string& entity, double above, double below, const AddMeasure& add);

/// Adds the price and wait of a new lease to `totals`.
void count_created(const LeaseRecord& lease, std::uint32_t segment, MarketTotals& totals);

/// Everything `totals` (of an interval) and the leases created in it say. A ratio with nothing below it is
/// left out.
void measure(const MarketTotals& totals, std::span<const LeaseRecord> created,
             const MarketCollector& collector, const AddMeasure& add);

/// Of `totals`: what providers and tenants did and had (part of measure(); service_measures.cpp).
void measure_service(const MarketTotals& totals, const Population& population, const AddMeasure& add);
void measure_tenants(const MarketTotals& totals, const AddMeasure& add);

/// What is so at one moment, in series and summary alike.
void measure_now(const MarketCollector& collector, Time now, const AddMeasure& add);
/// Of each month's new tenants, those of the last whole month: entity `cohort:<month>`, from 1.
void measure_cohorts(const std::vector<Cohort>& cohorts, const AddMeasure& add);

/// The whole run without its warm-up: everything of measure(), means of what the series shows at instants,
/// concentration, and revenue by provider and class (`paid_usd[i]` is what lease i paid out, all its life).
void measure_summary(const MarketCollector& collector, Time end, const std::vector<double>& paid_usd,
                     const AddMeasure& add);

/// Concentration over providers, 0 for those without: of `leases` per provider and of `revenue_usd`, each
/// left out where all are 0.
void measure_concentration(const std::vector<double>& leases, const std::vector<double>& revenue_usd,
                           const AddMeasure& add);

}  // namespace souk::scenarios
