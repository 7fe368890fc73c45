#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "bench/gpu/operands.hpp"

// Every launch of the suite. A launcher only enqueues: it returns what cudaGetLastError says, and the
// caller names device and kernel. Sizes are checked by the caller; each function states them.
namespace souk::gpu {

/// Holds a stream until `*open` is not 0, or for 10 s, so that a whole batch is queued before any of it runs.
cudaError_t launch_gate(const volatile int* open, cudaStream_t stream);

/// Writes encode_word(type, fill, random_word(seed, i)) to words[i], i < count.
cudaError_t launch_fill(std::uint32_t* words, std::uint64_t count, std::uint32_t seed, Type type, Fill fill,
                        cudaStream_t stream);

/// Sets *mismatches += number of i < count with words[i] != random_word(seed, first + i).
cudaError_t launch_compare(const std::uint32_t* words, std::uint64_t count, std::uint64_t first,
                           std::uint32_t seed, unsigned long long* mismatches, cudaStream_t stream);

/// How a memory kernel is shaped; the suite takes the fastest.
struct MemoryShape {
  int unroll;  ///< 16-byte accesses in flight per thread: 4, 8 or 16
  int blocks_per_sm;
};
inline constexpr int memory_threads = 512;
/// Bytes that every buffer of the memory tests is a multiple of.
inline constexpr std::size_t memory_granule = std::size_t{memory_threads} * 16 * 16;

/// *checksum ^= XOR of all 32-bit words. REQUIRES: bytes is a multiple of memory_granule.
cudaError_t launch_read(const void* from, std::size_t bytes, std::uint32_t* checksum, MemoryShape shape,
                        int multiprocessors, cudaStream_t stream);
/// Vector i of `to` becomes written_word(seed, i, 0..3). REQUIRES as launch_read.
cudaError_t launch_write(void* to, std::size_t bytes, std::uint32_t seed, MemoryShape shape,
                         int multiprocessors, cudaStream_t stream);
/// REQUIRES as launch_read, and that the ranges do not overlap.
cudaError_t launch_copy(void* to, const void* from, std::size_t bytes, MemoryShape shape, int multiprocessors,
                        cudaStream_t stream);

cudaError_t launch_empty(cudaStream_t stream);

inline constexpr int fma_threads = 256;
inline constexpr int fma_blocks_per_sm = 8;
/// sums[b * fma_threads + t] = sum over chains of the value after `steps` steps. steps: a multiple of 64.
cudaError_t launch_fma(float* sums, int steps, int blocks, cudaStream_t stream);

/// C = A * B^T on the mma path: A is m x k_bytes, B n x k_bytes, both row-major bytes; C is m x n words,
/// int32 or fp32. REQUIRES: m % 128 == 0, n % 256 == 0, k_bytes % 64 == 0, k_bytes >= 256; the type runs on
/// the device (mma_supports); prepare_gemm_mma was called on it.
cudaError_t launch_gemm_mma(Type type, int compute_capability, const void* a, const void* b, void* c, int m,
                            int n, int k_bytes, cudaStream_t stream);
cudaError_t prepare_gemm_mma(Type type, int compute_capability);
/// Which types the mma path has on a device: fp16 and int8 from 75, bf16 from 80, fp8 on 89
/// and from 120 (90 emulates it and has it by wgmma; 100 to 110 run the code of 90).
bool mma_supports(Type type, int compute_capability);

/// Registers-only rate of the mma path. Each warp keeps mma_issue_results results of 32 lanes x 4 words,
/// stored as out[((warp * results) + result) * 128 + lane * 4 + word]. Each step adds one product to each;
/// floats restart from 0 every mma_issue_restart steps.
inline constexpr int mma_issue_a = 2;
inline constexpr int mma_issue_b = 4;
inline constexpr int mma_issue_results = mma_issue_a * mma_issue_b;
inline constexpr int mma_issue_threads = 256;
inline constexpr int mma_issue_blocks_per_sm = 2;
inline constexpr int issue_restart = 64;
/// steps: a multiple of issue_restart.
cudaError_t launch_issue_mma(Type type, std::uint32_t* out, int steps, int blocks, cudaStream_t stream);

/// The wgmma path, sm_90a only; every launcher is an error elsewhere. REQUIRES: m % 256 == 0, n % 256 == 0,
/// k_bytes % 128 == 0.
struct WgmmaPlan {
  alignas(64) unsigned char map_a[128];  ///< CUtensorMap of A and B
  alignas(64) unsigned char map_b[128];
  void* c = nullptr;
  int m = 0;
  int n = 0;
  int k_bytes = 0;
};
/// Encodes the tensor map (CUtensorMap, 128 bytes) of `rows` rows of `k_bytes` bytes at `data`, taken in
/// boxes of 128 bytes x 128 rows in the 128-byte swizzle. The driver's entry point is found at run time;
/// `failed_call` names what failed.
cudaError_t encode_wgmma_map(void* map, const void* data, int rows, int k_bytes, const char*& failed_call);
/// Encodes the tensor maps through the driver's entry point, found at run time. `failed_call` names what
/// failed.
cudaError_t plan_gemm_wgmma(Type type, const void* a, const void* b, void* c, int m, int n, int k_bytes,
                            WgmmaPlan& plan, const char*& failed_call);
cudaError_t launch_gemm_wgmma(Type type, const WgmmaPlan& plan, int multiprocessors, cudaStream_t stream);

/// Rate of wgmma from shared memory, one 64 x 256 result per warpgroup, 256 threads per block, one block per
/// SM: out[((block * 2 + warpgroup) * 128 + thread) * 128 + word]. One step is the four K slices of a tile.
inline constexpr int wgmma_issue_threads = 256;
cudaError_t prepare_issue_wgmma(Type type);
cudaError_t launch_issue_wgmma(Type type, std::uint32_t* out, int steps, int blocks, cudaStream_t stream);

}  // namespace souk::gpu
