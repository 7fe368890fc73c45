// PHOLD on the engine and on what most people write first: a std::priority_queue of plain structs in a loop.
// Both do the same work on the same events in the same total order, and must end with the same checksum.
//
//   engine_bench                   Google Benchmark, every case
//   engine_bench --ratios [N]      N interleaved rounds (default 7), medians, one table of ratios

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
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
  double bytes_per_event() const {
    return static_cast<double>(engine_.memory_bytes()) / static_cast<double>(engine_.pending());
  }

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
  double events_per_s = 0;
  std::uint64_t executed = 0;
  std::uint64_t checksum = 0;
};

template <class Run>
Sample measure(Run& run, const Case& a_case) {
  run.run_until(Time{} + warm_up);
  const std::uint64_t before = run.executed();
  const auto start = std::chrono::steady_clock::now();
  run.run_until(Time{} + warm_up + a_case.measured());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {static_cast<double>(run.executed() - before) / took.count(), run.executed(), run.checksum()};
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

int ratios(int rounds) {
  std::printf(
      "PHOLD, exponential increments of mean 1 s, lookahead 0.1 s, 10 %% remote; median of %d rounds\n",
      rounds);
  std::printf("%-12s %12s %8s %10s %10s %10s %12s %8s\n", "case", "plain ev/s", "engine", "windows 1",
              "windows 2", "2 vs 1", "bytes/event", "answer");
  bool same = true;
  for (const Case& a_case : cases) {
    std::vector<double> plain, engine, one, two, speedup;
    bool equal = true;
    for (int round = 0; round < rounds; ++round) {
      const Sample p = measure_fresh<PlainRun>(a_case, 0);
      const Sample e = measure_fresh<EngineRun>(a_case, 0);
      const Sample w1 = measure_fresh<EngineRun>(a_case, 1);
      const Sample w2 = measure_fresh<EngineRun>(a_case, 2);
      for (const Sample& s : {e, w1, w2}) equal &= s.executed == p.executed && s.checksum == p.checksum;
      plain.push_back(p.events_per_s);
      engine.push_back(e.events_per_s / p.events_per_s);
      one.push_back(w1.events_per_s / p.events_per_s);
      two.push_back(w2.events_per_s / p.events_per_s);
      speedup.push_back(w2.events_per_s / w1.events_per_s);
    }
    same &= equal;
    std::printf("%-12s %12.3g %8.2f %10.2f %10.2f %10.2f %12.1f %8s\n", a_case.name().c_str(), median(plain),
                median(engine), median(one), median(two), median(speedup), bytes_per_event(a_case),
                equal ? "same" : "DIFFERS");
    std::fflush(stdout);
  }
  return same ? 0 : 1;
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
    // Only the measured part counts, not the preparation.
    const double events_measured = sample.events_per_s;
    state.SetIterationTime(static_cast<double>(right.executed) / events_measured);
    events += right.executed;
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
    return souk::bench::ratios(rounds);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  souk::bench::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
