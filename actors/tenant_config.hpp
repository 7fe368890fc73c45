#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/chain/msgs.hpp"
#include "actors/choice.hpp"
#include "actors/demand.hpp"

/// What makes one tenant differ from another. Every field: unit, default, source; ASSUME = no source, sweep
/// it.
namespace souk {

/// When a deployment's escrow is filled.
enum class FundingKind : std::uint8_t {
  top_up,  ///< Console's auto top-up: when the runway falls below `low`, fill it to `fill`
  prepay,  ///< once, when the lease starts: the whole remaining lifetime and `margin`
  none,    ///< the initial deposit only: let it run dry
};

/// Source of the top-up figures: akash-offchain.md section 4 (triggers below 24 h, fills to 48 h, keeps 5 USD
/// headroom, 60 min cooldown).
struct FundingPolicy {
  FundingKind kind = FundingKind::top_up;
  Duration low = std::chrono::hours(24);
  Duration fill = std::chrono::hours(48);
  Duration cooldown = std::chrono::minutes(60);  ///< least time between two top-ups of one deployment
  double headroom_usd = 5;  ///< a top-up leaves at least this in the tenant's balance (known budgets only)
  double margin = 0.02;     ///< prepay: extra share of the price, against slow closes. ASSUME
};

/// What to do when no acceptable bid is there at the end of the window.
enum class NoBidPolicy : std::uint8_t {
  give_up,    ///< after `bid_rounds` windows close the deployment: Note unmet_order (loss systems: V13, V15)
  keep_open,  ///< wait for ever and take the first acceptable bid (delay systems: V13, V14)
};

/// What a tenant does once its balance can not pay a deposit.
enum class BrokePolicy : std::uint8_t {
  skip,   ///< skips arrivals (Note tenant_broke each) until refunds bring the money back
  leave,  ///< leaves the market as if churned
};

/// Behaviour shared by the tenants of one segment: the table of economics.md section 2.
struct SegmentConfig {
  std::string name = "web_hosting";
  ArrivalConfig arrivals;
  SharedRequests requests;  ///< what is asked for; null or empty = never anything
  CloudPrices cloud;        ///< the outside option's list prices
  Distribution lifetime_h =
      Distribution::make(Exponential{45 * 24.0}).value();  ///< leased hours wanted per deployment
  PriceHabit price;
  ValueConfig value;
  ChoiceConfig choice;
  PlacementRequirements requirements;  ///< attributes and signed_by every order carries

  /// Bids are collected for this long after the order opens. 30 s: Console's price bot (akash-offchain.md 4).
  Duration bid_window = std::chrono::seconds(30);
  /// Choose as soon as so many bids are in; 0 = only the window (and a full order) ends the collecting.
  std::uint32_t choose_after_bids = 0;
  /// Bids one order can hold: chain parameter order_max_bids + 1 (akash-chain.md section 3.3 step 3).
  std::uint32_t order_bids_max = 21;
  NoBidPolicy no_bid = NoBidPolicy::give_up;
  std::uint32_t bid_rounds = 3;  ///< give_up: windows waited in all, >= 1. ASSUME

  /// Lets a lease closed by its provider be followed by a new order for the time that is left.
  bool redeploy = true;
  std::uint32_t redeploys_max = 20;  ///< per deployment; after that it is given up. ASSUME
  /// A provider that failed this tenant gets no lease from it for so long. ASSUME
  Duration exclude_for = std::chrono::hours(24);
  /// Close the lease and go elsewhere when the workload is down for so long; 0 = wait for the provider.
  /// ASSUME
  Duration failover_after{};
  /// High availability: every arrival becomes so many deployments, on different providers, 1..8.
  std::uint32_t replicas = 1;

  double monthly_churn = 0;  ///< probability to leave within 30 days, [0, 1). After the running leases end
  double return_probability = 0.2;                      ///< of a tenant that left. ASSUME
  Duration return_after = std::chrono::hours(90 * 24);  ///< mean of the exponential absence. ASSUME
};
inline constexpr std::uint32_t replicas_max = 8;

/// One tenant: one account.
struct TenantConfig {
  Address account;
  SegmentConfig segment;

  Denom denom = Denom::uact;  ///< of prices and deposits. uact today, uakt or uusdc before 2026
  double usd_per_coin = 1.0;  ///< of one whole coin of `denom`, for values and metrics. ACT is fixed at 1 USD
  /// Mean block interval, to turn rates per block into rates per hour. 6.117 s measured (economics.md 2,
  /// HELM).
  Duration block_time = std::chrono::milliseconds(6117);

  Amount initial_deposit{500'000};  ///< micro-coins with MsgCreateDeployment; the chain's minimum
  /// Where deposits come from, in order: own balance, or an authorisation to spend (managed wallets).
  std::vector<DepositSource> deposit_sources{DepositSource::balance};
  FundingPolicy funding;
  /// Micro-coins of `denom` the tenant knows it may spend. Default: as good as unlimited; the ledger still
  /// refuses what the account can not pay.
  Amount budget{std::numeric_limits<std::int64_t>::max() / 4};
  BrokePolicy broke = BrokePolicy::skip;
  Coin fee{Denom::uakt, {0}};  ///< with each transaction. 0: fee money is a scenario's choice

  /// Resend a transaction that nobody decided after so long; 0 = never (hosts that lose nothing). ASSUME
  Duration tx_timeout = std::chrono::seconds(60);
  Duration tx_retry =
      std::chrono::seconds(10);   ///< pause after a refusal that may pass (full mempool). ASSUME
  std::uint32_t tx_attempts = 5;  ///< of one step, before the deployment is given up. ASSUME
  /// false in pure mechanisms, where leases end long before the provider's manifest timeout (5 min).
  bool send_manifest = true;
  Duration manifest_retry = std::chrono::seconds(30);  ///< after no answer or a 5xx/404. ASSUME
  std::uint32_t manifest_attempts = 5;  ///< then the lease is closed and another provider tried. ASSUME
  std::optional<Duration>
      reclamation_min_window;  ///< asked of bids (akash-chain.md section 2.2); none = not asked
};

/// What is wrong with `config`, naming the field, or nothing.
Result<void> check_config(const TenantConfig& config);

/// The ready segments of economics.md section 2.
enum class SegmentKind : std::uint8_t {
  rpc_node,
  testnet_validator,
  mainnet_validator,
  web_hosting,
  ai_inference,
  fine_tuning,
  trial,
};
struct SegmentPreset {
  SegmentKind kind;
  std::string_view name;     ///< as in scenario files
  std::string_view summary;  ///< one line for `--help` and reports, with its source
};
/// In the order of SegmentKind.
std::span<const SegmentPreset> segment_presets();
/// The preset's figures. `fine_tuning` draws lifetimes from a lognormal fitted to Philly's median and mean.
SegmentConfig make_segment(SegmentKind kind);
/// By name. Errors: unknown name, with the known ones.
Result<SegmentConfig> make_segment(std::string_view name);

}  // namespace souk
