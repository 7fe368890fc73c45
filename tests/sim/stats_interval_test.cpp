#include "sim/stats.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "actors/base/distributions.hpp"
#include "actors/base/math.hpp"

namespace souk::sim {
namespace {

Rng stream(std::uint64_t index) { return {1, ActorId{0}, Purpose::test, index}; }

Tally tally_of(const std::vector<double>& values) {
  Tally tally;
  for (const double x : values) tally.add(x);
  return tally;
}

TEST(StudentT, QuantilesAreTheTabulatedOnes) {
  const struct {
    double p, df, t;
  } rows[] = {
      // 20-digit values of the inverse of the incomplete beta function
      {0.975, 1, 12.706204736174693314},    {0.975, 2, 4.3026527297494617894},
      {0.975, 5, 2.5705818356363147828},    {0.995, 9, 3.2498355415921257205},
      {0.95, 19, 1.7291328115213690339},    {0.975, 19, 2.0930240544083093201},
      {0.975, 30, 2.0422724563012378878},   {0.75, 3, 0.76489232840434528066},
      {0.9999, 4, 13.033671720896822082},   {0.975, 1000, 1.9623390808264081039},
      {0.975, 1e6, 1.9599663568141066553},  {0.6, 0.5, 0.39797542678479058738},
      {0.999999, 1, 318309.88617359026169},
  };
  for (const auto& [p, df, t] : rows) {
    EXPECT_NEAR(student_t_quantile(p, df) / t, 1, df <= 1000 ? 1e-12 : 1e-10) << p << ' ' << df;
    EXPECT_NEAR(student_t_quantile(1 - p, df) / -t, 1, 1e-9) << p << ' ' << df;
    EXPECT_NEAR(student_t_cdf(t, df), p, 1e-10);
  }
  EXPECT_EQ(student_t_quantile(0.5, 7), 0);
}

TEST(MeanInterval, CoversTheMeanOfFiveNormalsAsOftenAsItSays) {
  constexpr int repetitions = 10'000;
  const Distribution normal = Distribution::make(Normal{10, 3}).value();
  Rng rng = stream(3);
  int covered = 0;
  for (int i = 0; i < repetitions; ++i) {
    Tally tally;
    for (int k = 0; k < 5; ++k) tally.add(normal.sample(rng));
    covered += mean_interval(tally).contains(10) ? 1 : 0;
  }
  // Binomial, 4 standard deviations. With the normal quantile instead of Student's it would be 8,780.
  EXPECT_NEAR(covered, 9500, 4 * std::sqrt(10'000 * 0.95 * 0.05));
}

TEST(MeanInterval, OfOneObservationIsUnbounded) {
  const Interval interval = mean_interval(tally_of({5}));
  EXPECT_EQ(interval.estimate, 5);
  EXPECT_EQ(interval.low, -math::infinity);
  EXPECT_EQ(interval.high, math::infinity);
}

TEST(PairedDifference, OfIdenticalArmsIsExactlyZero) {  // V36: A/A
  std::vector<double> arm(30);
  Rng rng = stream(4);
  for (double& x : arm) x = 1e6 * rng.uniform();
  const Interval interval = paired_difference(arm, arm).value();
  EXPECT_EQ(interval.estimate, 0);
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 0);
}

TEST(PairedDifference, RefusesArmsOfDifferentLength) {
  const std::vector<double> a{1, 2, 3};
  const std::vector<double> b{1, 2};
  EXPECT_EQ(paired_difference(a, b).error().message,
            "a paired difference needs as many replications of one arm as of the other, not 3 and 2");
}

/// What five first-price bidders with costs U(0, 1) get from a tenant who pays at most 1/2, when a share
/// `take` of it is kept: everybody bids the equilibrium for the cost grossed up (V06, V11).
double first_price_payment(Rng rng, double take) {
  constexpr int bidders = 5;
  constexpr double cap = 0.5;
  const double top = 1 / (1 - take);
  double cost = top;
  for (int i = 0; i < bidders; ++i) cost = std::min(cost, rng.uniform() * top);
  if (cost >= cap) return 0;
  const double rest = top - cost;
  return cost + (math::pow(rest, bidders) - math::pow(top - cap, bidders)) /
                    (bidders * math::pow(rest, bidders - 1));
}

TEST(PairedDifference, CommonRandomNumbersNarrowTheIntervalOfV11) {  // V36
  constexpr std::uint64_t auctions = 100'000;
  std::vector<double> without, with, independent;
  for (std::uint64_t i = 0; i < auctions; ++i) {
    without.push_back(first_price_payment(stream(i), 0));
    with.push_back(first_price_payment(stream(i), 0.2));
    independent.push_back(first_price_payment(stream(auctions + i), 0.2));
  }
  EXPECT_NEAR(tally_of(without).mean(), 0.296875, 4 * tally_of(without).standard_error());
  EXPECT_NEAR(tally_of(with).mean(), 0.319467, 4 * tally_of(with).standard_error());
  const Interval paired = paired_difference(without, with).value();
  const Interval unpaired = paired_difference(without, independent).value();
  const double ratio = paired.half_width() / unpaired.half_width();
  EXPECT_LT(ratio * ratio, 0.7) << "variance of the paired difference against that of independent arms";
  EXPECT_TRUE(paired.contains(0.296875 - 0.319467));
}

/// Waiting times of an M/M/1 queue of load 0.8 and mean service 1, started empty (Lindley's recursion).
std::vector<double> queue_waits(std::size_t count, Rng rng) {
  std::vector<double> waits(count);
  double wait = 0;
  for (double& x : waits) {
    x = wait;
    const double service = -math::log(rng.uniform());
    const double gap = -math::log(rng.uniform()) / 0.8;
    wait = std::max(0.0, wait + service - gap);
  }
  return waits;
}

TEST(BatchMeans, CoverTheWaitOfASingleServerAsOftenAsTheySay) {  // V36 at 60 of its 1,000 repetitions
  constexpr int repetitions = 60;
  int covered = 0;
  Tally estimates;
  for (std::uint64_t i = 0; i < repetitions; ++i) {
    const auto waits = queue_waits(20 * 20'000, stream(i));
    const BatchMeans result = batch_means(waits, 20).value();
    covered += result.interval.contains(4) ? 1 : 0;
    estimates.add(result.interval.estimate);
    EXPECT_EQ(result.batch_size, 20'000u);
  }
  // Of 60 intervals of 95 % fewer than 50 cover with probability 2e-4 (binomial).
  EXPECT_GE(covered, 50);
  EXPECT_NEAR(estimates.mean(), 4, 4 * estimates.standard_error());
}

TEST(BatchMeans, TellWhenBatchesAreTooShort) {
  const auto waits = queue_waits(400, stream(7));
  EXPECT_GT(batch_means(waits, 200).value().lag1_correlation, 0.5);
  std::vector<double> independent(4000);
  Rng rng = stream(8);
  for (double& x : independent) x = rng.uniform();
  EXPECT_LT(std::fabs(batch_means(independent, 20).value().lag1_correlation), 0.5);
}

TEST(BatchMeans, DropWhatIsLeftOverAtTheBeginning) {
  const std::vector<double> series{1000, 1, 2, 3, 4};
  EXPECT_EQ(batch_means(series, 2).value().interval.estimate, 2.5);
  EXPECT_EQ(batch_means(series, 2).value().batch_size, 2u);
  EXPECT_FALSE(batch_means(series, 1));
  EXPECT_EQ(batch_means(series, 6).error().message,
            "batch means need at least one observation per batch: 5 for 6 batches");
}

TEST(Quantile, InterpolatesBetweenOrderStatistics) {
  const std::vector<double> sample{40, 10, 30, 20};
  EXPECT_EQ(quantile(sample, 0), 10);
  EXPECT_EQ(quantile(sample, 1), 40);
  EXPECT_EQ(quantile(sample, 0.5), 25);
  EXPECT_DOUBLE_EQ(quantile(sample, 0.1), 13);
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
}

TEST(QuantileInterval, UsesTheBinomialOrderStatistics) {
  std::vector<double> sample(100);
  for (std::size_t i = 0; i < 100; ++i) sample[i] = static_cast<double>(i + 1);
  // The textbook 95 % interval for the median of 100: X(40) to X(61), which covers 0.9648.
  const QuantileInterval median = quantile_interval(sample, 0.5);
  EXPECT_EQ(median.interval.low, 40);
  EXPECT_EQ(median.interval.high, 61);
  EXPECT_NEAR(median.coverage, 0.9647998, 1e-6);
  EXPECT_EQ(median.interval.estimate, 50.5);
}

TEST(QuantileInterval, IsUnboundedWhereTheSampleIsTooSmall) {
  const QuantileInterval tail = quantile_interval({1, 2, 3, 4, 5}, 0.99);
  EXPECT_EQ(tail.interval.high, math::infinity);
  EXPECT_GE(tail.coverage, 0.95);
  const QuantileInterval none = quantile_interval({}, 0.5);
  EXPECT_EQ(none.interval.low, -math::infinity);
}

TEST(QuantileInterval, CoversAtLeastAsOftenAsItSays) {
  const Distribution exponential = Distribution::make(Exponential{1}).value();
  Rng rng = stream(9);
  const double truth = std::log(10.0);  // the 0.9 quantile
  constexpr int repetitions = 4000;
  int covered = 0;
  for (int i = 0; i < repetitions; ++i) {
    std::vector<double> sample(60);
    for (double& x : sample) x = exponential.sample(rng);
    covered += quantile_interval(std::move(sample), 0.9).interval.contains(truth) ? 1 : 0;
  }
  EXPECT_GE(covered, 0.95 * repetitions - 4 * std::sqrt(repetitions * 0.95 * 0.05));
}

}  // namespace
}  // namespace souk::sim
