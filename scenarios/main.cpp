#include <algorithm>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>
#include "scenarios/revision.hpp"
#include "scenarios/verbs.hpp"

/// Read by jemalloc when the program starts. A year of a market is hundreds of MiB of small objects, looked
/// up at random: with pages of 2 MiB and jemalloc akash_2026.yaml takes a fifth less time than with glibc's
/// malloc.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always";
}

namespace {

/// What is wrong with the command line, in one line.
std::string usage_problem(const CLI::App& app, const std::string& first, std::string what) {
  const auto verbs = app.get_subcommands([&](const CLI::App* verb) { return verb->get_name() == first; });
  if (!first.empty() && first.front() != '-' && verbs.empty()) what = "no verb `" + first + "`";
  std::replace(what.begin(), what.end(), '\n', ' ');
  const auto chosen = app.get_subcommands();
  return what + "; `souk " + (chosen.empty() ? "" : chosen.front()->get_name() + " ") +
         "--help` shows what would be right";
}

}  // namespace

/// The `souk` program: simulate, replay, validate.
int main(int argc, char** argv) {
  using namespace souk::scenarios;
  int exit_code = exit_ok;
  CLI::App app("souk: simulate a decentralised compute market", "souk");
  app.set_version_flag("--version", source_revision());
  app.require_subcommand(1);
  app.footer("Example:\n  souk run scenarios/quickstart.yaml");
  add_run_verb(app, exit_code);
  add_sdl_verb(app, exit_code);
  add_replay_verb(app, exit_code);
  add_validate_verb(app, exit_code);
  add_swarm_verb(app, exit_code);
  add_schema_verb(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help and --version
      std::ostringstream text;
      app.exit(error, text);
      return print_result(text.str(), exit_ok);
    }
    return report_bad_input(usage_problem(app, argc > 1 ? argv[1] : "", error.what()));
  }
  return exit_code;
}
