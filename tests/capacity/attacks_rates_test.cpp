#include <gtest/gtest.h>

#include <cmath>
#include <ostream>
#include <set>
#include <string>

#include "tests/capacity/cheats.hpp"

/// How often cheats with a share of the work or of the memory are caught (gpu-capacity.md section 3 F7,
/// section 5 "Recommended"): the real verifier, 64 and 32 openings as in an hourly proof, only the seed drawn
/// again.
namespace souk::capacity::cheats {
namespace {

constexpr int trials = 400;
constexpr std::uint16_t gemm_openings = 64;
constexpr std::uint16_t checkpoint_openings = 32;

/// Junk in these states, one repeated row each.
Cheat skipping(std::set<std::uint32_t> rounds) {
  Cheat cheat;
  cheat.junk = [rounds = std::move(rounds)](std::uint32_t t, std::span<std::uint8_t> state) {
    return rounds.contains(t) && write_repeated_row(state, 1024);
  };
  return cheat;
}

TEST(JunkState, SavesItsOwnProductAndAllButOneRowOfTheNext) {
  const CheatingProver prover(small_challenge(2, 1, 1, 1, 0, 1), skipping({1}));
  std::vector<std::int8_t> row(1024);
  std::ranges::transform(prover.state(1).first(1024), row.begin(),
                         [](std::uint8_t byte) { return static_cast<std::int8_t>(byte); });
  std::vector<std::int32_t> sums(1024);
  row_times_matrix(row, prover.bt(), sums);
  std::vector<std::uint8_t> next(1024);
  for (std::uint32_t i = 0; i < 1024; ++i) {
    quantise_row(RoundKeys(prover.link(1), 1024), i, 0, sums, next);
    ASSERT_TRUE(std::ranges::equal(next, prover.state(2).subspan(i * 1024, 1024))) << i;
  }
}

struct SkippedWork {
  double work;           ///< eta, the share of the products that is saved
  std::uint32_t states;  ///< N, with 5 rounds each
  std::set<std::uint32_t> junk;
};
void PrintTo(const SkippedWork& set, std::ostream* out) {
  *out << set.junk.size() << " junk states of " << 5 * set.states;
}

/// A junk state saves two products, its own and, being one row, the next state's; only its own link is bad.
/// So eta = 2 x junk / R and one opening meets a bad link with eta / 2. Junk lies 3 below a checkpoint, where
/// no checkpoint opening of depth 2 comes, and only the s_u uniform openings count.
class Skipping : public testing::TestWithParam<SkippedWork> {};

TEST_P(Skipping, IsCaughtAtThePredictedRate) {
  const auto& [work, states, junk] = GetParam();
  const Challenge challenge = small_challenge(5, 2, states, 2, gemm_openings, checkpoint_openings);
  const double bad = static_cast<double>(junk.size()) / challenge.params.rounds();
  ASSERT_NEAR(bad, work / 2, 1e-12);
  const CheatingProver prover(challenge, skipping(junk));

  const Trials result = run_trials(prover, trials, [&](const Draws& draws) {
    const auto rounds = opened_rounds(challenge.params, draws);
    const bool is_met = std::ranges::any_of(rounds, [&](std::uint32_t t) { return junk.contains(t); });
    return is_met ? Verdict::output_path : Verdict::accepted;
  });
  const double predicted = 1 - std::pow(1 - work / 2, gemm_openings);
  EXPECT_EQ(result.surprises, 0);
  EXPECT_LE(sigmas_off(result.caught, trials, predicted), 3)
      << result.caught << " of " << trials << ", predicted " << predicted;
  EXPECT_GT(sigmas_off(result.caught, trials, 1 - std::pow(1 - work, gemm_openings)), 3)
      << "version 1 took each skipped product for a bad link";
  RecordProperty("caught", result.caught);
}

INSTANTIATE_TEST_SUITE_P(OfWork, Skipping,
                         testing::Values(SkippedWork{0.02, 20, {52}}, SkippedWork{0.05, 8, {22}},
                                         SkippedWork{0.10, 8, {12, 32}}),
                         [](const auto& set) {
                           return std::to_string(std::lround(100 * set.param.work)) + "Percent";
                         });

/// Every `step`-th segment is not in memory when the sweeps come; the fill is run again for the openings, so
/// all of the work is right. One checkpoint opening asks for such a segment with phi = 1 / step.
class Dropping : public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::uint32_t states = 25;  // 6,400 segments: each step divides them

  static Cheat dropping(std::uint64_t step) {
    Cheat cheat;
    cheat.answer = [step](const SweepKey& key, std::uint64_t segment, std::span<const std::uint8_t> bytes) {
      return segment % step == 0 ? 0 : key.value(bytes);
    };
    return cheat;
  }
  void expect_predicted_rate(const Cheat& cheat, Verdict verdict) const {
    const std::uint64_t step = GetParam();
    const Challenge challenge = small_challenge(1, 2, states, 2, gemm_openings, checkpoint_openings);
    ASSERT_EQ(challenge.params.segments() % step, 0u);
    const CheatingProver prover(challenge, cheat);
    const Trials result = run_trials(prover, trials, [&](const Draws& draws) {
      const bool is_met = std::ranges::any_of(
          draws.checkpoints, [&](const CheckpointDraw& draw) { return draw.segment % step == 0; });
      return is_met ? verdict : Verdict::accepted;
    });
    const double predicted = 1 - std::pow(1 - 1.0 / static_cast<double>(step), checkpoint_openings);
    EXPECT_EQ(result.surprises, 0);
    EXPECT_LE(sigmas_off(result.caught, trials, predicted), 3)
        << result.caught << " of " << trials << ", predicted " << predicted;
    RecordProperty("caught", result.caught);
  }
};

TEST_P(Dropping, IsCaughtAtThePredictedRate) {
  expect_predicted_rate(dropping(GetParam()), Verdict::sweep_value);
}

INSTANTIATE_TEST_SUITE_P(OfMemory, Dropping, testing::Values(50, 20, 10),
                         [](const auto& set) { return std::to_string(100 / set.param) + "Percent"; });

TEST(Recanting, DoesNotHelpWhoDroppedMemory) {
  // The right values, computed once the seed is known, are not those under the committed root.
  Cheat cheat;
  cheat.answer = [](const SweepKey& key, std::uint64_t segment, std::span<const std::uint8_t> bytes) {
    return segment % 4 == 0 ? 0 : key.value(bytes);
  };
  cheat.recants = true;
  const Challenge challenge = small_challenge(1, 1, 2, 2, 0, 8);
  const Trials result =
      run_trials(CheatingProver(challenge, cheat), 40, [](const Draws&) { return Verdict::sweep_path; });
  EXPECT_EQ(result.caught, 40);
  EXPECT_EQ(result.surprises, 0);
}

TEST(HonestProver, IsNeverRejected) {
  const CheatingProver prover(small_challenge(2, 2, 4, 2, gemm_openings, checkpoint_openings));
  const Trials result = run_trials(prover, 100, [](const Draws&) { return Verdict::accepted; });
  EXPECT_EQ(result.caught, 0);
}

TEST(HonestProver, WritesTheTranscriptOfTheReferenceProver) {
  // The cheats write their transcripts themselves; where they do not cheat, byte for byte the same.
  const Challenge challenge = vector_challenge();
  const CheatingProver prover(challenge);
  const Proof reference = prove(challenge);
  EXPECT_EQ(prover.record().fill, reference.record.fill);
  EXPECT_EQ(prover.record().sweep, reference.record.sweep);
  EXPECT_EQ(prover.transcript(record_seed(reference.record)), reference.transcript);
}

}  // namespace
}  // namespace souk::capacity::cheats
