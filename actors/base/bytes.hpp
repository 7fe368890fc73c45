#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace souk {

/// 8 bytes as a little-endian number, one load on the usual machines.
inline std::uint64_t load_little(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

/// `word` as 8 bytes, least significant first.
inline void store_little(std::uint64_t word, std::uint8_t* bytes) {
  if (std::endian::native != std::endian::little) word = __builtin_bswap64(word);
  std::memcpy(bytes, &word, sizeof word);
}

}  // namespace souk
