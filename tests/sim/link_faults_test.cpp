#include "sim/link_faults.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace souk::sim {
namespace {

using namespace std::chrono_literals;

constexpr Time start{std::chrono::hours(1)};

Fault fault(FaultFamily family, std::vector<ActorId> who, std::int64_t amount = 0, Duration lasts = 10s) {
  return {start, lasts, family, std::move(who), amount, 17};
}
ActorId id(std::uint32_t value) { return ActorId{value}; }
Arrivals arriving(Time at) {
  Arrivals arrivals;
  arrivals.at[0] = at;
  arrivals.count = 1;
  return arrivals;
}

/// Links with one fault at work, and what they counted.
struct Links {
  explicit Links(Fault f) : given(std::move(f)) { links.begin(given); }
  /// A message sent at `now` that takes 10 ms.
  LinkFaults::Fate send(std::uint32_t from, std::uint32_t to, Time now = start, std::uint64_t bytes = 100) {
    return links.apply(id(from), id(to), bytes, now, arriving(now + 10ms), counts);
  }
  bool passes(std::uint32_t from, std::uint32_t to) { return send(from, to).arrivals.count == 1; }
  std::uint64_t fired() const { return counts[given.family]; }

  Fault given;
  LinkFaults links{5};
  FaultCounts counts;
};

TEST(LinkFaults, NothingAtWorkChangesNothing) {
  Links links(fault(FaultFamily::loss, {}, 1'000'000));
  EXPECT_TRUE(links.links.any());
  links.links.end(links.given);
  EXPECT_FALSE(links.links.any());
  EXPECT_EQ(links.send(0, 1).arrivals.at[0], start + 10ms);
  EXPECT_EQ(links.counts.families(), 0u);
}

TEST(LinkFaults, LossLosesItsShareOfWhatItsSendersSend) {
  Links links(fault(FaultFamily::loss, {id(0)}, 300'000));
  int lost = 0;
  for (int i = 0; i < 10'000; ++i) lost += !links.passes(0, 1);
  EXPECT_NEAR(lost, 3'000, 4 * std::sqrt(10'000 * 0.3 * 0.7));
  EXPECT_EQ(links.fired(), static_cast<std::uint64_t>(lost));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(links.passes(1, 0));
}

TEST(LinkFaults, DelayAddsItsMean) {
  Links links(fault(FaultFamily::delay, {}, 50'000'000));
  double sum_s = 0;
  for (int i = 0; i < 10'000; ++i) sum_s += seconds(links.send(0, 1).arrivals.at[0] - start - 10ms);
  EXPECT_NEAR(sum_s / 10'000, 0.050, 4 * 0.050 / 100);
  EXPECT_EQ(links.fired(), 10'000u);
}

TEST(LinkFaults, ReorderLetsLaterMessagesOvertake) {
  Links links(fault(FaultFamily::reorder, {}, 100'000'000));
  Time last{};
  std::uint64_t overtaken = 0;
  for (int i = 0; i < 1'000; ++i) {
    const Time at = links.send(0, 1, start + i * 1ms).arrivals.at[0];
    overtaken += at < last;
    last = std::max(last, at);
  }
  EXPECT_GT(overtaken, 300u);
  EXPECT_EQ(links.fired(), overtaken);
}

TEST(LinkFaults, DuplicateArrivesAgainLater) {
  Links links(fault(FaultFamily::duplicate, {}, 500'000));
  std::uint64_t twice = 0;
  for (int i = 0; i < 1'000; ++i) {
    const Arrivals arrivals = links.send(0, 1).arrivals;
    if (arrivals.count != 2) continue;
    ++twice;
    EXPECT_GE(arrivals.at[1], arrivals.at[0]);
    EXPECT_LE(arrivals.at[1], arrivals.at[0] + 2s);
  }
  EXPECT_NEAR(static_cast<double>(twice), 500, 64);
  EXPECT_EQ(links.fired(), twice);
}

TEST(LinkFaults, CorruptMarksItsShare) {
  Links links(fault(FaultFamily::corrupt, {}, 10'000));
  std::uint64_t marked = 0;
  for (int i = 0; i < 10'000; ++i) marked += links.send(0, 1).corrupt != 0;
  EXPECT_NEAR(static_cast<double>(marked), 100, 40);
  EXPECT_EQ(links.fired(), marked);
}

TEST(LinkFaults, PartitionCutsBothWaysAndLeavesSidesWhole) {
  Links links(fault(FaultFamily::partition, {id(3), id(1)}));
  EXPECT_FALSE(links.passes(1, 0));
  EXPECT_FALSE(links.passes(0, 3));
  EXPECT_TRUE(links.passes(1, 3));
  EXPECT_TRUE(links.passes(0, 2));
  EXPECT_EQ(links.fired(), 2u);
}

TEST(LinkFaults, OneWayPartitionCutsOneWay) {
  Links links(fault(FaultFamily::partition_one_way, {id(1)}));
  EXPECT_FALSE(links.passes(1, 0));
  EXPECT_TRUE(links.passes(0, 1));
}

TEST(LinkFaults, OnAMajorityRingEachReachesAMajorityAndNoTwoTheSame) {
  for (std::uint32_t size = 4; size <= 9; ++size) {
    std::vector<ActorId> ring;
    for (std::uint32_t i = 0; i < size; ++i)
      ring.push_back(id(i % 2 == 0 ? i : size - 1 - (size % 2 == 0 ? i - 1 : i)));
    Links links(fault(FaultFamily::majority_ring, ring));
    std::set<std::vector<std::uint32_t>> views;
    for (std::uint32_t a = 0; a < size; ++a) {
      std::vector<std::uint32_t> view;
      for (std::uint32_t b = 0; b < size; ++b) {
        if (a == b || links.passes(a, b)) view.push_back(b);
        EXPECT_EQ(a == b || links.passes(a, b), a == b || links.passes(b, a));
      }
      EXPECT_GT(2 * view.size(), size);
      EXPECT_LT(view.size(), size);
      views.insert(view);
    }
    EXPECT_EQ(views.size(), size);
    EXPECT_GT(links.fired(), 0u);
  }
}

TEST(LinkFaults, IsolateCutsOneOff) {
  Links links(fault(FaultFamily::isolate, {id(2)}));
  EXPECT_FALSE(links.passes(2, 0));
  EXPECT_FALSE(links.passes(1, 2));
  EXPECT_TRUE(links.passes(0, 1));
}

TEST(LinkFaults, CloggedMessagesArriveAfterwards) {
  Links links(fault(FaultFamily::clog, {id(0)}));
  EXPECT_EQ(links.send(0, 1, start + 4s).arrivals.at[0], start + 10s + 10ms);
  EXPECT_EQ(links.send(1, 0, start + 4s).arrivals.at[0], start + 4s + 10ms);
  EXPECT_EQ(links.fired(), 1u);
}

TEST(LinkFaults, SwizzleClogsOneByOneAndUnclogsInAnotherOrder) {
  const std::vector<ActorId> all = {id(0), id(1), id(2), id(3), id(4)};
  Links links(fault(FaultFamily::swizzle_clog, all));
  std::vector<std::pair<int, std::uint32_t>> begins;
  std::vector<std::pair<int, std::uint32_t>> ends;
  for (const ActorId actor : all) {
    int first = -1;
    int last = -1;
    for (int ms = 0; ms < 10'000; ms += 5) {
      const Time now = start + ms * 1ms;
      if (links.send(actor.value, 9, now).arrivals.at[0] == now + 10ms) continue;
      if (first < 0) first = ms;
      last = ms;
    }
    ASSERT_GE(first, 0);
    EXPECT_LT(first, 5'000);
    EXPECT_GE(last, 4'990);
    begins.emplace_back(first, actor.value);
    ends.emplace_back(last, actor.value);
  }
  std::sort(begins.begin(), begins.end());
  std::sort(ends.begin(), ends.end());
  std::vector<std::uint32_t> in, out;
  for (const auto& [ms, actor] : begins) in.push_back(actor);
  for (const auto& [ms, actor] : ends) out.push_back(actor);
  EXPECT_NE(in, out);
  EXPECT_GT(links.fired(), 0u);
}

TEST(LinkFaults, CappedLinksQueue) {
  Links links(fault(FaultFamily::bandwidth_cap, {}, 1'000));
  EXPECT_TRUE(links.links.needs_bytes());
  EXPECT_EQ(links.send(0, 1, start, 100).arrivals.at[0], start + 110ms);
  EXPECT_EQ(links.send(0, 1, start, 100).arrivals.at[0], start + 210ms) << "behind the first";
  EXPECT_EQ(links.send(0, 2, start, 100).arrivals.at[0], start + 110ms) << "another link";
  EXPECT_EQ(links.send(0, 1, start, 1'000'000).arrivals.count, 0u) << "the sender gives up";
  EXPECT_EQ(links.send(0, 1, start + 1s, 100).arrivals.at[0], start + 1s + 110ms);
  links.links.end(links.given);
  EXPECT_FALSE(links.links.needs_bytes());
}

TEST(LinkFaults, FaultsAtWorkTogetherDoNotShareStreams) {
  const auto losses = [](bool with_delay) {
    LinkFaults links(5);
    FaultCounts counts;
    Fault slow = fault(FaultFamily::delay, {}, 1'000'000);
    slow.draw = 18;
    if (with_delay) links.begin(slow);
    links.begin(fault(FaultFamily::loss, {}, 500'000));
    std::vector<bool> lost;
    for (int i = 0; i < 200; ++i) {
      lost.push_back(links.apply(id(0), id(1), 100, start, arriving(start), counts).arrivals.count == 0);
    }
    return lost;
  };
  EXPECT_EQ(losses(false), losses(true));
}

TEST(CloudRegions, AreFarApartAsPublished) {
  const RegionDelays regions = cloud_regions(12);
  ASSERT_EQ(regions.delay.size(), 10u);
  EXPECT_EQ(regions.region_of[11], 1);
  EXPECT_EQ(regions.delay[3][4], 6500us) << "Frankfurt to London";
  EXPECT_EQ(regions.delay[7][9], 164ms) << "Sydney to Sao Paulo";
  NetworkConfig config;
  config.delay = regions;
  EXPECT_TRUE(Network::make(config, 1).has_value());
}

}  // namespace
}  // namespace souk::sim
