#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/sdl/json.hpp"
#include "runtime/sdl/sdl.hpp"

namespace souk::sdl::test {

/// Folder of the recorded data: SOUK_DATA, or beside the checkout.
inline std::filesystem::path data_folder() {
  if (const char* folder = std::getenv("SOUK_DATA")) return folder;
  return std::filesystem::path(SOUK_SOURCE_DIR) / ".." / "shared" / "data";
}

/// For tests over recorded data, which is not part of the repository.
#define SOUK_REQUIRE_SDL_DATA()                                           \
  if (!std::filesystem::exists(::souk::sdl::test::data_folder() / "sdl")) \
  GTEST_SKIP() << "no recorded data: set SOUK_DATA to the folder that has sdl/"

inline std::string bytes_of(const std::filesystem::path& path) {
  auto bytes = read_file(path.string(), 1 << 24);
  EXPECT_TRUE(bytes.has_value()) << (bytes ? "" : bytes.error().message);
  return bytes ? *bytes : "";
}

inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// The parsed file; a refusal fails the test with its reason.
inline Sdl accepted(std::string_view text) {
  auto sdl = parse(text);
  if (!sdl) {
    ADD_FAILURE() << "refused: " << to_string("<text>", sdl.error()) << "\n" << text;
    return {};
  }
  return std::move(*sdl);
}

/// Why a text was refused; acceptance fails the test.
inline Problem refusal(std::string_view text) {
  auto sdl = parse(text);
  if (sdl) {
    ADD_FAILURE() << "accepted:\n" << text;
    return {};
  }
  return sdl.error();
}

inline std::string hash_of(const Sdl& sdl) { return to_hex(deployment_hash(sdl.manifest)); }

}  // namespace souk::sdl::test
