#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "actors/base/money.hpp"
#include "actors/chain/types.hpp"

/// What a market adds up to: sums from the start of a run, in groups. The difference of two is what happened
/// in between, so series and summary come from the same numbers. Definitions of what is made of them:
/// metrics.cpp.
namespace souk::scenarios {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Flows of coins, in micro-units by denomination.
using Flow = std::array<std::int64_t, denom_count>;

struct OrderTotals {
  double posted = 0, gpus = 0, cpus = 0, memory_gib = 0;  ///< resources: asked for by all that were posted
  double matched = 0, unmet = 0;
  double prompt = 0;                        ///< matched within prompt_blocks
  double blocked = 0;                       ///< unmet, and nobody had bid
  double priced_out = 0;                    ///< unmet, and the lowest bid was above what the tenant would pay
  double gpu_decided = 0, gpu_blocked = 0;  ///< of those that ask for GPUs
  double cloud = 0, unmet_gpu_hours = 0, unmet_value_usd = 0;
  double bids = 0, decided_bids = 0;
  double spread_sum = 0, spread_orders = 0;
  double open_h = 0;  ///< open orders, times hours
};

struct LeaseTotals {
  double created = 0, wait_s = 0, wait_blocks = 0;
  double at_maximum = 0;  ///< created at the order's maximum price
  double shading_sum = 0, shadings = 0;
  double cloud_usd_h = 0, cloud_price_usd_h = 0;  ///< where the cloud's price is known: the cloud's, theirs
  double hours = 0;                               ///< active leases, times hours
  double spend_usd = 0, surplus_usd = 0, profit_usd = 0;
  double ended_h = 0, ended_usd = 0;  ///< of leases that closed: all their life
  std::map<LeaseClosedReason, double> closed;
};

struct ServiceTotals {
  double machines_failed = 0, repairs = 0, repair_h = 0;
  double down_usd = 0;  ///< price of leases, times hours their workload was down
  /// Leases lost to their provider, and whether their deployment had another before it was closed.
  double lost = 0, replaced = 0, not_replaced = 0, replacement_s = 0;
};

struct TenantTotals {
  double deployments = 0, closed = 0, never_leased = 0;  ///< never_leased: of those closed
  double first_deployments = 0, first_leases = 0, first_lease_s = 0;
  double churned = 0, returned = 0, dropped = 0, moved = 0;
  double month_tenants = 0, month_lost = 0;  ///< over pairs of months: with a lease in the first
  double month_usd = 0, month_kept_usd = 0;  ///< of those tenants: spent in the first, in the second
};

struct CoinTotals {
  Flow deposited{}, paid{}, refunded{}, take{}, bid_deposits{}, bid_refunds{};
  Flow fees{}, provider_fees{};
  double withdrawals = 0;
};

/// GPU-hours and prices of one GPU model, or vCPU-hours and prices of leases without GPU.
struct ResourceTotals {
  double available_h = 0, leased_h = 0;
  double price_weight = 0;   ///< GPUs (vCPUs) of leases created
  double price_sum = 0;      ///< x price per unit
  double price_squares = 0;  ///< x price per unit squared
  double leases = 0;
  double added = 0;  ///< units of providers that entered less those of providers that left
  double spend_usd = 0, break_even_usd = 0;  ///< of leases whose break-even is known; times hours
  double cloud_usd_h = 0, cloud_price_usd_h = 0;
};

/// One segment of tenants.
struct SegmentTotals {
  double orders = 0, matched = 0, unmet = 0, blocked = 0;
  double leases = 0, spend_usd = 0, surplus_usd = 0;
  double cloud_usd_h = 0, cloud_price_usd_h = 0;
};

/// One provider.
struct ProviderTotals {
  double leases = 0;
  double spend_usd = 0, break_even_usd = 0;  ///< as of ResourceTotals
  double up_h = 0, down_h = 0;               ///< workloads under lease
  double machine_h = 0, machine_up_h = 0;    ///< machines in the market
};

struct MarketTotals {
  double hours = 0;
  double cpu_available_h = 0, cpu_leased_h = 0;
  double entered = 0, exited = 0, vcpus_added = 0;
  OrderTotals orders;
  LeaseTotals leases;
  ServiceTotals service;
  TenantTotals tenants;
  CoinTotals coins;
  ResourceTotals cpu_only;
  std::vector<ResourceTotals> gpu;        ///< by model
  std::vector<SegmentTotals> segments;    ///< by MarketCollector::segments()
  std::vector<ProviderTotals> providers;  ///< by Population::providers
};
/// REQUIRES: `earlier` is of the same run.
MarketTotals difference(const MarketTotals& later, const MarketTotals& earlier);

/// Coins in escrow: what went in less what came out. REQUIRES: totals from the start of the run.
Flow escrow_held(const CoinTotals& coins);

/// An order counts as filled promptly within so many blocks: 5 minutes at 6 s, the time that the provider
/// daemon leaves a bid open (akash-offchain.md section 2.2).
inline constexpr std::int64_t prompt_blocks = 50;

}  // namespace souk::scenarios
