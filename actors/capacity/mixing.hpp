#pragma once

#include <cstdint>

/// The two integer mixers of the proof (gpu-capacity.md section 5, "Notation"). All arithmetic mod 2^32.
namespace souk::capacity {

/// F: a full avalanche of 32 bits; rows, columns and shuffles of a round come from it.
constexpr std::uint32_t mix(std::uint32_t h) {
  h ^= h >> 16;
  h *= 0x85ebca6bu;
  h ^= h >> 13;
  h *= 0xc2b2ae35u;
  return h ^ (h >> 16);
}

/// Q: a 32-bit sum to the byte that the next round multiplies.
constexpr std::uint8_t quantise(std::uint32_t y) {
  y ^= y >> 15;
  y *= 0x2c1b3c6du;
  return static_cast<std::uint8_t>(y >> 24);
}

}  // namespace souk::capacity
