#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/distributions.hpp"
#include "actors/base/result.hpp"
#include "actors/chain/params.hpp"
#include "actors/provider_config.hpp"
#include "actors/tenant_config.hpp"
#include "scenarios/stake_settings.hpp"
#include "scenarios/yaml_reader.hpp"

/// A market to simulate, as one struct, and how it is read from a file. Units in names where the type does
/// not say them; defaults and their sources are in the table (scenario_rows.cpp, provider_rows.cpp,
/// tenant_rows.cpp), nowhere else.
namespace souk::scenarios {

/// Where recorded data takes the place of what a file spells out.
enum class ProviderData : std::uint8_t {
  none,
  openb,  ///< nodes of Alibaba's openb trace, dealt to the class's providers model by model
};
enum class TenantData : std::uint8_t {
  none,
  openb,         ///< pods of the openb trace: arrival, lifetime and resources of each
  sdl_requests,  ///< the request mix of the awesome-akash templates
};

enum class PricingKind : std::uint8_t {
  script,
  scale,
  random,
  random_range,
  uniform_equilibrium,
  exponential_equilibrium,
  undercut,
  truthful,
  posted,
};
enum class CostKind : std::uint8_t { running, full, drawn };

/// What the pricing rows fill; only the fields of the chosen strategy count.
struct PricingSettings {
  PricingKind strategy = PricingKind::script;
  ScriptPricing script;  ///< of `script` and, as the measure of size, of `undercut`
  ScalarTable gpus;      ///< USD per hour by GPU name
  double low = 0;        ///< USD per hour
  double high = 1;
  double mean = 1;
  std::uint32_t bidders = 2;
  double step = 0.01;
};

struct CostSettings {
  CostKind kind = CostKind::running;
  Distribution drawn_usd_h;  ///< of `drawn`: anew for every order, whole order
};

/// The machines of one provider of the class.
struct NodeSettings {
  std::uint32_t count = 1;
  std::uint64_t cpu_milli = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t ephemeral_bytes = 0;
  std::uint32_t gpus = 0;
  GpuModel gpu;
  std::uint64_t beta1_bytes = 0;  ///< persistent pools, per provider
  std::uint64_t beta2_bytes = 0;
  std::uint64_t beta3_bytes = 0;
};

/// Providers that are alike.
struct ProviderClass {
  std::string name;
  std::uint32_t count = 1;
  ProviderData data = ProviderData::none;
  std::string data_file;
  NodeSettings nodes;
  PricingSettings pricing;
  CostSettings cost;
  std::string region;
  std::uint32_t auditors = 0;  ///< how many of the scenario's auditors sign its attributes
  Distribution price_multiplier = Distribution::constant(1);  ///< per provider
  Distribution cost_multiplier = Distribution::constant(1);   ///< per provider: capex, hosting, electricity
  std::optional<Coin> bid_deposit;
  std::optional<Coin> balance;         ///< at genesis, for bid deposits
  Coin akt_balance{Denom::uakt, {0}};  ///< at genesis, for fees
  ProviderConfig config;               ///< what all providers of the class share; the address is made
  std::vector<ClusterSpec>
      clusters;  ///< of each provider, where recorded data gives them; else config.cluster
};

/// One row of what tenants ask for, where a file spells it out.
struct RequestSettings {
  std::optional<std::uint64_t> cpu_milli;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::uint64_t> ephemeral_bytes;
  std::optional<std::uint64_t> persistent_bytes;
  std::string persistent_class;
  std::optional<std::uint32_t> gpus;
  std::vector<std::string> gpu_models;
  std::optional<std::uint32_t> count;
  bool any() const {
    return cpu_milli || memory_bytes || ephemeral_bytes || persistent_bytes || gpus || count;
  }
};

/// Tenants that are alike.
/// Whose signatures on a provider's attributes an order asks for (akash-chain.md section 3.7).
enum class SignedByAuditors : std::uint8_t { none, any, all };

struct TenantSegment {
  std::string name;
  SegmentKind preset = SegmentKind::web_hosting;
  std::uint32_t count = 1;
  TenantData data = TenantData::none;
  std::string data_file;
  std::optional<double> arrivals_total_per_day;  ///< of the whole segment; wins over per tenant
  RequestSettings request;
  SignedByAuditors signed_by = SignedByAuditors::none;  ///< of the scenario's auditors
  std::optional<DecCoin> fixed_max;                     ///< of the `fixed` price habit
  ScalarTable cloud_gpus;                               ///< USD per hour by GPU model
  std::optional<Coin> initial_deposit;
  std::optional<Coin> balance;
  Coin akt_balance{Denom::uakt, {0}};
  TenantConfig config;              ///< what all tenants of the segment share; the account is made
  std::vector<SharedTrace> traces;  ///< of each tenant, where recorded data gives them
};

enum class Era : std::uint8_t { today, era_2021 };

/// What differs from the era's parameters; empty keeps the era's.
struct ChainSettings {
  Era era = Era::today;
  std::vector<std::string> compat;
  AuctionRule auction = AuctionRule::first_price;
  Duration block_time{};
  std::optional<std::uint32_t> order_max_bids;
  std::optional<double> take_rate;  ///< fraction, every denomination
  std::optional<Coin> min_deposit;
  std::optional<Coin> bid_min_deposit;
  double akt_usd = 0.5;
  bool akt_fallback = false;
  std::int64_t invariants_every_blocks = 1000;
};

struct Scenario {
  std::string name;
  std::string description;
  std::uint64_t seed = 1;
  std::string start;  ///< YYYY-MM-DD, 00:00 UTC
  Time genesis;
  Duration duration{};
  Duration warm_up{};  ///< left out of summaries; series have it
  Duration sample_every{};
  std::uint32_t validators = 1;
  std::uint32_t auditors = 0;
  Distribution latency_s;
  double loss = 0;         ///< probability that a message is lost
  double duplication = 0;  ///< probability that a message arrives twice
  ChainSettings chain;
  ChainParams params;  ///< made from `chain`
  Denom price_denom = Denom::uact;
  double usd_per_coin = 1;  ///< of one whole coin of price_denom
  std::vector<ProviderClass> providers;
  std::vector<TenantSegment> tenants;
  ConsensusSettings consensus;
  StakingSettings staking;

  // How it came to be, for manifest and journal.
  std::string file;  ///< as given to load_scenario; empty for text
  UsedSettings used;
  std::string hash;                           ///< SHA-256 over every setting as used; 64 hex digits
  std::map<std::string, std::string> inputs;  ///< scenario files and data files, with their SHA-256
};

/// The whole table.
const Settings& scenario_settings();
/// Its parts.
Section scenario_rows();
Section provider_rows();
Section tenant_rows();

/// How a file is read.
struct LoadOptions {
  std::string data;               ///< folder of the data sets; empty if none was given
  std::vector<std::string> sets;  ///< `key=value`, laid over the file
  std::optional<std::uint64_t> seed;
};
/// Reads, checks and completes a scenario. Errors: one line, `file:line: what is wrong, what would be right`.
Result<Scenario> load_scenario(const std::string& path, const LoadOptions& options);
/// The same from text, for tests and other front ends; `extends` is refused.
Result<Scenario> parse_scenario(std::string_view text, const std::string& file, const LoadOptions& options);

}  // namespace souk::scenarios
