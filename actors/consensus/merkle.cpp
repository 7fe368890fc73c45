#include "actors/consensus/merkle.hpp"

#include <array>

#include "actors/base/check.hpp"

namespace souk::consensus {
namespace {

constexpr std::array<std::uint8_t, 1> leaf_prefix{0};
constexpr std::array<std::uint8_t, 1> inner_prefix{1};

/// One level up, in place: pairs of neighbours, and a last one without a neighbour as it is. Level by level
/// that is the split at the largest power of two.
void fold(std::vector<Hash>& level) {
  const std::size_t count = level.size();
  for (std::size_t i = 0; i + 1 < count; i += 2) level[i / 2] = merkle_inner(level[i], level[i + 1]);
  if (count % 2 == 1) level[count / 2] = level[count - 1];
  level.resize((count + 1) / 2);
}

/// Calls step(is_right) for each level from the leaf up on which the node at `index` has a sibling.
template <class Step>
void climb(std::uint32_t index, std::uint32_t count, Step&& step) {
  for (std::uint64_t i = index, n = count; n > 1; i /= 2, n = (n + 1) / 2) {
    const bool is_right = i % 2 == 1;
    if (is_right || i + 1 < n) step(is_right);
  }
}

}  // namespace

Hash merkle_leaf(std::span<const std::uint8_t> bytes) {
  Sha256 hash;
  hash.add(leaf_prefix);
  hash.add(bytes);
  return hash.finish();
}

Hash merkle_inner(const Hash& left, const Hash& right) {
  Sha256 hash;
  hash.add(inner_prefix);
  hash.add(left);
  hash.add(right);
  return hash.finish();
}

Hash merkle_root(std::vector<Hash> leaves) {
  if (leaves.empty()) return Sha256().finish();
  while (leaves.size() > 1) fold(leaves);
  return leaves.front();
}

MerkleProofs merkle_proofs(std::span<const Hash> leaves) {
  MerkleProofs result;
  result.proofs.resize(leaves.size());
  std::vector<Hash> level(leaves.begin(), leaves.end());
  for (std::size_t depth = 0; level.size() > 1; ++depth) {
    for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf) {
      const std::size_t sibling = (leaf >> depth) ^ 1;
      if (sibling < level.size()) result.proofs[leaf].push_back(level[sibling]);
    }
    fold(level);
  }
  result.root = merkle_root(std::move(level));
  return result;
}

std::size_t merkle_proof_size(std::uint32_t index, std::uint32_t count) {
  SOUK_CHECK(index < count);
  std::size_t size = 0;
  climb(index, count, [&size](bool) { ++size; });
  return size;
}

bool merkle_verify(const Hash& root, std::uint32_t index, std::uint32_t count, const Hash& leaf,
                   std::span<const Hash> proof) {
  if (index >= count || proof.size() != merkle_proof_size(index, count)) return false;
  Hash node = leaf;
  std::size_t next = 0;
  climb(index, count, [&](bool is_right) {
    const Hash& sibling = proof[next++];
    node = is_right ? merkle_inner(sibling, node) : merkle_inner(node, sibling);
  });
  return node == root;
}

}  // namespace souk::consensus
