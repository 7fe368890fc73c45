#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "scenarios/sdl_check.hpp"
#include "scenarios/verbs.hpp"

namespace souk::scenarios {

void add_sdl_verb(CLI::App& app, int& exit_code) {
  struct Options {
    std::vector<std::string> files;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* sdl = app.add_subcommand("sdl", "Akash SDL files");
  sdl->require_subcommand(1);
  CLI::App* check = sdl->add_subcommand("check", "Check SDL files: groups, manifest and deployment hash");
  check->footer(
      "Example: souk sdl check --json deploy.yaml other.yaml\nExit code 1 when any file is refused.");
  check->add_option("FILE", options->files, "SDL files, v2.0 or v2.1")->required();
  check->add_flag("--json", options->json, "One JSON object a line and file");
  check->callback([options, &exit_code] {
    exit_code = check_sdl_files(options->files, options->json, std::cout, std::cerr);
    if (!std::cout.flush()) exit_code = report_bad_input("can not write to standard output");
  });
}

}  // namespace souk::scenarios
