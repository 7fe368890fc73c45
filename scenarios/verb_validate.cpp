#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "scenarios/validate.hpp"
#include "scenarios/verbs.hpp"

namespace souk::scenarios {
namespace {

struct ValidateOptions {
  std::vector<std::string> ids;
  std::vector<std::string> params;
  std::string data = "../shared/data";
  std::uint64_t seed = 1;
  std::uint64_t n = 0;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool json = false;
  bool broken = false;
  bool list = false;
};

Result<std::map<std::string, std::string>> parse_overrides(const std::vector<std::string>& params) {
  std::map<std::string, std::string> overrides;
  for (const std::string& param : params) {
    const std::size_t equals = param.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail("--param " + param + ": write it as name=value");
    overrides[param.substr(0, equals)] = param.substr(equals + 1);
  }
  return overrides;
}

Result<std::vector<const Check*>> chosen_checks(const ValidateOptions& options) {
  std::vector<const Check*> chosen;
  for (const std::string& id : options.ids) {
    const Check* check = find_check(id);
    if (check == nullptr) return fail("no check '" + id + "'; `souk validate --list` names them all");
    chosen.push_back(check);
  }
  if (chosen.empty())
    for (const Check& check : checks()) chosen.push_back(&check);
  if (!options.params.empty() && chosen.size() != 1)
    return fail("--param re-runs one check: name it, as in `souk validate V06 --param bidders=4`");
  return chosen;
}

std::string list_text() {
  std::string text;
  for (const Check& check : checks()) {
    text += fmt::format("{}  {}\n", check.id, check.title);
    for (const Parameter& p : check.parameters)
      text += fmt::format("       --param {}={}  {}\n", p.name, p.value, p.doc);
    text += fmt::format("       --break: {}\n", check.breaks);
  }
  return text;
}

nlohmann::ordered_json to_json(const CheckOutcome& outcome) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Row& row : outcome.rows) {
    rows.push_back({{"what", row.what},
                    {"expected", row.expected},
                    {"got", row.got},
                    {"standard_error", row.standard_error},
                    {"tolerance", row.tolerance},
                    {"passed", row.passed()}});
  }
  return {{"id", outcome.check->id},
          {"title", outcome.check->title},
          {"passed", outcome.passed()},
          {"seed", outcome.input.seed},
          {"n", outcome.input.n},
          {"broken", outcome.input.broken},
          {"parameters", outcome.input.values},
          {"rows", std::move(rows)}};
}

std::string table_text(const CheckOutcome& outcome) {
  std::string text = fmt::format("{} {}  (n {}, seed {}, {:.1f} s){}\n", outcome.check->id,
                                 outcome.check->title, outcome.input.n, outcome.input.seed, outcome.wall_s,
                                 outcome.input.broken ? "  BROKEN: " + outcome.check->breaks : "");
  text += fmt::format("  {:<44} {:>14} {:>14} {:>11} {:>11}\n", "", "expected", "got", "s.e.", "tolerance");
  for (const Row& row : outcome.rows) {
    text += fmt::format("  {:<44} {:>14.6f} {:>14.6f} {:>11.2e} {:>11.2e}  {}\n", row.what, row.expected,
                        row.got, row.standard_error, row.tolerance, row.passed() ? "pass" : "FAIL");
  }
  return text;
}

/// Tells on a terminal how far a check is; nothing into a pipe.
class ProgressLine {
 public:
  explicit ProgressLine(const std::string& id) : id_(id), shown_(::isatty(STDERR_FILENO) == 1) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() {
    if (drawn_ >= 0) fmt::print(stderr, "\r{:20}\r", "");
  }
  /// From any thread.
  void show(double share) {
    const int percent = static_cast<int>(share * 100);
    const std::lock_guard lock(mutex_);
    if (!shown_ || percent <= drawn_) return;
    drawn_ = percent;
    fmt::print(stderr, "\r{} {:3} %", id_, percent);
    std::fflush(stderr);
  }

 private:
  const std::string& id_;
  const bool shown_;
  std::mutex mutex_;
  int drawn_ = -1;
};

int validate(const ValidateOptions& options) {
  if (options.list) return print_result(list_text(), exit_ok);
  const auto overrides = parse_overrides(options.params);
  if (!overrides) return report_bad_input(overrides.error().message);
  const auto chosen = chosen_checks(options);
  if (!chosen) return report_bad_input(chosen.error().message);

  nlohmann::ordered_json report = nlohmann::ordered_json::array();
  std::size_t passed = 0;
  const auto auctions = make_auction_results();
  for (const Check* check : *chosen) {
    CheckInput input;
    input.seed = options.seed;
    input.n = options.n;
    input.broken = options.broken;
    input.data = options.data;
    input.auctions = auctions;
    const auto outcome = [&] {
      ProgressLine line(check->id);
      input.crew = {options.threads, [&line](double share) { line.show(share); }};
      return run_check(*check, std::move(input), *overrides);
    }();
    if (!outcome) return report_bad_input(outcome.error().message);
    passed += outcome->passed() ? 1 : 0;
    if (options.json) {
      report.push_back(to_json(*outcome));
    } else if (const int printed = print_result(table_text(*outcome), exit_ok); printed != exit_ok) {
      return printed;
    }
  }
  const std::string end =
      options.json ? report.dump(2) + "\n" : fmt::format("{} of {} checks pass\n", passed, chosen->size());
  return print_result(end, passed == chosen->size() ? exit_ok : exit_does_not_hold);
}

}  // namespace

void add_validate_verb(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ValidateOptions>();
  CLI::App* verb =
      app.add_subcommand("validate", "Reproduce known results through the actors and the ledger");
  verb->footer(
      "Example: souk validate V06 --param bidders=4 --param reserve=0.4\n"
      "Exit codes: 0 all hold, 1 one does not, 2 bad input");
  verb->add_option("CHECK", options->ids, "Which checks (default: all)");
  verb->add_flag("--list", options->list, "Name the checks and their parameters");
  verb->add_option("--param", options->params, "name=value: run one check with another parameter")
      ->take_all();
  verb->add_option("--n", options->n, "Auctions or arrivals per row (default: the check's own)");
  verb->add_option("--seed", options->seed, "Seed of every stream")->capture_default_str();
  verb->add_option("--threads", options->threads, "Threads; the numbers are the same with any (default: all)")
      ->check(CLI::Range(1u, 256u));
  verb->add_option("--data", options->data, "Folder of the real data sets")->capture_default_str();
  verb->add_flag("--break", options->broken,
                 "Break each check's rule on purpose: every check must then fail");
  verb->add_flag("--json", options->json, "Print JSON");
  verb->callback([options, &exit_code] { exit_code = validate(*options); });
}

}  // namespace souk::scenarios
