#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include "actors/effects.hpp"

namespace souk::runtime {

/// An actor: a copyable value with one entry. It appends effects to `out` and touches nothing else.
///
/// Both hosts promise: one event at a time per actor; effects carried out in the order appended; Persist
/// durable before any later effect of that batch; a timer fires at most once per SetTimer, and a fired
/// timer may be stale; Started is the first event.
template <class A>
concept Actor = std::copyable<A> && requires(A actor, const Event& event, const Context& context, Effects& out) {
  { actor.on(event, context, out) } -> std::same_as<void>;
};

/// Any actor as a value: copying it copies the actor, which is how a run forks.
class AnyActor {
 public:
  template <Actor A>
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
    void on(const Event& event, const Context& context, Effects& out) override { actor.on(event, context, out); }
    A actor;
  };
  std::unique_ptr<Concept> self_;
};

/// Watches a run without being able to change it. Called on one thread, in the total order of events.
class Collector {
 public:
  virtual ~Collector() = default;
  virtual void on_event(Time, ActorId, const Event&) {}
  /// Every effect, before it is carried out.
  virtual void on_effect(Time, ActorId, const Effect&) {}
};

}  // namespace souk::runtime
