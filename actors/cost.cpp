#include "actors/base/check.hpp"
#include "actors/pricing.hpp"

/// What serving costs: the cost half of pricing.hpp.
namespace souk {
namespace {

constexpr double hours_per_year = 8760.0;

double full_load_usd_h(const CostModel& cost) { return cost.kw * cost.pue * cost.electricity_usd_kwh; }

}  // namespace

double capital_recovery(double rate, std::uint32_t years) {
  SOUK_CHECK(years >= 1 && rate >= 0);
  if (rate <= 0) return 1.0 / years;
  double growth = 1.0;
  for (std::uint32_t year = 0; year < years; ++year) growth *= 1.0 + rate;
  return rate * growth / (growth - 1.0);
}

double standing_usd_year(const CostModel& cost, bool capital_borrowed) {
  const double capital =
      capital_borrowed ? cost.capex_usd * capital_recovery(cost.wacc, cost.life_years) : 0.0;
  return capital + cost.capex_usd * cost.maintenance + cost.colo_usd_kw_month * 12.0 * cost.kw +
         cost.idle_load * full_load_usd_h(cost) * hours_per_year;
}

double break_even_usd_h(const CostModel& cost) {
  SOUK_CHECK(cost.utilisation > 0 && cost.take_rate < 1);
  // The published formula counts idle energy over idle hours only and full load over rented ones.
  const double idle_energy_while_rented =
      cost.idle_load * full_load_usd_h(cost) * hours_per_year * cost.utilisation;
  const double fixed = standing_usd_year(cost, true) - idle_energy_while_rented;
  return (fixed / (hours_per_year * cost.utilisation) + full_load_usd_h(cost)) / (1.0 - cost.take_rate);
}

double avoidable_usd_h(const CostModel& cost) {
  return (1.0 - cost.idle_load) * full_load_usd_h(cost) / (1.0 - cost.take_rate);
}

double rental_units(const GroupSpec& spec) {
  double gpus = 0;
  double threads = 0;
  for (const ResourceUnit& unit : spec.resources) {
    gpus += static_cast<double>(unit.resource.gpu_units) * unit.count;
    threads += static_cast<double>(unit.resource.cpu_milli) / 1000.0 * unit.count;
  }
  return gpus > 0 ? gpus : threads;
}

double order_cost_usd_h(const OrderCost& how, const CostModel& model, const GroupSpec& spec, Rng rng) {
  if (const auto* drawn = std::get_if<DrawnCost>(&how)) return drawn->usd_h.sample(rng);
  const bool full = std::holds_alternative<FullCost>(how);
  return rental_units(spec) * (full ? break_even_usd_h(model) : avoidable_usd_h(model));
}

}  // namespace souk
