#pragma once

// Geometry shared by both tensor paths, by the host that launches them and by their tests. Every tensor
// instruction, of whatever type, consumes 32 bytes of K: tiles are counted in bytes of K, and one kernel
// serves bf16, fp16, int8 and fp8 (gpu-capacity.md section 7).

#ifdef __CUDACC__
#define SOUK_HOST_DEVICE __host__ __device__
#else
#define SOUK_HOST_DEVICE
#endif

namespace souk::gpu {

inline constexpr int instruction_bytes = 32;  ///< of K per mma or wgmma
inline constexpr int tile_rows = 128;         ///< of A and C per block
inline constexpr int tile_columns = 256;      ///< of C, rows of B, per block
inline constexpr int turing_columns = 128;    ///< the same on sm_75, which has 64 KiB of shared memory
inline constexpr int mma_step_bytes = 64;     ///< of K per pipeline stage of the mma path
inline constexpr int wgmma_step_bytes = 128;  ///< of K per pipeline stage of the wgmma path: one swizzle span
inline constexpr int raster_group = 8;        ///< row tiles that share a column tile while it is in L2

/// Rows and columns of a tile, in tiles.
struct TileIndex {
  int row;
  int column;
};

/// The `id`-th tile to compute of rows x columns: columns within groups of `raster_group` rows, so that
/// neighbours in time share operands. Each tile has exactly one id in [0, rows x columns).
SOUK_HOST_DEVICE constexpr TileIndex tile_of(int id, int rows, int columns) {
  const int per_group = raster_group * columns;
  const int first = id / per_group * raster_group;
  const int height = rows - first < raster_group ? rows - first : raster_group;
  const int within = id % per_group;
  return {first + within % height, within / height};
}

/// Byte offset of 16-byte chunk `chunk` (0..3) of row `row` in a stage of 64-byte rows: any eight
/// consecutive rows of one chunk lie in different banks.
SOUK_HOST_DEVICE constexpr int mma_offset(int row, int chunk) {
  return row * mma_step_bytes + ((chunk ^ ((row >> 1) & 3)) << 4);
}

/// Byte offset of byte `byte` of row `row` in a tile of 128-byte rows as TMA's 128-byte swizzle lays it out.
SOUK_HOST_DEVICE constexpr int wgmma_offset(int row, int byte) {
  return row * wgmma_step_bytes + ((((byte >> 4) ^ (row & 7)) << 4) | (byte & 15));
}

}  // namespace souk::gpu
