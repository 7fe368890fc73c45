#include "sim/network.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace souk::sim {
namespace {

using namespace std::chrono_literals;

constexpr ActorId alice{0};
constexpr ActorId bob{1};
constexpr ActorId carol{2};
constexpr std::uint64_t seed = 42;

Time at(Duration since_epoch) { return Time{since_epoch}; }

Network make(NetworkConfig config, std::uint64_t with_seed = seed) {
  auto network = Network::make(std::move(config), with_seed);
  EXPECT_TRUE(network.has_value());
  Network made = std::move(network).value();
  made.set_actors(8);
  return made;
}

std::string error_of(NetworkConfig config) {
  const auto network = Network::make(std::move(config), seed);
  return network ? "" : network.error().message;
}

Distribution uniform(double low, double high) { return Distribution::make(Uniform{low, high}).value(); }

/// What `count` messages from alice to bob, 1 ms apart, meet.
std::vector<Arrivals> send_many(Network& network, int count) {
  std::vector<Arrivals> all;
  for (int i = 0; i < count; ++i) all.push_back(network.route(alice, bob, 100, at(i * 1ms)));
  return all;
}

TEST(Network, AConstantDelayIsKeptExactly) {
  Network network = make({.delay = Duration{25ms}});
  const Arrivals arrivals = network.route(alice, bob, 1000, at(1s));
  ASSERT_EQ(arrivals.count, 1u);
  EXPECT_EQ(arrivals.at[0], at(1s + 25ms));
}

TEST(Network, AMessageToItselfTakesNoNetwork) {
  Network network = make({.delay = Duration{25ms}, .minimum_delay = 10ms, .loss = 1});
  const Arrivals arrivals = network.route(alice, alice, 1000, at(1s));
  ASSERT_EQ(arrivals.count, 1u);
  EXPECT_EQ(arrivals.at[0], at(1s));
}

TEST(Network, NoDelayIsShorterThanTheMinimum) {
  Network network = make({.delay = uniform(0, 0.020), .minimum_delay = 10ms});
  int at_minimum = 0;
  double sum_s = 0;
  constexpr int count = 20'000;
  for (int i = 0; i < count; ++i) {
    const Arrivals arrivals = network.route(alice, bob, 1, at(0s));
    ASSERT_EQ(arrivals.count, 1u);
    EXPECT_GE(arrivals.at[0], at(10ms));
    EXPECT_LE(arrivals.at[0], at(20ms));
    at_minimum += arrivals.at[0] == at(10ms);
    sum_s += seconds(arrivals.at[0] - at(0s));
  }
  // Half of them at 10 ms, the others uniform above: mean 12.5 ms, sd below 4 ms.
  EXPECT_NEAR(at_minimum, count / 2, 4 * std::sqrt(count * 0.25));
  EXPECT_NEAR(sum_s / count, 0.0125, 4 * 0.004 / std::sqrt(count));
}

TEST(Network, RegionsGiveTheDelayOfTheirPairAndDirection) {
  RegionDelays regions;
  regions.region_of = {0, 1};  // carol, beyond the end, is in region 0
  regions.delay = {{1ms, 40ms}, {50ms, 2ms}};
  Network network = make({.delay = regions});
  EXPECT_EQ(network.route(alice, bob, 1, at(0s)).at[0], at(40ms));
  EXPECT_EQ(network.route(bob, alice, 1, at(0s)).at[0], at(50ms));
  EXPECT_EQ(network.route(alice, carol, 1, at(0s)).at[0], at(1ms));
}

TEST(Network, JitterIsAddedToTheDelay) {
  Network network = make({.delay = Duration{100ms}, .jitter = uniform(0, 0.010)});
  bool differ = false;
  Time before{};
  for (const Arrivals& arrivals : send_many(network, 100)) {
    const Duration extra = arrivals.at[0] - at(100ms);
    differ |= before != Time{} && arrivals.at[0] - before != 1ms;
    before = arrivals.at[0];
    EXPECT_GE(extra, Duration{0});
  }
  EXPECT_TRUE(differ);
}

TEST(Network, LosesItsShareOfMessages) {
  constexpr int count = 40'000;
  for (const double loss : {0.0, 0.02, 0.3, 1.0}) {
    Network network = make({.loss = loss});
    int lost = 0;
    for (const Arrivals& arrivals : send_many(network, count)) lost += arrivals.count == 0;
    EXPECT_NEAR(lost, loss * count, 4 * std::sqrt(count * loss * (1 - loss))) << loss;
  }
}

TEST(Network, DuplicatesItsShareOfWhatIsNotLost) {
  constexpr int count = 40'000;
  Network network = make({.delay = uniform(0.010, 0.020), .loss = 0.5, .duplication = 0.1});
  int arrived = 0;
  int twice = 0;
  int together = 0;
  for (const Arrivals& arrivals : send_many(network, count)) {
    arrived += arrivals.count > 0;
    twice += arrivals.count == 2;
    together += arrivals.count == 2 && arrivals.at[0] == arrivals.at[1];
  }
  EXPECT_NEAR(twice, 0.1 * arrived, 4 * std::sqrt(arrived * 0.09));
  EXPECT_LT(together, 3);  // each copy has a delay of its own
}

TEST(Network, APartitionBlocksAcrossItAndNowhereElseUntilItHeals) {
  Network network = make({.partitions = {{.from = at(10s), .until = at(20s), .side = {carol, alice}}}});
  const auto passes = [&](ActorId from, ActorId to, Duration when) {
    return network.route(from, to, 1, at(when)).count == 1;
  };
  EXPECT_TRUE(passes(alice, bob, 10s - 1ns));
  EXPECT_FALSE(passes(alice, bob, 10s));
  EXPECT_FALSE(passes(bob, carol, 15s));
  EXPECT_TRUE(passes(alice, carol, 15s));
  EXPECT_TRUE(passes(bob, ActorId{3}, 15s));
  EXPECT_FALSE(passes(alice, bob, 20s - 1ns));
  EXPECT_TRUE(passes(alice, bob, 20s));
}

TEST(Network, BandwidthMakesMessagesOfALinkQueue) {
  Network network = make({.delay = Duration{1ms}, .bytes_per_second = 1000});
  // 100 bytes take 100 ms to send, so three sent at once leave at 100, 200 and 300 ms.
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(network.route(alice, bob, 100, at(0s)).at[0], at(i * 100ms + 1ms));
  // Another link of the same sender, and the way back, have their own queues.
  EXPECT_EQ(network.route(alice, carol, 100, at(0s)).at[0], at(101ms));
  EXPECT_EQ(network.route(bob, alice, 100, at(0s)).at[0], at(101ms));
  // An idle link starts at once; a nanosecond begun is a nanosecond taken.
  EXPECT_EQ(network.route(alice, bob, 100, at(5s)).at[0], at(5s + 101ms));
  Network third = make({.bytes_per_second = 3});
  EXPECT_EQ(third.route(alice, bob, 1, at(0s)).at[0], at(333'333'334ns));
}

TEST(Network, ALostMessageStillTakesItsTimeOnTheWire) {
  Network half = make({.loss = 0.5, .bytes_per_second = 1000});
  for (int i = 1; i <= 50; ++i) {
    const Arrivals arrivals = half.route(alice, bob, 100, at(0s));
    if (arrivals.count == 1) {
      EXPECT_EQ(arrivals.at[0], at(i * 100ms));
    }
  }
}

TEST(Network, MessagesOfALinkOvertakeUnlessItIsFifo) {
  for (const bool fifo : {false, true}) {
    Network network = make({.delay = uniform(0.001, 0.100), .fifo = fifo});
    int overtaken = 0;
    Time latest{};
    for (const Arrivals& arrivals : send_many(network, 1000)) {
      overtaken += arrivals.at[0] < latest;
      latest = std::max(latest, arrivals.at[0]);
    }
    EXPECT_EQ(overtaken == 0, fifo);
  }
}

TEST(Network, WhatAMessageMeetsDependsOnItsSenderAndNumberAlone) {
  const NetworkConfig config{.delay = uniform(0, 1), .loss = 0.3, .duplication = 0.3};
  Network alone = make(config);
  Network busy = make(config);
  for (int i = 0; i < 1000; ++i) {
    if (i % 3 == 0) busy.route(bob, carol, 5, at(0s));  // draws of others move nothing
    const Arrivals a = alone.route(alice, bob, 5, at(0s));
    const Arrivals b = busy.route(alice, bob, 5, at(0s));
    ASSERT_EQ(a.count, b.count);
    ASSERT_EQ(a.at, b.at);
  }
  Network other = make(config, seed + 1);
  EXPECT_NE(alone.route(alice, bob, 5, at(0s)).at, other.route(alice, bob, 5, at(0s)).at);
}

TEST(Network, AnAntitheticNetworkMirrorsTheDraws) {
  auto plain = Network::make({.delay = uniform(0, 1)}, seed);
  auto mirrored = Network::make({.delay = uniform(0, 1)}, seed, true);
  plain->set_actors(1);
  mirrored->set_actors(1);
  const Duration sum = (plain->route(alice, bob, 1, at(0s)).at[0] - at(0s)) +
                       (mirrored->route(alice, bob, 1, at(0s)).at[0] - at(0s));
  EXPECT_NEAR(seconds(sum), 1.0, 1e-8);
}

TEST(Network, ACopyGoesOnAlike) {
  Network network = make({.delay = uniform(0, 1), .loss = 0.2, .bytes_per_second = 500, .fifo = true});
  send_many(network, 50);
  Network copy = network;
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(network.route(alice, bob, 9, at(1s)).at, copy.route(alice, bob, 9, at(1s)).at);
  }
}

TEST(Network, RefusesWhatMakesNoSenseAndSaysWhy) {
  EXPECT_EQ(error_of({}), "");
  EXPECT_NE(error_of({.loss = 1.5}).find("loss must be within 0 .. 1"), std::string::npos);
  EXPECT_NE(error_of({.loss = std::nan("")}).find("loss"), std::string::npos);
  EXPECT_NE(error_of({.duplication = -0.1}).find("duplication"), std::string::npos);
  EXPECT_NE(error_of({.delay = Duration{-1ms}}).find("delay"), std::string::npos);
  EXPECT_NE(error_of({.minimum_delay = -1ns}).find("minimum_delay"), std::string::npos);
  EXPECT_NE(error_of({.delay = RegionDelays{}}).find("empty"), std::string::npos);
  EXPECT_NE(error_of({.delay = RegionDelays{{}, {{1ms, 2ms}, {3ms}}}}).find("row 1"), std::string::npos);
  EXPECT_NE(error_of({.delay = RegionDelays{{0, 2}, {{1ms, 2ms}, {3ms, 4ms}}}}).find("actor 1"),
            std::string::npos);
  EXPECT_NE(error_of({.partitions = {{.from = at(2s), .until = at(1s)}}}).find("heals before"),
            std::string::npos);
}

}  // namespace
}  // namespace souk::sim
