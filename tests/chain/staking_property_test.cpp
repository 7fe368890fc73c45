#include "tests/chain/random_staking.hpp"

// Random sequences of staking messages, absences and double signatures: the invariants hold after each step.
namespace souk::test {
namespace {

class RandomStakes : public ::testing::TestWithParam<std::uint64_t> {};

/// A tenth of the seeds each, so that the parts can run side by side.
TEST_P(RandomStakes, TwoThousandStepsHoldTheInvariants) {
  constexpr int steps = 2'000;
  std::map<std::string, std::size_t> seen;
  for (std::uint64_t seed = GetParam(); seed < 200; seed += 10) {
    RandomStaking work(seed);
    for (int i = 0; i < steps; ++i) {
      work.step();
      const auto sound = work.check();
      ASSERT_TRUE(sound.has_value()) << "seed " << seed << " step " << i << ": " << sound.error().message;
    }
    ASSERT_GT(work.accepted_count, static_cast<std::size_t>(steps / 10)) << "seed " << seed;
    ASSERT_GT(work.rejected_count, static_cast<std::size_t>(steps / 10)) << "seed " << seed;
    for (const auto& [type, count] : work.seen) seen[type] += count;
  }
  for (const char* type : {"EventSlash", "EventCompleteUnbonding", "EventCompleteRedelegation", "EventBurn",
                           "EventValidatorStatus", "EventLiveness"}) {
    bool found = false;
    for (const auto& [name, count] : seen) found = found || name.find(type) != std::string::npos;
    RecordProperty(type, found ? "seen" : "not seen");
  }
  EXPECT_GE(seen.size(), 6u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomStakes, ::testing::Range<std::uint64_t>(0, 10));

TEST(RandomStakeRuns, AreAPureFunctionOfTheSeedAndForkAlike) {
  RandomStaking a(5);
  RandomStaking b(5);
  for (int i = 0; i < 500; ++i) {
    a.step();
    b.step();
  }
  EXPECT_EQ(a.ledger.state_hash(), b.ledger.state_hash());
  RandomStaking c = a;
  for (int i = 0; i < 500; ++i) {
    a.step();
    c.step();
  }
  EXPECT_EQ(a.ledger.state_hash(), c.ledger.state_hash());
  EXPECT_NE(a.ledger.state_hash(), b.ledger.state_hash());
}

}  // namespace
}  // namespace souk::test
