#pragma once

#include <string>
#include <string_view>

#include "actors/base/ids.hpp"

namespace souk {

/// The text form under another prefix: "akashvaloper" of a validator's operator, "akashvalcons" of its
/// consensus key. Never read back by the chain. REQUIRES: the prefix is lower case ASCII, not empty.
std::string to_bech32(const Address& address, std::string_view prefix);

}  // namespace souk
