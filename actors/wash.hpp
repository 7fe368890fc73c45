#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/deployments.hpp"
#include "actors/effects.hpp"

namespace souk {

/// Somebody who leases from himself to farm a reward per leased hour.
struct WashConfig {
  Address tenant;    ///< creates, leases, closes
  Address provider;  ///< registers, bids; both accounts are the same person's
  RequestRow request;
  Dec price =
      Dec::from_int(2'420);  ///< micro-coins of `denom` per block. Default: an A100 at 1.34 USD/h (V24)
  Denom denom = Denom::uact;
  Duration lease_time = std::chrono::hours(10);  ///< of the probe and of each wash lease. ASSUME
  double reward_usd_h = 0;                       ///< what a programme pays per leased hour
  std::uint64_t leases_max = 0;                  ///< wash leases after the probe; 0 = no limit

  double usd_per_coin = 1.0;  ///< of `denom`
  double akt_usd = 0.5;       ///< for fees paid in uakt (economics.md section 2: 0.50 at quarter end)
  /// Spread on the coins a lease uses up: they have to be minted from AKT again (BME, 25 bps; akash-chain.md
  /// section 6.4). 0 in the eras without BME.
  std::uint32_t mint_spread_bps = 25;
  Amount deposit{500'000};  ///< least deposit of deployment and bid; raised to what the lease will cost
  Coin fee{Denom::uakt, {0}};
  Duration block_time = std::chrono::milliseconds(6117);
  Duration pause = std::chrono::minutes(1);  ///< after a lease, and after a refusal. ASSUME
  std::uint32_t attempts_max = 5;            ///< cycles without a lease, in a row, before it stops
};

/// Self-leases only where it pays: a first probe lease shows what an hour costs through the ledger (take
/// rate, fees, spread), and more follow exactly if the reward is above that. Finds the threshold of
/// economics.md V24 without being told it. Off-chain, two accounts.
///
/// Needs topic_chain() with transfers, and nothing else: the coins that leave the pair are the cost.
class WashTenant {
 public:
  explicit WashTenant(WashConfig config);

  void on(const Event& event, const Context& context, Effects& out);

  /// Measured by the probe, USD per leased hour; none before it, or if no transfer was seen.
  std::optional<double> cost_usd_h() const { return cost_usd_h_; }
  double wash_hours() const { return wash_hours_; }  ///< leased for the reward, the probe not counted
  std::uint64_t wash_leases() const { return wash_leases_; }  ///< finished
  bool stopped() const { return stage_ == Stage::stopped; }

 private:
  enum class Stage : std::uint8_t {
    registering,
    creating,
    bidding,
    leasing,
    leased,
    closing,
    settling,
    stopped
  };
  enum class Timer : std::uint32_t { lease_over, close_again, next };
  struct Turn {
    const Context& context;
    Effects& out;
  };

  void handle(const Started&, Turn& turn);
  void handle(const TimerFired& e, Turn& turn);
  void handle(const Ping& e, Turn& turn);
  void handle(const Pong&, Turn&) {}
  void handle(const TxReceived&, Turn&) {}
  void handle(const ValidatorEvent&, Turn&) {}
  void handle(const TxDecided& e, Turn& turn);
  void handle(const ChainNotice& e, Turn& turn);
  void handle(const ManifestSent&, Turn&) {}
  void handle(const ManifestReply&, Turn&) {}
  void handle(const WorkloadStatus&, Turn&) {}

  void handle(const EventDeploymentCreated&, Height, Turn&) {}
  void handle(const EventDeploymentUpdated&, Height, Turn&) {}
  void handle(const EventDeploymentClosed& e, Height height, Turn& turn);
  void handle(const EventGroupStarted&, Height, Turn&) {}
  void handle(const EventGroupPaused&, Height, Turn&) {}
  void handle(const EventGroupClosed&, Height, Turn&) {}
  void handle(const EventOrderCreated& e, Height height, Turn& turn);
  void handle(const EventOrderClosed&, Height, Turn&) {}
  void handle(const EventBidCreated& e, Height height, Turn& turn);
  void handle(const EventBidClosed&, Height, Turn&) {}
  void handle(const EventLeaseCreated& e, Height height, Turn& turn);
  void handle(const EventLeaseClosed&, Height, Turn&) {}
  void handle(const EventLeaseReclaimStarted&, Height, Turn&) {}
  void handle(const EventProviderCreated& e, Height height, Turn& turn);
  void handle(const EventProviderUpdated&, Height, Turn&) {}
  void handle(const EventTrustedAuditorCreated&, Height, Turn&) {}
  void handle(const EventTrustedAuditorDeleted&, Height, Turn&) {}
  void handle(const EventTransfer& e, Height height, Turn& turn);
  void handle(const StakeEvent&, Height, Turn&) {}

  void start_cycle(Height after, Turn& turn);
  void finish_cycle(Turn& turn);
  void refused(Turn& turn);
  double cycle_cost_usd() const;
  double leased_hours() const;
  bool current(const Address& owner, std::uint64_t dseq) const;
  LeaseId lease_id() const;
  void submit(const Address& signer, Msg msg, Turn& turn);
  void set_timer(Timer kind, Duration in, Turn& turn);

  WashConfig config_;
  MadeRequest request_;
  Stage stage_ = Stage::registering;
  std::uint64_t dseq_ = 0;
  std::uint64_t nonce_ = 0;
  std::uint32_t failures_ = 0;

  Height counted_after_;             ///< transfers up to this block belong to an earlier cycle
  std::optional<Height> leased_at_;  ///< none: this cycle has no lease
  Height closed_at_;
  std::array<std::int64_t, denom_count>
      pair_net_{};               ///< micro-coins into the pair, out of it negative, this cycle
  std::int64_t tenant_net_ = 0;  ///< of `denom`, the tenant's account alone
  bool transfers_seen_ = false;

  std::optional<double> cost_usd_h_;
  double wash_hours_ = 0;
  std::uint64_t wash_leases_ = 0;
};

}  // namespace souk
