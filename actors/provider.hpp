#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "actors/base/time.hpp"
#include "actors/chain/matching.hpp"
#include "actors/effects.hpp"
#include "actors/inventory.hpp"
#include "actors/pricing.hpp"
#include "actors/provider_config.hpp"

namespace souk {

/// Why an order got no bid: the checks of the bid engine in their order (akash-offchain.md section 2.2), then
/// reservation and price.
enum class NoBid : std::uint8_t {
  not_in_market,  ///< not entered, idle, leaving, or pausing for lack of funds
  attributes,     ///< (a) the provider's attributes do not cover the group's
  not_marked,     ///< (b) the order lacks an attribute of only_orders_with
  capabilities,   ///< (c) a storage class or every named GPU is not offered
  volumes,        ///< (d) more volumes in a unit than allowed
  auditors,       ///< (e) signed_by is not met
  malformed,      ///< (f) no units, no replicas or no price
  reclamation,    ///< asks for a reclamation window we do not offer
  capacity,       ///< does not fit now
  price,          ///< the strategy does not bid, or the order pays too little
};
inline constexpr std::size_t no_bid_count = 10;

/// What became of the orders a provider saw; for end-of-run inspection.
struct ProviderCounts {
  std::uint64_t orders = 0;
  std::array<std::uint64_t, no_bid_count> no_bid{};  ///< by NoBid
  std::uint64_t bids = 0;                            ///< MsgCreateBid submitted
  std::uint64_t bids_refused = 0;                    ///< by mempool or chain
  std::uint64_t won = 0;
  std::uint64_t lost = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t closed_unstable = 0;  ///< leases closed by us: a node stayed down too long
  std::uint64_t closed_no_manifest = 0;
  std::uint64_t queue_dropped = 0;
};

/// Where a provider stands in the market.
enum class MarketState : std::uint8_t {
  outside,  ///< a potential entrant
  active,
  idle,     ///< price below avoidable cost: keeps its leases, takes no new ones
  leaving,  ///< cash is gone: winds down its leases, for ever
};

/// Bids on open orders it can serve, runs their workloads, withdraws what they earn. Off-chain.
/// Subscribes to: its own address, topic_orders; with economics.enabled also topic_leases.
/// Source: akash-offchain.md sections 2.1-2.5 (akash-network/provider bidengine/, cluster/, manifest/).
class Provider {
 public:
  explicit Provider(ProviderConfig config);

  void on(const Event& event, const Context& context, Effects& out);

  const ProviderConfig& config() const { return *config_; }
  const Inventory& inventory() const { return inventory_; }
  const ProviderCounts& counts() const { return counts_; }
  MarketState market_state() const { return market_.state; }
  double cash_usd() const { return market_.cash_usd; }
  std::size_t leases() const;  ///< active ones, with or without a manifest yet
  std::size_t queue_length() const { return queue_.size(); }

 private:
  enum class Timer : std::uint32_t {
    bid_timeout,
    manifest,
    withdraw,
    node,
    unhealthy,
    reclaimed,
    review,
    retry
  };
  enum class Phase : std::uint8_t {
    bidding,        ///< MsgCreateBid submitted, not decided
    bid_open,       ///< on the chain
    closing_bid,    ///< given up; reservation released, MsgCloseBid submitted
    leased,         ///< won, no manifest yet
    serving,        ///< the workload runs
    closing_lease,  ///< we end the lease: MsgLeaseStartReclaim or MsgCloseBid submitted
  };
  /// All we know about one order we bid on.
  struct Engagement {
    Phase phase = Phase::bidding;
    SharedGroupSpec spec;
    DecCoin price;
    double cost_usd_h = 0;
    std::uint64_t serial = 0;   ///< names its timers
    ActorId tenant = no_actor;  ///< known once a manifest came
    bool healthy = true;
    bool reclaimable = false;  ///< the bid offered a reclamation window, so the lease has one
    LeaseClosedReason reason = LeaseClosedReason::unspecified;  ///< why we end it
  };
  using Engagements = std::map<OrderId, Engagement>;
  struct OpenOrder {
    OrderId id;
    SharedGroupSpec spec;
    std::optional<Duration> reclamation_min_window;
    Time seen;
  };
  struct Deadline {
    Time at;
    OrderId order;
    std::uint64_t serial = 0;
  };
  /// What a submitted transaction was for.
  struct PendingRegister {};
  struct PendingBid {
    OrderId order;
  };
  struct PendingClose {
    OrderId order;
    std::uint64_t serial = 0;
  };
  struct PendingWithdraw {
    std::vector<LeaseId> leases;
  };
  using Pending = std::variant<PendingRegister, PendingBid, PendingClose, PendingWithdraw>;
  struct Submitted {
    Pending what;
    SharedTx tx;
  };
  struct Market {
    MarketState state = MarketState::active;
    double cash_usd = 0;
    double price_usd_h = 0;    ///< believed rent of one rental unit
    double revenue_usd_h = 0;  ///< of the active leases
    double rented_units = 0;
    Time accounted;                   ///< cash_usd is as of then
    std::map<OrderId, double> units;  ///< sizes of recent orders, to turn lease prices into rents
    std::deque<OrderId> remembered;   ///< their order of arrival
    std::deque<OpenOrder> recent;     ///< seen while not bidding: bid on at entry (catch-up)
  };

  // ---- events (provider.cpp) -------------------------------------------------------------------------
  void handle(const Started&, const Context& context, Effects& out);
  void handle(const TimerFired& e, const Context& context, Effects& out);
  void handle(const Ping& e, const Context& context, Effects& out);
  void handle(const Pong&, const Context&, Effects&) {}
  void handle(const TxReceived&, const Context&, Effects&) {}
  void handle(const TxDecided& e, const Context& context, Effects& out);
  void handle(const ChainNotice& e, const Context& context, Effects& out);
  void handle(const ManifestSent& e, const Context& context, Effects& out);
  void handle(const ManifestReply&, const Context&, Effects&) {}
  void handle(const WorkloadStatus&, const Context&, Effects&) {}

  void chain(const EventDeploymentCreated&, const Context&, Effects&) {}
  void chain(const EventDeploymentUpdated&, const Context&, Effects&) {}
  void chain(const EventDeploymentClosed&, const Context&, Effects&) {}
  void chain(const EventGroupStarted&, const Context&, Effects&) {}
  void chain(const EventGroupPaused&, const Context&, Effects&) {}
  void chain(const EventGroupClosed&, const Context&, Effects&) {}
  void chain(const EventOrderCreated& e, const Context& context, Effects& out);
  void chain(const EventOrderClosed& e, const Context& context, Effects& out);
  void chain(const EventBidCreated&, const Context&, Effects&) {}
  void chain(const EventBidClosed& e, const Context& context, Effects& out);
  void chain(const EventLeaseCreated& e, const Context& context, Effects& out);
  void chain(const EventLeaseClosed& e, const Context& context, Effects& out);
  void chain(const EventLeaseReclaimStarted& e, const Context& context, Effects& out);
  void chain(const EventProviderCreated&, const Context&, Effects&) {}
  void chain(const EventProviderUpdated&, const Context&, Effects&) {}
  void chain(const EventTrustedAuditorCreated& e, const Context& context, Effects& out);
  void chain(const EventTrustedAuditorDeleted& e, const Context& context, Effects& out);
  void chain(const EventTransfer&, const Context&, Effects&) {}

  std::uint64_t submit(std::vector<Msg> msgs, Pending what, Effects& out);
  void decided(const PendingRegister&, const TxDecided& e, const SharedTx& tx, const Context&, Effects& out);
  void decided(const PendingBid& what, const TxDecided& e, const SharedTx& tx, const Context&, Effects& out);
  void decided(const PendingClose& what, const TxDecided& e, const SharedTx& tx, const Context&,
               Effects& out);
  void decided(const PendingWithdraw& what, const TxDecided& e, const SharedTx& tx, const Context&,
               Effects& out);
  void retry_later(Pending what, SharedTx tx, const Context& context, Effects& out);
  void retry_now(Effects& out);

  // ---- bidding (provider_bidding.cpp) ----------------------------------------------------------------
  /// The first check that fails; empty if the order deserves a bid. Changes nothing.
  std::optional<NoBid> should_bid(const GroupSpec& spec,
                                  std::optional<Duration> reclamation_min_window) const;
  void consider(const OpenOrder& order, const Context& context, Effects& out);
  /// Reserves, prices and submits. Empty if a bid is under way.
  std::optional<NoBid> try_bid(const OpenOrder& order, std::uint64_t draw, const Context& context,
                               Effects& out);
  void enqueue(const OpenOrder& order);
  void serve_queue(const Context& context, Effects& out);
  void watch_bid(const OrderId& order, const Engagement& engagement, const Context& context, Effects& out);
  void expire_bids(const Context& context, Effects& out);
  /// Gives the reservation back and closes the bid if one may stand on the chain.
  void give_up_bid(Engagements::iterator it, const Context& context, Effects& out);
  void forget(Engagements::iterator it, const Context& context, Effects& out);
  void lose(Engagements::iterator it, const Context& context, Effects& out);

  // ---- serving (provider_serving.cpp) ----------------------------------------------------------------
  void win(Engagements::iterator it, const Context& context, Effects& out);
  void serve(Engagements::iterator it, const Context& context, Effects& out);
  void expire_manifests(const Context& context, Effects& out);
  /// Ends an active lease: MsgCloseBid, or MsgLeaseStartReclaim first where the lease has a window.
  void end_lease(Engagements::iterator it, LeaseClosedReason reason, Effects& out);
  void tear_down(Engagements::iterator it, const Context& context, Effects& out);
  void withdraw_round(const Context& context, Effects& out);
  void node_changes(std::size_t node, const Context& context, Effects& out);
  void node_fails(std::size_t node, const Context& context, Effects& out);
  void node_returns(std::size_t node, Effects& out);
  void arm_node(std::size_t node, const Context& context, Effects& out);
  void unhealthy_too_long(std::uint64_t serial, Effects& out);
  void reclaimed(std::uint64_t serial, Effects& out);
  Engagements::iterator by_serial(std::uint64_t serial);

  // ---- entry and exit (provider_economics.cpp) -------------------------------------------------------
  void register_on_chain(Effects& out);
  void remember_order(const OrderId& order, const GroupSpec& spec);
  void observe_lease(const OrderId& order, DecCoin price, const GroupSpec* spec);
  void account(Time now);
  void review(const Context& context, Effects& out);
  void enter(const Context& context, Effects& out);
  void leave(const Context& context, Effects& out);
  double fleet_units() const;

  std::shared_ptr<const ProviderConfig> config_;  ///< immutable: shared by the forks of a run
  Capabilities capabilities_;                     ///< as announced on the chain
  std::vector<AuditedAttributes> audited_;        ///< signed records about us, by auditor
  Inventory inventory_;
  Engagements engagements_;
  std::map<std::uint64_t, OrderId> serials_;  ///< serial -> order, of engagements
  std::deque<Deadline> bid_deadlines_;        ///< ascending; stale ones are skipped
  std::deque<Deadline> manifest_deadlines_;
  std::deque<OpenOrder> queue_;
  std::map<std::uint64_t, Submitted> submitted_;  ///< by nonce
  std::vector<Submitted> retries_;
  std::vector<std::uint32_t> node_epochs_;  ///< failures and repairs so far, per node
  std::optional<OrderId> withdrawn_up_to_;  ///< in the middle of a round of withdrawals
  Time round_started_{};
  Time broke_until_{};
  double last_win_ratio_ = 0;
  Market market_;
  ProviderCounts counts_;
  std::uint64_t nonces_ = 0;
  std::uint64_t serial_count_ = 0;
};

}  // namespace souk
