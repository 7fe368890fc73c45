#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/chain/params.hpp"
#include "actors/chain/stake_msgs.hpp"

namespace souk {

struct GenesisBalance {
  Address address;
  std::vector<Coin> coins;
};

/// A validator that is bonded from the first block. Its self delegation comes out of its balance.
struct GenesisValidator {
  MsgCreateValidator create;
};
struct GenesisDelegation {
  Address delegator;
  Address validator;
  Amount amount;  ///< of the bond denomination, out of the delegator's balance
};
/// Coins of an account that it may not spend yet (akash-chain.md section 8.2). They may be delegated.
struct GenesisVesting {
  struct Period {
    Duration length{};
    std::vector<Coin> amount;
    friend bool operator==(const Period&, const Period&) = default;
  };
  enum class Kind : std::uint8_t { continuous, delayed, periodic, permanent_locked };
  Address address;
  Kind kind = Kind::continuous;
  std::vector<Coin> original;  ///< part of the account's balance
  Time start;
  Time end;                     ///< unused by periodic and permanent_locked
  std::vector<Period> periods;  ///< of periodic only: one after the other from `start`
};

/// The state a chain begins with.
struct Genesis {
  ChainParams params;
  std::vector<GenesisBalance> balances;
  std::vector<GenesisValidator> validators;
  std::vector<GenesisDelegation> delegations;
  std::vector<GenesisVesting> vesting;
  std::optional<Dec> inflation;  ///< at the first block; none: MintParams::inflation_max
  Time time{};
  /// Upgrade names this software knows how to run. A plan by another name stops the chain before its height.
  std::vector<std::string> known_upgrades;

  /// Whether it can be a chain. Errors name the field: parameters out of range, an address or key twice, a
  /// module's address, a supply of more than 63 bits (which keeps the sum of powers below 2^63 / 8 as well),
  /// a power of zero (a self delegation under 10^6), coins that are not there (a delegation or original
  /// vesting above the balance), the wrong denomination, commission out of bounds, more validators than
  /// max_validators, a delegation to nobody, periods that do not add up.
  Result<void> check() const;
};

}  // namespace souk
