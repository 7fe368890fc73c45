#include <algorithm>

#include "actors/chain/mutation.hpp"
#include "actors/chain/staking.hpp"

// What a fault costs: akash-chain.md section 8.4; cosmos-sdk v0.53 x/staking/keeper/slash.go. Whatever left
// the validator at or after the fault is cut like what stayed.
namespace souk {
namespace {

Coin bond_coin(const StakeContext& context, Amount amount) {
  return {context.exec.params.stake.staking.bond_denom, amount};
}

/// Rounded down; `fraction` <= 1.
Amount part_of(Amount amount, Dec fraction) { return fraction.times(amount.micro).truncate(); }

template <class Entry>
bool is_liable(const Entry& entry, Height infraction, Time now) {
  return entry.creation_height >= infraction && entry.completion_time > now;
}

}  // namespace

Amount Staking::slash(const Address& operator_address, Height infraction, std::int64_t power, Dec fraction,
                      StakeContext& context) {
  SOUK_CHECK(!fraction.is_negative() && fraction <= Dec::from_int(1) && power >= 0);
  SOUK_CHECK(infraction <= context.exec.block.height);
  SOUK_CHECK(at(operator_address).status != ValidatorStatus::unbonded);
  Amount rest = Dec::mul(Dec::from_int(power).times(power_reduction), fraction).truncate();
  if (infraction < context.exec.block.height) {
    std::vector<Pair> unbonding;
    for (auto it = unbondings_.lower_bound({operator_address, Address{}});
         it != unbondings_.end() && it->first.first == operator_address; ++it)
      unbonding.push_back(it->first);
    for (const Pair& key : unbonding) rest -= slash_unbonding(key, infraction, fraction, context);

    std::vector<RedelegationKey> moved;
    for (auto it = redelegations_.lower_bound({operator_address, Address{}, Address{}});
         it != redelegations_.end() && it->first.source == operator_address; ++it)
      moved.push_back(it->first);
    for (const RedelegationKey& key : moved) rest -= slash_redelegation(key, infraction, fraction, context);
  }
  const Amount burned = std::clamp(rest, Amount{}, at(operator_address).tokens);
  if (burned.micro != 0) slash_tokens(operator_address, burned, context);
  return burned;
}

void Staking::slash_tokens(const Address& operator_address, Amount burned, StakeContext& context) {
  ValidatorRecord validator = at(operator_address);
  const Dec effective = Dec::quo_round_up(Dec::from(burned), Dec::from(validator.tokens));
  context.hooks.before_slashed(validator, std::min(effective, Dec::from_int(1)), context);
  validator.tokens -= burned;
  if (SOUK_MUTATE(slash_cuts_twice)) validator.tokens -= std::min(burned, validator.tokens);
  put(validator);
  Bank& bank = context.bank;
  const AccountNo pool = validator.bonded() ? bank.bonded_pool() : bank.not_bonded_pool();
  if (!SOUK_MUTATE(slash_keeps_coins)) bank.burn(pool, bond_coin(context, burned), context.exec.events);
}

/// Returns what the entries owed, even where less was left to take.
Amount Staking::slash_unbonding(const Pair& key, Height infraction, Dec fraction, StakeContext& context) {
  std::vector<UnbondingEntry> entries = *unbondings_.find(key);
  Amount owed;
  Amount burned;
  for (UnbondingEntry& entry : entries) {
    if (!is_liable(entry, infraction, context.exec.block.time)) continue;
    const Amount part = part_of(entry.initial_balance, fraction);
    const Amount taken = std::min(part, entry.balance);
    owed += part;
    burned += taken;
    if (!SOUK_MUTATE(slash_spares_unbonding)) entry.balance -= taken;
  }
  if (burned.micro == 0) return owed;
  unbondings_.put(key, std::move(entries));
  context.bank.burn(context.bank.not_bonded_pool(), bond_coin(context, burned), context.exec.events);
  return owed;
}

/// Takes up to `wanted` from what the delegator has unbonding at the destination. Returns what it took.
Amount Staking::slash_moved_unbonding(const Pair& key, Height infraction, Amount wanted,
                                      StakeContext& context) {
  const auto* found = unbondings_.find(key);
  if (found == nullptr) return {};
  std::vector<UnbondingEntry> entries = *found;
  Amount taken;
  for (UnbondingEntry& entry : entries) {
    if (!is_liable(entry, infraction, context.exec.block.time)) continue;
    const Amount part = std::min(wanted - taken, entry.balance);
    entry.balance -= part;
    taken += part;
  }
  if (taken.micro != 0) unbondings_.put(key, std::move(entries));
  return taken;
}

Amount Staking::slash_redelegation(const RedelegationKey& key, Height infraction, Dec fraction,
                                   StakeContext& context) {
  const std::vector<RedelegationEntry> entries = *redelegations_.find(key);
  Bank& bank = context.bank;
  Amount owed;
  Amount from_bonded;
  Amount from_not_bonded;
  for (const RedelegationEntry& entry : entries) {
    if (!is_liable(entry, infraction, context.exec.block.time)) continue;
    const Amount part = part_of(entry.initial_balance, fraction);
    owed += part;
    if (SOUK_MUTATE(redelegation_not_slashed)) continue;
    const Amount taken = slash_moved_unbonding({key.destination, key.delegator}, infraction, part, context);
    from_not_bonded += taken;
    if (taken == part) continue;
    const Dec held = delegation(key.delegator, key.destination);
    const Dec shares = std::min(Dec::mul(fraction, entry.shares_dst), held);
    if (shares.is_zero()) continue;  // or nothing is left there
    const bool bonded = at(key.destination).bonded();
    (bonded ? from_bonded : from_not_bonded) += unbond(key.delegator, key.destination, shares, context);
  }
  bank.burn(bank.bonded_pool(), bond_coin(context, from_bonded), context.exec.events);
  bank.burn(bank.not_bonded_pool(), bond_coin(context, from_not_bonded), context.exec.events);
  return owed;
}

}  // namespace souk
