#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/swarm/swarm.hpp"

// Reports of a swarm, as text and as JSON.
namespace souk::scenarios::swarm {
namespace {

std::uint64_t rules_taken(const consensus::RuleCounts& rules) {
  return static_cast<std::uint64_t>(std::count_if(rules.begin(), rules.end(), [](auto n) { return n > 0; }));
}

std::string rules_text(const consensus::RuleCounts& rules) {
  std::string text = fmt::format("rules taken: {} of {}\n", rules_taken(rules), rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i)
    text += fmt::format("  {:<28}{:>14}\n", enum_names<consensus::Rule>[i], rules[i]);
  return text;
}

std::string faults_text(const sim::FaultCounts& faults) {
  std::string text =
      fmt::format("fault families fired: {} of {}\n", faults.families(), sim::fault_family_count);
  for (const sim::FaultFamily family : enum_values<sim::FaultFamily>)
    text += fmt::format("  {:<28}{:>14}\n", sim::name_of(family), faults[family]);
  return text;
}

nlohmann::ordered_json violation_json(const Violation& v) {
  return {{"invariant", code_of(v.invariant)},
          {"height", v.height.value},
          {"after_s", seconds(v.at - genesis_time)},
          {"who", v.who},
          {"what", v.what}};
}

nlohmann::ordered_json failure_json(const Failure& failure) {
  nlohmann::ordered_json json{{"seed", failure.result.seed}, {"violations", nlohmann::ordered_json::array()}};
  for (const Violation& v : failure.result.violations) json["violations"].push_back(violation_json(v));
  if (failure.shrunk) {
    json["plan"] = to_text(failure.shrunk->plan);
    json["shrink_runs"] = failure.shrunk->runs;
  }
  return json;
}

}  // namespace

std::string failure_text(const Failure& failure) {
  std::string text = fmt::format("seed {} fails:\n", failure.result.seed);
  for (const Violation& v : failure.result.violations) text += "  " + to_text(v, genesis_time) + "\n";
  if (!failure.shrunk) return text;
  const Shrunk& s = *failure.shrunk;
  text +=
      fmt::format("  shrunk from {} faults to {} in {} runs; then {}\n", s.faults_before,
                  s.plan.faults.faults.size(), s.runs, to_text(s.result.violations.front(), genesis_time));
  text += "  replay with `souk swarm --plan FILE --trace`, FILE being:\n" + to_text(s.plan);
  return text;
}

std::string report_text(const SwarmReport& r) {
  std::string text;
  for (const Failure& failure : r.failures) text += failure_text(failure);
  text += faults_text(r.faults) + rules_text(r.rules);
  const QueueBounds& q = r.queue_maxima;
  text += fmt::format(
      "queue maxima: {} checks, {} votes, {} future messages, {} parts, {} evidence, {} in a mempool\n",
      q.pending_checks, q.votes, q.future_messages, q.parts, q.evidence, r.mempool_max);
  for (const auto& [why, times] : r.halted)
    text += fmt::format("stopped signing, {} times: {}\n", times, why);
  if (r.refused_logs > 0) text += fmt::format("disks too damaged to come back from: {}\n", r.refused_logs);
  const double heights = std::max(1.0, static_cast<double>(r.heights));
  text +=
      fmt::format("{} heights of {:.3f} rounds, {} transactions, {} slashes for double signing, {} events\n",
                  r.heights, r.rounds_sum / heights, r.txs, r.slashes, r.events);
  text +=
      fmt::format("progress after the heal asked for in {} of {} seeds (else too many disks were damaged)\n",
                  r.live, r.seeds);
  if (r.job.options.attack != Attack::none)
    text +=
        fmt::format("forks: {} in {} seeds; accountable set named in {}\n", r.forks, r.seeds, r.forks_named);
  text += fmt::format(
      "{} seeds ({} of them twice) of {:.0f} s in {:.1f} s: {:.0f} seeds a minute, {:.0f} x real time\n",
      r.seeds, r.twice, seconds(r.job.options.length), r.wall_s, r.seeds_per_minute(),
      r.wall_s > 0 ? r.simulated_s / r.wall_s : 0);
  return text + fmt::format("violations: {}\n", r.failures.size());
}

std::string report_json(const SwarmReport& r) {
  nlohmann::ordered_json json{{"first_seed", r.job.first_seed},
                              {"seeds", r.seeds},
                              {"threads", r.job.threads},
                              {"length_s", seconds(r.job.options.length)},
                              {"attack", enum_name(r.job.options.attack)},
                              {"wall_s", r.wall_s},
                              {"seeds_per_minute", r.seeds_per_minute()},
                              {"events", r.events},
                              {"heights", r.heights},
                              {"transactions", r.txs},
                              {"run_twice", r.twice},
                              {"forks", r.forks},
                              {"forks_named", r.forks_named}};
  for (const sim::FaultFamily family : enum_values<sim::FaultFamily>)
    json["faults"][sim::name_of(family)] = r.faults[family];
  for (std::size_t i = 0; i < r.rules.size(); ++i)
    json["rules"][std::string(enum_names<consensus::Rule>[i])] = r.rules[i];
  const QueueBounds& q = r.queue_maxima;
  json["queue_maxima"] = {{"pending_checks", q.pending_checks},
                          {"votes", q.votes},
                          {"future_messages", q.future_messages},
                          {"parts", q.parts},
                          {"evidence", q.evidence},
                          {"mempool", r.mempool_max}};
  json["failures"] = nlohmann::ordered_json::array();
  for (const Failure& failure : r.failures) json["failures"].push_back(failure_json(failure));
  json["holds"] = r.holds();
  return json.dump(2) + "\n";
}

}  // namespace souk::scenarios::swarm
