#include "actors/chain/stake_validate.hpp"

// ValidateBasic of staking, slashing and vesting: what the SDK's handlers check before they look at the
// state.
namespace souk {
namespace {

constexpr std::size_t moniker_bytes_max = 70;

Verdict check_amount(Coin coin) {
  if (coin.amount.micro > 0) return accepted();
  return refuse(SdkError::invalid_request, "the amount must be positive");
}

Verdict check_commission(const CommissionRates& rates) {
  const Dec one = Dec::from_int(1);
  if (rates.max_rate.is_negative() || rates.rate.is_negative())
    return refuse(StakingError::commission_negative, "a commission rate is negative");
  if (rates.max_rate > one)
    return refuse(StakingError::commission_huge, "the maximum commission rate is above 1");
  if (rates.rate > rates.max_rate)
    return refuse(StakingError::commission_above_max, "the commission rate is above its maximum");
  if (rates.max_change_rate.is_negative())
    return refuse(StakingError::commission_change_negative, "the maximum change of the rate is negative");
  if (rates.max_change_rate > rates.max_rate)
    return refuse(StakingError::commission_change_above_max, "the maximum change is above the maximum rate");
  return accepted();
}

}  // namespace

Verdict check(const MsgCreateValidator& msg) {
  if (msg.key == ConsensusKey{}) return refuse(StakingError::empty_key, "the consensus key is empty");
  SOUK_TRY(check_amount(msg.value));
  if (msg.moniker.empty()) return refuse(SdkError::invalid_request, "the moniker is empty");
  SOUK_TRY(check_commission(msg.commission));
  if (msg.min_self_delegation.micro <= 0)
    return refuse(SdkError::invalid_request, "the minimum self delegation must be positive");
  if (msg.value.amount < msg.min_self_delegation)
    return refuse(StakingError::self_delegation_below_minimum, "the self delegation is below its minimum");
  if (msg.moniker.size() > moniker_bytes_max)
    return refuse(SdkError::invalid_request, "the moniker is longer than 70 bytes");
  return accepted();
}

Verdict check(const MsgEditValidator& msg) {
  if (msg.min_self_delegation && msg.min_self_delegation->micro <= 0)
    return refuse(SdkError::invalid_request, "the minimum self delegation must be positive");
  if (msg.commission_rate && (msg.commission_rate->is_negative() || *msg.commission_rate > Dec::from_int(1)))
    return refuse(SdkError::invalid_request, "the commission rate must be between 0 and 1");
  return accepted();
}

Verdict check(const MsgDelegate& msg) { return check_amount(msg.amount); }
Verdict check(const MsgUndelegate& msg) { return check_amount(msg.amount); }
Verdict check(const MsgBeginRedelegate& msg) { return check_amount(msg.amount); }

Verdict check(const MsgCancelUnbondingDelegation& msg) {
  SOUK_TRY(check_amount(msg.amount));
  if (msg.creation_height.value <= 0)
    return refuse(SdkError::invalid_request, "the creation height must be positive");
  return accepted();
}

Verdict check(const MsgUnjail&) { return accepted(); }

Verdict check(const MsgCreateVestingAccount& msg) {
  if (!valid_coins(msg.amount))
    return refuse(SdkError::invalid_coins, "coins must be positive, sorted and unique");
  if (unix_seconds(msg.end_time) <= 0)
    return refuse(SdkError::invalid_request, "vesting must end after 1970");
  return accepted();
}

}  // namespace souk
