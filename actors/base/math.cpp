#include "actors/base/math.hpp"

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>

#include "actors/base/double_double.hpp"

static_assert(FLT_EVAL_METHOD == 0, "doubles must be rounded to double after every operation");

namespace souk::math {
namespace {

constexpr double not_a_number = __builtin_nan("");
constexpr double log2_of_e = 0x1.71547652b82fep+0;
// log 2 in two parts; the first has 42 bits, so that its product with an exponent is exact.
constexpr double ln2_high = 0x1.62e42fefa38p-1;
constexpr double ln2_low = 0x1.ef35793c7673p-45;

/// 2^k for -1022 <= k <= 1023.
double power_of_two(int k) { return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52); }

/// x * 2^k with one rounding, for 0.5 < |x| < 2 and any k the callers have.
double scale(double x, int k) {
  if (k > 1023) return x * 0x1p1023 * power_of_two(k - 1023);
  if (k < -1022) return x * power_of_two(k + 60) * 0x1p-60;
  return x * power_of_two(k);
}

/// exp(r) - 1 - r for |r| <= 0.35: r^2/2! + r^3/3! + ..., even and odd powers apart for speed.
double exp_remainder(double r) {
  const double s = r * r;
  const double even =
      1.0 / 2 +
      s * (1.0 / 24 + s * (1.0 / 720 + s * (1.0 / 40320 + s * (1.0 / 3628800 + s * (1.0 / 479001600)))));
  const double odd =
      1.0 / 6 +
      s * (1.0 / 120 + s * (1.0 / 5040 + s * (1.0 / 362880 + s * (1.0 / 39916800 + s * (1.0 / 6227020800)))));
  return s * (even + r * odd);
}

/// x = k log 2 + r + tail, |r| <= log(2) / 2.
struct ExpReduction {
  int k;
  double r;
  double tail;
};
ExpReduction reduce_exp(double x) {
  const int k = static_cast<int>(x * log2_of_e + (x < 0 ? -0.5 : 0.5));
  const double high = x - k * ln2_high;  // exact
  const double low = k * ln2_low;
  const double r = high - low;
  return {k, r, (high - r) - low};
}

/// exp(x + extra) for a small `extra`.
double exp_of_sum(double x, double extra) {
  if (x > 710) return infinity;
  if (x < -746) return 0;
  const auto [k, r, tail] = reduce_exp(x);
  const double remainder = exp_remainder(r);
  const double small = (tail + extra) * (1 + (r + remainder));  // exp(r + small) - exp(r), to first order
  return scale(1 + (r + (remainder + small)), k);
}

/// x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2).
struct LogReduction {
  int k;
  double f;
};
/// REQUIRES: x > 0 and finite.
LogReduction reduce_log(double x) {
  int k = 0;
  if (x < DBL_MIN) {
    x *= 0x1p54;
    k = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  k += static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
  if (m > 0x1.6a09e667f3bcdp+0) {
    m *= 0.5;
    ++k;
  }
  return {k, m - 1};
}

/// log(1 + f) + k log 2 + extra, through s = f / (2 + f): log(1 + f) = 2 (s + s^3/3 + s^5/5 + ...)
/// = f - (f^2/2 - s (f^2/2 + R)), where what is rounded is small beside f.
double log_of_parts(int k, double f, double extra) {
  const double s = f / (2 + f);
  const double z = s * s;
  const double w = z * z;
  const double odd =
      2.0 / 3 + w * (2.0 / 7 + w * (2.0 / 11 + w * (2.0 / 15 + w * (2.0 / 19 + w * (2.0 / 23)))));
  const double even = 2.0 / 5 + w * (2.0 / 9 + w * (2.0 / 13 + w * (2.0 / 17 + w * (2.0 / 21))));
  const double half_square = 0.5 * f * f;
  const double correction = s * (half_square + z * (odd + z * even));
  return k * ln2_high - ((half_square - (correction + (k * ln2_low + extra))) - f);
}

/// log(x) to about 2^-65 of its value, for pow. REQUIRES: x > 0 and finite.
DoubleDouble log_in_two_parts(double x) {
  const auto [k, f] = reduce_log(x);
  const DoubleDouble divisor = two_sum(2, f);
  const double s_high = f / divisor.high;
  const DoubleDouble back = two_product(s_high, divisor.high);
  const double s_low = (((f - back.high) - back.low) - s_high * divisor.low) / divisor.high;
  const DoubleDouble s{s_high, s_low};
  const DoubleDouble z = s * s;
  // q = z (1/3 + z/5 + z^2/7 + ...), log(1 + f) = 2 (s + s q): what is below 1/3 may be rounded to double.
  const double t = z.high;
  const double below =
      t *
      (1.0 / 5 +
       t * (1.0 / 7 +
            t * (1.0 / 9 +
                 t * (1.0 / 11 +
                      t * (1.0 / 13 +
                           t * (1.0 / 15 +
                                t * (1.0 / 17 +
                                     t * (1.0 / 19 + t * (1.0 / 21 + t * (1.0 / 23 + t * (1.0 / 25)))))))))));
  constexpr DoubleDouble third{1.0 / 3, 0x1.5555555555555p-56};
  const DoubleDouble q = z * (third + below);
  const DoubleDouble half = s + s * q;
  const DoubleDouble exponent{k * ln2_high, k * ln2_low};
  return exponent + DoubleDouble{2 * half.high, 2 * half.low};
}

/// Whether y is an integer, and an odd one.
enum class Parity : std::uint8_t { not_integer, even, odd };
Parity parity(double y) {
  const double size = std::fabs(y);
  if (size >= 0x1p53) return Parity::even;
  if (std::trunc(size) != size) return Parity::not_integer;
  return (static_cast<std::uint64_t>(size) & 1) != 0 ? Parity::odd : Parity::even;
}

/// x^y for x > 0 finite, x != 1, y finite and not 0.
double pow_of_positive(double x, double y) {
  const double size = std::fabs(y);
  if (size > 0x1p64) return (x > 1) == (y > 0) ? infinity : 0;  // |log x| >= 2^-53 leaves no other answer
  if (size < 0x1p-65) return 1;
  const DoubleDouble l = log_in_two_parts(x);
  DoubleDouble exponent = two_product(y, l.high);
  exponent.low += y * l.low;
  return exp_of_sum(exponent.high, exponent.low);
}

}  // namespace

double exp(double x) {
  if (x != x) return x;
  return exp_of_sum(x, 0);
}

double expm1(double x) {
  if (x != x || x == 0) return x;  // keeps the sign of zero
  if (x > 710) return infinity;
  if (x < -40) return -1;
  const auto [k, r, tail] = reduce_exp(x);
  const double q = r + (exp_remainder(r) + tail);
  if (k == 0) return q;
  if (k > 56) return scale(1 + q, k);
  return (q + (1 - power_of_two(-k))) * power_of_two(k);
}

double log(double x) {
  if (x != x || x == infinity) return x;
  if (x == 0) return -infinity;
  if (x < 0) return not_a_number;
  const auto [k, f] = reduce_log(x);
  return log_of_parts(k, f, 0);
}

double log1p(double x) {
  if (x != x || x == infinity || std::fabs(x) < 0x1p-54) return x;
  if (x == -1) return -infinity;
  if (x < -1) return not_a_number;
  if (x > -0.29 && x < 0.41) return log_of_parts(0, x, 0);
  const double u = 1 + x;
  const double lost = x >= 1 ? 1 - (u - x) : x - (u - 1);
  const auto [k, f] = reduce_log(u);
  return log_of_parts(k, f, lost / u);
}

double pow(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return not_a_number;
  const double size = std::fabs(x);
  if (std::fabs(y) == infinity) return size == 1 ? 1 : (size > 1) == (y > 0) ? infinity : 0;
  const Parity kind = parity(y);
  const double sign = std::signbit(x) && kind == Parity::odd ? -1 : 1;
  if (size == 0) return sign * (y > 0 ? 0 : infinity);
  if (size == infinity) return sign * (y > 0 ? infinity : 0);
  if (x < 0 && kind == Parity::not_integer) return not_a_number;
  return size == 1 ? sign : sign * pow_of_positive(size, y);
}

}  // namespace souk::math
