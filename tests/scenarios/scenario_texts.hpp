#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "scenarios/scenario.hpp"

/// Small scenarios for tests, and folders to keep files in.
namespace souk::scenarios::testing {

/// The least a scenario needs, with `more` at the end.
inline std::string tiny(const std::string& more = "") {
  return "name: tiny\nproviders:\n  p: {count: 1}\ntenants:\n  t: {count: 1}\n" + more;
}

/// The error of reading `text`; "accepted" if there is none.
inline std::string error_of(const std::string& text, const LoadOptions& options = {}) {
  const auto scenario = parse_scenario(text, "tiny.yaml", options);
  return scenario ? "accepted" : scenario.error().message;
}

/// A folder that lives as long as the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "souk-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return (path_ / name).string();
  }
  std::string read(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  std::string path(const std::string& name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }
  std::size_t file_count() const {
    const std::filesystem::directory_iterator files(path_);
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace souk::scenarios::testing
