#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/event.hpp"

namespace souk::sim {

/// Records made concurrently by the handlers of one window, replayed in the order in which one thread would
/// have made them. Handlers call add(); Model::on_window calls replay(). In run_until replay may follow
/// every event.
template <class Record>
class OrderedLog {
 public:
  explicit OrderedLog(std::uint32_t shards = 1) : parts_(shards) {}

  /// Keeps `record` of the event at `position`. Several records of one event keep their order. May run
  /// concurrently for different shards.
  void add(std::uint32_t shard, const Position& position, Record record) {
    Part& part = parts_[shard];
    part.entries.push_back({position, part.entries.size(), std::move(record)});
  }

  /// Calls visit(position, record) for all records in the sequential order, and forgets them.
  template <class Visit>
  void replay(Visit&& visit) {
    order_.clear();
    for (Part& part : parts_) {
      for (Entry& entry : part.entries) order_.push_back(&entry);
    }
    // The records of one event are in one part, in the order in which they were made.
    std::sort(order_.begin(), order_.end(), [](const Entry* a, const Entry* b) {
      return a->position != b->position ? a->position < b->position : a->index < b->index;
    });
    for (Entry* entry : order_) visit(entry->position, entry->record);
    for (Part& part : parts_) part.entries.clear();
  }

 private:
  struct Entry {
    Position position;
    std::size_t index;  ///< in its part
    Record record;
  };
  struct alignas(64) Part {
    std::vector<Entry> entries;
  };
  std::vector<Part> parts_;
  std::vector<Entry*> order_;
};

}  // namespace souk::sim
