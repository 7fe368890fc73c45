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

/// A valid file, small enough to see its lines. Tests change one thing of it.
inline constexpr std::string_view plain_sdl =
    "version: \"2.0\"\n"          // 1
    "services:\n"                 // 2
    "  web:\n"                    // 3
    "    image: nginx\n"          // 4
    "    expose:\n"               // 5
    "      - port: 80\n"          // 6
    "        to:\n"               // 7
    "          - global: true\n"  // 8
    "profiles:\n"                 // 9
    "  compute:\n"                // 10
    "    web:\n"                  // 11
    "      resources:\n"          // 12
    "        cpu:\n"              // 13
    "          units: 100m\n"     // 14
    "        memory:\n"           // 15
    "          size: 128Mi\n"     // 16
    "        storage:\n"          // 17
    "          - size: 1Gi\n"     // 18
    "  placement:\n"              // 19
    "    west:\n"                 // 20
    "      pricing:\n"            // 21
    "        web:\n"              // 22
    "          denom: uact\n"     // 23
    "          amount: 50\n"      // 24
    "deployment:\n"               // 25
    "  web:\n"                    // 26
    "    west:\n"                 // 27
    "      profile: web\n"        // 28
    "      count: 1\n";           // 29

/// `text` with the first `from` replaced. A `from` that is not there fails the test.
inline std::string with(std::string_view text, std::string_view from, std::string_view to) {
  std::string changed(text);
  const std::size_t at = changed.find(from);
  if (at == std::string::npos)
    ADD_FAILURE() << "nothing to replace: " << from;
  else
    changed.replace(at, from.size(), to);
  return changed;
}

/// plain_sdl with one replacement.
inline std::string plain_with(std::string_view from, std::string_view to) {
  return with(plain_sdl, from, to);
}

/// plain_sdl with a GPU resource, given in flow style.
inline std::string with_gpu(std::string_view gpu) {
  return plain_with("        memory:\n", "        gpu: " + std::string(gpu) + "\n        memory:\n");
}

/// plain_sdl with its storage list in flow style.
inline std::string with_storage(std::string_view storage) {
  return plain_with("        storage:\n          - size: 1Gi\n",
                    "        storage: " + std::string(storage) + "\n");
}

inline const Resources& first_resources(const Sdl& sdl) {
  return sdl.groups.at(0).spec.resources.at(0).resource;
}

inline std::string hash_of(const Sdl& sdl) { return to_hex(deployment_hash(sdl.manifest)); }

}  // namespace souk::sdl::test
