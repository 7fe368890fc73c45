#include "actors/chain/gov.hpp"

#include <set>

#include "tests/chain/gov_fixture.hpp"

// Section 8.6: proposals from their submission to their end.
namespace souk::test {
namespace {

using S = ProposalStatus;
using I = ProposalInput;

TEST(Section8_6ProposalTransitions, EveryPairIsInTheTableOrRefused) {
  const std::set<std::pair<S, I>> allowed{
      {S::deposit_period, I::activate}, {S::deposit_period, I::drop},       {S::deposit_period, I::cancel},
      {S::voting_period, I::cancel},    {S::voting_period, I::pass},        {S::voting_period, I::reject},
      {S::voting_period, I::fail},      {S::voting_period, I::make_regular}};
  std::size_t seen = 0;
  for (const auto& [state, input] : all_pairs<S, I>()) {
    EXPECT_EQ(next(proposal_transitions, state, input).has_value(), allowed.contains({state, input}));
    ++seen;
  }
  EXPECT_EQ(seen, 6u * 7u);
}

class Section8_6Gov : public GovTest {};

TEST_F(Section8_6Gov, AFullDepositBeginsTheVoteAndIsTold) {
  const std::uint64_t id = voting();
  const Proposal& p = *gov.find(id);
  EXPECT_EQ(p.status, S::voting_period);
  EXPECT_EQ(*p.voting_end - *p.voting_start, params.stake.gov.voting_period);
  EXPECT_EQ(gov.next_deadline(), *p.voting_end);
  EXPECT_EQ(told(), (std::vector<std::string>{"EventSubmitProposal", "EventTransfer", "EventProposalDeposit",
                                              "EventVotingStarted"}));
  const auto& event = std::get<EventSubmitProposal>(std::get<StakeEvent>(events[0]));
  EXPECT_TRUE(event.voting);
  EXPECT_EQ(event.voting_end, *p.voting_end);
  expect_sound();
}

TEST_F(Section8_6Gov, DepositsAddUpUntilTheVoteBegins) {
  EXPECT_EQ(submit(proposal(400)), "ok");  // 40 % of the minimum
  EXPECT_EQ(status(1), S::deposit_period);
  EXPECT_EQ(gov.next_deadline(), gov.find(1)->deposit_end);
  EXPECT_EQ(deposit(1, 6, akt(599)), "ok");
  EXPECT_EQ(status(1), S::deposit_period);
  EXPECT_EQ(deposit(1, 6, akt(10)), "ok");
  EXPECT_EQ(status(1), S::voting_period);
  EXPECT_EQ(gov.deposit_of(1, account(6))[0].micro, 609);
  EXPECT_EQ(deposit(1, 7, akt(10)), "ok");  // more may follow
  EXPECT_EQ(gov.find(1)->total_deposit[0].micro, 1019);
  expect_sound();
}

TEST_F(Section8_6Gov, WhatIsDroppedIsRefundedOrBurnedAsParametersSay) {
  for (const bool burns : {false, true}) {
    params.stake.gov.burn_proposal_deposit_prevote = burns;
    at_second(0);
    const std::int64_t before = balance(account(5));
    EXPECT_EQ(submit(proposal(400)), "ok");
    const std::uint64_t id = gov.last_id();
    at_second(seconds_of(params.stake.gov.max_deposit_period) - 1);
    end_block();
    EXPECT_EQ(status(id), S::deposit_period);
    at_second(seconds_of(params.stake.gov.max_deposit_period));
    end_block();
    EXPECT_EQ(status(id), S::deleted);
    EXPECT_EQ(balance(account(5)), before - (burns ? 400 : 0));
    EXPECT_EQ(gov.next_deadline(), time_max);
    EXPECT_EQ(told(),
              (std::vector<std::string>{burns ? "EventBurn" : "EventTransfer", "EventProposalEnded"}));
  }
  EXPECT_EQ(bank.burned(Denom::uakt).micro, 400);
}

TEST_F(Section8_6Gov, AMinimumLoweredInTheMeantimeLetsTheVoteBegin) {
  EXPECT_EQ(submit(proposal(400)), "ok");
  params.stake.gov.min_deposit = {akt(300)};
  at_second(seconds_of(params.stake.gov.max_deposit_period));
  end_block();
  EXPECT_EQ(status(1), S::voting_period);
}

TEST_F(Section8_6Gov, APassedProposalRunsItsMessagesAndRefunds) {
  GovParams to = params.stake.gov;
  to.quorum = decimal("0.5");
  const std::uint64_t id = voting({StakeMsg(MsgUpdateParams{module_address("gov"), to})});
  EXPECT_EQ(vote(id, 1, VoteOption::yes), "ok");
  at_second(seconds_of(params.stake.gov.voting_period) + 6);
  end_block();
  EXPECT_EQ(status(id), S::passed);
  EXPECT_EQ(params.stake.gov.quorum, decimal("0.5"));
  EXPECT_EQ(earned(5), 0);
  EXPECT_EQ(gov.find(id)->final_tally, (TallyCounts{{100}, {0}, {0}, {0}}));
  EXPECT_EQ(gov.vote_of(id, account(1)), nullptr);
  EXPECT_EQ(gov.next_deadline(), time_max);
}

TEST_F(Section8_6Gov, WhenAMessageFailsNothingOfTheProposalHappens) {
  MintParams mint = params.stake.mint;
  mint.inflation_max = decimal("0.9");
  const Address authority = module_address("gov");
  const std::uint64_t id = voting({StakeMsg(MsgUpdateParams{authority, mint}),
                                   StakeMsg(MsgCommunityPoolSpend{authority, account(9), {akt(1)}})});
  EXPECT_EQ(vote(id, 1, VoteOption::yes), "ok");
  at_second(seconds_of(params.stake.gov.voting_period));
  end_block();
  EXPECT_EQ(status(id), S::failed);
  EXPECT_NE(params.stake.mint.inflation_max, decimal("0.9"));
  EXPECT_EQ(gov.find(id)->failed_reason, "the community pool has less than that");
  EXPECT_EQ(earned(5), 0);  // a failure is no fault of the proposer's
  const auto& ended = std::get<EventProposalEnded>(std::get<StakeEvent>(events.back()));
  EXPECT_EQ(ended.log,
            "passed, but msg 1 (/cosmos.distribution.v1beta1.MsgCommunityPoolSpend) failed on execution: the "
            "community pool has less than that");
}

TEST_F(Section8_6Gov, ARejectedProposalRefundsAndAVetoedOneBurns) {
  const std::uint64_t rejected = voting();
  const std::uint64_t vetoed = voting();
  EXPECT_EQ(vote(rejected, 1, VoteOption::no), "ok");
  EXPECT_EQ(vote(vetoed, 1, VoteOption::no_with_veto), "ok");
  at_second(seconds_of(params.stake.gov.voting_period));
  end_block();
  EXPECT_EQ(status(rejected), S::rejected);
  EXPECT_EQ(status(vetoed), S::rejected);
  EXPECT_EQ(earned(5), -1000);
  EXPECT_EQ(bank.burned(Denom::uakt).micro, 1000);
}

TEST_F(Section8_6Gov, AnExpeditedProposalThatFailsGoesOnAsARegularOne) {
  const std::uint64_t id = voting({}, true);
  EXPECT_EQ(*gov.find(id)->voting_end - *gov.find(id)->voting_start,
            params.stake.gov.expedited_voting_period);
  EXPECT_EQ(vote(id, 1, {{VoteOption::yes, decimal("0.6")}, {VoteOption::no, decimal("0.4")}}), "ok");
  at_second(seconds_of(params.stake.gov.expedited_voting_period));
  end_block();
  EXPECT_EQ(status(id), S::voting_period);
  EXPECT_FALSE(gov.find(id)->expedited);
  EXPECT_EQ(earned(5), -2000);  // deposits are kept
  EXPECT_EQ(*gov.find(id)->voting_end - *gov.find(id)->voting_start, params.stake.gov.voting_period);
  EXPECT_EQ(gov.vote_of(id, account(1)), nullptr);  // the tally has eaten the votes
  EXPECT_EQ(vote(id, 1, {{VoteOption::yes, decimal("0.6")}, {VoteOption::no, decimal("0.4")}}), "ok");
  at_second(seconds_of(params.stake.gov.voting_period));
  end_block();
  EXPECT_EQ(status(id), S::passed);  // 60 % are enough now
  EXPECT_EQ(earned(5), 0);
}

TEST_F(Section8_6Gov, AnExpeditedProposalThatPassesEndsThere) {
  const std::uint64_t id = voting({}, true);
  EXPECT_EQ(vote(id, 1, VoteOption::yes), "ok");
  at_second(seconds_of(params.stake.gov.expedited_voting_period));
  end_block();
  EXPECT_EQ(status(id), S::passed);
}

TEST_F(Section8_6Gov, CancellingBurnsItsRatioOfEachDepositAndForgetsAll) {
  EXPECT_EQ(submit(proposal(501)), "ok");
  EXPECT_EQ(deposit(1, 6, akt(499)), "ok");
  EXPECT_EQ(vote(1, 1, VoteOption::yes), "ok");
  EXPECT_EQ(cancel(1, 5), "ok");
  EXPECT_EQ(earned(5), -250);  // rounded down
  EXPECT_EQ(earned(6), -249);
  EXPECT_EQ(bank.burned(Denom::uakt).micro, 499);
  EXPECT_EQ(status(1), S::deleted);
  EXPECT_EQ(gov.vote_of(1, account(1)), nullptr);
  EXPECT_EQ(gov.next_deadline(), time_max);
  expect_sound();
}

TEST_F(Section8_6Gov, PeriodsEndInTheOrderOfTimeAndId) {
  const std::uint64_t first = voting();
  const std::uint64_t second = voting();
  at_second(60);
  const std::uint64_t later = voting();
  at_second(seconds_of(params.stake.gov.voting_period) + 3600);
  end_block();
  std::vector<std::uint64_t> order;
  for (const ChainEvent& event : events) {
    const auto* e = std::get_if<StakeEvent>(&event);
    if (e != nullptr && std::holds_alternative<EventProposalEnded>(*e))
      order.push_back(std::get<EventProposalEnded>(*e).proposal_id);
  }
  EXPECT_EQ(order, (std::vector<std::uint64_t>{first, second, later}));
}

TEST_F(Section8_6Gov, ALaterVoteReplacesAnEarlierOne) {
  const std::uint64_t id = voting();
  EXPECT_EQ(vote(id, 11, VoteOption::no), "ok");
  EXPECT_EQ(vote(id, 11, VoteOption::yes), "ok");
  EXPECT_EQ(gov.tally(id, stake).no, Dec{});
  EXPECT_EQ(gov.tally(id, stake).yes, Dec::from_int(100));
}

TEST_F(Section8_6Gov, ATransactionThatFailsLeavesNoTrace) {
  const std::uint64_t id = voting();
  std::vector<std::uint8_t> before;
  gov.append_state(before);
  bank.begin();
  gov.begin_tx();
  voting();
  EXPECT_EQ(deposit(id, 6, akt(50)), "ok");
  EXPECT_EQ(vote(id, 11, VoteOption::yes), "ok");
  EXPECT_EQ(cancel(id, 5), "ok");
  bank.rollback();
  gov.rollback();
  std::vector<std::uint8_t> after;
  gov.append_state(after);
  EXPECT_EQ(before, after);
  EXPECT_EQ(gov.next_deadline(), *gov.find(id)->voting_end);
  expect_sound();
}

/// What can be done to a proposal in each of its states.
TEST_F(Section8_6Gov, EachMessageInEachState) {
  const std::int64_t period = seconds_of(params.stake.gov.voting_period);
  const auto expect = [&](std::uint64_t id, const char* of_deposit, const char* of_vote,
                          const char* of_cancel) {
    EXPECT_EQ(deposit(id, 6, akt(10)), of_deposit);
    EXPECT_EQ(vote(id, 11, VoteOption::yes), of_vote);
    EXPECT_EQ(cancel(id, 5), of_cancel);
  };
  expect(99, "undefined 1", "gov 3", "undefined 1");  // never was
  EXPECT_EQ(submit(proposal(400)), "ok");
  expect(1, "ok", "gov 3", "ok");
  expect(1, "undefined 1", "gov 3", "undefined 1");  // deleted
  expect(voting(), "ok", "ok", "ok");
  const std::uint64_t passed = voting();
  const std::uint64_t rejected = voting();
  const std::uint64_t failed =
      voting({StakeMsg(MsgCommunityPoolSpend{module_address("gov"), account(9), {akt(1)}})});
  EXPECT_EQ(vote(passed, 1, VoteOption::yes), "ok");
  EXPECT_EQ(vote(failed, 1, VoteOption::yes), "ok");
  at_second(period + 60);
  EXPECT_EQ(cancel(rejected, 5), "gov 20");  // the block that ends it has begun
  end_block();
  EXPECT_EQ(status(passed), S::passed);
  EXPECT_EQ(status(rejected), S::rejected);
  EXPECT_EQ(status(failed), S::failed);
  for (const std::uint64_t id : {passed, rejected, failed}) expect(id, "gov 3", "gov 3", "gov 21");
}

}  // namespace
}  // namespace souk::test
