#include <array>
#include <cmath>

#include "actors/base/double_double.hpp"
#include "actors/base/math.hpp"

namespace souk::math {
namespace {

constexpr double not_a_number = __builtin_nan("");

template <std::size_t n>
double polynomial(const std::array<double, n>& coefficients, double x) {
  double sum = coefficients[n - 1];
  for (std::size_t i = n - 1; i-- > 0;) sum = sum * x + coefficients[i];
  return sum;
}

/// erf for |x| <= 1/2: 2/sqrt(pi) (x - x^3/(1! 3) + x^5/(2! 5) - ...).
double erf_series(double x) {
  constexpr double two_over_sqrt_pi = 0x1.20dd750429b6dp+0;
  constexpr std::array<double, 13> coefficients{1.0,
                                                -1.0 / 3,
                                                1.0 / 10,
                                                -1.0 / 42,
                                                1.0 / 216,
                                                -1.0 / 1320,
                                                1.0 / 9360,
                                                -1.0 / 75600,
                                                1.0 / 685440,
                                                -1.0 / 6894720,
                                                1.0 / 76204800,
                                                -1.0 / 918086400,
                                                1.0 / 11975040000};
  return two_over_sqrt_pi * x * polynomial(coefficients, x * x);
}

/// erfc(x) / exp(-square) for x >= 1/2, square = x^2: the trapezoidal rule with step 1/2 on the integral of
/// exp(-t^2) / (x^2 + t^2), which is exact to exp(-4 pi^2), and its pole's residue (Chiarella and Reichel
/// 1968).
double erfc_ratio(double x, double square, double exp_minus_square) {
  constexpr std::array<double, 12> exp_minus_quarter_squares{
      // exp(-k^2 / 4), k = 1 ...
      0x1.8ebef9eac820bp-1,  0x1.78b56362cef38p-2,  0x1.afb718e8457f7p-4,  0x1.2c155b8213cf4p-6,
      0x1.fa0e9586aebc7p-10, 0x1.02cf22526545ap-13, 0x1.411fb0da07713p-18, 0x1.e355bbaee85cbp-24,
      0x1.b93de1e27ca3bp-30, 0x1.e8a37a45fc32ep-37, 0x1.4835bd010a41bp-44, 0x1.0b6c3afdde064p-52};
  double sum = 0;
  for (std::size_t i = exp_minus_quarter_squares.size(); i-- > 0;) {
    const auto k = static_cast<double>(i + 1);
    sum += exp_minus_quarter_squares[i] / (square + 0.25 * k * k);
  }
  const double trapezoid = x * (0.5 / pi) * (1 / square + 2 * sum);
  if (x > 6)
    return trapezoid;  // from 2 pi on the pole is outside the contour, and already here it is below 2^-56
  return trapezoid - 2 / (expm1(4 * pi * x) * exp_minus_square);
}

/// exp(-(a + b)) for the two parts of an exact square.
double exp_minus(DoubleDouble square) { return exp(-square.high) * (1 - square.low); }

double erfc_of_positive(double x) {
  if (x > 28) return 0;
  const DoubleDouble square = two_product(x, x);
  const double factor = exp_minus(square);
  return factor * erfc_ratio(x, square.high, factor);
}

/// Wichura's rational approximations (Applied Statistics 37 (1988), algorithm AS 241, PPND16).
double quantile_near_median(double q) {
  constexpr std::array<double, 8> a{3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                    1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                    3.3430575583588128105e4, 2.5090809287301226727e3};
  constexpr std::array<double, 8> b{1.0,
                                    4.2313330701600911252e1,
                                    6.8718700749205790830e2,
                                    5.3941960214247511077e3,
                                    2.1213794301586595867e4,
                                    3.9307895800092710610e4,
                                    2.8729085735721942674e4,
                                    5.2264952788528545610e3};
  const double r = 0.180625 - q * q;
  return q * polynomial(a, r) / polynomial(b, r);
}

/// The size of the quantile of tail probability p <= 0.075.
double quantile_in_tail(double p) {
  constexpr std::array<double, 8> c{1.42343711074968357734e0,  4.63033784615654529590e0,
                                    5.76949722146069140550e0,  3.64784832476320460504e0,
                                    1.27045825245236838258e0,  2.41780725177450611770e-1,
                                    2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array<double, 8> d{1.0,
                                    2.05319162663775882187e0,
                                    1.67638483018380384940e0,
                                    6.89767334985100004550e-1,
                                    1.48103976427480074590e-1,
                                    1.51986665636164571966e-2,
                                    5.47593808499534494600e-4,
                                    1.05075007164441684324e-9};
  constexpr std::array<double, 8> e{6.65790464350110377720e0,  5.46378491116411436990e0,
                                    1.78482653991729133580e0,  2.96560571828504891230e-1,
                                    2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                    2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr std::array<double, 8> f{1.0,
                                    5.99832206555887937690e-1,
                                    1.36929880922735805310e-1,
                                    1.48753612908506148525e-2,
                                    7.86869131145613259100e-4,
                                    1.84631831751005468180e-5,
                                    1.42151175831644588870e-7,
                                    2.04426310338993978564e-15};
  const double r = std::sqrt(-log(p));
  return r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6)
                : polynomial(e, r - 5) / polynomial(f, r - 5);
}

}  // namespace

double erf(double x) {
  if (x != x) return x;
  const double size = std::fabs(x);
  if (size <= 0.5) return erf_series(x);
  return std::copysign(1 - erfc_of_positive(size), x);
}

double erfc(double x) {
  if (x != x) return x;
  if (std::fabs(x) <= 0.5) return 1 - erf_series(x);
  return x > 0 ? erfc_of_positive(x) : 2 - erfc_of_positive(-x);
}

double normal_cdf(double x) {
  if (x != x) return x;
  constexpr double sqrt_half = 0x1.6a09e667f3bcdp-1;
  const double z = std::fabs(x) * sqrt_half;
  if (z <= 0.5) return 0.5 + 0.5 * std::copysign(erf_series(z), x);
  if (x < -39) return 0;
  if (x > 9) return 1;
  // From the exact square of x, not the rounded one of z: far out that is all the difference.
  const DoubleDouble square = two_product(x, x);
  const double factor = exp_minus({0.5 * square.high, 0.5 * square.low});
  const double tail = 0.5 * factor * erfc_ratio(z, 0.5 * square.high, factor);
  return x < 0 ? tail : 1 - tail;
}

double normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return not_a_number;
  if (p == 0) return -infinity;
  if (p == 1) return infinity;
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) return quantile_near_median(q);
  return q < 0 ? -quantile_in_tail(p) : quantile_in_tail(1 - p);
}

double log_gamma(double x) {
  if (x == infinity) return x;
  if (!(x > 0)) return not_a_number;
  // Up by log Gamma(x) = log Gamma(x + 1) - log x to where Stirling's series converges.
  double product = 1;
  for (; x < 13; x += 1) product *= x;
  constexpr std::array<double, 8> stirling{1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                           1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
  constexpr double half_log_two_pi = 0.91893853320467274178;
  const double correction = polynomial(stirling, 1 / (x * x)) / x;
  return (x - 0.5) * log(x) - x + half_log_two_pi + correction - log(product);
}

double gamma(double x) { return exp(log_gamma(x)); }

}  // namespace souk::math
