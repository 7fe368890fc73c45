#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sim/event.hpp"
#include "sim/shard.hpp"
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
  /// Parts into which the actors are divided, at most one thread working on each: of the `actors` above, one
  /// range of ids each. No effect on results.
  std::uint32_t shards = 1;
};

template <class Payload>
class Engine;

/// What a model may do while it handles an event: act as the event's target. In run_windows several ports
/// are at work at once, each on its own thread; a port touches nothing of other actors.
template <class Payload>
class Port {
 public:
  Time now() const { return to_time(now_); }
  /// The actor that handles the event, in whose name everything below is done.
  ActorId self() const { return {self_}; }
  /// The shard of self(): 0 .. shards - 1. One thread at a time works on a shard, so buffers indexed by it
  /// need no lock.
  std::uint32_t shard() const { return shard_->index; }
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

 private:
  friend class Engine<Payload>;
  Port(Engine<Payload>& engine, Shard<Payload>& shard) : engine_(&engine), shard_(&shard) {}
  void enter(const Key& key);

  Engine<Payload>* engine_;
  Shard<Payload>* shard_;
  std::uint64_t now_ = 0;
  std::uint32_t self_ = 0;
  std::uint32_t step_ = 0;
  Rank position_ = 0;
};

template <class Payload>
class Engine {
 public:
  explicit Engine(EngineOptions options = {});

  /// Schedules in the name of `sender`, an actor or `outside`; no lookahead is asked for. REQUIRES:
  /// now() <= at < time_max, target an actor of this engine. Not inside run_windows, as all that changes
  /// the engine and does not go through a port.
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
  Time now() const { return to_time(now_); }
  /// Time of the next event, if any.
  std::optional<Time> next_time();
  /// Events scheduled and neither run nor cancelled.
  std::size_t pending() const;
  /// Events run so far.
  std::uint64_t executed() const;
  std::uint32_t actors() const { return static_cast<std::uint32_t>(actors_.size()); }
  std::uint32_t shards() const { return static_cast<std::uint32_t>(shards_.size()); }
  Duration lookahead() const { return Duration{static_cast<std::int64_t>(lookahead_)}; }
  /// Adds `count` actors after the present ones; returns the first new id. Not during run_windows.
  ActorId add_actors(std::uint32_t count);
  /// Bytes of heap held for pending events and actors, free room included.
  std::size_t memory_bytes() const;

 private:
  friend class Port<Payload>;
  static constexpr std::uint32_t none = ~0u;

  /// The actors given at construction are cut into one range per shard, so that states that lie in memory in
  /// the order of ids are hardly ever on a page or cache line of another thread; later ones are dealt out in
  /// small groups, since nobody knows how many will come.
  std::uint32_t shard_index(std::uint32_t target) const {
    constexpr std::uint32_t group = 8;
    if (shards_.size() == 1) return 0;
    if (target < ranged_) return target / range_;
    return target / group % static_cast<std::uint32_t>(shards_.size());
  }
  Shard<Payload>& shard_of(std::uint32_t target) { return shards_[shard_index(target)]; }
  const Shard<Payload>& shard_of(std::uint32_t target) const { return shards_[shard_index(target)]; }
  std::uint64_t next_order(std::uint64_t& counter);
  std::uint64_t& counter_of(ActorId sender);
  EventHandle insert(std::uint64_t time, std::uint64_t order, std::uint32_t target, Payload&& payload);
  std::optional<EventHandle> move_event(EventHandle handle, std::uint64_t time, std::uint64_t& counter);
  bool take_back(EventHandle handle);

  template <class Model>
  void execute(Port<Payload>& port, const Key& key, Model& model);
  template <class Model>
  void prefetch(const Shard<Payload>& shard, const Key& key, Model& model) const;
  template <class Model>
  bool run_next(Port<Payload>& port, std::uint64_t last, Model& model);
  Shard<Payload>* next_shard();

  // Windows (windows.hpp).
  std::uint64_t window_last(std::uint64_t first, std::uint64_t end) const;
  void collect_mail(Shard<Payload>& shard, std::uint32_t parity);
  void group_window(Shard<Payload>& shard, std::uint64_t last);
  template <class Model>
  void run_actor(Port<Payload>& port, std::uint32_t target, Model& model);
  template <class Model>
  void run_shard(Shard<Payload>& shard, std::uint64_t last, std::uint32_t parity, Model& model);
  void end_windows(std::uint64_t end);

  std::uint64_t now_ = 0;
  std::uint64_t lookahead_ = 0;
  std::uint64_t outside_next_ = outside_order;
  bool in_windows_ = false;
  Rank position_ = 0;
  std::uint32_t step_ = 0;
  std::uint32_t ranged_ = 0;  ///< actors below this are in ranges of range_
  std::uint32_t range_ = 1;
  std::vector<ActorSlot> actors_;
  std::vector<Shard<Payload>> shards_;
};

}  // namespace souk::sim

#include "sim/engine_impl.hpp"   // IWYU pragma: export
#include "sim/windows_impl.hpp"  // IWYU pragma: export
