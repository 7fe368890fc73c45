#include "actors/base/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "actors/base/math.hpp"
#include "actors/base/text.hpp"

namespace souk {
namespace {

constexpr double infinity = math::infinity;
constexpr std::uint64_t zipf_count_max = std::uint64_t{1} << 32;
constexpr double poisson_mean_max = 1e9;
constexpr double poisson_inversion_max = 30;  // above it, search takes longer than rejection
constexpr std::size_t table_max = std::size_t{1} << 28;

/// Visits a variant with a set of lambdas.
template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

// ---- Zipf: the integral of x^-s that the sum is compared with (Hormann and Derflinger 1996) ----

/// expm1(t) / t and log1p(t) / t, continuous at 0.
double expm1_over(double t) { return std::fabs(t) < 1e-8 ? 1 + 0.5 * t : math::expm1(t) / t; }
double log1p_over(double t) { return std::fabs(t) < 1e-8 ? 1 - 0.5 * t : math::log1p(t) / t; }

/// Integral of t^-s from 1 to x, and its inverse.
double power_integral(double x, double s) {
  const double log_x = math::log(x);
  return log_x * expm1_over((1 - s) * log_x);
}
double inverse_power_integral(double area, double s) {
  // The area can fall below what any x has by rounding only.
  const double t = std::max((1 - s) * area, -1.0);
  return math::exp(area * log1p_over(t));
}

/// Sum of k^-s for k = 1 .. count: the first terms one by one, the rest by Euler and Maclaurin.
double generalized_harmonic(std::uint64_t count, double s) {
  constexpr std::uint64_t direct_max = 1000;
  const std::uint64_t direct = std::min(count, direct_max);
  double sum = 0;
  for (std::uint64_t k = direct; k >= 1; --k) sum += math::pow(static_cast<double>(k), -s);
  if (count <= direct_max) return sum;
  const auto a = static_cast<double>(direct);
  const auto b = static_cast<double>(count);
  const double at_a = math::pow(a, -s);
  const double at_b = math::pow(b, -s);
  const double integral = power_integral(b, s) - power_integral(a, s);
  // From a to b, less the term at a, which is in the sum already.
  return sum + integral + 0.5 * (at_b - at_a) + s / 12 * (at_a / a - at_b / b);
}

}  // namespace

LogNormal LogNormal::of_mean_cv(double mean, double cv) {
  const double variance_of_log = math::log1p(cv * cv);
  return {math::log(mean) - 0.5 * variance_of_log, std::sqrt(variance_of_log)};
}

LogNormal LogNormal::of_median_mean(double median, double mean) {
  return {math::log(median), std::sqrt(2 * math::log(mean / median))};
}

// ---- validation and preparation ---------------------------------------------------------------------

/// Checks a kind and turns it into its prepared state.
struct Distribution::Maker {
  using Made = Result<State>;

  static bool finite(double x) { return std::fabs(x) < infinity; }
  static bool positive(double x) { return x > 0 && finite(x); }
  static Unexpected<Error> wrong(std::string_view what, double got) {
    return fail(std::string(what) + ", not " + to_text(got));
  }

  Made operator()(PointMass d) const {
    if (!finite(d.value)) return wrong("constant: value must be finite", d.value);
    return State(d);
  }
  Made operator()(Uniform d) const {
    if (!finite(d.low)) return wrong("uniform: low must be finite", d.low);
    if (!finite(d.high)) return wrong("uniform: high must be finite", d.high);
    if (d.low > d.high)
      return fail("uniform: low " + to_text(d.low) + " must not be above high " + to_text(d.high));
    return State(d);
  }
  Made operator()(Exponential d) const {
    if (!positive(d.mean)) return wrong("exponential: mean must be positive and finite", d.mean);
    return State(d);
  }
  Made operator()(Normal d) const {
    if (!finite(d.mean)) return wrong("normal: mean must be finite", d.mean);
    if (!(d.sd >= 0) || !finite(d.sd)) return wrong("normal: sd must be 0 or more and finite", d.sd);
    return State(d);
  }
  Made operator()(LogNormal d) const {
    // NaN is what of_mean_cv and of_median_mean make of arguments out of range.
    if (!finite(d.mu)) return wrong("lognormal: mu must be finite (mean or median positive)", d.mu);
    if (!(d.sigma >= 0) || !finite(d.sigma))
      return wrong("lognormal: sigma must be 0 or more and finite (mean at least the median)", d.sigma);
    return State(d);
  }
  Made operator()(Gamma d) const {
    if (!positive(d.shape)) return wrong("gamma: shape must be positive and finite", d.shape);
    if (!positive(d.scale)) return wrong("gamma: scale must be positive and finite", d.scale);
    return State(d);
  }
  Made operator()(Weibull d) const {
    if (!positive(d.shape)) return wrong("weibull: shape must be positive and finite", d.shape);
    if (!positive(d.scale)) return wrong("weibull: scale must be positive and finite", d.scale);
    return State(d);
  }
  Made operator()(Pareto d) const {
    if (!positive(d.minimum)) return wrong("pareto: minimum must be positive and finite", d.minimum);
    if (!positive(d.shape)) return wrong("pareto: shape must be positive and finite", d.shape);
    return State(d);
  }
  Made operator()(Zipf d) const {
    if (d.count < 1 || d.count > zipf_count_max)
      return fail("zipf: count must be 1 to 2^32, not " + std::to_string(d.count));
    if (!(d.exponent >= 0) || !finite(d.exponent))
      return wrong("zipf: exponent must be 0 or more", d.exponent);
    const double s = d.exponent;
    return State(PreparedZipf{d, power_integral(1.5, s) - 1,
                              power_integral(static_cast<double>(d.count) + 0.5, s),
                              2 - inverse_power_integral(power_integral(2.5, s) - math::pow(2, -s), s)});
  }
  Made operator()(Poisson d) const {
    if (!(d.mean >= 0) || d.mean > poisson_mean_max) return wrong("poisson: mean must be 0 to 1e9", d.mean);
    return State(PreparedPoisson{d, math::exp(-d.mean)});
  }
  Made operator()(Categorical d) const;
  Made operator()(Empirical d) const;
};

Result<Distribution::State> Distribution::Maker::operator()(Categorical d) const {
  const std::size_t n = d.weights.size();
  if (n == 0) return fail("categorical: no weights");
  if (n > table_max) return fail("categorical: more than 2^28 weights");
  if (d.values.empty()) {
    d.values.resize(n);
    std::iota(d.values.begin(), d.values.end(), 0.0);
  }
  if (d.values.size() != n)
    return fail("categorical: " + std::to_string(n) + " weights but " + std::to_string(d.values.size()) +
                " values");
  double total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (!(d.weights[i] >= 0) || !finite(d.weights[i]))
      return wrong("categorical: weight " + std::to_string(i) + " must be 0 or more and finite",
                   d.weights[i]);
    if (!finite(d.values[i]))
      return wrong("categorical: value " + std::to_string(i) + " must be finite", d.values[i]);
    total += d.weights[i];
  }
  if (!positive(total))
    return wrong("categorical: the sum of the weights must be positive and finite", total);

  // Sorted by value, so that the draw grows with the uniform; impossible values are left out.
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < n; ++i) {
    if (d.weights[i] > 0) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&d](auto a, auto b) { return d.values[a] != d.values[b] ? d.values[a] < d.values[b] : a < b; });
  auto table = std::make_shared<Table>();
  double below = 0;
  for (const std::size_t i : order) {
    below += d.weights[i];
    table->values.push_back(d.values[i]);
    table->cumulative.push_back(below / total);
    table->mean += d.values[i] * (d.weights[i] / total);
  }
  table->cumulative.back() = 1;  // whatever the sum was rounded to
  for (const std::size_t i : order) {
    const double deviation = d.values[i] - table->mean;
    table->variance += deviation * deviation * (d.weights[i] / total);
  }
  table->guide.resize(order.size());
  std::uint32_t first = 0;
  for (std::size_t cell = 0; cell < order.size(); ++cell) {
    while (table->cumulative[first] <= static_cast<double>(cell) / static_cast<double>(order.size())) ++first;
    table->guide[cell] = first;
  }
  return State(SharedTable(std::move(table)));
}

Result<Distribution::State> Distribution::Maker::operator()(Empirical d) const {
  if (d.samples.empty()) return fail("empirical: no samples");
  if (d.samples.size() > table_max) return fail("empirical: more than 2^28 samples");
  for (std::size_t i = 0; i < d.samples.size(); ++i) {
    if (!finite(d.samples[i]))
      return wrong("empirical: sample " + std::to_string(i) + " must be finite", d.samples[i]);
  }
  std::sort(d.samples.begin(), d.samples.end());
  auto table = std::make_shared<Table>();
  const auto n = static_cast<double>(d.samples.size());
  for (const double sample : d.samples) table->mean += sample / n;
  for (const double sample : d.samples)
    table->variance += (sample - table->mean) * (sample - table->mean) / n;
  table->values = std::move(d.samples);
  return State(SharedTable(std::move(table)));
}

Result<Distribution> Distribution::make(Kind kind) {
  Result<State> state = std::visit(Maker{}, std::move(kind));
  if (!state) return Unexpected{state.error()};
  return Distribution(*std::move(state));
}

Distribution Distribution::constant(double value) {
  SOUK_CHECK(Maker::finite(value));
  return Distribution(State(PointMass{value}));
}

// ---- drawing ----------------------------------------------------------------------------------------

/// Draws from each prepared kind.
struct Distribution::Sampler {
  Rng& rng;

  double operator()(const PointMass& d) const { return d.value; }
  double operator()(const Uniform& d) const {
    // Not low + u (high - low): that can overflow, and can round to above high.
    const double u = rng.uniform();
    return std::clamp((1 - u) * d.low + u * d.high, d.low, d.high);
  }
  // -log(1 - u), not -log(u): the draw is to grow with u.
  double standard_exponential() const { return -math::log1p(-rng.uniform()); }
  double standard_normal() const { return math::normal_quantile(rng.uniform()); }

  double operator()(const Exponential& d) const { return d.mean * standard_exponential(); }
  double operator()(const Normal& d) const { return d.mean + d.sd * standard_normal(); }
  double operator()(const LogNormal& d) const { return math::exp(d.mu + d.sigma * standard_normal()); }
  double operator()(const Weibull& d) const {
    return d.scale * math::pow(standard_exponential(), 1 / d.shape);
  }
  double operator()(const Pareto& d) const { return d.minimum * math::exp(standard_exponential() / d.shape); }

  /// Marsaglia and Tsang (2000) from shape 1 on; below, one shape more times u^(1 / shape).
  double operator()(const Gamma& d) const {
    const double boost = d.shape < 1 ? math::exp(-standard_exponential() / d.shape) : 1;
    const double a = (d.shape < 1 ? d.shape + 1 : d.shape) - 1.0 / 3;
    const double c = 1 / std::sqrt(9 * a);
    while (true) {
      const double x = standard_normal();
      const double root = 1 + c * x;
      if (root <= 0) continue;
      const double v = root * root * root;
      if (math::log(rng.uniform()) < 0.5 * x * x + a - a * v + a * math::log(v))
        return d.scale * boost * a * v;
    }
  }

  /// Rejection-inversion (Hormann and Derflinger 1996): the integral of x^-s over k +- 1/2 covers k^-s.
  double operator()(const PreparedZipf& d) const {
    const auto count = static_cast<double>(d.zipf.count);
    const double s = d.zipf.exponent;
    while (true) {
      const double area = d.low + rng.uniform() * (d.high - d.low);
      const double x = inverse_power_integral(area, s);
      const double k = std::clamp(std::floor(x + 0.5), 1.0, count);
      if (k - x <= d.accept || area >= power_integral(k + 0.5, s) - math::pow(k, -s)) return k;
    }
  }

  double operator()(const PreparedPoisson& d) const {
    if (d.poisson.mean > poisson_inversion_max) return poisson_by_rejection(d.poisson.mean);
    double u = rng.uniform();
    double probability = d.at_zero;
    double k = 0;
    // The bound is far outside what 53 bits can reach; it ends the search if rounding left a remainder.
    while (u > probability && k < 1000) {
      u -= probability;
      ++k;
      probability *= d.poisson.mean / k;
    }
    return k;
  }
  /// Transformed rejection with squeeze, PTRS (Hormann 1993).
  double poisson_by_rejection(double mean) const {
    const double b = 0.931 + 2.53 * std::sqrt(mean);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double v_r = 0.9277 - 3.6224 / (b - 2);
    const double log_mean = math::log(mean);
    while (true) {
      const double u = rng.uniform() - 0.5;
      const double v = rng.uniform();
      const double us = 0.5 - std::fabs(u);
      const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= v_r) return k;
      if (k < 0 || (us < 0.013 && v > us)) continue;
      const double density = k * log_mean - mean - math::log_gamma(k + 1);
      if (math::log(v * inverse_alpha / (a / (us * us) + b)) <= density) return k;
    }
  }

  double operator()(const SharedTable& table) const {
    const double u = rng.uniform();
    auto i = static_cast<std::size_t>(u * static_cast<double>(table->values.size()));
    if (!table->cumulative.empty()) {
      i = table->guide[i];
      while (table->cumulative[i] < u) ++i;
    }
    return table->values[i];
  }
};

double Distribution::sample(Rng& rng) const { return std::visit(Sampler{rng}, state_); }

// ---- moments and range ------------------------------------------------------------------------------

double Distribution::mean() const {
  return std::visit(
      Overloaded{[](const PointMass& d) { return d.value; },
                 [](const Uniform& d) { return 0.5 * d.low + 0.5 * d.high; },
                 [](const Exponential& d) { return d.mean; }, [](const Normal& d) { return d.mean; },
                 [](const LogNormal& d) { return math::exp(d.mu + 0.5 * d.sigma * d.sigma); },
                 [](const Gamma& d) { return d.shape * d.scale; },
                 [](const Weibull& d) { return d.scale * math::gamma(1 + 1 / d.shape); },
                 [](const Pareto& d) { return d.shape > 1 ? d.minimum * d.shape / (d.shape - 1) : infinity; },
                 [](const PreparedZipf& d) {
                   const auto [count, s] = d.zipf;
                   return generalized_harmonic(count, s - 1) / generalized_harmonic(count, s);
                 },
                 [](const PreparedPoisson& d) { return d.poisson.mean; },
                 [](const SharedTable& table) { return table->mean; }},
      state_);
}

double Distribution::variance() const {
  return std::visit(Overloaded{[](const PointMass&) { return 0.0; },
                               [](const Uniform& d) { return (d.high - d.low) * (d.high - d.low) / 12; },
                               [](const Exponential& d) { return d.mean * d.mean; },
                               [](const Normal& d) { return d.sd * d.sd; },
                               [](const LogNormal& d) {
                                 const double s = d.sigma * d.sigma;
                                 return math::expm1(s) * math::exp(2 * d.mu + s);
                               },
                               [](const Gamma& d) { return d.shape * d.scale * d.scale; },
                               [](const Weibull& d) {
                                 const double first = math::gamma(1 + 1 / d.shape);
                                 return d.scale * d.scale * (math::gamma(1 + 2 / d.shape) - first * first);
                               },
                               [](const Pareto& d) {
                                 if (d.shape <= 2) return infinity;
                                 const double less = d.shape - 1;
                                 return d.minimum * d.minimum * d.shape / (less * less * (d.shape - 2));
                               },
                               [](const PreparedZipf& d) {
                                 const auto [count, s] = d.zipf;
                                 const double total = generalized_harmonic(count, s);
                                 const double first = generalized_harmonic(count, s - 1) / total;
                                 return generalized_harmonic(count, s - 2) / total - first * first;
                               },
                               [](const PreparedPoisson& d) { return d.poisson.mean; },
                               [](const SharedTable& table) { return table->variance; }},
                    state_);
}

double Distribution::minimum() const {
  return std::visit(
      Overloaded{[](const PointMass& d) { return d.value; }, [](const Uniform& d) { return d.low; },
                 [](const Normal& d) { return d.sd > 0 ? -infinity : d.mean; },
                 [](const LogNormal& d) { return d.sigma > 0 ? 0 : math::exp(d.mu); },
                 [](const Pareto& d) { return d.minimum; }, [](const PreparedZipf&) { return 1.0; },
                 [](const SharedTable& table) { return table->values.front(); },
                 [](const auto&) { return 0.0; }},
      state_);
}

double Distribution::maximum() const {
  return std::visit(
      Overloaded{[](const PointMass& d) { return d.value; }, [](const Uniform& d) { return d.high; },
                 [](const Normal& d) { return d.sd > 0 ? infinity : d.mean; },
                 [](const LogNormal& d) { return d.sigma > 0 ? infinity : math::exp(d.mu); },
                 [](const PreparedZipf& d) { return static_cast<double>(d.zipf.count); },
                 [](const PreparedPoisson& d) { return d.poisson.mean > 0 ? infinity : 0; },
                 [](const SharedTable& table) { return table->values.back(); },
                 [](const auto&) { return infinity; }},
      state_);
}

}  // namespace souk
