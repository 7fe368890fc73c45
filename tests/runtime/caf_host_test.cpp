#include "runtime/caf_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "actors/pingpong.hpp"
#include "tests/runtime/recorded_run.hpp"
#include "tests/runtime/scripted.hpp"

namespace souk::runtime {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// A simulated second is a real millisecond.
CafHost fast_host() { return make_caf_host(1000); }

const Scripted& scripted(const CafHost& host, std::uint32_t id) {
  return *host.actor(ActorId{id}).as<Scripted>();
}

std::vector<std::uint64_t> subjects(const Scripted& actor) {
  std::vector<std::uint64_t> all;
  for (const auto& [subject, at] : actor.fired()) all.push_back(subject);
  return all;
}

/// Runs one actor that says `effects` when started for a simulated minute.
CafHost run_one(Effects effects) {
  CafHost host = fast_host();
  host.spawn("one", says(std::move(effects)));
  EXPECT_TRUE(host.run_until(run_genesis + 1min).has_value());
  return host;
}

TEST(CafHost, StartedIsTheFirstEventOfEveryActor) {
  CafHost host = fast_host();
  for (std::uint32_t i = 0; i < 20; ++i) {
    host.spawn("actor-" + std::to_string(i), says({Send{ActorId{19 - i}, Ping{}}, Send{ActorId{0}, Ping{}}}));
  }
  ASSERT_TRUE(host.run_until(run_genesis + 1min).has_value());
  for (std::uint32_t i = 0; i < 20; ++i) {
    ASSERT_GE(scripted(host, i).told.size(), 2u);
    EXPECT_TRUE(std::holds_alternative<Started>(scripted(host, i).told[0].event)) << "actor " << i;
    EXPECT_FALSE(std::holds_alternative<Started>(scripted(host, i).told[1].event)) << "actor " << i;
  }
  EXPECT_EQ(scripted(host, 0).told.size(), 22u);
}

TEST(CafHost, TimeNeitherGoesBackNorPassesTheEnd) {
  CafHost host = fast_host();
  spawn_chatters(host, 5, {.pause = 300ms});
  CountingCollector collector;
  host.attach(collector);
  ASSERT_TRUE(host.run_until(run_genesis + 1min).has_value());
  ASSERT_GT(collector.order.size(), 100u);
  EXPECT_GE(collector.order.front().first, run_genesis);
  EXPECT_LE(collector.order.back().first, run_genesis + 1min);
  for (std::size_t i = 1; i < collector.order.size(); ++i) {
    ASSERT_GE(collector.order[i].first, collector.order[i - 1].first);
  }
  EXPECT_EQ(collector.events, host.event_count());
}

TEST(CafHost, EffectsAreCarriedOutInTheOrderAppended) {
  CafHost host = fast_host();
  Effects effects;
  for (std::uint64_t n = 0; n < 100; ++n) effects.push_back(Send{ActorId{1}, Ping{{}, n}});
  host.spawn("speaker", says(effects));
  host.spawn("listener", Scripted{});
  ASSERT_TRUE(host.run_until(run_genesis + 1min).has_value());
  const auto numbers = scripted(host, 1).ping_numbers();
  ASSERT_EQ(numbers.size(), 100u);
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
}

TEST(CafHost, PublishAndSubmitTxAndSendToFindTheirReceivers) {
  CafHost host = fast_host();
  CountingCollector collector;
  host.attach(collector);
  const auto notice =
      std::make_shared<const Event>(ChainNotice{Height{7}, run_genesis, EventDeploymentClosed{}});
  auto tx = std::make_shared<Tx>();
  tx->nonce = 5;
  host.spawn("speaker",
             says({Publish{chatter_topic(), notice}, SubmitTx{tx}, SendTo{chatter_address(1), Ping{{}, 9}},
                   SendTo{unknown_address(), Ping{}}}),
             {.validator = ActorId{1}});
  host.spawn("listener", Scripted{}, {.address = chatter_address(1)});
  host.subscribe(ActorId{1}, ActorId{0}, chatter_topic());
  ASSERT_TRUE(host.run_until(run_genesis + 1min).has_value());
  const auto& told = scripted(host, 1).told;
  ASSERT_EQ(told.size(), 4u);
  EXPECT_TRUE(std::holds_alternative<ChainNotice>(told[1].event));
  EXPECT_EQ(std::get<TxReceived>(told[2].event).from, ActorId{0});
  EXPECT_EQ(std::get<TxReceived>(told[2].event).tx->nonce, 5u);
  EXPECT_EQ(std::get<Ping>(told[3].event).number, 9u);
  ASSERT_EQ(collector.notes.size(), 1u);
  EXPECT_EQ(collector.notes[0].metric, Note::Metric::undeliverable);
}

TEST(CafHostTimers, FireOnceAndNotBeforeTheyAreDue) {
  const CafHost host = run_one({SetTimer{{1, 5}, run_genesis + 20s}, SetTimer{{1, 6}, run_genesis + 10s}});
  const auto fired = scripted(host, 0).fired();
  ASSERT_THAT(subjects(scripted(host, 0)), ElementsAre(6u, 5u));
  EXPECT_GE(fired[0].second, run_genesis + 10s);
  EXPECT_GE(fired[1].second, run_genesis + 20s);
}

TEST(CafHostTimers, ReplacedAndCancelledOnesDoNotFire) {
  const CafHost host = run_one({SetTimer{{1, 5}, run_genesis + 10s}, SetTimer{{1, 5}, run_genesis + 30s},
                                SetTimer{{1, 6}, run_genesis + 20s}, CancelTimer{{1, 6}},
                                SetTimer{{1, 7}, run_genesis + 30s}, SetTimer{{1, 7}, run_genesis + 5s}});
  EXPECT_THAT(subjects(scripted(host, 0)), ElementsAre(7u, 5u));
  EXPECT_GE(scripted(host, 0).fired()[1].second, run_genesis + 30s);
}

TEST(CafHostTimers, SetIntoThePastFireAtOnceAndBeyondTheEndNever) {
  const CafHost host = run_one({SetTimer{{1, 5}, run_genesis - 20s}, SetTimer{{1, 6}, run_genesis + 2min},
                                SetTimer{{1, 7}, time_max}});
  EXPECT_THAT(subjects(scripted(host, 0)), ElementsAre(5u));
}

TEST(CafHostTimers, SetIntoThePastAgainAndAgainLetOthersRun) {
  CafHost host = fast_host();
  host.spawn("greedy", Scripted{[](const Event&, const Context&, Effects& out) {
               out.push_back(SetTimer{{1, 1}, run_genesis - 1s});
             }});
  host.spawn("server", PingPong{ActorId{2}, 100});
  host.spawn("answerer", PingPong{});
  ASSERT_TRUE(host.run_until(run_genesis + 2min).has_value());
  EXPECT_EQ(host.actor(ActorId{1}).as<PingPong>()->pong_count, 100u);
}

TEST(CafHost, PersistsInOrderInMemory) {
  const auto a = std::make_shared<const std::vector<std::uint8_t>>(1, std::uint8_t{1});
  const auto b = std::make_shared<const std::vector<std::uint8_t>>(2, std::uint8_t{2});
  const CafHost host = run_one({Persist{a}, Persist{b}});
  EXPECT_THAT(host.persisted(ActorId{0}), ElementsAre(a, b));
}

TEST(CafHost, WhatFollowsAFailedPersistIsNotCarriedOut) {
  CafHost host(
      {.seed = run_seed, .genesis = run_genesis, .speedup = 1000, .persist = [](ActorId, const Persist&) {
         throw std::runtime_error("disk full");
       }});
  const auto record = std::make_shared<const std::vector<std::uint8_t>>(1, std::uint8_t{1});
  host.spawn("writer", says({Persist{record}, Send{ActorId{1}, Ping{}}}));
  host.spawn("reader", Scripted{});
  const auto end = host.run_until(run_genesis + 1min);
  ASSERT_FALSE(end.has_value());
  EXPECT_THAT(end.error().message, HasSubstr("actor writer at "));
  EXPECT_THAT(end.error().message, HasSubstr("disk full"));
  EXPECT_TRUE(scripted(host, 1).ping_numbers().empty());
}

TEST(CafHost, AnActorThatThrowsEndsTheRunAndIsNamed) {
  CafHost host = fast_host();
  spawn_chatters(host, 4);
  host.spawn("bad",
             Scripted{[](const Event&, const Context&, Effects&) { throw std::runtime_error("no more"); }});
  const auto begun = std::chrono::steady_clock::now();
  const auto end = host.run_until(run_genesis + 10h);
  ASSERT_FALSE(end.has_value());
  EXPECT_THAT(end.error().message, testing::MatchesRegex("actor bad at 2025-12-18T.*Z, seed 17: no more"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s) << "it did not wait for the end";
}

TEST(CafHost, StopsSoonAfterTheFlagIsSet) {
  std::atomic<bool> stop = false;
  CafHost host = make_caf_host(1);
  spawn_chatters(host, 4);
  host.stop_on(&stop);
  std::thread stopper([&] {
    std::this_thread::sleep_for(100ms);
    stop = true;
  });
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(*host.run_until(run_genesis + 10h), RunEnd::interrupted);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
  stopper.join();
  EXPECT_GE(host.event_count(), 4u);
}

TEST(CafHost, AnInterruptedRunsJournalReplays) {
  const TemporaryFolder directory;
  std::atomic<bool> stop = false;
  CafHost host = make_caf_host(10);
  spawn_chatters(host, 4);
  host.stop_on(&stop);
  auto journal = *JournalWriter::create(directory / "j", header_of("caf", chatter_names(4)));
  host.record(journal);
  std::thread stopper([&] {
    std::this_thread::sleep_for(200ms);
    stop = true;
  });
  EXPECT_EQ(*host.run_until(run_genesis + 10h), RunEnd::interrupted);
  stopper.join();
  ASSERT_TRUE(journal.finish(host.run_hash(), false).has_value());
  const ReplayReport report = replay_file(directory / "j", fresh_chatters(4));
  EXPECT_TRUE(report.same());
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(report.record_count, host.event_count());
}

TEST(CafHost, CollectorsSeeEventsAndTheirEffectsTogether) {
  /// Fails the test if calls overlap or effects do not follow the event of their actor.
  struct Strict : Collector {
    std::atomic<int> inside = 0;
    ActorId last = no_actor;
    bool ok = true;
    void on_event(Time, ActorId actor, const Event&) override {
      ok = ok && ++inside == 1;
      last = actor;
      --inside;
    }
    void on_effect(Time, ActorId actor, const Effect&) override {
      ok = ok && ++inside == 1 && actor == last;
      --inside;
    }
  } collector;
  CafHost host = fast_host();
  spawn_chatters(host, 8, {.pause = 200ms});
  host.attach(collector);
  ASSERT_TRUE(host.run_until(run_genesis + 1min).has_value());
  EXPECT_TRUE(collector.ok);
}

TEST(CafHost, UsesAsManyThreadsAsAskedFor) {
  for (const int threads : {1, 3}) {
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    const Scripted slow{[&](const Event&, const Context&, Effects&) {
      const int now = ++inside;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
      std::this_thread::sleep_for(20ms);
      --inside;
    }};
    CafHost host = make_caf_host(100, static_cast<unsigned>(threads));
    for (int i = 0; i < 12; ++i) host.spawn("slow-" + std::to_string(i), slow);
    ASSERT_TRUE(host.run_until(run_genesis + 1min).has_value());
    EXPECT_EQ(host.event_count(), 12u);
    EXPECT_EQ(most.load(), threads);
  }
}

TEST(CafHost, ManyActorsOnManyThreadsStopCleanlyAgainAndAgain) {
  for (int i = 0; i < 10; ++i) {
    CafHost host = make_caf_host(5000, 4);
    spawn_chatters(host, 40, {.pause = 2s});
    ASSERT_TRUE(host.run_until(run_genesis + 1min).has_value());
    EXPECT_GE(host.event_count(), 40u);
  }
}

}  // namespace
}  // namespace souk::runtime
