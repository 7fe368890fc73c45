// The two random operands of the proof's product chain: one thread per block of ChaCha8.
#include <cuda_runtime.h>

#include "bench/gpu/cuda/proof_kernels.hpp"

namespace souk::gpu {
namespace {

constexpr int stream_threads = 256;

__global__ void __launch_bounds__(stream_threads)
    stream_kernel(Digest key, std::uint64_t first_block, std::uint64_t blocks, uint4* to) {
  const std::uint64_t n = std::uint64_t{blockIdx.x} * stream_threads + threadIdx.x;
  if (n >= blocks) return;
  std::uint32_t words[16];
  chacha8_block(key, first_block + n, words);
#pragma unroll
  for (int i = 0; i < 4; ++i)
    to[4 * n + i] = make_uint4(words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]);
}

}  // namespace

cudaError_t launch_proof_stream(const Digest& key, std::uint64_t first_block, std::uint64_t blocks,
                                std::uint8_t* to, cudaStream_t stream) {
  const auto grid = static_cast<unsigned>((blocks + stream_threads - 1) / stream_threads);
  stream_kernel<<<grid, stream_threads, 0, stream>>>(key, first_block, blocks, reinterpret_cast<uint4*>(to));
  return cudaGetLastError();
}

}  // namespace souk::gpu
