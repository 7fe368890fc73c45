#pragma once

#include <cstdint>
#include <span>

#include "actors/base/hash.hpp"
#include "actors/capacity/chacha8.hpp"

/// The two random operands of the product chain, each a stream that can be entered anywhere
/// (gpu-capacity.md section 5, "Operands").
namespace souk::capacity {

/// B by columns: B[l][j] = int8 of byte j * k + l. One per epoch; never kept whole by a verifier.
class MatrixB {
 public:
  /// epoch: E of the challenge.
  MatrixB(const Hash& epoch, std::uint32_t k);

  std::uint32_t k() const { return k_; }
  /// Rows l .. l + out.size() - 1 of column j. REQUIRES: within the column.
  void column_part(std::uint32_t j, std::uint32_t l, std::span<std::int8_t> out) const;
  /// Whole columns from j on, one after another. out.size(): a multiple of k.
  void columns(std::uint32_t j, std::span<std::int8_t> out) const;
  /// C[i][1024 q ..] = Z[i] times columns 1024 q .. 1024 q + 1023. row: Z[i], k values; c: 1024 sums.
  /// Streams the columns; about 0.5 MB of scratch.
  void multiply_row(std::span<const std::int8_t> row, std::uint32_t q, std::span<std::int32_t> c) const;

 private:
  ChaCha8 stream_;
  std::uint32_t k_;
};

/// Bytes of X_0 from `offset` on. c: first_state_key.
void fill_first_state(const Hash& c, std::uint64_t offset, std::span<std::uint8_t> out);

}  // namespace souk::capacity
