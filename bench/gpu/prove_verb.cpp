#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <optional>

#include "actors/capacity/cpu_arithmetic.hpp"
#include "bench/gpu/files.hpp"
#include "bench/gpu/gpu_arithmetic.hpp"
#include "bench/gpu/proof_file.hpp"
#include "bench/gpu/protocol.hpp"
#include "bench/gpu/verbs.hpp"

namespace souk::gpu {
namespace {

struct ProveArguments {
  std::string challenge;
  std::string out;
  std::string path = "auto";
  std::optional<int> device;  ///< none: the challenge's gpu
  bool cpu = false;
};

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
  const capacity::Params& params = file.challenge.params;
  std::printf(
      "rates by this program's clock, not proven: chain %.4g TOPS, sweeps %.4g GB/s, %.4g GB filled\n",
      fill_tera_operations(params) / spent.fill, sweep_gigabytes(params) / spent.sweep,
      static_cast<double>(params.total_bytes()) / 1e9);
  return std::fflush(stdout) == 0 ? exit_pass : report_bad_input("stdout: cannot be written");
}

int run_on_gpu(const ProveArguments& arguments, const TestChallenge& file) {
  const auto list = list_devices();
  if (!list) return report_bad_input(list.error().message);
  if (list->devices.empty()) return report_no_gpu(list->why_none + "; --cpu proves small parameters");
  const std::size_t index =
      arguments.device ? static_cast<std::size_t>(*arguments.device) : file.challenge.gpu;
  if (index >= list->devices.size())
    return report_bad_input((arguments.device ? "--device: " : arguments.challenge + ": gpu: ") +
                            std::to_string(index) + " is not within 0.." +
                            std::to_string(list->devices.size() - 1));
  const Device& device = list->devices[index];
  const auto path = proof_path(arguments.path, device);
  if (!path) return report_bad_input(path.error().message);
  if (const auto fits = GpuArithmetic::check_memory(file.challenge.params, device.memory_bytes, device.index);
      !fits)
    return report_bad_input(arguments.challenge + ": " + fits.error().message);
  const auto arithmetic = gpu_arithmetic(device, *path);
  if (!arithmetic) return report_bad_input(arithmetic.error().message);
  if (const auto reserved = (*arithmetic)->reserve(file.challenge.params); !reserved)
    return report_bad_input(reserved.error().message);
  return prove_to_file(arguments, file, **arithmetic);
}

int run_prove(const ProveArguments& arguments) {
  if (arguments.device && (*arguments.device < 0 || *arguments.device > 1023))
    return report_bad_input("--device: " + std::to_string(*arguments.device) + " is not within 0..1023");
  if (arguments.path != "auto" && arguments.path != "mma" && arguments.path != "wgmma")
    return report_bad_input("--path: '" + arguments.path.substr(0, 40) + "' is not one of auto, mma, wgmma");
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
  verb->add_option("--device", arguments->device, "CUDA index; the challenge's gpu without it");
  verb->add_option("--path", arguments->path, "Tensor kernel: mma, wgmma (9.0 only) or auto")
      ->capture_default_str();
  verb->add_flag("--cpu", arguments->cpu,
                 "Instead: on this machine's CPU, for small parameters (at most 2 GiB)");
  verb->footer("Example:\n  souk-gpu prove --challenge challenge.bin --out proof.bin");
  verb->callback([arguments, &exit_code] { exit_code = run_prove(*arguments); });
}

}  // namespace souk::gpu
