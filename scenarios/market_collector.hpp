#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/base/id_map.hpp"
#include "actors/effects.hpp"
#include "runtime/host.hpp"
#include "scenarios/coin_flows.hpp"
#include "scenarios/deployment_book.hpp"
#include "scenarios/fleet.hpp"
#include "scenarios/market_totals.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/order_book.hpp"
#include "scenarios/population.hpp"
#include "scenarios/retention.hpp"

/// Measures a market from outside: from what the validator publishes to everybody, from the actors' Notes and
/// from what providers tell tenants of their workloads, never from their insides. It can not change a run.
namespace souk::scenarios {

/// What the provider said last of the workload of a lease.
enum class Workload : std::uint8_t { unheard, up, down };

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
  double second_usd_h = unknown;   ///< the second lowest bid on the order
  double maximum_usd_h = unknown;  ///< the most the order allowed
  double value_usd_h = unknown;
  double cloud_usd_h = unknown;
  double cost_usd_h = unknown;
  double break_even_usd_h = unknown;  ///< only GPUs of providers with GPUs, and vCPUs of those without
  std::uint32_t bids = 0;
  Workload workload = Workload::unheard;
  Time ordered{};
  Time leased{};
  std::optional<Time> closed;
  LeaseClosedReason reason = LeaseClosedReason::invalid;
  Time accounted{};  ///< its hours are counted up to here
};

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
  const std::vector<std::string>& segments() const { return segments_; }
  const Population& population() const { return population_; }
  const MarketTotals& totals() const { return totals_; }
  /// As of the end of the warm-up.
  const MarketTotals& warm() const { return warm_; }
  std::size_t active_leases() const { return active_.size(); }
  const Fleet& fleet() const { return fleet_; }
  const Retention& retention() const { return retention_; }
  Time last_seen() const { return last_seen_; }  ///< time of the last effect
  double usd(const Flow& flow) const;

 private:
  Time next_stop() const;
  void tick(Time at);
  void sample(Time at);
  void account(Time at);
  void account_lease(LeaseRecord& lease, Time at);

  void chain(const ChainNotice& notice);
  void on(const EventDeploymentCreated& e, const ChainNotice& notice);
  void on(const EventOrderCreated& e, const ChainNotice& notice);
  void on(const EventOrderClosed& e, const ChainNotice& notice);
  void on(const EventBidCreated& e, const ChainNotice& notice);
  void on(const EventLeaseCreated& e, const ChainNotice& notice);
  void on(const EventLeaseClosed& e, const ChainNotice& notice);
  void on(const EventDeploymentClosed& e, const ChainNotice& notice);
  void on(const EventTransfer& e, const ChainNotice& notice);
  template <class E>
  void on(const E&, const ChainNotice&) {}
  void fill(LeaseRecord& lease, const OpenOrder& order, const ChainNotice& notice);
  void note(Time at, ActorId actor, const Note& note);
  void provider_note(Time at, std::uint32_t provider, const Note& note);
  void cost_told(LeaseRecord& lease, double usd_h);
  void workload(Time at, const WorkloadStatus& status);

  std::vector<std::uint32_t> models_of_providers();
  std::uint32_t gpu_index(const std::string& model);
  std::uint32_t gpu_of(std::uint32_t provider, const OpenOrder& order);
  double usd_h(const DecCoin& price) const;

  const Population& population_;
  MarketCollectorConfig config_;
  Topic chain_ = topic_chain();
  IdMap<Address, std::uint32_t> tenants_;    ///< by account
  IdMap<Address, std::uint32_t> providers_;  ///< by account
  std::vector<std::int32_t> role_;           ///< by actor: provider index, or -1 - tenant index, or none
  std::vector<std::string> segments_;
  std::vector<std::uint32_t> segment_of_;  ///< by tenant
  CoinFlows coins_;
  std::vector<std::string> gpu_models_;

  MarketTotals totals_;
  Fleet fleet_;
  OrderBook orders_;
  DeploymentBook deployments_;
  Retention retention_;
  std::map<DeploymentKey, std::size_t> cost_wanted_;  ///< by provider: lease whose cost is not told yet
  std::vector<LeaseRecord> leases_;
  std::map<LeaseId, std::size_t> active_;

  MarketTotals sampled_;  ///< as of the last sample
  MarketTotals warm_;
  bool warmed_ = false;
  std::size_t sampled_leases_ = 0;
  std::size_t sampled_months_ = 0;
  Time last_seen_{};
  Time next_sample_{};
  std::vector<Measurement> series_;
  Entities entities_;
};

}  // namespace souk::scenarios
