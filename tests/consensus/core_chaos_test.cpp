#include <gtest/gtest.h>

#include "tests/consensus/cluster.hpp"

/// Everything at once: loss, delay, partitions, and nodes that die between any two effects.
namespace souk::consensus::test {
namespace {

struct Chaos {
  Cluster cluster;
  Rng rng;
  std::array<std::optional<Time>, 4> back_at{};
  std::optional<std::pair<std::size_t, std::size_t>> doomed;  ///< node, effects it still carries out

  explicit Chaos(std::uint64_t seed)
      : cluster({.seed = seed, .delay_max = milliseconds(60), .loss = 0.05, .block_time = milliseconds(200)}),
        rng(seed, ActorId{1}, Purpose::fault, 0) {
    cluster.cut = [this](std::size_t node, const Effects& effects) {
      if (!doomed || doomed->first != node) return effects.size();
      if (doomed->second >= effects.size()) {
        doomed->second -= effects.size();
        return effects.size();
      }
      const std::size_t count = doomed->second;
      doomed.reset();
      fall(node);
      return count;
    };
  }
  void fall(std::size_t node) {
    back_at[node] = cluster.now + milliseconds(10 + static_cast<std::int64_t>(rng.below(1'500)));
  }
  void come_back(bool all) {
    for (std::size_t i = 0; i < 4; ++i) {
      if (!back_at[i] || (!all && *back_at[i] > cluster.now)) continue;
      back_at[i].reset();
      const auto recovered = cluster.restart(i);
      ASSERT_TRUE(recovered) << recovered.error().message;
    }
  }
  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) {
      cluster.run_for(milliseconds(50));
      come_back(false);
      const std::uint64_t what = rng.below(40);
      const std::size_t node = rng.below(4);
      if (what < 4 && !doomed && cluster.nodes[node].core) doomed.emplace(node, rng.below(60));
      if (what == 4)
        cluster.passes = [node](std::size_t a, std::size_t b, const Message&) {
          return a != node && b != node;
        };
      if (what == 5)
        cluster.passes = [node](std::size_t a, std::size_t b, const Message&) {
          return (a < node) == (b < node);
        };
      if (what > 30) cluster.passes = nullptr;
      if (what == 6 && i % 3 == 0) {
        for (std::size_t k = 0; k < 4; ++k) {
          if (!cluster.nodes[k].core) continue;
          cluster.kill(k);
          fall(k);
        }
      }
    }
  }
};

TEST(CoreChaos, NeitherForksNorSignsTwiceAndGoesOnWhenItIsOver) {
  RuleCounts rules{};
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    Chaos chaos(seed);
    Cluster& cluster = chaos.cluster;
    chaos.run(300);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    chaos.doomed.reset();
    cluster.passes = nullptr;
    cluster.options.loss = 0;
    chaos.come_back(true);
    std::int64_t highest = 0;
    for (std::size_t i = 0; i < 4; ++i) highest = std::max(highest, cluster.decided(i));
    ASSERT_TRUE(cluster.run_to_height(highest + 5, seconds(30))) << "seed " << seed;
    ASSERT_EQ(cluster.faults, std::vector<std::string>{}) << "seed " << seed;
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_TRUE(cluster.nodes[i].core->is_signing()) << "seed " << seed;
      for (const PeerFault& f : cluster.seen<PeerFault>(i))
        EXPECT_EQ(f.kind, PeerFault::Kind::far_future) << "seed " << seed << ": an honest peer is charged";
      EXPECT_TRUE(cluster.seen<Caught>(i).empty()) << "seed " << seed << ": an honest validator is accused";
    }
    const RuleCounts its = cluster.rules();
    for (std::size_t r = 0; r < rules.size(); ++r) rules[r] += its[r];
  }
  for (const Rule rule : {Rule::skip_round, Rule::polka_nil, Rule::polka_any, Rule::precommit_any,
                          Rule::timeout_propose, Rule::timeout_precommit, Rule::decide_earlier_round})
    EXPECT_GT(rules[static_cast<std::size_t>(rule)], 0u) << enum_name(rule);
}

}  // namespace
}  // namespace souk::consensus::test
