#pragma once

#include "actors/chain/tables.hpp"

/// State machines of the staking economy. What is not here is refused.
namespace souk {

/// Of a validator (akash-chain.md section 8.3). Only bonded ones are in the active set.
enum class ValidatorStatus : std::uint8_t { unbonded = 1, unbonding = 2, bonded = 3 };
/// bond and unbond: it came into, or fell out of, the active set. mature: the unbonding time is over.
enum class ValidatorInput : std::uint8_t { bond, unbond, mature };

inline constexpr Transition<ValidatorStatus, ValidatorInput> validator_transitions[] = {
    {ValidatorStatus::unbonded, ValidatorInput::bond, ValidatorStatus::bonded},
    {ValidatorStatus::unbonding, ValidatorInput::bond, ValidatorStatus::bonded},
    {ValidatorStatus::bonded, ValidatorInput::unbond, ValidatorStatus::unbonding},
    {ValidatorStatus::unbonding, ValidatorInput::mature, ValidatorStatus::unbonded},
};

static_assert(is_function(validator_transitions));

}  // namespace souk
