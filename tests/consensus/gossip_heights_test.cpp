#include "actors/consensus/gossip.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/consensus/gossip_fixture.hpp"

/// Peers in other rounds and at other heights.
namespace souk::consensus::test {
namespace {

TEST(Gossip, AReproposalBringsThePrevotesItRestsOnBeforeOtherVotes) {
  Node node;
  const ValueId v = id_of(value());
  node.planner.hold(proposal(1, 0, value()), ActorId{1});
  for (const std::size_t i : {0u, 1u, 2u}) node.planner.hold(prevote(i, 0, v), ActorId{1});
  node.planner.enter(1, Step::propose, 0);
  node.planner.hold(proposal(2, 1, value(), 0), ActorId{2});
  const auto of_this_round = prevote(2, 1, v);
  node.planner.hold(of_this_round, ActorId{2});
  node.hear(3, status_at(1), 3);
  const Sent sent = node.plan_for(3);
  ASSERT_EQ(sent.size(), 5u);
  EXPECT_TRUE(std::holds_alternative<Proposal>(sent[0]->message));
  for (const std::size_t i : {1u, 2u, 3u}) EXPECT_EQ(std::get<Vote>(sent[i]->message).statement.round, 0);
  EXPECT_EQ(sent[4], of_this_round);
}

TEST(Gossip, APeerInAnEarlierRoundGetsTheVotesOfItsRoundAndOfOurs) {
  Node node;
  const auto old_vote = precommit(1, 0, std::nullopt);
  node.planner.hold(old_vote, ActorId{1});
  node.planner.enter(1, Step::propose, no_round);
  const auto new_vote = prevote(1, 1, std::nullopt);
  node.planner.hold(new_vote, ActorId{1});
  node.hear(2, status_at(0, Step::precommit), 3);
  EXPECT_EQ(node.plan_for(2), (Sent{old_vote, new_vote}));
}

TEST(Gossip, OurVotesOfTheLastRoundLeaveThoughTheNextHasBegun) {
  Node node;
  const auto ours = precommit(0, 0, std::nullopt);
  node.planner.hold(ours, std::nullopt);
  node.planner.enter(1, Step::propose, no_round);
  EXPECT_EQ(node.plan_for(2), Sent{ours});
}

TEST(Gossip, OurMessagesOfARoundThatWasSkippedToLeaveBeforeItIsEntered) {
  Node node;
  const auto mine = proposal(0, 9, value());
  const auto vote = prevote(0, 9, id_of(value()));
  node.planner.hold(mine, std::nullopt);
  node.planner.hold(vote, std::nullopt);
  node.planner.hold(prevote(1, 9, id_of(value())), ActorId{1});
  node.planner.enter(9, Step::prevote, no_round);
  EXPECT_EQ(node.plan_for(2), (Sent{mine, vote}));
}

TEST(Gossip, KeepsABoundedNumberOfRoundsAndTheValidOneAmongThem) {
  Node node;
  node.planner.hold(proposal(1, 0, value()), ActorId{1});
  node.planner.hold(prevote(1, 0, id_of(value())), ActorId{1});
  for (Round round = 1; round <= 20; ++round) {
    node.planner.enter(round, Step::propose, 0);
    node.planner.hold(prevote(1, round, std::nullopt), ActorId{1});
    node.planner.hold(prevote(1, round + 1, std::nullopt), ActorId{1});
    node.planner.hold(prevote(2, round + 2, std::nullopt), ActorId{2});
  }
  node.planner.hold(proposal(3, 20, value(), 0), ActorId{3});
  node.hear(2, status_at(20), 3);
  std::multiset<Round> rounds;
  for (const auto& message : node.plan_for(2))
    if (const auto* vote = std::get_if<Vote>(&message->message)) rounds.insert(vote->statement.round);
  EXPECT_EQ(rounds, (std::multiset<Round>{0, 20}));
}

TEST(Gossip, APeerOneHeightBehindGetsTheDecision) {
  Node node;
  const auto decided = proposal(1, 0, value());
  node.planner.hold(decided, ActorId{1});
  for (const std::size_t i : {0u, 1u, 2u})
    node.planner.hold(precommit(i, 0, id_of(value())), i == 0 ? std::nullopt : std::optional(ActorId{1}));
  (void)node.plan();
  const Commit commit = commit_of({0, 1, 2}, 0, here);
  node.planner.enter_height(here + Blocks{1}, 4, &commit);
  EXPECT_TRUE(node.plan().empty()) << "nobody is known to be behind";
  node.hear(3, status_at(0, Step::precommit), 3);
  const Sent sent = node.plan_for(3);
  ASSERT_EQ(sent.size(), 4u) << "with ours again, which it does not show";
  EXPECT_EQ(sent[0], decided);
  for (const std::size_t i : {0u, 1u, 2u}) EXPECT_EQ(std::get<Vote>(sent[i + 1]->message).index, i);
}

TEST(Gossip, ADecisionThatWasLearntIsGivenFromItsCommit) {
  Node node;
  const Commit commit = commit_of({1, 2, 3}, 2, here);
  node.planner.enter_height(here + Blocks{1}, 4, &commit);
  node.hear(3, status_at(2, Step::precommit), 3);
  const Sent sent = node.plan_for(3);
  ASSERT_EQ(sent.size(), 3u);
  for (const std::size_t i : {1u, 2u, 3u})
    EXPECT_EQ(std::get<Vote>(sent[i - 1]->message),
              vote_by(four(), i, Step::precommit, 2, commit.value, here));
}

TEST(Gossip, OurPrecommitLeavesThoughItDecidedTheHeightAtOnce) {
  Node node;
  node.planner.hold(proposal(1, 0, value()), ActorId{1});
  const auto ours = precommit(0, 0, id_of(value()));
  node.planner.hold(ours, std::nullopt);
  const Commit commit = commit_of({0, 1, 2}, 0, here);
  node.planner.enter_height(here + Blocks{1}, 4, &commit);
  const auto out = node.plan();
  ASSERT_EQ(out.size(), 3u);
  for (const Outgoing& o : out) EXPECT_EQ(o.message, ours);
  EXPECT_TRUE(node.plan().empty());
}

TEST(Gossip, APeerFarBehindIsForBlockSync) {
  Node node;
  ASSERT_TRUE(node.planner.note_status(ActorId{2}, status_at(0, Step::propose, {5})));
  node.planner.hold(prevote(0, 0, std::nullopt), std::nullopt);
  EXPECT_TRUE(node.plan_for(2).empty());
  ASSERT_TRUE(node.planner.note_status(ActorId{2}, status_at(0)));
  EXPECT_EQ(node.plan_for(2).size(), 1u) << "it has caught up";
}

TEST(Gossip, APeerThatHasDecidedStillGetsOurPrecommit) {
  Node node;
  node.planner.note_received(ActorId{2}, prevote(2, 0, std::nullopt, here + Blocks{1})->message);
  const auto late = precommit(0, 0, id_of(value()));
  node.planner.hold(prevote(0, 0, id_of(value())), std::nullopt);
  node.planner.hold(late, std::nullopt);
  EXPECT_EQ(node.plan_for(2), Sent{late});
  node.planner.note_received(ActorId{1}, prevote(1, 0, std::nullopt, here + Blocks{2})->message);
  node.planner.hold(precommit(0, 1, std::nullopt), std::nullopt);
  EXPECT_TRUE(node.plan_for(1).empty()) << "two ahead: of no use any more";
}

}  // namespace
}  // namespace souk::consensus::test
