#pragma once

#include <string>
#include <vector>

#include "runtime/sdl/sdl.hpp"

/// JSON byte-exact with Go's encoding/json of the same structures: field order, omitted fields, `null`
/// against `[]`, string escaping (akash-offchain.md sections 1.7 and 1.8).
namespace souk::sdl {

enum class Layout {
  compact,   ///< json.Marshal
  indented,  ///< json.MarshalIndent with two spaces; no newline at the end
};

std::string manifest_json(const Manifest& manifest, Layout layout = Layout::compact);
std::string groups_json(const std::vector<Group>& groups, Layout layout = Layout::compact);

/// The form the hash is taken of: compact, object keys in byte order.
std::string canonical_json(const Manifest& manifest);

/// The 32 bytes of MsgCreateDeployment.hash: SHA-256 of canonical_json (section 1.8).
Hash deployment_hash(const Manifest& manifest);

/// `text` as a JSON string with its quotes, escaped as Go does; invalid UTF-8 becomes \ufffd.
std::string json_string(std::string_view text);

}  // namespace souk::sdl
