#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "actors/base/hash.hpp"
#include "actors/capacity/commit.hpp"
#include "actors/capacity/draws.hpp"
#include "actors/capacity/params.hpp"

/// The byte layout of a transcript (gpu-capacity.md section 5, "Transcript"): id, d_0..d_R, F_1..F_S, the
/// GEMM openings, the checkpoint openings, 16 paths in d_0, a signature. Nothing says how long a part is: the
/// length follows from params and seed, and anything else is refused before it is read.
namespace souk::capacity {

inline constexpr std::size_t hash_bytes = 32;
inline constexpr std::size_t signature_bytes = 64;

std::uint64_t gemm_opening_bytes(const Params& params);
std::uint64_t checkpoint_opening_bytes(const Params& params, const CheckpointDraw& draw);
/// With the signature.
std::uint64_t transcript_bytes(const Params& params, const Draws& draws);
/// No seed gives a longer one.
std::uint64_t longest_transcript(const Params& params);

/// Where a transcript is read from, front to back. REQUIRES: nothing is read past the end, which the caller
/// has made sure of by comparing lengths.
class TranscriptReader {
 public:
  explicit TranscriptReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::span<const std::uint8_t> take(std::size_t bytes);
  Hash hash();
  /// Into `out`, whose size says how many.
  void hashes(std::span<Hash> out);
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
};

}  // namespace souk::capacity
