#include "actors/chain/params_update.hpp"

#include <chrono>
#include <string>

namespace souk {
namespace {

constexpr std::int64_t window_max = 10'000'000;  // its bitmap must fit memory, per validator
constexpr std::uint32_t validators_max = 10'000;
constexpr std::uint32_t entries_max = 1'000;
constexpr std::uint32_t order_bids_max = 500;  // akash-chain.md section 7: hard cap
constexpr Duration period_max = std::chrono::hours(24 * 3650);

const Dec one = Dec::from_int(1);

Unexpected<Error> bad(std::string_view field, std::string_view must) {
  return fail(std::string(field) + " must be " + std::string(must));
}

bool is_part(Dec x) { return !x.is_negative() && x <= one; }
bool is_period(Duration x) { return x > Duration::zero() && x <= period_max; }
/// Positive coins, none of a denomination twice; in any order.
bool are_coins(const std::vector<Coin>& coins) {
  for (std::size_t i = 0; i < coins.size(); ++i) {
    if (coins[i].amount.micro <= 0) return false;
    for (std::size_t k = 0; k < i; ++k)
      if (coins[k].denom == coins[i].denom) return false;
  }
  return !coins.empty();
}
/// Whether there is more of some denomination of `least` in `coins`.
bool exceed(const std::vector<Coin>& coins, const std::vector<Coin>& least) {
  for (const Coin& coin : coins) {
    Amount other;
    for (const Coin& c : least)
      if (c.denom == coin.denom) other = c.amount;
    if (coin.amount > other) return true;
  }
  return false;
}

Verdict set(ChainParams& params, const MarketParams& to) {
  params.min_deposits = to.min_deposits;
  params.bid_min_deposits = to.bid_min_deposits;
  params.order_max_bids = to.order_max_bids;
  return accepted();
}
Verdict set(ChainParams& params, const StakingParams& to) {
  if (to.bond_denom != params.stake.staking.bond_denom)
    return unregistered_error("what is bonded cannot change its denomination");
  params.stake.staking = to;
  return accepted();
}
Verdict set(ChainParams& params, const SlashingParams& to) {
  params.stake.slashing = to;
  return accepted();
}
Verdict set(ChainParams& params, const MintParams& to) {
  params.stake.mint = to;
  return accepted();
}
Verdict set(ChainParams& params, const DistributionParams& to) {
  if (!to.base_proposer_reward.is_zero() || !to.bonus_proposer_reward.is_zero())
    return refuse(SdkError::invalid_request, "proposer rewards can no longer be set");
  params.stake.distribution = to;
  return accepted();
}
Verdict set(ChainParams& params, const GovParams& to) {
  params.stake.gov = to;
  return accepted();
}

}  // namespace

Result<void> check(const StakingParams& p) {
  if (!is_period(p.unbonding_time)) return bad("unbonding_time", "above 0 and at most 10 years");
  if (p.max_validators == 0 || p.max_validators > validators_max)
    return bad("max_validators", "1 to " + std::to_string(validators_max));
  if (p.max_entries == 0 || p.max_entries > entries_max)
    return bad("max_entries", "1 to " + std::to_string(entries_max));
  if (!is_part(p.min_commission_rate)) return bad("min_commission_rate", "0 to 1");
  return {};
}

Result<void> check(const SlashingParams& p) {
  if (p.signed_blocks_window <= 0 || p.signed_blocks_window > window_max)
    return bad("signed_blocks_window", "1 to " + std::to_string(window_max));
  if (!is_part(p.min_signed_per_window)) return bad("min_signed_per_window", "0 to 1");
  if (!is_period(p.downtime_jail_duration))
    return bad("downtime_jail_duration", "above 0 and at most 10 years");
  if (!is_part(p.slash_fraction_double_sign)) return bad("slash_fraction_double_sign", "0 to 1");
  if (!is_part(p.slash_fraction_downtime)) return bad("slash_fraction_downtime", "0 to 1");
  return {};
}

Result<void> check(const MintParams& p) {
  if (!is_part(p.inflation_rate_change)) return bad("inflation_rate_change", "0 to 1");
  if (!is_part(p.inflation_max)) return bad("inflation_max", "0 to 1");
  if (p.inflation_min.is_negative() || p.inflation_min > p.inflation_max)
    return bad("inflation_min", "0 to inflation_max");
  if (!is_part(p.goal_bonded) || p.goal_bonded.is_zero()) return bad("goal_bonded", "above 0 and at most 1");
  if (p.blocks_per_year <= 0) return bad("blocks_per_year", "above 0");
  return {};
}

Result<void> check(const DistributionParams& p) {
  if (!is_part(p.community_tax)) return bad("community_tax", "0 to 1");
  if (!is_part(p.base_proposer_reward)) return bad("base_proposer_reward", "0 to 1");
  if (!is_part(p.bonus_proposer_reward)) return bad("bonus_proposer_reward", "0 to 1");
  if (p.community_tax + p.base_proposer_reward + p.bonus_proposer_reward > one)
    return bad("community_tax", "at most 1 with the proposer's rewards");
  return {};
}

Result<void> check(const GovParams& p) {
  if (!are_coins(p.min_deposit)) return bad("min_deposit", "positive coins, one of each denomination");
  if (!are_coins(p.expedited_min_deposit) || !exceed(p.expedited_min_deposit, p.min_deposit))
    return bad("expedited_min_deposit", "coins above min_deposit");
  if (!is_period(p.max_deposit_period)) return bad("max_deposit_period", "above 0 and at most 10 years");
  if (!is_period(p.voting_period)) return bad("voting_period", "above 0 and at most 10 years");
  if (!is_period(p.expedited_voting_period) || p.expedited_voting_period >= p.voting_period)
    return bad("expedited_voting_period", "above 0 and below voting_period");
  if (!is_part(p.quorum)) return bad("quorum", "0 to 1");
  if (!is_part(p.threshold) || p.threshold.is_zero()) return bad("threshold", "above 0 and at most 1");
  if (!is_part(p.expedited_threshold) || p.expedited_threshold <= p.threshold)
    return bad("expedited_threshold", "above threshold and at most 1");
  if (!is_part(p.veto_threshold) || p.veto_threshold.is_zero())
    return bad("veto_threshold", "above 0 and at most 1");
  if (!is_part(p.min_initial_deposit_ratio)) return bad("min_initial_deposit_ratio", "0 to 1");
  if (!is_part(p.proposal_cancel_ratio)) return bad("proposal_cancel_ratio", "0 to 1");
  if (!is_part(p.min_deposit_ratio)) return bad("min_deposit_ratio", "0 to 1");
  return {};
}

Result<void> check(const MarketParams& p) {
  if (!are_coins(p.min_deposits)) return bad("min_deposits", "positive coins, one of each denomination");
  if (!are_coins(p.bid_min_deposits))
    return bad("bid_min_deposits", "positive coins, one of each denomination");
  if (p.order_max_bids == 0 || p.order_max_bids > order_bids_max)
    return bad("order_max_bids", "1 to " + std::to_string(order_bids_max));
  return {};
}

Result<void> check(const StakeParams& p) {
  if (auto ok = check(p.staking); !ok) return ok;
  if (auto ok = check(p.slashing); !ok) return ok;
  if (auto ok = check(p.mint); !ok) return ok;
  if (auto ok = check(p.distribution); !ok) return ok;
  if (auto ok = check(p.gov); !ok) return ok;
  if (p.mint_enabled && p.mint.mint_denom != p.staking.bond_denom)
    return bad("mint_denom", "the bond denomination");
  if (p.evidence.age_blocks_max.count <= 0) return bad("evidence.age_blocks_max", "above 0");
  if (!is_period(p.evidence.age_time_max))
    return bad("evidence.age_time_max", "above 0 and at most 10 years");
  return {};
}

Verdict update_params(const MsgUpdateParams& msg, ChainParams& params) {
  if (msg.authority != module_address("gov"))
    return refuse(GovError::invalid_signer, "only governance may change parameters");
  if (!std::visit([](const auto& to) { return check(to).has_value(); }, msg.params))
    return unregistered_error("a parameter is out of its range");
  return std::visit([&](const auto& to) { return set(params, to); }, msg.params);
}

}  // namespace souk
