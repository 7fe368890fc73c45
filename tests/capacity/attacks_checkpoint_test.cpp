#include <gtest/gtest.h>

#include <cmath>
#include <ostream>
#include <set>
#include <string>

#include "tests/capacity/cheats.hpp"

/// Section 3 F4 and F7: junk below a checkpoint, so that the checkpoint is cheap to make again and its own
/// link is honest; and what a state made of nothing does to the states after it.
namespace souk::capacity::cheats {
namespace {

constexpr std::uint8_t rounds_per_state = 4;
constexpr std::uint32_t states = 4;

/// Zeros in these states.
Cheat zeros_at(std::set<std::uint32_t> rounds) {
  Cheat cheat;
  cheat.junk = [rounds = std::move(rounds)](std::uint32_t t, std::span<std::uint8_t> state) {
    return rounds.contains(t) && write_zeros(state);
  };
  return cheat;
}

TEST(Checkpoint, OverZerosIsMadeAgainFromFourWords) {
  const CheatingProver prover(small_challenge(rounds_per_state, 1, 1, 1, 0, 1), zeros_at({3}));
  const RoundKeys keys(prover.link(3), 1024);
  const std::vector<std::int32_t> no_sums(1024);
  std::vector<std::uint8_t> row(1024);
  for (std::uint32_t i = 0; i < 1024; ++i) {
    quantise_row(keys, i, 0, no_sums, row);
    ASSERT_TRUE(std::ranges::equal(row, prover.state(4).subspan(i * 1024, 1024))) << i;
  }
}

struct Depth {
  std::uint32_t below;  ///< how many rounds under the checkpoint the junk lies
  std::uint8_t depth;   ///< D
};
void PrintTo(const Depth& set, std::ostream* out) {
  *out << "junk " << set.below << " below, D = " << int{set.depth};
}

/// One of four checkpoints has junk `below` it, and only checkpoint openings look: s_u = 0, s_c = 12. An
/// opening of that checkpoint finds junk above depth D for certain, since a whole state is junk; so
/// D > below catches 1 - (3/4)^12 = 96.8 % of seeds, 38.7 of 40, and D <= below none.
class JunkBelow : public testing::TestWithParam<Depth> {};

TEST_P(JunkBelow, ACheckpointIsSeenOnlyAboveDepthD) {
  constexpr int trials = 40;
  constexpr std::uint16_t openings = 12;
  const auto& [below, depth] = GetParam();
  const std::uint32_t junk = 2 * rounds_per_state - below;
  const Challenge challenge = small_challenge(rounds_per_state, depth, states, 2, 0, openings);
  const CheatingProver prover(challenge, zeros_at({junk}));
  const Trials result = run_trials(prover, trials, [&](const Draws& draws) {
    const auto rounds = opened_rounds(challenge.params, draws);
    return std::ranges::count(rounds, junk) > 0 ? Verdict::output_path : Verdict::accepted;
  });
  EXPECT_EQ(result.surprises, 0);
  if (depth > below)
    EXPECT_LE(sigmas_off(result.caught, trials, 1 - std::pow(0.75, openings)), 3) << result.caught;
  else
    EXPECT_EQ(result.caught, 0);
  RecordProperty("caught", result.caught);
}

INSTANTIATE_TEST_SUITE_P(OfSection3, JunkBelow,
                         testing::Values(Depth{0, 1}, Depth{1, 1}, Depth{1, 2}, Depth{2, 2}, Depth{2, 3},
                                         Depth{3, 3}, Depth{3, 4}),
                         [](const auto& set) {
                           return "At" + std::to_string(set.param.below) + "WithDepth" +
                                  std::to_string(set.param.depth);
                         });

TEST(Checkpoints, ThatAreAllMadeAgainPassDepth1AndNeverDepth2) {
  constexpr int trials = 40;
  const auto caught = [](std::uint8_t depth) {
    const CheatingProver prover(small_challenge(2, depth, states, 2, 0, 8), zeros_at({1, 3, 5, 7}));
    const Verdict expected = depth == 1 ? Verdict::accepted : Verdict::output_path;
    const Trials result = run_trials(prover, trials, [&](const Draws&) { return expected; });
    EXPECT_EQ(result.surprises, 0);
    return result.caught;
  };
  EXPECT_EQ(caught(1), 0);
  EXPECT_EQ(caught(2), trials);
}

/// Bits per byte of the histogram of `bytes`.
double entropy(std::span<const std::uint8_t> bytes) {
  std::array<double, 256> counts{};
  for (const std::uint8_t byte : bytes) ++counts[byte];
  double bits = 0;
  for (const double count : counts) {
    const double share = count / static_cast<double>(bytes.size());
    if (count > 0) bits -= share * std::log2(share);
  }
  return bits;
}

/// Rank of a k x k matrix of int8 modulo the prime 65,521: at most the rank over the rationals.
std::uint32_t rank_of(std::span<const std::uint8_t> state, std::uint32_t k) {
  constexpr std::uint32_t p = 65'521;
  std::vector<std::uint32_t> a(state.size());
  for (std::size_t n = 0; n < a.size(); ++n)
    a[n] = static_cast<std::uint32_t>(static_cast<std::int8_t>(state[n]) + static_cast<int>(p)) % p;
  const auto inverse = [](std::uint32_t x) {  // x^(p - 2)
    std::uint32_t power = 1;
    for (std::uint32_t e = p - 2; e > 0; e >>= 1, x = x * x % p) power = (e & 1) != 0 ? power * x % p : power;
    return power;
  };
  std::uint32_t rank = 0;
  for (std::uint32_t column = 0; column < k; ++column) {
    std::uint32_t pivot = rank;
    while (pivot < k && a[pivot * k + column] == 0) ++pivot;
    if (pivot == k) continue;
    std::swap_ranges(&a[pivot * k], &a[pivot * k] + k, &a[rank * k]);
    const std::uint32_t scale = inverse(a[rank * k + column]);
    for (std::uint32_t row = rank + 1; row < k; ++row) {
      const std::uint32_t factor = p - a[row * k + column] * scale % p;
      for (std::uint32_t x = column; x < k; ++x)
        a[row * k + x] = (a[row * k + x] + factor * a[rank * k + x] % p) % p;
    }
    ++rank;
  }
  return rank;
}

struct Degenerate {
  const char* name;
  bool (*write)(std::span<std::uint8_t> state, std::uint32_t k);
  std::uint32_t rank;  ///< of the state itself
};
void PrintTo(const Degenerate& state, std::ostream* out) { *out << "rank " << state.rank; }

/// X_1 is made of nothing; X_2 follows from it honestly.
class DegenerateState : public testing::TestWithParam<Degenerate> {
 protected:
  static Cheat degenerate(bool forges_sums = false) {
    Cheat cheat;
    cheat.junk = [](std::uint32_t t, std::span<std::uint8_t> state) {
      return t == 1 && GetParam().write(state, 1024);
    };
    cheat.forges_sums = forges_sums;
    return cheat;
  }
  /// `verdict` wherever the junk link is opened, and accepted elsewhere.
  static void expect_verdict(const Cheat& cheat, Verdict verdict) {
    const Challenge challenge = small_challenge(2, 1, 1, 1, 2, 1);
    const CheatingProver prover(challenge, cheat);
    const Trials result = run_trials(prover, 40, [&](const Draws& draws) {
      const auto rounds = opened_rounds(challenge.params, draws);
      return std::ranges::count(rounds, 1u) > 0 ? verdict : Verdict::accepted;
    });
    EXPECT_EQ(result.surprises, 0);
    EXPECT_GE(result.caught, 20);  // two draws of two rounds: 30 expected
    EXPECT_LT(result.caught, 40);
  }
};

TEST_P(DegenerateState, IsFollowedByOneOfFullRankAnd8BitsAByte) {
  const CheatingProver prover(small_challenge(2, 1, 1, 1, 2, 1), degenerate());
  EXPECT_EQ(rank_of(prover.state(1), 1024), GetParam().rank);
  EXPECT_EQ(rank_of(prover.state(2), 1024), 1024u);
  EXPECT_GT(entropy(prover.state(2)), 7.99);
}

TEST_P(DegenerateState, DoesNotFollowFromTheProduct) { expect_verdict(degenerate(), Verdict::output_path); }

TEST_P(DegenerateState, IsNotExplainedByForgedSums) { expect_verdict(degenerate(true), Verdict::freivalds); }

INSTANTIATE_TEST_SUITE_P(OfSection3, DegenerateState,
                         testing::Values(Degenerate{"Zeros",
                                                    [](std::span<std::uint8_t> state, std::uint32_t) {
                                                      return write_zeros(state);
                                                    },
                                                    0},
                                         Degenerate{"OneRepeatedRow", write_repeated_row, 1},
                                         Degenerate{"Identity", write_identity, 1024}),
                         [](const auto& set) { return set.param.name; });

}  // namespace
}  // namespace souk::capacity::cheats
