#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/base/enums.hpp"
#include "actors/base/hash.hpp"
#include "actors/base/ids.hpp"
#include "actors/base/money.hpp"
#include "actors/base/time.hpp"

/// Domain objects of the chain: akash-chain.md sections 1-4, names and states verbatim. Protobuf and JSON
/// forms live at the edges, never here.
namespace souk {

// ---- base types (section 1) -------------------------------------------------------------------------

struct Attribute {
  std::string key;
  std::string value;
  friend auto operator<=>(const Attribute&, const Attribute&) = default;
};
using Attributes = std::vector<Attribute>;

struct SignedBy {
  std::vector<std::string> all_of;  ///< bech32 auditor addresses, as text: chain and SDL do not decode them
  std::vector<std::string> any_of;
  friend bool operator==(const SignedBy&, const SignedBy&) = default;
};

struct PlacementRequirements {
  SignedBy signed_by;
  Attributes attributes;
  friend bool operator==(const PlacementRequirements&, const PlacementRequirements&) = default;
};

enum class EndpointKind : std::uint8_t { shared_http = 0, random_port = 1, leased_ip = 2 };

struct Endpoint {
  EndpointKind kind = EndpointKind::shared_http;
  std::uint32_t sequence_number = 0;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct StorageVolume {
  std::string name;
  std::uint64_t bytes = 0;
  Attributes attributes;  ///< `class`, `persistent`
  friend bool operator==(const StorageVolume&, const StorageVolume&) = default;
};

/// Resources of one replica.
struct Resources {
  std::uint32_t id = 0;
  std::uint64_t cpu_milli = 0;
  Attributes cpu_attributes;
  std::uint64_t memory_bytes = 0;
  Attributes memory_attributes;
  std::vector<StorageVolume> storage;
  std::uint64_t gpu_units = 0;
  Attributes gpu_attributes;  ///< `vendor/<v>/model/<m>[/ram/<r>][/interface/<i>]` = "true"
  std::vector<Endpoint> endpoints;
  friend bool operator==(const Resources&, const Resources&) = default;
};

struct ResourceUnit {
  Resources resource;
  std::uint32_t count = 0;
  DecCoin price;  ///< most the tenant pays for one replica per block
  friend bool operator==(const ResourceUnit&, const ResourceUnit&) = default;
};

struct GroupSpec {
  std::string name;
  PlacementRequirements requirements;
  std::vector<ResourceUnit> resources;
  friend bool operator==(const GroupSpec&, const GroupSpec&) = default;
};
/// Specs are shared and immutable once on the chain, so an event can carry one without copying it.
using SharedGroupSpec = std::shared_ptr<const GroupSpec>;

/// The order's maximum: sum of unit price x count (section 2.3). Denomination of the first unit.
DecCoin group_price(const GroupSpec& spec);

enum class DepositSource : std::uint8_t { invalid = 0, balance = 1, grant = 2 };

struct Deposit {
  Coin amount;
  std::vector<DepositSource> sources{DepositSource::balance};
  friend bool operator==(const Deposit&, const Deposit&) = default;
};

// ---- deployment and market (sections 2.1, 3.1) ------------------------------------------------------

enum class DeploymentState : std::uint8_t { invalid = 0, active = 1, closed = 2 };
enum class GroupState : std::uint8_t {
  invalid = 0,
  open = 1,
  paused = 2,
  insufficient_funds = 3,
  closed = 4
};
enum class OrderState : std::uint8_t { invalid = 0, open = 1, active = 2, closed = 3 };
enum class BidState : std::uint8_t { invalid = 0, open = 1, active = 2, lost = 3, closed = 4 };
enum class LeaseState : std::uint8_t {
  invalid = 0,
  active = 1,
  insufficient_funds = 2,
  closed = 3,
  reclaiming = 4
};

enum class LeaseClosedReason : std::uint32_t {
  invalid = 0,
  owner = 1,
  unstable = 10000,
  decommission = 10001,
  unspecified = 10002,
  manifest_timeout = 10003,
  insufficient_funds = 20000,
};
template <>
inline constexpr std::array<std::uint32_t, 7> enum_candidates<LeaseClosedReason>{0,     1,     10000, 10001,
                                                                                 10002, 10003, 20000};

struct Deployment {
  DeploymentId id;
  DeploymentState state = DeploymentState::active;
  Hash hash{};
  Height created_at;
  std::optional<Duration> reclamation_min_window;
};

struct Group {
  GroupId id;
  GroupState state = GroupState::open;
  SharedGroupSpec spec;
  Height created_at;
};

struct Order {
  OrderId id;
  OrderState state = OrderState::open;
  SharedGroupSpec spec;
  Height created_at;
  std::optional<Duration> reclamation_min_window;  ///< copied from the deployment
};

/// One entry of a bid's resources_offer: which unit, and what is offered for it (the concrete GPU model).
struct ResourceOffer {
  Resources resources;
  std::uint32_t count = 0;
  friend bool operator==(const ResourceOffer&, const ResourceOffer&) = default;
};
using SharedOffer = std::shared_ptr<const std::vector<ResourceOffer>>;  ///< null means "no offer given"

struct Bid {
  BidId id;
  BidState state = BidState::open;
  DecCoin price;  ///< whole group, per block
  Height created_at;
  SharedOffer resources_offer;
  std::optional<Duration> reclamation_window;
};

struct Reclamation {
  Duration window{};
  Height started_at;
  std::int64_t deadline_unix_s = 0;
  LeaseClosedReason reason = LeaseClosedReason::invalid;
};

struct Lease {
  LeaseId id;
  LeaseState state = LeaseState::active;
  DecCoin price;
  Height created_at;
  Height closed_on;
  LeaseClosedReason reason = LeaseClosedReason::invalid;
  std::optional<Reclamation> reclamation;
};

// ---- escrow (section 4) -----------------------------------------------------------------------------

enum class EscrowScope : std::uint8_t { invalid = 0, deployment = 1, bid = 2 };
enum class EscrowState : std::uint8_t { invalid = 0, open = 1, closed = 2, overdrawn = 3 };

/// A deployment's account has provider and gseq/oseq zero.
struct EscrowAccountId {
  EscrowScope scope = EscrowScope::invalid;
  BidId xid;
  friend constexpr auto operator<=>(const EscrowAccountId&, const EscrowAccountId&) = default;
};

struct Depositor {
  Address owner;
  Height height;
  DepositSource source = DepositSource::balance;
  Denom denom = Denom::uact;
  Dec balance;  ///< what is left of this deposit
};

struct EscrowBalance {
  Denom denom = Denom::uact;
  Dec amount;  ///< negative once overdrawn
};

struct EscrowAccount {
  EscrowAccountId id;
  Address owner;
  EscrowState state = EscrowState::open;
  std::vector<EscrowBalance> transferred;
  Height settled_at;
  std::vector<EscrowBalance> funds;
  std::vector<Depositor> deposits;  ///< first in, first out
};

struct EscrowPayment {
  LeaseId id;  ///< account = the deployment's, xid = `gseq/oseq/provider`
  Address owner;
  EscrowState state = EscrowState::open;
  DecCoin rate;   ///< per block
  Dec balance;    ///< earned, not withdrawn
  Dec unsettled;  ///< debt
  Amount withdrawn;
};

// ---- provider and audit (sections 6.1, 6.2) ---------------------------------------------------------

struct ProviderRecord {
  Address owner;
  std::string host_uri;
  Attributes attributes;
  std::string email;
  std::string website;
};

struct AuditedAttributes {
  Address owner;
  Address auditor;
  Attributes attributes;  ///< sorted by key
};
using SharedAudit = std::shared_ptr<const AuditedAttributes>;

}  // namespace souk
