#include "bench/gpu/reference.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

namespace souk::gpu {
namespace {

constexpr Type types[] = {Type::bf16, Type::fp16, Type::int8, Type::fp8};

/// Row `row` of C for n x n x n operands, summed the plain way.
std::vector<std::uint32_t> plain_row(Type type, Fill fill, int row, int n) {
  std::vector<std::uint32_t> words;
  for (int column = 0; column < n; ++column) {
    const double sum = dot_product(type, fill, row, column, n).value;
    words.push_back(type == Type::int8 ? static_cast<std::uint32_t>(static_cast<std::int32_t>(sum))
                                       : std::bit_cast<std::uint32_t>(static_cast<float>(sum)));
  }
  return words;
}

TEST(Operands, KnownBitPatternsDecodeToTheirValues) {
  EXPECT_EQ(decode_element(Type::bf16, 0x3F80), 1);
  EXPECT_EQ(decode_element(Type::bf16, 0xC040), -3);
  EXPECT_EQ(decode_element(Type::fp16, 0x3C00), 1);
  EXPECT_EQ(decode_element(Type::fp16, 0x7BFF), 65504);
  EXPECT_EQ(decode_element(Type::fp16, 0x0001), 0x1p-24);
  EXPECT_EQ(decode_element(Type::fp8, 0x38), 1);
  EXPECT_EQ(decode_element(Type::fp8, 0x7E), 448);
  EXPECT_EQ(decode_element(Type::fp8, 0x81), -0x1p-9);
  EXPECT_EQ(decode_element(Type::int8, 0x80), -128);
}

TEST(Operands, RandomFloatsLieWithinAnEighthAndTwoAndUseEveryMantissa) {
  for (const Type type : {Type::bf16, Type::fp16, Type::fp8}) {
    double low = 10;
    double high = 0;
    double sum = 0;
    for (std::uint64_t i = 0; i < 20000; ++i) {
      const double x = stream_element(type, Fill::random, seed_a, i);
      low = std::min(low, std::abs(x));
      high = std::max(high, std::abs(x));
      sum += x;
    }
    EXPECT_EQ(low, 0.125) << static_cast<int>(type);
    EXPECT_LT(high, 2);
    EXPECT_GT(high, 1.87);
    EXPECT_LT(std::abs(sum / 20000), 0.03) << "signs are not balanced";
  }
}

TEST(Operands, ExactFloatsAreOneOrTwoWithBothSigns) {
  for (const Type type : {Type::bf16, Type::fp16, Type::fp8}) {
    int seen[5] = {};
    for (std::uint64_t i = 0; i < 4000; ++i) {
      const double x = stream_element(type, Fill::exact, seed_b, i);
      ASSERT_TRUE(std::abs(x) == 1 || std::abs(x) == 2) << x;
      ++seen[static_cast<int>(x) + 2];
    }
    for (const int value : {-2, -1, 1, 2}) EXPECT_GT(seen[value + 2], 800);
  }
}

TEST(ExactProduct, AcceptsEveryRowOfTheTrueProduct) {
  for (const Type type : types) {
    const ExactProduct product(type, Fill::exact, 32, 32);
    for (int row = 0; row < 32; ++row)
      EXPECT_TRUE(product.row_holds(row, plain_row(type, Fill::exact, row, 32))) << static_cast<int>(type);
  }
}

TEST(ExactProduct, RejectsOneWrongElementTwoExchangedOnesAndAWrongRow) {
  for (const Type type : types) {
    const ExactProduct product(type, Fill::exact, 32, 32);
    const auto right = plain_row(type, Fill::exact, 5, 32);
    for (std::size_t column = 0; column < right.size(); ++column) {
      auto wrong = right;
      wrong[column] = type == Type::int8
                          ? right[column] + 1
                          : std::bit_cast<std::uint32_t>(std::bit_cast<float>(right[column]) + 1);
      EXPECT_FALSE(product.row_holds(5, wrong));
    }
    auto exchanged = right;
    std::size_t other = 1;
    while (exchanged[other] == exchanged[0]) ++other;
    std::swap(exchanged[0], exchanged[other]);
    EXPECT_FALSE(product.row_holds(5, exchanged));
    EXPECT_FALSE(product.row_holds(6, right));
  }
}

TEST(ExactProduct, RejectsWhatIsNoInteger) {
  const ExactProduct product(Type::bf16, Fill::exact, 32, 32);
  for (const float bad : {0.5f, INFINITY, NAN, 3e9f}) {
    auto row = plain_row(Type::bf16, Fill::exact, 0, 32);
    row[7] = std::bit_cast<std::uint32_t>(bad);
    EXPECT_FALSE(product.row_holds(0, row)) << bad;
  }
}

TEST(Checksums, AreOrderFreeSumsOfTheStreams) {
  EXPECT_EQ(stream_checksum(7, 0, 100), stream_checksum(7, 0, 40) ^ stream_checksum(7, 40, 60));
  EXPECT_NE(stream_checksum(7, 0, 100), stream_checksum(7, 1, 100));
  std::uint32_t sum = 0;
  for (std::uint64_t i = 0; i < 10; ++i)
    for (int lane = 0; lane < 4; ++lane) sum ^= written_word(3, i, lane);
  EXPECT_EQ(written_checksum(3, 10), sum);
}

TEST(FmaReference, DependsOnEveryStepAndThread) {
  EXPECT_NE(fma_sum(0, 64), fma_sum(1, 64));
  EXPECT_NE(fma_sum(0, 64), fma_sum(0, 63));
  EXPECT_TRUE(std::isfinite(fma_sum(255, 16384)));
  EXPECT_LT(std::abs(fma_sum(255, 16384)), 8);
}

}  // namespace
}  // namespace souk::gpu
