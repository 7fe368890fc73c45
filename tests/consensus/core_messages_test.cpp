#include <gtest/gtest.h>

#include "actors/consensus/bits.hpp"
#include "actors/consensus/parts.hpp"
#include "tests/consensus/cluster.hpp"
#include "tests/consensus/statements_fixture.hpp"

/// Bad input, at the bound and one above (issue 3), and the advisories of consensus-node.md section 4.
namespace souk::consensus::test {
namespace {

using Fault = PeerFault::Kind;

/// The core under test; node 0 proposes in the first round.
constexpr std::size_t me = 1;

/// One node of four, of which the others are played by the test: nothing they say is sent by a core.
struct Lonely {
  Cluster cluster;
  ValidatorSet set;

  explicit Lonely(std::function<void(CoreConfig&)> adjust = {})
      : cluster({.adjust = std::move(adjust)}), set(cluster.set) {
    for (const std::size_t i : {0u, 2u, 3u}) cluster.kill(i);
    cluster.run_for(seconds(1) + milliseconds(1));  // height 1, round 0 has begun
  }
  /// What it charges `from` with for `message`.
  std::vector<Fault> faults_of(std::size_t from, Message message) {
    const std::size_t before = cluster.seen<PeerFault>(me).size();
    cluster.send(from, me, std::move(message));
    cluster.run_until(cluster.now);
    std::vector<Fault> kinds;
    const auto all = cluster.seen<PeerFault>(me);
    for (std::size_t i = before; i < all.size(); ++i) kinds.push_back(all[i].kind);
    return kinds;
  }
  Vote vote(std::size_t by, Statement s) const { return signed_by(set, by, s); }
};

using Faults = std::vector<Fault>;
const ValueId some = value_named('v');

Statement prevote(std::int64_t height, Round round, std::optional<ValueId> value = {},
                  Round valid_round = no_round) {
  return {Step::prevote, {height}, round, value, valid_round};
}

TEST(CoreMessages, AGoodVoteIsNoFault) {
  Lonely t;
  EXPECT_EQ(t.faults_of(0, t.vote(0, prevote(1, 0))), Faults{});
}

TEST(CoreMessages, MalformedVotesAreCharged) {
  const std::vector<Statement> bad = {
      {Step::propose, {1}, 0, some, no_round},  // a proposal is no vote
      {static_cast<Step>(3), {1}, 0, some, no_round},
      prevote(0, 0),
      prevote(-1, 0),
      prevote(1, -1),
      prevote(1, round_max + 1),
      prevote(1, 2, some, 2),  // rests on a polka that is still to come
      prevote(1, 2, some, -2),
      prevote(1, 2, {}, 1),                // nil rests on nothing
      {Step::precommit, {1}, 2, some, 1},  // a precommit either
  };
  for (const Statement& s : bad) {
    Lonely t;
    Vote vote = t.vote(0, prevote(1, 0));
    vote.statement = s;
    EXPECT_EQ(t.faults_of(0, vote), Faults{Fault::malformed});
  }
  Lonely t;
  EXPECT_EQ(t.faults_of(0, t.vote(0, prevote(1, round_max))), Faults{});
  EXPECT_EQ(t.faults_of(0, t.vote(2, prevote(1, 2, some, 1))), Faults{});
}

TEST(CoreMessages, AnUnsignedOrWronglySignedVoteIsCharged) {
  Lonely t;
  Vote vote = t.vote(0, prevote(1, 0));
  vote.signature = {};
  EXPECT_EQ(t.faults_of(0, vote), Faults{Fault::bad_signature});
  vote = t.vote(0, prevote(1, 0));
  vote.statement.value = some;
  EXPECT_EQ(t.faults_of(0, vote), Faults{Fault::bad_signature});
}

TEST(CoreMessages, AVoteOfAnotherChainHasAWrongSignature) {
  Lonely t;
  EXPECT_EQ(t.faults_of(0, signed_by(t.set, 0, prevote(1, 0), "souk-test-2")), Faults{Fault::bad_signature});
}

TEST(CoreMessages, Asa2024011AVoteWhoseIndexIsNotItsValidatorsIsCharged) {
  Lonely t;
  Vote vote = t.vote(0, prevote(1, 0));
  vote.index = 3;
  EXPECT_EQ(t.faults_of(0, vote), Faults{Fault::not_a_validator});
  vote.index = 4;
  EXPECT_EQ(t.faults_of(0, vote), Faults{Fault::not_a_validator});
}

TEST(CoreMessages, TheNextHeightIsKeptAndTheOneAfterIsFarFuture) {
  Lonely t;
  EXPECT_EQ(t.faults_of(0, t.vote(0, prevote(2, 0))), Faults{});
  EXPECT_EQ(t.faults_of(0, t.vote(0, prevote(3, 0))), Faults{Fault::far_future});
  // Honest peers are far ahead of who is behind: a point a second at most.
  EXPECT_EQ(t.faults_of(0, t.vote(0, prevote(3, 0))), Faults{});
}

TEST(CoreMessages, OfTheNextHeightEveryPeerMaySayTwiceTheSetsSize) {
  Lonely t([](CoreConfig& c) { c.peer_limits.future_height_per_peer_max = 8; });
  for (Round r = 0; r < 50; ++r) t.faults_of(0, t.vote(0, prevote(2, r)));
  for (const std::size_t by : {0u, 2u, 3u}) t.faults_of(2, t.vote(by, prevote(2, 0)));
  EXPECT_EQ(t.cluster.nodes[me].core->queues().future_messages, 8u + 3u);
}

TEST(CoreMessages, AFloodOfFarRoundsTakesNoMemory) {
  Lonely t;
  for (Round r = 2; r < 200; ++r) t.faults_of(0, t.vote(0, prevote(1, r)));
  EXPECT_EQ(t.cluster.nodes[me].core->queues().votes, 0u);
  EXPECT_EQ(t.cluster.nodes[me].core->round(), 0);
}

TEST(CoreMessages, DuplicatesAndStaleMessagesAreDroppedAndManyAreAFlood) {
  Lonely t;
  const Vote vote = t.vote(0, prevote(1, 0));
  EXPECT_EQ(t.faults_of(0, vote), Faults{});
  const std::size_t bound = 200 + 20 * 4;
  for (std::size_t i = 0; i < bound; ++i) ASSERT_EQ(t.faults_of(0, vote), Faults{}) << i;
  EXPECT_EQ(t.faults_of(0, vote), Faults{Fault::flood});
  EXPECT_EQ(t.cluster.nodes[me].core->queues().votes, 1u);
}

TEST(CoreMessages, EightWrongSignaturesCloseTheDoor) {
  Lonely t([](CoreConfig& c) { c.peer_limits.score_drop = -1'000; });
  Vote bad = t.vote(0, prevote(1, 0));
  bad.signature = {};
  for (int i = 0; i < 8; ++i) EXPECT_EQ(t.faults_of(0, bad), Faults{Fault::bad_signature});
  EXPECT_EQ(t.faults_of(0, bad), Faults{});  // not heard
  t.faults_of(0, t.vote(2, prevote(1, 0)));
  EXPECT_EQ(t.cluster.nodes[me].core->queues().votes, 0u);
  t.faults_of(3, t.vote(2, prevote(1, 0)));
  EXPECT_EQ(t.cluster.nodes[me].core->queues().votes, 1u);
}

// ---- proposals and parts

struct Proposed {
  Proposal proposal;
  std::vector<Part> parts;
};

/// A proposal of height 1, round 0 by whose turn it is. What is in the value need not be a block.
Proposed proposed(const Lonely& t, std::size_t payload_size, const BlockLimits& limits = {}, int by = -1) {
  Block block;
  block.header.chain_id = Cluster::chain;
  block.header.height = {1};
  block.header.time = t.cluster.now;
  if (payload_size > 0) block.txs = {Bytes(payload_size, 7)};
  const SharedValue value = make_value(block, limits);
  const auto index = by < 0 ? t.cluster.nodes[me].core->proposer(0) : static_cast<std::uint32_t>(by);
  const Statement s{Step::propose, {1}, 0, value_id(value->header), no_round};
  Proposed result{{signed_by(t.set, index, s), value->header, nullptr}, cut(*value, {1}, 0, limits)};
  if (result.parts.size() == 1) result.proposal.only_part = std::make_shared<const Part>(result.parts[0]);
  return result;
}

TEST(CoreMessages, AProposalOfWhomItIsNotTheTurnOfIsCharged) {
  Lonely t;
  EXPECT_EQ(t.faults_of(0, proposed(t, 1, {}, 2).proposal), Faults{Fault::unsolicited});
}

TEST(CoreMessages, AProposalThatNamesAnotherValueIsMalformed) {
  Lonely t;
  Proposal p = proposed(t, 1).proposal;
  p.value.time += seconds(1);
  p.only_part = nullptr;
  EXPECT_EQ(t.faults_of(0, p), Faults{Fault::malformed});
}

TEST(CoreMessages, Issue5324APartCountAboveWhatABlockCanHaveIsRefusedBeforeAllocating) {
  const BlockLimits limits{.bytes_max = 4'096, .part_bytes = 1'024, .evidence_bytes_max = 1'024};
  const auto adjust = [&](CoreConfig& c) { c.block_limits = limits; };
  {
    Lonely t = Lonely(adjust);
    Proposal p = proposed(t, 2'000, limits).proposal;
    p.value.part_count = 4'000'000'000u;
    EXPECT_EQ(t.faults_of(0, p), Faults{Fault::oversized});
    p.value.byte_count = 4'097;
    p.value.part_count = 5;
    EXPECT_EQ(t.faults_of(0, p), Faults{Fault::oversized});
  }
  Lonely t = Lonely(adjust);
  BlockLimits wide = limits;
  wide.bytes_max = 8'192;
  const std::size_t overhead = proposed(t, 1, wide).proposal.value.byte_count - 1;
  EXPECT_EQ(t.faults_of(0, proposed(t, 4'096 - overhead, wide).proposal), Faults{});
  EXPECT_EQ(t.faults_of(0, proposed(t, 4'097 - overhead, wide).proposal), Faults{Fault::oversized});
}

TEST(CoreMessages, Asa2025002APartWhoseIndexIsNotTheProvedOneIsRefused) {
  const BlockLimits limits{.bytes_max = 65'536, .part_bytes = 1'024, .evidence_bytes_max = 1'024};
  Lonely t = Lonely([&](CoreConfig& c) { c.block_limits = limits; });
  const Proposed p = proposed(t, 4'000, limits);
  ASSERT_GE(p.parts.size(), 4u);
  EXPECT_EQ(t.faults_of(0, p.proposal), Faults{});
  Part swapped = p.parts[1];
  swapped.index = 2;
  EXPECT_EQ(t.faults_of(0, swapped), Faults{Fault::bad_part});
  Part outside = p.parts[1];
  outside.index = static_cast<std::uint32_t>(p.parts.size());
  EXPECT_EQ(t.faults_of(0, outside), Faults{Fault::bad_part});
  Part torn = p.parts[1];
  torn.bytes[0] ^= 1;
  EXPECT_EQ(t.faults_of(0, torn), Faults{Fault::bad_part});
  EXPECT_EQ(t.faults_of(0, p.parts[1]), Faults{});
  Part large = p.parts[2];
  large.bytes.resize(1'025);
  EXPECT_EQ(t.faults_of(0, large), Faults{Fault::oversized});
}

TEST(CoreMessages, PartsThatOvertakeTheirProposalAreKept) {
  const BlockLimits limits{.bytes_max = 65'536, .part_bytes = 1'024, .evidence_bytes_max = 1'024};
  Lonely t = Lonely([&](CoreConfig& c) { c.block_limits = limits; });
  const Proposed p = proposed(t, 4'000, limits);
  for (const Part& part : p.parts) EXPECT_EQ(t.faults_of(0, part), Faults{});
  t.faults_of(0, p.proposal);
  // It is judged (and found to be no valid block), so all parts are there.
  EXPECT_EQ(t.cluster.nodes[me].core->rules()[static_cast<std::size_t>(Rule::first_prevote_nil_invalid)], 1u);
}

/// The proposal that whoever's turn it is would make now, with this time.
Proposal good_proposal(const Lonely& t, Time time) {
  const ValidatorSchedule schedule = ValidatorSchedule::genesis(t.set);
  Block block;
  block.header.chain_id = Cluster::chain;
  block.header.height = {1};
  block.header.time = time;
  block.header.validators_hash = schedule.current.hash();
  block.header.next_validators_hash = schedule.next.hash();
  block.header.last_commit_hash = commit_hash({});
  block.header.data_hash = data_hash({});
  block.header.evidence_hash = evidence_hash({});
  block.header.proposer = t.set[0].address;
  const SharedValue value = make_value(block, {});
  const Statement s{Step::propose, {1}, 0, value_id(value->header), no_round};
  return {signed_by(t.set, 0, s), value->header, std::make_shared<const Part>(cut(*value, {1}, 0, {})[0])};
}

TEST(CoreMessages, AFreshProposalIsPrevotedIfItsTimeIsWithinThePrecisionAndTheDelay) {
  const Duration one(1);
  const TimeBounds bounds{milliseconds(10), milliseconds(20)};
  const std::vector<std::pair<Duration, Rule>> rows = {
      {-bounds.precision, Rule::first_prevote_value},
      {-bounds.precision - one, Rule::first_prevote_nil_untimely},
      {bounds.message_delay + bounds.precision, Rule::first_prevote_value},
      {bounds.message_delay + bounds.precision + one, Rule::first_prevote_nil_untimely},
  };
  for (const auto& [age, rule] : rows) {
    Lonely t([&](CoreConfig& c) { c.time_bounds = bounds; });
    EXPECT_EQ(t.faults_of(0, good_proposal(t, t.cluster.now - age)), Faults{});
    EXPECT_EQ(t.cluster.nodes[me].core->rules()[static_cast<std::size_t>(rule)], 1u) << age.count();
  }
}

// ---- status, evidence, blocks

TEST(CoreMessages, Asa2025003ABitmapMustHaveOneBitPerValidator) {
  Lonely t;
  RoundStatus good;
  good.height = {1};
  good.prevotes = good.precommits = bits_of(4);
  good.stored_from = {1};
  EXPECT_EQ(t.faults_of(0, good), Faults{});
  RoundStatus bad = good;
  bad.prevotes.words.push_back(0);
  EXPECT_EQ(t.faults_of(0, bad), Faults{Fault::malformed});
  bad = good;
  bad.prevotes.words[0] = 1u << 4;
  EXPECT_EQ(t.faults_of(0, bad), Faults{Fault::malformed});
  bad = good;
  bad.precommits = bits_of(5);
  EXPECT_EQ(t.faults_of(0, bad), Faults{Fault::malformed});
  bad = good;
  bad.parts.count = 4'000'000'000u;
  EXPECT_EQ(t.faults_of(0, bad), Faults{Fault::malformed});
}

TEST(CoreMessages, EvidenceThatDoesNotConvictIsCharged) {
  Lonely t;
  const Vote first = t.vote(0, prevote(1, 0));
  const Vote second = t.vote(0, prevote(1, 0, some));
  Evidence good = make_evidence(t.set, first, second);
  Evidence bad = good;
  bad.power = 7;
  EXPECT_EQ(t.faults_of(2, bad), Faults{Fault::bad_evidence});
  bad = good;
  std::swap(bad.first, bad.second);
  EXPECT_EQ(t.faults_of(2, bad), Faults{Fault::bad_evidence});
  bad = good;
  bad.second.signature = {};
  EXPECT_EQ(t.faults_of(2, bad), Faults{Fault::bad_evidence});
  EXPECT_TRUE(t.cluster.seen<Caught>(me).empty());
  EXPECT_EQ(t.faults_of(3, good), Faults{});
  EXPECT_EQ(t.cluster.seen<Caught>(me).size(), 1u);
}

TEST(CoreMessages, ADoubleVoteAndADoubleProposalAreCaught) {
  Lonely t;
  t.faults_of(0, t.vote(0, prevote(1, 0)));
  t.faults_of(2, t.vote(0, prevote(1, 0, some)));
  ASSERT_EQ(t.cluster.seen<Caught>(me).size(), 1u);
  EXPECT_EQ(t.cluster.seen<Caught>(me)[0].evidence.first.index, 0u);
  t.faults_of(0, proposed(t, 1).proposal);
  t.faults_of(0, proposed(t, 2).proposal);
  EXPECT_EQ(t.cluster.seen<Caught>(me).size(), 2u);
}

TEST(CoreMessages, ABlockNobodyAskedForIsChargedAndNotBelieved) {
  Lonely t;
  const Proposed p = proposed(t, 1);
  CertifiedValue block;
  EXPECT_EQ(t.faults_of(0, block), Faults{Fault::malformed});
  block.value = std::make_shared<const Value>(Value{p.proposal.value, p.parts[0].bytes});
  block.commit.height = {1};
  EXPECT_EQ(t.faults_of(0, block), Faults{Fault::unsolicited});
  EXPECT_EQ(t.cluster.decided(me), 0);
}

TEST(CoreMessages, V040APeerThatClaimsAGreatHeightHoldsNobodyUp) {
  Cluster cluster({});
  RoundStatus lie;
  lie.height = {1'000'000'000};
  lie.prevotes = lie.precommits = bits_of(4);
  lie.stored_from = {1};
  for (int i = 0; i < 8; ++i) {
    for (std::size_t to = 0; to < 3; ++to) cluster.send(3, to, lie);
    cluster.run_for(seconds(1));
  }
  EXPECT_GE(cluster.decided(0), 6);
  EXPECT_EQ(cluster.faults, std::vector<std::string>{});
}

}  // namespace
}  // namespace souk::consensus::test
