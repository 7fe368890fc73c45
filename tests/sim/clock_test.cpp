#include "sim/clock.hpp"

#include <gtest/gtest.h>

#include "actors/base/rng.hpp"

namespace souk::sim {
namespace {

using namespace std::chrono_literals;

constexpr Time start{std::chrono::hours(24 * 365 * 56)};

TEST(Clock, IsRightUntilItIsChanged) {
  const Clock clock;
  EXPECT_TRUE(clock.is_right());
  EXPECT_EQ(clock.shows(start), start);
  EXPECT_EQ(clock.when(start + 1s, start), start + 1s);
  EXPECT_EQ(clock.when(start - 1s, start), start) << "past: at once";
}

TEST(Clock, StepsAddUp) {
  Clock clock;
  clock.step(start, 5s);
  clock.step(start + 1s, -2s);
  EXPECT_EQ(clock.shows(start + 10s), start + 13s);
  EXPECT_EQ(clock.when(start + 20s, start + 10s), start + 17s);
  clock.repair();
  EXPECT_TRUE(clock.is_right());
}

TEST(Clock, GainsFromTheTimeTheDriftBegins) {
  Clock clock;
  clock.drift(start, 500'000);  // 500 ppm
  EXPECT_EQ(clock.shows(start + 1000s), start + 1000s + 500ms);
  clock.drift(start + 1000s, -1'000'000);
  EXPECT_EQ(clock.shows(start + 1500s), start + 1500s) << "what it gained it loses again";
  clock.drift(start + 1500s, 0);
  EXPECT_EQ(clock.shows(start + 9999s), start + 9999s);
}

TEST(Clock, StrobeShowsMoreInEverySecondTurn) {
  Clock clock;
  clock.strobe(start, 100ms, 10ms);
  EXPECT_EQ(clock.shows(start + 5ms), start + 5ms);
  EXPECT_EQ(clock.shows(start + 15ms), start + 115ms);
  EXPECT_EQ(clock.shows(start + 25ms), start + 25ms);
  EXPECT_EQ(clock.when(start + 60ms, start), start + 10ms);
  EXPECT_EQ(clock.when(start + 5ms, start), start + 5ms);
  EXPECT_EQ(clock.when(start + 129ms, start + 25ms), start + 30ms) << "not before the turn begins";
  clock.strobe(start + 50ms, Duration{0}, 1ms);
  EXPECT_EQ(clock.shows(start + 65ms), start + 65ms);
}

/// What `when` promises, checked by trying every nanosecond.
TEST(Clock, WhenIsTheFirstTimeAtWhichItShowsThatMuch) {
  Rng rng(1, no_actor, Purpose::test, 0);
  for (int round = 0; round < 3'000; ++round) {
    Clock clock;
    const auto some = [&](std::uint64_t most) {
      return Duration{static_cast<std::int64_t>(rng.below(most))};
    };
    clock.step(start, some(100) - 50ns);
    clock.drift(start, static_cast<std::int64_t>(rng.below(1'000'000'001)) - 500'000'000);
    if (rng.below(2) == 0) clock.strobe(start + some(20), some(80) - 40ns, some(30) + 1ns);
    const Time now = start + 20ns + some(50);
    const Time at = start + some(300);
    Time expected = now;
    while (clock.shows(expected) < at) expected += 1ns;
    ASSERT_EQ(clock.when(at, now), expected) << "round " << round;
  }
}

TEST(Clock, NeverIsNever) {
  Clock clock;
  clock.step(start, -1h);
  EXPECT_EQ(clock.when(start + std::chrono::hours(24 * 365 * 150), start), time_max);
}

}  // namespace
}  // namespace souk::sim
