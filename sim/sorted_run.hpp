#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "sim/key.hpp"

namespace souk::sim {

/// A small priority queue of keys: a sorted array, smallest last, and a heap for keys that would have to go
/// far into the array. Filling it at once and emptying it in order is what it is best at; no push costs more
/// than O(log n).
class SortedRun {
 public:
  bool empty() const { return run_.empty() && late_.empty(); }
  std::size_t size() const { return run_.size() + late_.size(); }
  /// Keys in the heap: many of them say that the run was filled from too wide a range of time.
  std::size_t late() const { return late_.size(); }

  /// REQUIRES: not empty.
  const Key& min() const {
    if (late_.empty()) [[likely]]
      return run_.back();
    if (run_.empty() || late_.front().rank() < run_.back().rank()) return late_.front();
    return run_.back();
  }
  void pop_min() {
    if (late_.empty() || (!run_.empty() && run_.back().rank() < late_.front().rank())) [[likely]] {
      run_.pop_back();
      return;
    }
    std::pop_heap(late_.begin(), late_.end(), later);
    late_.pop_back();
  }
  /// Pops the smallest key into `out` if its time is <= last. REQUIRES: not empty.
  [[gnu::always_inline]] inline bool pop_until(std::uint64_t last, Key& out) {
    if (late_.empty()) [[likely]] {
      out = run_.back();
      if (out.time > last) return false;
      run_.pop_back();
      return true;
    }
    out = min();
    if (out.time > last) return false;
    pop_min();
    return true;
  }
  void push(const Key& key) {
    const std::size_t size = run_.size();
    const bool deep = size > insert_max && run_[size - 1 - insert_max].rank() < key.rank();
    if (deep) {
      late_.push_back(key);
      std::push_heap(late_.begin(), late_.end(), later);
      return;
    }
    run_.push_back(key);
    std::size_t place = size;
    for (; place > 0 && run_[place - 1].rank() < key.rank(); --place) run_[place] = run_[place - 1];
    run_[place] = key;
  }

  /// Filling an empty run: write `count` keys in any order to where fill() points, then sort() once.
  Key* fill(std::size_t count) {
    run_.resize(count);
    return run_.data();
  }
  void sort();

  /// The key that is n pops away if nothing is pushed, or null; the heap does not count.
  const Key* ahead(std::size_t n) const { return n < run_.size() ? &run_[run_.size() - 1 - n] : nullptr; }

  /// Calls visit on every key, in no order, and empties the run.
  template <class Visit>
  void drain(Visit&& visit) {
    for (const Key& key : run_) visit(key);
    for (const Key& key : late_) visit(key);
    run_.clear();
    late_.clear();
  }

  std::size_t memory_bytes() const {
    return (run_.capacity() + spread_.capacity() + late_.capacity()) * sizeof(Key);
  }

 private:
  static constexpr std::size_t insert_max = 32;  ///< keys a push may move
  static constexpr auto later = [](const Key& a, const Key& b) { return a.rank() > b.rank(); };

  /// Sorts by spreading the keys evenly over bins of time, then by insertion within the bins.
  void spread_sort();

  std::vector<Key> run_;
  std::vector<Key> spread_;  ///< the other half of spread_sort
  std::vector<Key> late_;
};

}  // namespace souk::sim
