#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/host.hpp"
#include "runtime/journal.hpp"
#include "sim/network.hpp"

namespace souk::runtime {

struct SimOptions {
  std::uint64_t seed = 1;
  bool antithetic = false;
  Time genesis{};  ///< what the clock shows when the run begins
  /// Threads to run on. More than 1 runs lookahead windows as wide as the network's minimum delay, the same
  /// run bit for bit; a network without a minimum delay leaves no window, and threads() is then 1.
  unsigned threads = 1;
  /// Whether persisted() keeps what actors persist. A long run in which no actor restarts need not hold every
  /// write-ahead record of a year in memory.
  bool keep_persisted = true;
  /// What messages between actors meet; make it with the seed above (sim::Network::make).
  sim::Network network{};
};

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

  /// A copy of everything that makes the run: pending events, actors, streams, network, clock, hash. The
  /// copy goes on exactly as the original would. Collectors, journal and stop flag stay with the original.
  SimHost fork() const;

  Time now() const;
  unsigned threads() const;
  std::size_t actor_count() const;
  std::string_view name(ActorId actor) const;
  std::vector<std::string> names() const;
  const AnyActor& actor(ActorId actor) const;
  /// Empty without SimOptions::keep_persisted.
  std::span<const PersistedRecord> persisted(ActorId actor) const;
  std::uint64_t event_count() const;  ///< handled so far
  std::uint64_t pending_count() const;
  /// Of everything handled so far (runtime/run_hash.hpp).
  Fingerprint run_hash() const;

 private:
  class Impl;
  explicit SimHost(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::runtime
