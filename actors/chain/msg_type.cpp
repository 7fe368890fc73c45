#include "actors/chain/msg_type.hpp"

#include <algorithm>
#include <array>

namespace souk {
namespace {

#define SOUK_MSG_TYPE(message, type_url) \
  constexpr std::string_view type_of(const message&) { return type_url; }

SOUK_MSG_TYPE(MsgCreateDeployment, "/akash.deployment.v1beta4.MsgCreateDeployment")
SOUK_MSG_TYPE(MsgUpdateDeployment, "/akash.deployment.v1beta4.MsgUpdateDeployment")
SOUK_MSG_TYPE(MsgCloseDeployment, "/akash.deployment.v1beta4.MsgCloseDeployment")
SOUK_MSG_TYPE(MsgCloseGroup, "/akash.deployment.v1beta4.MsgCloseGroup")
SOUK_MSG_TYPE(MsgPauseGroup, "/akash.deployment.v1beta4.MsgPauseGroup")
SOUK_MSG_TYPE(MsgStartGroup, "/akash.deployment.v1beta4.MsgStartGroup")
SOUK_MSG_TYPE(MsgCreateBid, "/akash.market.v1beta5.MsgCreateBid")
SOUK_MSG_TYPE(MsgCloseBid, "/akash.market.v1beta5.MsgCloseBid")
SOUK_MSG_TYPE(MsgCreateLease, "/akash.market.v1beta5.MsgCreateLease")
SOUK_MSG_TYPE(MsgWithdrawLease, "/akash.market.v1beta5.MsgWithdrawLease")
SOUK_MSG_TYPE(MsgCloseLease, "/akash.market.v1beta5.MsgCloseLease")
SOUK_MSG_TYPE(MsgLeaseStartReclaim, "/akash.market.v1beta5.MsgLeaseStartReclaim")
SOUK_MSG_TYPE(MsgAccountDeposit, "/akash.escrow.v1.MsgAccountDeposit")
SOUK_MSG_TYPE(MsgCreateProvider, "/akash.provider.v1beta4.MsgCreateProvider")
SOUK_MSG_TYPE(MsgUpdateProvider, "/akash.provider.v1beta4.MsgUpdateProvider")
SOUK_MSG_TYPE(MsgDeleteProvider, "/akash.provider.v1beta4.MsgDeleteProvider")
SOUK_MSG_TYPE(MsgSignProviderAttributes, "/akash.audit.v1.MsgSignProviderAttributes")
SOUK_MSG_TYPE(MsgDeleteProviderAttributes, "/akash.audit.v1.MsgDeleteProviderAttributes")
SOUK_MSG_TYPE(MsgGrantDeposit, "/cosmos.authz.v1beta1.MsgGrant")
SOUK_MSG_TYPE(MsgRevokeDeposit, "/cosmos.authz.v1beta1.MsgRevoke")
SOUK_MSG_TYPE(MsgSend, "/cosmos.bank.v1beta1.MsgSend")
SOUK_MSG_TYPE(MsgCreateValidator, "/cosmos.staking.v1beta1.MsgCreateValidator")
SOUK_MSG_TYPE(MsgEditValidator, "/cosmos.staking.v1beta1.MsgEditValidator")
SOUK_MSG_TYPE(MsgDelegate, "/cosmos.staking.v1beta1.MsgDelegate")
SOUK_MSG_TYPE(MsgUndelegate, "/cosmos.staking.v1beta1.MsgUndelegate")
SOUK_MSG_TYPE(MsgBeginRedelegate, "/cosmos.staking.v1beta1.MsgBeginRedelegate")
SOUK_MSG_TYPE(MsgCancelUnbondingDelegation, "/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation")
SOUK_MSG_TYPE(MsgUnjail, "/cosmos.slashing.v1beta1.MsgUnjail")
SOUK_MSG_TYPE(MsgSetWithdrawAddress, "/cosmos.distribution.v1beta1.MsgSetWithdrawAddress")
SOUK_MSG_TYPE(MsgWithdrawDelegatorReward, "/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward")
SOUK_MSG_TYPE(MsgWithdrawValidatorCommission, "/cosmos.distribution.v1beta1.MsgWithdrawValidatorCommission")
SOUK_MSG_TYPE(MsgFundCommunityPool, "/cosmos.distribution.v1beta1.MsgFundCommunityPool")
SOUK_MSG_TYPE(MsgCommunityPoolSpend, "/cosmos.distribution.v1beta1.MsgCommunityPoolSpend")
SOUK_MSG_TYPE(MsgCreateVestingAccount, "/cosmos.vesting.v1beta1.MsgCreateVestingAccount")
SOUK_MSG_TYPE(MsgSubmitProposal, "/cosmos.gov.v1.MsgSubmitProposal")
SOUK_MSG_TYPE(MsgProposalDeposit, "/cosmos.gov.v1.MsgDeposit")
SOUK_MSG_TYPE(MsgCancelProposal, "/cosmos.gov.v1.MsgCancelProposal")
SOUK_MSG_TYPE(MsgSoftwareUpgrade, "/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade")
SOUK_MSG_TYPE(MsgCancelUpgrade, "/cosmos.upgrade.v1beta1.MsgCancelUpgrade")
SOUK_MSG_TYPE(MsgGrant, "/cosmos.authz.v1beta1.MsgGrant")
SOUK_MSG_TYPE(MsgRevoke, "/cosmos.authz.v1beta1.MsgRevoke")
SOUK_MSG_TYPE(MsgExec, "/cosmos.authz.v1beta1.MsgExec")
SOUK_MSG_TYPE(MsgGrantAllowance, "/cosmos.feegrant.v1beta1.MsgGrantAllowance")
SOUK_MSG_TYPE(MsgRevokeAllowance, "/cosmos.feegrant.v1beta1.MsgRevokeAllowance")
SOUK_MSG_TYPE(MarketParams, "/akash.market.v1beta5.MsgUpdateParams")
SOUK_MSG_TYPE(StakingParams, "/cosmos.staking.v1beta1.MsgUpdateParams")
SOUK_MSG_TYPE(SlashingParams, "/cosmos.slashing.v1beta1.MsgUpdateParams")
SOUK_MSG_TYPE(MintParams, "/cosmos.mint.v1beta1.MsgUpdateParams")
SOUK_MSG_TYPE(DistributionParams, "/cosmos.distribution.v1beta1.MsgUpdateParams")
SOUK_MSG_TYPE(GovParams, "/cosmos.gov.v1.MsgUpdateParams")
#undef SOUK_MSG_TYPE

constexpr std::string_view plain_vote = "/cosmos.gov.v1.MsgVote";
constexpr std::string_view weighted_vote = "/cosmos.gov.v1.MsgVoteWeighted";

std::string_view type_of(const MsgVote& msg) {
  return msg.options.size() == 1 && msg.options[0].weight == Dec::from_int(1) ? plain_vote : weighted_vote;
}
std::string_view type_of(const MsgUpdateParams& msg) {
  return std::visit([](const auto& params) { return type_of(params); }, msg.params);
}
std::string_view type_of(const StakeMsg& msg) {
  return std::visit([](const auto& m) { return type_of(m); }, msg);
}

/// Adds the type of a default message of each alternative, and of each below.
template <class... T>
void add_types(std::vector<std::string_view>& types, const std::variant<T...>*) {
  (types.push_back(type_of(T{})), ...);
}

std::vector<std::string_view> all_types() {
  std::vector<std::string_view> types{plain_vote, weighted_vote};
  add_types(types, static_cast<const Msg*>(nullptr));
  add_types(types, static_cast<const StakeMsg*>(nullptr));
  add_types(types, static_cast<const decltype(MsgUpdateParams::params)*>(nullptr));
  std::sort(types.begin(), types.end());
  return types;
}

}  // namespace

std::string_view msg_type(const Msg& msg) {
  return std::visit([](const auto& m) { return type_of(m); }, msg);
}

bool is_msg_type(std::string_view type_url) {
  static const std::vector<std::string_view> types = all_types();
  return std::binary_search(types.begin(), types.end(), type_url);
}

}  // namespace souk
