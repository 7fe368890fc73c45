#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/chain/genesis.hpp"
#include "actors/chain/msgs.hpp"
#include "actors/consensus/core.hpp"
#include "actors/mempool.hpp"
#include "sim/faults.hpp"
#include "sim/network.hpp"

/// What a seed stands for: a cluster with its knobs, its faults, and when each phase begins.
namespace souk::scenarios::swarm {

/// Byzantine power on purpose.
enum class Attack : std::uint8_t {
  none,
  under,  ///< one two-faced validator with just under a third: must never fork
  over,   ///< with just over a third: forks, and the evidence names it
};
enum class Signatures : std::uint8_t { keyed_hash, ed25519 };

/// What makes a failing run simpler; found by the shrinker, kept in the text of a plan.
enum class Simpler : std::uint8_t {
  no_clients,      ///< nobody sends transactions
  no_full_nodes,   ///< validators only
  equal_powers,    ///< 100 each
  even_delays,     ///< 20 ms, always
  plain_timeouts,  ///< the defaults, one second a block
};
using Simplifications = std::vector<Simpler>;

struct SwarmOptions {
  Duration length = std::chrono::minutes(10);  ///< simulated
  Attack attack = Attack::none;
  Signatures signatures = Signatures::keyed_hash;
  sim::FaultSet allowed{};
  double switched_on = 0.5;  ///< probability of each family
  Simplifications simpler{};
};

struct Phases {
  Time heal;  ///< chaos ends, the liveness phase begins
  Time cold;  ///< everything is restarted
  Time end;
};

/// One transaction to be sent by a client.
struct Errand {
  Time at;
  SharedTx tx;
};
/// Of one client, by time. Shared and immutable.
using Errands = std::shared_ptr<const std::vector<Errand>>;

struct Knobs {
  std::vector<std::int64_t> powers;  ///< of the validators of genesis
  std::uint32_t spare_count = 2;     ///< nodes with a key that may join
  std::uint32_t full_node_count = 0;
  std::uint32_t client_count = 1;
  Duration block_time{};
  consensus::Timeouts timeouts;
  consensus::TimeBounds time_bounds;
  consensus::BlockLimits block_limits;
  consensus::PeerLimits peer_limits;
  MempoolLimits mempool;
  std::uint32_t stored_blocks_max = 0;
  std::int64_t state_hash_every_blocks = 100;
  sim::NetworkConfig network;
  Duration delay_max{};  ///< beyond which next to nothing is delayed while nothing is wrong
  Duration tx_gap{};     ///< mean between a client's transactions
};

struct Plan {
  std::uint64_t seed = 1;
  SwarmOptions options;
  Knobs knobs;
  Phases phases;
  sim::FaultPlan faults;

  std::size_t validator_count() const { return knobs.powers.size(); }
  /// Nodes come first among the actors: validators of genesis, spares, full nodes, then twins of validators
  /// whose key a fault duplicates.
  std::size_t node_count() const { return validator_count() + knobs.spare_count + knobs.full_node_count; }
};

inline constexpr Time genesis_time{std::chrono::seconds(1'767'225'600)};

/// The same seed and options, the same plan.
Plan draw_plan(std::uint64_t seed, const SwarmOptions& options);

/// The same faults in a simpler cluster.
Plan simplified(const Plan& plan, Simpler how);

/// Seed, options and faults as text, and back. The knobs are drawn again. Errors: another format.
std::string to_text(const Plan& plan);
Result<Plan> parse_plan(std::string_view text);
/// The knobs in a few lines, for people.
std::string knobs_text(const Knobs& knobs);

/// Names and keys of a cluster, the same in every seed.
using SigningSeed = std::array<std::uint8_t, 32>;
SigningSeed signing_seed_of(std::uint32_t node);
Address operator_of(std::uint32_t node);
Address client_account(std::uint32_t client);
Address treasury();

/// The chain the cluster begins with. `keys[i]` is that of node i.
Genesis genesis_of(const Knobs& knobs, const std::vector<consensus::PublicKey>& keys);
/// What client `client` sends in the course of the run: transfers, stakings, deployments, bids.
Errands errands_of(const Plan& plan, std::uint32_t client);
/// What an operator signs to change the set of validators; `number` is its nonce.
SharedTx join_tx(std::uint32_t node, const consensus::PublicKey& key, std::int64_t power,
                 std::uint64_t number);
SharedTx delegate_tx(std::uint32_t node, std::int64_t power, std::uint64_t number);
SharedTx undelegate_tx(std::uint32_t node, std::int64_t power, std::uint64_t number);

}  // namespace souk::scenarios::swarm
