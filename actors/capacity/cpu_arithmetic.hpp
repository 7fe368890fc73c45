#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "actors/capacity/arithmetic.hpp"
#include "actors/capacity/operands.hpp"

/// The prover's work on one core: the reference for every other implementation, and the way to prove small
/// parameters without a GPU. int8 products take the processor's best path.
namespace souk::capacity {

class CpuArithmetic : public Arithmetic {
 public:
  /// max_bytes: a fill that needs more memory than this is refused before anything is allocated.
  explicit CpuArithmetic(std::uint64_t max_bytes = std::uint64_t{2} << 30) : max_bytes_(max_bytes) {}

  /// Memory that a fill with these params keeps: N states, B, two states to work in, the leaves' hashes.
  static std::uint64_t bytes_needed(const Params& params);

  Result<std::vector<Hash>> fill(const FillOrder& order) override;
  Result<Hash> sweep(const Hash& link) override;
  Result<std::vector<LeafOpening>> open_leaves(std::span<const LeafRequest> requests) override;
  Result<std::vector<SweepOpening>> open_sweeps(std::span<const SweepRequest> requests) override;

 protected:
  using State = std::vector<std::uint8_t>;
  /// X_t, t = 0..R: a checkpoint, or computed again from the nearest state before it. Valid until the next
  /// call of a member.
  std::span<const std::uint8_t> state(std::uint32_t t);

  FillOrder order_;
  std::vector<std::int8_t> bt_;
  std::vector<State> checkpoints_;  ///< X_rho, X_2rho, .. X_R
  std::vector<Hash> links_;         ///< h_0..h_R

 private:
  void advance();
  std::vector<std::uint8_t> sweep_values(const Hash& link) const;

  std::uint64_t max_bytes_;
  std::uint32_t working_t_ = 0;
  State working_;  ///< X_{working_t_}
  State next_;
};

}  // namespace souk::capacity
