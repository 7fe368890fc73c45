#pragma once

#include "actors/base/money.hpp"

namespace souk {

/// A factor in [0, 1] that many numbers are multiplied by: each product costs some multiplications in place
/// of Dec's divisions, and is the same to the last digit.
///
/// With g = floor(factor x 2^124), x x g / 2^124 is at most one below the truncated product, which the
/// remainder then shows. REQUIRES of each x: 0 <= x < 10^18 (10^36 in raw units, below 2^120).
class Scaled {
 public:
  Scaled() = default;
  explicit Scaled(Dec factor) : factor_(static_cast<std::uint64_t>(factor.raw())) {
    SOUK_CHECK(!factor.is_negative() && factor <= Dec::from_int(1));
    const u128 high = static_cast<u128>(factor_) << 64;
    const u128 rest = high % scale << 60;
    reciprocal_ = ((high / scale) << 60) + rest / scale;
  }

  /// Dec::mul_truncate(x, factor).
  Dec truncated(Dec x) const { return Dec::from_raw(static_cast<i128>(divide(x).quotient)); }
  /// Dec::mul(x, factor): rounded half to even.
  Dec rounded(Dec x) const {
    const Quotient q = divide(x);
    const bool up = q.rest > scale / 2 || (q.rest == scale / 2 && (q.quotient & 1) != 0);
    return Dec::from_raw(static_cast<i128>(q.quotient + (up ? 1 : 0)));
  }

 private:
  static constexpr auto scale = static_cast<std::uint64_t>(Dec::scale);
  struct Quotient {
    u128 quotient;
    std::uint64_t rest;
  };

  Quotient divide(Dec x) const {
    const auto number = static_cast<u128>(x.raw());
    SOUK_CHECK(!x.is_negative() && number >> 120 == 0);
    u128 quotient = product_by_2_124(number);
    u128 rest = number * factor_ - quotient * scale;  // modulo 2^128; the true one is below 2 x 10^18
    if (rest >= scale) {
      ++quotient;
      rest -= scale;
    }
    return {quotient, static_cast<std::uint64_t>(rest)};
  }
  /// floor(number x reciprocal / 2^124), of two numbers below 2^125.
  u128 product_by_2_124(u128 number) const {
    const auto a0 = static_cast<std::uint64_t>(number);
    const auto a1 = static_cast<std::uint64_t>(number >> 64);
    const auto b0 = static_cast<std::uint64_t>(reciprocal_);
    const auto b1 = static_cast<std::uint64_t>(reciprocal_ >> 64);
    const u128 low = static_cast<u128>(a0) * b0;
    const u128 middle = static_cast<u128>(a0) * b1 + (low >> 64);
    const u128 cross = static_cast<u128>(a1) * b0 + static_cast<std::uint64_t>(middle);
    const u128 high = static_cast<u128>(a1) * b1 + (middle >> 64) + (cross >> 64);
    return high << 4 | static_cast<std::uint64_t>(cross) >> 60;
  }

  std::uint64_t factor_ = 0;
  u128 reciprocal_ = 0;
};

}  // namespace souk
