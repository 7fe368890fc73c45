#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/base/distributions.hpp"
#include "actors/base/money.hpp"
#include "actors/base/rng.hpp"
#include "actors/base/time.hpp"
#include "actors/chain/types.hpp"

/// What a provider asks for an order: pure functions over a closed set of strategies, and what serving costs.
/// USD are doubles here (targets and measured costs); a price leaves as an 18-decimal amount per block.
namespace souk {

// ---- money --------------------------------------------------------------------------------------------

/// What one unit of a denomination is worth, and how long a block is: turns USD per hour into a price per
/// block.
struct Exchange {
  Duration block_time = std::chrono::milliseconds(6117);  ///< measured mean (economics.md section 2, HELM)
  double akt_usd =
      0.50;  ///< USD per AKT; end of Q1 2026 (economics.md section 2). uact and uusdc are 1e-6 USD.
};

/// Micro-units per block for a rent in USD per hour. REQUIRES: finite, >= 0.
Dec per_block(double usd_per_hour, Denom denom, const Exchange& exchange);
/// The rent in USD per hour of a price per block.
double usd_per_hour(DecCoin price_per_block, const Exchange& exchange);

// ---- strategies ---------------------------------------------------------------------------------------

/// One line of PRICE_TARGET_GPU_MAPPINGS: "a100.80Gi.sxm", "a100.80Gi", "a100" or "*".
struct GpuTarget {
  std::string name;
  double usd_month = 0;
};

/// The shipped community price script: cost-plus posted price, blind to rivals (akash-offchain.md
/// section 2.4; helm-charts price_script_generic.sh, Feb 2025). All in USD per month. Refuses when above the
/// order's maximum.
struct ScriptPricing {
  double cpu = 1.60;         ///< per thread
  double memory = 0.80;      ///< per GiB
  double ephemeral = 0.02;   ///< per GiB
  double beta1 = 0.01;       ///< HDD, per GiB; also class `default`
  double beta2 = 0.03;       ///< SSD, per GiB
  double beta3 = 0.04;       ///< NVMe, per GiB
  double endpoint = 0.05;    ///< per endpoint, not per replica
  double ip = 5.0;           ///< per leased IP, not per replica
  double gpu_default = 100;  ///< per GPU when `gpus` is empty
  std::vector<GpuTarget> gpus;
  double blocks_per_month = 429'909;
  std::uint32_t price_decimals = 6;  ///< price_precision
  double multiplier = 1.0;           ///< times the whole: a provider above or below the default targets
};

/// Per block and unit in the order's denomination, exact (akash-offchain.md section 2.4 `scale`; chart
/// defaults). No GPU term. Zero is no bid; a storage class without a scale is no bid.
struct ScalePricing {
  Dec cpu_milli = Dec::from_raw(4'000'000'000'000'000);    ///< 0.004 per millicpu
  Dec memory_mib = Dec::from_raw(1'600'000'000'000'000);   ///< 0.0016 per MiB
  Dec ephemeral_mib = Dec::from_raw(160'000'000'000'000);  ///< 0.00016 per MiB
  struct Class {
    std::string name;
    Dec per_mib;
  };
  std::vector<Class> classes{{"beta2", Dec::from_raw(160'000'000'000'000)}};  ///< persistent classes
  Dec endpoint = Dec::from_int(1);  ///< per endpoint, not per replica
  Dec ip = Dec::from_int(60);       ///< per leased IP
};

/// Random prices. above_cost: uniform in [cost, maximum] (economics.md V34, ZI-C). Otherwise the daemon's
/// `randomRange`: uniform between 50 and 1,048,576 base units per GiB of memory, at most the maximum
/// (2018-20).
struct RandomPricing {
  bool above_cost = true;
  double band_low_per_gib = 50;
  double band_high_per_gib = 1'048'576;
};

/// Bayes-Nash equilibrium of the first-price auction for costs uniform in [low, high] USD/h among `bidders`,
/// under the order's maximum as reserve (economics.md V01, V06). Costs above the maximum do not bid.
struct UniformEquilibriumPricing {
  double low = 0;
  double high = 1;
  std::uint32_t bidders = 2;
};

/// Constant markup mean / (bidders - 1) for exponential costs (economics.md V05). A price above the order's
/// maximum is no bid. REQUIRES: bidders >= 2.
struct ExponentialEquilibriumPricing {
  double mean = 1;
  std::uint32_t bidders = 2;
};

/// The last seen winning price, for an order of this size, less `step` (a share of it), but never below cost.
/// Size is the script's price of the order, so that a win on a small order informs a large one. Before any
/// win is seen: the order's maximum.
struct UndercutPricing {
  double step = 0.01;
  ScriptPricing size;
};

/// Bids its cost: dominant in a second-price auction (economics.md V02, V03).
struct TruthfulPricing {
  double shift_usd_h = 0;  ///< bids its cost plus this: a deviation, to be measured against the truth (V03)
};

/// Takes the order's maximum if that covers the cost (economics.md V06, V07).
struct PostedPricing {};

using Pricing = std::variant<ScriptPricing, ScalePricing, RandomPricing, UniformEquilibriumPricing,
                             ExponentialEquilibriumPricing, UndercutPricing, TruthfulPricing, PostedPricing>;

/// What a strategy may look at.
struct PricingInput {
  const GroupSpec& spec;
  const std::vector<ResourceOffer>* offer =
      nullptr;                ///< reserved units with their concrete GPU; null: as the spec
  DecCoin maximum;            ///< group_price(spec)
  double cost_usd_h = 0;      ///< of serving the whole group
  double last_win_ratio = 0;  ///< last seen winning price / script price of that order; 0 = none seen
  Rng rng;                    ///< for the random strategies
};

/// The price for the whole group per block in the order's denomination, in (0, maximum]; empty is "no bid".
std::optional<DecCoin> quote(const Pricing& pricing, const PricingInput& input, const Exchange& exchange);

/// The script's monthly price in USD, before conversion: also the size of an order for UndercutPricing.
double script_usd_month(const ScriptPricing& script, const GroupSpec& spec,
                        const std::vector<ResourceOffer>* offer = nullptr);
/// b(c; R, N) in unit costs: c + [(1-c)^N - (1-R)^N] / [N (1-c)^(N-1)]. REQUIRES: 0 <= c <= R <= 1, N >= 1.
double equilibrium_bid(double cost, double reserve, std::uint32_t bidders);

// ---- cost ---------------------------------------------------------------------------------------------

/// The running cost of the resources asked for: avoidable_usd_h of the cost model times rental units.
struct RunningCost {};
/// The full cost of the resources asked for: break_even_usd_h of the cost model times rental units.
struct FullCost {};
/// Drawn anew for every order, independent between providers and orders: the pure mechanisms of economics.md
/// section 3. USD per hour for the whole group.
struct DrawnCost {
  Distribution usd_h = *Distribution::make(Uniform{0, 1});
};
using OrderCost = std::variant<RunningCost, FullCost, DrawnCost>;

/// What one rental unit (a GPU with its share of the host; a CPU thread where there are no GPUs) costs its
/// owner. Source: economics.md section 2, table of provider classes; the defaults are its first row.
struct CostModel {
  double capex_usd = 37'500;
  double kw = 1.275;               ///< IT load at full use
  double colo_usd_kw_month = 200;  ///< hosting incl. power; 0 where electricity is bought
  double electricity_usd_kwh = 0;  ///< 0 where colo includes it
  double pue = 1.0;                ///< facility power / IT power
  std::uint32_t life_years = 4;
  double wacc = 0.12;         ///< a year
  double maintenance = 0.03;  ///< of capex a year
  double utilisation = 0.80;  ///< expected share of hours rented
  double idle_load = 0.25;    ///< share of kw drawn when idle
  double take_rate = 0;       ///< kept by the chain from the provider's withdrawal
};

/// Capital recovery factor r(1+r)^n / ((1+r)^n - 1); 1/n for r = 0. REQUIRES: n >= 1, r >= 0.
double capital_recovery(double rate, std::uint32_t years);
/// The rent at which the unit covers all its cost, capital included, USD per rented hour.
double break_even_usd_h(const CostModel& cost);
/// The rent below which it is better left idle: energy a rented hour draws above an idle one, USD.
double avoidable_usd_h(const CostModel& cost);
/// What the unit costs a year whether rented or not, USD: maintenance, hosting, energy of an idle unit, and
/// the service of its capital if that is borrowed.
double standing_usd_year(const CostModel& cost, bool capital_borrowed);
/// Rental units a group asks for: GPUs, or CPU threads if it asks for none.
double rental_units(const GroupSpec& spec);
double order_cost_usd_h(const OrderCost& how, const CostModel& model, const GroupSpec& spec, Rng rng);

}  // namespace souk
