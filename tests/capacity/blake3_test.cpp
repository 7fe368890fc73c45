#include "actors/capacity/blake3.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "actors/capacity/chacha8.hpp"

namespace souk::capacity {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// The input of the published test vectors: 0, 1, .. 250, 0, 1, ..
Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
  return bytes;
}

std::span<const std::uint8_t> part(const Bytes& bytes, std::size_t from, std::size_t size) {
  return std::span(bytes).subspan(from, size);
}

std::vector<LanePath> paths() {
  std::vector<LanePath> available;
  for (const LanePath path : {LanePath::scalar, LanePath::avx2, LanePath::avx512})
    if (is_available(path)) available.push_back(path);
  return available;
}

/// BLAKE3 written down from the paper, section 2, as directly as possible: no incremental state, one
/// recursion over the input.
class Paper {
 public:
  static Hash hash(std::span<const std::uint8_t> input) { return to_hash(node(input, 0, true)); }
  /// Chaining value of a subtree whose first chunk is number `chunk`.
  static Hash subtree(std::span<const std::uint8_t> input, std::uint64_t chunk) {
    return to_hash(node(input, chunk, false));
  }

 private:
  using Words = std::vector<std::uint32_t>;
  static constexpr std::uint32_t iv[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                          0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

  static Words compress(Words h, Words m, std::uint64_t t, std::uint32_t b, std::uint32_t d) {
    Words v = h;
    v.insert(v.end(), iv, iv + 4);
    for (std::uint32_t word : {std::uint32_t(t), std::uint32_t(t >> 32), b, d}) v.push_back(word);
    const auto g = [&](int a, int bb, int c, int dd, std::uint32_t m0, std::uint32_t m1) {
      v[a] = v[a] + v[bb] + m0;
      v[dd] = std::rotr(v[dd] ^ v[a], 16);
      v[c] = v[c] + v[dd];
      v[bb] = std::rotr(v[bb] ^ v[c], 12);
      v[a] = v[a] + v[bb] + m1;
      v[dd] = std::rotr(v[dd] ^ v[a], 8);
      v[c] = v[c] + v[dd];
      v[bb] = std::rotr(v[bb] ^ v[c], 7);
    };
    for (int round = 0; round < 7; ++round) {
      for (int i = 0; i < 4; ++i) g(i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1]);
      for (int i = 0; i < 4; ++i)
        g(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[8 + 2 * i], m[9 + 2 * i]);
      const Words old = m;
      const int permutation[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
      for (int i = 0; i < 16; ++i) m[i] = old[permutation[i]];
    }
    Words out(8);
    for (int i = 0; i < 8; ++i) out[i] = v[i] ^ v[8 + i];
    return out;
  }

  static Words chunk_node(std::span<const std::uint8_t> chunk, std::uint64_t number, bool root) {
    Words h(iv, iv + 8);
    const std::size_t blocks = chunk.empty() ? 1 : (chunk.size() + 63) / 64;
    for (std::size_t block = 0; block < blocks; ++block) {
      const auto bytes = chunk.subspan(64 * block, std::min<std::size_t>(64, chunk.size() - 64 * block));
      Words m(16);
      for (std::size_t i = 0; i < bytes.size(); ++i) m[i / 4] += std::uint32_t{bytes[i]} << (8 * (i % 4));
      const bool last = block + 1 == blocks;
      const std::uint32_t d = (block == 0 ? 1u : 0u) + (last ? 2u : 0u) + (last && root ? 8u : 0u);
      h = compress(h, m, number, static_cast<std::uint32_t>(bytes.size()), d);
    }
    return h;
  }

  static Words node(std::span<const std::uint8_t> input, std::uint64_t chunk, bool root) {
    if (input.size() <= 1024) return chunk_node(input, chunk, root);
    std::size_t left_chunks = 1;  // the largest power of two that leaves at least a byte for the right
    while (2 * left_chunks * 1024 < input.size()) left_chunks *= 2;
    Words m = node(input.first(left_chunks * 1024), chunk, false);
    const Words right = node(input.subspan(left_chunks * 1024), chunk + left_chunks, false);
    m.insert(m.end(), right.begin(), right.end());
    return compress(Words(iv, iv + 8), m, 0, 64, root ? 4 + 8 : 4);
  }

  static Hash to_hash(const Words& words) {
    Hash hash;
    for (std::size_t i = 0; i < 32; ++i) hash[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
    return hash;
  }
};

TEST(Blake3Test, GivesThePublishedHashes) {
  const std::vector<std::pair<std::size_t, std::string>> published = {
      {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
      {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
      {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
      {1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"},
      {2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"},
      {2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030"},
      {3072, "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2"},
      {4096, "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969"},
      {31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47"},
      {102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"}};
  for (const auto& [size, hash] : published) EXPECT_EQ(to_hex(blake3(pattern(size))), hash) << size;
  Blake3 text;
  text.add("abc");
  EXPECT_EQ(to_hex(text.finish()), "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
}

TEST(Blake3Test, AgreesWithThePaperAtEveryLengthUpToTwoChunksAndAroundEveryBlockUpToTen) {
  const Bytes input = pattern(10'300);
  for (std::size_t size = 0; size <= 2100; ++size)
    ASSERT_EQ(blake3(part(input, 0, size)), Paper::hash(part(input, 0, size))) << size;
  for (std::size_t edge = 2112; edge <= 10'240; edge += 64)
    for (std::size_t size = edge - 1; size <= edge + 1; ++size)
      ASSERT_EQ(blake3(part(input, 0, size)), Paper::hash(part(input, 0, size))) << size;
}

TEST(Blake3Test, AgreesWithThePaperForEveryNumberOfChunksAroundTheLanes) {
  const Bytes input = pattern(140 * 1024);
  for (std::size_t chunks = 1; chunks < 140; ++chunks)
    for (const std::size_t more : {0, 1, 1023}) {
      const auto bytes = part(input, 0, chunks * 1024 + more);
      const Hash expected = Paper::hash(bytes);
      ASSERT_EQ(blake3(bytes), expected) << chunks << " chunks and " << more;
      Blake3 hasher;  // its last chunk may be full, and must stay open
      hasher.add(bytes);
      ASSERT_EQ(hasher.finish(), expected) << chunks << " chunks and " << more << ", added at once";
    }
}

TEST(Blake3Test, DoesNotDependOnHowTheInputIsCut) {
  ChaCha8 rng(Hash{1});
  const Bytes input = pattern(200'000);
  for (int trial = 0; trial < 200; ++trial) {
    const auto whole = part(input, 0, rng.next_below(input.size()));
    const std::uint64_t most = trial % 3 == 0 ? 60'000 : 3'000;
    Blake3 hasher;
    for (auto rest = whole; !rest.empty();) {
      const auto piece = rest.first(std::min<std::size_t>(rest.size(), rng.next_below(most)));
      hasher.add(piece);
      rest = rest.subspan(piece.size());
    }
    ASSERT_EQ(hasher.finish(), blake3(whole)) << whole.size() << " bytes, trial " << trial;
  }
}

TEST(Blake3Test, CanBeAskedBetweenPieces) {
  const Bytes input = pattern(5'000);
  Blake3 hasher;
  for (std::size_t from = 0; from < input.size(); from += 500) {
    EXPECT_EQ(hasher.finish(), blake3(part(input, 0, from)));
    hasher.add(part(input, from, 500));
  }
  EXPECT_EQ(hasher.finish(), blake3(input));
}

TEST(Blake3Test, EveryPathGivesTheScalarChunkValues) {
  const Bytes input = pattern(40 * 1024);
  for (const LanePath path : paths())
    for (std::size_t count = 0; count <= 40; ++count)
      for (const std::uint64_t first :
           {std::uint64_t{0}, std::uint64_t{0xfffffff8}, std::uint64_t{1} << 40}) {
        std::vector<Hash> values(count);
        chunk_values(part(input, 0, count * 1024), first, values, path);
        for (std::size_t i = 0; i < count; ++i)
          ASSERT_EQ(values[i], chunk_value(part(input, i * 1024, 1024), first + i))
              << "path " << int(path) << ", chunk " << i << " of " << count;
      }
}

TEST(Blake3Test, EveryPathHashesChunksFromDifferentPlaces) {
  ChaCha8 rng(Hash{2});
  const Bytes input = pattern(50'000);
  for (const LanePath path : paths())
    for (std::size_t count = 0; count <= 20; ++count) {
      std::vector<ChunkAt> chunks(count);
      std::vector<Hash> values(count);
      for (ChunkAt& chunk : chunks) chunk = {&input[rng.next_below(input.size() - 1024)], rng.next_word()};
      chunk_values(chunks, values, path);
      for (std::size_t i = 0; i < count; ++i)
        ASSERT_EQ(values[i], chunk_value({chunks[i].bytes, 1024}, chunks[i].index)) << i << " of " << count;
    }
}

TEST(Blake3Test, EveryPathGivesTheScalarParents) {
  const Bytes input = pattern(80 * 1024);
  std::vector<Hash> children(80);
  chunk_values(input, 0, children);
  for (const LanePath path : paths())
    for (std::size_t count = 0; count <= 40; ++count) {
      std::vector<Hash> values(count);
      parent_values(std::span(children).first(2 * count), values, path);
      for (std::size_t i = 0; i < count; ++i)
        ASSERT_EQ(values[i], parent_value(children[2 * i], children[2 * i + 1], false))
            << i << " of " << count;
    }
}

TEST(Blake3Test, ChunkAndParentValuesAreThoseOfThePapersSubtrees) {
  const Bytes input = pattern(2048);
  for (const std::size_t size : {1u, 64u, 65u, 1000u, 1024u})
    EXPECT_EQ(chunk_value(part(input, 0, size), 7), Paper::subtree(part(input, 0, size), 7)) << size;
  const Hash left = chunk_value(part(input, 0, 1024), 0);
  const Hash right = chunk_value(part(input, 1024, 1024), 1);
  EXPECT_EQ(parent_value(left, right, false), Paper::subtree(input, 0));
  EXPECT_EQ(parent_value(left, right, true), Paper::hash(input));
}

class Blake3TreeTest : public testing::Test {
 protected:
  /// `count` leaves, the last one not full.
  void take_leaves(std::size_t count) {
    input_ = pattern(count * 1024 - 300);
    leaves_.resize(count);
    for (std::size_t i = 0; i < count; ++i)
      leaves_[i] =
          chunk_value(part(input_, i * 1024, std::min<std::size_t>(1024, input_.size() - i * 1024)), i);
  }

  Bytes input_;
  std::vector<Hash> leaves_;
};

TEST_F(Blake3TreeTest, TheRootOfTheChunksIsTheHashOfTheBytes) {
  for (std::size_t count = 2; count <= 80; ++count) {
    take_leaves(count);
    ASSERT_EQ(tree_root(leaves_), Paper::hash(input_)) << count << " leaves";
  }
}

TEST_F(Blake3TreeTest, EveryLeafsPathLeadsToTheRoot) {
  for (std::size_t count = 2; count <= 40; ++count) {
    take_leaves(count);
    for (std::size_t leaf = 0; leaf < count; ++leaf) {
      const std::vector<Hash> path = tree_path(leaves_, leaf);
      ASSERT_EQ(path.size(), path_length(count, leaf));
      ASSERT_EQ(root_of_path(leaves_[leaf], leaf, count, path), Paper::hash(input_))
          << leaf << " of " << count;
    }
  }
}

TEST_F(Blake3TreeTest, APathOfAnotherLeafOrWithOneBitChangedLeadsElsewhere) {
  take_leaves(21);
  const Hash root = blake3(input_);
  for (std::size_t leaf = 0; leaf < 21; ++leaf) {
    std::vector<Hash> path = tree_path(leaves_, leaf);
    EXPECT_NE(root_of_path(leaves_[(leaf + 1) % 21], leaf, 21, path), root);
    for (Hash& sibling : path) {
      sibling[leaf] ^= 1;
      EXPECT_NE(root_of_path(leaves_[leaf], leaf, 21, path), root);
      sibling[leaf] ^= 1;
    }
  }
  EXPECT_NE(root_of_path(leaves_[3], 2, 21, tree_path(leaves_, 3)), root);
}

TEST(Blake3PathTest, LengthsFollowTheTree) {
  EXPECT_EQ(path_length(1, 0), 0u);
  EXPECT_EQ(path_length(2, 1), 1u);
  EXPECT_EQ(path_length(3, 2), 1u);  // the last of an odd number hangs below the root
  EXPECT_EQ(path_length(3, 0), 2u);
  EXPECT_EQ(path_length(5, 4), 1u);
  EXPECT_EQ(path_length(6, 4), 2u);
  EXPECT_EQ(path_length(1024, 77), 10u);
  EXPECT_EQ(path_length((std::uint64_t{1} << 40) - 1, 0), 40u);
  EXPECT_EQ(path_length((std::uint64_t{1} << 40) - 1, (std::uint64_t{1} << 40) - 2), 39u);
  EXPECT_EQ(path_length((std::uint64_t{1} << 39) + 1, std::uint64_t{1} << 39), 1u);
}

TEST(Blake3PathTest, ManyPathsAtOnceLeadWhereEachLeads) {
  ChaCha8 rng(Hash{3});
  for (const std::size_t count : {2u, 8u, 64u}) {
    std::vector<Hash> leaves(count);
    chunk_values(pattern(count * 1024), 0, leaves);
    std::vector<std::vector<Hash>> siblings;
    for (std::size_t leaf = 0; leaf < count; ++leaf) siblings.push_back(tree_path(leaves, leaf));
    for (const LanePath path : paths())
      for (std::size_t n = 0; n <= 20; ++n) {
        std::vector<OpenedLeaf> opened;
        for (std::size_t i = 0; i < n; ++i) {
          const auto leaf = static_cast<std::size_t>(rng.next_below(count));
          opened.push_back({leaves[rng.next_below(count)], leaf, siblings[leaf]});  // right value or not
        }
        std::vector<Hash> roots(n);
        roots_of_paths(opened, count, roots, path);
        for (std::size_t i = 0; i < n; ++i)
          ASSERT_EQ(roots[i], root_of_path(opened[i].value, opened[i].leaf, count, opened[i].path));
      }
  }
}

TEST(Blake3DeathTest, RefusesWhatItsCallersPromiseNotToAsk) {
  const Bytes input = pattern(2048);
  std::vector<Hash> leaves(2);
  EXPECT_DEATH(chunk_value(part(input, 0, 1025), 0), "blake3_chunk_bytes");
  EXPECT_DEATH(chunk_values(part(input, 0, 2047), 0, leaves), "blake3_chunk_bytes");
  EXPECT_DEATH(tree_root(std::span(leaves).first(1)), "leaves");
  EXPECT_DEATH(root_of_path(leaves[0], 0, 2, {}), "path");
  EXPECT_DEATH(tree_path(leaves, 2), "leaf");
}

}  // namespace
}  // namespace souk::capacity
