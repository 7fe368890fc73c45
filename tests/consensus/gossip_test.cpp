#include "actors/consensus/gossip.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/consensus/blocks_fixture.hpp"

namespace souk::consensus {
namespace {

using test::vote_by;
using SharedEnvelope = std::shared_ptr<const Envelope>;

const BlockLimits small_parts{.part_bytes = 256};
constexpr Height here{7};

SharedEnvelope wrap(Message message) {
  return std::make_shared<const Envelope>(Envelope{std::move(message)});
}

const ValidatorSet& four() {
  static const ValidatorSet set = test::set_of({4, 3, 2, 1});
  return set;
}
/// A value of one part.
const SharedValue& value() {
  static const SharedValue v = make_value(test::sample_block(), {});
  return v;
}
/// A value of many.
const SharedValue& large_value() {
  static const SharedValue v = make_value(test::sample_block(2'000), small_parts);
  return v;
}
ValueId id_of(const SharedValue& v) { return value_id(v->header); }

SharedEnvelope proposal(std::size_t by, Round round, const SharedValue& v, Round valid_round = no_round,
                        Height height = here) {
  const Signed head = test::signed_by(four(), by, {Step::propose, height, round, id_of(v), valid_round});
  std::shared_ptr<const Part> only;
  if (v->header.part_count == 1) only = std::make_shared<const Part>(cut(*v, height, round, {})[0]);
  return wrap(Proposal{head, v->header, only});
}
SharedEnvelope prevote(std::size_t by, Round round, std::optional<ValueId> v, Height height = here) {
  return wrap(vote_by(four(), by, Step::prevote, round, v, height));
}
SharedEnvelope precommit(std::size_t by, Round round, std::optional<ValueId> v, Height height = here) {
  return wrap(vote_by(four(), by, Step::precommit, round, v, height));
}
Commit commit_of(std::initializer_list<std::size_t> signers, Round round, Height height) {
  Commit commit{height, round, id_of(value()), std::vector<CommitSignature>(four().size())};
  for (const std::size_t i : signers) {
    const Vote vote = vote_by(four(), i, Step::precommit, round, commit.value, height);
    commit.signatures[i] = {CommitSignature::Kind::for_value, vote.validator, vote.signature};
  }
  return commit;
}

/// Validator 0 of four(), whose peers are the actors 1, 2 and 3.
struct Node {
  explicit Node(GossipConfig config = {}) : planner({ActorId{1}, ActorId{2}, ActorId{3}}, config) {
    planner.enter_height(here, 4, nullptr);
  }
  GossipPlanner planner;

  std::vector<Outgoing> plan() {
    std::vector<Outgoing> out;
    planner.plan(out);
    return out;
  }
  /// What one peer is sent.
  std::vector<SharedEnvelope> plan_for(std::uint32_t peer) {
    std::vector<SharedEnvelope> sent;
    for (const Outgoing& o : plan())
      if (o.to == ActorId{peer}) sent.push_back(o.message);
    return sent;
  }
};

/// A peer that is at `round` and has nothing.
RoundStatus status_at(Round round, Step step = Step::propose, Height height = here) {
  RoundStatus status;
  status.height = height;
  status.round = round;
  status.step = step;
  status.prevotes = status.precommits = bits_of(4);
  return status;
}

using Sent = std::vector<SharedEnvelope>;

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
  EXPECT_TRUE(node.plan().empty());
  ASSERT_TRUE(node.planner.note_status(ActorId{3}, status_at(0)));
  EXPECT_TRUE(node.plan().empty()) << "its maker sends it; no tick has passed";
  node.planner.tick();
  const auto out = node.plan();
  ASSERT_EQ(out.size(), 1u) << "peer 2 made it, of peer 1 nothing is known";
  EXPECT_EQ(out[0].to, ActorId{3});
  EXPECT_EQ(out[0].message, vote);
  EXPECT_TRUE(node.plan().empty());
}

TEST(Gossip, WhatAStatusShowsIsNotSent) {
  Node node;
  node.planner.hold(prevote(2, 0, std::nullopt), ActorId{2});
  RoundStatus status = status_at(0);
  put(status.prevotes, 2);
  ASSERT_TRUE(node.planner.note_status(ActorId{3}, status));
  node.planner.tick();
  EXPECT_TRUE(node.plan().empty());
}

TEST(Gossip, APeerThatSentSomethingHasIt) {
  Node node;
  const auto vote = prevote(2, 0, std::nullopt);
  ASSERT_TRUE(node.planner.note_status(ActorId{3}, status_at(0)));
  node.planner.hold(vote, ActorId{2});
  node.planner.note_received(ActorId{3}, vote->message);
  node.planner.tick();
  EXPECT_TRUE(node.plan().empty());
}

TEST(Gossip, WhatDidNotArriveIsSentAgainAfterATickAndAStatus) {
  Node node;
  const auto vote = prevote(0, 0, std::nullopt);
  node.planner.hold(vote, std::nullopt);
  ASSERT_EQ(node.plan().size(), 3u);
  ASSERT_TRUE(node.planner.note_status(ActorId{1}, status_at(0)));
  EXPECT_TRUE(node.plan().empty()) << "it may be on its way";
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
}

TEST(Gossip, AnOldStatusIsNoReasonToPassOn) {
  Node node;
  ASSERT_TRUE(node.planner.note_status(ActorId{3}, status_at(0)));
  node.planner.tick();
  node.planner.tick();
  node.planner.hold(prevote(2, 0, std::nullopt), ActorId{2});
  node.planner.tick();
  EXPECT_TRUE(node.plan().empty());
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
  ASSERT_TRUE(node.planner.note_status(ActorId{2}, status));
  node.planner.tick();
  const Sent sent = node.plan_for(2);
  ASSERT_EQ(sent.size(), count);
  const std::set<std::uint32_t> first{std::get<Part>(sent[0]->message).index,
                                      std::get<Part>(sent[1]->message).index};
  EXPECT_EQ(first, (std::set<std::uint32_t>{2, 4}));
}

TEST(Gossip, AReproposalBringsThePrevotesItRestsOnBeforeOtherVotes) {
  Node node;
  const ValueId v = id_of(value());
  node.planner.hold(proposal(1, 0, value()), ActorId{1});
  for (const std::size_t i : {0u, 1u, 2u}) node.planner.hold(prevote(i, 0, v), ActorId{1});
  node.planner.enter(1, Step::propose, 0);
  node.planner.hold(proposal(2, 1, value(), 0), ActorId{2});
  const auto of_this_round = prevote(2, 1, v);
  node.planner.hold(of_this_round, ActorId{2});
  node.planner.tick();
  ASSERT_TRUE(node.planner.note_status(ActorId{3}, status_at(1)));
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
  node.planner.tick();
  ASSERT_TRUE(node.planner.note_status(ActorId{2}, status_at(0, Step::precommit)));
  EXPECT_EQ(node.plan_for(2), (Sent{old_vote, new_vote}));
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
  ASSERT_TRUE(node.planner.note_status(ActorId{3}, status_at(0, Step::precommit)));
  node.planner.tick();
  ASSERT_TRUE(node.planner.note_status(ActorId{3}, status_at(0, Step::precommit)));
  const Sent sent = node.plan_for(3);
  ASSERT_EQ(sent.size(), 4u) << "with ours again, which it does not show";
  EXPECT_EQ(sent[0], decided);
  for (const std::size_t i : {0u, 1u, 2u}) EXPECT_EQ(std::get<Vote>(sent[i + 1]->message).index, i);
}

TEST(Gossip, ADecisionThatWasLearntIsGivenFromItsCommit) {
  Node node;
  const Commit commit = commit_of({1, 2, 3}, 2, here);
  node.planner.enter_height(here + Blocks{1}, 4, &commit);
  ASSERT_TRUE(node.planner.note_status(ActorId{3}, status_at(2, Step::precommit)));
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
  node.planner.tick();
  ASSERT_TRUE(node.planner.note_status(ActorId{2}, status_at(20)));
  std::multiset<Round> rounds;
  for (const auto& message : node.plan_for(2))
    if (const auto* vote = std::get_if<Vote>(&message->message)) rounds.insert(vote->statement.round);
  EXPECT_EQ(rounds, (std::multiset<Round>{0, 20}));
}

/// Validators who exchange what their planners say, over links that lose messages.
struct Mesh {
  explicit Mesh(GossipConfig config, std::vector<std::pair<std::uint32_t, std::uint32_t>> links) {
    std::map<std::uint32_t, std::vector<ActorId>> peers;
    for (const auto& [a, b] : links) {
      peers[a].push_back(ActorId{b});
      peers[b].push_back(ActorId{a});
    }
    for (std::uint32_t i = 0; i < 4; ++i) {
      nodes.emplace_back(peers[i], config);
      nodes.back().enter_height(here, 4, nullptr);
    }
  }
  static Mesh full(GossipConfig config = {}) {
    return Mesh(config, {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}});
  }

  void make(std::uint32_t who, const SharedEnvelope& message) {
    nodes[who].hold(message, std::nullopt);
    flush(who);
  }
  void flush(std::uint32_t who) {
    std::vector<Outgoing> out;
    nodes[who].plan(out);
    for (const Outgoing& o : out) {
      ++sent;
      if (!is_lost()) queue.push_back({who, o});
    }
  }
  void run() {
    while (!queue.empty()) {
      const auto [from, outgoing] = queue.front();
      queue.erase(queue.begin());
      const std::uint32_t to = outgoing.to.value;
      ++deliveries[{outgoing.message.get(), to}];
      nodes[to].hold(outgoing.message, ActorId{from});
      flush(to);
    }
  }
  /// A gossip timeout at everybody: ticks, and statuses, some of which get lost too.
  void tick() {
    for (auto& node : nodes) node.tick();
    for (std::uint32_t from = 0; from < 4; ++from) {
      for (std::uint32_t to = 0; to < 4; ++to)
        if (to != from && !is_lost()) {
          ASSERT_TRUE(nodes[to].note_status(ActorId{from}, nodes[from].status({1})));
        }
    }
    for (std::uint32_t i = 0; i < 4; ++i) flush(i);
    run();
  }
  bool is_lost() { return rng.uniform() < loss; }

  std::vector<GossipPlanner> nodes;
  std::vector<std::pair<std::uint32_t, Outgoing>> queue;
  std::map<std::pair<const Envelope*, std::uint32_t>, int> deliveries;
  std::size_t sent = 0;
  Rng rng{1, ActorId{0}, Purpose::test, 0};
  double loss = 0;
};

/// Proposal, prevotes and precommits of one round.
void one_round(Mesh& mesh, const SharedValue& v) {
  mesh.make(0, proposal(0, 0, v));
  if (v->header.part_count > 1)
    for (const Part& part : cut(*v, here, 0, small_parts)) mesh.make(0, wrap(part));
  mesh.run();
  for (std::uint32_t i = 0; i < 4; ++i) mesh.make(i, prevote(i, 0, id_of(v)));
  mesh.run();
  for (std::uint32_t i = 0; i < 4; ++i) mesh.make(i, precommit(i, 0, id_of(v)));
  mesh.run();
}

void expect_all_have_everything(Mesh& mesh) {
  for (const GossipPlanner& node : mesh.nodes) {
    const RoundStatus status = node.status({1});
    EXPECT_TRUE(status.value.has_value());
    EXPECT_TRUE(is_full(status.parts));
    EXPECT_TRUE(is_full(status.prevotes));
    EXPECT_TRUE(is_full(status.precommits));
  }
}

TEST(Gossip, InAFullMeshWithoutLossEachMessageReachesEachPeerExactlyOnce) {
  Mesh mesh = Mesh::full();
  one_round(mesh, value());
  EXPECT_EQ(mesh.sent, 3u + 2 * 4 * 3);
  for (const auto& [what, times] : mesh.deliveries) EXPECT_EQ(times, 1);
  expect_all_have_everything(mesh);
  for (int i = 0; i < 5; ++i) mesh.tick();
  EXPECT_EQ(mesh.sent, 3u + 2 * 4 * 3) << "statuses show that nothing is missing";
}

TEST(Gossip, LossIsMadeGoodByTicks) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Mesh mesh = Mesh::full();
    mesh.rng = Rng(seed, ActorId{0}, Purpose::test, 1);
    mesh.loss = 0.3;
    one_round(mesh, large_value());
    for (int i = 0; i < 25; ++i) mesh.tick();
    expect_all_have_everything(mesh);
    const std::size_t all = 3 * (1 + large_value()->header.part_count) + 24;
    EXPECT_LT(mesh.sent, 4 * all) << "and not by flooding";
  }
}

TEST(Gossip, AlongALineMessagesArePassedOnAtOnce) {
  Mesh mesh({.relay_at_once = true}, {{0, 1}, {1, 2}, {2, 3}});
  one_round(mesh, large_value());
  expect_all_have_everything(mesh);
  for (const auto& [what, times] : mesh.deliveries) EXPECT_EQ(times, 1);
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
}  // namespace souk::consensus
