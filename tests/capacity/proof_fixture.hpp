#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/capacity/blake3.hpp"
#include "actors/capacity/cpu_arithmetic.hpp"
#include "actors/capacity/prover.hpp"
#include "actors/capacity/verifier.hpp"
#include "tests/capacity/simple_verifier.hpp"

/// The input of section 6's vectors, a signature scheme without keys, and one whole proof, for the tests of
/// the capacity proof.
namespace souk::capacity {

inline Hash bytes_of_hex(std::string_view hex) {
  Hash bytes{};
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  for (std::size_t n = 0; n < bytes.size(); ++n)
    bytes[n] = static_cast<std::uint8_t>(digit(hex[2 * n]) << 4 | digit(hex[2 * n + 1]));
  return bytes;
}

inline std::string hex_of(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

inline Hash repeated(std::uint8_t byte) {
  Hash hash{};
  hash.fill(byte);
  return hash;
}
/// first, first + 1, ..
inline Hash counting(std::uint8_t first) {
  Hash hash{};
  std::iota(hash.begin(), hash.end(), first);
  return hash;
}

/// Stands in for Ed25519: whoever knows a key's bytes can sign. Changing any bit of key, message or signature
/// makes it invalid, which is all these tests need of one.
inline Signature sign_as(const Hash& key, std::span<const std::uint8_t> message) {
  Signature signature{};
  Blake3 hash;
  hash.add(key);
  hash.add(message);
  const Hash first = hash.finish();
  const Hash second = blake3(first);
  std::ranges::copy(first, signature.begin());
  std::ranges::copy(second, signature.begin() + 32);
  return signature;
}
inline bool is_signed_by(const Hash& key, std::span<const std::uint8_t> message, const Signature& signature) {
  return sign_as(key, message) == signature;
}

/// Section 6: secrets 32 x 41, 32 x 42, 32 x 43.
inline NonceChain vector_nonces(std::uint32_t validator) {
  return NonceChain(repeated(static_cast<std::uint8_t>(0x41 + validator)));
}

inline Params vector_params(std::uint8_t log_k = 10) {
  Params params;
  params.log_k = log_k;
  params.rounds_per_state = 2;
  params.depth = 2;
  params.states = 8;
  params.sweeps = 4;
  params.gemm_openings = 4;
  params.checkpoint_openings = 4;
  params.validators = 3;
  return params;
}

inline Challenge vector_challenge(const Params& params = vector_params()) {
  Challenge challenge;
  challenge.chain = chain_hash("gpoc-test");
  challenge.height = 1;
  challenge.block = counting(0x20);
  challenge.epoch = counting(0x00);
  challenge.provider = repeated(0x22);
  challenge.params = params;
  for (std::uint32_t i = 0; i < params.validators; ++i)
    challenge.validators.push_back({repeated(static_cast<std::uint8_t>(0x31 + i)), vector_nonces(i).anchor});
  return challenge;
}

/// One link of every validator whose bit is set.
inline std::vector<std::optional<Hash>> nonces(std::uint32_t validators, Hash NonceChain::* link,
                                               std::uint32_t mask = 0xff) {
  std::vector<std::optional<Hash>> links(validators);
  for (std::uint32_t i = 0; i < validators; ++i) {
    if ((mask >> i & 1u) != 0) links[i] = vector_nonces(i).*link;
  }
  return links;
}

/// A proof and what the chain knows of it.
struct Proof {
  Record record;
  Bytes transcript;
};

struct Masks {
  std::uint32_t fill = 0xff;
  std::uint32_t sweep = 0xff;
  std::uint32_t opening = 0xff;
};

/// A whole proof of `challenge`, its nonces those of vector_nonces where the masks have bits.
inline Proof prove(const Challenge& challenge, Arithmetic& arithmetic, const Masks& masks = {}) {
  const std::uint32_t validators = challenge.params.validators;
  Prover prover(challenge, arithmetic, [key = challenge.provider](std::span<const std::uint8_t> message) {
    return sign_as(key, message);
  });
  Proof proof;
  proof.record.challenge = challenge;
  proof.record.seed_block = counting(0x40);
  proof.record.fill = prover.fill(nonces(validators, &NonceChain::n, masks.fill)).value();
  proof.record.sweep = prover.sweep(nonces(validators, &NonceChain::m, masks.sweep)).value();
  const auto secrets = nonces(validators, &NonceChain::z, masks.opening);
  proof.transcript = prover.transcript(proof.record.seed_block, secrets).value();
  const auto first = nonces(validators, &NonceChain::n, masks.fill);
  const auto second = nonces(validators, &NonceChain::m, masks.sweep);
  for (std::uint32_t i = 0; i < validators; ++i)
    proof.record.nonces.push_back({first[i], second[i], secrets[i]});
  return proof;
}
inline Proof prove(const Challenge& challenge, const Masks& masks = {}) {
  CpuArithmetic arithmetic;
  return prove(challenge, arithmetic, masks);
}

inline Verdict verify_in_tests(const Proof& proof, const EpochCheck& check) {
  VerifierOptions options;
  options.scope = Scope::tests;
  return verify(proof.record, proof.transcript, check, repeated(0x77), is_signed_by, options);
}

/// The verdict of the second verifier, which knows nothing of the first one's code.
inline std::string verify_simply(const Proof& proof) {
  simple::Input input;
  input.challenge = encode_challenge(proof.record.challenge);
  input.commit1 = encode_commit(proof.record.fill);
  input.commit2 = encode_commit(proof.record.sweep);
  for (const Revealed& nonce : proof.record.nonces) {
    input.n.push_back(nonce.n);
    input.m.push_back(nonce.m);
    input.z.push_back(nonce.z);
  }
  input.next_block = proof.record.seed_block;
  input.transcript = proof.transcript;
  input.is_signed = [](simple::View key, simple::View message, simple::View signature) {
    Hash key_bytes{};
    std::ranges::copy(key, key_bytes.begin());
    return std::ranges::equal(sign_as(key_bytes, message), signature);
  };
  return simple::verify(input);
}

/// The check of a challenge's epoch, with this test's secret.
inline EpochCheck epoch_check_of(const Challenge& challenge) {
  return EpochCheck(challenge.epoch, challenge.params.k(), repeated(0x55));
}

}  // namespace souk::capacity
