#include <algorithm>
#include <map>

#include <fmt/format.h>
#include "scenarios/market_measures.hpp"
#include "sim/stats.hpp"

// What providers deliver, which tenants stay, and how the market is divided.
namespace souk::scenarios {
namespace {

void accumulate(ProviderTotals& sum, const ProviderTotals& more) {
  sum.leases += more.leases;
  sum.spend_usd += more.spend_usd;
  sum.break_even_usd += more.break_even_usd;
  sum.up_h += more.up_h;
  sum.down_h += more.down_h;
  sum.machine_h += more.machine_h;
  sum.machine_up_h += more.machine_up_h;
}

void measure_provision(const ProviderTotals& p, const std::string& entity, const AddMeasure& add) {
  add_ratio(Metric::availability, entity, p.up_h, p.up_h + p.down_h, add);
  add_ratio(Metric::machine_availability, entity, p.machine_up_h, p.machine_h, add);
}

bool any(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return v > 0; });
}

constexpr std::size_t largest = 3;  // of top_share_*
constexpr double third = 1.0 / 3;

}  // namespace

void measure_service(const MarketTotals& t, const Population& population, const AddMeasure& add) {
  add(Metric::providers_entered, "market", t.entered);
  add(Metric::providers_exited, "market", t.exited);
  const ServiceTotals& s = t.service;
  add(Metric::nodes_failed, "market", s.machines_failed);
  add_ratio(Metric::repair_time, "market", s.repair_h, s.repairs, add);
  add(Metric::spend_while_down, "market", s.down_usd);
  add(Metric::leases_lost, "market", s.lost);
  add_ratio(Metric::failover_success, "market", s.replaced, s.replaced + s.not_replaced, add);
  add_ratio(Metric::failover_time, "market", s.replacement_s, s.replaced, add);
  ProviderTotals all;
  std::map<std::string, ProviderTotals> classes;
  std::map<std::uint32_t, ProviderTotals> tiers;
  for (std::size_t i = 0; i < t.providers.size(); ++i) {
    const ProviderSeat& seat = population.providers[i];
    accumulate(all, t.providers[i]);
    accumulate(classes[seat.group], t.providers[i]);
    accumulate(tiers[seat.auditors], t.providers[i]);
  }
  measure_provision(all, "market", add);
  for (const auto& [tier, sum] : tiers) measure_provision(sum, fmt::format("tier:{}", tier), add);
  for (const auto& [group, sum] : classes) {
    const std::string entity = "class:" + group;
    measure_provision(sum, entity, add);
    add(Metric::leases_created, entity, sum.leases);
    add_ratio(Metric::break_even_margin, entity, sum.spend_usd - sum.break_even_usd, sum.break_even_usd, add);
  }
}

void measure_tenants(const MarketTotals& totals, const AddMeasure& add) {
  const TenantTotals& t = totals.tenants;
  add(Metric::deployments_created, "market", t.deployments);
  add_ratio(Metric::started_not_completed, "market", t.never_leased, t.closed, add);
  add(Metric::tenants_new, "market", t.first_deployments);
  add_ratio(Metric::first_success, "market", t.first_lease_s, t.first_leases, add);
  add(Metric::tenants_churned, "market", t.churned);
  add(Metric::tenants_returned, "market", t.returned);
  add_ratio(Metric::churn_rate, "market", t.month_lost, t.month_tenants, add);
  add_ratio(Metric::net_revenue_retention, "market", t.month_kept_usd, t.month_usd, add);
  add(Metric::wishes_dropped, "market", t.dropped);
  add(Metric::leases_moved, "market", t.moved);
}

void measure_now(const MarketCollector& collector, Time now, const AddMeasure& add) {
  add(Metric::providers_active, "market", collector.fleet().providers_inside());
  if (const double age = collector.fleet().age_days(now); age == age) add(Metric::fleet_age, "market", age);
  add(Metric::escrow_held, "market", collector.usd(escrow_held(collector.totals().coins)));
  const Retention& tenants = collector.retention();
  add(Metric::tenants_active, "market", tenants.active());
  add_ratio(Metric::repeat_rate, "market", tenants.repeaters(), tenants.customers(), add);
}

void measure_cohorts(const std::vector<Cohort>& cohorts, const AddMeasure& add) {
  for (std::size_t i = 0; i < cohorts.size(); ++i) {
    const std::string entity = fmt::format("cohort:{}", i + 1);
    if (cohorts[i].tenants <= 0) continue;
    add(Metric::cohort_tenants, entity, cohorts[i].tenants);
    add(Metric::cohort_retention, entity, cohorts[i].active / cohorts[i].tenants);
  }
}

void measure_concentration(const std::vector<double>& leases, const std::vector<double>& revenue_usd,
                           const AddMeasure& add) {
  const auto nakamoto = [&](Metric metric, const std::vector<double>& values, double share) {
    add(metric, "market", static_cast<double>(sim::nakamoto(values, share)));
  };
  if (any(leases)) {
    add(Metric::hhi_leases, "market", sim::hhi_points(leases));
    add(Metric::gini_leases, "market", sim::gini(leases));
    add(Metric::top_share_leases, "market", sim::top_share(leases, largest));
    nakamoto(Metric::nakamoto_leases, leases, third);
    nakamoto(Metric::nakamoto_leases_half, leases, 0.5);
  }
  if (!any(revenue_usd)) return;
  add(Metric::hhi_revenue, "market", sim::hhi_points(revenue_usd));
  add(Metric::gini_revenue, "market", sim::gini(revenue_usd));
  add(Metric::top_share_revenue, "market", sim::top_share(revenue_usd, largest));
  nakamoto(Metric::nakamoto_revenue, revenue_usd, third);
  nakamoto(Metric::nakamoto_revenue_half, revenue_usd, 0.5);
}

void measure_summary(const MarketCollector& collector, Time end, const std::vector<double>& paid_usd,
                     const AddMeasure& add) {
  const MarketTotals totals = difference(collector.totals(), collector.warm());
  const Population& population = collector.population();
  const auto& leases = collector.leases();
  const auto first = static_cast<std::size_t>(collector.warm().leases.created);
  measure(totals, std::span(leases).subspan(first), collector, add);
  measure_now(collector, end, add);
  measure_cohorts(collector.retention().cohorts(), add);
  add_ratio(Metric::active_leases, "market", totals.leases.hours, totals.hours, add);
  add_ratio(Metric::orders_open, "market", totals.orders.open_h, totals.hours, add);

  std::vector<double> won;
  std::vector<double> revenue(population.providers.size());
  std::map<std::string, double> class_revenue;
  for (std::size_t i = 0; i < leases.size(); ++i) {
    revenue[leases[i].provider] += paid_usd[i];
    class_revenue["class:" + population.providers[leases[i].provider].group] += paid_usd[i];
  }
  for (const auto& [entity, usd] : class_revenue) add(Metric::provider_revenue, entity, usd);
  for (std::size_t i = 0; i < revenue.size(); ++i) {
    const std::string entity = "provider:" + population.providers[i].name;
    won.push_back(totals.providers[i].leases);
    add(Metric::provider_revenue, entity, revenue[i]);
    measure_provision(totals.providers[i], entity, add);
  }
  measure_concentration(won, revenue, add);
}

}  // namespace souk::scenarios
