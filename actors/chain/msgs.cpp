#include "actors/chain/msgs.hpp"

namespace souk {

Msg::Msg(const Msg&) = default;
Msg::Msg(Msg&&) noexcept = default;
Msg& Msg::operator=(const Msg&) = default;
Msg& Msg::operator=(Msg&&) noexcept = default;
Msg::~Msg() = default;

StakeMsg::StakeMsg(const StakeMsg&) = default;
StakeMsg::StakeMsg(StakeMsg&&) noexcept = default;
StakeMsg& StakeMsg::operator=(const StakeMsg&) = default;
StakeMsg& StakeMsg::operator=(StakeMsg&&) noexcept = default;
StakeMsg::~StakeMsg() = default;

namespace {

const Address& signer(const MsgCreateDeployment& msg) { return msg.id.owner; }
const Address& signer(const MsgUpdateDeployment& msg) { return msg.id.owner; }
const Address& signer(const MsgCloseDeployment& msg) { return msg.id.owner; }
const Address& signer(const MsgCloseGroup& msg) { return msg.id.owner; }
const Address& signer(const MsgPauseGroup& msg) { return msg.id.owner; }
const Address& signer(const MsgStartGroup& msg) { return msg.id.owner; }
const Address& signer(const MsgCreateBid& msg) { return msg.id.provider; }
const Address& signer(const MsgCloseBid& msg) { return msg.id.provider; }
const Address& signer(const MsgCreateLease& msg) { return msg.id.owner; }
const Address& signer(const MsgWithdrawLease& msg) { return msg.id.provider; }
const Address& signer(const MsgCloseLease& msg) { return msg.id.owner; }
const Address& signer(const MsgLeaseStartReclaim& msg) { return msg.id.provider; }
const Address& signer(const MsgAccountDeposit& msg) { return msg.signer; }
const Address& signer(const MsgCreateProvider& msg) { return msg.provider.owner; }
const Address& signer(const MsgUpdateProvider& msg) { return msg.provider.owner; }
const Address& signer(const MsgDeleteProvider& msg) { return msg.owner; }
const Address& signer(const MsgSignProviderAttributes& msg) { return msg.auditor; }
const Address& signer(const MsgDeleteProviderAttributes& msg) { return msg.auditor; }
const Address& signer(const MsgGrantDeposit& msg) { return msg.granter; }
const Address& signer(const MsgRevokeDeposit& msg) { return msg.granter; }
const Address& signer(const MsgSend& msg) { return msg.from; }
const Address& signer(const MsgCreateValidator& msg) { return msg.validator; }
const Address& signer(const MsgEditValidator& msg) { return msg.validator; }
const Address& signer(const MsgDelegate& msg) { return msg.delegator; }
const Address& signer(const MsgUndelegate& msg) { return msg.delegator; }
const Address& signer(const MsgBeginRedelegate& msg) { return msg.delegator; }
const Address& signer(const MsgCancelUnbondingDelegation& msg) { return msg.delegator; }
const Address& signer(const MsgUnjail& msg) { return msg.validator; }
const Address& signer(const MsgSetWithdrawAddress& msg) { return msg.delegator; }
const Address& signer(const MsgWithdrawDelegatorReward& msg) { return msg.delegator; }
const Address& signer(const MsgWithdrawValidatorCommission& msg) { return msg.validator; }
const Address& signer(const MsgFundCommunityPool& msg) { return msg.depositor; }
const Address& signer(const MsgCommunityPoolSpend& msg) { return msg.authority; }
const Address& signer(const MsgCreateVestingAccount& msg) { return msg.from; }
const Address& signer(const MsgSubmitProposal& msg) { return msg.proposer; }
const Address& signer(const MsgVote& msg) { return msg.voter; }
const Address& signer(const MsgProposalDeposit& msg) { return msg.depositor; }
const Address& signer(const MsgCancelProposal& msg) { return msg.proposer; }
const Address& signer(const MsgUpdateParams& msg) { return msg.authority; }
const Address& signer(const MsgSoftwareUpgrade& msg) { return msg.authority; }
const Address& signer(const MsgCancelUpgrade& msg) { return msg.authority; }
const Address& signer(const MsgGrant& msg) { return msg.granter; }
const Address& signer(const MsgRevoke& msg) { return msg.granter; }
const Address& signer(const MsgExec& msg) { return msg.grantee; }
const Address& signer(const MsgGrantAllowance& msg) { return msg.granter; }
const Address& signer(const MsgRevokeAllowance& msg) { return msg.granter; }

const Address& signer(const StakeMsg& msg) {
  return std::visit([](const auto& m) -> const Address& { return signer(m); }, msg);
}

}  // namespace

const Address& signer_of(const Msg& msg) {
  return std::visit([](const auto& m) -> const Address& { return signer(m); }, msg);
}

}  // namespace souk
