#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "actors/base/hash.hpp"

/// The tagged hashes that tie a proof together (gpu-capacity.md section 5). H(tag; x) = BLAKE3(tag || x).
namespace souk::capacity {

/// H(tag; parts one after another). REQUIRES: the tag has 9 bytes, so that no two tags can be confused.
Hash tagged_hash(std::string_view tag, std::initializer_list<std::span<const std::uint8_t>> parts);

/// One link of a validator's nonce chain: z -> m -> n -> A.
Hash next_nonce(const Hash& nonce);

/// h_0 of the chain over states. c: key of the first state; d0: its BLAKE3 hash.
Hash first_state_link(const Hash& c, const Hash& d0);
/// h_t from h_{t-1} and d_t.
Hash next_state_link(const Hash& link, const Hash& state_hash);

/// G_s from G_{s-1} and F_s; G_{s-1} is also the key of sweep s.
Hash next_sweep_link(const Hash& link, const Hash& sweep_hash);

}  // namespace souk::capacity
