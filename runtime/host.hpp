#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "actors/effects.hpp"

namespace souk::runtime {

/// An actor: a copyable value with one entry. It appends effects to `out` and touches nothing else.
///
/// Both hosts promise:
///  1. one event at a time per actor, and Started is the first;
///  2. effects are carried out in the order appended;
///  3. Persist is durable, if it asks for it, before any later effect of that batch is carried out;
///  4. a timer fires at most once per SetTimer. SetTimer with an id that is already set replaces it, and
///     CancelTimer removes it; even so an actor must check what fires, since a live network is late;
///  5. context.now never goes back for one actor, and is never before the time of a timer that fires;
///  6. an effect that finds nobody (unknown address, no validator attached) is dropped and told to the
///     collectors as Note undeliverable;
///  7. each MakeSignature is answered by SignatureMade, each VerifySignatures by SignaturesVerified, once,
///     with its ticket; the answers to one batch come in the order of the questions;
///  8. Observe reaches collectors and nothing else: neither journal nor run hash know whether actors observe.
template <class A>
concept Actor = requires(A actor, const Event& event, const Context& context, Effects& out) {
  { actor.on(event, context, out) } -> std::same_as<void>;
} && std::copyable<A>;  // last: asking it of what is no actor may ask this concept again

/// Any actor as a value: copying it copies the actor, which is how a run forks.
class AnyActor {
 public:
  template <class A>
    requires(!std::same_as<A, AnyActor>) && Actor<A>
  AnyActor(A actor) : self_(std::make_unique<Model<A>>(std::move(actor))) {}  // NOLINT: implicit by design
  AnyActor(const AnyActor& other) : self_(other.self_->clone()) {}
  AnyActor& operator=(const AnyActor& other) { return self_ = other.self_->clone(), *this; }
  AnyActor(AnyActor&&) noexcept = default;
  AnyActor& operator=(AnyActor&&) noexcept = default;
  ~AnyActor() = default;

  void on(const Event& event, const Context& context, Effects& out) { self_->on(event, context, out); }

  /// The actor itself, for tests and end-of-run inspection; null if it is of another type.
  template <class A>
  const A* as() const {
    auto* model = dynamic_cast<const Model<A>*>(self_.get());
    return model == nullptr ? nullptr : &model->actor;
  }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual std::unique_ptr<Concept> clone() const = 0;
    virtual void on(const Event&, const Context&, Effects&) = 0;
  };
  template <class A>
  struct Model final : Concept {
    explicit Model(A a) : actor(std::move(a)) {}
    std::unique_ptr<Concept> clone() const override { return std::make_unique<Model>(actor); }
    void on(const Event& event, const Context& context, Effects& out) override {
      actor.on(event, context, out);
    }
    A actor;
  };
  std::unique_ptr<Concept> self_;
};

/// How an actor is known to the others.
struct ActorOptions {
  /// SendTo this address reaches the actor. No two actors of a host may own the same.
  std::optional<Address> address{};
  /// Where its SubmitTx goes; itself for a validator that submits its own.
  ActorId validator = no_actor;
  /// What its signing key is made from (runtime/signatures.hpp); the actor itself knows only the public key.
  /// Without one it must not ask for MakeSignature.
  std::optional<std::array<std::uint8_t, 32>> signing_seed{};
};

/// Watches a run without being able to change it. Called on one thread at a time, in the total order of
/// events: on_event for an event, then on_effect for each effect it had, then those of the next event.
class Collector {
 public:
  virtual ~Collector() = default;
  virtual void on_event(Time, ActorId, const Event&) {}
  /// Every effect, and the Notes a host adds. SimHost on one thread calls before it is carried out.
  virtual void on_effect(Time, ActorId, const Effect&) {}
};

/// Why run_until came back.
enum class RunEnd : std::uint8_t {
  reached,      ///< everything up to the time asked for has happened
  interrupted,  ///< the stop flag was set: what happened is a prefix of the run
};

/// What an actor persisted, oldest first.
using PersistedRecord = std::shared_ptr<const std::vector<std::uint8_t>>;

}  // namespace souk::runtime
