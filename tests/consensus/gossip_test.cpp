#include "actors/consensus/gossip.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/consensus/gossip_fixture.hpp"

/// What one peer gets, and when.
namespace souk::consensus::test {
namespace {

TEST(Gossip, OurOwnMessagesGoToEveryPeerAtOnceAndOnce) {
  Node node;
  const auto vote = prevote(0, 0, id_of(value()));
  const auto mine = proposal(0, 0, value());
  node.planner.hold(vote, std::nullopt);
  node.planner.hold(mine, std::nullopt);
  const auto out = node.plan();
  ASSERT_EQ(out.size(), 6u);
  for (std::uint32_t peer = 1; peer <= 3; ++peer) {
    EXPECT_EQ(out[2 * peer - 2].to, ActorId{peer});
    EXPECT_EQ(out[2 * peer - 2].message, mine) << "the proposal is worth more";
    EXPECT_EQ(out[2 * peer - 1].message, vote);
  }
  EXPECT_TRUE(node.plan().empty());
  node.planner.enter(0, Step::prevote, no_round);
  node.planner.hold(vote, std::nullopt);
  EXPECT_TRUE(node.plan().empty()) << "it is out already";
}

TEST(Gossip, WhatOthersMadeIsNotPassedOnUnlessItDoesNotArrive) {
  Node node;
  const auto vote = prevote(2, 0, id_of(value()));
  node.planner.hold(vote, ActorId{2});
  node.hear(3, status_at(0), 1);
  EXPECT_TRUE(node.plan().empty()) << "it may be on its way";
  node.hear(3, status_at(0), 1);
  EXPECT_TRUE(node.plan().empty()) << "its maker repeats it";
  node.hear(3, status_at(0), 1);
  const auto out = node.plan();
  ASSERT_EQ(out.size(), 1u) << "peer 2 made it, of peer 1 nothing is known";
  EXPECT_EQ(out[0].to, ActorId{3});
  EXPECT_EQ(out[0].message, vote);
  EXPECT_TRUE(node.plan().empty());
  node.hear(3, status_at(0), 1);
  EXPECT_EQ(node.plan_for(3), Sent{vote}) << "ours got lost too";
}

TEST(Gossip, WhatAStatusShowsIsNotSent) {
  Node node;
  node.planner.hold(prevote(2, 0, std::nullopt), ActorId{2});
  RoundStatus status = status_at(0);
  put(status.prevotes, 2);
  node.hear(3, status, 4);
  EXPECT_TRUE(node.plan().empty());
}

TEST(Gossip, APeerThatSentSomethingHasIt) {
  Node node({.relay_at_once = true});
  const auto vote = prevote(2, 0, std::nullopt);
  node.planner.hold(vote, ActorId{2});
  node.planner.note_received(ActorId{3}, vote->message);
  const auto out = node.plan();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].to, ActorId{1});
}

TEST(Gossip, WhatAStatusAfterTheNextTickStillLacksIsSentAgain) {
  Node node;
  const auto vote = prevote(0, 0, std::nullopt);
  node.planner.hold(vote, std::nullopt);
  ASSERT_EQ(node.plan().size(), 3u);
  ASSERT_TRUE(node.planner.note_status(ActorId{1}, status_at(0)));
  EXPECT_TRUE(node.plan().empty()) << "it may be on its way";
  ASSERT_TRUE(node.planner.note_status(ActorId{1}, status_at(0)));
  EXPECT_TRUE(node.plan().empty()) << "one status counts between two ticks";
  node.planner.tick();
  EXPECT_TRUE(node.plan().empty()) << "no status says so yet";
  ASSERT_TRUE(node.planner.note_status(ActorId{1}, status_at(0)));
  EXPECT_EQ(node.plan_for(1), Sent{vote});
  ASSERT_TRUE(node.planner.note_status(ActorId{1}, status_at(0)));
  EXPECT_TRUE(node.plan().empty()) << "once a tick";
  node.planner.tick();
  RoundStatus shows = status_at(0);
  put(shows.prevotes, 0);
  ASSERT_TRUE(node.planner.note_status(ActorId{1}, shows));
  EXPECT_TRUE(node.plan().empty());
  node.planner.tick();
  node.hear(1, status_at(0), 1);
  EXPECT_TRUE(node.plan().empty()) << "it forgot, and the count begins anew";
  node.hear(1, status_at(0), 1);
  EXPECT_EQ(node.plan_for(1), Sent{vote});
}

TEST(Gossip, AnOldStatusIsNoReasonToPassOn) {
  Node node;
  node.planner.hold(prevote(2, 0, std::nullopt), ActorId{2});
  node.hear(3, status_at(0), 3);
  Node later = node;
  EXPECT_EQ(node.plan().size(), 1u);
  later.planner.tick();
  EXPECT_TRUE(later.plan().empty());
}

TEST(Gossip, RebroadcastRepeatsWhatNobodyShowed) {
  Node node;
  const auto vote = prevote(0, 0, std::nullopt);
  node.planner.hold(vote, std::nullopt);
  RoundStatus shows = status_at(0);
  put(shows.prevotes, 0);
  ASSERT_EQ(node.plan().size(), 3u);
  ASSERT_TRUE(node.planner.note_status(ActorId{2}, shows));
  node.planner.rebroadcast();
  const auto out = node.plan();
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].to, ActorId{1});
  EXPECT_EQ(out[1].to, ActorId{3});
}

TEST(Gossip, PartsGoBehindTheirProposalAndEachPeerGetsOthersFirst) {
  Node node;
  const auto mine = proposal(0, 0, large_value());
  const auto parts = cut(*large_value(), here, 0, small_parts);
  ASSERT_GE(parts.size(), 6u);
  node.planner.hold(mine, std::nullopt);
  for (const Part& part : parts) node.planner.hold(wrap(part), std::nullopt);
  std::map<ActorId, Sent> sent;
  for (const Outgoing& o : node.plan()) sent[o.to].push_back(o.message);
  std::set<std::uint32_t> first_parts;
  for (const auto& [peer, messages] : sent) {
    ASSERT_EQ(messages.size(), parts.size() + 1);
    EXPECT_EQ(messages[0], mine);
    std::set<std::uint32_t> indices;
    for (std::size_t i = 1; i < messages.size(); ++i)
      indices.insert(std::get<Part>(messages[i]->message).index);
    EXPECT_EQ(indices.size(), parts.size());
    first_parts.insert(std::get<Part>(messages[1]->message).index);
  }
  EXPECT_EQ(first_parts.size(), 3u);
}

TEST(Gossip, TheRarestPartsGoFirst) {
  Node node;
  const auto parts = cut(*large_value(), here, 0, small_parts);
  const auto count = static_cast<std::uint32_t>(parts.size());
  node.planner.hold(proposal(1, 0, large_value()), ActorId{1});
  for (const Part& part : parts) node.planner.hold(wrap(part), ActorId{1});
  RoundStatus status = status_at(0);
  status.value = id_of(large_value());
  status.parts = bits_of(count);
  RoundStatus has_some = status;
  for (std::uint32_t i = 0; i < count; ++i)
    if (i != 2 && i != 4) put(has_some.parts, i);
  ASSERT_TRUE(node.planner.note_status(ActorId{3}, has_some));
  node.hear(2, status, 3);
  const Sent sent = node.plan_for(2);
  ASSERT_EQ(sent.size(), count);
  const std::set<std::uint32_t> first{std::get<Part>(sent[0]->message).index,
                                      std::get<Part>(sent[1]->message).index};
  EXPECT_EQ(first, (std::set<std::uint32_t>{2, 4}));
}

// Regression: ASA-2025-003 (consensus-node.md section 4); each count at its bound and beside it.
TEST(Gossip, AStatusWithBitsThatDoNotFitIsRefusedAndChangesNothing) {
  Node node;
  node.planner.hold(proposal(1, 0, large_value()), ActorId{1});
  const std::uint32_t parts = large_value()->header.part_count;
  RoundStatus good = status_at(0);
  good.value = id_of(large_value());
  good.parts = bits_of(parts);
  std::vector<RoundStatus> bad(7, good);
  bad[0].prevotes = bits_of(5);
  bad[1].precommits = bits_of(3);
  bad[2].prevotes.words[0] = 16;
  bad[3].precommits.words.push_back(0);
  bad[4].parts = bits_of(parts + 1);
  bad[5].parts.words.clear();
  bad[6].value.reset();
  for (const RoundStatus& status : bad) EXPECT_FALSE(node.planner.note_status(ActorId{2}, status));
  EXPECT_EQ(node.planner.status_of(ActorId{2}), nullptr);
  EXPECT_TRUE(node.planner.note_status(ActorId{2}, good));
  ASSERT_NE(node.planner.status_of(ActorId{2}), nullptr);
  EXPECT_EQ(*node.planner.status_of(ActorId{2}), good);
}

TEST(Gossip, OnePlanSendsOnePeerAtMostABurstAndTheNextGoesOn) {
  Node node({.burst_max = 4});
  const auto parts = cut(*large_value(), here, 0, small_parts);
  node.planner.hold(proposal(0, 0, large_value()), std::nullopt);
  for (const Part& part : parts) node.planner.hold(wrap(part), std::nullopt);
  std::size_t total = 0;
  for (auto out = node.plan(); !out.empty(); out = node.plan()) {
    EXPECT_LE(out.size(), 12u);
    total += out.size();
  }
  EXPECT_EQ(total, 3 * (parts.size() + 1));
}

TEST(Gossip, OurStatusIsWhatIsHeld) {
  Node node;
  node.planner.enter(0, Step::prevote, no_round);
  node.planner.hold(proposal(1, 0, large_value()), ActorId{1});
  node.planner.hold(wrap(cut(*large_value(), here, 0, small_parts)[3]), ActorId{1});
  node.planner.hold(prevote(2, 0, std::nullopt), ActorId{2});
  node.planner.hold(precommit(3, 0, std::nullopt), ActorId{3});
  RoundStatus expected = status_at(0, Step::prevote);
  expected.value = id_of(large_value());
  expected.parts = bits_of(large_value()->header.part_count);
  put(expected.parts, 3);
  put(expected.prevotes, 2);
  put(expected.precommits, 3);
  expected.stored_from = {4};
  EXPECT_EQ(node.planner.status({4}), expected);
}

TEST(Gossip, ACopyPlansByItself) {
  Node node;
  node.planner.hold(prevote(0, 0, std::nullopt), std::nullopt);
  Node copy = node;
  EXPECT_EQ(copy.plan().size(), 3u);
  EXPECT_TRUE(copy.plan().empty());
  EXPECT_EQ(node.plan().size(), 3u);
}

}  // namespace
}  // namespace souk::consensus::test
