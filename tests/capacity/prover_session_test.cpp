#include "actors/capacity/prover_session.hpp"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "actors/base/enums.hpp"
#include "tests/capacity/sessions.hpp"

namespace souk::capacity {
namespace {

using namespace test;
using State = ProverState;

FirstNonce first(std::uint32_t i) { return {i, NonceChain(secret(i)).n}; }
SecondNonce second(std::uint32_t i) { return {i, NonceChain(secret(i)).m}; }
Opened opened() { return {std::make_shared<const Bytes>(Bytes{1, 2, 3})}; }

/// A session fed with these events, one millisecond apart from the challenge on.
struct Fed {
  ProverSession session;
  ProverEffects effects;
  Duration now{0};

  explicit Fed(std::uint32_t validators = 3) : session(challenge(validators), at(0ms)) {}
  bool feed(const ProverEvent& event) { return feed_at(now += 1ms, event); }
  bool feed_at(Duration when, const ProverEvent& event) {
    now = when;
    effects.clear();
    return session.on(event, at(when), effects);
  }
  template <class Effect>
  const Effect& only() const {
    EXPECT_EQ(effects.size(), 1u);
    return std::get<Effect>(effects.at(0));
  }
};

/// The events of a proof without trouble; the n-th ends in state `path[n].first`.
const std::vector<std::pair<State, std::vector<ProverEvent>>>& path() {
  static const std::vector<std::pair<State, std::vector<ProverEvent>>> steps = {
      {State::awaiting_first_nonces, {first(1)}},
      {State::filling, {first(0), first(2)}},
      {State::awaiting_second_nonces, {Filled{fill_commit()}, second(2)}},
      {State::sweeping, {second(0), second(1)}},
      {State::awaiting_seed, {Swept{sweep_commit()}, commits_final(), block_final(1), secret_final(1)}},
      {State::opening, {secret_final(0), secret_final(2)}},
      {State::done, {opened()}},
  };
  return steps;
}

Fed session_in(State state) {
  Fed fed;
  if (state == State::failed) {
    for (const auto& event : {first(0), first(1), first(2)}) EXPECT_TRUE(fed.feed(event));
    EXPECT_TRUE(fed.feed(WorkFailed{"cudaMalloc: out of memory"}));
    return fed;
  }
  for (const auto& [reached, events] : path()) {
    for (const auto& event : events) EXPECT_TRUE(fed.feed(event));
    EXPECT_EQ(fed.session.state(), reached);
    if (reached == state) break;
  }
  return fed;
}

/// One valid event of each kind, by name.
const std::map<std::string, ProverEvent>& every_event() {
  static const std::map<std::string, ProverEvent> events = {
      {"first nonce", first(2)},
      {"filled", Filled{fill_commit()}},
      {"second nonce", second(1)},
      {"swept", Swept{sweep_commit()}},
      {"commits final", commits_final()},
      {"secret final", secret_final(2)},
      {"block final", block_final(1)},
      {"last block final", block_final(3)},
      {"opened", opened()},
      {"work failed", WorkFailed{"device lost"}},
      {"woken", Woken{}},
  };
  return events;
}

TEST(ProverSession, TakesEveryEventInItsStateAndNoOther) {
  const std::map<std::pair<State, std::string>, State> taken = {
      {{State::awaiting_first_nonces, "first nonce"}, State::awaiting_first_nonces},
      {{State::filling, "filled"}, State::awaiting_second_nonces},
      {{State::filling, "work failed"}, State::failed},
      {{State::awaiting_second_nonces, "second nonce"}, State::awaiting_second_nonces},
      {{State::sweeping, "swept"}, State::awaiting_seed},
      {{State::sweeping, "work failed"}, State::failed},
      {{State::awaiting_seed, "secret final"}, State::awaiting_seed},
      {{State::awaiting_seed, "last block final"}, State::opening},
      {{State::opening, "opened"}, State::done},
      {{State::opening, "work failed"}, State::failed},
  };
  for (const State state : enum_values<State>) {
    for (const auto& [name, event] : every_event()) {
      SCOPED_TRACE(std::string(enum_name(state)) + " gets " + name);
      Fed fed = session_in(state);
      const auto row = taken.find({state, name});
      EXPECT_EQ(fed.feed(event), row != taken.end());
      EXPECT_EQ(fed.session.state(), row != taken.end() ? row->second : state);
      if (row == taken.end()) {
        EXPECT_TRUE(fed.effects.empty());
      }
    }
  }
}

TEST(ProverSession, StartsTheFillWithAllNoncesAtOnce) {
  Fed fed;
  fed.feed(first(0));
  fed.feed(first(1));
  EXPECT_TRUE(fed.effects.empty());
  fed.feed(first(2));
  const auto& nonces = fed.only<StartFill>().nonces;
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(nonces.at(i), first(i).n);
}

TEST(ProverSession, GoesOnWithoutASlowValidatorWhenPatienceAfterAMajorityIsOver) {
  Fed fed;
  fed.feed_at(10ms, first(0));
  EXPECT_FALSE(fed.feed_at(500ms, Woken{}));
  fed.feed_at(600ms, first(2));
  EXPECT_EQ(fed.session.deadline(), at(620ms));
  EXPECT_FALSE(fed.feed_at(619ms, Woken{}));
  EXPECT_TRUE(fed.feed_at(620ms, Woken{}));
  EXPECT_EQ(fed.session.state(), State::filling);
  EXPECT_FALSE(fed.only<StartFill>().nonces.at(1));
  EXPECT_FALSE(fed.feed(first(1)));
}

TEST(ProverSession, NeedsThreeOfFiveValidators) {
  Fed fed(5);
  fed.feed_at(1ms, first(0));
  fed.feed_at(2ms, first(4));
  EXPECT_FALSE(fed.feed_at(300ms, Woken{}));
  EXPECT_TRUE(fed.feed_at(301ms, first(2)));
  EXPECT_TRUE(fed.feed_at(321ms, Woken{}));
  EXPECT_EQ(fed.session.state(), State::filling);
}

TEST(ProverSession, RefusesNoncesThatDoNotLeadToTheirAnchor) {
  Fed fed;
  EXPECT_FALSE(fed.feed(FirstNonce{0, first(1).n}));
  EXPECT_FALSE(fed.feed(FirstNonce{0, second(0).m}));
  EXPECT_FALSE(fed.feed(FirstNonce{3, first(0).n}));
  EXPECT_TRUE(fed.feed(first(0)));
  EXPECT_FALSE(fed.feed(first(0)));
  Fed later = session_in(State::awaiting_second_nonces);
  EXPECT_FALSE(later.feed(SecondNonce{0, first(0).n}));
  EXPECT_FALSE(later.feed(SecondNonce{0, second(1).m}));
  EXPECT_TRUE(later.feed(second(0)));
}

TEST(ProverSession, SendsEachCommitAndPutsBothOnChain) {
  Fed fed = session_in(State::filling);
  fed.feed(Filled{fill_commit()});
  EXPECT_EQ(fed.only<SendCommit>().kind, CommitKind::fill);
  EXPECT_EQ(fed.only<SendCommit>().commit, fill_commit());
  for (std::uint32_t i = 0; i < 3; ++i) fed.feed(second(i));
  EXPECT_EQ(fed.only<StartSweeps>().nonces.at(2), second(2).m);
  fed.feed(Swept{sweep_commit()});
  ASSERT_EQ(fed.effects.size(), 2u);
  EXPECT_EQ(std::get<SendCommit>(fed.effects[0]).commit, sweep_commit());
  EXPECT_EQ(std::get<PublishCommits>(fed.effects[1]).fill, fill_commit());
  EXPECT_EQ(std::get<PublishCommits>(fed.effects[1]).sweep, sweep_commit());
}

TEST(ProverSession, OpensWithAnchorsForSecretsThatWereKept) {
  Fed fed = session_in(State::awaiting_seed);
  fed.feed(block_final(3));
  const auto& order = fed.only<StartOpenings>();
  EXPECT_EQ(order.block, block_final(1).hash);
  EXPECT_FALSE(order.nonces.at(0));
  EXPECT_EQ(order.nonces.at(1), secret(1));
}

TEST(ProverSession, IgnoresCommitsOnChainThatAreNotItsOwn) {
  Fed fed;
  for (std::uint32_t i = 0; i < 3; ++i) fed.feed(first(i));
  fed.feed(Filled{fill_commit()});
  for (std::uint32_t i = 0; i < 3; ++i) fed.feed(second(i));
  fed.feed(Swept{sweep_commit()});
  EXPECT_FALSE(fed.feed(CommitsFinal{committed_at, commit(0xaa), sweep_commit()}));
  EXPECT_FALSE(fed.feed(CommitsFinal{committed_at, fill_commit(), commit(0xaa)}));
  EXPECT_TRUE(fed.feed(commits_final()));
}

TEST(ProverSession, SendsTheTranscriptWithTheNoncesItUsed) {
  Fed fed = session_in(State::opening);
  fed.feed(opened());
  const auto& sent = fed.only<SendTranscript>();
  EXPECT_EQ(*sent.transcript, (Bytes{1, 2, 3}));
  ASSERT_EQ(sent.nonces.size(), 3u);
  EXPECT_EQ(sent.nonces[1].n, first(1).n);
  EXPECT_EQ(sent.nonces[1].m, second(1).m);
  EXPECT_FALSE(sent.nonces[1].z);
}

TEST(ProverSession, GivesUpOnASilentSetOfValidatorsOrChain) {
  for (const State state :
       {State::awaiting_first_nonces, State::awaiting_second_nonces, State::awaiting_seed}) {
    SCOPED_TRACE(enum_name(state));
    Fed fed = session_in(state);
    EXPECT_FALSE(fed.feed_at(119s, Woken{}));
    EXPECT_TRUE(fed.feed_at(121s, Woken{}));
    EXPECT_EQ(fed.session.state(), State::failed);
    EXPECT_FALSE(fed.session.failure().empty());
    EXPECT_EQ(fed.session.deadline(), time_max);
  }
}

TEST(ProverSession, NeverWakesDuringItsOwnWork) {
  for (const State state : {State::filling, State::sweeping, State::opening, State::done, State::failed})
    EXPECT_EQ(session_in(state).session.deadline(), time_max) << enum_name(state);
}

TEST(ProverSession, FailsWithTheDevicesLine) {
  EXPECT_EQ(session_in(State::failed).session.failure(), "cudaMalloc: out of memory");
}

TEST(ProverSession, IsAValueThatCanBeCopied) {
  Fed fed = session_in(State::awaiting_second_nonces);
  Fed copy = fed;
  for (std::uint32_t i : {0u, 1u}) copy.feed(second(i));
  EXPECT_EQ(copy.session.state(), State::sweeping);
  EXPECT_EQ(fed.session.state(), State::awaiting_second_nonces);
}

}  // namespace
}  // namespace souk::capacity
