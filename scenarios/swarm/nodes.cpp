#include "scenarios/swarm/nodes.hpp"

#include <algorithm>

#include "actors/base/check.hpp"

namespace souk::scenarios::swarm {
namespace {

using sim::FaultFamily;

/// Whether a node that suffers this may have forgotten, without knowing, what it signed.
bool forgets(FaultFamily family) {
  return family == FaultFamily::wipe || family == FaultFamily::rolled_back ||
         family == FaultFamily::wal_truncated;
}

bool suffers(const sim::FaultPlan& plan, ActorId id, bool (*kind)(FaultFamily)) {
  return std::any_of(plan.faults.begin(), plan.faults.end(), [&](const sim::Fault& fault) {
    return kind(fault.family) && std::find(fault.who.begin(), fault.who.end(), id) != fault.who.end();
  });
}

bool is_among(const std::vector<ActorId>& ids, ActorId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

Nodes::Nodes(const Plan& plan)
    : plan_(plan),
      scheme_(plan.options.signatures == Signatures::ed25519 ? &runtime::ed25519() : &runtime::keyed_hash()) {
  const auto validators = static_cast<std::uint32_t>(plan.validator_count());
  for (std::uint32_t i = 0; i < plan.node_count(); ++i) {
    Node node;
    node.key_of = i;
    node.has_key = i < validators + plan.knobs.spare_count;
    node.byzantine = is_among(plan.faults.byzantine, {i});
    node.name = (i < validators ? "val-" : node.has_key ? "spare-" : "full-") + std::to_string(i);
    nodes_.push_back(std::move(node));
    if (nodes_.back().has_key) keys_.push_back(scheme_->key_pair(signing_seed_of(i)).public_key);
  }
  for (const sim::Fault& fault : plan.faults.faults) {
    if (fault.family != FaultFamily::duplicate_key || fault.who.empty() || twin_of(fault.who[0])) continue;
    const std::uint32_t of = fault.who[0].value;
    nodes_.push_back({"twin-of-" + std::to_string(of), of, true, true, true});
  }
  genesis_ = genesis_of(plan.knobs, keys_);
  if (const auto ok = genesis_.check(); !ok) SOUK_CHECK(false && "the swarm's genesis is none");
  validators_ = genesis_validators(genesis_, {}).value();
}

std::optional<ActorId> Nodes::twin_of(ActorId of) const {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].twin && nodes_[i].key_of == of.value) return ActorId{i};
  }
  return std::nullopt;
}

const sim::Fault* Nodes::stricter_at(ActorId id, Time now) const {
  for (const sim::Fault& fault : plan_.faults.faults) {
    if (fault.family == FaultFamily::stricter && fault.who.at(0) == id && fault.at <= now &&
        now < fault.until())
      return &fault;
  }
  return nullptr;
}

ValidatorConfig Nodes::config_of(ActorId id, std::int64_t version, Time now) const {
  const Knobs& knobs = plan_.knobs;
  const Node& node = nodes_.at(id.value);
  ValidatorConfig config;
  config.genesis = genesis_;
  config.block_time = knobs.block_time;
  config.mempool = knobs.mempool;
  config.block_byte_count_max = knobs.block_limits.bytes_max;
  if (const sim::Fault* fault = stricter_at(id, now))
    config.block_tx_count_max = static_cast<std::size_t>(fault->amount);
  config.invariants_every_blocks = 0;  // the reference does
  config.publish_chain = false;
  config.publish_transfers = false;
  config.state_hash_every_blocks = knobs.state_hash_every_blocks;
  consensus::CoreConfig core;
  core.chain_id = chain_id;
  core.genesis = *validators_;
  if (node.has_key) core.key = keys_.at(node.key_of);
  for (std::uint32_t peer = 0; peer < nodes_.size(); ++peer) {
    if (peer != id.value) core.peers.push_back({peer});
  }
  core.timeouts = knobs.timeouts;
  core.timeouts.gossip += std::chrono::milliseconds(50 * (version % 4));  // what differs between versions
  core.time_bounds = knobs.time_bounds;
  core.block_limits = knobs.block_limits;
  core.peer_limits = knobs.peer_limits;
  core.stored_blocks_max = knobs.stored_blocks_max;
  core.observe = true;
  config.consensus = std::move(core);
  return config;
}

runtime::AnyActor Nodes::seated(ActorId id, Validator validator) const {
  const Node& node = nodes_.at(id.value);
  if (!node.byzantine || node.twin) return runtime::AnyActor(std::move(validator));
  ByzantineConfig config;
  if (plan_.options.attack != Attack::none) config.misdeeds = {Misdeed::two_faced};
  config.rate = plan_.options.attack != Attack::none ? 1 : 0.7;
  return runtime::AnyActor(Byzantine(std::move(validator), std::move(config)));
}

ActorId Nodes::attached(std::uint32_t client) const {
  const auto real = static_cast<std::uint32_t>(plan_.node_count());
  std::uint32_t at = client % real;
  while (client == 0 && nodes_[at].byzantine && at + 1 < real) ++at;
  return {at};
}

runtime::AnyActor Nodes::fresh(ActorId id) const {
  return seated(id, Validator(config_of(id, 0, genesis_time)));
}

Result<runtime::AnyActor> Nodes::from_disk(ActorId id, const runtime::DiskImage& disk, std::int64_t version,
                                           Time now) const {
  auto validator = Validator::recover(config_of(id, version, now), {disk.wal, disk.store});
  if (!validator) return Unexpected{validator.error()};
  return seated(id, std::move(*validator));
}

runtime::ActorOptions Nodes::options_of(ActorId id) const {
  const Node& node = nodes_.at(id.value);
  runtime::ActorOptions options;
  options.validator = id;
  if (node.has_key) options.signing_seed = signing_seed_of(node.key_of);
  return options;
}

CheckerSetup Nodes::checker_setup() const {
  CheckerSetup setup{
      {std::string(chain_id), genesis_, *validators_, scheme_}, {}, plan_.knobs.time_bounds, {}};
  const auto peers = static_cast<std::uint32_t>(nodes_.size() - 1);
  setup.queues.future_messages = peers * std::max(8u, 2 * static_cast<std::uint32_t>(keys_.size()));
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    Watched w;
    w.name = nodes_[i].name;
    w.honest = !nodes_[i].byzantine;
    w.remembers = !suffers(plan_.faults, {i}, forgets);
    w.stricter = is_stricter({i});
    if (nodes_[i].has_key) w.key = keys_.at(nodes_[i].key_of);
    setup.actors.push_back(std::move(w));
  }
  for (std::uint32_t i = 0; i < plan_.knobs.client_count + 1; ++i) {
    Watched w{i == 0 ? "operators" : "client-" + std::to_string(i), Watched::Kind::client};
    w.attached = attached(i);
    setup.actors.push_back(std::move(w));
  }
  setup.collect_statements = plan_.options.attack != Attack::none;
  return setup;
}

const Validator* validator_at(const runtime::SimHost& host, ActorId id) {
  const runtime::AnyActor& actor = host.actor(id);
  if (const auto* honest = actor.as<Validator>()) return honest;
  const auto* byzantine = actor.as<Byzantine>();
  return byzantine == nullptr ? nullptr : &byzantine->inner();
}

}  // namespace souk::scenarios::swarm
