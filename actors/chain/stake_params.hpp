#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/base/money.hpp"
#include "actors/base/time.hpp"

/// Parameters of the staking economy. Defaults are mainnet's where akash-chain.md section 7 knows them, else
/// the modules' code defaults; economics.md section 2 has history.
namespace souk {

/// What governance may change of deployment and market.
struct MarketParams {
  std::vector<Coin> min_deposits;
  std::vector<Coin> bid_min_deposits;
  std::uint32_t order_max_bids = 20;
  friend bool operator==(const MarketParams&, const MarketParams&) = default;
};

struct StakingParams {
  Duration unbonding_time = std::chrono::seconds(1'814'400);
  std::uint32_t max_validators = 100;
  std::uint32_t max_entries = 7;  ///< unbonding (and redelegation) entries per pair
  Denom bond_denom = Denom::uakt;
  Dec min_commission_rate = Dec::from_raw(Dec::scale / 20);  ///< 5 %
  friend bool operator==(const StakingParams&, const StakingParams&) = default;
};

struct SlashingParams {
  std::int64_t signed_blocks_window = 10'000;
  Dec min_signed_per_window = Dec::from_raw(Dec::scale / 20);  ///< 5 %
  Duration downtime_jail_duration = std::chrono::seconds(600);
  Dec slash_fraction_double_sign = Dec::from_raw(Dec::scale / 20);   ///< 5 %
  Dec slash_fraction_downtime = Dec::from_raw(Dec::scale / 10'000);  ///< 0.01 %
  friend bool operator==(const SlashingParams&, const SlashingParams&) = default;
};

struct MintParams {
  Denom mint_denom = Denom::uakt;
  Dec inflation_rate_change = Dec::from_int(1);
  Dec inflation_max = Dec::from_raw(Dec::scale / 25);       ///< 4 %
  Dec inflation_min = Dec::from_raw(Dec::scale / 100 * 3);  ///< 3 %
  Dec goal_bonded = Dec::from_raw(Dec::scale / 100 * 67);   ///< 67 %
  std::int64_t blocks_per_year = 5'256'000;
  friend bool operator==(const MintParams&, const MintParams&) = default;
};

struct DistributionParams {
  Dec community_tax = Dec::from_raw(Dec::scale / 50);  ///< 2 %
  /// Before SDK 0.46: the proposer's share, and its bonus in proportion to the power that signed (V21's
  /// legacy row). Both zero today.
  Dec base_proposer_reward;
  Dec bonus_proposer_reward;
  bool withdraw_addr_enabled = true;
  friend bool operator==(const DistributionParams&, const DistributionParams&) = default;
};

struct GovParams {
  std::vector<Coin> min_deposit{{Denom::uakt, {1'000'000'000}}};
  Duration max_deposit_period = std::chrono::seconds(1'209'600);
  Duration voting_period = std::chrono::seconds(604'800);
  Dec quorum = Dec::from_raw(Dec::scale / 1000 * 334);
  Dec threshold = Dec::from_raw(Dec::scale / 2);
  Dec veto_threshold = Dec::from_raw(Dec::scale / 1000 * 334);
  Dec min_initial_deposit_ratio = Dec::from_raw(Dec::scale / 5 * 2);  ///< 40 %
  Dec proposal_cancel_ratio = Dec::from_raw(Dec::scale / 2);
  Duration expedited_voting_period = std::chrono::hours(24);
  Dec expedited_threshold = Dec::from_raw(Dec::scale / 1000 * 667);
  std::vector<Coin> expedited_min_deposit{{Denom::uakt, {2'000'000'000}}};
  bool burn_vote_quorum = false;
  bool burn_proposal_deposit_prevote = false;
  bool burn_vote_veto = true;
  Dec min_deposit_ratio = Dec::from_raw(Dec::scale / 100);
  friend bool operator==(const GovParams&, const GovParams&) = default;
};

/// How long evidence of a double signature counts (consensus params).
struct EvidenceParams {
  Blocks age_blocks_max{279'138};
  Duration age_time_max = std::chrono::seconds(1'814'400);
  friend bool operator==(const EvidenceParams&, const EvidenceParams&) = default;
};

struct StakeParams {
  StakingParams staking;
  SlashingParams slashing;
  MintParams mint;
  DistributionParams distribution;
  GovParams gov;
  EvidenceParams evidence;
  bool mint_enabled = false;  ///< off in markets without staking: no coin is made after genesis
  /// Whether blocks report EventMint, EventRewards and EventCommission: three and more a block.
  bool reward_events = true;
};

}  // namespace souk
