#include "runtime/scaled_clock.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace souk::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Time genesis{std::chrono::hours(24 * 365 * 56)};

TEST(ScaledClock, BeginsAtGenesisAndRunsFaster) {
  ScaledClock clock(genesis, 1000);
  clock.begin();
  std::this_thread::sleep_for(20ms);
  EXPECT_GE(clock.now(), genesis + 20s);
  EXPECT_LT(clock.now(), genesis + 20h) << "not a thousand times faster, or a very slow machine";
}

TEST(ScaledClock, NeverGoesBack) {
  ScaledClock clock(genesis, 7.3);
  clock.begin();
  for (Time last = clock.now(), now; last < genesis + 20ms; last = now) {
    now = clock.now();
    ASSERT_GE(now, last);
  }
}

TEST(ScaledClock, HasReachedATimeAfterWaitingUntilIt) {
  ScaledClock clock(genesis, 333.3);
  clock.begin();
  for (int i = 1; i < 20; ++i) {
    const Time at = genesis + i * 1234567us;
    std::this_thread::sleep_for(clock.until(at));
    EXPECT_GE(clock.now(), at);
  }
}

TEST(ScaledClock, DoesNotWaitForThePastNorOverflowFarAhead) {
  ScaledClock clock(genesis, 0.001);
  clock.begin();
  EXPECT_EQ(clock.until(genesis - 1h), 0ns);
  EXPECT_GT(clock.until(Time::max()), std::chrono::hours(24 * 365));
}

}  // namespace
}  // namespace souk::runtime
