// How fast the tensor units of sm_90a take wgmma instructions from shared memory that is already there.
#include <cuda_runtime.h>

#include "bench/gpu/cuda/kernels.hpp"
#include "bench/gpu/cuda/wgmma.cuh"

namespace souk::gpu {
namespace {

constexpr int a_bytes = 64 * wgmma_step_bytes;
constexpr int b_bytes = tile_columns * wgmma_step_bytes;
constexpr int shared_bytes = 1024 + a_bytes + b_bytes;

template <Type type>
__global__ void __launch_bounds__(wgmma_issue_threads, 1) issue_kernel(std::uint32_t* out, int steps) {
#if SOUK_HAS_WGMMA
  extern __shared__ std::uint8_t bytes[];
  const std::uint32_t skip = (1024 - shared_address(bytes) % 1024) % 1024;
  auto* words = reinterpret_cast<std::uint32_t*>(bytes + skip);
  for (int i = static_cast<int>(threadIdx.x); i < (a_bytes + b_bytes) / 4; i += wgmma_issue_threads)
    words[i] = encode_word(type, Fill::random, random_word(issue_seed, i));
  async_proxy_fence();
  __syncthreads();

  const std::uint64_t a = wgmma_descriptor(shared_address(words));
  const std::uint64_t b = wgmma_descriptor(shared_address(words) + a_bytes);
  WgmmaResults d;
#pragma unroll
  for (int i = 0; i < wgmma_words; ++i) d[i] = 0;
  for (int step = 0; step < steps; ++step) {
    // Integers sum over the whole run, modulo 2^32; floats restart while their sums are small.
    const int keep = type == Type::int8 ? 1 : step % issue_restart;
    pin_results(d);
    wgmma_fence();
#pragma unroll
    for (int slice = 0; slice < wgmma_step_bytes / instruction_bytes; ++slice)
      wgmma<type>(d, a + slice * wgmma_slice, b + slice * wgmma_slice, keep + slice);
    wgmma_commit();
    wgmma_wait<1>();
  }
  wgmma_wait<0>();
  pin_results(d);
  std::uint32_t* to = out + (std::size_t{blockIdx.x} * wgmma_issue_threads + threadIdx.x) * wgmma_words;
#pragma unroll
  for (int i = 0; i < wgmma_words; i += 4)
    *reinterpret_cast<uint4*>(to + i) = make_uint4(d[i], d[i + 1], d[i + 2], d[i + 3]);
#else
  __trap();
#endif
}

template <class With>
cudaError_t with_kernel(Type type, With with) {
  switch (type) {
    case Type::bf16: return with(issue_kernel<Type::bf16>);
    case Type::fp16: return with(issue_kernel<Type::fp16>);
    case Type::int8: return with(issue_kernel<Type::int8>);
    case Type::fp8: return with(issue_kernel<Type::fp8>);
  }
  return cudaErrorInvalidValue;
}

}  // namespace

cudaError_t prepare_issue_wgmma(Type type) {
  return with_kernel(type, [](auto kernel) {
    return cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes);
  });
}

cudaError_t launch_issue_wgmma(Type type, std::uint32_t* out, int steps, int blocks, cudaStream_t stream) {
  return with_kernel(type, [&](auto kernel) {
    kernel<<<blocks, wgmma_issue_threads, shared_bytes, stream>>>(out, steps);
    return cudaGetLastError();
  });
}

}  // namespace souk::gpu
