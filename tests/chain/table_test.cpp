#include "actors/chain/table.hpp"

#include <gtest/gtest.h>

#include <map>

#include "actors/base/rng.hpp"

namespace souk::test {
namespace {

TEST(Table, RollbackRestoresRowsAndForgetsNewOnes) {
  Table<int> table;
  for (int i = 0; i < 3000; ++i) table.add(i);
  table.begin();
  table.edit(5) = 50;
  table.edit(5) = 51;
  table.edit(2999) = 0;
  const std::uint32_t added = table.add(7);
  table.edit(added) = 8;
  table.rollback();
  EXPECT_EQ(table.size(), 3000u);
  EXPECT_EQ(table[5], 5);
  EXPECT_EQ(table[2999], 2999);
  table.begin();  // what is kept is not undone by the next rollback
  table.edit(5) = 52;
  table.begin();
  table.rollback();
  EXPECT_EQ(table[5], 52);
}

TEST(Table, RowsDoNotMove) {
  Table<int> table;
  table.add(1);
  const int* first = &table[0];
  for (int i = 0; i < 5000; ++i) table.add(i);
  EXPECT_EQ(&table[0], first);
}

TEST(Table, ACopyIsItsOwn) {
  Table<int> table;
  table.add(1);
  Table<int> copy = table;
  copy.edit(0) = 2;
  EXPECT_EQ(table[0], 1);
}

TEST(SlotTable, ReusesReleasedSlotsAfterCommitOnly) {
  SlotTable<int> slots;
  slots.begin();
  const std::uint32_t first = slots.acquire(1);
  slots.commit();
  slots.begin();
  slots.release(first);
  EXPECT_NE(slots.acquire(2), first);  // still readable in this transaction
  EXPECT_EQ(slots[first], 1);
  slots.commit();
  slots.begin();
  EXPECT_EQ(slots.acquire(3), first);
  slots.commit();
}

TEST(SlotTable, RollbackGivesBackWhatWasAcquiredAndKeepsWhatWasReleased) {
  SlotTable<int> slots;
  slots.begin();
  const std::uint32_t kept = slots.acquire(1);
  const std::uint32_t freed = slots.acquire(2);
  slots.commit();
  slots.begin();
  slots.release(freed);
  slots.commit();
  slots.begin();
  slots.release(kept);
  EXPECT_EQ(slots.acquire(9), freed);
  slots.acquire(10);
  slots.rollback();
  EXPECT_EQ(slots[kept], 1);
  slots.begin();
  EXPECT_EQ(slots.acquire(4), freed);
  slots.commit();
}

/// Against std::map, through growth, collisions and erasing.
TEST(HashIndex, FindsWhatIsInItAndNothingElse) {
  HashIndex index;
  std::map<std::uint32_t, std::uint64_t> expected;  // row -> hash
  Rng rng(1, ActorId{0}, Purpose::test, 0);
  std::uint32_t next = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (expected.empty() || rng.below(3) != 0) {
      const std::uint64_t hash = rng.below(600) << 32;  // few hashes: many rows share one
      index.insert(hash, next);
      expected[next++] = hash;
    } else {
      const auto victim =
          std::next(expected.begin(), static_cast<std::ptrdiff_t>(rng.below(expected.size())));
      index.erase(victim->second, victim->first);
      expected.erase(victim);
    }
    const auto row = static_cast<std::uint32_t>(rng.below(next));
    const auto known = expected.find(row);
    const std::uint64_t hash = known == expected.end() ? rng.below(600) << 32 : known->second;
    EXPECT_EQ(index.find(hash, [&](std::uint32_t at) { return at == row; }),
              known == expected.end() ? no_row : row);
    if (expected.size() > 3000) {
      for (const auto& [each, its] : expected) index.erase(its, each);
      expected.clear();
    }
  }
}

}  // namespace
}  // namespace souk::test
