#include "actors/capacity/chacha8.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "actors/capacity/mixing.hpp"

namespace souk::capacity {
namespace {

using Bytes = std::vector<std::uint8_t>;

Hash counting_key() {
  Hash key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(7 * i + 1);
  return key;
}

/// One block of ChaCha8, written down from the definition: a 4 x 4 matrix, columns then diagonals.
Bytes plain_block(const Hash& key, std::uint64_t counter) {
  std::array<std::uint32_t, 16> start{};
  const char* constant = "expand 32-byte k";
  for (std::size_t i = 0; i < 16; ++i) start[i / 4] += std::uint32_t(constant[i]) << (8 * (i % 4));
  for (std::size_t i = 0; i < 32; ++i) start[4 + i / 4] += std::uint32_t{key[i]} << (8 * (i % 4));
  start[12] = std::uint32_t(counter);
  start[13] = std::uint32_t(counter >> 32);
  auto x = start;
  const auto quarter = [&](std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
    x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 16);
    x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 12);
    x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 8);
    x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 7);
  };
  for (int round = 0; round < 8; ++round)
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t turn = round % 2;  // odd rounds take diagonals
      quarter(i, 4 + (i + turn) % 4, 8 + (i + 2 * turn) % 4, 12 + (i + 3 * turn) % 4);
    }
  Bytes block(64);
  for (std::size_t i = 0; i < 64; ++i)
    block[i] = static_cast<std::uint8_t>((x[i / 4] + start[i / 4]) >> (8 * (i % 4)));
  return block;
}

Bytes plain_stream(const Hash& key, std::uint64_t first_block, std::size_t blocks) {
  Bytes stream;
  for (std::uint64_t i = 0; i < blocks; ++i) {
    const Bytes block = plain_block(key, first_block + i);
    stream.insert(stream.end(), block.begin(), block.end());
  }
  return stream;
}

std::vector<LanePath> paths() {
  std::vector<LanePath> available;
  for (const LanePath path : {LanePath::scalar, LanePath::avx2, LanePath::avx512})
    if (is_available(path)) available.push_back(path);
  return available;
}

TEST(ChaCha8Test, StartsAsTheSpecificationSays) {
  std::array<std::uint8_t, 8> bytes;
  ChaCha8(Hash{}).fill(0, bytes);
  EXPECT_EQ(to_hex(bytes), "3e00ef2f895f40d6");
}

TEST(ChaCha8Test, EveryPathGivesTheStreamFromEveryOffsetForEveryLength) {
  const Hash key = counting_key();
  const Bytes stream = plain_stream(key, 0, 40);
  for (const LanePath path : paths())
    for (std::size_t offset = 0; offset <= 130; ++offset)
      for (std::size_t size = 0; offset + size <= stream.size(); size += size < 130 ? 1 : 61) {
        Bytes out(size + 1, 0xee);
        ChaCha8(key).fill(offset, std::span(out).first(size), path);
        ASSERT_TRUE(
            std::equal(out.begin(), out.end() - 1, stream.begin() + static_cast<std::ptrdiff_t>(offset)))
            << "path " << int(path) << ", " << size << " bytes from " << offset;
        ASSERT_EQ(out[size], 0xee) << "wrote past the end: " << size << " bytes from " << offset;
      }
}

TEST(ChaCha8Test, CountsBlocksInSixtyFourBits) {
  const Hash key = counting_key();
  const std::uint64_t first = 0xffffffffu - 5;  // the low word wraps inside one batch of lanes
  const Bytes stream = plain_stream(key, first, 40);
  for (const LanePath path : paths()) {
    Bytes out(stream.size());
    ChaCha8(key).fill(first * 64, out, path);
    EXPECT_EQ(out, stream) << "path " << int(path);
  }
}

TEST(ChaCha8Test, WordsAreTheStreamEightBytesAtATime) {
  ChaCha8 words(counting_key());
  Bytes stream(4096);
  words.fill(0, stream);
  for (std::size_t i = 0; i < stream.size(); i += 8) {
    std::uint64_t expected = 0;
    for (std::size_t byte = 0; byte < 8; ++byte) expected |= std::uint64_t{stream[i + byte]} << (8 * byte);
    ASSERT_EQ(words.next_word(), expected) << "word " << i / 8;
  }
}

TEST(ChaCha8Test, FillingDoesNotMoveTheWords) {
  ChaCha8 touched(counting_key());
  ChaCha8 left_alone(counting_key());
  Bytes out(100);
  for (int i = 0; i < 20; ++i) {
    touched.fill(33, out);
    ASSERT_EQ(touched.next_word(), left_alone.next_word());
  }
}

TEST(ChaCha8Test, DrawsBelowABoundByTheHighHalfOfAProduct) {
  ChaCha8 draws(counting_key());
  ChaCha8 words(counting_key());
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t n = i < 1000 ? 7 : (std::uint64_t{1} << 63) + 11;
    const std::uint64_t word = words.next_word();
    // The high half of word * n from 32-bit halves.
    const std::uint64_t low = (word & 0xffffffff) * (n & 0xffffffff);
    const std::uint64_t middle1 = (word >> 32) * (n & 0xffffffff) + (low >> 32);
    const std::uint64_t middle2 = (word & 0xffffffff) * (n >> 32) + (middle1 & 0xffffffff);
    ASSERT_EQ(draws.next_below(n), (word >> 32) * (n >> 32) + (middle1 >> 32) + (middle2 >> 32));
  }
  EXPECT_EQ(draws.next_below(1), 0u);
}

TEST(MixingTest, GivesTheSpecifiedValues) {
  EXPECT_EQ(mix(1), 0x514e28b7u);
  EXPECT_EQ(mix(0), 0u);
  EXPECT_EQ(quantise(1), 0x2c);
  EXPECT_EQ(quantise(0x7fffffff), 0x43);
  EXPECT_EQ(quantise(0x80000000), 0xbc);
  EXPECT_EQ(quantise(0xffffffff), 0x87);
}

TEST(MixingTest, DerivesTheShiftsOfARoundAsSpecified) {
  // h = 00..1f, k = 8192: w0 is its first little-endian word.
  const std::vector<std::uint32_t> shifts = {4317, 5237, 7711, 2511, 3777, 416, 6364, 83};
  for (std::uint32_t q = 0; q < shifts.size(); ++q)
    EXPECT_EQ(mix(0x03020100u + q * 0x9e3779b1u) % 8192, shifts[q]);
}

}  // namespace
}  // namespace souk::capacity
