// Keeps the table "who may include whom" (README, Layers) true by reading #include lines.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Rule {
  std::string folder;            ///< longest match wins
  std::vector<std::string> may;  ///< prefixes of our own headers it may include
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> table = {
      {"actors/base/", {"actors/base/"}},
      {"actors/chain/", {"actors/base/", "actors/chain/"}},
      {"actors/", {"actors/"}},
      {"sim/", {"sim/", "actors/base/"}},
      {"runtime/sim_host", {"runtime/", "actors/", "sim/"}},
      {"runtime/", {"runtime/", "actors/"}},
      {"scenarios/", {"scenarios/", "runtime/", "sim/", "actors/"}},
      {"node/", {"node/", "runtime/", "actors/"}},
      {"viz/", {"viz/", "scenarios/", "runtime/", "sim/", "actors/"}},
      {"bench/", {"bench/", "scenarios/", "runtime/", "sim/", "actors/", "node/", "viz/"}},
      {"tests/", {"tests/", "bench/", "scenarios/", "runtime/", "sim/", "actors/", "node/", "viz/"}},
  };
  return table;
}

/// Headers of third parties that only the named files may see.
struct Confined {
  std::string header;
  std::vector<std::string> files;
};
const std::vector<Confined>& confined() {
  static const std::vector<Confined> table = {
      {"caf/", {"runtime/caf_host"}},
      {"sodium", {"runtime/signatures_ed25519.cpp", "bench/gpu/keys.cpp"}},
      {"rocksdb/", {"node/", "tests/", "bench/"}},
      {"imgui", {"viz/", "tests/"}},
  };
  return table;
}

bool starts_with_any(const std::string& text, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& p) { return text.starts_with(p); });
}

const Rule* rule_for(const std::string& file) {
  const Rule* best = nullptr;
  for (const Rule& rule : rules()) {
    if (file.starts_with(rule.folder) && (best == nullptr || rule.folder.size() > best->folder.size()))
      best = &rule;
  }
  return best;
}

std::vector<std::string> sources() {
  const fs::path root = SOUK_SOURCE_DIR;
  const std::set<std::string> endings{".hpp", ".cpp", ".cu", ".cuh"};
  std::vector<std::string> files;
  for (const char* folder : {"actors", "sim", "runtime", "scenarios", "node", "viz", "bench", "tests"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file() && endings.contains(entry.path().extension().string()))
        files.push_back(fs::relative(entry.path(), root).string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Include {
  std::string header;
  bool quoted = false;
};

/// What a line includes, if it is an include directive.
std::optional<Include> include_in(std::string_view line) {
  const auto skip = [&line](std::string_view word) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const bool is_there = line.starts_with(word);
    if (is_there) line.remove_prefix(word.size());
    return is_there;
  };
  if (!skip("#") || !skip("include")) return std::nullopt;
  const bool quoted = skip("\"");
  if (!quoted && !skip("<")) return std::nullopt;
  const auto end = line.find(quoted ? '"' : '>');
  if (end == std::string_view::npos) return std::nullopt;
  return Include{std::string(line.substr(0, end)), quoted};
}

std::vector<Include> includes_of(const std::string& file) {
  std::ifstream in(fs::path(SOUK_SOURCE_DIR) / file);
  std::vector<Include> found;
  for (std::string line; std::getline(in, line);) {
    if (auto include = include_in(line)) found.push_back(std::move(*include));
  }
  return found;
}

/// The first reason why `file` may not include `include`, or empty.
std::string violation(const std::string& file, const Include& include) {
  for (const Confined& c : confined()) {
    if (include.header.starts_with(c.header) && !starts_with_any(file, c.files))
      return "only " + c.files.front() + " may see <" + c.header + ">";
  }
  if (!include.quoted) {
    // Actors link against nothing: the standard library has no slash in its names, nor an ending.
    const bool standard =
        include.header.find('/') == std::string::npos && include.header.find('.') == std::string::npos;
    // The processor's own instructions are arithmetic too; only the proof's heavy part and hashing need them.
    const bool is_kernel = file.starts_with("actors/capacity/") || file == "actors/base/sha256_x86.cpp";
    if (is_kernel && include.header == "immintrin.h") return "";
    return file.starts_with("actors/") && !standard ? "actors see the standard library only" : "";
  }
  const Rule* rule = rule_for(file);
  return rule == nullptr || starts_with_any(include.header, rule->may) ? ""
                                                                       : "not below it in the layering table";
}

TEST(Layering, IncludesPointDownwardOnly) {
  std::size_t seen = 0;
  for (const std::string& file : sources()) {
    for (const Include& include : includes_of(file)) {
      ++seen;
      EXPECT_EQ(violation(file, include), "") << file << " includes " << include.header;
    }
  }
  EXPECT_GT(seen, 100u) << "the test found too few includes to mean anything";
}

TEST(Layering, ActorsReadNoClockAndOpenNothing) {
  const std::set<std::string> banned{"thread",  "mutex",        "atomic",
                                     "fstream", "iostream",     "filesystem",
                                     "random",  "future",       "condition_variable",
                                     "ctime",   "unordered_set"};
  for (const std::string& file : sources()) {
    if (!file.starts_with("actors/")) continue;
    for (const Include& include : includes_of(file))
      EXPECT_FALSE(banned.contains(include.header)) << file << " includes <" << include.header << ">";
  }
}

TEST(Layering, TheRulesCatchWhatTheyForbid) {
  EXPECT_NE(violation("actors/tenant.cpp", {"runtime/host.hpp", true}), "");
  EXPECT_NE(violation("actors/base/rng.hpp", {"actors/messages.hpp", true}), "");
  EXPECT_NE(violation("sim/engine.hpp", {"actors/chain/ledger.hpp", true}), "");
  EXPECT_NE(violation("runtime/journal.cpp", {"sim/engine.hpp", true}), "");
  EXPECT_NE(violation("scenarios/world.cpp", {"caf/all.hpp", false}), "");
  EXPECT_NE(violation("actors/bank.cpp", {"sodium.h", false}), "");
  EXPECT_NE(violation("actors/provider.cpp", {"immintrin.h", false}), "");
  EXPECT_NE(violation("actors/base/hash.cpp", {"immintrin.h", false}), "");
  EXPECT_EQ(violation("actors/base/sha256_x86.cpp", {"immintrin.h", false}), "");
  EXPECT_EQ(violation("runtime/sim_host.cpp", {"sim/engine.hpp", true}), "");
}

TEST(Layering, TopLevelIsTheHouse) {
  const std::set<std::string> allowed{
      "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "actors", "bench", "node",
      "runtime",        "scenarios",         "sim",     "tests",     "viz",    "build", "out"};
  for (const auto& entry : fs::directory_iterator(SOUK_SOURCE_DIR)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(".")) continue;
    EXPECT_TRUE(allowed.contains(name)) << name << " does not belong at the top level";
  }
}

}  // namespace
