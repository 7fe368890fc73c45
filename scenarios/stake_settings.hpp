#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/chain/stake_params.hpp"
#include "actors/delegator.hpp"
#include "actors/operator.hpp"
#include "actors/voter.hpp"
#include "scenarios/units.hpp"
#include "scenarios/yaml_reader.hpp"

/// The sections `consensus` and `staking` of a scenario, as structs. Defaults and their sources are in
/// consensus_rows.cpp and stake_rows.cpp, nowhere else.
namespace souk::scenarios {

/// How a sum is spread over the members of a group.
enum class SpreadKind : std::uint8_t {
  equal,
  zipf,  ///< the i-th, from 1, in proportion to i^-exponent
  list,  ///< in proportion to given weights
};
struct Spread {
  SpreadKind kind = SpreadKind::equal;
  double exponent = 1;
  std::vector<double> weights;  ///< of `list`
};
/// `total` spread over `count` members by `spread`, each at least `least`; what rounding leaves goes to the
/// first. REQUIRES: a list of `count` weights for `list`, total >= count * least.
std::vector<Amount> spread_over(Amount total, std::size_t count, const Spread& spread, Amount least);

enum class SignatureKind : std::uint8_t {
  keyed,  ///< keyed hashes: as good in a simulation, and much faster
  ed25519,
};

/// A cut of the network for a while, by name.
struct PartitionSettings {
  std::string name;
  Duration at{};  ///< after the start
  Duration lasts{};
  double power = 0;  ///< fraction of the power on the smaller side: nodes are taken from the last up to it
  std::vector<std::string> regions;  ///< instead of `power`: these regions on one side
};

/// `consensus`: what counts only with `validators` above 1, where every validator is a node.
struct ConsensusSettings {
  Coin stake{Denom::uakt, {0}};  ///< of all nodes together
  Spread spread;
  Duration timeout_propose{};
  Duration timeout_prevote{};
  Duration timeout_precommit{};
  Duration timeout_delta{};
  SignatureKind signatures = SignatureKind::keyed;
  std::uint32_t full_nodes = 0;  ///< follow, do not vote
  double byzantine_power = 0;    ///< largest fraction of the power, taken from the last node backward
  std::vector<std::string> byzantine_behaviours;
  std::vector<std::string> regions;  ///< nodes are dealt to them in turn; empty: all one
  ScalarTable latency;               ///< one way, by `a_b` of two regions
  std::vector<PartitionSettings> partitions;
};

/// Operators that are alike: validators of the staking economy.
struct OperatorGroup {
  std::string name;
  std::uint32_t count = 1;
  Coin self_bond{Denom::uakt, {0}};  ///< of each
  Coin balance{Denom::uakt, {0}};    ///< of each, beyond its bond
  Coin expected_stake{Denom::uakt, {0}};
  Distribution cost_multiplier = Distribution::constant(1);  ///< per operator
  std::optional<double> vote_turnout;                        ///< none: never votes
  OperatorConfig config;                                     ///< what all share
};

/// Delegators that are alike.
struct DelegatorGroup {
  std::string name;
  std::uint32_t count = 1;
  Coin stake{Denom::uakt, {0}};    ///< of all together, at genesis
  Coin liquid{Denom::uakt, {0}};   ///< of all together, at genesis
  Spread size;                     ///< over its members
  Spread choice;                   ///< over validators, in the order of the operators
  std::uint32_t validators = 1;    ///< each delegates to so many
  Coin balance{Denom::uakt, {0}};  ///< of each, for fees
  Distribution required_return = Distribution::constant(0.08);
  std::optional<double> vote_turnout;  ///< of each, instead of its validator; none: never
  DelegatorConfig config;
};

/// Parameters that a proposal changes; what is empty stays as the scenario began.
struct ParameterChange {
  std::optional<double> inflation_min, inflation_max, inflation_rate_change, goal_bonded;
  std::optional<double> community_tax;
  std::optional<double> slash_downtime, slash_double_sign, min_signed;
  std::optional<double> quorum, threshold, veto_threshold;
  std::optional<std::uint32_t> max_validators;
  bool any() const {
    return inflation_min || inflation_max || inflation_rate_change || goal_bonded || community_tax ||
           slash_downtime || slash_double_sign || min_signed || quorum || threshold || veto_threshold ||
           max_validators;
  }
};

enum class ProposalKind : std::uint8_t { text, parameters, spend };
/// Proposals that are alike, and the account that submits them.
struct ProposalGroup {
  std::string name;
  ProposalKind kind = ProposalKind::text;
  std::vector<Duration> at;  ///< after the start
  double per_year = 0;
  bool expedited = false;
  std::optional<Coin> deposit;  ///< none: the least that begins the vote
  std::optional<Coin> amount;   ///< of a spend
  ParameterChange change;
};

/// `staking`: the economy of stake.
struct StakingSettings {
  bool mint = true;                 ///< whether blocks mint, where there is stake at all
  std::optional<double> inflation;  ///< at the first block
  StakeParams params;
  VoterConfig voters;  ///< what all voters share
  std::vector<OperatorGroup> operators;
  std::vector<DelegatorGroup> delegators;
  std::vector<ProposalGroup> proposals;

  std::size_t operator_count() const;
  /// Whether the scenario has stake of its own, besides that of consensus nodes.
  bool enabled() const { return !operators.empty(); }
};

/// What Byzantine nodes can be told to do: the misdeeds of actors/byzantine.hpp.
const std::vector<std::string>& byzantine_words();

/// The parts of the table of settings.
Section consensus_rows();
Section partition_rows();
Section staking_rows();
Section operator_rows();
Section delegator_rows();
Section proposal_rows();

}  // namespace souk::scenarios
