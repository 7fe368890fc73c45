#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/result.hpp"

/// YAML files as plain trees that remember where every value was written, and `extends` on top of them.
/// yaml-cpp is behind this header; its exceptions do not leave the .cpp file.
namespace souk::scenarios {

/// Where a value was written. `file` is as the user named it; line 0 means "not in a file".
struct Origin {
  std::shared_ptr<const std::string> file;
  std::uint32_t line = 0;
};
/// `file:line`, or the bare name of a source that has no lines.
std::string to_string(const Origin& origin);

/// A scalar, a list or a map. `items` are the list's items or the map's values; `keys[i]` names `items[i]`.
struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  struct Key {
    std::string name;
    Origin origin;
  };

  Kind kind = Kind::null;
  std::string text;
  Origin origin;
  std::vector<YamlNode> items;
  std::vector<Key> keys;

  /// The value under `name` of a map, or null.
  const YamlNode* find(std::string_view name) const;
  YamlNode* find(std::string_view name);
};
std::string_view kind_name(YamlNode::Kind kind);

/// Bounds checked before anything is allocated for the excess.
struct YamlLimits {
  std::size_t bytes_max = 1 << 20;
  std::size_t nodes_max = 100'000;
  std::size_t depth_max = 32;
  std::size_t extends_max = 16;
};

/// Parses one document. Refuses anchors and aliases (`extends` is the one way to share), duplicate keys,
/// a second document and what exceeds the limits. Errors: `file:line: what is wrong, what would be right`.
Result<YamlNode> parse_yaml(std::string_view text, const std::string& file, const YamlLimits& limits = {});

/// A file a tree was read from. `name` is the file name without its folder.
struct SourceFile {
  std::string name;
  std::string bytes;
};

/// Reads `path` and, under it, what its top-level `extends: other.yaml` names (relative to the file that says
/// it). Maps merge key by key, the extending file wins, `key: null` removes an inherited key; a path for
/// which `is_leaf` is true is replaced as a whole. `sources` gets the files read, the base first.
/// Errors: missing file, a cycle, and those of parse_yaml.
Result<YamlNode> load_yaml(const std::string& path, const std::function<bool(std::string_view path)>& is_leaf,
                           std::vector<SourceFile>& sources, const YamlLimits& limits = {});

/// Lays `over` on `base` as load_yaml does. `path` is that of `base`, "" at the top.
void merge_yaml(YamlNode& base, YamlNode over, const std::function<bool(std::string_view path)>& is_leaf,
                const std::string& path = {});

/// Sets the value at a dotted path from text, as `--set chain.block_time=6 s` asks. The origin is `--set`.
/// Errors: no `=`, an empty part in the path, text that is not YAML.
Result<void> set_yaml(YamlNode& root, const std::string& assignment);

}  // namespace souk::scenarios
