#pragma once

#include <cstdint>
#include <span>

#include "actors/base/hash.hpp"
#include "actors/capacity/mixing.hpp"

/// One round: shuffle, exact int8 product, quantisation (gpu-capacity.md section 5, "Round").
namespace souk::capacity {

/// The shuffle and the affine mixing of round t; they follow from h_{t-1}.
class RoundKeys {
 public:
  /// link: h_{t-1}; k: a power of two from 1024 on.
  RoundKeys(const Hash& link, std::uint32_t k);
  /// The same from the link's first four little-endian words.
  constexpr RoundKeys(const std::uint32_t (&words)[4], std::uint32_t k)
      : words_{words[0], words[1], words[2], words[3]}, mask_(k - 1) {}

  constexpr std::uint32_t k() const { return mask_ + 1; }
  /// delta_q: how far the q-th leaf column of the state is moved, below k.
  constexpr std::uint32_t shift(std::uint32_t q) const { return mix(words_[0] + q * 0x9e3779b1u) & mask_; }
  /// Row of X_{t-1} whose leaf q becomes leaf q of row i of Z.
  constexpr std::uint32_t source_row(std::uint32_t i, std::uint32_t q) const { return (i + shift(q)) & mask_; }

  constexpr std::uint32_t row_factor(std::uint32_t i) const { return mix(words_[1] + i * 0x9e3779b1u) | 1u; }  ///< w_i
  constexpr std::uint32_t row_offset(std::uint32_t i) const { return mix(words_[2] + i * 0x85ebca77u); }       ///< a_i
  constexpr std::uint32_t column_offset(std::uint32_t j) const { return mix(words_[3] + j * 0x27d4eb2fu); }    ///< b_j

 private:
  std::uint32_t words_[4];
  std::uint32_t mask_;
};

/// Row i of Z: k bytes, gathered from `state` (X_{t-1}, k x k).
void shuffle_row(const RoundKeys& keys, std::span<const std::uint8_t> state, std::uint32_t i,
                 std::span<std::uint8_t> row);

/// X_t[i][j0 + x] for x < c.size(), from the sums c = C[i][j0..]. Sizes equal.
void quantise_row(const RoundKeys& keys, std::uint32_t i, std::uint32_t j0, std::span<const std::int32_t> c,
                  std::span<std::uint8_t> out);

/// X_t (`next`) from X_{t-1} (`state`) and B by columns (`bt`, n-major): all k x k bytes, next apart from the
/// others. Works in blocks of rows; about 4 k * 64 bytes of scratch.
void run_round(const RoundKeys& keys, std::span<const std::uint8_t> state, std::span<const std::int8_t> bt,
               std::span<std::uint8_t> next);

}  // namespace souk::capacity
