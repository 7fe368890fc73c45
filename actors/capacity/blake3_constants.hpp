#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The constants of BLAKE3 (its paper, 2020), shared by its scalar and its vector kernels.
namespace souk::capacity::blake3_constants {

inline constexpr std::uint32_t block_bytes = 64;

inline constexpr std::array<std::uint32_t, 8> initial_value = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// Domain flags of a block (paper, table 3).
inline constexpr std::uint32_t chunk_start = 1;
inline constexpr std::uint32_t chunk_end = 2;
inline constexpr std::uint32_t parent_node = 4;
inline constexpr std::uint32_t root_node = 8;

inline constexpr std::size_t rounds = 7;
using Schedule = std::array<std::array<std::uint8_t, 16>, rounds>;

/// Which message word each round takes in each place: the permutation (paper, table 2) applied round times.
inline constexpr Schedule schedule = [] {
  constexpr std::array<std::uint8_t, 16> permutation = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
  Schedule words{};
  for (std::uint8_t i = 0; i < 16; ++i) words[0][i] = i;
  for (std::size_t round = 1; round < rounds; ++round)
    for (std::size_t i = 0; i < 16; ++i) words[round][i] = words[round - 1][permutation[i]];
  return words;
}();

}  // namespace souk::capacity::blake3_constants
