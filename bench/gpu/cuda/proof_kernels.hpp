#pragma once

#include <cuda_runtime_api.h>

#include "bench/gpu/cuda/proof_round.hpp"
#include "bench/gpu/cuda/proof_sweep.hpp"
#include "bench/gpu/cuda/proof_tree.hpp"

// Every launch of the proof of capacity. A launcher only enqueues: it returns what cudaGetLastError says, and
// the caller names device and kernel. All pointers are the device's.
namespace souk::gpu {

/// Blocks first_block.. of the stream ChaCha8(key), `blocks` of 64 bytes, to `to`.
cudaError_t launch_proof_stream(const Digest& key, std::uint64_t first_block, std::uint64_t blocks,
                                std::uint8_t* to, cudaStream_t stream);

/// One round on the mma path. REQUIRES: prepare_proof_round was called on the device.
cudaError_t prepare_proof_round(int compute_capability);
cudaError_t launch_proof_round(const RoundArguments& round, int compute_capability, cudaStream_t stream);

/// One round on the wgmma path, sm_90a only. The maps are of round.state and round.bt, by plan_wgmma_round.
struct WgmmaRoundPlan {
  alignas(64) unsigned char map_state[128];
  alignas(64) unsigned char map_bt[128];
};
cudaError_t plan_wgmma_round(const RoundArguments& round, WgmmaRoundPlan& plan, const char*& failed_call);
cudaError_t launch_wgmma_round(const RoundArguments& round, const WgmmaRoundPlan& plan, int multiprocessors,
                               cudaStream_t stream);

/// subtrees[n] = hash_subtree of `state`, n < count.
cudaError_t launch_proof_subtrees(const std::uint8_t* state, std::uint64_t count, Digest* subtrees,
                                  cudaStream_t stream);
cudaError_t launch_proof_finish(const FinishArguments& finish, cudaStream_t stream);

/// values[i] = chunk_value of chunk i of `bytes`, i < count.
cudaError_t launch_proof_chunks(const std::uint8_t* bytes, std::uint64_t count, Digest* values,
                                cudaStream_t stream);
/// The (count + 1) / 2 nodes above the `count` nodes `below`.
cudaError_t launch_proof_level(const Digest* below, std::uint64_t count, Digest* nodes, cudaStream_t stream);
cudaError_t launch_proof_gather(const GatherArguments& gather, cudaStream_t stream);

cudaError_t launch_proof_sweep(const SweepArguments& sweep, int multiprocessors, cudaStream_t stream);

}  // namespace souk::gpu
