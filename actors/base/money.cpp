#include "actors/base/money.hpp"

#include <bit>
#include <cmath>

namespace souk {
namespace {

constexpr auto scale_u64 = static_cast<std::uint64_t>(Dec::scale);
constexpr u128 max_magnitude = ~static_cast<u128>(0) >> 1;  // of a signed 128-bit number

/// 256 bits, least significant limb first: |a x b| and |a x 10^36| of two 128-bit numbers.
using Wide = std::array<std::uint64_t, 4>;

constexpr std::uint64_t low_half(u128 x) { return static_cast<std::uint64_t>(x); }
constexpr std::uint64_t high_half(u128 x) { return static_cast<std::uint64_t>(x >> 64); }

constexpr u128 magnitude(i128 x) { return x < 0 ? -static_cast<u128>(x) : static_cast<u128>(x); }

Wide multiply(u128 a, u128 b) {
  const u128 low = static_cast<u128>(low_half(a)) * low_half(b);
  const u128 cross_ab = static_cast<u128>(low_half(a)) * high_half(b);
  const u128 cross_ba = static_cast<u128>(high_half(a)) * low_half(b);
  const u128 high = static_cast<u128>(high_half(a)) * high_half(b);
  const u128 middle = static_cast<u128>(high_half(low)) + low_half(cross_ab) + low_half(cross_ba);
  const u128 top = high + high_half(cross_ab) + high_half(cross_ba) + high_half(middle);
  return {low_half(low), low_half(middle), low_half(top), high_half(top)};
}

/// `number` /= `divisor`; returns the remainder.
std::uint64_t divide(Wide& number, std::uint64_t divisor) {
  u128 remainder = 0;
  for (std::size_t i = number.size(); i-- > 0;) {
    const u128 current = remainder << 64 | number[i];
    number[i] = low_half(current / divisor);
    remainder = current % divisor;
  }
  return low_half(remainder);
}

/// Quotient by a divisor of two limbs: Knuth, TAOCP vol. 2, 4.3.1, algorithm D. REQUIRES: divisor >= 2^64.
Wide divide_by_two_limbs(const Wide& number, u128 divisor) {
  const int shift = std::countl_zero(high_half(divisor));
  const u128 v = divisor << shift;
  std::array<std::uint64_t, 5> u{};
  for (std::size_t i = 0; i < 4; ++i) {
    const u128 shifted = static_cast<u128>(number[i]) << shift;
    u[i] |= low_half(shifted);
    u[i + 1] = high_half(shifted);
  }
  Wide quotient{};
  for (std::size_t j = 3; j-- > 0;) {
    const u128 top = static_cast<u128>(u[j + 2]) << 64 | u[j + 1];
    u128 digit = top / high_half(v);
    u128 rest = top % high_half(v);
    while (high_half(digit) != 0 || digit * low_half(v) > (rest << 64 | u[j])) {
      --digit;
      rest += high_half(v);
      if (high_half(rest) != 0) break;
    }
    // Subtract digit x v from u[j..j+2]; if that went below zero the digit was one too large.
    const u128 p0 = static_cast<u128>(low_half(digit)) * low_half(v);
    const u128 p1 = static_cast<u128>(low_half(digit)) * high_half(v) + high_half(p0);
    u128 t = static_cast<u128>(u[j]) - low_half(p0);
    u[j] = low_half(t);
    t = static_cast<u128>(u[j + 1]) - low_half(p1) - (high_half(t) & 1);
    u[j + 1] = low_half(t);
    t = static_cast<u128>(u[j + 2]) - high_half(p1) - (high_half(t) & 1);
    u[j + 2] = low_half(t);
    if (high_half(t) != 0) {
      --digit;
      t = static_cast<u128>(u[j]) + low_half(v);
      u[j] = low_half(t);
      t = static_cast<u128>(u[j + 1]) + high_half(v) + high_half(t);
      u[j + 1] = low_half(t);
      u[j + 2] += high_half(t);
    }
    quotient[j] = low_half(digit);
  }
  return quotient;
}

/// |a| x 10^36 / |b|, truncated: 18 decimals more than the result has. LegacyDec.Quo rounds this, so a
/// quotient whose 19th to 36th decimals read 5000... goes to even even if more digits follow.
Wide quotient_of_36_decimals(Dec a, Dec b) {
  SOUK_CHECK(!b.is_zero());
  Wide number = multiply(magnitude(a.raw()), static_cast<u128>(scale_u64) * scale_u64);
  const u128 divisor = magnitude(b.raw());
  if (high_half(divisor) != 0) return divide_by_two_limbs(number, divisor);
  divide(number, low_half(divisor));
  return number;
}

enum class Rounding : std::uint8_t { half_even, toward_zero };

/// Drops the last 18 of 36 decimals.
Dec drop_decimals(Wide number, bool negative, Rounding rounding) {
  const std::uint64_t remainder = divide(number, scale_u64);
  SOUK_CHECK(number[2] == 0 && number[3] == 0);
  u128 value = static_cast<u128>(number[1]) << 64 | number[0];
  if (rounding == Rounding::half_even) {
    const std::uint64_t half = scale_u64 / 2;
    if (remainder > half || (remainder == half && (value & 1) != 0)) ++value;
  }
  SOUK_CHECK(value <= max_magnitude);
  const auto raw = static_cast<i128>(value);
  return Dec::from_raw(negative ? -raw : raw);
}

Unexpected<Error> bad_decimal(std::string_view text, std::string_view why) {
  std::string shown;
  for (const char c : text.substr(0, 48)) shown += c >= ' ' && c <= '~' ? c : '?';
  if (text.size() > 48) shown += "...";
  return fail("'" + shown + "' " + std::string(why));
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view denom_name(Denom denom) {
  switch (denom) {
    case Denom::uakt: return "uakt";
    case Denom::uact: return "uact";
    case Denom::uusdc: return "uusdc";
  }
  check_failed("a Denom is one of the known ones", __FILE__, __LINE__);
}

Result<Denom> parse_denom(std::string_view name) {
  for (const Denom denom : all_denoms) {
    if (name == denom_name(denom)) return denom;
  }
  return bad_decimal(name, "is not a known denomination; known are uakt, uact, uusdc");
}

Result<Dec> Dec::parse(std::string_view text) {
  constexpr std::size_t decimals_max = 18;
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  const std::size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  const std::string_view decimals = point == std::string_view::npos ? "" : rest.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && decimals.empty()))
    return bad_decimal(text, "is not a decimal number such as 12 or -0.5");
  i128 raw = 0;
  const auto append = [&raw](int digit) {  // away from zero is checked on the positive side
    return !__builtin_mul_overflow(raw, static_cast<i128>(10), &raw) &&
           !__builtin_add_overflow(raw, static_cast<i128>(digit), &raw);
  };
  for (const std::string_view digits : {whole, decimals}) {
    for (const char c : digits) {
      if (!is_digit(c)) return bad_decimal(text, "is not a decimal number such as 12 or -0.5");
    }
  }
  if (decimals.size() > decimals_max) return bad_decimal(text, "has more than 18 decimals");
  bool fits = true;
  for (const char c : whole) fits = fits && append(c - '0');
  for (std::size_t i = 0; i < decimals_max; ++i)
    fits = fits && append(i < decimals.size() ? decimals[i] - '0' : 0);
  if (!fits) return bad_decimal(text, "is out of range; at most 1.7e20 fits");
  return Dec(negative ? -raw : raw);
}

Dec Dec::nearest(double value) {
  SOUK_CHECK(std::fabs(value) < 1e20);  // refuses NaN too
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(value), &exponent);  // exact
  // value = mantissa x 2^shift, mantissa of 53 bits; times 10^18 it has at most 113.
  const auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  const int shift = exponent - 53;
  u128 scaled = static_cast<u128>(mantissa) * scale_u64;
  if (shift >= 0) {
    scaled <<= shift;  // below 10^38 by the precondition
  } else if (shift < -113) {
    scaled = 0;  // below half of the last decimal
  } else {
    const u128 remainder = scaled & ((static_cast<u128>(1) << -shift) - 1);
    const u128 half = static_cast<u128>(1) << (-shift - 1);
    scaled >>= -shift;
    if (remainder > half || (remainder == half && (scaled & 1) != 0)) ++scaled;
  }
  const auto raw = static_cast<i128>(scaled);
  return Dec(std::signbit(value) ? -raw : raw);
}

std::string Dec::to_string() const {
  const u128 value = magnitude(raw_);
  const auto decimals = std::to_string(static_cast<std::uint64_t>(value % scale_u64));
  u128 whole = value / scale_u64;  // at most 21 digits
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(whole % 10)));
    whole /= 10;
  } while (whole != 0);
  return (is_negative() ? "-" : "") + digits + '.' + std::string(18 - decimals.size(), '0') + decimals;
}

Dec Dec::mul(Dec a, Dec b) {
  return drop_decimals(multiply(magnitude(a.raw_), magnitude(b.raw_)), a.is_negative() != b.is_negative(),
                       Rounding::half_even);
}

Dec Dec::mul_truncate(Dec a, Dec b) {
  return drop_decimals(multiply(magnitude(a.raw_), magnitude(b.raw_)), a.is_negative() != b.is_negative(),
                       Rounding::toward_zero);
}

Dec Dec::quo(Dec a, Dec b) {
  return drop_decimals(quotient_of_36_decimals(a, b), a.is_negative() != b.is_negative(),
                       Rounding::half_even);
}

Dec Dec::quo_truncate(Dec a, Dec b) {
  return drop_decimals(quotient_of_36_decimals(a, b), a.is_negative() != b.is_negative(),
                       Rounding::toward_zero);
}

namespace {

/// |a x count| / |b| as a whole number and a remainder below |b|, both exact.
struct WholeAndRest {
  u128 whole;
  u128 rest;
};

WholeAndRest divide_product(Dec a, std::int64_t count, Dec b) {
  SOUK_CHECK(!b.is_zero());
  Wide number = multiply(magnitude(a.raw()), magnitude(count));
  const u128 low = static_cast<u128>(number[1]) << 64 | number[0];
  const u128 divisor = magnitude(b.raw());
  if (high_half(divisor) != 0)
    number = divide_by_two_limbs(number, divisor);
  else
    divide(number, low_half(divisor));
  SOUK_CHECK(number[2] == 0 && number[3] == 0);
  const u128 whole = static_cast<u128>(number[1]) << 64 | number[0];
  return {whole, low - whole * divisor};  // modulo 2^128, and the remainder is below it
}

/// The quotient in whole units and decimals; the decimals are rounded apart, which changes nothing.
Dec join(WholeAndRest quotient, Dec decimals, bool negative) {
  SOUK_CHECK(quotient.whole <= max_magnitude / scale_u64);
  const Dec value = Dec::from_raw(static_cast<i128>(quotient.whole * scale_u64)) + decimals;
  return negative ? -value : value;
}

}  // namespace

Dec Dec::times_quo(Dec a, std::int64_t count, Dec b) {
  const WholeAndRest q = divide_product(a, count, b);
  const bool negative = (a.is_negative() != (count < 0)) != b.is_negative();
  return join(q, quo(Dec(static_cast<i128>(q.rest)), Dec(b.is_negative() ? -b.raw_ : b.raw_)), negative);
}

Dec Dec::times_quo_truncate(Dec a, std::int64_t count, Dec b) {
  const WholeAndRest q = divide_product(a, count, b);
  const bool negative = (a.is_negative() != (count < 0)) != b.is_negative();
  return join(q, quo_truncate(Dec(static_cast<i128>(q.rest)), Dec(b.is_negative() ? -b.raw_ : b.raw_)),
              negative);
}

Dec Dec::quo_round_up(Dec a, Dec b) {
  SOUK_CHECK(!a.is_negative() && b > Dec{});
  Wide number = quotient_of_36_decimals(a, b);
  const std::uint64_t remainder = divide(number, scale_u64);
  SOUK_CHECK(number[2] == 0 && number[3] == 0);
  u128 value = static_cast<u128>(number[1]) << 64 | number[0];
  if (remainder != 0) ++value;
  SOUK_CHECK(value <= max_magnitude);
  return Dec(static_cast<i128>(value));
}

}  // namespace souk
