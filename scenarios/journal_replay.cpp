#include "scenarios/journal_replay.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "actors/base/hash.hpp"
#include "scenarios/population.hpp"
#include "scenarios/scenario.hpp"

namespace souk::scenarios {
namespace {

/// The scenario of the recorded run, or why it is not.
Result<Scenario> scenario_of(const runtime::JournalHeader& header, const JournalReplayInput& input) {
  const std::string& file = input.scenario.empty() ? header.scenario : input.scenario;
  auto scenario = load_scenario(file, {input.data, input.sets, header.seed});
  if (!scenario && input.scenario.empty()) {
    return fail(fmt::format("{} (the scenario {} was recorded with; say where it is now with --scenario)",
                            scenario.error().message, input.journal));
  }
  if (!scenario) return scenario;
  if (scenario->hash != to_hex(header.scenario_hash)) {
    return fail(
        fmt::format("{}: recorded with another scenario than {} (hash {:.12} there, {:.12} here); give the "
                    "file, --data and --set of the recorded run",
                    input.journal, file, to_hex(header.scenario_hash), scenario->hash));
  }
  return scenario;
}

}  // namespace

Result<JournalReplayOutcome> replay_journal(const JournalReplayInput& input) {
  auto reader = runtime::JournalReader::open(input.journal, {.allow_incomplete = input.allow_incomplete});
  if (!reader) return Unexpected{reader.error()};
  const runtime::JournalHeader header = reader->header();
  auto scenario = scenario_of(header, input);
  if (!scenario) return Unexpected{scenario.error()};
  Population population = populate(*scenario, header.seed);
  std::vector<runtime::ReplayActor> actors;
  for (Seat& seat : population.seats) actors.push_back({seat.name, std::move(seat.actor)});
  auto report = runtime::replay(*reader, std::move(actors));
  if (!report) return Unexpected{report.error()};
  return JournalReplayOutcome{header, std::move(*report)};
}

std::string replay_text(const JournalReplayOutcome& outcome) {
  const auto& [header, report] = outcome;
  std::string text = fmt::format("recorded on host {} by {}, scenario {}, seed {}\n", header.host,
                                 header.revision, header.scenario, header.seed);
  if (report.ignored_bytes > 0)
    text += fmt::format("cut off: the last {} bytes hold no whole record\n", report.ignored_bytes);
  if (!report.complete) text += "the recorded run was interrupted; what it had is compared\n";
  if (report.first) {
    text += fmt::format("{} events compared, the last one differs\n{}\n", report.record_count,
                        runtime::describe(*report.first));
  } else {
    text += fmt::format("{} events, the same effects throughout\nrun hash: {}\n", report.record_count,
                        runtime::hex(report.run_hash));
  }
  return text;
}

std::string replay_json(const JournalReplayOutcome& outcome) {
  const auto& [header, report] = outcome;
  nlohmann::ordered_json json = {{"host", header.host},
                                 {"revision", header.revision},
                                 {"scenario", header.scenario},
                                 {"seed", header.seed},
                                 {"events", report.record_count},
                                 {"ignored_bytes", report.ignored_bytes},
                                 {"complete", report.complete},
                                 {"same", report.same()},
                                 {"run_hash", runtime::hex(report.run_hash)}};
  if (report.first) {
    const runtime::Difference& d = *report.first;
    json["first_difference"] = {{"record", d.record},    {"time_ns", d.at.time_since_epoch().count()},
                                {"actor", d.actor_name}, {"event", d.event},
                                {"effect", d.effect},    {"expected", d.expected},
                                {"got", d.got}};
  }
  return json.dump(2) + "\n";
}

}  // namespace souk::scenarios
