#include "actors/votes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace souk {
namespace {

// economics.md V22.
TEST(Votes, ThresholdsOfV22) {
  struct Row {
    std::int64_t n, f, quorum;
  };
  for (const Row row : {Row{4, 1, 3}, {7, 2, 5}, {10, 3, 7}, {64, 21, 43}, {100, 33, 67}}) {
    EXPECT_EQ(byzantine_max(row.n), row.f) << row.n;
    EXPECT_EQ(quorum(row.n), row.quorum) << row.n;
  }
}

TEST(Votes, TwoQuorumsAlwaysShareMoreThanTheByzantinePower) {
  for (std::int64_t n = 1; n <= 1'000; ++n) {
    EXPECT_GT(2 * quorum(n) - n, byzantine_max(n)) << n;
    EXPECT_LE(quorum(n), n - byzantine_max(n)) << "the honest alone decide, n = " << n;
    EXPECT_LT(3 * byzantine_max(n), n);
    EXPECT_GE(3 * (byzantine_max(n) + 1), n);
    EXPECT_TRUE(has_quorum(quorum(n), n));
    EXPECT_FALSE(has_quorum(quorum(n) - 1, n));
  }
}

TEST(Votes, LargestPowersDoNotOverflow) {
  constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(has_quorum(all, all));
  EXPECT_FALSE(has_quorum(all / 2, all));
  EXPECT_EQ(quorum(all), 6'148'914'691'236'517'205);
}

/// P(at least `k` of `n` are off), each with probability q.
double halt_probability(int n, int k, double q) {
  double sum = 0;
  double term = 1;
  for (int i = 0; i < n; ++i) term *= 1.0 - q;
  for (int off = 0; off <= n; ++off) {
    if (off >= k) sum += term;
    term *= q / (1.0 - q) * (n - off) / (off + 1);
  }
  return sum;
}

// economics.md V22: how many must be off follows from halts(); the probabilities are then the published ones.
TEST(Votes, HaltProbabilitiesOfV22) {
  struct Row {
    int n, off_to_halt;
    std::array<double, 3> p;  // q = .1, .2, .3
  };
  const std::array<Row, 3> rows{{{10, 4, {1.280e-2, .1209, .3504}},
                                 {30, 10, {4.544e-4, .06109, .4112}},
                                 {100, 34, {7.0e-11, 7.369e-4, .2207}}}};
  for (const Row& row : rows) {
    int off = 0;
    while (!halts(off, row.n)) ++off;
    EXPECT_EQ(off, row.off_to_halt);
    for (std::size_t i = 0; i < 3; ++i) {
      const double q = 0.1 * static_cast<double>(i + 1);
      EXPECT_NEAR(halt_probability(row.n, off, q) / row.p[i], 1.0, 0.005) << row.n << " q " << q;
    }
  }
}

}  // namespace
}  // namespace souk
