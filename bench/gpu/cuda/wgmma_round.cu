// A round of the proof on sm_90a: TMA takes A's tiles from where the shuffle moved them (the halo behind the
// last row keeps a wrapped tile in one piece), and every sum is quantised to a byte in registers.
#include <cuda.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cstring>

#include "bench/gpu/cuda/kernels.hpp"
#include "bench/gpu/cuda/proof_kernels.hpp"
#include "bench/gpu/cuda/wgmma_loop.cuh"

namespace souk::gpu {

using namespace wgmma_kernel;

namespace {

#if SOUK_HAS_WGMMA
__device__ __forceinline__ void finish(const RoundArguments& round, const capacity::RoundKeys& keys,
                                       const WgmmaResults& d, int tile_row, int tile_column) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const MmaStorePlace place = wgmma_store_place(static_cast<int>(threadIdx.x));
  const auto row = static_cast<std::uint32_t>(tile_row + place.row);
  const RowMixing rows = row_mixing(keys, row);
  const auto exchange = [](std::uint32_t word, int bit) { return __shfl_xor_sync(0xFFFFFFFFu, word, bit); };
#pragma unroll
  for (int j = 0; j < tile_columns / 8; j += 4)
    finish_fragments(round, keys, rows, row, static_cast<std::uint32_t>(tile_column + j * 8), lane, d + 4 * j,
                     exchange);
}
#endif  // SOUK_HAS_WGMMA

__global__ void __cluster_dims__(cluster_blocks, 1, 1) __launch_bounds__(threads, 1)
    round_kernel(const __grid_constant__ CUtensorMap map_state, const __grid_constant__ CUtensorMap map_bt,
                 const __grid_constant__ RoundArguments round) {
#if SOUK_HAS_WGMMA
  const capacity::RoundKeys keys = round_keys(round);
  const int k = static_cast<int>(round.k);
  multiply_tiles<Type::int8>(
      &map_state, &map_bt, k, k, k,
      [&](int row, int step) {
        return static_cast<int>(shuffled_row(keys, static_cast<std::uint32_t>(row),
                                             static_cast<std::uint32_t>(step) * wgmma_step_bytes));
      },
      [&](const WgmmaResults& d, int row, int column) { finish(round, keys, d, row, column); });
#else
  __trap();
#endif
}

}  // namespace

cudaError_t plan_wgmma_round(const RoundArguments& round, WgmmaRoundPlan& plan, const char*& failed_call) {
  const int k = static_cast<int>(round.k);
  const int rows = k + static_cast<int>(halo_rows);
  if (const cudaError_t status = encode_wgmma_map(plan.map_state, round.state, rows, k, failed_call);
      status != cudaSuccess)
    return status;
  if (const cudaError_t status = encode_wgmma_map(plan.map_bt, round.bt, k, k, failed_call);
      status != cudaSuccess)
    return status;
  failed_call = "cudaFuncSetAttribute(shared memory)";
  return cudaFuncSetAttribute(round_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes);
}

cudaError_t launch_wgmma_round(const RoundArguments& round, const WgmmaRoundPlan& plan, int multiprocessors,
                               cudaStream_t stream) {
  const int tiles = static_cast<int>(round.k / tile_rows * (round.k / tile_columns));
  const int blocks = std::min(multiprocessors / cluster_blocks * cluster_blocks, tiles);
  CUtensorMap map_state;
  CUtensorMap map_bt;
  static_assert(sizeof map_state == sizeof plan.map_state);
  std::memcpy(&map_state, plan.map_state, sizeof map_state);
  std::memcpy(&map_bt, plan.map_bt, sizeof map_bt);
  round_kernel<<<blocks, threads, shared_bytes, stream>>>(map_state, map_bt, round);
  return cudaGetLastError();
}

}  // namespace souk::gpu
