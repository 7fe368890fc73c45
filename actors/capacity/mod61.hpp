#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "actors/capacity/lanes.hpp"

/// Arithmetic modulo the prime 2^61 - 1, for Freivalds' check (gpu-capacity.md section 5, "Verification
/// order"). Values are in [0, p61).
namespace souk::capacity {

inline constexpr std::uint64_t p61 = (std::uint64_t{1} << 61) - 1;

__extension__ typedef unsigned __int128 Wide;

/// REQUIRES: x below 2^124.
constexpr std::uint64_t reduce61(Wide x) {
  std::uint64_t folded = static_cast<std::uint64_t>(x & p61) + static_cast<std::uint64_t>(x >> 61);
  folded = (folded & p61) + (folded >> 61);
  return folded >= p61 ? folded - p61 : folded;
}
constexpr std::uint64_t add61(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t sum = a + b;
  return sum >= p61 ? sum - p61 : sum;
}
constexpr std::uint64_t multiply61(std::uint64_t a, std::uint64_t b) { return reduce61(Wide{a} * b); }
/// A signed integer as its residue; negatives are p61 - |a|.
constexpr std::uint64_t residue61(std::int64_t a) {
  if (a >= 0) return static_cast<std::uint64_t>(a) % p61;
  const std::uint64_t size = (0 - static_cast<std::uint64_t>(a)) % p61;
  return size == 0 ? 0 : p61 - size;
}

/// Sum of a[i] * b[i] over int8 or int32 values and residues, mod p61. REQUIRES: equal lengths, at most 2^20.
/// avx2 and avx512 take the same code.
std::uint64_t dot61(std::span<const std::int8_t> a, std::span<const std::uint64_t> b,
                    LanePath path = best_lane_path());
std::uint64_t dot61(std::span<const std::int32_t> a, std::span<const std::uint64_t> b,
                    LanePath path = best_lane_path());

}  // namespace souk::capacity
