#include "scenarios/metrics.hpp"

#include <algorithm>
#include <limits>

#include "actors/base/check.hpp"

namespace souk::scenarios {
namespace {

using enum Metric;
constexpr MetricInfo table[] = {
    {orders_posted, "orders_posted", "orders", "orders opened on the chain"},
    {orders_matched, "orders_matched", "orders", "orders that got a lease"},
    {orders_unmet, "orders_unmet", "orders", "orders closed without a lease"},
    {chose_cloud, "chose_cloud", "orders", "orders whose tenant took the cloud instead"},
    {unmet_gpu_hours, "unmet_gpu_hours", "GPU-h", "GPU-hours wanted by orders that were given up"},
    {unmet_value, "unmet_value", "USD",
     "value to their tenants of the hours wanted by orders that were closed without a lease: no more welfare "
     "than this was lost by them"},
    {gpus_per_order, "gpus_per_order", "GPUs", "GPUs asked for by an order, mean of those posted"},
    {vcpus_per_order, "vcpus_per_order", "vCPUs", "the same of vCPUs"},
    {memory_per_order, "memory_per_order", "GiB", "the same of memory"},
    {fill_rate, "fill_rate", "1",
     "orders matched / (orders matched + orders unmet), by the time of the decision"},
    {fill_rate_50_blocks, "fill_rate_50_blocks", "1",
     "orders matched within 50 blocks of being posted / (orders matched + orders unmet); 50 blocks of 6 s "
     "are the 5 minutes that a provider daemon leaves a bid open"},
    {blocking, "blocking", "1",
     "orders closed without a lease on which nobody had bid / (orders matched + orders unmet)"},
    {gpu_blocking, "gpu_blocking", "1", "the same of orders that ask for GPUs"},
    {priced_out, "priced_out", "1",
     "orders closed without a lease whose lowest bid was above their worth to the tenant / (orders matched + "
     "orders unmet)"},
    {orders_open, "orders_open", "orders",
     "orders open at the end of the interval: the queue; mean over time in the summary"},
    {bids, "bids", "bids", "bids placed on the chain"},
    {bids_per_order, "bids_per_order", "bids", "mean bids on an order when it was matched or closed"},
    {bid_spread, "bid_spread", "1",
     "mean of (second lowest - lowest bid) / lowest, orders with two bids or more"},
    {reserve_binding, "reserve_binding", "1",
     "leases created at exactly the highest price their order allowed / leases created: the reserve set the "
     "price, not competition"},
    {shading, "shading", "1",
     "mean of (price - cost) / (highest price the order allowed - cost), leases whose cost is told and below "
     "that price"},
    {time_to_lease, "time_to_lease", "s", "mean block time from order to lease"},
    {time_to_lease_blocks, "time_to_lease_blocks", "blocks", "the same in blocks, empty ones included"},
    {leases_created, "leases_created", "leases", "leases created"},
    {leases_closed, "leases_closed", "leases", "leases closed, all and by reason"},
    {lease_length, "lease_length", "h", "mean time from creation to end, leases closed"},
    {spend_per_lease, "spend_per_lease", "USD", "mean price of a whole lease, leases closed"},
    {active_leases, "active_leases", "leases",
     "leases active at the end of the interval; mean in the summary"},
    {price_gpu_hour, "price_gpu_hour", "USD/GPU-h", "price of leases created, per GPU, weighted by GPUs"},
    {price_gpu_hour_median, "price_gpu_hour_median", "USD/GPU-h", "the same, median"},
    {price_vcpu_month, "price_vcpu_month", "USD/vCPU-month",
     "price of leases without GPU, per vCPU, weighted by vCPUs"},
    {price_vcpu_month_median, "price_vcpu_month_median", "USD/vCPU-month", "the same, median"},
    {price_dispersion, "price_dispersion", "1",
     "coefficient of variation of the price per GPU, weighted by GPUs"},
    {price_to_cloud, "price_to_cloud", "1", "sum of lease prices / sum of what the cloud asks for the same"},
    {gpu_utilisation, "gpu_utilisation", "1", "GPU-hours leased / GPU-hours available"},
    {gpu_available_hours, "gpu_available_hours", "GPU-h",
     "GPUs of providers in the market on machines that are up"},
    {gpu_leased_hours, "gpu_leased_hours", "GPU-h", "GPUs under lease, times hours"},
    {cpu_utilisation, "cpu_utilisation", "1", "vCPU-hours leased / vCPU-hours available"},
    {gpu_fragmentation, "gpu_fragmentation", "1",
     "share of idle GPUs on machines with fewer than 8 idle ones: of no use to an 8-GPU order; 0 if none is "
     "idle"},
    {gpus_added, "gpus_added", "GPUs",
     "GPUs of providers that entered the market less those of providers that left"},
    {vcpus_added, "vcpus_added", "vCPUs", "the same of vCPUs"},
    {break_even_margin, "break_even_margin", "1",
     "spend on active leases / what covers all cost of the provider for them, capital included, at the "
     "utilisation it counts on - 1; GPUs of providers with GPUs, vCPUs of those without; left out where cost "
     "is drawn for every order"},
    {fleet_age, "fleet_age", "d",
     "mean over machines in the market of the time since their provider entered it; providers of the start "
     "entered then"},
    {providers_active, "providers_active", "providers", "providers in the market at the end of the interval"},
    {providers_entered, "providers_entered", "providers", "entries"},
    {providers_exited, "providers_exited", "providers", "exits"},
    {nodes_failed, "nodes_failed", "machines", "failures"},
    {machine_availability, "machine_availability", "1",
     "machines in the market that are up, times hours / machines in the market, times hours"},
    {repair_time, "repair_time", "h",
     "mean time from the failure of a machine to its repair, machines repaired"},
    {availability, "availability", "1",
     "hours of leases with the workload up / hours up or down, as the provider told its tenant; before it "
     "says anything a lease counts as neither"},
    {spend_while_down, "spend_while_down", "USD",
     "price of active leases, times hours with the workload down"},
    {leases_lost, "leases_lost", "leases",
     "leases that their provider closed as unstable, decommissioned or for no reason given, or whose tenant "
     "left for another provider"},
    {failover_success, "failover_success", "1",
     "leases lost whose deployment had another lease before it was closed / those decided either way"},
    {failover_time, "failover_time", "s",
     "mean block time from the loss of a lease to the next of its deployment"},
    {tenants_churned, "tenants_churned", "tenants", "tenants that left"},
    {tenants_returned, "tenants_returned", "tenants", "tenants that came back"},
    {deployments_created, "deployments_created", "deployments", "deployments created on the chain"},
    {tenants_active, "tenants_active", "tenants", "tenants with an active lease at the end of the interval"},
    {tenants_new, "tenants_new", "tenants", "tenants that created their first deployment"},
    {first_success, "first_success", "s",
     "mean block time from a tenant's first deployment to its first lease, tenants that had it in the "
     "interval"},
    {started_not_completed, "started_not_completed", "1",
     "deployments closed that never had a lease / deployments closed"},
    {repeat_rate, "repeat_rate", "1",
     "tenants that deployed again in a later block than the first time / tenants that have deployed, since "
     "the start of the run"},
    {churn_rate, "churn_rate", "1",
     "tenants with lease spend in one month and none in the next / tenants with it in the first; months of "
     "30 days from the start, whose second ended in the interval"},
    {net_revenue_retention, "net_revenue_retention", "1",
     "lease spend in a month of the tenants that had spent in the one before / what they spent then; months "
     "as of churn_rate"},
    {cohort_tenants, "cohort_tenants", "tenants",
     "tenants whose first month with lease spend was that of the cohort"},
    {cohort_retention, "cohort_retention", "1",
     "those of them with lease spend in the last whole month / all of them"},
    {wishes_dropped, "wishes_dropped", "orders", "wishes dropped for want of money"},
    {leases_moved, "leases_moved", "leases", "leases left for another provider"},
    {escrow_deposited, "escrow_deposited", "USD", "coins from tenants into escrow"},
    {escrow_paid, "escrow_paid", "USD", "coins from escrow to providers for leases"},
    {escrow_refunded, "escrow_refunded", "USD", "coins from escrow back to tenants"},
    {escrow_take, "escrow_take", "USD", "coins from escrow to the community pool"},
    {escrow_held, "escrow_held", "USD", "coins in escrow at the end of the interval, bid deposits included"},
    {bid_deposits, "bid_deposits", "USD", "coins from providers into escrow"},
    {bid_refunds, "bid_refunds", "USD", "bid deposits given back"},
    {fees, "fees", "USD", "transaction fees; coins minted for stakers are none"},
    {treasury_flow, "treasury_flow", "USD",
     "fees + escrow take: what users pay to the network, for distribution to share out"},
    {withdrawals, "withdrawals", "payouts", "payments from escrow to providers"},
    {withdrawal_frequency, "withdrawal_frequency", "1/d", "withdrawals per active lease and day"},
    {lease_spend, "lease_spend", "USD", "price of active leases, times hours"},
    {tenant_surplus, "tenant_surplus", "USD", "(value - price) of active leases, times hours"},
    {provider_profit, "provider_profit", "USD",
     "(price - cost) of active leases, times hours; fees not taken off"},
    {provider_profit_net, "provider_profit_net", "USD",
     "provider profit less fees paid by providers and escrow take"},
    {total_welfare, "total_welfare", "USD", "tenant surplus + provider profit: (value - cost), times hours"},
    {markup, "markup", "1", "provider profit / lease spend: (price - cost) / price, weighted by spend"},
    {provider_revenue, "provider_revenue", "USD", "coins withdrawn by a provider"},
    {hhi_leases, "hhi_leases", "0-10000", "Herfindahl-Hirschman index of leases over providers"},
    {gini_leases, "gini_leases", "0-1", "Gini coefficient of leases over providers"},
    {top_share_leases, "top_share_leases", "1", "share of leases of the three providers with the most"},
    {nakamoto_leases, "nakamoto_leases", "providers",
     "fewest providers with more than a third of the leases"},
    {nakamoto_leases_half, "nakamoto_leases_half", "providers", "fewest with more than half of the leases"},
    {hhi_revenue, "hhi_revenue", "0-10000", "Herfindahl-Hirschman index of revenue over providers"},
    {gini_revenue, "gini_revenue", "0-1", "Gini coefficient of revenue over providers"},
    {top_share_revenue, "top_share_revenue", "1", "share of revenue of the three largest providers"},
    {nakamoto_revenue, "nakamoto_revenue", "providers",
     "fewest providers with more than a third of the revenue"},
    {nakamoto_revenue_half, "nakamoto_revenue_half", "providers",
     "fewest with more than half of the revenue"},
    {supply, "supply", "AKT", "all coins of the bond denomination"},
    {circulating_supply, "circulating_supply", "AKT",
     "supply less what still vests and what is in the community pool"},
    {inflation, "inflation", "1", "the chain's yearly rate at the end of the interval; mean in the summary"},
    {bonded_ratio, "bonded_ratio", "1", "bonded / supply at the end of the interval; mean in the summary"},
    {staking_apr, "staking_apr", "1",
     "inflation (1 - community tax) / bonded ratio, before commission; mean in the summary"},
    {delegator_yield, "delegator_yield", "1",
     "mean of what delegators measured: rewards withdrawn / stake, per year"},
    {real_yield, "real_yield", "1", "(1 + delegator yield) / (1 + growth of the supply, per year) - 1"},
    {coins_minted, "coins_minted", "AKT", "growth of the supply, burned coins added back"},
    {coins_burned, "coins_burned", "AKT", "slashed stake and deposits of vetoed proposals"},
    {net_mint, "net_mint", "AKT", "coins minted - coins burned: growth of the supply"},
    {slashed, "slashed", "AKT", "stake burned for downtime or double signing"},
    {slashes, "slashes", "slashes", "times a validator was slashed"},
    {jailings, "jailings", "jailings", "times a validator of the active set was jailed"},
    {validators_jailed, "validators_jailed", "validators",
     "in jail at the end of the interval; mean in the summary"},
    {validators_in_set, "validators_in_set", "validators",
     "in the active set at the end of the interval; mean in the summary"},
    {validators_left, "validators_left", "validators", "operators that gave up for want of profit"},
    {validators_joined, "validators_joined", "validators", "operators that entered"},
    {missed_block_share, "missed_block_share", "1",
     "power of the active set whose machine was down, over time: blocks missed / blocks due"},
    {proposer_share, "proposer_share", "1",
     "blocks of the chain it proposed / all blocks, where validators are nodes"},
    {stake_share, "stake_share", "1", "share of the bonded stake at the end of the interval"},
    {commission, "commission", "1", "commission weighted by stake, active set, at the end of the interval"},
    {hhi_stake, "hhi_stake", "0-10000", "Herfindahl-Hirschman index of the power of the active set"},
    {gini_stake, "gini_stake", "0-1", "Gini coefficient of the power of the active set"},
    {nakamoto_stake, "nakamoto_stake", "validators", "fewest validators with more than a third of the power"},
    {nakamoto_stake_half, "nakamoto_stake_half", "validators", "fewest with more than half of the power"},
    {attack_cost, "attack_cost", "USD",
     "price of as much new stake as makes a third of all: half of what is bonded"},
    {stake_moved, "stake_moved", "AKT", "delegators' redelegations, as sent"},
    {community_pool, "community_pool", "AKT", "in the community pool at the end of the interval"},
    {pool_spent, "pool_spent", "AKT", "paid from the community pool by proposals that passed"},
    {pool_income, "pool_income", "AKT", "growth of the community pool, what was spent added back"},
    {pool_runway, "pool_runway", "d",
     "community pool at the end of the interval / what was spent a day, nothing coming in"},
    {proposals_submitted, "proposals_submitted", "proposals", "proposals submitted"},
    {proposals_decided, "proposals_decided", "proposals", "proposals whose vote or deposit period ended"},
    {pass_rate, "pass_rate", "1", "passed / decided"},
    {quorum_failures, "quorum_failures", "proposals", "votes that ended with less than the quorum"},
    {turnout, "turnout", "1", "mean over ended votes of stake that voted / bonded stake"},
    {pivotal_voters, "pivotal_voters", "voters",
     "fewest voters who could have stopped a proposal that passed, by voting otherwise or not at all; mean "
     "over such votes, stake and rules as of the sample after the end"},
    {capture_cost, "capture_cost", "USD",
     "price of as much new stake as would have turned the result of a vote, all others voting as they did; "
     "mean over ended votes, as of pivotal_voters"},
    {time_to_decision, "time_to_decision", "d", "mean time from submission to the end, decided proposals"},
    {heights, "heights", "blocks", "heights of the chain, blocks without transactions included"},
    {rounds_per_height, "rounds_per_height", "rounds", "mean rounds that consensus took, 1 at the least"},
    {signed_share, "signed_share", "1", "mean share of the validators in a commit"},
    {halt_time, "halt_time", "min",
     "time without blocks: beyond ten block times between two; with one node, while a third of the power or "
     "more is down"},
};

}  // namespace

std::span<const MetricInfo> metric_table() { return table; }

const MetricInfo& info(Metric metric) {
  const MetricInfo& found = table[static_cast<std::size_t>(metric)];
  SOUK_CHECK(found.metric == metric);
  return found;
}

std::uint32_t Entities::id(const std::string& name) {
  const auto at = std::find(names_.begin(), names_.end(), name);
  if (at != names_.end()) return static_cast<std::uint32_t>(at - names_.begin());
  names_.push_back(name);
  return static_cast<std::uint32_t>(names_.size() - 1);
}

double weighted_median(std::vector<Weighted>& values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end(),
            [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  double total = 0;
  for (const Weighted& v : values) total += v.weight;
  double below = 0;
  for (const Weighted& v : values) {
    below += v.weight;
    if (below * 2 >= total) return v.value;
  }
  return values.back().value;
}

}  // namespace souk::scenarios
