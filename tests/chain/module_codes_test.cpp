#include <map>
#include <set>

#include "actors/base/enums.hpp"
#include "actors/chain/authz.hpp"
#include "actors/chain/feegrant.hpp"
#include "actors/chain/stake_validate.hpp"
#include "actors/chain/upgrade.hpp"
#include "tests/chain/gov_fixture.hpp"

// Every error code of distribution, gov, authz and feegrant is provoked here, or has the reason why none can.
namespace souk::test {
namespace {

class ModuleCodes : public GovTest {
 protected:
  template <class Error>
  void expect(Error error, const Verdict& verdict) {
    const Verdict wanted = refuse(error, "");
    EXPECT_EQ(text_of(verdict), text_of(wanted)) << enum_name(error) << ": " << verdict.why;
    provoked_[verdict.codespace].insert(verdict.code);
  }
  template <class Error>
  void expect_complete(const std::map<Error, std::string>& unreachable) {
    const auto& seen = provoked_[refuse(Error{}, "").codespace];
    for (const Error error : enum_values<Error>)
      EXPECT_NE(seen.contains(static_cast<std::uint32_t>(error)), unreachable.contains(error))
          << enum_name(error);
  }
  Verdict try_submit(const MsgSubmitProposal& msg) {
    Execution x = exec();
    return gov.submit(msg, bank, x);
  }
  static SharedMsgs list(std::vector<Msg> msgs) {
    return std::make_shared<const MsgList>(MsgList{std::move(msgs)});
  }
  const Address authority = module_address("gov");

 private:
  std::map<Codespace, std::set<std::uint32_t>> provoked_;
};

TEST_F(ModuleCodes, DistributionsAreProvokedOrExplained) {
  using E = DistributionError;
  Execution x = exec();
  expect(SdkError::unauthorized, distribution.set_withdraw_address({account(1), authority}, bank, x));
  params.stake.distribution.withdraw_addr_enabled = false;
  expect(E::set_withdraw_address_disabled,
         distribution.set_withdraw_address({account(1), account(2)}, bank, x));
  expect(StakingError::no_validator, distribution.withdraw_reward({account(11), account(9)}, stake, bank, x));
  expect(StakingError::no_delegation,
         distribution.withdraw_reward({account(12), account(1)}, stake, bank, x));
  expect(E::no_validator_commission, distribution.withdraw_commission({account(1)}, bank, x));
  expect(SdkError::insufficient_funds,
         distribution.fund_community_pool({{akt(purse + 1)}, account(1)}, bank, x));
  expect(SdkError::insufficient_funds, distribution.fund_community_pool({{akt(1)}, account(77)}, bank, x));
  expect(GovError::invalid_signer,
         distribution.spend_community_pool({account(1), account(2), {akt(1)}}, bank, x));
  expect(SdkError::unauthorized,
         distribution.spend_community_pool({authority, authority, {akt(1)}}, bank, x));
  expect(E::bad_distribution, distribution.spend_community_pool({authority, account(2), {akt(1)}}, bank, x));
  expect_complete<E>({
      {E::empty_delegator_address, "an address always has 20 bytes"},
      {E::empty_withdraw_address, "an address always has 20 bytes"},
      {E::empty_validator_address, "an address always has 20 bytes"},
      {E::no_delegation_info, "staking answers 19 before: every delegation has its starting info"},
      {E::no_validator_info, "staking answers 3 before: every validator has its record"},
      {E::invalid_proposal_amount, "of the legacy proposal content; the message answers sdk 10"},
      {E::empty_proposal_recipient, "an address always has 20 bytes"},
      {E::no_validator, "of a reward pool deposit, which this chain does not have"},
      {E::no_delegation, "no rule of SDK 0.53 uses it"},
  });
}

class GovCodes : public ModuleCodes {
 protected:
  using E = GovError;
  void of_submissions() {
    MsgSubmitProposal msg = proposal(400);
    msg.msgs = nullptr;
    msg.metadata.clear();
    expect(E::no_messages, validate(msg));
    msg = proposal(400);
    msg.metadata.assign(gov_metadata_max, 'x');
    msg.title.assign(gov_metadata_max, 'x');
    msg.summary.assign(gov_summary_max, 'x');
    EXPECT_TRUE(validate(msg).ok());
    msg.metadata += 'x';
    expect(E::metadata_too_long, validate(msg));
    msg.metadata.pop_back();
    msg.title += 'x';
    expect(E::metadata_too_long, validate(msg));
    msg.title.pop_back();
    msg.summary += 'x';
    expect(E::summary_too_long, validate(msg));

    expect(E::min_deposit_too_small, try_submit(proposal(399)));  // 40 % of the minimum are asked
    msg = proposal(400);
    msg.initial_deposit = {{Denom::uact, {5}}, akt(400)};
    expect(E::invalid_deposit_denom, try_submit(msg));
    msg = proposal(400, {StakeMsg(MsgSoftwareUpgrade{authority, {"", {5}, ""}})});
    expect(E::invalid_message, try_submit(msg));
    msg = proposal(400, {StakeMsg(MsgCancelUpgrade{account(1)})});
    expect(E::invalid_signer, try_submit(msg));
    msg = proposal(400, {MsgSend{authority, account(5), {akt(1)}}});
    expect(E::unroutable_message, try_submit(msg));
    msg = proposal(400, {StakeMsg(MsgProposalDeposit{1, authority, {akt(1)}})});
    expect(E::unroutable_message, try_submit(msg));
    msg = proposal(purse + 1);
    expect(SdkError::insufficient_funds, try_submit(msg));
    EXPECT_EQ(gov.last_id(), 0u);
    EXPECT_EQ(earned(5), 0);
  }
  void of_proposals() {
    const std::uint64_t id = voting();
    Execution x = exec();
    expect(E::invalid_vote, validate(MsgVote{id, account(1), {{VoteOption{0}, Dec::from_int(1)}}}));
    expect(E::invalid_vote, validate(MsgVote{id, account(1), {{VoteOption{5}, Dec::from_int(1)}}}));
    expect(E::invalid_vote, validate(MsgVote{id, account(1), {{VoteOption::yes, decimal("0.9")}}}));
    expect(E::invalid_vote, validate(MsgVote{id, account(1), {{VoteOption::yes, Dec{}}}}));
    expect(E::invalid_vote,
           validate(MsgVote{
               id, account(1), {{VoteOption::yes, decimal("0.5")}, {VoteOption::yes, decimal("0.5")}}}));
    expect(E::invalid_vote,
           validate(MsgVote{
               id, account(1), {{VoteOption::yes, decimal("0.6")}, {VoteOption::no, decimal("0.5")}}}));
    expect(E::inactive_proposal, gov.vote({99, account(1), {{VoteOption::yes, Dec::from_int(1)}}}, x));
    expect(E::min_deposit_too_small, gov.deposit({id, account(1), {akt(9)}}, bank, x));  // 1 % of the minimum
    expect(E::invalid_deposit_denom, gov.deposit({id, account(1), {{Denom::uact, {9}}}}, bank, x));
    expect(SdkError::insufficient_funds, gov.deposit({id, account(88), {akt(10)}}, bank, x));
    expect(E::invalid_proposer, gov.cancel({id, account(6)}, bank, x));
    at_second(seconds_of(params.stake.gov.voting_period) + 1);
    Execution later = exec();
    expect(E::voting_period_ended, gov.cancel({id, account(5)}, bank, later));
    end_block();
    expect(E::invalid_proposal, gov.cancel({id, account(5)}, bank, later));
    expect(E::inactive_proposal, gov.deposit({id, account(1), {akt(10)}}, bank, later));
  }
};

TEST_F(GovCodes, AreProvokedOrExplained) {
  of_submissions();
  of_proposals();
  ChainParams changed = params;
  expect(E::invalid_signer, update_params({account(1), GovParams{}}, changed));
  expect_complete<E>({
      {E::already_active_proposal, "no rule of SDK 0.53 uses it"},
      {E::invalid_proposal_content, "of legacy content; metadata is no JSON to this chain"},
      {E::invalid_proposal_type, "of legacy content"},
      {E::invalid_genesis, "no proposal comes with genesis"},
      {E::no_proposal_handler, "of legacy content"},
      {E::invalid_signal_message, "no rule of SDK 0.53 uses it"},
  });
}

TEST_F(ModuleCodes, AuthzsAreProvokedOrExplained) {
  using E = AuthzError;
  Authz authz;
  const std::string type = "/cosmos.gov.v1.MsgVote";
  const Msg vote = StakeMsg(MsgVote{1, account(1), {{VoteOption::yes, Dec::from_int(1)}}});
  Execution x = exec();
  expect(E::authorization_not_found, authz.revoke({account(1), account(2), type}, x));
  expect(E::authorization_not_found, authz.exec({account(2), list({vote})}, *this, x));
  expect(E::invalid_expiration,
         authz.grant({account(1), account(2), GenericAuthorization{type}, block.time}, x));
  expect(SdkError::invalid_type, authz.grant({account(1), account(2), GenericAuthorization{"/x"}, {}}, x));
  ASSERT_TRUE(
      authz
          .grant({account(1), account(2), GenericAuthorization{type}, block.time + std::chrono::seconds(1)},
                 x)
          .ok());
  at_second(60);
  Execution later = exec();
  expect(E::authorization_expired, authz.exec({account(2), list({vote})}, *this, later));
  expect(E::granter_is_grantee, validate(MsgGrant{account(1), account(1), GenericAuthorization{type}, {}}));
  expect(E::granter_is_grantee, validate(MsgRevoke{account(1), account(1), type}));
  expect(E::negative_max_tokens,
         validate(MsgGrant{account(1), account(2), StakeAuthorization{akt(-1), {}, {}}, {}}));
  StakeAuthorization a;
  a.type = StakeAuthorizationType{0};
  expect(E::unknown_authorization_type, validate(MsgGrant{account(1), account(2), a, {}}));
  expect_complete<E>({
      {E::grant_key_not_found, "a grant and its place in the queue are made and removed together"},
      {E::number_of_signers, "every message has one signer"},
  });
}

TEST_F(ModuleCodes, FeegrantsAreProvokedOrExplained) {
  using E = FeegrantError;
  Feegrant feegrant;
  FeeAllowance a;
  a.spend_limit = {akt(10)};
  a.expiration = block.time + std::chrono::seconds(1);
  a.allowed_messages = {"/cosmos.gov.v1.MsgVote"};
  Execution x = exec();
  ASSERT_TRUE(feegrant.grant({account(1), account(2), a}, x).ok());
  expect(E::fee_limit_exceeded, feegrant.use(account(1), account(2), akt(11), {}, x));
  expect(E::message_not_allowed, feegrant.use(account(1), account(2), akt(1), {MsgSend{}}, x));
  at_second(60);
  Execution later = exec();
  expect(E::fee_limit_expired, feegrant.use(account(1), account(2), akt(1), {}, later));
  a.expiration = Time(std::chrono::seconds(-1));
  expect(E::invalid_duration, validate(MsgGrantAllowance{account(1), account(2), a}));
  a = {};
  a.periodic = PeriodicLimit{std::chrono::seconds(-1), {akt(1)}};
  expect(E::invalid_duration, validate(MsgGrantAllowance{account(1), account(2), a}));
  expect_complete<E>({
      {E::no_allowance, "of an empty Any, which is no allowance here"},
      {E::no_messages, "without messages an allowance is for any"},
  });
}

// ---- what has no code of its own

TEST_F(ModuleCodes, WhatIsNotValidInItself) {
  const Address one = account(1);
  const Address two = account(2);
  MsgSubmitProposal submission = proposal(0);
  submission.title.clear();
  expect(SdkError::invalid_request, validate(submission));
  submission = proposal(0);
  submission.summary.clear();
  expect(SdkError::invalid_request, validate(submission));
  submission = proposal(0, std::vector<Msg>(inner_msgs_max, StakeMsg(MsgCancelUpgrade{authority})));
  EXPECT_TRUE(validate(submission).ok());
  submission = proposal(0, std::vector<Msg>(inner_msgs_max + 1, StakeMsg(MsgCancelUpgrade{authority})));
  expect(SdkError::invalid_request, validate(submission));
  submission = proposal(0);
  submission.initial_deposit = {akt(0)};
  expect(SdkError::invalid_coins, validate(submission));
  expect(SdkError::invalid_request, validate(MsgVote{1, one, {}}));
  expect(SdkError::invalid_coins, validate(MsgProposalDeposit{1, one, {}}));
  expect(SdkError::invalid_coins, validate(MsgFundCommunityPool{{akt(-1)}, one}));
  expect(SdkError::invalid_coins,
         validate(MsgCommunityPoolSpend{authority, one, {akt(1), {Denom::uact, {1}}}}));
  expect(SdkError::invalid_request, validate(MsgSoftwareUpgrade{authority, {"v2", {0}, ""}}));
  expect(SdkError::invalid_request,
         validate(MsgSoftwareUpgrade{authority, {std::string(upgrade_name_bytes_max + 1, 'v'), {1}, ""}}));
  expect(SdkError::invalid_coins, validate(MsgGrant{one, two, SendAuthorization{}, {}}));
  expect(BankError::duplicate_entry,
         validate(MsgGrant{one, two, SendAuthorization{{akt(1)}, {one, one}}, {}}));
  expect(SdkError::invalid_request, validate(MsgGrant{one, two, StakeAuthorization{{}, {one}, {two}}, {}}));
  SendAuthorization many{{akt(1)}, {}};
  for (std::size_t i = 0; i < list_max; ++i) {
    Address address;
    address.bytes[0] = static_cast<std::uint8_t>(i);
    many.allow_list.push_back(address);
  }
  EXPECT_TRUE(validate(MsgGrant{one, two, many, {}}).ok());
  many.allow_list.push_back(account(0xff));
  expect(SdkError::invalid_request, validate(MsgGrant{one, two, many, {}}));
  expect(SdkError::invalid_request, validate(MsgRevoke{one, two, ""}));
  expect(SdkError::invalid_address, validate(MsgGrantAllowance{one, one, {}}));
  expect(SdkError::invalid_address, validate(MsgRevokeAllowance{one, one}));
  FeeAllowance a;
  a.spend_limit = {akt(5)};
  a.periodic = PeriodicLimit{std::chrono::seconds(1), {{Denom::uact, {1}}}};
  expect(SdkError::invalid_coins, validate(MsgGrantAllowance{one, two, a}));
  a = {};
  a.allowed_messages.assign(list_max + 1, "/x");
  expect(SdkError::invalid_request, validate(MsgGrantAllowance{one, two, a}));
}

TEST_F(ModuleCodes, ExecutionsNestToABound) {
  expect(SdkError::invalid_request, validate(MsgExec{account(1), nullptr}));
  expect(SdkError::invalid_request, validate(MsgExec{account(1), list({})}));
  MsgExec exec{account(1), list({StakeMsg(MsgUnjail{account(1)})})};
  for (std::size_t depth = 1; depth < msg_depth_max; ++depth) exec = {account(1), list({StakeMsg(exec)})};
  EXPECT_TRUE(validate(exec).ok());
  exec = {account(1), list({StakeMsg(exec)})};
  expect(SdkError::invalid_request, validate(exec));
  expect(GovError::invalid_vote,
         validate(MsgExec{account(1),
                          list({StakeMsg(MsgVote{1, account(1), {{VoteOption{9}, Dec::from_int(1)}}})})}));
}

TEST_F(ModuleCodes, UpgradesStopSoftwareThatDoesNotKnowThem) {
  Upgrades upgrades;
  Execution x = exec();
  const std::vector<std::string> known{"v2"};
  expect(GovError::invalid_signer, upgrades.schedule({account(1), {"v2", {50}, ""}}, x));
  expect(GovError::invalid_signer, upgrades.cancel({account(1)}));
  block.height = {40};
  Execution at_40 = exec();
  expect(SdkError::invalid_request, upgrades.schedule({authority, {"v2", {39}, ""}}, at_40));
  EXPECT_TRUE(upgrades.schedule({authority, {"v3", {60}, ""}}, at_40).ok());
  EXPECT_TRUE(upgrades.schedule({authority, {"v2", {50}, ""}}, at_40).ok());  // replaces it
  EXPECT_EQ(upgrades.next_height(), Height{50});
  EXPECT_FALSE(upgrades.halted_before({49}, {}));
  EXPECT_EQ(upgrades.halted_before({50}, {})->name, "v2");
  EXPECT_FALSE(upgrades.halted_before({50}, known));
  upgrades.begin_block({49}, known);
  EXPECT_TRUE(upgrades.plan().has_value());
  upgrades.begin_block({50}, known);
  EXPECT_FALSE(upgrades.plan().has_value());
  EXPECT_EQ(upgrades.done_at("v2"), Height{50});
  expect(SdkError::invalid_request, upgrades.schedule({authority, {"v2", {70}, ""}}, at_40));  // done already
  upgrades.begin_tx();
  EXPECT_TRUE(upgrades.schedule({authority, {"v4", {70}, ""}}, at_40).ok());
  upgrades.rollback();
  EXPECT_FALSE(upgrades.plan().has_value());
  EXPECT_TRUE(upgrades.schedule({authority, {"v4", {70}, ""}}, at_40).ok());
  EXPECT_TRUE(upgrades.cancel({authority}).ok());
  EXPECT_TRUE(upgrades.cancel({authority}).ok());
  EXPECT_FALSE(upgrades.halted_before({99}, {}));
}

}  // namespace
}  // namespace souk::test
