#include "scenarios/market_measures.hpp"

#include <algorithm>
#include <cmath>

#include "scenarios/reasons.hpp"
#include "sim/stats.hpp"

namespace souk::scenarios {
namespace {

constexpr double hours_per_month = 730.5;

void subtract(Flow& flow, const Flow& earlier) {
  for (std::size_t i = 0; i < denom_count; ++i) flow[i] -= earlier[i];
}

ResourceTotals difference(ResourceTotals later, const ResourceTotals& earlier) {
  later.available_h -= earlier.available_h;
  later.leased_h -= earlier.leased_h;
  later.price_weight -= earlier.price_weight;
  later.price_sum -= earlier.price_sum;
  later.price_squares -= earlier.price_squares;
  later.leases -= earlier.leases;
  return later;
}

/// What can be divided is.
void ratio(Metric metric, const std::string& entity, double above, double below, const AddMeasure& add) {
  if (below > 0) add(metric, entity, above / below);
}

void measure_orders(const MarketTotals& t, const AddMeasure& add) {
  add(Metric::orders_posted, "market", t.orders);
  add(Metric::orders_matched, "market", t.matched);
  add(Metric::orders_unmet, "market", t.unmet);
  add(Metric::chose_cloud, "market", t.cloud);
  add(Metric::unmet_gpu_hours, "market", t.unmet_gpu_hours);
  ratio(Metric::fill_rate, "market", t.matched, t.matched + t.unmet, add);
  add(Metric::bids, "market", t.bids);
  ratio(Metric::bids_per_order, "market", t.decided_bids, t.matched + t.unmet, add);
  ratio(Metric::bid_spread, "market", t.spread_sum, t.spread_orders, add);
  ratio(Metric::time_to_lease, "market", t.wait_s, t.matched, add);
  add(Metric::leases_created, "market", t.leases);
  double closed = 0;
  for (const auto& [reason, count] : t.closed) {
    closed += count;
    add(Metric::leases_closed, "reason:" + std::string(reason_name(reason)), count);
  }
  add(Metric::leases_closed, "market", closed);
}

void measure_flows(const MarketTotals& t, const MarketCollector& collector, const AddMeasure& add) {
  add(Metric::escrow_deposited, "market", collector.usd(t.deposited));
  add(Metric::escrow_paid, "market", collector.usd(t.paid));
  add(Metric::escrow_refunded, "market", collector.usd(t.refunded));
  add(Metric::escrow_take, "market", collector.usd(t.take));
  add(Metric::bid_deposits, "market", collector.usd(t.bid_deposits));
  add(Metric::bid_refunds, "market", collector.usd(t.bid_refunds));
  add(Metric::fees, "market", collector.usd(t.fees));
  add(Metric::withdrawals, "market", t.withdrawals);
  add(Metric::lease_spend, "market", t.spend_usd);
  add(Metric::tenant_surplus, "market", t.surplus_usd);
  add(Metric::provider_profit, "market", t.profit_usd);
  add(Metric::total_welfare, "market", t.surplus_usd + t.profit_usd);
  ratio(Metric::markup, "market", t.profit_usd, t.spend_usd, add);
  ratio(Metric::price_to_cloud, "market", t.cloud_price_usd_h, t.cloud_usd_h, add);
}

void measure_people(const MarketTotals& t, const AddMeasure& add) {
  add(Metric::providers_entered, "market", t.entered);
  add(Metric::providers_exited, "market", t.exited);
  add(Metric::nodes_failed, "market", t.failed);
  add(Metric::tenants_churned, "market", t.churned);
  add(Metric::tenants_returned, "market", t.returned);
  add(Metric::wishes_dropped, "market", t.dropped);
  add(Metric::leases_moved, "market", t.moved);
}

/// Prices of the leases in `created` that `belongs` picks, per unit.
std::vector<Weighted> unit_prices(std::span<const LeaseRecord> created, double LeaseRecord::* units,
                                  const std::function<bool(const LeaseRecord&)>& belongs) {
  std::vector<Weighted> prices;
  for (const LeaseRecord& lease : created) {
    if (belongs(lease) && lease.*units > 0)
      prices.push_back({lease.price_usd_h / (lease.*units), lease.*units});
  }
  return prices;
}

void measure_model(const ResourceTotals& r, const std::string& entity, std::vector<Weighted> prices,
                   const AddMeasure& add) {
  add(Metric::gpu_available_hours, entity, r.available_h);
  add(Metric::gpu_leased_hours, entity, r.leased_h);
  ratio(Metric::gpu_utilisation, entity, r.leased_h, r.available_h, add);
  if (r.price_weight <= 0) return;
  const double mean = r.price_sum / r.price_weight;
  add(Metric::price_gpu_hour, entity, mean);
  add(Metric::price_gpu_hour_median, entity, weighted_median(prices));
  const double variance = std::max(0.0, r.price_squares / r.price_weight - mean * mean);
  ratio(Metric::price_dispersion, entity, std::sqrt(variance), mean, add);
}

void measure_resources(const MarketTotals& t, std::span<const LeaseRecord> created,
                       const MarketCollector& collector, const AddMeasure& add) {
  ResourceTotals all;
  const auto& models = collector.gpu_models();
  for (std::uint32_t i = 0; i < t.gpu.size(); ++i) {
    const auto is_model = [i](const LeaseRecord& lease) { return lease.gpu == i; };
    measure_model(t.gpu[i], "gpu:" + models[i], unit_prices(created, &LeaseRecord::gpus, is_model), add);
    all.available_h += t.gpu[i].available_h;
    all.leased_h += t.gpu[i].leased_h;
    all.price_weight += t.gpu[i].price_weight;
    all.price_sum += t.gpu[i].price_sum;
    all.price_squares += t.gpu[i].price_squares;
  }
  const auto has_gpu = [](const LeaseRecord& lease) { return lease.gpus > 0; };
  if (!models.empty()) measure_model(all, "market", unit_prices(created, &LeaseRecord::gpus, has_gpu), add);
  ratio(Metric::cpu_utilisation, "market", t.cpu_leased_h, t.cpu_available_h, add);
  if (t.cpu_only.price_weight <= 0) return;
  const auto no_gpu = [](const LeaseRecord& lease) { return !(lease.gpus > 0); };
  auto prices = unit_prices(created, &LeaseRecord::cpus, no_gpu);
  add(Metric::price_vcpu_month, "market", t.cpu_only.price_sum / t.cpu_only.price_weight * hours_per_month);
  add(Metric::price_vcpu_month_median, "market", weighted_median(prices) * hours_per_month);
}

}  // namespace

MarketTotals difference(const MarketTotals& later, const MarketTotals& earlier) {
  MarketTotals d = later;
  for (double MarketTotals::* field :
       {&MarketTotals::hours,           &MarketTotals::lease_hours,   &MarketTotals::orders,
        &MarketTotals::matched,         &MarketTotals::unmet,         &MarketTotals::cloud,
        &MarketTotals::unmet_gpu_hours, &MarketTotals::bids,          &MarketTotals::decided_bids,
        &MarketTotals::spread_sum,      &MarketTotals::spread_orders, &MarketTotals::wait_s,
        &MarketTotals::leases,          &MarketTotals::cloud_usd_h,   &MarketTotals::cloud_price_usd_h,
        &MarketTotals::cpu_available_h, &MarketTotals::cpu_leased_h,  &MarketTotals::spend_usd,
        &MarketTotals::surplus_usd,     &MarketTotals::profit_usd,    &MarketTotals::entered,
        &MarketTotals::exited,          &MarketTotals::failed,        &MarketTotals::churned,
        &MarketTotals::returned,        &MarketTotals::dropped,       &MarketTotals::moved,
        &MarketTotals::withdrawals}) {
    d.*field -= earlier.*field;
  }
  for (Flow MarketTotals::* flow :
       {&MarketTotals::deposited, &MarketTotals::paid, &MarketTotals::refunded, &MarketTotals::take,
        &MarketTotals::bid_deposits, &MarketTotals::bid_refunds, &MarketTotals::fees}) {
    subtract(d.*flow, earlier.*flow);
  }
  for (const auto& [reason, count] : earlier.closed) d.closed[reason] -= count;
  d.cpu_only = difference(later.cpu_only, earlier.cpu_only);
  for (std::size_t i = 0; i < earlier.gpu.size(); ++i) d.gpu[i] = difference(later.gpu[i], earlier.gpu[i]);
  return d;
}

void count_created(const LeaseRecord& lease, MarketTotals& totals) {
  ++totals.leases;
  ++totals.matched;
  totals.wait_s += seconds(lease.leased - lease.ordered);
  if (lease.cloud_usd_h == lease.cloud_usd_h) {
    totals.cloud_usd_h += lease.cloud_usd_h;
    totals.cloud_price_usd_h += lease.price_usd_h;
  }
  const double units = lease.gpus > 0 ? lease.gpus : lease.cpus;
  if (units <= 0) return;
  ResourceTotals& r = lease.gpus > 0 ? totals.gpu[lease.gpu] : totals.cpu_only;
  const double price = lease.price_usd_h / units;
  r.price_weight += units;
  r.price_sum += units * price;
  r.price_squares += units * price * price;
  ++r.leases;
}

Flow escrow_held(const MarketTotals& totals) {
  Flow held = totals.deposited;
  for (std::size_t i = 0; i < denom_count; ++i) {
    held[i] +=
        totals.bid_deposits[i] - totals.paid[i] - totals.refunded[i] - totals.bid_refunds[i] - totals.take[i];
  }
  return held;
}

void measure(const MarketTotals& totals, std::span<const LeaseRecord> created,
             const MarketCollector& collector, const AddMeasure& add) {
  measure_orders(totals, add);
  measure_resources(totals, created, collector, add);
  measure_people(totals, add);
  measure_flows(totals, collector, add);
}

void measure_concentration(const std::vector<double>& leases, const std::vector<double>& revenue_usd,
                           const AddMeasure& add) {
  const auto any = [](const std::vector<double>& values) {
    return std::any_of(values.begin(), values.end(), [](double v) { return v > 0; });
  };
  if (any(leases)) add(Metric::hhi_leases, "market", sim::hhi_points(leases));
  if (!any(revenue_usd)) return;
  add(Metric::hhi_revenue, "market", sim::hhi_points(revenue_usd));
  add(Metric::gini_revenue, "market", sim::gini(revenue_usd));
  constexpr std::size_t largest = 3;
  add(Metric::top_share_revenue, "market", sim::top_share(revenue_usd, largest));
}

void measure_summary(const MarketCollector& collector, const std::vector<double>& paid_usd,
                     const Population& population, const AddMeasure& add) {
  const MarketTotals totals = difference(collector.totals(), collector.warm());
  const auto& leases = collector.leases();
  const auto first = static_cast<std::size_t>(collector.warm().leases);
  measure(totals, std::span(leases).subspan(first), collector, add);
  ratio(Metric::active_leases, "market", totals.lease_hours, totals.hours, add);
  add(Metric::escrow_held, "market", collector.usd(escrow_held(collector.totals())));
  add(Metric::providers_active, "market", collector.providers_inside());

  std::vector<double> won(population.providers.size());
  std::vector<double> revenue(population.providers.size());
  std::map<std::string, double> class_revenue;
  std::map<std::string, double> class_leases;
  std::map<std::string, double> segment_leases;
  for (std::size_t i = 0; i < leases.size(); ++i) {
    const std::string entity = "class:" + population.providers[leases[i].provider].group;
    revenue[leases[i].provider] += paid_usd[i];
    class_revenue[entity] += paid_usd[i];
    if (i < first) continue;
    ++won[leases[i].provider];
    ++class_leases[entity];
    ++segment_leases["segment:" + population.tenants[leases[i].tenant].group];
  }
  for (const auto& [entity, count] : class_leases) add(Metric::leases_created, entity, count);
  for (const auto& [entity, count] : segment_leases) add(Metric::leases_created, entity, count);
  for (const auto& [entity, usd] : class_revenue) add(Metric::provider_revenue, entity, usd);
  for (std::size_t i = 0; i < revenue.size(); ++i) {
    add(Metric::provider_revenue, "provider:" + population.providers[i].name, revenue[i]);
  }
  measure_concentration(won, revenue, add);
}

}  // namespace souk::scenarios
