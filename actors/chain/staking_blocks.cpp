#include <algorithm>
#include <map>

#include "actors/chain/mutation.hpp"
#include "actors/chain/staking.hpp"

// What the end of a block does: the active set, and what is mature.
namespace souk {

/// The `count` validators of most power, of those that may be in the active set.
std::vector<const ValidatorRecord*> Staking::strongest(std::size_t count) const {
  std::vector<const ValidatorRecord*> candidates;
  for (const auto& [address, validator] : validators_) {
    if (!validator.jailed && validator.power() > 0) candidates.push_back(&validator);
  }
  std::sort(candidates.begin(), candidates.end(), [](const ValidatorRecord* a, const ValidatorRecord* b) {
    if (a->power() != b->power()) return a->power() > b->power();
    return a->operator_address < b->operator_address;
  });
  if (candidates.size() > count) candidates.resize(count);
  return candidates;
}

void Staking::set_status(const Address& operator_address, ValidatorInput input, StakeContext& context) {
  ValidatorRecord validator = at(operator_address);
  if (validator.status == ValidatorStatus::unbonding)
    validator_queue_.erase({validator.unbonding_time, operator_address});
  advance(validator.status, validator_transitions, input);
  if (input == ValidatorInput::unbond) {
    validator.unbonding_height = context.exec.block.height;
    validator.unbonding_time = context.exec.block.time + context.exec.params.stake.staking.unbonding_time;
    validator_queue_.put({validator.unbonding_time, operator_address}, validator.unbonding_height);
  }
  put(validator);
  if (input != ValidatorInput::mature)
    context.exec.events.push_back(StakeEvent(
        EventValidatorStatus{operator_address, validator.bonded(), validator.jailed, validator.tokens}));
}

Staking::SetChange Staking::update_active_set(StakeContext& context) {
  SetChange change;
  if (!dirty_) return change;
  const StakingParams& params = context.exec.params.stake.staking;
  std::map<Address, ValidatorUpdate> updates;
  std::map<Address, std::int64_t> chosen;
  Amount into_bonded;  // less than zero: out of it
  for (const ValidatorRecord* validator : strongest(params.max_validators)) {
    const Address address = validator->operator_address;
    const std::int64_t power = validator->power();
    chosen.emplace(address, power);
    const std::int64_t* old = active_.find(address);
    if (old == nullptr || *old != power) updates[address] = {validator->key, power};
    if (validator->bonded()) continue;
    into_bonded += validator->tokens;
    change.bonded.push_back(validator->key);
    set_status(address, ValidatorInput::bond, context);
  }
  std::vector<Address> dropped;
  for (const auto& [address, power] : active_) {
    if (!chosen.contains(address)) dropped.push_back(address);
  }
  for (const Address& address : dropped) {
    into_bonded -= at(address).tokens;
    updates[address] = {at(address).key, 0};
    set_status(address, ValidatorInput::unbond, context);
    active_.erase(address);
  }
  for (const auto& [address, power] : chosen) {
    const std::int64_t* old = active_.find(address);
    if (old == nullptr || *old != power) active_.put(address, power);
  }
  Bank& bank = context.bank;
  const Coin coin{params.bond_denom, into_bonded.micro < 0 ? -into_bonded : into_bonded};
  if (SOUK_MUTATE(pools_not_moved)) {
  } else if (into_bonded.micro >= 0) {
    bank.transfer(bank.not_bonded_pool(), bank.bonded_pool(), coin, context.exec.events);
  } else {
    bank.transfer(bank.bonded_pool(), bank.not_bonded_pool(), coin, context.exec.events);
  }
  for (const auto& [address, update] : updates) change.updates.push_back(update);
  dirty_ = false;
  return change;
}

void Staking::complete_mature(StakeContext& context) {
  complete_validators(context);
  complete_unbondings(context);
  complete_redelegations(context);
}

void Staking::complete_validators(StakeContext& context) {
  while (validator_queue_.begin() != validator_queue_.end()) {
    const auto [time, address] = validator_queue_.begin()->first;
    if (time > context.exec.block.time) return;
    set_status(address, ValidatorInput::mature, context);
    if (at(address).shares.is_zero()) remove(address, context);
  }
}

void Staking::complete_unbondings(StakeContext& context) {
  const Time now = context.exec.block.time;
  while (unbonding_queue_.begin() != unbonding_queue_.end()) {
    const auto [place, key] = *unbonding_queue_.begin();
    if (place.first > now) return;
    unbonding_queue_.erase(place);
    const auto* found = unbondings_.find(key);
    if (found == nullptr) continue;  // cancelled, or paid with an earlier place in the queue
    std::vector<UnbondingEntry> left;
    Amount paid;
    for (const UnbondingEntry& entry : *found) {
      if (entry.completion_time > now)
        left.push_back(entry);
      else
        paid += entry.balance;
    }
    if (left.size() == found->size()) continue;
    if (SOUK_MUTATE(unbonding_pays_twice)) left = *found;
    if (left.empty())
      unbondings_.erase(key);
    else
      unbondings_.put(key, std::move(left));
    const auto& [validator, delegator] = key;
    const Coin coin{context.exec.params.stake.staking.bond_denom, paid};
    context.bank.undelegate(context.bank.not_bonded_pool(), context.bank.find(delegator), coin,
                            context.exec.events);
    context.exec.events.push_back(StakeEvent(EventCompleteUnbonding{validator, delegator, coin}));
  }
}

void Staking::complete_redelegations(StakeContext& context) {
  const Time now = context.exec.block.time;
  while (redelegation_queue_.begin() != redelegation_queue_.end()) {
    const auto [place, key] = *redelegation_queue_.begin();
    if (place.first > now) return;
    redelegation_queue_.erase(place);
    const auto* found = redelegations_.find(key);
    if (found == nullptr) continue;
    std::vector<RedelegationEntry> left;
    Amount done;
    for (const RedelegationEntry& entry : *found) {
      if (entry.completion_time > now)
        left.push_back(entry);
      else
        done += entry.initial_balance;
    }
    if (left.size() == found->size()) continue;
    if (left.empty())
      remove_redelegation(key);
    else
      redelegations_.put(key, std::move(left));
    const Coin coin{context.exec.params.stake.staking.bond_denom, done};
    context.exec.events.push_back(
        StakeEvent(EventCompleteRedelegation{key.source, key.destination, key.delegator, coin}));
  }
}

Time Staking::next_deadline() const {
  Time next = time_max;
  if (validator_queue_.begin() != validator_queue_.end())
    next = std::min(next, validator_queue_.begin()->first.first);
  if (unbonding_queue_.begin() != unbonding_queue_.end())
    next = std::min(next, unbonding_queue_.begin()->first.first);
  if (redelegation_queue_.begin() != redelegation_queue_.end())
    next = std::min(next, redelegation_queue_.begin()->first.first);
  return next;
}

}  // namespace souk
