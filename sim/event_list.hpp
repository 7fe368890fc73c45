#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/key.hpp"
#include "sim/key_blocks.hpp"
#include "sim/sorted_run.hpp"

namespace souk::sim {

/// The future event list: keys of pending events, smallest rank first. A ladder queue (Tang, Goh, Thng, ACM
/// TOMACS 2005) with the time axis cut in three:
///
///     bottom_   sorted, the few next keys            times below the lowest rung's `low`
///     rungs_    buckets of equal width, unsorted     each rung divides one bucket of the one before it
///     top_      one unsorted bag                     times from top_low_ on
///
/// A key falls into the bag for its time and is sorted only with the few keys of its own small bucket, so
/// push and pop cost O(1) amortised for any distribution a bounded number of rungs can resolve, and O(log n)
/// at worst: a rung spans exactly the keys it divides (skewed times), a bucket of one single time is sorted
/// at once (bursts), and bottom_ keeps late arrivals in a heap until there are enough to make a rung of them.
///
/// It does not know about cancelled events: they stay, and whoever pops them sees that they are dead.
class EventList {
 public:
  std::size_t size() const { return size_; }

  [[gnu::always_inline]] inline void push(const Key& key) {
    ++size_;
    if (key.time >= top_low_) {
      push_top(key);
      return;
    }
    for (std::uint32_t i = 0; i < rung_count_; ++i) {
      Rung& rung = rungs_[i];
      if (key.time < rung.low) continue;
      blocks_.push(rung.buckets[(key.time - rung.start) >> rung.shift], key);
      ++rung.count;
      return;
    }
    bottom_.push(key);
    if (bottom_.late() >= respawn_at_) respawn();
  }

  /// The smallest key, or null if there is none. Valid until the next call of anything else.
  const Key* min() {
    if (bottom_.empty() && !refill()) return nullptr;
    return &bottom_.min();
  }
  /// REQUIRES: min() was called just before and was not null.
  void pop_min() {
    --size_;
    bottom_.pop_min();
  }
  /// Pops the smallest key into `out` if its time is <= last; false if there is none.
  [[gnu::always_inline]] inline bool pop_until(std::uint64_t last, Key& out) {
    if (bottom_.empty() && !refill()) return false;
    if (!bottom_.pop_until(last, out)) return false;
    --size_;
    return true;
  }
  /// The key n pops away if it is known yet, else null: a hint what to prefetch.
  const Key* ahead(std::size_t n) const { return bottom_.ahead(n); }

  /// Takes out every key with time <= last and calls visit on it, in no order.
  template <class Visit>
  void take_until(std::uint64_t last, Visit&& visit) {
    const auto take = [&](const Key& key) {
      --size_;
      visit(key);
    };
    for (;;) {
      Key key;
      while (!bottom_.empty() && bottom_.pop_until(last, key)) take(key);
      if (!bottom_.empty()) return;
      const NextBag bag = next_bag(last);
      if (!bag.any) return;
      if (bag.whole != nullptr) {
        blocks_.drain(*bag.whole, take);
      } else {
        refill();
      }
    }
  }

  /// Drops every key for which dead(key) holds. O(size).
  template <class Dead>
  void remove_if(Dead&& dead) {
    std::vector<Key> kept;
    kept.reserve(size_);
    take_until(UINT64_MAX, [&](const Key& key) {
      if (!dead(key)) kept.push_back(key);
    });
    top_low_ = 0;
    for (const Key& key : kept) push(key);
  }

  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t rungs_max = 24;
  static constexpr std::uint32_t sort_max =
      256;  ///< a bucket up to this size is sorted, a larger one divided
  static constexpr std::uint32_t bucket_keys = 64;     ///< keys per bucket when a bucket is divided
  static constexpr std::uint32_t top_bucket_keys = 4;  ///< when the top is: its near end will be denser
  static constexpr std::uint32_t buckets_max = 4096;   ///< more would not stay in the second-level cache
  static constexpr std::size_t respawn_min = 256;      ///< and not before the bottom has doubled

  /// One division of a range of time into buckets of 2^shift ns. Buckets below `low` were handed down.
  struct Rung {
    std::uint64_t start = 0;
    std::uint64_t low = 0;
    std::uint64_t end = 0;
    std::uint32_t shift = 0;
    std::uint32_t count = 0;  ///< keys in all buckets
    std::vector<KeyBlocks::Chain> buckets;

    /// The first bucket that holds keys. REQUIRES: count > 0.
    std::size_t next_bucket() const;
    /// Times of a bucket are below this.
    std::uint64_t end_of(std::size_t bucket) const;
  };

  void push_top(const Key& key) {
    blocks_.push(top_, key);
    if (key.time < top_min_) top_min_ = key.time;
    if (key.time > top_max_) top_max_ = key.time;
  }
  /// Fills the empty bottom from the next bucket. False if nothing is left anywhere.
  bool refill();
  /// One step of refill: makes a rung or the bottom from the top.
  void refill_from_top();
  void refill_from_rung(Rung& rung);
  struct NextBag {
    bool any = false;                   ///< some of its times may be <= last
    KeyBlocks::Chain* whole = nullptr;  ///< itself, marked as handed down, if all of them are
  };
  /// What is next while the bottom is empty.
  NextBag next_bag(std::uint64_t last);
  /// Adds a rung of some `buckets` for times in [min, max]; times from `limit` on stay with the rung before.
  Rung& spawn(std::uint64_t min, std::uint64_t max, std::size_t buckets, std::uint64_t limit);
  /// Divides the bottom, which has become large, into a rung.
  void respawn();
  void sort_into_bottom(KeyBlocks::Chain& chain);
  void forget_empty_rungs();

  std::size_t size_ = 0;
  SortedRun bottom_;
  std::size_t respawn_at_ = respawn_min;
  std::uint32_t rung_count_ = 0;
  std::uint64_t top_low_ = 0;
  std::uint64_t top_min_ = UINT64_MAX;
  std::uint64_t top_max_ = 0;
  KeyBlocks::Chain top_;
  KeyBlocks blocks_;
  std::array<Rung, rungs_max> rungs_;
};

}  // namespace souk::sim
