#pragma once

#include <cstring>

#include "actors/base/ids.hpp"
#include "actors/chain/table.hpp"

namespace souk {

/// For HashIndex.
inline std::uint64_t hash_of(const Address& address) {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint32_t c = 0;
  std::memcpy(&a, address.bytes.data(), 8);
  std::memcpy(&b, address.bytes.data() + 8, 8);
  std::memcpy(&c, address.bytes.data() + 16, 4);
  return mix_hash(mix_hash(mix_hash(0, a), b), c);
}

}  // namespace souk
