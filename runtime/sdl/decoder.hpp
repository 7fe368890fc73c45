#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sdl/manifest.hpp"
#include "runtime/sdl/yaml_document.hpp"

/// Typed access to YAML nodes with the Go YAML library's rules: null leaves a field as it was, unknown keys
/// are ignored (here: warned of), a null list item disappears, `<<` merges. Internal to this folder.
namespace souk::sdl {

/// Warnings gathered while one file is read.
class Warnings {
 public:
  void add(std::uint32_t line, std::string message) { problems_.push_back({line, std::move(message)}); }
  /// By line and text, each once.
  std::vector<Problem> take_sorted();

 private:
  std::vector<Problem> problems_;
};

struct Entry {
  std::string_view key;
  std::uint32_t line = 0;  ///< of the key
  const Node* value = nullptr;
};

/// The entries of a map, in the order written, merges resolved. `what` names the map in errors. A null node
/// has none. Throws Refused: not a map, a key that is no plain value, a key twice.
std::vector<Entry> entries_of(const Node& node, std::string_view what);

/// The fields of a struct-like map.
class Fields {
 public:
  Fields(Warnings& warnings, const Node& node, std::string_view what);

  /// The value under `key`, or null when it is absent or a YAML null. Marks it as known.
  const Node* take(std::string_view key);
  bool has(std::string_view key) const;
  /// Line of `key` itself, or of the map when it is absent.
  std::uint32_t key_line(std::string_view key) const;
  /// Where the map starts.
  std::uint32_t line() const { return line_; }

  /// What Go ignores and the schema refuses.
  void warn_of_unknown() const;
  /// Where Go is strict.
  void refuse_unknown() const;

 private:
  std::string unknown_message(std::string_view key) const;

  Warnings& warnings_;
  std::string what_;
  std::uint32_t line_ = 0;
  std::vector<Entry> entries_;
  std::vector<std::string_view> known_;
};

/// Scalars. `key` names the field in errors. Throw Refused on the wrong kind or value.
const std::string& string_of(Warnings& warnings, const Node& node, std::string_view key);
/// The raw text whatever its type: fields that Go reads with a parser of its own.
const std::string& text_of(const Node& node, std::string_view key);
bool bool_of(const Node& node, std::string_view key);
std::uint32_t u32_of(const Node& node, std::string_view key);
/// The items of a list, nulls dropped.
std::vector<const Node*> items_of(const Node& node, std::string_view key);
/// A list of strings; nullptr gives nullopt.
StringList strings_of(Warnings& warnings, const Node* node, std::string_view key);

}  // namespace souk::sdl
