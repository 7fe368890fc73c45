#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/validator.hpp"
#include "runtime/signatures.hpp"
#include "scenarios/population.hpp"
#include "scenarios/scenario.hpp"
#include "sim/network.hpp"

/// The nodes that make a scenario's blocks, and what lies between them.
namespace souk::scenarios {

/// How the nodes of `scenario` sign.
const runtime::SignatureScheme& signatures_of(const Scenario& scenario);

/// Seats the nodes: one validator alone, or `validators` that agree and `consensus.full_nodes` that follow.
/// They have the first seats of a population, and everybody else submits to one of the validators, in turn.
class Nodes {
 public:
  explicit Nodes(const Scenario& scenario);

  /// Validators and full nodes.
  std::uint32_t count() const { return validators_ + followers_; }
  std::uint32_t validators() const { return validators_; }
  std::string name(std::uint32_t node) const;
  /// Consensus keys of the validators; none of one that is alone.
  std::vector<ConsensusKey> keys() const;
  /// Fills the seats of Population::nodes, whose placeholders are there, and attaches everybody.
  void seat(Genesis genesis, Population& population) const;

 private:
  bool alone() const { return count() == 1; }
  ValidatorConfig common(Genesis genesis) const;

  const Scenario& scenario_;
  std::uint32_t validators_ = 1;
  std::uint32_t followers_ = 0;
  std::vector<runtime::Seed> seeds_;  ///< of the validators
  std::vector<runtime::KeyPair> pairs_;
};

/// The validator in the seat of a node, Byzantine or not.
const Validator& validator_in(const runtime::AnyActor& node);

/// Delays, loss and cuts between all actors of `population`: nodes by their regions, everybody else as the
/// first region. Errors: as sim::Network::make.
Result<sim::NetworkConfig> links_of(const Scenario& scenario, const Population& population);

}  // namespace souk::scenarios
