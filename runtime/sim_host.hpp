#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/host.hpp"
#include "runtime/journal.hpp"
#include "runtime/signatures.hpp"
#include "sim/faults.hpp"
#include "sim/network.hpp"

namespace souk::runtime {

struct SimOptions {
  std::uint64_t seed = 1;
  bool antithetic = false;
  Time genesis{};  ///< what the clock shows when the run begins
  /// Threads to run on. More than 1 runs lookahead windows as wide as the network's minimum delay, the same
  /// run bit for bit; a network without a minimum delay leaves no window, and threads() is then 1.
  unsigned threads = 1;
  /// Whether the host keeps what actors persist. A long run in which no actor restarts need not hold every
  /// write-ahead record of a year in memory.
  bool keep_persisted = true;
  /// Whether run_hash() is kept up: a tenth of the time of a market where nothing else is watched.
  bool keep_hash = true;
  /// Who answers MakeSignature and VerifySignatures, in no simulated time.
  const SignatureScheme* signatures = &keyed_hash();
  /// What messages between actors meet; make it with the seed above (sim::Network::make).
  sim::Network network{};
};

/// What a machine's two files hold, for the process that is started on it.
struct DiskImage {
  Bytes wal;
  Bytes store;
};

/// An actor that a fault took down comes back.
struct Comeback {
  ActorId actor;
  DiskImage disk;
  const sim::Fault* fault = nullptr;  ///< what took it down
  /// Of FaultFamily::upgrade: which version it comes back as.
  std::int64_t version = 0;
  bool wiped = false;
};

/// A run that goes wrong by plan.
struct FaultWorld {
  sim::FaultPlan plan{};
  /// Makes the actor that comes back from what its disk holds; none: it can not come back (a log it refuses),
  /// and stays down. Called inside run_until.
  ///
  /// The files stay as they are: an actor that cuts off a torn tail when it recovers must say so by Persist
  /// with `fresh`, or its next record lies behind the tail.
  std::function<std::optional<AnyActor>(const Comeback&)> revive{};
  /// Told when a Byzantine or membership fault begins and, if it lasts, when it ends; its `who` is up or not.
  /// Called inside run_until; may post() to the host, and count(). Returns whether it fired.
  std::function<bool(Time now, const sim::Fault& fault, bool begins)> carry_out{};
  /// For traces: one line whenever a fault begins, strikes or ends.
  std::function<void(Time now, const sim::Fault& fault, std::string_view what)> tell{};
};

/// Where in a batch of effects an actor crashes: how many are carried out before it, at most all; none: not
/// in this batch. Called for every batch of that actor until it strikes.
using CrashHook = std::function<std::optional<std::size_t>(const Event&, std::span<const Effect>)>;

/// The simulated host: carries out effects on sim/engine and sim/network. Same options, actors and calls,
/// same run: run_hash() says so.
class SimHost {
 public:
  explicit SimHost(SimOptions options);
  ~SimHost();
  SimHost(SimHost&&) noexcept;
  SimHost& operator=(SimHost&&) noexcept;

  /// Adds an actor; its Started is due now, before anything else that is due now. May be called between two
  /// run_until, unless a journal is attached (its header names the actors).
  ActorId spawn(std::string name, AnyActor actor, const ActorOptions& options = {});
  void subscribe(ActorId subscriber, ActorId publisher, const Topic& topic);
  /// An event from outside the actors (a trace, a test), delivered at `at` exactly, no network between.
  /// REQUIRES: at >= now().
  void post(Time at, ActorId to, Event event);

  /// `collector` must outlive the host; it can not change the run.
  void attach(Collector& collector);
  /// Every event from now on, and its effects, go to `journal`, which must outlive the host and have been
  /// created with the names of all actors. REQUIRES: nothing has run yet.
  void record(JournalWriter& journal);
  /// run_until comes back interrupted within some 65,000 events after `*stop` is true.
  void stop_on(const std::atomic<bool>* stop);

  /// Handles every event due at or before `end`, then sets the clock to `end`; if interrupted, the clock
  /// stays where the run got to, and it can go on. Errors: an actor threw (its name and the time; of several,
  /// the first in the total order), after which the host can only be looked at; the journal failed.
  Result<RunEnd> run_until(Time end);
  /// Handles the next event; false if none is pending.
  Result<bool> step();

  /// A copy of everything that makes the run: pending events, actors, streams, network, clock, hash, disks,
  /// the plan and how far it got. The copy goes on exactly as the original would. Collectors, journal and
  /// stop flag stay with the original; the functions of a FaultWorld are copied.
  SimHost fork() const;

  // ---- faults (sim_host_faults.cpp) -----------------------------------------------------------------
  // A host in which things go wrong runs on one thread, and no journal is kept of actors that restart. Its
  // collectors are told of effects when these are carried out: what a crash cut off never comes, what waits
  // for a slow disk comes when it is done. Times they are told are those the actor was shown; now() is true.

  /// What will go wrong. REQUIRES: all actors of the plan were spawned, no plan before, nothing has run, one
  /// thread, keep_persisted. With an empty plan the run is bit for bit the one without.
  void set_faults(FaultWorld world);
  /// For what carry_out or the caller makes happen: `family` had its effect `times` times.
  void count(sim::FaultFamily family, std::uint64_t times = 1);
  /// How often each family had its effect so far.
  const sim::FaultCounts& fault_counts() const;
  /// Corrupted messages that no receiver could read, and that were dropped.
  std::uint64_t undecodable_count() const;

  // Between two run_until, or inside carry_out. REQUIRES: one thread.
  /// The machine stops now: timers die, nothing is delivered to it, what is on the way to it is lost when it
  /// arrives, what it did not sync is gone. What it sent arrives. Nothing if it is down.
  void kill(ActorId actor);
  /// The actor crashes in the first batch that `hook` names. Forgotten when it goes down for another reason.
  void crash_when(ActorId actor, CrashHook hook);
  /// `fresh` is started in its place: Started is its first event, due now, but not at the very instant at
  /// which it went down. Its files stay as they are (see FaultWorld::revive).
  /// REQUIRES: the actor is down, and nothing in the plan is about to bring it back.
  void restart(ActorId actor, AnyActor fresh);
  /// It handles nothing until `until`, then all that came meanwhile, in order.
  void pause(ActorId actor, Time until);
  bool is_up(ActorId actor) const;
  /// What the actor would find if it was started now; of one that is up, what it has written, synced or not.
  DiskImage disk(ActorId actor) const;
  /// Bytes of a file that a crash would not lose.
  std::size_t synced_bytes(ActorId actor, Persist::File file) const;
  /// What the actor's own clock shows.
  Time clock_of(ActorId actor) const;

  Time now() const;
  unsigned threads() const;
  std::size_t actor_count() const;
  std::string_view name(ActorId actor) const;
  std::vector<std::string> names() const;
  const AnyActor& actor(ActorId actor) const;
  /// Its records of both files, oldest first. Empty without SimOptions::keep_persisted.
  std::span<const PersistedRecord> persisted(ActorId actor) const;
  std::uint64_t event_count() const;  ///< handled so far
  std::uint64_t pending_count() const;
  /// Of everything handled so far (runtime/run_hash.hpp). REQUIRES: SimOptions::keep_hash.
  Fingerprint run_hash() const;

 private:
  class Impl;
  explicit SimHost(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::runtime
