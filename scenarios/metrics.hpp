#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/time.hpp"

/// What is measured: names, units and definitions, in one table (economics.md section 6).
namespace souk::scenarios {

enum class Metric : std::uint8_t {
  orders_posted,
  orders_matched,
  orders_unmet,
  chose_cloud,
  unmet_gpu_hours,
  unmet_value,
  gpus_per_order,
  vcpus_per_order,
  memory_per_order,
  fill_rate,
  fill_rate_50_blocks,
  blocking,
  gpu_blocking,
  priced_out,
  orders_open,
  bids,
  bids_per_order,
  bid_spread,
  reserve_binding,
  shading,
  time_to_lease,
  time_to_lease_blocks,
  leases_created,
  leases_closed,
  lease_length,
  spend_per_lease,
  active_leases,
  price_gpu_hour,
  price_gpu_hour_median,
  price_vcpu_month,
  price_vcpu_month_median,
  price_dispersion,
  price_to_cloud,
  gpu_utilisation,
  gpu_available_hours,
  gpu_leased_hours,
  cpu_utilisation,
  gpu_fragmentation,
  gpus_added,
  vcpus_added,
  break_even_margin,
  fleet_age,
  providers_active,
  providers_entered,
  providers_exited,
  nodes_failed,
  machine_availability,
  repair_time,
  availability,
  spend_while_down,
  leases_lost,
  failover_success,
  failover_time,
  tenants_churned,
  tenants_returned,
  deployments_created,
  tenants_active,
  tenants_new,
  first_success,
  started_not_completed,
  repeat_rate,
  churn_rate,
  net_revenue_retention,
  cohort_tenants,
  cohort_retention,
  wishes_dropped,
  leases_moved,
  escrow_deposited,
  escrow_paid,
  escrow_refunded,
  escrow_take,
  escrow_held,
  bid_deposits,
  bid_refunds,
  fees,
  treasury_flow,
  withdrawals,
  withdrawal_frequency,
  lease_spend,
  tenant_surplus,
  provider_profit,
  provider_profit_net,
  total_welfare,
  markup,
  provider_revenue,
  hhi_leases,
  gini_leases,
  top_share_leases,
  nakamoto_leases,
  nakamoto_leases_half,
  hhi_revenue,
  gini_revenue,
  top_share_revenue,
  nakamoto_revenue,
  nakamoto_revenue_half,
  supply,
  circulating_supply,
  inflation,
  bonded_ratio,
  staking_apr,
  delegator_yield,
  real_yield,
  coins_minted,
  coins_burned,
  net_mint,
  slashed,
  slashes,
  jailings,
  validators_jailed,
  validators_in_set,
  validators_left,
  validators_joined,
  missed_block_share,
  proposer_share,
  stake_share,
  commission,
  hhi_stake,
  gini_stake,
  nakamoto_stake,
  nakamoto_stake_half,
  attack_cost,
  stake_moved,
  community_pool,
  pool_spent,
  pool_income,
  pool_runway,
  proposals_submitted,
  proposals_decided,
  pass_rate,
  quorum_failures,
  turnout,
  pivotal_voters,
  capture_cost,
  time_to_decision,
  heights,
  rounds_per_height,
  signed_share,
  halt_time,
};

struct MetricInfo {
  Metric metric;
  std::string_view name;
  std::string_view unit;
  std::string_view definition;
};
/// All metrics in the order of Metric.
std::span<const MetricInfo> metric_table();
const MetricInfo& info(Metric metric);

/// One measured value. The entity is `market`, `gpu:<model>`, `class:<name>`, `segment:<name>`,
/// `reason:<name>`, `provider:<name>`, `tier:<number of auditors>` or `cohort:<month>`; of stake and
/// consensus `chain`, `operators:<group>`, `delegators:<group>` or `validator:<name>`.
struct Measurement {
  Time time{};  ///< end of the interval it is about
  std::uint32_t entity = 0;
  Metric metric{};
  double value = 0;
};

/// Entities by number, in the order in which they were first named.
class Entities {
 public:
  std::uint32_t id(const std::string& name);
  const std::string& name(std::uint32_t id) const { return names_[id]; }
  std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
};

/// Value at the middle of `values` weighted by `weights`: the smallest v with half the weight at or below it.
/// NaN if there are none. Sorts its arguments.
struct Weighted {
  double value = 0;
  double weight = 0;
};
double weighted_median(std::vector<Weighted>& values);

}  // namespace souk::scenarios
