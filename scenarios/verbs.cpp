#include "scenarios/verbs.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace souk::scenarios {

int report_bad_input(const std::string& message) {
  fmt::print(stderr, "souk: {}\n", message);
  return exit_bad_input;
}

int print_result(std::string_view text, int exit_code) {
  // Not fmt::print: it throws where the text is longer than the buffer of a full disk's file.
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return std::fflush(stdout) == 0 && whole ? exit_code : report_bad_input("stdout: can not be written");
}

}  // namespace souk::scenarios
