#include "actors/consensus/merkle.hpp"

#include <gtest/gtest.h>

#include <string>

#include "actors/base/rng.hpp"

namespace souk::consensus {
namespace {

std::vector<Hash> leaves_of(const std::vector<std::vector<std::uint8_t>>& texts) {
  std::vector<Hash> leaves;
  for (const auto& text : texts) leaves.push_back(merkle_leaf(text));
  return leaves;
}

/// `count` different leaves.
std::vector<Hash> some_leaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(sha256("leaf " + std::to_string(i)));
  return leaves;
}

/// The definition of RFC 6962, word for word: split at the largest power of two below the count.
Hash by_definition(std::span<const Hash> leaves) {
  if (leaves.empty()) return sha256("");
  if (leaves.size() == 1) return leaves.front();
  std::size_t split = 1;
  while (2 * split < leaves.size()) split *= 2;
  return merkle_inner(by_definition(leaves.first(split)), by_definition(leaves.subspan(split)));
}

// The eight leaves and roots that implementations of RFC 6962 publish for each other.
TEST(Merkle, Rfc6962AgreesWithItsPublishedRoots) {
  const std::vector<std::vector<std::uint8_t>> texts{
      {},
      {0x00},
      {0x10},
      {0x20, 0x21},
      {0x30, 0x31},
      {0x40, 0x41, 0x42, 0x43},
      {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
      {0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f}};
  const std::vector<std::string> roots{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                       "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                       "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                       "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                       "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                       "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                       "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                       "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                       "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  const std::vector<Hash> leaves = leaves_of(texts);
  for (std::size_t count = 0; count <= leaves.size(); ++count) {
    const std::vector<Hash> first(leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(count));
    EXPECT_EQ(to_hex(merkle_root(first)), roots[count]) << count << " leaves";
    EXPECT_EQ(to_hex(merkle_proofs(first).root), roots[count]) << count << " leaves";
  }
}

TEST(Merkle, RootIsThatOfTheDefinition) {
  for (std::size_t count = 0; count <= 200; ++count) {
    const auto leaves = some_leaves(count);
    ASSERT_EQ(merkle_root(leaves), by_definition(leaves)) << count;
  }
}

TEST(Merkle, EveryLeafProvesItsPlaceAndNoOther) {
  for (std::uint32_t count = 1; count <= 40; ++count) {
    const auto leaves = some_leaves(count);
    const MerkleProofs tree = merkle_proofs(leaves);
    ASSERT_EQ(tree.root, merkle_root(leaves));
    for (std::uint32_t i = 0; i < count; ++i) {
      ASSERT_EQ(tree.proofs[i].size(), merkle_proof_size(i, count));
      for (std::uint32_t claimed = 0; claimed < count + 3; ++claimed)
        ASSERT_EQ(merkle_verify(tree.root, claimed, count, leaves[i], tree.proofs[i]), claimed == i)
            << i << " as " << claimed << " of " << count;
    }
  }
}

TEST(Merkle, AProofTooShortOrTooLongProvesNothing) {
  for (std::uint32_t count : {1u, 2u, 3u, 5u, 8u, 13u, 64u, 65u}) {
    const auto leaves = some_leaves(count);
    const MerkleProofs tree = merkle_proofs(leaves);
    for (std::uint32_t i = 0; i < count; ++i) {
      std::vector<Hash> proof = tree.proofs[i];
      proof.push_back(Hash{});
      EXPECT_FALSE(merkle_verify(tree.root, i, count, leaves[i], proof));
      for (std::size_t size = 0; size < tree.proofs[i].size(); ++size)
        EXPECT_FALSE(merkle_verify(tree.root, i, count, leaves[i], std::span(tree.proofs[i]).first(size)));
    }
  }
}

TEST(Merkle, EveryFlippedBitOfAProofOrLeafIsSeen) {
  const auto leaves = some_leaves(11);
  const MerkleProofs tree = merkle_proofs(leaves);
  for (std::uint32_t i = 0; i < leaves.size(); ++i) {
    for (std::size_t bit = 0; bit < 256; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1u << bit % 8);
      Hash leaf = leaves[i];
      leaf[bit / 8] ^= mask;
      ASSERT_FALSE(merkle_verify(tree.root, i, 11, leaf, tree.proofs[i]));
      for (std::size_t level = 0; level < tree.proofs[i].size(); ++level) {
        std::vector<Hash> proof = tree.proofs[i];
        proof[level][bit / 8] ^= mask;
        ASSERT_FALSE(merkle_verify(tree.root, i, 11, leaves[i], proof));
      }
    }
  }
}

TEST(Merkle, AWrongCountIsSeenWhereItChangesThePathOfTheLeaf) {
  const auto leaves = some_leaves(7);
  const MerkleProofs tree = merkle_proofs(leaves);
  for (std::uint32_t i = 0; i < 7; ++i)
    EXPECT_FALSE(merkle_verify(tree.root, i, 0, leaves[i], tree.proofs[i]));
  EXPECT_FALSE(merkle_verify(tree.root, 6, 8, leaves[6], tree.proofs[6])) << "it would have a neighbour";
  EXPECT_FALSE(merkle_verify(tree.root, 6, 6, leaves[6], tree.proofs[6])) << "out of range";
  EXPECT_FALSE(merkle_verify(tree.root, 0, 4, leaves[0], tree.proofs[0])) << "a lower tree";
  EXPECT_FALSE(merkle_verify(tree.root, 0, 9, leaves[0], tree.proofs[0])) << "a higher tree";
  EXPECT_TRUE(merkle_verify(tree.root, 0, 8, leaves[0], tree.proofs[0]))
      << "the same path: who gives the root vouches";
}

TEST(Merkle, AnInnerNodeIsNoLeaf) {
  const auto leaves = some_leaves(4);
  const Hash left = merkle_inner(leaves[0], leaves[1]);
  const Hash right = merkle_inner(leaves[2], leaves[3]);
  std::vector<std::uint8_t> both(left.begin(), left.end());
  both.insert(both.end(), right.begin(), right.end());
  EXPECT_NE(merkle_leaf(both), merkle_root(leaves));
}

TEST(Merkle, ALargeTreeOfManyPartsIsProvedWithinItsDepth) {
  const auto leaves = some_leaves(1'600);  // 100 MiB in parts
  const MerkleProofs tree = merkle_proofs(leaves);
  for (std::uint32_t i = 0; i < leaves.size(); ++i) {
    ASSERT_LE(tree.proofs[i].size(), 11u);
    ASSERT_TRUE(merkle_verify(tree.root, i, 1'600, leaves[i], tree.proofs[i]));
  }
}

}  // namespace
}  // namespace souk::consensus
