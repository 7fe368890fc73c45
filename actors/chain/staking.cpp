#include "actors/chain/staking.hpp"

// Looking up, validators' own messages, and the transaction frame.
namespace souk {
namespace {

/// Shares above this are refused: sums of them stay within Dec.
constexpr i128 shares_raw_max = static_cast<i128>(Dec::scale) * Dec::scale * 100;

template <class Map>
void append_map(Bytes& out, const Map& map) {
  const auto count = static_cast<std::uint64_t>(std::distance(map.begin(), map.end()));
  encode_to(out, count);
  for (const auto& [key, value] : map) {
    encode_to(out, key);
    encode_to(out, value);
  }
}

/// What is queued, without the places: they depend on messages that failed.
template <class Queue>
void append_queue(Bytes& out, const Queue& queue) {
  for (const auto& [key, value] : queue) {
    encode_to(out, key.first);
    encode_to(out, value);
  }
}

}  // namespace

bool ValidatorRecord::can_issue(Amount amount) const {
  if (shares.is_zero()) return true;
  const i128 of_one = shares.raw() / tokens.micro + 1;
  i128 issued = 0;
  return !__builtin_mul_overflow(of_one, static_cast<i128>(amount.micro), &issued) &&
         issued <= shares_raw_max - shares.raw();
}

const ValidatorRecord* Staking::find(const ConsensusKey& key) const {
  const Address* operator_address = by_key_.find(key);
  return operator_address == nullptr ? nullptr : validators_.find(*operator_address);
}

const ValidatorRecord& Staking::at(const Address& operator_address) const {
  const ValidatorRecord* validator = validators_.find(operator_address);
  SOUK_CHECK(validator != nullptr);
  return *validator;
}

Dec Staking::delegation(const Address& delegator, const Address& validator) const {
  const Dec* shares = delegations_.find({delegator, validator});
  return shares == nullptr ? Dec{} : *shares;
}

std::span<const UnbondingEntry> Staking::unbonding(const Address& delegator, const Address& validator) const {
  const auto* entries = unbondings_.find({validator, delegator});
  if (entries == nullptr) return {};
  return *entries;
}

Verdict Staking::create_validator(const MsgCreateValidator& msg, StakeContext& context) {
  const StakingParams& params = context.exec.params.stake.staking;
  if (msg.commission.rate < params.min_commission_rate)
    return refuse(StakingError::commission_below_minimum, "the commission is below the chain's minimum");
  if (find(msg.validator) != nullptr)
    return refuse(StakingError::operator_exists, "the operator has a validator already");
  if (find(msg.key) != nullptr)
    return refuse(StakingError::key_exists, "another validator has this consensus key");
  if (msg.value.denom != params.bond_denom)
    return refuse(SdkError::invalid_request, "validators are staked in the bond denomination");

  ValidatorRecord validator;
  validator.operator_address = msg.validator;
  validator.key = msg.key;
  validator.moniker = msg.moniker;
  validator.commission = msg.commission;
  validator.commission_updated = context.exec.block.time;
  validator.min_self_delegation = msg.min_self_delegation;
  put(validator);
  by_key_.put(msg.key, msg.validator);
  context.hooks.validator_created(validator, context);
  Dec new_shares;
  SOUK_TRY(add_delegation(msg.validator, msg.validator, msg.value.amount, {}, context, new_shares));
  context.exec.events.push_back(StakeEvent(EventCreateValidator{msg.validator, msg.value, msg.commission}));
  return accepted();
}

namespace {

Verdict check_new_rate(const ValidatorRecord& validator, Dec rate, Time now) {
  if (now - validator.commission_updated < std::chrono::hours(24))
    return refuse(StakingError::commission_updated_lately, "the commission changed less than 24 h ago");
  if (rate > validator.commission.max_rate)
    return refuse(StakingError::commission_above_max, "the commission is above the validator's maximum");
  if (rate - validator.commission.rate > validator.commission.max_change_rate)
    return refuse(StakingError::commission_changed_too_much, "the commission rises by more than it may");
  return accepted();
}

}  // namespace

Verdict Staking::edit_validator(const MsgEditValidator& msg, StakeContext& context) {
  if (msg.commission_rate && *msg.commission_rate < context.exec.params.stake.staking.min_commission_rate)
    return refuse(SdkError::invalid_request, "the commission is below the chain's minimum");
  const ValidatorRecord* found = find(msg.validator);
  if (found == nullptr) return refuse(StakingError::no_validator, "the operator has no validator");
  ValidatorRecord validator = *found;
  if (msg.commission_rate) {
    SOUK_TRY(check_new_rate(validator, *msg.commission_rate, context.exec.block.time));
    validator.commission.rate = *msg.commission_rate;
    validator.commission_updated = context.exec.block.time;
  }
  if (msg.min_self_delegation) {
    if (*msg.min_self_delegation <= validator.min_self_delegation)
      return refuse(StakingError::min_self_delegation_decreased, "the minimum can only be raised");
    if (*msg.min_self_delegation > validator.tokens)
      return refuse(StakingError::self_delegation_below_minimum, "the validator has fewer tokens");
    validator.min_self_delegation = *msg.min_self_delegation;
  }
  put(validator);
  context.exec.events.push_back(StakeEvent(
      EventEditValidator{msg.validator, validator.commission.rate, validator.min_self_delegation}));
  return accepted();
}

void Staking::jail(const Address& operator_address) {
  ValidatorRecord validator = at(operator_address);
  SOUK_CHECK(!validator.jailed);
  validator.jailed = true;
  put(validator);
}

void Staking::unjail(const Address& operator_address) {
  ValidatorRecord validator = at(operator_address);
  SOUK_CHECK(validator.jailed);
  validator.jailed = false;
  put(validator);
}

void Staking::remove(const Address& operator_address, StakeContext& context) {
  const ValidatorRecord validator = at(operator_address);
  SOUK_CHECK(validator.shares.is_zero() && validator.tokens.micro == 0);
  validators_.erase(operator_address);
  by_key_.erase(validator.key);
  dirty_ = true;
  context.hooks.validator_removed(validator, context);
}

void Staking::begin() {
  validators_.begin_tx();
  by_key_.begin_tx();
  delegations_.begin_tx();
  unbondings_.begin_tx();
  redelegations_.begin_tx();
  incoming_.begin_tx();
  unbonding_queue_.begin_tx();
  redelegation_queue_.begin_tx();
  validator_queue_.begin_tx();
  active_.begin_tx();
  queued_before_ = queued_;
}

void Staking::rollback() {
  validators_.rollback();
  by_key_.rollback();
  delegations_.rollback();
  unbondings_.rollback();
  redelegations_.rollback();
  incoming_.rollback();
  unbonding_queue_.rollback();
  redelegation_queue_.rollback();
  validator_queue_.rollback();
  active_.rollback();
  queued_ = queued_before_;
}

void Staking::append_state(Bytes& out) const {
  if (validators_.begin() == validators_.end() && unbondings_.begin() == unbondings_.end() &&
      redelegations_.begin() == redelegations_.end())
    return;
  append_map(out, validators_);
  append_map(out, delegations_);
  append_map(out, unbondings_);
  append_map(out, redelegations_);
  append_map(out, active_);
  append_queue(out, unbonding_queue_);
  append_queue(out, redelegation_queue_);
  append_queue(out, validator_queue_);
}

}  // namespace souk
