#include "sim/engine.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/base/rng.hpp"

namespace souk::sim {
namespace {

using namespace std::chrono_literals;

Time at(std::int64_t ns) { return Time{Duration{ns}}; }
constexpr ActorId alice{0};
constexpr ActorId bob{1};

/// Writes down what it sees; what else it does, a test says.
struct Recorder {
  std::vector<std::string> seen;
  std::function<void(Port<std::string>&, const std::string&)> then = [](auto&, const auto&) {};
  void on_event(Port<std::string>& port, const Due<std::string>& event) {
    seen.push_back(std::to_string(port.now().time_since_epoch().count()) + ":" +
                   std::to_string(event.target.value) + ":" + event.payload);
    then(port, event.payload);
  }
};
using Seen = std::vector<std::string>;

TEST(Engine, RunsEventsByTimeThenSenderThenItsCounter) {
  Engine<std::string> engine({.actors = 3});
  engine.schedule(at(10), outside, alice, "from outside, last");
  engine.schedule(at(10), bob, alice, "bob's first");
  engine.schedule(at(10), alice, alice, "alice's");
  engine.schedule(at(10), bob, alice, "bob's second");
  engine.schedule(at(5), bob, alice, "early");
  Recorder model;
  engine.run_until(model, at(10));
  EXPECT_EQ(model.seen, (Seen{"5:0:early", "10:0:alice's", "10:0:bob's first", "10:0:bob's second",
                              "10:0:from outside, last"}));
}

TEST(Engine, OrderDoesNotDependOnWhichSenderScheduledFirst) {
  Recorder models[2];
  for (int swap = 0; swap < 2; ++swap) {
    Engine<std::string> engine({.actors = 2});
    for (int i = 0; i < 2; ++i) {
      const ActorId sender = i == swap ? alice : bob;
      engine.schedule(at(1), sender, alice, "by " + std::to_string(sender.value));
    }
    engine.run_until(models[swap], at(1));
  }
  EXPECT_EQ(models[0].seen, models[1].seen);
}

TEST(Engine, RunUntilIncludesItsEndAndMovesTheClockThere) {
  Engine<std::string> engine({.actors = 1});
  engine.schedule(at(100), outside, alice, "at the end");
  engine.schedule(at(101), outside, alice, "after");
  Recorder model;
  engine.run_until(model, at(100));
  EXPECT_EQ(model.seen, (Seen{"100:0:at the end"}));
  EXPECT_EQ(engine.now(), at(100));
  EXPECT_EQ(engine.pending(), 1u);
  EXPECT_EQ(engine.next_time(), at(101));
  engine.run_until(model, at(500));
  EXPECT_EQ(engine.now(), at(500));
  EXPECT_EQ(engine.next_time(), std::nullopt);
  EXPECT_EQ(engine.executed(), 2u);
}

TEST(Engine, StepRunsOneEvent) {
  Engine<std::string> engine({.actors = 1});
  engine.schedule(at(3), outside, alice, "b");
  engine.schedule(at(2), outside, alice, "a");
  Recorder model;
  EXPECT_TRUE(engine.step(model));
  EXPECT_EQ(engine.now(), at(2));
  EXPECT_TRUE(engine.step(model));
  EXPECT_FALSE(engine.step(model));
  EXPECT_EQ(model.seen, (Seen{"2:0:a", "3:0:b"}));
}

TEST(Engine, ACancelledEventNeverRuns) {
  Engine<std::string> engine({.actors = 1});
  const EventHandle cancelled = engine.schedule(at(1), outside, alice, "cancelled");
  engine.schedule(at(2), outside, alice, "kept");
  EXPECT_TRUE(engine.is_pending(cancelled));
  EXPECT_TRUE(engine.cancel(cancelled));
  EXPECT_FALSE(engine.cancel(cancelled));
  EXPECT_FALSE(engine.is_pending(cancelled));
  EXPECT_EQ(engine.pending(), 1u);
  EXPECT_EQ(engine.next_time(), at(2));
  Recorder model;
  engine.run_until(model, at(9));
  EXPECT_EQ(model.seen, (Seen{"2:0:kept"}));
}

TEST(Engine, AStaleHandleDoesNotTouchTheEventInItsPlace) {
  Engine<std::string> engine({.actors = 1});
  const EventHandle old = engine.schedule(at(1), outside, alice, "old");
  engine.cancel(old);
  const EventHandle fresh = engine.schedule(at(1), outside, alice, "fresh");  // takes the same slot
  EXPECT_EQ(fresh.slot, old.slot);
  EXPECT_FALSE(engine.cancel(old));
  EXPECT_FALSE(engine.reschedule(old, at(5)).has_value());
  EXPECT_FALSE(engine.cancel(EventHandle{}));
  Recorder model;
  engine.run_until(model, at(9));
  EXPECT_EQ(model.seen, (Seen{"1:0:fresh"}));
  EXPECT_FALSE(engine.cancel(fresh));
}

TEST(Engine, ARescheduledEventRunsOnceAtItsNewTime) {
  Engine<std::string> engine({.actors = 1});
  const EventHandle first = engine.schedule(at(10), outside, alice, "moved");
  engine.schedule(at(20), outside, alice, "fixed");
  const auto later = engine.reschedule(first, at(30));
  ASSERT_TRUE(later.has_value());
  EXPECT_FALSE(engine.is_pending(first));
  const auto earlier = engine.reschedule(*later, at(5));
  ASSERT_TRUE(earlier.has_value());
  EXPECT_EQ(engine.pending(), 2u);
  Recorder model;
  engine.run_until(model, at(99));
  EXPECT_EQ(model.seen, (Seen{"5:0:moved", "20:0:fixed"}));
}

TEST(Engine, AnEventAnActorSchedulesToItselfAtItsPresentTimeRunsNext) {
  Engine<std::string> engine({.actors = 2});
  engine.schedule(at(1), bob, alice, "first");
  engine.schedule(at(1), bob, bob, "after the follower");
  Recorder model;
  model.then = [](Port<std::string>& port, const std::string& payload) {
    if (payload == "first") port.schedule(port.now(), "follower");
  };
  engine.run_until(model, at(1));
  EXPECT_EQ(model.seen, (Seen{"1:0:first", "1:0:follower", "1:1:after the follower"}));
}

TEST(Engine, AnEventCanNotCancelItself) {
  Engine<std::string> engine({.actors = 1});
  const EventHandle self = engine.schedule(at(1), outside, alice, "x");
  Recorder model;
  bool cancelled = true;
  model.then = [&](Port<std::string>& port, const std::string&) { cancelled = port.cancel(self); };
  engine.run_until(model, at(1));
  EXPECT_FALSE(cancelled);
}

TEST(Engine, AnActorCancelsAndMovesItsTimers) {
  Engine<std::string> engine({.actors = 1});
  engine.schedule(at(1), outside, alice, "start");
  Recorder model;
  EventHandle timer;
  EventHandle other;
  model.then = [&](Port<std::string>& port, const std::string& payload) {
    if (payload == "start") {
      timer = port.schedule(at(10), "timer");
      other = port.schedule(at(11), "other");
      port.schedule(at(5), "change");
    } else if (payload == "change") {
      EXPECT_TRUE(port.cancel(other));
      EXPECT_TRUE(port.reschedule(timer, at(7)).has_value());
      EXPECT_FALSE(port.reschedule(timer, at(8)).has_value());
    }
  };
  engine.run_until(model, at(99));
  EXPECT_EQ(model.seen, (Seen{"1:0:start", "5:0:change", "7:0:timer"}));
}

TEST(Engine, ActorsCanBeAddedBetweenEvents) {
  Engine<std::string> engine({.actors = 1});
  EXPECT_EQ(engine.add_actors(2), ActorId{1});
  EXPECT_EQ(engine.actors(), 3u);
  engine.schedule(at(1), outside, ActorId{2}, "new");
  Recorder model;
  engine.run_until(model, at(1));
  EXPECT_EQ(model.seen, (Seen{"1:2:new"}));
}

TEST(Engine, ACopyIsAForkOfTheRun) {
  Engine<std::string> engine({.actors = 2, .lookahead = Duration{1}});
  Recorder model;
  model.then = [](Port<std::string>& port, const std::string& payload) {
    port.send(port.now() + Duration{3}, ActorId{1 - port.self().value}, payload + "'");
  };
  engine.schedule(at(1), outside, alice, "ball");
  engine.run_until(model, at(10));
  const EventHandle cut = engine.schedule(at(20), outside, alice, "cut in one arm");

  Engine<std::string> fork = engine;
  Recorder fork_model = model;
  EXPECT_TRUE(fork.cancel(cut));
  engine.run_until(model, at(19));
  fork.run_until(fork_model, at(19));
  EXPECT_EQ(model.seen, fork_model.seen);
  engine.run_until(model, at(21));
  fork.run_until(fork_model, at(21));
  EXPECT_EQ(model.seen.size(), fork_model.seen.size() + 1);
}

TEST(Engine, PayloadsAreDestroyedOnceWhateverBecomesOfThem) {
  const auto token = std::make_shared<int>(7);
  {
    struct Keep {
      std::vector<std::shared_ptr<int>> kept;
      void on_event(Port<std::shared_ptr<int>>&, const Due<std::shared_ptr<int>>& event) {
        kept.push_back(std::move(event.payload));
      }
    } model;
    Engine<std::shared_ptr<int>> engine({.actors = 1});
    for (int i = 0; i < 100; ++i) engine.schedule(at(i), outside, alice, token);
    engine.cancel(engine.schedule(at(50), outside, alice, token));
    EXPECT_EQ(token.use_count(), 101);
    engine.run_until(model, at(49));
    EXPECT_EQ(model.kept.size(), 50u);
    EXPECT_EQ(token.use_count(), 101);
    Engine<std::shared_ptr<int>> copy = engine;
    EXPECT_EQ(token.use_count(), 151);
    copy = Engine<std::shared_ptr<int>>({.actors = 1});
    EXPECT_EQ(token.use_count(), 101);
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(Engine, APayloadStaysInPlaceWhileItsHandlerSchedulesMany) {
  struct Flood {
    int handled = 0;
    void on_event(Port<std::string>& port, const Due<std::string>& event) {
      const std::string before = event.payload;
      const std::string* place = &event.payload;
      for (int i = 0; i < 5000 && before == "flood"; ++i)
        port.schedule(at(100 + i), "a drop long enough to allocate");
      EXPECT_EQ(place, &event.payload);
      EXPECT_EQ(event.payload, before);
      ++handled;
    }
  } model;
  Engine<std::string> engine({.actors = 1});
  engine.schedule(at(1), outside, alice, "flood");
  engine.run_until(model, at(10'000));
  EXPECT_EQ(model.handled, 5001);
}

TEST(Engine, CancelledTimersDoNotPileUp) {
  // A timer that is always moved before it fires, as timeouts are: the dead keys must be swept.
  Engine<std::uint64_t> engine({.actors = 1});
  std::optional<EventHandle> timer = engine.schedule(at(1'000'000'000), outside, alice, 0);
  for (std::int64_t i = 0; i < 200'000; ++i) timer = engine.reschedule(*timer, at(1'000'000'000 + i * 1000));
  EXPECT_EQ(engine.pending(), 1u);
  EXPECT_LT(engine.memory_bytes(), 1u << 20);
}

/// The engine against a map, through random schedule, cancel, reschedule and step.
class Twin {
 public:
  explicit Twin(std::uint32_t shards, std::uint64_t seed)
      : engine_({.actors = 50, .shards = shards}), rng_(seed, alice, Purpose::test, 0) {}

  void act() {
    switch (rng_.below(8)) {
      case 0:
      case 1:
      case 2: return schedule();
      case 3: return cancel();
      case 4: return move();
      default: return step();
    }
  }
  void on_event(Port<std::uint64_t>& port, const Due<std::uint64_t>& event) {
    ASSERT_FALSE(expected_.empty());
    EXPECT_EQ(event.key, expected_.begin()->first);
    EXPECT_EQ(event.payload, expected_.begin()->second);
    EXPECT_EQ(port.now(), event.key.time);
    expected_.erase(expected_.begin());
  }
  void finish() {
    while (engine_.step(*this)) {
    }
    EXPECT_TRUE(expected_.empty());
  }

 private:
  Time draw_time() {
    const std::uint64_t kind = rng_.below(10);
    const std::uint64_t ahead = kind < 3   ? 0
                                : kind < 9 ? rng_.below(100'000)
                                           : rng_.below(std::uint64_t{1} << 50);
    return engine_.now() + Duration{static_cast<std::int64_t>(ahead)};
  }
  static EventKey key_of(Time time, const EventHandle& handle) { return {time, handle.order}; }
  void schedule() {
    const std::uint64_t burst = rng_.below(50) == 0 ? 300 : 1;
    const Time time = draw_time();
    for (std::uint64_t i = 0; i < burst; ++i) {
      const ActorId sender{static_cast<std::uint32_t>(rng_.below(50))};
      const ActorId target{static_cast<std::uint32_t>(rng_.below(50))};
      const EventHandle handle = engine_.schedule(time, sender, target, payload_);
      expected_[key_of(time, handle)] = payload_++;
      handles_.push_back({time, handle});
    }
  }
  void cancel() {
    if (handles_.empty()) return;
    const auto [time, handle] = handles_[rng_.below(handles_.size())];
    EXPECT_EQ(engine_.cancel(handle), expected_.erase(key_of(time, handle)) == 1);
  }
  void move() {
    if (handles_.empty()) return;
    auto& [time, handle] = handles_[rng_.below(handles_.size())];
    const auto found = expected_.find(key_of(time, handle));
    const Time new_time = draw_time();
    const auto moved = engine_.reschedule(handle, new_time);
    ASSERT_EQ(moved.has_value(), found != expected_.end());
    if (!moved) return;
    expected_[key_of(new_time, *moved)] = found->second;
    expected_.erase(found);
    time = new_time;
    handle = *moved;
  }
  void step() {
    EXPECT_EQ(engine_.pending(), expected_.size());
    const bool any = !expected_.empty();
    EXPECT_EQ(engine_.step(*this), any);
  }

  Engine<std::uint64_t> engine_;
  Rng rng_;
  std::map<EventKey, std::uint64_t> expected_;
  std::vector<std::pair<Time, EventHandle>> handles_;
  std::uint64_t payload_ = 0;
};

class EngineAgainstMap : public testing::TestWithParam<std::uint32_t> {};

TEST_P(EngineAgainstMap, RunsTheSameEventsInTheSameOrder) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Twin twin(GetParam(), seed);
    for (int i = 0; i < 200'000 && !HasFailure(); ++i) twin.act();
    twin.finish();
  }
}
INSTANTIATE_TEST_SUITE_P(Shards, EngineAgainstMap, testing::Values(1, 3));

TEST(EngineDeathTest, RefusesThePastAndForever) {
  Engine<int> engine({.actors = 1});
  engine.schedule(at(10), outside, alice, 0);
  struct Nothing {
    void on_event(Port<int>&, const Due<int>&) {}
  } model;
  engine.run_until(model, at(10));
  EXPECT_DEATH(engine.schedule(at(9), outside, alice, 0), "at >= now");
  EXPECT_DEATH(engine.schedule(time_max, outside, alice, 0), "at < time_max");
  EXPECT_DEATH(engine.schedule(at(20), outside, bob, 0), "target.value < actors");
}

TEST(EngineDeathTest, RefusesASendThatViolatesTheLookahead) {
  Engine<std::string> engine({.actors = 2, .lookahead = Duration{10}});
  engine.schedule(at(1), outside, alice, "x");
  Recorder model;
  model.then = [](Port<std::string>& port, const std::string&) {
    port.send(port.now() + Duration{9}, bob, "early");
  };
  EXPECT_DEATH(engine.run_until(model, at(5)), "lookahead");
}

TEST(EngineDeathTest, RefusesToCancelTheEventOfAnother) {
  Engine<std::string> engine({.actors = 2});
  const EventHandle bobs = engine.schedule(at(9), outside, bob, "bob's");
  engine.schedule(at(1), outside, alice, "x");
  Recorder model;
  model.then = [&](Port<std::string>& port, const std::string&) { port.cancel(bobs); };
  EXPECT_DEATH(engine.run_until(model, at(5)), "handle.target == self_");
}

}  // namespace
}  // namespace souk::sim
