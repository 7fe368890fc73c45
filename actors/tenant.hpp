#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/deployments.hpp"
#include "actors/effects.hpp"
#include "actors/reputation.hpp"
#include "actors/tenant_config.hpp"

namespace souk {

/// What a tenant has done so far, for tests and end-of-run reports.
struct TenantStats {
  std::uint64_t wishes = 0;           ///< arrivals, before replicas
  std::uint64_t deployments = 0;      ///< MsgCreateDeployment sent, repeats not counted
  std::uint64_t leases = 0;           ///< leases made, re-deployments included
  std::uint64_t finished = 0;         ///< deployments that had their whole lifetime
  std::uint64_t unmet = 0;            ///< given up: no acceptable bid, or its steps kept failing
  std::uint64_t outside = 0;          ///< the cloud taken instead
  std::uint64_t ran_dry = 0;          ///< closed by the network for want of funds
  std::uint64_t moves = 0;            ///< leases left for another provider
  std::uint64_t provider_closes = 0;  ///< leases a provider closed
  std::uint64_t top_ups = 0;          ///< deposits after the first that the chain accepted
  std::uint64_t broke = 0;            ///< wishes dropped, or deposits not made, for want of money
  std::uint64_t txs_refused = 0;
};

/// Deploys, collects bids, chooses, sends the manifest, tops up, closes. Off-chain; one account.
///
/// Needs chain events about its account (Publish under the address), the decisions of its transactions, and,
/// for choice by tier or region, topic_providers(). The decision of a transaction and its events may come in
/// either order, or one of them not at all: either moves a deployment forward.
/// Source: akash-chain.md sections 2-5, akash-offchain.md sections 1.7, 2.5, 4.
class Tenant {
 public:
  /// REQUIRES: check_config(config).
  explicit Tenant(TenantConfig config);

  void on(const Event& event, const Context& context, Effects& out);

  const TenantConfig& config() const { return *config_; }
  const TenantStats& stats() const { return stats_; }
  const Deployments& deployments() const { return deployments_; }
  const Reputation& reputation() const { return reputation_; }
  Amount budget() const { return budget_; }  ///< known spendable micro-coins
  bool away() const { return away_; }        ///< has left the market and not come back

 private:
  enum class Timer : std::uint32_t { arrival, step, life, fund, churn, back };
  /// Pause of a closed loop after a wish there was no money for.
  static constexpr Duration broke_pause = std::chrono::hours(1);
  /// What the event being handled came with.
  struct Turn {
    const Context& context;
    Effects& out;
    Time now() const { return context.now; }
  };

  // One handle() per event and no catch-all: a new event fails to compile until decided here.
  void handle(const Started&, Turn& turn);
  void handle(const TimerFired& e, Turn& turn);
  void handle(const Ping& e, Turn& turn);
  void handle(const Pong&, Turn&) {}
  void handle(const TxReceived&, Turn&) {}
  void handle(const ValidatorEvent&, Turn&) {}
  void handle(const TxDecided& e, Turn& turn);
  void handle(const ChainNotice& e, Turn& turn);
  void handle(const ManifestSent&, Turn&) {}
  void handle(const ManifestReply& e, Turn& turn);
  void handle(const WorkloadStatus& e, Turn& turn);

  // The same for chain events.
  void handle(const EventDeploymentCreated&, Height, Turn&) {}
  void handle(const EventDeploymentUpdated&, Height, Turn&) {}
  void handle(const EventDeploymentClosed& e, Height height, Turn& turn);
  void handle(const EventGroupStarted&, Height, Turn&) {}
  void handle(const EventGroupPaused&, Height, Turn&) {}  // the lease's close says why
  void handle(const EventGroupClosed&, Height, Turn&) {}
  void handle(const EventOrderCreated& e, Height height, Turn& turn);
  void handle(const EventOrderClosed&, Height, Turn&) {}
  void handle(const EventBidCreated& e, Height height, Turn& turn);
  void handle(const EventBidClosed& e, Height height, Turn& turn);
  void handle(const EventLeaseCreated& e, Height height, Turn& turn);
  void handle(const EventLeaseClosed& e, Height height, Turn& turn);
  void handle(const EventLeaseReclaimStarted& e, Height height, Turn& turn);
  void handle(const EventProviderCreated& e, Height height, Turn& turn);
  void handle(const EventProviderUpdated& e, Height height, Turn& turn);
  void handle(const EventTrustedAuditorCreated& e, Height height, Turn& turn);
  void handle(const EventTrustedAuditorDeleted& e, Height height, Turn& turn);
  void handle(const StakeEvent&, Height, Turn&) {}
  void handle(const EventTransfer&, Height, Turn&) {}  // the tenant keeps its own books

  // Wishes (tenant.cpp).
  void begin(Turn& turn);
  void schedule_arrival(Turn& turn);
  void arrive(Turn& turn);
  void arrive_from_trace(Turn& turn);
  bool more_wishes() const;
  bool make_wish(std::uint32_t row, Duration lifetime, Turn& turn);
  bool draw_wish(Turn& turn);
  OwnDeployment wished(std::uint64_t number, std::uint32_t row, Duration lifetime, const Context& context);
  void create(OwnDeployment wish, Turn& turn);
  void schedule_churn(Turn& turn);
  void leave_market(Turn& turn);
  void go_away(Turn& turn);

  // Orders and leases (tenant_market.cpp).
  void open_order(OwnDeployment& d, std::uint32_t oseq, Height height, Turn& turn);
  Decision decide(OwnDeployment& d, Turn& turn);
  bool eligible(const OwnDeployment& d, const SeenBid& bid, Time now) const;
  void window_ended(OwnDeployment& d, Turn& turn);
  void act_on(const Decision& decision, OwnDeployment& d, Turn& turn);
  void start_lease(OwnDeployment& d, Height height, Turn& turn);
  void end_lease(OwnDeployment& d, Height height, Turn& turn);
  void provider_left(OwnDeployment& d, Turn& turn);
  void move_away(OwnDeployment& d, Turn& turn);
  void give_up(OwnDeployment& d, Turn& turn);
  void close(OwnDeployment& d, Turn& turn);
  void forget(OwnDeployment& d, Height height, Turn& turn, Duration pause = {});

  // Transactions (tenant_steps.cpp).
  void send_step(OwnDeployment& d, Turn& turn);
  Msg create_msg(const OwnDeployment& d) const;
  void submit(OwnDeployment& d, TxKind kind, std::vector<Msg> msgs, Turn& turn);
  void accepted(OwnDeployment& d, TxKind kind, Height height, Turn& turn);
  void refused(OwnDeployment& d, TxKind kind, const TxDecided& e, Turn& turn);
  void create_refused(OwnDeployment& d, const TxDecided& e, Turn& turn);
  void lease_refused(OwnDeployment& d, const TxDecided& e, Turn& turn);
  void try_again(OwnDeployment& d, Duration pause, Turn& turn);
  void step_timed_out(OwnDeployment& d, Turn& turn);
  std::uint64_t next_dseq(Time now) const;

  // Service and money (tenant_service.cpp).
  void send_manifest(OwnDeployment& d, Turn& turn);
  void observe(OwnDeployment& d, Time now);
  void check_funds(OwnDeployment& d, Turn& turn);
  void deposit_decided(OwnDeployment& d, const TxDecided& e, Turn& turn);
  Duration service_left(const OwnDeployment& d, Time now) const;
  Height height_at(Time now) const;
  Amount spendable() const;

  // Small tools.
  OwnDeployment* mine(const Address& owner, std::uint64_t dseq);
  void go(OwnDeployment& d, PhaseInput input);
  void set_timer(Timer kind, std::uint64_t subject, Time at, Turn& turn);
  void set_timer(Timer kind, OwnDeployment& d, std::optional<Time>& due, Time at, Turn& turn);
  void cancel_timer(Timer kind, const OwnDeployment& d, std::optional<Time>& due, Turn& turn);
  void note(Note::Metric metric, std::uint64_t subject, double value, Turn& turn);

  std::shared_ptr<const TenantConfig> config_;  ///< never changed, so copies of the actor share it
  WeightedIndex mix_;
  RequestCache cache_;
  Deployments deployments_;
  SentTxs sent_;
  Reputation reputation_;
  Amount budget_;
  TenantStats stats_;
  std::optional<Address> last_good_;

  Time started_;                ///< where the trace's clock begins
  std::uint64_t gaps_ = 0;      ///< arrival gaps drawn: names their streams
  std::uint64_t absences_ = 0;  ///< churn and return draws
  std::size_t trace_next_ = 0;
  bool leaving_ = false;
  bool away_ = false;
  Height tip_;                 ///< the newest height heard of
  Time tip_time_;              ///< when that block was made
  std::vector<Offer> offers_;  ///< scratch, empty between events
};

}  // namespace souk
