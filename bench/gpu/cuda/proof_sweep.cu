// One keyed pass over all checkpoints: a persistent grid, a warp per segment, 8 loads of 16 bytes in flight
// per lane.
#include <cuda_runtime.h>

#include <algorithm>

#include "bench/gpu/cuda/proof_kernels.hpp"

namespace souk::gpu {
namespace {

/// Streams past L1; the 256-byte hint asks L2 for whole pairs of lines.
__device__ __forceinline__ TwoWords load_words(const std::uint8_t* from) {
  TwoWords v;
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
  asm volatile("ld.global.nc.L1::no_allocate.v2.u64 {%0,%1}, [%2];"
               : "=l"(v.first), "=l"(v.second)
               : "l"(from));
#else
  asm volatile("ld.global.nc.L1::no_allocate.L2::256B.v2.u64 {%0,%1}, [%2];"
               : "=l"(v.first), "=l"(v.second)
               : "l"(from));
#endif
  return v;
}

__global__ void __launch_bounds__(sweep_threads, sweep_blocks_per_sm) sweep_kernel(SweepArguments sweep) {
  __shared__ std::uint64_t coefficients[segment_bytes / 8];
  const int thread = static_cast<int>(threadIdx.x);
  if (thread < coefficient_blocks) make_coefficients(sweep.link, thread, coefficients);
  __syncthreads();
  const int lane = thread % 32;
  std::uint64_t own[2 * sweep_vectors];
  take_coefficients(coefficients, lane, own);

  constexpr unsigned warps = sweep_threads / 32;
  const std::uint64_t step = std::uint64_t{gridDim.x} * warps;
  for (std::uint64_t segment = std::uint64_t{blockIdx.x} * warps + threadIdx.x / 32; segment < sweep.segments;
       segment += step) {
    const std::uint8_t* const from = sweep.checkpoints + segment * segment_bytes;
    TwoWords words[sweep_vectors];
#pragma unroll
    for (int v = 0; v < sweep_vectors; ++v) words[v] = load_words(from + 8 * sweep_word(lane, v));
    std::uint64_t sum = lane_value(words, own);
#pragma unroll
    for (int distance = 16; distance > 0; distance /= 2) sum += __shfl_xor_sync(0xFFFFFFFFu, sum, distance);
    if (lane == 0) sweep.values[segment] = sum;
  }
}

}  // namespace

cudaError_t launch_proof_sweep(const SweepArguments& sweep, int multiprocessors, cudaStream_t stream) {
  constexpr std::uint64_t warps = sweep_threads / 32;
  const auto all = static_cast<std::uint64_t>(multiprocessors) * sweep_blocks_per_sm;
  const auto blocks = static_cast<unsigned>(std::min(all, (sweep.segments + warps - 1) / warps));
  sweep_kernel<<<blocks, sweep_threads, 0, stream>>>(sweep);
  return cudaGetLastError();
}

}  // namespace souk::gpu
