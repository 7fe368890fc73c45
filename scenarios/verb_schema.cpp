#include <cstdio>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include "scenarios/scenario.hpp"
#include "scenarios/verbs.hpp"

namespace souk::scenarios {

void add_schema_verb(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand("schema", "Print the JSON Schema of scenario files, for editors");
  verb->footer("Example:\n  souk schema > scenario.schema.json");
  verb->callback([&exit_code] {
    fmt::print("{}", json_schema(scenario_settings(), "Souk scenario"));
    exit_code =
        std::fflush(stdout) == 0 ? static_cast<int>(exit_ok) : report_bad_input("stdout: can not be written");
  });
}

}  // namespace souk::scenarios
