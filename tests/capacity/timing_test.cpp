#include "actors/capacity/timing.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace souk::capacity {
namespace {

using namespace std::chrono_literals;

Time at(Duration d) { return Time{1'700'000'000s + d}; }

/// A validator whose clock showed these spans.
Stamps clock_of(Duration fill, Duration sweep, Duration credit = 0ms) {
  return {at(0s), at(fill), at(fill), at(fill + sweep), credit};
}

Times times_of(const std::vector<Stamps>& stamps, std::uint32_t validators) {
  const auto times = median_times(stamps, validators);
  EXPECT_TRUE(times) << (times ? "" : times.error().message);
  return times ? *times : Times{};
}

TEST(RoundTrips, CreditTheShortestOfEightOrMore) {
  RoundTrips trips;
  for (int i = 0; i < 7; ++i) trips.add(20ms);
  EXPECT_EQ(trips.credit(), 0ms);
  trips.add(30ms);
  EXPECT_EQ(trips.credit(), 20ms);
  trips.add(15ms);
  EXPECT_EQ(trips.credit(), 15ms);
}

TEST(RoundTrips, CreditAtMost60Milliseconds) {
  RoundTrips trips;
  for (int i = 0; i < 8; ++i) trips.add(500ms);
  EXPECT_EQ(trips.credit(), 60ms);
}

TEST(RoundTrips, LeaveOutWhatAClockSetBackMade) {
  RoundTrips trips;
  for (int i = 0; i < 8; ++i) trips.add(-5ms);
  EXPECT_EQ(trips.count(), 0u);
  EXPECT_EQ(trips.credit(), 0ms);
}

TEST(MedianTimes, AreTheMiddleOnesOfFive) {
  const auto times = times_of(
      {clock_of(3s, 10s), clock_of(1s, 50s), clock_of(5s, 20s), clock_of(2s, 40s), clock_of(4s, 30s)}, 5);
  EXPECT_EQ(times, (Times{3s, 30s}));
}

TEST(MedianTimes, OfAnEvenCountAreTheLargerMiddleOnes) {
  EXPECT_EQ(times_of({clock_of(1s, 4s), clock_of(2s, 3s)}, 3), (Times{2s, 4s}));
  EXPECT_EQ(times_of({clock_of(4s, 1s), clock_of(1s, 2s), clock_of(3s, 3s), clock_of(2s, 4s)}, 5),
            (Times{3s, 3s}));
}

TEST(MedianTimes, MoveByNoMoreThanTheHonestClocksWhenAMinorityLies) {
  const auto times = times_of({clock_of(1ms, 1ms), clock_of(3s, 2s), clock_of(1ms, 1ms),
                               clock_of(3100ms, 2100ms), clock_of(2900ms, 1900ms)},
                              5);
  EXPECT_EQ(times, (Times{2900ms, 1900ms}));
}

TEST(MedianTimes, TakeEachClocksCreditOff) {
  EXPECT_EQ(times_of({clock_of(3s, 2s, 60ms), clock_of(3s, 2s, 10ms), clock_of(3s, 2s)}, 3),
            (Times{2990ms, 1990ms}));
}

TEST(MedianTimes, LeaveOutClocksThatLackAStampAndNeedAMajority) {
  Stamps no_commit2 = clock_of(1s, 1s);
  no_commit2.sweep_commit.reset();
  Stamps nothing;
  EXPECT_EQ(times_of({clock_of(2s, 2s), no_commit2, clock_of(3s, 3s)}, 3), (Times{2s, 3s}));
  const auto too_few = median_times(std::vector<Stamps>{clock_of(2s, 2s), no_commit2, nothing}, 3);
  ASSERT_FALSE(too_few);
  EXPECT_EQ(too_few.error().message, "sweep: 1 of 3 clocks, at least 2 needed");
  const auto none = median_times({}, 5);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "fill: 0 of 5 clocks, at least 3 needed");
}

TEST(MedianTimes, ThatAreNotPositiveAreRefused) {
  const std::vector<Stamps> stamps(3, clock_of(20ms, 1s, 60ms));
  const auto times = median_times(stamps, 3);
  ASSERT_FALSE(times);
  EXPECT_EQ(times.error().message, "fill: median -40000000 ns after the round-trip credit, must be positive");
}

TEST(MeasuredCapacity, IsTheWorkOverTheTime) {
  Params params;
  params.log_k = 13;
  params.rounds_per_state = 2;
  params.states = 2000;
  params.sweeps = 64;
  const auto vector = measured_capacity(params, {3s, 2s});
  // 2 x 8192^3 x 4000 / 3, 64 x 2000 x 8192^2 / 2, 2000 x 8192^2
  EXPECT_EQ(vector, (CapacityVector{1'466'015'503'701'333, 4'294'967'296'000, 134'217'728'000}));
}

TEST(MeasuredCapacity, DoesNotOverflowAtTheLargestParamsAndTheShortestTimes) {
  Params params;
  params.log_k = 14;
  params.rounds_per_state = 1;
  params.states = 65'536;
  params.sweeps = 256;
  const auto vector = measured_capacity(params, {Duration{1}, Duration{1}});
  EXPECT_EQ(vector.int8_ops_s, UINT64_MAX);
  EXPECT_EQ(vector.vram_bytes, std::uint64_t{1} << 44);
}

TEST(Challenges, AreSimultaneousWithin100Milliseconds) {
  EXPECT_TRUE(are_simultaneous(std::vector<Time>{at(50ms), at(0ms), at(100ms)}));
  EXPECT_FALSE(are_simultaneous(std::vector<Time>{at(100ms), at(50ms), at(0ms) - Duration{1}}));
  EXPECT_TRUE(are_simultaneous(std::vector<Time>{at(1s)}));
  EXPECT_TRUE(are_simultaneous({}));
}

TEST(HoldingBackEchoes, BuysAtMost60Milliseconds) {
  // Section 3 F6: pings held back by 0.5 s turned 3.1 s into 2.6 s.
  RoundTrips honest;
  RoundTrips held_back;
  for (int i = 0; i < 16; ++i) {
    honest.add(10ms);
    held_back.add(510ms);
  }
  const Times fair = times_of(std::vector<Stamps>(3, clock_of(3100ms, 2s, honest.credit())), 3);
  const Times gained = times_of(std::vector<Stamps>(3, clock_of(3100ms, 2s, held_back.credit())), 3);
  EXPECT_EQ(fair.fill - gained.fill, 50ms);
  const Params params;
  EXPECT_LT(static_cast<double>(measured_capacity(params, gained).int8_ops_s),
            1.02 * static_cast<double>(measured_capacity(params, fair).int8_ops_s));
}

}  // namespace
}  // namespace souk::capacity
