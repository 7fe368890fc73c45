#include "scenarios/market_measures.hpp"

#include <algorithm>
#include <cmath>

#include "scenarios/reasons.hpp"

namespace souk::scenarios {
namespace {

constexpr double hours_per_month = 730.5;

void measure_orders(const OrderTotals& t, const AddMeasure& add) {
  const double decided = t.matched + t.unmet;
  add(Metric::orders_posted, "market", t.posted);
  add(Metric::orders_matched, "market", t.matched);
  add(Metric::orders_unmet, "market", t.unmet);
  add(Metric::chose_cloud, "market", t.cloud);
  add(Metric::unmet_gpu_hours, "market", t.unmet_gpu_hours);
  add(Metric::unmet_value, "market", t.unmet_value_usd);
  add_ratio(Metric::gpus_per_order, "market", t.gpus, t.posted, add);
  add_ratio(Metric::vcpus_per_order, "market", t.cpus, t.posted, add);
  add_ratio(Metric::memory_per_order, "market", t.memory_gib, t.posted, add);
  add_ratio(Metric::fill_rate, "market", t.matched, decided, add);
  add_ratio(Metric::fill_rate_50_blocks, "market", t.prompt, decided, add);
  add_ratio(Metric::blocking, "market", t.blocked, decided, add);
  add_ratio(Metric::gpu_blocking, "market", t.gpu_blocked, t.gpu_decided, add);
  add_ratio(Metric::priced_out, "market", t.priced_out, decided, add);
  add(Metric::bids, "market", t.bids);
  add_ratio(Metric::bids_per_order, "market", t.decided_bids, decided, add);
  add_ratio(Metric::bid_spread, "market", t.spread_sum, t.spread_orders, add);
}

void measure_leases(const LeaseTotals& t, const AddMeasure& add) {
  add_ratio(Metric::time_to_lease, "market", t.wait_s, t.created, add);
  add_ratio(Metric::time_to_lease_blocks, "market", t.wait_blocks, t.created, add);
  add_ratio(Metric::reserve_binding, "market", t.at_maximum, t.created, add);
  add_ratio(Metric::shading, "market", t.shading_sum, t.shadings, add);
  add(Metric::leases_created, "market", t.created);
  double closed = 0;
  for (const auto& [reason, count] : t.closed) {
    closed += count;
    add(Metric::leases_closed, "reason:" + std::string(reason_name(reason)), count);
  }
  add(Metric::leases_closed, "market", closed);
  add_ratio(Metric::lease_length, "market", t.ended_h, closed, add);
  add_ratio(Metric::spend_per_lease, "market", t.ended_usd, closed, add);
  add(Metric::lease_spend, "market", t.spend_usd);
  add(Metric::tenant_surplus, "market", t.surplus_usd);
  add(Metric::provider_profit, "market", t.profit_usd);
  add(Metric::total_welfare, "market", t.surplus_usd + t.profit_usd);
  add_ratio(Metric::markup, "market", t.profit_usd, t.spend_usd, add);
  add_ratio(Metric::price_to_cloud, "market", t.cloud_price_usd_h, t.cloud_usd_h, add);
}

void measure_flows(const MarketTotals& t, const MarketCollector& collector, const AddMeasure& add) {
  const CoinTotals& coins = t.coins;
  const double fees = collector.usd(coins.fees);
  const double take = collector.usd(coins.take);
  add(Metric::escrow_deposited, "market", collector.usd(coins.deposited));
  add(Metric::escrow_paid, "market", collector.usd(coins.paid));
  add(Metric::escrow_refunded, "market", collector.usd(coins.refunded));
  add(Metric::escrow_take, "market", take);
  add(Metric::bid_deposits, "market", collector.usd(coins.bid_deposits));
  add(Metric::bid_refunds, "market", collector.usd(coins.bid_refunds));
  add(Metric::fees, "market", fees);
  add(Metric::treasury_flow, "market", fees + take);
  add(Metric::provider_profit_net, "market", t.leases.profit_usd - collector.usd(coins.provider_fees) - take);
  add(Metric::withdrawals, "market", coins.withdrawals);
  constexpr double day_h = 24;
  add_ratio(Metric::withdrawal_frequency, "market", coins.withdrawals, t.leases.hours / day_h, add);
}

void measure_segments(const MarketTotals& t, const MarketCollector& collector, const AddMeasure& add) {
  for (std::size_t i = 0; i < t.segments.size(); ++i) {
    const SegmentTotals& s = t.segments[i];
    const std::string entity = "segment:" + collector.segments()[i];
    add(Metric::orders_posted, entity, s.orders);
    add_ratio(Metric::fill_rate, entity, s.matched, s.matched + s.unmet, add);
    add_ratio(Metric::blocking, entity, s.blocked, s.matched + s.unmet, add);
    add(Metric::leases_created, entity, s.leases);
    add(Metric::lease_spend, entity, s.spend_usd);
    add(Metric::tenant_surplus, entity, s.surplus_usd);
    add_ratio(Metric::price_to_cloud, entity, s.cloud_price_usd_h, s.cloud_usd_h, add);
  }
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
  add_ratio(Metric::gpu_utilisation, entity, r.leased_h, r.available_h, add);
  add(Metric::gpus_added, entity, r.added);
  add_ratio(Metric::break_even_margin, entity, r.spend_usd - r.break_even_usd, r.break_even_usd, add);
  if (r.price_weight <= 0) return;
  const double mean = r.price_sum / r.price_weight;
  add(Metric::price_gpu_hour, entity, mean);
  add(Metric::price_gpu_hour_median, entity, weighted_median(prices));
  const double variance = std::max(0.0, r.price_squares / r.price_weight - mean * mean);
  add_ratio(Metric::price_dispersion, entity, std::sqrt(variance), mean, add);
}

void measure_resources(const MarketTotals& t, std::span<const LeaseRecord> created,
                       const MarketCollector& collector, const AddMeasure& add) {
  ResourceTotals all;
  const auto& models = collector.gpu_models();
  for (std::uint32_t i = 0; i < t.gpu.size(); ++i) {
    const ResourceTotals& r = t.gpu[i];
    const auto is_model = [i](const LeaseRecord& lease) { return lease.gpu == i; };
    measure_model(r, "gpu:" + models[i], unit_prices(created, &LeaseRecord::gpus, is_model), add);
    add_ratio(Metric::price_to_cloud, "gpu:" + models[i], r.cloud_price_usd_h, r.cloud_usd_h, add);
    for (double ResourceTotals::* field :
         {&ResourceTotals::available_h, &ResourceTotals::leased_h, &ResourceTotals::price_weight,
          &ResourceTotals::price_sum, &ResourceTotals::price_squares, &ResourceTotals::added,
          &ResourceTotals::spend_usd, &ResourceTotals::break_even_usd})
      all.*field += r.*field;
  }
  const auto has_gpu = [](const LeaseRecord& lease) { return lease.gpus > 0; };
  if (!models.empty()) measure_model(all, "market", unit_prices(created, &LeaseRecord::gpus, has_gpu), add);
  add_ratio(Metric::cpu_utilisation, "market", t.cpu_leased_h, t.cpu_available_h, add);
  add(Metric::vcpus_added, "market", t.vcpus_added);
  if (t.cpu_only.price_weight <= 0) return;
  const auto no_gpu = [](const LeaseRecord& lease) { return !(lease.gpus > 0); };
  auto prices = unit_prices(created, &LeaseRecord::cpus, no_gpu);
  add(Metric::price_vcpu_month, "market", t.cpu_only.price_sum / t.cpu_only.price_weight * hours_per_month);
  add(Metric::price_vcpu_month_median, "market", weighted_median(prices) * hours_per_month);
}

/// Adds what the cloud asks for the same, if that is known.
template <class Totals>
void add_cloud(const LeaseRecord& lease, Totals& totals) {
  if (lease.cloud_usd_h != lease.cloud_usd_h) return;
  totals.cloud_usd_h += lease.cloud_usd_h;
  totals.cloud_price_usd_h += lease.price_usd_h;
}

}  // namespace

void add_ratio(Metric metric, const std::string& entity, double above, double below, const AddMeasure& add) {
  if (below > 0) add(metric, entity, above / below);
}

void count_created(const LeaseRecord& lease, std::uint32_t segment, MarketTotals& totals) {
  SegmentTotals& of_segment = totals.segments[segment];
  ++totals.leases.created;
  ++totals.orders.matched;
  ++of_segment.leases;
  ++of_segment.matched;
  ++totals.providers[lease.provider].leases;
  totals.leases.wait_s += seconds(lease.leased - lease.ordered);
  add_cloud(lease, totals.leases);
  add_cloud(lease, of_segment);
  const double units = lease.gpus > 0 ? lease.gpus : lease.cpus;
  if (units <= 0) return;
  ResourceTotals& r = lease.gpus > 0 ? totals.gpu[lease.gpu] : totals.cpu_only;
  const double price = lease.price_usd_h / units;
  r.price_weight += units;
  r.price_sum += units * price;
  r.price_squares += units * price * price;
  ++r.leases;
  add_cloud(lease, r);
}

void measure(const MarketTotals& totals, std::span<const LeaseRecord> created,
             const MarketCollector& collector, const AddMeasure& add) {
  measure_orders(totals.orders, add);
  measure_leases(totals.leases, add);
  measure_segments(totals, collector, add);
  measure_resources(totals, created, collector, add);
  measure_service(totals, collector.population(), add);
  measure_tenants(totals, add);
  measure_flows(totals, collector, add);
}

}  // namespace souk::scenarios
