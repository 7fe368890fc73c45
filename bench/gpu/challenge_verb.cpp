#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

#include "bench/gpu/files.hpp"
#include "bench/gpu/test_challenge.hpp"
#include "bench/gpu/verbs.hpp"

namespace souk::gpu {
namespace {

int run_challenge(const ChallengeArguments& arguments) {
  const auto file = make_test_challenge(arguments);
  if (!file) return report_bad_input(file.error().message);
  if (const auto saved = save_file(arguments.out, encode_file(*file)); !saved)
    return report_bad_input(saved.error().message);
  const capacity::Params& params = file->challenge.params;
  std::printf("challenge %s: k = %u, %u states of %llu bytes, %u rounds, %u sweeps\n",
              to_hex(capacity::challenge_id(file->challenge)).c_str(), params.k(), params.states,
              static_cast<unsigned long long>(params.state_bytes()), params.rounds(), params.sweeps);
  return std::fflush(stdout) == 0 ? exit_pass : report_bad_input("stdout: cannot be written");
}

}  // namespace

void add_challenge_verb(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<ChallengeArguments>();
  ChallengeArguments& a = *arguments;
  CLI::App* verb =
      app.add_subcommand("challenge", "Write a test challenge, with the keys and secrets of all parties");
  verb->add_option("--out", a.out, "File to write")->required();
  verb->add_option("--k", a.k, "Matrix size: 1024, 2048, 4096, 8192 or 16384")->capture_default_str();
  verb->add_option("--states", a.states, "N: states of k^2 bytes kept in memory, 1..131072")
      ->capture_default_str();
  verb->add_option("--rho", a.rho, "Rounds per state, 1..16")->capture_default_str();
  verb->add_option("--depth", a.depth, "D: links followed down from a checkpoint, 1..4")
      ->capture_default_str();
  verb->add_option("--sweeps", a.sweeps, "S: passes over all states, 1..256")->capture_default_str();
  verb->add_option("--gemm-openings", a.gemm_openings, "s_u, 0..512")->capture_default_str();
  verb->add_option("--checkpoint-openings", a.checkpoint_openings, "s_c, 0..512")->capture_default_str();
  verb->add_option("--validators", a.validators, "V: 3 or 5")->capture_default_str();
  verb->add_option("--gpu", a.gpu, "Index of the GPU that is asked")->capture_default_str();
  verb->add_option("--height", a.height, "Height of the block that schedules it")->capture_default_str();
  verb->add_option("--chain-id", a.chain_id, "Chain it is for")->capture_default_str();
  verb->add_option("--seed", a.seed, "The same seed gives the same file; random without it");
  verb->footer("Example:\n  souk-gpu challenge --out challenge.bin --k 1024 --seed 1");
  verb->callback([arguments, &exit_code] { exit_code = run_challenge(*arguments); });
}

}  // namespace souk::gpu
