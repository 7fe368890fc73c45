#pragma once

#include <string>

#include "actors/consensus/statement_bytes.hpp"

namespace souk::scenarios::swarm {

using consensus::statement_of;

/// "prevote 7/0 1f2e3d4c" or "precommit 7/1 nil".
std::string to_text(const consensus::Statement& statement);
/// The first four bytes of a hash, in hexadecimal.
std::string short_hex(const Hash& hash);

}  // namespace souk::scenarios::swarm
