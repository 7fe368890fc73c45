#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "actors/base/hash.hpp"
#include "actors/capacity/operands.hpp"

/// Freivalds' check of a product with the epoch's matrix, for the price of two dot products
/// (gpu-capacity.md section 5, "Verification order").
namespace souk::capacity {

/// One validator's private test vector r and v_q = B r, cached for an epoch and a matrix size. About 8 k W
/// bytes. A wrong row of sums passes with probability 2^-61 for whoever does not know `secret`.
class EpochCheck {
 public:
  /// epoch: E; secret: 32 random bytes of this validator for this epoch, told to nobody. Time: one pass over
  /// B, k^2 bytes, streamed.
  EpochCheck(const Hash& epoch, std::uint32_t k, const Hash& secret);

  const Hash& epoch() const { return epoch_; }
  std::uint32_t k() const { return matrix_.k(); }
  const MatrixB& matrix() const { return matrix_; }

  /// Whether sum of c_x r_x = sum of row_l v_q[l] mod 2^61 - 1. row: Z[i], k values; c: C[i][1024 q ..].
  bool holds(std::span<const std::int8_t> row, std::uint32_t q, std::span<const std::int32_t> c) const;

 private:
  void prepare(std::uint32_t q);

  Hash epoch_;
  MatrixB matrix_;
  std::vector<std::uint64_t> r_;  ///< 1024 residues
  std::vector<std::uint64_t> v_;  ///< W times k residues
};

}  // namespace souk::capacity
