#include "scenarios/scenario.hpp"

#include <chrono>
#include <cstdio>

#include <fmt/format.h>
#include "actors/base/hash.hpp"
#include "scenarios/scenario_data.hpp"
#include "scenarios/scenario_stake.hpp"

namespace souk::scenarios {
namespace {

/// Turns what was read into what actors are configured with, and checks what no single row can.
class Completion {
 public:
  explicit Completion(Scenario& scenario) : scenario_(scenario) {}

  Result<void> run(ReadContext& context) {
    for (auto step : {&Completion::times, &Completion::chain, &Completion::sizes, &Completion::stake}) {
      if (auto done = (this->*step)(); !done) return done;
    }
    for (auto& provider_class : scenario_.providers) {
      if (auto done = provider(provider_class); !done) return done;
      if (auto done = recorded(provider_class, context); !done) return done;
    }
    for (auto& segment : scenario_.tenants) {
      if (auto done = tenant(segment); !done) return done;
      if (auto done = recorded(segment, context); !done) return done;
      if (auto valid = check_config(segment.config); !valid) {
        return wrong("tenants." + segment.name, valid.error().message);
      }
    }
    return {};
  }

 private:
  Unexpected<Error> wrong(const std::string& path, const std::string& what) const {
    for (const UsedSetting& setting : scenario_.used) {
      if (setting.path == path && setting.origin.file) {
        return fail(fmt::format("{}: `{}`: {}", to_string(setting.origin), path, what));
      }
    }
    return fail(fmt::format("{}: `{}`: {}", scenario_.name, path, what));
  }

  Result<void> times();
  Result<void> chain();
  Result<void> sizes();
  Result<void> stake() {
    return complete_stake(
        scenario_, [this](const std::string& path, const std::string& what) { return wrong(path, what); });
  }
  Result<void> compat();
  Result<void> provider(ProviderClass& provider_class);
  Result<void> tenant(TenantSegment& segment);
  Result<void> priced(const std::string& path, const std::optional<Coin>& coin) const;
  template <class Group>
  Result<void> recorded(Group& group, ReadContext& context) {
    if (auto done = apply_recorded_data(group, scenario_.price_denom, context); !done) {
      return wrong((std::is_same_v<Group, ProviderClass> ? "providers." : "tenants.") + group.name + ".data",
                   done.error().message);
    }
    return {};
  }

  Scenario& scenario_;
};

Result<void> Completion::times() {
  int year = 0;
  int month = 0;
  int day = 0;
  char rest = 0;
  using std::chrono::year_month_day;
  const int fields = std::sscanf(scenario_.start.c_str(), "%4d-%2d-%2d%c", &year, &month, &day, &rest);
  const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (fields != 3 || month < 1 || day < 1 || !date.ok() || year < 1970 || year > 2200) {
    return wrong("start", fmt::format("`{}` should be a day from 1970-01-01 to 2200-12-31", scenario_.start));
  }
  scenario_.genesis =
      Time{std::chrono::duration_cast<Duration>(std::chrono::sys_days{date}.time_since_epoch())};
  if (scenario_.warm_up >= scenario_.duration) {
    return wrong("warm_up", "should be shorter than `duration`");
  }
  constexpr std::int64_t samples_max = 200'000;
  if (scenario_.duration / scenario_.sample_every > samples_max) {
    return wrong("sample_every", fmt::format("gives more than {} samples; take a longer step", samples_max));
  }
  if (scenario_.latency_s.minimum() < 0) return wrong("network.latency", "can not be negative");
  return {};
}

Result<void> Completion::compat() {
  CompatSwitches& on = scenario_.params.compat;
  const auto& words = scenario_.chain.compat;
  for (const std::string& word : words) {
    if (word == "none" && words.size() > 1) return wrong("chain.compat", "`none` stands alone");
    if (word == "akash") on = CompatSwitches::akash();
    if (word == "losing_bid_loop_stops") on.losing_bid_loop_stops = true;
    if (word == "same_block_withdraw_panics") on.same_block_withdraw_panics = true;
    if (word == "same_block_close_orphans") on.same_block_close_orphans = true;
    if (word == "payment_create_drops_accrual") on.payment_create_drops_accrual = true;
    if (word == "dseq_prefix_collision") on.dseq_prefix_collision = true;
    if (word == "open_orders_survive_close") on.open_orders_survive_close = true;
  }
  return {};
}

/// Replaces the amount of one denomination, leaving the others.
void replace(std::vector<Coin>& coins, const std::optional<Coin>& coin) {
  if (!coin) return;
  for (Coin& known : coins) {
    if (known.denom == coin->denom) known = *coin;
  }
}

Result<void> Completion::chain() {
  const ChainSettings& chain = scenario_.chain;
  ChainParams& params = scenario_.params;
  params = chain.era == Era::today ? ChainParams::era_2026() : ChainParams::era_2021();
  if (auto done = compat(); !done) return done;
  params.auction_rule = chain.auction;
  params.akt_fallback = chain.akt_fallback;
  params.akt_price_usd = Dec::nearest(chain.akt_usd);
  if (chain.order_max_bids) params.order_max_bids = *chain.order_max_bids;
  replace(params.min_deposits, chain.min_deposit);
  replace(params.bid_min_deposits, chain.bid_min_deposit);
  if (chain.take_rate) {
    const double percent = *chain.take_rate * 100;
    const auto whole = static_cast<std::uint32_t>(percent + 0.5);
    if (percent - whole > 1e-9 || whole - percent > 1e-9) {
      return wrong("chain.take_rate", "the chain knows whole percents only");
    }
    params.take_enabled = whole > 0;
    params.default_take_percent = whole;
    params.take_rates.clear();
    for (const Denom denom : all_denoms) params.take_rates.push_back({denom, whole});
  }
  scenario_.price_denom = params.price_denom;
  scenario_.usd_per_coin = params.price_denom == Denom::uakt ? chain.akt_usd : 1.0;
  return {};
}

Result<void> Completion::sizes() {
  // A study of stake or of consensus alone needs no market.
  const bool market = !scenario_.staking.enabled() && scenario_.validators == 1;
  if (market && scenario_.providers.empty()) return wrong("providers", "needs at least one class");
  if (market && scenario_.tenants.empty()) return wrong("tenants", "needs at least one segment");
  constexpr std::uint64_t actors_max = 1'000'000;
  std::uint64_t actors = 0;
  for (const auto& c : scenario_.providers) {
    actors += c.count;
    if (c.auditors > scenario_.auditors) {
      return wrong("providers." + c.name + ".auditors",
                   fmt::format("the scenario has {} auditors; raise `auditors`", scenario_.auditors));
    }
  }
  for (const auto& t : scenario_.tenants) {
    actors += t.count;
    if (t.signed_by != SignedByAuditors::none && scenario_.auditors == 0)
      return wrong("tenants." + t.name + ".signed_by", "the scenario has no auditors; raise `auditors`");
  }
  if (actors > actors_max) return wrong("tenants", fmt::format("more than {} actors", actors_max));
  return {};
}

Result<void> Completion::priced(const std::string& path, const std::optional<Coin>& coin) const {
  if (!coin || coin->denom == scenario_.price_denom) return {};
  return wrong(path, fmt::format("should be in {}, the denomination of prices in this era",
                                 denom_name(scenario_.price_denom)));
}

Amount minimum_of(const std::vector<Coin>& coins, Denom denom) {
  for (const Coin& coin : coins) {
    if (coin.denom == denom) return coin.amount;
  }
  return {0};
}

Pricing make_pricing(const PricingSettings& from) {
  ScriptPricing script = from.script;
  for (const auto& [name, usd_h] : from.gpus) {
    // blocks_per_month is how the script turns a month into blocks; 730.5 h is that month (6.117 s a block).
    constexpr double hours_per_month = 730.5;
    script.gpus.push_back({name, canonical(usd_h) * hours_per_month});
  }
  switch (from.strategy) {
    case PricingKind::script: return script;
    case PricingKind::scale: return ScalePricing{};
    case PricingKind::random: return RandomPricing{};
    case PricingKind::random_range: {
      RandomPricing band;
      band.above_cost = false;
      return band;
    }
    case PricingKind::uniform_equilibrium:
      return UniformEquilibriumPricing{from.low, from.high, from.bidders};
    case PricingKind::exponential_equilibrium: return ExponentialEquilibriumPricing{from.mean, from.bidders};
    case PricingKind::undercut: return UndercutPricing{from.step, script};
    case PricingKind::truthful: return TruthfulPricing{};
    case PricingKind::posted: return PostedPricing{};
  }
  return script;
}

OrderCost make_cost(const CostSettings& from) {
  switch (from.kind) {
    case CostKind::running: return RunningCost{};
    case CostKind::full: return FullCost{};
    case CostKind::drawn: return DrawnCost{from.drawn_usd_h};
  }
  return RunningCost{};
}

ClusterSpec make_cluster(const ProviderClass& from) {
  ClusterSpec cluster = from.config.cluster;
  const NodeSettings& nodes = from.nodes;
  NodeSpec node{nodes.cpu_milli, nodes.memory_bytes, nodes.ephemeral_bytes, {}, {}};
  if (nodes.gpus > 0) node.gpus.push_back({nodes.gpu, nodes.gpus});
  for (const auto& [name, bytes] :
       {std::pair{"beta1", nodes.beta1_bytes}, std::pair{"beta2", nodes.beta2_bytes},
        std::pair{"beta3", nodes.beta3_bytes}}) {
    if (bytes == 0) continue;
    cluster.pools.push_back({name, bytes});
    node.storage_classes.emplace_back(name);
  }
  cluster.nodes.assign(nodes.count, node);
  return cluster;
}

Result<void> Completion::provider(ProviderClass& c) {
  const std::string path = "providers." + c.name;
  for (const auto& [name, coin] :
       {std::pair{".balance", c.balance}, std::pair{".bid.deposit", c.bid_deposit}}) {
    if (auto done = priced(path + name, coin); !done) return done;
  }
  const PricingSettings& pricing = c.pricing;
  const bool equilibrium = pricing.strategy == PricingKind::uniform_equilibrium;
  if (equilibrium && pricing.low >= pricing.high)
    return wrong(path + ".pricing.low", "should be below `pricing.high`");
  if (pricing.strategy == PricingKind::exponential_equilibrium && pricing.bidders < 2) {
    return wrong(path + ".pricing.bidders", "should be at least 2: the markup is mean / (bidders - 1)");
  }
  if (c.cost.drawn_usd_h.minimum() < 0) return wrong(path + ".cost.drawn", "a cost can not be negative");
  if (c.price_multiplier.minimum() < 0 || c.cost_multiplier.minimum() < 0) {
    return wrong(path, "multipliers can not be negative");
  }
  const Denom denom = scenario_.price_denom;
  ProviderConfig& config = c.config;
  if (!c.balance) c.balance = Coin{denom, {10'000'000'000}};
  config.bid.deposit =
      c.bid_deposit.value_or(Coin{denom, minimum_of(scenario_.params.bid_min_deposits, denom)});
  config.bid.close_lost_bids = scenario_.params.compat.losing_bid_loop_stops;
  config.pricing = make_pricing(pricing);
  config.order_cost = make_cost(c.cost);
  config.exchange = {scenario_.chain.block_time, scenario_.chain.akt_usd};
  config.cost.take_rate = scenario_.chain.take_rate.value_or(0);
  if (!c.region.empty()) config.attributes.push_back({"region", c.region});
  config.cluster = make_cluster(c);
  return {};
}

/// The one row that a file's `request` spells out; what it leaves open is RequestRow's default.
SharedRequests make_requests(const TenantSegment& segment) {
  const RequestSettings& from = segment.request;
  RequestRow row;
  row.name = segment.name;
  if (from.cpu_milli) row.cpu_milli = *from.cpu_milli;
  if (from.memory_bytes) row.memory_bytes = *from.memory_bytes;
  if (from.ephemeral_bytes) row.ephemeral_bytes = *from.ephemeral_bytes;
  if (from.persistent_bytes) row.persistent_bytes = *from.persistent_bytes;
  if (from.gpus) row.gpu_units = *from.gpus;
  if (from.count) row.count = *from.count;
  row.persistent_class = from.persistent_class;
  row.gpu_models = from.gpu_models;
  return std::make_shared<const RequestTable>(RequestTable{row});
}

Result<void> Completion::tenant(TenantSegment& t) {
  const std::string path = "tenants." + t.name;
  for (const auto& [name, coin] :
       {std::pair{".balance", t.balance}, std::pair{".funding.initial_deposit", t.initial_deposit}}) {
    if (auto done = priced(path + name, coin); !done) return done;
  }
  const Denom denom = scenario_.price_denom;
  if (t.fixed_max && t.fixed_max->denom != denom) {
    return wrong(path + ".price.max", fmt::format("should be in {}/block", denom_name(denom)));
  }
  if (!t.request.gpu_models.empty() && t.request.gpus.value_or(0) == 0) {
    return wrong(path + ".request.gpu_models", "needs `request.gpus` of at least 1");
  }
  TenantConfig& config = t.config;
  SegmentConfig& segment = config.segment;
  if (!t.balance) t.balance = Coin{denom, {1'000'000'000'000}};
  if (t.fixed_max) segment.price.fixed_max = t.fixed_max->amount;
  if (t.request.any()) segment.requests = make_requests(t);
  if (t.arrivals_total_per_day) segment.arrivals.per_day = *t.arrivals_total_per_day / t.count;
  for (const auto& [model, usd_h] : t.cloud_gpus) segment.cloud.gpu_model_h[model] = canonical(usd_h);
  segment.order_bids_max = scenario_.params.order_max_bids + 1;
  config.denom = denom;
  config.usd_per_coin = scenario_.usd_per_coin;
  config.block_time = scenario_.chain.block_time;
  config.initial_deposit =
      t.initial_deposit.value_or(Coin{denom, minimum_of(scenario_.params.min_deposits, denom)}).amount;
  config.funding.headroom_usd = 0;
  return {};
}

/// SHA-256 over every setting as used but the seed, and the data files' contents.
std::string hash_of(const Scenario& scenario, const ReadContext& context) {
  Sha256 hash;
  for (const UsedSetting& setting : scenario.used) {
    if (setting.path != "seed") hash.add(fmt::format("{}\n{}\n", setting.path, setting.value));
  }
  for (const auto& [file, digest] : context.inputs) hash.add(fmt::format("{}\n{}\n", file, digest));
  return to_hex(hash.finish());
}

Result<Scenario> from_tree(YamlNode tree, const std::vector<SourceFile>& sources,
                           const LoadOptions& options) {
  for (const std::string& set : options.sets) {
    if (auto done = set_yaml(tree, set); !done) return Unexpected{done.error()};
  }
  Scenario scenario;
  ReadContext context{options.data, {}};
  auto used = read_settings(scenario_settings(), tree, &scenario, context);
  if (!used) return Unexpected{used.error()};
  scenario.used = std::move(*used);
  if (options.seed) scenario.seed = *options.seed;
  if (auto done = Completion(scenario).run(context); !done) return Unexpected{done.error()};
  scenario.hash = hash_of(scenario, context);
  scenario.inputs = context.inputs;
  for (const SourceFile& source : sources) scenario.inputs[source.name] = to_hex(sha256(source.bytes));
  return scenario;
}

}  // namespace

Result<Scenario> load_scenario(const std::string& path, const LoadOptions& options) {
  std::vector<SourceFile> sources;
  const auto leaf = [](std::string_view at) { return is_setting(scenario_settings(), at); };
  auto tree = load_yaml(path, leaf, sources);
  if (!tree) return Unexpected{tree.error()};
  auto scenario = from_tree(std::move(*tree), sources, options);
  if (scenario) scenario->file = path;
  return scenario;
}

Result<Scenario> parse_scenario(std::string_view text, const std::string& file, const LoadOptions& options) {
  auto tree = parse_yaml(text, file);
  if (!tree) return Unexpected{tree.error()};
  if (const YamlNode* extends = tree->find("extends"); extends != nullptr) {
    return fail(fmt::format("{}: `extends` works in files only", to_string(extends->origin)));
  }
  return from_tree(std::move(*tree), {{file, std::string(text)}}, options);
}

}  // namespace souk::scenarios
