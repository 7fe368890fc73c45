#include "actors/capacity/verifier_session.hpp"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "actors/base/enums.hpp"
#include "actors/base/rng.hpp"
#include "tests/capacity/sessions.hpp"

namespace souk::capacity {
namespace {

using namespace test;
using State = VerifierState;

CommitReceived received(CommitKind kind, const Commit& commit) { return {kind, commit}; }
CommitReceived fill_received() { return received(CommitKind::fill, fill_commit()); }
CommitReceived sweep_received() { return received(CommitKind::sweep, sweep_commit()); }
TranscriptReceived transcript() { return {std::make_shared<const Bytes>(Bytes{1, 2, 3}), {}}; }

/// The session of validator 0, fed with events.
struct Fed {
  VerifierSession session{challenge(), 0, secret(0)};
  VerifierEffects effects;
  Duration now{0};

  bool feed(const VerifierEvent& event) { return feed_at(now += 1ms, event); }
  bool feed_at(Duration when, const VerifierEvent& event) {
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

/// The events of a proof without trouble, each list ending in the state beside it.
const std::vector<std::pair<State, std::vector<VerifierEvent>>>& path() {
  static const std::vector<std::pair<State, std::vector<VerifierEvent>>> steps = {
      {State::probing, {ProbingStarted{}}},
      {State::filling, {ChallengeOpened{}}},
      {State::sweeping, {fill_received()}},
      {State::awaiting_finality, {sweep_received()}},
      {State::awaiting_seed, {commits_final()}},
      {State::awaiting_transcript, {block_final(1), secret_final(0), secret_final(1), secret_final(2)}},
      {State::checking, {transcript()}},
      {State::accepted, {Checked{Verdict::accepted}}},
  };
  return steps;
}

/// `failed`: the prover never sent commit 1.
Fed session_in(State state) {
  Fed fed;
  if (state == State::failed) {
    EXPECT_TRUE(fed.feed(ChallengeOpened{}));
    EXPECT_TRUE(fed.feed_at(2min, Woken{}));
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
const std::map<std::string, VerifierEvent>& every_event() {
  static const std::map<std::string, VerifierEvent> events = {
      {"probing started", ProbingStarted{}},
      {"echo returned", EchoReturned{1}},
      {"challenge opened", ChallengeOpened{}},
      {"commit 1", fill_received()},
      {"commit 2", sweep_received()},
      {"commits final", commits_final()},
      {"secret final", secret_final(1)},
      {"block final", block_final(1)},
      {"transcript", transcript()},
      {"checked", Checked{Verdict::accepted}},
      {"woken early", Woken{}},
  };
  return events;
}

TEST(VerifierSession, TakesEveryEventInItsStateAndNoOther) {
  const std::map<std::pair<State, std::string>, State> taken = {
      {{State::probing, "echo returned"}, State::probing},
      {{State::probing, "challenge opened"}, State::filling},
      {{State::filling, "commit 1"}, State::sweeping},
      {{State::filling, "commits final"}, State::awaiting_seed},
      {{State::sweeping, "commit 2"}, State::awaiting_finality},
      {{State::sweeping, "commits final"}, State::awaiting_seed},
      {{State::awaiting_finality, "commits final"}, State::awaiting_seed},
      {{State::awaiting_finality, "transcript"}, State::awaiting_finality},
      {{State::awaiting_seed, "transcript"}, State::awaiting_seed},
      {{State::awaiting_seed, "block final"}, State::awaiting_seed},
      {{State::awaiting_transcript, "transcript"}, State::checking},
      {{State::checking, "checked"}, State::accepted},
      {{State::failed, "commits final"}, State::failed},  // it still owes its secret
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

TEST(VerifierSession, MeasuresRoundTripsOneEchoAtATimeBeforeTheChallenge) {
  Fed fed;
  fed.feed_at(0ms, ProbingStarted{});
  for (std::uint32_t number = 1; number <= 16; ++number) {
    EXPECT_EQ(fed.only<SendEcho>().number, number);
    EXPECT_FALSE(fed.feed_at(fed.now + 1ms, EchoReturned{number + 1}));
    EXPECT_TRUE(fed.feed_at(fed.now + (number == 9 ? 19ms : 29ms), EchoReturned{number}));
  }
  EXPECT_TRUE(fed.effects.empty());  // no seventeenth
  fed.feed(ChallengeOpened{});
  EXPECT_EQ(fed.session.stamps().credit, 20ms);
}

TEST(VerifierSession, CreditsNothingToAProverThatReturnsTooFewEchoes) {
  Fed fed;
  fed.feed_at(0ms, ProbingStarted{});
  for (std::uint32_t number = 1; number <= 7; ++number) fed.feed_at(fed.now + 30ms, EchoReturned{number});
  fed.feed(ChallengeOpened{});
  EXPECT_EQ(fed.session.stamps().credit, 0ms);
  EXPECT_FALSE(fed.feed(EchoReturned{8}));
}

TEST(VerifierSession, HoldingEchoesBackDoesNotHelpBeyondTheCap) {
  Fed fed;
  fed.feed_at(0ms, ProbingStarted{});
  for (std::uint32_t number = 1; number <= 16; ++number) fed.feed_at(fed.now + 500ms, EchoReturned{number});
  fed.feed(ChallengeOpened{});
  EXPECT_EQ(fed.session.stamps().credit, 60ms);
}

TEST(VerifierSession, SendsItsNoncesAndStampsBothClocks) {
  Fed fed;
  fed.feed_at(1s, ChallengeOpened{});
  EXPECT_EQ(fed.only<SendFirstNonce>().n, NonceChain(secret(0)).n);
  fed.feed_at(4s, fill_received());
  EXPECT_EQ(fed.only<SendSecondNonce>().m, NonceChain(secret(0)).m);
  fed.feed_at(6s, sweep_received());
  EXPECT_TRUE(fed.effects.empty());
  EXPECT_EQ(fed.session.stamps(), (Stamps{at(1s), at(4s), at(4s), at(6s), 0ms}));
}

TEST(VerifierSession, TakesNoCommitWithAFalseMaskOrId) {
  for (const std::uint8_t mask : Bytes{0x00, 0x01, 0x02, 0x04, 0x08, 0x0b, 0x0f, 0x87, 0xff}) {
    SCOPED_TRACE(static_cast<int>(mask));
    Fed filling = session_in(State::filling);
    EXPECT_FALSE(filling.feed(received(CommitKind::fill, commit(0xf1, mask))));
    Fed sweeping = session_in(State::sweeping);
    EXPECT_FALSE(sweeping.feed(received(CommitKind::sweep, commit(0x5e, mask))));
    EXPECT_FALSE(sweeping.session.stamps().sweep_commit);
    EXPECT_FALSE(sweeping.feed(CommitsFinal{committed_at, fill_commit(), commit(0x5e, mask)}));
  }
  for (const std::uint8_t mask : Bytes{0x03, 0x05, 0x06, 0x07}) {
    EXPECT_TRUE(session_in(State::filling).feed(received(CommitKind::fill, commit(0xf1, mask))));
  }
  Commit foreign = fill_commit();
  foreign.id[0] ^= 1;
  EXPECT_FALSE(session_in(State::filling).feed(received(CommitKind::fill, foreign)));
}

TEST(VerifierSession, FailsAProverThatIsSilentAtAnyStage) {
  const std::map<State, Duration> limits = {{State::filling, 60s},
                                            {State::sweeping, 60s},
                                            {State::awaiting_finality, 60s},
                                            {State::awaiting_transcript, 30s}};
  for (const auto& [state, limit] : limits) {
    SCOPED_TRACE(enum_name(state));
    Fed fed = session_in(state);
    EXPECT_EQ(fed.session.deadline(), at(fed.now + limit));
    const Duration entered = fed.now;
    EXPECT_FALSE(fed.feed_at(entered + limit - 1ns, Woken{}));
    EXPECT_TRUE(fed.feed_at(entered + limit, Woken{}));
    EXPECT_EQ(fed.session.state(), State::failed);
    const auto& report = fed.only<Report>();
    EXPECT_EQ(report.outcome, Outcome::silent);
    EXPECT_EQ(report.stage, state);
    EXPECT_FALSE(report.verdict);
  }
}

TEST(VerifierSession, WaitsWithoutLimitOnlyForOthersThanTheProver) {
  for (const State state : {State::probing, State::awaiting_seed, State::checking})
    EXPECT_EQ(session_in(state).session.deadline(), time_max) << enum_name(state);
}

TEST(VerifierSession, TakesWhatComesAtTheDeadlineForSilenceWhoeverIsFirst) {
  Fed fed = session_in(State::filling);
  EXPECT_TRUE(fed.feed_at(fed.now + 60s, fill_received()));
  EXPECT_EQ(fed.session.state(), State::failed);
  EXPECT_EQ(fed.only<Report>().outcome, Outcome::silent);
  EXPECT_FALSE(fed.session.stamps().fill_commit);
}

TEST(VerifierSession, FailsAProverThatSignsTwoDifferentCommits) {
  Fed sweeping = session_in(State::sweeping);
  EXPECT_FALSE(sweeping.feed(fill_received()));  // the same again is nothing
  EXPECT_TRUE(sweeping.feed(received(CommitKind::fill, commit(0xaa))));
  EXPECT_EQ(sweeping.only<Report>().outcome, Outcome::equivocated);
  Fed later = session_in(State::awaiting_transcript);
  EXPECT_TRUE(later.feed(received(CommitKind::sweep, commit(0x5e, 3))));
  EXPECT_EQ(later.only<Report>().outcome, Outcome::equivocated);
  Fed on_chain = session_in(State::awaiting_finality);
  EXPECT_TRUE(on_chain.feed(CommitsFinal{committed_at, fill_commit(), commit(0xaa)}));
  EXPECT_EQ(on_chain.only<Report>().outcome, Outcome::equivocated);
}

TEST(VerifierSession, TellsItsSecretOnlyWhenBothCommitsAndTheNextBlockAreFinal) {
  Fed fed = session_in(State::awaiting_finality);
  EXPECT_FALSE(fed.feed(block_final(1)));
  EXPECT_TRUE(fed.feed(commits_final()));
  EXPECT_TRUE(fed.effects.empty());
  EXPECT_FALSE(fed.feed(block_final(0)));
  EXPECT_TRUE(fed.feed(block_final(1)));
  EXPECT_EQ(fed.only<PublishSecret>().z, secret(0));
}

TEST(VerifierSession, StillTellsItsSecretAfterFailingTheProver) {
  Fed fed = session_in(State::failed);
  EXPECT_TRUE(fed.feed(commits_final()));
  EXPECT_TRUE(fed.feed(block_final(1)));
  EXPECT_EQ(fed.only<PublishSecret>().z, secret(0));
  EXPECT_EQ(fed.session.state(), State::failed);
}

TEST(VerifierSession, AccusesWhoKeepsItsSecretAndGoesOnWithTheAnchor) {
  Fed fed = session_in(State::awaiting_seed);
  fed.feed(block_final(1));
  fed.feed(secret_final(0));
  fed.feed(secret_final(2));
  fed.feed(block_final(3));
  EXPECT_EQ(fed.only<AccuseMissing>().validator, 1u);
  EXPECT_EQ(fed.session.state(), State::awaiting_transcript);
  const NonceChain missing(secret(1));
  TranscriptReceived sent = transcript();
  sent.nonces = {{}, {missing.n, missing.m, missing.z}, {hash_of(1), hash_of(2), {}}};
  fed.feed(sent);
  const auto& nonces = fed.only<CheckTranscript>().record.nonces;
  EXPECT_EQ(nonces.at(0).z, secret(0));
  EXPECT_EQ(nonces.at(1).n, missing.n);
  EXPECT_EQ(nonces.at(1).m, missing.m);
  EXPECT_FALSE(nonces.at(1).z) << "a secret counts from the chain only";
  EXPECT_EQ(nonces.at(2).z, secret(2));
  EXPECT_FALSE(nonces.at(2).n) << "what the prover says does not matter where the chain knows";
}

TEST(VerifierSession, KeepsATranscriptThatComesBeforeItKnowsTheSeed) {
  Fed fed = session_in(State::awaiting_seed);
  fed.feed(block_final(1));
  EXPECT_TRUE(fed.feed(transcript()));
  EXPECT_FALSE(fed.feed(transcript()));
  for (std::uint32_t i = 0; i < 3; ++i) fed.feed(secret_final(i));
  EXPECT_EQ(fed.session.state(), State::checking);
  const auto& order = fed.only<CheckTranscript>();
  EXPECT_EQ(*order.transcript, (Bytes{1, 2, 3}));
  EXPECT_EQ(order.record.fill, fill_commit());
  EXPECT_EQ(order.record.sweep, sweep_commit());
  EXPECT_EQ(order.record.seed_block, block_final(1).hash);
}

TEST(VerifierSession, GoesOnFromTheChainWithoutStampsWhenTheMaskLeftItOut) {
  Fed fed = session_in(State::filling);
  EXPECT_TRUE(fed.feed(commits_final()));
  EXPECT_EQ(fed.session.state(), State::awaiting_seed);
  EXPECT_FALSE(fed.session.stamps().fill_commit);
  EXPECT_FALSE(fed.session.stamps().sweep_commit);
}

TEST(VerifierSession, ReportsTheVerdict) {
  Fed good = session_in(State::checking);
  good.feed(Checked{Verdict::accepted});
  EXPECT_EQ(good.only<Report>().outcome, Outcome::accepted);
  EXPECT_TRUE(good.only<Report>().stamps.sweep_commit);
  Fed bad = session_in(State::checking);
  bad.feed(Checked{Verdict::freivalds});
  EXPECT_EQ(bad.session.state(), State::failed);
  EXPECT_EQ(bad.only<Report>().outcome, Outcome::rejected);
  EXPECT_EQ(bad.only<Report>().verdict, Verdict::freivalds);
}

/// A random event; times move on by up to 20 s, so that deadlines pass too.
VerifierEvent random_event(Rng& rng) {
  auto it = every_event().begin();
  std::advance(it, static_cast<std::ptrdiff_t>(rng.below(every_event().size())));
  if (it->first == "block final") return block_final(static_cast<std::int64_t>(rng.below(5)));
  if (it->first == "secret final")
    return secret_final(static_cast<std::uint32_t>(rng.below(3)),
                        1 + static_cast<std::int64_t>(rng.below(4)));
  return it->second;
}

TEST(VerifierSession, KeepsItsOrderWhateverComes) {
  std::map<State, int> endings;
  for (std::uint64_t run = 0; run < 3000; ++run) {
    SCOPED_TRACE(run);
    Rng rng(run, ActorId{0}, Purpose::test, 0);
    Fed fed;
    bool opened = false, filled = false, committed = false, next_block = false;
    int secrets = 0, reports = 0;
    for (int step = 0; step < 60; ++step) {
      const VerifierEvent event = random_event(rng);
      const bool may_be_next = committed;
      fed.feed_at(fed.now + std::chrono::milliseconds(rng.below(3000)), event);
      opened |= std::holds_alternative<ChallengeOpened>(event);
      filled |= std::holds_alternative<CommitReceived>(event);
      committed |= opened && std::holds_alternative<CommitsFinal>(event);
      const auto* block = std::get_if<BlockFinal>(&event);
      next_block |= may_be_next && block != nullptr && block->height == committed_at + Blocks{1};
      for (const VerifierEffect& effect : fed.effects) {
        EXPECT_TRUE(!std::holds_alternative<SendSecondNonce>(effect) || filled);
        EXPECT_TRUE(!std::holds_alternative<PublishSecret>(effect) || next_block);
        secrets += std::holds_alternative<PublishSecret>(effect);
        reports += std::holds_alternative<Report>(effect);
      }
    }
    EXPECT_LE(secrets, 1);
    EXPECT_EQ(secrets == 1, next_block);
    EXPECT_EQ(reports, fed.session.state() == State::accepted || fed.session.state() == State::failed);
    ++endings[fed.session.state()];
  }
  EXPECT_GT(endings[State::accepted], 10);
  EXPECT_GT(endings[State::failed], 10);
}

Report accepted_report(std::uint32_t validator, Duration fill) {
  return {validator,
          Outcome::accepted,
          State::checking,
          Verdict::accepted,
          {at(0s), at(fill), at(fill), at(fill + 2s), 0ms}};
}

TEST(Conclude, NeedsAMajorityThatAccepts) {
  std::vector<Report> reports = {accepted_report(0, 3s), accepted_report(1, 4s), accepted_report(2, 5s)};
  reports[2].outcome = Outcome::silent;
  const auto capacity = conclude(challenge().params, reports);
  ASSERT_TRUE(capacity) << capacity.error().message;
  EXPECT_EQ(*capacity, measured_capacity(challenge().params, {4s, 2s}));
  reports[1].outcome = Outcome::rejected;
  const auto refused = conclude(challenge().params, reports);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "proof: 1 of 3 validators accepted it, at least 2 needed");
}

TEST(Conclude, NeedsAMajorityOfClocks) {
  std::vector<Report> reports = {accepted_report(0, 3s), accepted_report(1, 4s)};
  reports[0].stamps.fill_commit.reset();
  const auto refused = conclude(challenge().params, reports);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "fill: 1 of 3 clocks, at least 2 needed");
}

}  // namespace
}  // namespace souk::capacity
