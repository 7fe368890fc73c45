#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "actors/base/result.hpp"
#include "actors/base/rng.hpp"

/// Random quantities. The standard library's distributions give other numbers with every library, so these
/// are our own: the same stream gives the same draws everywhere. All of them but gamma, Zipf and Poisson with
/// a mean above 30 (which reject) are inversions: one word of the stream per draw, and the draw grows with
/// it, so that common random numbers and antithetic streams work through them.
namespace souk {

/// Always `value`.
struct PointMass {
  double value = 0;
};
/// Between `low` and `high`, low <= high.
struct Uniform {
  double low = 0;
  double high = 1;
};
/// Memoryless with the given mean, > 0.
struct Exponential {
  double mean = 1;
};
/// `sd` >= 0.
struct Normal {
  double mean = 0;
  double sd = 1;
};
/// exp of Normal{mu, sigma}; sigma >= 0.
struct LogNormal {
  double mu = 0;
  double sigma = 1;

  /// With the given mean > 0 and coefficient of variation (sd / mean) >= 0.
  static LogNormal of_mean_cv(double mean, double cv);
  /// With the given median > 0 and mean >= median: how heavy-tailed durations are usually reported.
  static LogNormal of_median_mean(double median, double mean);
};
/// Mean shape x scale; both > 0. Shape 1 is the exponential, 2k/2 with scale 2 the chi-square.
struct Gamma {
  double shape = 1;
  double scale = 1;
};
/// P(X > x) = exp(-(x / scale)^shape); both > 0.
struct Weibull {
  double shape = 1;
  double scale = 1;
};
/// P(X > x) = (minimum / x)^shape from minimum > 0 on; shape > 0. The mean is infinite up to shape 1, the
/// variance up to shape 2.
struct Pareto {
  double minimum = 1;
  double shape = 2;
};
/// Ranks 1 .. count with probability proportional to rank^-exponent; 1 <= count <= 2^32, exponent >= 0.
struct Zipf {
  std::uint64_t count = 1;
  double exponent = 1;
};
/// Counts with the given mean, 0 .. 10^9.
struct Poisson {
  double mean = 1;
};
/// `values[i]` with probability proportional to `weights[i]` >= 0, not all zero. With empty `values` the draw
/// is the index i.
struct Categorical {
  std::vector<double> weights;
  std::vector<double> values;
};
/// Each sample with equal probability (as often as it occurs): the law of a measured data set.
struct Empirical {
  std::vector<double> samples;
};

/// One validated distribution: a small value, cheap to copy (tables are shared and immutable).
class Distribution {
 public:
  using Kind = std::variant<PointMass, Uniform, Exponential, Normal, LogNormal, Gamma, Weibull, Pareto, Zipf,
                            Poisson, Categorical, Empirical>;

  /// Always 0.
  Distribution() = default;
  /// Errors: a parameter that is not finite or outside the range stated at its kind; the message names it.
  static Result<Distribution> make(Kind kind);
  /// Always `value`. REQUIRES: finite.
  static Distribution constant(double value);

  double sample(Rng& rng) const;
  /// Exact up to rounding; +infinity where the integral diverges.
  double mean() const;
  double variance() const;
  /// Smallest and largest value that can be drawn, for checks of configuration; may be infinite.
  double minimum() const;
  double maximum() const;

 private:
  /// Sorted values with their upper cumulative probabilities, and where to begin looking for a given one
  /// (the guide table of Chen and Asau): O(1) per draw like the alias method, but an inversion.
  struct Table {
    std::vector<double> values;
    std::vector<double> cumulative;  ///< empty when all values are equally likely
    std::vector<std::uint32_t> guide;
    double mean = 0;
    double variance = 0;
  };
  using SharedTable = std::shared_ptr<const Table>;
  /// Parameters with what each draw would otherwise work out again.
  struct PreparedZipf {
    Zipf zipf;
    double low = 0;
    double high = 0;
    double accept = 0;
  };
  struct PreparedPoisson {
    Poisson poisson;
    double at_zero = 0;
  };
  using State = std::variant<PointMass, Uniform, Exponential, Normal, LogNormal, Gamma, Weibull, Pareto,
                             PreparedZipf, PreparedPoisson, SharedTable>;

  explicit Distribution(State state) : state_(std::move(state)) {}
  struct Maker;
  struct Sampler;
  struct Moments;

  State state_;
};

}  // namespace souk
