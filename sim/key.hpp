#pragma once

#include <cstdint>

#include "sim/event.hpp"

namespace souk::sim {

__extension__ typedef unsigned __int128 Rank;

/// One pending event inside the future event list; its payload lies in a slab. Trivial, so that a million of
/// them can be moved as bytes.
struct Key {
  std::uint64_t time;  ///< ns since the epoch, never negative
  std::uint64_t order;
  std::uint32_t slot;
  std::uint32_t target;

  /// The total order as one number.
  Rank rank() const { return (static_cast<Rank>(time) << 64) | order; }
};
static_assert(sizeof(Key) == 24);

inline std::uint64_t to_ticks(Time time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}
inline Time to_time(std::uint64_t ticks) { return Time{Duration{static_cast<std::int64_t>(ticks)}}; }

/// The upper 24 bits of an order: the sender, or a mark that is no actor.
inline constexpr std::uint64_t order_unit = std::uint64_t{1} << 40;
inline constexpr std::uint64_t outside_order = std::uint64_t{0xff'fffe} << 40;
inline constexpr std::uint64_t running_order =
    (std::uint64_t{0xff'ffff} << 40) - 1;                                  ///< of an event that runs now
inline constexpr std::uint64_t no_order = std::uint64_t{0xff'ffff} << 40;  ///< of a free slot

}  // namespace souk::sim
