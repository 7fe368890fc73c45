#include "actors/chain/distribution.hpp"

#include <algorithm>

#include "actors/base/codec.hpp"
#include "actors/base/id_map.hpp"
#include "actors/chain/mutation.hpp"

// F1: periods, allocation and what staking tells. Paying out is in distribution_msgs.cpp.
namespace souk {
namespace {

DecCoins times(const DecCoins& coins, Blocks blocks) {
  return coins.each([&](Dec x) { return x.times(blocks.count); });
}
DecCoins mul_truncate(const DecCoins& coins, Dec factor) {
  return coins.each([&](Dec x) { return Dec::mul_truncate(x, factor); });
}
DecCoins quo_truncate(const DecCoins& coins, Dec divisor) {
  return coins.each([&](Dec x) { return Dec::quo_truncate(x, divisor); });
}

/// part / whole, truncated. REQUIRES: 0 <= part <= whole, whole > 0.
Dec fraction(std::int64_t part, std::int64_t whole) {
  return Dec::from_raw(static_cast<i128>(part) * Dec::scale / whole);
}

}  // namespace

std::uint32_t RewardDistribution::find(const Address& validator) const {
  const std::uint32_t row = index_.find(
      hash_of(validator), [&](std::uint32_t at) { return validators_[at].validator == validator; });
  return row == no_row || validators_[row].removed ? no_row : row;
}

// ---- allocation

RewardPlan RewardDistribution::plan(std::span<const RewardVoter> voters) const {
  RewardPlan plan;
  plan.voters = voters;
  for (const RewardVoter& voter : voters) {
    SOUK_CHECK(voter.power >= 0 && voter.power <= INT64_MAX - plan.power);
    plan.power += voter.power;
    if (voter.signed_it) plan.power_that_signed += voter.power;
  }
  if (plan.power == 0) return plan;
  for (const RewardVoter& voter : voters) {
    const std::uint32_t row = find(voter.validator);
    SOUK_CHECK(row != no_row);
    plan.shares.push_back({row, Scaled(fraction(voter.power, plan.power)), Scaled(voter.commission)});
  }
  return plan;
}

/// Splits a reward by the commission; `blocks` times.
void RewardDistribution::credit(const RewardVoter& voter, std::uint32_t at, const DecCoins& reward,
                                Blocks blocks, std::vector<ChainEvent>* events) {
  ValidatorRow& row = validators_.edit_unlogged(at);
  const DecCoins commission = reward.each([&](Dec x) { return Dec::mul(x, voter.commission); });
  row.commission += times(commission, blocks);
  row.current += times(reward - commission, blocks);
  row.outstanding += times(reward, blocks);
  if (events == nullptr) return;
  events->push_back(StakeEvent(EventCommission{voter.validator, commission}));
  events->push_back(StakeEvent(EventRewards{voter.validator, reward}));
}

/// The same for all voters and one denomination, untold. Returns what one block gives them together.
Dec RewardDistribution::credit_all(Denom denom, Dec for_voters, Blocks blocks, const RewardPlan& plan) {
  Dec sum;
  for (const RewardPlan::Share& share : plan.shares) {
    const Dec reward = share.power.truncated(for_voters);
    const Dec commission = share.commission.rounded(reward);
    ValidatorRow& row = validators_.edit_unlogged(share.row);
    row.commission[denom] += commission.times(blocks.count);
    row.current[denom] += (reward - commission).times(blocks.count);
    row.outstanding[denom] += reward.times(blocks.count);
    sum += reward;
  }
  return sum;
}

/// The proposer's part of the fees before SDK 0.46, paid if anybody knows who he was. Returns which part.
Dec RewardDistribution::pay_proposer(const DistributionParams& params, const DecCoins& fees, Blocks blocks,
                                     const RewardPlan& plan, const std::optional<Address>& proposer,
                                     std::vector<ChainEvent>* events, DecCoins& remaining) {
  if (params.base_proposer_reward.is_zero() && params.bonus_proposer_reward.is_zero()) return {};
  const Dec that_signed = Dec::quo(Dec::from_int(plan.power_that_signed), Dec::from_int(plan.power));
  const Dec part = params.base_proposer_reward + Dec::mul_truncate(params.bonus_proposer_reward, that_signed);
  for (std::size_t i = 0; i < plan.voters.size(); ++i) {
    if (!proposer || plan.voters[i].validator != *proposer) continue;
    const DecCoins reward = mul_truncate(fees, part);
    if (events != nullptr) events->push_back(StakeEvent(EventProposerReward{*proposer, reward}));
    credit(plan.voters[i], plan.shares[i].row, reward, blocks, events);
    remaining -= reward;
  }
  return part;
}

void RewardDistribution::allocate(const DistributionParams& params, const DecCoins& fees, Blocks blocks,
                                  const RewardPlan& plan, const std::optional<Address>& proposer,
                                  std::vector<ChainEvent>* events) {
  DecCoins remaining = fees;
  if (plan.power > 0) {
    const Dec proposer_part = pay_proposer(params, fees, blocks, plan, proposer, events, remaining);
    const DecCoins for_voters = mul_truncate(fees, Dec::from_int(1) - params.community_tax - proposer_part);
    if (events == nullptr) {
      for (const Denom denom : all_denoms)
        if (!for_voters[denom].is_zero())
          remaining[denom] -= credit_all(denom, for_voters[denom], blocks, plan);
    } else {
      for (std::size_t i = 0; i < plan.voters.size(); ++i) {
        const Dec part = fraction(plan.voters[i].power, plan.power);
        const DecCoins reward = mul_truncate(for_voters, part);
        credit(plan.voters[i], plan.shares[i].row, reward, blocks, events);
        remaining -= reward;
      }
    }
  }
  pool_ += times(remaining, blocks);
}

// ---- periods

void RewardDistribution::remember(const Address& validator, std::uint64_t period) {
  const Historical* known = historical_.find({validator, period});
  SOUK_CHECK(known != nullptr && known->references <= 2);
  Historical more = *known;
  if (!SOUK_MUTATE(reward_period_forgotten)) ++more.references;
  historical_.put({validator, period}, more);
}

void RewardDistribution::forget(const Address& validator, std::uint64_t period) {
  const Historical* known = historical_.find({validator, period});
  SOUK_CHECK(known != nullptr && known->references > 0);
  if (known->references == 1) {
    historical_.erase({validator, period});
    return;
  }
  Historical fewer = *known;
  --fewer.references;
  historical_.put({validator, period}, fewer);
}

DecCoins RewardDistribution::ratio_now(const ValidatorRow& row, Amount tokens) const {
  const Historical* before = historical_.find({row.validator, row.period - 1});
  SOUK_CHECK(before != nullptr);
  if (tokens.micro == 0) return before->ratio;
  return before->ratio + quo_truncate(row.current, Dec::from(tokens));
}

std::uint64_t RewardDistribution::end_period(const Address& validator, Amount tokens) {
  const std::uint32_t at = find(validator);
  SOUK_CHECK(at != no_row);
  const DecCoins ratio = ratio_now(validators_[at], tokens);
  ValidatorRow& row = validators_.edit(at);
  if (tokens.micro == 0) {  // nobody can have earned it
    pool_ += row.current;
    row.outstanding -= row.current;
  }
  row.current = {};
  forget(validator, row.period - 1);
  historical_.put({validator, row.period}, {ratio, 1});
  return row.period++;
}

DecCoins RewardDistribution::rewards(const StartKey& key, const StartingInfo& start,
                                     const ValidatorStake& stake, Dec shares, Height height,
                                     std::uint64_t end, const DecCoins& end_ratio) const {
  if (start.height == height) return {};  // began in this block
  DecCoins earned;
  Dec tokens = start.stake;
  std::uint64_t period = start.previous_period;
  DecCoins ratio =
      SOUK_MUTATE(rewards_ignore_start) ? DecCoins{} : historical_.find({key.validator, period})->ratio;
  for (auto it = slashes_.lower_bound({key.validator, start.height, 0});
       it != slashes_.end() && it->first.validator == key.validator && it->first.height <= height; ++it) {
    if (it->first.period <= period) continue;
    const DecCoins& then = historical_.find({key.validator, it->first.period})->ratio;
    earned += mul_truncate(then - ratio, tokens);
    if (!SOUK_MUTATE(rewards_ignore_slash)) tokens = Dec::mul_truncate(tokens, Dec::from_int(1) - it->second);
    period = it->first.period;
    ratio = then;
  }
  // The stake carried through the slashes is never above the shares' worth but for the last digits.
  const Dec worth = Dec::times_quo(shares, stake.tokens.micro, stake.shares);
  SOUK_CHECK(tokens <= worth + Dec::from_raw(3));
  tokens = std::min(tokens, worth);
  SOUK_CHECK(period <= end);
  return earned + mul_truncate(end_ratio - ratio, tokens);
}

// ---- what staking tells

void RewardDistribution::on_validator_created(const Address& validator) {
  SOUK_CHECK(find(validator) == no_row);
  const auto is_row = [&](std::uint32_t at) { return validators_[at].validator == validator; };
  if (const std::uint32_t old = index_.find(hash_of(validator), is_row); old != no_row) {
    validators_.edit(old) = {validator, 1, {}, {}, {}, false};  // an operator that comes back
  } else {
    index_.insert(hash_of(validator), validators_.add({validator, 1, {}, {}, {}, false}));
  }
  historical_.put({validator, 0}, {{}, 1});
}

void RewardDistribution::before_delegation_created(const Address& validator, Amount tokens) {
  end_period(validator, tokens);
}

void RewardDistribution::after_delegation_change(const Address& delegator, const Address& validator,
                                                 const ValidatorStake& of, Dec shares, Height height) {
  SOUK_CHECK(find(validator) != no_row);
  const std::uint64_t previous = validators_[find(validator)].period - 1;
  remember(validator, previous);
  const Dec tokens = Dec::times_quo_truncate(shares, of.tokens.micro, of.shares);
  starts_.put({validator, delegator}, {previous, tokens, height});
}

void RewardDistribution::before_validator_slashed(const Address& validator, Amount tokens, Dec fraction,
                                                  Height height) {
  SOUK_CHECK(!fraction.is_negative() && fraction <= Dec::from_int(1));
  const std::uint64_t ended = end_period(validator, tokens);
  remember(validator, ended);
  slashes_.put({validator, height, ended}, fraction);
}

// ---- the state as a whole

DecCoins RewardDistribution::outstanding(const Address& validator) const {
  const std::uint32_t row = find(validator);
  return row == no_row ? DecCoins{} : validators_[row].outstanding;
}

DecCoins RewardDistribution::commission(const Address& validator) const {
  const std::uint32_t row = find(validator);
  return row == no_row ? DecCoins{} : validators_[row].commission;
}

DecCoins RewardDistribution::owed() const {
  DecCoins sum = pool_;
  for (std::uint32_t row = 0; row < validators_.size(); ++row) sum += validators_[row].outstanding;
  return sum;
}

void RewardDistribution::absorb(const Bank& bank) {
  const DecCoins owes = owed();
  for (const Denom denom : all_denoms)
    pool_[denom] += Dec::from(bank.balance(bank.distribution(), denom)) - owes[denom];
}

void RewardDistribution::append_state(std::vector<std::uint8_t>& out) const {
  if (validators_.size() == 0 && pool_.is_zero()) return;
  encode_to(out, pool_);
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < validators_.size(); ++row)
    if (!validators_[row].removed) rows.push_back(row);
  std::sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
    return validators_[a].validator < validators_[b].validator;
  });
  for (const std::uint32_t row : rows) encode_to(out, validators_[row]);
  for (const auto& [key, value] : historical_) encode_to(out, key), encode_to(out, value);
  for (const auto& [key, value] : slashes_) encode_to(out, key), encode_to(out, value);
  for (const auto& [key, value] : starts_) encode_to(out, key), encode_to(out, value);
  for (const auto& [key, value] : withdraw_) encode_to(out, key), encode_to(out, value);
}

void RewardDistribution::begin_tx() {
  validators_.begin();
  historical_.begin_tx();
  slashes_.begin_tx();
  starts_.begin_tx();
  withdraw_.begin_tx();
  pool_before_ = pool_;
}

void RewardDistribution::rollback() {
  for (std::uint32_t row = validators_.size(); row-- > validators_.mark();)
    index_.erase(hash_of(validators_[row].validator), row);
  validators_.rollback();
  historical_.rollback();
  slashes_.rollback();
  starts_.rollback();
  withdraw_.rollback();
  pool_ = pool_before_;
}

}  // namespace souk
