#include "actors/chain/table.hpp"

namespace souk {

void HashIndex::place(Slot slot) {
  std::size_t at = slot.tag & mask();
  while (slots_[at].row != no_row) at = (at + 1) & mask();
  slots_[at] = slot;
}

void HashIndex::insert(std::uint64_t hash, std::uint32_t row) {
  if (4 * (used_ + 1) > 3 * slots_.size()) {
    std::vector<Slot> old(slots_.empty() ? 16 : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.row != no_row) place(slot);
    }
  }
  place({row, tag_of(hash)});
  ++used_;
}

void HashIndex::erase(std::uint64_t hash, std::uint32_t row) {
  std::size_t hole = tag_of(hash) & mask();
  while (slots_[hole].row != row) {
    SOUK_CHECK(slots_[hole].row != no_row);
    hole = (hole + 1) & mask();
  }
  // Move back whatever would no longer be reached past the hole.
  for (std::size_t at = (hole + 1) & mask(); slots_[at].row != no_row; at = (at + 1) & mask()) {
    const std::size_t home = slots_[at].tag & mask();
    const bool reachable = ((at - home) & mask()) < ((at - hole) & mask());
    if (reachable) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = Slot{};
  --used_;
}

}  // namespace souk
