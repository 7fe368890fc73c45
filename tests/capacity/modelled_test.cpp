#include "actors/capacity/modelled.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "actors/capacity/blake3.hpp"
#include "actors/capacity/timing.hpp"

namespace souk::capacity {
namespace {

using namespace std::chrono_literals;

constexpr CapacityVector h200{1'400'000'000'000'000, 4'500'000'000'000, 134'217'728'000};

/// Hourly proof of an H200: rho > D, so that junk hides from the checkpoint openings.
Params hourly() {
  Params params;
  params.log_k = 13;
  params.rounds_per_state = 3;
  params.depth = 2;
  params.states = 2000;
  params.sweeps = 64;
  return params;
}

Hash seed(int trial) {
  return blake3(Bytes{static_cast<std::uint8_t>(trial), static_cast<std::uint8_t>(trial >> 8)});
}

/// How many of `trials` proofs with this cheat are caught, each with another seed.
int caught(const Params& params, const Cheat& cheat, int trials, Verdict expected) {
  const ModelledProof proof(params, {h200, cheat});
  int count = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const Verdict verdict = proof.verdict(seed(trial));
    if (verdict == Verdict::accepted) continue;
    EXPECT_EQ(verdict, expected);
    ++count;
  }
  return count;
}

void expect_within_3_sigma(int count, int trials, double probability) {
  const double sigma = std::sqrt(trials * probability * (1 - probability));
  EXPECT_LE(std::abs(count - trials * probability), 3 * sigma) << count << " of " << trials;
}

TEST(ModelledProof, OfAnHonestGpuAlwaysHolds) {
  EXPECT_EQ(caught(hourly(), {}, 500, Verdict::accepted), 0);
  EXPECT_EQ(ModelledProof(hourly(), {h200, {}}).detection_probability(), 0);
}

TEST(ModelledProof, CatchesSkippedWorkAtThePredictedRate) {
  constexpr int trials = 2000;
  for (const double work : {0.02, 0.05, 0.10}) {
    SCOPED_TRACE(work);
    expect_within_3_sigma(caught(hourly(), {work, 0}, trials, Verdict::freivalds), trials,
                          1 - std::pow(1 - work / 2, 64));
  }
}

TEST(ModelledProof, CatchesDroppedMemoryAtThePredictedRate) {
  constexpr int trials = 2000;
  for (const double memory : {0.02, 0.05, 0.10}) {
    SCOPED_TRACE(memory);
    expect_within_3_sigma(caught(hourly(), {0, memory}, trials, Verdict::sweep_value), trials,
                          1 - std::pow(1 - memory, 32));
  }
}

TEST(ModelledProof, SeesMoreWhenTheDepthReachesEveryLink) {
  Params params = hourly();
  params.rounds_per_state = 2;
  for (const double work : {0.02, 0.05, 0.10}) {
    SCOPED_TRACE(work);
    const double escape = std::pow(1 - work / 2, 64) * std::pow(1 - work, 32);
    EXPECT_NEAR(ModelledProof(params, {h200, {work, 0}}).detection_probability(), 1 - escape, 1e-9);
    expect_within_3_sigma(caught(params, {work, 0}, 2000, Verdict::freivalds), 2000, 1 - escape);
  }
}

TEST(ModelledProof, DetectsAsOftenAsSection5Says) {
  const auto detection = [](double work, double memory) {
    return ModelledProof(hourly(), {h200, {work, memory}}).detection_probability();
  };
  EXPECT_NEAR(detection(0.05, 0), 0.80, 0.005);
  EXPECT_NEAR(detection(0, 0.05), 0.81, 0.005);
  EXPECT_NEAR(detection(0.10, 0), 0.962, 0.0005);
  EXPECT_NEAR(detection(0, 0.10), 0.966, 0.0005);
  EXPECT_NEAR(1 - detection(0.05, 0.05), (1 - detection(0.05, 0)) * (1 - detection(0, 0.05)), 1e-9);
}

TEST(ModelledProof, OfAFullCheatIsCaughtForCertain) {
  EXPECT_EQ(ModelledProof(hourly(), {h200, {0, 1}}).detection_probability(), 1);
  EXPECT_EQ(caught(hourly(), {0, 1}, 50, Verdict::sweep_value), 50);
  EXPECT_EQ(caught(hourly(), {1, 0}, 50, Verdict::freivalds), 50);
}

TEST(ModelledProof, ShowsExactlyTheRatesOfAnHonestGpu) {
  const ModelledProof proof(hourly(), {h200, {}});
  const auto measured = measured_capacity(hourly(), {proof.fill_time(), proof.sweep_time()});
  EXPECT_EQ(fit_permille(measured, {h200.int8_ops_s, h200.memory_bytes_s, hourly().total_bytes()}), 999u);
  EXPECT_TRUE(proof.fits());
}

TEST(ModelledProof, ShowsWhatACheatGains) {
  const ModelledProof honest(hourly(), {h200, {}});
  const ModelledProof lazy(hourly(), {h200, {0.10, 0}});
  const ModelledProof small(hourly(), {h200, {0, 0.25}});
  EXPECT_NEAR(seconds(lazy.fill_time()) / seconds(honest.fill_time()), 0.90, 1e-6);
  EXPECT_EQ(lazy.sweep_time(), honest.sweep_time());
  EXPECT_NEAR(seconds(small.sweep_time()) / seconds(honest.sweep_time()), 0.75, 1e-6);
  EXPECT_EQ(small.fill_time(), honest.fill_time());
}

TEST(ModelledProof, NeedsRoomForTheStatesItHolds) {
  CapacityVector gpu = h200;
  gpu.vram_bytes = hourly().total_bytes() - 1;
  EXPECT_FALSE(ModelledProof(hourly(), {gpu, {}}).fits());
  EXPECT_TRUE(ModelledProof(hourly(), {gpu, {0, 0.01}}).fits());
}

TEST(ModelledProof, IsTheSameForEveryValidatorOfOneSeed) {
  const ModelledProof one(hourly(), {h200, {0.03, 0.03}});
  const ModelledProof other(hourly(), {h200, {0.03, 0.03}});
  for (int trial = 0; trial < 100; ++trial) EXPECT_EQ(one.verdict(seed(trial)), other.verdict(seed(trial)));
}

TEST(ModelledProof, RefusesSharesThatAreNone) {
  EXPECT_DEATH(ModelledProof(hourly(), {h200, {1.5, 0}}), "work");
  EXPECT_DEATH(ModelledProof(hourly(), {h200, {0, -0.1}}), "memory");
  EXPECT_DEATH(ModelledProof(hourly(), {{}, {}}), "rates");
}

}  // namespace
}  // namespace souk::capacity
