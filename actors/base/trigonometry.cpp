#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "actors/base/double_double.hpp"
#include "actors/base/math.hpp"
#include "actors/base/money.hpp"

// Reduction is by exact integer arithmetic (after Payne and Hanek 1983) for every argument, so there is one
// path to trust instead of three.
namespace souk::math {
namespace {

/// The binary digits of 2 / pi, behind 64 zeros so that every window below begins inside.
constexpr std::array<std::uint64_t, 21> two_over_pi{0,
                                                    0xa2f9836e4e441529,
                                                    0xfc2757d1f534ddc0,
                                                    0xdb6295993c439041,
                                                    0xfe5163abdebbc561,
                                                    0xb7246e3a424dd2e0,
                                                    0x06492eea09d1921c,
                                                    0xfe1deb1cb129a73e,
                                                    0xe88235f52ebb4484,
                                                    0xe99c7026b45f7e41,
                                                    0x3991d639835339f4,
                                                    0x9c845f8bbdf9283b,
                                                    0x1ff897ffde05980f,
                                                    0xef2f118b5a0a6d1f,
                                                    0x6d367ecf27cb09b7,
                                                    0x4f463f669e5fea2d,
                                                    0x7527bac7ebe5f17b,
                                                    0x3d0739f78a5292ea,
                                                    0x6bfb5fb11f8d5d08,
                                                    0x56033046fc7b6bab,
                                                    0xf0cfbc209af4361d};

/// 64 digits of two_over_pi from digit `start` on.
constexpr std::uint64_t digits_at(std::size_t start) {
  const std::size_t word = start / 64;
  const std::size_t shift = start % 64;
  return shift == 0 ? two_over_pi[word] : two_over_pi[word] << shift | two_over_pi[word + 1] >> (64 - shift);
}

/// x = (quadrant + 4 n) pi/2 + angle, |angle| <= pi/4.
struct Reduced {
  unsigned quadrant;
  DoubleDouble angle;
};

/// REQUIRES: pi/4 <= x < infinity.
Reduced reduce_positive(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t mantissa = (bits & 0xfffffffffffffu) | 0x10000000000000u;
  const int exponent = static_cast<int>(bits >> 52) - 1075;  // x = mantissa * 2^exponent
  // mantissa x (the 192 digits that begin with weight 2^1 in the product), modulo 2^192: what is above only
  // adds whole turns, what is below is less than 2^-136 of a quarter turn.
  const auto start = static_cast<std::size_t>(exponent + 62);
  const u128 p0 = static_cast<u128>(mantissa) * digits_at(start);
  const u128 p1 = static_cast<u128>(mantissa) * digits_at(start + 64);
  const u128 p2 = static_cast<u128>(mantissa) * digits_at(start + 128);
  const u128 top = (p0 << 64) + p1 + (p2 >> 64);
  auto quadrant = static_cast<unsigned>(top >> 126);
  u128 fraction = top << 2 | static_cast<std::uint64_t>(p2) >> 62;  // of a quarter turn, 128 digits
  const bool negative = fraction >> 127 != 0;
  if (negative) {
    fraction = -fraction;
    ++quadrant;
  }
  SOUK_CHECK(fraction != 0);  // 2 x / pi is irrational; no double comes closer than 2^-62 to an integer
  const auto high_word = static_cast<std::uint64_t>(fraction >> 64);
  const int zeros = high_word != 0 ? std::countl_zero(high_word)
                                   : 64 + std::countl_zero(static_cast<std::uint64_t>(fraction));
  fraction <<= zeros;
  const double unit =
      std::bit_cast<double>(static_cast<std::uint64_t>(1023 - zeros) << 52) * (negative ? -1 : 1);
  const DoubleDouble turns{
      static_cast<double>(static_cast<std::uint64_t>(fraction >> 75)) * 0x1p-53 * unit,
      static_cast<double>(static_cast<std::uint64_t>(fraction << 53 >> 75)) * 0x1p-106 * unit};
  constexpr DoubleDouble half_pi{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
  return {quadrant, turns * half_pi};
}

Reduced reduce(double x) {
  const double size = std::fabs(x);
  if (size < pi / 4) return {0, {x, 0}};
  Reduced reduced = reduce_positive(size);
  if (x < 0) reduced = {0u - reduced.quadrant, {-reduced.angle.high, -reduced.angle.low}};
  return reduced;
}

double sin_of(DoubleDouble angle) {
  const double r = angle.high;
  const double z = r * r;
  const double series =
      1.0 / 120 +
      z * (-1.0 / 5040 +
           z * (1.0 / 362880 +
                z * (-1.0 / 39916800 +
                     z * (1.0 / 6227020800 + z * (-1.0 / 1307674368000 + z * (1.0 / 355687428096000))))));
  // r - r^3/6 + r^5 (...) + low cos(r)
  return r - ((z * (0.5 * angle.low - r * z * series) - angle.low) + r * z * (1.0 / 6));
}

double cos_of(DoubleDouble angle) {
  const double r = angle.high;
  const double z = r * r;
  const double series =
      1.0 / 24 +
      z * (-1.0 / 720 + z * (1.0 / 40320 + z * (-1.0 / 3628800 +
                                                z * (1.0 / 479001600 + z * (-1.0 / 87178291200 +
                                                                            z * (1.0 / 20922789888000))))));
  const double half = 0.5 * z;
  const double head = 1 - half;
  return head + (((1 - head) - half) + (z * (z * series) - r * angle.low));
}

double quarter_turn(Reduced reduced, unsigned offset) {
  switch ((reduced.quadrant + offset) & 3) {
    case 0: return sin_of(reduced.angle);
    case 1: return cos_of(reduced.angle);
    case 2: return -sin_of(reduced.angle);
    default: return -cos_of(reduced.angle);
  }
}

}  // namespace

double sin(double x) {
  if (!(std::fabs(x) < infinity)) return x - x;
  if (std::fabs(x) < 0x1p-27) return x;
  return quarter_turn(reduce(x), 0);
}

double cos(double x) {
  if (!(std::fabs(x) < infinity)) return x - x;
  return quarter_turn(reduce(x), 1);
}

}  // namespace souk::math
