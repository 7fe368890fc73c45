#pragma once

#include <optional>
#include <span>

#include "actors/consensus/types.hpp"

namespace souk::scenarios::swarm {

/// The statement that consensus::sign_bytes wrote into `bytes`; none if they are something else.
std::optional<consensus::Statement> statement_of(std::span<const std::uint8_t> bytes);

/// "prevote 7/0 1f2e3d4c" or "precommit 7/1 nil".
std::string to_text(const consensus::Statement& statement);
/// The first four bytes of a hash, in hexadecimal.
std::string short_hex(const Hash& hash);

}  // namespace souk::scenarios::swarm
