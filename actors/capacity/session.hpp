#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/base/codec.hpp"
#include "actors/base/time.hpp"
#include "actors/capacity/challenge.hpp"
#include "actors/capacity/commit.hpp"

/// What both sides of a proof hear from the chain, and the seed that follows from it (gpu-capacity.md section
/// 5, "Commit 2" and "Seed"). Hosts deliver only what is final, blocks in order, and what a block holds
/// before the block itself.
namespace souk::capacity {

using SharedBytes = std::shared_ptr<const Bytes>;

/// Block `height` holds the prover's transaction with both commits: H2. Signatures have been checked. The
/// transaction carries commit 1 too, because a validator that the mask left out may never have seen it.
struct CommitsFinal {
  Height height;
  Commit fill;
  Commit sweep;
};
/// Block `height` holds validator `validator`'s secret z.
struct SecretFinal {
  Height height;
  std::uint32_t validator = 0;  ///< index in the challenge
  Hash z{};
};
/// Everything in block `height` has been delivered; `hash` is the block's.
struct BlockFinal {
  Height height;
  Hash hash{};
};
/// The session's deadline() has come. It may be stale: the session checks.
struct Woken {};

/// Whether `commit` is of challenge `id` and has a valid mask. What its value is worth is the verifier's
/// business.
bool is_well_formed(const Commit& commit, const Hash& id, std::uint32_t validators);
/// Whether they say the same. Signatures are left out: one message has many valid ones.
bool is_same_statement(const Commit& a, const Commit& b);

/// Waits for the seed of the openings: commits in block H2, L' = hash of H2 + 1, secrets in H2 + 2 and H2 +
/// 3; who has not revealed by then is replaced by its anchor.
class SeedRound {
 public:
  static constexpr Blocks reveal_max{2};

  explicit SeedRound(const Challenge& challenge);

  /// Returns whether these are the first commits.
  bool on(const CommitsFinal& event);
  /// Returns whether the secret counts: in time, of a validator of this challenge, leading to its anchor,
  /// new.
  bool on(const SecretFinal& event);
  /// Returns whether the block is one that the seed waits for.
  bool on(const BlockFinal& event);

  /// Commits are final and L' is known: secrets may be told, and not before.
  bool may_reveal() const { return block_.has_value(); }
  /// Every secret is known, or the time for them is over.
  bool is_ready() const;
  const Hash& block() const { return block_.value(); }
  /// z_i, none for one that stayed secret.
  const std::vector<std::optional<Hash>>& secrets() const { return secrets_; }

 private:
  std::vector<Hash> anchors_;
  std::optional<Height> committed_;  ///< H2
  std::optional<Hash> block_;        ///< L'
  bool closed_ = false;              ///< block H2 + 3 is final
  std::vector<std::optional<Hash>> secrets_;
};

}  // namespace souk::capacity
