#pragma once

#include <cstddef>
#include <cstdint>

#include "actors/capacity/round.hpp"
#include "bench/gpu/cuda/tile.hpp"

// One round of the proof as the tensor kernels' threads see it: which rows of the last state a tile
// multiplies, and what a thread makes of its sums. Shared by both paths and by tests/gpu, which runs it on
// the CPU.
namespace souk::gpu {

/// Rows 0..127 of a working state lie a second time behind its last row, so that the 128 rows of a shuffled
/// tile follow each other wherever they begin.
inline constexpr std::uint32_t halo_rows = tile_rows;

/// X_t from X_{t-1}, all on the device.
struct RoundArguments {
  const std::uint8_t* state = nullptr;  ///< X_{t-1}, (k + halo_rows) x k
  const std::uint8_t* bt = nullptr;     ///< B by columns, k x k
  const std::uint32_t* link = nullptr;  ///< h_{t-1}: 8 words; the first four make the round's keys
  std::uint8_t* next = nullptr;         ///< X_t, (k + halo_rows) x k
  std::uint8_t* checkpoint = nullptr;   ///< where X_t stays, k x k; null between checkpoints
  std::uint32_t k = 0;
};

SOUK_HOST_DEVICE inline capacity::RoundKeys round_keys(const RoundArguments& round) {
  return capacity::RoundKeys({round.link[0], round.link[1], round.link[2], round.link[3]}, round.k);
}

/// The row of `state` that takes the place of row `row` for the bytes of K from `byte` on; the next 127 rows
/// of `state` take those of the next 127. REQUIRES: row is the first of a tile.
SOUK_HOST_DEVICE inline std::uint32_t shuffled_row(const capacity::RoundKeys& keys, std::uint32_t row,
                                                   std::uint32_t byte) {
  return keys.source_row(row, byte / 1024);
}

/// w_i and a_i of a thread's two rows, `row` and 8 further.
struct RowMixing {
  std::uint32_t factor[2];
  std::uint32_t offset[2];
};
SOUK_HOST_DEVICE inline RowMixing row_mixing(const capacity::RoundKeys& keys, std::uint32_t row) {
  return {{keys.row_factor(row), keys.row_factor(row + 8)}, {keys.row_offset(row), keys.row_offset(row + 8)}};
}

/// The bytes of X_t that a fragment's four sums become: low half `row`, high half 8 rows further, in each
/// `column` and the next. sums: as MmaStorePlace orders them.
SOUK_HOST_DEVICE inline std::uint32_t quantise_fragment(const capacity::RoundKeys& keys,
                                                        const RowMixing& rows, std::uint32_t column,
                                                        const std::uint32_t* sums) {
  const std::uint32_t offset[2] = {keys.column_offset(column), keys.column_offset(column + 1)};
  std::uint32_t bytes = 0;
  SOUK_UNROLL
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t y = sums[i] * rows.factor[i / 2] + rows.offset[i / 2] + offset[i % 2];
    bytes |= static_cast<std::uint32_t>(capacity::quantise(y)) << (8 * i);
  }
  return bytes;
}

// The four lanes of a quad hold the same rows: lane t the columns 2t, 2t + 1 of every fragment. They exchange
// four fragments' bytes in two steps, with lane ^ 1 and lane ^ 2, after which lane t has all 8 columns of
// fragment t, and a quad writes 32 bytes in a row.
struct QuadPair {
  std::uint32_t first;
  std::uint32_t second;
};
/// What `lane` gives to lane ^ bit (bit 1, then 2).
SOUK_HOST_DEVICE inline QuadPair quad_send(const std::uint32_t (&v)[4], int lane, int bit) {
  const bool high = (lane & bit) != 0;
  if (bit == 1) return {high ? v[0] : v[1], high ? v[2] : v[3]};
  return {high ? v[0] : v[2], high ? v[1] : v[3]};
}
/// Puts what came back in the place of what was given.
SOUK_HOST_DEVICE inline void quad_take(std::uint32_t (&v)[4], int lane, int bit, QuadPair got) {
  const bool high = (lane & bit) != 0;
  const bool odd_places = bit == 1;
  const std::uint32_t first = v[0];
  const std::uint32_t second = odd_places ? v[2] : v[1];
  const std::uint32_t third = odd_places ? v[1] : v[2];
  const std::uint32_t fourth = v[3];
  const std::uint32_t low_first = high ? got.first : first;
  const std::uint32_t low_second = high ? got.second : second;
  const std::uint32_t high_first = high ? third : got.first;
  const std::uint32_t high_second = high ? fourth : got.second;
  v[0] = low_first;
  v[odd_places ? 2 : 1] = low_second;
  v[odd_places ? 1 : 2] = high_first;
  v[3] = high_second;
}

/// 8 bytes of X_t at (row, column), wherever X_t is kept. REQUIRES: column % 8 == 0.
SOUK_HOST_DEVICE inline void store_eight(const RoundArguments& round, std::uint32_t row, std::uint32_t column,
                                         std::uint64_t bytes) {
  const std::size_t at = std::size_t{row} * round.k + column;
  *reinterpret_cast<std::uint64_t*>(round.next + at) = bytes;
  if (row < halo_rows)
    *reinterpret_cast<std::uint64_t*>(round.next + std::size_t{round.k} * round.k + at) = bytes;
  if (round.checkpoint != nullptr) *reinterpret_cast<std::uint64_t*>(round.checkpoint + at) = bytes;
}

/// Writes the exchanged bytes of lane `lane` of a quad: `row` and 8 rows further. column: of the first of the
/// four fragments.
SOUK_HOST_DEVICE inline void store_exchanged(const RoundArguments& round, std::uint32_t row,
                                             std::uint32_t column, int lane, const std::uint32_t (&v)[4]) {
  const std::uint32_t at = column + static_cast<std::uint32_t>(lane % 4) * 8;
  const std::uint64_t upper =
      std::uint64_t{(v[0] & 0xFFFFu) | v[1] << 16} | std::uint64_t{(v[2] & 0xFFFFu) | v[3] << 16} << 32;
  const std::uint64_t lower = std::uint64_t{v[0] >> 16 | (v[1] & 0xFFFF0000u)} |
                              std::uint64_t{v[2] >> 16 | (v[3] & 0xFFFF0000u)} << 32;
  store_eight(round, row, at, upper);
  store_eight(round, row + 8, at, lower);
}

/// Everything a thread does with four neighbouring fragments' sums (16 words): quantise, exchange, store.
/// row: of its first word; column: of the first fragment. exchange(word, bit): the word of lane ^ bit.
template <class Exchange>
SOUK_HOST_DEVICE inline void finish_fragments(const RoundArguments& round, const capacity::RoundKeys& keys,
                                              const RowMixing& rows, std::uint32_t row, std::uint32_t column,
                                              int lane, const std::uint32_t* sums, Exchange exchange) {
  std::uint32_t v[4];
  SOUK_UNROLL
  for (int j = 0; j < 4; ++j)
    v[j] = quantise_fragment(keys, rows, column + static_cast<std::uint32_t>(8 * j + lane % 4 * 2),
                             sums + 4 * j);
  SOUK_UNROLL
  for (int bit = 1; bit <= 2; ++bit) {
    const QuadPair sent = quad_send(v, lane, bit);
    quad_take(v, lane, bit, {exchange(sent.first, bit), exchange(sent.second, bit)});
  }
  store_exchanged(round, row, column, lane, v);
}

}  // namespace souk::gpu
