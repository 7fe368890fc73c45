#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "actors/base/hash.hpp"

/// Merkle trees of RFC 6962, section 2.1 (consensus-node.md section 1.4): a leaf is SHA-256(0x00, bytes), an
/// inner node SHA-256(0x01, left, right), n leaves split at the largest power of two below n, no leaves hash
/// to SHA-256 of nothing.
namespace souk::consensus {

Hash merkle_leaf(std::span<const std::uint8_t> bytes);
Hash merkle_inner(const Hash& left, const Hash& right);

/// Root over leaves that are hashed already (merkle_leaf). The vector is the working space.
Hash merkle_root(std::vector<Hash> leaves);

/// The root, and for each leaf the siblings from the leaf up.
struct MerkleProofs {
  Hash root{};
  std::vector<std::vector<Hash>> proofs;
};
MerkleProofs merkle_proofs(std::span<const Hash> leaves);

/// How many siblings the proof of leaf `index` among `count` has. REQUIRES: index < count.
std::size_t merkle_proof_size(std::uint32_t index, std::uint32_t count);

/// Whether `proof` shows that the leaf hash `leaf` is at `index` of `count` leaves under `root`. False for an
/// index out of range and for a proof that is too long or too short. A count that leaves the leaf's own path
/// as it is can not be told from the right one (RFC 6962 does not hash it): who gives the root must vouch for
/// the count too, as ValueHeader does.
bool merkle_verify(const Hash& root, std::uint32_t index, std::uint32_t count, const Hash& leaf,
                   std::span<const Hash> proof);

}  // namespace souk::consensus
