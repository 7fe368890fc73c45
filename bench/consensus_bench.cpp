// Consensus in the simulator: how much faster than real time four validators with one-second blocks run, with
// real ed25519 and with keyed-hash signatures; how long one height takes the machine; and 175 validators over
// an inter-continental table of delays. Every run checks its answer: all validators hold the same chain.
//   consensus_bench                     the benchmarks
//   consensus_bench --ratios [SECONDS]  one table against the goals, over so many simulated seconds (default
//   300)

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "actors/validator.hpp"
#include "runtime/sim_host.hpp"

namespace souk::bench {
namespace {

using runtime::SignatureScheme;
using runtime::SimHost;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// One-way delays between eight regions, ms, about half of the round trips that cloud operators publish:
/// Virginia, Oregon, Dublin, Frankfurt, Singapore, Tokyo, Sao Paulo, Mumbai.
constexpr int regions = 8;
constexpr int one_way_ms[regions][regions] = {
    {1, 33, 34, 45, 108, 75, 57, 93},    {33, 1, 62, 70, 81, 48, 88, 109},
    {34, 62, 1, 12, 87, 103, 88, 61},    {45, 70, 12, 1, 80, 112, 101, 55},
    {108, 81, 87, 80, 1, 34, 163, 29},   {75, 48, 103, 112, 34, 1, 128, 62},
    {57, 88, 88, 101, 163, 128, 1, 150}, {93, 109, 61, 55, 29, 62, 150, 1}};

struct Setting {
  std::uint32_t validators = 4;
  const SignatureScheme* scheme = &runtime::keyed_hash();
  Duration block_time = seconds(1);
  bool continents = false;  ///< else 20 ms between any two
};

runtime::Seed seed_of(std::uint32_t i) { return sha256("souk/bench/validator/" + std::to_string(i)); }

sim::NetworkConfig network_of(const Setting& setting) {
  sim::NetworkConfig network;
  network.delay = Duration(milliseconds(20));
  if (!setting.continents) return network;
  sim::RegionDelays table;
  table.delay.assign(regions, std::vector<Duration>(regions));
  for (int a = 0; a < regions; ++a) {
    for (int b = 0; b < regions; ++b) table.delay[a][b] = milliseconds(one_way_ms[a][b]);
  }
  for (std::uint32_t i = 0; i < setting.validators; ++i)
    table.region_of.push_back(static_cast<std::uint16_t>(i % regions));
  network.delay = table;
  return network;
}

/// Counts, of one validator, rounds and decisions.
struct Rounds : runtime::Collector {
  std::int64_t heights = 0;
  std::int64_t rounds = 0;
  void on_effect(Time, ActorId who, const Effect& effect) override {
    const auto* note = std::get_if<Note>(&effect);
    if (who.value != 0 || note == nullptr || note->metric != Note::Metric::height_decided) return;
    ++heights;
    rounds += static_cast<std::int64_t>(note->value) + 1;
  }
};

SimHost network_of_validators(const Setting& setting) {
  runtime::SimOptions options;
  options.keep_persisted = false;
  options.signatures = setting.scheme;
  options.network = sim::Network::make(network_of(setting), options.seed).value();
  SimHost host(std::move(options));
  ValidatorConfig config;
  config.block_time = setting.block_time;
  consensus::CoreConfig core;
  core.chain_id = "souk-bench";
  std::vector<consensus::PowerChange> powers;
  for (std::uint32_t i = 0; i < setting.validators; ++i)
    powers.push_back({setting.scheme->key_pair(seed_of(i)).public_key, 1});
  core.genesis = consensus::ValidatorSet::genesis(powers).value();
  core.stored_blocks_max = 16;
  for (std::uint32_t i = 0; i < setting.validators; ++i) {
    core.key = powers[i].key;
    core.peers.clear();
    for (std::uint32_t peer = 0; peer < setting.validators; ++peer) {
      if (peer != i) core.peers.push_back({peer});
    }
    config.consensus = core;
    config.publish_chain = i == 0;  // it notes what a height took
    host.spawn("val-" + std::to_string(i), Validator(config), {.validator = {i}, .signing_seed = seed_of(i)});
  }
  return host;
}

/// The height that all have decided; none if two chains differ where both are.
std::optional<std::int64_t> common_height(const SimHost& host) {
  std::int64_t low = INT64_MAX;
  for (std::uint32_t i = 0; i < host.actor_count(); ++i)
    low = std::min(low, host.actor({i}).as<Validator>()->core()->decided().value_or(Height{0}).value);
  const Hash* hash = nullptr;
  for (std::uint32_t i = 0; i < host.actor_count(); ++i) {
    const auto* v = host.actor({i}).as<Validator>();
    if (v->core()->decided().value_or(Height{0}).value != low) continue;
    if (hash != nullptr && *hash != v->app_hash()) return std::nullopt;
    hash = &v->app_hash();
  }
  return low;
}

struct Measured {
  double wall_s = 0;
  double simulated_s = 0;
  std::int64_t heights = 0;
  std::uint64_t events = 0;
  double rounds = 0;  ///< mean per height
};

/// Runs `simulated` after a warm-up of ten blocks. None: it failed, and says why.
std::optional<Measured> measure(const Setting& setting, Duration simulated) {
  SimHost host = network_of_validators(setting);
  Rounds rounds;
  host.attach(rounds);
  const Time warm = Time{} + std::max<Duration>(10 * setting.block_time, seconds(2));
  if (!host.run_until(warm)) return std::nullopt;
  const auto before = common_height(host);
  const std::uint64_t events = host.event_count();
  const auto begin = std::chrono::steady_clock::now();
  if (!host.run_until(warm + simulated)) return std::nullopt;
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const auto after = common_height(host);
  if (!before || !after || *after <= *before) return std::nullopt;
  return Measured{
      wall, souk::seconds(simulated), *after - *before, host.event_count() - events,
      rounds.heights == 0 ? 0 : static_cast<double>(rounds.rounds) / static_cast<double>(rounds.heights)};
}

void report(benchmark::State& state, const Setting& setting, Duration simulated) {
  Measured sum;
  for (auto _ : state) {
    const auto one = measure(setting, simulated);
    if (!one) return state.SkipWithError("the chains differ, or stand still");
    state.SetIterationTime(one->wall_s);
    sum.wall_s += one->wall_s;
    sum.simulated_s += one->simulated_s;
    sum.heights += one->heights;
    sum.events += one->events;
    sum.rounds = one->rounds;
  }
  state.counters["times_real"] = sum.simulated_s / sum.wall_s;
  state.counters["us_per_height"] = 1e6 * sum.wall_s / static_cast<double>(sum.heights);
  state.counters["blocks_per_wall_s"] = static_cast<double>(sum.heights) / sum.wall_s;
  state.counters["events_per_height"] = static_cast<double>(sum.events) / static_cast<double>(sum.heights);
  state.counters["rounds_per_height"] = sum.rounds;
}

void four_keyed_hash(benchmark::State& state) { report(state, {}, seconds(600)); }
void four_ed25519(benchmark::State& state) { report(state, {.scheme = &runtime::ed25519()}, seconds(120)); }
/// One height after the other, as fast as messages travel: what a height costs the machine.
void four_without_pause(benchmark::State& state) {
  report(state, {.block_time = milliseconds(1)}, seconds(60));
}
void many_over_continents(benchmark::State& state) {
  report(state, {.validators = 175, .continents = true}, seconds(20));
}
BENCHMARK(four_keyed_hash)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(four_ed25519)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(four_without_pause)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(many_over_continents)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);

int ratios(int simulated_s) {
  struct Row {
    const char* name;
    Setting setting;
    Duration simulated;
    double goal;  ///< times real time; 0: none
  };
  const Row rows[] = {
      {"4 validators, 1 s blocks, keyed hash", {}, seconds(simulated_s), 5'000},
      {"4 validators, 1 s blocks, ed25519", {.scheme = &runtime::ed25519()}, seconds(simulated_s), 500},
      {"4 validators, no pause, keyed hash",
       {.block_time = milliseconds(1)},
       seconds(std::max(10, simulated_s / 10)),
       0},
      {"175 validators, 8 regions, keyed hash",
       {.validators = 175, .continents = true},
       seconds(std::max(5, simulated_s / 15)),
       0}};
  std::printf("%-40s%12s%10s%14s%14s%10s\n", "", "x real time", "goal", "us a height", "blocks/wall s",
              "rounds");
  bool met = true;
  for (const Row& row : rows) {
    const auto m = measure(row.setting, row.simulated);
    if (!m) {
      std::fprintf(stderr, "consensus_bench: %s: the chains differ, or stand still\n", row.name);
      return 1;
    }
    const double times = m->simulated_s / m->wall_s;
    std::printf("%-40s%12.0f%10.0f%14.1f%14.1f%10.3f\n", row.name, times, row.goal,
                1e6 * m->wall_s / static_cast<double>(m->heights),
                static_cast<double>(m->heights) / m->wall_s, m->rounds);
    met = met && times >= row.goal;
  }
  std::printf("%s\n", met ? "goals met" : "goals NOT met");
  return met ? 0 : 1;
}

}  // namespace
}  // namespace souk::bench

int main(int argc, char** argv) {
  if (argc >= 2 && std::strcmp(argv[1], "--ratios") == 0) {
    const int simulated_s = argc >= 3 ? std::atoi(argv[2]) : 300;
    if (simulated_s < 1) {
      std::fprintf(stderr, "consensus_bench: --ratios wants simulated seconds from 1, got '%s'\n", argv[2]);
      return 2;
    }
    return souk::bench::ratios(simulated_s);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
