#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "actors/consensus/validator_set.hpp"
#include "actors/validator_view.hpp"
#include "runtime/host.hpp"
#include "scenarios/scenario.hpp"

/// Who takes part in a scenario: every actor with its configuration, the same for both hosts and for replay.
namespace souk::scenarios {

/// One actor before its first event. Its ActorId is its place in Population::seats.
struct Seat {
  std::string name;
  runtime::AnyActor actor;
  runtime::ActorOptions options;
  std::vector<Topic> topics;  ///< of its validator's, that it subscribes to
};

/// What measuring needs to know of a provider.
struct ProviderSeat {
  ActorId actor;
  Address address;
  std::string name;
  std::string group;      ///< name of its class
  std::string gpu_model;  ///< of its machines; "mixed" if there are several; empty without GPUs
  struct Node {
    double gpus = 0;
    double cpus = 0;
  };
  std::vector<Node> nodes;
  bool inside = true;          ///< false: outside the market until it enters
  std::uint32_t auditors = 0;  ///< that vouch for it
  /// Rent of a GPU, of a vCPU where there are no GPUs, that covers all its cost, USD per hour; NaN where cost
  /// is drawn for every order.
  double break_even_usd_h = std::numeric_limits<double>::quiet_NaN();
};

struct TenantSeat {
  ActorId actor;
  Address address;
  std::string name;
  std::string group;  ///< name of its segment
};

/// What measuring needs to know of an operator.
struct OperatorSeat {
  ActorId actor;
  Address address;
  std::string name;
  std::string group;
  bool inside = true;  ///< a validator from genesis
  double cost_usd_month = 0;
};

/// A delegator, or one who proposes.
struct HolderSeat {
  ActorId actor;
  Address address;
  std::string name;
  std::string group;
};

struct Population {
  std::vector<Seat> seats;  ///< the first node, then auditors, providers, tenants, the people around stake
  std::vector<ProviderSeat> providers;
  std::vector<TenantSeat> tenants;
  std::vector<OperatorSeat> operators;
  std::vector<HolderSeat> delegators;
  std::vector<HolderSeat> proposers;
  std::shared_ptr<const KnownValidators> validators;  ///< of genesis; null without stake
  ActorId validator{0};  ///< whose ledger and events are looked at; honest, unless all are not
  /// Validators, then nodes that follow; the first is `validator`, the others have the last seats, so that
  /// their number moves nobody else.
  std::vector<ActorId> nodes;
  std::vector<ConsensusKey> node_keys;  ///< of the validators; none of one that is alone
  consensus::ValidatorSet genesis_set;  ///< theirs, at the first height
};

/// The actors of `scenario`. Draws that differ between actors of one group come from the streams of `seed`;
/// adding a group at the end moves nothing before it.
/// REQUIRES: a scenario that load_scenario made.
Population populate(const Scenario& scenario, std::uint64_t seed);

/// The account of `name`, the same in every run: module_address("souk/" + name).
Address account_of(const std::string& name);

}  // namespace souk::scenarios
