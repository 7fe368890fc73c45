#include <gtest/gtest.h>

#include "tests/consensus/cluster.hpp"

/// How evidence of two contradicting votes gets into a block (consensus-node.md section 1.7).
namespace souk::consensus::test {
namespace {

Vote vote_of_2(const Cluster& cluster, const Statement& s) {
  return {s, 2, cluster.set[2].address, KeyedHash::sign(cluster.set[2].key, sign_bytes(Cluster::chain, s))};
}

/// A prevote of height 3 for a value that nobody proposed.
Statement lie_at_3() {
  Statement lie{Step::prevote, {3}, 0, ValueId{}, no_round};
  lie.value->fill(0x99);
  return lie;
}

/// Four validators and a follower, which alone catches validator 2 and is not heard until `heard`.
struct OnlyOneKnows {
  Cluster cluster;
  bool heard = false;

  explicit OnlyOneKnows(Duration block_time) : cluster({.block_time = block_time, .followers = 1}) {
    cluster.passes = [this](std::size_t from, std::size_t, const Message& m) {
      return heard || from != 4 || !std::holds_alternative<Evidence>(m);
    };
    cluster.run_to_height(2, seconds(10));
    cluster.send(2, 4, vote_of_2(cluster, lie_at_3()));
  }
  std::size_t offences() const { return cluster.nodes[0].app.offences.size(); }
};

TEST(CoreEvidence, ADoubleVoteEndsInABlockOnceAndOnlyTheGuiltyIsNamed) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(2, seconds(10)));
  const Statement lie = lie_at_3();
  cluster.run_for(milliseconds(995));
  for (const std::size_t to : {0u, 1u, 3u}) cluster.send(2, to, vote_of_2(cluster, lie));
  ASSERT_TRUE(cluster.run_to_height(10, seconds(20)));
  for (const TestNode& node : cluster.nodes) {
    ASSERT_EQ(node.app.offences.size(), 1u);
    EXPECT_EQ(node.app.offences[0].key, cluster.set[2].key);
    EXPECT_EQ(node.app.offences[0].height, Height{3});
    EXPECT_EQ(node.core->queues().evidence, 0u);
  }
}

/// The other half of the offence comes with a block, not as a vote.
TEST(CoreEvidence, AVoteThatContradictsTheCommitOfASyncedBlockIsCaught) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(2, seconds(10)));
  cluster.passes = [](std::size_t, std::size_t to, const Message& m) {
    const auto* vote = std::get_if<Vote>(&m);
    return to != 0 || vote == nullptr || vote->statement.step != Step::precommit ||
           vote->statement.height != Height{3};
  };
  cluster.run_for(milliseconds(995));
  const Statement lie{Step::precommit, {3}, 0, std::nullopt, no_round};
  cluster.send(2, 0, vote_of_2(cluster, lie));
  ASSERT_TRUE(cluster.run_to_height(10, seconds(20)));
  ASSERT_EQ(cluster.seen<Caught>(0).size(), 1u);
  for (const TestNode& node : cluster.nodes) {
    ASSERT_EQ(node.app.offences.size(), 1u);
    EXPECT_EQ(node.app.offences[0].key, cluster.set[2].key);
  }
}

// Regression: it was told again only where a round outlasted `rebroadcast`.
TEST(CoreEvidence, IsToldAgainHoweverShortHeightsAre) {
  OnlyOneKnows known(milliseconds(100));
  Cluster& cluster = known.cluster;
  ASSERT_TRUE(cluster.run_to_height(12, seconds(10)));
  ASSERT_EQ(cluster.seen<Caught>(4).size(), 1u);
  ASSERT_EQ(known.offences(), 0u);
  known.heard = true;
  cluster.run_for(seconds(4));
  EXPECT_EQ(known.offences(), 1u);
}

// Regression: what waited for a block was in memory alone.
TEST(CoreEvidence, IsNotLostWhenAllAreStartedAgain) {
  OnlyOneKnows known(seconds(1));
  Cluster& cluster = known.cluster;
  ASSERT_TRUE(cluster.run_to_height(8, seconds(20)));
  ASSERT_EQ(cluster.seen<Caught>(4).size(), 1u);
  for (std::size_t node = 0; node < 5; ++node) cluster.kill(node);
  for (std::size_t node = 0; node < 5; ++node) ASSERT_TRUE(cluster.restart(node));
  known.heard = true;
  ASSERT_TRUE(cluster.run_to_height(14, seconds(30)));
  EXPECT_EQ(known.offences(), 1u);
  EXPECT_EQ(cluster.nodes[4].core->queues().evidence, 0u);
  // Nor is it taken up again once a block holds it.
  cluster.kill(4);
  ASSERT_TRUE(cluster.restart(4));
  EXPECT_EQ(cluster.nodes[4].core->queues().evidence, 0u);
}

}  // namespace
}  // namespace souk::consensus::test
