#pragma once

// Inside of runtime/sim_host.hpp, for the sim_host*.cpp only.

#include <array>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/checked_signatures.hpp"
#include "runtime/directory.hpp"
#include "runtime/failure.hpp"
#include "runtime/observers.hpp"
#include "runtime/run_hash.hpp"
#include "runtime/sim_host.hpp"
#include "runtime/timer_table.hpp"
#include "sim/clock.hpp"
#include "sim/disk.hpp"
#include "sim/engine.hpp"
#include "sim/link_faults.hpp"
#include "sim/ordered_log.hpp"
#include "sim/worker_pool.hpp"

namespace souk::runtime {

/// One published event on its way to one of its subscribers. Hashed once for all.
struct Shared {
  SharedEvent event;
  Fingerprint hash;
};
/// What the host tells itself, in a world with faults.
struct Chore {
  enum class Kind : std::uint8_t {
    begin,     ///< fault `number` of the plan begins
    end,       ///< and ends
    strike,    ///< a crash that has waited for its batch long enough
    comeback,  ///< the target comes back from fault `number`
    start,     ///< the target, replaced by restart(), starts
    resume,    ///< the target goes on after a pause or a sync
  };
  Kind kind{};
  std::uint32_t number = 0;
  /// For start, resume and comeback: Machine::generation when it was asked for; stale if that moved on.
  std::uint64_t generation = 0;
};
/// What the engine carries: an event for one actor, a published one, a timer of the target, or a chore.
using Payload = std::variant<Event, Shared, TimerId, Chore>;
using Engine = sim::Engine<Payload>;
using Port = sim::Port<Payload>;

/// A value on the heap: copying it copies what it holds.
template <class T>
class Boxed {
 public:
  Boxed() = default;
  Boxed(const Boxed& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Boxed& operator=(const Boxed& other) { return *this = Boxed(other); }
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;
  template <class... A>
  T& emplace(A&&... arguments) {
    return *(value_ = std::make_unique<T>(std::forward<A>(arguments)...));
  }
  explicit operator bool() const { return value_ != nullptr; }
  T* operator->() const { return value_.get(); }
  T& operator*() const { return *value_; }

 private:
  std::unique_ptr<T> value_;
};

/// Where the present batch of an actor is cut off.
struct CrashPoint {
  std::size_t effect = 0;            ///< effects of the batch carried out before it
  bool mid_write = false;            ///< that effect, a Persist, was written and not synced
  std::optional<std::uint32_t> why;  ///< number of the fault; none: a hook
};
/// A crash that waits for a batch.
struct Armed {
  std::uint32_t number = 0;  ///< of the fault
  Time latest{};             ///< then it strikes anyway
};
/// The rest of a batch that waits for the disk.
struct Rest {
  Effects effects;
  std::optional<CrashPoint> crash;  ///< counted from the first of `effects`
};

/// The machine an actor runs on, in a world with faults.
struct Machine {
  // The process. Gone when the machine goes down.
  bool up = true;
  std::uint64_t generation = 0;  ///< grows when it goes down, comes up, or waits for something else
  Time down_since{};
  Time shown{};                    ///< latest time the actor was shown
  std::map<TimerId, Time> timers;  ///< due times by its own clock
  CrashHook hook;
  std::vector<Armed> strikes;

  // Waiting: paused, or for the disk. What comes meanwhile is kept.
  bool waits = false;
  Time waits_until{};
  std::optional<std::size_t> syncing;  ///< the file whose sync ends then
  std::deque<Payload> inbox;           ///< events and published ones
  std::optional<Rest> rest;

  // The machine itself.
  std::array<sim::DiskFile, 2> files;  ///< by Persist::File
  sim::Clock clock;
  std::vector<std::uint32_t> clock_faults;  ///< at work
  std::vector<std::uint32_t> slow;          ///< slow_disk at work
  std::vector<std::uint32_t> exhausted;     ///< exhaustion at work
  std::vector<std::uint32_t> sync_errors;   ///< waiting for a sync
  std::vector<std::uint32_t> bad_writes;    ///< write_rot and misdirected_write waiting for a write
  std::uint64_t syncs = 0;
};

/// Everything of a run that goes wrong.
struct World {
  explicit World(FaultWorld w) : given(std::move(w)), links(given.plan.seed) {}
  FaultWorld given;
  sim::LinkFaults links;
  sim::FaultCounts counts;
  std::uint64_t undecodable = 0;
  const sim::Fault& fault(std::uint32_t number) const { return given.plan.faults[number]; }
};

/// One actor and what the host keeps for it. Own cache lines: in windows, neighbours run on other threads.
struct alignas(64) Slot {
  explicit Slot(AnyActor a) : actor(std::move(a)) {}

  AnyActor actor;
  StreamHash chain;
  TimerTable<sim::EventHandle> timers;
  std::vector<PersistedRecord> persisted;
  Boxed<Machine> machine;  ///< in a world with faults
};

struct Failure {
  sim::Position position;
  std::string message;
};

/// A handled event that observers have yet to see, because its window is still open.
struct Handled {
  Time at;
  ActorId actor;
  Event event;
  Effects effects;
};

/// What one thread works with.
struct alignas(64) ThreadShard {
  Effects effects;  ///< reused from event to event
  Bytes scratch;
  CheckedSignatures signatures;
  std::optional<Failure> failure;  ///< the first of the window in the total order
};

/// The model of the engine: what an event does.
class SimHost::Impl {
 public:
  explicit Impl(SimOptions o);
  /// Everything that makes the run, and nothing that watches it.
  Impl(const Impl& other);
  Impl& operator=(const Impl&) = delete;

  // Called by the engine.
  void on_event(Port& port, sim::Due<Payload> due);
  void on_window(Time first, Time last);
  void prefetch(ActorId target) const { __builtin_prefetch(&slots[target.value]); }

  Result<RunEnd> run_until(Time end);
  Result<bool> step();
  unsigned threads() const { return static_cast<unsigned>(shards_.size()); }
  bool in_windows() const { return pool_ != nullptr; }

  // Faults: from outside, between events or inside carry_out.
  void set_faults(FaultWorld given);
  void go_down(ActorId actor, std::optional<std::uint32_t> why, bool in_good_order = false);
  void start_later(ActorId actor, AnyActor fresh);
  void wait_until(ActorId actor, Time until);
  Machine& machine_of(ActorId actor);

  SimOptions options;
  Directory directory;
  std::vector<Slot> slots;
  std::vector<SecretKey> keys;  ///< of each actor; without one, zeros
  Engine engine;
  sim::Network network;
  Observers observers;
  const std::atomic<bool>* stop = nullptr;
  Boxed<World> world;

 private:
  void handle(Port& port, ThreadShard& shard, Slot& slot, const Event& event, const Fingerprint& hash);
  /// Lets the actor handle `event`; its effects are then in shard.effects. False if it failed.
  bool let_act(Port& port, ThreadShard& shard, Slot& slot, const Event& event, const Context& context);
  /// Of an event on its way into the run hash; nothing where none is kept.
  Fingerprint fingerprint(const Event& event) const {
    return options.keep_hash ? event_hash(event) : Fingerprint{};
  }
  void fail_with(Port& port, ThreadShard& shard, std::string message);
  void tell(Port& port, const Context& context, const Event& event, const Effects& effects);
  void perform(Port& port, Slot& slot, Effect& effect);
  void send(Port& port, ActorId to, Event&& event);
  std::uint64_t message_bytes(ThreadShard& shard, const Event& event) const;
  void publish(Port& port, const Publish& publish);
  void set_timer(Port& port, Slot& slot, const SetTimer& timer);
  static void cancel_timer(Port& port, Slot& slot, TimerId timer);
  void sign(Port& port, const MakeSignature& question);
  void verify(Port& port, const VerifySignatures& question);

  // In a world with faults: events and effects (sim_host_faults.cpp).
  void on_event_with_faults(Port& port, ThreadShard& shard, sim::Due<Payload>& due);
  void deliver(Port& port, ThreadShard& shard, Slot& slot, Payload& payload);
  void handle_with_faults(Port& port, ThreadShard& shard, Slot& slot, const Event& event,
                          const Fingerprint& hash);
  std::optional<CrashPoint> crash_point(ActorId actor, Machine& machine, const Event& event,
                                        std::span<const Effect> effects);
  void carry_out(Port& port, Slot& slot, Effects& effects, std::optional<CrashPoint> crash);
  /// False: the process is gone or waits.
  bool persist(Port& port, Machine& machine, const Persist& record);
  bool write(ActorId actor, Machine& machine, const Persist& record);
  void resume(Port& port, ThreadShard& shard, Slot& slot, Machine& machine);
  void send_with_faults(Port& port, ActorId to, Event&& event);
  std::optional<Event> corrupted(ThreadShard& shard, const Event& event, std::uint64_t where) const;
  void publish_with_faults(Port& port, const Publish& publish, const Shared& shared, std::uint64_t bytes);
  void set_timer_with_faults(Port& port, Slot& slot, const SetTimer& timer);
  void retime(ActorId actor);

  // In a world with faults: the plan (sim_host_plan.cpp).
  void on_chore(Port& port, ThreadShard& shard, Slot& slot, const Chore& chore);
  void begin_fault(std::uint32_t number);
  void end_fault(std::uint32_t number);
  void begin_process_fault(std::uint32_t number);
  void begin_disk_fault(std::uint32_t number);
  void change_clock(std::uint32_t number, bool begins);
  void strike(std::uint32_t number, ActorId actor);
  void arm(std::uint32_t number, ActorId actor, Duration at_most);
  void damage(std::uint32_t number, ActorId actor, Machine& machine);
  void start(Port& port, ThreadShard& shard, Slot& slot);
  void come_back(Port& port, ThreadShard& shard, Slot& slot, std::uint32_t number);
  void comeback_at(ActorId actor, std::uint32_t number);
  void chore_at(Time at, ActorId target, Chore chore);
  void fired(std::uint32_t number, std::uint64_t times = 1);
  void trace(std::uint32_t number, std::string_view what);

  void run_slice(Time end);
  Result<void> status() const;
  void collect_failures();

  std::vector<ThreadShard> shards_;
  std::optional<Failure> failure_;  ///< the first in the total order; nothing is handled after it
  std::unique_ptr<sim::WorkerPool> pool_;
  sim::OrderedLog<Handled> log_;
};

[[gnu::always_inline]] inline bool SimHost::Impl::let_act(Port& port, ThreadShard& shard, Slot& slot,
                                                          const Event& event, const Context& context) {
  const Delivering delivering(directory, context);
  shard.effects.clear();
  try {
    slot.actor.on(event, context, shard.effects);
    return true;
  } catch (const std::exception& error) {
    fail_with(port, shard, describe_failure(directory, context, error.what()));
  } catch (...) {
    fail_with(port, shard, describe_failure(directory, context, "threw what is not an exception"));
  }
  return false;
}

}  // namespace souk::runtime
