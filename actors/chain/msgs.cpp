#include "actors/chain/msgs.hpp"

namespace souk {
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

}  // namespace

const Address& signer_of(const Msg& msg) {
  return std::visit([](const auto& m) -> const Address& { return signer(m); }, msg);
}

}  // namespace souk
