#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bench/gpu/operands.hpp"

// What the tensor and memory tests' results are checked against, on the CPU.
namespace souk::gpu {

/// The value of an element of `type` in the low bits of `bits`.
double decode_element(Type type, std::uint32_t bits);

/// Element `index` of the stream of `seed` as `fill` encodes it: what launch_fill left there.
double stream_element(Type type, Fill fill, std::uint32_t seed, std::uint64_t index);

/// XOR of random_word(seed, first .. first + count - 1).
std::uint32_t stream_checksum(std::uint32_t seed, std::uint64_t first, std::uint64_t count);

/// XOR of written_word(seed, i, lane) over i < vectors and the four lanes.
std::uint32_t written_checksum(std::uint32_t seed, std::uint64_t vectors);

/// What one thread of the fp32 test must return, bit for bit: IEEE fused multiply-adds have one answer.
float fma_sum(int thread, int steps);

/// Checks every element of C = A * B^T by Freivalds' test with random 64-bit weights modulo 2^64: the
/// product of C's rows with the weights is computed from A and B alone. A wrong row passes with
/// probability at most 2^-32 (differences are below 2^32, so at least 32 bits of the weight decide).
class ExactProduct {
 public:
  /// A is m x k, B n x k elements of the streams of seed_a and seed_b. Costs n * k steps.
  /// REQUIRES: fill is exact, or type is int8.
  ExactProduct(Type type, Fill fill, int n, int k);

  /// Whether `words`, row `row` of C (int32, or fp32 holding integers), is right. Costs n + k steps.
  bool row_holds(int row, std::span<const std::uint32_t> words) const;

 private:
  std::int64_t integer(std::uint32_t seed, std::uint64_t index) const;

  Type type_;
  Fill fill_;
  int k_;
  std::vector<std::uint64_t> weights_;  ///< per column of C
  std::vector<std::uint64_t> folded_;   ///< per element of K: sum over columns of B * weight
};

/// The sum of products at (row, column), and of their magnitudes, which bounds any rounding error.
struct DotProduct {
  double value = 0;
  double magnitude = 0;
};
DotProduct dot_product(Type type, Fill fill, int row, int column, int k);

/// How far a result may lie from the sum, as a fraction of DotProduct::magnitude: rounding only. fp8 units
/// keep about 14 bits of a running sum, the others at least fp32's 24 less what alignment drops.
double rounding_tolerance(Type type);

}  // namespace souk::gpu
