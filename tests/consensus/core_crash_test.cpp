#include <gtest/gtest.h>

#include "actors/consensus/wal.hpp"
#include "tests/consensus/cluster.hpp"

/// consensus-node.md section 1.10; damaged files: core_damage_test.cpp.
namespace souk::consensus::test {
namespace {

using Names = std::vector<std::string>;

/// What a batch does, for cutting it at a named point.
template <class E>
std::optional<std::size_t> index_of(const Effects& effects, const std::function<bool(const E&)>& is_it) {
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const auto* e = std::get_if<E>(&effects[i]);
    if (e != nullptr && is_it(*e)) return i;
  }
  return std::nullopt;
}

bool is_wal(const Persist& p) { return p.file == Persist::File::wal && !p.fresh; }
bool is_fresh_wal(const Persist& p) { return p.file == Persist::File::wal && p.fresh; }
bool is_block(const Persist& p) { return p.file == Persist::File::store && p.sync && !p.fresh; }

/// Kills node 0 at the first place from height 3 on that `where` names, restarts it a little later, and
/// expects that all go on together and nothing was signed that contradicts (the cluster checks every
/// signature).
void survives(const std::string& name, const std::function<std::optional<std::size_t>(const Effects&)>& where,
              std::size_t count = 4) {
  Cluster cluster({.powers = std::vector<Power>(count, 1)});
  bool is_killed = false;
  cluster.cut = [&](std::size_t node, const Effects& effects) {
    if (node != 0 || is_killed || cluster.nodes[0].core->height() < Height{3}) return effects.size();
    const auto at = where(effects);
    if (!at) return effects.size();
    is_killed = true;
    return *at;
  };
  while (!is_killed && cluster.now < cluster.genesis + seconds(20)) cluster.step();
  ASSERT_TRUE(is_killed) << name;
  cluster.run_for(milliseconds(30));
  const auto back = cluster.restart(0);
  ASSERT_TRUE(back) << name << ": " << back.error().message;
  ASSERT_TRUE(cluster.run_to_height(12, seconds(30))) << name;
  EXPECT_EQ(cluster.faults, Names{}) << name;
  // The state after crash and replay is the state without the crash (S12).
  if (count > 1) {
    EXPECT_EQ(cluster.nodes[0].app.state_.app_hash, cluster.nodes[1].app.state_.app_hash) << name;
  }
}

TEST(CoreCrash, C1AValueBuiltAndNotLoggedIsBuiltAgain) {
  survives("C1", [](const Effects& e) { return index_of<Persist>(e, is_wal); });
  survives("C1, alone", [](const Effects& e) { return index_of<Persist>(e, is_wal); }, 1);
}

TEST(CoreCrash, C2TheSameBytesAreSignedAgainAfterTheLogIsDurable) {
  for (const std::size_t count : {4u, 1u}) {
    survives(
        "C2", [](const Effects& e) { return index_of<MakeSignature>(e, [](const auto&) { return true; }); },
        count);
    survives(
        "C2, signed",
        [](const Effects& e) -> std::optional<std::size_t> {
          const auto at = index_of<MakeSignature>(e, [](const auto&) { return true; });
          return at ? std::optional(*at + 1) : std::nullopt;
        },
        count);
  }
}

TEST(CoreCrash, C3WhatWasSentToSomeIsSentToTheRest) {
  survives("C3", [](const Effects& e) -> std::optional<std::size_t> {
    const auto is_statement = [](const Send& s) {
      const auto& m = std::get<PeerMessage>(std::get<ValidatorEvent>(s.event)).message->message;
      return std::holds_alternative<Vote>(m) || std::holds_alternative<Proposal>(m);
    };
    const auto at = index_of<Send>(e, is_statement);
    return at ? std::optional(*at + 1) : std::nullopt;
  });
}

TEST(CoreCrash, C4ReplayTakesTheLockBeforeThePrecommit) {
  // Node 0 dies with the precommit durable and not signed; it is then the only one to come back from a lock.
  Cluster cluster({});
  bool is_killed = false;
  ValueId locked{};
  cluster.cut = [&](std::size_t node, const Effects& effects) {
    if (node != 0 || is_killed || cluster.nodes[0].core->height() < Height{3}) return effects.size();
    const auto is_precommit = [&](const MakeSignature& m) {
      return m.bytes->front() == static_cast<std::uint8_t>(Step::precommit);
    };
    const auto at = index_of<MakeSignature>(effects, is_precommit);
    if (!at) return effects.size();
    for (const Effect& e : effects) {
      if (const auto* o = std::get_if<Observe>(&e)) {
        if (const auto* l = std::get_if<Locked>(&o->what->what)) locked = *l->locked;
      }
    }
    is_killed = true;
    return *at;
  };
  while (!is_killed) cluster.step();
  ASSERT_NE(locked, ValueId{});
  cluster.passes = [](std::size_t from, std::size_t to, const Message&) { return from != 0 && to != 0; };
  ASSERT_TRUE(cluster.restart(0));
  cluster.step();
  cluster.run_for(milliseconds(1));
  EXPECT_EQ(cluster.nodes[0].core->step(), Step::precommit);
  EXPECT_TRUE(cluster.nodes[0].core->is_signing());
  cluster.passes = nullptr;
  ASSERT_TRUE(cluster.run_to_height(8, seconds(30)));
  EXPECT_EQ(cluster.faults, Names{});
}

TEST(CoreCrash, C5ADecisionThatIsNotStoredIsReachedAgain) {
  survives("C5", [](const Effects& e) { return index_of<Persist>(e, is_block); });
  survives("C5, alone", [](const Effects& e) { return index_of<Persist>(e, is_block); }, 1);
}

TEST(CoreCrash, C6AStoredBlockIsAppliedAgainWhenTheLogIsStillThatOfItsHeight) {
  const auto before_rotation = [](const Effects& e) { return index_of<Persist>(e, is_fresh_wal); };
  survives("C6", before_rotation);
  survives("C6, alone", before_rotation, 1);
}

TEST(CoreCrash, C7TheStoredBlockIsExecutedAgainAfterTheLogBeganAnew) {
  const auto after_rotation = [](const Effects& e) -> std::optional<std::size_t> {
    const auto at = index_of<Persist>(e, is_fresh_wal);
    return at ? std::optional(*at + 1) : std::nullopt;
  };
  survives("C7", after_rotation);
  survives("C7, alone", after_rotation, 1);
}

TEST(CoreCrash, C8ATornBlockRecordIsNoBlock) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(4, seconds(10)));
  cluster.kill(0, true);
  const Bytes whole = cluster.nodes[0].store.bytes;
  const Bytes log = cluster.nodes[0].wal.bytes;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    ListApp app;
    auto core = Core::recover(cluster.config_of(0), app, {log, std::span(whole).first(size)});
    ASSERT_TRUE(core) << size << ": " << core.error().message;
    EXPECT_LE(app.applied.size(), 4u);
    // A store that lost a block is behind the log: nothing is signed where it may have been already.
    if (app.applied.size() < 4) {
      EXPECT_FALSE(core->is_signing()) << size;
    }
  }
}

TEST(CoreCrash, C9ADecisionIsToldAfterItIsDurable) {
  Cluster cluster({});
  cluster.cut = [](std::size_t, const Effects& effects) {
    bool is_durable = false;
    for (const Effect& e : effects) {
      if (const auto* p = std::get_if<Persist>(&e)) is_durable = is_durable || is_block(*p);
      const auto* o = std::get_if<Observe>(&e);
      if (o != nullptr && std::holds_alternative<Decided>(o->what->what)) {
        EXPECT_TRUE(is_durable);
      }
    }
    return effects.size();
  };
  EXPECT_TRUE(cluster.run_to_height(5, seconds(10)));
}

TEST(CoreCrash, C10TheLogIsTheOldOrTheNewOneAndStaysSmall) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(3, seconds(10)));
  const std::size_t size = cluster.nodes[0].wal.bytes.size();
  ASSERT_TRUE(cluster.run_to_height(30, seconds(60)));
  EXPECT_LT(cluster.nodes[0].wal.bytes.size(), 2 * size + 4'096);
  // The new file was begun and not synced: the crash leaves the old one.
  cluster.kill(2);
  ASSERT_TRUE(cluster.restart(2));
  ASSERT_TRUE(cluster.run_to_height(34, seconds(20)));
  EXPECT_EQ(cluster.faults, Names{});
}

TEST(CoreCrash, C11ANodeThatSyncsBlocksDiesAfterAnyOfThem) {
  Cluster cluster({});
  cluster.kill(3);
  ASSERT_TRUE(cluster.run_to_height(20, seconds(60)));
  ASSERT_TRUE(cluster.restart(3));
  std::size_t stored = 0;
  cluster.cut = [&](std::size_t node, const Effects& effects) {
    const auto at = node == 3 ? index_of<Persist>(effects, is_block) : std::nullopt;
    return at && ++stored % 3 == 0 ? *at + 1 : effects.size();
  };
  for (int i = 0; i < 20; ++i) {
    cluster.run_for(seconds(1));
    if (!cluster.nodes[3].core) {
      ASSERT_TRUE(cluster.restart(3));
    }
  }
  cluster.cut = nullptr;
  ASSERT_TRUE(cluster.run_to_height(42, seconds(30)));
  EXPECT_GE(stored, 10u);
  EXPECT_EQ(cluster.faults, Names{});
  EXPECT_EQ(cluster.nodes[3].app.state_.app_hash, cluster.nodes[0].app.state_.app_hash);
}

TEST(CoreCrash, C12TheOldSoftwareStopsBeforeTheUpgradeAndTheNewOneGoesOn) {
  Cluster cluster({});
  for (TestNode& node : cluster.nodes) node.app.stop_before = Height{5};
  cluster.run_for(seconds(8));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(cluster.decided(i), 4);
    EXPECT_EQ(cluster.nodes[i].core->halted(), "height 5 needs other software");
    cluster.kill(i);
    ASSERT_TRUE(cluster.restart(i));  // the same software still refuses
  }
  cluster.run_for(seconds(2));
  EXPECT_EQ(cluster.decided(0), 4);
  for (std::size_t i = 0; i < 4; ++i) {
    cluster.kill(i);
    cluster.nodes[i].app.stop_before = std::nullopt;
    ASSERT_TRUE(cluster.restart(i));
  }
  ASSERT_TRUE(cluster.run_to_height(8, seconds(20)));
  EXPECT_EQ(cluster.faults, Names{});
}

TEST(CoreCrash, AfterEveryEffectOfOneNodeTheOthersAndItGoOn) {
  // Every effect of node 1 in heights 3 and 4 is the last before a crash once.
  std::size_t effects_between = 0;
  {
    Cluster cluster({});
    cluster.cut = [&](std::size_t node, const Effects& effects) {
      const Height h = cluster.nodes[node].core->height();
      if (node == 1 && (h == Height{3} || h == Height{4})) effects_between += effects.size();
      return effects.size();
    };
    ASSERT_TRUE(cluster.run_to_height(6, seconds(20)));
  }
  ASSERT_GT(effects_between, 30u);
  for (std::size_t k = 0; k < effects_between; ++k) {
    Cluster cluster({});
    std::size_t seen = 0;
    bool is_killed = false;
    cluster.cut = [&](std::size_t node, const Effects& effects) {
      const Height h = cluster.nodes[node].core->height();
      if (is_killed || node != 1 || h < Height{3} || h > Height{4}) return effects.size();
      if (seen + effects.size() <= k) return seen += effects.size(), effects.size();
      is_killed = true;
      return k - seen;
    };
    while (!is_killed && cluster.now < cluster.genesis + seconds(10)) cluster.step();
    cluster.run_for(milliseconds(20));
    const auto back = cluster.restart(1);
    ASSERT_TRUE(back) << k << ": " << back.error().message;
    ASSERT_TRUE(cluster.run_to_height(8, seconds(20))) << k;
    ASSERT_EQ(cluster.faults, Names{}) << k;
  }
}

TEST(CoreCrash, AllNodesDieAtOnceAndNothingToldIsLost) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Cluster cluster({.seed = seed});
    cluster.run_for(milliseconds(3'000 + static_cast<std::int64_t>(seed) * 3));
    std::array<std::size_t, 4> told{};
    for (std::size_t i = 0; i < 4; ++i) {
      told[i] = cluster.seen<Decided>(i).size();
      cluster.kill(i);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      ASSERT_TRUE(cluster.restart(i));
      EXPECT_GE(cluster.nodes[i].app.applied.size(), told[i]);
      EXPECT_TRUE(cluster.nodes[i].core->is_signing());
    }
    ASSERT_TRUE(cluster.run_to_height(7, seconds(20))) << seed;
    EXPECT_EQ(cluster.faults, Names{}) << seed;
  }
}

// Regression: the peer that answered was charged, though it had been asked before the crash.
TEST(CoreCrash, AnAnswerToAQuestionOfTheEarlierLifeIsNoFault) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(2, seconds(20)));
  cluster.kill(3);
  ASSERT_TRUE(cluster.run_to_height(6, seconds(20), 3));
  ASSERT_TRUE(cluster.restart(3));
  cluster.passes = [](std::size_t, std::size_t, const Message& m) {
    return std::holds_alternative<CertifiedValue>(m);
  };
  const auto decided = cluster.seen<Decided>(0);
  cluster.send(0, 3, *decided.at(4).proof);
  cluster.run_for(milliseconds(11));
  EXPECT_TRUE(cluster.seen<PeerFault>(3).empty());
  cluster.passes = nullptr;
  ASSERT_TRUE(cluster.run_to_height(7, seconds(20)));
  CertifiedValue unasked = *decided.at(4).proof;
  unasked.commit.height = {cluster.decided(3) + 3};
  cluster.send(0, 3, unasked);
  cluster.run_for(milliseconds(11));
  ASSERT_EQ(cluster.seen<PeerFault>(3).size(), 1u) << "the excuse does not last";
  EXPECT_EQ(cluster.seen<PeerFault>(3)[0].kind, PeerFault::Kind::unsolicited);
}

/// A node refused what the others decided and stopped. Once it is mended and started again it goes on; the
/// verdict in its log must not stop it for ever.
TEST(CoreCrash, WhatWasInvalidBeforeARestartIsJudgedAgain) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(3, seconds(10)));
  cluster.nodes[0].app.refuses = true;
  ASSERT_TRUE(cluster.run_to_height(6, seconds(10), 0));
  EXPECT_EQ(cluster.decided(0), 3);
  EXPECT_EQ(cluster.nodes[0].core->halted(), "more than 2/3 decided a block that does not validate");
  cluster.kill(0);
  ASSERT_TRUE(cluster.restart(0));
  ASSERT_TRUE(cluster.run_to_height(9, seconds(10)));
  EXPECT_EQ(cluster.nodes[0].core->halted(), std::nullopt);
  EXPECT_EQ(cluster.nodes[0].app.state_.app_hash, cluster.nodes[1].app.state_.app_hash);
  EXPECT_EQ(cluster.faults, Names{});
}

/// The same, while the others can not decide without it: it prevotes what it is offered again.
TEST(CoreCrash, WhatWasInvalidBeforeARestartIsVotedForAfterIt) {
  Cluster cluster({});
  ASSERT_TRUE(cluster.run_to_height(3, seconds(10)));
  cluster.nodes[0].app.refuses = true;
  const auto decides = [](const Message& m) {
    const auto* vote = std::get_if<Vote>(&m);
    const bool is_last = vote != nullptr && vote->index == 3 && vote->statement.step == Step::precommit;
    return is_last || std::holds_alternative<CertifiedValue>(m);
  };
  // Node 3 helps the others to a polka and locks them, and is gone.
  cluster.passes = [&](std::size_t, std::size_t, const Message& m) { return !decides(m); };
  cluster.run_for(seconds(1) + milliseconds(500));
  cluster.kill(3);
  cluster.passes = nullptr;
  cluster.run_for(seconds(30));
  ASSERT_EQ(cluster.decided(1), 3);
  EXPECT_GT(cluster.nodes[0].core->rules()[static_cast<std::size_t>(Rule::again_prevote_nil_invalid)], 0u);
  cluster.kill(0);
  ASSERT_TRUE(cluster.restart(0));
  ASSERT_TRUE(cluster.run_to_height(6, seconds(60)));
  EXPECT_EQ(cluster.faults, Names{});
}

}  // namespace
}  // namespace souk::consensus::test
