#include <algorithm>

#include "actors/chain/distribution.hpp"
#include "actors/chain/mutation.hpp"

// Paying out, the community pool, withdraw addresses.
namespace souk {
namespace {

/// Whole coins of each denomination, by its name.
std::vector<Coin> whole_coins(const DecCoins& coins) {
  std::vector<Coin> whole;
  for (const Denom denom : {Denom::uact, Denom::uakt, Denom::uusdc}) {
    if (const Amount amount = coins[denom].truncate(); amount.micro > 0) whole.push_back({denom, amount});
  }
  return whole;
}

DecCoins dec_coins(const std::vector<Coin>& coins) {
  DecCoins result;
  for (const Coin& coin : coins) result[coin.denom] += Dec::from(coin.amount);
  return result;
}

Verdict check_authority(const Address& authority, const Bank& bank) {
  if (authority != bank.address(bank.gov()))
    return refuse(GovError::invalid_signer, "only governance may do this");
  return accepted();
}

}  // namespace

Address RewardDistribution::withdraw_address(const Address& delegator) const {
  const Address* other = withdraw_.find(delegator);
  return other == nullptr ? delegator : *other;
}

/// Sends whole coins to where `owner` wants them; what is below a unit stays in the account.
std::vector<Coin> RewardDistribution::pay(const Address& owner, const DecCoins& coins, Bank& bank,
                                          Execution& exec) {
  std::vector<Coin> whole = whole_coins(coins);
  if (whole.empty()) return whole;
  const AccountNo to = bank.find_or_make(withdraw_address(owner));
  for (const Coin& coin : whole) bank.transfer(bank.distribution(), to, coin, exec.events);
  return whole;
}

void RewardDistribution::pay_rewards(const StartKey& key, const ValidatorStake& stake, Dec shares, Bank& bank,
                                     Execution& exec) {
  const StartingInfo* known = starts_.find(key);
  SOUK_CHECK(known != nullptr);
  const StartingInfo start = *known;
  const std::uint64_t ended = end_period(key.validator, stake.tokens);
  const DecCoins& ratio = historical_.find({key.validator, ended})->ratio;
  DecCoins earned = rewards(key, start, stake, shares, exec.block.height, ended, ratio);
  ValidatorRow& row = validators_.edit(find(key.validator));
  for (std::size_t i = 0; i < denom_count; ++i) {
    // Everything is rounded down, so that only the last digits can be above what is there.
    SOUK_CHECK(earned.of[i] <= row.outstanding.of[i] + Dec::from_raw(1'000'000));
    earned.of[i] = std::min(earned.of[i], row.outstanding.of[i]);
  }
  if (!SOUK_MUTATE(rewards_stay_outstanding)) row.outstanding -= earned;
  std::vector<Coin> paid = pay(key.delegator, earned, bank, exec);
  pool_ += earned - dec_coins(paid);
  forget(key.validator, start.previous_period);
  starts_.erase(key);
  if (paid.empty()) paid.push_back({Denom::uakt, {0}});
  exec.events.push_back(StakeEvent(EventWithdrawRewards{key.validator, key.delegator, std::move(paid)}));
}

DecCoins RewardDistribution::pending_rewards(const Address& delegator, const Address& validator,
                                             const StakeView& stake, Height height) const {
  const StartKey key{validator, delegator};
  const StartingInfo* start = starts_.find(key);
  const std::optional<ValidatorStake> of = stake.validator(validator);
  const std::optional<Dec> shares = stake.delegation(delegator, validator);
  if (start == nullptr || !of || !shares) return {};
  const ValidatorRow& row = validators_[find(validator)];
  return rewards(key, *start, *of, *shares, height, row.period, ratio_now(row, of->tokens));
}

void RewardDistribution::before_delegation_change(const Address& delegator, const Address& validator,
                                                  const ValidatorStake& of, Dec shares, Bank& bank,
                                                  Execution& exec) {
  pay_rewards({validator, delegator}, of, shares, bank, exec);
}

void RewardDistribution::on_validator_removed(const Address& validator, Bank& bank, Execution& exec) {
  const std::uint32_t at = find(validator);
  SOUK_CHECK(at != no_row);
  ValidatorRow& row = validators_.edit(at);
  const std::vector<Coin> paid = pay(validator, row.commission, bank, exec);
  // The commission's dust, and the dust that withdrawals left behind.
  pool_ += row.outstanding - dec_coins(paid);
  row = {validator, 1, {}, {}, {}, true};
  std::vector<PeriodKey> periods;
  for (auto it = historical_.lower_bound({validator, 0});
       it != historical_.end() && it->first.validator == validator; ++it)
    periods.push_back(it->first);
  for (const PeriodKey& key : periods) historical_.erase(key);
  std::vector<SlashKey> slashes;
  for (auto it = slashes_.lower_bound({validator, {}, 0});
       it != slashes_.end() && it->first.validator == validator; ++it)
    slashes.push_back(it->first);
  for (const SlashKey& key : slashes) slashes_.erase(key);
}

// ---- messages

Verdict RewardDistribution::set_withdraw_address(const MsgSetWithdrawAddress& msg, const Bank& bank,
                                                 Execution& exec) {
  const AccountNo to = bank.find(msg.withdraw);
  if (to != no_row && bank.is_module(to))
    return refuse(SdkError::unauthorized, "module accounts receive no rewards");
  if (!exec.params.stake.distribution.withdraw_addr_enabled)
    return refuse(DistributionError::set_withdraw_address_disabled, "withdraw addresses are disabled");
  withdraw_.put(msg.delegator, msg.withdraw);
  exec.events.push_back(StakeEvent(EventSetWithdrawAddress{msg.delegator, msg.withdraw}));
  return accepted();
}

Verdict RewardDistribution::withdraw_reward(const MsgWithdrawDelegatorReward& msg, const StakeView& stake,
                                            Bank& bank, Execution& exec) {
  const std::optional<ValidatorStake> of = stake.validator(msg.validator);
  if (!of) return refuse(StakingError::no_validator, "there is no such validator");
  const std::optional<Dec> shares = stake.delegation(msg.delegator, msg.validator);
  if (!shares) return refuse(StakingError::no_delegation, "there is no such delegation");
  pay_rewards({msg.validator, msg.delegator}, *of, *shares, bank, exec);
  after_delegation_change(msg.delegator, msg.validator, *of, *shares, exec.block.height);
  return accepted();
}

Verdict RewardDistribution::withdraw_commission(const MsgWithdrawValidatorCommission& msg, Bank& bank,
                                                Execution& exec) {
  const std::uint32_t at = find(msg.validator);
  if (at == no_row || validators_[at].commission.is_zero())
    return refuse(DistributionError::no_validator_commission, "there is no commission to withdraw");
  std::vector<Coin> paid = pay(msg.validator, validators_[at].commission, bank, exec);
  ValidatorRow& row = validators_.edit(at);
  if (!SOUK_MUTATE(commission_paid_again))
    row.commission -= dec_coins(paid);  // the dust waits for the next time
  row.outstanding -= dec_coins(paid);
  exec.events.push_back(StakeEvent(EventWithdrawCommission{msg.validator, std::move(paid)}));
  return accepted();
}

Verdict RewardDistribution::fund_community_pool(const MsgFundCommunityPool& msg, Bank& bank,
                                                Execution& exec) {
  const AccountNo from = bank.find(msg.depositor);
  SOUK_TRY(bank.check_spendable(from, msg.amount, exec.block.time));
  for (const Coin& coin : msg.amount) bank.transfer(from, bank.distribution(), coin, exec.events);
  pool_ += dec_coins(msg.amount);
  return accepted();
}

Verdict RewardDistribution::spend_community_pool(const MsgCommunityPoolSpend& msg, Bank& bank,
                                                 Execution& exec) {
  SOUK_TRY(check_authority(msg.authority, bank));
  const AccountNo known = bank.find(msg.recipient);
  if (known != no_row && bank.is_module(known))
    return refuse(SdkError::unauthorized, "module accounts receive nothing from the pool");
  const DecCoins amount = dec_coins(msg.amount);
  for (const Denom denom : all_denoms) {
    if (pool_[denom] < amount[denom])
      return refuse(DistributionError::bad_distribution, "the community pool has less than that");
  }
  pool_ -= amount;
  const AccountNo to = bank.find_or_make(msg.recipient);
  for (const Coin& coin : msg.amount) bank.transfer(bank.distribution(), to, coin, exec.events);
  return accepted();
}

}  // namespace souk
