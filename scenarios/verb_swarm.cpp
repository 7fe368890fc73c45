#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include "scenarios/interrupt.hpp"
#include "scenarios/revision.hpp"
#include "scenarios/swarm/nodes.hpp"
#include "scenarios/swarm/sensitivity.hpp"
#include "scenarios/swarm/swarm.hpp"
#include "scenarios/swarm/trace.hpp"
#include "scenarios/verbs.hpp"

namespace souk::scenarios {
namespace {

using namespace swarm;

struct SwarmArguments {
  std::optional<std::uint64_t> seeds;
  std::optional<double> minutes;
  std::uint64_t first_seed = 1;
  std::optional<std::uint64_t> seed;
  std::string plan;
  unsigned threads = 1;
  std::string attack = "none";
  std::string signatures = "keyed_hash";
  std::vector<std::string> bugs;
  bool trace = false;
  bool trace_all = false;
  bool nightly = false;
  bool sensitivity = false;
  bool no_shrink = false;
  bool json = false;
};

template <class E>
E enum_of(const std::string& name) {
  for (const E value : enum_values<E>) {
    if (enum_name(value) == name) return value;
  }
  return E{};  // CLI11 let nothing else through
}

SwarmOptions options_of(const SwarmArguments& a) {
  SwarmOptions options;
  options.length = Duration(static_cast<std::int64_t>(a.minutes.value_or(10) * 60e9));
  options.attack = enum_of<Attack>(a.attack);
  options.signatures = enum_of<Signatures>(a.signatures);
  return options;
}

SwarmJob job_of(const SwarmArguments& a) {
  SwarmJob job;
  job.first_seed = a.first_seed;
  job.seeds = a.seeds.value_or(a.nightly ? 100'000 : 1'000);
  job.threads = a.threads;
  job.options = options_of(a);
  job.twice_every = a.nightly ? 20 : 50;
  job.failures_max = a.nightly ? 20 : 5;
  job.shrink = !a.no_shrink;
  job.stop = &InterruptScope::interrupted();
  if (::isatty(STDERR_FILENO) == 1) {
    const std::uint64_t seeds = job.seeds;
    job.progress = [seeds](std::uint64_t done) {
      fmt::print(stderr, "\r{} of {} seeds", done, seeds);
      if (done == seeds) fmt::print(stderr, "\r{:40}\r", "");
    };
  }
  return job;
}

int flush(bool holds) {
  if (std::fflush(stdout) != 0) return report_bad_input("stdout: can not be written");
  return holds ? exit_ok : exit_does_not_hold;
}

int swarm_of_seeds(const SwarmArguments& a) {
  const SwarmJob job = job_of(a);
  if (!a.json)
    fmt::print("swarm of seeds {} to {}, {:.0f} s each, {} threads, source {}\n", job.first_seed,
               job.first_seed + job.seeds - 1, seconds(job.options.length), job.threads, source_revision());
  const SwarmReport report = run_swarm(job);
  fmt::print("{}", a.json ? report_json(report) : report_text(report));
  return flush(report.holds() && report.seeds == job.seeds);
}

Result<Plan> plan_of(const SwarmArguments& a) {
  if (a.plan.empty()) return draw_plan(*a.seed, options_of(a));
  std::ifstream file(a.plan, std::ios::binary);
  if (!file) return fail(a.plan + ": can not be read");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto plan = parse_plan(text);
  if (!plan) return fail(a.plan + ": " + plan.error().message);
  return plan;
}

int one_plan(const SwarmArguments& a) {
  const auto plan = plan_of(a);
  if (!plan) return report_bad_input(plan.error().message);
  std::vector<std::string> names;
  for (const Watched& w : Nodes(*plan).checker_setup().actors) names.push_back(w.name);
  Trace trace(stdout, names, a.trace_all);
  Onlookers onlookers;
  onlookers.stop = &InterruptScope::interrupted();
  if (a.trace || a.trace_all) {
    fmt::print("{}\n{}", knobs_text(plan->knobs), to_text(*plan));
    onlookers.trace = &trace;
    onlookers.remark = [&trace](Time at, const std::string& text) { trace.remark(at, text); };
  }
  SwarmReport report;
  report.job.options = plan->options;
  report.job.first_seed = plan->seed;
  const SeedResult result = run_plan(*plan, onlookers);
  trace.remark(plan->phases.end, "run hash " + result.run_hash);
  Failure failure{result, std::nullopt};
  if (!result.holds()) {
    if (!a.no_shrink && a.plan.empty())
      failure.shrunk =
          shrink(*plan, [](const Plan& p) { return run_plan(p); }, 150, &InterruptScope::interrupted());
    fmt::print("{}", failure_text(failure));
  }
  for (const Culprit& c : result.culprits)
    fmt::print("guilty of {}: {} with {} of {} power\n", enum_name(c.offence), to_hex(c.validator.bytes),
               c.power, result.power_total);
  fmt::print("height {}, {:.3f} rounds a height, {} events, {:.2f} s\n", result.height.value,
             result.rounds_mean, result.events, result.wall_s);
  return flush(result.holds() && result.complete);
}

int planted(const SwarmArguments& a) {
  SwarmJob job = job_of(a);
  job.progress = [](std::uint64_t) {};
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  if (!a.json) fmt::print("{:<32}{:>8}{:>9}  {}\n", "planted bug", "seeds", "wall s", "caught by");
  const auto table = measure_sensitivity(job, a.bugs, [&](const Sensitivity& row) {
    if (a.json)
      return rows.push_back({{"bug", row.bug}, {"seeds", row.seeds}, {"caught", row.caught}, {"by", row.by}});
    fmt::print("{:<32}{:>8}{:>9.1f}  {}\n", row.bug, row.seeds, row.wall_s,
               row.caught ? row.by : "NOT CAUGHT");
    std::fflush(stdout);
  });
  if (!table) return report_bad_input(table.error().message);
  std::size_t caught = 0;
  for (const Sensitivity& row : *table) caught += row.caught ? 1 : 0;
  if (a.json)
    fmt::print("{}\n", rows.dump(2));
  else
    fmt::print("{} of {} planted bugs caught within {} seeds\n", caught, table->size(), job.seeds);
  return flush(caught == table->size());
}

int swarm_verb(const SwarmArguments& a) {
  const bool single = a.seed || !a.plan.empty();
  if (a.seed && !a.plan.empty()) return report_bad_input("--seed and --plan: one of them says what to run");
  if ((a.trace || a.trace_all) && !single) return report_bad_input("--trace goes with --seed or --plan");
  if (single && a.json) return report_bad_input("--json goes with a swarm; one seed is reported as text");
  if (a.minutes && (*a.minutes < 1 || *a.minutes > 1e6))
    return report_bad_input("--minutes: 1 to 1000000, of simulated time for each seed");
  if (!a.bugs.empty() && !a.sensitivity) return report_bad_input("--bug goes with --sensitivity");
  const InterruptScope interruptible;
  return a.sensitivity ? planted(a) : single ? one_plan(a) : swarm_of_seeds(a);
}

}  // namespace

void add_swarm_verb(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<SwarmArguments>();
  CLI::App* verb = app.add_subcommand("swarm", "Random clusters of validators under random faults, checked");
  verb->add_option("--seeds", a->seeds, "How many (default 1000; with --nightly 100000)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  verb->add_option("--first-seed", a->first_seed, "The first of them")->capture_default_str();
  verb->add_option("--minutes", a->minutes, "Simulated minutes of each (default 10)");
  verb->add_option("--threads", a->threads, "Seeds run at the same time")->check(CLI::Range(1u, 256u));
  verb->add_option("--seed", a->seed, "Run this one alone");
  verb->add_option("--plan", a->plan, "Run the plan in this file, as a failure printed it");
  verb->add_flag("--trace", a->trace, "Print every step of the run of --seed or --plan");
  verb->add_flag("--trace-all", a->trace_all, "And gossip, timers and checks of signatures");
  verb->add_option("--attack", a->attack,
                   "under, over: a two-faced validator with just under or just over a third")
      ->check(CLI::IsMember({"none", "under", "over"}));
  verb->add_option("--signatures", a->signatures, "keyed_hash is fast, ed25519 is real")
      ->check(CLI::IsMember({"keyed_hash", "ed25519"}));
  verb->add_flag("--nightly", a->nightly, "The same with more seeds");
  verb->add_flag("--sensitivity", a->sensitivity, "Plant bugs and count the seeds until each is caught");
  verb->add_option("--bug", a->bugs, "With --sensitivity: only these");
  verb->add_flag("--no-shrink", a->no_shrink, "Report a failure as it is");
  verb->add_flag("--json", a->json, "Print JSON");
  verb->footer(
      "Examples:\n  souk swarm --seeds 100 --threads 2\n  souk swarm --seed 7 --trace\n"
      "  souk swarm --attack over --seeds 100 --minutes 1\n\n"
      "Exit codes: 0 every invariant held; 1 one did not, or interrupted; 2 bad input or usage.");
  verb->callback([a, &exit_code] { exit_code = swarm_verb(*a); });
}

}  // namespace souk::scenarios
