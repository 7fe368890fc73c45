#include <gtest/gtest.h>

#include <chrono>

#include "actors/base/alternatives.hpp"
#include "actors/base/bech32.hpp"
#include "actors/base/hash.hpp"
#include "actors/chain/event_text.hpp"
#include "actors/chain/msgs.hpp"

// Every event of the staking economy with its SDK type and attributes, in the SDK's order: akash-chain.md
// sections 8.2 to 8.7.
namespace souk::test {
namespace {

Address party(std::uint8_t number) {
  Address address;
  address.bytes.fill(number);
  return address;
}
const Address v = party(1);
const Address w = party(2);
const Address d = party(3);
const std::string val = to_bech32(v, "akashvaloper");
const std::string other = to_bech32(w, "akashvaloper");
const std::string del = to_bech32(d);
const ConsensusKey key{7};
const std::string cons = [] {
  Address address;
  const Hash hash = sha256(std::span<const std::uint8_t>(key));
  std::copy_n(hash.begin(), 20, address.bytes.begin());
  return to_bech32(address, "akashvalcons");
}();
const Coin five{Denom::uakt, {5}};
const Time when{std::chrono::seconds(1'767'225'600)};
const Dec half = Dec::parse("0.5").value();
DecCoins dec_coins() {
  DecCoins coins;
  coins[Denom::uakt] = half;
  coins[Denom::uact] = Dec::from_int(2);
  return coins;
}
const std::string dec_text = "2.000000000000000000uact,0.500000000000000000uakt";

struct Case {
  StakeEvent event;
  std::string text;  ///< type, then key=value each
};

std::string text_of(const StakeEvent& event) {
  std::string line = event_type(ChainEvent(event));
  for (const auto& [name, value] : event_attributes(ChainEvent(event))) line += " " + name + "=" + value;
  return line;
}

std::vector<Case> staking_cases() {
  return {
      {EventCreateValidator{v, five, {}}, "create_validator validator=" + val + " amount=5uakt"},
      {EventEditValidator{v, half, {9}},
       "edit_validator commission_rate=0.500000000000000000 min_self_delegation=9"},
      {EventDelegate{v, d, five, half},
       "delegate validator=" + val + " delegator=" + del + " amount=5uakt new_shares=0.500000000000000000"},
      {EventUnbond{v, d, five, when}, "unbond validator=" + val + " amount=5uakt delegator=" + del +
                                          " completion_time=2026-01-01T00:00:00Z"},
      {EventRedelegate{v, w, d, five, when}, "redelegate source_validator=" + val +
                                                 " destination_validator=" + other +
                                                 " amount=5uakt completion_time=2026-01-01T00:00:00Z"},
      {EventCancelUnbondingDelegation{v, d, five, {12}},
       "cancel_unbonding_delegation amount=5uakt validator=" + val + " delegator=" + del +
           " creation_height=12"},
      {EventCompleteUnbonding{v, d, five},
       "complete_unbonding amount=5uakt validator=" + val + " delegator=" + del},
      {EventCompleteRedelegation{v, w, d, five}, "complete_redelegation amount=5uakt delegator=" + del +
                                                     " source_validator=" + val +
                                                     " destination_validator=" + other},
      {EventSlash{v, 10, SlashReason::missing_signature, true, {77}, key},
       "slash address=" + cons + " power=10 reason=missing_signature jailed=" + cons + " burned_coins=77"},
      {EventLiveness{v, 3, {44}, key}, "liveness address=" + cons + " missed_blocks=3 height=44"},
      {EventUnjail{v},
       "message action=/cosmos.slashing.v1beta1.MsgUnjail sender=" + val + " module=slashing"},
      {EventValidatorStatus{v, true, false, {8}},
       "validator_status validator=" + val + " bonded=true jailed=false tokens=8"},
  };
}

std::vector<Case> reward_cases() {
  return {
      {EventMint{half, half, Dec::from_int(3), {4}},
       "mint bonded_ratio=0.500000000000000000 inflation=0.500000000000000000 "
       "annual_provisions=3.000000000000000000 amount=4"},
      {EventRewards{v, dec_coins()}, "rewards amount=" + dec_text + " validator=" + val},
      {EventCommission{v, dec_coins()}, "commission amount=" + dec_text + " validator=" + val},
      {EventProposerReward{v, {}}, "proposer_reward amount= validator=" + val},
      {EventWithdrawRewards{v, d, {{Denom::uact, {1}}, five}},
       "withdraw_rewards amount=1uact,5uakt validator=" + val + " delegator=" + del},
      {EventWithdrawCommission{v, {five}}, "withdraw_commission amount=5uakt"},
      {EventSetWithdrawAddress{v, d}, "set_withdraw_address withdraw_address=" + del},
      {EventCoinbase{d, five}, "coinbase minter=" + del + " amount=5uakt"},
      {EventBurn{d, five}, "burn burner=" + del + " amount=5uakt"},
  };
}

std::vector<Case> gov_cases() {
  const auto msgs = std::make_shared<const MsgList>(
      MsgList{{StakeMsg(MsgCancelUpgrade{}), StakeMsg(MsgUpdateParams{{}, GovParams{}})}});
  return {
      {EventSubmitProposal{6, d, false, true, when, msgs},
       "submit_proposal proposal_id=6 proposal_proposer=" + del +
           " proposal_messages=,/cosmos.upgrade.v1beta1.MsgCancelUpgrade,/cosmos.gov.v1.MsgUpdateParams"},
      {EventProposalDeposit{6, d, {five}, true, when},
       "proposal_deposit depositor=" + del + " amount=5uakt proposal_id=6"},
      {EventVotingStarted{6, true}, "submit_proposal voting_period_start=6"},
      {EventProposalVote{6, d, {{VoteOption::yes, half}, {VoteOption::no_with_veto, half}}},
       "proposal_vote voter=" + del +
           " option=option:VOTE_OPTION_YES weight:\"0.500000000000000000\"\noption:VOTE_OPTION_NO_WITH_VETO "
           "weight:\"0.500000000000000000\" proposal_id=6"},
      {EventCancelProposal{6, d}, "cancel_proposal sender=" + del + " proposal_id=6"},
      {EventProposalEnded{6, ProposalResult::rejected, "rejected"},
       "active_proposal proposal_id=6 proposal_result=proposal_rejected proposal_log=rejected"},
  };
}

std::vector<Case> grant_cases() {
  const std::string typed = " grantee=\"" + del + "\" granter=\"" + to_bech32(v) + "\" msg_type_url=\"/x.Y\"";
  const std::string plain = " granter=" + to_bech32(v) + " grantee=" + del;
  return {
      {EventGrant{v, d, "/x.Y"}, "cosmos.authz.v1beta1.EventGrant" + typed},
      {EventRevoke{v, d, "/x.Y"}, "cosmos.authz.v1beta1.EventRevoke" + typed},
      {EventSetFeeGrant{v, d}, "set_feegrant" + plain},
      {EventUpdateFeeGrant{v, d}, "update_feegrant" + plain},
      {EventUseFeeGrant{v, d}, "use_feegrant" + plain},
      {EventRevokeFeeGrant{v, d}, "revoke_feegrant" + plain},
  };
}

TEST(Section8StakeEvents, EveryEventHasItsSdkTypeAndAttributes) {
  std::vector<Case> all;
  for (const auto& cases : {staking_cases(), reward_cases(), gov_cases(), grant_cases()})
    all.insert(all.end(), cases.begin(), cases.end());
  ASSERT_EQ(all.size(), std::variant_size_v<VariantOf<StakeEvent>>);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].event.index(), i) << "an event is missing or out of order";
    EXPECT_EQ(text_of(all[i].event), all[i].text);
  }
}

TEST(Section8StakeEvents, SlashesOfDoubleSignersNameTheReason) {
  EXPECT_EQ(text_of(EventSlash{v, 10, SlashReason::double_sign, true, {77}, key}),
            "slash address=" + cons + " power=10 reason=double_sign burned_coins=77");
}

TEST(Section8StakeEvents, EveryResultOfAProposalHasItsName) {
  const auto line = [](ProposalResult result) { return text_of(EventProposalEnded{1, result, "log"}); };
  EXPECT_EQ(line(ProposalResult::passed),
            "active_proposal proposal_id=1 proposal_result=proposal_passed proposal_log=log");
  EXPECT_EQ(line(ProposalResult::failed),
            "active_proposal proposal_id=1 proposal_result=proposal_failed proposal_log=log");
  EXPECT_EQ(line(ProposalResult::expedited_failed),
            "active_proposal proposal_id=1 proposal_result=expedited_proposal_rejected proposal_log=log");
  EXPECT_EQ(line(ProposalResult::dropped),
            "inactive_proposal proposal_id=1 proposal_result=proposal_dropped");
}

TEST(Section8StakeEvents, ADepositThatStartsTheVoteIsASecondEvent) {
  EXPECT_EQ(text_of(EventVotingStarted{9, false}), "proposal_deposit voting_period_start=9");
}

// BIP-173's checksum under other prefixes; the first is Akash's fee collector as an operator.
TEST(Section0Addresses, OperatorsAndKeysHaveTheirOwnPrefixes) {
  const std::string operator_text = to_bech32(v, "akashvaloper");
  EXPECT_TRUE(operator_text.starts_with("akashvaloper1qyqszqgpqyqszqgpqyqszqgpqyqszqgp"));
  EXPECT_EQ(operator_text.size(), 12u + 1 + 32 + 6);
  EXPECT_EQ(to_bech32(v, "akash"), to_bech32(v));
  EXPECT_NE(to_bech32(v, "akashvalcons").substr(45), operator_text.substr(45));
}

}  // namespace
}  // namespace souk::test
