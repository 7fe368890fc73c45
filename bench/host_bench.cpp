// What the simulated host adds to the engine: ping-pong between pairs of actors, on the bare engine (payload:
// one number; no actor, effect, network, hash) and as actors in SimHost, alone and watched. Each run ends by
// checking that every ping was answered; SimHost's steady state must allocate nothing.

#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "actors/pingpong.hpp"
#include "runtime/sim_host.hpp"
#include "sim/engine.hpp"

namespace {
std::atomic<std::uint64_t> g_allocations = 0;
}  // namespace

// Counts what the steady state allocates. Not inlined: g++ 12 would take the pair for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace souk::bench {
namespace {

using runtime::Collector;
using runtime::SimHost;
using runtime::SimOptions;

constexpr Duration delay = std::chrono::milliseconds(10);
/// Events are measured in rounds of this many per actor, after one round that warms up.
constexpr int hops_per_round = 64;

/// Ping-pong on the bare engine: the payload is the number, the answer the same number plus one.
struct BarePingPong {
  std::vector<std::uint64_t> counts;
  void on_event(sim::Port<std::uint64_t>& port, sim::Due<std::uint64_t> due) {
    ++counts[due.target.value];
    port.send(port.now() + delay, ActorId{due.target.value ^ 1u}, due.payload + 1);
  }
};

void report(benchmark::State& state, std::uint64_t events, std::uint64_t allocations) {
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["time_per_event"] = benchmark::Counter(
      static_cast<double>(events), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["allocations_per_event"] = static_cast<double>(allocations) / static_cast<double>(events);
}

void bare_engine(benchmark::State& state) {
  const auto pairs = static_cast<std::uint32_t>(state.range(0));
  sim::Engine<std::uint64_t> engine({.actors = 2 * pairs, .lookahead = delay});
  BarePingPong model{std::vector<std::uint64_t>(2 * pairs)};
  for (std::uint32_t i = 0; i < pairs; ++i) engine.schedule(Time{}, sim::outside, ActorId{2 * i}, 1);
  Time end = Time{} + hops_per_round * delay;
  engine.run_until(model, end);
  const std::uint64_t before = engine.executed();
  const std::uint64_t allocated = g_allocations;
  for (auto _ : state) engine.run_until(model, end += hops_per_round * delay);
  report(state, engine.executed() - before, g_allocations - allocated);
  std::uint64_t sum = 0;
  for (const std::uint64_t count : model.counts) sum += count;
  if (sum != engine.executed()) state.SkipWithError("events were lost");
}

/// Looks at everything, keeps nothing.
struct Glance : Collector {
  std::uint64_t seen = 0;
  void on_event(Time, ActorId, const Event& event) override { seen += event.index(); }
  void on_effect(Time, ActorId, const Effect& effect) override { seen += effect.index(); }
};

SimHost pairs_of(std::uint32_t pairs, unsigned threads = 1) {
  SimOptions options;
  options.threads = threads;
  sim::NetworkConfig network;
  network.delay = delay;
  network.minimum_delay = delay;
  options.network = *sim::Network::make(network, options.seed);
  SimHost host(std::move(options));
  for (std::uint32_t i = 0; i < pairs; ++i) {
    host.spawn("server-" + std::to_string(i), PingPong{ActorId{2 * i + 1}, ~std::uint64_t{0}});
    host.spawn("answerer-" + std::to_string(i), PingPong{});
  }
  return host;
}

void run_host(benchmark::State& state, SimHost& host, std::uint32_t pairs) {
  Time end = Time{} + hops_per_round * delay;
  if (!host.run_until(end)) return state.SkipWithError("the run failed");
  const std::uint64_t before = host.event_count();
  const std::uint64_t allocated = g_allocations;
  for (auto _ : state) {
    if (!host.run_until(end += hops_per_round * delay)) return state.SkipWithError("the run failed");
  }
  const std::uint64_t allocations = g_allocations - allocated;
  report(state, host.event_count() - before, allocations);
  if (allocations != 0) state.SkipWithError("the steady state allocates");
  for (std::uint32_t i = 0; i < pairs; ++i) {
    const auto* server = host.actor(ActorId{2 * i}).as<PingPong>();
    const auto* answerer = host.actor(ActorId{2 * i + 1}).as<PingPong>();
    if (server->pong_count != answerer->ping_count) return state.SkipWithError("pings went unanswered");
  }
}

void sim_host(benchmark::State& state) {
  const auto pairs = static_cast<std::uint32_t>(state.range(0));
  SimHost host = pairs_of(pairs);
  run_host(state, host, pairs);
}

void sim_host_watched(benchmark::State& state) {
  const auto pairs = static_cast<std::uint32_t>(state.range(0));
  SimHost host = pairs_of(pairs);
  Glance glance;
  host.attach(glance);
  run_host(state, host, pairs);
  benchmark::DoNotOptimize(glance.seen);
}

/// Lookahead windows on some threads, by wall time. The run must be the one of one thread.
void sim_host_threads(benchmark::State& state) {
  const auto pairs = static_cast<std::uint32_t>(state.range(0));
  SimHost host = pairs_of(pairs, static_cast<unsigned>(state.range(1)));
  run_host(state, host, pairs);
  SimHost alone = pairs_of(pairs);
  if (!alone.run_until(host.now()) || alone.run_hash() != host.run_hash()) {
    state.SkipWithError("threads changed the run");
  }
}

BENCHMARK(bare_engine)->Arg(1)->Arg(1'024)->Arg(16'384);
BENCHMARK(sim_host)->Arg(1)->Arg(1'024)->Arg(16'384);
BENCHMARK(sim_host_watched)->Arg(1'024);
BENCHMARK(sim_host_threads)->Args({16'384, 1})->Args({16'384, 2})->Args({16'384, 4})->UseRealTime();

}  // namespace
}  // namespace souk::bench

BENCHMARK_MAIN();
