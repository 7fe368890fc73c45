#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "actors/base/result.hpp"
#include "actors/base/time.hpp"

/// Output analysis: what the simulator may say about its own numbers, and how surely. Sums run in the order
/// of the data and elementary functions are our own, so that a summary is the same to the bit everywhere.
namespace souk::sim {

// ---- accumulators -----------------------------------------------------------------------------------

/// Count, mean and spread of independent observations in one pass, without cancellation (Welford 1962).
class Tally {
 public:
  void add(double x);
  /// As if everything added to `other` had been added here (Chan, Golub and LeVeque 1979); to the bit it
  /// depends on what is merged into what, so merge in a fixed order.
  void merge(const Tally& other);

  std::uint64_t count() const { return count_; }
  /// 0 while empty.
  double mean() const { return mean_; }
  double sum() const { return mean_ * static_cast<double>(count_); }
  /// Of the sample (n - 1); 0 with fewer than two.
  double variance() const;
  double sd() const;
  /// Of the mean.
  double standard_error() const;
  /// +infinity and -infinity while empty.
  double min() const { return min_; }
  double max() const { return max_; }

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  ///< sum of squared deviations from the mean
  double min_ = __builtin_huge_val();
  double max_ = -__builtin_huge_val();
};

/// A quantity that holds its value between changes: utilisation, active leases, queue length.
class TimeWeighted {
 public:
  TimeWeighted(Time start, double value);
  /// The value is `value` from `now` on. REQUIRES: now not before the last change.
  void set(Time now, double value);
  void add(Time now, double change) { set(now, value_ + change); }
  /// Forgets what was before `now`, keeps the current value: the warm-up cut.
  void restart(Time now);

  double value() const { return value_; }
  /// Value times seconds from the start to `now`.
  double integral(Time now) const;
  /// Time-weighted mean from the start to `now`; the current value if that is no time.
  double mean(Time now) const;
  double min() const { return min_; }
  double max() const { return max_; }

 private:
  Time start_;
  Time changed_;
  double value_;
  double integral_ = 0;
  double min_;
  double max_;
};

/// Counts by cell, for distributions too large to keep. Quantiles are off by less than one cell.
class Histogram {
 public:
  /// Cells [edge i, edge i+1). REQUIRES: two or more edges, strictly ascending.
  explicit Histogram(std::vector<double> edges);
  /// `cells` >= 1 of equal width, low < high.
  static Histogram linear(double low, double high, std::size_t cells);
  /// `cells` >= 1 of equal ratio, 0 < low < high.
  static Histogram logarithmic(double low, double high, std::size_t cells);

  /// Below the first edge counts into below(), from the last on into above(); NaN is a bug.
  void add(double x);
  std::uint64_t count() const { return count_; }
  std::uint64_t below() const { return below_; }
  std::uint64_t above() const { return above_; }
  std::span<const std::uint64_t> cells() const { return cells_; }
  std::span<const double> edges() const { return edges_; }
  /// Interpolated inside its cell; the smallest or largest value seen where it lies outside the edges. NaN
  /// while empty. REQUIRES: 0 <= p <= 1.
  double quantile(double p) const;

 private:
  std::vector<double> edges_;
  std::vector<std::uint64_t> cells_;
  std::uint64_t count_ = 0;
  std::uint64_t below_ = 0;
  std::uint64_t above_ = 0;
  double min_ = __builtin_huge_val();
  double max_ = -__builtin_huge_val();
};

// ---- intervals --------------------------------------------------------------------------------------

/// An estimate and what it may be off by. Unbounded where the data allow no statement.
struct Interval {
  double estimate = 0;
  double low = 0;
  double high = 0;
  double half_width() const { return 0.5 * (high - low); }
  bool contains(double x) const { return low <= x && x <= high; }
};

/// P(T <= t) of Student's t with `df` > 0 degrees of freedom, and its inverse, 0 < p < 1. Relative error
/// below 1e-10 (1e-13 for df up to 1000).
double student_t_cdf(double t, double df);
double student_t_quantile(double p, double df);

/// Mean of independent observations (replications), Student's t. Unbounded with fewer than two.
/// REQUIRES (here and below): 0 < confidence < 1.
Interval mean_interval(const Tally& tally, double confidence = 0.95);

/// Mean of a[i] - b[i]: two arms under common random numbers, replication by replication. Identical arms give
/// exactly 0 +- 0. Errors: different numbers of replications.
Result<Interval> paired_difference(std::span<const double> a, std::span<const double> b,
                                   double confidence = 0.95);

/// Steady-state mean of one long, autocorrelated series.
struct BatchMeans {
  Interval interval;
  /// Of the batch means. Far from 0 means that the batches are too short to be called independent.
  double lag1_correlation = 0;
  std::size_t batch_size = 0;
};
/// Cuts the series into `batches` equal pieces, dropping what is left over at its beginning, and treats
/// their means as independent. Errors: fewer than two batches or observations than batches.
Result<BatchMeans> batch_means(std::span<const double> series, std::size_t batches = 20,
                               double confidence = 0.95);

/// Sample quantile, linear between order statistics (Hyndman and Fan's type 7). NaN of nothing.
double quantile(std::vector<double> sample, double p);

struct QuantileInterval {
  Interval interval;
  double coverage = 0;  ///< what the order statistics really cover, at least the confidence if bounded
};
/// Distribution-free interval for the p-quantile of independent observations, between two order statistics
/// (binomial). An end that the sample is too small for is infinite.
QuantileInterval quantile_interval(std::vector<double> sample, double p, double confidence = 0.95);

// ---- warm-up ----------------------------------------------------------------------------------------

struct WarmUp {
  std::size_t cut = 0;  ///< observations to drop at the beginning
  /// False if the best cut was the last one allowed (half of the series): the run is too short to tell.
  bool settled = true;
};
/// MSER-5 (White 1997): the cut that minimises the standard error of what is left, in means of five.
WarmUp mser5(std::span<const double> series);

/// Welch's plot: the mean over replications at each index, smoothed by a moving average of 2 window + 1
/// (fewer near the beginning). Errors: no replications, or of different lengths.
Result<std::vector<double>> welch_curve(std::span<const std::vector<double>> replications,
                                        std::size_t window);
/// The first index from which a Welch curve stays within `tolerance` (relative) of the mean of its second
/// half. settled is false if that is not before the second half.
WarmUp welch_cut(std::span<const double> curve, double tolerance);

// ---- survival ---------------------------------------------------------------------------------------

/// How long something lived, or was seen to live when observation stopped.
struct Lifetime {
  double time = 0;
  bool ended = true;  ///< false: censored, still alive at `time`
};
struct SurvivalPoint {
  double time = 0;
  std::uint64_t at_risk = 0;
  std::uint64_t ended = 0;
  double survival = 1;        ///< P(life > time)
  double standard_error = 0;  ///< Greenwood's
};
/// Kaplan-Meier: one point per time at which something ended; what is censored at that time was at risk.
std::vector<SurvivalPoint> kaplan_meier(std::vector<Lifetime> lifetimes);

// ---- concentration (economics.md V33) ---------------------------------------------------------------
// REQUIRES: no negative or NaN value. Of nothing, or of zeros only, there are no shares: NaN, or 0 entities.

/// 0 if all are equal, (n - 1) / n if one has everything.
double gini(std::vector<double> values);
/// Herfindahl-Hirschman index: sum of squared shares, 1/n .. 1, and in points of 10,000.
double hhi(std::span<const double> values);
double hhi_points(std::span<const double> values);
/// The fewest entities that together hold more than `threshold` of the total; 0 if even all do not.
std::size_t nakamoto(std::vector<double> values, double threshold);
/// Share of the k largest.
double top_share(std::vector<double> values, std::size_t k);

struct LorenzPoint {
  double population = 0;  ///< share of the entities, poorest first
  double value = 0;       ///< what they hold of the total
};
/// n + 1 points from (0, 0) to (1, 1).
std::vector<LorenzPoint> lorenz(std::vector<double> values);

}  // namespace souk::sim
