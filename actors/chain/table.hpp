#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "actors/base/check.hpp"
#include "actors/base/prefetch.hpp"

/// Tables of the ledger: rows by number, with an undo log, so that a transaction whose third message fails
/// leaves no trace of its first two.
namespace souk {

inline constexpr std::uint32_t no_row = 0xffff'ffffu;

/// Append-only rows, numbered from 0. Rows never move, so a reference stays good while others are added.
/// Between begin() and commit() or rollback() every change is undoable.
template <class Row>
class Table {
 public:
  Table() = default;
  Table(const Table& other) { *this = other; }
  Table(Table&&) noexcept = default;
  Table& operator=(Table&&) noexcept = default;
  Table& operator=(const Table& other) {
    if (this == &other) return *this;
    chunks_.clear();
    for (const auto& chunk : other.chunks_) {
      chunks_.push_back(std::make_unique<Row[]>(chunk_rows));
      std::copy_n(chunk.get(), chunk_rows, chunks_.back().get());
    }
    saved_ = other.saved_;
    size_ = other.size_;
    mark_ = other.mark_;
    return *this;
  }

  std::uint32_t size() const { return size_; }
  const Row& operator[](std::uint32_t row) const { return at(row); }
  /// Asks the cache for all of a row. REQUIRES: it exists.
  void prefetch(std::uint32_t row) const { souk::prefetch(&at(row), sizeof(Row)); }

  /// Appends a row and returns its number.
  std::uint32_t add(Row row) {
    SOUK_CHECK(size_ < no_row);
    if (size_ % chunk_rows == 0 && size_ / chunk_rows == chunks_.size())
      chunks_.push_back(std::make_unique<Row[]>(chunk_rows));
    at(size_) = std::move(row);
    return size_++;
  }

  /// The row for changing. Saves what it was, unless it is new in this transaction.
  Row& edit(std::uint32_t row) {
    Row& target = at(row);
    // Changes of one row come in runs: the last saved state is enough for all of a run.
    if (row < mark_ && (saved_.empty() || saved_.back().number != row)) saved_.push_back({row, target});
    return target;
  }

  void begin() {
    saved_.clear();
    mark_ = size_;
  }
  void rollback() {
    for (auto it = saved_.rbegin(); it != saved_.rend(); ++it) at(it->number) = std::move(it->row);
    for (; size_ > mark_; --size_) at(size_ - 1) = Row{};
    saved_.clear();
  }
  /// First row added by this transaction: rows from here to size() go at rollback.
  std::uint32_t mark() const { return mark_; }

  /// The row for changing, outside the undo log. Only for clearing what no transaction can bring back.
  Row& edit_unlogged(std::uint32_t row) { return at(row); }

 private:
  static constexpr std::uint32_t chunk_rows = 1024;
  struct Saved {
    std::uint32_t number;
    Row row;
  };

  Row& at(std::uint32_t row) { return chunks_[row / chunk_rows][row % chunk_rows]; }
  const Row& at(std::uint32_t row) const { return chunks_[row / chunk_rows][row % chunk_rows]; }

  std::vector<std::unique_ptr<Row[]>> chunks_;
  std::vector<Saved> saved_;
  std::uint32_t size_ = 0;
  std::uint32_t mark_ = 0;
};

/// Rows that are given back and used again: what is open now, not what ever was. Numbers of released rows
/// are reused, so they are no ids: nothing outside the ledger sees them.
template <class Row>
class SlotTable {
 public:
  const Row& operator[](std::uint32_t slot) const { return rows_[slot]; }
  void prefetch(std::uint32_t slot) const { rows_.prefetch(slot); }
  Row& edit(std::uint32_t slot) { return rows_.edit(slot); }
  /// Upper bound of the slots in use.
  std::uint32_t size() const { return rows_.size(); }

  std::uint32_t acquire(Row row) {
    if (free_.empty()) return rows_.add(std::move(row));
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    acquired_.push_back(slot);
    rows_.edit_unlogged(slot) = std::move(row);
    return slot;
  }
  /// Gives the slot back once the transaction is committed; until then the row can be read.
  void release(std::uint32_t slot) { released_.push_back(slot); }

  void begin() {
    rows_.begin();
    acquired_.clear();
    released_.clear();
  }
  void commit() {
    for (const std::uint32_t slot : released_) {
      rows_.edit_unlogged(slot) = Row{};
      free_.push_back(slot);
    }
    released_.clear();
    acquired_.clear();
  }
  void rollback() {
    rows_.rollback();
    for (auto it = acquired_.rbegin(); it != acquired_.rend(); ++it) {
      rows_.edit_unlogged(*it) = Row{};
      free_.push_back(*it);
    }
    released_.clear();
    acquired_.clear();
  }

 private:
  Table<Row> rows_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> acquired_;
  std::vector<std::uint32_t> released_;
};

/// From a key to the number of the row that holds it: open addressing, linear probing, no keys stored.
/// Never iterated, so its order can reach no result.
class HashIndex {
 public:
  /// `is_row(row)` says whether the row has the key looked for. Returns no_row if none has.
  template <class IsRow>
  std::uint32_t find(std::uint64_t hash, IsRow is_row) const {
    if (slots_.empty()) return no_row;
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t at = tag & mask();; at = (at + 1) & mask()) {
      const Slot& slot = slots_[at];
      if (slot.row == no_row) return no_row;
      if (slot.tag == tag && is_row(slot.row)) return slot.row;
    }
  }
  /// Asks the cache for where find() begins.
  void prefetch(std::uint64_t hash) const {
    if (!slots_.empty()) souk::prefetch(&slots_[tag_of(hash) & mask()], sizeof(Slot));
  }
  /// The row find() looks at first: most often the one it returns, never for more than a hint.
  std::uint32_t first_candidate(std::uint64_t hash) const {
    return find(hash, [](std::uint32_t) { return true; });
  }
  /// REQUIRES: no row with this key is in the index.
  void insert(std::uint64_t hash, std::uint32_t row);
  /// REQUIRES: the row is in the index under this hash.
  void erase(std::uint64_t hash, std::uint32_t row);

 private:
  struct Slot {
    std::uint32_t row = no_row;
    std::uint32_t tag = 0;
  };
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  std::size_t mask() const { return slots_.size() - 1; }
  void place(Slot slot);

  std::vector<Slot> slots_;  ///< a power of two, at most 3/4 full
  std::size_t used_ = 0;
};

}  // namespace souk
