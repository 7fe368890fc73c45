// What checks are measured with: samples, their moments, and the cutting of an experiment into parts.
#include "scenarios/lab.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <set>
#include <vector>

namespace souk::scenarios {
namespace {

std::vector<double> skewed_numbers(std::size_t n) {
  Rng rng(3, ActorId{0}, Purpose::test, 0);
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(100 + 1 / rng.uniform());
  return values;
}

TEST(Moments, AreThoseOfTheDefinition) {
  const std::vector<double> values = skewed_numbers(1'000);
  Moments moments;
  for (double v : values) moments.add(v);
  const double n = 1'000;
  double mean = 0;
  for (double v : values) mean += v / n;
  std::array<double, 5> central{};
  for (double v : values)
    for (int k = 2; k <= 4; ++k) central[static_cast<std::size_t>(k)] += std::pow(v - mean, k) / n;
  EXPECT_NEAR(moments.mean(), mean, 1e-10 * mean);
  EXPECT_NEAR(moments.sd(), std::sqrt(central[2] * n / (n - 1)), 1e-9 * moments.sd());
  EXPECT_NEAR(moments.se(), moments.sd() / std::sqrt(n), 1e-12);
  const double expected = std::sqrt((central[4] - central[2] * central[2]) / n) / (2 * std::sqrt(central[2]));
  EXPECT_NEAR(moments.se_of_sd(), expected, 1e-9 * expected);
}

TEST(Moments, MergedPartsAreTheWhole) {
  const std::vector<double> values = skewed_numbers(1'000);
  Moments whole, merged;
  for (double v : values) whole.add(v);
  for (std::size_t from = 0, size = 1; from < values.size(); from += size, size *= 2) {
    Moments part;
    for (std::size_t i = from; i < std::min(from + size, values.size()); ++i) part.add(values[i]);
    merged.merge(part);
  }
  merged.merge(Moments{});
  EXPECT_EQ(merged.size(), whole.size());
  EXPECT_NEAR(merged.mean(), whole.mean(), 1e-12 * whole.mean());
  EXPECT_NEAR(merged.sd(), whole.sd(), 1e-11 * whole.sd());
  EXPECT_NEAR(merged.se_of_sd(), whole.se_of_sd(), 1e-9 * whole.se_of_sd());
}

TEST(Replications, HoldEveryObservationOnceAndHaveStreamsOfTheirOwn) {
  EXPECT_EQ(replication_count(1, 10), 1u);
  EXPECT_EQ(replication_count(20, 10), 2u);
  EXPECT_EQ(replication_count(21, 10), 3u);
  std::uint64_t all = 0;
  std::set<std::uint64_t> seeds;
  for (std::uint64_t k = 0; k < 3; ++k) {
    const std::uint64_t size = replication_size(20, 3, k);
    EXPECT_TRUE(size == 6 || size == 7);
    all += size;
    seeds.insert(replication_seed(1, k));
  }
  EXPECT_EQ(all, 20u);
  EXPECT_EQ(seeds.size(), 3u);
  EXPECT_NE(replication_seed(1, 0), replication_seed(2, 0));
}

TEST(InParallel, DoesEachPartOnceAndTellsHowFarItIs) {
  for (unsigned threads : {1U, 2U, 5U}) {
    std::vector<int> done(100, 0);
    std::mutex mutex;
    std::multiset<double> shares;
    const Crew crew{threads, [&](double share) {
                      const std::lock_guard lock(mutex);
                      shares.insert(share);
                    }};
    in_parallel(crew, done.size(), [&](std::size_t i) { ++done[i]; });
    EXPECT_EQ(done, std::vector<int>(100, 1));
    ASSERT_EQ(shares.size(), 100u);
    EXPECT_EQ(*shares.begin(), .01);
    EXPECT_EQ(*shares.rbegin(), 1.0);
  }
}

}  // namespace
}  // namespace souk::scenarios
