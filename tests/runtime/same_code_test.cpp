#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/base/text.hpp"
#include "actors/consensus/observation.hpp"
#include "actors/pingpong.hpp"
#include "tests/runtime/recorded_run.hpp"

/// The central test of the house: the actors a simulation runs are the actors a live host runs. A journal of
/// either host, replayed without it, gives the same effects.
namespace souk::runtime {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::uint32_t chatter_count = 6;

template <class Host>
void spawn_pingpong(Host& host) {
  host.spawn("server", PingPong{ActorId{1}, 1'000});
  host.spawn("answerer", PingPong{});
}
std::vector<ReplayActor> fresh_pingpong() {
  return {{"server", PingPong{ActorId{1}, 1'000}}, {"answerer", PingPong{}}};
}

TEST(SameCode, PingPongOfTheSimulatorReplays) {
  const TemporaryFolder directory;
  SimHost host = make_sim_host();
  spawn_pingpong(host);
  run_recorded(host, run_genesis + 1min, directory / "j", header_of("sim", {"server", "answerer"}));
  const ReplayReport report = replay_file(directory / "j", fresh_pingpong());
  EXPECT_TRUE(report.same());
  EXPECT_EQ(report.record_count, 2'002u);
  EXPECT_EQ(report.run_hash, host.run_hash());
}

TEST(SameCode, PingPongOfTheLiveHostReplays) {
  const TemporaryFolder directory;
  CafHost host = make_caf_host();
  spawn_pingpong(host);
  run_recorded(host, run_genesis + 20s, directory / "j", header_of("caf", {"server", "answerer"}));
  EXPECT_EQ(host.actor(ActorId{0}).as<PingPong>()->pong_count, 1'000u);
  const ReplayReport report = replay_file(directory / "j", fresh_pingpong());
  EXPECT_TRUE(report.same());
  EXPECT_EQ(report.record_count, 2'002u);
  EXPECT_EQ(report.run_hash, host.run_hash());
}

TEST(SameCode, ChattersOfTheSimulatorReplay) {
  const TemporaryFolder directory;
  SimHost host = make_sim_host();
  spawn_chatters(host, chatter_count);
  run_recorded(host, run_genesis + 20s, directory / "j", header_of("sim", chatter_names(chatter_count)));
  const ReplayReport report = replay_file(directory / "j", fresh_chatters(chatter_count));
  EXPECT_TRUE(report.same()) << describe(*report.first);
  EXPECT_GT(report.record_count, 10'000u);
  EXPECT_EQ(report.record_count, host.event_count());
}

TEST(SameCode, ChattersOfTheLiveHostReplay) {
  const TemporaryFolder directory;
  CafHost host = make_caf_host();
  spawn_chatters(host, chatter_count);
  run_recorded(host, run_genesis + 20s, directory / "j", header_of("caf", chatter_names(chatter_count)));
  const ReplayReport report = replay_file(directory / "j", fresh_chatters(chatter_count));
  EXPECT_TRUE(report.same()) << describe(*report.first);
  EXPECT_GT(report.record_count, 1'000u);
  EXPECT_EQ(report.record_count, host.event_count());
}

TEST(SameCode, JournalsThatKeepOnlyHashesReplayToo) {
  const TemporaryFolder directory;
  SimHost host = make_sim_host();
  spawn_chatters(host, chatter_count);
  run_recorded(host, run_genesis + 2s, directory / "j",
               header_of("sim", chatter_names(chatter_count), JournalEffects::hash));
  EXPECT_TRUE(replay_file(directory / "j", fresh_chatters(chatter_count)).same());
}

/// The journal of a chatters' run in which nobody lies.
void record_chatters(const std::filesystem::path& path, JournalEffects effects = JournalEffects::full) {
  SimHost host = make_sim_host();
  spawn_chatters(host, chatter_count);
  run_recorded(host, run_genesis + 5s, path, header_of("sim", chatter_names(chatter_count), effects));
}

/// Where in the journal chatter `actor` makes its `draw`-th draw: it draws when started and at heartbeats.
std::pair<std::uint64_t, JournalRecord> find_draw(const std::filesystem::path& path, ActorId actor,
                                                  std::uint64_t draw) {
  auto journal = *JournalReader::open(path);
  for (std::uint64_t number = 0, draws = 0;; ++number) {
    const auto record = journal.next();
    if (!record || !*record) return {number, {}};
    const auto* timer = std::get_if<TimerFired>(&(*record)->event);
    const bool acts =
        std::holds_alternative<Started>((*record)->event) || (timer != nullptr && timer->id == heartbeat);
    if ((*record)->actor == actor && acts && ++draws == draw) return {number, **record};
  }
}

TEST(SameCode, AnAlteredActorIsReportedAtItsVeryFirstDifference) {
  const TemporaryFolder directory;
  record_chatters(directory / "j");
  const auto [number, record] = find_draw(directory / "j", ActorId{4}, 57);
  const ReplayReport report = replay_file(directory / "j", fresh_chatters(chatter_count, 4, 57));
  ASSERT_TRUE(report.first.has_value());
  const Difference& first = *report.first;
  EXPECT_EQ(first.record, number);
  EXPECT_EQ(report.record_count, number + 1);
  EXPECT_EQ(first.at, record.at);
  EXPECT_EQ(first.actor, ActorId{4});
  EXPECT_EQ(first.actor_name, "chatter-4");
  EXPECT_EQ(first.event, to_text(record.event));
  // The liar cancels a timer just before it sets its heartbeat, its last effect.
  EXPECT_EQ(first.effect, record.effects.size() - 1);
  EXPECT_EQ(first.expected, to_text(record.effects.back()));
  EXPECT_EQ(first.got, "CancelTimer{TimerId{99, 99}}");
  EXPECT_THAT(describe(first), HasSubstr("actor chatter-4 (4)"));
  EXPECT_THAT(describe(first), HasSubstr("expected: SetTimer{TimerId{1, 0}"));
  EXPECT_THAT(describe(first), HasSubstr("got:      CancelTimer{TimerId{99, 99}}"));
}

TEST(SameCode, WithHashesOnlyTheSameRecordIsReported) {
  const TemporaryFolder directory;
  record_chatters(directory / "j", JournalEffects::hash);
  const auto [number, record] = find_draw(directory / "j", ActorId{4}, 57);
  const ReplayReport report = replay_file(directory / "j", fresh_chatters(chatter_count, 4, 57));
  ASSERT_TRUE(report.first.has_value());
  EXPECT_EQ(report.first->record, number);
  EXPECT_EQ(report.first->expected, "effects with hash " + hex(record.effects_hash));
  EXPECT_THAT(report.first->got, HasSubstr("CancelTimer{TimerId{99, 99}}"));
}

/// Drops the last effect of every event: the replay must say what is missing.
struct Forgetful {
  Chatter chatter;
  void on(const Event& event, const Context& context, Effects& out) {
    chatter.on(event, context, out);
    if (!out.empty()) out.pop_back();
  }
};

TEST(SameCode, AMissingEffectIsReportedAsNothing) {
  const TemporaryFolder directory;
  record_chatters(directory / "j");
  auto actors = fresh_chatters(chatter_count);
  actors[2].actor = Forgetful{{.actor_count = chatter_count}};
  const ReplayReport report = replay_file(directory / "j", std::move(actors));
  ASSERT_TRUE(report.first.has_value());
  EXPECT_EQ(report.first->record, 2u) << "the Started of chatter-2";
  EXPECT_EQ(report.first->event, "Started{}");
  EXPECT_THAT(report.first->expected, HasSubstr("SetTimer{TimerId{1, 0}"));
  EXPECT_EQ(report.first->got, "nothing");
}

TEST(Replay, RefusesTheActorsOfAnotherScenario) {
  const TemporaryFolder directory;
  record_chatters(directory / "j");
  auto journal = *JournalReader::open(directory / "j");
  const auto fewer = replay(journal, fresh_chatters(chatter_count - 1));
  ASSERT_FALSE(fewer.has_value());
  EXPECT_EQ(fewer.error().message,
            "the journal has 6 actors, this scenario 5: it is not the scenario of the journal");
  auto renamed_actors = fresh_chatters(chatter_count);
  renamed_actors[3].name = "tenant";
  const auto renamed = replay(journal, std::move(renamed_actors));
  ASSERT_FALSE(renamed.has_value());
  EXPECT_THAT(renamed.error().message, HasSubstr("actor 3 is chatter-3 in the journal and tenant here"));
}

TEST(Replay, ChecksTheRunHashAtTheEnd) {
  const TemporaryFolder directory;
  auto writer = *JournalWriter::create(directory / "j", header_of("sim", chatter_names(1)));
  ASSERT_TRUE(writer.finish({1, 2}).has_value());
  auto journal = *JournalReader::open(directory / "j");
  const auto report = replay(journal, fresh_chatters(1));
  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(report.error().message,
              HasSubstr("the journal says run hash 00000000000000010000000000000002"));
}

TEST(Replay, OfACutOffJournalComparesWhatIsThere) {
  const TemporaryFolder directory;
  record_chatters(directory / "j");
  auto bytes = file_bytes(directory / "j");
  bytes.resize(bytes.size() / 2);
  write_file(directory / "cut", bytes);
  auto journal = *JournalReader::open(directory / "cut", {.allow_incomplete = true});
  const auto report = replay(journal, fresh_chatters(chatter_count));
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->same());
  EXPECT_FALSE(report->complete);
  EXPECT_GT(report->record_count, 100u);
}

}  // namespace
}  // namespace souk::runtime
