#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace souk {

/// The clock of actors. It has no now(): an actor learns the time from its context and nowhere else.
struct ActorClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<ActorClock>;
  static constexpr bool is_steady = true;
};

using Duration = ActorClock::duration;
/// Nanoseconds since the Unix epoch, so that consensus timestamps and reclamation deadlines need no offset.
using Time = ActorClock::time_point;

inline constexpr Time time_max = Time::max();

/// Seconds as a double, for statistics and text only: never for money or ordering.
inline double seconds(Duration d) { return static_cast<double>(d.count()) * 1e-9; }

/// Unix seconds, truncated: the unit of reclamation deadlines (akash-chain.md section 3.2).
inline constexpr std::int64_t unix_seconds(Time t) {
  return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
}

/// A number of blocks: the difference of two heights.
struct Blocks {
  std::int64_t count = 0;
  friend constexpr auto operator<=>(Blocks, Blocks) = default;
};

/// Block height. Height 0 is genesis; the first block has height 1.
struct Height {
  std::int64_t value = 0;
  friend constexpr auto operator<=>(Height, Height) = default;
  friend constexpr Blocks operator-(Height a, Height b) { return {a.value - b.value}; }
  friend constexpr Height operator+(Height h, Blocks n) { return {h.value + n.count}; }
};

}  // namespace souk
