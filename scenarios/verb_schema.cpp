#include <CLI/CLI.hpp>
#include "scenarios/scenario.hpp"
#include "scenarios/verbs.hpp"

namespace souk::scenarios {

void add_schema_verb(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand("schema", "Print the JSON Schema of scenario files, for editors");
  verb->footer("Example:\n  souk schema > scenario.schema.json");
  verb->callback(
      [&exit_code] { exit_code = print_result(json_schema(scenario_settings(), "Souk scenario"), exit_ok); });
}

}  // namespace souk::scenarios
