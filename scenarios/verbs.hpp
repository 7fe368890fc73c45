#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}

/// The verbs of the `souk` program. Each is one file, scenarios/verb_<name>.cpp, which adds a CLI11
/// subcommand whose callback does the work and stores the exit code. Nothing in a verb throws.
namespace souk::scenarios {

/// Exit codes of every program (design.md section 2).
enum ExitCode : int {
  exit_ok = 0,
  exit_does_not_hold = 1,  ///< the thing asked for does not hold
  exit_bad_input = 2,      ///< bad input or usage; also what the world refused (disk, socket)
};

/// Adds `souk run SCENARIO`. `exit_code` must outlive the parse; it is set when the verb was chosen.
void add_run_verb(CLI::App& app, int& exit_code);
/// Adds `souk schema`: the JSON Schema of scenario files, on stdout.
void add_schema_verb(CLI::App& app, int& exit_code);
/// Adds `souk sdl check FILE...`.
void add_sdl_verb(CLI::App& app, int& exit_code);
/// Adds `souk replay JOURNAL` and `souk replay --format akash-alpha DIR`.
void add_replay_verb(CLI::App& app, int& exit_code);
/// Adds `souk validate`.
void add_validate_verb(CLI::App& app, int& exit_code);
/// Adds `souk swarm`.
void add_swarm_verb(CLI::App& app, int& exit_code);

/// One line on stderr, `souk: <message>`, and exit_bad_input.
int report_bad_input(const std::string& message);

/// Prints `text` on stdout, to its end. Returns `exit_code`; where stdout does not take it all, says so on
/// stderr and returns exit_bad_input.
int print_result(std::string_view text, int exit_code);

}  // namespace souk::scenarios
