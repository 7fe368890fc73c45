#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "actors/base/result.hpp"
#include "actors/capacity/arithmetic.hpp"
#include "bench/gpu/proof_device.hpp"

namespace souk::gpu {

/// The proof's arithmetic on a GPU. What lies in its memory during a fill: the N states, B, two working
/// states (X_t in number t mod 2, each with a halo), the values of one sweep, one tree, d_0..d_R and
/// h_0..h_R. The host waits for the device once per fill and once per sweep.
class GpuArithmetic : public capacity::Arithmetic {
 public:
  explicit GpuArithmetic(std::unique_ptr<ProofDevice> device) : device_(std::move(device)) {}

  /// Device memory that a fill with these params takes.
  static std::uint64_t bytes_needed(const capacity::Params& params);
  /// Errors: params that `memory_bytes` of GPU `index` cannot hold; names N and its bound there.
  static Result<void> check_memory(const capacity::Params& params, std::uint64_t memory_bytes, int index);

  /// Takes the memory of a fill with these params now, so that no fill's time includes it. Errors: as fill.
  Result<void> reserve(const capacity::Params& params);
  /// Takes memory only where the last fill or reserve had other params.
  Result<std::vector<Hash>> fill(const capacity::FillOrder& order) override;
  Result<Hash> sweep(const Hash& link) override;
  Result<std::vector<capacity::LeafOpening>> open_leaves(
      std::span<const capacity::LeafRequest> requests) override;
  Result<std::vector<capacity::SweepOpening>> open_sweeps(
      std::span<const capacity::SweepRequest> requests) override;

 private:
  struct Gathered;
  const capacity::Params& params() const { return order_.params; }
  /// Runs `step`; a failed call ends the fill it belongs to and becomes the Error.
  template <class T, class Step>
  Result<T> guarded(Step step);
  void allocate(const capacity::Params& params);
  void load_first_state();
  void advance(std::uint8_t* checkpoint);
  void hash_working_state();
  std::uint8_t* working(std::uint32_t t) const { return working_[t % 2]; }
  std::uint8_t* checkpoint(std::uint32_t n) const;
  /// X_t: a checkpoint, or computed again from the nearest state before it, as CpuArithmetic does.
  const std::uint8_t* state(std::uint32_t t);
  void run_sweep(const Hash& link);
  void build_tree(const std::uint8_t* bytes, const TreeShape& shape);
  /// The chunks and paths of a tree that was built; `numbers` of them.
  std::vector<Gathered> gather(const std::uint8_t* bytes, const TreeShape& shape,
                               std::span<const std::uint64_t> numbers);

  std::unique_ptr<ProofDevice> device_;
  capacity::FillOrder order_;
  std::optional<capacity::Params> allocated_for_;
  bool filled_ = false;
  std::uint32_t working_t_ = 0;  ///< working(working_t_) holds X_{working_t_}
  std::uint8_t* checkpoints_ = nullptr;
  std::uint8_t* bt_ = nullptr;
  std::uint8_t* working_[2] = {};
  std::uint8_t* values_ = nullptr;  ///< f_{s, gamma} of the newest sweep
  Digest* tree_ = nullptr;
  Digest* subtrees_ = nullptr;
  Digest* key_ = nullptr;           ///< c
  Digest* state_hashes_ = nullptr;  ///< d_0..d_R
  Digest* links_ = nullptr;         ///< h_0..h_R
  std::uint8_t* numbers_ = nullptr;
  std::uint8_t* gathered_ = nullptr;
};

/// GpuArithmetic on `device` by CUDA. Errors as cuda_proof_device.
Result<std::unique_ptr<GpuArithmetic>> gpu_arithmetic(const Device& device, ProofPath path);

}  // namespace souk::gpu
