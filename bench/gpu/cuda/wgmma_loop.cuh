#pragma once

#include <cstdint>

#include "bench/gpu/cuda/tile.hpp"
#include "bench/gpu/cuda/wgmma.cuh"

// A * B^T on sm_90a, whatever the results go to: TMA brings tiles, wgmma multiplies them straight from shared
// memory. Blocks come in pairs (clusters): each computes its own 128 rows of the same 256 columns, loads half
// of B for both, and so halves what it takes from L2. One warp feeds, two warpgroups of 64 rows each
// multiply; the grid stays resident and walks over the tiles, so that the next tile loads while this one is
// stored.
namespace souk::gpu::wgmma_kernel {

inline constexpr int cluster_blocks = 2;
inline constexpr int stages = 4;
inline constexpr int consumer_groups = tile_rows / 64;
inline constexpr int threads = (1 + consumer_groups) * 128;
inline constexpr int box_rows = 128;  // of every TMA transfer: all of A, half of B
inline constexpr int box_bytes = box_rows * wgmma_step_bytes;
inline constexpr int stage_bytes = (tile_rows + tile_columns) * wgmma_step_bytes;
inline constexpr int shared_alignment = 1024;  // of the swizzle's pattern
inline constexpr int shared_bytes = shared_alignment + stages * (stage_bytes + 16);
static_assert(tile_rows == box_rows && tile_columns == cluster_blocks * box_rows);
static_assert(shared_bytes <= 227 * 1024, "what sm_90 gives one block");
// Every consumer warp of both blocks frees a slot: each block's loads also fill the other's.
inline constexpr int arrivals_to_free = cluster_blocks * consumer_groups * 4;

#if SOUK_HAS_WGMMA
/// A place in the ring of stages: slot and the parity of its current round.
struct Ring {
  int slot = 0;
  std::uint32_t round = 0;
  __device__ __forceinline__ void advance() {
    if (++slot == stages) {
      slot = 0;
      round ^= 1;
    }
  }
};

struct Shared {
  std::uint32_t tiles;     ///< of slot 0: A, then B
  std::uint32_t barriers;  ///< full[stages], free[stages], 8 bytes each
  __device__ std::uint32_t a(int slot) const { return tiles + slot * stage_bytes; }
  __device__ std::uint32_t b(int slot) const { return a(slot) + box_bytes; }
  __device__ std::uint32_t full(int slot) const { return barriers + slot * 8; }
  __device__ std::uint32_t free(int slot) const { return barriers + (stages + slot) * 8; }
};

/// The tiles a cluster computes: pairs of row tiles, every (number of clusters)-th.
struct Walk {
  int pair_rows;
  int columns;
  __device__ int count() const { return pair_rows * columns; }
  __device__ int first() const { return static_cast<int>(blockIdx.x) / cluster_blocks; }
  __device__ int step() const { return static_cast<int>(gridDim.x) / cluster_blocks; }
};

/// row_of(row, step): row of A's map that step `step` of the tile at `row` begins at.
template <class RowOf>
__device__ void feed(const void* map_a, const void* map_b, const Shared& shared, Walk walk, int steps,
                     RowOf row_of) {
  const int rank = static_cast<int>(block_in_cluster());
  Ring at;
  for (int id = walk.first(); id < walk.count(); id += walk.step()) {
    const TileIndex tile = tile_of(id, walk.pair_rows, walk.columns);
    const int row = (tile.row * cluster_blocks + rank) * tile_rows;
    const int column = tile.column * tile_columns + rank * box_rows;
    for (int step = 0; step < steps; ++step, at.advance()) {
      barrier_wait(shared.free(at.slot), at.round ^ 1);
      barrier_expect(shared.full(at.slot), stage_bytes);  // own A, own half of B, the neighbour's half
      tma_load(shared.a(at.slot), map_a, shared.full(at.slot), step * wgmma_step_bytes, row_of(row, step));
      tma_load_both(shared.b(at.slot) + rank * box_bytes, map_b, shared.full(at.slot),
                    step * wgmma_step_bytes, column);
    }
  }
}

/// Tells both blocks that this warp reads `slot` no more.
__device__ __forceinline__ void release(const Shared& shared, int slot) {
  const std::uint32_t lane = threadIdx.x % 32;
  if (lane < cluster_blocks) barrier_arrive(shared.free(slot), lane);
}

/// finish(d, row, column): takes a warpgroup's 64 x 256 results at (row, column) of C.
template <Type type, class Finish>
__device__ void consume(const Shared& shared, Walk walk, int steps, Finish finish) {
  const int group = static_cast<int>(threadIdx.x) / 128 - 1;
  const int rank = static_cast<int>(block_in_cluster());
  Ring at;
  WgmmaResults d;
#pragma unroll
  for (int i = 0; i < wgmma_words; ++i) d[i] = 0;
  for (int id = walk.first(); id < walk.count(); id += walk.step()) {
    int previous = 0;
    for (int step = 0; step < steps; ++step) {
      barrier_wait(shared.full(at.slot), at.round);
      const std::uint64_t a = wgmma_descriptor(shared.a(at.slot) + group * wgmma_rows * wgmma_step_bytes);
      const std::uint64_t b = wgmma_descriptor(shared.b(at.slot));
      pin_results(d);
      wgmma_fence();
#pragma unroll
      for (int slice = 0; slice < wgmma_step_bytes / instruction_bytes; ++slice)
        wgmma<type>(d, a + slice * wgmma_slice, b + slice * wgmma_slice, step + slice);
      wgmma_commit();
      wgmma_wait<1>();  // the step before is done, this one runs
      if (step > 0) release(shared, previous);
      previous = at.slot;
      at.advance();
    }
    wgmma_wait<0>();
    pin_results(d);
    release(shared, previous);
    const TileIndex tile = tile_of(id, walk.pair_rows, walk.columns);
    finish(d, (tile.row * cluster_blocks + rank) * tile_rows + group * wgmma_rows,
           tile.column * tile_columns);
  }
}

/// The whole kernel: C (m x n) by tiles, over k_bytes of K. map_a, map_b: tensor maps in boxes of 128 bytes x
/// 128 rows.
template <Type type, class RowOf, class Finish>
__device__ __forceinline__ void multiply_tiles(const void* map_a, const void* map_b, int m, int n,
                                               int k_bytes, RowOf row_of, Finish finish) {
  extern __shared__ std::uint8_t bytes[];
  Shared shared;
  shared.tiles = (shared_address(bytes) + shared_alignment - 1) / shared_alignment * shared_alignment;
  shared.barriers = shared.tiles + stages * stage_bytes;
  if (threadIdx.x == 0) {
    for (int slot = 0; slot < stages; ++slot) {
      barrier_init(shared.full(slot), 1);
      barrier_init(shared.free(slot), arrivals_to_free);
    }
    barrier_init_fence();
  }
  __syncthreads();
  cluster_sync();

  const Walk walk{m / (tile_rows * cluster_blocks), n / tile_columns};
  const int steps = k_bytes / wgmma_step_bytes;
  if (threadIdx.x < 128) {
    give_registers<40>();
    if (threadIdx.x == 0) feed(map_a, map_b, shared, walk, steps, row_of);
    __syncwarp();
  } else {
    take_registers<232>();
    consume<type>(shared, walk, steps, finish);
  }
  cluster_sync();  // nobody leaves while the neighbour may still arrive at its barriers
}
#endif  // SOUK_HAS_WGMMA

}  // namespace souk::gpu::wgmma_kernel
