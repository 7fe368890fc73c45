#include "scenarios/population_nodes.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>
#include "actors/base/hash.hpp"
#include "actors/byzantine.hpp"

namespace souk::scenarios {
namespace {

/// Blocks a node keeps for those behind: as many as the longest cut can make them miss, and some.
std::uint32_t blocks_kept(const Scenario& scenario) {
  Duration longest{0};
  for (const PartitionSettings& cut : scenario.consensus.partitions) longest = std::max(longest, cut.lasts);
  const std::int64_t missed = longest / scenario.chain.block_time;
  return static_cast<std::uint32_t>(std::min<std::int64_t>(missed + 1'000, UINT32_MAX));
}

runtime::Seed seed_of(std::uint32_t validator) { return sha256(fmt::format("souk/node-key/{}", validator)); }

Misdeed misdeed_of(const std::string& word) {
  static const std::map<std::string, Misdeed> words{{"double_vote", Misdeed::double_vote},
                                                    {"double_proposal", Misdeed::double_proposal},
                                                    {"amnesia", Misdeed::amnesia},
                                                    {"silent_proposer", Misdeed::silent_proposer},
                                                    {"late_proposer", Misdeed::late_proposer},
                                                    {"withheld_parts", Misdeed::withheld_parts},
                                                    {"forged_parts", Misdeed::forged_parts},
                                                    {"invalid_block", Misdeed::invalid_block},
                                                    {"lunatic_header", Misdeed::lunatic_header},
                                                    {"bad_timestamp", Misdeed::bad_timestamp},
                                                    {"future_flood", Misdeed::future_flood},
                                                    {"lying_sync", Misdeed::lying_sync},
                                                    {"false_polka", Misdeed::false_polka},
                                                    {"out_of_turn", Misdeed::out_of_turn},
                                                    {"withheld_precommits", Misdeed::withheld_precommits}};
  return words.at(word);  // the table of settings lets no other through
}

/// The validators, from the last backward, whose power together stays within `share` of all.
std::vector<std::uint32_t> last_within(const consensus::ValidatorSet& set,
                                       const std::vector<ConsensusKey>& keys, double share) {
  std::vector<std::uint32_t> found;
  consensus::Power power = 0;
  for (auto i = static_cast<std::uint32_t>(keys.size()); i-- > 0;) {
    const auto place = set.index_of(consensus::address_of(keys[i]));
    power += place ? set[*place].power : 0;
    if (static_cast<double>(power) > share * static_cast<double>(set.total_power())) break;
    found.push_back(i);
  }
  return found;
}

/// The node, by its place in Population::nodes, with which each actor stands: a node with itself, everybody
/// else with the one it submits to.
std::vector<std::uint32_t> nodes_of(const Population& population) {
  std::vector<std::uint32_t> node_of(population.seats.size());
  for (std::uint32_t i = 0; i < population.nodes.size(); ++i) node_of[population.nodes[i].value] = i;
  for (const Seat& seat : population.seats) {
    const auto actor = static_cast<std::size_t>(&seat - population.seats.data());
    node_of[actor] = node_of[seat.options.validator.value];
  }
  return node_of;
}

/// Region of each actor: nodes are dealt to the regions in turn.
std::vector<std::uint16_t> regions_of(const Scenario& scenario, const Population& population) {
  const std::size_t count = std::max<std::size_t>(1, scenario.consensus.regions.size());
  std::vector<std::uint16_t> regions;
  for (const std::uint32_t node : nodes_of(population))
    regions.push_back(static_cast<std::uint16_t>(node % count));
  return regions;
}

Duration duration_of(double seconds) { return Duration{static_cast<std::int64_t>(seconds * 1e9)}; }

sim::RegionDelays delays_of(const Scenario& scenario, const Population& population) {
  const auto& names = scenario.consensus.regions;
  const auto& table = scenario.consensus.latency;
  sim::RegionDelays delays{regions_of(scenario, population), {}};
  for (const std::string& from : names) {
    auto& row = delays.delay.emplace_back();
    for (const std::string& to : names) {
      const auto named = std::find_if(table.begin(), table.end(),
                                      [&](const auto& entry) { return entry.first == from + "_" + to; });
      row.push_back(named == table.end() ? duration_of(scenario.latency_s.mean())
                                         : std::get<Duration>(named->second));
    }
  }
  return delays;
}

/// Whoever submits to a node beyond a cut is beyond it too.
std::vector<ActorId> far_side(const Scenario& scenario, const Population& population,
                              const PartitionSettings& cut) {
  std::vector<bool> is_far(population.nodes.size());
  const auto& names = scenario.consensus.regions;
  for (std::size_t i = 0; i < is_far.size() && !cut.regions.empty(); ++i)
    is_far[i] =
        std::find(cut.regions.begin(), cut.regions.end(), names[i % names.size()]) != cut.regions.end();
  if (cut.regions.empty()) {
    for (const std::uint32_t i : last_within(population.genesis_set, population.node_keys, cut.power))
      is_far[i] = true;
  }
  const auto node_of = nodes_of(population);
  std::vector<ActorId> side;
  for (std::uint32_t i = 0; i < node_of.size(); ++i)
    if (is_far[node_of[i]]) side.push_back(ActorId{i});
  return side;
}

}  // namespace

const runtime::SignatureScheme& signatures_of(const Scenario& scenario) {
  return scenario.consensus.signatures == SignatureKind::keyed ? runtime::keyed_hash() : runtime::ed25519();
}

const Validator& validator_in(const runtime::AnyActor& node) {
  if (const auto* validator = node.as<Validator>()) return *validator;
  const auto* liar = node.as<Byzantine>();
  SOUK_CHECK(liar != nullptr);
  return liar->inner();
}

Nodes::Nodes(const Scenario& scenario)
    : scenario_(scenario), validators_(scenario.validators), followers_(scenario.consensus.full_nodes) {
  if (alone()) return;
  for (std::uint32_t i = 0; i < validators_; ++i) {
    seeds_.push_back(seed_of(i));
    pairs_.push_back(signatures_of(scenario).key_pair(seeds_.back()));
  }
}

std::string Nodes::name(std::uint32_t node) const {
  if (alone()) return "validator";
  return node < validators_ ? fmt::format("validator-{}", node + 1)
                            : fmt::format("full-{}", node - validators_ + 1);
}

std::vector<ConsensusKey> Nodes::keys() const {
  std::vector<ConsensusKey> keys;
  for (const runtime::KeyPair& pair : pairs_) keys.push_back(pair.public_key);
  return keys;
}

ValidatorConfig Nodes::common(Genesis genesis) const {
  ValidatorConfig config;
  config.genesis = std::move(genesis);
  config.block_time = scenario_.chain.block_time;
  config.invariants_every_blocks = scenario_.chain.invariants_every_blocks;
  if (alone()) return config;
  const ConsensusSettings& settings = scenario_.consensus;
  consensus::CoreConfig& core = config.consensus.emplace();
  auto set = genesis_validators(config.genesis, keys());
  SOUK_CHECK(set.has_value());  // the settings were checked: powers are positive and keys differ
  core.genesis = std::move(*set);
  core.timeouts.propose = settings.timeout_propose;
  core.timeouts.prevote = settings.timeout_prevote;
  core.timeouts.precommit = settings.timeout_precommit;
  core.timeouts.delta = settings.timeout_delta;
  core.stored_blocks_max = blocks_kept(scenario_);
  return config;
}

void Nodes::seat(Genesis genesis, Population& population) const {
  const ValidatorConfig base = common(std::move(genesis));
  for (std::uint32_t i = 0; i < population.seats.size(); ++i)
    population.seats[i].options.validator = population.nodes[i % validators_];
  for (const ActorId node : population.nodes) population.seats[node.value].options.validator = node;
  population.node_keys = keys();
  if (base.consensus) population.genesis_set = base.consensus->genesis;
  std::vector<std::uint32_t> liars;
  if (base.consensus) {
    liars = last_within(population.genesis_set, population.node_keys, scenario_.consensus.byzantine_power);
  }
  ByzantineConfig misdeeds;
  for (const std::string& word : scenario_.consensus.byzantine_behaviours)
    misdeeds.misdeeds.push_back(misdeed_of(word));
  for (std::uint32_t i = 0; i < count(); ++i) {
    Seat& seat = population.seats[population.nodes[i].value];
    ValidatorConfig config = base;
    config.publish_chain = i == 0;  // one voice is enough for those who measure
    if (config.consensus) {
      config.consensus->observe = config.publish_chain;
      if (i < validators_) {
        config.consensus->key = pairs_[i].public_key;
        seat.options.signing_seed = seeds_[i];
      }
      for (std::uint32_t peer = 0; peer < count(); ++peer)
        if (peer != i) config.consensus->peers.push_back(population.nodes[peer]);
    }
    Validator validator(std::move(config));
    if (std::find(liars.begin(), liars.end(), i) != liars.end()) {
      seat.actor = runtime::AnyActor(Byzantine(std::move(validator), misdeeds));
    } else {
      seat.actor = runtime::AnyActor(std::move(validator));
    }
  }
}

Result<sim::NetworkConfig> links_of(const Scenario& scenario, const Population& population) {
  sim::NetworkConfig links;
  links.minimum_delay = duration_of(scenario.latency_s.minimum());
  links.delay = scenario.latency_s;
  if (scenario.latency_s.minimum() == scenario.latency_s.maximum()) links.delay = links.minimum_delay;
  if (!scenario.consensus.regions.empty()) {
    sim::RegionDelays delays = delays_of(scenario, population);
    links.minimum_delay = delays.delay[0][0];
    for (const auto& row : delays.delay)
      for (const Duration delay : row) links.minimum_delay = std::min(links.minimum_delay, delay);
    links.delay = std::move(delays);
  }
  links.loss = scenario.loss;
  links.duplication = scenario.duplication;
  links.fifo = true;  // messages travel over connections, which keep their order
  for (const PartitionSettings& cut : scenario.consensus.partitions) {
    const Time from = scenario.genesis + cut.at;
    links.partitions.push_back({from, from + cut.lasts, far_side(scenario, population, cut)});
  }
  return links;
}

}  // namespace souk::scenarios
