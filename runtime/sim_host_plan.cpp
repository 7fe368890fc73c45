// What a plan makes go wrong, and when.

#include <algorithm>

#include "actors/base/rng.hpp"
#include "runtime/sim_host_impl.hpp"

namespace souk::runtime {
namespace {

using sim::Fault;
using sim::FaultFamily;
using sim::FaultGroup;

/// A crash that finds no batch to strike in strikes anyway after this.
constexpr Duration patience = std::chrono::seconds(1);
/// How long it takes at least to start a process again.
constexpr Duration start_takes = std::chrono::milliseconds(1);
/// A process whose time would stand still for longer, because its clock was set back, is started anew.
constexpr Duration standstill_max = std::chrono::seconds(1);

std::uint32_t times_of(const Fault& fault) {
  return fault.family == FaultFamily::crash_loop
             ? static_cast<std::uint32_t>(std::clamp<std::int64_t>(fault.amount, 1, 1'000))
             : 1;
}

bool needs_one(FaultFamily family) {
  switch (sim::group_of(family)) {
    case FaultGroup::network: return family == FaultFamily::isolate;
    case FaultGroup::process: return family != FaultFamily::crash_all;
    case FaultGroup::disk:
    case FaultGroup::clock: return true;
    default: return false;
  }
}

template <class T>
void remove(std::vector<T>& list, const T& value) {
  list.erase(std::remove(list.begin(), list.end(), value), list.end());
}

}  // namespace

Machine& SimHost::Impl::machine_of(ActorId actor) {
  SOUK_CHECK(world && "set_faults first: an empty plan will do");
  return *slots.at(actor.value).machine;
}

void SimHost::Impl::set_faults(FaultWorld given) {
  SOUK_CHECK(!world);
  for (Slot& slot : slots) slot.machine.emplace();
  world.emplace(std::move(given));
  const auto& faults = world->given.plan.faults;
  for (std::uint32_t number = 0; number < faults.size(); ++number) {
    const Fault& fault = faults[number];
    for (const ActorId actor : fault.who) SOUK_CHECK(actor.value < slots.size());
    SOUK_CHECK(!fault.who.empty() || !needs_one(fault.family));
    if (fault.at <= engine.now()) {
      begin_fault(number);
    } else {
      chore_at(fault.at, ActorId{0}, {Chore::Kind::begin, number});
    }
    const std::uint32_t times = times_of(fault);
    for (std::uint32_t i = 1; i < times; ++i) {
      chore_at(fault.at + fault.lasts / times * i, ActorId{0}, {Chore::Kind::begin, number});
    }
    if (fault.lasts > Duration{0}) chore_at(fault.until(), ActorId{0}, {Chore::Kind::end, number});
  }
}

/// Chores come after what actors do at the same time, but those of an actor among its own events.
void SimHost::Impl::chore_at(Time at, ActorId target, Chore chore) {
  const bool its_own = chore.kind != Chore::Kind::begin && chore.kind != Chore::Kind::end;
  engine.schedule(std::max(at, engine.now()), its_own ? target : sim::outside, target, chore);
}

void SimHost::Impl::on_chore(Port& port, ThreadShard& shard, Slot& slot, const Chore& chore) {
  Machine& machine = *slot.machine;
  if (chore.kind == Chore::Kind::begin) return begin_fault(chore.number);
  if (chore.kind == Chore::Kind::end) return end_fault(chore.number);
  if (chore.kind == Chore::Kind::strike) {
    const auto overdue = [&](const Armed& a) { return a.number == chore.number && a.latest <= port.now(); };
    if (std::any_of(machine.strikes.begin(), machine.strikes.end(), overdue)) {
      strike(chore.number, port.self());
    }
    return;
  }
  if (chore.generation != machine.generation) return;
  if (chore.kind == Chore::Kind::resume) return resume(port, shard, slot, machine);
  if (chore.kind == Chore::Kind::comeback) return come_back(port, shard, slot, chore.number);
  start(port, shard, slot);
}

void SimHost::Impl::start(Port& port, ThreadShard& shard, Slot& slot) {
  slot.machine->up = true;
  slot.machine->shown = Time{};
  ++slot.machine->generation;
  const Event started = Started{};
  handle_with_faults(port, shard, slot, started, fingerprint(started));
}

void SimHost::Impl::begin_fault(std::uint32_t number) {
  const Fault& fault = world->fault(number);
  trace(number, "begins");
  switch (sim::group_of(fault.family)) {
    case FaultGroup::network: return world->links.begin(fault);
    case FaultGroup::process: return begin_process_fault(number);
    case FaultGroup::disk: return begin_disk_fault(number);
    case FaultGroup::clock: return change_clock(number, true);
    default:
      if (world->given.carry_out && world->given.carry_out(engine.now(), fault, true)) fired(number);
  }
}

void SimHost::Impl::end_fault(std::uint32_t number) {
  const Fault& fault = world->fault(number);
  switch (sim::group_of(fault.family)) {
    case FaultGroup::network: world->links.end(fault); break;
    case FaultGroup::clock: change_clock(number, false); break;
    case FaultGroup::process:
    case FaultGroup::disk:
      if (fault.family != FaultFamily::crash_all) {
        Machine& machine = machine_of(fault.who[0]);
        for (auto* list : {&machine.exhausted, &machine.slow, &machine.sync_errors, &machine.bad_writes}) {
          remove(*list, number);
        }
      }
      return;
    default:
      if (world->given.carry_out) world->given.carry_out(engine.now(), fault, false);
  }
  trace(number, "ends");
}

void SimHost::Impl::begin_process_fault(std::uint32_t number) {
  const Fault& fault = world->fault(number);
  if (fault.family == FaultFamily::crash_all) {
    for (const ActorId actor : fault.who) strike(number, actor);
    return;
  }
  const ActorId actor = fault.who[0];
  Machine& machine = machine_of(actor);
  if (fault.family == FaultFamily::exhaustion) machine.exhausted.push_back(number);
  if (!machine.up) return;
  switch (fault.family) {
    case FaultFamily::crash:
      if (fault.amount >= 0) {
        arm(number, actor, patience);
      } else {
        strike(number, actor);
      }
      break;
    case FaultFamily::crash_loop:
      arm(number, actor, std::min(patience, fault.lasts / times_of(fault) / 4));
      break;
    case FaultFamily::wipe: strike(number, actor); break;
    case FaultFamily::restart:
    case FaultFamily::upgrade:
      fired(number);
      go_down(actor, number, true);
      comeback_at(actor, number);
      break;
    case FaultFamily::pause:
      fired(number);
      wait_until(actor, fault.until());
      break;
    default: break;
  }
}

void SimHost::Impl::begin_disk_fault(std::uint32_t number) {
  const Fault& fault = world->fault(number);
  const ActorId actor = fault.who[0];
  Machine& machine = machine_of(actor);
  switch (fault.family) {
    case FaultFamily::slow_disk: machine.slow.push_back(number); break;
    case FaultFamily::sync_error: machine.sync_errors.push_back(number); break;
    case FaultFamily::write_rot:
    case FaultFamily::misdirected_write: machine.bad_writes.push_back(number); break;
    case FaultFamily::lost_writes:
    case FaultFamily::torn_write:
      if (machine.up) arm(number, actor, patience);
      break;
    default: strike(number, actor); break;
  }
}

/// A crash waits for a batch to strike in.
void SimHost::Impl::arm(std::uint32_t number, ActorId actor, Duration at_most) {
  const Time latest = engine.now() + at_most;
  machine_of(actor).strikes.push_back({number, latest});
  chore_at(latest, actor, {Chore::Kind::strike, number});
}

/// The crash of fault `number`, now.
void SimHost::Impl::strike(std::uint32_t number, ActorId actor) {
  const Fault& fault = world->fault(number);
  Machine& machine = machine_of(actor);
  if (!machine.up) return;
  bool lost = false;
  bool torn = false;
  Rng rng(world->given.plan.seed, actor, Purpose::disk_fault, fault.draw);
  for (sim::DiskFile& file : machine.files) {
    lost = lost || file.has_unsynced();
    if (fault.family == FaultFamily::torn_write) torn = file.crash_torn(rng) || torn;
  }
  switch (fault.family) {
    case FaultFamily::lost_writes: fired(number, lost ? 1 : 0); break;
    case FaultFamily::torn_write: fired(number, torn ? 1 : 0); break;
    case FaultFamily::crash:
    case FaultFamily::crash_all:
    case FaultFamily::crash_loop: fired(number); break;
    default: break;  // counted when the damage is found
  }
  go_down(actor, number);
  comeback_at(actor, number);
}

void SimHost::Impl::comeback_at(ActorId actor, std::uint32_t number) {
  const Fault& fault = world->fault(number);
  Duration takes = fault.lasts;
  if (fault.family == FaultFamily::crash_loop) takes = fault.lasts / times_of(fault) / 2;
  if (fault.family == FaultFamily::exhaustion) takes = std::min(patience, fault.until() - engine.now());
  if (sim::group_of(fault.family) == FaultGroup::clock) takes = Duration{0};
  chore_at(engine.now() + std::max(takes, start_takes), actor,
           {Chore::Kind::comeback, number, machine_of(actor).generation});
}

/// What the fault did to the files while the machine was down.
void SimHost::Impl::damage(std::uint32_t number, ActorId actor, Machine& machine) {
  const Fault& fault = world->fault(number);
  Rng rng(world->given.plan.seed, actor, Purpose::disk_fault, fault.draw);
  auto& [wal, store] = machine.files;
  const auto amount = static_cast<std::size_t>(std::max<std::int64_t>(0, fault.amount));
  bool struck = false;
  switch (fault.family) {
    case FaultFamily::read_rot: {
      const bool in_wal = store.bytes().empty() || (rng.below(2) == 0 && !wal.bytes().empty());
      struck = (in_wal ? wal : store).rot(rng, amount) > 0;
      break;
    }
    case FaultFamily::wal_truncated: struck = wal.truncate(amount) > 0; break;
    case FaultFamily::rolled_back: {
      const Time then = fault.at - Duration{fault.amount};
      const bool first = wal.roll_back(then);
      struck = store.roll_back(then) || first;
      break;
    }
    case FaultFamily::wipe: {
      const bool first = wal.wipe();
      struck = store.wipe() || first;
      break;
    }
    default: return;
  }
  fired(number, struck ? 1 : 0);
}

void SimHost::Impl::come_back(Port& port, ThreadShard& shard, Slot& slot, std::uint32_t number) {
  const Fault& fault = world->fault(number);
  Machine& machine = *slot.machine;
  SOUK_CHECK(!machine.up && observers.journal() == nullptr);
  damage(number, port.self(), machine);
  ++machine.generation;
  if (!world->given.revive) return;
  const auto copy = [](std::span<const std::uint8_t> bytes) { return Bytes(bytes.begin(), bytes.end()); };
  Comeback comeback{port.self(), {copy(machine.files[0].bytes()), copy(machine.files[1].bytes())}, &fault};
  comeback.version = fault.family == FaultFamily::upgrade ? fault.amount : 0;
  comeback.wiped = fault.family == FaultFamily::wipe;
  auto fresh = world->given.revive(comeback);
  if (!fresh) return trace(number, "can not come back");
  slot.actor = std::move(*fresh);
  trace(number, "is back");
  start(port, shard, slot);
}

void SimHost::Impl::change_clock(std::uint32_t number, bool begins) {
  const Fault& fault = world->fault(number);
  const ActorId actor = fault.who[0];
  Machine& machine = machine_of(actor);
  const Time now = engine.now();
  if (begins) {
    machine.clock_faults.push_back(number);
  } else {
    remove(machine.clock_faults, number);
  }
  switch (fault.family) {
    case FaultFamily::drift: {
      std::int64_t gain = 0;
      for (const std::uint32_t n : machine.clock_faults) {
        if (world->fault(n).family == FaultFamily::drift) gain += world->fault(n).amount;
      }
      machine.clock.drift(now, gain);
      break;
    }
    case FaultFamily::strobe: {
      Rng rng(world->given.plan.seed, actor, Purpose::clock_fault, fault.draw);
      const auto turn = std::chrono::microseconds(1'000 + rng.below(20'000));
      machine.clock.strobe(now, Duration{begins ? fault.amount : 0}, turn);
      break;
    }
    default: machine.clock.step(now, Duration{begins ? fault.amount : -fault.amount}); break;
  }
  if (machine.clock_faults.empty()) machine.clock.repair();
  retime(actor);
  if (begins || !machine.up || machine.shown <= machine.clock.shows(now) + standstill_max) return;
  go_down(actor, number, true);
  comeback_at(actor, number);
}

void SimHost::Impl::fired(std::uint32_t number, std::uint64_t times) {
  world->counts[world->fault(number).family] += times;
}

void SimHost::Impl::trace(std::uint32_t number, std::string_view what) {
  if (world->given.tell) world->given.tell(engine.now(), world->fault(number), what);
}

}  // namespace souk::runtime
