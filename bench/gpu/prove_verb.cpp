#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <memory>

#include "actors/capacity/cpu_arithmetic.hpp"
#include "actors/capacity/prover.hpp"
#include "bench/gpu/files.hpp"
#include "bench/gpu/gpu_arithmetic.hpp"
#include "bench/gpu/keys.hpp"
#include "bench/gpu/proof_file.hpp"
#include "bench/gpu/verbs.hpp"

namespace souk::gpu {
namespace {

struct ProveArguments {
  std::string challenge;
  std::string out;
  bool cpu = false;
};

using Nonces = std::vector<std::optional<Hash>>;

/// The `link` of each validator's nonce chain; nobody is too slow on one machine.
Nonces nonces_of(const TestChallenge& file, Hash capacity::NonceChain::* link) {
  Nonces nonces;
  for (const Hash& secret : file.secrets) nonces.emplace_back(capacity::NonceChain(secret).*link);
  return nonces;
}

/// Runs `step` and adds what it took to `spent`, in seconds.
template <class Step>
auto timed(double& spent, Step step) {
  const auto start = std::chrono::steady_clock::now();
  auto result = step();
  spent += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

struct Spent {
  double fill = 0;
  double sweep = 0;
  double open = 0;
};

Result<ProofFile> prove(const TestChallenge& file, capacity::Arithmetic& arithmetic, Spent& spent) {
  using capacity::NonceChain;
  capacity::Prover prover(file.challenge, arithmetic, signer(file.provider_seed));
  const auto fill = timed(spent.fill, [&] { return prover.fill(nonces_of(file, &NonceChain::n)); });
  if (!fill) return Unexpected{fill.error()};
  const auto sweep = timed(spent.sweep, [&] { return prover.sweep(nonces_of(file, &NonceChain::m)); });
  if (!sweep) return Unexpected{sweep.error()};
  auto transcript =
      timed(spent.open, [&] { return prover.transcript(file.seed_block, nonces_of(file, &NonceChain::z)); });
  if (!transcript) return Unexpected{transcript.error()};
  return ProofFile{*fill, *sweep, std::move(*transcript)};
}

/// Proves on `arithmetic` and writes the file. Times are this program's own, so they prove nothing.
int prove_to_file(const ProveArguments& arguments, const TestChallenge& file,
                  capacity::Arithmetic& arithmetic) {
  Spent spent;
  const auto proof = prove(file, arithmetic, spent);
  if (!proof) return report_bad_input(proof.error().message);
  if (const auto saved = save_file(arguments.out, encode_file(*proof)); !saved)
    return report_bad_input(saved.error().message);
  std::printf("proof %s: fill %.3f s, sweeps %.3f s, openings %.3f s, transcript %zu bytes\n",
              to_hex(proof->fill.id).c_str(), spent.fill, spent.sweep, spent.open, proof->transcript.size());
  return std::fflush(stdout) == 0 ? exit_pass : report_bad_input("stdout: cannot be written");
}

int run_on_gpu(const ProveArguments& arguments, const TestChallenge& file) {
  const auto list = list_devices();
  if (!list) return report_bad_input(list.error().message);
  if (list->devices.empty()) return report_no_gpu(list->why_none + "; --cpu proves small parameters");
  const std::size_t index = file.challenge.gpu;
  if (index >= list->devices.size())
    return report_bad_input(arguments.challenge + ": gpu: " + std::to_string(index) + " is not within 0.." +
                            std::to_string(list->devices.size() - 1));
  const Device& device = list->devices[index];
  if (file.challenge.params.total_bytes() > device.memory_bytes)
    return report_bad_input(arguments.challenge + ": params: N k^2 is " +
                            std::to_string(file.challenge.params.total_bytes()) + " bytes, GPU " +
                            std::to_string(index) + " has " + std::to_string(device.memory_bytes));
  const auto arithmetic = gpu_arithmetic(device);
  if (!arithmetic) return report_bad_input(arithmetic.error().message);
  return prove_to_file(arguments, file, **arithmetic);
}

int run_prove(const ProveArguments& arguments) {
  const auto file = load_challenge(arguments.challenge);
  if (!file) return report_bad_input(file.error().message);
  if (!arguments.cpu) return run_on_gpu(arguments, *file);
  capacity::CpuArithmetic arithmetic;
  return prove_to_file(arguments, *file, arithmetic);
}

}  // namespace

void add_prove_verb(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<ProveArguments>();
  CLI::App* verb = app.add_subcommand("prove", "Answer a challenge");
  verb->add_option("--challenge", arguments->challenge, "File of souk-gpu challenge")->required();
  verb->add_option("--out", arguments->out, "File to write the proof to")->required();
  verb->add_flag("--cpu", arguments->cpu, "On this machine's CPU, for small parameters (at most 2 GiB)");
  verb->footer("Example:\n  souk-gpu prove --challenge challenge.bin --out proof.bin --cpu");
  verb->callback([arguments, &exit_code] { exit_code = run_prove(*arguments); });
}

}  // namespace souk::gpu
