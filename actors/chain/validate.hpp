#pragma once

#include "actors/chain/codes.hpp"
#include "actors/chain/msgs.hpp"

namespace souk {

// Bounds of a group: akash-chain.md section 2.3.
inline constexpr std::uint64_t cpu_milli_min = 10;
inline constexpr std::uint64_t cpu_milli_max = 384'000;
inline constexpr std::uint64_t gpu_units_max = 24;
inline constexpr std::uint64_t memory_bytes_min = std::uint64_t{1} << 20;
inline constexpr std::uint64_t memory_bytes_max = std::uint64_t{2} << 40;
inline constexpr std::uint64_t storage_bytes_min = std::uint64_t{5} << 20;
inline constexpr std::uint64_t storage_bytes_max = std::uint64_t{32} << 40;
inline constexpr std::uint64_t group_units_max = 50;  ///< group totals are the unit bounds times this
inline constexpr std::int64_t unit_price_max = 10'000'000;

/// ValidateBasic: whether a message is right in itself, without any state. Sources: sections 1 (deposit,
/// attributes), 2.3 (groups), 3.1-3.3 (market), 4 (escrow), 6.1, 6.2.
///
/// Codes that the spec names are used where they fit: deployment 1 and 25 for group names, 9 and 10 for
/// hashes, 20 for deposits, 26 for a negative window, and 7 for all else about a group (section 2.2 wraps
/// every such failure as 7); market 2, 19, 31, 33; escrow 12, 14 and 16; provider 1, 2, 6, 8; audit 2, and
/// provider 6 for attributes.
Verdict validate(const Msg& msg);

/// Of one group. Also bounds what later arithmetic sees: rates and counts that pass fit Dec.
Verdict validate(const GroupSpec& spec);

/// Key `^([a-zA-Z][\w\/\.\-]{1,126}[\w\*]?)$`, no key twice. `wildcard` allows the trailing `*`, which only
/// requirements may have.
bool valid_attributes(const Attributes& attributes, bool wildcard);

}  // namespace souk
