#include "bench/gpu/keys.hpp"

#include <sodium.h>

#include <array>

#include "actors/base/check.hpp"

namespace souk::gpu {
namespace {

static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_PUBLICKEYBYTES == 32 && crypto_sign_BYTES == 64);

using SecretKey = std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES>;

void start_sodium() { SOUK_CHECK(sodium_init() >= 0); }  // harmless when repeated

struct KeyPair {
  Hash shown{};
  SecretKey secret{};
};
KeyPair key_pair(const Hash& seed) {
  start_sodium();
  KeyPair pair;
  SOUK_CHECK(crypto_sign_seed_keypair(pair.shown.data(), pair.secret.data(), seed.data()) == 0);
  return pair;
}

}  // namespace

Hash random_hash() {
  start_sodium();
  Hash hash{};
  randombytes_buf(hash.data(), hash.size());
  return hash;
}

Hash public_key(const Hash& seed) { return key_pair(seed).shown; }

capacity::Sign signer(const Hash& seed) {
  return [secret = key_pair(seed).secret](std::span<const std::uint8_t> message) {
    capacity::Signature signature{};
    SOUK_CHECK(
        crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret.data()) == 0);
    return signature;
  };
}

capacity::VerifySignature signature_check() {
  start_sodium();
  return [](const Hash& key, std::span<const std::uint8_t> message, const capacity::Signature& signature) {
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
  };
}

}  // namespace souk::gpu
