// Whole plans at work in the simulated host: everything at once, twice, and forked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "actors/base/enums.hpp"
#include "tests/runtime/chatter.hpp"
#include "tests/runtime/fault_world.hpp"

namespace souk::runtime {
namespace {

using namespace std::chrono_literals;
using sim::FaultFamily;
using sim::FaultGroup;

constexpr std::uint32_t chatter_count = 5;
constexpr Duration run_length = 70s;

sim::PlanKnobs chatter_knobs(double switched_on = 0.5) {
  sim::PlanKnobs knobs;
  for (std::uint32_t i = 0; i < chatter_count; ++i) {
    knobs.actors.push_back(ActorId{i});
    knobs.powers.push_back(10);
  }
  knobs.begin = world_genesis;
  knobs.quiet = 1s;
  knobs.chaos = 60s;
  knobs.switched_on = switched_on;
  return knobs;
}

/// A chatter that comes back has heard what its disk says: the bytes count, so a damaged disk shows.
std::optional<AnyActor> fresh_chatter(const Comeback& comeback) {
  Chatter chatter{.actor_count = chatter_count};
  for (const auto* file : {&comeback.disk.wal, &comeback.disk.store}) {
    for (const std::uint8_t byte : *file) mix(chatter.heard, byte);
  }
  chatter.draws = chatter.heard;
  return chatter;
}

SimHost chaotic(sim::FaultPlan plan) {
  SimHost host(world_options(3ms));
  spawn_chatters(host, chatter_count);
  FaultWorld world;
  world.plan = std::move(plan);
  world.revive = fresh_chatter;
  world.carry_out = [](Time, const sim::Fault&, bool begins) { return begins; };
  host.set_faults(std::move(world));
  return host;
}

TEST(FaultPlans, TheSamePlanGivesTheSameRunAndCounts) {
  std::set<Fingerprint> hashes;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const sim::FaultPlan plan = sim::draw_plan(seed, chatter_knobs());
    SimHost first = chaotic(plan);
    SimHost second = chaotic(plan);
    ASSERT_TRUE(first.run_until(world_genesis + run_length).has_value());
    ASSERT_TRUE(second.run_until(world_genesis + run_length).has_value());
    EXPECT_EQ(first.run_hash(), second.run_hash()) << "seed " << seed;
    EXPECT_EQ(first.fault_counts(), second.fault_counts());
    hashes.insert(first.run_hash());
  }
  EXPECT_EQ(hashes.size(), 12u);
}

TEST(FaultPlans, APlanReadBackFromItsTextGivesTheSameRun) {
  const sim::FaultPlan plan = sim::draw_plan(4, chatter_knobs());
  SimHost first = chaotic(plan);
  SimHost second = chaotic(*sim::parse_plan(to_text(plan)));
  ASSERT_TRUE(first.run_until(world_genesis + run_length).has_value());
  ASSERT_TRUE(second.run_until(world_genesis + run_length).has_value());
  EXPECT_EQ(first.run_hash(), second.run_hash());
}

TEST(FaultPlans, EveryFamilyFiresInAFewSeeds) {
  sim::FaultCounts counts;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SimHost host = chaotic(sim::draw_plan(seed, chatter_knobs(1)));
    ASSERT_TRUE(host.run_until(world_genesis + run_length).has_value());
    counts += host.fault_counts();
  }
  for (const FaultFamily family : enum_values<FaultFamily>) EXPECT_GT(counts[family], 0u) << name_of(family);
}

TEST(FaultPlans, AfterTheHealEverybodyIsUpAndTheLinksAreWhole) {
  for (std::uint64_t seed = 20; seed < 30; ++seed) {
    const sim::FaultPlan plan = sim::draw_plan(seed, chatter_knobs());
    SimHost host = chaotic(plan);
    ASSERT_TRUE(host.run_until(plan.heal + 1ms).has_value());
    const sim::FaultCounts before = host.fault_counts();
    for (std::uint32_t i = 0; i < chatter_count; ++i) {
      const bool stays_down = std::count(plan.not_healed.begin(), plan.not_healed.end(), ActorId{i}) > 0;
      EXPECT_EQ(host.is_up(ActorId{i}), !stays_down) << "seed " << seed << " actor " << i;
      EXPECT_EQ(host.clock_of(ActorId{i}), host.now());
    }
    ASSERT_TRUE(host.run_until(plan.heal + 5s).has_value());
    EXPECT_EQ(host.fault_counts(), before);
  }
}

TEST(FaultPlans, AForkGoesOnExactlyAsTheOriginal) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    SimHost original = chaotic(sim::draw_plan(seed, chatter_knobs(1)));
    ASSERT_TRUE(original.run_until(world_genesis + 23s).has_value());
    SimHost fork = original.fork();
    ASSERT_TRUE(fork.run_until(world_genesis + run_length).has_value());
    EXPECT_EQ(original.now(), world_genesis + 23s) << "the original has not moved";
    ASSERT_TRUE(original.run_until(world_genesis + run_length).has_value());
    EXPECT_EQ(fork.run_hash(), original.run_hash());
    EXPECT_EQ(fork.fault_counts(), original.fault_counts());
    for (std::uint32_t i = 0; i < chatter_count; ++i) {
      EXPECT_EQ(fork.disk(ActorId{i}).wal, original.disk(ActorId{i}).wal);
    }
  }
}

TEST(FaultPlans, RunningInPiecesGivesTheSameRun) {
  const sim::FaultPlan plan = sim::draw_plan(3, chatter_knobs(1));
  SimHost whole = chaotic(plan);
  ASSERT_TRUE(whole.run_until(world_genesis + run_length).has_value());
  SimHost pieces = chaotic(plan);
  for (int i = 1; i < 40; ++i) ASSERT_TRUE(pieces.run_until(world_genesis + i * 1'234'567us).has_value());
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(pieces.step().has_value());
  ASSERT_TRUE(pieces.run_until(world_genesis + run_length).has_value());
  EXPECT_EQ(whole.run_hash(), pieces.run_hash());
}

TEST(FaultPlans, CollectorsChangeNothing) {
  const sim::FaultPlan plan = sim::draw_plan(3, chatter_knobs(1));
  SimHost bare = chaotic(plan);
  SimHost watched = chaotic(plan);
  CountingCollector collector;
  watched.attach(collector);
  ASSERT_TRUE(bare.run_until(world_genesis + run_length).has_value());
  ASSERT_TRUE(watched.run_until(world_genesis + run_length).has_value());
  EXPECT_EQ(bare.run_hash(), watched.run_hash());
  EXPECT_GT(collector.effects, 10'000u);
}

TEST(FaultPlans, WhetherActorsObserveChangesNothing) {
  const sim::FaultPlan plan = sim::draw_plan(3, chatter_knobs(1));
  std::vector<Fingerprint> hashes;
  for (const bool observe : {false, true}) {
    SimHost host(world_options(3ms));
    spawn_chatters(host, chatter_count, {.observe = observe});
    FaultWorld world;
    world.plan = plan;
    world.revive = [observe](const Comeback& comeback) -> std::optional<AnyActor> {
      Chatter chatter = *fresh_chatter(comeback)->as<Chatter>();
      chatter.observe = observe;
      return chatter;
    };
    host.set_faults(std::move(world));
    ASSERT_TRUE(host.run_until(world_genesis + run_length).has_value());
    hashes.push_back(host.run_hash());
  }
  EXPECT_EQ(hashes[0], hashes[1]);
}

TEST(FaultPlans, ByzantineAndMembershipFaultsAreHandedToWhoeverRunsTheWorld) {
  SimHost host(world_options());
  host.spawn("one", Scripted{});
  FaultWorld world;
  std::vector<std::string> calls;
  world.plan = plan_of({fault_of(FaultFamily::double_vote, 1s, 2s, {ActorId{0}}, 0, 1),
                        fault_of(FaultFamily::join, 2s, 0s, {ActorId{0}}, 0, 2)});
  world.carry_out = [&](Time now, const sim::Fault& fault, bool begins) {
    calls.push_back(std::to_string((now - world_genesis) / 1s) + " " + name_of(fault.family) +
                    (begins ? " begins" : " ends"));
    if (fault.family == FaultFamily::join) host.post(now, ActorId{0}, Ping{no_actor, 5});
    return begins && fault.family == FaultFamily::join;
  };
  host.set_faults(std::move(world));
  ASSERT_TRUE(host.run_until(world_genesis + 10s).has_value());
  EXPECT_THAT(calls, testing::ElementsAre("1 byzantine.double_vote begins", "2 membership.join begins",
                                          "3 byzantine.double_vote ends"));
  EXPECT_EQ(host.fault_counts()[FaultFamily::double_vote], 0u);
  EXPECT_EQ(host.fault_counts()[FaultFamily::join], 1u);
  host.count(FaultFamily::double_vote, 3);
  EXPECT_EQ(host.fault_counts()[FaultFamily::double_vote], 3u);
  EXPECT_THAT(host.actor(ActorId{0}).as<Scripted>()->ping_numbers(), testing::ElementsAre(5u));
}

TEST(FaultFamilies, CorruptChangesWhatCanBeReadAndDropsTheRest) {
  SimHost host(world_options());
  host.spawn("speaker", Scripted{[](const Event&, const Context& context, Effects& out) {
               for (int i = 0; i < 10; ++i) out.push_back(Send{ActorId{1}, Ping{context.self, 0}});
               out.push_back(SetTimer{{1, 1}, context.now + 10ms});
             }});
  host.spawn("listener", Scripted{});
  FaultWorld world;
  world.plan = plan_of({fault_of(FaultFamily::corrupt, 0s, 9s, {}, 500'000)});
  host.set_faults(std::move(world));
  ASSERT_TRUE(host.run_until(world_genesis + 10s).has_value());
  std::uint64_t changed = 0;
  for (const Told& told : host.actor(ActorId{1}).as<Scripted>()->told) {
    if (std::holds_alternative<Started>(told.event)) continue;
    const auto* ping = std::get_if<Ping>(&told.event);
    ASSERT_NE(ping, nullptr) << "a flipped bit makes no event of another kind";
    EXPECT_EQ(ping->from, ActorId{0}) << "nor one of another sender";
    changed += ping->number != 0;
  }
  EXPECT_GT(changed, 1'000u);
  EXPECT_GT(host.undecodable_count(), 500u);
  EXPECT_EQ(host.fault_counts()[FaultFamily::corrupt], changed + host.undecodable_count());
}

/// Every network family, by what the host makes of it: pings of the diarist to the listener.
TEST(FaultFamilies, NetworkFaultsReachTheMessagesOfTheHost) {
  struct Case {
    FaultFamily family;
    std::vector<ActorId> who;
    std::int64_t amount;
  };
  const ActorId writer{0};
  const ActorId listener{1};
  for (const Case& c : std::vector<Case>{{FaultFamily::loss, {}, 1'000'000},
                                         {FaultFamily::delay, {writer}, 900'000'000},
                                         {FaultFamily::reorder, {writer}, 900'000'000},
                                         {FaultFamily::duplicate, {}, 1'000'000},
                                         {FaultFamily::corrupt, {}, 1'000'000},
                                         {FaultFamily::partition, {writer}, 0},
                                         {FaultFamily::partition_one_way, {writer}, 0},
                                         {FaultFamily::isolate, {listener}, 0},
                                         {FaultFamily::clog, {writer}, 0},
                                         {FaultFamily::swizzle_clog, {writer}, 0},
                                         {FaultFamily::bandwidth_cap, {}, 50}}) {
    DiaryWorld world({fault_of(c.family, 1'050ms, 5s, c.who, c.amount)});
    world.run(6'050ms);
    std::vector<std::pair<Duration, std::uint64_t>> untouched;
    for (std::uint64_t n = 1; n <= 60; ++n) untouched.emplace_back(n * 100ms + 10ms, n);
    std::vector<std::pair<Duration, std::uint64_t>> heard_when;
    for (const Told& told : world.host.actor(listener).as<Scripted>()->told) {
      if (const auto* ping = std::get_if<Ping>(&told.event)) {
        heard_when.emplace_back(told.at - world_genesis, ping->number);
      }
    }
    EXPECT_NE(heard_when, untouched) << name_of(c.family);
    EXPECT_GT(world.fired(c.family), 0u) << name_of(c.family);
    const std::size_t heard = world.pings().size();
    world.run(20s);
    EXPECT_GE(world.pings().size(), heard + 130) << name_of(c.family) << " is over";
  }
}

}  // namespace
}  // namespace souk::runtime
