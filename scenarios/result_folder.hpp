#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/result.hpp"

/// A folder of results that appears whole or not at all.
namespace souk::scenarios {

/// Writes files under temporary names into a folder and gives them their names together, at the end. What is
/// not finished is removed: a full disk, a crash of ours or Ctrl-C leave no half-written result.
class ResultFolder {
 public:
  /// Makes `folder` if it is missing. Errors: it can not be made or written to.
  static Result<ResultFolder> open(const std::string& folder);
  ResultFolder(ResultFolder&&) noexcept = default;
  ResultFolder& operator=(ResultFolder&&) noexcept = default;
  ~ResultFolder();

  /// Adds a file. Errors: disk full and the like, naming the file.
  Result<void> add(const std::string& name, std::string_view bytes);
  /// Makes every file durable and gives it its name. Files of an earlier run are replaced.
  Result<void> finish();

 private:
  ResultFolder(std::filesystem::path folder, bool is_new) : folder_(std::move(folder)), is_new_(is_new) {}
  std::filesystem::path temporary(const std::string& name) const;

  std::filesystem::path folder_;
  std::vector<std::string> names_;
  bool is_new_;  ///< was not there before: goes again if nothing is finished
  bool finished_ = false;
};

}  // namespace souk::scenarios
