#include <map>

#include "actors/chain/stake_invariants.hpp"

// What must hold of staking after every block and every transaction.
namespace souk {
namespace {

using Broken = std::optional<std::string>;  ///< where, if it does not hold
constexpr std::nullopt_t holds = std::nullopt;

/// Supply = genesis + made - burned, of each denomination. (That it is the sum of the balances is the
/// bank's.)
Broken supply_accounted(const StakeInvariantInput& in) {
  for (const Denom denom : all_denoms) {
    if (in.bank.supply(denom) != in.bank.genesis_supply(denom) + in.bank.made(denom) - in.bank.burned(denom))
      return std::string(denom_name(denom));
  }
  return holds;
}

Broken bonded_pool_backed(const StakeInvariantInput& in) {
  Amount bonded;
  for (const auto& [address, validator] : in.staking.validators())
    if (validator.bonded()) bonded += validator.tokens;
  if (bonded != in.bank.balance(in.bank.bonded_pool(), in.params.bond_denom))
    return "tokens " + std::to_string(bonded.micro);
  return holds;
}

Broken not_bonded_pool_backed(const StakeInvariantInput& in) {
  Amount sum;
  for (const auto& [address, validator] : in.staking.validators())
    if (!validator.bonded()) sum += validator.tokens;
  for (const auto& [key, entries] : in.staking.unbondings())
    for (const UnbondingEntry& entry : entries) sum += entry.balance;
  if (sum != in.bank.balance(in.bank.not_bonded_pool(), in.params.bond_denom))
    return "tokens and entries " + std::to_string(sum.micro);
  return holds;
}

Broken shares_sum(const StakeInvariantInput& in) {
  std::map<Address, Dec> sums;
  for (const auto& [key, shares] : in.staking.delegations()) {
    if (shares.is_negative() || in.staking.find(key.second) == nullptr) return to_bech32(key.first);
    sums[key.second] += shares;
  }
  for (const auto& [address, validator] : in.staking.validators())
    if (sums[address] != validator.shares) return to_bech32(address);
  return holds;
}

/// A validator without shares has no tokens, and is gone once it is unbonded.
Broken validators_sound(const StakeInvariantInput& in) {
  for (const auto& [address, validator] : in.staking.validators()) {
    if (validator.tokens.micro < 0 || validator.shares.is_negative()) return to_bech32(address);
    if (validator.shares.is_zero() &&
        (validator.tokens.micro != 0 || validator.status == ValidatorStatus::unbonded))
      return to_bech32(address);
    const ValidatorRecord* by_key = in.staking.find(validator.key);
    if (by_key == nullptr || by_key->operator_address != address) return to_bech32(address);
    const CommissionRates& c = validator.commission;
    if (c.rate.is_negative() || c.rate > c.max_rate || c.max_rate > Dec::from_int(1))
      return to_bech32(address);
  }
  return holds;
}

Broken entries_sound(const StakeInvariantInput& in) {
  for (const auto& [key, entries] : in.staking.unbondings()) {
    if (entries.empty()) return to_bech32(key.second);
    for (const UnbondingEntry& entry : entries)
      if (entry.balance.micro < 0 || entry.balance > entry.initial_balance) return to_bech32(key.second);
  }
  for (const auto& [key, entries] : in.staking.redelegations()) {
    if (entries.empty()) return to_bech32(key.delegator);
    for (const RedelegationEntry& entry : entries)
      if (entry.initial_balance.micro <= 0 || entry.shares_dst.is_negative()) return to_bech32(key.delegator);
  }
  return holds;
}

/// The active set is exactly the bonded validators, and each has been seen to sign or not.
Broken active_set_bonded(const StakeInvariantInput& in) {
  std::size_t bonded = 0;
  for (const auto& [address, validator] : in.staking.validators()) bonded += validator.bonded() ? 1 : 0;
  std::size_t active = 0;
  for (const auto& [address, power] : in.staking.active_set()) {
    ++active;
    const ValidatorRecord* validator = in.staking.find(address);
    if (validator == nullptr || !validator->bonded() || power <= 0) return to_bech32(address);
    if (in.slashing.find(validator->key) == nullptr) return to_bech32(address);
  }
  if (active != bonded) return std::to_string(active) + " active of " + std::to_string(bonded) + " bonded";
  return holds;
}

Broken signing_infos_sound(const StakeInvariantInput& in) {
  for (const auto& [key, info] : in.slashing.infos()) {
    std::int64_t missed = 0;
    std::int64_t end = 0;
    for (const SigningInfo::Run& run : info.missed) {
      if (run.from < end || run.to <= run.from || run.to > info.index_offset) return to_hex(key);
      missed += run.to - run.from;
      end = run.to + 1;
    }
    if (missed != info.missed_blocks) return to_hex(key);
    const ValidatorRecord* validator = in.staking.find(key);
    if (info.tombstoned && validator != nullptr && !validator->jailed) return to_hex(key);
  }
  return holds;
}

/// A vesting account still has what is locked: time frees, and delegating takes from both sides alike.
Broken vesting_sound(const StakeInvariantInput& in) {
  for (const auto& [account, vesting] : in.bank.vesting_accounts()) {
    for (const Denom denom : all_denoms)
      if (in.bank.balance(account, denom) < vesting.locked(denom, in.now))
        return to_bech32(in.bank.address(account));
    for (std::size_t d = 0; d < denom_count; ++d) {
      const Amount tracked = vesting.delegated_vesting[d];
      if (tracked.micro < 0 || vesting.delegated_free[d].micro < 0 || tracked > vesting.original[d])
        return to_bech32(in.bank.address(account));
    }
  }
  return holds;
}

struct Invariant {
  const char* name;
  Broken (*check)(const StakeInvariantInput&);
};

constexpr Invariant invariants[] = {
    {"supply = genesis + made - burned", supply_accounted},
    {"bonded pool = tokens of bonded validators", bonded_pool_backed},
    {"not bonded pool = tokens of the other validators + unbonding entries", not_bonded_pool_backed},
    {"a validator's shares = the sum of its delegations", shares_sum},
    {"validators are sound", validators_sound},
    {"unbonding and redelegation entries are sound", entries_sound},
    {"the active set = the bonded validators", active_set_bonded},
    {"signing infos are sound, and who is tombstoned is jailed", signing_infos_sound},
    {"vesting accounts hold what is locked, and track no more than they began with", vesting_sound},
};

}  // namespace

std::optional<std::string> broken_stake_invariant(const StakeInvariantInput& input) {
  for (const Invariant& invariant : invariants) {
    if (const Broken where = invariant.check(input)) return std::string(invariant.name) + " (" + *where + ")";
  }
  return std::nullopt;
}

}  // namespace souk
