#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "actors/consensus/types.hpp"
#include "actors/effects.hpp"

/// Who makes and checks the signatures that actors ask for (effects MakeSignature and VerifySignatures).
namespace souk::runtime {

/// 32 secret bytes that a key pair is made from.
using Seed = std::array<std::uint8_t, 32>;
/// What signing needs: of ed25519 the seed and the public key.
using SecretKey = std::array<std::uint8_t, 64>;

struct KeyPair {
  consensus::PublicKey public_key{};
  SecretKey secret{};
};

/// One way to sign. Without state, so every thread may use it at once.
class SignatureScheme : public consensus::SignatureVerifier {
 public:
  virtual const char* name() const = 0;
  /// The same seed gives the same keys, always.
  virtual KeyPair key_pair(const Seed& seed) const = 0;
  /// Deterministic: the same bytes and key give the same signature.
  virtual consensus::Signature sign(const SecretKey& key, std::span<const std::uint8_t> bytes) const = 0;
};

/// consensus::KeyedHash: 100 times as fast, and no proof to anyone: the public key is the seed, and who knows
/// it can sign. For simulations in which nobody lies about who they are.
const SignatureScheme& keyed_hash();
/// ed25519 by libsodium (signatures_ed25519.cpp).
const SignatureScheme& ed25519();

/// Whether all of `checks` are right.
bool verify_all(const SignatureScheme& scheme, std::span<const SignatureCheck> checks);

}  // namespace souk::runtime
