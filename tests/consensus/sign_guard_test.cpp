#include "actors/consensus/sign_guard.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "actors/base/rng.hpp"
#include "actors/consensus/evidence.hpp"
#include "tests/consensus/statements_fixture.hpp"

namespace souk::consensus {
namespace {

using Answer = SignGuard::Answer;
const ValueId a = test::value_named('a');
const ValueId b = test::value_named('b');

Statement says(std::int64_t height, Round round, Step step, std::optional<ValueId> value) {
  return {step, Height{height}, round, value, no_round};
}

TEST(SignGuard, SignsOncePerHeightRoundAndStep) {
  SignGuard guard;
  EXPECT_EQ(guard.ask(says(5, 1, Step::prevote, a)), Answer::sign);
  EXPECT_EQ(guard.ask(says(5, 1, Step::prevote, a)), Answer::repeat);
  EXPECT_EQ(guard.ask(says(5, 1, Step::prevote, b)), Answer::refuse);
  EXPECT_EQ(guard.ask(says(5, 1, Step::prevote, std::nullopt)), Answer::refuse);
  Statement other_polka = says(5, 1, Step::prevote, a);
  other_polka.valid_round = 0;
  EXPECT_EQ(guard.ask(other_polka), Answer::refuse) << "every signed field counts";
}

TEST(SignGuard, NeverGoesBack) {
  SignGuard guard;
  ASSERT_EQ(guard.ask(says(5, 1, Step::prevote, a)), Answer::sign);
  EXPECT_EQ(guard.ask(says(5, 1, Step::propose, a)), Answer::refuse) << "a lower step";
  EXPECT_EQ(guard.ask(says(5, 0, Step::precommit, a)), Answer::refuse) << "a lower round";
  EXPECT_EQ(guard.ask(says(4, 9, Step::precommit, a)), Answer::refuse) << "a lower height";
  EXPECT_EQ(guard.ask(says(5, 1, Step::precommit, a)), Answer::sign);
  EXPECT_EQ(guard.ask(says(5, 1, Step::prevote, a)), Answer::repeat) << "of this height it remembers all";
  EXPECT_EQ(guard.ask(says(6, 0, Step::propose, b)), Answer::sign);
  EXPECT_EQ(guard.ask(says(5, 1, Step::prevote, a)), Answer::refuse) << "of an earlier height nothing";
  EXPECT_EQ(*guard.last(), says(6, 0, Step::propose, b));
}

TEST(SignGuard, FloorOfAnotherStoreHoldsWhenTheLogIsLost) {
  SignGuard guard(says(5, 1, Step::prevote, a));
  EXPECT_EQ(guard.last(), nullptr);
  EXPECT_EQ(guard.ask(says(5, 1, Step::prevote, a)), Answer::refuse) << "at the floor";
  EXPECT_EQ(guard.ask(says(5, 1, Step::precommit, a)), Answer::sign) << "one above";
}

TEST(SignGuard, LogBelowTheFloorIsBelieved) {
  SignGuard guard(says(5, 1, Step::precommit, a));
  ASSERT_TRUE(guard.recover(says(5, 1, Step::prevote, a)));
  EXPECT_EQ(guard.ask(says(5, 1, Step::prevote, a)), Answer::repeat);
  EXPECT_EQ(guard.ask(says(5, 1, Step::precommit, a)), Answer::refuse) << "the log lost it: not known what";
}

TEST(SignGuard, RefusesALogThatContradictsItself) {
  SignGuard guard;
  ASSERT_TRUE(guard.recover(says(5, 1, Step::prevote, a)));
  EXPECT_TRUE(guard.recover(says(5, 1, Step::prevote, a)));
  const auto twice = guard.recover(says(5, 1, Step::prevote, b));
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().message.find("height 5, round 1"), std::string::npos) << twice.error().message;
  EXPECT_FALSE(guard.recover(says(4, 1, Step::prevote, a)));
}

// Invariant S3 under crashes at any place: durable statements survive, those that were not never left.
TEST(SignGuard, NoContradictionLeavesOverRandomAsksAndCrashes) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed, ActorId{}, Purpose::test, 1);
    SignGuard guard;
    std::vector<Statement> log;
    std::vector<Statement> left;
    for (int i = 0; i < 200; ++i) {
      const auto step = static_cast<Step>(rng.below(3));
      const std::uint64_t pick = rng.below(3);
      const auto value = pick == 0 ? std::optional<ValueId>{} : std::optional{pick == 1 ? a : b};
      const Statement s = says(1 + i / 50 + static_cast<std::int64_t>(rng.below(2)),
                               static_cast<Round>(rng.below(3)), step, value);
      const Answer answer = guard.ask(s);
      const bool crash_before_durable = rng.below(20) == 0;
      if (answer == Answer::sign && !crash_before_durable) log.push_back(s);
      if (answer != Answer::refuse && !crash_before_durable) left.push_back(s);
      if (crash_before_durable || rng.below(20) == 0) {
        guard = SignGuard();
        for (const Statement& durable : log) ASSERT_TRUE(guard.recover(durable)) << seed;
      }
    }
    EXPECT_GT(log.size(), 3u);
    for (const Statement& x : left) {
      for (const Statement& y : left) ASSERT_FALSE(contradict(x, y)) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace souk::consensus
