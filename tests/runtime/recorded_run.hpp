#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "runtime/caf_host.hpp"
#include "runtime/replay.hpp"
#include "runtime/sim_host.hpp"
#include "tests/runtime/chatter.hpp"
#include "tests/runtime/temporary_file.hpp"

namespace souk::runtime {

inline constexpr Time run_genesis{std::chrono::hours(24 * 365 * 56)};
inline constexpr std::uint64_t run_seed = 17;

/// A host of each kind, ready to spawn actors in.
inline SimHost make_sim_host() {
  SimOptions options{.seed = run_seed, .genesis = run_genesis};
  sim::NetworkConfig network;
  network.delay = std::chrono::milliseconds(3);
  options.network = *sim::Network::make(network, run_seed);
  return SimHost(std::move(options));
}
inline CafHost make_caf_host(double speedup = 20, unsigned threads = 3) {
  return CafHost({.seed = run_seed, .genesis = run_genesis, .speedup = speedup, .threads = threads});
}

inline JournalHeader header_of(std::string host, std::vector<std::string> names,
                               JournalEffects effects = JournalEffects::full) {
  JournalHeader header;
  header.host = std::move(host);
  header.seed = run_seed;
  header.genesis = run_genesis;
  header.effects = effects;
  header.actors = std::move(names);
  return header;
}

inline std::vector<std::string> chatter_names(std::uint32_t count) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < count; ++i) names.push_back(chatter_name(i));
  return names;
}

/// Runs what is in `host` until `end` and journals it to `path`.
template <class Host>
void run_recorded(Host& host, Time end, const std::filesystem::path& path, const JournalHeader& header) {
  auto journal = JournalWriter::create(path, header);
  ASSERT_TRUE(journal.has_value()) << journal.error().message;
  host.record(*journal);
  const auto how = host.run_until(end);
  ASSERT_TRUE(how.has_value()) << how.error().message;
  EXPECT_EQ(*how, RunEnd::reached);
  const auto finished = journal->finish(host.run_hash());
  ASSERT_TRUE(finished.has_value()) << finished.error().message;
}

/// The report of replaying `path` with `actors`.
inline ReplayReport replay_file(const std::filesystem::path& path, std::vector<ReplayActor> actors) {
  auto journal = JournalReader::open(path);
  EXPECT_TRUE(journal.has_value()) << journal.error().message;
  auto report = replay(*journal, std::move(actors));
  EXPECT_TRUE(report.has_value()) << report.error().message;
  return report ? *report : ReplayReport{};
}

/// `count` chatters as they were before their first event; chatter `liar` lies at its `lie_at_draw`-th draw.
inline std::vector<ReplayActor> fresh_chatters(std::uint32_t count, std::uint32_t liar = 0,
                                               std::uint64_t lie_at_draw = 0) {
  std::vector<ReplayActor> actors;
  for (std::uint32_t i = 0; i < count; ++i) {
    Chatter chatter{.actor_count = count};
    if (i == liar) chatter.lie_at_draw = lie_at_draw;
    actors.push_back({chatter_name(i), chatter});
  }
  return actors;
}

}  // namespace souk::runtime
