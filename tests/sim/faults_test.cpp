#include "sim/faults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "actors/base/enums.hpp"

namespace souk::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Time start{std::chrono::hours(24 * 365 * 56)};

PlanKnobs knobs(std::vector<std::int64_t> powers = {10, 10, 10, 10}) {
  PlanKnobs k;
  for (std::uint32_t i = 0; i < powers.size(); ++i) k.actors.push_back(ActorId{i});
  k.powers = std::move(powers);
  k.begin = start;
  return k;
}

std::set<FaultFamily> families_of(const FaultPlan& plan) {
  std::set<FaultFamily> families;
  for (const Fault& fault : plan.faults) families.insert(fault.family);
  return families;
}

TEST(FaultFamily, ThereAreTheFortyNineOfConsensusNodeSection5AndFourMore) {
  std::map<FaultGroup, int> counts;
  for (const FaultFamily family : enum_values<FaultFamily>) ++counts[group_of(family)];
  EXPECT_EQ(counts, (std::map<FaultGroup, int>{{FaultGroup::network, 12},
                                               {FaultGroup::process, 8},
                                               {FaultGroup::disk, 9},
                                               {FaultGroup::clock, 4},
                                               {FaultGroup::byzantine, 15},
                                               {FaultGroup::membership, 4},
                                               {FaultGroup::application, 1}}));
  EXPECT_EQ(name_of(FaultFamily::loss), "network.loss");
  EXPECT_EQ(name_of(FaultFamily::rotate_key), "membership.rotate_key");
  EXPECT_EQ(name_of(FaultFamily::stricter), "application.stricter");
}

TEST(DrawPlan, TheSameSeedGivesTheSamePlan) {
  EXPECT_EQ(draw_plan(7, knobs()), draw_plan(7, knobs()));
  EXPECT_NE(draw_plan(7, knobs()).faults, draw_plan(8, knobs()).faults);
}

TEST(DrawPlan, EveryFamilyIsDrawnAndEachIsOnInHalfOfThePlans) {
  std::map<FaultFamily, int> on;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    PlanKnobs k = knobs({10, 10, 10, 10, 10, 10, 10});
    for (const FaultFamily family : families_of(draw_plan(seed, k))) ++on[family];
  }
  for (const FaultFamily family : enum_values<FaultFamily>) {
    // No liars in every second plan, and what they leave no room for is taken out by the atlas.
    const FaultGroup group = group_of(family);
    const bool always =
        group != FaultGroup::byzantine && group != FaultGroup::disk && family != FaultFamily::wipe;
    EXPECT_GT(on[family], always ? 150 : 60) << name_of(family);
    EXPECT_LT(on[family], family == FaultFamily::crash ? 290 : 250) << name_of(family);
  }
}

TEST(DrawPlan, WithAllSwitchedOnFewPlansHaveEveryFamily) {
  PlanKnobs k = knobs({10, 10, 10, 10, 10, 10, 10});
  k.switched_on = 1;
  std::set<FaultFamily> all;
  for (std::uint64_t seed = 0; seed < 8; ++seed) all.merge(families_of(draw_plan(seed, k)));
  EXPECT_EQ(all.size(), fault_family_count);
}

TEST(DrawPlan, ForbiddingAFamilyLeavesTheOthersAsTheyWere) {
  PlanKnobs without = knobs();
  without.allowed.set(FaultFamily::pause, false);
  without.allowed.set(FaultFamily::loss, false);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto faults = draw_plan(seed, knobs()).faults;
    std::erase_if(faults, [](const Fault& fault) {
      return fault.family == FaultFamily::pause || fault.family == FaultFamily::loss;
    });
    EXPECT_EQ(draw_plan(seed, without).faults, faults);
  }
}

TEST(DrawPlan, FaultsGoByTimeAndAreOverBeforeTheHeal) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const FaultPlan plan = draw_plan(seed, knobs());
    EXPECT_EQ(plan.heal, start + 5s + 5min);
    std::set<std::uint64_t> draws;
    Time last = start;
    for (const Fault& fault : plan.faults) {
      EXPECT_GE(fault.at, last);
      last = fault.at;
      EXPECT_TRUE(draws.insert(fault.draw).second);
      if (fault.at == plan.heal) {  // who stays down
        ASSERT_EQ(fault.who.size(), 1u);
        EXPECT_THAT(plan.not_healed, testing::Contains(fault.who[0]));
        continue;
      }
      EXPECT_LE(fault.until() + 1s, plan.heal) << to_text(fault, start);
    }
  }
}

TEST(DrawPlan, ByzantinePowerStaysBelowAThirdAlsoWithWhoStaysDown) {
  int liars = 0;
  int stay = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const std::vector<std::int64_t> powers = {7, 1, 30, 12, 5, 9, 2};
    const FaultPlan plan = draw_plan(seed, knobs(powers));
    std::int64_t power = 0;
    for (const ActorId actor : plan.byzantine) power += powers[actor.value];
    liars += power > 0;
    EXPECT_LT(3 * power, 66);
    for (const ActorId actor : plan.not_healed) power += powers[actor.value];
    EXPECT_LT(3 * power, 66);
    stay += !plan.not_healed.empty();
    for (const Fault& fault : plan.faults) {
      if (group_of(fault.family) != FaultGroup::byzantine) continue;
      EXPECT_THAT(plan.byzantine, testing::Contains(fault.who.at(0)));
    }
  }
  EXPECT_NEAR(liars, 200, 60);
  EXPECT_GT(stay, 30);
}

TEST(FaultPlanText, ComesBackAsItWas) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const FaultPlan plan = draw_plan(seed, knobs());
    const auto parsed = parse_plan(to_text(plan));
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
    EXPECT_EQ(*parsed, plan);
  }
}

TEST(FaultPlanText, IsForPeople) {
  FaultPlan plan;
  plan.seed = 7;
  plan.begin = Time{1000ns};
  plan.heal = Time{5s};
  plan.byzantine = {ActorId{2}};
  plan.faults = {{Time{1000ns} + 1500ms, 3s, FaultFamily::loss, {ActorId{0}, ActorId{2}}, 200'000, 17},
                 {Time{1000ns} + 2s, 0s, FaultFamily::step, {ActorId{1}}, -5, 18}};
  EXPECT_EQ(to_text(plan),
            "souk-faults 1\n"
            "seed 7 begin 1000 heal 5000000000 byzantine 2 not_healed -\n"
            "+1.500000000s network.loss lasts 3.000000000s who 0,2 amount 200000 draw 17\n"
            "+2.000000000s clock.step lasts 0.000000000s who 1 amount -5 draw 18\n");
}

std::string error_of(const std::string& text) {
  const auto plan = parse_plan(text);
  return plan ? "" : plan.error().message;
}

TEST(FaultPlanText, SaysWhichLineIsWrongAndWhy) {
  const std::string head = "souk-faults 1\nseed 7 begin 0 heal 9 byzantine - not_healed -\n";
  EXPECT_EQ(error_of(head), "");
  EXPECT_THAT(error_of("faults"), HasSubstr("line 1: not a plan of this version"));
  EXPECT_THAT(error_of("souk-faults 1\nseed x"), HasSubstr("line 2: should be"));
  EXPECT_THAT(error_of(head + "+1.5s network.loss lasts 3.000000000s who - amount 1 draw 1\n"),
              HasSubstr("line 3: \"+1.5s\" is no time"));
  EXPECT_THAT(error_of(head + "+1.500000000s network.lost lasts 3.000000000s who - amount 1 draw 1\n"),
              HasSubstr("line 3: there is no family \"network.lost\""));
  EXPECT_THAT(error_of(head + "+1.500000000s network.loss lasts -3.000000000s who - amount 1 draw 1\n"),
              HasSubstr("is no time"));
  EXPECT_THAT(error_of(head + "+1.500000000s network.loss lasts 3.000000000s who 1,,2 amount 1 draw 1\n"),
              HasSubstr("is no list"));
  EXPECT_THAT(error_of(head + "+1.500000000s network.loss lasts 3.000000000s who - amount 1x draw 1\n"),
              HasSubstr("is no amount"));
  EXPECT_THAT(error_of(head + "+2.000000000s network.loss lasts 3.000000000s who - amount 1 draw 1\n"
                              "+1.500000000s network.loss lasts 3.000000000s who - amount 1 draw 2\n"),
              HasSubstr("line 4: it begins before the fault above it"));
}

// ---- the atlas --------------------------------------------------------------------------------------

Fault on(std::uint32_t actor, FaultFamily family) { return {start, 1s, family, {ActorId{actor}}, 1, actor}; }

std::vector<std::uint32_t> kept(std::vector<Fault> faults, std::vector<ActorId> byzantine,
                                std::vector<std::int64_t> powers) {
  FaultPlan plan;
  plan.byzantine = std::move(byzantine);
  plan.faults = std::move(faults);
  const PlanKnobs k = knobs(powers);
  std::vector<std::uint32_t> who;
  for (const Fault& fault : keep_recoverable(plan, k.actors, k.powers).faults) {
    who.push_back(fault.who[0].value);
  }
  return who;
}

TEST(Atlas, DamageLeavesMoreThanAThirdOfThePowerWhole) {
  const auto rot = FaultFamily::read_rot;
  EXPECT_THAT(kept({on(0, rot), on(1, rot), on(2, rot), on(3, rot)}, {}, {1, 1, 1, 1}), ElementsAre(0, 1));
  EXPECT_THAT(kept({on(0, rot), on(1, rot), on(0, rot)}, {}, {1, 1, 1}), ElementsAre(0, 0))
      << "one more would leave exactly a third; the same again harms nobody more";
  EXPECT_THAT(kept({on(0, rot), on(1, rot)}, {ActorId{3}}, {1, 1, 1, 1}), ElementsAre(0))
      << "a liar's copy counts for nothing";
}

TEST(Atlas, ForgettingStaysBelowAThirdTogetherWithTheByzantine) {
  const auto wipe = FaultFamily::wipe;
  EXPECT_THAT(kept({on(0, wipe), on(1, FaultFamily::wal_truncated)}, {}, {1, 1, 1, 1}), ElementsAre(0));
  EXPECT_THAT(kept({on(0, wipe)}, {ActorId{3}}, {1, 1, 1, 1}), ElementsAre());
  EXPECT_THAT(kept({on(0, FaultFamily::rolled_back)}, {}, {1, 1, 1}), ElementsAre()) << "exactly a third";
}

TEST(Atlas, LeavesEverythingElseAlone) {
  std::vector<Fault> faults;
  for (const FaultFamily family :
       {FaultFamily::crash, FaultFamily::torn_write, FaultFamily::slow_disk, FaultFamily::sync_error,
        FaultFamily::lost_writes, FaultFamily::double_vote}) {
    for (std::uint32_t i = 0; i < 4; ++i) faults.push_back(on(i, family));
  }
  EXPECT_EQ(kept(faults, {}, {1, 1, 1, 1}).size(), 24u);
}

TEST(FaultCounts, CountFamiliesThatFired) {
  FaultCounts counts;
  counts[FaultFamily::loss] += 3;
  FaultCounts more;
  more[FaultFamily::loss] = 1;
  more[FaultFamily::step] = 1;
  counts += more;
  EXPECT_EQ(counts[FaultFamily::loss], 4u);
  EXPECT_EQ(counts.families(), 2u);
  EXPECT_TRUE(FaultSet::only(FaultGroup::clock).has(FaultFamily::step));
  EXPECT_FALSE(FaultSet::only(FaultGroup::clock).has(FaultFamily::loss));
}

}  // namespace
}  // namespace souk::sim
