#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "actors/base/codec.hpp"
#include "actors/base/money.hpp"
#include "actors/base/time.hpp"
#include "actors/chain/genesis.hpp"
#include "actors/chain/undo_map.hpp"

namespace souk {

/// An amount of each denomination.
using Purse = std::array<Amount, denom_count>;

/// Coins that come free over time (akash-chain.md section 8.2, BaseVestingAccount and its four wrappers).
/// Delegating takes locked coins first, so that free ones stay spendable.
struct VestingAccount {
  struct Period {
    Duration length{};
    Purse amount{};
  };
  GenesisVesting::Kind kind = GenesisVesting::Kind::continuous;
  Purse original{};
  Time start;
  Time end;
  std::vector<Period> periods;
  Purse delegated_vesting{};
  Purse delegated_free{};

  static VestingAccount from(const GenesisVesting& genesis);

  /// What has come free by `now`, in whole seconds: nothing at `start`, all at `end`; continuous ones by
  /// original x (elapsed / length), both rounded half to even.
  Amount vested(Denom denom, Time now) const;
  /// What may not be spent at `now`: not vested and not delegated.
  Amount locked(Denom denom, Time now) const;
  /// Coins of a delegation leave or come back. REQUIRES: coin.amount >= 0.
  void track_delegation(Coin coin, Time now);
  void track_undelegation(Coin coin);
};

}  // namespace souk
