#include "actors/chain/stake_validate.hpp"

#include <algorithm>
#include <chrono>

#include "actors/chain/gov.hpp"
#include "actors/chain/validate.hpp"

// Distribution, governance, upgrades, authz, feegrant. Staking's are in stake_validate_staking.cpp.
namespace souk {
namespace {

constexpr Duration period_max = std::chrono::hours(24 * 3650);

Verdict bad_request(std::string_view why) { return refuse(SdkError::invalid_request, why); }

Verdict check_coins(const std::vector<Coin>& coins) {
  if (!valid_coins(coins))
    return refuse(SdkError::invalid_coins, "coins must be positive, sorted and unique");
  return accepted();
}

// ---- distribution

Verdict check(const MsgSetWithdrawAddress&) { return accepted(); }
Verdict check(const MsgWithdrawDelegatorReward&) { return accepted(); }
Verdict check(const MsgWithdrawValidatorCommission&) { return accepted(); }
Verdict check(const MsgFundCommunityPool& msg) { return check_coins(msg.amount); }
Verdict check(const MsgCommunityPoolSpend& msg) { return check_coins(msg.amount); }

// ---- gov, upgrade

Verdict check(const MsgSubmitProposal& msg) {
  if (msg.title.empty()) return bad_request("a proposal needs a title");
  if (msg.summary.empty()) return bad_request("a proposal needs a summary");
  const std::size_t count = msg.msgs == nullptr ? 0 : msg.msgs->msgs.size();
  if (count == 0 && msg.metadata.empty())
    return refuse(GovError::no_messages, "a proposal needs messages or metadata");
  if (count > inner_msgs_max) return bad_request("a proposal carries at most 1000 messages");
  if (!msg.initial_deposit.empty()) SOUK_TRY(check_coins(msg.initial_deposit));
  if (msg.metadata.size() > gov_metadata_max)
    return refuse(GovError::metadata_too_long, "metadata has at most 10200 bytes");
  if (msg.summary.size() > gov_summary_max)
    return refuse(GovError::summary_too_long, "a summary has at most 408000 bytes");
  if (msg.title.size() > gov_metadata_max)
    return refuse(GovError::metadata_too_long, "a title has at most 10200 bytes");
  return accepted();
}

bool valid_option(VoteOption option) {
  return option >= VoteOption::yes && option <= VoteOption::no_with_veto;
}

Verdict check(const MsgVote& msg) {
  if (msg.options.empty()) return bad_request("a vote needs an option");
  Dec sum;
  for (std::size_t i = 0; i < msg.options.size(); ++i) {
    const WeightedVote& vote = msg.options[i];
    if (!valid_option(vote.option) || vote.weight <= Dec{} || vote.weight > Dec::from_int(1))
      return refuse(GovError::invalid_vote, "an option is unknown or its weight not in (0, 1]");
    for (std::size_t k = 0; k < i; ++k)
      if (msg.options[k].option == vote.option)
        return refuse(GovError::invalid_vote, "an option is given twice");
    sum += vote.weight;
  }
  if (sum != Dec::from_int(1)) return refuse(GovError::invalid_vote, "weights must sum to 1");
  return accepted();
}

Verdict check(const MsgProposalDeposit& msg) { return check_coins(msg.amount); }
Verdict check(const MsgCancelProposal&) { return accepted(); }
Verdict check(const MsgUpdateParams&) { return accepted(); }  // update_params checks all

Verdict check(const MsgSoftwareUpgrade& msg) {
  if (msg.plan.name.empty()) return bad_request("an upgrade needs a name");
  if (msg.plan.name.size() > upgrade_name_bytes_max || msg.plan.info.size() > upgrade_info_bytes_max)
    return bad_request("the name of an upgrade has at most 140 bytes, its info 10200");
  if (msg.plan.height.value <= 0) return bad_request("an upgrade needs a height above 0");
  return accepted();
}
Verdict check(const MsgCancelUpgrade&) { return accepted(); }

// ---- authz

Verdict check_list(const std::vector<Address>& list) {
  if (list.size() > list_max) return bad_request("a list has at most 256 addresses");
  std::vector<Address> sorted = list;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    return refuse(BankError::duplicate_entry, "an address is listed twice");
  return accepted();
}

Verdict check_authorization(const GenericAuthorization& a) {
  if (a.msg_type.empty() || a.msg_type.size() > msg_type_bytes_max)
    return bad_request("a message type has 1 to 256 bytes");
  return accepted();
}
Verdict check_authorization(const SendAuthorization& a) {
  SOUK_TRY(check_coins(a.spend_limit));
  return check_list(a.allow_list);
}
Verdict check_authorization(const StakeAuthorization& a) {
  if (a.max_tokens && a.max_tokens->amount.micro < 0)
    return refuse(AuthzError::negative_max_tokens, "max_tokens must not be negative");
  if (a.type < StakeAuthorizationType::delegate || a.type > StakeAuthorizationType::cancel_unbonding)
    return refuse(AuthzError::unknown_authorization_type, "there is no such stake authorization");
  if (!a.allow_list.empty() && !a.deny_list.empty())
    return bad_request("validators are either allowed or denied");
  SOUK_TRY(check_list(a.allow_list));
  return check_list(a.deny_list);
}

Verdict check(const MsgGrant& msg) {
  if (msg.granter == msg.grantee)
    return refuse(AuthzError::granter_is_grantee, "granter and grantee must differ");
  return std::visit([](const auto& a) { return check_authorization(a); }, msg.authorization);
}

Verdict check(const MsgRevoke& msg) {
  if (msg.granter == msg.grantee)
    return refuse(AuthzError::granter_is_grantee, "granter and grantee must differ");
  return check_authorization(GenericAuthorization{msg.msg_type});
}

Verdict check_exec(const MsgExec& msg, std::size_t depth) {
  if (msg.msgs == nullptr || msg.msgs->msgs.empty()) return bad_request("there is no message to execute");
  if (msg.msgs->msgs.size() > inner_msgs_max) return bad_request("an execution has at most 1000 messages");
  if (depth >= msg_depth_max) return bad_request("messages are nested more than 8 deep");
  for (const Msg& inner : msg.msgs->msgs) {
    const auto* stake = std::get_if<StakeMsg>(&inner);
    SOUK_TRY(stake != nullptr ? validate(*stake, depth + 1) : validate(inner));
  }
  return accepted();
}

// ---- feegrant

Verdict check_periodic(const FeeAllowance& allowance) {
  const PeriodicLimit& periodic = *allowance.periodic;
  SOUK_TRY(check_coins(periodic.spend_limit));
  const auto limited = [&](const Coin& coin) {
    return std::any_of(allowance.spend_limit.begin(), allowance.spend_limit.end(),
                       [&](const Coin& other) { return other.denom == coin.denom; });
  };
  if (!allowance.spend_limit.empty() &&
      !std::all_of(periodic.spend_limit.begin(), periodic.spend_limit.end(), limited))
    return refuse(SdkError::invalid_coins, "a period's limit has denominations that the whole has not");
  if (periodic.period < Duration::zero() || periodic.period > period_max)
    return refuse(FeegrantError::invalid_duration, "a period lasts 0 to 10 years");
  return accepted();
}

Verdict check(const MsgGrantAllowance& msg) {
  if (msg.granter == msg.grantee)
    return refuse(SdkError::invalid_address, "nobody grants himself a fee allowance");
  const FeeAllowance& allowance = msg.allowance;
  if (!allowance.spend_limit.empty()) SOUK_TRY(check_coins(allowance.spend_limit));
  if (allowance.expiration && allowance.expiration->time_since_epoch() < Duration::zero())
    return refuse(FeegrantError::invalid_duration, "the expiration lies before 1970");
  if (allowance.periodic) SOUK_TRY(check_periodic(allowance));
  if (allowance.allowed_messages.size() > list_max)
    return bad_request("an allowance names at most 256 message types");
  for (const std::string& type : allowance.allowed_messages)
    SOUK_TRY(check_authorization(GenericAuthorization{type}));
  return accepted();
}

Verdict check(const MsgRevokeAllowance& msg) {
  if (msg.granter == msg.grantee)
    return refuse(SdkError::invalid_address, "nobody grants himself a fee allowance");
  return accepted();
}

}  // namespace

bool valid_coins(const std::vector<Coin>& coins) {
  for (std::size_t i = 0; i < coins.size(); ++i) {
    if (coins[i].amount.micro <= 0) return false;
    if (i > 0 && denom_name(coins[i - 1].denom) >= denom_name(coins[i].denom)) return false;
  }
  return !coins.empty();
}

Verdict validate(const StakeMsg& msg, std::size_t depth) {
  if (const auto* exec = std::get_if<MsgExec>(&msg)) return check_exec(*exec, depth);
  return std::visit(
      [](const auto& m) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(m)>, MsgExec>)
          return accepted();  // done above
        else
          return check(m);
      },
      msg);
}

}  // namespace souk
