#pragma once

#include "actors/chain/codes.hpp"

/// Error codes of the staking economy, verbatim: x/<module>/types/errors.go of the Cosmos SDK v0.53.
/// evidence has none here: its messages come from consensus alone, and what is wrong with them is ignored.
namespace souk {

/// cosmos-sdk x/staking/types/errors.go.
enum class StakingError : std::uint32_t {
  no_validator = 3,
  operator_exists = 4,
  key_exists = 5,
  validator_jailed = 7,
  commission_negative = 9,
  commission_huge = 10,
  commission_above_max = 11,
  commission_updated_lately = 12,
  commission_change_negative = 13,
  commission_change_above_max = 14,
  commission_changed_too_much = 15,
  self_delegation_below_minimum = 16,
  min_self_delegation_decreased = 17,
  no_delegation = 19,
  insufficient_shares = 22,
  max_unbonding_entries = 27,
  self_redelegation = 29,
  tiny_redelegation = 30,
  bad_redelegation_destination = 31,
  transitive_redelegation = 32,
  max_redelegation_entries = 33,
  invalid_exchange_rate = 34,
  empty_key = 39,
  commission_below_minimum = 40,
};

/// cosmos-sdk x/slashing/types/errors.go.
enum class SlashingError : std::uint32_t {
  still_jailed = 4,  ///< tombstoned, or before jailed_until
  not_jailed = 5,
  self_delegation_too_low = 7,
};

enum class DistributionError : std::uint32_t {
  empty_delegator_address = 2,
  empty_withdraw_address = 3,
  empty_validator_address = 4,
  no_delegation_info = 5,
  no_validator_info = 6,
  no_validator_commission = 7,
  set_withdraw_address_disabled = 8,
  bad_distribution = 9,  ///< the community pool has not that much
  invalid_proposal_amount = 10,
  empty_proposal_recipient = 11,
  no_validator = 12,
  no_delegation = 13,
};

enum class GovError : std::uint32_t {
  inactive_proposal = 3,
  already_active_proposal = 4,
  invalid_proposal_content = 5,
  invalid_proposal_type = 6,
  invalid_vote = 7,
  invalid_genesis = 8,
  no_proposal_handler = 9,
  unroutable_message = 10,
  no_messages = 11,
  invalid_message = 12,
  invalid_signer = 13,  ///< also of every module's MsgUpdateParams with a wrong authority
  invalid_signal_message = 14,
  metadata_too_long = 15,
  min_deposit_too_small = 16,
  invalid_proposer = 18,
  voting_period_ended = 20,
  invalid_proposal = 21,
  summary_too_long = 22,
  invalid_deposit_denom = 23,
};

enum class FeegrantError : std::uint32_t {
  fee_limit_exceeded = 2,
  fee_limit_expired = 3,
  invalid_duration = 4,
  no_allowance = 5,
  no_messages = 6,
  message_not_allowed = 7,
};

constexpr Verdict refuse(StakingError e, std::string_view why) {
  return {Codespace::staking, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(SlashingError e, std::string_view why) {
  return {Codespace::slashing, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(DistributionError e, std::string_view why) {
  return {Codespace::distribution, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(GovError e, std::string_view why) {
  return {Codespace::gov, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(FeegrantError e, std::string_view why) {
  return {Codespace::feegrant, static_cast<std::uint32_t>(e), why};
}
/// An error that no module registered (a look-up that finds nothing, parameters out of range): codespace
/// `undefined`, code 1.
constexpr Verdict unregistered_error(std::string_view why) { return {Codespace::undefined, 1, why}; }

}  // namespace souk
