#pragma once

#include <memory>
#include <variant>

#include "actors/chain/stake_events.hpp"
#include "actors/chain/types.hpp"

/// Typed events, verbatim names (akash-chain.md sections 2.4, 3.8, 6.1, 6.2), plus the bank's transfers and
/// those of the staking economy (stake_events.hpp).
/// `spec` and `attributes` ride along as shared pointers so that a listener needs no query; they are not
/// part of the event's Akash text form.
namespace souk {

struct EventDeploymentCreated {
  DeploymentId id;
  Hash hash{};
};
struct EventDeploymentUpdated {
  DeploymentId id;
  Hash hash{};
};
struct EventDeploymentClosed {
  DeploymentId id;
};
struct EventGroupStarted {
  GroupId id;
};
struct EventGroupPaused {
  GroupId id;
};
struct EventGroupClosed {
  GroupId id;
};
struct EventOrderCreated {
  OrderId id;
  SharedGroupSpec spec;
  std::optional<Duration> reclamation_min_window;
};
struct EventOrderClosed {
  OrderId id;
};
struct EventBidCreated {
  BidId id;
  DecCoin price;
};
struct EventBidClosed {
  BidId id;
};
struct EventLeaseCreated {
  LeaseId id;
  DecCoin price;
};
struct EventLeaseClosed {
  LeaseId id;
  LeaseClosedReason reason = LeaseClosedReason::invalid;
};
struct EventLeaseReclaimStarted {
  LeaseId id;
  LeaseClosedReason reason = LeaseClosedReason::invalid;
  std::int64_t deadline_unix_s = 0;
};
struct EventProviderCreated {
  Address owner;
  std::shared_ptr<const Attributes> attributes;
};
struct EventProviderUpdated {
  Address owner;
  std::shared_ptr<const Attributes> attributes;
};
struct EventTrustedAuditorCreated {
  Address owner;
  Address auditor;
  std::shared_ptr<const Attributes> attributes{};  ///< the whole signed record after this message
};
struct EventTrustedAuditorDeleted {
  Address owner;
  Address auditor;
  std::shared_ptr<const Attributes> attributes{};  ///< what is left of the record after this message
};
/// Bank `transfer`: every movement of coins, module accounts included (section 8.2).
struct EventTransfer {
  Address from;
  Address to;
  Coin amount;
};

struct ChainEvent
    : std::variant<EventDeploymentCreated, EventDeploymentUpdated, EventDeploymentClosed, EventGroupStarted,
                   EventGroupPaused, EventGroupClosed, EventOrderCreated, EventOrderClosed, EventBidCreated,
                   EventBidClosed, EventLeaseCreated, EventLeaseClosed, EventLeaseReclaimStarted,
                   EventProviderCreated, EventProviderUpdated, EventTrustedAuditorCreated,
                   EventTrustedAuditorDeleted, EventTransfer, StakeEvent> {
  using variant::variant;  // the rest in events.cpp: see alternatives.hpp
  ChainEvent(const ChainEvent&);
  ChainEvent(ChainEvent&&) noexcept;
  ChainEvent& operator=(const ChainEvent&);
  ChainEvent& operator=(ChainEvent&&) noexcept;
  ~ChainEvent();
};

}  // namespace souk
