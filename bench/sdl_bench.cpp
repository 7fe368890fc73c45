// SDL files a second, over every recorded file that is accepted, against yaml-cpp reading the same files into
// its own tree and doing nothing else. Target: 2,000 files a second. The hashes are checked every round.
#include <benchmark/benchmark.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/sdl/json.hpp"
#include "runtime/sdl/sdl.hpp"

namespace {

namespace fs = std::filesystem;

struct File {
  std::string text;
  souk::Hash hash{};
};

fs::path data_folder() {
  if (const char* folder = std::getenv("SOUK_DATA")) return folder;
  return fs::path(SOUK_SOURCE_DIR) / ".." / "shared" / "data";
}

/// Templates and parity inputs, by name, those that are accepted.
const std::vector<File>& files() {
  static const std::vector<File> all = [] {
    std::vector<fs::path> paths;
    for (const char* folder : {"sdl/templates", "sdl/parity/input"}) {
      if (!fs::exists(data_folder() / folder)) continue;
      for (const auto& entry : fs::directory_iterator(data_folder() / folder)) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<File> found;
    for (const fs::path& path : paths) {
      const auto text = souk::sdl::read_file(path.string(), 1 << 20);
      if (!text) continue;
      const auto sdl = souk::sdl::parse(*text);
      if (sdl) found.push_back({*text, souk::sdl::deployment_hash(sdl.value().manifest)});
    }
    return found;
  }();
  return all;
}

/// Text to groups, manifest and hash.
void BM_Sdl(benchmark::State& state) {
  if (files().empty())
    return state.SkipWithError("no recorded data: set SOUK_DATA to the folder that has sdl/");
  std::size_t done = 0;
  for (auto _ : state) {
    const File& file = files()[done++ % files().size()];
    const auto sdl = souk::sdl::parse(file.text);
    if (!sdl || souk::sdl::deployment_hash(sdl.value().manifest) != file.hash)
      return state.SkipWithError("a hash came out differently");
  }
  state.counters["files_per_second"] =
      benchmark::Counter(static_cast<double>(done), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_Sdl);

/// The alternative: yaml-cpp's own tree of the same text, without any meaning.
void BM_YamlCppTreeOnly(benchmark::State& state) {
  if (files().empty())
    return state.SkipWithError("no recorded data: set SOUK_DATA to the folder that has sdl/");
  std::size_t done = 0;
  for (auto _ : state) {
    const YAML::Node node = YAML::Load(files()[done++ % files().size()].text);
    if (!node["services"]) return state.SkipWithError("a file without services");
  }
  state.counters["files_per_second"] =
      benchmark::Counter(static_cast<double>(done), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_YamlCppTreeOnly);

}  // namespace

BENCHMARK_MAIN();
