#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/phold.hpp"
#include "sim/engine.hpp"
#include "sim/ordered_log.hpp"

namespace souk::sim {
namespace {

using bench::mix;

constexpr Duration lookahead{1000};

/// How a run is carried out; 0 threads is event by event.
struct Mode {
  std::uint32_t threads = 0;
  std::uint32_t shards = 1;
};
constexpr Mode modes[] = {{0, 3}, {1, 1}, {1, 4}, {2, 2}, {3, 3}, {3, 7}, {4, 2}};

std::string name_of(const Mode& mode) {
  return std::to_string(mode.threads) + " threads, " + std::to_string(mode.shards) + " shards";
}

/// A model that does whatever a port allows, at random: sends, timers inside and outside of the window and at
/// the present time, cancelled and moved timers; and it logs every event.
class Chaos {
 public:
  struct Record {
    ActorId target;
    std::uint64_t hash = 0;
  };

  Chaos(std::uint32_t actors, std::uint32_t shards) : actors_(actors), log_(shards) {}

  void on_event(Port<std::uint64_t>& port, const Due<std::uint64_t>& event) {
    Actor& actor = actors_[event.target.value];
    const auto time = static_cast<std::uint64_t>(event.key.time.time_since_epoch().count());
    actor.hash = mix(actor.hash ^ mix(time) ^ mix(event.key.order) ^ event.payload);
    log_.add(port.shard(), port.position(), {event.target, actor.hash});
    log_.add(port.shard(), port.position(), {event.target, ~actor.hash});  // records of one event keep order
    act(port, actor);
  }
  void on_window(Time first, Time last) {
    EXPECT_LE(first, last);
    EXPECT_LT(last - first, lookahead);
    EXPECT_GT(first, last_window_);
    last_window_ = last;
    ++windows_;
    flush();
  }
  /// Hands on what was logged, in the sequential order.
  void flush() {
    log_.replay([&](const Position& position, const Record& record) {
      ++records_;
      sequence_ =
          mix(sequence_ ^ record.hash ^ record.target.value ^ mix(position.key.order + position.step));
    });
  }

  std::vector<std::uint64_t> hashes() const {
    std::vector<std::uint64_t> all;
    for (const Actor& actor : actors_) all.push_back(actor.hash);
    return all;
  }
  /// Hash of all records in the order in which a collector saw them.
  std::uint64_t sequence() const { return sequence_; }
  std::uint64_t records() const { return records_; }
  std::uint64_t windows() const { return windows_; }

 private:
  struct Actor {
    std::uint64_t hash = 0;
    std::optional<EventHandle> timer;
  };

  void act(Port<std::uint64_t>& port, Actor& actor) {
    std::uint64_t draws = 0;
    const auto draw = [&](std::uint64_t bound) { return mix(actor.hash + ++draws) % bound; };
    const Time now = port.now();
    const auto later = [&](std::uint64_t ns) { return now + Duration{static_cast<std::int64_t>(ns)}; };
    const auto other = [&] { return ActorId{static_cast<std::uint32_t>(draw(actors_.size()))}; };
    switch (draw(8)) {
      case 0: port.schedule(now, 1); break;               // runs next
      case 1: port.schedule(later(draw(300)), 2); break;  // in this window, mostly
      case 2: port.send(later(draw(200)), port.self(), 3); break;
      case 3:
        if (actor.timer) port.cancel(*actor.timer);
        actor.timer = port.schedule(later(draw(4000)), 4);
        break;
      case 4:
        if (actor.timer) actor.timer = port.reschedule(*actor.timer, later(draw(1500)));
        break;
      case 5: port.send(now + lookahead, other_than(port.self(), other()), 5); break;  // many at equal times
      default: break;
    }
    // One event makes about one more, whatever else happens, so that the run neither dies nor explodes.
    if (draw(100) < 38) port.send(later(1000 + draw(3000)), other_than(port.self(), other()), 6);
    if (actor.hash % 4096 == 0) {
      for (int i = 0; i < 100; ++i) port.schedule(later(500), 7);  // a burst at one time
    }
  }
  ActorId other_than(ActorId self, ActorId other) const {
    return other != self ? other : ActorId{(self.value + 1) % static_cast<std::uint32_t>(actors_.size())};
  }

  std::vector<Actor> actors_;
  OrderedLog<Record> log_;
  std::uint64_t sequence_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t windows_ = 0;
  Time last_window_{Duration{-1}};
};

struct Outcome {
  std::vector<std::uint64_t> hashes;
  std::uint64_t sequence = 0;
  std::uint64_t records = 0;
  std::uint64_t executed = 0;
  std::size_t pending = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Runs Chaos to `end` in `slices` equal runs.
Outcome run_chaos(const Mode& mode, std::uint64_t seed, int slices = 3) {
  constexpr std::uint32_t actors = 97;
  constexpr std::int64_t end_ns = 60'000;
  constexpr std::uint32_t first_actors = 60;  // these are divided among the shards otherwise than the others
  Engine<std::uint64_t> engine({.actors = first_actors, .lookahead = lookahead, .shards = mode.shards});
  engine.add_actors(actors - first_actors);
  Chaos model(actors, mode.shards);
  for (std::uint32_t i = 0; i < actors * 4; ++i) {
    engine.schedule(Time{Duration{static_cast<std::int64_t>(mix(seed + i) % 3000)}}, outside,
                    ActorId{i % actors}, i);
  }
  for (int slice = 1; slice <= slices; ++slice) {
    const Time end{Duration{end_ns * slice / slices}};
    if (mode.threads == 0) {
      while (engine.next_time().value_or(time_max) <= end) {
        engine.step(model);
        model.flush();
      }
      engine.run_until(model, end);
    } else {
      WorkerPool pool(mode.threads);
      engine.run_windows(model, end, pool);
    }
  }
  if (mode.threads > 0) {
    EXPECT_GT(model.windows(), 20u);
  }
  return {model.hashes(), model.sequence(), model.records(), engine.executed(), engine.pending()};
}

TEST(Windows, ARandomModelSeesTheSameEventByEventAndOnAnyNumberOfThreads) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome sequential = run_chaos({}, seed * 1000);
    EXPECT_GT(sequential.executed, 5000u);
    EXPECT_GT(sequential.pending, 0u);
    EXPECT_EQ(sequential.records, 2 * sequential.executed);
    for (const Mode& mode : modes) {
      EXPECT_EQ(run_chaos(mode, seed * 1000), sequential) << name_of(mode) << ", seed " << seed;
    }
  }
}

TEST(Windows, WhereARunIsCutDoesNotMatter) {
  const Outcome whole = run_chaos({}, 5, 1);
  EXPECT_EQ(run_chaos({}, 5, 7), whole);
  EXPECT_EQ(run_chaos({2, 2}, 5, 1), whole);
  EXPECT_EQ(run_chaos({2, 2}, 5, 7), whole);
}

/// PHOLD as the benchmark runs it.
struct PholdModel {
  bench::Phold phold;
  void on_event(Port<bench::PholdPayload>& port, const Due<bench::PholdPayload>& event) {
    phold.handle(
        event.key.time, event.key.order, event.target.value, event.payload,
        [&](Time at, std::uint32_t to, bench::PholdPayload payload) { port.send(at, ActorId{to}, payload); });
  }
  void prefetch(ActorId target) const { phold.prefetch(target.value); }
};

std::pair<std::uint64_t, std::uint64_t> run_phold(const bench::PholdConfig& config, const Mode& mode) {
  PholdModel model{bench::Phold(config)};
  Engine<bench::PholdPayload> engine(
      {.actors = config.processes, .lookahead = config.lookahead, .shards = mode.shards});
  model.phold.start([&](Time at, std::uint32_t sender, std::uint32_t target, bench::PholdPayload payload) {
    engine.schedule(at, ActorId{sender}, ActorId{target}, payload);
  });
  const Time end = Time{} + std::chrono::seconds(20);
  if (mode.threads == 0) {
    engine.run_until(model, end);
  } else {
    WorkerPool pool(mode.threads);
    engine.run_windows(model, end, pool);
  }
  EXPECT_EQ(engine.pending(), std::size_t{config.processes} * config.events_per_process);
  return {engine.executed(), model.phold.checksum()};
}

TEST(Windows, PholdEndsWithTheSameChecksumOnAnyNumberOfThreads) {
  for (const std::uint32_t remote : {0u, 10u, 100u}) {
    const bench::PholdConfig config{.processes = 500, .events_per_process = 4, .remote_percent = remote};
    const auto sequential = run_phold(config, {});
    EXPECT_GT(sequential.first, 30'000u);
    for (const Mode& mode : modes) EXPECT_EQ(run_phold(config, mode), sequential) << name_of(mode) << remote;
  }
}

TEST(Windows, AForkTakenBetweenRunsGoesOnAlikeOnOtherThreads) {
  const bench::PholdConfig config{.processes = 200, .events_per_process = 2};
  PholdModel model{bench::Phold(config)};
  Engine<bench::PholdPayload> engine({.actors = 200, .lookahead = config.lookahead, .shards = 3});
  model.phold.start([&](Time at, std::uint32_t sender, std::uint32_t target, bench::PholdPayload payload) {
    engine.schedule(at, ActorId{sender}, ActorId{target}, payload);
  });
  WorkerPool three(3);
  engine.run_windows(model, Time{} + std::chrono::seconds(5), three);
  PholdModel fork_model = model;
  Engine<bench::PholdPayload> fork = engine;
  engine.run_windows(model, Time{} + std::chrono::seconds(15), three);
  fork.run_until(fork_model, Time{} + std::chrono::seconds(15));
  EXPECT_EQ(model.phold.checksum(), fork_model.phold.checksum());
}

TEST(Windows, AHandlersExceptionReachesTheCaller) {
  struct Fails {
    void on_event(Port<int>&, const Due<int>& event) {
      if (event.target.value == 20) throw std::runtime_error("actor 20 failed");
    }
  } model;
  Engine<int> engine({.actors = 40, .lookahead = lookahead, .shards = 2});
  for (std::uint32_t i = 0; i < 40; ++i) engine.schedule(Time{Duration{i * 100}}, outside, ActorId{i}, 0);
  WorkerPool pool(2);
  EXPECT_THROW(engine.run_windows(model, Time{Duration{100'000}}, pool), std::runtime_error);
}

TEST(WindowsDeathTest, RefuseASendIntoTheWindow) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  struct Early {
    void on_event(Port<int>& port, const Due<int>&) {
      port.send(port.now() + lookahead - Duration{1}, ActorId{1 - port.self().value}, 0);
    }
  } model;
  Engine<int> engine({.actors = 2, .lookahead = lookahead});
  engine.schedule(Time{Duration{5}}, outside, ActorId{0}, 0);
  WorkerPool pool(1);
  EXPECT_DEATH(engine.run_windows(model, Time{Duration{9}}, pool), "lookahead");
}

TEST(WindowsDeathTest, NeedALookahead) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  struct Nothing {
    void on_event(Port<int>&, const Due<int>&) {}
  } model;
  Engine<int> engine({.actors = 1});
  WorkerPool pool(1);
  EXPECT_DEATH(engine.run_windows(model, Time{Duration{9}}, pool), "lookahead_ > 0");
}

TEST(WorkerPool, DoesEveryPartOfEveryRoundOnce) {
  for (const std::uint32_t threads : {1u, 2u, 3u, 5u}) {
    WorkerPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    std::vector<std::uint64_t> done(threads);  // not atomic: rounds must order what parts do
    for (int round = 0; round < 2000; ++round) {
      pool.run([&](std::uint32_t part) { ++done[part]; });
      for (std::uint32_t part = 0; part < threads; ++part)
        ASSERT_EQ(done[part], static_cast<unsigned>(round) + 1);
    }
  }
}

TEST(WorkerPool, WakesAThreadThatFellAsleep) {
  WorkerPool pool(2);
  std::atomic<int> sum = 0;
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    // Each part waits for the other, so that one thread alone could not finish.
    std::atomic<int> here = 0;
    pool.run([&](std::uint32_t) {
      ++here;
      while (here < 2) std::this_thread::yield();
      ++sum;
    });
  }
  EXPECT_EQ(sum, 6);
}

}  // namespace
}  // namespace souk::sim
