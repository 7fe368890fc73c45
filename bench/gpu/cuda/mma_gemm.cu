// C = A * B^T by mma.sync, for every type of the bench.
#include <cuda_runtime.h>

#include "bench/gpu/cuda/kernels.hpp"
#include "bench/gpu/cuda/mma_loop.cuh"

namespace souk::gpu {
namespace {

template <Type type, class S>
__global__ void __launch_bounds__(mma_threads, 1)
    gemm_kernel(const std::uint8_t* a, const std::uint8_t* b, std::uint32_t* c, int m, int n, int k_bytes) {
  if constexpr (!runs_here<type, S>()) {
    __trap();
  } else {
    extern __shared__ __align__(128) std::uint8_t bytes[];
    const TileIndex tile = tile_of(static_cast<int>(blockIdx.x), m / tile_rows, n / S::columns);
    const PlainSource source(a + static_cast<std::size_t>(tile.row) * tile_rows * k_bytes,
                             b + static_cast<std::size_t>(tile.column) * S::columns * k_bytes, k_bytes);
    Results<S> d = {};
    main_loop<type, S>(d, source, static_cast<std::uint32_t>(__cvta_generic_to_shared(bytes)),
                       k_bytes / mma_step_bytes);
    const MmaStorePlace place = mma_store_place(static_cast<int>(threadIdx.x), S::warp_columns);
    const int row = tile.row * tile_rows + place.row;
    const int column = tile.column * S::columns + place.column;
#pragma unroll
    for (int i = 0; i < row_fragments; ++i) {
#pragma unroll
      for (int j = 0; j < S::column_fragments; ++j) {
        std::uint32_t* to = c + static_cast<std::size_t>(row + i * 16) * n + column + j * 8;
        __stcs(reinterpret_cast<uint2*>(to), make_uint2(d[i][j][0], d[i][j][1]));
        __stcs(reinterpret_cast<uint2*>(to + std::size_t{8} * n), make_uint2(d[i][j][2], d[i][j][3]));
      }
    }
  }
}

/// Calls `with(kernel, columns, shared_bytes)` for a type and device.
template <class S, class With>
cudaError_t with_kernel(Type type, With with) {
  switch (type) {
    case Type::bf16: return with(gemm_kernel<Type::bf16, S>, S::columns, S::shared_bytes);
    case Type::fp16: return with(gemm_kernel<Type::fp16, S>, S::columns, S::shared_bytes);
    case Type::int8: return with(gemm_kernel<Type::int8, S>, S::columns, S::shared_bytes);
    case Type::fp8: return with(gemm_kernel<Type::fp8, S>, S::columns, S::shared_bytes);
  }
  return cudaErrorInvalidValue;
}
template <class With>
cudaError_t with_kernel(Type type, int compute_capability, With with) {
  return compute_capability < 80 ? with_kernel<TuringShape>(type, with)
                                 : with_kernel<AmpereShape>(type, with);
}

}  // namespace

bool mma_supports(Type type, int compute_capability) {
  if (type == Type::fp8) return compute_capability == 89 || compute_capability >= 120;
  return compute_capability >= (type == Type::bf16 ? 80 : 75);
}

cudaError_t prepare_gemm_mma(Type type, int compute_capability) {
  return with_kernel(type, compute_capability, [&](auto kernel, int, int shared_bytes) {
    return cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes);
  });
}

cudaError_t launch_gemm_mma(Type type, int compute_capability, const void* a, const void* b, void* c, int m,
                            int n, int k_bytes, cudaStream_t stream) {
  return with_kernel(type, compute_capability, [&](auto kernel, int columns, int shared_bytes) {
    kernel<<<m / tile_rows*(n / columns), mma_threads, shared_bytes, stream>>>(
        static_cast<const std::uint8_t*>(a), static_cast<const std::uint8_t*>(b),
        static_cast<std::uint32_t*>(c), m, n, k_bytes);
    return cudaGetLastError();
  });
}

}  // namespace souk::gpu
