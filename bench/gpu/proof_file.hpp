#pragma once

#include <string>
#include <vector>

#include "actors/base/codec.hpp"
#include "actors/base/hash.hpp"
#include "actors/base/result.hpp"
#include "actors/capacity/challenge.hpp"
#include "actors/capacity/commit.hpp"

/// The files that `challenge`, `prove` and `verify` exchange: capacity.proto, with every length and bound
/// checked on the way in.
namespace souk::gpu {

/// A challenge with the secrets of all its parties.
struct TestChallenge {
  capacity::Challenge challenge;
  std::vector<Hash> secrets;  ///< z_i of each validator; they lead to the challenge's anchors
  Hash provider_seed{};       ///< Ed25519; leads to the challenge's provider key
  Hash seed_block{};          ///< L'
  friend bool operator==(const TestChallenge&, const TestChallenge&) = default;
};

/// What a prover sends. A transcript that proves nothing is not malformed: judging it is the verifier's part.
struct ProofFile {
  capacity::Commit fill;
  capacity::Commit sweep;
  Bytes transcript;
  friend bool operator==(const ProofFile&, const ProofFile&) = default;
};

/// A file that could hold more than this is refused unread: the fields' lengths, and their heads.
inline constexpr std::size_t max_challenge_file_bytes = 1024;
inline constexpr std::size_t max_proof_file_bytes = capacity::max_transcript_bytes + 1024;

Bytes encode_file(const TestChallenge& challenge);
Bytes encode_file(const ProofFile& proof);

/// Errors, one line without the file's name: not such a message, a field of another length, params outside
/// their bounds (tests' sizes are allowed), secrets or seed that do not belong to the challenge.
Result<TestChallenge> decode_challenge_file(std::span<const std::uint8_t> bytes);
/// Errors: not such a message, a field of another length.
Result<ProofFile> decode_proof_file(std::span<const std::uint8_t> bytes);

/// The same from a file; errors name it.
Result<TestChallenge> load_challenge(const std::string& path);
Result<ProofFile> load_proof(const std::string& path);

}  // namespace souk::gpu
