#include "actors/consensus/vote_keeper.hpp"

#include <gtest/gtest.h>

#include "actors/consensus/commit.hpp"
#include "actors/consensus/thresholds.hpp"
#include "tests/consensus/statements_fixture.hpp"

namespace souk::consensus {
namespace {

using Added = VoteKeeper::Added;
using test::set_of;
using test::value_named;
using test::vote_by;

const ValueId a = value_named('a');
const ValueId b = value_named('b');
const ValueId c = value_named('c');
const ValueId d = value_named('d');

struct Keeper : ::testing::Test {
  ValidatorSet set = set_of({1, 1, 1, 1});
  VoteKeeper votes{set};
  Added add(std::size_t index, Step step, Round round, std::optional<ValueId> value, Round current = 0,
            bool named = false) {
    const Vote vote = vote_by(set, index, step, round, value);
    const Added expected = votes.probe(vote, current, named);
    const auto outcome = votes.add(vote, current, named);
    EXPECT_EQ((outcome.added == Added::contradicts), outcome.earlier.has_value());
    EXPECT_EQ(outcome.added, expected) << "probe foretells add";
    return outcome.added;
  }
};

// Section 1.1: strictly more than floor(2P/3), strictly more than floor(P/3); economics.md V22.
TEST(Thresholds, AreStrictAtEveryTotal) {
  for (const Power total : {Power{1}, Power{2}, Power{3}, Power{4}, Power{7}, Power{10}, Power{64},
                            Power{100}, total_power_max - 2, total_power_max - 1, total_power_max}) {
    const Power two_thirds = static_cast<Power>(static_cast<i128>(total) * 2 / 3);
    EXPECT_FALSE(has_quorum(two_thirds, total)) << total;
    EXPECT_TRUE(has_quorum(two_thirds + 1, total)) << total;
    EXPECT_FALSE(has_third(total / 3, total)) << total;
    EXPECT_TRUE(has_third(total / 3 + 1, total)) << total;
  }
}

TEST(Thresholds, OfV22) {
  const struct {
    Power n, f, quorum;
  } rows[] = {{4, 1, 3}, {7, 2, 5}, {10, 3, 7}, {64, 21, 43}, {100, 33, 67}};
  for (const auto& row : rows) {
    const std::vector<Power> ones(static_cast<std::size_t>(row.n), 1);
    const ValidatorSet set = set_of(ones);
    VoteKeeper votes(set);
    for (Power i = 0; i < row.n; ++i) {
      votes.add(vote_by(set, static_cast<std::size_t>(i), Step::prevote, 0, a), 0, true);
      EXPECT_EQ(votes.quorum_for(Step::prevote, 0, a), i + 1 >= row.quorum) << row.n << " after " << i + 1;
      EXPECT_EQ(votes.quorum_any(Step::prevote, 0), i + 1 >= row.quorum);
      votes.add(vote_by(set, static_cast<std::size_t>(i), Step::precommit, 3, a), 0, true);
      EXPECT_EQ(votes.skip_to(0).has_value(), i + 1 > row.f) << row.n << " after " << i + 1;
    }
  }
}

TEST_F(Keeper, CountsByRoundStepAndValue) {
  EXPECT_EQ(add(0, Step::prevote, 0, a), Added::counted);
  EXPECT_EQ(add(1, Step::prevote, 0, b), Added::counted);
  EXPECT_EQ(add(2, Step::prevote, 0, std::nullopt), Added::counted);
  EXPECT_EQ(add(0, Step::precommit, 0, a), Added::counted);
  EXPECT_EQ(add(0, Step::prevote, 1, a), Added::counted);
  EXPECT_EQ(votes.power_for(Step::prevote, 0, a), 1);
  EXPECT_EQ(votes.power_for(Step::prevote, 0, std::nullopt), 1);
  EXPECT_TRUE(votes.quorum_any(Step::prevote, 0));
  EXPECT_FALSE(votes.quorum_any(Step::precommit, 0));
  EXPECT_FALSE(votes.quorum_any(Step::prevote, 1));
  EXPECT_FALSE(votes.complete(Step::prevote, 0));
  EXPECT_EQ(add(3, Step::prevote, 0, a), Added::counted);
  EXPECT_TRUE(votes.complete(Step::prevote, 0));
  EXPECT_EQ(votes.votes().size(), votes.vote_count());
}

TEST_F(Keeper, DuplicateCountsOnce) {
  add(0, Step::prevote, 0, a);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(add(0, Step::prevote, 0, a), Added::duplicate);
  EXPECT_EQ(votes.power_for(Step::prevote, 0, a), 1);
  EXPECT_EQ(votes.vote_count(), 1u);
}

TEST_F(Keeper, EquivocatorCountsForEachValueAndOnceForAny) {
  add(0, Step::prevote, 0, a);
  const Vote second = vote_by(set, 0, Step::prevote, 0, b);
  const auto outcome = votes.add(second, 0, false);
  ASSERT_EQ(outcome.added, Added::contradicts);
  const Evidence evidence = make_evidence(set, *outcome.earlier, second);
  EXPECT_TRUE(verify_evidence(set, test::chain, evidence, KeyedHash()));
  EXPECT_EQ(votes.power_for(Step::prevote, 0, a), 1);
  EXPECT_EQ(votes.power_for(Step::prevote, 0, b), 1);
  add(1, Step::prevote, 0, a);
  EXPECT_FALSE(votes.quorum_any(Step::prevote, 0)) << "two of four spoke, three times";
}

TEST_F(Keeper, KeepsTwoVotesOfAnEquivocatorAndThoseThatMatter) {
  EXPECT_EQ(add(0, Step::prevote, 0, a), Added::counted);
  EXPECT_EQ(add(0, Step::prevote, 0, b), Added::contradicts);  // at the bound
  EXPECT_EQ(add(0, Step::prevote, 0, c), Added::surplus);      // one above
  EXPECT_EQ(add(0, Step::prevote, 0, std::nullopt), Added::surplus);
  EXPECT_EQ(add(0, Step::prevote, 0, c, 0, true), Added::contradicts) << "a proposal names it";
  EXPECT_EQ(add(0, Step::prevote, 0, d), Added::surplus);
  EXPECT_EQ(votes.vote_count(), 3u);
}

TEST_F(Keeper, FarRoundsTakeNoMemory) {
  EXPECT_EQ(add(0, Step::prevote, 1, a), Added::counted) << "the next round is kept";
  EXPECT_EQ(add(0, Step::prevote, 2, a), Added::noted) << "one above it is not";
  const std::size_t before = votes.vote_count();
  for (Round r = 3; r < 10'000; ++r) EXPECT_EQ(add(0, Step::precommit, r, a), Added::noted);
  EXPECT_EQ(votes.vote_count(), before);
  EXPECT_EQ(add(0, Step::precommit, 50, a), Added::duplicate);
  EXPECT_EQ(votes.skip_to(0), std::nullopt) << "alone it moves nobody";
}

TEST_F(Keeper, SkipsToTheRoundThatMoreThanAThirdReached) {
  add(0, Step::prevote, 9, a);
  add(1, Step::precommit, 5, std::nullopt);
  EXPECT_EQ(votes.skip_to(0), 5) << "prevotes and precommits together";
  EXPECT_EQ(votes.skip_to(4), 5);
  EXPECT_EQ(votes.skip_to(5), std::nullopt) << "only one is above";
  add(2, Step::prevote, 7, a);
  EXPECT_EQ(votes.skip_to(0), 7);
}

TEST_F(Keeper, NilOfPastRoundsIsForgotten) {
  add(0, Step::prevote, 0, std::nullopt);
  add(1, Step::prevote, 0, a);
  votes.forget_nil_below(1);
  EXPECT_EQ(votes.vote_count(), 1u);
  EXPECT_EQ(add(2, Step::prevote, 0, std::nullopt, 1), Added::useless);
  EXPECT_EQ(add(2, Step::prevote, 0, a, 1), Added::counted);
  EXPECT_EQ(add(0, Step::prevote, 0, a, 1), Added::counted) << "its nil is forgotten: no evidence to show";
  EXPECT_TRUE(votes.quorum_for(Step::prevote, 0, a));
}

TEST_F(Keeper, CommitTakesTheVoteForTheValueOfAnEquivocator) {
  add(0, Step::precommit, 0, a);
  add(1, Step::precommit, 0, std::nullopt);
  add(2, Step::precommit, 0, b);
  add(2, Step::precommit, 0, a);
  add(3, Step::precommit, 0, std::nullopt);
  add(3, Step::precommit, 0, a);
  const Commit commit = votes.commit(Height{1}, 0, a);
  EXPECT_EQ(commit.signatures[1].kind, CommitSignature::Kind::for_nil);
  EXPECT_EQ(commit.signatures[2].kind, CommitSignature::Kind::for_value);
  EXPECT_EQ(commit.signatures[3].kind, CommitSignature::Kind::for_value);
  EXPECT_TRUE(verify_commit(set, {test::chain, Height{1}, a}, commit, KeyedHash()));
}

}  // namespace
}  // namespace souk::consensus
