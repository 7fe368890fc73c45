#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "actors/base/result.hpp"
#include "bench/gpu/cuda/proof_round.hpp"
#include "bench/gpu/cuda/proof_sweep.hpp"
#include "bench/gpu/cuda/proof_tree.hpp"
#include "bench/gpu/device.hpp"

namespace souk::gpu {

/// The two ways to a round's product; they give the same bytes.
enum class ProofPath : std::uint8_t { mma, wgmma };

/// The path named `text`; for "" or "auto" the faster one that `device` has. Errors: no such path, one the
/// device lacks.
Result<ProofPath> proof_path(const std::string& text, const Device& device);

/// What the proof asks of a GPU: memory, and the kernels of cuda/proof_*.hpp on it. Calls take effect in the
/// order they are made and may return before their work is done; download waits for all of it. Pointers are
/// the device's. Every function throws a std::runtime_error of one line, naming call, device and kernel, at
/// the first failed call, its own or an earlier one's; the device is of no more use then. tests/gpu has one
/// that runs the kernels' device functions on the CPU.
class ProofDevice {
 public:
  virtual ~ProofDevice() = default;

  virtual int index() const = 0;
  virtual std::uint64_t memory_bytes() const = 0;  ///< in all

  /// Memory for `what`, aligned to 256 bytes, until release_all.
  virtual std::uint8_t* allocate(std::uint64_t bytes, const std::string& what) = 0;
  virtual void release_all() = 0;
  virtual void upload(std::uint8_t* to, std::span<const std::uint8_t> bytes) = 0;
  virtual void download(std::span<std::uint8_t> to, const std::uint8_t* from) = 0;
  virtual void copy(std::uint8_t* to, const std::uint8_t* from, std::uint64_t bytes) = 0;

  /// Blocks first_block.. of ChaCha8(key), `blocks` of 64 bytes.
  virtual void stream(const Digest& key, std::uint64_t first_block, std::uint64_t blocks,
                      std::uint8_t* to) = 0;
  virtual void round(const RoundArguments& round) = 0;
  /// subtrees[n] = hash_subtree of `state`, n < count.
  virtual void subtrees(const std::uint8_t* state, std::uint64_t count, Digest* subtrees) = 0;
  virtual void finish(const FinishArguments& finish) = 0;
  /// values[i] = chunk_value of chunk i, i < count.
  virtual void chunks(const std::uint8_t* bytes, std::uint64_t count, Digest* values) = 0;
  /// The nodes above the `count` nodes `below`.
  virtual void level(const Digest* below, std::uint64_t count, Digest* nodes) = 0;
  virtual void gather(const GatherArguments& gather) = 0;
  virtual void sweep(const SweepArguments& sweep) = 0;
};

/// `device` by CUDA. Errors: built without it, a compute capability below 75, a failed call.
Result<std::unique_ptr<ProofDevice>> cuda_proof_device(const Device& device, ProofPath path);

}  // namespace souk::gpu
