#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/base/ids.hpp"
#include "actors/base/money.hpp"
#include "actors/base/rng.hpp"

/// How a tenant chooses among the bids on its order. Pure functions.
namespace souk {

enum class ChoiceRule : std::uint8_t {
  cheapest,      ///< lowest price; ties by bech32 text of the provider
  logit,         ///< random utility over price, uptime, audit tier and region
  uptime_first,  ///< highest uptime class (0.1 % steps), then price
  tier_first,    ///< highest audit tier, then price
};

/// How price enters the logit utility.
enum class PriceTerm : std::uint8_t {
  ratio,      ///< -slope x (p / p_cloud): V37's shares (slope 4: .8808 at half price)
  log_ratio,  ///< -slope x ln(p / p_cloud)
};

struct ChoiceConfig {
  ChoiceRule rule =
      ChoiceRule::cheapest;  ///< default tenant: "show all, choose best" (economics.md section 2)
  PriceTerm price_term = PriceTerm::ratio;
  double price_slope = 4;      ///< V37
  double uptime_weight = 5;    ///< utility of uptime 1 against 0. ASSUME
  double tier_weight = 0.3;    ///< utility per audit tier (number of trusted auditors that signed). ASSUME
  double region_weight = 0.3;  ///< utility of a provider in `region`. ASSUME
  std::string
      region;  ///< value of the provider attribute `region` (or `location-region`) preferred; empty = none
  std::vector<Address> trusted_auditors;  ///< whose signatures count for the tier; empty = every auditor's
  std::uint32_t min_tier = 0;             ///< bids of providers below this are refused (trial tenants: 1)
  /// true: the cloud competes at its price; the tenant may take it (chose_outside).
  bool outside_option = false;
  std::vector<Address>
      preferred;  ///< primary first, then fallbacks: the first of them with an acceptable bid wins
  bool prefer_last_good = false;  ///< then the provider of the last lease that ended well
};

/// One bid as the tenant sees it.
struct Offer {
  Address provider;
  Dec price;          ///< micro-coins per block, whole group
  double usd_h = 0;   ///< the same in USD per hour
  double uptime = 1;  ///< what this tenant has seen of the provider, in [0, 1]
  std::uint32_t tier = 0;
  bool in_region = false;
};

/// Limits of one decision.
struct ChoiceLimits {
  double usd_h_max = std::numeric_limits<double>::infinity();  ///< value: above it a bid is not acceptable
  double cloud_usd_h = 0;                                      ///< price of the outside option; 0 = none
  std::optional<Address> last_good;
};

struct Decision {
  enum class Kind : std::uint8_t {
    take,     ///< offer `index`
    outside,  ///< the cloud is better
    none,     ///< no acceptable bid
  };
  Kind kind = Kind::none;
  std::size_t index = 0;
};

/// Decides among `offers`. The result does not depend on their order. `rng` is drawn from by logit only,
/// once.
Decision choose(const ChoiceConfig& config, std::span<const Offer> offers, const ChoiceLimits& limits,
                Rng& rng);

/// Logit shares of prices against an outside option (V37): shares of the offers in order, then of the
/// outside. Without an outside option the last is 0.
std::vector<double> logit_shares(const ChoiceConfig& config, std::span<const Offer> offers,
                                 double cloud_usd_h);

}  // namespace souk
