#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/sim_host.hpp"
#include "scenarios/swarm/checker.hpp"
#include "scenarios/swarm/nodes.hpp"

/// What a host can not do alone when things go wrong: bring nodes back, have validators lie, and change who
/// validates.
namespace souk::scenarios::swarm {

class WorldFaults {
 public:
  /// All of them outlive it.
  WorldFaults(const Plan& plan, const Nodes& nodes, Checker& checker, runtime::SimHost& host);

  /// The actor that signs what changes the set of validators.
  void operators_are(ActorId operators) { operators_ = operators; }
  /// What the host is given. `remark`: one line whenever a fault begins, strikes or ends; may be empty.
  runtime::FaultWorld world(const std::function<void(Time, const std::string&)>& remark);
  /// Counts what a Byzantine node did since the last time.
  void count_misdeeds(ActorId id);
  /// The plan is over: nobody lies any more, no key is held twice.
  void heal();
  /// A node that was killed comes back on its disk.
  void restart(ActorId id);
  /// Whether it was not out of order before the last kill.
  bool was_up(ActorId id) const { return !lost_.contains(id); }
  std::uint32_t refused() const { return static_cast<std::uint32_t>(lost_.size()); }

 private:
  std::optional<runtime::AnyActor> revive(ActorId id, const runtime::DiskImage& disk, std::int64_t version);
  bool suffered(ActorId id, bool (*kind)(sim::FaultFamily)) const;
  bool is_damaged(ActorId id) const;
  bool carry_out(Time now, const sim::Fault& fault, bool begins);
  bool misbehave(Time now, const sim::Fault& fault, bool begins);
  bool duplicate(const sim::Fault& fault, bool begins);
  void mend(ActorId id);
  void count_refusals(ActorId id);
  bool change_set(Time now, const sim::Fault& fault);
  bool is_safe(ActorId changed, std::int64_t power_after, std::int64_t joining) const;
  std::int64_t power_of(ActorId id) const;
  void submit(Time now, SharedTx tx);

  const Plan& plan_;
  const Nodes& nodes_;
  Checker& checker_;
  runtime::SimHost& host_;
  ActorId operators_ = no_actor;
  std::uint32_t spares_used_ = 0;
  std::uint64_t numbers_ = 900'000'000;
  std::map<std::pair<ActorId, Misdeed>, std::uint64_t> counted_;
  std::set<ActorId> lost_;     ///< whose log was refused
  std::set<ActorId> stopped_;  ///< of the stricter ones, that refuse what was decided
};

}  // namespace souk::scenarios::swarm
