#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/base/distributions.hpp"
#include "actors/base/ids.hpp"
#include "actors/base/money.hpp"
#include "actors/base/time.hpp"
#include "actors/chain/types.hpp"
#include "actors/inventory.hpp"
#include "actors/pricing.hpp"

/// Everything that can be set about a provider: each with unit, default and source. OFF is
/// akash-offchain.md, CHAIN akash-chain.md, ECON economics.md.
namespace souk {

/// The bid engine (OFF 2.2).
struct BidConfig {
  Coin deposit{Denom::uact, {500'000}};  ///< locked per bid; chain minimum 0.5 AKT or 0.5 ACT (CHAIN 7)
  Duration timeout =
      std::chrono::minutes(5);  ///< an order not decided by then: close the bid, unreserve (OFF 2.2.6)
  /// Only orders that carry all of these are served (`--provider-config`, OFF 2.2 b).
  Attributes only_orders_with;
  std::uint32_t volumes_max = 4;  ///< per resource unit (OFF 2.2 d, DefaultMaxGroupVolumes)
  /// After a rejection for lack of own funds, no bid for this long. Not in the daemon, which retries with
  /// every order; bounded here so that a poor provider does not flood the mempool.
  Duration broke_pause = std::chrono::minutes(10);
  /// A bid lost to another provider is closed by us, since the chain refunds only the first loser
  /// (CHAIN 3.4). Set with CompatSwitches::losing_bid_loop_stops; on a fixed chain the message only fails.
  bool close_lost_bids = false;
  /// Offered with each bid when the order asks for a reclamation window, if at least as long as asked
  /// (CHAIN 3.3 check 9; AEP-82). Empty: orders that ask for one get no bid.
  std::optional<Duration> reclamation_window;
  /// Orders that do not fit now are kept and bid on first in, first out, when capacity frees (AEP-47; the
  /// delay systems of ECON V13, V14). The head waits until it fits; nothing overtakes it.
  bool queue_unserved = false;
  std::uint32_t queue_max = 100'000;  ///< orders kept; the newest is dropped beyond it
};

/// From lease to teardown (OFF 2.5).
struct ServeConfig {
  Duration manifest_timeout = std::chrono::minutes(5);  ///< without a manifest: MsgCloseBid 10003
  Duration withdraw_period = std::chrono::hours(1);     ///< Helm chart; the bare daemon has 24 h
  std::uint32_t withdraw_batch_max = 50;                ///< MsgWithdrawLease per transaction
  Duration withdraw_spacing =
      std::chrono::seconds(30);  ///< between the transactions of one round (tx timeout)
  Duration unhealthy_budget = std::chrono::minutes(8);  ///< 40 retries; Helm chart about 24 h; then 10000
};

/// Node failures: alternating up and down times, independent per node. No published figures exist for Akash
/// providers; off by default.
struct FailureConfig {
  bool enabled = false;
  Distribution up_h = *Distribution::make(Exponential{720.0});  ///< hours from repair to failure (MTBF)
  Distribution down_h = *Distribution::make(Exponential{4.0});  ///< hours from failure to repair (MTTR)
};

/// Entry and exit (ECON 2: entry if expected price >= break-even; temporary exit if price < avoidable energy;
/// permanent when the cash reserve ends). A rental unit is a GPU, or a CPU thread where there are no GPUs.
struct EconomicsConfig {
  bool enabled = false;
  bool starts_inside = true;      ///< false: a potential entrant, out until the first review that says enter
  bool capital_borrowed = false;  ///< the service of capital is paid in cash; false: capital is sunk (ECON 2)
  double cash_reserve_usd = 0;    ///< at the start; standing cost less revenue is taken from it
  Duration review_period = std::chrono::hours(24 * 30);  ///< monthly
  double price_prior_usd_h = 1.0;                        ///< believed rent per unit before any lease is seen
  double price_memory = 0.05;                ///< weight of one observed lease in the moving average of rents
  std::uint32_t remembered_orders = 10'000;  ///< sizes kept to turn lease prices into rents per unit
};

struct ProviderConfig {
  Address address;  ///< the account that registers, bids and is paid
  std::string host_uri =
      "https://provider.example:8443";  ///< must be https with a host and no path (CHAIN 6.1)
  Attributes attributes;  ///< announced besides those that follow from the cluster: region, tier, ...
  /// Announce capability_attributes(cluster) too. Off for providers whose attributes come from data.
  bool announce_capabilities = true;
  ClusterSpec cluster;
  Pricing pricing = ScriptPricing{};     ///< Helm charts ship the script; the bare daemon `scale`
  OrderCost order_cost = RunningCost{};  ///< what strategies that know a cost take as cost
  CostModel cost;                        ///< of one rental unit
  Exchange exchange;
  /// Paid with every transaction. Live: about 4,000 uakt for a bid (0.025 uakt per gas; ECON 2). Default 0,
  /// so that pure mechanisms need no AKT.
  Coin fee{Denom::uakt, {0}};
  BidConfig bid;
  ServeConfig serve;
  FailureConfig failures;
  EconomicsConfig economics;
};

}  // namespace souk
