#pragma once

#include <cstddef>
#include <cstdint>

#include "bench/gpu/cuda/proof_hash.hpp"

// One sweep over the checkpoints: a warp takes a segment of 4096 bytes, each lane 8 vectors of 16 bytes of
// it, and keeps the 16 coefficients that belong to them in registers for the whole sweep.
namespace souk::gpu {

inline constexpr int sweep_threads = 256;
inline constexpr int sweep_blocks_per_sm = 2;
inline constexpr int segment_bytes = 4096;
inline constexpr int sweep_vectors = segment_bytes / (32 * 16);  ///< of each lane
inline constexpr int coefficient_blocks = segment_bytes / 64;    ///< of ChaCha8

struct SweepArguments {
  const std::uint8_t* checkpoints = nullptr;  ///< all of them, one after another
  std::uint64_t segments = 0;
  Digest link{};                    ///< G_{s-1}
  std::uint64_t* values = nullptr;  ///< becomes f_{s, gamma}
};

/// ChaCha block `block` of the coefficients, to its place among all 512.
SOUK_HOST_DEVICE inline void make_coefficients(const Digest& link, int block, std::uint64_t* coefficients) {
  std::uint32_t words[16];
  chacha8_block(link, static_cast<std::uint64_t>(block), words);
  SOUK_UNROLL
  for (int i = 0; i < 8; ++i)
    coefficients[block * 8 + i] = words[2 * i] | std::uint64_t{words[2 * i + 1]} << 32;
}

/// The word of a segment that begins a lane's vector `vector`; the next one is its second half.
SOUK_HOST_DEVICE constexpr int sweep_word(int lane, int vector) { return 2 * (lane + 32 * vector); }

/// A lane's coefficients, two per vector.
SOUK_HOST_DEVICE inline void take_coefficients(const std::uint64_t* coefficients, int lane,
                                               std::uint64_t (&own)[2 * sweep_vectors]) {
  SOUK_UNROLL
  for (int v = 0; v < sweep_vectors; ++v) {
    own[2 * v] = coefficients[sweep_word(lane, v)];
    own[2 * v + 1] = coefficients[sweep_word(lane, v) + 1];
  }
}

/// A vector of a segment.
struct TwoWords {
  std::uint64_t first;
  std::uint64_t second;
};
/// A lane's share of a segment's value; all 32 lanes' sum is f.
SOUK_HOST_DEVICE inline std::uint64_t lane_value(const TwoWords (&words)[sweep_vectors],
                                                 const std::uint64_t (&own)[2 * sweep_vectors]) {
  std::uint64_t sum = 0;
  SOUK_UNROLL
  for (int v = 0; v < sweep_vectors; ++v)
    sum += words[v].first * own[2 * v] + words[v].second * own[2 * v + 1];
  return sum;
}

}  // namespace souk::gpu
