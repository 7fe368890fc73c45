#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sdl/sdl.hpp"

/// The first YAML document of a text as a tree that knows lines, quoting and raw scalar text: SDL's rules are
/// about what was written, not about what YAML makes of it. Internal to this folder.
namespace souk::sdl {

/// Thrown inside this folder only; parse() turns it into its error.
struct Refused {
  Problem problem;
};
[[noreturn]] void refuse(std::uint32_t line, std::string message);

struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };

  Kind kind = Kind::null;
  bool quoted = false;  ///< a string whatever it looks like
  std::uint32_t line = 0;
  std::string text;                ///< of a scalar, without quotes
  std::vector<const Node*> items;  ///< of a list; of a map: key, value, key, value
  /// Nodes below and including this one with every alias expanded: what a traversal can visit.
  std::uint64_t weight = 1;

  bool is_null() const { return kind == Kind::null; }
};
std::string_view kind_name(Node::Kind kind);

/// Owns its nodes. An alias is a second pointer to its anchor's node.
struct YamlDocument {
  std::deque<Node> nodes;
  const Node* root = nullptr;
  bool more_documents = false;  ///< text follows that Akash ignores
};

/// Throws Refused: not YAML, too deep, too many nodes, an alias inside its own anchor.
YamlDocument parse_yaml(std::string_view text, const Limits& limits);

}  // namespace souk::sdl
