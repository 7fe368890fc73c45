#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/run_hash.hpp"
#include "runtime/sim_host.hpp"
#include "tests/runtime/chatter.hpp"
#include "tests/runtime/scripted.hpp"
#include "tests/runtime/temporary_file.hpp"

/// The determinism contract (design.md section 5), with actors that use every effect at random.
namespace souk::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Time genesis{std::chrono::hours(24 * 365 * 56)};
constexpr Time end = genesis + 20s;
constexpr std::uint32_t chatter_count = 9;

/// A network that does everything a network can do.
sim::NetworkConfig rough_network() {
  sim::NetworkConfig config;
  config.delay = 3ms;
  config.jitter = *Distribution::make(Exponential{0.004});
  config.minimum_delay = 2ms;
  config.loss = 0.05;
  config.duplication = 0.05;
  config.bytes_per_second = 1'000'000;
  return config;
}

SimHost chatting(unsigned threads = 1, std::uint64_t seed = 3, bool antithetic = false,
                 bool keep_hash = true) {
  SimOptions options{.seed = seed, .antithetic = antithetic, .genesis = genesis, .threads = threads};
  options.network = *sim::Network::make(rough_network(), seed, antithetic);
  options.keep_hash = keep_hash;
  SimHost host(std::move(options));
  spawn_chatters(host, chatter_count);
  return host;
}

Fingerprint hash_of(SimHost host) {
  EXPECT_TRUE(host.run_until(end).has_value());
  EXPECT_GT(host.event_count(), 10'000u);
  return host.run_hash();
}

TEST(Determinism, TwoRunsHaveTheSameHash) { EXPECT_EQ(hash_of(chatting()), hash_of(chatting())); }

TEST(Determinism, AnotherSeedIsAnotherRun) { EXPECT_NE(hash_of(chatting(1, 3)), hash_of(chatting(1, 4))); }

TEST(Determinism, TheAntitheticRunIsAnotherRun) {
  EXPECT_NE(hash_of(chatting(1, 3, false)), hash_of(chatting(1, 3, true)));
}

TEST(Determinism, ARunWithoutItsHashIsTheSameRun) {
  SimHost with = chatting();
  SimHost without = chatting(1, 3, false, false);
  ASSERT_TRUE(with.run_until(end) && without.run_until(end));
  EXPECT_EQ(without.event_count(), with.event_count());
  std::size_t records = 0;
  for (std::uint32_t actor = 0; actor < with.actor_count(); ++actor) {
    const auto a = with.persisted(ActorId{actor});
    const auto b = without.persisted(ActorId{actor});
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(*a[i], *b[i]);
    records += a.size();
  }
  EXPECT_GT(records, 100u);
  EXPECT_DEATH((void)without.run_hash(), "keep_hash");
}

TEST(Determinism, AnyNumberOfThreadsGivesTheSameRun) {
  const Fingerprint one = hash_of(chatting(1));
  for (const unsigned threads : {2u, 3u, 4u}) {
    SimHost host = chatting(threads);
    EXPECT_EQ(host.threads(), threads);
    EXPECT_EQ(hash_of(std::move(host)), one) << threads << " threads";
  }
}

TEST(Determinism, WithoutAMinimumDelayOneThreadDoesTheRun) {
  SimOptions options{.seed = 3, .genesis = genesis, .threads = 2};
  SimHost host(std::move(options));
  EXPECT_EQ(host.threads(), 1u);
}

TEST(Determinism, CollectorsChangeNothing) {
  SimHost watched = chatting();
  CountingCollector collector;
  watched.attach(collector);
  const Fingerprint bare = hash_of(chatting());
  EXPECT_EQ(hash_of(std::move(watched)), bare);
  EXPECT_GT(collector.events, 10'000u);
  EXPECT_GT(collector.effects, collector.events / 4);
}

TEST(Determinism, WhetherActorsObserveChangesNeitherRunNorJournal) {
  const TemporaryFolder directory;
  std::vector<Fingerprint> hashes;
  std::vector<std::vector<char>> journals;
  std::vector<std::uint64_t> effects;
  for (const bool observe : {false, true}) {
    SimOptions options{.seed = 3, .genesis = genesis};
    options.network = *sim::Network::make(rough_network(), 3);
    SimHost host(std::move(options));
    spawn_chatters(host, chatter_count, {.observe = observe});
    CountingCollector collector;
    host.attach(collector);
    auto journal =
        *JournalWriter::create(directory / "j", {.host = "sim", .seed = 3, .actors = host.names()});
    host.record(journal);
    ASSERT_TRUE(host.run_until(genesis + 2s).has_value());
    ASSERT_TRUE(journal.finish(host.run_hash()).has_value());
    hashes.push_back(host.run_hash());
    journals.push_back(file_bytes(directory / "j"));
    effects.push_back(collector.effects);
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_EQ(journals[0], journals[1]);
  EXPECT_GT(effects[1], effects[0] + 100) << "collectors do see them";
}

TEST(Determinism, CollectorsSeeTheTotalOrderOnAnyNumberOfThreads) {
  std::vector<CountingCollector> collectors(2);
  for (unsigned threads : {1u, 2u}) {
    SimHost host = chatting(threads);
    host.attach(collectors[threads - 1]);
    hash_of(std::move(host));
  }
  EXPECT_EQ(collectors[0].order, collectors[1].order);
  EXPECT_EQ(collectors[0].effects, collectors[1].effects);
  EXPECT_TRUE(std::is_sorted(collectors[0].order.begin(), collectors[0].order.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; }));
}

TEST(Determinism, JournalsAreByteIdenticalOnAnyNumberOfThreads) {
  const TemporaryFolder directory;
  std::vector<std::vector<char>> journals;
  for (const unsigned threads : {1u, 2u}) {
    SimHost host = chatting(threads);
    auto journal =
        *JournalWriter::create(directory / "j", {.host = "sim", .seed = 3, .actors = host.names()});
    host.record(journal);
    ASSERT_TRUE(host.run_until(genesis + 2s).has_value());
    ASSERT_TRUE(journal.finish(host.run_hash()).has_value());
    journals.push_back(file_bytes(directory / "j"));
  }
  EXPECT_GT(journals[0].size(), 100'000u);
  EXPECT_EQ(journals[0], journals[1]);
}

TEST(Determinism, RunningInPiecesGivesTheSameRun) {
  SimHost host = chatting();
  for (int i = 1; i < 7; ++i) ASSERT_TRUE(host.run_until(genesis + i * 1234567us).has_value());
  EXPECT_EQ(hash_of(std::move(host)), hash_of(chatting()));
}

TEST(Determinism, SteppingGivesTheSameRun) {
  SimHost host = chatting();
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(*host.step());
  EXPECT_EQ(host.event_count(), 500u);
  EXPECT_EQ(hash_of(std::move(host)), hash_of(chatting()));
}

TEST(Determinism, SteppingAHostOfSeveralThreadsGivesTheSameRun) {
  SimHost host = chatting(2);
  CountingCollector collector;
  host.attach(collector);
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(*host.step());
  EXPECT_EQ(collector.events, 500u);
  EXPECT_EQ(hash_of(std::move(host)), hash_of(chatting()));
}

TEST(Determinism, AForkGoesOnExactlyAsTheOriginal) {
  for (const unsigned threads : {1u, 2u}) {
    SimHost original = chatting(threads);
    ASSERT_TRUE(original.run_until(genesis + 7s).has_value());
    SimHost fork = original.fork();
    EXPECT_EQ(fork.now(), original.now());
    EXPECT_EQ(fork.run_hash(), original.run_hash());
    ASSERT_TRUE(fork.run_until(end).has_value());
    EXPECT_NE(fork.run_hash(), original.run_hash()) << "the original has not moved";
    EXPECT_EQ(fork.run_hash(), hash_of(std::move(original)));
    EXPECT_EQ(fork.run_hash(), hash_of(chatting()));
  }
}

TEST(Determinism, ForksWithDifferentFuturesDoNotTouchEachOther) {
  SimHost original = chatting();
  ASSERT_TRUE(original.run_until(genesis + 7s).has_value());
  SimHost fork = original.fork();
  fork.post(genesis + 8s, ActorId{0}, Ping{ActorId{1}, 42});
  ASSERT_TRUE(fork.run_until(end).has_value());
  const Fingerprint after = hash_of(std::move(original));
  EXPECT_NE(fork.run_hash(), after);
  EXPECT_EQ(after, hash_of(chatting()));
}

TEST(Determinism, AForkIsNotWatchedByTheCollectorsOfTheOriginal) {
  SimHost original = chatting();
  CountingCollector collector;
  original.attach(collector);
  ASSERT_TRUE(original.run_until(genesis + 1s).has_value());
  const std::uint64_t before = collector.events;
  SimHost fork = original.fork();
  ASSERT_TRUE(fork.run_until(genesis + 2s).has_value());
  EXPECT_EQ(collector.events, before);
}

TEST(RunHash, DependsOnTimeActorEventAndOrder) {
  const auto hash = [](std::vector<std::vector<std::pair<Time, Event>>> actors) {
    std::vector<StreamHash> chains(actors.size());
    for (std::size_t i = 0; i < actors.size(); ++i) {
      for (const auto& [at, event] : actors[i]) add_event(chains[i], at, event_hash(event));
    }
    return run_hash(chains);
  };
  const Time t{1s};
  const Event ping = Ping{{}, 1};
  const Event pong = Pong{{}, 1};
  const Fingerprint base = hash({{{t, ping}, {t, pong}}, {}});
  EXPECT_EQ(hash({{{t, ping}, {t, pong}}, {}}), base);
  EXPECT_NE(hash({{{t, pong}, {t, ping}}, {}}), base);
  EXPECT_NE(hash({{{t, ping}, {t + 1ns, pong}}, {}}), base);
  EXPECT_NE(hash({{}, {{t, ping}, {t, pong}}}), base);
  EXPECT_NE(hash({{{t, ping}}, {{t, pong}}}), base);
  EXPECT_NE(hash({{{t, ping}, {t, Pong{{}, 2}}}, {}}), base);
}

TEST(RunHash, CountsSharedPayloadsByValue) {
  const auto event = [](std::string name) {
    auto spec = std::make_shared<GroupSpec>();
    spec->name = std::move(name);
    EventOrderCreated created;
    created.spec = std::move(spec);
    return Event(ChainNotice{Height{1}, {}, created});
  };
  EXPECT_EQ(event_hash(event("a")), event_hash(event("a")));
  EXPECT_NE(event_hash(event("a")), event_hash(event("b")));
}

}  // namespace
}  // namespace souk::runtime
