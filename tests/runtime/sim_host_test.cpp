#include "runtime/sim_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "actors/pingpong.hpp"
#include "tests/runtime/chatter.hpp"
#include "tests/runtime/scripted.hpp"

namespace souk::runtime {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr Time genesis{std::chrono::hours(24 * 365 * 56)};

SimOptions with_delay(Duration delay, unsigned threads = 1) {
  SimOptions options{.seed = 3, .genesis = genesis, .threads = threads};
  sim::NetworkConfig network;
  network.delay = delay;
  network.minimum_delay = delay;
  options.network = *sim::Network::make(network, options.seed);
  return options;
}

const Scripted& scripted(const SimHost& host, std::uint32_t id) {
  return *host.actor(ActorId{id}).as<Scripted>();
}

/// Runs one actor that says `effects` when started for a simulated minute.
SimHost run_one(Effects effects) {
  SimHost host(with_delay(10ms));
  host.spawn("one", says(std::move(effects)));
  EXPECT_TRUE(host.run_until(genesis + 1min).has_value());
  return host;
}

// ---- starting and the clock -------------------------------------------------------------------------

TEST(SimHost, StartedIsTheFirstEventAtGenesisEvenWithoutNetworkDelay) {
  SimHost host({.genesis = genesis});
  for (std::uint32_t i = 0; i < 3; ++i) {
    host.spawn("actor-" + std::to_string(i), says({Send{ActorId{0}, Ping{}}, Send{ActorId{2}, Ping{}}}));
  }
  ASSERT_TRUE(host.run_until(genesis).has_value());
  for (std::uint32_t i = 0; i < 3; ++i) {
    ASSERT_FALSE(scripted(host, i).told.empty());
    EXPECT_TRUE(std::holds_alternative<Started>(scripted(host, i).told[0].event)) << "actor " << i;
    EXPECT_EQ(scripted(host, i).told[0].at, genesis);
  }
  EXPECT_EQ(scripted(host, 2).told.size(), 4u);
}

TEST(SimHost, ClockShowsTheEndAfterARun) {
  SimHost host(with_delay(1ms));
  host.spawn("one", PingPong{});
  EXPECT_EQ(host.now(), genesis);
  EXPECT_EQ(*host.run_until(genesis + 3s), RunEnd::reached);
  EXPECT_EQ(host.now(), genesis + 3s);
  EXPECT_EQ(host.event_count(), 1u);
}

TEST(SimHost, AnActorSpawnedLaterStartsNow) {
  SimHost host(with_delay(1ms));
  host.spawn("early", Scripted{});
  ASSERT_TRUE(host.run_until(genesis + 3s).has_value());
  const ActorId late = host.spawn("late", Scripted{});
  ASSERT_TRUE(host.run_until(genesis + 4s).has_value());
  EXPECT_EQ(scripted(host, late.value).told.at(0).at, genesis + 3s);
}

TEST(SimHost, PostedEventsArriveAtTheTimeGiven) {
  SimHost host(with_delay(1ms));
  host.spawn("one", Scripted{});
  host.post(genesis + 2s, ActorId{0}, Ping{no_actor, 7});
  ASSERT_TRUE(host.run_until(genesis + 5s).has_value());
  EXPECT_EQ(scripted(host, 0).told.at(1).at, genesis + 2s);
  EXPECT_THAT(scripted(host, 0).ping_numbers(), ElementsAre(7u));
}

TEST(SimHost, PingPongTakesTheNetworkDelayEachWay) {
  SimHost host(with_delay(10ms));
  host.spawn("server", PingPong{ActorId{1}, 5});
  host.spawn("answerer", PingPong{});
  ASSERT_TRUE(host.run_until(genesis + 99ms).has_value());
  EXPECT_EQ(host.actor(ActorId{0}).as<PingPong>()->pong_count, 4u);
  ASSERT_TRUE(host.run_until(genesis + 100ms).has_value());
  EXPECT_EQ(host.actor(ActorId{0}).as<PingPong>()->pong_count, 5u);
  EXPECT_EQ(host.actor(ActorId{1}).as<PingPong>()->ping_count, 5u);
  EXPECT_EQ(host.pending_count(), 0u);
}

// ---- effects ----------------------------------------------------------------------------------------

TEST(SimHost, EffectsAreCarriedOutInTheOrderAppended) {
  SimHost host(with_delay(10ms));
  host.spawn("speaker", says({Send{ActorId{1}, Ping{{}, 1}}, SetTimer{{1, 1}, genesis + 1s},
                              CancelTimer{{1, 1}}, Send{ActorId{1}, Ping{{}, 2}}, CancelTimer{{1, 2}},
                              SetTimer{{1, 2}, genesis + 1s}, Send{ActorId{1}, Ping{{}, 3}}}));
  host.spawn("listener", Scripted{});
  ASSERT_TRUE(host.run_until(genesis + 1min).has_value());
  EXPECT_THAT(scripted(host, 1).ping_numbers(), ElementsAre(1u, 2u, 3u));
  EXPECT_THAT(scripted(host, 0).fired(), ElementsAre(Pair(2u, genesis + 1s)));
}

TEST(SimHost, ASendToItselfTakesNoNetwork) {
  const SimHost host = run_one({Send{ActorId{0}, Ping{{}, 5}}});
  EXPECT_EQ(scripted(host, 0).told.at(1).at, genesis);
}

TEST(SimHost, SendToReachesTheOwnerOfTheAddress) {
  SimHost host(with_delay(10ms));
  host.spawn("speaker", says({SendTo{chatter_address(4), Ping{{}, 8}}}));
  host.spawn("listener", Scripted{}, {.address = chatter_address(4)});
  ASSERT_TRUE(host.run_until(genesis + 1s).has_value());
  EXPECT_THAT(scripted(host, 1).ping_numbers(), ElementsAre(8u));
  EXPECT_EQ(scripted(host, 1).told.at(1).at, genesis + 10ms);
}

TEST(SimHost, WhatFindsNobodyIsDroppedWithANote) {
  SimHost host(with_delay(10ms));
  CountingCollector collector;
  host.attach(collector);
  host.spawn("speaker", says({SendTo{unknown_address(), Ping{}}, SubmitTx{std::make_shared<const Tx>()}}));
  ASSERT_TRUE(host.run_until(genesis + 1s).has_value());
  ASSERT_EQ(collector.notes.size(), 2u);
  EXPECT_EQ(collector.notes[0].metric, Note::Metric::undeliverable);
  EXPECT_EQ(collector.events, 1u);
}

TEST(SimHost, PublishReachesEachSubscriberOfThatPublisherWithoutCopying) {
  const auto notice = std::make_shared<const Event>(ChainNotice{Height{7}, genesis, EventDeploymentClosed{}});
  std::vector<const Event*> seen;
  const Scripted listener{[&seen](const Event& event, const Context&, Effects&) {
    if (std::holds_alternative<ChainNotice>(event)) seen.push_back(&event);
  }};
  SimHost host(with_delay(10ms));
  host.spawn("publisher", says({Publish{chatter_topic(), notice}}));
  host.spawn("subscriber", listener);
  host.spawn("another", listener);
  host.spawn("bystander", listener);
  host.subscribe(ActorId{1}, ActorId{0}, chatter_topic());
  host.subscribe(ActorId{2}, ActorId{0}, chatter_topic());
  host.subscribe(ActorId{3}, ActorId{1}, chatter_topic());
  host.subscribe(ActorId{3}, ActorId{0}, unknown_address());
  ASSERT_TRUE(host.run_until(genesis + 1s).has_value());
  EXPECT_THAT(seen, ElementsAre(notice.get(), notice.get()));
  EXPECT_EQ(scripted(host, 3).told.size(), 1u);
}

TEST(SimHost, SubmitTxReachesTheAttachedValidatorInTheNameOfTheSender) {
  SimHost host(with_delay(10ms));
  host.spawn("validator", Scripted{});
  auto tx = std::make_shared<Tx>();
  tx->nonce = 12;
  host.spawn("tenant", says({SubmitTx{tx}}), {.validator = ActorId{0}});
  ASSERT_TRUE(host.run_until(genesis + 1s).has_value());
  ASSERT_EQ(scripted(host, 0).told.size(), 2u);
  const auto& received = std::get<TxReceived>(scripted(host, 0).told[1].event);
  EXPECT_EQ(received.from, ActorId{1});
  EXPECT_EQ(received.tx->nonce, 12u);
}

TEST(SimHost, KeepsWhatWasPersistedInOrder) {
  const auto a = std::make_shared<const std::vector<std::uint8_t>>(1, std::uint8_t{1});
  const auto b = std::make_shared<const std::vector<std::uint8_t>>(2, std::uint8_t{2});
  const SimHost host = run_one({Persist{a}, Persist{b}});
  EXPECT_THAT(host.persisted(ActorId{0}), ElementsAre(a, b));
}

TEST(SimHost, ForgetsWhatWasPersistedWhenToldTo) {
  SimOptions options = with_delay(10ms);
  options.keep_persisted = false;
  SimHost host(std::move(options));
  host.spawn("writer",
             says({Persist{std::make_shared<const std::vector<std::uint8_t>>(1, std::uint8_t{1})}}));
  ASSERT_TRUE(host.run_until(genesis + 1s).has_value());
  EXPECT_TRUE(host.persisted(ActorId{0}).empty());
}

TEST(SimHost, PersistIsDurableBeforeAnyLaterEffectIsSeen) {
  SimHost host(with_delay(10ms));
  const auto record = std::make_shared<const std::vector<std::uint8_t>>(3, std::uint8_t{1});
  std::size_t persisted_when_told = 99;
  host.spawn("writer", says({Persist{record}, Send{ActorId{1}, Ping{}}}));
  host.spawn("reader", Scripted{[&](const Event& event, const Context&, Effects&) {
               if (std::holds_alternative<Ping>(event))
                 persisted_when_told = host.persisted(ActorId{0}).size();
             }});
  ASSERT_TRUE(host.run_until(genesis + 1s).has_value());
  EXPECT_EQ(persisted_when_told, 1u);
}

// ---- timers -----------------------------------------------------------------------------------------

TEST(SimHostTimers, FireOnceWhenDue) {
  const SimHost host = run_one({SetTimer{{1, 5}, genesis + 20s}});
  EXPECT_THAT(scripted(host, 0).fired(), ElementsAre(Pair(5u, genesis + 20s)));
}

TEST(SimHostTimers, ReplacedOnesFireAtTheNewTimeOnly) {
  EXPECT_THAT(
      scripted(run_one({SetTimer{{1, 5}, genesis + 20s}, SetTimer{{1, 5}, genesis + 30s}}), 0).fired(),
      ElementsAre(Pair(5u, genesis + 30s)));
  EXPECT_THAT(
      scripted(run_one({SetTimer{{1, 5}, genesis + 20s}, SetTimer{{1, 5}, genesis + 10s}}), 0).fired(),
      ElementsAre(Pair(5u, genesis + 10s)));
}

TEST(SimHostTimers, CancelledOnesDoNotFire) {
  const SimHost host =
      run_one({SetTimer{{1, 5}, genesis + 20s}, SetTimer{{2, 5}, genesis + 20s}, CancelTimer{{1, 5}}});
  ASSERT_EQ(scripted(host, 0).told.size(), 2u);
  EXPECT_EQ(std::get<TimerFired>(scripted(host, 0).told[1].event).id, (TimerId{2, 5}));
}

TEST(SimHostTimers, SetIntoThePastFireAtOnce) {
  const SimHost host = run_one({SetTimer{{1, 5}, genesis - 20s}});
  EXPECT_THAT(scripted(host, 0).fired(), ElementsAre(Pair(5u, genesis)));
}

TEST(SimHostTimers, SetToTheEndOfTimeNeverFireButReplace) {
  const SimHost host = run_one({SetTimer{{1, 5}, genesis + 1s}, SetTimer{{1, 5}, time_max}});
  EXPECT_TRUE(scripted(host, 0).fired().empty());
  EXPECT_EQ(host.pending_count(), 0u);
}

TEST(SimHostTimers, DueAtTheSameTimeFireInTheOrderSet) {
  const SimHost host = run_one({SetTimer{{1, 7}, genesis + 1s}, SetTimer{{1, 3}, genesis + 1s},
                                SetTimer{{1, 5}, genesis + 1s}, SetTimer{{1, 7}, genesis + 1s}});
  EXPECT_THAT(scripted(host, 0).fired(),
              ElementsAre(Pair(3u, genesis + 1s), Pair(5u, genesis + 1s), Pair(7u, genesis + 1s)));
}

TEST(SimHostTimers, CanBeSetAgainWhenTheyFire) {
  SimHost host(with_delay(1ms));
  host.spawn("ticker", Scripted{[](const Event&, const Context& context, Effects& out) {
               out.push_back(SetTimer{{1, 1}, context.now + 10s});
             }});
  ASSERT_TRUE(host.run_until(genesis + 35s).has_value());
  EXPECT_THAT(scripted(host, 0).fired(),
              ElementsAre(Pair(1u, genesis + 10s), Pair(1u, genesis + 20s), Pair(1u, genesis + 30s)));
}

TEST(SimHostTimers, CancellingTheOneThatFiresDoesNothing) {
  SimHost host(with_delay(1ms));
  host.spawn("one", Scripted{[](const Event& event, const Context& context, Effects& out) {
               if (std::holds_alternative<Started>(event)) out.push_back(SetTimer{{1, 1}, context.now + 1s});
               if (std::holds_alternative<TimerFired>(event)) out.push_back(CancelTimer{{1, 1}});
             }});
  ASSERT_TRUE(host.run_until(genesis + 1min).has_value());
  EXPECT_EQ(scripted(host, 0).fired().size(), 1u);
}

// ---- failures and stopping --------------------------------------------------------------------------

Scripted throws_at(Time when) {
  return {[when](const Event& event, const Context& context, Effects& out) {
    if (std::holds_alternative<Started>(event)) out.push_back(SetTimer{{1, 1}, when});
    if (context.now >= when) throw std::runtime_error("no more");
  }};
}

TEST(SimHost, AnActorThatThrowsIsReportedByNameAndTime) {
  SimHost host(with_delay(1ms));
  host.spawn("good", PingPong{});
  host.spawn("bad", throws_at(genesis + 1s));
  const auto end = host.run_until(genesis + 1min);
  ASSERT_FALSE(end.has_value());
  EXPECT_EQ(end.error().message, "actor bad at 2025-12-18T00:00:01.000000000Z, seed 3: no more");
  EXPECT_FALSE(host.run_until(genesis + 2min).has_value()) << "the host does not go on after a failure";
}

TEST(SimHost, OfSeveralFailuresTheFirstInTheTotalOrderIsReported) {
  for (const unsigned threads : {1u, 2u, 3u}) {
    SimHost host(with_delay(1s, threads));
    for (int i = 0; i < 8; ++i) host.spawn("bad-" + std::to_string(i), throws_at(genesis + 500ms - i * 10ms));
    const auto end = host.run_until(genesis + 1min);
    ASSERT_FALSE(end.has_value());
    EXPECT_THAT(end.error().message, HasSubstr("actor bad-7 at 2025-12-18T00:00:00.43"))
        << threads << " threads";
  }
}

TEST(SimHostDeathTest, AFailedCheckNamesActorTimeAndSeed) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(
      {
        SimHost host(with_delay(1ms));
        host.spawn("broken",
                   Scripted{[](const Event&, const Context&, Effects&) { SOUK_CHECK(1 + 1 == 3); }});
        (void)host.run_until(genesis + 1s);
      },
      "check failed: 1 \\+ 1 == 3; actor broken at 2025-12-18T00:00:00.000000000Z, seed 3");
}

TEST(SimHost, StopsOnRequestAndCanGoOnAsIfItHadNot) {
  std::atomic<bool> stop = true;
  SimHost stopped(with_delay(1ms));
  SimHost straight(with_delay(1ms));
  for (SimHost* host : {&stopped, &straight}) spawn_chatters(*host, 5);
  stopped.stop_on(&stop);
  EXPECT_EQ(*stopped.run_until(genesis + 10s), RunEnd::interrupted);
  EXPECT_LT(stopped.now(), genesis + 10s);
  stop = false;
  EXPECT_EQ(*stopped.run_until(genesis + 10s), RunEnd::reached);
  EXPECT_EQ(*straight.run_until(genesis + 10s), RunEnd::reached);
  EXPECT_EQ(stopped.run_hash(), straight.run_hash());
}

}  // namespace
}  // namespace souk::runtime
