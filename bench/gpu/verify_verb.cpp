#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

#include "bench/gpu/proof_file.hpp"
#include "bench/gpu/protocol.hpp"
#include "bench/gpu/verbs.hpp"

namespace souk::gpu {
namespace {

struct VerifyArguments {
  std::string challenge;
  std::string proof;
};

int run_verify(const VerifyArguments& arguments) {
  const auto challenge = load_challenge(arguments.challenge);
  if (!challenge) return report_bad_input(challenge.error().message);
  const auto proof = load_proof(arguments.proof);
  if (!proof) return report_bad_input(proof.error().message);
  const capacity::Verdict verdict = verify(*challenge, *proof);
  const bool accepted = verdict == capacity::Verdict::accepted;
  if (accepted)
    std::printf("accepted\n");
  else
    std::printf("rejected: %s\n", std::string(capacity::verdict_name(verdict)).c_str());
  if (std::fflush(stdout) != 0) return report_bad_input("stdout: cannot be written");
  return accepted ? exit_pass : exit_below;
}

}  // namespace

void add_verify_verb(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* verb = app.add_subcommand("verify", "Check a proof on the CPU; no GPU is needed");
  verb->add_option("--challenge", arguments->challenge, "File of souk-gpu challenge")->required();
  verb->add_option("--proof", arguments->proof, "File of souk-gpu prove")->required();
  verb->footer(
      "Example:\n  souk-gpu verify --challenge challenge.bin --proof proof.bin\n"
      "Exit code 0: accepted; 1: rejected, with the first check that failed; 2: not such files.");
  verb->callback([arguments, &exit_code] { exit_code = run_verify(*arguments); });
}

}  // namespace souk::gpu
