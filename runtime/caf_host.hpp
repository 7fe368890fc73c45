#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/host.hpp"
#include "runtime/journal.hpp"
#include "runtime/signatures.hpp"

namespace souk::runtime {

struct CafOptions {
  std::uint64_t seed = 1;
  bool antithetic = false;
  Time genesis{};        ///< what the clock shows when the run begins
  double speedup = 1;    ///< simulated seconds per real second, > 0
  unsigned threads = 2;  ///< CAF workers, at least 1
  /// Writes a record of `actor`, durable before it returns if it asks for sync; a throw fails the actor.
  /// Called from the actor's worker, for different actors at the same time. Without one, records are kept in
  /// memory.
  std::function<void(ActorId actor, const Persist& record)> persist{};
  /// Who answers MakeSignature and VerifySignatures: on the actor's worker, between two of its events.
  const SignatureScheme* signatures = &keyed_hash();
};

/// The live host: the same actors as SimHost, on CAF, in real threads, against a clock that runs `speedup`
/// times as fast as the real one. The promises are those of runtime/host.hpp. What differs is what differs
/// in life: sends take as long as they take, timers are late by as much as the machine is, and no two runs
/// are alike. The journal tells what happened; replayed, it gives the same effects.
///
/// One run per host: spawn and subscribe, then run_until once, then look.
class CafHost {
 public:
  explicit CafHost(CafOptions options);
  ~CafHost();
  CafHost(CafHost&&) noexcept;
  CafHost& operator=(CafHost&&) noexcept;

  /// REQUIRES: before run_until, as for the next four.
  ActorId spawn(std::string name, AnyActor actor, const ActorOptions& options = {});
  void subscribe(ActorId subscriber, ActorId publisher, const Topic& topic);
  /// `collector` must outlive the run. Called serialised, in the order of the journal, from CAF's workers.
  void attach(Collector& collector);
  /// Every event and its effects go to `journal`, which must outlive the run and knows all actors' names.
  void record(JournalWriter& journal);
  /// run_until comes back soon after `*stop` is true (within 50 ms of real time).
  void stop_on(const std::atomic<bool>* stop);

  /// Starts all actors, lets the clock run to `end`, stops all actors and waits for them. No event is
  /// handled at a time after `end`. Errors: an actor threw (its name and the time); the journal failed.
  Result<RunEnd> run_until(Time end);

  std::size_t actor_count() const;
  std::string_view name(ActorId actor) const;
  /// The actor as the run left it. REQUIRES: run_until has returned.
  const AnyActor& actor(ActorId actor) const;
  /// Empty where CafOptions::persist was given.
  std::span<const PersistedRecord> persisted(ActorId actor) const;
  std::uint64_t event_count() const;
  /// Of what happened (runtime/run_hash.hpp): names this run, and no other will have the same.
  Fingerprint run_hash() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace souk::runtime
