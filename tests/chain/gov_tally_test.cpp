#include <functional>

#include "tests/chain/gov_fixture.hpp"

// Section 8.6: whose tokens count for what, and what the sums come to.
namespace souk::test {
namespace {

struct Judgement {
  std::string why;
  TallyPowers powers;
  std::int64_t bonded;
  bool expedited;
  TallyVerdict expected;
};

TallyPowers powers(std::int64_t yes, std::int64_t abstain, std::int64_t no, std::int64_t veto) {
  return {Dec::from_int(yes), Dec::from_int(abstain), Dec::from_int(no), Dec::from_int(veto),
          Dec::from_int(yes + abstain + no + veto)};
}

TEST(Section8_6Judge, FollowsTheOrderOfTheRules) {
  GovParams params;  // quorum .334, threshold .5, veto .334, expedited .667
  const std::vector<Judgement> table{
      {"nothing is bonded", powers(0, 0, 0, 0), 0, false, {false, false}},
      {"below the quorum", powers(333, 0, 0, 0), 1000, false, {false, false}},
      {"at the quorum", powers(334, 0, 0, 0), 1000, false, {true, false}},
      {"all abstain", powers(0, 900, 0, 0), 1000, false, {false, false}},
      {"abstentions make the quorum but do not decide", powers(2, 900, 1, 0), 1000, false, {true, false}},
      {"exactly half is not above the threshold", powers(500, 0, 500, 0), 1000, false, {false, false}},
      {"one above half", powers(501, 0, 499, 0), 1000, false, {true, false}},
      {"veto at its threshold does not count", powers(666, 0, 0, 334), 1000, false, {true, false}},
      {"veto above it beats a majority", powers(665, 0, 0, 335), 1000, false, {false, true}},
      {"veto is measured with the abstentions", powers(100, 565, 0, 335), 1000, false, {false, true}},
      {"two thirds are expedited", powers(668, 0, 332, 0), 1000, true, {true, false}},
      {"exactly its threshold is not", powers(667, 0, 333, 0), 1000, true, {false, false}},
  };
  for (const Judgement& row : table)
    EXPECT_EQ(judge(row.powers, {row.bonded}, row.expedited, params), row.expected) << row.why;
}

TEST(Section8_6Judge, WhatIsBurnedFollowsTheParameters) {
  GovParams params;
  params.burn_vote_quorum = true;
  params.burn_vote_veto = false;
  EXPECT_EQ(judge(powers(1, 0, 0, 0), {1000}, false, params), (TallyVerdict{false, true}));
  EXPECT_EQ(judge(powers(0, 0, 0, 900), {1000}, false, params), (TallyVerdict{false, false}));
  params.quorum = {};
  EXPECT_EQ(judge(powers(0, 0, 0, 0), {1000}, false, params), (TallyVerdict{false, false}));
}

class Section8_6Tally : public GovTest {
 protected:
  Section8_6Tally() {
    stake = {};
    bond(1, {{1, 40}, {11, 60}});
    bond(2, {{2, 100}, {11, 50}});
    bond(3, {{3, 70}, {12, 30}}, false);  // not bonded
    id = voting();
  }
  void expect(std::int64_t yes, std::int64_t abstain, std::int64_t no, std::int64_t veto) {
    const TallyPowers p = gov.tally(id, stake);
    EXPECT_EQ(p.yes, Dec::from_int(yes));
    EXPECT_EQ(p.abstain, Dec::from_int(abstain));
    EXPECT_EQ(p.no, Dec::from_int(no));
    EXPECT_EQ(p.no_with_veto, Dec::from_int(veto));
    EXPECT_EQ(p.total, Dec::from_int(yes + abstain + no + veto));
  }
  std::uint64_t id = 0;
};

TEST_F(Section8_6Tally, AValidatorVotesForItsDelegators) {
  vote(id, 1, VoteOption::yes);
  expect(100, 0, 0, 0);
}

TEST_F(Section8_6Tally, ADelegatorsOwnVoteIsDeductedFromHisValidators) {
  vote(id, 1, VoteOption::yes);
  vote(id, 2, VoteOption::abstain);
  vote(id, 11, VoteOption::no);  // 60 of validator 1's, 50 of 2's
  expect(40, 100, 110, 0);
}

TEST_F(Section8_6Tally, ADelegatorCountsThoughHisValidatorIsSilent) {
  vote(id, 11, VoteOption::no_with_veto);
  expect(0, 0, 0, 110);
}

TEST_F(Section8_6Tally, OnlyBondedStakeCounts) {
  vote(id, 3, VoteOption::yes);
  vote(id, 12, VoteOption::yes);
  vote(id, 19, VoteOption::yes);  // no stake at all
  expect(0, 0, 0, 0);
}

TEST_F(Section8_6Tally, WeightsSplitAVote) {
  vote(id, 2,
       {{VoteOption::yes, decimal("0.5")},
        {VoteOption::no, decimal("0.3")},
        {VoteOption::no_with_veto, decimal("0.2")}});
  expect(75, 0, 45, 30);
}

TEST_F(Section8_6Tally, SharesCountByWhatSlashingLeft) {
  stake.validators[account(1)].tokens = {50};  // 100 shares
  vote(id, 1, VoteOption::yes);
  vote(id, 11, VoteOption::no);
  expect(20, 0, 30 + 50, 0);
}

TEST_F(Section8_6Tally, LargeStakesDoNotOverflow) {
  stake = {};
  bond(1, {{1, 4'000'000'000'000'000'000}, {11, 1'000'000'000'000'000'000}});
  vote(id, 1, VoteOption::yes);
  vote(id, 11, VoteOption::no);
  expect(4'000'000'000'000'000'000, 0, 1'000'000'000'000'000'000, 0);
}

}  // namespace
}  // namespace souk::test
