#include "sim/event_list.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <tuple>
#include <vector>

#include "actors/base/rng.hpp"

namespace souk::sim {
namespace {

using Reference = std::set<std::pair<std::uint64_t, std::uint64_t>>;

/// An event list and the slowest right answer side by side.
class Pair {
 public:
  void push(std::uint64_t time) {
    const std::uint64_t order = rng_.next() >> 24 << 20 | counter_++;  // unique, and not in order of pushing
    list_.push({time, order, 0, 0});
    reference_.insert({time, order});
  }
  /// Time of the key popped.
  std::uint64_t pop() {
    const Key* key = list_.min();
    EXPECT_NE(key, nullptr);
    const auto expected = *reference_.begin();
    EXPECT_EQ(key->time, expected.first);
    EXPECT_EQ(key->order, expected.second);
    list_.pop_min();
    reference_.erase(reference_.begin());
    return expected.first;
  }
  void take_until(std::uint64_t last) {
    Reference taken;
    list_.take_until(last, [&](const Key& key) { taken.insert({key.time, key.order}); });
    const auto end = reference_.upper_bound({last, UINT64_MAX});
    EXPECT_EQ(taken, Reference(reference_.begin(), end));
    reference_.erase(reference_.begin(), end);
  }
  void remove_odd() {
    list_.remove_if([](const Key& key) { return key.order % 2 == 1; });
    std::erase_if(reference_, [](const auto& key) { return key.second % 2 == 1; });
  }
  std::size_t size() const {
    EXPECT_EQ(list_.size(), reference_.size());
    return reference_.size();
  }
  void drain() {
    while (size() > 0) pop();
    EXPECT_EQ(list_.min(), nullptr);
  }
  EventList& list() { return list_; }
  Rng& rng() { return rng_; }

 private:
  EventList list_;
  Reference reference_;
  Rng rng_{1, ActorId{0}, Purpose::test, 0};
  std::uint64_t counter_ = 0;
};

/// How far ahead of the present a pattern schedules.
enum class Ahead { uniform, exponential, same_time, mostly_now, far_future, powers, one_ns };

std::uint64_t draw_ahead(Ahead pattern, Rng& rng) {
  switch (pattern) {
    case Ahead::uniform: return rng.below(1'000'000'000);
    case Ahead::exponential: return static_cast<std::uint64_t>(-__builtin_log(rng.uniform()) * 1e9);
    case Ahead::same_time: return 0;
    case Ahead::mostly_now: return rng.below(10) == 0 ? 5'000'000 : 0;
    case Ahead::far_future: return rng.below(100) == 0 ? rng.below(std::uint64_t{1} << 60) : rng.below(1000);
    case Ahead::powers: return std::uint64_t{1} << rng.below(58);
    case Ahead::one_ns: return rng.below(2);
  }
  return 0;
}

class EventListPattern : public testing::TestWithParam<std::tuple<Ahead, int>> {};

TEST_P(EventListPattern, PopsWhatASetPops) {
  const auto [pattern, population] = GetParam();
  Pair pair;
  std::uint64_t now = 1000;
  for (int i = 0; i < population; ++i) pair.push(now + draw_ahead(pattern, pair.rng()));
  for (int i = 0; i < 150'000 && !HasFailure(); ++i) {
    now = pair.pop();
    if (now > std::uint64_t{1} << 61) break;
    const std::uint64_t births = pair.rng().below(3);  // the population wanders
    for (std::uint64_t n = 0; n < births; ++n) pair.push(now + draw_ahead(pattern, pair.rng()));
    if (pair.size() == 0) pair.push(now + draw_ahead(pattern, pair.rng()));
  }
  pair.drain();
}

TEST_P(EventListPattern, TakesAndDropsWhatASetDoes) {
  const auto [pattern, population] = GetParam();
  Pair pair;
  std::uint64_t now = 1000;
  for (int round = 0; round < 300 && now < std::uint64_t{1} << 61 && !HasFailure(); ++round) {
    for (int i = 0; i < population / 20 + 5; ++i) pair.push(now + draw_ahead(pattern, pair.rng()));
    for (int i = 0; i < 5 && pair.size() > 0; ++i) now = pair.pop();
    const std::uint64_t last = now + draw_ahead(pattern, pair.rng()) / 4;
    pair.take_until(last);
    now = last;
    if (round % 50 == 49) pair.remove_odd();
  }
  pair.drain();
}

INSTANTIATE_TEST_SUITE_P(Patterns, EventListPattern,
                         testing::Combine(testing::Values(Ahead::uniform, Ahead::exponential,
                                                          Ahead::same_time, Ahead::mostly_now,
                                                          Ahead::far_future, Ahead::powers, Ahead::one_ns),
                                          testing::Values(1, 40, 3000, 40'000)));

TEST(EventList, IsEmptyAtFirstAndAfterTheLast) {
  EventList list;
  EXPECT_EQ(list.min(), nullptr);
  list.push({5, 1, 0, 0});
  ASSERT_NE(list.min(), nullptr);
  list.pop_min();
  EXPECT_EQ(list.min(), nullptr);
  EXPECT_EQ(list.size(), 0u);
}

TEST(EventList, AcceptsTimesBeforeTheLastPop) {
  Pair pair;
  for (std::uint64_t i = 0; i < 5000; ++i) pair.push(1'000'000 + i * 1000);
  for (int i = 0; i < 2500; ++i) pair.pop();
  for (std::uint64_t i = 0; i < 5000; ++i) pair.push(i * 700);
  pair.drain();
}

TEST(EventList, HoldsTheLastTimeThereIs) {
  Pair pair;
  const auto last = static_cast<std::uint64_t>(INT64_MAX) - 1;
  for (int i = 0; i < 1000; ++i) pair.push(last);
  for (int i = 0; i < 1000; ++i) pair.push(pair.rng().below(last));
  for (int i = 0; i < 500; ++i) pair.pop();
  for (int i = 0; i < 1000; ++i) pair.push(last - pair.rng().below(2));
  pair.drain();
}

TEST(EventList, CopyGoesOnAlike) {
  Pair pair;
  for (int i = 0; i < 20'000; ++i) pair.push(pair.rng().below(1'000'000'000));
  for (int i = 0; i < 5000; ++i) pair.pop();
  EventList copy = pair.list();
  while (const Key* key = pair.list().min()) {
    ASSERT_NE(copy.min(), nullptr);
    EXPECT_EQ(key->order, copy.min()->order);
    pair.list().pop_min();
    copy.pop_min();
  }
  EXPECT_EQ(copy.min(), nullptr);
}

/// Nanoseconds per push and pop of `count` keys whose times draw_time gives.
template <class DrawTime>
double cost_of(std::size_t count, DrawTime&& draw_time) {
  Rng rng(2, ActorId{0}, Purpose::test, 0);
  EventList list;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) list.push({draw_time(rng), i, 0, 0});
  while (list.min() != nullptr) list.pop_min();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / static_cast<double>(count);
}

// One operation in O(n) on 400,000 keys would cost some 100 microseconds, a hundred times the bound.
constexpr std::size_t many = 400'000;
constexpr double bound_ns = 20'000;

TEST(EventList, StaysFastWhenAllTimesAreEqual) {
  EXPECT_LT(cost_of(many, [](Rng&) { return std::uint64_t{7}; }), bound_ns);
}
TEST(EventList, StaysFastWhenOneOutlierStretchesTheRange) {
  EXPECT_LT(
      cost_of(many, [](Rng& rng) { return rng.below(many) == 0 ? std::uint64_t{1} << 62 : rng.below(1000); }),
      bound_ns);
}
TEST(EventList, StaysFastWhenTimesArePowersOfTwo) {
  EXPECT_LT(cost_of(many, [](Rng& rng) { return std::uint64_t{1} << rng.below(63); }), bound_ns);
}

TEST(EventList, StaysFastWhenAMillionFollowersArriveAtThePresentTime) {
  // Pops at one time, each pushing a key at that very time that sorts anywhere among the rest.
  Rng rng(3, ActorId{0}, Purpose::test, 0);
  EventList list;
  for (std::size_t i = 0; i < many; ++i) list.push({7, rng.next() >> 1, 0, 0});
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < many; ++i) {
    ASSERT_NE(list.min(), nullptr);
    list.pop_min();
    list.push({7, rng.next() >> 1, 0, 0});
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(took.count() / static_cast<double>(many), bound_ns);
}

TEST(EventList, StaysFastWhenOneFarEventHidesThatAllElseIsNear) {
  // The first rung spans a year; then everything happens in its first microseconds.
  Rng rng(4, ActorId{0}, Purpose::test, 0);
  EventList list;
  std::uint64_t order = 0;
  list.push({1, order++, 0, 0});
  list.push({std::uint64_t{31'536'000'000'000'000}, order++, 0, 0});
  ASSERT_NE(list.min(), nullptr);
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < many; ++i) list.push({2 + rng.below(1'000'000), order++, 0, 0});
  std::uint64_t now = 0;
  for (std::size_t i = 0; i < many; ++i) {
    const Key* key = list.min();
    ASSERT_NE(key, nullptr);
    EXPECT_GE(key->time, now);
    now = key->time;
    list.pop_min();
    list.push({now + rng.below(1'000'000), order++, 0, 0});
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(took.count() / static_cast<double>(many), bound_ns);
}

}  // namespace
}  // namespace souk::sim
