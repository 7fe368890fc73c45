#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "actors/base/check.hpp"
#include "sim/key.hpp"

namespace souk::sim {

/// Payloads of pending events. A payload never moves while its event is pending or runs. Every slot carries
/// the order of its event, which is unique in a run: that is what makes handles and keys safe to outlive an
/// event.
template <class Payload>
class Slab {
 public:
  Slab() = default;
  Slab(const Slab& other) : free_(other.free_), used_(other.used_), live_(other.live_) {
    for (std::size_t i = 0; i < other.chunks_.size(); ++i) chunks_.push_back(new_chunk());
    for (std::uint32_t i = 0; i < used_; ++i) {
      std::construct_at(&slot(i));
      slot(i).order = other.slot(i).order;
      if (other.slot(i).order < no_order) std::construct_at(&slot(i).payload, other.slot(i).payload);
    }
  }
  Slab& operator=(const Slab& other) { return *this = Slab(other); }
  Slab(Slab&& other) noexcept { swap(other); }
  Slab& operator=(Slab&& other) noexcept {
    Slab moved(std::move(other));
    swap(moved);
    return *this;
  }
  ~Slab() {
    for (std::uint32_t i = 0; i < used_; ++i) {
      if (slot(i).order < no_order) std::destroy_at(&slot(i).payload);
    }
  }

  struct Slot {
    Slot() : order(no_order) {}
    Slot(const Slot&) = delete;
    ~Slot() {}
    std::uint64_t order;  ///< of its event; a free slot has the order of no event
    union {
      Payload payload;  ///< alive while order names an event
    };
  };

  /// Keeps a payload; returns its index.
  [[gnu::always_inline]] inline std::uint32_t add(std::uint64_t order, Payload&& payload) {
    std::uint32_t index = free_;
    if (index == none) [[unlikely]]
      index = fresh_slot();
    Slot& place = slot(index);
    free_ = static_cast<std::uint32_t>(place.order);
    std::construct_at(&place.payload, std::move(payload));
    place.order = order;
    ++live_;
    return index;
  }
  /// REQUIRES: an index that add() once returned.
  Slot& slot(std::uint32_t index) { return chunks_[index / chunk_slots].get()[index % chunk_slots]; }
  const Slot& slot(std::uint32_t index) const {
    return chunks_[index / chunk_slots].get()[index % chunk_slots];
  }
  bool holds(std::uint32_t index, std::uint64_t order) const {
    return index < used_ && slot(index).order == order && order < running_order;
  }
  /// Drops the payload of a slot and frees it. REQUIRES: slot is slot(index), and not free.
  [[gnu::always_inline]] inline void remove(std::uint32_t index, Slot& place) {
    std::destroy_at(&place.payload);
    place.order = no_order | free_;
    free_ = index;
    --live_;
  }
  void prefetch(std::uint32_t index) const { __builtin_prefetch(&slot(index), 1); }
  std::size_t live() const { return live_; }
  std::size_t memory_bytes() const { return chunks_.size() * chunk_slots * sizeof(Slot); }

 private:
  static constexpr std::uint32_t none = ~0u;
  struct Free {
    void operator()(Slot* slots) const { std::allocator<Slot>().deallocate(slots, chunk_slots); }
  };
  using Chunk = std::unique_ptr<Slot, Free>;
  // About 32 KiB a chunk; a power of two of slots.
  static constexpr std::uint32_t chunk_slots =
      std::bit_floor(std::max<std::uint32_t>(16, 32768 / static_cast<std::uint32_t>(sizeof(Slot))));

  // Slots come to life one by one (fresh_slot), so that untouched pages of a chunk cost nothing.
  static Chunk new_chunk() { return Chunk(std::allocator<Slot>().allocate(chunk_slots)); }
  std::uint32_t fresh_slot() {
    if (used_ == chunks_.size() * chunk_slots) {
      SOUK_CHECK(used_ < none - chunk_slots);
      chunks_.push_back(new_chunk());
    }
    std::construct_at(&slot(used_))->order = no_order | none;  // the free list ends here
    return used_++;
  }
  void swap(Slab& other) noexcept {
    std::swap(chunks_, other.chunks_);
    std::swap(free_, other.free_);
    std::swap(used_, other.used_);
    std::swap(live_, other.live_);
  }

  std::vector<Chunk> chunks_;
  std::uint32_t free_ = none;
  std::uint32_t used_ = 0;
  std::size_t live_ = 0;
};

}  // namespace souk::sim
