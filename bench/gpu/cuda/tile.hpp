#pragma once

// Geometry shared by both tensor paths, by the host that launches them and by their tests. Every tensor
// instruction, of whatever type, consumes 32 bytes of K: tiles are counted in bytes of K, and one kernel
// serves bf16, fp16, int8 and fp8 (gpu-capacity.md section 7).

#ifdef __CUDACC__
#define SOUK_HOST_DEVICE __host__ __device__
#else
#define SOUK_HOST_DEVICE
#endif
// Before a loop whose indices must be known when compiled, in code that is also compiled for the CPU.
#ifdef __CUDA_ARCH__
#define SOUK_UNROLL _Pragma("unroll")
#else
#define SOUK_UNROLL
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

inline constexpr int mma_threads = 256;     ///< of a block of the mma path
inline constexpr int mma_warps_across = 4;  ///< its 8 warps: 2 down x 4 across
inline constexpr int mma_warp_rows = tile_rows / 2;
inline constexpr int mma_fill_rows = mma_threads / 4;  ///< rows of a stage that one chunk per thread fills

/// The row (of the first mma_fill_rows) and 16-byte chunk that a thread brings into each stage.
struct MmaFillPlace {
  int row;
  int chunk;
};
SOUK_HOST_DEVICE constexpr MmaFillPlace mma_fill_place(int thread) { return {thread / 4, thread % 4}; }

/// The rows and chunks (of slice 0) whose addresses a thread gives to its first ldmatrix of A and of B, rows
/// counted within the operand's part of the stage. ldmatrix takes lane l's address for row l % 8 of matrix
/// l / 8: for A these are (rows 0-7, chunk 0), (8-15, 0), (0-7, 1), (8-15, 1); for B, two column fragments at
/// a time, (columns 0-7, chunk 0), (0-7, 1), (8-15, 0), (8-15, 1).
struct MmaReadPlace {
  int a_row;
  int a_chunk;
  int b_row;
  int b_chunk;
};
SOUK_HOST_DEVICE constexpr MmaReadPlace mma_read_place(int thread, int warp_columns) {
  const int lane = thread % 32;
  const int warp = thread / 32;
  return {warp / mma_warps_across * mma_warp_rows + lane % 16, lane / 16,
          warp % mma_warps_across * warp_columns + lane % 8 + lane / 16 * 8, lane / 8 % 2};
}

/// The row and column of a tile where a thread's first result word belongs; the second is one column further,
/// the third and fourth 8 rows further, the next fragments 8 columns or 16 rows.
struct MmaStorePlace {
  int row;
  int column;
};
SOUK_HOST_DEVICE constexpr MmaStorePlace mma_store_place(int thread, int warp_columns) {
  const int lane = thread % 32;
  const int warp = thread / 32;
  return {warp / mma_warps_across * mma_warp_rows + lane / 4,
          warp % mma_warps_across * warp_columns + lane % 4 * 2};
}

/// The same for a thread of a warpgroup of the wgmma path, whose 64 x 256 results are 32 fragments side by
/// side.
SOUK_HOST_DEVICE constexpr MmaStorePlace wgmma_store_place(int thread) {
  return {thread % 128 / 32 * 16 + thread % 32 / 4, thread % 4 * 2};
}

/// Byte offset of byte `byte` of row `row` in a tile of 128-byte rows as TMA's 128-byte swizzle lays it out.
SOUK_HOST_DEVICE constexpr int wgmma_offset(int row, int byte) {
  return row * wgmma_step_bytes + ((((byte >> 4) ^ (row & 7)) << 4) | (byte & 15));
}

}  // namespace souk::gpu
