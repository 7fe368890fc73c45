#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>

#include "bench/gpu/bench_options.hpp"
#include "bench/gpu/verbs.hpp"

namespace souk::gpu {
namespace {

/// The devices `arguments` name, out of those there are.
Result<std::vector<Device>> chosen_devices(const BenchArguments& arguments, const DeviceList& list) {
  if (arguments.device < 0) return list.devices;
  const auto count = list.devices.size();
  if (static_cast<std::size_t>(arguments.device) >= count)
    return fail("--device: " + std::to_string(arguments.device) + " is not within 0.." +
                std::to_string(count - 1));
  return std::vector<Device>{list.devices[static_cast<std::size_t>(arguments.device)]};
}

Result<void> write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  return out ? Result<void>{} : fail("--json: " + path + " cannot be written");
}

int run_bench(const BenchArguments& arguments) {
  const auto options = suite_options(arguments);
  if (!options) return report_bad_input(options.error().message);
  const auto list = list_devices();
  if (!list) return report_bad_input(list.error().message);
  if (list->devices.empty()) return report_no_gpu(list->why_none);
  const auto devices = chosen_devices(arguments, *list);
  if (!devices) return report_bad_input(devices.error().message);

  // Every GPU first, so that a failure leaves nothing partial behind.
  std::vector<Report> reports;
  for (const Device& device : *devices) {
    auto report = run_suite(device, *options);
    if (!report) return report_bad_input(report.error().message);
    judge(*report);
    reports.push_back(std::move(*report));
  }
  int worst = exit_pass;
  for (const Report& report : reports) {
    worst = std::max(worst, exit_code_of(report));
    if (arguments.json != "-") std::fputs(to_table(report).c_str(), stdout);
  }
  if (arguments.json == "-") {
    std::fputs(to_json(reports).c_str(), stdout);
  } else if (!arguments.json.empty()) {
    if (auto written = write_file(arguments.json, to_json(reports)); !written)
      return report_bad_input(written.error().message);
  }
  return std::fflush(stdout) == 0 ? worst : report_bad_input("stdout: cannot be written");
}

}  // namespace

int report_bad_input(const std::string& message) {
  std::fprintf(stderr, "souk-gpu: %s\n", message.c_str());
  return exit_bad_input;
}

int report_no_gpu(const std::string& message) {
  std::fprintf(stderr, "souk-gpu: no GPU: %s\n", message.c_str());
  return exit_no_gpu;
}

void add_bench_verb(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<BenchArguments>();
  CLI::App* verb = app.add_subcommand("bench", "Measure a GPU and compare it with its physical limits");
  verb->add_option("--device", arguments->device, "CUDA index; every GPU in turn without it");
  verb->add_option(
      "--tests", arguments->tests,
      "Groups, comma-separated: memory,host,peer,launch,fp32,issue,gemm,vram,proof (default: all)");
  verb->add_option("--samples", arguments->suite.samples, "Samples per measurement, 7..1001");
  verb->add_option("--sample-ms", arguments->suite.sample_ms, "Shortest sample in ms, 50..10000");
  verb->add_option("--size", arguments->suite.gemm_size, "M = N = K of the GEMMs, a multiple of 256");
  verb->add_option("--endurance", arguments->endurance,
                   "Instead: the int8 GEMM without a pause, such as 120s, with clock, power and temperature");
  verb->add_flag("!--no-reference", arguments->suite.reference, "Leave out cuBLASLt and cudaMemcpy");
  verb->add_option("--json", arguments->json, "File for the JSON; - prints it instead of the table");
  verb->footer("Example:\n  souk-gpu bench --json h200.json");
  verb->callback([arguments, &exit_code] { exit_code = run_bench(*arguments); });
}

}  // namespace souk::gpu
