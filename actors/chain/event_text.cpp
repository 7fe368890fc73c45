#include "actors/chain/event_text.hpp"

#include <span>

namespace souk {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }
std::string u64(std::uint64_t value) { return quoted(std::to_string(value)); }

std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (k < count ? bytes[i + k] : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += k <= count ? digits[word >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

// Fields in the order of their numbers, as the proto JSON writer puts them.
std::string json(const DeploymentId& id) {
  return "{\"owner\":" + quoted(to_bech32(id.owner)) + ",\"dseq\":" + u64(id.dseq) + "}";
}
std::string json(const GroupId& id) {
  return "{\"owner\":" + quoted(to_bech32(id.owner)) + ",\"dseq\":" + u64(id.dseq) +
         ",\"gseq\":" + std::to_string(id.gseq) + "}";
}
std::string json(const OrderId& id) {
  return "{\"owner\":" + quoted(to_bech32(id.owner)) + ",\"dseq\":" + u64(id.dseq) +
         ",\"gseq\":" + std::to_string(id.gseq) + ",\"oseq\":" + std::to_string(id.oseq) + "}";
}
std::string json(const BidId& id) {
  return "{\"owner\":" + quoted(to_bech32(id.owner)) + ",\"dseq\":" + u64(id.dseq) +
         ",\"gseq\":" + std::to_string(id.gseq) + ",\"oseq\":" + std::to_string(id.oseq) +
         ",\"provider\":" + quoted(to_bech32(id.provider)) + ",\"bseq\":" + std::to_string(id.bseq) + "}";
}
std::string json(const DecCoin& coin) {
  return "{\"denom\":" + quoted(denom_name(coin.denom)) + ",\"amount\":" + quoted(coin.amount.to_string()) +
         "}";
}
std::string json(const Hash& hash) { return quoted(base64(hash)); }
std::string json(const Address& address) { return quoted(to_bech32(address)); }
std::string json(LeaseClosedReason reason) { return quoted(lease_closed_reason_name(reason)); }

std::string type_of(const EventDeploymentCreated&) { return "akash.deployment.v1.EventDeploymentCreated"; }
std::string type_of(const EventDeploymentUpdated&) { return "akash.deployment.v1.EventDeploymentUpdated"; }
std::string type_of(const EventDeploymentClosed&) { return "akash.deployment.v1.EventDeploymentClosed"; }
std::string type_of(const EventGroupStarted&) { return "akash.deployment.v1.EventGroupStarted"; }
std::string type_of(const EventGroupPaused&) { return "akash.deployment.v1.EventGroupPaused"; }
std::string type_of(const EventGroupClosed&) { return "akash.deployment.v1.EventGroupClosed"; }
std::string type_of(const EventOrderCreated&) { return "akash.market.v1.EventOrderCreated"; }
std::string type_of(const EventOrderClosed&) { return "akash.market.v1.EventOrderClosed"; }
std::string type_of(const EventBidCreated&) { return "akash.market.v1.EventBidCreated"; }
std::string type_of(const EventBidClosed&) { return "akash.market.v1.EventBidClosed"; }
std::string type_of(const EventLeaseCreated&) { return "akash.market.v1.EventLeaseCreated"; }
std::string type_of(const EventLeaseClosed&) { return "akash.market.v1.EventLeaseClosed"; }
std::string type_of(const EventLeaseReclaimStarted&) { return "akash.market.v1.EventLeaseReclaimStarted"; }
std::string type_of(const EventProviderCreated&) { return "akash.provider.v1beta4.EventProviderCreated"; }
std::string type_of(const EventProviderUpdated&) { return "akash.provider.v1beta4.EventProviderUpdated"; }
std::string type_of(const EventTrustedAuditorCreated&) { return "akash.audit.v1.EventTrustedAuditorCreated"; }
std::string type_of(const EventTrustedAuditorDeleted&) { return "akash.audit.v1.EventTrustedAuditorDeleted"; }
std::string type_of(const EventTransfer&) { return "transfer"; }
std::string type_of(const StakeEvent& event) { return stake_event_type(event); }

Fields fields(const EventDeploymentCreated& e) { return {{"hash", json(e.hash)}, {"id", json(e.id)}}; }
Fields fields(const EventDeploymentUpdated& e) { return {{"hash", json(e.hash)}, {"id", json(e.id)}}; }
Fields fields(const EventDeploymentClosed& e) { return {{"id", json(e.id)}}; }
Fields fields(const EventGroupStarted& e) { return {{"id", json(e.id)}}; }
Fields fields(const EventGroupPaused& e) { return {{"id", json(e.id)}}; }
Fields fields(const EventGroupClosed& e) { return {{"id", json(e.id)}}; }
Fields fields(const EventOrderCreated& e) { return {{"id", json(e.id)}}; }
Fields fields(const EventOrderClosed& e) { return {{"id", json(e.id)}}; }
Fields fields(const EventBidCreated& e) { return {{"id", json(e.id)}, {"price", json(e.price)}}; }
Fields fields(const EventBidClosed& e) { return {{"id", json(e.id)}}; }
Fields fields(const EventLeaseCreated& e) { return {{"id", json(e.id)}, {"price", json(e.price)}}; }
Fields fields(const EventLeaseClosed& e) { return {{"id", json(e.id)}, {"reason", json(e.reason)}}; }
Fields fields(const EventLeaseReclaimStarted& e) {
  return {{"deadline", quoted(std::to_string(e.deadline_unix_s))},
          {"id", json(e.id)},
          {"reason", json(e.reason)}};
}
Fields fields(const EventProviderCreated& e) { return {{"owner", json(e.owner)}}; }
Fields fields(const EventProviderUpdated& e) { return {{"owner", json(e.owner)}}; }
Fields fields(const EventTrustedAuditorCreated& e) {
  return {{"auditor", json(e.auditor)}, {"owner", json(e.owner)}};
}
Fields fields(const EventTrustedAuditorDeleted& e) {
  return {{"auditor", json(e.auditor)}, {"owner", json(e.owner)}};
}
Fields fields(const EventTransfer& e) {
  return {{"recipient", to_bech32(e.to)},
          {"sender", to_bech32(e.from)},
          {"amount", std::to_string(e.amount.amount.micro) + std::string(denom_name(e.amount.denom))}};
}

Fields fields(const StakeEvent& event) { return stake_event_attributes(event); }

}  // namespace

std::string event_type(const ChainEvent& event) {
  return std::visit([](const auto& e) { return type_of(e); }, event);
}

std::vector<std::pair<std::string, std::string>> event_attributes(const ChainEvent& event) {
  return std::visit([](const auto& e) { return fields(e); }, event);
}

std::string lease_closed_reason_name(LeaseClosedReason reason) {
  switch (reason) {
    case LeaseClosedReason::invalid: return "lease_closed_invalid";
    case LeaseClosedReason::owner: return "lease_closed_owner";
    case LeaseClosedReason::unstable: return "lease_closed_reason_unstable";
    case LeaseClosedReason::decommission: return "lease_closed_reason_decommission";
    case LeaseClosedReason::unspecified: return "lease_closed_reason_unspecified";
    case LeaseClosedReason::manifest_timeout: return "lease_closed_reason_manifest_timeout";
    case LeaseClosedReason::insufficient_funds: return "lease_closed_reason_insufficient_funds";
  }
  return std::to_string(static_cast<std::uint32_t>(reason));
}

}  // namespace souk
