#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "actors/base/id_map.hpp"
#include "actors/base/time.hpp"
#include "actors/chain/matching.hpp"
#include "actors/effects.hpp"
#include "actors/inventory.hpp"
#include "actors/nonce_window.hpp"
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
  std::size_t leases() const { return leased_.size(); }  ///< active ones, with or without a manifest yet
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
    bool healthy = true;
    bool reclaimable = false;   ///< the bid offered a reclamation window, so the lease has one
    ActorId tenant = no_actor;  ///< known once a manifest came
    SharedGroupSpec spec;
    DecCoin price;
    double cost_usd_h = 0;
    std::uint64_t serial = 0;                                   ///< names its timers
    LeaseClosedReason reason = LeaseClosedReason::unspecified;  ///< why we end it
  };
  using Engagements = IdMap<OrderId, Engagement>;
  struct OpenOrder {
    OrderId id;
    SharedGroupSpec spec;
    std::optional<Duration> reclamation_min_window;
    std::uint64_t draw = 0;  ///< index of the random streams for this order: the n-th order seen
    Time seen;
  };
  struct Deadline {
    Time at;
    OrderId order;
    std::uint64_t serial = 0;
  };
  /// Deadlines of one kind, all the same time ahead, hence in order: one timer serves them all. A deadline
  /// stands while its engagement is in phase `a` or `b`.
  struct Watchdog {
    Timer timer;
    Phase a;
    Phase b;
    std::deque<Deadline> deadlines{};
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

  static constexpr TimerId timer_id(Timer timer, std::uint64_t subject = 0) {
    return {static_cast<std::uint32_t>(timer), subject};
  }

  // ---- events (provider.cpp) -------------------------------------------------------------------------
  void handle(const Started&, const Context& context, Effects& out);
  void handle(const TimerFired& e, const Context& context, Effects& out);
  void handle(const Ping& e, const Context& context, Effects& out);
  void handle(const Pong&, const Context&, Effects&) {}
  void handle(const TxReceived&, const Context&, Effects&) {}
  void handle(const ValidatorEvent&, const Context&, Effects&) {}
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
  void chain(const StakeEvent&, const Context&, Effects&) {}

  // ---- transactions (provider_txs.cpp) ---------------------------------------------------------------
  void submit(Msg msg, Effects& out);
  void submit_all(std::vector<Msg> msgs, Effects& out);
  void register_on_chain(Effects& out);
  void decided_bid(const MsgCreateBid& msg, const TxDecided& e, const Context& context, Effects& out);
  void decided_close(const MsgCloseBid& msg, const TxDecided& e, const Context& context, Effects& out);
  void decided_reclaim(const MsgLeaseStartReclaim& msg, const TxDecided& e, const Context& context,
                       Effects& out);
  void decided_withdraw(const Tx& tx, const TxDecided& e, Effects& out);
  void retry_later(SharedTx tx, const Context& context, Effects& out);
  void retry_now(Effects& out);

  // ---- bidding (provider_bidding.cpp) ----------------------------------------------------------------
  /// The first check that fails; empty if the order deserves a bid. Changes nothing.
  std::optional<NoBid> should_bid(const GroupSpec& spec,
                                  std::optional<Duration> reclamation_min_window) const;
  /// Replaces what `auditor` has signed about us; null or empty: nothing any more.
  void keep_audit(const Address& auditor, const Attributes* signed_now);
  bool audits_suffice(const PlacementRequirements& wanted) const;
  bool in_market(Time now) const { return market_.state == MarketState::active && now >= broke_until_; }
  void consider(const OpenOrder& order, const Context& context, Effects& out);
  /// Reserves, prices and submits. Empty if a bid is under way.
  std::optional<NoBid> try_bid(const OpenOrder& order, const Context& context, Effects& out);
  void count(NoBid reason) { ++counts_.no_bid[static_cast<std::size_t>(reason)]; }
  void enqueue(const OpenOrder& order);
  void serve_queue(const Context& context, Effects& out);
  void expire_bids(const Context& context, Effects& out);
  /// Gives the reservation back and closes the bid, which may stand on the chain.
  void give_up_bid(Engagements::iterator it, const Context& context, Effects& out);
  /// Gives back what it holds and ends the engagement.
  void forget(Engagements::iterator it, const Context& context, Effects& out);
  void lose(Engagements::iterator it, const Context& context, Effects& out);

  /// Adds a deadline `after` from now and sets the timer if it is the only one.
  void watch(Watchdog& dog, Duration after, Engagements::const_iterator it, const Context& context,
             Effects& out);
  /// Removes the oldest deadline if it stands and is due, and returns its engagement; end() once none is due,
  /// with the timer set for the next.
  Engagements::iterator next_due(Watchdog& dog, const Context& context, Effects& out);
  bool stands(const Watchdog& dog, const Deadline& deadline) const;

  // ---- serving (provider_serving.cpp) ----------------------------------------------------------------
  LeaseId lease_of(const OrderId& order) const { return bid_id(order, config_->address); }
  void win(Engagements::iterator it, const Context& context, Effects& out);
  void serve(Engagements::iterator it, Effects& out);
  void tell_tenant(Engagements::const_iterator it, Effects& out) const;
  void expire_manifests(const Context& context, Effects& out);
  /// Ends an active lease: MsgCloseBid, or MsgLeaseStartReclaim first where the lease has a window
  /// (akash-chain.md section 3.5).
  void end_lease(Engagements::iterator it, LeaseClosedReason reason, Effects& out);
  void tear_down(Engagements::iterator it, const Context& context, Effects& out);
  void withdraw_round(const Context& context, Effects& out);
  void arm_node(std::size_t node, const Context& context, Effects& out);
  void node_changes(std::size_t node, const Context& context, Effects& out);
  void fall_ill(Engagements::iterator it, const Context& context, Effects& out);
  void recover(Engagements::iterator it, Effects& out);
  void unhealthy_too_long(std::uint64_t serial, Effects& out);
  void reclaimed(std::uint64_t serial, Effects& out);
  Engagements::iterator by_serial(std::uint64_t serial);

  // ---- entry and exit (provider_economics.cpp) -------------------------------------------------------
  double fleet_units() const;
  /// Whether the order is of the kind this fleet rents out: GPUs or not.
  bool comparable(const GroupSpec& spec) const;
  void remember(const OpenOrder& order);
  void observe_lease(const OrderId& order, DecCoin price, const GroupSpec* spec);
  void account(Time now);
  void earn(const Engagement& engagement, double sign, Time now);
  void review(const Context& context, Effects& out);
  void enter(const Context& context, Effects& out);
  /// Considers the orders that came while it did not bid and are still young.
  void catch_up(const Context& context, Effects& out);
  void leave(const Context& context, Effects& out);

  std::shared_ptr<const ProviderConfig> config_;  ///< immutable: shared by the forks of a run
  Capabilities capabilities_;                     ///< as announced on the chain
  std::vector<SharedAudit> audited_;              ///< signed records about us
  Inventory inventory_;
  Engagements engagements_;
  std::vector<OrderId> leased_;  ///< those that are leases, sorted: the order of withdrawals
  Watchdog bid_watchdog_{Timer::bid_timeout, Phase::bidding, Phase::bid_open};
  Watchdog manifest_watchdog_{Timer::manifest, Phase::leased, Phase::leased};
  std::deque<OpenOrder> queue_;
  /// Not decided yet. Decisions that never come are given up beyond this many transactions; more than any
  /// mempool lets one account have.
  NonceWindow<SharedTx, 16'384> submitted_;
  std::vector<SharedTx> retries_;
  std::vector<std::uint32_t> node_epochs_;  ///< failures and repairs so far, per node
  std::optional<OrderId> withdrawn_up_to_;  ///< in the middle of a round of withdrawals
  Time round_started_{};
  Time broke_until_{};
  double last_win_ratio_ = 0;
  Market market_;
  ProviderCounts counts_;
  std::uint64_t serial_count_ = 0;
};

}  // namespace souk
