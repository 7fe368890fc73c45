#include <malloc.h>

#include <CLI/CLI.hpp>
#include "scenarios/revision.hpp"
#include "scenarios/verbs.hpp"

/// The `souk` program: simulate, replay, validate.
int main(int argc, char** argv) {
  using namespace souk::scenarios;
  // Messages and rows of all sizes come and go: merging glibc's fast bins at every large block costs more
  // than they save (measured with akash_2026.yaml).
  mallopt(M_MXFAST, 0);
  int exit_code = exit_ok;
  CLI::App app("souk: simulate a decentralised compute market", "souk");
  app.set_version_flag("--version", source_revision());
  app.require_subcommand(1);
  app.footer("Example:\n  souk run scenarios/quickstart.yaml");
  add_run_verb(app, exit_code);
  add_sdl_verb(app, exit_code);
  add_replay_verb(app, exit_code);
  add_validate_verb(app, exit_code);
  add_schema_verb(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int said = app.exit(error);
    return said == 0 ? exit_ok : exit_bad_input;  // --help and --version end here too
  }
  return exit_code;
}
