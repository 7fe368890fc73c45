#include "runtime/signatures.hpp"

#include <algorithm>

namespace souk::runtime {
namespace {

class KeyedHashScheme final : public SignatureScheme {
 public:
  const char* name() const override { return "keyed_hash"; }
  KeyPair key_pair(const Seed& seed) const override {
    KeyPair pair{seed, {}};
    std::copy(seed.begin(), seed.end(), pair.secret.begin());
    return pair;
  }
  consensus::Signature sign(const SecretKey& key, std::span<const std::uint8_t> bytes) const override {
    consensus::PublicKey public_key;
    std::copy_n(key.begin(), public_key.size(), public_key.begin());
    return consensus::KeyedHash::sign(public_key, bytes);
  }
  bool verify(const consensus::PublicKey& key, std::span<const std::uint8_t> bytes,
              const consensus::Signature& signature) const override {
    return consensus::KeyedHash().verify(key, bytes, signature);
  }
};

}  // namespace

const SignatureScheme& keyed_hash() {
  static const KeyedHashScheme scheme;
  return scheme;
}

bool verify_all(const SignatureScheme& scheme, std::span<const SignatureCheck> checks) {
  return std::all_of(checks.begin(), checks.end(), [&](const SignatureCheck& check) {
    return check.bytes != nullptr && scheme.verify(check.key, *check.bytes, check.signature);
  });
}

}  // namespace souk::runtime
