#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "actors/base/check.hpp"
#include "actors/base/result.hpp"
#include "actors/base/time.hpp"

namespace souk {

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

/// The denominations a ledger knows. A closed set: amounts of two denominations never mix, and a
/// balance is an array. Text names are `uakt`, `uact`, `uusdc` (axlUSDC of the 2021-2026 era).
enum class Denom : std::uint8_t { uakt, uact, uusdc };
inline constexpr std::size_t denom_count = 3;
inline constexpr std::array<Denom, denom_count> all_denoms{Denom::uakt, Denom::uact, Denom::uusdc};

std::string_view denom_name(Denom denom);
/// Errors: unknown name (lists the known ones).
Result<Denom> parse_denom(std::string_view name);

/// Whole micro-units of some denomination. 64 bits hold 9.2e12 coins of 10^6 units; sums are checked, and
/// every product runs through 128 bits (Dec).
struct Amount {
  std::int64_t micro = 0;

  friend constexpr auto operator<=>(Amount, Amount) = default;
  friend constexpr Amount operator-(Amount a) { return {-a.micro}; }
  friend constexpr Amount operator+(Amount a, Amount b) {
    std::int64_t sum = 0;
    SOUK_CHECK(!__builtin_add_overflow(a.micro, b.micro, &sum));
    return {sum};
  }
  friend constexpr Amount operator-(Amount a, Amount b) {
    std::int64_t difference = 0;
    SOUK_CHECK(!__builtin_sub_overflow(a.micro, b.micro, &difference));
    return {difference};
  }
  constexpr Amount& operator+=(Amount b) { return *this = *this + b; }
  constexpr Amount& operator-=(Amount b) { return *this = *this - b; }
};

/// A non-negative amount of one denomination.
struct Coin {
  Denom denom = Denom::uact;
  Amount amount;
  friend constexpr bool operator==(Coin, Coin) = default;
};

/// Signed fixed point with 18 decimals over 128 bits: the range is +-1.7e20 whole units, so that a rate of
/// 10^9 units a block times 10^10 blocks still fits. Same scale as the Cosmos SDK's LegacyDec.
class Dec {
 public:
  static constexpr std::int64_t scale = 1'000'000'000'000'000'000;  // 10^18

  constexpr Dec() = default;
  static constexpr Dec from_raw(i128 raw) { return Dec(raw); }
  static constexpr Dec from_int(std::int64_t whole) { return Dec(static_cast<i128>(whole) * scale); }
  static constexpr Dec from(Amount amount) { return from_int(amount.micro); }
  /// Reads "12", "-0.5", "12.340000000000000000": optional sign, digits, at most 18 decimals.
  /// Errors: anything else, and values outside the range.
  static Result<Dec> parse(std::string_view text);
  /// The nearest value of 18 decimals, ties to even. For parameters and prices made from measured
  /// quantities; never inside the ledger. REQUIRES: |value| < 1e20, not NaN.
  static Dec nearest(double value);

  constexpr i128 raw() const { return raw_; }
  /// Toward zero: the T(x) of akash-chain.md. REQUIRES: the result fits 64 bits.
  constexpr Amount truncate() const {
    const i128 whole = raw_ / scale;
    SOUK_CHECK(whole <= INT64_MAX && whole >= INT64_MIN);
    return {static_cast<std::int64_t>(whole)};
  }
  constexpr bool is_zero() const { return raw_ == 0; }
  constexpr bool is_negative() const { return raw_ < 0; }
  double to_double() const { return static_cast<double>(raw_) / 1e18; }
  /// Always 18 decimals, as LegacyDec prints: "1.500000000000000000".
  std::string to_string() const;

  friend constexpr auto operator<=>(Dec, Dec) = default;
  friend constexpr Dec operator-(Dec a) { return Dec(-a.raw_); }
  friend constexpr Dec operator+(Dec a, Dec b) {
    i128 sum = 0;
    SOUK_CHECK(!__builtin_add_overflow(a.raw_, b.raw_, &sum));
    return Dec(sum);
  }
  friend constexpr Dec operator-(Dec a, Dec b) {
    i128 difference = 0;
    SOUK_CHECK(!__builtin_sub_overflow(a.raw_, b.raw_, &difference));
    return Dec(difference);
  }
  constexpr Dec& operator+=(Dec b) { return *this = *this + b; }
  constexpr Dec& operator-=(Dec b) { return *this = *this - b; }
  /// Exact product with a count. REQUIRES: the product is in range.
  constexpr Dec times(std::int64_t count) const {
    i128 product = 0;
    SOUK_CHECK(!__builtin_mul_overflow(raw_, static_cast<i128>(count), &product));
    return Dec(product);
  }
  /// Product and quotient with a 256-bit intermediate, rounded half to even as LegacyDec.Mul / Quo do,
  /// or toward zero. REQUIRES: result in range, divisor not zero.
  static Dec mul(Dec a, Dec b);
  static Dec mul_truncate(Dec a, Dec b);
  static Dec quo(Dec a, Dec b);
  static Dec quo_truncate(Dec a, Dec b);
  /// a x count / b, the product exact: LegacyDec's MulInt, then Quo (rounded half to even) or QuoTruncate.
  /// With b a whole number the latter is MulInt, then QuoInt.
  static Dec times_quo(Dec a, std::int64_t count, Dec b);
  static Dec times_quo_truncate(Dec a, std::int64_t count, Dec b);
  /// a / b away from zero in the last decimal, as LegacyDec.QuoRoundUp: of a quotient's 36 decimals the last
  /// 18 are looked at. REQUIRES: a >= 0, b > 0.
  static Dec quo_round_up(Dec a, Dec b);

 private:
  explicit constexpr Dec(i128 raw) : raw_(raw) {}
  i128 raw_ = 0;
};

/// A decimal amount of one denomination; as a price it is per block.
struct DecCoin {
  Denom denom = Denom::uact;
  Dec amount;
  friend constexpr bool operator==(const DecCoin&, const DecCoin&) = default;
};

/// What a rate per block earns in a number of blocks: the one place where Rate x Blocks = Coin, truncated to
/// whole units (akash-chain.md section 5.3 step 4).
constexpr Amount accrue(Dec rate_per_block, Blocks blocks) {
  return rate_per_block.times(blocks.count).truncate();
}

}  // namespace souk
