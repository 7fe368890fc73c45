#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "actors/base/hash.hpp"
#include "actors/capacity/params.hpp"

/// One pass over memory: a multilinear form of every 4096-byte segment with fresh random coefficients, so
/// that no short sketch of a segment answers the next sweep (gpu-capacity.md sections 3 F1 and 5, "Sweeps").
namespace souk::capacity {

/// The 512 coefficients of sweep s.
class SweepKey {
 public:
  /// link: G_{s-1}.
  explicit SweepKey(const Hash& link);
  /// f_{s,gamma} = sum of u_w * g_w mod 2^64. segment: 4096 bytes, as 512 little-endian words.
  std::uint64_t value(std::span<const std::uint8_t> segment) const;

 private:
  std::array<std::uint64_t, segment_bytes / 8> coefficients_;
};

}  // namespace souk::capacity
