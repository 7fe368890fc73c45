#include <gtest/gtest.h>

#include <variant>

#include "actors/capacity/timing.hpp"
#include "actors/capacity/verifier_session.hpp"
#include "tests/capacity/cheats.hpp"

/// Section 3 F6: provers that buy time on the validators' clocks, by holding back echoes or by sweeping
/// before the clock of the sweeps runs.
namespace souk::capacity::cheats {
namespace {

using namespace std::chrono_literals;

constexpr Time start{std::chrono::seconds(1'700'000'000)};
constexpr Duration round_trip = 10ms;

/// What came of one kind in `effects`.
template <class Effect>
const Effect* find(const VerifierEffects& effects) {
  for (const VerifierEffect& effect : effects) {
    if (const auto* found = std::get_if<Effect>(&effect)) return found;
  }
  return nullptr;
}

Commit commit_of(const Challenge& challenge, std::uint8_t value) {
  return {challenge_id(challenge), 7, repeated(value), {}};
}

/// A validator's session with a prover that answers echoes `held_back` later than the network needs, and
/// takes `fill` and `sweep` for its work.
Stamps stamps_of(std::uint32_t validator, Duration held_back, Duration fill, Duration sweep) {
  const Challenge challenge = vector_challenge();
  VerifierSession session(challenge, validator, vector_nonces(validator).z);
  Time now = start;
  VerifierEffects effects;
  session.on(ProbingStarted{}, now, effects);
  while (const auto* echo = find<SendEcho>(effects)) {
    const EchoReturned back{echo->number};
    effects.clear();
    now += round_trip + held_back;
    session.on(back, now, effects);
  }
  session.on(ChallengeOpened{}, now, effects);
  EXPECT_NE(find<SendFirstNonce>(effects), nullptr);
  EXPECT_EQ(find<SendSecondNonce>(effects), nullptr) << "before commit 1";
  now += round_trip + fill;
  session.on(CommitReceived{CommitKind::fill, commit_of(challenge, 0xf1)}, now, effects);
  EXPECT_NE(find<SendSecondNonce>(effects), nullptr);
  now += round_trip + sweep;
  session.on(CommitReceived{CommitKind::sweep, commit_of(challenge, 0x5e)}, now, effects);
  return session.stamps();
}

/// What the validators' clocks say. uncapped: version 1's rule, the shortest round trip credited whole.
Times times_with(Duration held_back, bool uncapped = false) {
  std::vector<Stamps> stamps;
  for (std::uint32_t i = 0; i < 3; ++i) {
    stamps.push_back(stamps_of(i, held_back, 3090ms, 2s));
    if (uncapped) stamps.back().credit = round_trip + held_back;
  }
  return median_times(stamps, 3).value();
}

double int8_rate(const Times& times) {
  return static_cast<double>(measured_capacity(Params{}, times).int8_ops_s);
}

TEST(HeldBackEchoes, BoughtAFifthOfInt8InVersion1AndNoMoreThanTheCapInVersion2) {
  EXPECT_GT(int8_rate(times_with(500ms, true)), 1.19 * int8_rate(times_with(0ms, true)));
  EXPECT_LT(int8_rate(times_with(500ms)), 1.017 * int8_rate(times_with(0ms)));

  const Times honest = times_with(0ms);
  EXPECT_EQ(honest, (Times{3090ms, 2s}));
  for (const Duration held_back : {40ms, 50ms, 60ms, 500ms, 1000ms}) {
    const Times cheated = times_with(held_back);
    EXPECT_EQ(honest.fill - cheated.fill, std::min<Duration>(held_back, 50ms));
    EXPECT_EQ(honest.sweep - cheated.sweep, std::min<Duration>(held_back, 50ms));
  }
}

TEST(EarlySweeps, StartedFromWhatIsKnownBeforeCommit1EndInTheWrongChain) {
  // Version 1 keyed its first sweep by h_R alone. Here that is h_R with the first nonces or the anchors.
  for (Hash NonceChain::* known : {&NonceChain::n, &NonceChain::anchor}) {
    Cheat cheat;
    cheat.sweeps_from = known;
    const CheatingProver prover(small_challenge(1, 1, 2, 2, 2, 2), cheat);
    const Trials result = run_trials(prover, 40, [](const Draws&) { return Verdict::g_chain; });
    EXPECT_EQ(result.surprises, 0);
  }
}

TEST(EarlySweeps, CannotLeaveTheSecondNoncesOutByTheirMask) {
  Cheat cheat;
  cheat.sweeps_from = &NonceChain::anchor;
  const CheatingProver prover(small_challenge(1, 1, 2, 2, 2, 2), cheat);
  const EpochCheck check = epoch_check_of(prover.record().challenge);
  const auto verdict_with_mask = [&](unsigned mask) {
    Record record = prover.record();
    record.sweep.mask = static_cast<std::uint8_t>(mask);
    record.sweep.signature =
        sign_as(record.challenge.provider, signed_bytes(CommitKind::sweep, record.sweep));
    return verdict_on(prover, record, check);
  };
  for (const unsigned too_few : {0u, 1u, 2u, 4u}) EXPECT_EQ(verdict_with_mask(too_few), Verdict::nonce);
  for (const unsigned enough : {3u, 5u, 6u, 7u}) EXPECT_EQ(verdict_with_mask(enough), Verdict::g_chain);
  for (const unsigned nobody : {8u, 15u, 128u}) EXPECT_EQ(verdict_with_mask(nobody), Verdict::nonce);
}

}  // namespace
}  // namespace souk::capacity::cheats
