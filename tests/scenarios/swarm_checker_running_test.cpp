#include <gtest/gtest.h>

#include "scenarios/swarm/swarm.hpp"
#include "tests/scenarios/swarm_story.hpp"

// Invariants from S10 on: every one refuses the history that breaks it. Before them: swarm_checker_test.cpp.
namespace souk::scenarios::swarm::test {
namespace {

constexpr ActorId client{5};  // 0 to 3 validate, 4 is the operators'

SharedTx transfer(std::uint64_t number) {
  Tx tx;
  tx.signer = client_account(0);
  tx.nonce = number;
  tx.fee = {Denom::uakt, {500}};
  tx.msgs.push_back(MsgSend{client_account(0), client_account(1), {{Denom::uakt, {1}}}});
  return std::make_shared<const Tx>(tx);
}

TEST(SwarmChecker, S10AProposalOutOfTurn) {
  Story story;
  const std::uint32_t turn = ProposerOrder(story.set()).at(0);
  story.tell_signing(story.actor_of(turn), {Step::propose, {1}, 0, ValueId{1}, no_round});
  EXPECT_EQ(story.verdict(), "");
  story.tell_signing(story.actor_of((turn + 1) % 4), {Step::propose, {1}, 0, ValueId{1}, no_round});
  EXPECT_EQ(story.verdict(), "S10");
}

TEST(SwarmChecker, S10APrevoteForAProposalOutOfTurn) {
  Story story;
  const std::uint32_t turn = ProposerOrder(story.set()).at(0);
  const CertifiedValue value = story.certified(story.next_block());
  const ActorId voter = story.actor_of((turn + 1) % 4);
  story.tell_proposal(voter, (turn + 2) % 4, 0, value);
  story.tell_signing(voter, {Step::prevote, {1}, 0, value.commit.value, no_round});
  EXPECT_EQ(story.verdict(), "S10");
}

TEST(SwarmChecker, S10AnotherProposerThanThePlainRules) {
  Story story;
  story.decide();
  const std::uint32_t turn = *story.set().index_of(story.set().proposer());
  story.tell({0}, {Applied{{1}, Hash{}, Hash{}, story.set()[(turn + 1) % 4].address}});
  EXPECT_EQ(story.verdict(), "S10");
}

TEST(SwarmChecker, S11AnUnsoundLedger) {
  Story story([](CheckerSetup& setup) {
    setup.reference.invariants_every_blocks = 2;
    setup.reference.is_sound = [](const Ledger&) { return Result<void>(fail("a coin is missing")); };
  });
  story.decide();
  EXPECT_EQ(story.verdict(), "");
  story.decide();
  EXPECT_EQ(story.verdict(), "S11");
}

TEST(SwarmChecker, S12AnotherStateAfterRecovery) {
  Story story;
  story.decide();
  story.tell({0}, {Applied{{1}, Hash{1}, Hash{}, story.set().proposer()}});
  story.checker.came_back(story.now, {1}, Height{1}, Hash{1}, true);
  EXPECT_EQ(story.verdict(), "");
  story.checker.came_back(story.now, {2}, Height{1}, Hash{2}, true);
  EXPECT_EQ(story.verdict(), "S12");
}

TEST(SwarmChecker, S13AQueueAboveItsBound) {
  Story story([](CheckerSetup& setup) { setup.queues.future_messages = 10; });
  story.tell({0}, {QueueSizes{0, 0, 10, 0, 0}});
  EXPECT_EQ(story.verdict(), "");
  story.tell({0}, {QueueSizes{0, 0, 11, 0, 0}});
  EXPECT_EQ(story.verdict(), "S13");
}

TEST(SwarmChecker, S13OfTheNextHeightEachPeerMaySayTwiceTheSetsSizeOrEight) {
  EXPECT_EQ(Story().nodes.checker_setup().queues.future_messages, 3u * 8u);
}

TEST(SwarmChecker, S2OnlyWhoseApplicationIsStricterMayStop) {
  const std::string why = "more than 2/3 decided a block that does not validate: block: too long";
  Story story([](CheckerSetup& setup) { setup.actors[1].stricter = true; });
  story.tell({1}, {Halted{why}});
  EXPECT_EQ(story.verdict(), "");
  story.tell({2}, {Halted{why}});
  EXPECT_EQ(story.verdict(), "S2");
}

TEST(SwarmChecker, S13AMempoolAboveItsBound) {
  Story story;
  story.checker.mempool_is(story.now, {0}, 20, 20, 100, 100);
  EXPECT_EQ(story.verdict(), "");
  story.checker.mempool_is(story.now, {0}, 21, 20, 100, 100);
  EXPECT_EQ(story.verdict(), "S13");
}

TEST(SwarmChecker, S14TwoRunsThatDiffer) {
  SeedResult once;
  once.run_hash = "aa";
  SeedResult again = once;
  EXPECT_FALSE(compare_runs(once, again, genesis_time).has_value());
  again.run_hash = "ab";
  ASSERT_TRUE(compare_runs(once, again, genesis_time).has_value());
  EXPECT_EQ(code_of(compare_runs(once, again, genesis_time)->invariant), "S14");
}

TEST(SwarmChecker, L1NoHeightAfterTheHeal) {
  Story story;
  story.decide();
  story.checker.healed(story.now, seconds(10));
  story.checker.lived(story.now + seconds(60), {}, seconds(60));
  EXPECT_EQ(story.verdict(), "L1");
}

TEST(SwarmChecker, L1AHeightTooLateAfterTheHeal) {
  Story story;
  story.decide();
  story.checker.healed(story.now, seconds(10));
  story.now += seconds(11);
  story.decide();
  story.checker.lived(story.now + seconds(60), {}, seconds(60));
  EXPECT_EQ(story.verdict(), "L1");
}

TEST(SwarmChecker, L2ANodeThatStaysBehind) {
  Story story;
  for (int i = 0; i < 8; ++i) story.decide();
  story.checker.healed(story.now, seconds(10));
  story.decide();
  story.checker.lived(story.now + seconds(60), {{{0}, {9}}, {{1}, {4}}}, seconds(60));
  EXPECT_EQ(story.verdict(), "L2");
}

TEST(SwarmChecker, L3ATransactionThatNeverComes) {
  Story story;
  story.decide();
  story.checker.healed(story.now, seconds(10));
  story.checker.on_effect(story.now, client, SubmitTx{transfer(1)});
  for (int i = 0; i < 22; ++i) story.decide();
  const Height now = story.checker.highest();
  story.checker.lived(story.now, {{{0}, now}, {{2}, now}, {{3}, now}}, seconds(60));
  EXPECT_EQ(story.verdict(), "");  // the node it was given to is out of order
  story.checker.lived(story.now, {{{0}, now}, {{1}, now}, {{2}, now}, {{3}, now}}, seconds(60));
  EXPECT_EQ(story.verdict(), "L3");
}

TEST(SwarmChecker, X1WhatNobodySentIsInABlock) {
  Story story;
  story.decide(story.next_block({transfer(1)}));
  EXPECT_EQ(story.verdict(), "X1");
}

TEST(SwarmChecker, X1ATransactionTwice) {
  Story story;
  story.checker.on_effect(story.now, client, SubmitTx{transfer(1)});
  story.decide(story.next_block({transfer(1)}));
  EXPECT_EQ(story.verdict(), "");
  story.decide(story.next_block({transfer(1)}));
  EXPECT_EQ(story.verdict(), "X1");
}

TEST(SwarmChecker, X1ToldWhatTheChainDoesNotSay) {
  Story story;
  story.checker.on_effect(story.now, client, SubmitTx{transfer(1)});
  story.checker.on_event(story.now, client, TxDecided{1, {1}, Codespace::none, 0, 0});
  EXPECT_EQ(story.verdict(), "");  // height 1 may still turn out so
  story.decide();
  EXPECT_EQ(story.verdict(), "X1");
}

TEST(SwarmChecker, X1ToldOfAHeightThatNeverComes) {
  Story story;
  story.checker.on_effect(story.now, client, SubmitTx{transfer(1)});
  story.checker.on_event(story.now, client, TxDecided{1, {9}, Codespace::none, 0, 0});
  story.decide();
  EXPECT_EQ(story.verdict(), "");
  story.checker.ended(story.now, {});
  EXPECT_EQ(story.verdict(), "X1");
}

}  // namespace
}  // namespace souk::scenarios::swarm::test
