#include "actors/capacity/challenge.hpp"

#include <bit>
#include <string>

#include "actors/base/check.hpp"
#include "actors/capacity/blake3.hpp"
#include "actors/capacity/chains.hpp"

namespace souk::capacity {
namespace {

/// The hashes one after another.
Bytes joined(std::span<const Hash> hashes) {
  Bytes bytes;
  bytes.reserve(hashes.size() * sizeof(Hash));
  for (const Hash& hash : hashes) bytes.insert(bytes.end(), hash.begin(), hash.end());
  return bytes;
}

}  // namespace

Hash chain_hash(std::string_view chain_id) {
  Blake3 hash;
  hash.add(chain_id);
  return hash.finish();
}

Bytes encode_challenge(const Challenge& challenge) {
  SOUK_CHECK(challenge.validators.size() == challenge.params.validators);
  Bytes bytes;
  bytes.reserve(challenge_bytes(challenge.params.validators));
  encode_to(bytes, challenge.chain);
  encode_to(bytes, challenge.height);
  encode_to(bytes, challenge.block);
  encode_to(bytes, challenge.epoch);
  encode_to(bytes, challenge.provider);
  encode_to(bytes, challenge.gpu);
  encode_to(bytes, encode_params(challenge.params));
  for (const Anchor& anchor : challenge.validators) encode_to(bytes, anchor);
  return bytes;
}

Result<Challenge> decode_challenge(std::span<const std::uint8_t> bytes, Scope scope) {
  if (bytes.size() < challenge_bytes(0) || bytes.size() > max_challenge_bytes)
    return fail("challenge: " + std::to_string(bytes.size()) + " bytes, it must have " +
                std::to_string(challenge_bytes(3)) + " or " + std::to_string(challenge_bytes(5)));
  Challenge challenge;
  EncodedParams params{};
  ByteReader in(bytes);
  detail::read(in, challenge.chain);
  detail::read(in, challenge.height);
  detail::read(in, challenge.block);
  detail::read(in, challenge.epoch);
  detail::read(in, challenge.provider);
  detail::read(in, challenge.gpu);
  detail::read(in, params);
  challenge.params = decode_params(params);
  if (auto checked = check_params(challenge.params, scope); !checked) return fail(checked.error().message);
  if (bytes.size() != challenge_bytes(challenge.params.validators))
    return fail("challenge: " + std::to_string(bytes.size()) + " bytes, with " +
                std::to_string(challenge.params.validators) + " validators it must have " +
                std::to_string(challenge_bytes(challenge.params.validators)));
  challenge.validators.resize(challenge.params.validators);
  for (Anchor& anchor : challenge.validators) detail::read(in, anchor);
  SOUK_CHECK(!in.failed() && in.remaining() == 0);
  return challenge;
}

Hash challenge_id(const Challenge& challenge) {
  return tagged_hash("gpoc/q/v2", {encode_challenge(challenge)});
}

NonceChain::NonceChain(const Hash& secret)
    : z(secret), m(next_nonce(z)), n(next_nonce(m)), anchor(next_nonce(n)) {}

bool is_mask_valid(std::uint8_t mask, std::uint32_t validators) {
  return mask >> validators == 0 && static_cast<std::uint32_t>(std::popcount(mask)) >= (validators + 1) / 2;
}

std::vector<Hash> masked_nonces(const Challenge& challenge, std::span<const std::optional<Hash>> nonces,
                                std::uint8_t mask) {
  SOUK_CHECK(nonces.size() == challenge.validators.size());
  std::vector<Hash> chosen;
  for (std::size_t i = 0; i < nonces.size(); ++i) {
    const bool is_in = (mask >> i & 1u) != 0;
    SOUK_CHECK(!is_in || nonces[i].has_value());
    chosen.push_back(is_in ? *nonces[i] : challenge.validators[i].nonce);
  }
  return chosen;
}

Hash first_state_key(const Hash& id, std::span<const Hash> nonces) {
  return tagged_hash("gpoc/c/v2", {id, joined(nonces)});
}

Hash first_sweep_link(const Hash& id, const Hash& last_link, std::span<const Hash> nonces) {
  return tagged_hash("gpoc/g/v2", {id, last_link, joined(nonces)});
}

Hash opening_seed(const Hash& id, const Hash& last_link, const Hash& last_sweep_link, const Hash& block,
                  std::span<const Hash> nonces) {
  return tagged_hash("gpoc/s/v2", {id, last_link, last_sweep_link, block, joined(nonces)});
}

}  // namespace souk::capacity
