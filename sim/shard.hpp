#pragma once

#include <cstdint>
#include <exception>
#include <vector>

#include "sim/event_list.hpp"
#include "sim/slab.hpp"

namespace souk::sim {

/// What the engine keeps per actor, in one place because an event needs both at once.
struct ActorSlot {
  std::uint64_t next_order = 0;  ///< the actor's id above, events it has scheduled so far below
  std::uint32_t first = ~0u;     ///< in a window: its chain in Shard::window
};

/// One part of the actors: the pending events that target them, worked on by one thread at a time.
template <class Payload>
struct alignas(64) Shard {
  /// An event on its way to another shard, fetched by that one at the start of the next window.
  struct Mail {
    Key key;
    Payload payload;
  };
  struct WindowKey {
    Key key;
    std::uint32_t next;  ///< of the same target; ~0u ends
  };

  std::uint32_t index = 0;
  /// Times below this belong to the running window; 0 outside of windows.
  std::uint64_t window_end = 0;
  /// Which half of `mail` is being written; the other is being read.
  std::uint32_t parity = 0;
  std::uint64_t executed = 0;
  /// Smallest time ever sent off in this window.
  std::uint64_t earliest_mail = UINT64_MAX;
  /// Smallest time this shard knows of after a window.
  std::uint64_t earliest = UINT64_MAX;
  EventList list;
  Slab<Payload> slab;
  /// Events of the running window for the running actor.
  SortedRun local;
  std::vector<WindowKey> window;
  std::vector<std::uint32_t> touched;  ///< targets in `window`
  std::vector<std::vector<Mail>> mail[2];
  std::exception_ptr error;

  bool is_live(const Key& key) const { return slab.slot(key.slot).order == key.order; }
  /// Next live key, or null.
  const Key* min() {
    for (;;) {
      const Key* key = list.min();
      if (key == nullptr || is_live(*key)) [[likely]]
        return key;
      list.pop_min();
    }
  }
  [[gnu::always_inline]] inline void push(const Key& key) {
    if (key.time < window_end) {
      local.push(key);
    } else {
      list.push(key);
    }
  }
  /// Takes back a pending event. Its key stays behind until it is met or dead keys are the majority.
  void cancel(std::uint32_t slot) {
    slab.remove(slot, slab.slot(slot));
    sweep();
  }
  std::size_t memory_bytes() const {
    return list.memory_bytes() + slab.memory_bytes() + local.memory_bytes() +
           window.capacity() * sizeof(WindowKey) + touched.capacity() * sizeof(std::uint32_t);
  }
  void sweep() {
    constexpr std::size_t dead_min = 1024;
    if (list.size() > 2 * slab.live() + dead_min) [[unlikely]] {
      list.remove_if([this](const Key& key) { return !is_live(key); });
    }
  }
};

}  // namespace souk::sim
