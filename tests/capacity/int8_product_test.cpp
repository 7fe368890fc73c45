#include "actors/capacity/int8_product.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "actors/capacity/chacha8.hpp"

namespace souk::capacity {
namespace {

using Values = std::vector<std::int8_t>;
using Sums = std::vector<std::int32_t>;

/// The definition, in 64 bits.
std::int64_t plain_dot(const std::int8_t* a, const std::int8_t* b, std::size_t size) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += std::int64_t{a[i]} * b[i];
  return sum;
}

Sums plain_product(const Values& a, const Values& bt, std::size_t rows, std::size_t cols, std::size_t k) {
  Sums c(rows * cols);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < cols; ++j)
      c[i * cols + j] = static_cast<std::int32_t>(plain_dot(a.data() + i * k, bt.data() + j * k, k));
  return c;
}

Values random_values(std::size_t size, std::uint8_t key) {
  Values values(size);
  ChaCha8(Hash{key}).fill(0, {reinterpret_cast<std::uint8_t*>(values.data()), size});
  return values;
}

constexpr std::size_t longest = std::size_t{1} << 16;

/// Every test runs on every path; those that this processor lacks are skipped and say so.
class Int8ProductTest : public testing::TestWithParam<Int8Path> {
 protected:
  void SetUp() override {
    if (!is_available(GetParam())) GTEST_SKIP() << "the processor lacks the instructions";
  }
  void expect_dot(const Values& a, const Values& b) {
    ASSERT_EQ(dot(a, b, GetParam()), plain_dot(a.data(), b.data(), a.size())) << a.size() << " terms";
  }
  void expect_product(std::size_t rows, std::size_t cols, std::size_t k) {
    const Values a = random_values(rows * k, 3);
    const Values bt = random_values(cols * k, 4);
    Sums c(rows * cols, 12345);  // what was there must not matter
    multiply(a, bt, c, rows, cols, k, GetParam());
    ASSERT_EQ(c, plain_product(a, bt, rows, cols, k)) << rows << " x " << cols << " x " << k;
  }
};

std::string name_of(const testing::TestParamInfo<Int8Path>& path) {
  const std::array names = {"Scalar", "Avx2", "Avx512Vnni"};
  return names[static_cast<std::size_t>(path.param)];
}

INSTANTIATE_TEST_SUITE_P(Paths, Int8ProductTest,
                         testing::Values(Int8Path::scalar, Int8Path::avx2, Int8Path::avx512_vnni), name_of);

TEST_P(Int8ProductTest, DotIsExactForEveryLengthAroundTheVectors) {
  const Values a = random_values(2000, 1);
  const Values b = random_values(2000, 2);
  for (std::size_t size = 0; size < 700; ++size) {
    const std::size_t from = size % 67;  // from any alignment
    const auto x = std::span(a).subspan(from, size);
    const auto y = std::span(b).subspan(2 * from, size);
    ASSERT_EQ(dot(x, y, GetParam()), plain_dot(x.data(), y.data(), size)) << size << " terms";
  }
}

TEST_P(Int8ProductTest, DotIsExactAtTheExtremesUpToTheLongestVectors) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{63}, std::size_t{1000}, longest})
    for (const int x : {-128, -127, -1, 0, 127})
      for (const int y : {-128, -127, -1, 0, 127})
        expect_dot(Values(size, static_cast<std::int8_t>(x)), Values(size, static_cast<std::int8_t>(y)));
  EXPECT_EQ(dot(Values(longest, -128), Values(longest, -128), GetParam()), 1 << 30);
}

TEST_P(Int8ProductTest, DotIsExactWhereSignsAlternateOrTurnHalfway) {
  Values alternating(longest);
  Values turning(longest);
  for (std::size_t i = 0; i < longest; ++i) {
    alternating[i] = i % 2 == 0 ? -128 : 127;
    turning[i] = i < longest / 2 ? 127 : -128;
  }
  const Values low(longest, -128);
  const Values high(longest, 127);
  for (const Values& a : {alternating, turning, low, high})
    for (const Values& b : {alternating, turning, low, high}) expect_dot(a, b);
}

TEST_P(Int8ProductTest, DotPicksSingleValuesOut) {
  const Values b = random_values(300, 5);
  for (std::size_t i = 0; i < b.size(); ++i)
    for (const std::int8_t weight : {std::int8_t{1}, std::int8_t{-128}}) {
      Values one_hot(b.size());
      one_hot[i] = weight;
      ASSERT_EQ(dot(one_hot, b, GetParam()), weight * b[i]) << "place " << i;
      ASSERT_EQ(dot(b, one_hot, GetParam()), weight * b[i]) << "place " << i;
    }
}

TEST_P(Int8ProductTest, ProductIsExactForEveryShapeAroundTheTiles) {
  for (std::size_t rows = 0; rows <= 9; ++rows)
    for (std::size_t cols = 0; cols <= 9; ++cols)
      for (const std::size_t k : {0u, 1u, 15u, 16u, 17u, 63u, 64u, 65u, 130u}) expect_product(rows, cols, k);
}

TEST_P(Int8ProductTest, ProductIsExactAcrossTheBlocks) {
  expect_product(5, 131, 2048);
  expect_product(6, 65, 2049);
  expect_product(3, 70, 4100);
  expect_product(67, 67, 1024);
}

TEST_P(Int8ProductTest, ProductIsExactAtTheExtremesOfTheLongestSum) {
  for (const int x : {-128, 127})
    for (const int y : {-128, 127}) {
      Sums c(5 * 6);
      multiply(Values(5 * longest, static_cast<std::int8_t>(x)),
               Values(6 * longest, static_cast<std::int8_t>(y)), c, 5, 6, longest, GetParam());
      EXPECT_EQ(c, Sums(5 * 6, x * y * static_cast<std::int32_t>(longest)));
    }
}

TEST_P(Int8ProductTest, ProductIsExactWhereSignsTurnBetweenTheBlocks) {
  Values a(4 * longest);
  Values bt(4 * longest);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = i % longest < longest / 2 ? 127 : -128;
    bt[i] = i / longest % 2 == 0 ? a[i] : -128;
  }
  Sums c(16);
  multiply(a, bt, c, 4, 4, longest, GetParam());
  EXPECT_EQ(c, plain_product(a, bt, 4, 4, longest));
}

TEST_P(Int8ProductTest, RowTimesMatrixIsTheProductOfOneRow) {
  for (const std::size_t k : {1u, 100u, 1024u, 3000u})
    for (const std::size_t cols : {0u, 1u, 7u, 64u, 150u}) {
      const Values a = random_values(k, 6);
      const Values bt = random_values(cols * k, 7);
      Sums c(cols);
      row_times_matrix(a, bt, c, GetParam());
      ASSERT_EQ(c, plain_product(a, bt, 1, cols, k)) << k << " x " << cols;
    }
}

TEST_P(Int8ProductTest, ReadsNothingPastTheEnds) {
  // Heap blocks of exactly the needed size, for the address sanitizer to watch.
  for (std::size_t size = 1; size < 140; ++size) {
    const std::vector<std::int8_t> a(size, 3);
    const std::vector<std::int8_t> b(size, -5);
    ASSERT_EQ(dot(a, b, GetParam()), -15 * static_cast<std::int32_t>(size));
  }
}

TEST(Int8PathTest, TheBestPathIsAvailableAndSoIsEveryOneBelow) {
  EXPECT_TRUE(is_available(Int8Path::scalar));
  for (const Int8Path path : {Int8Path::scalar, Int8Path::avx2, Int8Path::avx512_vnni})
    EXPECT_EQ(is_available(path), path <= best_int8_path());
}

TEST(Int8ProductDeathTest, RefusesWhatItsCallersPromiseNotToAsk) {
  EXPECT_DEATH(dot(Values(3), Values(4)), "size");
  EXPECT_DEATH(dot(Values(longest + 1), Values(longest + 1)), "max_terms");
  Sums c(4);
  EXPECT_DEATH(multiply(Values(6), Values(6), c, 2, 2, 2), "rows");
}

}  // namespace
}  // namespace souk::capacity
