#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "actors/base/math.hpp"
#include "sim/stats.hpp"

namespace souk::sim {
namespace {

constexpr double infinity = math::infinity;

void check_confidence(double confidence) { SOUK_CHECK(confidence > 0 && confidence < 1); }

double log_beta(double a, double b) {
  return math::log_gamma(a) + math::log_gamma(b) - math::log_gamma(a + b);
}

/// Continued fraction of the incomplete beta function by Lentz's method; converges for x < (a+1)/(a+b+2).
double beta_fraction(double a, double b, double x) {
  constexpr int steps_max = 100'000;  // about sqrt(max(a, b)) are needed
  constexpr double tiny = 1e-300;
  const auto nonzero = [](double v) { return std::fabs(v) < tiny ? tiny : v; };
  double c = 1;
  double d = 1 / nonzero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= steps_max; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonzero(1 + even * d);
    c = nonzero(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonzero(1 + odd * d);
    c = nonzero(1 + odd / c);
    const double change = d * c;
    fraction *= change;
    if (std::fabs(change - 1) < 1e-16) break;
  }
  return fraction;
}

/// Regularised incomplete beta function I_x(a, b), given y = 1 - x.
double incomplete_beta(double a, double b, double x, double y) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double front = math::exp(a * math::log(x) + b * math::log(y) - log_beta(a, b));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, y) / b;
}

/// P(T > t) for t >= 0.
double student_t_tail(double t, double df) {
  const double square = t * t;
  return 0.5 * incomplete_beta(0.5 * df, 0.5, df / (df + square), square / (df + square));
}

double student_t_density(double t, double df) {
  return math::exp(-log_beta(0.5 * df, 0.5) - 0.5 * math::log(df) - 0.5 * (df + 1) * math::log1p(t * t / df));
}

/// The t >= 0 with student_t_tail(t) = tail, tail <= 1/2.
double student_t_upper(double tail, double df) {
  if (tail == 0.5) return 0;
  // Newton's method inside a bracket that shrinks at every step. The tail is convex for t > 0, so from the
  // left it never overshoots; the bracket guards the far tails of few degrees of freedom.
  double low = 0;
  double high = 1;
  while (student_t_tail(high, df) > tail) {
    low = high;
    high *= 2;
  }
  double t = 0.5 * (low + high);
  for (int i = 0; i < 200; ++i) {
    const double excess = student_t_tail(t, df) - tail;
    (excess > 0 ? low : high) = t;
    double next = t + excess / student_t_density(t, df);
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (std::fabs(next - t) <= 1e-15 * t) return next;
    t = next;
  }
  return t;
}

/// P(B <= k) of a binomial for k = 0 .. n, as one table.
std::vector<double> binomial_cdf(std::size_t n, double p) {
  const auto count = static_cast<double>(n);
  std::vector<double> cdf(n + 1);
  double sum = 0;
  for (std::size_t k = 0; k <= n; ++k) {
    const auto x = static_cast<double>(k);
    const double log_ways =
        math::log_gamma(count + 1) - math::log_gamma(x + 1) - math::log_gamma(count - x + 1);
    sum += math::exp(log_ways + x * math::log(p) + (count - x) * math::log1p(-p));
    cdf[k] = std::min(sum, 1.0);
  }
  return cdf;
}

double sorted_quantile(const std::vector<double>& sorted, double p) {
  const double rank = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

}  // namespace

double student_t_cdf(double t, double df) {
  SOUK_CHECK(df > 0);
  return t > 0 ? 1 - student_t_tail(t, df) : student_t_tail(-t, df);
}

double student_t_quantile(double p, double df) {
  SOUK_CHECK(df > 0 && p > 0 && p < 1);
  return p < 0.5 ? -student_t_upper(p, df) : student_t_upper(1 - p, df);
}

Interval mean_interval(const Tally& tally, double confidence) {
  check_confidence(confidence);
  if (tally.count() < 2) return {tally.mean(), -infinity, infinity};
  const double t = student_t_quantile(0.5 + 0.5 * confidence, static_cast<double>(tally.count() - 1));
  const double half = t * tally.standard_error();
  return {tally.mean(), tally.mean() - half, tally.mean() + half};
}

Result<Interval> paired_difference(std::span<const double> a, std::span<const double> b, double confidence) {
  if (a.size() != b.size())
    return fail("a paired difference needs as many replications of one arm as of the other, not " +
                std::to_string(a.size()) + " and " + std::to_string(b.size()));
  Tally differences;
  for (std::size_t i = 0; i < a.size(); ++i) differences.add(a[i] - b[i]);
  return mean_interval(differences, confidence);
}

Result<BatchMeans> batch_means(std::span<const double> series, std::size_t batches, double confidence) {
  if (batches < 2) return fail("batch means need at least 2 batches, not " + std::to_string(batches));
  if (series.size() < batches)
    return fail("batch means need at least one observation per batch: " + std::to_string(series.size()) +
                " for " + std::to_string(batches) + " batches");
  const std::size_t size = series.size() / batches;
  const auto used = series.last(size * batches);
  std::vector<double> means;
  Tally tally;
  for (std::size_t i = 0; i < batches; ++i) {
    Tally batch;
    for (const double x : used.subspan(i * size, size)) batch.add(x);
    means.push_back(batch.mean());
    tally.add(batch.mean());
  }
  double lagged = 0;
  double squares = 0;
  for (std::size_t i = 0; i < batches; ++i) {
    const double deviation = means[i] - tally.mean();
    squares += deviation * deviation;
    if (i > 0) lagged += deviation * (means[i - 1] - tally.mean());
  }
  return BatchMeans{mean_interval(tally, confidence), squares > 0 ? lagged / squares : 0, size};
}

double quantile(std::vector<double> sample, double p) {
  SOUK_CHECK(p >= 0 && p <= 1);
  if (sample.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(sample.begin(), sample.end());
  return sorted_quantile(sample, p);
}

QuantileInterval quantile_interval(std::vector<double> sample, double p, double confidence) {
  check_confidence(confidence);
  SOUK_CHECK(p > 0 && p < 1);
  if (sample.empty()) return {{std::numeric_limits<double>::quiet_NaN(), -infinity, infinity}, 1};
  std::sort(sample.begin(), sample.end());
  // The number of observations up to the quantile is binomial: X(l) <= quantile < X(u) if l <= B < u.
  const std::vector<double> cdf = binomial_cdf(sample.size(), p);
  const double miss = 0.5 * (1 - confidence);
  std::size_t lower = 0;  // l, from 1; 0 = none
  while (lower < sample.size() && cdf[lower] <= miss) ++lower;
  std::size_t upper = lower + 1;  // u; beyond n = none
  while (upper <= sample.size() && cdf[upper - 1] < 1 - miss) ++upper;
  QuantileInterval result{{sorted_quantile(sample, p), -infinity, infinity}, 1};
  if (lower >= 1) {
    result.interval.low = sample[lower - 1];
    result.coverage -= cdf[lower - 1];
  }
  if (upper <= sample.size()) {
    result.interval.high = sample[upper - 1];
    result.coverage -= 1 - cdf[upper - 1];
  }
  return result;
}

}  // namespace souk::sim
