#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "actors/effects.hpp"
#include "runtime/host.hpp"

namespace souk::runtime {

/// What a scripted actor was told, and when.
struct Told {
  Time at;
  Event event;
};

/// A test actor: does what its function says, and remembers what it was told.
struct Scripted {
  std::function<void(const Event&, const Context&, Effects&)> act = nullptr;
  std::vector<Told> told = {};

  void on(const Event& event, const Context& context, Effects& out) {
    told.push_back({context.now, event});
    if (act) act(event, context, out);
  }

  /// The numbers of the Pings it was told, in order.
  std::vector<std::uint64_t> ping_numbers() const {
    std::vector<std::uint64_t> numbers;
    for (const Told& t : told) {
      if (const auto* ping = std::get_if<Ping>(&t.event)) numbers.push_back(ping->number);
    }
    return numbers;
  }
  /// The subjects of the timers that fired, and when, in order.
  std::vector<std::pair<std::uint64_t, Time>> fired() const {
    std::vector<std::pair<std::uint64_t, Time>> all;
    for (const Told& t : told) {
      if (const auto* timer = std::get_if<TimerFired>(&t.event)) all.emplace_back(timer->id.subject, t.at);
    }
    return all;
  }
};

/// A scripted actor that says `effects` when started, and nothing after.
inline Scripted says(Effects effects) {
  return {[effects = std::move(effects)](const Event& event, const Context&, Effects& out) {
    if (std::holds_alternative<Started>(event)) out.insert(out.end(), effects.begin(), effects.end());
  }};
}

/// Collects notes and counts events.
struct CountingCollector : Collector {
  std::uint64_t events = 0;
  std::uint64_t effects = 0;
  std::vector<Note> notes;
  std::vector<std::pair<Time, ActorId>> order;
  void on_event(Time at, ActorId actor, const Event&) override {
    ++events;
    order.emplace_back(at, actor);
  }
  void on_effect(Time, ActorId, const Effect& effect) override {
    ++effects;
    if (const auto* note = std::get_if<Note>(&effect)) notes.push_back(*note);
  }
};

}  // namespace souk::runtime
