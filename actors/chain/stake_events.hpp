#pragma once

#include <string>
#include <vector>

#include "actors/chain/dec_coins.hpp"
#include "actors/chain/stake_msgs.hpp"

/// Events of the staking economy (akash-chain.md sections 8.2 to 8.7). The SDK writes them untyped: names and
/// attributes are in stake_event_text.cpp; here they are fields. What rides along for listeners is marked.
namespace souk {

struct EventCreateValidator {
  Address validator;
  Coin amount;
  CommissionRates commission;  ///< rides along
};
struct EventEditValidator {
  Address validator;
  Dec commission_rate;
  Amount min_self_delegation;
};
struct EventDelegate {
  Address validator;
  Address delegator;
  Coin amount;
  Dec new_shares;
};
struct EventUnbond {
  Address validator;
  Address delegator;
  Coin amount;
  Time completion_time;
};
struct EventRedelegate {
  Address source;
  Address destination;
  Address delegator;  ///< rides along
  Coin amount;
  Time completion_time;
};
struct EventCancelUnbondingDelegation {
  Address validator;
  Address delegator;
  Coin amount;
  Height creation_height;
};
struct EventCompleteUnbonding {
  Address validator;
  Address delegator;
  Coin amount;
};
struct EventCompleteRedelegation {
  Address source;
  Address destination;
  Address delegator;
  Coin amount{};
};
enum class SlashReason : std::uint8_t { missing_signature, double_sign };
struct EventSlash {
  Address validator;
  std::int64_t power = 0;
  SlashReason reason = SlashReason::missing_signature;
  bool jailed = false;
  Amount burned_coins;
  ConsensusKey key{};  ///< the text names the validator by the address of its key
};
struct EventLiveness {
  Address validator;
  std::int64_t missed_blocks = 0;
  Height height{};
  ConsensusKey key{};  ///< as of EventSlash
};
struct EventUnjail {
  Address validator;
};
/// Not an event of Akash: a validator came into or left the active set. For those who follow it.
struct EventValidatorStatus {
  Address validator;
  bool bonded = false;
  bool jailed = false;
  Amount tokens;
};

struct EventMint {
  Dec bonded_ratio;
  Dec inflation;
  Dec annual_provisions;
  Amount amount;
};
struct EventRewards {
  Address validator;
  DecCoins amount;
};
struct EventCommission {
  Address validator;
  DecCoins amount;
};
struct EventProposerReward {
  Address validator;
  DecCoins amount;
};
struct EventWithdrawRewards {
  Address validator;
  Address delegator;
  std::vector<Coin> amount;
};
struct EventWithdrawCommission {
  Address validator;
  std::vector<Coin> amount;
};
struct EventSetWithdrawAddress {
  Address delegator;
  Address withdraw;
};
struct EventCoinbase {
  Address minter;
  Coin amount;
};
struct EventBurn {
  Address burner;
  Coin amount;
};

struct EventSubmitProposal {
  std::uint64_t proposal_id = 0;
  Address proposer;
  bool expedited = false;
  bool voting = false;  ///< rides along: the initial deposit was enough
  Time voting_end;      ///< rides along
  SharedMsgs msgs{};
};
struct EventProposalDeposit {
  std::uint64_t proposal_id = 0;
  Address depositor;
  std::vector<Coin> amount;
  bool voting = false;  ///< rides along: with this deposit voting began
  Time voting_end;      ///< rides along
};
/// A deposit, or the initial one, was enough: the SDK reports it as a second event of the same type.
struct EventVotingStarted {
  std::uint64_t proposal_id = 0;
  bool at_submission = false;
};
struct EventProposalVote {
  std::uint64_t proposal_id = 0;
  Address voter;
  std::vector<WeightedVote> options;
};
struct EventCancelProposal {
  std::uint64_t proposal_id = 0;
  Address proposer;
};
enum class ProposalResult : std::uint8_t {
  passed,
  rejected,
  failed,            ///< passed, but a message of it failed
  expedited_failed,  ///< goes on as a regular one
  dropped,           ///< its deposit stayed too small
};
struct EventProposalEnded {
  std::uint64_t proposal_id = 0;
  ProposalResult result = ProposalResult::rejected;
  std::string log{};  ///< why, in words; none for a dropped one
};

struct EventGrant {
  Address granter;
  Address grantee;
  std::string msg_type;
};
struct EventRevoke {
  Address granter;
  Address grantee;
  std::string msg_type;
};
struct EventSetFeeGrant {
  Address granter;
  Address grantee;
};
/// What is left of a grant after it was used.
struct EventUpdateFeeGrant {
  Address granter;
  Address grantee;
};
struct EventUseFeeGrant {
  Address granter;
  Address grantee;
};
struct EventRevokeFeeGrant {
  Address granter;
  Address grantee;
};

/// One alternative of ChainEvent: what follows the market need not know the family.
struct StakeEvent
    : std::variant<EventCreateValidator, EventEditValidator, EventDelegate, EventUnbond, EventRedelegate,
                   EventCancelUnbondingDelegation, EventCompleteUnbonding, EventCompleteRedelegation,
                   EventSlash, EventLiveness, EventUnjail, EventValidatorStatus, EventMint, EventRewards,
                   EventCommission, EventProposerReward, EventWithdrawRewards, EventWithdrawCommission,
                   EventSetWithdrawAddress, EventCoinbase, EventBurn, EventSubmitProposal,
                   EventProposalDeposit, EventVotingStarted, EventProposalVote, EventCancelProposal,
                   EventProposalEnded, EventGrant, EventRevoke, EventSetFeeGrant, EventUpdateFeeGrant,
                   EventUseFeeGrant, EventRevokeFeeGrant> {
  using variant::variant;  // the rest in events.cpp: see alternatives.hpp
  StakeEvent(const StakeEvent&);
  StakeEvent(StakeEvent&&) noexcept;
  StakeEvent& operator=(const StakeEvent&);
  StakeEvent& operator=(StakeEvent&&) noexcept;
  ~StakeEvent();
};

}  // namespace souk
