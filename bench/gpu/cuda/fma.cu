// fp32: chains of fused multiply-adds in registers, long enough that nothing else counts, and summed so that
// none of them is dead.
#include <cuda_runtime.h>

#include "bench/gpu/cuda/kernels.hpp"

namespace souk::gpu {
namespace {

__global__ void __launch_bounds__(fma_threads) fma_kernel(float* sums, int steps) {
  float x[fma_chains];
#pragma unroll
  for (int chain = 0; chain < fma_chains; ++chain) x[chain] = fma_start(static_cast<int>(threadIdx.x), chain);
  for (int step = 0; step < steps; step += 64) {
#pragma unroll
    for (int inner = 0; inner < 64; ++inner) {
#pragma unroll
      for (int chain = 0; chain < fma_chains; ++chain) x[chain] = fmaf(x[chain], fma_factor, fma_addend);
    }
  }
  float sum = x[0];
#pragma unroll
  for (int chain = 1; chain < fma_chains; ++chain) sum = __fadd_rn(sum, x[chain]);
  sums[blockIdx.x * fma_threads + threadIdx.x] = sum;
}

}  // namespace

cudaError_t launch_fma(float* sums, int steps, int blocks, cudaStream_t stream) {
  fma_kernel<<<blocks, fma_threads, 0, stream>>>(sums, steps);
  return cudaGetLastError();
}

}  // namespace souk::gpu
