#pragma once

#include <optional>
#include <string>

#include "actors/chain/slashing.hpp"
#include "actors/chain/staking.hpp"

namespace souk {

struct StakeInvariantInput {
  const Bank& bank;
  const Staking& staking;
  const Slashing& slashing;
  const StakingParams& params;
  Time now;
};

/// The first invariant of staking, slashing, vesting and supply that does not hold, and where; nullopt: all
/// hold.
std::optional<std::string> broken_stake_invariant(const StakeInvariantInput& input);

}  // namespace souk
