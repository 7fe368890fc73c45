#include "actors/chain/vesting.hpp"

#include <algorithm>

namespace souk {
namespace {

/// Half to even, as LegacyDec.RoundInt. REQUIRES: value >= 0.
Amount round_half_even(Dec value) {
  const Amount whole = value.truncate();
  const Dec rest = value - Dec::from(whole);
  const Dec half = Dec::from_raw(Dec::scale / 2);
  const bool up = rest > half || (rest == half && whole.micro % 2 != 0);
  return whole + Amount{up ? 1 : 0};
}

Purse purse_of(const std::vector<Coin>& coins) {
  Purse purse{};
  for (const Coin& coin : coins) purse[static_cast<std::size_t>(coin.denom)] += coin.amount;
  return purse;
}

}  // namespace

VestingAccount VestingAccount::from(const GenesisVesting& genesis) {
  VestingAccount account;
  account.kind = genesis.kind;
  account.original = purse_of(genesis.original);
  account.start = genesis.start;
  account.end = genesis.end;
  Time end = genesis.start;
  for (const GenesisVesting::Period& period : genesis.periods) {
    account.periods.push_back({period.length, purse_of(period.amount)});
    end += period.length;
  }
  if (genesis.kind == GenesisVesting::Kind::periodic) account.end = end;
  return account;
}

Amount VestingAccount::vested(Denom denom, Time now) const {
  const auto d = static_cast<std::size_t>(denom);
  const std::int64_t at = unix_seconds(now);
  if (kind == GenesisVesting::Kind::permanent_locked) return {};
  if (at >= unix_seconds(end)) return original[d];
  if (kind == GenesisVesting::Kind::delayed || at <= unix_seconds(start)) return {};
  if (kind == GenesisVesting::Kind::continuous) {
    const std::int64_t elapsed = at - unix_seconds(start);
    const std::int64_t length = unix_seconds(end) - unix_seconds(start);
    const Dec part = Dec::quo(Dec::from_int(elapsed), Dec::from_int(length));
    return round_half_even(Dec::mul(Dec::from(original[d]), part));
  }
  Amount sum;
  Time period_end = start;
  for (const Period& period : periods) {
    period_end += period.length;
    if (at < unix_seconds(period_end)) break;
    sum += period.amount[d];
  }
  return sum;
}

Amount VestingAccount::locked(Denom denom, Time now) const {
  const auto d = static_cast<std::size_t>(denom);
  return std::max(original[d] - vested(denom, now) - delegated_vesting[d], Amount{});
}

void VestingAccount::track_delegation(Coin coin, Time now) {
  const auto d = static_cast<std::size_t>(coin.denom);
  const Amount of_locked = std::min(locked(coin.denom, now), coin.amount);
  delegated_vesting[d] += of_locked;
  delegated_free[d] += coin.amount - of_locked;
}

void VestingAccount::track_undelegation(Coin coin) {
  const auto d = static_cast<std::size_t>(coin.denom);
  const Amount of_free = std::min(delegated_free[d], coin.amount);
  const Amount of_locked = std::min(delegated_vesting[d], coin.amount - of_free);
  delegated_free[d] -= of_free;
  delegated_vesting[d] -= of_locked;
}

}  // namespace souk
