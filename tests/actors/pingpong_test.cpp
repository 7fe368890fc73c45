#include "actors/pingpong.hpp"

#include <gtest/gtest.h>

namespace souk {
namespace {

constexpr ActorId server{0};
constexpr ActorId answerer{1};

Effects feed(PingPong& actor, ActorId self, const Event& event) {
  Effects out;
  actor.on(event, Context{Time{}, self}, out);
  return out;
}

TEST(PingPong, ServesTheFirstPingWhenStarted) {
  PingPong actor{answerer, 3};
  const Effects out = feed(actor, server, Started{});
  ASSERT_EQ(out.size(), 1u);
  const auto& send = std::get<Send>(out[0]);
  EXPECT_EQ(send.to, answerer);
  EXPECT_EQ(std::get<Ping>(send.event).from, server);
  EXPECT_EQ(std::get<Ping>(send.event).number, 1u);
}

TEST(PingPong, WithoutAPeerOnlyAnswers) {
  PingPong actor;
  EXPECT_TRUE(feed(actor, answerer, Started{}).empty());
  const Effects out = feed(actor, answerer, Ping{server, 41});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(std::get<Send>(out[0]).to, server);
  EXPECT_EQ(std::get<Pong>(std::get<Send>(out[0]).event).number, 41u);
  EXPECT_EQ(actor.ping_count, 1u);
}

TEST(PingPong, PingsOnceMoreForEveryPongUntilItsRoundsAreOver) {
  PingPong actor{answerer, 2};
  const Effects again = feed(actor, server, Pong{answerer, 1});
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(std::get<Ping>(std::get<Send>(again[0]).event).number, 2u);
  EXPECT_TRUE(feed(actor, server, Pong{answerer, 2}).empty());
  EXPECT_EQ(actor.pong_count, 2u);
}

TEST(PingPong, IgnoresWhatIsNotAboutIt) {
  PingPong actor{answerer, 2};
  EXPECT_TRUE(feed(actor, server, TimerFired{}).empty());
  EXPECT_TRUE(feed(actor, server, TxDecided{}).empty());
}

}  // namespace
}  // namespace souk
