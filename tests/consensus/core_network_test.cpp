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

TEST(CoreNetwork, WhoFellBehindSkipsToTheRoundOfTheOthers) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(2, seconds(10)));
  // No proposal arrives, so that rounds pass; node 3 hears nothing at all.
  cluster.passes = [](std::size_t from, std::size_t to, const Message& m) {
    return from != 3 && to != 3 && !std::holds_alternative<Proposal>(m);
  };
  cluster.run_for(seconds(5));
  EXPECT_EQ(cluster.nodes[3].core->round(), 0);
  EXPECT_GE(cluster.nodes[0].core->round(), 3);
  cluster.passes = nullptr;
  ASSERT_TRUE(cluster.run_to_height(4, seconds(20)));
  EXPECT_GE(cluster.nodes[3].core->rules()[static_cast<std::size_t>(Rule::skip_round)], 1u);
  EXPECT_EQ(cluster.faults, std::vector<std::string>{});
}

TEST(CoreNetwork, OfflinePowerOfAThirdHaltsAndLessDoesNotV22) {
  for (const auto& [count, faulty_max] : {std::pair<std::size_t, std::size_t>{4, 1}, {7, 2}, {10, 3}}) {
    for (const std::size_t offline : {faulty_max, faulty_max + 1}) {
      Cluster cluster({.powers = std::vector<Power>(count, 1)});
      for (std::size_t i = 0; i < offline; ++i) cluster.kill(i);
      cluster.run_for(seconds(20));
      if (offline <= faulty_max) {
        EXPECT_GE(cluster.decided(count - 1), 10) << count << " with " << offline << " offline";
      } else {
        EXPECT_EQ(cluster.decided(count - 1), 0) << count << " with " << offline << " offline";
      }
      EXPECT_EQ(cluster.faults, std::vector<std::string>{});
    }
  }
}

TEST(CoreNetwork, PowerCountsNotHeadsV22) {
  // One of three holds exactly a third: without it nothing is decided, since 2/3 is not more than 2/3.
  Cluster cluster({.powers = {2, 2, 2}});
  cluster.kill(0);
  cluster.run_for(seconds(10));
  EXPECT_EQ(cluster.decided(1), 0);
}

TEST(CoreNetwork, ProposersOfHeightsFollowEconomicsV23) {
  Cluster cluster({.powers = {1, 2, 3, 4}});
  std::string order;
  // Indices go by power: D, C, B, A.
  for (std::int64_t h = 1; h <= 10; ++h) {
    order += "DCBA"[cluster.nodes[0].core->proposer(0)];
    ASSERT_TRUE(cluster.run_to_height(h, seconds(10)));
  }
  EXPECT_EQ(order, "DCBDACDBCD");
}

TEST(CoreNetwork, ProposerOfARoundDoesNotDependOnTheRoundsAskedBeforeSection13) {
  const std::vector<Power> powers{50, 50, 50, 10, 10, 100, 1};
  const std::vector<std::int64_t> priorities{104, 104, 104, -106, -107, 164, -259};
  const auto keys = ascending_keys(powers.size());
  std::vector<Validator> validators;
  for (std::size_t i = 0; i < keys.size(); ++i)
    validators.push_back({address_of(keys[i]), keys[i], powers[i], priorities[i]});
  CoreConfig config;
  config.genesis = ValidatorSet::restore(validators, validators[0].address).value();
  const Core at_once(config);
  const Core one_by_one(config);
  for (Round r = 0; r < 6; ++r) one_by_one.proposer(r);
  for (Round r = 12; r >= 0; --r) EXPECT_EQ(at_once.proposer(r), one_by_one.proposer(r)) << r;
}

TEST(CoreNetwork, ChangesOfBlockHRuleAtHPlus2AndAFollowerBecomesAValidator) {
  PublicKey joining{};
  joining.fill(0x77);
  ClusterOptions options;
  options.followers = 1;
  options.adjust = [&](CoreConfig& c) {
    if (!c.key) c.key = joining;
  };
  Cluster cluster(options);
  cluster.keys.push_back(joining);
  for (TestNode& node : cluster.nodes) node.app.changes = {{Height{3}, {{joining, 5}}}};
  ASSERT_TRUE(cluster.run_to_height(3, seconds(10)));
  EXPECT_EQ(cluster.nodes[0].core->validators().current.size(), 4u);  // of height 4
  ASSERT_TRUE(cluster.run_to_height(4, seconds(10)));
  EXPECT_EQ(cluster.nodes[0].core->validators().current.size(), 5u);  // of height 5
  EXPECT_TRUE(cluster.nodes[4].core->is_signing());
  // It holds 5 of 9 now: without it nothing is decided, with it everything.
  ASSERT_TRUE(cluster.run_to_height(8, seconds(20)));
  cluster.kill(4);
  cluster.run_for(seconds(5));
  EXPECT_LE(cluster.decided(0), 9);
  ASSERT_TRUE(cluster.restart(4));
  ASSERT_TRUE(cluster.run_to_height(12, seconds(30)));
  EXPECT_EQ(cluster.faults, std::vector<std::string>{});
}

TEST(CoreNetwork, AFollowerAppliesWhatOthersDecideAndSignsNothing) {
  Cluster cluster({.followers = 1});
  ASSERT_TRUE(cluster.run_to_height(5, seconds(10)));
  EXPECT_FALSE(cluster.nodes[4].core->is_signing());
  EXPECT_EQ(cluster.nodes[4].app.state_.app_hash, cluster.nodes[0].app.state_.app_hash);
  EXPECT_TRUE(cluster.seen<Signing>(4).empty());
}

TEST(CoreNetwork, PrecommitsThatComeLateAreInTheNextLastCommit) {
  Cluster cluster({});
  // Node 3 is slow: its precommits arrive 200 ms after the others decided.
  std::vector<std::pair<std::size_t, Message>> slow;
  cluster.passes = [&](std::size_t from, std::size_t to, const Message& m) {
    const auto* vote = std::get_if<Vote>(&m);
    if (from != 3 || vote == nullptr || vote->statement.step != Step::precommit) return true;
    slow.emplace_back(to, m);
    return false;
  };
  for (int i = 0; i < 80; ++i) {
    cluster.run_for(milliseconds(100));
    for (auto& [to, message] : std::exchange(slow, {})) cluster.send(3, to, message);
  }
  EXPECT_GE(cluster.decided(0), 6);
  for (const CommitSignature& s : cluster.nodes[0].app.last_commit.signatures)
    EXPECT_EQ(s.kind, CommitSignature::Kind::for_value);
}

TEST(CoreNetwork, LargeBlocksGoInParts) {
  Cluster cluster({.loss = 0.1, .adjust = [](CoreConfig& c) {
                     c.block_limits = {.bytes_max = 65'536, .part_bytes = 1'024, .evidence_bytes_max = 4'096};
                   }});
  for (TestNode& node : cluster.nodes) {
    node.app.tx_count = 10;
    node.app.tx_bytes = 2'000;
  }
  ASSERT_TRUE(cluster.run_to_height(8, seconds(60)));
  EXPECT_EQ(cluster.faults, std::vector<std::string>{});
}

TEST(CoreNetwork, BlocksStayWithinTheirBound) {
  Cluster cluster({.adjust = [](CoreConfig& c) {
    c.block_limits = {.bytes_max = 2'048, .part_bytes = 1'024, .evidence_bytes_max = 1'024};
  }});
  for (TestNode& node : cluster.nodes) {
    node.app.tx_count = 100;
    node.app.tx_bytes = 100;
  }
  ASSERT_TRUE(cluster.run_to_height(4, seconds(20)));
  for (const Decided& d : cluster.seen<Decided>(0)) {
    EXPECT_LE(d.proof->value->payload.size(), 2'048u);
    EXPECT_GT(d.proof->value->payload.size(), 1'200u);
  }
}

TEST(CoreNetwork, AProposerWhoseClockIsBehindWaitsUntilItIsPastTheLastBlock) {
  Cluster cluster({});
  cluster.nodes[1].clock_skew = -milliseconds(400);
  ASSERT_TRUE(cluster.run_to_height(12, seconds(30)));
  std::optional<Time> before;
  for (const Decided& d : cluster.seen<Decided>(0)) {
    if (before) {
      EXPECT_GT(d.block_time, *before);
    }
    before = d.block_time;
  }
  EXPECT_EQ(cluster.faults, std::vector<std::string>{});
}

// ---- advisories (section 4) that a network is needed for

TEST(CoreNetwork, Asa2024001ParametersThatChangeDoNotHaltTheChain) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(2, seconds(10)));
  for (TestNode& node : cluster.nodes) node.app.state_.params_hash.fill(1);
  // The header of height 3 is checked against what the application says after height 2, by everybody alike.
  ASSERT_TRUE(cluster.run_to_height(6, seconds(20)));
  EXPECT_EQ(cluster.faults, std::vector<std::string>{});
}

TEST(CoreNetwork, Asa2024001ASetThatCanNotBeStopsTheNodeWithTheReason) {
  Cluster cluster({});
  for (TestNode& node : cluster.nodes) {
    for (const PublicKey& key : cluster.keys) node.app.changes[Height{3}].push_back({key, 0});
  }
  cluster.run_for(seconds(6));
  EXPECT_EQ(cluster.nodes[0].core->halted(),
            "changes of the validator set that can not be made: validators: at least one must remain");
}

TEST(CoreNetwork, Asa2024009TheApplicationCommitsToPriorities) {
  // Two nodes with equal keys and powers and other priorities do not agree on a header.
  Cluster cluster({.powers = {3, 2, 1}});
  ASSERT_TRUE(cluster.run_to_height(4, seconds(10)));
  const ValidatorSet& current = cluster.nodes[0].core->validators().current;
  EXPECT_EQ(current.hash(), cluster.set.hash());
  EXPECT_NE(current.priorities_hash(), cluster.set.priorities_hash());
}

TEST(CoreNetwork, GhsaHg58AndAsa2025001ALyingSyncPeerIsChargedAndOthersAreAsked) {
  Cluster cluster({});
  cluster.kill(0);
  ASSERT_TRUE(cluster.run_to_height(12, seconds(30)));
  ASSERT_TRUE(cluster.restart(0));
  const Time honest_from = cluster.now + seconds(5);  // until then the liar is the only one to answer
  // Node 1 answers with blocks whose commit is forged, and lowers its height afterwards.
  cluster.passes = [&](std::size_t from, std::size_t to, const Message& m) {
    const auto* block = std::get_if<CertifiedValue>(&m);
    if (to != 0 || block == nullptr) return true;
    if (from != 1) return cluster.now > honest_from;
    CertifiedValue forged = *block;
    for (CommitSignature& s : forged.commit.signatures) s.signature[0] ^= 1;
    cluster.send(1, 0, forged);
    RoundStatus lower;
    lower.height = lower.stored_from = {1};
    cluster.send(1, 0, lower);
    return false;
  };
  ASSERT_TRUE(cluster.run_to_height(20, seconds(40)));
  EXPECT_EQ(cluster.faults, std::vector<std::string>{});
  bool is_charged = false;
  for (const PeerFault& f : cluster.seen<PeerFault>(0))
    is_charged = is_charged || (f.peer == ActorId{1} && f.kind == PeerFault::Kind::bad_commit);
  EXPECT_TRUE(is_charged);
  EXPECT_EQ(cluster.nodes[0].app.state_.app_hash, cluster.nodes[2].app.state_.app_hash);
}

}  // namespace
}  // namespace souk::consensus::test
