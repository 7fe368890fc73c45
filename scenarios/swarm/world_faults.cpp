#include "scenarios/swarm/world_faults.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace souk::scenarios::swarm {

using sim::Fault;
using sim::FaultFamily;

namespace {

/// After a node came back, before it can be told anything.
constexpr Duration start_takes = std::chrono::milliseconds(1);

/// Disk faults after which what was durable may be gone or wrong.
bool damages(FaultFamily family) {
  switch (family) {
    case FaultFamily::wipe:
    case FaultFamily::read_rot:
    case FaultFamily::write_rot:
    case FaultFamily::misdirected_write:
    case FaultFamily::wal_truncated:
    case FaultFamily::rolled_back: return true;
    default: return false;
  }
}

std::optional<Misdeed> misdeed_of(const Fault& fault) {
  switch (fault.family) {
    case FaultFamily::double_vote: return Misdeed::double_vote;
    case FaultFamily::double_proposal: return Misdeed::double_proposal;
    case FaultFamily::amnesia: return Misdeed::amnesia;
    case FaultFamily::silent_proposer:
      return fault.amount == 0 ? Misdeed::silent_proposer : Misdeed::late_proposer;
    case FaultFamily::withheld_parts: return Misdeed::withheld_parts;
    case FaultFamily::invalid_block: return Misdeed::invalid_block;
    case FaultFamily::bad_timestamp: return Misdeed::bad_timestamp;
    case FaultFamily::future_flood: return Misdeed::future_flood;
    case FaultFamily::lying_sync: return Misdeed::lying_sync;
    case FaultFamily::forged_chunk: return Misdeed::forged_parts;
    case FaultFamily::lunatic_header: return Misdeed::lunatic_header;
    case FaultFamily::false_polka: return Misdeed::false_polka;
    case FaultFamily::out_of_turn: return Misdeed::out_of_turn;
    case FaultFamily::withheld_precommits: return Misdeed::withheld_precommits;
    default: return std::nullopt;
  }
}

std::optional<FaultFamily> family_of(Misdeed misdeed) {
  switch (misdeed) {
    case Misdeed::double_vote: return FaultFamily::double_vote;
    case Misdeed::double_proposal: return FaultFamily::double_proposal;
    case Misdeed::amnesia: return FaultFamily::amnesia;
    case Misdeed::silent_proposer:
    case Misdeed::late_proposer: return FaultFamily::silent_proposer;
    case Misdeed::withheld_parts: return FaultFamily::withheld_parts;
    case Misdeed::forged_parts: return FaultFamily::forged_chunk;
    case Misdeed::invalid_block: return FaultFamily::invalid_block;
    case Misdeed::lunatic_header: return FaultFamily::lunatic_header;
    case Misdeed::bad_timestamp: return FaultFamily::bad_timestamp;
    case Misdeed::future_flood: return FaultFamily::future_flood;
    case Misdeed::lying_sync: return FaultFamily::lying_sync;
    case Misdeed::false_polka: return FaultFamily::false_polka;
    case Misdeed::out_of_turn: return FaultFamily::out_of_turn;
    case Misdeed::withheld_precommits: return FaultFamily::withheld_precommits;
    case Misdeed::two_faced: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

WorldFaults::WorldFaults(const Plan& plan, const Nodes& nodes, Checker& checker, runtime::SimHost& host)
    : plan_(plan), nodes_(nodes), checker_(checker), host_(host) {}

runtime::FaultWorld WorldFaults::world(const std::function<void(Time, const std::string&)>& remark) {
  runtime::FaultWorld world;
  world.plan = plan_.faults;
  world.revive = [this](const runtime::Comeback& comeback) {
    return revive(comeback.actor, comeback.disk, comeback.version);
  };
  world.carry_out = [this](Time now, const Fault& fault, bool begins) {
    return carry_out(now, fault, begins);
  };
  if (remark) {
    world.tell = [remark](Time now, const Fault& fault, std::string_view what) {
      remark(now, fmt::format("{} {}", sim::to_text(fault, genesis_time), what));
    };
  }
  return world;
}

bool WorldFaults::suffered(ActorId id, bool (*kind)(FaultFamily)) const {
  const auto& faults = plan_.faults.faults;
  return std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) {
    return kind(fault.family) && fault.at <= host_.now() &&
           std::find(fault.who.begin(), fault.who.end(), id) != fault.who.end();
  });
}

bool WorldFaults::is_damaged(ActorId id) const { return suffered(id, damages); }

std::optional<runtime::AnyActor> WorldFaults::revive(ActorId id, const runtime::DiskImage& disk,
                                                     std::int64_t version) {
  const bool damaged = is_damaged(id);
  auto actor = nodes_.from_disk(id, disk, version, host_.now());
  if (!actor) {
    lost_.insert(id);
    // Sectors of what was not synced may be there out of order, which looks like damage: a node may refuse.
    if (!damaged && !suffered(id, [](FaultFamily family) { return family == FaultFamily::torn_write; }))
      checker_.report({Invariant::s8,
                       checker_.highest(),
                       host_.now(),
                       {nodes_[id].name},
                       "could not come back from a disk that nothing had damaged: " + actor.error().message});
    return std::nullopt;
  }
  const auto* byzantine = actor->as<Byzantine>();
  const Validator& v = byzantine != nullptr ? byzantine->inner() : *actor->as<Validator>();
  if (!nodes_[id].byzantine) checker_.came_back(host_.now(), id, v.core()->decided(), v.app_hash(), !damaged);
  for (const Fault& fault : plan_.faults.faults) {  // a crash makes no liar honest
    const bool is_on = fault.at <= host_.now() && host_.now() < fault.until();
    if (is_on && !fault.who.empty() && fault.who[0] == id) misbehave(host_.now() + start_takes, fault, true);
  }
  return std::move(*actor);
}

void WorldFaults::restart(ActorId id) {
  if (auto actor = revive(id, host_.disk(id), 0)) host_.restart(id, std::move(*actor));
}

bool WorldFaults::carry_out(Time now, const Fault& fault, bool begins) {
  if (fault.family == FaultFamily::duplicate_key) return duplicate(fault, begins);
  if (fault.family == FaultFamily::stricter) {
    if (!begins) mend(fault.who.at(0));
    return false;  // counted when it refuses what the others decide
  }
  if (sim::group_of(fault.family) == sim::FaultGroup::byzantine) return misbehave(now, fault, begins);
  return begins && change_set(now, fault);
}

/// Counted when it does it, not when it may.
bool WorldFaults::misbehave(Time now, const Fault& fault, bool begins) {
  const auto misdeed = misdeed_of(fault);
  if (!misdeed || fault.who.empty() || !nodes_[fault.who[0]].byzantine) return false;
  const TimerId command =
      begins ? Byzantine::begin(*misdeed, Duration(fault.amount)) : Byzantine::end(*misdeed);
  host_.post(now, fault.who[0], TimerFired{command});
  return false;
}

/// Its operator sets the limit right and starts it again.
void WorldFaults::mend(ActorId id) {
  count_refusals(id);
  if (!host_.is_up(id)) return;  // it will be right when it comes back
  host_.kill(id);
  restart(id);
}

void WorldFaults::count_refusals(ActorId id) {
  if (!nodes_.is_stricter(id)) return;
  const Validator* v = validator_at(host_, id);
  if (v == nullptr || !host_.is_up(id) || !v->core()->halted()) {
    stopped_.erase(id);
  } else if (stopped_.insert(id).second) {
    host_.count(FaultFamily::stricter);
  }
}

void WorldFaults::count_misdeeds(ActorId id) {
  count_refusals(id);
  const auto* byzantine = host_.actor(id).as<Byzantine>();
  if (byzantine == nullptr) return;
  for (const auto& [misdeed, times] : byzantine->done()) {
    const auto family = family_of(misdeed);
    std::uint64_t& before = counted_[{id, misdeed}];
    if (times < before) before = 0;  // it was restarted
    if (family && times > before) host_.count(*family, times - before);
    before = times;
  }
}

bool WorldFaults::duplicate(const Fault& fault, bool begins) {
  const auto twin = fault.who.empty() ? std::nullopt : nodes_.twin_of(fault.who[0]);
  if (!twin || host_.is_up(*twin) == begins) return false;
  if (!begins) return host_.kill(*twin), false;
  auto actor = nodes_.from_disk(*twin, host_.disk(*twin), 0, host_.now());
  if (!actor) return false;
  host_.restart(*twin, std::move(*actor));
  return true;
}

void WorldFaults::heal() {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const ActorId id{i};
    if (nodes_[id].twin && host_.is_up(id)) host_.kill(id);
    if (host_.actor(id).as<Byzantine>() == nullptr) continue;
    count_misdeeds(id);
    if (plan_.options.attack != Attack::none || !host_.is_up(id)) continue;
    for (const Misdeed misdeed : enum_values<Misdeed>)
      host_.post(host_.now(), id, TimerFired{Byzantine::end(misdeed)});
  }
}

std::int64_t WorldFaults::power_of(ActorId id) const {
  const PlainSet* set = checker_.reference().validators(checker_.reference().height() + Blocks{2});
  if (set == nullptr || !nodes_[id].has_key) return 0;
  for (const PlainSet::Member& m : set->members()) {
    if (m.key == nodes_.key_of(nodes_[id].key_of)) return m.power;
  }
  return 0;
}

/// Whether those who may lie or forget stay well below a third, and nobody alone is needed.
bool WorldFaults::is_safe(ActorId changed, std::int64_t power_after, std::int64_t joining) const {
  std::int64_t total = joining;
  std::int64_t unsure = 0;
  std::int64_t largest = joining;
  for (std::uint32_t i = 0; i < plan_.node_count(); ++i) {
    const std::int64_t power = ActorId{i} == changed ? power_after : power_of({i});
    total += power;
    largest = std::max(largest, power);
    const auto& down = plan_.faults.not_healed;
    const bool doubtful = nodes_[{i}].byzantine || is_damaged({i}) || lost_.contains({i}) ||
                          std::find(down.begin(), down.end(), ActorId{i}) != down.end();
    if (doubtful) unsure += power;
  }
  return total > 0 && unsure * 10 < total * 3 && (power_after + joining == 0 || largest * 3 < total * 2);
}

void WorldFaults::submit(Time now, SharedTx tx) {
  host_.post(now, operators_, TxReceived{no_actor, std::move(tx)});
}

bool WorldFaults::change_set(Time now, const Fault& fault) {
  const ActorId who = fault.who.empty() ? ActorId{0} : fault.who[0];
  const std::int64_t power = power_of(who);
  const bool joins = fault.family == FaultFamily::join || fault.family == FaultFamily::rotate_key;
  const bool leaves = fault.family == FaultFamily::leave || fault.family == FaultFamily::rotate_key;
  if (joins && spares_used_ >= plan_.knobs.spare_count) return false;
  if (leaves && power == 0) return false;
  std::int64_t after = leaves ? 0 : power;
  if (fault.family == FaultFamily::reweigh)
    after = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(static_cast<i128>(power) * fault.amount / 1'000'000));
  const std::int64_t joining = joins ? std::max<std::int64_t>(power, 50) : 0;
  if (!is_safe(who, after, joining) || (!joins && after == power)) return false;
  if (joins) {
    const auto spare = static_cast<std::uint32_t>(plan_.validator_count()) + spares_used_++;
    submit(now, join_tx(spare, nodes_.key_of(spare), joining, numbers_++));
  }
  if (after < power) submit(now, undelegate_tx(who.value, power - after, numbers_++));
  if (after > power) submit(now, delegate_tx(who.value, after - power, numbers_++));
  return true;
}

}  // namespace souk::scenarios::swarm
