#pragma once

#include "actors/base/hash.hpp"
#include "actors/capacity/commit.hpp"

/// Ed25519 and randomness for the proof's programs, by libsodium. Every function may be called at any time.
namespace souk::gpu {

/// 32 bytes from the system's random generator.
Hash random_hash();

/// The public key of an Ed25519 seed.
Hash public_key(const Hash& seed);
/// Signs with the key of `seed`.
capacity::Sign signer(const Hash& seed);
/// Whether a signature is `key`'s.
capacity::VerifySignature signature_check();

}  // namespace souk::gpu
