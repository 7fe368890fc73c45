#include <algorithm>

#include "actors/chain/mutation.hpp"
#include "actors/chain/staking.hpp"

// Delegations: how coins come in, move and go.
namespace souk {
namespace {

AccountNo pool_of(const Bank& bank, ValidatorStatus status) {
  return status == ValidatorStatus::bonded ? bank.bonded_pool() : bank.not_bonded_pool();
}

Coin bond_coin(const StakeContext& context, Amount amount) {
  return {context.exec.params.stake.staking.bond_denom, amount};
}

Verdict check_denom(Coin coin, const StakeContext& context) {
  if (coin.denom == context.exec.params.stake.staking.bond_denom) return accepted();
  return refuse(SdkError::invalid_request, "only the bond denomination is staked");
}

constexpr Verdict no_validator() {
  return refuse(StakingError::no_validator, "there is no validator of that operator");
}

}  // namespace

Verdict Staking::delegate(const MsgDelegate& msg, StakeContext& context) {
  if (find(msg.validator) == nullptr) return no_validator();
  SOUK_TRY(check_denom(msg.amount, context));
  Dec new_shares;
  SOUK_TRY(add_delegation(msg.delegator, msg.validator, msg.amount.amount, {}, context, new_shares));
  context.exec.events.push_back(
      StakeEvent(EventDelegate{msg.validator, msg.delegator, msg.amount, new_shares}));
  return accepted();
}

Verdict Staking::add_delegation(const Address& delegator, const Address& validator_address, Amount amount,
                                Source source, StakeContext& context, Dec& new_shares) {
  ValidatorRecord validator = at(validator_address);
  if (validator.invalid_exchange_rate())
    return refuse(StakingError::invalid_exchange_rate, "the validator has lost all its tokens");
  if (!validator.can_issue(amount)) return panic("the shares of this amount are too many to count");
  new_shares = validator.shares.is_zero() ? Dec::from(amount) : validator.shares_of(amount);
  if (new_shares.is_zero())  // or a delegation could outlive its validator
    return refuse(StakingError::insufficient_shares, "the amount is worth less than the smallest share");
  const Pair key{delegator, validator_address};
  const Dec before = delegation(delegator, validator_address);
  if (delegations_.find(key) != nullptr)
    context.hooks.before_shares_modified(validator, delegator, before, context);
  else
    context.hooks.before_delegation_created(validator, delegator, context);

  Bank& bank = context.bank;
  const AccountNo pool = pool_of(bank, validator.status);
  const Coin coin = bond_coin(context, amount);
  if (!source) {  // after the hook: rewards just withdrawn may be delegated
    const AccountNo owner = bank.find(delegator);
    if (owner == no_row || bank.balance(owner, coin.denom) < amount)
      return refuse(SdkError::insufficient_funds, "the balance is smaller than the delegation");
    if (!SOUK_MUTATE(shares_without_tokens))
      bank.delegate(owner, pool, coin, context.exec.block.time, context.exec.events);
  } else if (pool_of(bank, *source) != pool) {
    bank.transfer(pool_of(bank, *source), pool, coin, context.exec.events);
  }
  validator.tokens += amount;
  validator.shares += new_shares;
  put(validator);
  delegations_.put(key, before + new_shares);
  context.hooks.after_delegation_modified(validator, delegator, before + new_shares, context);
  return accepted();
}

void Staking::delegate_at_genesis(const Address& delegator, const Address& validator, Amount amount,
                                  StakeContext& context) {
  Dec new_shares;
  SOUK_CHECK(add_delegation(delegator, validator, amount, {}, context, new_shares).ok());
}

Verdict Staking::check_unbond(const Address& delegator, const Address& validator_address, Coin amount,
                              const StakeContext& context, Dec& shares) const {
  const ValidatorRecord* validator = find(validator_address);
  if (validator == nullptr) return no_validator();
  const Dec* held = delegations_.find({delegator, validator_address});
  if (held == nullptr) return refuse(StakingError::no_delegation, "there is no such delegation");
  if (validator->tokens.micro == 0)
    return refuse(StakingError::insufficient_shares, "the validator has lost all its tokens");
  constexpr auto too_much = [] {
    return refuse(SdkError::invalid_request, "the delegation has fewer shares than that");
  };
  if (amount.amount > validator->tokens) return too_much();
  shares = validator->shares_of(amount.amount);
  if (shares > *held) return too_much();
  return check_denom(amount, context);
}

/// Takes shares off a delegation; the tokens they were worth are the caller's to move.
Amount Staking::unbond(const Address& delegator, const Address& validator_address, Dec shares,
                       StakeContext& context) {
  const Dec held = delegation(delegator, validator_address);
  SOUK_CHECK(held >= shares);
  context.hooks.before_shares_modified(at(validator_address), delegator, held, context);
  const Dec left = held - shares;
  const ValidatorRecord& validator = at(validator_address);
  const bool below_minimum =
      delegator == validator_address && validator.tokens_of(left).truncate() < validator.min_self_delegation;
  if (below_minimum && !validator.jailed) jail(validator_address);
  if (left.is_zero()) {
    delegations_.erase({delegator, validator_address});
  } else {
    delegations_.put({delegator, validator_address}, left);
    context.hooks.after_delegation_modified(at(validator_address), delegator, left, context);
  }
  return take_shares(validator_address, shares, context);
}

/// The last to go takes all tokens; before, fractions stay with the validator.
Amount Staking::take_shares(const Address& validator_address, Dec shares, StakeContext& context) {
  ValidatorRecord validator = at(validator_address);
  const bool last = validator.shares == shares;
  const Amount amount = last ? validator.tokens : validator.tokens_of(shares).truncate();
  validator.tokens -= amount;
  validator.shares -= shares;
  put(validator);
  if (last && validator.status == ValidatorStatus::unbonded) remove(validator_address, context);
  return amount;
}

Verdict Staking::undelegate(const MsgUndelegate& msg, StakeContext& context) {
  Dec shares;
  SOUK_TRY(check_unbond(msg.delegator, msg.validator, msg.amount, context, shares));
  const StakingParams& params = context.exec.params.stake.staking;
  if (unbonding(msg.delegator, msg.validator).size() >= params.max_entries)
    return refuse(StakingError::max_unbonding_entries, "too much of this delegation is unbonding already");
  const ValidatorRecord source = at(msg.validator);  // as it was: unbonding may remove it
  const Amount amount = unbond(msg.delegator, msg.validator, shares, context);
  const Coin coin = bond_coin(context, amount);
  Bank& bank = context.bank;
  if (source.bonded()) bank.transfer(bank.bonded_pool(), bank.not_bonded_pool(), coin, context.exec.events);

  const BlockContext now = context.exec.block;
  Time completion = now.time + params.unbonding_time;
  if (source.status == ValidatorStatus::unbonding) completion = source.unbonding_time;
  if (source.status == ValidatorStatus::unbonded) {  // nothing to be liable for
    completion = now.time;
    bank.undelegate(bank.not_bonded_pool(), bank.find(msg.delegator), coin, context.exec.events);
  } else {
    add_unbonding(msg.delegator, msg.validator, {now.height, completion, amount, amount});
  }
  context.exec.events.push_back(StakeEvent(EventUnbond{msg.validator, msg.delegator, coin, completion}));
  return accepted();
}

void Staking::add_unbonding(const Address& delegator, const Address& validator, UnbondingEntry entry) {
  const Pair key{validator, delegator};
  const auto* old = unbondings_.find(key);
  std::vector<UnbondingEntry> entries = old == nullptr ? std::vector<UnbondingEntry>{} : *old;
  const auto same = std::find_if(entries.begin(), entries.end(), [&](const UnbondingEntry& e) {
    return e.creation_height == entry.creation_height && e.completion_time == entry.completion_time;
  });
  if (same != entries.end()) {
    same->initial_balance += entry.initial_balance;
    same->balance += entry.balance;
  } else {
    entries.push_back(entry);
  }
  unbondings_.put(key, std::move(entries));
  unbonding_queue_.put({entry.completion_time, queued_++}, key);
}

Verdict Staking::begin_redelegate(const MsgBeginRedelegate& msg, StakeContext& context) {
  Dec shares;
  SOUK_TRY(check_unbond(msg.delegator, msg.source, msg.amount, context, shares));
  if (msg.source == msg.destination)
    return refuse(StakingError::self_redelegation, "source and destination are the same validator");
  if (find(msg.destination) == nullptr)
    return refuse(StakingError::bad_redelegation_destination, "the destination is no validator");
  if (incoming_.find({msg.delegator, msg.source}) != nullptr)
    return refuse(StakingError::transitive_redelegation,
                  "what came by a redelegation may not move again yet");
  const RedelegationKey key{msg.source, msg.delegator, msg.destination};
  const StakingParams& params = context.exec.params.stake.staking;
  if (const auto* entries = redelegations_.find(key);
      entries != nullptr && entries->size() >= params.max_entries)
    return refuse(StakingError::max_redelegation_entries, "too many redelegations between these two");

  const ValidatorRecord source = at(msg.source);  // as it was: unbonding may remove it
  const Amount amount = unbond(msg.delegator, msg.source, shares, context);
  if (amount.micro == 0)
    return refuse(StakingError::tiny_redelegation, "these shares are worth less than one token");
  Dec shares_dst;
  SOUK_TRY(add_delegation(msg.delegator, msg.destination, amount, source.status, context, shares_dst));

  const BlockContext now = context.exec.block;
  RedelegationEntry entry{now.height, now.time + params.unbonding_time, amount, shares_dst};
  if (source.status == ValidatorStatus::unbonding) {
    entry.creation_height = source.unbonding_height;
    entry.completion_time = source.unbonding_time;
  }
  if (source.status == ValidatorStatus::unbonded)
    entry.completion_time = now.time;  // nothing to be liable for
  else
    add_redelegation(key, entry);
  context.exec.events.push_back(StakeEvent(EventRedelegate{
      msg.source, msg.destination, msg.delegator, bond_coin(context, amount), entry.completion_time}));
  return accepted();
}

void Staking::add_redelegation(const RedelegationKey& key, RedelegationEntry entry) {
  const auto* old = redelegations_.find(key);
  if (old == nullptr) {
    const Pair into{key.delegator, key.destination};
    const std::uint32_t* count = incoming_.find(into);
    incoming_.put(into, (count == nullptr ? 0 : *count) + 1);
  }
  std::vector<RedelegationEntry> entries = old == nullptr ? std::vector<RedelegationEntry>{} : *old;
  entries.push_back(entry);
  redelegations_.put(key, std::move(entries));
  redelegation_queue_.put({entry.completion_time, queued_++}, key);
}

void Staking::remove_redelegation(const RedelegationKey& key) {
  redelegations_.erase(key);
  const Pair into{key.delegator, key.destination};
  const std::uint32_t count = *incoming_.find(into);
  if (count == 1)
    incoming_.erase(into);
  else
    incoming_.put(into, count - 1);
}

Verdict Staking::cancel_unbonding(const MsgCancelUnbondingDelegation& msg, StakeContext& context) {
  SOUK_TRY(check_denom(msg.amount, context));
  const ValidatorRecord* validator = find(msg.validator);
  if (validator == nullptr) return no_validator();
  if (validator->invalid_exchange_rate())
    return refuse(StakingError::invalid_exchange_rate, "the validator has lost all its tokens");
  if (validator->jailed) return refuse(StakingError::validator_jailed, "the validator is jailed");
  const auto found = unbonding(msg.delegator, msg.validator);
  std::vector<UnbondingEntry> entries(found.begin(), found.end());
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const UnbondingEntry& e) {
    return e.creation_height == msg.creation_height && e.completion_time > context.exec.block.time;
  });
  if (entry == entries.end())
    return refuse(SdkError::not_found, "nothing of this delegation began to unbond at that height");
  if (entry->balance < msg.amount.amount)
    return refuse(SdkError::invalid_request, "the unbonding entry has less than that");
  Dec new_shares;
  SOUK_TRY(add_delegation(msg.delegator, msg.validator, msg.amount.amount, ValidatorStatus::unbonding,
                          context, new_shares));
  entry->balance -= msg.amount.amount;
  entry->initial_balance -= msg.amount.amount;
  if (SOUK_MUTATE(cancel_keeps_entry)) entry->balance += msg.amount.amount;
  if (entry->balance.micro == 0) entries.erase(entry);
  if (entries.empty())
    unbondings_.erase({msg.validator, msg.delegator});
  else
    unbondings_.put({msg.validator, msg.delegator}, std::move(entries));
  context.exec.events.push_back(StakeEvent(
      EventCancelUnbondingDelegation{msg.validator, msg.delegator, msg.amount, msg.creation_height}));
  return accepted();
}

}  // namespace souk
