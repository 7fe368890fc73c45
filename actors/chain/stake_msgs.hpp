#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/chain/stake_params.hpp"
#include "actors/chain/types.hpp"

/// Messages of the staking economy: fields and meaning of akash-chain.md sections 8.3 to 8.7. Accounts and
/// validator operators are one kind of address here: `validator` is an operator's account.
namespace souk {

/// An ed25519 key of consensus, as MsgCreateValidator carries it.
using ConsensusKey = std::array<std::uint8_t, 32>;

/// Fractions of what delegators earn, kept by the validator. 0 <= rate <= max_rate <= 1.
struct CommissionRates {
  Dec rate;
  Dec max_rate;
  Dec max_change_rate;  ///< most that `rate` may change in one change
  friend bool operator==(const CommissionRates&, const CommissionRates&) = default;
};

// ---- staking (section 8.3)
struct MsgCreateValidator {
  std::string moniker;
  CommissionRates commission;
  Amount min_self_delegation{1};
  Address validator;
  ConsensusKey key{};
  Coin value;  ///< the self delegation
};
struct MsgEditValidator {
  Address validator;
  std::optional<Dec> commission_rate;
  std::optional<Amount> min_self_delegation;
};
struct MsgDelegate {
  Address delegator;
  Address validator;
  Coin amount;
};
struct MsgUndelegate {
  Address delegator;
  Address validator;
  Coin amount;
};
struct MsgBeginRedelegate {
  Address delegator;
  Address source;
  Address destination;
  Coin amount;
};
struct MsgCancelUnbondingDelegation {
  Address delegator;
  Address validator;
  Coin amount;
  Height creation_height;
};

// ---- slashing (section 8.4)
struct MsgUnjail {
  Address validator;
};

// ---- distribution (section 8.5)
struct MsgSetWithdrawAddress {
  Address delegator;
  Address withdraw;
};
struct MsgWithdrawDelegatorReward {
  Address delegator;
  Address validator;
};
struct MsgWithdrawValidatorCommission {
  Address validator;
};
struct MsgFundCommunityPool {
  std::vector<Coin> amount;
  Address depositor;
};
/// Signed by the gov module: only a passed proposal carries it.
struct MsgCommunityPoolSpend {
  Address authority;
  Address recipient;
  std::vector<Coin> amount;
};

// ---- vesting (section 8.2)
/// vesting.v1beta1 MsgCreateVestingAccount: continuous from the block time, or delayed.
struct MsgCreateVestingAccount {
  Address from;
  Address to;
  std::vector<Coin> amount;
  Time end_time;
  bool delayed = false;
};

// ---- gov, authz: messages that hold messages
struct MsgList;  // msgs.hpp
using SharedMsgs = std::shared_ptr<const MsgList>;

enum class VoteOption : std::uint8_t { yes = 1, abstain = 2, no = 3, no_with_veto = 4 };
struct WeightedVote {
  VoteOption option = VoteOption::yes;
  Dec weight;
  friend bool operator==(const WeightedVote&, const WeightedVote&) = default;
};
struct MsgSubmitProposal {
  SharedMsgs msgs;  ///< null is a text proposal
  std::vector<Coin> initial_deposit;
  Address proposer;
  std::string metadata;
  std::string title;
  std::string summary;
  bool expedited = false;
};
/// MsgVote and MsgVoteWeighted: a plain vote is one option of weight 1.
struct MsgVote {
  std::uint64_t proposal_id = 0;
  Address voter;
  std::vector<WeightedVote> options;
};
struct MsgProposalDeposit {
  std::uint64_t proposal_id = 0;
  Address depositor;
  std::vector<Coin> amount;
};
struct MsgCancelProposal {
  std::uint64_t proposal_id = 0;
  Address proposer;
};
/// Every module's MsgUpdateParams, told apart by what it carries. Signed by the gov module.
struct MsgUpdateParams {
  Address authority;
  std::variant<MarketParams, StakingParams, SlashingParams, MintParams, DistributionParams, GovParams> params;
};
/// upgrade Plan by height. A node whose software does not know `name` stops before that height.
struct UpgradePlan {
  std::string name;
  Height height;
  std::string info;
  friend bool operator==(const UpgradePlan&, const UpgradePlan&) = default;
};
struct MsgSoftwareUpgrade {
  Address authority;
  UpgradePlan plan;
};
struct MsgCancelUpgrade {
  Address authority;
};

// ---- authz (section 8.7). The authorisation of escrow deposits is MsgGrantDeposit.
/// Any message of that type (its type URL).
struct GenericAuthorization {
  std::string msg_type;
  friend bool operator==(const GenericAuthorization&, const GenericAuthorization&) = default;
};
struct SendAuthorization {
  std::vector<Coin> spend_limit;
  std::vector<Address> allow_list;  ///< empty: anybody
  friend bool operator==(const SendAuthorization&, const SendAuthorization&) = default;
};
enum class StakeAuthorizationType : std::uint8_t {
  delegate = 1,
  undelegate = 2,
  redelegate = 3,
  cancel_unbonding = 4
};
struct StakeAuthorization {
  std::optional<Coin> max_tokens;  ///< none: no limit
  std::vector<Address> allow_list;
  std::vector<Address> deny_list;
  StakeAuthorizationType type = StakeAuthorizationType::delegate;
  friend bool operator==(const StakeAuthorization&, const StakeAuthorization&) = default;
};
using Authorization = std::variant<GenericAuthorization, SendAuthorization, StakeAuthorization>;
struct MsgGrant {
  Address granter;
  Address grantee;
  Authorization authorization;
  std::optional<Time> expiration;
};
struct MsgRevoke {
  Address granter;
  Address grantee;
  std::string msg_type;
};
struct MsgExec {
  Address grantee;
  SharedMsgs msgs;
};

// ---- feegrant (section 8.7)
struct PeriodicLimit {
  Duration period{};
  std::vector<Coin> spend_limit;  ///< of each period
  friend bool operator==(const PeriodicLimit&, const PeriodicLimit&) = default;
};
/// BasicAllowance, with `periodic` a PeriodicAllowance, with `allowed_messages` wrapped in an
/// AllowedMsgAllowance.
struct FeeAllowance {
  std::vector<Coin> spend_limit;  ///< empty: no limit
  std::optional<Time> expiration;
  std::optional<PeriodicLimit> periodic;
  std::vector<std::string> allowed_messages;  ///< type URLs; empty: any
  friend bool operator==(const FeeAllowance&, const FeeAllowance&) = default;
};
struct MsgGrantAllowance {
  Address granter;
  Address grantee;
  FeeAllowance allowance;
};
struct MsgRevokeAllowance {
  Address granter;
  Address grantee;
};

/// One alternative of Msg: what deals with the market need not know the family.
struct StakeMsg
    : std::variant<MsgCreateValidator, MsgEditValidator, MsgDelegate, MsgUndelegate, MsgBeginRedelegate,
                   MsgCancelUnbondingDelegation, MsgUnjail, MsgSetWithdrawAddress, MsgWithdrawDelegatorReward,
                   MsgWithdrawValidatorCommission, MsgFundCommunityPool, MsgCommunityPoolSpend,
                   MsgCreateVestingAccount, MsgSubmitProposal, MsgVote, MsgProposalDeposit, MsgCancelProposal,
                   MsgUpdateParams, MsgSoftwareUpgrade, MsgCancelUpgrade, MsgGrant, MsgRevoke, MsgExec,
                   MsgGrantAllowance, MsgRevokeAllowance> {
  using variant::variant;  // the rest in msgs.cpp: see alternatives.hpp
  StakeMsg(const StakeMsg&);
  StakeMsg(StakeMsg&&) noexcept;
  StakeMsg& operator=(const StakeMsg&);
  StakeMsg& operator=(StakeMsg&&) noexcept;
  ~StakeMsg();
};

}  // namespace souk
