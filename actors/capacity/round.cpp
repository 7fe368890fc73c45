#include "actors/capacity/round.hpp"

#include <algorithm>
#include <bit>
#include <vector>

#include "actors/base/check.hpp"
#include "actors/capacity/int8_product.hpp"
#include "actors/capacity/params.hpp"

namespace souk::capacity {
namespace {

constexpr std::uint32_t block_rows = 128;

std::span<const std::int8_t> as_signed(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const std::int8_t*>(bytes.data()), bytes.size()};
}

std::uint32_t load_word(const std::uint8_t* bytes) {
  std::uint32_t word = 0;
  for (int i = 3; i >= 0; --i) word = word << 8 | bytes[i];
  return word;
}

}  // namespace

RoundKeys::RoundKeys(const Hash& link, std::uint32_t k)
    : words_{load_word(&link[0]), load_word(&link[4]), load_word(&link[8]), load_word(&link[12])},
      mask_(k - 1) {
  SOUK_CHECK(std::has_single_bit(k) && k >= leaf_bytes);
}

void shuffle_row(const RoundKeys& keys, std::span<const std::uint8_t> state, std::uint32_t i,
                 std::span<std::uint8_t> row) {
  const std::size_t k = keys.k();
  SOUK_CHECK(state.size() == k * k && row.size() == k);
  for (std::uint32_t q = 0; q < k / leaf_bytes; ++q) {
    const auto leaf = state.subspan(keys.source_row(i, q) * k + q * leaf_bytes, leaf_bytes);
    std::ranges::copy(leaf, row.begin() + q * leaf_bytes);
  }
}

void quantise_row(const RoundKeys& keys, std::uint32_t i, std::uint32_t j0, std::span<const std::int32_t> c,
                  std::span<std::uint8_t> out) {
  SOUK_CHECK(c.size() == out.size());
  const std::uint32_t factor = keys.row_factor(i);
  const std::uint32_t offset = keys.row_offset(i);
  for (std::uint32_t x = 0; x < c.size(); ++x)
    out[x] = quantise(static_cast<std::uint32_t>(c[x]) * factor + offset + keys.column_offset(j0 + x));
}

void run_round(const RoundKeys& keys, std::span<const std::uint8_t> state, std::span<const std::int8_t> bt,
               std::span<std::uint8_t> next) {
  const std::size_t k = keys.k();
  SOUK_CHECK(state.size() == k * k && bt.size() == k * k && next.size() == k * k);
  std::vector<std::uint8_t> shuffled(block_rows * k);
  std::vector<std::int32_t> sums(block_rows * k);
  for (std::uint32_t first = 0; first < k; first += block_rows) {
    for (std::uint32_t row = 0; row < block_rows; ++row)
      shuffle_row(keys, state, first + row, std::span(shuffled).subspan(row * k, k));
    multiply(as_signed(shuffled), bt, sums, block_rows, k, k);
    for (std::uint32_t row = 0; row < block_rows; ++row)
      quantise_row(keys, first + row, 0, std::span(sums).subspan(row * k, k),
                   next.subspan((first + row) * k, k));
  }
}

}  // namespace souk::capacity
