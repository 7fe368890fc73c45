#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/hash.hpp"
#include "actors/base/result.hpp"
#include "actors/chain/types.hpp"
#include "runtime/sdl/manifest.hpp"

/// Akash's Stack Definition Language, v2.0 and v2.1: a tenant's YAML file to the groups the chain sees, the
/// manifest the provider gets, and the deployment hash that ties the two together. Accepts what the Go
/// implementation accepts and warns of what the published JSON Schema refuses. Source: akash-offchain.md
/// section 1 (chain-sdk go/sdl). yaml-cpp stays behind this header.
namespace souk::sdl {

/// What bounds a file before anything is allocated for the excess. Ordinary files have 3 KiB, 200 nodes and
/// a depth of 12.
struct Limits {
  std::size_t bytes_max = 1 << 20;
  std::size_t nodes_max = 100'000;  ///< with every alias counted as a copy of its anchor
  std::size_t depth_max = 64;
};

/// Something to tell the author. `line` counts from 1; 0 means the file as a whole.
struct Problem {
  std::uint32_t line = 0;
  std::string message;  ///< what is wrong, and what would be right
  friend bool operator==(const Problem&, const Problem&) = default;
};

/// A group as the chain sees it, with what its JSON shows and a GroupSpec does not hold.
struct Group {
  GroupSpec spec;
  std::string denom;  ///< as written: `uakt`, `uact` or an `ibc/...` name
  bool all_of_null = true;
  bool any_of_null = true;
};

/// An accepted SDL file.
struct Sdl {
  std::string version;  ///< as written
  std::vector<Group> groups;
  Manifest manifest;
  std::optional<Duration> reclamation_min_window;
  std::vector<Problem> warnings;  ///< by line
};

/// Parses one SDL document. Never throws and never crashes, whatever `text` is.
Expected<Sdl, Problem> parse(std::string_view text, const Limits& limits = {});

/// Reads and parses `path`. Errors: what the file system says, or `path:line: message`.
Result<Sdl> load(const std::string& path, const Limits& limits = {});

/// The bytes of a file, at most `bytes_max`. Errors: missing, unreadable, a folder, too large.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

/// `file:line: message`, or `file: message` for a problem of the whole file.
std::string to_string(const std::string& file, const Problem& problem);

/// Whether `manifest` uses exactly what `groups` pay for: the provider's cross-validation (section 1.8).
/// True of everything parse() returns. Errors: the first difference.
Result<void> check_against_groups(const Manifest& manifest, const std::vector<GroupSpec>& groups);

}  // namespace souk::sdl
