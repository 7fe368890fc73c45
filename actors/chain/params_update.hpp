#pragma once

#include "actors/chain/params.hpp"
#include "actors/chain/stake_codes.hpp"
#include "actors/chain/stake_msgs.hpp"

namespace souk {

/// MsgUpdateParams of any module. Changes nothing unless accepted; that the change be undone with its
/// transaction is the caller's part. Errors, in order: gov 13 the authority is not gov, sdk 18 a legacy
/// proposer reward (as the SDK has it), undefined 1 a parameter out of its range.
Verdict update_params(const MsgUpdateParams& msg, ChainParams& params);

/// Whether parameters are in their ranges: x/<module>/types/params.go. Errors name the field.
Result<void> check(const StakingParams& params);
Result<void> check(const SlashingParams& params);
Result<void> check(const MintParams& params);
Result<void> check(const DistributionParams& params);
Result<void> check(const GovParams& params);
Result<void> check(const MarketParams& params);
Result<void> check(const StakeParams& params);

}  // namespace souk
