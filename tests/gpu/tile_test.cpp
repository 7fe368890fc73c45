#include "bench/gpu/cuda/tile.hpp"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace souk::gpu {
namespace {

TEST(Tiles, EveryTileHasExactlyOneId) {
  for (const auto& [rows, columns] : {std::pair{8, 4}, {64, 32}, {5, 3}, {9, 7}, {1, 1}, {32, 32}}) {
    std::set<std::pair<int, int>> seen;
    for (int id = 0; id < rows * columns; ++id) {
      const TileIndex tile = tile_of(id, rows, columns);
      ASSERT_TRUE(tile.row >= 0 && tile.row < rows && tile.column >= 0 && tile.column < columns);
      seen.insert({tile.row, tile.column});
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(rows * columns)) << rows << " x " << columns;
  }
}

TEST(Tiles, AStageUsesEveryByteOnce) {
  std::set<int> offsets;
  for (int row = 0; row < 384; ++row)
    for (int chunk = 0; chunk < 4; ++chunk) offsets.insert(mma_offset(row, chunk));
  EXPECT_EQ(offsets.size(), 384u * 4);
  EXPECT_EQ(*offsets.rbegin(), 384 * 64 - 16);
}

TEST(Tiles, EightRowsOfOneChunkMeetNoBankTwice) {
  // ldmatrix reads 8 rows of 16 bytes at a time; 128 bytes are all banks once.
  for (int first = 0; first < 64; first += 8) {
    for (int chunk = 0; chunk < 4; ++chunk) {
      std::set<int> banks;
      for (int row = first; row < first + 8; ++row) banks.insert(mma_offset(row, chunk) % 128 / 16);
      EXPECT_EQ(banks.size(), 8u);
    }
  }
}

TEST(Tiles, TheTmaSwizzlePermutesChunksWithinARow) {
  for (int row = 0; row < 16; ++row) {
    std::set<int> offsets;
    for (int byte = 0; byte < 128; ++byte) {
      const int offset = wgmma_offset(row, byte);
      EXPECT_EQ(offset / 128, row);
      EXPECT_EQ(offset % 16, byte % 16);
      offsets.insert(offset);
    }
    EXPECT_EQ(offsets.size(), 128u);
  }
  EXPECT_EQ(wgmma_offset(1, 0), 128 + 16);
  EXPECT_EQ(wgmma_offset(9, 0), 9 * 128 + 16) << "the pattern repeats every 8 rows";
}

}  // namespace
}  // namespace souk::gpu
