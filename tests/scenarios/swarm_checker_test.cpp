#include <gtest/gtest.h>

#include "scenarios/swarm/swarm.hpp"
#include "tests/scenarios/swarm_story.hpp"

// A history that is right passes; every invariant, here up to S9, refuses the history that breaks it.
namespace souk::scenarios::swarm::test {
namespace {

TEST(SwarmChecker, FindsNothingInATrueHistory) {
  Story story;
  for (int i = 0; i < 5; ++i) story.decide();
  EXPECT_EQ(story.verdict(), "") << to_text(story.checker.violations().front(), genesis_time);
  EXPECT_EQ(story.checker.highest().value, 5);
}

TEST(SwarmChecker, S1TwoValuesAtOneHeight) {
  Story story;
  story.decide();
  Block other = story.next_block();
  other.header.time += milliseconds(1);
  story.tell_decided({0}, story.certified(story.next_block()));
  story.tell_decided({1}, story.certified(other));
  EXPECT_EQ(story.verdict(), "S1");
}

TEST(SwarmChecker, S2ABlockWithAnotherDataHash) {
  Story story;
  Block block = story.next_block();
  block.header.data_hash[0] ^= 1;
  story.decide(block);
  EXPECT_EQ(story.verdict(), "S2");
}

TEST(SwarmChecker, S2ABlockOnAnotherPredecessor) {
  Story story;
  story.decide();
  Block block = story.next_block();
  block.header.last_value[3] ^= 1;
  story.decide(block);
  EXPECT_EQ(story.verdict(), "S2");
}

TEST(SwarmChecker, S2ABlockOfOtherValidators) {
  Story story;
  Block block = story.next_block();
  block.header.validators_hash[3] ^= 1;
  story.decide(block);
  EXPECT_EQ(story.verdict(), "S2");
}

TEST(SwarmChecker, S2ABlockThatHoldsNoTransaction) {
  Story story;
  Block block = story.next_block();
  block.txs.push_back({1, 2, 3});
  story.decide(Story::finished(block));
  EXPECT_EQ(story.verdict(), "S2");
}

TEST(SwarmChecker, S2ADecisionWithoutProof) {
  Story story;
  story.tell({0}, {Decided{{1}, 0, {}, story.now, story.now, false, nullptr}});
  EXPECT_EQ(story.verdict(), "S2");
}

TEST(SwarmChecker, S3TwoVotesOfOneStep) {
  Story story;
  story.tell_signing({0}, {Step::precommit, {1}, 0, std::nullopt, no_round});
  story.tell_signing({0}, {Step::precommit, {1}, 0, std::nullopt, no_round});  // the same again is none
  EXPECT_EQ(story.verdict(), "");
  story.tell_signing({0}, {Step::precommit, {1}, 0, ValueId{7}, no_round});
  EXPECT_EQ(story.verdict(), "S3");
}

TEST(SwarmChecker, S3IsNotAskedOfTheByzantine) {
  Story story([](CheckerSetup& setup) { setup.actors[0].honest = false; });
  story.tell_signing({0}, {Step::precommit, {1}, 0, std::nullopt, no_round});
  story.tell_signing({0}, {Step::precommit, {1}, 0, ValueId{7}, no_round});
  EXPECT_EQ(story.verdict(), "");
}

/// A round whose proposal by whose turn it is reaches `voter`, who then prevotes it.
void prevote(Story& story, ActorId voter, Round round, const CertifiedValue& value, Round valid_round) {
  ProposerOrder order(story.set());
  const std::uint32_t proposer = order.at(round);
  story.tell_proposal(voter, proposer, round, value, valid_round);
  story.tell_signing(voter, {Step::prevote, story.next(), round, value.commit.value, valid_round});
}

TEST(SwarmChecker, S4APrevoteAgainstTheLock) {
  Story story;
  const CertifiedValue first = story.certified(story.next_block());
  Block other = story.next_block();
  other.header.time += milliseconds(1);
  const CertifiedValue second = story.certified(other);
  story.tell_signing({0}, {Step::precommit, {1}, 0, first.commit.value, no_round});
  story.tell_signing({0}, {Step::precommit, {1}, 1, std::nullopt, no_round});  // nil keeps the lock
  prevote(story, {0}, 2, first, no_round);
  EXPECT_EQ(story.verdict(), "");
  prevote(story, {0}, 3, second, no_round);
  EXPECT_EQ(story.verdict(), "S4");
}

TEST(SwarmChecker, S4AValidRoundWithoutAPolka) {
  Story story;
  const CertifiedValue first = story.certified(story.next_block());
  Block other = story.next_block();
  other.header.time += milliseconds(1);
  const CertifiedValue second = story.certified(other);
  for (std::uint32_t i = 1; i < 4; ++i) prevote(story, {i}, 1, second, no_round);
  story.tell_signing({0}, {Step::precommit, {1}, 0, first.commit.value, no_round});
  prevote(story, {0}, 2, second, 1);  // three of four prevoted it in round 1
  EXPECT_EQ(story.verdict(), "");
  prevote(story, {0}, 4, second, 3);  // nobody did in round 3
  EXPECT_EQ(story.verdict(), "S4");
}

TEST(SwarmChecker, S4AValidRoundWithoutAPolkaByWhoIsNotLocked) {
  Story story;
  const CertifiedValue value = story.certified(story.next_block());
  for (std::uint32_t i = 1; i < 3; ++i) prevote(story, {i}, 0, value, no_round);  // two of four are none
  prevote(story, {0}, 1, value, 0);
  EXPECT_EQ(story.verdict(), "S4");
}

TEST(SwarmChecker, S4TheLyingMayHaveMadeThePolka) {
  Story story([](CheckerSetup& setup) { setup.actors[3].honest = false; });
  const CertifiedValue value = story.certified(story.next_block());
  for (std::uint32_t i = 1; i < 3; ++i) prevote(story, {i}, 0, value, no_round);
  prevote(story, {0}, 1, value, 0);
  EXPECT_EQ(story.verdict(), "");
}

TEST(SwarmChecker, S5ACommitOfTwoThirdsExactlyOrLess) {
  Story story;
  story.tell_decided({0}, story.certified(story.next_block(), 2));
  EXPECT_EQ(story.verdict(), "S5");
}

TEST(SwarmChecker, S5ACommitWithAForgedSignature) {
  Story story;
  CertifiedValue proof = story.certified(story.next_block());
  proof.commit.signatures[1].signature[0] ^= 1;
  story.tell_decided({0}, proof);
  EXPECT_EQ(story.verdict(), "S5");
}

TEST(SwarmChecker, S5ALastCommitUnderAnotherAddress) {
  Story story;
  story.decide();
  Block block = story.next_block();
  std::swap(block.last_commit.signatures[0], block.last_commit.signatures[1]);
  story.decide(Story::finished(block));
  EXPECT_EQ(story.verdict(), "S5");
}

TEST(SwarmChecker, S6TwoAppHashesAtOneHeight) {
  Story story;
  story.decide();
  const Address turn = story.set().proposer();
  story.tell({0}, {Applied{{1}, Hash{}, Hash{}, turn}});
  EXPECT_EQ(story.verdict(), "");
  story.tell({1}, {Applied{{1}, Hash{1}, Hash{}, turn}});
  EXPECT_EQ(story.verdict(), "S6");
}

TEST(SwarmChecker, S6AStateThatTheBlocksDoNotLeadTo) {
  Story story;
  story.decide();
  story.checker.state_is(story.now, {0}, {1}, story.checker.reference().ledger().state_hash());
  EXPECT_EQ(story.verdict(), "");
  story.checker.state_is(story.now, {0}, {1}, Hash{1});
  EXPECT_EQ(story.verdict(), "S6");
}

TEST(SwarmChecker, S7ABlockNotLaterThanTheOneBefore) {
  Story story;
  story.decide();
  Block block = story.next_block();
  block.header.time = story.time_of({1});
  story.decide(block);
  EXPECT_EQ(story.verdict(), "S7");
}

TEST(SwarmChecker, S7ADecisionAfterAGap) {
  Story story;
  story.decide();
  const CertifiedValue second = story.certified(story.next_block());
  for (std::uint32_t i = 1; i < 4; ++i) story.tell_decided({i}, second);
  story.go_on(second);
  story.tell_decided({0}, story.certified(story.next_block()));
  EXPECT_EQ(story.verdict(), "S7");
}

TEST(SwarmChecker, S7APrevoteForABlockOfTheFuture) {
  Story story;
  Block block = story.next_block();
  block.header.time = story.now + story.plan.knobs.time_bounds.precision + seconds(1);
  const CertifiedValue value = story.certified(block);
  const ActorId voter = story.actor_of((ProposerOrder(story.set()).at(0) + 1) % 4);
  prevote(story, voter, 0, value, no_round);
  EXPECT_EQ(story.verdict(), "S7");
}

TEST(SwarmChecker, S8ADecisionForgottenOverARestart) {
  Story story;
  story.decide();
  story.decide();
  story.checker.came_back(story.now, {0}, Height{2}, {}, true);
  EXPECT_EQ(story.verdict(), "");
  story.checker.came_back(story.now, {0}, Height{1}, {}, false);  // its disk was damaged
  EXPECT_EQ(story.verdict(), "");
  story.checker.came_back(story.now, {1}, Height{1}, {}, true);
  EXPECT_EQ(story.verdict(), "S8");
}

TEST(SwarmChecker, S8WhatWasToldBeforeTheColdRestartIsGone) {
  Story story;
  story.decide();
  story.decide();
  story.checker.cold_restart();
  story.checker.ended(story.now, {{{0}, {2}}, {{1}, {1}}});
  EXPECT_EQ(story.verdict(), "S8");
}

Evidence evidence_against(const Story& story, std::size_t index) {
  const Signed a = story.signed_by(index, {Step::prevote, {1}, 0, std::nullopt, no_round});
  const Signed b = story.signed_by(index, {Step::prevote, {1}, 0, ValueId{1}, no_round});
  return make_evidence(story.set(), a, b);
}

TEST(SwarmChecker, S9EvidenceAgainstTheHonest) {
  Story story;
  story.tell({0}, {Caught{evidence_against(story, 2)}});
  EXPECT_EQ(story.verdict(), "S9");
}

TEST(SwarmChecker, S9EvidenceThatIsNotActedOn) {
  Story story([](CheckerSetup& setup) { setup.actors[3].honest = false; });
  std::size_t liar = 0;
  while (story.actor_of(liar) != ActorId{3}) ++liar;
  story.tell({0}, {Caught{evidence_against(story, liar)}});
  for (int i = 0; i < 20; ++i) story.decide();
  story.checker.ended(story.now, {});
  EXPECT_EQ(story.verdict(), "S9");
}

TEST(SwarmChecker, S9EvidenceInABlockIsActedOn) {
  Story story([](CheckerSetup& setup) { setup.actors[3].honest = false; });
  std::size_t liar = 0;
  while (story.actor_of(liar) != ActorId{3}) ++liar;
  const Evidence evidence = evidence_against(story, liar);
  story.tell({0}, {Caught{evidence}});
  story.decide();
  Block block = story.next_block();
  block.evidence.push_back(evidence);
  story.decide(Story::finished(block));
  EXPECT_EQ(story.checker.reference().double_sign_slashes().size(), 1u);
  EXPECT_EQ(story.verdict(), "");
}

TEST(SwarmChecker, S9TheSameEvidenceTwice) {
  Story story([](CheckerSetup& setup) { setup.actors[3].honest = false; });
  std::size_t liar = 0;
  while (story.actor_of(liar) != ActorId{3}) ++liar;
  story.decide();
  Block block = story.next_block();
  for (int i = 0; i < 2; ++i) block.evidence.push_back(evidence_against(story, liar));
  story.decide(Story::finished(block));
  EXPECT_EQ(story.verdict(), "S9");
}

/// Four validators, of which the last prevoted two things in round 0 of height 1, and node 0 has both votes.
struct Witness : Story {
  Witness() : Story([](CheckerSetup& setup) { setup.actors[3].honest = false; }) {
    std::size_t liar = 0;
    while (actor_of(liar) != ActorId{3}) ++liar;
    const Evidence both = evidence_against(*this, liar);
    checker.votes_are({0}, {both.first, both.second});
    checker.healed(now, seconds(10));
  }
  void live() {
    for (int i = 0; i < 15; ++i) decide();
    checker.lived(now, {{{0}, checker.highest()}, {{1}, checker.highest()}}, seconds(60));
  }
};

TEST(SwarmChecker, S9TwoVotesThatANodeHoldsAndNoBlock) {
  Witness story;
  story.live();
  EXPECT_EQ(story.verdict(), "S9");
}

TEST(SwarmChecker, S9WhatOnlyAnEarlierProcessKnewIsNotAskedFor) {
  Witness story;
  story.checker.came_back(story.now, {0}, std::nullopt, {}, true);
  story.live();
  EXPECT_EQ(story.verdict(), "");
}

TEST(SwarmChecker, S9VotesOfOneMindAreNoOffence) {
  Story story;
  const Vote vote = story.signed_by(0, {Step::prevote, {1}, 0, std::nullopt, no_round});
  const Vote later = story.signed_by(0, {Step::prevote, {1}, 1, ValueId{1}, no_round});
  story.checker.votes_are({0}, {vote, later, vote});
  story.checker.healed(story.now, seconds(10));
  for (int i = 0; i < 15; ++i) story.decide();
  story.checker.lived(story.now, {{{0}, story.checker.highest()}}, seconds(60));
  EXPECT_EQ(story.verdict(), "");
}

}  // namespace
}  // namespace souk::scenarios::swarm::test
