#include "scenarios/rows.hpp"
#include "scenarios/scenario.hpp"

/// Settings of a class of providers. HELM: helm-charts price_script_generic.sh, as read in akash-offchain.md
/// section 2.4; ECON: economics.md; OFF: akash-offchain.md.
namespace souk::scenarios {
namespace {

template <class F>
Key provider(std::string name, Unit unit, RowText text, F field, Shape shape = Shape::one) {
  return row<ProviderClass>(std::move(name), unit, std::move(text), field, shape);
}

std::vector<Key> machine_rows() {
  using C = ProviderClass;
  const std::string median = "ASSUME";
  return {
      provider("count", Unit::count, {"1", "1", "10000", "ASSUME", "Providers of this class."},
               [](C& c) -> auto& { return c.count; }),
      choice_row<C>("data", {"none", "openb"},
                    {"none", "", "", "none", "Take the machines from recorded data: openb."},
                    [](C& c) -> auto& { return c.data; }),
      provider("data_file", Unit::text,
               {"openb-gpu-2023/openb_node_list_gpu_node.csv", "", "", "shared data, Weng et al., ATC'23",
                "The file below --data DIR, where `data` is not none."},
               [](C& c) -> auto& { return c.data_file; }),
      provider("nodes.count", Unit::count, {"1", "1", "10000", median, "Machines per provider."},
               [](C& c) -> auto& { return c.nodes.count; }),
      provider("nodes.cpu", Unit::cpu, {"32 cpu", "10 m", "4096 cpu", median, "CPU of one machine."},
               [](C& c) -> auto& { return c.nodes.cpu_milli; }),
      provider("nodes.memory", Unit::bytes, {"128 Gi", "1 Mi", "64 Ti", median, "Memory of one machine."},
               [](C& c) -> auto& { return c.nodes.memory_bytes; }),
      provider("nodes.ephemeral", Unit::bytes, {"2 Ti", "0 B", "4 Pi", median, "Local disk of one machine."},
               [](C& c) -> auto& { return c.nodes.ephemeral_bytes; }),
      provider("nodes.gpus", Unit::count, {"0", "0", "64", "none", "GPUs of one machine."},
               [](C& c) -> auto& { return c.nodes.gpus; }),
      provider("nodes.gpu_model", Unit::text,
               {"a100", "", "", "akash-gpu-catalogue", "GPU model, as in attributes."},
               [](C& c) -> auto& { return c.nodes.gpu.model; }),
      provider("nodes.gpu_vendor", Unit::text, {"nvidia", "", "", "akash-gpu-catalogue", "GPU vendor."},
               [](C& c) -> auto& { return c.nodes.gpu.vendor; }),
      provider("nodes.gpu_ram", Unit::text,
               {"\"\"", "", "", "none", "GPU memory as in attributes, such as 80Gi."},
               [](C& c) -> auto& { return c.nodes.gpu.ram; }),
      provider("nodes.gpu_form", Unit::text, {"\"\"", "", "", "none", "GPU interface: pcie or sxm."},
               [](C& c) -> auto& { return c.nodes.gpu.form; }),
      provider("storage.beta1", Unit::bytes,
               {"0 B", "0 B", "100 Pi", median, "Persistent HDD pool per provider."},
               [](C& c) -> auto& { return c.nodes.beta1_bytes; }),
      provider("storage.beta2", Unit::bytes,
               {"20 Ti", "0 B", "100 Pi", median, "Persistent SSD pool per provider."},
               [](C& c) -> auto& { return c.nodes.beta2_bytes; }),
      provider("storage.beta3", Unit::bytes,
               {"0 B", "0 B", "100 Pi", median, "Persistent NVMe pool per provider."},
               [](C& c) -> auto& { return c.nodes.beta3_bytes; }),
      provider("ips", Unit::count, {"16", "0", "65536", median, "Leased IP addresses per provider."},
               [](C& c) -> auto& { return c.config.cluster.leased_ips; }),
      provider("overcommit.cpu_percent", Unit::count,
               {"0", "0", "10000", "OFF 2.3", "CPU promised beyond what is there."},
               [](C& c) -> auto& { return c.config.cluster.overcommit.cpu_percent; }),
      provider("overcommit.memory_percent", Unit::count,
               {"0", "0", "10000", "OFF 2.3", "The same for memory."},
               [](C& c) -> auto& { return c.config.cluster.overcommit.memory_percent; }),
      provider("overcommit.storage_percent", Unit::count,
               {"0", "0", "10000", "OFF 2.3", "The same for local disk."},
               [](C& c) -> auto& { return c.config.cluster.overcommit.storage_percent; }),
      provider("region", Unit::text,
               {"\"\"", "", "", "none", "Value of the attribute `region`; empty: none."},
               [](C& c) -> auto& { return c.region; }),
      provider(
          "attributes", Unit::text, {"{}", "", "", "none", "More attributes to announce."},
          [](C& c) -> auto& { return c.config.attributes; }, Shape::table),
      provider("auditors", Unit::count, {"0", "0", "64", "ASSUME", "How many auditors sign the attributes."},
               [](C& c) -> auto& { return c.auditors; }),
  };
}

std::vector<Key> pricing_rows() {
  using C = ProviderClass;
  const auto usd_month = [](const char* name, const char* usd, const char* doc,
                            double ScriptPricing::* field) {
    return provider(std::string("pricing.") + name, Unit::usd_per_month,
                    {std::string(usd) + " USD/month", "0 USD/month", "1000000 USD/month", "HELM", doc},
                    [field](C& c) -> auto& { return c.pricing.script.*field; });
  };
  const auto usd_h = [](const char* name, const char* usd, const char* doc, double PricingSettings::* field) {
    return provider(
        std::string("pricing.") + name, Unit::usd_per_hour,
        {std::string(usd) + " USD/h", "0 USD/h", "1000000 USD/h", "economics.md section 3 (unit costs)", doc},
        [field](C& c) -> auto& { return c.pricing.*field; });
  };
  return {
      choice_row<C>(
          "pricing.strategy",
          {"script", "scale", "random", "random_range", "uniform_equilibrium", "exponential_equilibrium",
           "undercut", "truthful", "posted"},
          {"script", "", "", "HELM ships the script; OFF 2.4; ECON section 2",
           "How bids are priced: the shipped script, scale prices, random above cost, random in the 2019 "
           "band, equilibrium shading, undercutting, at cost, or the order's maximum."},
          [](C& c) -> auto& { return c.pricing.strategy; }),
      usd_month("cpu", "1.60", "Per thread.", &ScriptPricing::cpu),
      usd_month("memory", "0.80", "Per GiB.", &ScriptPricing::memory),
      usd_month("ephemeral", "0.02", "Per GiB.", &ScriptPricing::ephemeral),
      usd_month("beta1", "0.01", "Per GiB of HDD.", &ScriptPricing::beta1),
      usd_month("beta2", "0.03", "Per GiB of SSD.", &ScriptPricing::beta2),
      usd_month("beta3", "0.04", "Per GiB of NVMe.", &ScriptPricing::beta3),
      usd_month("endpoint", "0.05", "Per endpoint.", &ScriptPricing::endpoint),
      usd_month("ip", "5", "Per leased IP.", &ScriptPricing::ip),
      usd_month("gpu_default", "100", "Per GPU when `gpus` is empty.", &ScriptPricing::gpu_default),
      provider(
          "pricing.gpus", Unit::usd_per_hour,
          {"{}", "0 USD/h", "1000000 USD/h", "HELM (PRICE_TARGET_GPU_MAPPINGS)",
           "Rent by GPU: `a100.80Gi.sxm`, `a100.80Gi`, `a100` or `*`."},
          [](C& c) -> auto& { return c.pricing.gpus; }, Shape::table),
      distribution_row<C>(
          "pricing.multiplier", Unit::number, 1,
          {"1", "0.000001", "", "ASSUME", "Times the script's price; drawn once per provider."},
          [](C& c) -> auto& { return c.price_multiplier; }),
      usd_h("low", "0", "Equilibrium: lowest cost of rivals.", &PricingSettings::low),
      usd_h("high", "1", "Equilibrium: highest cost of rivals.", &PricingSettings::high),
      usd_h("mean", "1", "Exponential equilibrium: mean cost.", &PricingSettings::mean),
      provider("pricing.bidders", Unit::count,
               {"2", "1", "1000", "economics.md V01", "Equilibrium: bidders per order."},
               [](C& c) -> auto& { return c.pricing.bidders; }),
      provider("pricing.step", Unit::fraction,
               {"1 %", "0 %", "99 %", "ASSUME", "Undercutting: below the last price."},
               [](C& c) -> auto& { return c.pricing.step; }),
  };
}

std::vector<Key> cost_rows() {
  using C = ProviderClass;
  const std::string first = "ECON section 2, provider classes, row 1 (datacentre H100)";
  return {
      choice_row<C>("cost.kind", {"running", "full", "drawn"},
                    {"running", "", "", "ECON section 2 (exit below avoidable cost)",
                     "What serving an order costs: its energy, all its costs, or drawn anew per order."},
                    [](C& c) -> auto& { return c.cost.kind; }),
      distribution_row<C>("cost.drawn", Unit::usd_per_hour, 1,
                          {"{uniform: {low: 0 USD/h, high: 1 USD/h}}", "0 USD/h", "",
                           "economics.md section 3", "Drawn: cost of a whole order."},
                          [](C& c) -> auto& { return c.cost.drawn_usd_h; }),
      provider("cost.capex", Unit::usd,
               {"37500 USD", "0 USD", "10000000 USD", first, "Per rental unit (GPU, or CPU thread)."},
               [](C& c) -> auto& { return c.config.cost.capex_usd; }),
      provider("cost.power", Unit::kilowatt,
               {"1.275 kW", "0 kW", "1000 kW", first, "Per rental unit at full load."},
               [](C& c) -> auto& { return c.config.cost.kw; }),
      provider(
          "cost.hosting", Unit::usd_per_month,
          {"200 USD/month", "0 USD/month", "100000 USD/month", first, "Colocation per kW, power included."},
          [](C& c) -> auto& { return c.config.cost.colo_usd_kw_month; }),
      provider("cost.electricity", Unit::usd_per_kwh,
               {"0 USD/kWh", "0 USD/kWh", "10 USD/kWh", first, "Where it is bought apart from hosting."},
               [](C& c) -> auto& { return c.config.cost.electricity_usd_kwh; }),
      provider("cost.pue", Unit::number, {"1", "1", "10", first, "Facility power over IT power."},
               [](C& c) -> auto& { return c.config.cost.pue; }),
      provider("cost.life_years", Unit::count, {"4", "1", "50", first, "Years of capital service."},
               [](C& c) -> auto& { return c.config.cost.life_years; }),
      provider("cost.wacc", Unit::fraction, {"12 %", "0 %", "100 %", first, "Cost of capital a year."},
               [](C& c) -> auto& { return c.config.cost.wacc; }),
      provider("cost.maintenance", Unit::fraction, {"3 %", "0 %", "100 %", first, "Of capex a year."},
               [](C& c) -> auto& { return c.config.cost.maintenance; }),
      provider("cost.utilisation", Unit::fraction,
               {"80 %", "1 %", "100 %", first, "Share of hours expected to be rented."},
               [](C& c) -> auto& { return c.config.cost.utilisation; }),
      provider("cost.idle_load", Unit::fraction,
               {"25 %", "0 %", "100 %", first, "Share of power drawn when idle."},
               [](C& c) -> auto& { return c.config.cost.idle_load; }),
      distribution_row<C>(
          "cost.multiplier", Unit::number, 1,
          {"1", "0.000001", "", "ASSUME", "Times capex, hosting and electricity; once per provider."},
          [](C& c) -> auto& { return c.cost_multiplier; }),
  };
}

std::vector<Key> bid_rows() {
  using C = ProviderClass;
  return {
      provider(
          "bid.deposit", Unit::coin,
          {"none", "0 uact", "1000000 AKT", "akash-chain.md section 7",
           "Locked per bid; none: the chain's minimum."},
          [](C& c) -> auto& { return c.bid_deposit; }, Shape::optional),
      provider("bid.timeout", Unit::duration,
               {"5 min", "1 s", "30 d", "OFF 2.2 step 6", "An undecided bid is closed."},
               [](C& c) -> auto& { return c.config.bid.timeout; }),
      provider(
          "bid.queue_unserved", Unit::boolean,
          {"false", "", "", "AEP-47 as read in ECON", "Keep orders that do not fit and bid when they do."},
          [](C& c) -> auto& { return c.config.bid.queue_unserved; }),
      provider(
          "bid.reclamation_window", Unit::duration,
          {"none", "1 h", "720 h", "akash-chain.md section 7; AEP-82",
           "Offered with bids; none: not offered."},
          [](C& c) -> auto& { return c.config.bid.reclamation_window; }, Shape::optional),
      provider("serve.withdraw_period", Unit::duration,
               {"1 h", "1 s", "1 year", "HELM", "Between withdrawals of a lease."},
               [](C& c) -> auto& { return c.config.serve.withdraw_period; }),
      provider("serve.withdraw_batch", Unit::count,
               {"50", "1", "1000", "ASSUME", "Withdrawals in one transaction."},
               [](C& c) -> auto& { return c.config.serve.withdraw_batch_max; }),
      provider("serve.manifest_timeout", Unit::duration,
               {"5 min", "1 s", "30 d", "OFF 2.5", "A lease without one is closed."},
               [](C& c) -> auto& { return c.config.serve.manifest_timeout; }),
      provider(
          "serve.unhealthy_budget", Unit::duration,
          {"8 min", "1 s", "30 d", "OFF 2.5 (40 retries)", "A workload down so long is closed as unstable."},
          [](C& c) -> auto& { return c.config.serve.unhealthy_budget; }),
      provider("fee", Unit::coin,
               {"0 uakt", "0 uakt", "1000 AKT", "ASSUME (live: about 4,000 uakt a bid, ECON section 2)",
                "With every transaction."},
               [](C& c) -> auto& { return c.config.fee; }),
      provider(
          "balance", Unit::coin,
          {"none", "0 uact", "1000000000 AKT", "ASSUME",
           "At genesis, each provider, in the denomination of prices; none: 10,000 coins."},
          [](C& c) -> auto& { return c.balance; }, Shape::optional),
      provider("akt_balance", Unit::coin,
               {"1000 AKT", "0 uakt", "1000000000 AKT", "ASSUME", "At genesis, each provider: fees."},
               [](C& c) -> auto& { return c.akt_balance; }),
  };
}

std::vector<Key> fate_rows() {
  using C = ProviderClass;
  return {
      provider("failures.enabled", Unit::boolean,
               {"false", "", "", "no published figures", "Machines fail and are repaired."},
               [](C& c) -> auto& { return c.config.failures.enabled; }),
      distribution_row<C>("failures.up", Unit::duration, 3600,
                          {"{exponential: {mean: 30 d}}", "", "", "ASSUME", "From repair to failure."},
                          [](C& c) -> auto& { return c.config.failures.up_h; }),
      distribution_row<C>("failures.down", Unit::duration, 3600,
                          {"{exponential: {mean: 4 h}}", "", "", "ASSUME", "From failure to repair."},
                          [](C& c) -> auto& { return c.config.failures.down_h; }),
      provider("entry.enabled", Unit::boolean,
               {"false", "", "", "ECON section 2",
                "Enter at break-even, idle below avoidable cost, leave when cash ends."},
               [](C& c) -> auto& { return c.config.economics.enabled; }),
      provider("entry.starts_inside", Unit::boolean,
               {"true", "", "", "ASSUME", "false: waits outside for a price to enter at."},
               [](C& c) -> auto& { return c.config.economics.starts_inside; }),
      provider("entry.cash_reserve", Unit::usd,
               {"10000 USD", "0 USD", "1000000000 USD", "ASSUME", "Cash at the start."},
               [](C& c) -> auto& { return c.config.economics.cash_reserve_usd; }),
      provider("entry.review_period", Unit::duration,
               {"30 d", "1 h", "1 year", "ASSUME", "Between two decisions."},
               [](C& c) -> auto& { return c.config.economics.review_period; }),
      provider("entry.price_prior", Unit::usd_per_hour,
               {"1 USD/h", "0 USD/h", "1000000 USD/h", "ASSUME",
                "Rent per unit believed before any lease is seen."},
               [](C& c) -> auto& { return c.config.economics.price_prior_usd_h; }),
      provider("entry.price_memory", Unit::fraction,
               {"5 %", "0.01 %", "100 %", "ASSUME", "Weight of one new lease in the belief."},
               [](C& c) -> auto& { return c.config.economics.price_memory; }),
  };
}

}  // namespace

Section provider_rows() {
  Section section{
      "providers", true, "Classes of providers, by name.", {}, [](void* root, const std::string& name) {
        auto& classes = static_cast<Scenario*>(root)->providers;
        for (auto& known : classes) {
          if (known.name == name) return static_cast<void*>(&known);
        }
        classes.emplace_back().name = name;
        return static_cast<void*>(&classes.back());
      }};
  for (auto rows : {machine_rows, pricing_rows, cost_rows, bid_rows, fate_rows}) {
    for (Key& key : rows()) section.keys.push_back(std::move(key));
  }
  return section;
}

}  // namespace souk::scenarios
