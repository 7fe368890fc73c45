#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "actors/consensus/types.hpp"

/// What is done with Bits.
namespace souk::consensus {

/// `count` places, none of them in the set.
Bits bits_of(std::uint32_t count);
/// Whether a peer's bits are ones over exactly `count` places (ASA-2025-003).
bool well_formed(const Bits& bits, std::uint32_t count);

/// REQUIRES for all below: well-formed, places in range, the same count on both sides.
bool has(const Bits& bits, std::uint32_t place);
void put(Bits& bits, std::uint32_t place);
/// Adds all of `more`.
void put_all(Bits& bits, const Bits& more);
std::uint32_t size_of(const Bits& bits);
bool is_full(const Bits& bits);
/// What is in `ours` and not in `theirs`.
Bits missing_in(const Bits& theirs, const Bits& ours);

/// Calls visit(place) for each place in the set, in ascending order.
template <class Visit>
void for_each_place(const Bits& bits, Visit&& visit) {
  for (std::size_t i = 0; i < bits.words.size(); ++i) {
    for (std::uint64_t word = bits.words[i]; word != 0; word &= word - 1)
      visit(static_cast<std::uint32_t>(64 * i) + static_cast<std::uint32_t>(std::countr_zero(word)));
  }
}

}  // namespace souk::consensus
