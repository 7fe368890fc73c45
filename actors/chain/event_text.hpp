#pragma once

#include <string>
#include <utility>
#include <vector>

#include "actors/chain/events.hpp"

/// Typed events as Akash emits them: akash-chain.md section 0 "Typed events", sections 2.4, 3.8, 6.1, 6.2.
namespace souk {

/// The full proto name: "akash.market.v1.EventBidCreated". A bank movement is "transfer".
std::string event_type(const ChainEvent& event);

/// Key and JSON text of every top-level field, sorted by key. Ids are compact JSON objects; hashes quoted
/// base64; enums and strings quoted; 64-bit integers quoted, 32-bit ones not. A "transfer" has the bank's
/// plain attributes: recipient, sender, amount ("123uakt"), unquoted, in the SDK's order.
/// `msg_index`, which delivery appends, is not among them.
std::vector<std::pair<std::string, std::string>> event_attributes(const ChainEvent& event);

/// The same of the staking economy: the SDK's untyped events ("delegate", "slash", ...), plain attributes in
/// the SDK's order (sections 8.2 to 8.7).
std::string stake_event_type(const StakeEvent& event);
std::vector<std::pair<std::string, std::string>> stake_event_attributes(const StakeEvent& event);

/// The proto name of a lease's close reason: "lease_closed_owner"; the number for one that has no name.
std::string lease_closed_reason_name(LeaseClosedReason reason);

}  // namespace souk
