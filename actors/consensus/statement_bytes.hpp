#pragma once

#include <optional>
#include <span>

#include "actors/consensus/types.hpp"

namespace souk::consensus {

/// The statement that sign_bytes wrote into `bytes`; none if they begin with something else. The chain id
/// behind it is not looked at.
std::optional<Statement> statement_of(std::span<const std::uint8_t> bytes);

}  // namespace souk::consensus
