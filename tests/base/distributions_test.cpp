#include "actors/base/distributions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "actors/base/hash.hpp"
#include "actors/base/math.hpp"

namespace souk {
namespace {

Distribution make(Distribution::Kind kind) { return Distribution::make(std::move(kind)).value(); }

std::vector<double> draw(const Distribution& distribution, std::size_t count, std::uint64_t index = 0) {
  Rng rng(1, ActorId{1}, Purpose::test, index);
  std::vector<double> draws(count);
  for (double& x : draws) x = distribution.sample(rng);
  return draws;
}

/// Regularised lower incomplete gamma function by its series: the cdf of Gamma{a, 1}.
double incomplete_gamma(double a, double x) {
  if (x <= 0) return 0;
  double term = std::exp(a * std::log(x) - x - std::lgamma(a + 1));
  double sum = 0;
  for (int n = 1; n < 2000 && term > 1e-18 * sum; ++n) {
    sum += term;
    term *= x / (a + n);
  }
  return std::min(sum, 1.0);
}

struct Continuous {
  std::string name;
  Distribution distribution;
  std::function<double(double)> cdf;
};

std::vector<Continuous> continuous() {
  const LogNormal measured = LogNormal::of_mean_cv(4, 2);
  return {
      {"uniform", make(Uniform{-2, 3}), [](double x) { return std::clamp((x + 2) / 5, 0.0, 1.0); }},
      {"exponential", make(Exponential{2.5}), [](double x) { return -std::expm1(-x / 2.5); }},
      {"normal", make(Normal{-1, 3}), [](double x) { return 0.5 * std::erfc(-(x + 1) / 3 / std::sqrt(2)); }},
      {"lognormal", make(LogNormal{0.3, 0.5}),
       [](double x) { return 0.5 * std::erfc(-(std::log(x) - 0.3) / 0.5 / std::sqrt(2)); }},
      {"lognormal by mean and cv", make(measured),
       [measured](double x) {
         return 0.5 * std::erfc(-(std::log(x) - measured.mu) / measured.sigma / std::sqrt(2));
       }},
      {"gamma below 1", make(Gamma{0.3, 2}), [](double x) { return incomplete_gamma(0.3, x / 2); }},
      {"gamma 1", make(Gamma{1, 2}), [](double x) { return -std::expm1(-x / 2); }},
      {"gamma above 1", make(Gamma{4.5, 0.5}), [](double x) { return incomplete_gamma(4.5, x / 0.5); }},
      {"weibull below 1", make(Weibull{0.7, 3}), [](double x) { return -std::expm1(-std::pow(x / 3, 0.7)); }},
      {"weibull above 1", make(Weibull{2.5, 3}), [](double x) { return -std::expm1(-std::pow(x / 3, 2.5)); }},
      {"pareto", make(Pareto{2, 5}), [](double x) { return 1 - std::pow(2 / x, 5); }},
  };
}

struct Discrete {
  std::string name;
  Distribution distribution;
  std::function<double(double)> probability;
};

std::vector<Discrete> discrete() {
  const auto poisson = [](double mean) {
    return [mean](double k) { return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1)); };
  };
  const auto zipf = [](int count, double s) {
    double total = 0;
    for (int k = 1; k <= count; ++k) total += std::pow(k, -s);
    return [count, s, total](double k) { return k < 1 || k > count ? 0 : std::pow(k, -s) / total; };
  };
  return {
      {"zipf", make(Zipf{100, 1.2}), zipf(100, 1.2)},
      {"zipf of exponent 1", make(Zipf{50, 1}), zipf(50, 1)},
      {"zipf of exponent 0", make(Zipf{7, 0}), zipf(7, 0)},
      {"zipf of one", make(Zipf{1, 2}), zipf(1, 2)},
      {"steep zipf", make(Zipf{1'000'000, 3}), zipf(1'000'000, 3)},
      {"poisson small", make(Poisson{0.3}), poisson(0.3)},
      {"poisson", make(Poisson{12.5}), poisson(12.5)},
      {"poisson just by rejection", make(Poisson{30.5}), poisson(30.5)},
      {"poisson large", make(Poisson{800}), poisson(800)},
      {"categorical", make(Categorical{{3, 0, 1, 6}, {}}),
       [](double k) {
         return k == 0 ? 0.3 : k == 2 ? 0.1 : k == 3 ? 0.6 : 0;
       }},
      {"categorical with values", make(Categorical{{1, 2, 1}, {5, -1, 2}}),
       [](double x) { return x == -1            ? 0.5
                             : x == 2 || x == 5 ? 0.25
                                                : 0; }},
      {"empirical", make(Empirical{{4, 1, 4, 9}}),
       [](double x) { return x == 4             ? 0.5
                             : x == 1 || x == 9 ? 0.25
                                                : 0; }},
  };
}

TEST(Distribution, ContinuousDrawsPassKolmogorovSmirnov) {
  constexpr std::size_t n = 50'000;
  for (const auto& [name, distribution, cdf] : continuous()) {
    auto draws = draw(distribution, n);
    std::sort(draws.begin(), draws.end());
    double worst = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double p = cdf(draws[i]);
      worst = std::max({worst, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
    }
    // P(D sqrt(n) > 2.23) = 2 exp(-2 x 2.23^2) = 1e-4 for a right sampler.
    EXPECT_LT(worst * std::sqrt(n), 2.23) << name;
  }
}

TEST(Distribution, DiscreteDrawsPassChiSquare) {
  constexpr std::size_t n = 200'000;
  for (const auto& [name, distribution, probability] : discrete()) {
    auto draws = draw(distribution, n);
    std::sort(draws.begin(), draws.end());
    double chi2 = 0;
    int cells = 0;
    double rest_expected = n;
    double rest_seen = n;
    for (auto it = draws.begin(); it != draws.end();) {
      const auto end = std::upper_bound(it, draws.end(), *it);
      const double expected = n * probability(*it);
      const auto seen = static_cast<double>(end - it);
      ASSERT_GT(expected, 0) << name << " drew the impossible " << *it;
      if (expected >= 10) {
        chi2 += (seen - expected) * (seen - expected) / expected;
        rest_expected -= expected;
        rest_seen -= seen;
        ++cells;
      }
      it = end;
    }
    if (rest_expected >= 10) {
      chi2 += (rest_seen - rest_expected) * (rest_seen - rest_expected) / rest_expected;
      ++cells;
    }
    EXPECT_LE(chi2, cells - 1 + 4 * std::sqrt(2.0 * cells)) << name;
  }
}

/// Mean and variance of n draws against the stated ones, in standard errors; the variance's own error is
/// taken from 100 batches.
void expect_moments(const std::string& name, const Distribution& distribution) {
  constexpr std::size_t batches = 100;
  constexpr std::size_t batch = 4000;
  const auto draws = draw(distribution, batches * batch, 7);
  const double mean = distribution.mean();
  const double variance = distribution.variance();
  std::vector<double> squares(batches);
  double sum = 0;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    sum += draws[i];
    squares[i / batch] += (draws[i] - mean) * (draws[i] - mean) / batch;
  }
  const auto n = static_cast<double>(draws.size());
  EXPECT_NEAR(sum / n, mean, 4 * std::sqrt(variance / n) + 1e-12) << name;
  double second = 0;
  double spread = 0;
  for (const double square : squares) second += square / batches;
  for (const double square : squares) spread += (square - second) * (square - second) / (batches - 1);
  EXPECT_NEAR(second, variance, 4 * std::sqrt(spread / batches) + 1e-12 * variance) << name;
  for (const double x : draws) {
    ASSERT_GE(x, distribution.minimum()) << name;
    ASSERT_LE(x, distribution.maximum()) << name;
  }
}

TEST(Distribution, MomentsAreWithinFourStandardErrors) {
  for (const auto& [name, distribution, cdf] : continuous()) expect_moments(name, distribution);
  for (const auto& [name, distribution, probability] : discrete()) expect_moments(name, distribution);
  expect_moments("constant", Distribution::constant(2.5));
}

TEST(Distribution, StatedMomentsAreTheClosedForms) {
  EXPECT_EQ(Distribution().mean(), 0);
  EXPECT_NEAR(make(LogNormal::of_mean_cv(4, 2)).mean(), 4, 1e-13);
  EXPECT_NEAR(make(LogNormal::of_mean_cv(4, 2)).variance(), 64, 1e-11);
  // Philly run times (economics.md section 2): median 0.33 h, mean 4.06 h.
  EXPECT_NEAR(make(LogNormal::of_median_mean(0.33, 4.06)).mean(), 4.06, 1e-12);
  EXPECT_NEAR(make(Weibull{2, 1}).mean(), std::sqrt(math::pi) / 2, 1e-14);
  EXPECT_NEAR(make(Weibull{2, 1}).variance(), 1 - math::pi / 4, 1e-13);
  EXPECT_EQ(make(Pareto{1, 1}).mean(), math::infinity);
  EXPECT_EQ(make(Pareto{1, 2}).variance(), math::infinity);
  EXPECT_DOUBLE_EQ(make(Pareto{1, 3}).mean(), 1.5);
  EXPECT_DOUBLE_EQ(make(Zipf{3, 1}).mean(), 3 / (1 + 0.5 + 1.0 / 3));
}

TEST(Distribution, ZipfMomentsOfManyRanksAgreeWithTheSums) {
  for (const double s : {0.0, 0.5, 1.0, 1.5, 2.0, 3.0}) {
    constexpr int count = 200'000;
    long double total = 0;
    long double first = 0;
    long double second = 0;
    for (int k = count; k >= 1; --k) {
      const long double weight = std::pow(static_cast<long double>(k), -static_cast<long double>(s));
      total += weight;
      first += k * weight;
      second += static_cast<long double>(k) * k * weight;
    }
    const auto mean = static_cast<double>(first / total);
    const auto variance = static_cast<double>(second / total - (first / total) * (first / total));
    EXPECT_NEAR(make(Zipf{count, s}).mean() / mean, 1, 1e-12) << s;
    EXPECT_NEAR(make(Zipf{count, s}).variance() / variance, 1, 1e-11) << s;
  }
}

TEST(Distribution, InversionsGrowWithTheUniformAndTakeOneWord) {
  std::vector<std::pair<std::string, Distribution>> inversions;
  for (const auto& [name, distribution, cdf] : continuous()) {
    if (name.find("gamma") == std::string::npos) inversions.emplace_back(name, distribution);
  }
  for (const auto& [name, distribution, probability] : discrete()) {
    if (name.find("zipf") == std::string::npos && name.find("rejection") == std::string::npos &&
        name.find("large") == std::string::npos)
      inversions.emplace_back(name, distribution);
  }
  EXPECT_EQ(inversions.size(), 13u);
  for (const auto& [name, distribution] : inversions) {
    std::vector<std::pair<double, double>> pairs;
    Rng rng(1, ActorId{0}, Purpose::test, 0);
    for (int i = 0; i < 5000; ++i) {
      Rng copy = rng;
      const double u = copy.uniform();
      pairs.emplace_back(u, distribution.sample(rng));
      EXPECT_EQ(rng.next(), copy.next()) << name << " takes one word";
    }
    std::sort(pairs.begin(), pairs.end());
    for (std::size_t i = 1; i < pairs.size(); ++i) ASSERT_LE(pairs[i - 1].second, pairs[i].second) << name;
  }
}

TEST(Distribution, AntitheticStreamsGiveNegativeCorrelation) {
  const Distribution service = make(Exponential{1});
  Rng rng(1, ActorId{0}, Purpose::test, 0);
  Rng mirror = rng.antithetic();
  double covariance = 0;
  constexpr int n = 100'000;
  for (int i = 0; i < n; ++i) covariance += (service.sample(rng) - 1) * (service.sample(mirror) - 1) / n;
  EXPECT_NEAR(covariance, 1 - math::pi * math::pi / 6, 0.02);  // the most negative two exponentials can have
}

TEST(Distribution, ExtremeParametersStayFinite) {
  for (const Distribution& d :
       {make(Gamma{1e-3, 1}), make(Gamma{1e6, 1}), make(Zipf{std::uint64_t{1} << 32, 0.5}),
        make(Zipf{std::uint64_t{1} << 32, 40}), make(Poisson{1e9}), make(Poisson{0}),
        make(Uniform{-1e308, 1e308}), make(Weibull{20, 1e-3}), make(Normal{5, 0})}) {
    for (const double x : draw(d, 20'000)) ASSERT_TRUE(std::isfinite(x));
  }
  EXPECT_EQ(make(Poisson{0}).maximum(), 0);
  EXPECT_EQ(make(Uniform{3, 3}).maximum(), 3);
}

TEST(Distribution, BadParametersAreRefusedByName) {
  const auto message = [](Distribution::Kind kind) {
    return Distribution::make(std::move(kind)).error().message;
  };
  EXPECT_EQ(message(Exponential{0}), "exponential: mean must be positive and finite, not 0");
  EXPECT_EQ(message(Exponential{-2.5}), "exponential: mean must be positive and finite, not -2.5");
  EXPECT_EQ(message(Uniform{2, 1}), "uniform: low 2 must not be above high 1");
  EXPECT_EQ(message(Normal{0, -1}), "normal: sd must be 0 or more and finite, not -1");
  EXPECT_EQ(message(Normal{math::infinity, 1}), "normal: mean must be finite, not inf");
  EXPECT_EQ(message(LogNormal::of_mean_cv(-1, 1)),
            "lognormal: mu must be finite (mean or median positive), not nan");
  EXPECT_EQ(message(LogNormal::of_median_mean(2, 1)),
            "lognormal: sigma must be 0 or more and finite (mean at least the median), not nan");
  EXPECT_EQ(message(Gamma{1, 0}), "gamma: scale must be positive and finite, not 0");
  EXPECT_EQ(message(Weibull{-1, 1}), "weibull: shape must be positive and finite, not -1");
  EXPECT_EQ(message(Pareto{0, 1}), "pareto: minimum must be positive and finite, not 0");
  EXPECT_EQ(message(Zipf{0, 1}), "zipf: count must be 1 to 2^32, not 0");
  EXPECT_EQ(message(Poisson{-1}), "poisson: mean must be 0 to 1e9, not -1");
  EXPECT_EQ(message(Categorical{}), "categorical: no weights");
  EXPECT_EQ(message(Categorical{{0, 0}, {}}),
            "categorical: the sum of the weights must be positive and finite, not 0");
  EXPECT_EQ(message(Categorical{{1, -1}, {}}), "categorical: weight 1 must be 0 or more and finite, not -1");
  EXPECT_EQ(message(Categorical{{1, 1}, {1}}), "categorical: 2 weights but 1 values");
  EXPECT_EQ(message(Empirical{}), "empirical: no samples");
  EXPECT_EQ(message(Empirical{{1, std::nan("")}}), "empirical: sample 1 must be finite, not nan");
  EXPECT_EQ(message(PointMass{math::infinity}), "constant: value must be finite, not inf");
}

/// 1,000 draws of each kind, to the bit: a change here changes every recorded run.
TEST(Distribution, StreamsArePinned) {
  const auto digest = [](const Distribution& distribution) {
    StreamHash hash;
    for (const double x : draw(distribution, 1000, 3)) hash.add(std::bit_cast<std::uint64_t>(x));
    return hash.hex();
  };
  const std::vector<std::pair<Distribution, std::string>> pinned{
      {make(Uniform{-2, 3}), "34285d4ff3b93dc107261c37080cb56e"},
      {make(Exponential{2.5}), "17d5c599e02323a76fab5f79cd9efc0b"},
      {make(Normal{-1, 3}), "7baf96e79036d60c697e8a65e49fe1f3"},
      {make(LogNormal{0.3, 0.5}), "3c3aa6dbd5ffa7ff5f78d41b4e1647fe"},
      {make(Gamma{0.3, 2}), "e0d55506f5441718347c6a0bfd828c8a"},
      {make(Gamma{4.5, 0.5}), "c5a341b034895b0046d4383d7dfecf16"},
      {make(Weibull{0.7, 3}), "5c55689b0d95dd89bf20218b7a2d2649"},
      {make(Pareto{2, 5}), "9722e05b780d7af6c5dd6caee2c7e5ad"},
      {make(Zipf{100, 1.2}), "1827dbc7ea873b4b423d1574f38a0e24"},
      {make(Poisson{12.5}), "be052e569f478fd419ccb9063753da00"},
      {make(Poisson{800}), "315fec3c769a9a7199e9e0a8e1d0d338"},
      {make(Categorical{{3, 0, 1, 6}, {}}), "04f29359942195e958cd5eceb6925a0d"},
      {make(Empirical{{4, 1, 4, 9}}), "0630c42c76c66d3c54f7bcabba23b8e9"},
  };
  for (std::size_t i = 0; i < pinned.size(); ++i) EXPECT_EQ(digest(pinned[i].first), pinned[i].second) << i;
}

}  // namespace
}  // namespace souk
