#pragma once

#include <compare>
#include <cstdint>

#include "actors/base/check.hpp"
#include "actors/base/ids.hpp"
#include "actors/base/time.hpp"

/// Names of things inside the engine: keys, handles, and what a model is shown.
namespace souk::sim {

/// Actor ids an engine can hold: 24 bits of every key name the sender.
inline constexpr std::uint32_t actor_max = (1u << 24) - 2;

/// Who schedules when no actor does: the host, a test, the world outside. At equal times its events come
/// after those of all actors.
inline constexpr ActorId outside = no_actor;

/// The place of an event in the total order: (time, sender, sender's own counter). Unique in a run, and the
/// same whatever the number of threads or the order of insertion.
struct EventKey {
  Time time{};
  std::uint64_t order = 0;  ///< sender in the upper 24 bits, its counter in the lower 40

  ActorId sender() const {
    const auto id = static_cast<std::uint32_t>(order >> 40);
    return id >= actor_max ? outside : ActorId{id};
  }
  std::uint64_t counter() const { return order & ((std::uint64_t{1} << 40) - 1); }
  friend constexpr auto operator<=>(const EventKey&, const EventKey&) = default;
};

/// Where an executed event stands in the order in which one thread, event by event, executes the run. That is
/// the order of keys but for one case: an event an actor schedules to itself at its present time may have a
/// smaller key than the event that scheduled it; it then runs next, and `step` counts such followers.
struct Position {
  EventKey key;
  std::uint32_t step = 0;
  friend constexpr auto operator<=>(const Position&, const Position&) = default;
};

/// Names one scheduled event. It never comes to name another one: after the event ran or was cancelled the
/// handle is stale for good, and cancelling it does nothing. Copyable; valid also in a copy of the engine.
struct EventHandle {
  std::uint64_t order = ~std::uint64_t{0};
  std::uint32_t slot = 0;
  std::uint32_t target = no_actor.value;
  friend constexpr bool operator==(const EventHandle&, const EventHandle&) = default;
};

/// What a model is shown: the event now due. The payload lives in the engine until the model returns, and may
/// be moved from.
template <class Payload>
struct Due {
  EventKey key;
  ActorId target;
  Payload& payload;
};

}  // namespace souk::sim
