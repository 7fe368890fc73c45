#include <sodium.h>

#include "actors/base/check.hpp"
#include "runtime/signatures.hpp"

/// libsodium, all of it for signatures in this file. It refuses points of small order and signatures that are
/// not reduced, so one message has one valid signature per key.

namespace souk::runtime {
namespace {

static_assert(crypto_sign_SEEDBYTES == std::tuple_size_v<Seed>);
static_assert(crypto_sign_SECRETKEYBYTES == std::tuple_size_v<SecretKey>);
static_assert(crypto_sign_PUBLICKEYBYTES == std::tuple_size_v<consensus::PublicKey>);
static_assert(crypto_sign_BYTES == std::tuple_size_v<consensus::Signature>);

class Ed25519Scheme final : public SignatureScheme {
 public:
  Ed25519Scheme() { SOUK_CHECK(sodium_init() >= 0); }
  const char* name() const override { return "ed25519"; }
  KeyPair key_pair(const Seed& seed) const override {
    KeyPair pair;
    SOUK_CHECK(crypto_sign_seed_keypair(pair.public_key.data(), pair.secret.data(), seed.data()) == 0);
    return pair;
  }
  consensus::Signature sign(const SecretKey& key, std::span<const std::uint8_t> bytes) const override {
    consensus::Signature signature;
    SOUK_CHECK(crypto_sign_detached(signature.data(), nullptr, bytes.data(), bytes.size(), key.data()) == 0);
    return signature;
  }
  bool verify(const consensus::PublicKey& key, std::span<const std::uint8_t> bytes,
              const consensus::Signature& signature) const override {
    return crypto_sign_verify_detached(signature.data(), bytes.data(), bytes.size(), key.data()) == 0;
  }
};

}  // namespace

const SignatureScheme& ed25519() {
  static const Ed25519Scheme scheme;
  return scheme;
}

}  // namespace souk::runtime
