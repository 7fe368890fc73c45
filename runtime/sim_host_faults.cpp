// Events and effects in a world with faults: machines that are down or wait, clocks that are wrong, disks and
// links that fail. With nothing at work it does what sim_host.cpp does, in the same order.

#include <algorithm>

#include "actors/base/codec.hpp"
#include "actors/base/math.hpp"
#include "actors/consensus/observation.hpp"
#include "runtime/sim_host_impl.hpp"

namespace souk::runtime {
namespace {

using sim::FaultFamily;

/// Who an event of the network says it is from; a connection knows better, so no flipped byte changes it.
ActorId sender_of(const Event& event) {
  const auto of = []<class E>(const E& e) {
    if constexpr (requires { e.from; }) {
      return e.from;
    } else {
      return no_actor;
    }
  };
  if (const auto* validators = std::get_if<ValidatorEvent>(&event)) return std::visit(of, *validators);
  return std::visit(of, event);
}

bool are_alike(const Event& a, const Event& b) {
  if (a.index() != b.index() || sender_of(a) != sender_of(b)) return false;
  const auto* x = std::get_if<ValidatorEvent>(&a);
  return x == nullptr || x->index() == std::get<ValidatorEvent>(b).index();
}

/// Whether the signature of an account, or the channel to a client, would show that it was changed.
bool is_of_account(const Event& event) {
  if (std::holds_alternative<TxReceived>(event) || std::holds_alternative<TxDecided>(event)) return true;
  const auto* x = std::get_if<ValidatorEvent>(&event);
  return x != nullptr && std::holds_alternative<TxGossiped>(*x);
}

/// The place of the effect before which `count` that count are carried out.
std::size_t place_of(std::span<const Effect> effects, std::size_t count) {
  std::size_t i = 0;
  for (; i < effects.size(); ++i) {
    if (counts(effects[i]) && count-- == 0) break;
  }
  return i;
}

}  // namespace

void SimHost::Impl::on_event_with_faults(Port& port, ThreadShard& shard, sim::Due<Payload>& due) {
  Slot& slot = slots[due.target.value];
  Machine& machine = *slot.machine;
  if (const auto* chore = std::get_if<Chore>(&due.payload)) return on_chore(port, shard, slot, *chore);
  if (const auto* timer = std::get_if<TimerId>(&due.payload)) {
    // It stays set while the actor waits, so that it can still be cancelled.
    if (machine.waits) return slot.timers.set(*timer, port.schedule(machine.waits_until, *timer));
  } else if (!machine.up) {
    return;
  } else if (machine.waits) {
    machine.inbox.push_back(std::move(due.payload));
    return;
  }
  deliver(port, shard, slot, due.payload);
}

void SimHost::Impl::deliver(Port& port, ThreadShard& shard, Slot& slot, Payload& payload) {
  if (const Event* event = std::get_if<Event>(&payload)) {
    handle_with_faults(port, shard, slot, *event, fingerprint(*event));
  } else if (const Shared* shared = std::get_if<Shared>(&payload)) {
    handle_with_faults(port, shard, slot, *shared->event, shared->hash);
  } else {
    const TimerId timer = std::get<TimerId>(payload);
    slot.timers.take(timer);
    slot.machine->timers.erase(timer);
    const Event due = TimerFired{timer};
    handle_with_faults(port, shard, slot, due, fingerprint(due));
  }
}

void SimHost::Impl::handle_with_faults(Port& port, ThreadShard& shard, Slot& slot, const Event& event,
                                       const Fingerprint& hash) {
  Machine& machine = *slot.machine;
  machine.shown = std::max(machine.shown, machine.clock.shows(port.now()));
  if (machine.shown != port.now()) {
    for (const std::uint32_t number : machine.clock_faults) fired(number);
  }
  const Context context{machine.shown, port.self(), options.seed, options.antithetic};
  if (!let_act(port, shard, slot, event, context)) return;
  if (options.keep_hash) add_event(slot.chain, context.now, hash);
  if (observers.any()) observers.tell_event(context.now, context.self, event, shard.effects);
  carry_out(port, slot, shard.effects, crash_point(context.self, machine, event, shard.effects));
}

/// Whether, and where, the actor crashes in this batch.
std::optional<CrashPoint> SimHost::Impl::crash_point(ActorId actor, Machine& machine, const Event& event,
                                                     std::span<const Effect> effects) {
  if (machine.hook) {
    if (const auto after = machine.hook(event, effects)) {
      return CrashPoint{std::min(*after, effects.size()), false, std::nullopt};
    }
  }
  if (machine.strikes.empty()) return std::nullopt;
  const auto write = std::find_if(effects.begin(), effects.end(), [](const Effect& effect) {
    return std::holds_alternative<Persist>(effect);
  });
  if (write == effects.end()) return std::nullopt;
  const std::uint32_t number = machine.strikes.front().number;
  const sim::Fault& fault = world->fault(number);
  if (fault.family == FaultFamily::lost_writes || fault.family == FaultFamily::torn_write) {
    return CrashPoint{static_cast<std::size_t>(write - effects.begin()), true, number};
  }
  std::uint64_t after = static_cast<std::uint64_t>(fault.amount);
  if (fault.family == FaultFamily::crash_loop) {
    Rng rng(world->given.plan.seed, actor, Purpose::fault, fault.draw + machine.generation);
    after = rng.below(effects.size() + 1);
  }
  return CrashPoint{place_of(effects, after), false, number};
}

void SimHost::Impl::carry_out(Port& port, Slot& slot, Effects& effects, std::optional<CrashPoint> crash) {
  Machine& machine = *slot.machine;
  const std::size_t end = crash ? crash->effect : effects.size();
  for (std::size_t i = 0; i < end; ++i) {
    if (observers.any()) observers.tell_effect(directory, machine.shown, port.self(), effects[i]);
    const auto* record = std::get_if<Persist>(&effects[i]);
    if (record == nullptr) {
      perform(port, slot, effects[i]);
    } else if (!persist(port, machine, *record)) {
      if (!machine.waits) return;
      if (crash) crash->effect -= i + 1;
      const auto next = effects.begin() + static_cast<std::ptrdiff_t>(i + 1);
      machine.rest = Rest{{std::make_move_iterator(next), std::make_move_iterator(effects.end())}, crash};
      return;
    }
  }
  if (!crash) return;
  if (crash->mid_write && !write(port.self(), machine, std::get<Persist>(effects[end]))) return;
  if (crash->why) {
    strike(*crash->why, port.self());
  } else {
    go_down(port.self(), std::nullopt);
  }
}

bool SimHost::Impl::persist(Port& port, Machine& machine, const Persist& record) {
  const ActorId actor = port.self();
  if (!write(actor, machine, record)) return false;
  if (!record.sync) return true;
  const auto index = static_cast<std::size_t>(record.file);
  if (!machine.sync_errors.empty()) {
    // The pages count as clean from here on: what was not synced never will be, so the process dies of it.
    const std::uint32_t number = machine.sync_errors.front();
    machine.sync_errors.erase(machine.sync_errors.begin());
    fired(number);
    go_down(actor, number);
    comeback_at(actor, number);
    return false;
  }
  if (machine.slow.empty()) return machine.files[index].sync(port.now()), true;
  Duration takes{1};
  for (const std::uint32_t number : machine.slow) {
    const sim::Fault& fault = world->fault(number);
    Rng rng(world->given.plan.seed, actor, Purpose::disk_fault, fault.draw ^ (++machine.syncs << 32));
    takes +=
        Duration{static_cast<std::int64_t>(-math::log(rng.uniform()) * static_cast<double>(fault.amount))};
    fired(number);
  }
  machine.syncing = index;
  wait_until(actor, port.now() + takes);
  return false;
}

/// False: the disk is full, and the process died of it.
bool SimHost::Impl::write(ActorId actor, Machine& machine, const Persist& record) {
  if (!machine.exhausted.empty()) {
    const std::uint32_t number = machine.exhausted.back();
    fired(number);
    go_down(actor, number);
    comeback_at(actor, number);
    return false;
  }
  sim::DiskFile& file = machine.files[static_cast<std::size_t>(record.file)];
  const std::span<const std::uint8_t> bytes(*record.record);
  if (record.fresh) return file.replace(bytes), true;
  for (auto it = machine.bad_writes.begin(); it != machine.bad_writes.end(); ++it) {
    const std::uint32_t number = *it;
    const sim::Fault& fault = world->fault(number);
    Rng rng(world->given.plan.seed, actor, Purpose::disk_fault, fault.draw);
    const auto amount = static_cast<std::size_t>(fault.amount);
    const bool struck = fault.family == FaultFamily::write_rot ? file.append_rotten(bytes, rng, amount) > 0
                                                               : file.append_misdirected(bytes, amount);
    if (!struck) continue;  // nothing to overwrite yet
    machine.bad_writes.erase(it);
    fired(number);
    return true;
  }
  file.append(bytes);
  return true;
}

/// The actor handles nothing until `until`.
void SimHost::Impl::wait_until(ActorId actor, Time until) {
  Machine& machine = machine_of(actor);
  machine.waits_until = machine.waits ? std::max(machine.waits_until, until) : std::max(until, engine.now());
  machine.waits = true;
  chore_at(machine.waits_until, actor, {Chore::Kind::resume, 0, ++machine.generation});
}

void SimHost::Impl::resume(Port& port, ThreadShard& shard, Slot& slot, Machine& machine) {
  machine.waits = false;
  if (machine.syncing) machine.files[*machine.syncing].sync(port.now());
  machine.syncing.reset();
  if (machine.rest) {
    Rest rest = std::move(*machine.rest);
    machine.rest.reset();
    carry_out(port, slot, rest.effects, rest.crash);
  }
  while (machine.up && !machine.waits && !machine.inbox.empty() && !failure_) {
    Payload payload = std::move(machine.inbox.front());
    machine.inbox.pop_front();
    deliver(port, shard, slot, payload);
  }
}

void SimHost::Impl::send_with_faults(Port& port, ActorId to, Event&& event) {
  ThreadShard& shard = shards_[port.shard()];
  const std::uint64_t bytes = message_bytes(shard, event);
  sim::Arrivals arrivals = network.route(port.self(), to, bytes, port.now());
  if (world->links.any() && to != port.self()) {
    const auto fate = world->links.apply(port.self(), to, bytes, port.now(), arrivals, world->counts);
    arrivals = fate.arrivals;
    if (fate.corrupt != 0 && arrivals.count > 0) {
      auto changed = corrupted(shard, event, fate.corrupt);
      if (!changed) {
        ++world->undecodable;
        return;
      }
      event = std::move(*changed);
    }
  }
  if (arrivals.count == 2) port.send(arrivals.at[1], to, event);
  if (arrivals.count >= 1) port.send(arrivals.at[0], to, std::move(event));
}

/// The event with one bit of its bytes flipped; none if that is no event, or not one of that kind and sender,
/// or one that its account's signature protects.
std::optional<Event> SimHost::Impl::corrupted(ThreadShard& shard, const Event& event,
                                              std::uint64_t where) const {
  shard.scratch.clear();
  encode_to(shard.scratch, event);
  std::uint8_t& byte = shard.scratch[(where >> 8) % shard.scratch.size()];
  byte = static_cast<std::uint8_t>(byte ^ (1u << (where >> 1) % 8));
  auto changed = decode<Event>(shard.scratch);
  if (!changed || !are_alike(event, *changed) || is_of_account(event)) return std::nullopt;
  return std::move(*changed);
}

/// What is published is one for all, so no copy of it is corrupted.
void SimHost::Impl::publish_with_faults(Port& port, const Publish& publish, const Shared& shared,
                                        std::uint64_t bytes) {
  for (const ActorId to : directory.subscribers(port.self(), publish.topic)) {
    sim::Arrivals arrivals = network.route(port.self(), to, bytes, port.now());
    if (world->links.any() && to != port.self()) {
      arrivals = world->links.apply(port.self(), to, bytes, port.now(), arrivals, world->counts).arrivals;
    }
    for (const Time at : arrivals.times()) port.send(at, to, shared);
  }
}

void SimHost::Impl::set_timer_with_faults(Port& port, Slot& slot, const SetTimer& timer) {
  Machine& machine = *slot.machine;
  cancel_timer(port, slot, timer.id);
  machine.timers.erase(timer.id);
  if (timer.at == time_max) return;  // never
  machine.timers.emplace(timer.id, timer.at);
  const Time due = machine.clock.when(timer.at, port.now());
  if (due != time_max) slot.timers.set(timer.id, port.schedule(due, timer.id));
}

/// The actor's clock was changed: its timers fire when it says so.
void SimHost::Impl::retime(ActorId actor) {
  Slot& slot = slots[actor.value];
  for (const auto& [id, at] : slot.machine->timers) {
    const Time due = slot.machine->clock.when(at, engine.now());
    const auto handle = slot.timers.take(id);
    if (handle) engine.cancel(*handle);
    if (due != time_max) slot.timers.set(id, engine.schedule(due, actor, actor, id));
  }
}

/// The process is gone, with what it had not synced unless it stopped in good order.
void SimHost::Impl::go_down(ActorId actor, std::optional<std::uint32_t> why, bool in_good_order) {
  Slot& slot = slots[actor.value];
  Machine& machine = machine_of(actor);
  SOUK_CHECK(machine.up);
  for (const auto& [id, at] : machine.timers) {
    if (const auto handle = slot.timers.take(id)) engine.cancel(*handle);
  }
  for (sim::DiskFile& file : machine.files) in_good_order ? file.sync(engine.now()) : void(file.crash());
  machine.timers.clear();
  machine.hook = nullptr;
  machine.strikes.clear();
  machine.waits = false;
  machine.syncing.reset();
  machine.inbox.clear();
  machine.rest.reset();
  machine.up = false;
  machine.down_since = engine.now();
  ++machine.generation;
  if (why) trace(*why, in_good_order ? "stops" : "crashes");
}

void SimHost::Impl::start_later(ActorId actor, AnyActor fresh) {
  Machine& machine = machine_of(actor);
  SOUK_CHECK(!machine.up && observers.journal() == nullptr);
  slots[actor.value].actor = std::move(fresh);
  const Time at = std::max(engine.now(), machine.down_since + Duration{1});
  chore_at(at, actor, {Chore::Kind::start, 0, ++machine.generation});
}

}  // namespace souk::runtime
