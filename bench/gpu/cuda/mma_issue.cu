// How fast the tensor units take mma instructions when nothing has to be loaded.
#include <cuda_runtime.h>

#include "bench/gpu/cuda/kernels.hpp"
#include "bench/gpu/cuda/mma.cuh"

namespace souk::gpu {
namespace {

template <Type type>
__global__ void __launch_bounds__(mma_issue_threads) issue_kernel(std::uint32_t* out, int steps) {
  if constexpr (!has_mma<type>()) {
    __trap();
  } else {
    const auto lane = threadIdx.x % 32;
    const auto word = [&](int fragment, int i) {
      return encode_word(type, Fill::random, random_word(issue_seed, (fragment * 32 + lane) * 4 + i));
    };
    std::uint32_t a[mma_issue_a][4];
    std::uint32_t b[mma_issue_b][2];
    for (int i = 0; i < mma_issue_a; ++i)
      for (int w = 0; w < 4; ++w) a[i][w] = word(i, w);
    for (int j = 0; j < mma_issue_b; ++j)
      for (int w = 0; w < 2; ++w) b[j][w] = word(mma_issue_a + j, w);

    std::uint32_t d[mma_issue_a][mma_issue_b][4] = {};
    for (int step = 0; step < steps; step += issue_restart) {
      if constexpr (type != Type::int8) {
#pragma unroll
        for (int i = 0; i < mma_issue_results * 4; ++i) d[i / 16][i / 4 % 4][i % 4] = 0;
      }
#pragma unroll 8
      for (int inner = 0; inner < issue_restart; ++inner) {
#pragma unroll
        for (int i = 0; i < mma_issue_a; ++i)
#pragma unroll
          for (int j = 0; j < mma_issue_b; ++j) multiply<type>(d[i][j], a[i], b[j]);
      }
    }
    const std::size_t warp = (std::size_t{blockIdx.x} * blockDim.x + threadIdx.x) / 32;
#pragma unroll
    for (int i = 0; i < mma_issue_a; ++i)
#pragma unroll
      for (int j = 0; j < mma_issue_b; ++j)
        *reinterpret_cast<uint4*>(out + ((warp * mma_issue_results + i * mma_issue_b + j) * 32 + lane) * 4) =
            make_uint4(d[i][j][0], d[i][j][1], d[i][j][2], d[i][j][3]);
  }
}

}  // namespace

cudaError_t launch_issue_mma(Type type, std::uint32_t* out, int steps, int blocks, cudaStream_t stream) {
  const auto launch = [&](auto kernel) { kernel<<<blocks, mma_issue_threads, 0, stream>>>(out, steps); };
  switch (type) {
    case Type::bf16: launch(issue_kernel<Type::bf16>); break;
    case Type::fp16: launch(issue_kernel<Type::fp16>); break;
    case Type::int8: launch(issue_kernel<Type::int8>); break;
    case Type::fp8: launch(issue_kernel<Type::fp8>); break;
  }
  return cudaGetLastError();
}

}  // namespace souk::gpu
