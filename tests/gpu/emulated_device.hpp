#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/gpu/proof_device.hpp"

/// The proof's kernels followed on the CPU: the same device functions, thread by thread and block by block.
/// What only a GPU has (ldmatrix, mma, TMA, wgmma, shuffles) is written from its description.
namespace souk::gpu::test {

enum class Machine : std::uint8_t { ampere, turing, hopper };  ///< mma, mma in Turing's shape, wgmma

class EmulatedDevice : public ProofDevice {
 public:
  explicit EmulatedDevice(Machine machine, std::uint64_t memory_bytes = std::uint64_t{1} << 28)
      : machine_(machine), memory_bytes_(memory_bytes) {}

  int index() const override { return 0; }
  std::uint64_t memory_bytes() const override { return memory_bytes_; }
  std::uint8_t* allocate(std::uint64_t bytes, const std::string& what) override;
  void release_all() override { memory_.clear(); }
  void upload(std::uint8_t* to, std::span<const std::uint8_t> bytes) override;
  void download(std::span<std::uint8_t> to, const std::uint8_t* from) override;
  void copy(std::uint8_t* to, const std::uint8_t* from, std::uint64_t bytes) override;
  void stream(const Digest& key, std::uint64_t first_block, std::uint64_t blocks, std::uint8_t* to) override;
  void round(const RoundArguments& round) override;
  void subtrees(const std::uint8_t* state, std::uint64_t count, Digest* subtrees) override;
  void finish(const FinishArguments& finish) override;
  void chunks(const std::uint8_t* bytes, std::uint64_t count, Digest* values) override;
  void level(const Digest* below, std::uint64_t count, Digest* nodes) override;
  void gather(const GatherArguments& gather) override;
  void sweep(const SweepArguments& sweep) override;

  /// The `n`-th call of round from now on fails as a launch would. 0: none.
  void fail_round(int n) { failing_ = n; }
  std::uint64_t allocated() const;                  ///< bytes, now
  int allocations() const { return allocations_; }  ///< ever made

 private:
  Machine machine_;
  std::uint64_t memory_bytes_;
  int failing_ = 0;
  int allocations_ = 0;
  struct Free {
    void operator()(std::uint8_t* data) const;
  };
  struct Part {
    std::unique_ptr<std::uint8_t[], Free> data;
    std::uint64_t bytes = 0;
  };
  std::vector<Part> memory_;
};

}  // namespace souk::gpu::test
