#include <algorithm>
#include <chrono>

#include "actors/base/bech32.hpp"
#include "actors/base/hash.hpp"
#include "actors/chain/event_text.hpp"
#include "actors/chain/msg_type.hpp"

// The SDK's own names and attributes, in its order. Validators are written by their operator's address
// (akashvaloper) or that of their consensus key (akashvalcons), as each module has it.
namespace souk {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string account(const Address& address) { return to_bech32(address); }
std::string valoper(const Address& address) { return to_bech32(address, "akashvaloper"); }
/// The address of an ed25519 key is the head of its SHA-256.
std::string valcons(const ConsensusKey& key) {
  const Hash hash = sha256(key);
  Address address;
  std::copy_n(hash.begin(), address.bytes.size(), address.bytes.begin());
  return to_bech32(address, "akashvalcons");
}

std::string number(std::int64_t value) { return std::to_string(value); }
std::string id(std::uint64_t value) { return std::to_string(value); }
std::string coin(Coin c) { return number(c.amount.micro) + std::string(denom_name(c.denom)); }
std::string coins(const std::vector<Coin>& list) {
  std::string text;
  for (const Coin& c : list) text += (text.empty() ? "" : ",") + coin(c);
  return text;
}
std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::string two(unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); }
/// RFC 3339 in UTC, whole seconds, as the SDK formats completion times.
std::string date(Time time) {
  const std::int64_t s = unix_seconds(time);
  const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::seconds>(std::chrono::seconds(s)));
  const std::chrono::year_month_day date(day);
  const auto rest = static_cast<unsigned>(s - std::chrono::seconds(day.time_since_epoch()).count());
  return std::to_string(static_cast<int>(date.year())) + '-' + two(static_cast<unsigned>(date.month())) +
         '-' + two(static_cast<unsigned>(date.day())) + 'T' + two(rest / 3600) + ':' + two(rest / 60 % 60) +
         ':' + two(rest % 60) + 'Z';
}

std::string_view option_name(VoteOption option) {
  switch (option) {
    case VoteOption::yes: return "VOTE_OPTION_YES";
    case VoteOption::abstain: return "VOTE_OPTION_ABSTAIN";
    case VoteOption::no: return "VOTE_OPTION_NO";
    case VoteOption::no_with_veto: return "VOTE_OPTION_NO_WITH_VETO";
  }
  return "VOTE_OPTION_UNSPECIFIED";
}

/// Proto text of each option, one a line.
std::string options(const std::vector<WeightedVote>& votes) {
  std::string text;
  for (const WeightedVote& vote : votes) {
    if (!text.empty()) text += '\n';
    text += "option:" + std::string(option_name(vote.option)) + " weight:" + quoted(vote.weight.to_string());
  }
  return text;
}

/// ",/cosmos...MsgA,/cosmos...MsgB": the SDK begins with a comma.
std::string types(const SharedMsgs& msgs) {
  std::string text;
  if (msgs == nullptr) return text;
  for (const Msg& msg : msgs->msgs) text += ',' + std::string(msg_type(msg));
  return text;
}

std::string_view result_name(ProposalResult result) {
  switch (result) {
    case ProposalResult::passed: return "proposal_passed";
    case ProposalResult::rejected: return "proposal_rejected";
    case ProposalResult::failed: return "proposal_failed";
    case ProposalResult::expedited_failed: return "expedited_proposal_rejected";
    case ProposalResult::dropped: return "proposal_dropped";
  }
  return "";
}

struct Text {
  std::string type;
  Fields fields;
};

// ---- staking

Text text(const EventCreateValidator& e) {
  return {"create_validator", {{"validator", valoper(e.validator)}, {"amount", coin(e.amount)}}};
}
Text text(const EventEditValidator& e) {
  return {"edit_validator",
          {{"commission_rate", e.commission_rate.to_string()},
           {"min_self_delegation", number(e.min_self_delegation.micro)}}};
}
Text text(const EventDelegate& e) {
  return {"delegate",
          {{"validator", valoper(e.validator)},
           {"delegator", account(e.delegator)},
           {"amount", coin(e.amount)},
           {"new_shares", e.new_shares.to_string()}}};
}
Text text(const EventUnbond& e) {
  return {"unbond",
          {{"validator", valoper(e.validator)},
           {"amount", coin(e.amount)},
           {"delegator", account(e.delegator)},
           {"completion_time", date(e.completion_time)}}};
}
Text text(const EventRedelegate& e) {
  return {"redelegate",
          {{"source_validator", valoper(e.source)},
           {"destination_validator", valoper(e.destination)},
           {"amount", coin(e.amount)},
           {"completion_time", date(e.completion_time)}}};
}
Text text(const EventCancelUnbondingDelegation& e) {
  return {"cancel_unbonding_delegation",
          {{"amount", coin(e.amount)},
           {"validator", valoper(e.validator)},
           {"delegator", account(e.delegator)},
           {"creation_height", number(e.creation_height.value)}}};
}
Text text(const EventCompleteUnbonding& e) {
  return {
      "complete_unbonding",
      {{"amount", coin(e.amount)}, {"validator", valoper(e.validator)}, {"delegator", account(e.delegator)}}};
}
Text text(const EventCompleteRedelegation& e) {
  return {"complete_redelegation",
          {{"amount", coin(e.amount)},
           {"delegator", account(e.delegator)},
           {"source_validator", valoper(e.source)},
           {"destination_validator", valoper(e.destination)}}};
}

// ---- slashing

Text text(const EventSlash& e) {
  const bool absent = e.reason == SlashReason::missing_signature;
  Text text{"slash",
            {{"address", valcons(e.key)},
             {"power", number(e.power)},
             {"reason", absent ? "missing_signature" : "double_sign"}}};
  // For a double signature the SDK reports the jailing apart.
  if (e.jailed && absent) text.fields.emplace_back("jailed", valcons(e.key));
  text.fields.emplace_back("burned_coins", number(e.burned_coins.micro));
  return text;
}
Text text(const EventLiveness& e) {
  return {"liveness",
          {{"address", valcons(e.key)},
           {"missed_blocks", number(e.missed_blocks)},
           {"height", number(e.height.value)}}};
}
/// The module has no event of its own: this is the one every message has.
Text text(const EventUnjail& e) {
  return {"message",
          {{"action", "/cosmos.slashing.v1beta1.MsgUnjail"},
           {"sender", valoper(e.validator)},
           {"module", "slashing"}}};
}
/// Not Akash's.
Text text(const EventValidatorStatus& e) {
  return {"validator_status",
          {{"validator", valoper(e.validator)},
           {"bonded", e.bonded ? "true" : "false"},
           {"jailed", e.jailed ? "true" : "false"},
           {"tokens", number(e.tokens.micro)}}};
}

// ---- mint, distribution, bank

Text text(const EventMint& e) {
  return {"mint",
          {{"bonded_ratio", e.bonded_ratio.to_string()},
           {"inflation", e.inflation.to_string()},
           {"annual_provisions", e.annual_provisions.to_string()},
           {"amount", number(e.amount.micro)}}};
}
Text text(const EventRewards& e) {
  return {"rewards", {{"amount", to_string(e.amount)}, {"validator", valoper(e.validator)}}};
}
Text text(const EventCommission& e) {
  return {"commission", {{"amount", to_string(e.amount)}, {"validator", valoper(e.validator)}}};
}
Text text(const EventProposerReward& e) {
  return {"proposer_reward", {{"amount", to_string(e.amount)}, {"validator", valoper(e.validator)}}};
}
Text text(const EventWithdrawRewards& e) {
  return {"withdraw_rewards",
          {{"amount", coins(e.amount)},
           {"validator", valoper(e.validator)},
           {"delegator", account(e.delegator)}}};
}
Text text(const EventWithdrawCommission& e) { return {"withdraw_commission", {{"amount", coins(e.amount)}}}; }
Text text(const EventSetWithdrawAddress& e) {
  return {"set_withdraw_address", {{"withdraw_address", account(e.withdraw)}}};
}
Text text(const EventCoinbase& e) {
  return {"coinbase", {{"minter", account(e.minter)}, {"amount", coin(e.amount)}}};
}
Text text(const EventBurn& e) {
  return {"burn", {{"burner", account(e.burner)}, {"amount", coin(e.amount)}}};
}

// ---- gov

Text text(const EventSubmitProposal& e) {
  return {"submit_proposal",
          {{"proposal_id", id(e.proposal_id)},
           {"proposal_proposer", account(e.proposer)},
           {"proposal_messages", types(e.msgs)}}};
}
Text text(const EventProposalDeposit& e) {
  return {
      "proposal_deposit",
      {{"depositor", account(e.depositor)}, {"amount", coins(e.amount)}, {"proposal_id", id(e.proposal_id)}}};
}
Text text(const EventVotingStarted& e) {
  return {e.at_submission ? "submit_proposal" : "proposal_deposit",
          {{"voting_period_start", id(e.proposal_id)}}};
}
Text text(const EventProposalVote& e) {
  return {"proposal_vote",
          {{"voter", account(e.voter)}, {"option", options(e.options)}, {"proposal_id", id(e.proposal_id)}}};
}
Text text(const EventCancelProposal& e) {
  return {"cancel_proposal", {{"sender", account(e.proposer)}, {"proposal_id", id(e.proposal_id)}}};
}
Text text(const EventProposalEnded& e) {
  Fields fields{{"proposal_id", id(e.proposal_id)}, {"proposal_result", std::string(result_name(e.result))}};
  if (e.result == ProposalResult::dropped) return {"inactive_proposal", std::move(fields)};
  fields.emplace_back("proposal_log", e.log);
  return {"active_proposal", std::move(fields)};
}

// ---- authz (typed events: JSON values, keys sorted), feegrant

Text text(const EventGrant& e) {
  return {"cosmos.authz.v1beta1.EventGrant",
          {{"grantee", quoted(account(e.grantee))},
           {"granter", quoted(account(e.granter))},
           {"msg_type_url", quoted(e.msg_type)}}};
}
Text text(const EventRevoke& e) {
  return {"cosmos.authz.v1beta1.EventRevoke",
          {{"grantee", quoted(account(e.grantee))},
           {"granter", quoted(account(e.granter))},
           {"msg_type_url", quoted(e.msg_type)}}};
}
Fields pair_of(const Address& granter, const Address& grantee) {
  return {{"granter", account(granter)}, {"grantee", account(grantee)}};
}
Text text(const EventSetFeeGrant& e) { return {"set_feegrant", pair_of(e.granter, e.grantee)}; }
Text text(const EventUpdateFeeGrant& e) { return {"update_feegrant", pair_of(e.granter, e.grantee)}; }
Text text(const EventUseFeeGrant& e) { return {"use_feegrant", pair_of(e.granter, e.grantee)}; }
Text text(const EventRevokeFeeGrant& e) { return {"revoke_feegrant", pair_of(e.granter, e.grantee)}; }

Text text_of(const StakeEvent& event) {
  return std::visit([](const auto& e) { return text(e); }, event);
}

}  // namespace

std::string stake_event_type(const StakeEvent& event) { return text_of(event).type; }

std::vector<std::pair<std::string, std::string>> stake_event_attributes(const StakeEvent& event) {
  return text_of(event).fields;
}

}  // namespace souk
