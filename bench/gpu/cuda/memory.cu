// Device memory: fill, compare, read, write, copy. Persistent grids; every thread keeps several 16-byte
// accesses in flight, because a GPU's memory is fast only when thousands of requests wait for it.
#include <cuda_runtime.h>

#include <algorithm>

#include "bench/gpu/cuda/kernels.hpp"

namespace souk::gpu {
namespace {

constexpr std::uint64_t gate_limit_ns = 10'000'000'000ull;

__device__ std::uint64_t clock_ns() {
  std::uint64_t now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
  return now;
}

__global__ void gate_kernel(const volatile int* open) {
  const std::uint64_t start = clock_ns();
  while (*open == 0 && clock_ns() - start < gate_limit_ns) {
  }
}

__global__ void empty_kernel() {}

__global__ void fill_kernel(std::uint32_t* words, std::uint64_t count, std::uint32_t seed, Type type,
                            Fill fill, bool raw) {
  const std::uint64_t step = std::uint64_t{gridDim.x} * blockDim.x;
  for (std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count; i += step) {
    const std::uint32_t random = random_word(seed, i);
    words[i] = raw ? random : encode_word(type, fill, random);
  }
}

__global__ void compare_kernel(const std::uint32_t* words, std::uint64_t count, std::uint64_t first,
                               std::uint32_t seed, unsigned long long* mismatches) {
  const std::uint64_t step = std::uint64_t{gridDim.x} * blockDim.x;
  unsigned long long wrong = 0;
  for (std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count; i += step)
    wrong += words[i] != random_word(seed, first + i) ? 1 : 0;
  if (wrong != 0) atomicAdd(mismatches, wrong);
}

/// Streams past L1; the 256-byte hint asks L2 for whole pairs of lines.
__device__ uint4 load_streaming(const uint4* from) {
  uint4 v;
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
  asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0,%1,%2,%3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(from));
#else
  asm volatile("ld.global.nc.L1::no_allocate.L2::256B.v4.u32 {%0,%1,%2,%3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(from));
#endif
  return v;
}

/// Vectors [0, count) in pieces of unroll x blockDim, dealt to the blocks in turn: body(first vector of
/// this thread), its further ones lie blockDim apart. count is a multiple of the piece.
template <int unroll, class Body>
__device__ void for_each_piece(std::uint64_t count, Body body) {
  const std::uint64_t piece = std::uint64_t{unroll} * memory_threads;
  for (std::uint64_t at = blockIdx.x * piece; at < count; at += gridDim.x * piece) body(at + threadIdx.x);
}

template <int unroll>
__global__ void __launch_bounds__(memory_threads)
    read_kernel(const uint4* from, std::uint64_t count, std::uint32_t* checksum) {
  std::uint32_t sum = 0;
  for_each_piece<unroll>(count, [&](std::uint64_t first) {
    uint4 v[unroll];
#pragma unroll
    for (int u = 0; u < unroll; ++u) v[u] = load_streaming(from + first + u * memory_threads);
#pragma unroll
    for (int u = 0; u < unroll; ++u) sum ^= v[u].x ^ v[u].y ^ v[u].z ^ v[u].w;
  });
  for (int distance = 16; distance > 0; distance /= 2) sum ^= __shfl_xor_sync(0xFFFFFFFFu, sum, distance);
  if (threadIdx.x % 32 == 0) atomicXor(checksum, sum);
}

template <int unroll>
__global__ void __launch_bounds__(memory_threads)
    write_kernel(uint4* to, std::uint64_t count, std::uint32_t seed) {
  for_each_piece<unroll>(count, [&](std::uint64_t first) {
#pragma unroll
    for (int u = 0; u < unroll; ++u) {
      const std::uint64_t i = first + u * memory_threads;
      __stcs(to + i, make_uint4(written_word(seed, i, 0), written_word(seed, i, 1), written_word(seed, i, 2),
                                written_word(seed, i, 3)));
    }
  });
}

template <int unroll>
__global__ void __launch_bounds__(memory_threads)
    copy_kernel(uint4* to, const uint4* from, std::uint64_t count) {
  for_each_piece<unroll>(count, [&](std::uint64_t first) {
    uint4 v[unroll];
#pragma unroll
    for (int u = 0; u < unroll; ++u) v[u] = load_streaming(from + first + u * memory_threads);
#pragma unroll
    for (int u = 0; u < unroll; ++u) __stcs(to + first + u * memory_threads, v[u]);
  });
}

/// Calls `launch` with the unroll of `shape` as a constant.
template <class Launch>
cudaError_t with_unroll(int unroll, Launch launch) {
  switch (unroll) {
    case 4: launch(std::integral_constant<int, 4>{}); break;
    case 8: launch(std::integral_constant<int, 8>{}); break;
    case 16: launch(std::integral_constant<int, 16>{}); break;
    default: return cudaErrorInvalidValue;
  }
  return cudaGetLastError();
}

unsigned blocks_for(std::uint64_t count) {
  return static_cast<unsigned>(std::clamp<std::uint64_t>((count + 255) / 256, 1, 65536));
}

}  // namespace

cudaError_t launch_gate(const volatile int* open, cudaStream_t stream) {
  gate_kernel<<<1, 1, 0, stream>>>(open);
  return cudaGetLastError();
}

cudaError_t launch_empty(cudaStream_t stream) {
  empty_kernel<<<1, 1, 0, stream>>>();
  return cudaGetLastError();
}

cudaError_t launch_fill(std::uint32_t* words, std::uint64_t count, std::uint32_t seed, Type type, Fill fill,
                        cudaStream_t stream) {
  fill_kernel<<<blocks_for(count), 256, 0, stream>>>(words, count, seed, type, fill, type == Type::int8);
  return cudaGetLastError();
}

cudaError_t launch_compare(const std::uint32_t* words, std::uint64_t count, std::uint64_t first,
                           std::uint32_t seed, unsigned long long* mismatches, cudaStream_t stream) {
  compare_kernel<<<blocks_for(count), 256, 0, stream>>>(words, count, first, seed, mismatches);
  return cudaGetLastError();
}

cudaError_t launch_read(const void* from, std::size_t bytes, std::uint32_t* checksum, MemoryShape shape,
                        int multiprocessors, cudaStream_t stream) {
  return with_unroll(shape.unroll, [&](auto unroll) {
    read_kernel<unroll><<<multiprocessors * shape.blocks_per_sm, memory_threads, 0, stream>>>(
        static_cast<const uint4*>(from), bytes / 16, checksum);
  });
}

cudaError_t launch_write(void* to, std::size_t bytes, std::uint32_t seed, MemoryShape shape,
                         int multiprocessors, cudaStream_t stream) {
  return with_unroll(shape.unroll, [&](auto unroll) {
    write_kernel<unroll><<<multiprocessors * shape.blocks_per_sm, memory_threads, 0, stream>>>(
        static_cast<uint4*>(to), bytes / 16, seed);
  });
}

cudaError_t launch_copy(void* to, const void* from, std::size_t bytes, MemoryShape shape, int multiprocessors,
                        cudaStream_t stream) {
  return with_unroll(shape.unroll, [&](auto unroll) {
    copy_kernel<unroll><<<multiprocessors * shape.blocks_per_sm, memory_threads, 0, stream>>>(
        static_cast<uint4*>(to), static_cast<const uint4*>(from), bytes / 16);
  });
}

}  // namespace souk::gpu
