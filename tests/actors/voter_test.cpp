#include "actors/voter.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/actors/stake_rig.hpp"

namespace souk {
namespace {

using namespace std::chrono_literals;
using test::person;
using Rig = test::StakeRig<GovVoter>;

constexpr Duration day = 24h;

VoterConfig config_of() {
  VoterConfig config;
  config.address = person(3);
  config.turnout = 1;
  config.merit = Distribution::constant(1);
  config.abstain = 0;
  return config;
}

EventSubmitProposal proposal(const Rig& rig, std::uint64_t id, bool expedited = false, bool voting = true) {
  return {id, person(8), expedited, voting, rig.now() + (expedited ? day : 7 * day), nullptr};
}

TEST(Voter, VotesOnceWithinTheVotingPeriod) {
  Rig rig(GovVoter{config_of()});
  rig.hear(proposal(rig, 4));
  rig.run_for(7 * day);
  const auto votes = rig.sent<MsgVote>();
  ASSERT_EQ(votes.size(), 1u);
  EXPECT_EQ(votes[0].proposal_id, 4u);
  EXPECT_EQ(votes[0].voter, person(3));
  EXPECT_EQ(votes[0].options, (std::vector<WeightedVote>{{VoteOption::yes, Dec::from_int(1)}}));
  rig.run_for(30 * day);
  EXPECT_TRUE(rig.sent<MsgVote>().empty());
}

TEST(Voter, WaitsForTheDepositToBegin) {
  Rig rig(GovVoter{config_of()});
  rig.hear(proposal(rig, 4, false, false));
  rig.run_for(10 * day);
  EXPECT_TRUE(rig.sent<MsgVote>().empty());
  rig.hear(EventProposalDeposit{4, person(8), {}, true, rig.now() + 7 * day});
  rig.run_for(7 * day);
  EXPECT_EQ(rig.sent<MsgVote>().size(), 1u);
}

TEST(Voter, DoesNotVoteOnWhatIsOver) {
  Rig rig(GovVoter{config_of()});
  rig.hear(proposal(rig, 4));
  rig.hear(EventProposalEnded{4, ProposalResult::passed, {}});
  rig.run_for(8 * day);
  EXPECT_TRUE(rig.sent<MsgVote>().empty());
}

TEST(Voter, TurnoutIsItsProbability) {
  VoterConfig config = config_of();
  config.turnout = 0.3;
  Rig rig(GovVoter{config});
  for (std::uint64_t id = 1; id <= 1000; ++id) rig.hear(proposal(rig, id));
  rig.run_for(7 * day);
  EXPECT_NEAR(static_cast<double>(rig.sent<MsgVote>().size()), 300, 4 * 14.5);
}

TEST(Voter, MayVoteOnTheRegularProposalThatAnExpeditedOneBecomes) {
  VoterConfig config = config_of();
  config.expedited_turnout = 0;
  Rig rig(GovVoter{config});
  rig.hear(proposal(rig, 4, true));
  rig.run_for(day);
  EXPECT_TRUE(rig.sent<MsgVote>().empty());
  rig.hear(EventProposalEnded{4, ProposalResult::expedited_failed, {}});
  rig.run_for(6 * day);
  EXPECT_EQ(rig.sent<MsgVote>().size(), 1u);
}

TEST(Voter, VotersOfOneMeritAgreeAboutWhatIsGood) {
  VoterConfig config = config_of();
  config.merit = Distribution::make(Uniform{0, 1}).value();
  config.veto_of_no = 0;
  std::vector<int> likes;  // of 40 voters, by proposal
  for (std::uint64_t id = 1; id <= 40; ++id) {
    int yes = 0;
    for (std::uint32_t voter = 0; voter < 40; ++voter) {
      Rig rig(GovVoter{config}, 5, voter);
      rig.hear(proposal(rig, id));
      rig.run_for(7 * day);
      yes += rig.sent<MsgVote>().at(0).options[0].option == VoteOption::yes ? 1 : 0;
    }
    likes.push_back(yes);
  }
  // Independent opinions would all lie within 20 +- 4 standard deviations (3.2).
  EXPECT_LT(*std::min_element(likes.begin(), likes.end()), 7);
  EXPECT_GT(*std::max_element(likes.begin(), likes.end()), 33);
}

TEST(Voter, SplitsAWeightedVoteIntoOne) {
  VoterConfig config = config_of();
  config.weighted = 1;
  Rig rig(GovVoter{config});
  rig.hear(proposal(rig, 4));
  rig.run_for(7 * day);
  const auto votes = rig.sent<MsgVote>();
  ASSERT_EQ(votes.size(), 1u);
  Dec sum;
  for (const WeightedVote& part : votes[0].options) sum += part.weight;
  EXPECT_EQ(votes[0].options.size(), 2u);
  EXPECT_EQ(sum, Dec::from_int(1));
}

TEST(Proposer, ProposesAtGivenTimesAndAtRandom) {
  ProposerConfig config;
  config.address = person(8);
  config.plan = {"a text", nullptr, {{Denom::uakt, {1'000}}}, true};
  config.at = {10 * day, 20 * day};
  test::StakeRig<Proposer> planned(Proposer{config});
  planned.run_for(15 * day);
  const auto first = planned.sent<MsgSubmitProposal>();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_TRUE(first[0].expedited);
  EXPECT_EQ(first[0].title, "a text");
  planned.run_for(100 * day);
  EXPECT_EQ(planned.sent<MsgSubmitProposal>().size(), 1u);
  config.at.clear();
  config.per_year = 20;
  test::StakeRig<Proposer> random(Proposer{config});
  random.run_for(Duration(std::chrono::hours(87'660)));
  EXPECT_NEAR(static_cast<double>(random.sent<MsgSubmitProposal>().size()), 200, 4 * 14.2) << "ten years";
}

}  // namespace
}  // namespace souk
