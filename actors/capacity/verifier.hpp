#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/hash.hpp"
#include "actors/capacity/challenge.hpp"
#include "actors/capacity/commit.hpp"
#include "actors/capacity/epoch_check.hpp"

/// The validator's side: a transcript against what the chain has on record, on one CPU core
/// (gpu-capacity.md section 5, "Verification order").
namespace souk::capacity {

/// The first check that failed, in the order they are made.
enum class Verdict : std::uint8_t {
  accepted,
  params,        ///< outside the bounds, or not the class that the chain's table names
  nonce,         ///< a revealed nonce that does not lead to its anchor, or a mask that is invalid
  length,        ///< not the length that params and seed give
  signature,     ///< of a commit or the transcript
  id,            ///< a commit or the transcript of another challenge
  h_chain,       ///< the states' hashes do not lead to commit 1
  g_chain,       ///< the sweeps' hashes do not lead to commit 2
  input_path,    ///< an input leaf is not in its state
  freivalds,     ///< the sums are not the product, by Freivalds' check or computed again
  output_path,   ///< the leaf that follows from the sums is not in its state
  segment_path,  ///< a segment is not in its checkpoint
  sweep_value,   ///< the value of a segment in a sweep is wrong
  sweep_path,    ///< the value is not in the sweep's hash
  x0,            ///< the first state is not the one the challenge gives
};

/// The verdict as section 5 spells it: "h-chain".
std::string_view verdict_name(Verdict verdict);

/// What the chain and the validators know when a transcript arrives.
struct Record {
  Challenge challenge;
  Commit fill;                   ///< commit 1
  Commit sweep;                  ///< commit 2
  std::vector<Revealed> nonces;  ///< one per validator
  Hash seed_block{};             ///< L'
};

struct VerifierOptions {
  Scope scope = Scope::market;
  std::optional<Params> class_row;  ///< the class table's row; its `states` is the most that may be claimed
  std::uint32_t direct = 4;         ///< openings whose sums are computed again; the rule asks for at least 4
};

/// Errors in the nonces and masks of a record: none, or why the verdict is `nonce`.
Result<void> check_nonces(const Record& record);
/// The seed of the record's openings. REQUIRES: check_nonces has no error.
Hash record_seed(const Record& record);

/// The verdict on `transcript`. check: of the challenge's epoch and matrix size (REQUIRED to be). choice: 32
/// random bytes, fresh for each transcript and told to nobody; they choose which openings are computed again.
/// Allocates nothing that the transcript's own bytes could make larger. Time at k = 8192 with 64 and 32
/// openings: a few ms.
Verdict verify(const Record& record, std::span<const std::uint8_t> transcript, const EpochCheck& check,
               const Hash& choice, const VerifySignature& verify_signature,
               const VerifierOptions& options = {});

}  // namespace souk::capacity
