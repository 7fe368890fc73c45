#include "runtime/timer_table.hpp"

#include <gtest/gtest.h>

#include <map>

#include "actors/base/rng.hpp"

namespace souk::runtime {
namespace {

TEST(TimerTable, FindsNothingWhenEmpty) {
  TimerTable<int> table;
  EXPECT_EQ(table.find({1, 2}), nullptr);
  EXPECT_FALSE(table.take({1, 2}).has_value());
}

TEST(TimerTable, SettingTheSameIdReplacesItsHandle) {
  TimerTable<int> table;
  table.set({1, 2}, 10);
  table.set({1, 2}, 20);
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(table.take({1, 2}), 20);
  EXPECT_EQ(table.take({1, 2}), std::nullopt);
}

TEST(TimerTable, TellsIdsApartByKindAndBySubject) {
  TimerTable<int> table;
  table.set({1, 2}, 12);
  table.set({2, 1}, 21);
  table.set({1, 1}, 11);
  EXPECT_EQ(*table.find({1, 2}), 12);
  EXPECT_EQ(*table.find({2, 1}), 21);
  EXPECT_EQ(*table.find({1, 1}), 11);
}

TEST(TimerTable, AgreesWithAMapOverManyRandomSteps) {
  TimerTable<std::uint64_t> table;
  std::map<TimerId, std::uint64_t> model;
  Rng rng(5, ActorId{0}, Purpose::test, 0);
  for (std::uint64_t step = 0; step < 200'000; ++step) {
    const TimerId id{static_cast<std::uint32_t>(rng.below(4)), rng.below(40)};
    if (rng.below(2) == 0) {
      table.set(id, step);
      model[id] = step;
    } else {
      const auto it = model.find(id);
      const auto expected = it == model.end() ? std::nullopt : std::optional(it->second);
      if (it != model.end()) model.erase(it);
      ASSERT_EQ(table.take(id), expected) << "step " << step;
    }
    ASSERT_EQ(table.size(), model.size());
  }
  for (const auto& [id, handle] : model) EXPECT_EQ(*table.find(id), handle);
}

}  // namespace
}  // namespace souk::runtime
