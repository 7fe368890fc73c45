#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "actors/messages.hpp"

namespace souk::runtime {

/// The timers of one actor: TimerId -> Handle, at most one per id. Open addressing with linear probing, so
/// that setting and firing allocate nothing once the table has grown to the actor's needs. Never iterated:
/// its order reaches no effect. Handle: a small copyable type.
template <class Handle>
class TimerTable {
 public:
  /// The handle of `id`, if it is set.
  Handle* find(TimerId id) {
    if (count_ == 0) return nullptr;
    const std::size_t at = slot_of(id);
    return entries_[at].used ? &entries_[at].handle : nullptr;
  }

  /// Sets `id`, replacing the handle it had.
  void set(TimerId id, Handle handle) {
    if ((count_ + 1) * 4 > entries_.size() * 3) grow();
    Entry& entry = entries_[slot_of(id)];
    count_ += entry.used ? 0 : 1;
    entry = {id, handle, true};
  }

  /// Forgets `id` and returns its handle; nothing if it was not set.
  std::optional<Handle> take(TimerId id) {
    if (count_ == 0) return std::nullopt;
    const std::size_t at = slot_of(id);
    if (!entries_[at].used) return std::nullopt;
    const Handle handle = entries_[at].handle;
    close_gap(at);
    --count_;
    return handle;
  }

  std::size_t size() const { return count_; }

 private:
  struct Entry {
    TimerId id;
    Handle handle{};
    bool used = false;
  };

  std::size_t mask() const { return entries_.size() - 1; }
  std::size_t home_of(TimerId id) const {
    std::uint64_t h = (id.subject + 0x9e37'79b9'7f4a'7c15u * (id.kind + 1)) * 0xd6e8'feb8'6659'fd93u;
    return static_cast<std::size_t>(h ^ (h >> 32)) & mask();
  }
  /// Where `id` is, or the free slot where it would go. REQUIRES: a free slot.
  std::size_t slot_of(TimerId id) const {
    std::size_t at = home_of(id);
    while (entries_[at].used && entries_[at].id != id) at = (at + 1) & mask();
    return at;
  }
  /// Frees `gap`, moving back the entries behind it that probing would no longer reach.
  void close_gap(std::size_t gap) {
    for (std::size_t at = (gap + 1) & mask(); entries_[at].used; at = (at + 1) & mask()) {
      const std::size_t home = home_of(entries_[at].id);
      if (((at - home) & mask()) < ((at - gap) & mask())) continue;
      entries_[gap] = entries_[at];
      gap = at;
    }
    entries_[gap].used = false;
  }
  void grow() {
    std::vector<Entry> old(entries_.empty() ? 4 : entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.used) entries_[slot_of(entry.id)] = entry;
    }
  }

  std::vector<Entry> entries_;  ///< empty or a power of two
  std::size_t count_ = 0;
};

}  // namespace souk::runtime
