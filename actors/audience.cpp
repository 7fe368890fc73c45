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
  /// Every provider with a bid on the order that is not in `settled`.
  void tell_bidders(const OrderId& order, BidState settled) const {
    for (const Bid* bid : ledger.bids_of(order)) {
      if (bid->state != settled) tell(bid->id.provider);
    }
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
    tell_bidders(e.id, BidState::lost);
  }
  void operator()(const EventBidCreated& e) const { tell(e.id.owner); }
  void operator()(const EventBidClosed& e) const { tell(e.id); }
  void operator()(const EventLeaseCreated& e) const {
    tell(e.id.owner);
    tell_bidders(e.id.order(), BidState::closed);
    tell(topic_leases());
  }
  void operator()(const EventLeaseClosed& e) const { tell(e.id); }
  void operator()(const EventLeaseReclaimStarted& e) const { tell(e.id); }
  void operator()(const EventProviderCreated& e) const { tell_registry(e.owner); }
  void operator()(const EventProviderUpdated& e) const { tell_registry(e.owner); }
  void operator()(const EventTrustedAuditorCreated& e) const { tell_registry(e.owner); }
  void operator()(const EventTrustedAuditorDeleted& e) const { tell_registry(e.owner); }
  void operator()(const EventTransfer&) const {}

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
