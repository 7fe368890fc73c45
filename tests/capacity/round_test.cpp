#include "actors/capacity/round.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "actors/capacity/chacha8.hpp"
#include "tests/capacity/proof_fixture.hpp"

namespace souk::capacity {
namespace {

constexpr std::uint32_t k = 1024;

/// X_t[i][j] by section 5's formulas, one entry at a time.
std::uint8_t plain_entry(const Hash& link, const std::vector<std::uint8_t>& state,
                         const std::vector<std::int8_t>& bt, std::uint32_t size, std::uint32_t i,
                         std::uint32_t j) {
  std::uint32_t w[4];
  for (std::size_t n = 0; n < 4; ++n)
    w[n] = static_cast<std::uint32_t>(simple::number(simple::View(link).subspan(4 * n, 4)));
  std::int32_t sum = 0;
  for (std::uint32_t l = 0; l < size; ++l) {
    const std::uint32_t shift = simple::F(w[0] + l / 1024 * 0x9E3779B1) % size;
    const auto z = static_cast<std::int8_t>(state[std::size_t{(i + shift) % size} * size + l]);
    sum += z * bt[std::size_t{j} * size + l];
  }
  return simple::Q(static_cast<std::uint32_t>(sum) * (simple::F(w[1] + i * 0x9E3779B1) | 1) +
                   simple::F(w[2] + i * 0x85EBCA77) + simple::F(w[3] + j * 0x27D4EB2F));
}

struct Operands {
  std::vector<std::uint8_t> state = std::vector<std::uint8_t>(k * k);
  std::vector<std::int8_t> bt = std::vector<std::int8_t>(k * k);
};

/// run_round on these operands is the plain formula, in some rows whole and in all rows somewhere.
void expect_plain_round(const Operands& operands, const Hash& link, const char* why) {
  std::vector<std::uint8_t> next(k * k);
  run_round(RoundKeys(link, k), operands.state, operands.bt, next);
  int wrong = 0;
  for (std::uint32_t i = 0; i < k; ++i) {
    const bool is_whole = i == 0 || i == k - 1;
    for (std::uint32_t j = is_whole ? 0 : i * 37 % 61; j < k; j += is_whole ? 1 : 61)
      wrong += next[i * k + j] != plain_entry(link, operands.state, operands.bt, k, i, j) ? 1 : 0;
  }
  EXPECT_EQ(wrong, 0) << why;
}

TEST(Round, IsTheFormulaOnRandomBytes) {
  Operands operands;
  ChaCha8(repeated(1)).fill(0, operands.state);
  const std::span<std::int8_t> bt = operands.bt;
  ChaCha8(repeated(2)).fill(0, {reinterpret_cast<std::uint8_t*>(bt.data()), bt.size()});
  expect_plain_round(operands, repeated(3), "random");
}

TEST(Round, IsExactWhereSumsAreLargest) {
  Operands operands;
  std::ranges::fill(operands.state, std::uint8_t{0x80});
  std::ranges::fill(operands.bt, std::int8_t{-128});
  expect_plain_round(operands, repeated(4), "all -128: sums of 2^24");
  std::ranges::fill(operands.bt, std::int8_t{127});
  expect_plain_round(operands, repeated(4), "-128 times 127");
}

TEST(Round, OneHotRowsPickRowsOfB) {
  Operands operands;
  for (std::uint32_t i = 0; i < k; ++i) operands.state[i * k + (i * 7 + 3) % k] = 1;
  const std::span<std::int8_t> bt = operands.bt;
  ChaCha8(repeated(5)).fill(0, {reinterpret_cast<std::uint8_t*>(bt.data()), bt.size()});
  expect_plain_round(operands, repeated(6), "one-hot");
}

/// A link with w0 = `word`.
Hash link_with(std::uint32_t word) {
  Hash link = repeated(7);
  for (std::size_t n = 0; n < 4; ++n) link[n] = static_cast<std::uint8_t>(word >> (8 * n));
  return link;
}

TEST(Round, ShiftsWrapAroundAtTheLastRow) {
  // Words whose mixed value is 0 and k - 1 mod k: no shift, and the longest one.
  const auto word_with_shift = [](std::uint32_t shift) {
    std::uint32_t word = 0;
    while (RoundKeys(link_with(word), k).shift(0) != shift) ++word;
    return word;
  };
  Operands operands;
  ChaCha8(repeated(8)).fill(0, operands.state);
  for (const std::uint32_t shift : {0u, 1u, k - 1}) {
    const Hash link = link_with(word_with_shift(shift));
    const RoundKeys keys(link, k);
    EXPECT_EQ(keys.source_row(0, 0), shift);
    EXPECT_EQ(keys.source_row(k - 1, 0), (k - 1 + shift) % k);
    std::vector<std::uint8_t> row(k);
    shuffle_row(keys, operands.state, k - 1, row);
    EXPECT_TRUE(std::ranges::equal(row, std::span(operands.state).subspan((k - 1 + shift) % k * k, k)));
    expect_plain_round(operands, link, "wrap");
  }
}

TEST(Round, LeavesOfARowAreShuffledApart) {
  const std::uint32_t size = 4096;
  const RoundKeys keys(counting(9), size);
  std::vector<std::uint8_t> state(std::size_t{size} * size);
  ChaCha8(repeated(9)).fill(0, state);
  std::vector<std::uint8_t> row(size);
  shuffle_row(keys, state, 4000, row);
  for (std::uint32_t q = 0; q < 4; ++q) {
    const std::size_t from = (4000 + std::size_t{keys.shift(q)}) % size * size + 1024 * q;
    EXPECT_TRUE(
        std::ranges::equal(std::span(row).subspan(1024 * q, 1024), std::span(state).subspan(from, 1024)))
        << q;
  }
  EXPECT_NE(keys.shift(0), keys.shift(1));
}

}  // namespace
}  // namespace souk::capacity
