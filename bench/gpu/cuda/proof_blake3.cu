// BLAKE3 over states and over the values of a sweep, the chain h_t, and what openings copy out.
#include <cuda_runtime.h>

#include "bench/gpu/cuda/proof_kernels.hpp"

namespace souk::gpu {
namespace {

constexpr int hash_threads = 256;

/// proof_tree.hpp's Block on a GPU.
struct DeviceBlock {
  template <class Body>
  SOUK_HOST_DEVICE void each(Body body) const {
#ifdef __CUDA_ARCH__
    body(static_cast<int>(threadIdx.x));
    __syncthreads();
#else
    static_cast<void>(body);
#endif
  }
};

__global__ void __launch_bounds__(subtree_leaves)
    subtree_kernel(const std::uint8_t* state, Digest* subtrees) {
  __shared__ Digest shared[subtree_leaves * 3 / 2];
  hash_subtree(DeviceBlock{}, state, blockIdx.x, shared, subtrees + blockIdx.x);
}

__global__ void __launch_bounds__(finish_threads) finish_kernel(FinishArguments finish) {
  __shared__ Digest shared[finish_threads * 3 / 2];
  finish_state(DeviceBlock{}, finish, shared);
}

__global__ void __launch_bounds__(hash_threads)
    chunk_kernel(const std::uint8_t* bytes, std::uint64_t count, Digest* values) {
  const std::uint64_t i = std::uint64_t{blockIdx.x} * hash_threads + threadIdx.x;
  if (i < count) values[i] = chunk_value(bytes + i * chunk_bytes, i);
}

__global__ void __launch_bounds__(hash_threads)
    level_kernel(const Digest* below, std::uint64_t count, Digest* nodes) {
  const std::uint64_t i = std::uint64_t{blockIdx.x} * hash_threads + threadIdx.x;
  if (i < (count + 1) / 2) nodes[i] = level_node(below, count, i);
}

__global__ void __launch_bounds__(gather_threads)
    gather_kernel(const __grid_constant__ GatherArguments gather) {
  gather_part(gather, blockIdx.x, static_cast<int>(threadIdx.x));
}

unsigned blocks_for(std::uint64_t threads) {
  return static_cast<unsigned>((threads + hash_threads - 1) / hash_threads);
}

}  // namespace

cudaError_t launch_proof_subtrees(const std::uint8_t* state, std::uint64_t count, Digest* subtrees,
                                  cudaStream_t stream) {
  subtree_kernel<<<static_cast<unsigned>(count), subtree_leaves, 0, stream>>>(state, subtrees);
  return cudaGetLastError();
}

cudaError_t launch_proof_finish(const FinishArguments& finish, cudaStream_t stream) {
  finish_kernel<<<1, finish_threads, 0, stream>>>(finish);
  return cudaGetLastError();
}

cudaError_t launch_proof_chunks(const std::uint8_t* bytes, std::uint64_t count, Digest* values,
                                cudaStream_t stream) {
  chunk_kernel<<<blocks_for(count), hash_threads, 0, stream>>>(bytes, count, values);
  return cudaGetLastError();
}

cudaError_t launch_proof_level(const Digest* below, std::uint64_t count, Digest* nodes, cudaStream_t stream) {
  level_kernel<<<blocks_for((count + 1) / 2), hash_threads, 0, stream>>>(below, count, nodes);
  return cudaGetLastError();
}

cudaError_t launch_proof_gather(const GatherArguments& gather, cudaStream_t stream) {
  gather_kernel<<<static_cast<unsigned>(gather.count), gather_threads, 0, stream>>>(gather);
  return cudaGetLastError();
}

}  // namespace souk::gpu
