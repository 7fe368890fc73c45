#include "bench/gpu/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace souk::gpu {
namespace {

TEST(Statistics, PercentilesLieLinearlyBetweenNeighbours) {
  const std::vector<double> sorted{10, 20, 30, 40, 50};
  EXPECT_DOUBLE_EQ(percentile(sorted, 0), 10);
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.5), 30);
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.1), 14);
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.9), 46);
  EXPECT_DOUBLE_EQ(percentile(sorted, 1), 50);
}

TEST(Statistics, TheOrderOfSamplesDoesNotMatter) {
  const Summary summary = summarise(std::vector<double>{3, 1, 2, 5, 4});
  EXPECT_DOUBLE_EQ(summary.median, 3);
  EXPECT_DOUBLE_EQ(summary.cv, std::sqrt(2.5) / 3);
}

TEST(Statistics, AnOutlierMovesTheScatterAndNotTheMedian) {
  const Summary calm = summarise(std::vector<double>{100, 100, 100, 100, 100, 100, 100});
  const Summary spiked = summarise(std::vector<double>{100, 100, 100, 100, 100, 100, 10});
  EXPECT_DOUBLE_EQ(calm.cv, 0);
  EXPECT_DOUBLE_EQ(spiked.median, 100);
  EXPECT_GT(spiked.cv, 0.3);
}

TEST(Statistics, OneSampleIsItsOwnSummary) {
  const Summary summary = summarise(std::vector<double>{7});
  EXPECT_DOUBLE_EQ(summary.median, 7);
  EXPECT_DOUBLE_EQ(summary.p10, 7);
  EXPECT_DOUBLE_EQ(summary.cv, 0);
}

}  // namespace
}  // namespace souk::gpu
