#pragma once

/// Elementary functions that give the same bits on every machine. The C library's differ by version and by
/// CPU (it picks fused multiply-add kernels at run time), so whatever reaches a result uses these: only
/// + - * / and std::sqrt, in a fixed order, which IEEE 754 rounds one way. Within 1 ulp of the true value
/// unless stated; special values (NaN, infinities, zeros, domain errors) as in C99 annex F.
namespace souk::math {

inline constexpr double pi = 3.14159265358979323846;
inline constexpr double infinity = __builtin_huge_val();

double exp(double x);
/// exp(x) - 1 without cancellation near 0. Within 2 ulp.
double expm1(double x);
/// Natural logarithm. -infinity at 0, NaN below.
double log(double x);
/// log(1 + x) without cancellation near 0. Within 2 ulp.
double log1p(double x);
/// x to the power y.
double pow(double x, double y);

/// Radians, reduced exactly for every finite argument.
double sin(double x);
double cos(double x);

/// Error function and its complement. Within 4 ulp (erfc 8) where the result is normal.
double erf(double x);
double erfc(double x);

/// P(Z <= x) of a standard normal. Relative error below 1e-14 in both tails.
double normal_cdf(double x);
/// The x with normal_cdf(x) = p; +-infinity at 1 and 0, NaN outside. Relative error below 1e-14.
/// Strictly increasing up to rounding, so one uniform makes one normal and mirrored uniforms mirrored ones.
double normal_quantile(double p);

/// log Gamma(x) for x > 0 (NaN otherwise). Error below 2e-14 x max(1, |result|).
double log_gamma(double x);
/// Gamma(x) for x > 0. Relative error below 5e-13.
double gamma(double x);

}  // namespace souk::math
