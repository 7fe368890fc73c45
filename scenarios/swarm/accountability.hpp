#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "actors/consensus/types.hpp"

/// Who made a fork: from two commits for different values of one height and what was signed there, the
/// validators that broke a rule, each with the two statements that prove it. If the commits verify, they hold
/// more than a third of the power (consensus-node.md section 1.7; "accountable Tendermint").
namespace souk::scenarios::swarm {

enum class Offence : std::uint8_t {
  double_proposal,
  double_prevote,
  double_precommit,
  amnesia,  ///< precommitted one value and prevoted another later, on no polka of a round since
};

struct Culprit {
  Address validator;
  consensus::Power power = 0;
  Offence offence{};
  consensus::Signed first;
  consensus::Signed second;
};

struct Fork {
  consensus::Commit a;
  consensus::Commit b;
  /// Proposals, prevotes and precommits of that height that honest nodes have, in any order. The commits'
  /// own precommits need not be among them.
  std::vector<consensus::Signed> statements;
};

/// The guilty, by address, one entry each. Statements with a wrong signature, or of no validator, are
/// ignored. `set`: the validators of that height.
std::vector<Culprit> accountable(const consensus::ValidatorSet& set, std::string_view chain_id,
                                 const Fork& fork, const consensus::SignatureVerifier& verifier);

/// Their power together.
consensus::Power power_of(std::span<const Culprit> culprits);

}  // namespace souk::scenarios::swarm
