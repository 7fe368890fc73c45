#pragma once

#include <optional>
#include <span>
#include <vector>

#include "actors/base/codec.hpp"
#include "actors/base/result.hpp"
#include "actors/capacity/arithmetic.hpp"
#include "actors/capacity/challenge.hpp"
#include "actors/capacity/commit.hpp"
#include "actors/capacity/draws.hpp"

/// The prover's side of one challenge (gpu-capacity.md section 5): fill, commit 1, sweeps, commit 2,
/// openings.
namespace souk::capacity {

class Prover {
 public:
  /// `arithmetic` outlives the prover. REQUIRES: a challenge that decode_challenge would give back.
  Prover(Challenge challenge, Arithmetic& arithmetic, Sign sign);

  const Challenge& challenge() const { return challenge_; }
  const Hash& id() const { return id_; }

  /// Fills memory and returns commit 1. nonces: n_i of each validator in the challenge's order, none for one
  /// that was too slow; the mask follows. Errors: too few nonces, one that does not lead to its anchor, the
  /// arithmetic's.
  Result<Commit> fill(std::span<const std::optional<Hash>> nonces);
  /// Runs the sweeps and returns commit 2. nonces: m_i. Errors as fill. REQUIRES: filled.
  Result<Commit> sweep(std::span<const std::optional<Hash>> nonces);
  /// The transcript for these openings' seed. block: L'; nonces: z_i, none for one that stayed secret.
  /// Errors: a nonce that does not lead to its anchor, the arithmetic's. REQUIRES: swept.
  Result<Bytes> transcript(const Hash& block, std::span<const std::optional<Hash>> nonces);

 private:
  struct Fetched;
  Result<std::uint8_t> mask_of(std::span<const std::optional<Hash>> nonces, int links) const;
  Commit signed_commit(CommitKind kind, std::uint8_t mask, const Hash& value) const;
  std::vector<GemmDraw> chain_of(const CheckpointDraw& draw) const;
  Result<Fetched> fetch(const Draws& draws);
  void write_gemm(Bytes& out, const GemmDraw& draw, const Fetched& fetched) const;
  void write_checkpoint(Bytes& out, const CheckpointDraw& draw, const Fetched& fetched) const;

  Challenge challenge_;
  Arithmetic& arithmetic_;
  Sign sign_;
  Hash id_;
  std::vector<Hash> state_hashes_;  ///< d_0..d_R
  std::vector<Hash> links_;         ///< h_0..h_R
  std::vector<Hash> sweep_hashes_;  ///< F_1..F_S
  std::vector<Hash> sweep_links_;   ///< G_0..G_S
};

}  // namespace souk::capacity
