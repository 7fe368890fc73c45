// Machines that go down, come back, wait, and lose what they did not sync; the host's own calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/chatter.hpp"
#include "tests/runtime/fault_world.hpp"
#include "tests/runtime/recorded_run.hpp"

namespace souk::runtime {
namespace {

using namespace std::chrono_literals;
using sim::FaultFamily;
using testing::Each;
using testing::ElementsAre;

constexpr ActorId writer{0};
constexpr ActorId listener{1};

/// A world of one speaker that says `effects` when started, and a listener; nothing goes wrong by plan.
SimHost one_batch(Effects effects) {
  SimHost host(world_options());
  host.spawn("writer", says(std::move(effects)));
  host.spawn("listener", Scripted{});
  host.set_faults({});
  return host;
}

Persist record(std::uint8_t value, bool sync, Persist::File file = Persist::File::wal, bool fresh = false) {
  return {bytes_of(4, value), file, sync, fresh};
}

std::vector<std::uint64_t> pings_of(const SimHost& host) {
  return host.actor(listener).as<Scripted>()->ping_numbers();
}

TEST(SimHostFaults, AnEmptyPlanChangesNothing) {
  std::vector<Fingerprint> hashes;
  std::vector<std::vector<std::pair<Time, ActorId>>> orders;
  std::vector<std::uint64_t> effects;
  for (const bool with_plan : {false, true}) {
    SimHost host(world_options(std::chrono::milliseconds(3)));
    spawn_chatters(host, 7);
    if (with_plan) host.set_faults({});
    CountingCollector collector;
    host.attach(collector);
    ASSERT_TRUE(host.run_until(world_genesis + 20s).has_value());
    hashes.push_back(host.run_hash());
    orders.push_back(collector.order);
    effects.push_back(collector.effects);
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_EQ(orders[0], orders[1]);
  EXPECT_EQ(effects[0], effects[1]);
}

TEST(SimHostFaults, AKillInMidBatchLosesExactlyWhatWasNotSynced) {
  const Effects batch = {record(1, false), Send{listener, Ping{writer, 1}},
                         record(2, true),  Send{listener, Ping{writer, 2}},
                         record(3, false), Send{listener, Ping{writer, 3}}};
  // After k effects: how many bytes of the log are there, and what was heard.
  const std::vector<std::pair<std::size_t, std::vector<std::uint64_t>>> expected = {
      {0, {}}, {0, {}}, {0, {1}}, {8, {1}}, {8, {1, 2}}, {8, {1, 2}}, {8, {1, 2, 3}}};
  for (std::size_t k = 0; k < expected.size(); ++k) {
    SimHost host = one_batch(batch);
    host.crash_when(writer, [k](const Event&, std::span<const Effect>) { return std::optional(k); });
    ASSERT_TRUE(host.run_until(world_genesis + 1s).has_value());
    EXPECT_FALSE(host.is_up(writer));
    EXPECT_EQ(host.disk(writer).wal.size(), expected[k].first) << "after " << k << " effects";
    EXPECT_EQ(pings_of(host), expected[k].second) << "after " << k << " effects";
  }
}

TEST(SimHostFaults, ASyncCoversItsOwnFileOnly) {
  SimHost host = one_batch({record(1, false, Persist::File::wal), record(2, false, Persist::File::store),
                            record(3, true, Persist::File::store)});
  ASSERT_TRUE(host.run_until(world_genesis + 1s).has_value());
  EXPECT_EQ(host.disk(writer).wal.size(), 4u) << "written, whatever a crash would do";
  EXPECT_EQ(host.synced_bytes(writer, Persist::File::wal), 0u);
  EXPECT_EQ(host.synced_bytes(writer, Persist::File::store), 8u);
  host.kill(writer);
  EXPECT_TRUE(host.disk(writer).wal.empty());
  EXPECT_EQ(host.disk(writer).store, (Bytes{2, 2, 2, 2, 3, 3, 3, 3}));
}

TEST(SimHostFaults, AFreshFileReplacesTheOldOneOnceItIsSynced) {
  for (const bool sync : {false, true}) {
    SimHost host = one_batch({record(1, true), record(2, sync, Persist::File::wal, true)});
    ASSERT_TRUE(host.run_until(world_genesis + 1s).has_value());
    EXPECT_EQ(host.disk(writer).wal, (Bytes{2, 2, 2, 2}));
    host.kill(writer);
    const std::uint8_t left = sync ? 2 : 1;
    EXPECT_EQ(host.disk(writer).wal, Bytes(4, left));
  }
}

TEST(SimHostFaults, ADeadActorHearsNothingAndItsTimersDieButWhatItSentArrives) {
  SimHost host = one_batch({Send{listener, Ping{writer, 1}}, SetTimer{{1, 1}, world_genesis + 1s}});
  ASSERT_TRUE(host.run_until(world_genesis + 5ms).has_value());
  host.kill(writer);
  host.post(world_genesis + 2s, writer, Ping{listener, 9});
  ASSERT_TRUE(host.run_until(world_genesis + 1min).has_value());
  EXPECT_EQ(host.actor(writer).as<Scripted>()->told.size(), 1u) << "Started";
  EXPECT_THAT(pings_of(host), ElementsAre(1u));
}

TEST(SimHostFaults, ARestartedActorIsToldItStartedFirstAndKeepsItsAddress) {
  SimHost host(world_options());
  host.spawn("writer", Scripted{}, {.address = chatter_address(0)});
  host.spawn("speaker", Scripted{[](const Event&, const Context& context, Effects& out) {
               out.push_back(SendTo{chatter_address(0), Ping{context.self, 7}});
               out.push_back(SetTimer{{1, 1}, context.now + 10ms});
             }});
  host.set_faults({});
  ASSERT_TRUE(host.run_until(world_genesis + 1s).has_value());
  host.kill(writer);
  ASSERT_TRUE(host.run_until(world_genesis + 2s).has_value());
  host.restart(writer, Scripted{});
  ASSERT_TRUE(host.run_until(world_genesis + 3s).has_value());
  const auto& told = host.actor(writer).as<Scripted>()->told;
  ASSERT_GT(told.size(), 50u);
  EXPECT_TRUE(std::holds_alternative<Started>(told[0].event));
  EXPECT_EQ(told[0].at, world_genesis + 2s);
  EXPECT_TRUE(host.is_up(writer));
}

TEST(SimHostFaults, AMessageUnderWayWhenItsReceiverRestartsReachesTheNewOne) {
  SimHost host(world_options(100ms));
  host.spawn("writer", Scripted{});
  host.spawn("speaker", says({Send{writer, Ping{listener, 7}}}));
  host.set_faults({});
  ASSERT_TRUE(host.run_until(world_genesis + 50ms).has_value());
  host.kill(writer);
  host.restart(writer, Scripted{});
  ASSERT_TRUE(host.run_until(world_genesis + 1s).has_value());
  EXPECT_THAT(host.actor(writer).as<Scripted>()->ping_numbers(), ElementsAre(7u));
}

TEST(SimHostFaults, APausedActorIsToldEverythingLateAndInOrder) {
  SimHost host(world_options());
  host.spawn("writer", says({SetTimer{{1, 1}, world_genesis + 1s}, SetTimer{{1, 2}, world_genesis + 9s}}));
  host.set_faults({});
  for (std::uint64_t n = 0; n < 5; ++n) {
    host.post(world_genesis + 500ms + n * 1s, writer, Ping{no_actor, n});
  }
  ASSERT_TRUE(host.run_until(world_genesis + 600ms).has_value());
  host.pause(writer, world_genesis + 4s);
  ASSERT_TRUE(host.run_until(world_genesis + 1min).has_value());
  const Scripted& actor = *host.actor(writer).as<Scripted>();
  EXPECT_THAT(actor.ping_numbers(), ElementsAre(0u, 1u, 2u, 3u, 4u));
  std::vector<Duration> times;
  for (const Told& told : actor.told) times.push_back(told.at - world_genesis);
  EXPECT_THAT(times, ElementsAre(0s, 500ms, 4s, 4s, 4s, 4s, 4500ms, 9s)) << "the timer after the messages";
}

TEST(SimHostFaults, ATimerCancelledWhileItIsLateDoesNotFire) {
  SimHost host(world_options());
  host.spawn("writer", Scripted{[](const Event& event, const Context& context, Effects& out) {
               if (std::holds_alternative<Started>(event)) out.push_back(SetTimer{{1, 1}, context.now + 1s});
               if (std::holds_alternative<Ping>(event)) out.push_back(CancelTimer{{1, 1}});
             }});
  host.set_faults({});
  host.post(world_genesis + 2s, writer, Ping{});
  ASSERT_TRUE(host.run_until(world_genesis + 500ms).has_value());
  host.pause(writer, world_genesis + 3s);
  ASSERT_TRUE(host.run_until(world_genesis + 1min).has_value());
  EXPECT_TRUE(host.actor(writer).as<Scripted>()->fired().empty());
}

TEST(SimHostFaults, CollectorsAreToldOfEffectsWhenTheyAreCarriedOut) {
  const Effects batch = {record(1, true), Note{Note::Metric::tenant_churned, 1, 1},
                         Note{Note::Metric::tenant_churned, 2, 1}};
  SimHost host = one_batch(batch);
  CountingCollector collector;
  host.attach(collector);
  host.crash_when(writer,
                  [](const Event&, std::span<const Effect>) { return std::optional<std::size_t>(2); });
  ASSERT_TRUE(host.run_until(world_genesis + 1s).has_value());
  ASSERT_EQ(collector.notes.size(), 1u);
  EXPECT_EQ(collector.notes[0].subject, 1u);
}

// ---- by plan: process -------------------------------------------------------------------------------

TEST(FaultFamilies, CrashStrikesAtTheEffectItNamesAndTheActorComesBackFromItsDisk) {
  for (std::int64_t amount = 0; amount <= 3; ++amount) {
    DiaryWorld world({fault_of(FaultFamily::crash, 1'050ms, 2s, {writer}, amount)});
    world.run(1'500ms);
    EXPECT_FALSE(world.host.is_up(writer));
    // The batch at 1,100 ms persists record 11, pings, sets a timer.
    EXPECT_EQ(world.records(), amount >= 1 ? 11u : 10u);
    EXPECT_EQ(world.pings().size(), amount >= 2 ? 11u : 10u);
    world.run(5s);
    EXPECT_TRUE(world.host.is_up(writer));
    EXPECT_EQ(world.fired(FaultFamily::crash), 1u);
    ASSERT_EQ(world.comebacks.size(), 1u);
    EXPECT_EQ(world.comebacks[0].disk.wal.size() / 16, amount >= 1 ? 11u : 10u);
    EXPECT_EQ(world.diarist().starts, 1u) << "a fresh one";
    EXPECT_EQ(world.diarist().shown.front(), world_genesis + 3'100ms);
    EXPECT_THAT(world.log, ElementsAre("1050ms process.crash begins", "1100ms process.crash crashes",
                                       "3100ms process.crash is back"));
  }
}

TEST(FaultFamilies, CrashThatFindsNoBatchStrikesAfterASecond) {
  DiaryWorld world({fault_of(FaultFamily::crash, 1s, 500ms, {listener}, 0)});
  world.run(1'900ms);
  EXPECT_TRUE(world.host.is_up(listener)) << "it hears, and persists nothing";
  world.run(2'100ms);
  EXPECT_FALSE(world.host.is_up(listener));
  EXPECT_EQ(world.fired(FaultFamily::crash), 1u);
}

TEST(FaultFamilies, WhoCanNotComeBackStaysDown) {
  DiaryWorld world({fault_of(FaultFamily::crash, 1s, 500ms, {writer}, -1)});
  world.refuse = true;
  world.run(5s);
  EXPECT_FALSE(world.host.is_up(writer));
  EXPECT_THAT(world.log, ElementsAre("1000ms process.crash begins", "1000ms process.crash crashes",
                                     "1500ms process.crash can not come back"));
}

TEST(FaultFamilies, RestartLosesNothing) {
  DiaryWorld world({fault_of(FaultFamily::restart, 1'050ms, 200ms, {writer})}, {.sync = false});
  world.run(1'200ms);
  EXPECT_FALSE(world.host.is_up(writer));
  EXPECT_EQ(world.records(), 10u) << "though none was synced";
  world.run(2s);
  EXPECT_EQ(world.fired(FaultFamily::restart), 1u);
  EXPECT_EQ(world.diarist().count, 17u) << "10 before, then from 1,350 ms on";
}

TEST(FaultFamilies, PauseHoldsEverythingBack) {
  DiaryWorld world({fault_of(FaultFamily::pause, 1'050ms, 2s, {writer})});
  world.run(3s);
  EXPECT_EQ(world.diarist().count, 10u);
  world.run(4s);
  EXPECT_EQ(world.fired(FaultFamily::pause), 1u);
  EXPECT_EQ(world.diarist().count, 20u);
  EXPECT_TRUE(world.comebacks.empty());
}

TEST(FaultFamilies, CrashAllTakesEverybodyDownAtOnce) {
  DiaryWorld world({fault_of(FaultFamily::crash_all, 1'050ms, 1s, {writer, listener})});
  world.run(1'060ms);
  EXPECT_FALSE(world.host.is_up(writer));
  EXPECT_FALSE(world.host.is_up(listener));
  world.run(3s);
  EXPECT_TRUE(world.host.is_up(writer));
  EXPECT_TRUE(world.host.is_up(listener));
  EXPECT_EQ(world.fired(FaultFamily::crash_all), 2u);
}

TEST(FaultFamilies, CrashLoopCrashesAsOftenAsItSays) {
  DiaryWorld world({fault_of(FaultFamily::crash_loop, 1'050ms, 8s, {writer}, 4)});
  world.run(20s);
  EXPECT_EQ(world.fired(FaultFamily::crash_loop), 4u);
  EXPECT_EQ(world.comebacks.size(), 4u);
  EXPECT_TRUE(world.host.is_up(writer));
}

TEST(FaultFamilies, WipeLeavesNothing) {
  DiaryWorld world({fault_of(FaultFamily::wipe, 1'050ms, 1s, {writer})});
  world.run(2'060ms);
  EXPECT_EQ(world.fired(FaultFamily::wipe), 1u);
  ASSERT_EQ(world.comebacks.size(), 1u);
  EXPECT_TRUE(world.comebacks[0].wiped);
  EXPECT_TRUE(world.comebacks[0].disk.wal.empty());
  EXPECT_EQ(world.diarist().count, 0u);
}

TEST(FaultFamilies, UpgradeSaysWhichVersionComesBack) {
  DiaryWorld world({fault_of(FaultFamily::upgrade, 1'050ms, 1s, {writer}, 2)});
  world.run(3s);
  EXPECT_EQ(world.fired(FaultFamily::upgrade), 1u);
  ASSERT_EQ(world.comebacks.size(), 1u);
  EXPECT_EQ(world.comebacks[0].version, 2);
  EXPECT_EQ(world.comebacks[0].disk.wal.size() / 16, 10u);
}

TEST(FaultFamilies, ExhaustionKillsAtEveryWriteUntilThereIsRoomAgain) {
  DiaryWorld world({fault_of(FaultFamily::exhaustion, 1'050ms, 3s, {writer})});
  world.run(4'040ms);
  EXPECT_EQ(world.records(), 10u);
  EXPECT_GE(world.fired(FaultFamily::exhaustion), 3u);
  world.run(6s);
  EXPECT_TRUE(world.host.is_up(writer));
  EXPECT_GT(world.records(), 15u);
}

// ---- by plan: disk ----------------------------------------------------------------------------------

TEST(FaultFamilies, LostWritesLosesARecordThatWasBeingWritten) {
  for (const bool sync : {true, false}) {
    DiaryWorld world({fault_of(FaultFamily::lost_writes, 1'050ms, 1s, {writer})}, {.sync = sync});
    world.run(1'500ms);
    EXPECT_EQ(world.fired(FaultFamily::lost_writes), 1u);
    EXPECT_EQ(world.records(), sync ? 10u : 0u);
    EXPECT_EQ(world.pings().size(), 10u) << "nothing after the record was done";
  }
}

TEST(FaultFamilies, TornWriteLeavesARecordInPart) {
  std::uint64_t torn = 0;
  for (std::uint64_t draw = 1; draw <= 40; ++draw) {
    const Diarist diarist{.size = 2'000};
    DiaryWorld world({fault_of(FaultFamily::torn_write, 1'050ms, 1s, {writer}, 0, draw)}, diarist);
    world.run(1'500ms);
    const Bytes wal = world.host.disk(writer).wal;
    ASSERT_GE(wal.size(), 20'000u) << "what was synced is there";
    ASSERT_LE(wal.size(), 22'000u);
    for (std::size_t i = 0; i < 20'000; ++i) ASSERT_EQ(wal[i], i / 2'000 + 1);
    const bool whole = wal.size() == 22'000 &&
                       std::all_of(wal.begin() + 20'000, wal.end(), [](std::uint8_t b) { return b == 11; });
    const bool in_part = wal.size() > 20'000 && !whole;
    EXPECT_EQ(world.fired(FaultFamily::torn_write), in_part ? 1u : 0u);
    torn += in_part;
  }
  EXPECT_GT(torn, 25u);
}

TEST(FaultFamilies, ReadRotFlipsBitsOfWhatIsFound) {
  DiaryWorld world({fault_of(FaultFamily::read_rot, 1'050ms, 1s, {writer}, 3)});
  world.run(3s);
  EXPECT_EQ(world.fired(FaultFamily::read_rot), 1u);
  ASSERT_EQ(world.comebacks.size(), 1u);
  int flipped = 0;
  const Bytes& wal = world.comebacks[0].disk.wal;
  ASSERT_EQ(wal.size(), 160u);
  for (std::size_t i = 0; i < wal.size(); ++i)
    flipped += std::popcount(static_cast<unsigned>(wal[i] ^ (i / 16 + 1)));
  EXPECT_THAT(flipped, testing::AnyOf(1, 3)) << "two flips may meet";
}

TEST(FaultFamilies, WriteRotStoresOneRecordWrong) {
  DiaryWorld world({fault_of(FaultFamily::write_rot, 1'050ms, 1s, {writer}, 1)});
  world.run(3s);
  EXPECT_EQ(world.fired(FaultFamily::write_rot), 1u);
  const Bytes wal = world.host.disk(writer).wal;
  for (std::size_t i = 0; i < wal.size() / 16; ++i) {
    const Bytes found(wal.begin() + static_cast<std::ptrdiff_t>(16 * i),
                      wal.begin() + static_cast<std::ptrdiff_t>(16 * i + 16));
    EXPECT_EQ(found == Bytes(16, static_cast<std::uint8_t>(i + 1)), i != 10) << "record " << i + 1;
  }
  EXPECT_TRUE(world.comebacks.empty()) << "nobody notices";
}

TEST(FaultFamilies, MisdirectedWriteOverwritesAnEarlierRecord) {
  const Diarist diarist{.size = 512};
  DiaryWorld world({fault_of(FaultFamily::misdirected_write, 1'050ms, 1s, {writer}, 4)}, diarist);
  world.run(1'150ms);
  EXPECT_EQ(world.fired(FaultFamily::misdirected_write), 1u);
  const Bytes wal = world.host.disk(writer).wal;
  ASSERT_EQ(wal.size(), 11u * 512);
  EXPECT_EQ(wal[6 * 512], 11) << "record 11 lies where record 7 was";
  EXPECT_EQ(wal[10 * 512], 0);
}

TEST(FaultFamilies, SyncErrorKillsAndLosesTheRecord) {
  DiaryWorld world({fault_of(FaultFamily::sync_error, 1'050ms, 1s, {writer})});
  world.run(1'500ms);
  EXPECT_FALSE(world.host.is_up(writer));
  EXPECT_EQ(world.records(), 10u);
  EXPECT_EQ(world.pings().size(), 10u);
  EXPECT_EQ(world.fired(FaultFamily::sync_error), 1u);
  world.run(4s);
  EXPECT_TRUE(world.host.is_up(writer));
}

TEST(FaultFamilies, SlowDiskDelaysWhatFollowsASyncAndNothingIsSentBeforeItIsDurable) {
  DiaryWorld world({fault_of(FaultFamily::slow_disk, 1'050ms, 10s, {writer}, 200'000'000)}, {}, 0ms);
  struct Watch : Collector {
    SimHost* host = nullptr;
    std::uint64_t late = 0;
    void on_event(Time, ActorId actor, const Event& event) override {
      const auto* ping = std::get_if<Ping>(&event);
      if (actor != listener || ping == nullptr) return;
      EXPECT_GE(host->synced_bytes(writer, Persist::File::wal), 16 * ping->number);
      late += (host->now() - world_genesis) % 100ms != 0ms;
    }
  } watch;
  watch.host = &world.host;
  world.host.attach(watch);
  world.run(20s);
  EXPECT_GT(watch.late, 20u);
  EXPECT_GT(world.fired(FaultFamily::slow_disk), 20u);
  const auto pings = world.pings();
  for (std::size_t i = 0; i < pings.size(); ++i) EXPECT_EQ(pings[i], i + 1);
  EXPECT_LT(pings.size(), 180u) << "it was slow";
}

TEST(FaultFamilies, ACrashWhileTheDiskIsSlowLosesTheRecordThatWaits) {
  DiaryWorld world({fault_of(FaultFamily::slow_disk, 1'050ms, 10s, {writer}, 3'600'000'000'000),
                    fault_of(FaultFamily::crash, 1'500ms, 10min, {writer}, -1, 2)});
  world.run(2s);
  EXPECT_EQ(world.records(), 10u);
  EXPECT_EQ(world.pings().size(), 10u);
}

TEST(FaultFamilies, WalTruncatedCutsItsEnd) {
  DiaryWorld world({fault_of(FaultFamily::wal_truncated, 1'050ms, 1s, {writer}, 40)});
  world.run(2'060ms);
  EXPECT_EQ(world.fired(FaultFamily::wal_truncated), 1u);
  ASSERT_EQ(world.comebacks.size(), 1u);
  EXPECT_EQ(world.comebacks[0].disk.wal.size(), 120u);
}

TEST(FaultFamilies, RolledBackIsAsItWas) {
  DiaryWorld world({fault_of(FaultFamily::rolled_back, 1'050ms, 1s, {writer}, 500'000'000)});
  world.run(2'060ms);
  EXPECT_EQ(world.fired(FaultFamily::rolled_back), 1u);
  ASSERT_EQ(world.comebacks.size(), 1u);
  EXPECT_EQ(world.comebacks[0].disk.wal.size() / 16, 5u) << "of 550 ms";
}

// ---- by plan: clocks --------------------------------------------------------------------------------

TEST(FaultFamilies, SkewShowsAWrongTimeFromTheStart) {
  DiaryWorld world({fault_of(FaultFamily::skew, 0s, 10s, {writer}, 5'000'000'000)});
  world.run(2s);
  EXPECT_EQ(world.diarist().shown.front(), world_genesis + 5s);
  EXPECT_EQ(world.diarist().shown.back(), world_genesis + 7s);
  EXPECT_EQ(world.diarist().count, 20u) << "it runs as fast as others";
  EXPECT_GT(world.fired(FaultFamily::skew), 10u);
  EXPECT_EQ(world.host.clock_of(writer), world_genesis + 7s);
  EXPECT_EQ(world.host.clock_of(listener), world_genesis + 2s);
}

TEST(FaultFamilies, DriftMakesTimersFireEarlier) {
  DiaryWorld world({fault_of(FaultFamily::drift, 0s, 1min, {writer}, 100'000'000)});
  world.run(10s);
  EXPECT_GE(world.diarist().count, 109u) << "11 of its seconds, each timer late by a nanosecond at most";
  EXPECT_GE(world.diarist().shown.back(), world_genesis + 10'900ms);
  EXPECT_GT(world.fired(FaultFamily::drift), 10u);
}

TEST(FaultFamilies, AStepForwardFiresTimersAtOnce) {
  DiaryWorld world({fault_of(FaultFamily::step, 1'050ms, 10s, {writer}, 60'000'000)});
  world.run(1'090ms);
  EXPECT_EQ(world.diarist().count, 11u) << "of 1,100 ms, shown at 1,050 true ones";
  EXPECT_GT(world.fired(FaultFamily::step), 0u);
}

TEST(FaultFamilies, AStepBackNeverTurnsTimeBack) {
  DiaryWorld world({fault_of(FaultFamily::step, 1'050ms, 5s, {writer}, -2'000'000'000)});
  world.run(10s);
  const auto& shown = world.diarist().shown;
  EXPECT_TRUE(std::is_sorted(shown.begin(), shown.end()));
  EXPECT_TRUE(world.comebacks.empty());
  // Its clock shows 1,100 ms only at 3,100 ms; at 6,050 ms it is right again.
  EXPECT_EQ(world.diarist().count, 10u + 30u + 40u);
}

TEST(FaultFamilies, AClockThatIsSetBackByMuchRestartsTheProcess) {
  DiaryWorld world({fault_of(FaultFamily::step, 1'050ms, 5s, {writer}, 3'600'000'000'000)});
  world.run(10s);
  ASSERT_EQ(world.comebacks.size(), 1u);
  EXPECT_EQ(world.diarist().shown.front(), world_genesis + 6'051ms);
  EXPECT_EQ(world.diarist().shown.back(), world_genesis + 9'951ms);
}

TEST(FaultFamilies, StrobeShowsBothTimesAndTimersFireByTheLaterOne) {
  DiaryWorld world({fault_of(FaultFamily::strobe, 50ms, 1min, {writer}, 30'000'000)},
                   {.every = std::chrono::milliseconds(7)});
  world.run(10s);
  const auto& shown = world.diarist().shown;
  EXPECT_TRUE(std::is_sorted(shown.begin(), shown.end()));
  EXPECT_GT(world.fired(FaultFamily::strobe), 100u);
}

}  // namespace
}  // namespace souk::runtime
