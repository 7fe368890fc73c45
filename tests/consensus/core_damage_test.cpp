#include <gtest/gtest.h>

#include "tests/consensus/cluster.hpp"

/// What a node does with files that were torn, changed, lost or another's (consensus-node.md
/// section 1.9).
namespace souk::consensus::test {
namespace {

using Names = std::vector<std::string>;

/// A cluster that stops in the middle of a height, with node 0 having signed all it can, and its files.
struct Stopped {
  Cluster cluster{{}};
  Bytes wal;
  Bytes store;

  Stopped() {
    cluster.run_to_height(2, seconds(10));
    // Others' precommits do not reach node 0, so that it ends with its own durable.
    cluster.passes = [](std::size_t, std::size_t to, const Message& m) {
      const auto* vote = std::get_if<Vote>(&m);
      return to != 0 || (vote == nullptr ? !std::holds_alternative<CertifiedValue>(m)
                                         : vote->statement.step != Step::precommit);
    };
    cluster.run_for(milliseconds(1'060));
    cluster.kill(0, true);
    wal = cluster.nodes[0].wal.bytes;
    store = cluster.nodes[0].store.bytes;
  }
  /// Comes back with these files and takes part again; no signature may contradict an earlier one.
  void come_back(Bytes log, const std::string& name) {
    Cluster copy = cluster;
    copy.passes = nullptr;
    copy.nodes[0].wal.replace(std::move(log));
    if (auto back = copy.restart(0); !back) {
      EXPECT_FALSE(back.error().message.empty()) << name;
      return;
    }
    EXPECT_TRUE(copy.run_to_height(5, seconds(20))) << name;
    EXPECT_EQ(copy.faults, Names{}) << name;
  }
};

TEST(CoreDamage, ALogTornAtAnyByteRecoversOrRefusesAndNeverSignsTwice) {
  Stopped stopped;
  ASSERT_GT(stopped.wal.size(), 500u);
  for (std::size_t size = 0; size <= stopped.wal.size(); ++size)
    stopped.come_back(Bytes(stopped.wal.begin(), stopped.wal.begin() + static_cast<std::ptrdiff_t>(size)),
                      "cut at " + std::to_string(size));
}

TEST(CoreDamage, ALogWithAnyByteFlippedRecoversOrRefusesAndNeverSignsTwice) {
  Stopped stopped;
  for (std::size_t at = 0; at < stopped.wal.size(); ++at) {
    Bytes log = stopped.wal;
    log[at] ^= static_cast<std::uint8_t>(1u << (at % 8));
    stopped.come_back(std::move(log), "flipped at " + std::to_string(at));
  }
}

TEST(CoreDamage, AForeignFileIsRefusedByName) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(2, seconds(10)));
  const auto refusal = [&](std::size_t node, const Bytes& wal, const Bytes& store) {
    ListApp app;
    const auto core = Core::recover(cluster.config_of(node), app, {wal, store});
    return core ? std::string("none") : core.error().message;
  };
  const TestNode& other = cluster.nodes[1];
  EXPECT_EQ(refusal(0, cluster.nodes[0].wal.bytes, other.store.bytes), "store: of another key");
  EXPECT_EQ(refusal(0, other.wal.bytes, cluster.nodes[0].store.bytes), "log: of another key");
  cluster.options.adjust = [](CoreConfig& c) { c.chain_id = "another"; };
  EXPECT_EQ(refusal(0, {}, cluster.nodes[0].store.bytes), "store: of chain souk-test-1");
}

TEST(CoreDamage, ALostLogMeansSilenceUntilTheHeightIsOver) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(3, seconds(10)));
  cluster.run_for(milliseconds(5));
  cluster.kill(0, true);
  cluster.nodes[0].wal = {};
  ASSERT_TRUE(cluster.restart(0));
  EXPECT_FALSE(cluster.nodes[0].core->is_signing());
  ASSERT_TRUE(cluster.run_to_height(6, seconds(20)));
  EXPECT_TRUE(cluster.nodes[0].core->is_signing());
  EXPECT_EQ(cluster.faults, Names{});
}

/// Its log was lost, and later the store, which alone remembered that: it must keep silent still.
TEST(CoreDamage, SilenceSurvivesDamageToEitherFile) {
  for (const bool to_store : {true, false}) {
    Cluster cluster({});
    cluster.passes = [](std::size_t, std::size_t, const Message&) { return false; };
    cluster.run_for(seconds(6));  // votes are signed, nothing is decided
    cluster.kill(0, true);
    cluster.nodes[0].wal = {};
    ASSERT_TRUE(cluster.restart(0));
    cluster.run_for(seconds(1));
    EXPECT_FALSE(cluster.nodes[0].core->is_signing());
    cluster.kill(0);
    TestFile& file = to_store ? cluster.nodes[0].store : cluster.nodes[0].wal;
    for (std::size_t i = 0; i < file.bytes.size(); i += 16) file.bytes[i] ^= 1;
    ASSERT_TRUE(cluster.restart(0));
    cluster.run_for(seconds(20));
    EXPECT_FALSE(cluster.nodes[0].core->is_signing()) << to_store;
    cluster.passes = nullptr;
    ASSERT_TRUE(cluster.run_to_height(3, seconds(60)));
    EXPECT_TRUE(cluster.nodes[0].core->is_signing());
    EXPECT_EQ(cluster.faults, Names{});
  }
}

}  // namespace
}  // namespace souk::consensus::test
