#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "sim/event.hpp"
#include "sim/worker_pool.hpp"

/// A deterministic discrete-event engine. It knows events, their targets and their order; what an event does
/// is the model's.
///
///     struct Model {                                       // any type; no base class, nothing virtual
///       void on_event(Port<Payload>& port, Due<Payload> event);
///       void prefetch(ActorId target) const;               // optional: hint the caches, change nothing
///       void on_window(Time first, Time last);             // optional: after each window of run_windows
///     };
///     Engine<Payload> engine({.actors = 1000, .lookahead = 10ms});
///     engine.schedule(start, outside, ActorId{3}, payload);
///     engine.run_until(model, end);
///
/// Payload: any movable type; copyable if engines are copied. Copying an engine copies the run: the copy and
/// the original go on alike and apart (checkpoint, fork).
namespace souk::sim {

struct EngineOptions {
  /// Actors 0 .. actors - 1 may send and receive; add_actors() adds more.
  std::uint32_t actors = 0;
  /// An event sent to another actor is due at least this much later, always (CHECKed). The width of the
  /// windows of run_windows; zero allows only run_until.
  Duration lookahead{0};
  /// Parts into which the actors are divided, at most one thread working on each. No effect on results.
  std::uint32_t shards = 1;
};

template <class Payload>
class Engine;

/// What a model may do while it handles an event: act as the event's target. In run_windows several ports
/// are at work at once, each on its own thread; a port touches nothing of other actors.
template <class Payload>
class Port {
 public:
  Time now() const;
  /// The actor that handles the event, in whose name everything below is done.
  ActorId self() const;
  /// The shard of self(): 0 .. shards - 1. One thread at a time works on a shard, so buffers indexed by it
  /// need no lock.
  std::uint32_t shard() const;
  /// Sort records of one window by this to get the sequential order (see OrderedLog).
  Position position() const;

  /// Schedules an event of self to self. REQUIRES: now() <= at < time_max.
  EventHandle schedule(Time at, Payload payload);
  /// Sends an event to any actor. It can not be taken back. REQUIRES: at < time_max; at >= now() + lookahead
  /// if `to` is another actor, at >= now() if it is self.
  void send(Time at, ActorId to, Payload payload);
  /// Takes back an event that self scheduled to itself. False if it ran or was cancelled before, also when it
  /// is the one being handled. REQUIRES: the handle came from schedule() of this actor, or from
  /// Engine::schedule with this target.
  bool cancel(EventHandle handle);
  /// Moves such an event to another time, as if cancelled and scheduled anew (it takes a new place among
  /// events at equal times). Returns its new handle, the old one is stale; nothing if it is no longer
  /// pending.
  std::optional<EventHandle> reschedule(EventHandle handle, Time at);
};

template <class Payload>
class Engine {
 public:
  explicit Engine(EngineOptions options = {});

  /// Schedules from outside of handlers. REQUIRES: now() <= at < time_max, target an actor of this engine,
  /// sender an actor or `outside`, no run in progress.
  EventHandle schedule(Time at, ActorId sender, ActorId target, Payload payload);
  /// False if the event is not pending any more. A cancelled event never runs.
  bool cancel(EventHandle handle);
  /// As Port::reschedule, in the name of the event's sender.
  std::optional<EventHandle> reschedule(EventHandle handle, Time at);
  bool is_pending(EventHandle handle) const;

  /// Runs the next event. False if there is none.
  template <class Model>
  bool step(Model& model);
  /// Runs every event due at or before `end`, one by one in the total order; then now() == end.
  template <class Model>
  void run_until(Model& model, Time end);
  /// The same, with the same results bit for bit, in windows of the lookahead: events of one window are
  /// grouped by target, and shards run on the threads of `pool`. on_event is called concurrently for targets
  /// of different shards; on_window on the calling thread, between windows. An exception of a handler ends
  /// the run after its window and is thrown on; the engine is then only fit to be destroyed or assigned.
  /// REQUIRES: lookahead > 0.
  template <class Model>
  void run_windows(Model& model, Time end, WorkerPool& pool);

  /// Time of the event that runs, else the end of the last run, else the epoch.
  Time now() const;
  /// Time of the next event, if any.
  std::optional<Time> next_time();
  /// Events scheduled and neither run nor cancelled.
  std::size_t pending() const;
  /// Events run so far.
  std::uint64_t executed() const;
  std::uint32_t actors() const;
  std::uint32_t shards() const;
  Duration lookahead() const;
  /// Adds `count` actors after the present ones; returns the first new id. Not during run_windows.
  ActorId add_actors(std::uint32_t count);
  /// Bytes of heap held for pending events and actors, free room included.
  std::size_t memory_bytes() const;
};

}  // namespace souk::sim
