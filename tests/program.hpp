#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/temporary_folder.hpp"

/// Runs a built program as a user would, without a shell.
namespace souk::test {

inline std::string text_of_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}
/// What a run of the program ended with.
struct Answer {
  int exit_code = -1;  ///< -1: ended by a signal
  std::string out;
  std::string err;
  double cpu_seconds = 0;
  long peak_kib = 0;  ///< of memory; at least what the test itself had when it began the program
};

/// `program` with these arguments; what it prints is kept in `folder` meanwhile, or goes to the file `out`.
inline Answer run_program(const std::string& program, const TemporaryFolder& folder,
                          std::vector<std::string> arguments, std::string out = "") {
  arguments.insert(arguments.begin(), program);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const std::string kept = folder / ".stdout";
  const std::string err = folder / ".stderr";
  if (out.empty()) out = kept;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  const int failed = posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  EXPECT_EQ(failed, 0);
  if (failed != 0) return {};
  int status = 0;
  rusage usage{};
  EXPECT_EQ(::wait4(child, &status, 0, &usage), child);
  Answer result;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (out == kept) result.out = text_of_file(kept);
  result.err = text_of_file(err);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  result.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  result.peak_kib = usage.ru_maxrss;
  std::filesystem::remove(kept);
  std::filesystem::remove(err);
  return result;
}

}  // namespace souk::test
