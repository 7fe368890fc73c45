#include "scenarios/population.hpp"

#include <set>

#include <fmt/format.h>
#include "actors/auditor.hpp"
#include "actors/provider.hpp"
#include "actors/tenant.hpp"
#include "actors/validator.hpp"
#include "scenarios/population_nodes.hpp"
#include "scenarios/population_stake.hpp"

namespace souk::scenarios {
namespace {

class Builder {
 public:
  Builder(const Scenario& scenario, std::uint64_t seed)
      : scenario_(scenario), seed_(seed), nodes_(scenario) {}

  Population build() {
    // The genesis of nodes needs all accounts, so nodes are made last; the first of them stands first.
    seat_node(0);
    reserve_auditors();
    for (const auto& provider_class : scenario_.providers) add_class(provider_class);
    for (const auto& segment : scenario_.tenants) add_segment(segment);
    genesis_.params = scenario_.params;
    genesis_.time = scenario_.genesis;
    seat_stake(scenario_, seed_, nodes_.keys(), population_, genesis_);
    seat_auditors();
    for (std::uint32_t i = 1; i < nodes_.count(); ++i) seat_node(i);
    nodes_.seat(std::move(genesis_), population_);
    return std::move(population_);
  }

 private:
  void seat_node(std::uint32_t node);
  void reserve_auditors();
  void seat_auditors();
  SignedBy signatures(SignedByAuditors wanted) const;
  void add_class(const ProviderClass& provider_class);
  void add_segment(const TenantSegment& segment);
  ProviderConfig provider_config(const ProviderClass& c, std::uint32_t number, ActorId actor,
                                 const Address& address);
  void fund(const Address& address, Coin prices, Coin fees);

  const Scenario& scenario_;
  std::uint64_t seed_;
  Nodes nodes_;
  Population population_;
  std::vector<AuditorConfig> auditors_;
  Genesis genesis_;
};

ActorId next_id(const Population& population) {
  return ActorId{static_cast<std::uint32_t>(population.seats.size())};
}

void Builder::fund(const Address& address, Coin prices, Coin fees) {
  GenesisBalance balance{address, {}};
  if (prices.denom == fees.denom) {
    balance.coins.push_back({prices.denom, prices.amount + fees.amount});
  } else {
    balance.coins = {prices, fees};
  }
  genesis_.balances.push_back(std::move(balance));
}

void Builder::seat_node(std::uint32_t node) {
  population_.nodes.push_back(next_id(population_));
  population_.seats.push_back({nodes_.name(node), runtime::AnyActor(Auditor(AuditorConfig{})), {}, {}});
}

void Builder::reserve_auditors() {
  for (std::uint32_t i = 0; i < scenario_.auditors; ++i) {
    const std::string name = fmt::format("auditor-{}", i + 1);
    AuditorConfig config;
    config.address = account_of(name);
    runtime::ActorOptions options{config.address, population_.validator};
    population_.seats.push_back({name, runtime::AnyActor(Auditor(config)), options, {topic_providers()}});
    auditors_.push_back(std::move(config));
  }
}

void Builder::seat_auditors() {
  for (std::size_t i = 0; i < auditors_.size(); ++i) {
    population_.seats[1 + i].actor = runtime::AnyActor(Auditor(auditors_[i]));
  }
}

/// The cost of one provider: `by` times what money buys.
void scale(CostModel& cost, double by) {
  cost.capex_usd *= by;
  cost.colo_usd_kw_month *= by;
  cost.electricity_usd_kwh *= by;
}

void scale(Pricing& pricing, double by) {
  if (auto* script = std::get_if<ScriptPricing>(&pricing)) script->multiplier *= by;
  if (auto* undercut = std::get_if<UndercutPricing>(&pricing)) undercut->size.multiplier *= by;
}

ProviderConfig Builder::provider_config(const ProviderClass& c, std::uint32_t number, ActorId actor,
                                        const Address& address) {
  ProviderConfig config = c.config;
  config.address = address;
  config.host_uri = fmt::format("https://{}-{}.example:8443", c.name, number);
  for (char& letter : config.host_uri) letter = letter == '_' ? '-' : letter;
  if (!c.clusters.empty()) config.cluster = c.clusters.at(number - 1);
  Rng price(seed_, actor, Purpose::setup, 0);
  Rng cost(seed_, actor, Purpose::setup, 1);
  scale(config.pricing, c.price_multiplier.sample(price));
  scale(config.cost, c.cost_multiplier.sample(cost));
  return config;
}

ProviderSeat seat_of(const ProviderConfig& config, ActorId actor, std::string name, std::string group) {
  ProviderSeat seat{actor, config.address, std::move(name), std::move(group), {}, {}};
  std::set<std::string> models;
  for (const NodeSpec& node : config.cluster.nodes) {
    ProviderSeat::Node size{0, static_cast<double>(node.cpu_milli) / 1000};
    for (const GpuStock& stock : node.gpus) {
      size.gpus += stock.count;
      models.insert(stock.gpu.model);
    }
    seat.nodes.push_back(size);
  }
  if (!models.empty()) seat.gpu_model = models.size() == 1 ? *models.begin() : "mixed";
  seat.inside = !config.economics.enabled || config.economics.starts_inside;
  if (!std::holds_alternative<DrawnCost>(config.order_cost))
    seat.break_even_usd_h = break_even_usd_h(config.cost);
  return seat;
}

void Builder::add_class(const ProviderClass& c) {
  for (std::uint32_t number = 1; number <= c.count; ++number) {
    const std::string name = fmt::format("{}-{}", c.name, number);
    const Address address = account_of("provider/" + name);
    const ActorId actor = next_id(population_);
    ProviderConfig config = provider_config(c, number, actor, address);
    std::vector<Topic> topics{address, topic_orders()};
    if (config.economics.enabled) topics.push_back(topic_leases());
    population_.providers.push_back(seat_of(config, actor, name, c.name));
    population_.providers.back().auditors = c.auditors;
    population_.seats.push_back({name,
                                 runtime::AnyActor(Provider(std::move(config))),
                                 {address, population_.validator},
                                 std::move(topics)});
    fund(address, c.balance.value(), c.akt_balance);
    for (std::uint32_t i = 0; i < c.auditors; ++i) auditors_.at(i).vouches_for.push_back(address);
  }
}

SignedBy Builder::signatures(SignedByAuditors wanted) const {
  SignedBy signed_by;
  for (const AuditorConfig& auditor : auditors_) {
    if (wanted == SignedByAuditors::any) signed_by.any_of.push_back(to_bech32(auditor.address));
    if (wanted == SignedByAuditors::all) signed_by.all_of.push_back(to_bech32(auditor.address));
  }
  return signed_by;
}

void Builder::add_segment(const TenantSegment& segment) {
  for (std::uint32_t number = 1; number <= segment.count; ++number) {
    const std::string name = fmt::format("{}-{}", segment.name, number);
    const Address address = account_of("tenant/" + name);
    const ActorId actor = next_id(population_);
    TenantConfig config = segment.config;
    config.account = address;
    config.segment.requirements.signed_by = signatures(segment.signed_by);
    if (!segment.traces.empty()) config.segment.arrivals.trace = segment.traces.at(number - 1);
    population_.tenants.push_back({actor, address, name, segment.name});
    population_.seats.push_back({name,
                                 runtime::AnyActor(Tenant(std::move(config))),
                                 {address, population_.validator},
                                 {address, topic_providers()}});
    fund(address, segment.balance.value(), segment.akt_balance);
  }
}

}  // namespace

Address account_of(const std::string& name) { return module_address("souk/" + name); }

Population populate(const Scenario& scenario, std::uint64_t seed) { return Builder(scenario, seed).build(); }

}  // namespace souk::scenarios
