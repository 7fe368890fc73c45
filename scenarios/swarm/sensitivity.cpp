#include "scenarios/swarm/sensitivity.hpp"

#include <algorithm>
#include <stdexcept>

#include "actors/base/check.hpp"
#include "actors/base/enums.hpp"
#include "actors/consensus/mutation.hpp"
#include "runtime/failure.hpp"

namespace souk::scenarios::swarm {

#ifdef SOUK_MUTATIONS

namespace {

using consensus::Mutation;

/// A broken promise ends the run of one seed, which then has found the bug, and not the program.
[[noreturn]] void throw_check(std::string_view condition, const char* file, int line) {
  throw std::runtime_error(std::string(file) + ":" + std::to_string(line) + ": " + std::string(condition));
}

Sensitivity measure(const SwarmJob& job, Mutation bug) {
  runtime::install_check_handler();  // once; the one below takes its place
  const CheckHandler before = set_check_handler(throw_check);
  consensus::planted = bug;
  SwarmJob hunt = job;
  hunt.failures_max = 1;
  hunt.shrink = false;
  const SwarmReport report = run_swarm(hunt);
  consensus::planted = Mutation::none;
  set_check_handler(before);
  Sensitivity found{std::string(enum_name(bug)), report.seeds, !report.failures.empty(), {}, report.wall_s};
  if (found.caught) {
    const SeedResult& first = report.failures.front().result;
    found.seeds = first.seed - job.first_seed + 1;
    found.by = to_text(first.violations.front(), genesis_time);
  }
  return found;
}

}  // namespace

bool has_planted_bugs() { return true; }

std::vector<std::string> planted_bugs() {
  std::vector<std::string> names;
  for (const Mutation bug : enum_values<Mutation>) {
    if (bug != Mutation::none) names.emplace_back(enum_name(bug));
  }
  return names;
}

Result<std::vector<Sensitivity>> measure_sensitivity(const SwarmJob& job,
                                                     const std::vector<std::string>& bugs,
                                                     const std::function<void(const Sensitivity&)>& told) {
  const std::vector<std::string> known = planted_bugs();
  for (const std::string& name : bugs) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      return fail("no planted bug `" + name + "`");
  }
  std::vector<Sensitivity> table;
  for (const Mutation bug : enum_values<Mutation>) {
    const std::string name(enum_name(bug));
    const bool wanted = bugs.empty() || std::find(bugs.begin(), bugs.end(), name) != bugs.end();
    if (bug == Mutation::none || !wanted || (job.stop != nullptr && job.stop->load())) continue;
    table.push_back(measure(job, bug));
    told(table.back());
  }
  return table;
}

#else

bool has_planted_bugs() { return false; }
std::vector<std::string> planted_bugs() { return {}; }
Result<std::vector<Sensitivity>> measure_sensitivity(const SwarmJob&, const std::vector<std::string>&,
                                                     const std::function<void(const Sensitivity&)>&) {
  return fail("this program has no planted bugs; souk_mutated, which is built with the tests, has them");
}

#endif

}  // namespace souk::scenarios::swarm
