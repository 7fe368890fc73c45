#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/base/id_map.hpp"
#include "actors/effects.hpp"
#include "runtime/host.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/population.hpp"

/// Measures a market from outside: from what the validator publishes to everybody and from the actors' Notes,
/// never from their insides. It can not change a run.
namespace souk::scenarios {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// One lease, from order to end. Money in USD per hour; `unknown` where nobody said.
struct LeaseRecord {
  LeaseId id;
  std::uint32_t tenant = 0;    ///< index into Population::tenants
  std::uint32_t provider = 0;  ///< index into Population::providers
  std::uint32_t gpu = 0;       ///< index into MarketCollector::gpu_models(); those.size() without GPUs
  double gpus = 0;
  double cpus = 0;
  double memory_gib = 0;
  DecCoin price;
  double price_usd_h = 0;
  double second_usd_h = unknown;  ///< the second lowest bid on the order
  double value_usd_h = unknown;
  double cloud_usd_h = unknown;
  double cost_usd_h = unknown;
  std::uint32_t bids = 0;
  Time ordered{};
  Time leased{};
  std::optional<Time> closed;
  LeaseClosedReason reason = LeaseClosedReason::invalid;
  Time accounted{};  ///< its hours are counted up to here
};

/// Flows of coins, in micro-units by denomination.
using Flow = std::array<std::int64_t, denom_count>;

/// GPU-hours and prices of one GPU model, or vCPU-hours and prices of leases without GPU.
struct ResourceTotals {
  double available_h = 0;
  double leased_h = 0;
  double price_weight = 0;   ///< GPUs (vCPUs) of leases created
  double price_sum = 0;      ///< x price per unit
  double price_squares = 0;  ///< x price per unit squared
  double leases = 0;
};

/// Everything that adds up, from the start of the run. The difference of two is what happened in between.
struct MarketTotals {
  double hours = 0;
  double lease_hours = 0;  ///< active leases, times hours
  double orders = 0, matched = 0, unmet = 0, cloud = 0, unmet_gpu_hours = 0;
  double bids = 0, decided_bids = 0;
  double spread_sum = 0, spread_orders = 0;
  double wait_s = 0;
  double leases = 0;
  std::map<LeaseClosedReason, double> closed;
  double cloud_usd_h = 0,
         cloud_price_usd_h = 0;  ///< of leases whose cloud price is known: the cloud's, theirs
  double cpu_available_h = 0, cpu_leased_h = 0;
  double spend_usd = 0, surplus_usd = 0, profit_usd = 0;
  double entered = 0, exited = 0, failed = 0, churned = 0, returned = 0, dropped = 0, moved = 0;
  double withdrawals = 0;
  Flow deposited{}, paid{}, refunded{}, take{}, bid_deposits{}, bid_refunds{}, fees{};
  ResourceTotals cpu_only;
  std::vector<ResourceTotals> gpu;  ///< by model
};
MarketTotals difference(const MarketTotals& later, const MarketTotals& earlier);

struct MarketCollectorConfig {
  Time genesis{};
  Duration sample_every{};
  Time warm_up_end{};
  Duration block_time{};
  std::array<double, denom_count> usd_per_coin{};
};

class MarketCollector final : public runtime::Collector {
 public:
  /// `population` must outlive the collector.
  MarketCollector(const Population& population, MarketCollectorConfig config);

  void on_effect(Time at, ActorId actor, const Effect& effect) override;
  /// Counts up to `end` and takes the samples due. Call once, at the end of the run.
  void finish(Time end);

  const std::vector<Measurement>& series() const { return series_; }
  const Entities& entities() const { return entities_; }
  const std::vector<LeaseRecord>& leases() const { return leases_; }
  const std::vector<std::string>& gpu_models() const { return gpu_models_; }
  const MarketTotals& totals() const { return totals_; }
  /// As of the end of the warm-up.
  const MarketTotals& warm() const { return warm_; }
  std::size_t active_leases() const { return active_.size(); }
  double providers_inside() const { return providers_inside_; }
  Time last_seen() const { return last_seen_; }  ///< time of the last effect
  double usd(const Flow& flow) const;

 private:
  struct OpenOrder {
    Time posted{};
    double gpus = 0;
    double cpus = 0;
    double memory_gib = 0;
    std::string gpu_model;  ///< what the order names, if it names one
    std::uint32_t bids = 0;
    double lowest = unknown;
    double second = unknown;
  };
  struct Wish {
    double value = unknown;
    double cloud = unknown;
    double hours = 0;
  };
  /// One provider's part of the market.
  struct Supply {
    std::uint32_t gpu = 0;
    bool inside = true;
    std::vector<bool> up;
    std::map<std::pair<std::size_t, std::int64_t>, std::uint32_t>
        bid_deposits;  ///< (denom, micro): how many held
  };
  using DeploymentKey = std::pair<std::uint32_t, std::uint64_t>;  ///< tenant or provider index, dseq

  void tick(Time at);
  void sample(Time at);
  void account(Time at);
  void account_capacity(Time at);
  void account_lease(LeaseRecord& lease, Time at);
  void add_capacity(const Supply& supply, const ProviderSeat& seat, std::size_t node, double sign);

  void chain(const ChainNotice& notice);
  void on(const EventOrderCreated& e, const ChainNotice& notice);
  void on(const EventOrderClosed& e, const ChainNotice& notice);
  void on(const EventBidCreated& e, const ChainNotice& notice);
  void on(const EventLeaseCreated& e, const ChainNotice& notice);
  void on(const EventLeaseClosed& e, const ChainNotice& notice);
  void on(const EventDeploymentClosed& e, const ChainNotice& notice);
  void on(const EventTransfer& e, const ChainNotice& notice);
  template <class E>
  void on(const E&, const ChainNotice&) {}
  void from_escrow(const EventTransfer& e);
  void decide(const OpenOrder& order);
  void note(Time at, ActorId actor, const Note& note);
  void provider_note(Time at, std::uint32_t provider, const Note& note);
  void set_inside(Time at, std::uint32_t provider, bool inside);
  void set_up(Time at, std::uint32_t provider, std::size_t node, bool up);

  std::uint32_t gpu_index(const std::string& model);
  std::uint32_t gpu_of(const Supply& supply, const OpenOrder& order);
  double usd_h(const DecCoin& price) const;

  const Population& population_;
  MarketCollectorConfig config_;
  Topic chain_ = topic_chain();
  Address escrow_ = module_address("escrow");
  Address fee_collector_ = module_address("fee_collector");
  Address distribution_ = module_address("distribution");
  IdMap<Address, std::uint32_t> tenants_;    ///< by account
  IdMap<Address, std::uint32_t> providers_;  ///< by account
  std::vector<std::int32_t> role_;           ///< by actor: provider index, or -1 - tenant index, or none
  std::vector<Supply> supply_;
  std::vector<std::string> gpu_models_;
  double cpus_available_ = 0;
  std::vector<double> gpus_available_;  ///< by model
  double providers_inside_ = 0;

  std::map<OrderId, OpenOrder> orders_;
  std::map<DeploymentKey, Wish> wishes_;  ///< by tenant
  std::vector<DeploymentKey> ended_;      ///< deployments closed in block ended_at_
  Height ended_at_;
  std::map<DeploymentKey, std::size_t> cost_wanted_;  ///< by provider: lease whose cost is not told yet
  std::vector<LeaseRecord> leases_;
  std::map<LeaseId, std::size_t> active_;

  MarketTotals totals_;
  MarketTotals sampled_;  ///< as of the last sample
  MarketTotals warm_;
  bool warmed_ = false;
  std::size_t sampled_leases_ = 0;
  Time accounted_{};
  Time last_seen_{};
  Time next_sample_{};
  std::vector<Measurement> series_;
  Entities entities_;
};

}  // namespace souk::scenarios
