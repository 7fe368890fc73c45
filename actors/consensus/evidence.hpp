#pragma once

#include "actors/consensus/types.hpp"

/// Proof that a validator said two things where it may say one (consensus-node.md section 1.7).
namespace souk::consensus {

/// Whether two statements of one validator are an offence: same height, round and step, and another value
/// (nil is one); of proposals also another valid round.
bool contradict(const Statement& a, const Statement& b);

/// The evidence that `a` and `b` are. REQUIRES: contradict, one signer, who is in `set`.
Evidence make_evidence(const ValidatorSet& set, const Signed& a, const Signed& b);

/// Whether `evidence` convicts, judged by `set`, the validators of its height.
/// Errors: no contradiction, wrong order, not a validator, recorded powers not the set's, wrong signature.
Result<void> verify_evidence(const ValidatorSet& set, std::string_view chain_id, const Evidence& evidence,
                             const SignatureVerifier& verifier);

/// How long evidence can be used. Defaults of CometBFT.
struct EvidenceAge {
  Blocks blocks_max{100'000};
  Duration time_max = std::chrono::hours(48);
};
/// Too old only when both limits are passed.
bool expired(const EvidenceAge& age, Blocks blocks_since, Duration time_since);

}  // namespace souk::consensus
