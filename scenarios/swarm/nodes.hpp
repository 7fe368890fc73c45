#pragma once

#include <optional>
#include <vector>

#include "actors/byzantine.hpp"
#include "actors/validator.hpp"
#include "runtime/sim_host.hpp"
#include "scenarios/swarm/checker.hpp"
#include "scenarios/swarm/plan.hpp"

/// The actors of a plan.
namespace souk::scenarios::swarm {

inline constexpr std::string_view chain_id = "souk-swarm";

/// The machine of a cluster at one place.
struct Node {
  std::string name;
  std::uint32_t key_of = 0;  ///< whose signing seed it has: its own place, or of a twin the other's
  bool has_key = true;
  bool byzantine = false;
  bool twin = false;  ///< of a validator whose key is duplicated; down but while that fault lasts
};

/// Makes nodes, fresh or from a disk.
class Nodes {
 public:
  explicit Nodes(const Plan& plan);

  std::size_t size() const { return nodes_.size(); }
  const Node& operator[](ActorId id) const { return nodes_.at(id.value); }
  const std::vector<Node>& all() const { return nodes_; }
  const consensus::PublicKey& key_of(std::uint32_t node) const { return keys_.at(node); }
  /// Twin of the validator `of`, if the plan has one.
  std::optional<ActorId> twin_of(ActorId of) const;

  /// The node that client `client` talks to, the operators being client 0: an honest one for those.
  ActorId attached(std::uint32_t client) const;

  runtime::AnyActor fresh(ActorId id) const;
  /// Errors: what the disk holds can not be made sense of. `now`: faults that are over by then left nothing.
  Result<runtime::AnyActor> from_disk(ActorId id, const runtime::DiskImage& disk, std::int64_t version,
                                      Time now) const;
  /// Whether the plan has it refuse blocks that the others take.
  bool is_stricter(ActorId id) const { return stricter_at(id, genesis_time) != nullptr; }
  runtime::ActorOptions options_of(ActorId id) const;
  const runtime::SignatureScheme& scheme() const { return *scheme_; }

  CheckerSetup checker_setup() const;

 private:
  ValidatorConfig config_of(ActorId id, std::int64_t version, Time now) const;
  const sim::Fault* stricter_at(ActorId id, Time now) const;
  runtime::AnyActor seated(ActorId id, Validator validator) const;

  Plan plan_;
  const runtime::SignatureScheme* scheme_;
  std::vector<Node> nodes_;
  std::vector<consensus::PublicKey> keys_;  ///< by place, of those that have one
  Genesis genesis_;
  std::optional<consensus::ValidatorSet> validators_;
};

/// The validator at `id`, wrapped or not; null if it is none.
const Validator* validator_at(const runtime::SimHost& host, ActorId id);

}  // namespace souk::scenarios::swarm
