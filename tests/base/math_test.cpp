#include "actors/base/math.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "actors/base/hash.hpp"
#include "actors/base/rng.hpp"

namespace souk {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double nan_value = std::nan("");

double ulp(double x) { return std::nextafter(std::fabs(x), inf) - std::fabs(x); }

/// Distance in ulps of `expected`; 0 for equal infinities and for two NaNs.
double ulps(double got, double expected) {
  if (std::isnan(expected)) return std::isnan(got) ? 0 : inf;
  if (got == expected) return 0;
  return std::fabs(got - expected) / ulp(expected);
}

using Function = std::function<double(double)>;

double worst_ulps(const Function& ours, const Function& theirs, double low, double high,
                  std::uint64_t index) {
  Rng rng(1, ActorId{0}, Purpose::test, index);
  double worst = 0;
  for (int i = 0; i < 50'000; ++i) {
    const double x = low + (high - low) * rng.uniform();
    worst = std::max(worst, ulps(ours(x), theirs(x)));
  }
  return worst;
}

/// Doubles of every exponent between 2^low and 2^high, of both signs if asked.
double worst_ulps_of_all_scales(const Function& ours, const Function& theirs, int low, int high,
                                bool negative) {
  Rng rng(2, ActorId{0}, Purpose::test, 0);
  double worst = 0;
  for (int exponent = low; exponent < high; ++exponent) {
    for (int i = 0; i < 50; ++i) {
      const double x = std::ldexp(1 + rng.uniform(), exponent);
      worst = std::max(worst, ulps(ours(x), theirs(x)));
      if (negative) worst = std::max(worst, ulps(ours(-x), theirs(-x)));
    }
  }
  return worst;
}

// The C library is itself within 1 ulp, so two right answers differ by 2 at most.
TEST(Math, ExpAgreesWithTheLibrary) {
  const auto ours = [](double x) { return math::exp(x); };
  const auto theirs = [](double x) { return std::exp(x); };
  EXPECT_LE(worst_ulps(ours, theirs, -745, 709.78, 1), 2);
  EXPECT_LE(worst_ulps(ours, theirs, -2, 2, 2), 2);
  EXPECT_LE(worst_ulps_of_all_scales(ours, theirs, -1074, 10, true), 2);
}

TEST(Math, ExpAtItsEdges) {
  EXPECT_EQ(math::exp(0), 1);
  EXPECT_EQ(math::exp(-0.0), 1);
  EXPECT_EQ(math::exp(inf), inf);
  EXPECT_EQ(math::exp(-inf), 0);
  EXPECT_EQ(math::exp(709.79), inf);
  EXPECT_EQ(math::exp(-745.2), 0);
  EXPECT_EQ(math::exp(1e300), inf);
  EXPECT_EQ(math::exp(-1e300), 0);
  EXPECT_GT(math::exp(-745.1), 0);
  EXPECT_LT(math::exp(709.78), inf);
  EXPECT_TRUE(std::isnan(math::exp(nan_value)));
}

TEST(Math, Expm1AgreesWithTheLibrary) {
  const auto ours = [](double x) { return math::expm1(x); };
  const auto theirs = [](double x) { return std::expm1(x); };
  EXPECT_LE(worst_ulps(ours, theirs, -40, 40, 3), 3);
  EXPECT_LE(worst_ulps(ours, theirs, -1, 1, 4), 3);
  EXPECT_LE(worst_ulps_of_all_scales(ours, theirs, -1060, 9, true), 3);
  EXPECT_EQ(math::expm1(-inf), -1);
  EXPECT_EQ(math::expm1(800), inf);
  EXPECT_TRUE(std::signbit(math::expm1(-0.0)));
}

TEST(Math, LogAgreesWithTheLibrary) {
  const auto ours = [](double x) { return math::log(x); };
  const auto theirs = [](double x) { return std::log(x); };
  EXPECT_LE(worst_ulps(ours, theirs, 0, 10, 5), 2);
  EXPECT_LE(worst_ulps(ours, theirs, 0.999, 1.001, 6), 2);
  EXPECT_LE(worst_ulps_of_all_scales(ours, theirs, -1074, 1023, false), 2);
  EXPECT_EQ(math::log(1), 0);
  EXPECT_EQ(math::log(0), -inf);
  EXPECT_EQ(math::log(inf), inf);
  EXPECT_TRUE(std::isnan(math::log(-1)));
  EXPECT_TRUE(std::isnan(math::log(nan_value)));
}

TEST(Math, Log1pAgreesWithTheLibrary) {
  const auto ours = [](double x) { return math::log1p(x); };
  const auto theirs = [](double x) { return std::log1p(x); };
  EXPECT_LE(worst_ulps(ours, theirs, -1, 3, 7), 2);
  EXPECT_LE(worst_ulps_of_all_scales(ours, theirs, -1060, 1023, false), 2);
  EXPECT_EQ(math::log1p(-1), -inf);
  EXPECT_TRUE(std::isnan(math::log1p(-2)));
  EXPECT_TRUE(std::signbit(math::log1p(-0.0)));
}

TEST(Math, PowAgreesWithTheLibraryWhereErrorsOfTheLogarithmWouldBeMultiplied) {
  Rng rng(3, ActorId{0}, Purpose::test, 0);
  double worst = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = i % 2 == 0 ? std::ldexp(1 + rng.uniform(), static_cast<int>(rng.below(2000)) - 1000)
                                : 1 + (rng.uniform() - 0.5) * std::ldexp(1, -static_cast<int>(rng.below(40)));
    const double y = (1450 * rng.uniform() - 742) / std::log(x);
    worst = std::max(worst, ulps(math::pow(x, y), std::pow(x, y)));
  }
  EXPECT_LE(worst, 2);
}

TEST(Math, PowIsExactOnSmallIntegers) {
  for (int base = 1; base <= 12; ++base) {
    double product = 1;
    for (int n = 0; n <= 13; ++n, product *= base) {
      EXPECT_EQ(math::pow(base, n), product);
      EXPECT_EQ(math::pow(-base, n), n % 2 == 0 ? product : -product);
    }
  }
  EXPECT_EQ(math::pow(2, -1074), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(math::pow(4, 0.5), 2);
}

TEST(Math, PowHasTheSpecialValuesOfC99) {
  const std::vector<double> values{-inf, -1e300, -3,  -2.5, -2,    -1,     -0.5,       -0.0, 0.0,      0.5,
                                   1,    2,      2.5, 3,    1e300, 0x1p53, 0x1p53 + 2, inf,  nan_value};
  for (const double x : values) {
    for (const double y : values) {
      const double got = math::pow(x, y);
      const double expected = std::pow(x, y);
      EXPECT_LE(ulps(got, expected), 1) << x << " ^ " << y;
      EXPECT_EQ(std::signbit(got), std::isnan(expected) ? std::signbit(got) : std::signbit(expected))
          << x << " ^ " << y;
    }
  }
}

TEST(Math, SineAndCosineAgreeWithTheLibraryAtEveryScale) {
  const auto sine = [](double x) { return math::sin(x); };
  const auto cosine = [](double x) { return math::cos(x); };
  EXPECT_LE(worst_ulps(sine, [](double x) { return std::sin(x); }, -20, 20, 8), 2);
  EXPECT_LE(worst_ulps(cosine, [](double x) { return std::cos(x); }, -20, 20, 9), 2);
  EXPECT_LE(worst_ulps_of_all_scales(sine, [](double x) { return std::sin(x); }, -1060, 1023, true), 2);
  EXPECT_LE(worst_ulps_of_all_scales(cosine, [](double x) { return std::cos(x); }, -1060, 1023, true), 2);
}

TEST(Math, SineAndCosineNearMultiplesOfAQuarterTurn) {
  for (int k = 1; k < 5000; ++k) {
    const double x = k * (math::pi / 2);
    ASSERT_LE(ulps(math::sin(x), std::sin(x)), 2) << k;
    ASSERT_LE(ulps(math::cos(x), std::cos(x)), 2) << k;
  }
  // The double closest to a multiple of pi/2, relative to its size: 62 bits cancel.
  const double hardest = 6381956970095103.0 * 0x1p797;
  EXPECT_LE(ulps(math::cos(hardest), -4.687165924254627611122582801963884e-19), 1);
  EXPECT_TRUE(std::isnan(math::sin(inf)));
  EXPECT_TRUE(std::isnan(math::cos(nan_value)));
  EXPECT_TRUE(std::signbit(math::sin(-0.0)));
}

TEST(Math, ErrorFunctionsAgreeWithTheLibrary) {
  EXPECT_LE(
      worst_ulps([](double x) { return math::erf(x); }, [](double x) { return std::erf(x); }, -6, 6, 10), 4);
  EXPECT_LE(
      worst_ulps([](double x) { return math::erfc(x); }, [](double x) { return std::erfc(x); }, -6, 26, 11),
      8);
  EXPECT_EQ(math::erf(inf), 1);
  EXPECT_EQ(math::erfc(-inf), 2);
  EXPECT_EQ(math::erfc(100), 0);
  EXPECT_DOUBLE_EQ(math::erf(0.5), 0.5204998778130465377);
}

TEST(Math, NormalQuantileHasTheTabulatedValues) {  // 50-digit values
  EXPECT_EQ(math::normal_quantile(0.5), 0);
  EXPECT_NEAR(math::normal_quantile(0.975), 1.959963984540053855604, 4e-15);
  EXPECT_NEAR(math::normal_quantile(0.995), 2.575829303548900453857, 5e-15);
  EXPECT_NEAR(math::normal_quantile(1e-10) / -6.3613409024040561991, 1, 2e-15);
  EXPECT_NEAR(math::normal_quantile(1e-300) / -37.047096299361199237, 1, 2e-15);
  EXPECT_EQ(math::normal_quantile(0), -inf);
  EXPECT_EQ(math::normal_quantile(1), inf);
  EXPECT_TRUE(std::isnan(math::normal_quantile(-0.1)));
  EXPECT_TRUE(std::isnan(math::normal_quantile(1.1)));
  EXPECT_TRUE(std::isnan(math::normal_quantile(nan_value)));
}

TEST(Math, NormalQuantileInvertsTheNormalCdf) {
  for (double x = -37; x <= 8; x += 0.0137) {
    const double p = math::normal_cdf(x);
    // How well x can be known from the double p: its half ulp divided by the density.
    const double known = ulp(p) / (std::exp(-0.5 * x * x) / std::sqrt(2 * math::pi));
    ASSERT_NEAR(math::normal_quantile(p), x, 4 * known + 1e-14 * (1 + std::fabs(x))) << x;
  }
  EXPECT_EQ(math::normal_cdf(0), 0.5);
  EXPECT_NEAR(math::normal_cdf(-37) / 5.725571222524577e-300, 1, 1e-13);
  EXPECT_EQ(math::normal_cdf(inf), 1);
  EXPECT_EQ(math::normal_cdf(-inf), 0);
}

TEST(Math, NormalQuantileIsMonotoneAndOddAcrossItsPieces) {
  double previous = -inf;
  for (int i = 1; i < 200'000; ++i) {
    const double p = i / 200'000.0;
    const double x = math::normal_quantile(p);
    ASSERT_GT(x, previous) << p;
    previous = x;
  }
  for (int i = 1; i < 1000; ++i) {
    const double p = std::ldexp(i, -11);  // 1 - p is exact
    EXPECT_EQ(math::normal_quantile(p), -math::normal_quantile(1 - p));
  }
}

TEST(Math, LogGammaAgreesWithTheLibraryAndTheFactorials) {
  Rng rng(4, ActorId{0}, Purpose::test, 0);
  for (int i = 0; i < 50'000; ++i) {
    const double x = i % 2 == 0 ? 40 * rng.uniform()
                                : std::ldexp(1 + rng.uniform(), static_cast<int>(rng.below(1900)) - 950);
    const double expected = std::lgamma(x);
    ASSERT_NEAR(math::log_gamma(x), expected, 2e-14 * std::max(1.0, std::fabs(expected))) << x;
  }
  double factorial = 1;
  for (int n = 1; n < 170; factorial *= n++) EXPECT_NEAR(math::gamma(n) / factorial, 1, 5e-13) << n;
  EXPECT_NEAR(math::gamma(0.5), std::sqrt(math::pi), 1e-14);
  EXPECT_TRUE(std::isnan(math::log_gamma(0)));
  EXPECT_TRUE(std::isnan(math::log_gamma(-1.5)));
}

/// Every bit of 20,000 results of each function: another machine or compiler must come to the same digest.
TEST(Math, ResultsArePinnedToTheBit) {
  StreamHash hash;
  Rng rng(6, ActorId{0}, Purpose::test, 0);
  for (int i = 0; i < 20'000; ++i) {
    const double u = rng.uniform();
    const auto exponent = static_cast<int>(rng.below(1800)) - 900;  // drawn first: arguments have no order
    const double wide = std::ldexp(1 + rng.uniform(), exponent);
    for (const double result :
         {math::exp(1400 * u - 700), math::expm1(80 * u - 40), math::log(wide), math::log1p(wide),
          math::pow(wide, 2 * u - 1), math::sin(wide), math::cos(wide), math::erf(8 * u - 4),
          math::erfc(30 * u - 3), math::normal_cdf(50 * u - 40), math::normal_quantile(u),
          math::log_gamma(wide)})
      hash.add(std::bit_cast<std::uint64_t>(result));
  }
  EXPECT_EQ(hash.hex(), "ff914245e777225e17385c5793e891ce");
}

}  // namespace
}  // namespace souk
