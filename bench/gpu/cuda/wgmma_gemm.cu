// C = A * B^T on sm_90a by TMA and wgmma, for every type of the bench.
#include <cuda.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cstring>

#include "bench/gpu/cuda/kernels.hpp"
#include "bench/gpu/cuda/wgmma_loop.cuh"

namespace souk::gpu {

using namespace wgmma_kernel;

namespace {

#if SOUK_HAS_WGMMA
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

#endif  // SOUK_HAS_WGMMA

template <Type type>
__global__ void __cluster_dims__(cluster_blocks, 1, 1) __launch_bounds__(threads, 1)
    gemm_kernel(const __grid_constant__ CUtensorMap map_a, const __grid_constant__ CUtensorMap map_b,
                std::uint32_t* c, int m, int n, int k_bytes) {
#if SOUK_HAS_WGMMA
  multiply_tiles<type>(
      &map_a, &map_b, m, n, k_bytes, [](int row, int) { return row; },
      [=](const WgmmaResults& d, int row, int column) { store(d, c, row, column, n); });
#else
  __trap();
#endif
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

cudaError_t encode_wgmma_map(void* map, const void* data, int rows, int k_bytes, const char*& failed_call) {
  failed_call = "cudaGetDriverEntryPointByVersion(cuTensorMapEncodeTiled)";
  void* entry = nullptr;
  cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
  const cudaError_t looked =
      cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, 12000, cudaEnableDefault, &found);
  if (looked != cudaSuccess) return looked;
  if (found != cudaDriverEntryPointSuccess || entry == nullptr) return cudaErrorSymbolNotFound;
  failed_call = "cuTensorMapEncodeTiled";
  const auto call = reinterpret_cast<decltype(&cuTensorMapEncodeTiled)>(entry);
  const cuuint64_t sizes[2] = {static_cast<cuuint64_t>(k_bytes), static_cast<cuuint64_t>(rows)};
  const cuuint64_t strides[1] = {static_cast<cuuint64_t>(k_bytes)};
  const cuuint32_t box[2] = {wgmma_step_bytes, box_rows};
  const cuuint32_t every[2] = {1, 1};
  const CUresult encoded =
      call(static_cast<CUtensorMap*>(map), CU_TENSOR_MAP_DATA_TYPE_UINT8, 2, const_cast<void*>(data), sizes,
           strides, box, every, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
           CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  return encoded == CUDA_SUCCESS ? cudaSuccess : cudaErrorInvalidValue;
}

cudaError_t plan_gemm_wgmma(Type type, const void* a, const void* b, void* c, int m, int n, int k_bytes,
                            WgmmaPlan& plan, const char*& failed_call) {
  if (const cudaError_t status = encode_wgmma_map(plan.map_a, a, m, k_bytes, failed_call);
      status != cudaSuccess)
    return status;
  if (const cudaError_t status = encode_wgmma_map(plan.map_b, b, n, k_bytes, failed_call);
      status != cudaSuccess)
    return status;
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
