// C = A * B^T on sm_90a: TMA brings tiles, wgmma multiplies them straight from shared memory. Blocks come in
// pairs (clusters): each computes its own 128 rows of the same 256 columns, loads half of B for both, and
// so halves what it takes from L2. One warp feeds, two warpgroups of 64 rows each multiply; the grid stays
// resident and walks over the tiles, so that the next tile loads while this one is stored.
#include <cuda.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cstring>

#include "bench/gpu/cuda/kernels.hpp"
#include "bench/gpu/cuda/wgmma.cuh"

namespace souk::gpu {
namespace {

constexpr int cluster_blocks = 2;
constexpr int stages = 4;
constexpr int consumer_groups = tile_rows / 64;
constexpr int threads = (1 + consumer_groups) * 128;
constexpr int box_rows = 128;  // of every TMA transfer: all of A, half of B
constexpr int box_bytes = box_rows * wgmma_step_bytes;
constexpr int stage_bytes = (tile_rows + tile_columns) * wgmma_step_bytes;
constexpr int shared_alignment = 1024;  // of the swizzle's pattern
constexpr int shared_bytes = shared_alignment + stages * (stage_bytes + 16);
static_assert(tile_rows == box_rows && tile_columns == cluster_blocks * box_rows);
static_assert(shared_bytes <= 227 * 1024, "what sm_90 gives one block");
// Every consumer warp of both blocks frees a slot: each block's loads also fill the other's.
constexpr int arrivals_to_free = cluster_blocks * consumer_groups * 4;

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

__device__ void feed(const void* map_a, const void* map_b, const Shared& shared, Walk walk, int steps) {
  const int rank = static_cast<int>(block_in_cluster());
  Ring at;
  for (int id = walk.first(); id < walk.count(); id += walk.step()) {
    const TileIndex tile = tile_of(id, walk.pair_rows, walk.columns);
    const int row = (tile.row * cluster_blocks + rank) * tile_rows;
    const int column = tile.column * tile_columns + rank * box_rows;
    for (int step = 0; step < steps; ++step, at.advance()) {
      barrier_wait(shared.free(at.slot), at.round ^ 1);
      barrier_expect(shared.full(at.slot), stage_bytes);  // own A, own half of B, the neighbour's half
      tma_load(shared.a(at.slot), map_a, shared.full(at.slot), step * wgmma_step_bytes, row);
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

__device__ __forceinline__ void store(const WgmmaResults& d, std::uint32_t* c, int row, int column, int n) {
  const int thread = static_cast<int>(threadIdx.x) % 128;
  std::uint32_t* to =
      c + static_cast<std::size_t>(row + thread / 32 * 16 + thread % 32 / 4) * n + column + thread % 4 * 2;
#pragma unroll
  for (int j = 0; j < tile_columns / 8; ++j) {
    __stcs(reinterpret_cast<uint2*>(to + j * 8), make_uint2(d[4 * j], d[4 * j + 1]));
    __stcs(reinterpret_cast<uint2*>(to + j * 8 + std::size_t{8} * n), make_uint2(d[4 * j + 2], d[4 * j + 3]));
  }
}

template <Type type>
__device__ void consume(std::uint32_t* c, const Shared& shared, Walk walk, int steps, int n) {
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
    store(d, c, (tile.row * cluster_blocks + rank) * tile_rows + group * wgmma_rows,
          tile.column * tile_columns, n);
  }
}
#endif  // SOUK_HAS_WGMMA

template <Type type>
__global__ void __cluster_dims__(cluster_blocks, 1, 1) __launch_bounds__(threads, 1)
    gemm_kernel(const __grid_constant__ CUtensorMap map_a, const __grid_constant__ CUtensorMap map_b,
                std::uint32_t* c, int m, int n, int k_bytes) {
#if SOUK_HAS_WGMMA
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
    if (threadIdx.x == 0) feed(&map_a, &map_b, shared, walk, steps);
    __syncwarp();
  } else {
    take_registers<232>();
    consume<type>(c, shared, walk, steps, n);
  }
  cluster_sync();  // nobody leaves while the neighbour may still arrive at its barriers
#else
  __trap();
#endif
}

using EncodeTiled = decltype(&cuTensorMapEncodeTiled);

/// The matrix `data` of `rows` rows of `k_bytes` bytes, taken in boxes of 128 bytes x 128 rows, swizzled.
bool encode(EncodeTiled call, void* map, const void* data, int rows, int k_bytes) {
  const cuuint64_t sizes[2] = {static_cast<cuuint64_t>(k_bytes), static_cast<cuuint64_t>(rows)};
  const cuuint64_t strides[1] = {static_cast<cuuint64_t>(k_bytes)};
  const cuuint32_t box[2] = {wgmma_step_bytes, box_rows};
  const cuuint32_t every[2] = {1, 1};
  return call(static_cast<CUtensorMap*>(map), CU_TENSOR_MAP_DATA_TYPE_UINT8, 2, const_cast<void*>(data),
              sizes, strides, box, every, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
              CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE) == CUDA_SUCCESS;
}

template <Type type>
cudaError_t launch(const WgmmaPlan& plan, int blocks, cudaStream_t stream) {
  CUtensorMap map_a;
  CUtensorMap map_b;
  static_assert(sizeof map_a == sizeof plan.map_a);
  std::memcpy(&map_a, plan.map_a, sizeof map_a);
  std::memcpy(&map_b, plan.map_b, sizeof map_b);
  gemm_kernel<type><<<blocks, threads, shared_bytes, stream>>>(
      map_a, map_b, static_cast<std::uint32_t*>(plan.c), plan.m, plan.n, plan.k_bytes);
  return cudaGetLastError();
}

template <Type type>
cudaError_t prepare() {
  return cudaFuncSetAttribute(gemm_kernel<type>, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes);
}

}  // namespace

cudaError_t plan_gemm_wgmma(Type type, const void* a, const void* b, void* c, int m, int n, int k_bytes,
                            WgmmaPlan& plan, const char*& failed_call) {
  failed_call = "cudaGetDriverEntryPointByVersion(cuTensorMapEncodeTiled)";
  void* entry = nullptr;
  cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
  const cudaError_t looked =
      cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, 12000, cudaEnableDefault, &found);
  if (looked != cudaSuccess) return looked;
  if (found != cudaDriverEntryPointSuccess || entry == nullptr) return cudaErrorSymbolNotFound;
  failed_call = "cuTensorMapEncodeTiled";
  const auto call = reinterpret_cast<EncodeTiled>(entry);
  if (!encode(call, plan.map_a, a, m, k_bytes) || !encode(call, plan.map_b, b, n, k_bytes))
    return cudaErrorInvalidValue;
  plan.c = c;
  plan.m = m;
  plan.n = n;
  plan.k_bytes = k_bytes;
  failed_call = "cudaFuncSetAttribute(shared memory)";
  switch (type) {
    case Type::bf16: return prepare<Type::bf16>();
    case Type::fp16: return prepare<Type::fp16>();
    case Type::int8: return prepare<Type::int8>();
    case Type::fp8: return prepare<Type::fp8>();
  }
  return cudaErrorInvalidValue;
}

cudaError_t launch_gemm_wgmma(Type type, const WgmmaPlan& plan, int multiprocessors, cudaStream_t stream) {
  const int tiles = plan.m / tile_rows * (plan.n / tile_columns);
  const int blocks = std::min(multiprocessors / cluster_blocks * cluster_blocks, tiles);
  switch (type) {
    case Type::bf16: return launch<Type::bf16>(plan, blocks, stream);
    case Type::fp16: return launch<Type::fp16>(plan, blocks, stream);
    case Type::int8: return launch<Type::int8>(plan, blocks, stream);
    case Type::fp8: return launch<Type::fp8>(plan, blocks, stream);
  }
  return cudaErrorInvalidValue;
}

}  // namespace souk::gpu
