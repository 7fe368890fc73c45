#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "actors/chain/stake_msgs.hpp"
#include "actors/chain/types.hpp"

/// Transaction messages: fields and meaning of akash-chain.md sections 2.2, 3.2, 4, 6.1, 6.2 and 8.
namespace souk {

struct MsgCreateDeployment {
  DeploymentId id;
  std::vector<SharedGroupSpec> groups;
  std::vector<std::uint8_t> hash;  ///< must be 32 bytes
  Deposit deposit;
  std::optional<Duration> reclamation_min_window;
};
struct MsgUpdateDeployment {
  DeploymentId id;
  std::vector<std::uint8_t> hash;
};
struct MsgCloseDeployment {
  DeploymentId id;
};
struct MsgCloseGroup {
  GroupId id;
};
struct MsgPauseGroup {
  GroupId id;
};
struct MsgStartGroup {
  GroupId id;
};
struct MsgCreateBid {
  BidId id;
  DecCoin price;
  Deposit deposit;
  SharedOffer resources_offer;
  std::optional<Duration> reclamation_window;
};
struct MsgCloseBid {
  BidId id;
  LeaseClosedReason reason = LeaseClosedReason::unspecified;
};
struct MsgCreateLease {
  BidId id;
};
struct MsgWithdrawLease {
  LeaseId id;
};
struct MsgCloseLease {
  LeaseId id;
  LeaseClosedReason reason = LeaseClosedReason::owner;  ///< ignored by the chain
};
struct MsgLeaseStartReclaim {
  LeaseId id;
  LeaseClosedReason reason = LeaseClosedReason::decommission;
};
struct MsgAccountDeposit {
  Address signer;
  EscrowAccountId id;
  Deposit deposit;
};
struct MsgCreateProvider {
  ProviderRecord provider;
};
struct MsgUpdateProvider {
  ProviderRecord provider;
};
struct MsgDeleteProvider {
  Address owner;
};
struct MsgSignProviderAttributes {
  Address owner;
  Address auditor;
  Attributes attributes;
};
struct MsgDeleteProviderAttributes {
  Address owner;
  Address auditor;
  std::vector<std::string> keys;  ///< empty removes the whole record
};
/// authz MsgGrant of an escrow.v1.DepositAuthorization.
struct MsgGrantDeposit {
  Address granter;
  Address grantee;
  std::vector<EscrowScope> scopes;
  std::vector<Coin> spend_limits;
  std::optional<Time> expiration;
};
struct MsgRevokeDeposit {
  Address granter;
  Address grantee;
};
struct MsgSend {
  Address from;
  Address to;
  std::vector<Coin> amount;
};

struct Msg : std::variant<MsgCreateDeployment, MsgUpdateDeployment, MsgCloseDeployment, MsgCloseGroup,
                          MsgPauseGroup, MsgStartGroup, MsgCreateBid, MsgCloseBid, MsgCreateLease,
                          MsgWithdrawLease, MsgCloseLease, MsgLeaseStartReclaim, MsgAccountDeposit,
                          MsgCreateProvider, MsgUpdateProvider, MsgDeleteProvider, MsgSignProviderAttributes,
                          MsgDeleteProviderAttributes, MsgGrantDeposit, MsgRevokeDeposit, MsgSend, StakeMsg> {
  using variant::variant;  // the rest in msgs.cpp: see alternatives.hpp
  Msg(const Msg&);
  Msg(Msg&&) noexcept;
  Msg& operator=(const Msg&);
  Msg& operator=(Msg&&) noexcept;
  ~Msg();
};
/// The messages inside a proposal or an MsgExec.
struct MsgList {
  std::vector<Msg> msgs;
};

/// Who must sign `msg`. Source: the signer column of sections 2.2, 3.2, 4, 6, and of the SDK's messages.
const Address& signer_of(const Msg& msg);

/// One atomic transaction with one signer. Every message's signer_of must be `signer`.
struct Tx {
  Address signer;
  std::uint64_t nonce = 0;  ///< the sender's own counter: identifies the tx to its sender
  Coin fee{Denom::uakt, {0}};
  std::vector<Msg> msgs;
  std::optional<Address> fee_granter{};  ///< pays the fee through feegrant
  Height timeout_height{};               ///< refused in later blocks (sdk 30); 0: never
};
using SharedTx = std::shared_ptr<const Tx>;

}  // namespace souk
