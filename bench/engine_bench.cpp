// PHOLD on the engine and on what most people write first: a std::priority_queue of plain structs in a loop.
// Both do the same work on the same events in the same total order, and must end with the same checksum.
//
//   engine_bench                   Google Benchmark, every case
//   engine_bench --ratios [N [CASE]]  N interleaved rounds (default 7), medians, one table of ratios;
//                                  CASE, such as 16384x1, leaves out the others

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <queue>
#include <string>

#include "bench/phold.hpp"
#include "sim/engine.hpp"

namespace souk::bench {
namespace {

using sim::Due;
using sim::Engine;
using sim::Port;
using sim::WorkerPool;

enum class Kind { plain, engine, windows };

struct PlainEvent {
  Time time;
  std::uint64_t order;
  std::uint32_t target;
  PholdPayload payload;
};
struct Later {
  bool operator()(const PlainEvent& a, const PlainEvent& b) const {
    return a.time != b.time ? a.time > b.time : a.order > b.order;
  }
};

/// A run that can go on: prepared, warmed up, then measured.
class PlainRun {
 public:
  PlainRun(const PholdConfig& config, std::uint32_t) : model_(config), next_order_(config.processes) {
    for (std::uint32_t i = 0; i < config.processes; ++i) next_order_[i] = i * sim::order_unit;
    model_.start([&](Time at, std::uint32_t sender, std::uint32_t target, PholdPayload payload) {
      queue_.push({at, next_order_[sender]++, target, payload});
    });
  }
  void run_until(Time end) {
    while (queue_.top().time <= end) {
      const PlainEvent event = queue_.top();
      queue_.pop();
      ++executed_;
      model_.handle(event.time, event.order, event.target, event.payload,
                    [&](Time at, std::uint32_t to, PholdPayload payload) {
                      queue_.push({at, next_order_[event.target]++, to, payload});
                    });
    }
  }
  std::uint64_t executed() const { return executed_; }
  std::uint64_t checksum() const { return model_.checksum(); }

 private:
  Phold model_;
  std::vector<std::uint64_t> next_order_;
  std::priority_queue<PlainEvent, std::vector<PlainEvent>, Later> queue_;
  std::uint64_t executed_ = 0;
};

struct EngineModel {
  Phold phold;
  void on_event(Port<PholdPayload>& port, const Due<PholdPayload>& event) {
    phold.handle(
        event.key.time, event.key.order, event.target.value, event.payload,
        [&](Time at, std::uint32_t to, PholdPayload payload) { port.send(at, ActorId{to}, payload); });
  }
  void prefetch(ActorId target) const { phold.prefetch(target.value); }
};

class EngineRun {
 public:
  EngineRun(const PholdConfig& config, std::uint32_t threads)
      : model_{Phold(config)},
        engine_({config.processes, config.lookahead, std::max(threads, 1u)}),
        pool_(std::max(threads, 1u)),
        windows_(threads > 0) {
    model_.phold.start([&](Time at, std::uint32_t sender, std::uint32_t target, PholdPayload payload) {
      engine_.schedule(at, ActorId{sender}, ActorId{target}, payload);
    });
  }
  void run_until(Time end) {
    if (windows_) {
      engine_.run_windows(model_, end, pool_);
    } else {
      engine_.run_until(model_, end);
    }
  }
  std::uint64_t executed() const { return engine_.executed(); }
  std::uint64_t checksum() const { return model_.phold.checksum(); }

 private:
  EngineModel model_;
  Engine<PholdPayload> engine_;
  WorkerPool pool_;
  bool windows_;
};

struct Case {
  std::uint32_t processes;
  std::uint32_t events_per_process;
  PholdConfig config() const { return {processes, events_per_process}; }
  std::string name() const { return std::to_string(processes) + "x" + std::to_string(events_per_process); }
  /// Simulated time that makes some two million events: every pending event runs once in 1.1 s.
  Duration measured() const {
    const double pending = static_cast<double>(processes) * events_per_process;
    return Duration{static_cast<std::int64_t>(std::max(2.0, 2e6 / pending) * 1.1e9)};
  }
};
constexpr Case cases[] = {{1024, 1}, {16384, 1}, {16384, 16}, {1048576, 1}};

/// Far enough from the start that the spread of pending times is the steady one.
constexpr Duration warm_up = std::chrono::seconds(3);

struct Sample {
  double wall_ns = 0;  ///< per event
  double cpu_ns = 0;   ///< of this thread, per event: what a busy machine does not distort
  std::uint64_t measured = 0;
  std::uint64_t executed = 0;
  std::uint64_t checksum = 0;
};

double thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <class Run>
Sample measure(Run& run, const Case& a_case) {
  run.run_until(Time{} + warm_up);
  const std::uint64_t before = run.executed();
  const double cpu_before = thread_cpu_ns();
  const auto start = std::chrono::steady_clock::now();
  run.run_until(Time{} + warm_up + a_case.measured());
  const std::chrono::duration<double, std::nano> wall = std::chrono::steady_clock::now() - start;
  const double cpu = thread_cpu_ns() - cpu_before;
  const std::uint64_t measured = run.executed() - before;
  const auto events = static_cast<double>(measured);
  return {wall.count() / events, cpu / events, measured, run.executed(), run.checksum()};
}

template <class Run>
Sample measure_fresh(const Case& a_case, std::uint32_t threads) {
  Run run(a_case.config(), threads);
  return measure(run, a_case);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Heap in use, whoever allocated it.
double heap_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks) + static_cast<double>(info.hblkhd);
}

/// Heap of a run in its steady state, less the model's own state, per pending event.
double bytes_per_event(const Case& a_case) {
  const double before = heap_bytes();
  EngineRun run(a_case.config(), 0);
  run.run_until(Time{} + warm_up + a_case.measured());
  const double states = static_cast<double>(a_case.processes) * sizeof(PholdState);
  return (heap_bytes() - before - states) /
         (static_cast<double>(a_case.processes) * a_case.events_per_process);
}

/// Ratios of one case, by round.
struct Ratios {
  std::vector<double> plain_ns, engine, one, two, speedup;
  bool same = true;

  void add_round(const Case& a_case) {
    const Sample plain = measure_fresh<PlainRun>(a_case, 0);
    const Sample full = measure_fresh<EngineRun>(a_case, 0);
    const Sample windows_1 = measure_fresh<EngineRun>(a_case, 1);
    const Sample windows_2 = measure_fresh<EngineRun>(a_case, 2);
    for (const Sample& sample : {full, windows_1, windows_2}) {
      same &= sample.executed == plain.executed && sample.checksum == plain.checksum;
    }
    plain_ns.push_back(plain.cpu_ns);
    engine.push_back(plain.cpu_ns / full.cpu_ns);
    one.push_back(plain.cpu_ns / windows_1.cpu_ns);
    two.push_back(plain.wall_ns / windows_2.wall_ns);
    speedup.push_back(windows_1.wall_ns / windows_2.wall_ns);
  }
};

int ratios(int rounds, const std::string& only) {
  std::printf(
      "PHOLD, exponential increments of mean 1 s, lookahead 0.1 s, 10 %% remote; median of %d interleaved "
      "rounds.\n"
      "Times faster than the plain loop: one thread by its CPU time, two threads by the clock on the "
      "wall.\n\n",
      rounds);
  std::printf("%-12s %10s %8s %10s %10s %8s %12s %8s\n", "case", "plain ns", "engine", "windows 1",
              "windows 2", "2 vs 1", "bytes/event", "answer");
  bool same = true;
  for (const Case& a_case : cases) {
    if (!only.empty() && only != a_case.name()) continue;
    Ratios all;
    for (int round = 0; round < rounds; ++round) all.add_round(a_case);
    same &= all.same;
    std::printf("%-12s %10.1f %8.2f %10.2f %10.2f %8.2f %12.1f %8s\n", a_case.name().c_str(),
                median(all.plain_ns), median(all.engine), median(all.one), median(all.two),
                median(all.speedup), bytes_per_event(a_case), all.same ? "same" : "DIFFERS");
    std::fflush(stdout);
  }
  return same ? 0 : 1;
}

bool is_case(const std::string& name) {
  return std::any_of(std::begin(cases), std::end(cases),
                     [&](const Case& a_case) { return a_case.name() == name; });
}

/// What the plain loop answers; every benchmark must answer the same.
const Sample& expected(const Case& a_case) {
  static std::array<Sample, std::size(cases)> answers;
  Sample& answer = answers[static_cast<std::size_t>(&a_case - cases)];
  if (answer.executed == 0) answer = measure_fresh<PlainRun>(a_case, 0);
  return answer;
}

template <class Run>
void phold(benchmark::State& state, const Case& a_case, std::uint32_t threads) {
  const Sample& right = expected(a_case);
  std::uint64_t events = 0;
  for (auto _ : state) {
    const Sample sample = measure_fresh<Run>(a_case, threads);
    if (sample.executed != right.executed || sample.checksum != right.checksum) {
      state.SkipWithError("the answer differs from the plain loop's");
      return;
    }
    state.SetIterationTime(sample.wall_ns * 1e-9 * static_cast<double>(sample.measured));
    events += sample.measured;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void register_all() {
  for (const Case& a_case : cases) {
    const auto add = [&](const char* kind, auto function, std::uint32_t threads) {
      benchmark::RegisterBenchmark(
          ("phold/" + a_case.name() + "/" + kind).c_str(),
          [=, &a_case](benchmark::State& state) { function(state, a_case, threads); })
          ->UseManualTime()
          ->Unit(benchmark::kMillisecond);
    };
    add("plain", phold<PlainRun>, 0);
    add("engine", phold<EngineRun>, 0);
    add("windows:1", phold<EngineRun>, 1);
    add("windows:2", phold<EngineRun>, 2);
  }
}

}  // namespace
}  // namespace souk::bench

int main(int argc, char** argv) {
  if (argc >= 2 && std::strcmp(argv[1], "--ratios") == 0) {
    const int rounds = argc >= 3 ? std::atoi(argv[2]) : 7;
    if (rounds < 1) {
      std::fprintf(stderr, "engine_bench: --ratios wants a number of rounds from 1, got '%s'\n", argv[2]);
      return 2;
    }
    if (argc >= 4 && !souk::bench::is_case(argv[3])) {
      std::fprintf(stderr, "engine_bench: no case '%s'; cases are 1024x1, 16384x1, 16384x16, 1048576x1\n",
                   argv[3]);
      return 2;
    }
    return souk::bench::ratios(rounds, argc >= 4 ? argv[3] : "");
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  souk::bench::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
