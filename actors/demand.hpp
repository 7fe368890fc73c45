#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/base/distributions.hpp"
#include "actors/base/hash.hpp"
#include "actors/base/money.hpp"
#include "actors/base/rng.hpp"
#include "actors/base/time.hpp"
#include "actors/chain/types.hpp"

/// What tenants want, and when: arrival processes, request mix, lifetimes, values and price habits. Pure
/// functions of their configuration and a random stream. Figures: economics.md section 2; ASSUME marks a
/// figure without a source, to be swept.
namespace souk {

// ---- arrivals ---------------------------------------------------------------------------------------

enum class ArrivalKind : std::uint8_t {
  none,         ///< no deployment is ever asked for
  poisson,      ///< exponential gaps at `per_day`
  daily,        ///< Poisson with a rate that follows the hour and the weekday, by thinning
  bursty,       ///< two-phase hyper-exponential gaps of balanced means with `cv2`
  trace,        ///< the rows of `trace`, in order
  closed_loop,  ///< `parallel` deployments at a time; the next one when one ends (mechanism studies)
};

/// One row of a demand trace.
struct TraceRow {
  Duration at{};              ///< after the trace's start (`ArrivalConfig::start`)
  std::uint32_t request = 0;  ///< row of the segment's RequestTable
  Duration lifetime{};        ///< leased time wanted
};
/// Rows in order of `at`. Shared by every copy of a run, never changed.
using SharedTrace = std::shared_ptr<const std::vector<TraceRow>>;

struct ArrivalConfig {
  ArrivalKind kind = ArrivalKind::poisson;
  /// Deployments per day and tenant, long-run mean (weekday mean for `daily`). ASSUME; 50,000 leases a
  /// quarter (issue 2) over 5,000 tenants (economics.md section 2, design scale) is 0.11.
  double per_day = 0.11;
  double daily_amplitude = 0.5;  ///< daily: rate x (1 + a cos(2 pi (hour - peak) / 24)), in [0, 1]. ASSUME
  double peak_hour_utc = 15;     ///< daily: hour of the highest rate, [0, 24). ASSUME (working hours EU + US)
  double weekend_factor = 0.7;   ///< daily: rate x this on Saturday and Sunday, in [0, 1]. ASSUME
  /// bursty: squared coefficient of variation of the gaps, >= 1. 173 = Azure code trace, 1.2 = its chat trace
  /// (economics.md section 2, AI inference).
  double cv2 = 173;
  Duration start{};             ///< no arrival earlier than this after Started; offset of the trace
  std::uint64_t count_max = 0;  ///< stop after so many deployments; 0 = no limit
  std::uint32_t parallel = 1;   ///< closed_loop: deployments at once, 1..arrival_parallel_max
  SharedTrace trace;            ///< trace: its rows
};
inline constexpr std::uint32_t arrival_parallel_max = 4096;

/// Time from one arrival at `now` to the next, drawn from `rng`; nullopt when there will be none. For
/// poisson, daily and bursty; the tenant handles the other kinds itself. Gaps are capped at 100 years.
std::optional<Duration> next_gap(const ArrivalConfig& config, Time now, Rng& rng);

// ---- requests ---------------------------------------------------------------------------------------

/// One kind of thing to ask for: one replica's resources, and how many replicas.
struct RequestRow {
  std::string name;                            ///< for reports only
  std::uint64_t cpu_milli = 1000;              ///< chain bounds 10..384,000
  std::uint64_t memory_bytes = 2ull << 30;     ///< chain bounds 1 MiB..2 TiB
  std::uint64_t ephemeral_bytes = 1ull << 30;  ///< chain bounds 5 MiB..32 TiB
  std::uint64_t persistent_bytes = 0;          ///< 0 = no persistent volume
  std::string persistent_class = "beta2";      ///< beta1 HDD, beta2 SSD, beta3 NVMe
  std::uint64_t gpu_units = 0;                 ///< chain bounds 0..24
  std::vector<std::string> gpu_models;         ///< any of these; empty = any model (`*`)
  std::uint32_t count = 1;                     ///< replicas, 1..50
  /// Most the tenant posts for one replica, in micro-coins per block; none = the price habit decides.
  std::optional<Dec> max_price;
  double weight = 1;       ///< share in the mix, relative
  double cloud_usd_h = 0;  ///< what the cloud asks for all replicas, USD/h; 0 = CloudPrices says
  SharedGroupSpec spec;    ///< an SDL's group; overrides every resource field above. Prices are still set
  std::optional<Hash> manifest_hash;  ///< of that SDL's manifest; none = made from the row's own text
};

/// The rows a segment draws from by weight. Shared and immutable.
using RequestTable = std::vector<RequestRow>;
using SharedRequests = std::shared_ptr<const RequestTable>;

struct GpuModelShare {
  std::string model;
  double weight = 1;
};

/// A request mix given by distributions, independent of each other, per replica.
struct RequestDistributions {
  Distribution vcpu = Distribution::constant(1);           ///< rounded to 0.1
  Distribution memory_gib = Distribution::constant(2);     ///< rounded to 128 MiB
  Distribution ephemeral_gib = Distribution::constant(1);  ///< rounded to 1 GiB
  Distribution persistent_gib;                             ///< rounded to 1 GiB; 0 = none
  std::string persistent_class = "beta2";
  Distribution gpu_units;                 ///< rounded to whole GPUs; 0 = none
  std::vector<GpuModelShare> gpu_models;  ///< one is drawn per request with GPUs; empty = any model
};
/// `count` requests drawn once, clamped to the chain's bounds (akash-chain.md section 2.3), of equal weight:
/// a finite table, so that group specs are shared. A thousand rows follow the law closely.
SharedRequests sample_requests(const RequestDistributions& from, std::uint32_t count, Rng& rng);

/// List prices of the outside option, USD.
struct CloudPrices {
  double vcpu_h = 0.04048;         ///< AWS Fargate, us-east-1 list [2nd]
  double memory_gib_h = 0.004445;  ///< AWS Fargate [2nd]
  double storage_gib_h = 0.00011;  ///< AWS EBS gp3, 0.08 USD per GB-month [2nd]
  /// GPU models not listed below. ASSUME: the RTX A6000 at Lambda (prices/gpu_rental_comparables.csv).
  double gpu_h = 1.09;
  /// Per model, USD per GPU-hour. h100: AWS P5 (data). Others: Akash market or Vast price x 1.45, the ratio
  /// of AWS 3.90 to Akash 2.69 for the H100 (economics.md section 2). ASSUME where so derived.
  std::map<std::string, double, std::less<>> gpu_model_h{
      {"h100", 3.90},    {"h200", 5.21},    {"a100", 1.94},    {"rtxa6000", 1.09}, {"a6000", 1.09},
      {"rtx5090", 0.70}, {"rtx4090", 0.58}, {"rtx3090", 0.24}, {"t4", 0.35},       {"v100", 0.79}};
};
/// USD per hour for all replicas of `row`. Of several GPU models the cheapest counts.
double cloud_usd_per_hour(const CloudPrices& prices, const RequestRow& row);

// ---- price habit and value --------------------------------------------------------------------------

enum class PriceHabitKind : std::uint8_t {
  show_all,  ///< one of a few round maxima, far above the market: see every bid, then choose
  fixed,     ///< always `fixed_max`
  reserve,   ///< what the deployment is worth: the maximum binds
};

struct PriceMax {
  Dec micro_per_block;
  double weight = 1;
};

/// What maximum price a tenant posts. Source: economics.md section 2 "Price habit fact": of 411 services with
/// a round maximum, 257 post 10,000, 111 post 100,000 and 43 post 1,000,000 per block.
struct PriceHabit {
  PriceHabitKind kind = PriceHabitKind::show_all;
  std::vector<PriceMax> maxima{
      {Dec::from_int(10'000), 257}, {Dec::from_int(100'000), 111}, {Dec::from_int(1'000'000), 43}};
  Dec fixed_max = Dec::from_int(10'000);  ///< fixed: micro-coins per block and replica
};
/// The chain refuses unit prices above this (akash-chain.md section 2.3).
inline constexpr Dec unit_price_max = Dec::from_int(10'000'000);
/// The least maximum a tenant posts: one micro-coin in a million blocks.
inline constexpr Dec unit_price_min = Dec::from_raw(Dec::scale / 1'000'000);

enum class ValueKind : std::uint8_t {
  /// value = cloud price x floor_ratio x Pareto(|elasticity|), capped: a share (p0 / p)^|e| of tenants is
  /// still willing at price p, which is demand of constant elasticity e.
  constant_elasticity,
  distribution,  ///< value = cloud price x a draw of `ratio`
  fixed_usd_h,   ///< value = `usd_h` for every deployment
};

/// What a deployment is worth to its tenant, USD per hour: the most it would pay, and the surplus metrics'
/// base.
struct ValueConfig {
  ValueKind kind = ValueKind::constant_elasticity;
  double elasticity = -1.0;   ///< < 0; per segment in economics.md section 2, all ASSUME ("ship ranges")
  double floor_ratio = 0.25;  ///< price / cloud price at which everybody still buys. ASSUME
  double cap_ratio =
      4.0;  ///< value never above this x cloud price (the mean of Pareto(<= 1) is infinite). ASSUME
  Distribution ratio = Distribution::constant(1.0);
  double usd_h = 0;
  /// true: a bid above the value is refused even if the posted maximum allows it.
  bool refuse_above_value = true;
};
double draw_value(const ValueConfig& config, double cloud_usd_h, Rng& rng);

/// Micro-coins per block <-> USD per hour. V28: 10,000 uact/block at 6.5 s and 1 USD = 5.538462 USD/h.
double usd_per_hour(Dec micro_per_block, Duration block_time, double usd_per_coin);
Dec micro_per_block(double usd_h, Duration block_time, double usd_per_coin);

/// The maximum for one replica of `row`, within (0, unit_price_max]. `value` in micro-coins per block for all
/// replicas.
Dec draw_max_price(const PriceHabit& habit, const RequestRow& row, Dec value, Rng& rng);

// ---- group specs ------------------------------------------------------------------------------------

/// A row as it goes on chain. Immutable, shared by every order that asks for the same.
struct MadeRequest {
  SharedGroupSpec spec;
  Hash manifest_hash{};
  DecCoin max_price;  ///< whole group, per block
};

/// What a row becomes on chain: one group named "dcloud", one unit, `count` replicas, price per replica in
/// `denom`. A row with its own spec keeps it, with every unit's price set.
MadeRequest make_request(const RequestRow& row, Dec max_price, Denom denom,
                         const PlacementRequirements& requirements);
/// Replicas of all units.
std::uint32_t replica_count(const RequestRow& row);

/// Requests already made, by (row, price): asking again for the same allocates nothing. Holds at most
/// `request_cache_max`; beyond that they are made afresh. Copies share the specs. For one table, denomination
/// and set of requirements.
class RequestCache {
 public:
  MadeRequest get(const RequestTable& table, std::uint32_t row, Dec max_price, Denom denom,
                  const PlacementRequirements& requirements);
  std::size_t size() const { return made_.size(); }

 private:
  std::map<std::pair<std::uint32_t, Dec>, MadeRequest> made_;
};
inline constexpr std::size_t request_cache_max = 4096;

/// Draws indices in proportion to weights.
class WeightedIndex {
 public:
  WeightedIndex() = default;
  /// REQUIRES: weights >= 0, finite, one above 0.
  explicit WeightedIndex(const std::vector<double>& weights);
  /// REQUIRES: not default-made.
  std::uint32_t draw(Rng& rng) const;

 private:
  std::vector<double> cumulative_;
};

}  // namespace souk
