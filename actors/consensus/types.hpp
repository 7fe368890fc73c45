#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/base/codec.hpp"
#include "actors/base/time.hpp"
#include "actors/consensus/validator_set.hpp"

/// What validators say to each other, and the bytes they sign (consensus-node.md
/// sections 1.1, 1.4, 1.5, 1.7).
namespace souk::consensus {

/// Rounds of a height count from 0.
using Round = std::int32_t;
/// "None": the valid round of a value proposed for the first time.
inline constexpr Round no_round = -1;
/// A message of a later round is malformed. With the default timeouts a height takes 80 years to get there.
inline constexpr Round round_max = 100'000;
/// A chain id is shorter than this (section 1.4).
inline constexpr std::size_t chain_id_byte_count_max = 49;

/// What is being decided: a block's bytes and its time, both behind the id. Shared and immutable.
struct Value {
  Time time;      ///< the proposer's clock when it made the value; kept when the value is proposed again
  Bytes payload;  ///< the application's; opaque here
  friend bool operator==(const Value&, const Value&) = default;
};
using SharedValue = std::shared_ptr<const Value>;
using ValueId = Hash;
/// SHA-256 of the value's canonical encoding.
ValueId value_id(const Value& value);

/// Steps of a round, in the order in which a validator speaks in them.
enum class Step : std::uint8_t { propose, prevote, precommit };

/// What a validator signs: one per height, round and step, or it can be proven guilty.
struct Statement {
  Step step = Step::propose;
  Height height;
  Round round = 0;
  std::optional<ValueId> value;  ///< none is a vote for nil; a proposal always has one
  /// Of a proposal the round of the polka it rests on; a prevote for its value repeats it, so that a change
  /// of mind without a polka can be proven (section 1.7). no_round otherwise.
  Round valid_round = no_round;
  friend bool operator==(const Statement&, const Statement&) = default;
  friend auto operator<=>(const Statement&, const Statement&) = default;
};

/// The bytes under the signature. Fixed width up to the chain id, which comes last. Index and address are not
/// signed: they are looked up in one way only, Signed::index with the address required to match
/// (section 1.4).
Bytes sign_bytes(std::string_view chain_id, const Statement& statement);

/// ed25519, or what stands in for it.
using Signature = std::array<std::uint8_t, 64>;

/// A statement with its signature; of step prevote or precommit it is a vote.
struct Signed {
  Statement statement;
  std::uint32_t index = 0;  ///< the signer's place in the validator set of statement.height
  Address validator;        ///< must be the address at `index`
  Signature signature{};
  friend bool operator==(const Signed&, const Signed&) = default;
};
using Vote = Signed;

/// A signed statement of step propose with the value it names.
struct Proposal {
  Signed head;
  SharedValue value;
};

/// One validator's part in a commit.
struct CommitSignature {
  enum class Kind : std::uint8_t { absent, for_value, for_nil };
  Kind kind = Kind::absent;
  Address validator;  ///< zero if absent
  Signature signature{};
  friend bool operator==(const CommitSignature&, const CommitSignature&) = default;
};

/// The precommits that decided `value`, one entry per validator in the order of the set.
struct Commit {
  Height height;
  Round round = 0;
  ValueId value{};
  std::vector<CommitSignature> signatures;
  friend bool operator==(const Commit&, const Commit&) = default;
};

/// A decision to learn from: what a peer sends to one that is behind.
struct CertifiedValue {
  SharedValue value;
  Commit commit;
};

using Message = std::variant<Proposal, Vote, CertifiedValue>;

/// The height a message is about.
Height height_of(const Message& message);

/// Checks signatures. The host's: real ones live outside actors.
class SignatureVerifier {
 public:
  virtual ~SignatureVerifier() = default;
  virtual bool verify(const PublicKey& key, std::span<const std::uint8_t> bytes,
                      const Signature& signature) const = 0;
};

/// In place of signatures where nobody lies about who they are: simulations and tests. Anyone who knows the
/// public key can make one, so it proves nothing to a real peer.
class KeyedHash final : public SignatureVerifier {
 public:
  static Signature sign(const PublicKey& key, std::span<const std::uint8_t> bytes);
  bool verify(const PublicKey& key, std::span<const std::uint8_t> bytes,
              const Signature& signature) const override;
};

}  // namespace souk::consensus
