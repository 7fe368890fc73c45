#include "sim/stats.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
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

// ---- accumulators -----------------------------------------------------------------------------------

TEST(Tally, GivesMeanAndSampleVariance) {
  const Tally tally = tally_of({2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(tally.count(), 8u);
  EXPECT_DOUBLE_EQ(tally.mean(), 5);
  EXPECT_DOUBLE_EQ(tally.variance(), 32.0 / 7);
  EXPECT_DOUBLE_EQ(tally.standard_error(), std::sqrt(32.0 / 7 / 8));
  EXPECT_EQ(tally.min(), 2);
  EXPECT_EQ(tally.max(), 9);
  EXPECT_DOUBLE_EQ(tally.sum(), 40);
}

TEST(Tally, DoesNotCancelWhereTheSumOfSquaresWould) {
  const Tally tally = tally_of({1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16});
  EXPECT_DOUBLE_EQ(tally.mean(), 1e9 + 10);
  EXPECT_DOUBLE_EQ(tally.variance(), 30);
}

TEST(Tally, EmptyAndSingleSayNothingAboutSpread) {
  EXPECT_EQ(Tally().mean(), 0);
  EXPECT_EQ(Tally().variance(), 0);
  EXPECT_EQ(tally_of({3}).variance(), 0);
  EXPECT_EQ(tally_of({3}).mean(), 3);
  EXPECT_GT(Tally().min(), Tally().max());
}

TEST(Tally, MergeEqualsAddingAll) {
  Rng rng = stream(1);
  Tally all;
  Tally parts[3];
  for (int i = 0; i < 3000; ++i) {
    const double x = rng.uniform() * 7 - 2;
    all.add(x);
    parts[i % 7 == 0 ? 0 : i % 2 + 1].add(x);
  }
  Tally merged;
  for (const Tally& part : parts) merged.merge(part);
  merged.merge(Tally());
  EXPECT_EQ(merged.count(), all.count());
  EXPECT_NEAR(merged.mean(), all.mean(), 1e-13);
  EXPECT_NEAR(merged.variance(), all.variance(), 1e-12);
  EXPECT_EQ(merged.min(), all.min());
  EXPECT_EQ(merged.max(), all.max());
}

TEST(TimeWeighted, WeighsEachValueByHowLongItHeld) {
  using std::chrono::seconds;
  const Time start{seconds(100)};
  TimeWeighted leases(start, 0);
  leases.set(start + seconds(10), 4);
  leases.add(start + seconds(20), -1);
  EXPECT_DOUBLE_EQ(leases.integral(start + seconds(40)), 0 * 10 + 4 * 10 + 3 * 20);
  EXPECT_DOUBLE_EQ(leases.mean(start + seconds(40)), 2.5);
  EXPECT_EQ(leases.min(), 0);
  EXPECT_EQ(leases.max(), 4);
  leases.restart(start + seconds(40));
  EXPECT_EQ(leases.mean(start + seconds(40)), 3) << "no time has passed since the cut";
  EXPECT_EQ(leases.mean(start + seconds(50)), 3);
  EXPECT_EQ(leases.min(), 3);
}

TEST(TimeWeightedDeathTest, TimeDoesNotGoBack) {
  TimeWeighted value(Time{std::chrono::seconds(10)}, 1);
  EXPECT_DEATH(value.set(Time{std::chrono::seconds(9)}, 2), "now >= changed_");
}

TEST(Histogram, CountsCellsAndWhatIsOutside) {
  Histogram histogram = Histogram::linear(0, 10, 5);
  for (const double x : {-1.0, 0.0, 1.9, 2.0, 9.999, 10.0, 11.0}) histogram.add(x);
  EXPECT_EQ(histogram.below(), 1u);
  EXPECT_EQ(histogram.above(), 2u);
  EXPECT_EQ(std::vector<std::uint64_t>(histogram.cells().begin(), histogram.cells().end()),
            (std::vector<std::uint64_t>{2, 1, 0, 0, 1}));
  EXPECT_EQ(histogram.quantile(0), -1);
  EXPECT_EQ(histogram.quantile(1), 11);
  EXPECT_TRUE(std::isnan(Histogram::linear(0, 1, 1).quantile(0.5)));
}

TEST(Histogram, QuantilesAreWithinOneCellOfTheSample) {
  Rng rng = stream(2);
  const Distribution lognormal = Distribution::make(LogNormal{0, 1.5}).value();
  Histogram histogram = Histogram::logarithmic(1e-3, 1e4, 200);
  std::vector<double> sample(20'000);
  for (double& x : sample) histogram.add(x = lognormal.sample(rng));
  const double ratio = histogram.edges()[1] / histogram.edges()[0];
  for (const double p : {0.001, 0.1, 0.5, 0.9, 0.99, 0.9999}) {
    const double exact = quantile(sample, p);
    EXPECT_LT(histogram.quantile(p), exact * ratio * 1.01) << p;
    EXPECT_GT(histogram.quantile(p), exact / ratio / 1.01) << p;
  }
}

// ---- warm-up ----------------------------------------------------------------------------------------

/// Noise around 10 that begins at 30 and decays with time constant 50.
std::vector<double> warming_up(std::size_t count, std::uint64_t index) {
  const Distribution noise = Distribution::make(Normal{0, 1}).value();
  Rng rng = stream(index);
  std::vector<double> series(count);
  for (std::size_t i = 0; i < count; ++i)
    series[i] = 10 + 20 * std::exp(-static_cast<double>(i) / 50) + noise.sample(rng);
  return series;
}

TEST(Mser5, CutsTheTransientAndNoMore) {
  const WarmUp warm_up = mser5(warming_up(5000, 10));
  EXPECT_TRUE(warm_up.settled);
  EXPECT_EQ(warm_up.cut % 5, 0u);
  EXPECT_GE(warm_up.cut, 100u);  // the bias there is 20 exp(-2) = 2.7
  EXPECT_LE(warm_up.cut, 500u);
}

TEST(Mser5, FindsTheCutOfSmallestStandardErrorByBruteForce) {
  const auto series = warming_up(600, 11);
  std::vector<double> means;
  for (std::size_t i = 0; i + 5 <= series.size(); i += 5) {
    double sum = 0;
    for (std::size_t k = 0; k < 5; ++k) sum += series[i + k] / 5;
    means.push_back(sum);
  }
  std::size_t best = 0;
  double smallest = math::infinity;
  for (std::size_t cut = 0; cut <= means.size() / 2; ++cut) {
    double mean = 0;
    const auto left = static_cast<double>(means.size() - cut);
    for (std::size_t i = cut; i < means.size(); ++i) mean += means[i] / left;
    double squares = 0;
    for (std::size_t i = cut; i < means.size(); ++i) squares += (means[i] - mean) * (means[i] - mean);
    if (squares / (left * left) < smallest) {
      smallest = squares / (left * left);
      best = cut;
    }
  }
  EXPECT_EQ(mser5(series).cut, 5 * best);
}

TEST(Mser5, ACleanOrConstantSeriesLosesNothing) {
  EXPECT_EQ(mser5(std::vector<double>(100, 3.0)).cut, 0u);
  EXPECT_FALSE(mser5(std::vector<double>(9, 3.0)).settled) << "too short to tell";
  std::vector<double> trend(1000);
  for (std::size_t i = 0; i < trend.size(); ++i) trend[i] = static_cast<double>(i);
  EXPECT_FALSE(mser5(trend).settled) << "never settles";
}

TEST(Welch, CurveIsTheMovingMeanAndItsCutIsWhereItSettles) {
  const std::vector<std::vector<double>> pair{{0, 2, 4, 6, 8}, {2, 4, 6, 8, 10}};
  EXPECT_EQ(welch_curve(pair, 1).value(), (std::vector<double>{1, 3, 5, 7}));
  EXPECT_FALSE(welch_curve({}, 1));
  const std::vector<std::vector<double>> ragged{{1, 2}, {1}};
  EXPECT_FALSE(welch_curve(ragged, 1));

  std::vector<std::vector<double>> replications;
  for (std::uint64_t i = 0; i < 20; ++i) replications.push_back(warming_up(1000, 20 + i));
  const auto curve = welch_curve(replications, 25).value();
  const WarmUp cut = welch_cut(curve, 0.05);
  EXPECT_TRUE(cut.settled);
  EXPECT_NEAR(static_cast<double>(cut.cut), 50 * std::log(20 / 0.5), 30);  // where the bias is 5 % of 10
}

// ---- survival ---------------------------------------------------------------------------------------

TEST(KaplanMeier, AgreesWithTheWorkedExample) {  // V36: {1, 2+, 3, 4, 4, 5+}
  const auto points = kaplan_meier({{4, true}, {2, false}, {1, true}, {5, false}, {3, true}, {4, true}});
  ASSERT_EQ(points.size(), 3u);
  EXPECT_NEAR(points[0].survival, 0.833333, 1e-6);
  EXPECT_NEAR(points[1].survival, 0.625, 1e-12);
  EXPECT_NEAR(points[2].survival, 0.208333, 1e-6);
  EXPECT_EQ(points[1].at_risk, 4u);
  EXPECT_EQ(points[2].ended, 2u);
  EXPECT_NEAR(points[0].standard_error, std::sqrt(5.0 / 6 / 6 / 6), 1e-12);  // binomial without censoring
}

TEST(KaplanMeier, WithoutCensoringIsTheEmpiricalSurvival) {
  Rng rng = stream(12);
  std::vector<Lifetime> lifetimes(500);
  for (auto& life : lifetimes) life.time = std::floor(100 * rng.uniform());
  for (const auto& point : kaplan_meier(lifetimes)) {
    const auto alive =
        std::count_if(lifetimes.begin(), lifetimes.end(), [&](auto& l) { return l.time > point.time; });
    EXPECT_NEAR(point.survival, static_cast<double>(alive) / 500, 1e-12);
  }
  EXPECT_TRUE(kaplan_meier({}).empty());
  EXPECT_TRUE(kaplan_meier({{1, false}}).empty());
}

}  // namespace
}  // namespace souk::sim
