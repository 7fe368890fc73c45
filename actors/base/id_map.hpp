#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "actors/base/ids.hpp"

namespace souk {

/// Mixes a word into a hash for look-ups. Not for anything that is stored or compared between runs.
constexpr std::uint64_t mix_hash(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e37'79b9'7f4a'7c15u;
  return hash ^ (hash >> 29);
}

/// Over all 20 bytes: addresses are hashes of names, but genesis files and tests choose their own.
constexpr std::uint64_t hash_of(const Address& address) {
  const auto words = std::bit_cast<std::array<std::uint32_t, 5>>(address.bytes);
  const std::uint64_t head = std::uint64_t{words[1]} << 32 | words[0];
  const std::uint64_t middle = std::uint64_t{words[3]} << 32 | words[2];
  return mix_hash(mix_hash(mix_hash(0, head), middle), words[4]);
}

constexpr std::uint64_t hash_of(const DeploymentId& id) { return mix_hash(hash_of(id.owner), id.dseq); }
constexpr std::uint64_t hash_of(const OrderId& id) {
  return mix_hash(hash_of(id.deployment()), std::uint64_t{id.gseq} << 32 | id.oseq);
}
constexpr std::uint64_t hash_of(const BidId& id) {
  return mix_hash(hash_of(id.order()), hash_of(id.provider));
}

/// Not noexcept, so that libstdc++ keeps each hash in its node: a search then ends without reading the key of
/// the next bucket's first node, which is seldom in the cache.
struct IdHash {
  template <class Id>
  std::size_t operator()(const Id& id) const {
    return static_cast<std::size_t>(hash_of(id));
  }
};

/// For look-ups. Iterate one only where order can reach no result.
template <class Id, class T>
using IdMap = std::unordered_map<Id, T, IdHash>;

}  // namespace souk
