#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "actors/base/codec.hpp"
#include "actors/base/hash.hpp"
#include "actors/base/result.hpp"
#include "actors/capacity/params.hpp"

/// What a prover is asked, and the keys that follow from it (gpu-capacity.md section 5, "Challenge body").
namespace souk::capacity {

/// A validator of one challenge: its Ed25519 key, and A_i, the end of a nonce chain that it put on chain
/// before the challenge was scheduled.
struct Anchor {
  Hash validator{};
  Hash nonce{};
  friend bool operator==(const Anchor&, const Anchor&) = default;
};

struct Challenge {
  Hash chain{};              ///< BLAKE3 of the chain id
  std::uint64_t height = 0;  ///< of the block that schedules it
  Hash block{};              ///< L, that block's hash
  Hash epoch{};              ///< E, hash of the epoch's first block; the matrix B follows from it
  Hash provider{};           ///< Ed25519 key that signs the commits and the transcript
  std::uint32_t gpu = 0;
  Params params;
  std::vector<Anchor> validators;  ///< params.validators of them

  friend bool operator==(const Challenge&, const Challenge&) = default;
};

Hash chain_hash(std::string_view chain_id);

constexpr std::size_t challenge_bytes(std::uint32_t validators) { return 156 + 64 * std::size_t{validators}; }
inline constexpr std::size_t max_challenge_bytes = challenge_bytes(5);

/// 156 + 64 V bytes. REQUIRES: challenge.validators.size() == challenge.params.validators.
Bytes encode_challenge(const Challenge& challenge);
/// Errors: a length that no challenge has, params outside their bounds (check_params).
Result<Challenge> decode_challenge(std::span<const std::uint8_t> bytes, Scope scope);
/// Q_id.
Hash challenge_id(const Challenge& challenge);

/// A validator's secret z and what is hashed from it. n starts the fill, m the sweeps, z the openings.
struct NonceChain {
  explicit NonceChain(const Hash& secret);
  Hash z;
  Hash m;
  Hash n;
  Hash anchor;  ///< A
};

/// What is known of one validator's chain; later links imply the earlier ones.
struct Revealed {
  std::optional<Hash> n;
  std::optional<Hash> m;
  std::optional<Hash> z;
};

/// Bit i - 1 of a mask: validator i's nonce is in. At least (V + 1) / 2 bits, none at or above V.
bool is_mask_valid(std::uint8_t mask, std::uint32_t validators);

/// What one validator's links contribute where its bit is set or not: the nonce, or its anchor.
/// The nonces of mask1 are n_i, those of mask2 m_i, those of the seed z_i.
/// REQUIRES: nonces.size() == challenge.validators.size(), and a nonce wherever the mask has a bit.
std::vector<Hash> masked_nonces(const Challenge& challenge, std::span<const std::optional<Hash>> nonces,
                                std::uint8_t mask);

/// c, the key of the first state. nonces: nu_1..nu_V, from masked_nonces with mask1.
Hash first_state_key(const Hash& id, std::span<const Hash> nonces);
/// G_0, the key of the first sweep. nonces: mu_1..mu_V, from masked_nonces with mask2.
Hash first_sweep_link(const Hash& id, const Hash& last_link, std::span<const Hash> nonces);
/// The seed of all openings. `block`: L', hash of the block after the one that made commit 2 final.
/// nonces: z_1..z_V, A_i where z_i stayed secret.
Hash opening_seed(const Hash& id, const Hash& last_link, const Hash& last_sweep_link, const Hash& block,
                  std::span<const Hash> nonces);

}  // namespace souk::capacity
