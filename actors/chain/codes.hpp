#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Error codes, verbatim. Sources: akash-chain.md sections 2.4, 3.8, 4, 6.1, 6.2, 8.1.
namespace souk {

enum class Codespace : std::uint8_t {
  none,
  sdk,
  deployment,
  market,
  escrow,
  provider,
  audit,
  authz,
  undefined,
  bank,
  staking,
  slashing,
  distribution,
  gov,
  feegrant,
  upgrade,
  evidence
};

/// The text of the wire form: "market", "sdk", ...; "" for none.
constexpr std::string_view codespace_name(Codespace codespace) {
  constexpr std::string_view names[] = {"",         "sdk",      "deployment",   "market",    "escrow",
                                        "provider", "audit",    "authz",        "undefined", "bank",
                                        "staking",  "slashing", "distribution", "gov",       "feegrant",
                                        "upgrade",  "evidence"};
  return names[static_cast<std::size_t>(codespace)];
}

enum class DeploymentError : std::uint32_t {
  name_missing = 1,
  invalid_request = 2,
  exists = 3,
  not_found = 4,
  closed = 5,
  owner_account_missing = 6,
  invalid_groups = 7,
  invalid_deployment_id = 8,
  empty_hash = 9,
  invalid_hash = 10,
  internal = 11,
  invalid_deployment = 12,
  invalid_group_id = 13,
  group_not_found = 14,
  group_closed = 15,
  group_open = 16,
  group_paused = 17,
  group_not_open = 18,
  group_spec_invalid = 19,
  invalid_deposit = 20,
  bad_id_path = 21,
  invalid_param = 22,
  invalid_escrow_id = 23,
  invalid_price = 24,
  duplicate_group_name = 25,
  invalid_reclamation = 26,
};

enum class MarketError : std::uint32_t {
  empty_provider = 1,
  same_account = 2,
  internal = 3,
  bid_over_order = 4,
  attribute_mismatch = 5,
  unknown_bid = 6,
  unknown_lease = 7,
  unknown_lease_for_bid = 8,
  unknown_order_for_bid = 9,
  lease_not_active = 10,
  bid_not_active = 11,
  bid_not_open = 12,
  order_not_open = 13,
  no_lease_for_order = 14,
  order_not_found = 15,
  group_not_found = 16,
  group_not_open = 17,
  bid_not_found = 18,
  bid_zero_price = 19,
  lease_not_found = 20,
  bid_exists = 21,
  bid_invalid_price = 22,
  order_active = 23,
  order_closed = 24,
  order_exists = 25,
  order_duration_exceeded = 26,
  order_too_early = 27,
  invalid_deposit = 28,
  invalid_param = 29,
  unknown_provider = 30,
  invalid_bid = 31,
  capabilities_mismatch = 32,
  invalid_close_reason = 33,
  invalid_escrow_id = 34,
  not_reclaimable = 35,
  already_reclaiming = 36,
  reclamation_not_started = 37,
  window_not_elapsed = 38,
  window_invalid = 39,
  reclamation_required = 40,
  window_too_short = 41,
};

enum class EscrowError : std::uint32_t {
  account_exists = 1,
  account_closed = 2,
  account_not_found = 3,
  account_overdrawn = 4,
  invalid_denomination = 5,
  payment_exists = 6,
  payment_closed = 7,
  payment_not_found = 8,
  rate_zero = 9,
  invalid_payment = 10,
  invalid_settlement = 11,
  invalid_id = 12,
  invalid_account = 13,
  invalid_depositor = 14,
  unauthorized_deposit_scope = 15,
  invalid_deposit = 16,
  invalid_authz_scope = 17,
  malformed_key = 18,
};

enum class ProviderError : std::uint32_t {
  bad_uri = 1,
  not_absolute = 2,
  not_found = 3,
  exists = 4,
  bad_address = 5,
  attributes = 6,
  incompatible_attributes = 7,
  website = 8,
  internal = 9,
  not_implemented = 10,
};

enum class AuditError : std::uint32_t {
  provider_not_found = 1,
  invalid_address = 2,
  attribute_not_found = 3
};

/// cosmos-sdk x/authz/errors.go.
enum class AuthzError : std::uint32_t {
  authorization_not_found = 2,
  invalid_expiration = 3,
  unknown_authorization_type = 4,
  grant_key_not_found = 5,
  authorization_expired = 6,
  granter_is_grantee = 7,
  number_of_signers = 9,
  negative_max_tokens = 12,
};

/// cosmos-sdk x/bank/types/errors.go.
enum class BankError : std::uint32_t { send_disabled = 5, duplicate_entry = 8 };

enum class SdkError : std::uint32_t {
  unauthorized = 4,
  insufficient_funds = 5,
  unknown_request = 6,
  invalid_address = 7,
  invalid_pubkey = 8,
  invalid_coins = 10,
  invalid_request = 18,
  invalid_type = 29,
  timeout_height = 30,
  not_found = 38,
};

/// A panic that the chain recovers from: codespace `undefined`.
inline constexpr std::uint32_t recovered_panic = 111222;

/// The outcome of one check or message. Cheap: no text is made unless somebody prints it.
struct [[nodiscard]] Verdict {
  Codespace codespace = Codespace::none;
  std::uint32_t code = 0;
  std::string_view why;  ///< a literal
  bool ok() const { return code == 0; }
};

constexpr Verdict accepted() { return {}; }
constexpr Verdict refuse(DeploymentError e, std::string_view why) {
  return {Codespace::deployment, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(MarketError e, std::string_view why) {
  return {Codespace::market, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(EscrowError e, std::string_view why) {
  return {Codespace::escrow, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(ProviderError e, std::string_view why) {
  return {Codespace::provider, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(AuditError e, std::string_view why) {
  return {Codespace::audit, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(AuthzError e, std::string_view why) {
  return {Codespace::authz, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(BankError e, std::string_view why) {
  return {Codespace::bank, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict refuse(SdkError e, std::string_view why) {
  return {Codespace::sdk, static_cast<std::uint32_t>(e), why};
}
constexpr Verdict panic(std::string_view why) { return {Codespace::undefined, recovered_panic, why}; }

}  // namespace souk

/// Leaves the function with the verdict of `expression` unless it is acceptance.
#define SOUK_TRY(expression)                                                            \
  do {                                                                                  \
    if (const ::souk::Verdict verdict_ = (expression); !verdict_.ok()) return verdict_; \
  } while (false)
