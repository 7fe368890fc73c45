// The proof's hashes and streams as a GPU thread computes them, against actors/capacity.
#include "bench/gpu/cuda/proof_hash.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <vector>

#include "actors/capacity/blake3.hpp"
#include "actors/capacity/chacha8.hpp"
#include "actors/capacity/chains.hpp"
#include "actors/capacity/sweep.hpp"
#include "bench/gpu/cuda/proof_sweep.hpp"
#include "bench/gpu/cuda/proof_tree.hpp"

namespace souk::gpu {
namespace {

Hash hash_of(const Digest& digest) { return std::bit_cast<Hash>(digest); }
Digest digest_of(const Hash& hash) { return std::bit_cast<Digest>(hash); }

/// `count` bytes that differ from place to place and from seed to seed.
std::vector<std::uint8_t> some_bytes(std::size_t count, std::uint8_t seed) {
  Hash key{};
  key[0] = seed;
  std::vector<std::uint8_t> bytes(count);
  capacity::ChaCha8(key).fill(0, bytes);
  return bytes;
}
Hash some_hash(std::uint8_t seed) {
  Hash hash{};
  const auto bytes = some_bytes(hash.size(), seed);
  std::memcpy(hash.data(), bytes.data(), hash.size());
  return hash;
}

TEST(ProofHash, ChunkAndParentAreBlake3s) {
  const auto bytes = some_bytes(chunk_bytes, 1);
  for (const std::uint64_t index :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{262'143}, (std::uint64_t{1} << 32) + 5})
    EXPECT_EQ(hash_of(chunk_value(bytes.data(), index)), capacity::chunk_value(bytes, index)) << index;
  for (const bool root : {false, true})
    EXPECT_EQ(hash_of(parent_value(digest_of(some_hash(2)), digest_of(some_hash(3)), root)),
              capacity::parent_value(some_hash(2), some_hash(3), root));
}

TEST(ProofHash, LinkIsTheChainsTaggedHash) {
  EXPECT_EQ(hash_of(state_link(digest_of(some_hash(4)), digest_of(some_hash(5)))),
            capacity::next_state_link(some_hash(4), some_hash(5)));
  EXPECT_EQ(hash_of(state_link(digest_of(some_hash(6)), digest_of(some_hash(7)))),
            capacity::first_state_link(some_hash(6), some_hash(7)));
}

TEST(ProofHash, StreamIsChaCha8AtAnyBlock) {
  const Hash key = some_hash(8);
  for (const std::uint64_t block :
       {std::uint64_t{0}, std::uint64_t{1}, (std::uint64_t{1} << 32) - 1, std::uint64_t{1} << 32}) {
    std::uint32_t words[16];
    chacha8_block(digest_of(key), block, words);
    std::vector<std::uint8_t> expected(64);
    capacity::ChaCha8(key).fill(block * 64, expected);
    EXPECT_EQ(std::memcmp(words, expected.data(), 64), 0) << block;
  }
}

TEST(ProofHash, TheLanesOfAWarpAddUpToASegmentsValue) {
  const auto segment = some_bytes(segment_bytes, 9);
  const Hash link = some_hash(10);
  std::vector<std::uint64_t> coefficients(segment_bytes / 8);
  for (int block = 0; block < coefficient_blocks; ++block)
    make_coefficients(digest_of(link), block, coefficients.data());
  std::uint64_t sum = 0;
  for (int lane = 0; lane < 32; ++lane) {
    std::uint64_t own[2 * sweep_vectors];
    take_coefficients(coefficients.data(), lane, own);
    TwoWords words[sweep_vectors];
    for (int v = 0; v < sweep_vectors; ++v) std::memcpy(&words[v], &segment[8u * sweep_word(lane, v)], 16);
    sum += lane_value(words, own);
  }
  EXPECT_EQ(sum, capacity::SweepKey(link).value(segment));
}

TEST(ProofTree, LevelByLevelIsBlake3sTreeForAnyNumberOfChunks) {
  for (std::uint64_t leaves = 2; leaves <= 70; ++leaves) {
    const TreeShape shape = tree_shape(leaves);
    std::vector<Digest> tree(shape.size());
    std::vector<Hash> values;
    for (std::uint64_t i = 0; i < leaves; ++i) {
      values.push_back(some_hash(static_cast<std::uint8_t>(i)));
      tree[i] = digest_of(values.back());
    }
    for (int level = 0; level < shape.levels; ++level) {
      const std::uint64_t above = shape.offset[level + 1];
      for (std::uint64_t i = 0; i < shape.count[level + 1]; ++i)
        tree[above + i] = level_node(&tree[shape.offset[level]], shape.count[level], i);
    }
    EXPECT_EQ(hash_of(tree.back()), capacity::tree_root(values)) << leaves;
  }
}

}  // namespace
}  // namespace souk::gpu
