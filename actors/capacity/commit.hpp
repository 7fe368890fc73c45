#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include "actors/base/codec.hpp"
#include "actors/base/hash.hpp"
#include "actors/base/result.hpp"

/// The two commits of a prover, 129 bytes each (gpu-capacity.md section 5, "Commit 1" and "Commit 2").
namespace souk::capacity {

using Signature = std::array<std::uint8_t, 64>;

/// Signs with the provider's Ed25519 key. Actors link against nothing, so the host gives it.
using Sign = std::function<Signature(std::span<const std::uint8_t> message)>;
/// Whether `signature` over `message` is `key`'s.
using VerifySignature =
    std::function<bool(const Hash& key, std::span<const std::uint8_t> message, const Signature& signature)>;

/// Which of the two: the states are filled (value h_R), the sweeps are done (value G_S).
enum class CommitKind : std::uint8_t { fill = 1, sweep = 2 };

inline constexpr std::size_t commit_bytes = 129;

struct Commit {
  Hash id{};              ///< Q_id
  std::uint8_t mask = 0;  ///< whose nonces went in: mask1 or mask2
  Hash value{};           ///< h_R or G_S
  Signature signature{};  ///< over signed_bytes

  friend bool operator==(const Commit&, const Commit&) = default;
};

/// The bytes that the signature covers: a tag that tells the two kinds apart, id, mask, value.
Bytes signed_bytes(CommitKind kind, const Commit& commit);
Bytes encode_commit(const Commit& commit);
/// Errors: not 129 bytes.
Result<Commit> decode_commit(std::span<const std::uint8_t> bytes);

/// What a transcript's signature covers. `body`: all bytes before the signature.
Bytes signed_transcript_bytes(std::span<const std::uint8_t> body);

}  // namespace souk::capacity
