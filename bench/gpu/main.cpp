#include <iostream>

#include <CLI/CLI.hpp>

#include "bench/gpu/verbs.hpp"

/// The `souk-gpu` program: measure a GPU, and prove or verify its capacity.
int main(int argc, char** argv) {
  using namespace souk::gpu;
  int exit_code = exit_pass;
  CLI::App app("souk-gpu: measure a GPU close to its physical limits", "souk-gpu");
  app.require_subcommand(1);
  app.footer("Exit codes: 0 pass; 1 below its bound; 2 bad input or a failed CUDA call; 3 no GPU.");
  add_bench_verb(app, exit_code);
  add_challenge_verb(app, exit_code);
  add_prove_verb(app, exit_code);
  add_verify_verb(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help
      app.exit(error);
      return std::cout.flush() ? exit_pass : report_bad_input("stdout: cannot be written");
    }
    return report_bad_input(error.what());
  }
  return exit_code;
}
