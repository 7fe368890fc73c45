#include "actors/chain/msg_type.hpp"
#include "tests/chain/staking_fixture.hpp"

// The modules of the staking economy together, under one ledger.
namespace souk::test {
namespace {

class Economy : public StakeChain {
 protected:
  Economy() {
    Genesis genesis = stake_genesis({100 * one_akt, 90 * one_akt});
    genesis.params.stake.mint_enabled = true;
    genesis.params.stake.gov.min_deposit = {uakt(10 * one_akt)};
    genesis.known_upgrades = {"v2"};
    restart(genesis);
  }
  static SharedMsgs list(std::vector<Msg> msgs) {
    return std::make_shared<const MsgList>(MsgList{std::move(msgs)});
  }
  static Address gov() { return module_address("gov"); }
  /// Proposes, votes with all power, and lets the voting period end.
  void pass(std::vector<Msg> msgs) {
    MsgSubmitProposal proposal;
    proposal.msgs = list(std::move(msgs));
    proposal.initial_deposit = {uakt(10 * one_akt)};
    proposal.proposer = party(20);
    proposal.title = "t";
    proposal.summary = "s";
    must(proposal);
    const std::uint64_t id = ledger.economy().gov().last_id();
    must(MsgVote{id, party(1), {{VoteOption::yes, Dec::from_int(1)}}});
    end();
    const Deadline deadline = ledger.next_deadline(inputs);
    EXPECT_EQ(deadline.time, *ledger.economy().gov().find(id)->voting_end);
    const std::int64_t height = ledger.block().height.value + 1;
    start = deadline.time - std::chrono::seconds(6 * height);
    begin(height);
    next();
    last_status = ledger.economy().gov().find(id)->status;
  }
  ProposalStatus last_status = ProposalStatus::failed;
};

TEST_F(Economy, MintedCoinsGoToDelegatorsAndThePool) {
  next();
  next();
  const Amount made = ledger.bank().made(Denom::uakt);
  EXPECT_GT(made.micro, 0);
  const RewardDistribution& distribution = ledger.economy().distribution();
  EXPECT_GT(distribution.community_pool()[Denom::uakt], Dec{});
  const std::int64_t before = purse_of(1);
  must(MsgWithdrawDelegatorReward{party(1), party(1)});
  EXPECT_GT(purse_of(1), before);
}

TEST_F(Economy, APassedProposalChangesParametersAndAFailingOneNone) {
  StakingParams fewer = ledger.params().stake.staking;
  fewer.max_validators = 1;
  pass({StakeMsg(MsgUpdateParams{gov(), fewer})});
  EXPECT_EQ(last_status, ProposalStatus::passed);
  EXPECT_EQ(ledger.params().stake.staking.max_validators, 1u);
  EXPECT_EQ(ledger.economy().staking().find(party(2))->status, ValidatorStatus::unbonding);

  StakingParams more = fewer;
  more.max_validators = 7;
  pass({StakeMsg(MsgUpdateParams{gov(), more}),
        StakeMsg(MsgCommunityPoolSpend{gov(), party(30), {uakt(INT64_MAX / 2)}})});
  EXPECT_EQ(last_status, ProposalStatus::failed);
  EXPECT_EQ(ledger.params().stake.staking.max_validators, 1u);
}

TEST_F(Economy, AnInnerMessageThatFailsTakesTheWholeTransactionBack) {
  must(MsgGrant{party(10), party(11), GenericAuthorization{"/cosmos.staking.v1beta1.MsgDelegate"}, {}});
  const MsgExec good{party(11), list({StakeMsg(delegate_msg(10, 1, one_akt))})};
  EXPECT_EQ(text(send(good)), "ok");
  EXPECT_EQ(shares(10, 1), Dec::from_int(one_akt));
  const MsgExec bad{party(11),
                    list({StakeMsg(delegate_msg(10, 1, one_akt)), StakeMsg(delegate_msg(10, 9, one_akt))})};
  EXPECT_EQ(text(send(bad)), "staking 3");
  EXPECT_EQ(text(send(MsgExec{party(12), list({StakeMsg(delegate_msg(10, 1, one_akt))})})), "authz 2");
  Tx tx;
  tx.signer = party(11);
  tx.msgs = {StakeMsg(good), StakeMsg(delegate_msg(11, 9, one_akt))};
  EXPECT_EQ(text(deliver(tx)), "staking 3");
  EXPECT_EQ(shares(10, 1), Dec::from_int(one_akt));
}

TEST_F(Economy, AGrantedFeeIsTheGrantersToPay) {
  Tx tx;
  tx.signer = party(11);
  tx.msgs = {StakeMsg(delegate_msg(11, 1, one_akt))};
  tx.fee = uakt(5);
  tx.fee_granter = party(10);
  EXPECT_EQ(text(deliver(tx)), "sdk 38");
  must(MsgGrantAllowance{party(10), party(11), {{uakt(8)}, {}, {}, {}}});
  const std::int64_t granter = purse_of(10);
  const std::int64_t grantee = purse_of(11);
  EXPECT_EQ(text(deliver(tx)), "ok");
  EXPECT_EQ(purse_of(10), granter - 5);
  EXPECT_EQ(purse_of(11), grantee - one_akt);
  EXPECT_EQ(text(deliver(tx)), "feegrant 2");
  tx.fee = uakt(3);
  tx.msgs = {StakeMsg(delegate_msg(11, 9, one_akt))};
  std::vector<ChainEvent> heard;
  EXPECT_EQ(text(ledger.deliver(tx, heard)), "staking 3");  // the fee stays paid
  EXPECT_EQ(purse_of(10), granter - 8);
}

TEST_F(Economy, AGranterWithoutTheCoinsKeepsHisAllowance) {
  must(MsgGrantAllowance{party(10), party(11), {}});
  must(MsgDelegate{party(10), party(1), uakt(purse_of(10))});
  Tx tx;
  tx.signer = party(11);
  tx.msgs = {StakeMsg(delegate_msg(11, 1, one_akt))};
  tx.fee = uakt(5);
  tx.fee_granter = party(10);
  EXPECT_EQ(text(deliver(tx)), "sdk 5");
}

TEST_F(Economy, AnUpgradeThatTheSoftwareDoesNotKnowStopsTheChain) {
  const auto plan_at = [&](const char* name, std::int64_t blocks) {
    return StakeMsg(MsgSoftwareUpgrade{gov(), {name, {ledger.block().height.value + blocks}, ""}});
  };
  pass({plan_at("v2", 5)});
  ASSERT_EQ(last_status, ProposalStatus::passed);
  end();
  const Height known = ledger.next_deadline(inputs).height;
  begin(known.value);
  EXPECT_EQ(ledger.halted_for(), std::nullopt);
  EXPECT_EQ(ledger.economy().upgrades().done_at("v2"), known);
  pass({plan_at("v3", 4)});
  ASSERT_EQ(last_status, ProposalStatus::passed);
  end();
  const Height unknown = ledger.next_deadline(inputs).height;
  while (ledger.block().height.value + 1 < unknown.value) {
    EXPECT_EQ(ledger.halted_for(), std::nullopt);
    begin(ledger.block().height.value + 1);
    end();
  }
  ASSERT_TRUE(ledger.halted_for().has_value());
  EXPECT_EQ(ledger.halted_for()->name, "v3");
}

TEST_F(Economy, FeesOfMarketTransactionsReachTheDelegators) {
  Genesis genesis = stake_genesis({100 * one_akt, 100 * one_akt});
  restart(genesis);
  next();
  Tx tx;
  tx.signer = party(10);
  tx.fee = uakt(1000);
  tx.msgs = {MsgSend{party(10), party(11), {uakt(1)}}};
  EXPECT_EQ(text(deliver(tx)), "ok");
  EXPECT_EQ(pool("fee_collector"), 1000);
  next();
  EXPECT_EQ(pool("fee_collector"), 0);
  EXPECT_EQ(pool("distribution"), 1000);
  EXPECT_EQ(ledger.economy().distribution().community_pool()[Denom::uakt], Dec::from_int(20));
}

TEST_F(Economy, ALedgerForksWithAllItsModules) {
  must(delegate_msg(10, 1, one_akt));
  Ledger fork = ledger;
  EXPECT_EQ(fork.state_hash(), ledger.state_hash());
  next();
  EXPECT_NE(fork.state_hash(), ledger.state_hash());
  std::vector<ChainEvent> heard;
  fork.end_block(heard);
  fork.begin_block({{2}, time_of(2)}, {}, heard);
  EXPECT_EQ(fork.state_hash(), ledger.state_hash());
}

}  // namespace
}  // namespace souk::test
