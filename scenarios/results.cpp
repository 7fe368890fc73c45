#include "scenarios/results.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>

#include <fmt/format.h>
#include "scenarios/reasons.hpp"

namespace souk::scenarios {
namespace {

using Buffer = fmt::memory_buffer;

/// Seconds since the start, as many decimals as it takes.
std::string since(const Scenario& scenario, Time at) {
  const std::int64_t ns = (at - scenario.genesis).count();
  std::string text = fmt::format("{}.{:09}", ns / 1'000'000'000, ns % 1'000'000'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string optional_number(double value) { return std::isnan(value) ? std::string() : number_text(value); }

void lease_line(Buffer& out, const Scenario& scenario, const RunResult& result, std::size_t index) {
  const LeaseRecord& lease = result.leases[index];
  const ProviderSeat& provider = result.providers[lease.provider];
  const TenantSeat& tenant = result.tenants[lease.tenant];
  const bool has_model = lease.gpu < result.gpu_models.size();
  auto to = std::back_inserter(out);
  fmt::format_to(to, "{},base,{},{},{},{},{},{},{},{},", scenario.name, result.seed, tenant.name,
                 tenant.group, provider.name, provider.group, lease.id.dseq, lease.id.gseq, lease.id.oseq);
  fmt::format_to(to, "{},{},{},{},", has_model ? result.gpu_models[lease.gpu] : "", number_text(lease.gpus),
                 number_text(lease.cpus), number_text(lease.memory_gib));
  fmt::format_to(to, "{},{},{},{},{},{},{},{},", lease.price.amount.to_string(),
                 denom_name(lease.price.denom), number_text(lease.price_usd_h),
                 optional_number(lease.second_usd_h), lease.bids, optional_number(lease.value_usd_h),
                 optional_number(lease.cloud_usd_h), optional_number(lease.cost_usd_h));
  fmt::format_to(to, "{},{},{},{},{}\n", since(scenario, lease.ordered), since(scenario, lease.leased),
                 lease.closed ? since(scenario, *lease.closed) : "",
                 lease.closed ? reason_name(lease.reason) : std::string_view("active"),
                 result.paid[index].amount.micro);
}

/// One line of the table on the terminal.
struct Line {
  Metric metric;
  std::string_view label;
};
constexpr Line lines[] = {
    {Metric::orders_posted, "orders posted"},
    {Metric::leases_created, "leases created"},
    {Metric::fill_rate, "fill rate"},
    {Metric::blocking, "orders without a bid"},
    {Metric::bids_per_order, "bids per order"},
    {Metric::bid_spread, "second bid above lowest"},
    {Metric::time_to_lease, "time to lease"},
    {Metric::active_leases, "active leases (mean)"},
    {Metric::price_gpu_hour, "price per GPU-hour"},
    {Metric::price_gpu_hour_median, "  median"},
    {Metric::price_vcpu_month, "price per vCPU-month"},
    {Metric::price_to_cloud, "price / cloud price"},
    {Metric::gpu_utilisation, "GPU utilisation"},
    {Metric::cpu_utilisation, "CPU utilisation"},
    {Metric::gpu_fragmentation, "GPU fragmentation"},
    {Metric::break_even_margin, "GPU rent above break-even"},
    {Metric::availability, "workloads up"},
    {Metric::unmet_gpu_hours, "unmet demand"},
    {Metric::lease_spend, "lease spend"},
    {Metric::tenant_surplus, "tenant surplus"},
    {Metric::provider_profit, "provider profit"},
    {Metric::escrow_deposited, "escrow deposited"},
    {Metric::escrow_paid, "escrow paid out"},
    {Metric::escrow_refunded, "escrow refunded"},
    {Metric::withdrawals, "withdrawals"},
    {Metric::hhi_revenue, "HHI of revenue"},
    {Metric::gini_revenue, "Gini of revenue"},
};

/// The same of stake, governance and consensus.
constexpr Line chain_lines[] = {
    {Metric::heights, "heights"},
    {Metric::rounds_per_height, "rounds per height"},
    {Metric::signed_share, "signed share of a commit"},
    {Metric::halt_time, "time without blocks"},
    {Metric::supply, "supply"},
    {Metric::inflation, "inflation (mean)"},
    {Metric::bonded_ratio, "bonded ratio (mean)"},
    {Metric::staking_apr, "staking APR (mean)"},
    {Metric::delegator_yield, "delegators' yield"},
    {Metric::real_yield, "  real"},
    {Metric::community_pool, "community pool"},
    {Metric::attack_cost, "price of a third"},
    {Metric::capture_cost, "price of turning a vote"},
    {Metric::validators_in_set, "validators in set (mean)"},
    {Metric::validators_left, "validators that left"},
    {Metric::validators_joined, "validators that joined"},
    {Metric::commission, "commission"},
    {Metric::hhi_stake, "HHI of stake"},
    {Metric::nakamoto_stake, "Nakamoto coefficient"},
    {Metric::missed_block_share, "blocks missed"},
    {Metric::jailings, "jailings"},
    {Metric::slashed, "slashed"},
    {Metric::stake_moved, "stake moved"},
    {Metric::proposals_decided, "proposals decided"},
    {Metric::pass_rate, "pass rate"},
    {Metric::turnout, "turnout"},
    {Metric::quorum_failures, "below quorum"},
    {Metric::time_to_decision, "time to decision"},
};

std::string shown(double value, std::string_view unit) {
  const bool whole = std::abs(value) >= 1000 || value == std::floor(value);
  return fmt::format("{:>14} {}", whole ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value),
                     unit == "1" ? "" : unit);
}

const Measurement* find(const RunResult& result, Metric metric, std::string_view entity) {
  for (const Measurement& m : result.summary) {
    if (m.metric == metric && result.entities.name(m.entity) == entity) return &m;
  }
  return nullptr;
}

void add_lines(std::string& out, const RunResult& result, std::span<const Line> wanted,
               std::string_view entity) {
  for (const Line& line : wanted) {
    const Measurement* m = find(result, line.metric, entity);
    if (m != nullptr) out += fmt::format("  {:<26}{}\n", line.label, shown(m->value, info(line.metric).unit));
  }
}

void add_gpu_lines(std::string& out, const RunResult& result) {
  std::string rows;
  for (const std::string& model : result.gpu_models) {
    const std::string entity = "gpu:" + model;
    const Measurement* price = find(result, Metric::price_gpu_hour, entity);
    const Measurement* used = find(result, Metric::gpu_utilisation, entity);
    const Measurement* pieces = find(result, Metric::gpu_fragmentation, entity);
    const auto cell = [](const Measurement* m) {
      return m == nullptr ? std::string("-") : fmt::format("{:.4f}", m->value);
    };
    rows += fmt::format("  {:<16}{:>14}{:>14}{:>16}\n", model, cell(price), cell(used), cell(pieces));
  }
  if (rows.empty()) return;
  out += fmt::format("\n  {:<16}{:>14}{:>14}{:>16}\n", "GPU", "USD/GPU-h", "utilisation", "fragmentation");
  out += rows;
}

}  // namespace

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value == 0 ? "0" : fmt::format("{}", value);
}

std::string metrics_csv(const Scenario& scenario, const RunResult& result) {
  Buffer out;
  auto to = std::back_inserter(out);
  fmt::format_to(to, "scenario,arm,seed,time,entity,metric,value,unit\n");
  for (const Measurement& m : result.series) {
    const MetricInfo& what = info(m.metric);
    fmt::format_to(to, "{},base,{},{},{},{},{},{}\n", scenario.name, result.seed, since(scenario, m.time),
                   result.entities.name(m.entity), what.name, number_text(m.value), what.unit);
  }
  return fmt::to_string(out);
}

std::string leases_csv(const Scenario& scenario, const RunResult& result) {
  Buffer out;
  fmt::format_to(
      std::back_inserter(out),
      "scenario,arm,seed,tenant,segment,provider,class,dseq,gseq,oseq,gpu_model,gpus,vcpus,memory_gib,"
      "price_per_block,denom,price_usd_h,second_bid_usd_h,bids,value_usd_h,cloud_usd_h,cost_usd_h,"
      "ordered_s,leased_s,closed_s,reason,paid_micro\n");
  for (std::size_t i = 0; i < result.leases.size(); ++i) lease_line(out, scenario, result, i);
  return fmt::to_string(out);
}

std::string summary_text(const Scenario& scenario, const RunResult& result) {
  const double days = seconds(result.ended - scenario.genesis) / 86'400;
  std::string out = fmt::format("{}: {:.6g} simulated days, seed {}{}\n", scenario.name, days, result.seed,
                                result.complete ? "" : " (INCOMPLETE: interrupted)");
  out +=
      fmt::format("  {} events, {} transactions in {} blocks\n\n", result.events, result.txs, result.blocks);
  add_lines(out, result, lines, "market");
  add_lines(out, result, chain_lines, "chain");
  add_gpu_lines(out, result);
  out += result.broken_invariant.empty() ? "\nledger: every coin accounted for\n"
                                         : "\nledger: BROKEN: " + result.broken_invariant + "\n";
  out += fmt::format("scenario hash: {}\n", scenario.hash);
  return out + fmt::format("run hash: {}\n", result.run_hash);
}

Result<void> write_results(const std::string& folder, const Scenario& scenario, const RunResult& result,
                           const Provenance& made_by, bool plots) {
  auto open = ResultFolder::open(folder);
  if (!open) return Unexpected{open.error()};
  for (const auto& [name, bytes] :
       {std::pair<std::string, std::string>{"manifest.json", manifest_json(scenario, result, made_by)},
        {"summary.json", summary_json(scenario, result)},
        {"metrics.csv", metrics_csv(scenario, result)},
        {"leases.csv", leases_csv(scenario, result)}}) {
    if (auto added = open->add(name, bytes); !added) return added;
  }
  if (plots) {
    if (auto drawn = draw_plots(*open, scenario, result); !drawn) return drawn;
  }
  return open->finish();
}

}  // namespace souk::scenarios
