// Both sessions together, over a network with delays and a chain with blocks.
#include "tests/capacity/protocol.hpp"

#include <gtest/gtest.h>

#include "actors/capacity/cpu_arithmetic.hpp"
#include "actors/capacity/prover.hpp"
#include "tests/capacity/proof_fixture.hpp"

namespace souk::capacity {
namespace {

using test::at;
using test::Behaviour;
using test::ModelledWorker;
using test::Protocol;
using test::secret;
using namespace std::chrono_literals;

constexpr CapacityVector h200{1'400'000'000'000'000, 4'500'000'000'000, 134'217'728'000};

Challenge hourly(std::uint32_t validators = 3) {
  Challenge c = test::challenge(validators);
  c.params.log_k = 13;
  c.params.rounds_per_state = 3;
  c.params.states = 2000;
  c.params.sweeps = 64;
  c.params.gemm_openings = 64;
  c.params.checkpoint_openings = 32;
  return c;
}

struct Result {
  std::vector<Report> reports;
  std::vector<std::uint32_t> accused;
  ProverState prover{};
  std::uint8_t mask1 = 0;
};
Result run(const Challenge& challenge, test::Worker& worker, const Behaviour& behaviour) {
  Protocol protocol(challenge, worker, behaviour);
  protocol.run();
  return {protocol.reports(), protocol.accused(), protocol.prover().state(), protocol.mask1()};
}
Result run_modelled(const Behaviour& behaviour, const Cheat& cheat = {}, std::uint32_t validators = 3) {
  ModelledWorker worker(hourly(validators), {h200, cheat});
  return run(hourly(validators), worker, behaviour);
}
CapacityVector concluded(const Result& result, std::uint32_t validators = 3) {
  const auto capacity = conclude(hourly(validators).params, result.reports);
  EXPECT_TRUE(capacity) << (capacity ? "" : capacity.error().message);
  return capacity ? *capacity : CapacityVector{};
}

TEST(Protocol, ShowsTheRatesOfAnHonestGpuWithinOnePercent) {
  const CapacityVector truth{h200.int8_ops_s, h200.memory_bytes_s, hourly().params.total_bytes()};
  const Result result = run_modelled({.link = {5ms, 10ms, 10ms}});
  EXPECT_EQ(result.reports.size(), 3u);
  EXPECT_EQ(result.prover, ProverState::done);
  EXPECT_TRUE(result.accused.empty());
  EXPECT_GE(fit_permille(concluded(result), truth), 990u);
  EXPECT_LE(excess_permille(concluded(result), truth), 1000u);
}

TEST(Protocol, LosesLittleByWaitingForAFarValidator) {
  const CapacityVector near = concluded(run_modelled({.link = {5ms, 5ms, 5ms}}));
  const CapacityVector far = concluded(run_modelled({.link = {5ms, 5ms, 400ms}}));
  EXPECT_GE(fit_permille(far, near), 985u);
}

TEST(Protocol, HoldingEchoesBackBuysNoMoreThanTheCap) {
  const CapacityVector fair = concluded(run_modelled({.link = {10ms, 10ms, 10ms}}));
  const CapacityVector held = concluded(run_modelled({.link = {10ms, 10ms, 10ms}, .echo_held_back = 500ms}));
  // 60 ms of credit instead of 20: 40 of 4,711 ms of fill and of 1,909 ms of sweeps.
  EXPECT_LT(held.int8_ops_s, fair.int8_ops_s / 1000 * 1009);
  EXPECT_LT(held.memory_bytes_s, fair.memory_bytes_s / 1000 * 1022);
}

TEST(Protocol, GoesOnWithoutAMuteValidatorAndTakesTheOthersClocks) {
  const Result result = run_modelled({.link = {5ms, 5ms, 5ms}, .mute = {1}});
  EXPECT_EQ(result.mask1, 0b101);
  for (const Report& report : result.reports) EXPECT_EQ(report.outcome, Outcome::accepted);
  EXPECT_GE(fit_permille(concluded(result), {h200.int8_ops_s, h200.memory_bytes_s, 1}), 950u);
}

TEST(Protocol, StopsWithoutAMajorityOfValidators) {
  const Result result = run_modelled({.link = {5ms, 5ms, 5ms}, .mute = {1, 2}});
  EXPECT_EQ(result.prover, ProverState::failed);
  EXPECT_FALSE(conclude(hourly().params, result.reports));
}

TEST(Protocol, ReplacesAKeptSecretAndAccusesItsOwner) {
  const Result result = run_modelled({.link = {5ms, 5ms, 5ms}, .keeps = {2}});
  EXPECT_EQ(result.accused, (std::vector<std::uint32_t>{2, 2, 2}));
  for (const Report& report : result.reports) EXPECT_EQ(report.outcome, Outcome::accepted);
}

TEST(Protocol, FailsAProverThatFallsSilentAtAnyStage) {
  const std::map<ProverState, VerifierState> stages = {
      {ProverState::awaiting_first_nonces, VerifierState::filling},
      {ProverState::awaiting_second_nonces, VerifierState::filling},
      {ProverState::awaiting_seed, VerifierState::sweeping},
      {ProverState::done, VerifierState::awaiting_transcript},
  };
  for (const auto& [silent_from, stage] : stages) {
    SCOPED_TRACE(enum_name(silent_from));
    const Result result = run_modelled({.link = {5ms, 5ms, 5ms}, .silent_from = silent_from});
    ASSERT_EQ(result.reports.size(), 3u);
    for (const Report& report : result.reports) {
      EXPECT_EQ(report.outcome, Outcome::silent);
      EXPECT_EQ(report.stage, stage);
    }
    EXPECT_FALSE(conclude(hourly().params, result.reports));
  }
}

TEST(Protocol, GivesAllValidatorsTheSameVerdictOnACheat) {
  const Result result = run_modelled({.link = {1ms, 2ms, 3ms, 4ms, 5ms}}, {0, 0.5}, 5);
  ASSERT_EQ(result.reports.size(), 5u);
  for (const Report& report : result.reports) {
    EXPECT_EQ(report.outcome, Outcome::rejected);
    EXPECT_EQ(report.verdict, Verdict::sweep_value);
  }
}

/// The real arithmetic at k = 1024, and the real verifier.
class CpuWorker : public test::Worker {
 public:
  explicit CpuWorker(const Challenge& challenge)
      : prover_(challenge, arithmetic_,
                [key = challenge.provider](auto message) { return sign_as(key, message); }),
        check_(challenge.epoch, challenge.params.k(), test::hash_of(0x77)) {}
  std::pair<Duration, ProverEvent> work(const StartFill& order) override {
    return {3s, Filled{prover_.fill(order.nonces).value()}};
  }
  std::pair<Duration, ProverEvent> work(const StartSweeps& order) override {
    return {2s, Swept{prover_.sweep(order.nonces).value()}};
  }
  std::pair<Duration, ProverEvent> work(const StartOpenings& order) override {
    return {1s, Opened{std::make_shared<const Bytes>(prover_.transcript(order.block, order.nonces).value())}};
  }
  Verdict verdict(const Record& record, const Bytes& transcript) override {
    VerifierOptions options;
    options.scope = Scope::tests;
    return verify(
        record, transcript, check_, test::hash_of(0x55),
        [](const Hash& key, auto message, const Signature& signature) {
          return sign_as(key, message) == signature;
        },
        options);
  }

 private:
  CpuArithmetic arithmetic_;
  Prover prover_;
  EpochCheck check_;
};

TEST(Protocol, CarriesARealProofToAcceptance) {
  for (const Behaviour& behaviour :
       {Behaviour{.link = {5ms, 10ms, 15ms}}, Behaviour{.link = {5ms, 10ms, 15ms}, .mute = {0}},
        Behaviour{.link = {5ms, 10ms, 15ms}, .keeps = {1}}}) {
    CpuWorker worker(test::challenge());
    const Result result = run(test::challenge(), worker, behaviour);
    ASSERT_EQ(result.reports.size(), 3u);
    for (const Report& report : result.reports) EXPECT_EQ(report.verdict, Verdict::accepted);
    EXPECT_TRUE(conclude(test::challenge().params, result.reports));
  }
}

}  // namespace
}  // namespace souk::capacity
