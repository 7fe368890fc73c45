#include <variant>

#include "actors/validator.hpp"

namespace souk {
namespace {

/// One overload per chain event and no catch-all: a new event does not compile until its audience is decided.
struct Audience {
  const Ledger& ledger;
  std::vector<Topic>& topics;

  void tell(const Address& address) const { topics.push_back(address); }
  void tell(const BidId& id) const {
    tell(id.owner);
    tell(id.provider);
  }
  void operator()(const EventDeploymentCreated& e) const { tell(e.id.owner); }
  void operator()(const EventDeploymentUpdated& e) const { tell(e.id.owner); }
  void operator()(const EventDeploymentClosed& e) const { tell(e.id.owner); }
  void operator()(const EventGroupStarted& e) const { tell(e.id.owner); }
  void operator()(const EventGroupPaused& e) const { tell(e.id.owner); }
  void operator()(const EventGroupClosed& e) const { tell(e.id.owner); }
  void operator()(const EventOrderCreated& e) const {
    tell(e.id.owner);
    tell(topic_orders());
  }
  void operator()(const EventOrderClosed& e) const {
    tell(e.id.owner);
    for (const Bid* bid : ledger.bids_of(e.id))
      if (bid->state != BidState::lost) tell(bid->id.provider);
  }
  void operator()(const EventBidCreated& e) const { tell(e.id.owner); }
  void operator()(const EventBidClosed& e) const { tell(e.id); }
  void operator()(const EventLeaseCreated& e) const {
    tell(e.id);  // the winner also if its bid is closed again by the same transaction
    for (const Bid* bid : ledger.bids_of(e.id.order()))
      if (bid->state != BidState::closed && bid->id.provider != e.id.provider) tell(bid->id.provider);
    tell(topic_leases());
  }
  void operator()(const EventLeaseClosed& e) const { tell(e.id); }
  void operator()(const EventLeaseReclaimStarted& e) const { tell(e.id); }
  void operator()(const EventProviderCreated& e) const { tell_registry(e.owner); }
  void operator()(const EventProviderUpdated& e) const { tell_registry(e.owner); }
  void operator()(const EventTrustedAuditorCreated& e) const { tell_registry(e.owner); }
  void operator()(const EventTrustedAuditorDeleted& e) const { tell_registry(e.owner); }
  void operator()(const EventTransfer&) const {}
  /// Whoever follows the active set, and whoever votes. Coins made and burnt, and what blocks hand out, are
  /// for topic_chain() only.
  void operator()(const StakeEvent& event) const {
    std::visit([this](const auto& e) { tell_stake(e); }, event);
  }

  void tell_staking(const Address& validator) const {
    tell(validator);
    tell(topic_staking());
  }
  void tell_stake(const EventCreateValidator& e) const { tell_staking(e.validator); }
  void tell_stake(const EventEditValidator& e) const { tell_staking(e.validator); }
  void tell_stake(const EventDelegate& e) const {
    tell(e.delegator);
    tell(topic_staking());
  }
  void tell_stake(const EventUnbond& e) const {
    tell(e.delegator);
    tell(topic_staking());
  }
  void tell_stake(const EventRedelegate& e) const {
    tell(e.delegator);
    tell(topic_staking());
  }
  void tell_stake(const EventCancelUnbondingDelegation& e) const { tell(e.delegator); }
  void tell_stake(const EventCompleteUnbonding& e) const { tell(e.delegator); }
  void tell_stake(const EventCompleteRedelegation& e) const { tell(e.delegator); }
  void tell_stake(const EventSlash& e) const { tell_staking(e.validator); }
  void tell_stake(const EventLiveness&) const {}
  void tell_stake(const EventUnjail& e) const { tell_staking(e.validator); }
  void tell_stake(const EventValidatorStatus& e) const { tell_staking(e.validator); }
  void tell_stake(const EventMint&) const {}
  void tell_stake(const EventRewards&) const {}
  void tell_stake(const EventCommission&) const {}
  void tell_stake(const EventProposerReward&) const {}
  void tell_stake(const EventWithdrawRewards& e) const { tell(e.delegator); }
  void tell_stake(const EventWithdrawCommission& e) const { tell(e.validator); }
  void tell_stake(const EventSetWithdrawAddress& e) const { tell(e.delegator); }
  void tell_stake(const EventCoinbase&) const {}
  void tell_stake(const EventBurn&) const {}
  void tell_stake(const EventSubmitProposal&) const { tell(topic_gov()); }
  void tell_stake(const EventProposalDeposit&) const { tell(topic_gov()); }
  void tell_stake(const EventProposalVote&) const { tell(topic_gov()); }
  void tell_stake(const EventCancelProposal&) const { tell(topic_gov()); }
  void tell_stake(const EventVotingStarted&) const { tell(topic_gov()); }
  void tell_stake(const EventProposalEnded&) const { tell(topic_gov()); }
  void tell_stake(const EventGrant& e) const { tell(e.grantee); }
  void tell_stake(const EventRevoke& e) const { tell(e.grantee); }
  void tell_stake(const EventSetFeeGrant& e) const { tell(e.grantee); }
  void tell_stake(const EventUpdateFeeGrant& e) const { tell(e.grantee); }
  void tell_stake(const EventUseFeeGrant&) const {}
  void tell_stake(const EventRevokeFeeGrant& e) const { tell(e.grantee); }

  void tell_registry(const Address& provider) const {
    tell(provider);
    tell(topic_providers());
  }
};

}  // namespace

void audience(const Ledger& ledger, const ChainEvent& event, std::vector<Topic>& topics) {
  std::visit(Audience{ledger, topics}, event);
}

}  // namespace souk
