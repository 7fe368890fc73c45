#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "sim/engine.hpp"

namespace {
std::atomic<std::uint64_t> g_allocations = 0;
}  // namespace

// Not inlined: g++ 12 would take the pair for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace souk::sim {
namespace {

constexpr Duration delay{1000};

/// Neighbours send one event to and fro for ever.
struct Rally {
  void on_event(Port<int>& port, const Due<int>& event) {
    port.send(port.now() + delay, ActorId{event.target.value ^ 1u}, event.payload + 1);
  }
};

Engine<int> engine_of_rallies(std::uint32_t shards) {
  Engine<int> engine({.actors = 64, .lookahead = delay, .shards = shards});
  for (std::uint32_t i = 0; i < 64; i += 2) engine.schedule(Time{}, outside, ActorId{i}, 0);
  return engine;
}

TEST(Allocations, NoneInTheSteadyStateEventByEvent) {
  Rally model;
  Engine<int> engine = engine_of_rallies(1);
  engine.run_until(model, Time{} + 100 * delay);
  const std::uint64_t before = g_allocations;
  for (int slice = 2; slice < 20; ++slice) engine.run_until(model, Time{} + slice * 100 * delay);
  EXPECT_EQ(g_allocations - before, 0u);
}

TEST(Allocations, NoneInTheSteadyStateInWindowsNotEvenOnceARun) {
  Rally model;
  Engine<int> engine = engine_of_rallies(2);
  WorkerPool pool(2);
  engine.run_windows(model, Time{} + 100 * delay, pool);
  const std::uint64_t before = g_allocations;
  for (int slice = 2; slice < 20; ++slice) engine.run_windows(model, Time{} + slice * 100 * delay, pool);
  EXPECT_EQ(g_allocations - before, 0u);
}

}  // namespace
}  // namespace souk::sim
