// Whole scenarios: a year of akash_2026 and a quickstart, as `souk run` runs them, and the reading of a
// scenario file. Each checks its answer: a run whose ledger is unsound, or that differs from the one before,
// fails.
//   scenario_bench --benchmark_filter=Akash2026    one year: target <= 60 s on one core, <= 2 GiB

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <string>

#include "scenarios/scenario.hpp"
#include "scenarios/world.hpp"

namespace souk::scenarios {
namespace {

std::string file(const char* name) { return std::string(SOUK_SOURCE_DIR) + "/scenarios/" + name; }

double peak_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void run(benchmark::State& state, const char* name, bool collect, const std::vector<std::string>& sets = {}) {
  const auto scenario = load_scenario(file(name), {"", sets, {}});
  if (!scenario) return state.SkipWithError(scenario.error().message.c_str());
  RunOptions options;
  options.collect = collect;
  std::string hash;
  double events = 0;
  double leases = 0;
  for (auto _ : state) {
    const auto result = run_scenario(*scenario, scenario->seed, options);
    if (!result) return state.SkipWithError(result.error().message.c_str());
    if (!result->broken_invariant.empty()) return state.SkipWithError(result->broken_invariant.c_str());
    if (!hash.empty() && hash != result->run_hash)
      return state.SkipWithError("the same run twice, two run hashes");
    hash = result->run_hash;
    events += static_cast<double>(result->events);
    leases = static_cast<double>(result->leases.size());
  }
  state.counters["events/s"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
  state.counters["leases"] = leases;
  state.counters["peak_MiB"] = peak_mib();
}

void BM_Quickstart(benchmark::State& state) { run(state, "quickstart.yaml", true); }
BENCHMARK(BM_Quickstart)->Unit(benchmark::kMillisecond);
void BM_QuickstartUnmeasured(benchmark::State& state) { run(state, "quickstart.yaml", false); }
BENCHMARK(BM_QuickstartUnmeasured)->Unit(benchmark::kMillisecond);
void BM_Akash2026Year(benchmark::State& state) { run(state, "akash_2026.yaml", true); }
BENCHMARK(BM_Akash2026Year)->Unit(benchmark::kSecond)->Iterations(1);

void BM_LoadScenario(benchmark::State& state) {
  for (auto _ : state) {
    const auto scenario = load_scenario(file("akash_2026.yaml"), {});
    if (!scenario) return state.SkipWithError(scenario.error().message.c_str());
    benchmark::DoNotOptimize(scenario->hash);
  }
}
BENCHMARK(BM_LoadScenario)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace souk::scenarios

BENCHMARK_MAIN();
