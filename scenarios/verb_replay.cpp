#include <memory>

#include <CLI/CLI.hpp>
#include "scenarios/alpha_replay.hpp"
#include "scenarios/journal_replay.hpp"
#include "scenarios/result_folder.hpp"
#include "scenarios/verbs.hpp"

namespace souk::scenarios {
namespace {

struct ReplayArguments {
  std::string format = "journal";
  std::string out;
  bool json = false;
  JournalReplayInput input;  ///< `journal` is the trace, whatever its format
};

int print(const std::string& text, bool holds) {
  return print_result(text, holds ? exit_ok : exit_does_not_hold);
}

Result<void> write_alpha(const std::string& folder, const AlphaReport& report) {
  auto out = ResultFolder::open(folder);
  if (!out) return Unexpected{out.error()};
  if (auto added = out->add("orders.csv", alpha_orders_csv(report)); !added) return added;
  if (auto added = out->add("summary.json", alpha_report_json(report)); !added) return added;
  return out->finish();
}

int replay_alpha(const ReplayArguments& arguments) {
  const auto testnet = load_alpha_testnet(arguments.input.journal);
  if (!testnet) return report_bad_input(testnet.error().message);
  const AlphaReport report = replay_alpha_testnet(*testnet);
  if (!arguments.out.empty()) {
    if (const auto written = write_alpha(arguments.out, report); !written)
      return report_bad_input(written.error().message);
  }
  return print(arguments.json ? alpha_report_json(report) : alpha_report_text(report), report.holds());
}

int replay_own_journal(const ReplayArguments& arguments) {
  if (!arguments.out.empty())
    return report_bad_input("--out goes with --format akash-alpha; a journal's replay has no files");
  const auto outcome = replay_journal(arguments.input);
  if (!outcome) return report_bad_input(outcome.error().message);
  return print(arguments.json ? replay_json(*outcome) : replay_text(*outcome), outcome->report.same());
}

}  // namespace

void add_replay_verb(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ReplayArguments>();
  JournalReplayInput& input = arguments->input;
  CLI::App* verb =
      app.add_subcommand("replay", "Replay a run's journal, or a recorded testnet through the ledger");
  verb->add_option("TRACE", input.journal,
                   "Journal file, or with --format akash-alpha the folder of the testnet")
      ->required();
  verb->add_option("--format", arguments->format,
                   "journal: a run of souk; akash-alpha: orders and bids of 2019")
      ->check(CLI::IsMember({"journal", "akash-alpha"}));
  verb->add_option("--scenario", input.scenario,
                   "journal: scenario file (default: the one the journal names)");
  verb->add_option("--data", input.data,
                   "journal: folder of the recorded data sets, as for the recorded run");
  verb->add_option("--set", input.sets, "journal: key=value, as for the recorded run");
  verb->add_flag("--allow-incomplete", input.allow_incomplete,
                 "journal: take one that was cut off, as far as it goes");
  verb->add_option("--out", arguments->out, "akash-alpha: folder for orders.csv and summary.json");
  verb->add_flag("--json", arguments->json, "Print JSON instead of the table");
  verb->footer(
      "Examples:\n  souk replay out/run.journal\n"
      "  souk replay --format akash-alpha ../shared/data/akash-alpha-testnet-2019\n\n"
      "Exit codes: 0 as recorded, or every difference explained; 1 not so; 2 bad input or usage.");
  verb->callback([arguments, &exit_code] {
    exit_code =
        arguments->format == "akash-alpha" ? replay_alpha(*arguments) : replay_own_journal(*arguments);
  });
}

}  // namespace souk::scenarios
