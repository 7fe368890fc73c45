#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "actors/base/result.hpp"

/// The sizes of one proof of capacity (gpu-capacity.md section 5, "Params"). All but the number of states
/// come from the chain's table of classes, never from the prover.
namespace souk::capacity {

inline constexpr std::uint32_t leaf_bytes = 1024;     ///< one BLAKE3 chunk: a row of a state has W of them
inline constexpr std::uint32_t segment_bytes = 4096;  ///< what one sweep value stands for
inline constexpr std::uint64_t max_transcript_bytes = std::uint64_t{16} << 20;
inline constexpr std::uint32_t x0_draws = 16;  ///< leaves of the first state that every transcript opens

/// Which matrix sizes are allowed: k = 2^12 to 2^14 on a market, 2^10 and 2^11 also in tests.
enum class Scope : std::uint8_t { market, tests };

/// Field by field as the 16 bytes; the letter of section 5 behind each.
struct Params {
  std::uint8_t version = 2;
  std::uint8_t log_k = 13;                 ///< kl: matrices are k x k, k = 2^kl
  std::uint8_t rounds_per_state = 2;       ///< rho, 1..16: every rho-th state stays in memory
  std::uint8_t depth = 2;                  ///< D, 1..4: links followed down from an opened checkpoint
  std::uint32_t states = 1;                ///< N, 1..2^17: checkpoints in memory, k^2 bytes each
  std::uint16_t sweeps = 16;               ///< S, 1..256: passes over all checkpoints
  std::uint16_t gemm_openings = 64;        ///< s_u, at most 512
  std::uint16_t checkpoint_openings = 32;  ///< s_c, at most 512
  std::uint16_t validators = 3;            ///< V, 3 or 5

  std::uint32_t k() const { return 1u << log_k; }
  std::uint32_t rounds() const { return rounds_per_state * states; }              ///< R, at most 65,536
  std::uint32_t leaves_per_row() const { return k() / leaf_bytes; }               ///< W
  std::uint64_t leaves() const { return std::uint64_t{k()} * leaves_per_row(); }  ///< n_l, of one state
  std::uint32_t path_length() const { return 2u * log_k - 10u; }                  ///< p = log2(n_l)
  std::uint64_t state_bytes() const { return std::uint64_t{k()} * k(); }
  std::uint64_t segments_per_state() const { return state_bytes() / segment_bytes; }
  std::uint64_t segments() const { return states * segments_per_state(); }
  std::uint64_t sweep_leaves() const {
    return segments() / 128;
  }  ///< M: chunks of one sweep's values, 8 B each
  std::uint64_t total_bytes() const { return states * state_bytes(); }  ///< the memory that is proven

  friend bool operator==(const Params&, const Params&) = default;
};

using EncodedParams = std::array<std::uint8_t, 16>;
EncodedParams encode_params(const Params& params);
/// Any 16 bytes; bounds are check_params' business.
Params decode_params(std::span<const std::uint8_t, 16> bytes);

/// Errors: a field outside section 5's bounds, or openings whose longest transcript is over 16 MiB. The line
/// names the field, its value and its bounds.
Result<void> check_params(const Params& params, Scope scope);

/// Whether `params` is the class `row` of the chain's table with some number of states up to row.states.
bool is_of_class(const Params& params, const Params& row);

}  // namespace souk::capacity
