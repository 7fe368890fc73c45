#include <unistd.h>

#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include "scenarios/interrupt.hpp"
#include "scenarios/results.hpp"
#include "scenarios/revision.hpp"
#include "scenarios/verbs.hpp"
#include "scenarios/world.hpp"

namespace souk::scenarios {
namespace {

struct RunArguments {
  std::string scenario;
  std::string data;
  std::string out;
  std::string journal;
  std::string host = "sim";
  std::optional<std::uint64_t> seed;
  unsigned threads = 1;
  double speedup = 1;
  std::vector<std::string> sets;
  bool no_collect = false;
  bool no_plots = false;
  bool json = false;
};

/// A bar on a terminal, nothing into a pipe.
class ProgressBar {
 public:
  ProgressBar() : shown_(::isatty(STDERR_FILENO) == 1) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() {
    if (drawn_ >= 0) fmt::print(stderr, "\r{:60}\r", "");
  }
  void show(double share) {
    const int percent = static_cast<int>(share * 100);
    if (!shown_ || percent == drawn_) return;
    drawn_ = percent;
    constexpr int width = 40;
    const int full = static_cast<int>(share * width);
    fmt::print(stderr, "\r[{:=<{}}{:{}}] {:3} %", "", full, "", width - full, percent);
    std::fflush(stderr);
  }

 private:
  bool shown_;
  int drawn_ = -1;
};

Result<void> check_arguments(const RunArguments& arguments) {
  if (!arguments.out.empty()) {
    auto folder = ResultFolder::open(arguments.out);
    if (!folder) return Unexpected{folder.error()};
    if (!arguments.no_plots && !arguments.no_collect) return check_gnuplot();
  }
  if (arguments.no_collect && !arguments.out.empty()) {
    return fail("--no-collect measures nothing, so there is nothing for --out; drop one of them");
  }
  return {};
}

RunOptions options_of(const RunArguments& arguments, ProgressBar& bar) {
  RunOptions options;
  options.host = arguments.host == "caf" ? HostKind::caf : HostKind::sim;
  options.threads = arguments.threads;
  options.speedup = arguments.speedup;
  options.collect = !arguments.no_collect;
  options.journal = arguments.journal;
  options.revision = source_revision();
  options.stop = &InterruptScope::interrupted();
  options.progress = [&bar](double share) { bar.show(share); };
  return options;
}

int run_verb(const RunArguments& arguments) {
  if (auto ready = check_arguments(arguments); !ready) return report_bad_input(ready.error().message);
  const auto scenario = load_scenario(arguments.scenario, {arguments.data, arguments.sets, arguments.seed});
  if (!scenario) return report_bad_input(scenario.error().message);
  auto result = [&] {
    ProgressBar bar;
    const InterruptScope interruptible;
    return run_scenario(*scenario, scenario->seed, options_of(arguments, bar));
  }();
  if (!result) return report_bad_input(result.error().message);
  if (!arguments.out.empty()) {
    const Provenance made_by{"souk", source_revision(),
                             arguments.host == "caf" ? HostKind::caf : HostKind::sim};
    auto written = write_results(arguments.out, *scenario, *result, made_by, !arguments.no_plots);
    if (!written) return report_bad_input(written.error().message);
  }
  const bool holds = result->broken_invariant.empty() && result->complete;
  return print_result(arguments.json ? summary_json(*scenario, *result) : summary_text(*scenario, *result),
                      holds ? exit_ok : exit_does_not_hold);
}

}  // namespace

void add_run_verb(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* verb = app.add_subcommand("run", "Run a scenario and measure its market");
  verb->add_option("scenario", arguments->scenario, "Scenario file (YAML)")->required();
  verb->add_option("--seed", arguments->seed, "Seed of every random stream (default: the scenario's)");
  verb->add_option("--out", arguments->out, "Folder for manifest, series, leases, summary and plots");
  verb->add_option("--data", arguments->data, "Folder of the recorded data sets");
  verb->add_option("--threads", arguments->threads, "Threads; the result is the same with any number")
      ->check(CLI::Range(1u, 256u));
  verb->add_option("--host", arguments->host,
                   "sim: simulated time; caf: real threads, scaled clock, no simulated links")
      ->check(CLI::IsMember({"sim", "caf"}));
  verb->add_option("--speedup", arguments->speedup, "caf: simulated seconds per second")
      ->check(CLI::Range(1e-3, 1e9));
  verb->add_option("--journal", arguments->journal, "File to record every event in, for `souk replay`");
  verb->add_option("--set", arguments->sets, "key=value over the file, such as chain.block_time='6 s'");
  verb->add_flag("--no-collect", arguments->no_collect, "Measure nothing (the run is the same)");
  verb->add_flag("--no-plots", arguments->no_plots, "Leave the plots out of --out");
  verb->add_flag("--json", arguments->json, "Print summary.json instead of the table");
  verb->footer(
      "Example:\n  souk run scenarios/quickstart.yaml --seed 7 --out out/quickstart\n\n"
      "Exit codes: 0 done; 1 interrupted, or a coin went missing; 2 bad input or usage.");
  verb->callback([arguments, &exit_code] { exit_code = run_verb(*arguments); });
}

}  // namespace souk::scenarios
