#include "actors/chain/params_update.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "actors/chain/msg_type.hpp"
#include "actors/chain/msgs.hpp"

// Section 8.7: parameters change by governance alone, within their ranges.
namespace souk::test {
namespace {

const Address gov = module_address("gov");

std::string text_of(const Verdict& verdict) {
  if (verdict.ok()) return "ok";
  return std::string(codespace_name(verdict.codespace)) + " " + std::to_string(verdict.code);
}
template <class Params>
std::string update(ChainParams& params, const Params& to, const Address& authority = gov) {
  return text_of(update_params({authority, to}, params));
}

MarketParams market() { return {{{Denom::uakt, {7}}}, {{Denom::uact, {8}}}, 9}; }

TEST(Section8_7UpdateParams, OnlyGovernanceMay) {
  ChainParams params;
  Address other;
  other.bytes.fill(1);
  EXPECT_EQ(update(params, StakingParams{}, other), "gov 13");
}

TEST(Section8_7UpdateParams, EachModulesParametersAreSet) {
  ChainParams params;
  StakingParams staking;
  staking.max_validators = 5;
  SlashingParams slashing;
  slashing.signed_blocks_window = 77;
  MintParams mint;
  mint.inflation_max = Dec::from_int(1);
  DistributionParams distribution;
  distribution.community_tax = Dec::from_int(1);
  GovParams governance;
  governance.quorum = {};
  EXPECT_EQ(update(params, staking), "ok");
  EXPECT_EQ(update(params, slashing), "ok");
  EXPECT_EQ(update(params, mint), "ok");
  EXPECT_EQ(update(params, distribution), "ok");
  EXPECT_EQ(update(params, governance), "ok");
  EXPECT_EQ(update(params, market()), "ok");
  EXPECT_EQ(params.stake.staking, staking);
  EXPECT_EQ(params.stake.slashing, slashing);
  EXPECT_EQ(params.stake.mint, mint);
  EXPECT_EQ(params.stake.distribution, distribution);
  EXPECT_EQ(params.stake.gov, governance);
  EXPECT_EQ(params.min_deposits, market().min_deposits);
  EXPECT_EQ(params.bid_min_deposits, market().bid_min_deposits);
  EXPECT_EQ(params.order_max_bids, 9u);
}

TEST(Section8_7UpdateParams, ProposerRewardsAndTheBondDenominationStay) {
  ChainParams params;
  DistributionParams distribution;
  distribution.base_proposer_reward = Dec::from_raw(1);
  EXPECT_EQ(update(params, distribution), "sdk 18");
  StakingParams staking;
  staking.bond_denom = Denom::uact;
  EXPECT_EQ(update(params, staking), "undefined 1");
}

/// Each field outside its range, one at a time: the error names it, and nothing is set.
template <class Params>
void expect_bad(const std::vector<std::pair<std::string, std::function<void(Params&)>>>& table,
                const Params& good) {
  ASSERT_TRUE(check(good).has_value());
  for (const auto& [field, spoil] : table) {
    Params bad = good;
    spoil(bad);
    const auto result = check(bad);
    ASSERT_FALSE(result.has_value()) << field;
    EXPECT_TRUE(result.error().message.starts_with(field)) << result.error().message;
    ChainParams params;
    EXPECT_EQ(update(params, bad), "undefined 1");
  }
}

const Dec above_one = Dec::from_int(1) + Dec::from_raw(1);
const Dec below_zero = Dec::from_raw(-1);

TEST(Section8_7UpdateParams, StakingRanges) {
  expect_bad<StakingParams>(
      {{"unbonding_time", [](auto& p) { p.unbonding_time = {}; }},
       {"unbonding_time", [](auto& p) { p.unbonding_time = std::chrono::hours(24 * 3651); }},
       {"max_validators", [](auto& p) { p.max_validators = 0; }},
       {"max_validators", [](auto& p) { p.max_validators = 10'001; }},
       {"max_entries", [](auto& p) { p.max_entries = 0; }},
       {"max_entries", [](auto& p) { p.max_entries = 1'001; }},
       {"min_commission_rate", [](auto& p) { p.min_commission_rate = above_one; }},
       {"min_commission_rate", [](auto& p) { p.min_commission_rate = below_zero; }}},
      {});
}
TEST(Section8_7UpdateParams, SlashingRanges) {
  expect_bad<SlashingParams>(
      {{"signed_blocks_window", [](auto& p) { p.signed_blocks_window = 0; }},
       {"signed_blocks_window", [](auto& p) { p.signed_blocks_window = 10'000'001; }},
       {"min_signed_per_window", [](auto& p) { p.min_signed_per_window = above_one; }},
       {"downtime_jail_duration", [](auto& p) { p.downtime_jail_duration = {}; }},
       {"slash_fraction_double_sign", [](auto& p) { p.slash_fraction_double_sign = below_zero; }},
       {"slash_fraction_downtime", [](auto& p) { p.slash_fraction_downtime = above_one; }}},
      {});
}
TEST(Section8_7UpdateParams, MintRanges) {
  expect_bad<MintParams>(
      {{"inflation_rate_change", [](auto& p) { p.inflation_rate_change = above_one; }},
       {"inflation_max", [](auto& p) { p.inflation_max = above_one; }},
       {"inflation_min", [](auto& p) { p.inflation_min = p.inflation_max + Dec::from_raw(1); }},
       {"inflation_min", [](auto& p) { p.inflation_min = below_zero; }},
       {"goal_bonded", [](auto& p) { p.goal_bonded = {}; }},
       {"goal_bonded", [](auto& p) { p.goal_bonded = above_one; }},
       {"blocks_per_year", [](auto& p) { p.blocks_per_year = 0; }}},
      {});
}
TEST(Section8_7UpdateParams, DistributionRanges) {
  DistributionParams bad;
  bad.community_tax = above_one;
  EXPECT_FALSE(check(bad).has_value());
  bad = {};
  bad.base_proposer_reward = Dec::from_int(1);
  EXPECT_FALSE(check(bad).has_value());  // above 1 with the tax
  bad.community_tax = {};
  EXPECT_TRUE(check(bad).has_value());
  bad.bonus_proposer_reward = below_zero;
  EXPECT_FALSE(check(bad).has_value());
}
TEST(Section8_7UpdateParams, GovRanges) {
  expect_bad<GovParams>(
      {{"min_deposit", [](auto& p) { p.min_deposit = {}; }},
       {"min_deposit", [](auto& p) { p.min_deposit = {{Denom::uakt, {1}}, {Denom::uakt, {1}}}; }},
       {"expedited_min_deposit", [](auto& p) { p.expedited_min_deposit = p.min_deposit; }},
       {"max_deposit_period", [](auto& p) { p.max_deposit_period = {}; }},
       {"voting_period", [](auto& p) { p.voting_period = std::chrono::hours(24 * 3651); }},
       {"expedited_voting_period", [](auto& p) { p.expedited_voting_period = p.voting_period; }},
       {"quorum", [](auto& p) { p.quorum = above_one; }},
       {"threshold", [](auto& p) { p.threshold = {}; }},
       {"expedited_threshold", [](auto& p) { p.expedited_threshold = p.threshold; }},
       {"veto_threshold", [](auto& p) { p.veto_threshold = {}; }},
       {"min_initial_deposit_ratio", [](auto& p) { p.min_initial_deposit_ratio = above_one; }},
       {"proposal_cancel_ratio", [](auto& p) { p.proposal_cancel_ratio = below_zero; }},
       {"min_deposit_ratio", [](auto& p) { p.min_deposit_ratio = above_one; }}},
      {});
}
TEST(Section8_7UpdateParams, MarketRanges) {
  expect_bad<MarketParams>({{"min_deposits", [](auto& p) { p.min_deposits = {{Denom::uakt, {0}}}; }},
                            {"bid_min_deposits", [](auto& p) { p.bid_min_deposits = {}; }},
                            {"order_max_bids", [](auto& p) { p.order_max_bids = 0; }},
                            {"order_max_bids", [](auto& p) { p.order_max_bids = 501; }}},
                           market());
}
TEST(Section8_7UpdateParams, TheDefaultsAreInRange) {
  EXPECT_TRUE(check(StakeParams{}).has_value());
  StakeParams p;
  p.mint_enabled = true;
  p.mint.mint_denom = Denom::uact;
  EXPECT_FALSE(check(p).has_value());
  p = {};
  p.evidence.age_blocks_max = {0};
  EXPECT_FALSE(check(p).has_value());
  p = {};
  p.evidence.age_time_max = {};
  EXPECT_FALSE(check(p).has_value());
}

// ---- type URLs

TEST(Section8MsgTypes, AreThoseOfTheWire) {
  const auto vote = [](std::vector<WeightedVote> options) {
    return Msg(StakeMsg(MsgVote{1, {}, std::move(options)}));
  };
  const Dec half = Dec::from_raw(Dec::scale / 2);
  const std::vector<std::pair<Msg, std::string>> table{
      {MsgCreateDeployment{}, "/akash.deployment.v1beta4.MsgCreateDeployment"},
      {MsgCreateBid{}, "/akash.market.v1beta5.MsgCreateBid"},
      {MsgAccountDeposit{}, "/akash.escrow.v1.MsgAccountDeposit"},
      {MsgCreateProvider{}, "/akash.provider.v1beta4.MsgCreateProvider"},
      {MsgSignProviderAttributes{}, "/akash.audit.v1.MsgSignProviderAttributes"},
      {MsgGrantDeposit{}, "/cosmos.authz.v1beta1.MsgGrant"},
      {MsgSend{}, "/cosmos.bank.v1beta1.MsgSend"},
      {StakeMsg(MsgDelegate{}), "/cosmos.staking.v1beta1.MsgDelegate"},
      {StakeMsg(MsgUnjail{}), "/cosmos.slashing.v1beta1.MsgUnjail"},
      {StakeMsg(MsgProposalDeposit{}), "/cosmos.gov.v1.MsgDeposit"},
      {StakeMsg(MsgCreateVestingAccount{}), "/cosmos.vesting.v1beta1.MsgCreateVestingAccount"},
      {vote({{VoteOption::no, Dec::from_int(1)}}), "/cosmos.gov.v1.MsgVote"},
      {vote({{VoteOption::no, half}, {VoteOption::yes, half}}), "/cosmos.gov.v1.MsgVoteWeighted"},
      {StakeMsg(MsgUpdateParams{{}, MarketParams{}}), "/akash.market.v1beta5.MsgUpdateParams"},
      {StakeMsg(MsgUpdateParams{{}, MintParams{}}), "/cosmos.mint.v1beta1.MsgUpdateParams"},
  };
  for (const auto& [msg, type] : table) {
    EXPECT_EQ(msg_type(msg), type);
    EXPECT_TRUE(is_msg_type(type));
  }
  EXPECT_FALSE(is_msg_type(""));
  EXPECT_FALSE(is_msg_type("/cosmos.bank.v1beta1.MsgMultiSend"));
}

}  // namespace
}  // namespace souk::test
