// The mma path's way through shared memory and fragments, followed on the CPU: the addresses are the
// kernel's own (tile.hpp), ldmatrix and mma are written from the PTX ISA's description.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

#include "bench/gpu/cuda/tile.hpp"
#include "bench/gpu/operands.hpp"

namespace souk::gpu {
namespace {

using Lanes = std::array<std::array<std::uint32_t, 4>, 32>;

std::int8_t operand(std::uint32_t seed, int row, int byte) {
  return static_cast<std::int8_t>(random_word(seed, static_cast<std::uint64_t>(row * mma_step_bytes + byte)));
}

/// ldmatrix.x4: lane l gives the address of row l % 8 of matrix l / 8; of each matrix every lane gets the 4
/// bytes at row lane / 4, bytes 4 (lane % 4).
Lanes ldmatrix(const std::vector<std::int8_t>& stage, const std::array<int, 32>& address) {
  Lanes r{};
  for (int lane = 0; lane < 32; ++lane) {
    for (int matrix = 0; matrix < 4; ++matrix) {
      const int from = address[static_cast<std::size_t>(8 * matrix + lane / 4)] + lane % 4 * 4;
      std::memcpy(&r[static_cast<std::size_t>(lane)][static_cast<std::size_t>(matrix)],
                  &stage[static_cast<std::size_t>(from)], 4);
    }
  }
  return r;
}

std::int8_t byte_of(std::uint32_t word, int byte) { return static_cast<std::int8_t>(word >> (8 * byte)); }

/// mma.m16n8k32.s8 by the fragment tables: A's element (row, k) is byte k % 4 of register
/// (row >= 8) + 2 (k >= 16) of lane 4 (row % 8) + k % 16 / 4; B's (k, column) byte k % 4 of register k >= 16
/// of lane 4 column + k % 16 / 4; C's (row, column) register 2 (row >= 8) + column % 2 of lane 4 (row % 8) +
/// column / 2. `first` is the register of b0 in `b`.
void mma(std::array<std::array<std::int32_t, 4>, 32>& d, const Lanes& a, const Lanes& b, int first) {
  for (int row = 0; row < 16; ++row) {
    for (int column = 0; column < 8; ++column) {
      std::int32_t sum = 0;
      for (int k = 0; k < 32; ++k) {
        const auto a_lane = static_cast<std::size_t>(row % 8 * 4 + k % 16 / 4);
        const auto b_lane = static_cast<std::size_t>(column * 4 + k % 16 / 4);
        sum += byte_of(a[a_lane][static_cast<std::size_t>(row / 8 + k / 16 * 2)], k % 4) *
               byte_of(b[b_lane][static_cast<std::size_t>(first + k / 16)], k % 4);
      }
      d[static_cast<std::size_t>(row % 8 * 4 + column / 2)]
       [static_cast<std::size_t>(row / 8 * 2 + column % 2)] += sum;
    }
  }
}

/// A stage of `columns` columns as all threads of a block fill it, every byte exactly once.
std::vector<std::int8_t> filled_stage(int columns) {
  std::vector<std::int8_t> stage(static_cast<std::size_t>((tile_rows + columns) * mma_step_bytes));
  std::vector<int> written(stage.size());
  for (int thread = 0; thread < mma_threads; ++thread) {
    const MmaFillPlace place = mma_fill_place(thread);
    const int offset = mma_offset(place.row, place.chunk);
    for (int i = 0; i < (tile_rows + columns) / mma_fill_rows; ++i) {
      const int row = place.row + i * mma_fill_rows;
      for (int byte = 0; byte < 16; ++byte) {
        const auto at = static_cast<std::size_t>(offset + i * mma_fill_rows * mma_step_bytes + byte);
        const int k = place.chunk * 16 + byte;
        stage[at] = row < tile_rows ? operand(seed_a, row, k) : operand(seed_b, row - tile_rows, k);
        ++written[at];
      }
    }
  }
  for (const int times : written) EXPECT_EQ(times, 1);
  return stage;
}

/// The tile of one stage, computed as the kernel's warps do.
std::vector<std::int32_t> tile_by_warps(int columns) {
  const auto stage = filled_stage(columns);
  const int warp_columns = columns / mma_warps_across;
  std::vector<std::int32_t> c(static_cast<std::size_t>(tile_rows * columns), -1);
  for (int warp = 0; warp < mma_threads / 32; ++warp) {
    for (int i = 0; i < mma_warp_rows / 16; ++i) {
      for (int j = 0; j < warp_columns / 8; ++j) {
        std::array<std::array<std::int32_t, 4>, 32> d{};
        for (int slice = 0; slice < mma_step_bytes / instruction_bytes; ++slice) {
          std::array<int, 32> a_address{};
          std::array<int, 32> b_address{};
          for (int lane = 0; lane < 32; ++lane) {
            const MmaReadPlace p = mma_read_place(warp * 32 + lane, warp_columns);
            const auto l = static_cast<std::size_t>(lane);
            a_address[l] = mma_offset(p.a_row, 2 * slice + p.a_chunk) + i * 16 * mma_step_bytes;
            b_address[l] = tile_rows * mma_step_bytes + mma_offset(p.b_row, 2 * slice + p.b_chunk) +
                           j / 2 * 2 * 8 * mma_step_bytes;
          }
          mma(d, ldmatrix(stage, a_address), ldmatrix(stage, b_address), j % 2 * 2);
        }
        for (int lane = 0; lane < 32; ++lane) {
          const MmaStorePlace p = mma_store_place(warp * 32 + lane, warp_columns);
          for (int word = 0; word < 4; ++word) {
            const int row = p.row + i * 16 + word / 2 * 8;
            const int column = p.column + j * 8 + word % 2;
            std::int32_t& to = c[static_cast<std::size_t>(row * columns + column)];
            EXPECT_EQ(to, -1) << "stored twice";
            to = d[static_cast<std::size_t>(lane)][static_cast<std::size_t>(word)];
          }
        }
      }
    }
  }
  return c;
}

TEST(MmaLayout, WarpsComputeThePlainProductOfAStage) {
  for (const int columns : {tile_columns, turing_columns}) {
    const auto c = tile_by_warps(columns);
    int wrong = 0;
    for (int row = 0; row < tile_rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        std::int32_t sum = 0;
        for (int k = 0; k < mma_step_bytes; ++k) sum += operand(seed_a, row, k) * operand(seed_b, column, k);
        wrong += c[static_cast<std::size_t>(row * columns + column)] != sum ? 1 : 0;
      }
    }
    EXPECT_EQ(wrong, 0) << columns << " columns";
  }
}

}  // namespace
}  // namespace souk::gpu
