#include "actors/capacity/epoch_check.hpp"

#include <array>
#include <utility>

#include "actors/base/bytes.hpp"
#include "actors/base/check.hpp"
#include "actors/capacity/int8_product.hpp"
#include "actors/capacity/mod61.hpp"
#include "actors/capacity/params.hpp"

namespace souk::capacity {
namespace {

// v_q = B r is computed as exact int8 products: r in eight signed base-256 digits, B in tiles that stay in
// the cache, turned so that the index of the sum runs fastest.
constexpr std::size_t digits = 8;
constexpr std::size_t tile_columns = 256;  // x: terms of the sum per tile
constexpr std::size_t tile_rows = 1024;    // l: sums per tile

std::vector<std::uint64_t> draw_residues(const Hash& secret) {
  ChaCha8 stream(secret);
  std::vector<std::uint64_t> residues;
  while (residues.size() < leaf_bytes) {
    const std::uint64_t draw = stream.next_word() >> 3;  // 61 bits: only 2^61 - 1 itself is one too many
    if (draw != p61) residues.push_back(draw);
  }
  return residues;
}

/// r[x] = sum over d of digit[d][x] * 256^d, each digit in [-128, 127]. Digits first, as rows of a matrix.
std::vector<std::int8_t> signed_digits(std::span<const std::uint64_t> r) {
  std::vector<std::int8_t> rows(digits * r.size());
  for (std::size_t x = 0; x < r.size(); ++x) {
    std::uint64_t rest = r[x];
    for (std::size_t d = 0; d < digits; ++d) {
      const auto digit = static_cast<std::int8_t>(rest & 0xff);
      rows[d * r.size() + x] = digit;
      rest = (rest >> 8) + (digit < 0 ? 1 : 0);
    }
    SOUK_CHECK(rest == 0);  // below 2^61 the eighth digit is at most 32
  }
  return rows;
}

/// Exchanges the masked bits of `high` and the bits `shift` further up of `low`: one step of a transposition.
void exchange(std::uint64_t& low, std::uint64_t& high, int shift, std::uint64_t mask) {
  const std::uint64_t moved = ((low >> shift) ^ high) & mask;
  high ^= moved;
  low ^= moved << shift;
}

/// 8 x 8 bytes in eight little-endian words, transposed.
void transpose(std::array<std::uint64_t, 8>& rows) {
  for (std::size_t n = 0; n < 4; ++n) exchange(rows[n], rows[n + 4], 32, 0x00000000ffffffffu);
  for (const std::size_t n : {0u, 1u, 4u, 5u}) exchange(rows[n], rows[n + 2], 16, 0x0000ffff0000ffffu);
  for (const std::size_t n : {0u, 2u, 4u, 6u}) exchange(rows[n], rows[n + 1], 8, 0x00ff00ff00ff00ffu);
}

/// out[l * columns + x] = tile[x * rows + l], both multiples of 8.
void transpose_tile(std::span<const std::int8_t> tile, std::span<std::int8_t> out) {
  const auto* from = reinterpret_cast<const std::uint8_t*>(tile.data());
  auto* to = reinterpret_cast<std::uint8_t*>(out.data());
  std::array<std::uint64_t, 8> block{};
  for (std::size_t x = 0; x < tile_columns; x += 8) {
    for (std::size_t l = 0; l < tile_rows; l += 8) {
      for (std::size_t n = 0; n < 8; ++n) block[n] = load_little(from + (x + n) * tile_rows + l);
      transpose(block);
      for (std::size_t n = 0; n < 8; ++n) store_little(block[n], to + (l + n) * tile_columns + x);
    }
  }
}

/// sum over d of sums[d * tile_rows + l] * 256^d as a residue.
std::uint64_t combine(std::span<const std::int32_t> sums, std::size_t l) {
  std::uint64_t value = 0;
  for (std::size_t d = digits; d-- > 0;) {
    value = multiply61(value, 256);
    value = add61(value, residue61(sums[d * tile_rows + l]));
  }
  return value;
}

}  // namespace

EpochCheck::EpochCheck(const Hash& epoch, std::uint32_t k, const Hash& secret)
    : epoch_(epoch), matrix_(epoch, k), r_(draw_residues(secret)), v_(k / leaf_bytes * std::size_t{k}) {
  SOUK_CHECK(k % tile_rows == 0);
  for (std::uint32_t q = 0; q < k / leaf_bytes; ++q) prepare(q);
}

void EpochCheck::prepare(std::uint32_t q) {
  std::vector<std::int8_t> tile(tile_columns * tile_rows);
  std::vector<std::int8_t> turned(tile.size());
  std::vector<std::int32_t> part(digits * tile_rows);
  for (std::uint32_t l0 = 0; l0 < k(); l0 += tile_rows) {
    std::vector<std::int32_t> sums(digits * tile_rows);
    for (std::uint32_t x0 = 0; x0 < leaf_bytes; x0 += tile_columns) {
      const std::vector<std::int8_t> factors = signed_digits(std::span(r_).subspan(x0, tile_columns));
      for (std::uint32_t x = 0; x < tile_columns; ++x)
        matrix_.column_part(q * leaf_bytes + x0 + x, l0, std::span(tile).subspan(x * tile_rows, tile_rows));
      transpose_tile(tile, turned);
      multiply(factors, turned, part, digits, tile_rows, tile_columns);
      for (std::size_t n = 0; n < sums.size(); ++n) sums[n] += part[n];
    }
    for (std::size_t l = 0; l < tile_rows; ++l) v_[q * std::size_t{k()} + l0 + l] = combine(sums, l);
  }
}

bool EpochCheck::holds(std::span<const std::int8_t> row, std::uint32_t q,
                       std::span<const std::int32_t> c) const {
  SOUK_CHECK(row.size() == k() && c.size() == leaf_bytes);
  return dot61(c, r_) == dot61(row, std::span(v_).subspan(q * std::size_t{k()}, k()));
}

}  // namespace souk::capacity
