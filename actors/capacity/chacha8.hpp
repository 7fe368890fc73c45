#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "actors/base/hash.hpp"
#include "actors/capacity/lanes.hpp"

/// ChaCha with 8 rounds, original layout: 32-byte key, 64-bit block counter from 0, nonce 0 (gpu-capacity.md
/// section 5, "Notation"). A source of bytes that can be entered anywhere.
namespace souk::capacity {

class ChaCha8 {
 public:
  static constexpr std::size_t block_bytes = 64;

  explicit ChaCha8(const Hash& key);

  /// The stream's bytes from `offset` on. Vectorised; any offset and length.
  void fill(std::uint64_t offset, std::span<std::uint8_t> out, LanePath path = best_lane_path()) const;
  /// The next eight bytes of the stream, little-endian; each call moves on by 8.
  std::uint64_t next_word();
  /// floor(next_word() * n / 2^64): a draw below n, biased by less than n / 2^64.
  std::uint64_t next_below(std::uint64_t n);

 private:
  std::array<std::uint32_t, 8> key_;
  std::array<std::uint8_t, block_bytes> block_{};
  std::uint64_t next_byte_ = 0;
};

}  // namespace souk::capacity
