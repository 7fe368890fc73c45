#include <gtest/gtest.h>

#include "tests/consensus/cluster.hpp"

namespace souk::consensus::test {
namespace {

TEST(CoreNetwork, OneValidatorDecidesAlone) {
  Cluster cluster({.powers = {1}});
  ASSERT_TRUE(cluster.run_to_height(10, seconds(11)));
  EXPECT_EQ(cluster.faults, std::vector<std::string>{});
  EXPECT_EQ(cluster.nodes[0].app.applied.size(), 10u);
}

TEST(CoreNetwork, FourValidatorsKeepToTheGrid) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(10, seconds(11)));
  EXPECT_EQ(cluster.faults, std::vector<std::string>{});
  for (std::size_t i = 0; i < 4; ++i) {
    for (const Decided& d : cluster.seen<Decided>(i)) {
      EXPECT_EQ(d.round, 0);
      EXPECT_EQ(d.block_time, cluster.genesis + seconds(d.height.value));
      EXPECT_LT(d.at - d.block_time, milliseconds(100));
    }
  }
}

TEST(CoreNetwork, AgreesUnderDelayLossAndReordering) {
  RuleCounts rules{};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::size_t count = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 4 : 7;
    Cluster cluster({.seed = seed,
                     .powers = std::vector<Power>(count, 1),
                     .delay_max = milliseconds(seed % 5 * 60 + 10),
                     .loss = static_cast<double>(seed % 4) * 0.1});
    ASSERT_TRUE(cluster.run_to_height(8, seconds(120))) << "seed " << seed;
    ASSERT_EQ(cluster.faults, std::vector<std::string>{}) << "seed " << seed;
    const RuleCounts its = cluster.rules();
    for (std::size_t r = 0; r < rules.size(); ++r) rules[r] += its[r];
  }
  EXPECT_GT(rules[static_cast<std::size_t>(Rule::polka_lock)], 0u);
  EXPECT_GT(rules[static_cast<std::size_t>(Rule::timeout_propose)], 0u);
}

}  // namespace
}  // namespace souk::consensus::test
