#include "bench/gpu/bench_options.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace souk::gpu {
namespace {

std::string known_groups() {
  std::string names;
  for (const std::string_view group : test_groups) names += (names.empty() ? "" : ", ") + std::string(group);
  return names;
}

Result<std::vector<std::string>> parse_groups(const std::string& text) {
  std::vector<std::string> chosen;
  std::istringstream in(text);
  for (std::string name; std::getline(in, name, ',');) {
    if (std::find(std::begin(test_groups), std::end(test_groups), name) == std::end(test_groups))
      return fail("--tests: '" + name.substr(0, 40) + "' is not one of " + known_groups());
    if (std::find(chosen.begin(), chosen.end(), name) == chosen.end()) chosen.push_back(name);
  }
  return chosen;
}

Result<void> check_range(const char* flag, int value, int low, int high) {
  if (value >= low && value <= high) return {};
  return fail(std::string(flag) + ": " + std::to_string(value) + " is not within " + std::to_string(low) +
              ".." + std::to_string(high));
}

}  // namespace

Result<double> parse_duration(const std::string& text) {
  const std::string bounds = "--endurance: '" + text.substr(0, 40) +
                             "' is not a duration like 120s, 5m or 2h, "
                             "within 10s..24h";
  double number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{}) return fail(bounds);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const double scale = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  const double seconds = number * scale;
  if (!(seconds >= 10 && seconds <= 86400)) return fail(bounds);
  return seconds;
}

Result<SuiteOptions> suite_options(const BenchArguments& arguments) {
  SuiteOptions options = arguments.suite;
  if (auto ok = check_range("--device", arguments.device, -1, 1023); !ok) return fail(ok.error().message);
  if (auto ok = check_range("--samples", options.samples, 7, 1001); !ok) return fail(ok.error().message);
  if (auto ok = check_range("--sample-ms", options.sample_ms, 50, 10000); !ok)
    return fail(ok.error().message);
  if (auto ok = check_range("--size", options.gemm_size, 1024, 32768); !ok) return fail(ok.error().message);
  if (options.gemm_size % 256 != 0)
    return fail("--size: " + std::to_string(options.gemm_size) + " is not a multiple of 256");
  auto groups = parse_groups(arguments.tests);
  if (!groups) return fail(groups.error().message);
  options.groups = std::move(*groups);
  if (!arguments.endurance.empty()) {
    auto seconds = parse_duration(arguments.endurance);
    if (!seconds) return fail(seconds.error().message);
    if (!options.groups.empty()) return fail("--endurance: cannot be combined with --tests");
    options.endurance_seconds = *seconds;
  }
  return options;
}

}  // namespace souk::gpu
