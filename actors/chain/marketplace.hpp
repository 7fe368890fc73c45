#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "actors/chain/audit_registry.hpp"
#include "actors/chain/escrow.hpp"
#include "actors/chain/msgs.hpp"
#include "actors/chain/provider_registry.hpp"
#include "actors/chain/table.hpp"
#include "actors/chain/tables.hpp"
#include "actors/chain/types.hpp"

namespace souk {

// Numbers of objects inside one ledger, dense from 0 in the order of their making.
using DeploymentNo = std::uint32_t;
using GroupNo = std::uint32_t;
using OrderNo = std::uint32_t;
using BidNo = std::uint32_t;
using LeaseNo = std::uint32_t;

/// "No reclamation window" in rows, which have no room for std::optional.
inline constexpr std::int64_t no_window = -1;

/// Deployments, groups, orders, bids and leases: Akash's deployment and market modules, which close each
/// other's objects and are therefore one actor here. Owns the Escrow below it and the registries beside it.
/// Sources: akash-chain.md sections 2 and 3; each handler's checks are in the order given there.
///
/// Rows are small and link to each other by number; a year is 200,000 deployments and 2,000,000 bids. What
/// only an open bid needs (its escrow account, offer and window) lives in reused slots.
class Marketplace {
 public:
  struct DeploymentRow {
    std::uint64_t dseq = 0;
    Height created_at;
    std::int64_t reclamation_min_window_ns = no_window;
    AccountNo owner = no_row;
    GroupNo first_group = 0;  ///< the groups are consecutive
    std::uint32_t group_count = 0;
    EscrowNo account = no_row;
    DeploymentState state = DeploymentState::active;
    Hash hash{};
  };
  struct GroupRow {
    DeploymentNo deployment = no_row;
    std::uint32_t gseq = 0;
    OrderNo last_order = no_row;
    GroupState state = GroupState::open;
  };
  struct OrderRow {
    Height created_at;
    GroupNo group = no_row;
    std::uint32_t oseq = 0;
    OrderNo previous = no_row;       ///< the group's order before this one
    BidNo first_bid = no_row;        ///< bids by provider, in bech32 text order
    std::uint32_t counted_bids = 0;  ///< open, active or closed; not lost
    OrderState state = OrderState::open;
  };
  struct BidRow {
    Dec price;
    Height created_at;
    Height escrow_settled_at;  ///< of its escrow account, once that is closed
    OrderNo order = no_row;
    AccountNo provider = no_row;
    BidNo next = no_row;
    std::uint32_t open_slot = no_row;  ///< in open_bids_, until the bid is closed or lost
    LeaseNo lease = no_row;
    BidState state = BidState::open;
    Denom denom = Denom::uact;
    std::uint8_t escrow_denoms = 0;  ///< of its closed escrow account: 2 bits a denom, count in the top 2
  };
  /// What only an open or active bid has.
  struct OpenBid {
    EscrowNo account = no_row;
    std::int64_t window_ns = no_window;
    SharedOffer offer;
  };
  struct LeaseRow {
    Dec price;
    Height created_at;
    Height closed_on;
    BidNo bid = no_row;
    PaymentNo payment = no_row;
    LeaseClosedReason reason = LeaseClosedReason::invalid;
    LeaseClosedReason reclaim_reason = LeaseClosedReason::invalid;
    std::int64_t window_ns = no_window;
    Height reclaim_started_at;
    std::int64_t reclaim_deadline_unix_s = 0;
    LeaseState state = LeaseState::active;
    // The id again, which never changes: withdrawals, hour by hour, find their lease in one row instead of
    // walking from the deployment down.
    std::uint32_t gseq = 0;
    std::uint32_t oseq = 0;
    AccountNo owner = no_row;
    AccountNo provider = no_row;
    std::uint64_t dseq = 0;
  };

  static_assert(sizeof(BidRow) <= 64);  // two million of them a year

  Escrow& escrow() { return escrow_; }
  const Escrow& escrow() const { return escrow_; }
  Bank& bank() { return escrow_.bank(); }
  const Bank& bank() const { return escrow_.bank(); }
  ProviderRegistry& providers() { return providers_; }
  const ProviderRegistry& providers() const { return providers_; }
  AuditRegistry& audits() { return audits_; }
  const AuditRegistry& audits() const { return audits_; }

  /// Asks the cache for the rows that the withdrawals among the first prefetch_max of `msgs` will touch.
  /// Their leases lie all over a year's tables: one after the other each look-up would wait for memory, this
  /// way all wait at once.
  static constexpr std::size_t prefetch_max = 64;
  void prefetch(std::span<const Msg> msgs) const;

  // Messages, valid in themselves (validate.hpp). Each changes nothing unless it is accepted; what ends in
  // their course (accounts run dry, losing bids) is carried through before they return.
  Verdict create_deployment(const MsgCreateDeployment& msg, Execution& exec);
  Verdict update_deployment(const MsgUpdateDeployment& msg, Execution& exec);
  Verdict close_deployment(const MsgCloseDeployment& msg, Execution& exec);
  Verdict close_group(const MsgCloseGroup& msg, Execution& exec);
  Verdict pause_group(const MsgPauseGroup& msg, Execution& exec);
  Verdict start_group(const MsgStartGroup& msg, Execution& exec);
  Verdict create_bid(const MsgCreateBid& msg, Execution& exec);
  Verdict close_bid(const MsgCloseBid& msg, Execution& exec);
  Verdict create_lease(const MsgCreateLease& msg, Execution& exec);
  Verdict withdraw_lease(const MsgWithdrawLease& msg, Execution& exec);
  Verdict close_lease(const MsgCloseLease& msg, Execution& exec);
  Verdict start_reclaim(const MsgLeaseStartReclaim& msg, Execution& exec);
  Verdict account_deposit(const MsgAccountDeposit& msg, Execution& exec);

  // Looking up: no_row if there is none.
  DeploymentNo find(const DeploymentId& id) const;
  GroupNo find(const GroupId& id) const;
  OrderNo find(const OrderId& id) const;
  BidNo find(const BidId& id) const;

  DeploymentId id_of_deployment(DeploymentNo no) const;
  GroupId id_of_group(GroupNo no) const;
  OrderId id_of_order(OrderNo no) const;
  BidId id_of_bid(BidNo no) const;

  const Table<DeploymentRow>& deployments() const { return deployments_; }
  const Table<GroupRow>& groups() const { return groups_; }
  const Table<OrderRow>& orders() const { return orders_; }
  const Table<BidRow>& bids() const { return bids_; }
  const Table<LeaseRow>& leases() const { return leases_; }
  const SharedGroupSpec& spec(GroupNo group) const { return specs_[group]; }
  /// REQUIRES: the bid is open or active.
  const OpenBid& open_bid(BidNo bid) const { return open_bids_[bids_[bid].open_slot]; }

  void begin();
  void commit();
  void rollback();

 private:
  // market_deployments.cpp
  Verdict check_new_deployment(const MsgCreateDeployment& msg, const Execution& exec) const;
  void create_order(GroupNo group, Execution& exec);
  bool has_live_order(GroupNo group) const;
  AccountNo make_account(const Address& address) { return bank().find_or_make(address); }

  // market_bids.cpp
  Verdict check_order_for_bid(const MsgCreateBid& msg, OrderNo order, const Execution& exec) const;
  Verdict check_provider_for_bid(const MsgCreateBid& msg, const GroupSpec& spec);
  Verdict check_reclamation_offer(const MsgCreateBid& msg, OrderNo order, const Execution& exec) const;
  void insert_bid(OrderNo order, BidNo bid);
  Verdict check_leaving(BidNo bid, const Execution& exec) const;

  // market_leases.cpp

  Dec lease_price(BidNo bid, const Execution& exec) const;
  void lose_other_bids(BidNo winner, Execution& exec);

  // market_cascades.cpp: what the end of one object does to others (section 3.8)
  void on_group_closed(GroupNo group, GroupState state, Execution& exec);
  void end_order(OrderNo order, Execution& exec);
  void end_bid(BidNo bid, BidInput input, Execution& exec);
  void end_lease(LeaseNo lease, LeaseInput input, LeaseClosedReason reason, Execution& exec);
  void close_payment_of(LeaseNo lease, Execution& exec);
  void follow_endings(std::size_t from, Execution& exec);
  void on_account_ended(DeploymentNo deployment, EscrowState state, Execution& exec);
  void on_payment_ended(LeaseNo lease, EscrowState state, Execution& exec);

  std::uint64_t hash_of_deployment(DeploymentNo no) const;
  std::uint64_t hash_of_lease(LeaseNo no) const;
  LeaseNo add_lease(LeaseRow row, const LeaseId& id);
  std::optional<LeaseNo> lease_of(const LeaseId& id) const;

  Escrow escrow_;
  ProviderRegistry providers_;
  AuditRegistry audits_;

  Table<DeploymentRow> deployments_;
  Table<GroupRow> groups_;
  Table<SharedGroupSpec> specs_;  ///< by GroupNo; apart, because rows that change must be cheap to save
  Table<OrderRow> orders_;
  Table<BidRow> bids_;
  SlotTable<OpenBid> open_bids_;
  Table<LeaseRow> leases_;
  HashIndex deployment_index_;
  HashIndex lease_index_;

  // Scratch of one message.
  std::vector<Ending> endings_;
  std::vector<DepositPart> parts_;
  std::vector<SharedAudit> audited_;
  Verdict panic_;  ///< a panic in a call whose errors are ignored still fails the transaction
};

}  // namespace souk
