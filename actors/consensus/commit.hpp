#pragma once

#include "actors/consensus/types.hpp"

/// Whether a commit proves that a value was decided (consensus-node.md section 1.5). One line of error says
/// which entry is wrong.
namespace souk::consensus {

/// What a commit is checked against.
struct CommitClaim {
  std::string_view chain_id;
  Height height;
  ValueId value{};
};

/// Everything but the signatures: height and value match, one entry per validator, addresses those of the
/// set, absent entries empty, more than 2/3 of the power for the value.
Result<void> check_commit(const ValidatorSet& set, const CommitClaim& claim, const Commit& commit);

/// check_commit, and every signature there is: those for nil too, which count for nothing. What a validator
/// checks before it prevotes.
Result<void> verify_commit(const ValidatorSet& set, const CommitClaim& claim, const Commit& commit,
                           const SignatureVerifier& verifier);

/// check_commit, and signatures for the value until they are more than 2/3. For block sync and light clients.
Result<void> verify_commit_light(const ValidatorSet& set, const CommitClaim& claim, const Commit& commit,
                                 const SignatureVerifier& verifier);

/// Whether more than 1/3 of the power of `trusted`, a set of another height, signed for the value. Entries
/// are looked up by address; strangers count for nothing. For light clients that skip heights. Errors: an
/// address twice, a wrong signature of a known validator, too little power.
Result<void> verify_commit_trusting(const ValidatorSet& trusted, const CommitClaim& claim,
                                    const Commit& commit, const SignatureVerifier& verifier);

}  // namespace souk::consensus
