#include "actors/capacity/mod61.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "actors/capacity/chacha8.hpp"

namespace souk::capacity {
namespace {

std::vector<LanePath> paths() {
  std::vector<LanePath> available;
  for (const LanePath path : {LanePath::scalar, LanePath::avx2, LanePath::avx512})
    if (is_available(path)) available.push_back(path);
  return available;
}

/// a * b mod p61 by doubling and adding only.
std::uint64_t slow_product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  for (; b != 0; b >>= 1) {
    if (b & 1) product = (product + a) % p61;
    a = 2 * a % p61;
  }
  return product;
}

/// The dot product with a reduction after every step.
template <class Value>
std::uint64_t slow_dot(const std::vector<Value>& a, const std::vector<std::uint64_t>& b) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum = (sum + slow_product(residue61(a[i]), b[i])) % p61;
  return sum;
}

template <class Value>
void expect_exact(const std::vector<Value>& a, const std::vector<std::uint64_t>& b) {
  const std::uint64_t expected = slow_dot(a, b);
  for (const LanePath path : paths())
    ASSERT_EQ(dot61(a, b, path), expected) << "path " << int(path) << ", " << a.size() << " terms";
}

template <class Value>
std::vector<Value> random_values(std::size_t size, ChaCha8& words) {
  std::vector<Value> values(size);
  for (Value& value : values) value = static_cast<Value>(words.next_word());
  return values;
}

std::vector<std::uint64_t> random_residues(std::size_t size, ChaCha8& words) {
  std::vector<std::uint64_t> residues(size);
  for (std::uint64_t& residue : residues) residue = words.next_below(p61);
  return residues;
}

TEST(Mod61Test, ReducesToTheSmallestResidue) {
  EXPECT_EQ(reduce61(0), 0u);
  EXPECT_EQ(reduce61(p61 - 1), p61 - 1);
  EXPECT_EQ(reduce61(p61), 0u);
  EXPECT_EQ(reduce61(p61 + 1), 1u);
  EXPECT_EQ(reduce61(Wide{p61} * p61), 0u);
  EXPECT_EQ(reduce61(Wide{p61} * p61 - 1), p61 - 1);
  EXPECT_EQ(reduce61(Wide{1} << 61), 1u);
  EXPECT_EQ(reduce61(Wide{1} << 122), 1u);
}

TEST(Mod61Test, AddsAndMultipliesAsSlowlyDone) {
  ChaCha8 words(Hash{1});
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t a = i % 5 == 0 ? p61 - 1 - words.next_below(3) : words.next_below(p61);
    const std::uint64_t b = i % 7 == 0 ? p61 - 1 - words.next_below(3) : words.next_below(p61);
    ASSERT_EQ(add61(a, b), (a + b) % p61);
    ASSERT_EQ(multiply61(a, b), slow_product(a, b));
  }
}

TEST(Mod61Test, TakesNegativesAsThePrimeMinusTheirSize) {
  EXPECT_EQ(residue61(0), 0u);
  EXPECT_EQ(residue61(5), 5u);
  EXPECT_EQ(residue61(-5), p61 - 5);
  EXPECT_EQ(residue61(static_cast<std::int64_t>(p61)), 0u);
  EXPECT_EQ(residue61(-static_cast<std::int64_t>(p61)), 0u);
  EXPECT_EQ(residue61(std::numeric_limits<std::int64_t>::min()), p61 - 4);  // 2^63 = 4 * 2^61
  EXPECT_EQ(residue61(std::numeric_limits<std::int64_t>::max()), 3u);
}

TEST(Dot61Test, IsExactForEveryLengthAroundTheLanesAndBlocks) {
  ChaCha8 words(Hash{2});
  for (std::size_t size = 0; size < 40; ++size) {
    expect_exact(random_values<std::int8_t>(size, words), random_residues(size, words));
    expect_exact(random_values<std::int32_t>(size, words), random_residues(size, words));
  }
  for (const std::size_t size : {1023u, 1024u, 1025u, 1027u, 1028u, 2048u, 3001u}) {
    expect_exact(random_values<std::int8_t>(size, words), random_residues(size, words));
    expect_exact(random_values<std::int32_t>(size, words), random_residues(size, words));
  }
}

TEST(Dot61Test, IsExactAtTheExtremes) {
  for (const std::size_t size : {1u, 4u, 1024u, 1030u, 5000u}) {
    const std::vector<std::uint64_t> largest(size, p61 - 1);
    for (const int value : {-128, -1, 0, 127})
      expect_exact(std::vector<std::int8_t>(size, static_cast<std::int8_t>(value)), largest);
    for (const std::int32_t value :
         {std::numeric_limits<std::int32_t>::min(), -1, 0, std::numeric_limits<std::int32_t>::max()})
      expect_exact(std::vector<std::int32_t>(size, value), largest);
  }
}

TEST(Dot61Test, TakesItsLongestInput) {
  constexpr std::size_t most = std::size_t{1} << 20;
  const std::vector<std::uint64_t> b(most, p61 - 1);  // -1: the sum is 2^20 * 2^31, or 2^20 * 2^7
  const std::vector<std::int32_t> a(most, std::numeric_limits<std::int32_t>::min());
  const std::vector<std::int8_t> bytes(most, -128);
  for (const LanePath path : paths()) {
    EXPECT_EQ(dot61(a, b, path), std::uint64_t{1} << 51);
    EXPECT_EQ(dot61(bytes, b, path), std::uint64_t{1} << 27);
  }
}

TEST(Dot61Test, AMultipleOfThePrimeIsZeroFromEitherSide) {
  // 7 * (p - 3) + 21 * 1 = 7 p, and its negative.
  const std::vector<std::uint64_t> b = {p61 - 3, 1};
  for (const LanePath path : paths()) {
    EXPECT_EQ(dot61(std::vector<std::int8_t>{7, 21}, b, path), 0u);
    EXPECT_EQ(dot61(std::vector<std::int8_t>{-7, -21}, b, path), 0u);
    EXPECT_EQ(dot61(std::vector<std::int32_t>{-7, -22}, b, path), p61 - 1);
  }
}

TEST(Dot61DeathTest, RefusesUnequalLengths) {
  const std::vector<std::uint64_t> b(3, 1);
  EXPECT_DEATH(dot61(std::vector<std::int8_t>(4, 1), b), "size");
}

}  // namespace
}  // namespace souk::capacity
