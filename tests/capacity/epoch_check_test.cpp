#include "actors/capacity/epoch_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "actors/capacity/int8_product.hpp"
#include "tests/capacity/proof_fixture.hpp"

namespace souk::capacity {
namespace {

/// C[i][1024 q ..] = row * B, by whole columns.
std::vector<std::int32_t> product(const std::vector<std::int8_t>& row, const Hash& epoch, std::uint32_t q) {
  const std::size_t k = row.size();
  const simple::Bytes& bt = simple::matrix(epoch, k);
  std::vector<std::int32_t> c(leaf_bytes);
  for (std::size_t x = 0; x < c.size(); ++x) {
    for (std::size_t l = 0; l < k; ++l)
      c[x] += row[l] * static_cast<std::int8_t>(bt[(q * leaf_bytes + x) * k + l]);
  }
  return c;
}

std::vector<std::int8_t> random_row(std::size_t k, std::uint8_t seed) {
  std::vector<std::int8_t> row(k);
  ChaCha8(repeated(seed)).fill(0, {reinterpret_cast<std::uint8_t*>(row.data()), k});
  return row;
}

class EpochCheckOfSize : public testing::TestWithParam<std::uint32_t> {};

TEST_P(EpochCheckOfSize, HoldsForProductsAndNothingElse) {
  const std::uint32_t k = GetParam();
  const EpochCheck check(counting(0), k, repeated(1));
  for (std::uint32_t q = 0; q < k / leaf_bytes; ++q) {
    for (const std::vector<std::int8_t>& row :
         {random_row(k, 2), std::vector<std::int8_t>(k, -128), std::vector<std::int8_t>(k, 127),
          std::vector<std::int8_t>(k, 0)}) {
      std::vector<std::int32_t> c = product(row, counting(0), q);
      EXPECT_TRUE(check.holds(row, q, c)) << q;
      for (const std::size_t x : {0u, 511u, 1023u}) {
        c[x] += 1;
        EXPECT_FALSE(check.holds(row, q, c)) << q << ' ' << x;
        c[x] -= 1;
      }
      std::swap(c[3], c[4]);
      EXPECT_EQ(check.holds(row, q, c), c[3] == c[4]) << q;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, EpochCheckOfSize, testing::Values(1024, 2048));

TEST(EpochCheck, EveryRowOfBIsInIt) {
  const std::uint32_t k = 2048;
  const EpochCheck check(counting(0), k, repeated(1));
  const simple::Bytes& bt = simple::matrix(counting(0), k);
  for (std::uint32_t l = 0; l < k; ++l) {
    std::vector<std::int8_t> one_hot(k);
    one_hot[l] = 1;
    const std::uint32_t q = l % 2;
    std::vector<std::int32_t> c(leaf_bytes);
    for (std::size_t x = 0; x < c.size(); ++x)
      c[x] = static_cast<std::int8_t>(bt[(q * leaf_bytes + x) * k + l]);
    EXPECT_TRUE(check.holds(one_hot, q, c)) << l;
    c[l % leaf_bytes] ^= 1;
    EXPECT_FALSE(check.holds(one_hot, q, c)) << l;
  }
}

TEST(EpochCheck, AnotherEpochHasAnotherMatrix) {
  const std::vector<std::int8_t> row = random_row(1024, 3);
  const std::vector<std::int32_t> c = product(row, counting(0), 0);
  EXPECT_TRUE(EpochCheck(counting(0), 1024, repeated(1)).holds(row, 0, c));
  EXPECT_FALSE(EpochCheck(counting(1), 1024, repeated(1)).holds(row, 0, c));
}

TEST(EpochCheck, AllSecretsAgreeOnAProduct) {
  const std::vector<std::int8_t> row = random_row(1024, 4);
  std::vector<std::int32_t> c = product(row, counting(0), 0);
  for (std::uint8_t secret = 0; secret < 32; ++secret) {
    const EpochCheck check(counting(0), 1024, repeated(secret));
    EXPECT_TRUE(check.holds(row, 0, c)) << int{secret};
    c[secret] -= 1'000'000'000;
    EXPECT_FALSE(check.holds(row, 0, c)) << int{secret};
    c[secret] += 1'000'000'000;
  }
}

TEST(MatrixB, MultipliesARowLikeItsColumns) {
  for (const std::uint32_t k : {1024u, 2048u}) {
    const MatrixB matrix(counting(0), k);
    const std::vector<std::int8_t> row = random_row(k, 5);
    std::vector<std::int32_t> c(leaf_bytes);
    for (std::uint32_t q = 0; q < k / leaf_bytes; ++q) {
      matrix.multiply_row(row, q, c);
      EXPECT_EQ(c, product(row, counting(0), q)) << k << ' ' << q;
    }
  }
}

}  // namespace
}  // namespace souk::capacity
