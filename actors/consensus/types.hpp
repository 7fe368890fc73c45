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

/// What a value is known by: small, fixed, and enough to ask for the parts and to check them one by one
/// (section 1.4). Its hash is the ValueId.
struct ValueHeader {
  Time time;          ///< the proposer's clock when it made the value; kept when the value is proposed again
  Hash block_hash{};  ///< of the block in the payload (block.hpp), so that a light client needs no payload
  std::uint32_t byte_count = 0;  ///< of the payload
  std::uint32_t part_count = 0;  ///< ceil(byte_count / part size); at least 1
  Hash part_root{};              ///< Merkle root over the parts (merkle.hpp)
  friend bool operator==(const ValueHeader&, const ValueHeader&) = default;
};
using ValueId = Hash;
/// SHA-256 of the header's canonical encoding.
ValueId value_id(const ValueHeader& header);

/// What is being decided: a block's bytes behind their header. Shared and immutable.
struct Value {
  ValueHeader header;
  Bytes payload;  ///< encode(Block)
  friend bool operator==(const Value&, const Value&) = default;
};
using SharedValue = std::shared_ptr<const Value>;

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

/// One slice of a value's payload with its Merkle proof.
struct Part {
  Height height;
  Round round = 0;  ///< of the proposal it was sent for; the bytes are the same in any
  ValueId value{};
  std::uint32_t index = 0;  ///< must be the place that the proof proves (ASA-2025-002)
  Bytes bytes;
  std::vector<Hash> proof;  ///< siblings from the leaf up
  friend bool operator==(const Part&, const Part&) = default;
};

/// A signed statement of step propose with the header of the value it names. A value of one part comes with
/// it, which saves a hop.
struct Proposal {
  Signed head;
  ValueHeader value;
  std::shared_ptr<const Part> only_part;
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

/// A set of places, 64 to a word, lowest first. Well-formed only with exactly ceil(count / 64) words and no
/// bit beyond the count (ASA-2025-003).
struct Bits {
  std::uint32_t count = 0;
  std::vector<std::uint64_t> words;
  friend bool operator==(const Bits&, const Bits&) = default;
};

/// Where its sender is and what it has, so that others send what it lacks (section 1.11).
struct RoundStatus {
  Height height;
  Round round = 0;
  Step step = Step::propose;
  Round valid_round = no_round;
  std::optional<ValueId> value;  ///< it knows a proposal of this round, for this value
  Bits parts;                    ///< of that value, by index; empty without one
  Bits prevotes;                 ///< of this round, by validator index
  Bits precommits;
  Height stored_from;  ///< the lowest block it can send; it can send all from there below `height`
  friend bool operator==(const RoundStatus&, const RoundStatus&) = default;
};

/// Asks for the decision of a height.
struct SyncRequest {
  Height height;
};

/// Double vote or double proposal: two statements of one validator for one height, round and step. `first` is
/// the smaller statement, so that two who saw them in another order report the same. Rules in evidence.hpp
/// (section 1.7).
struct Evidence {
  Signed first;
  Signed second;
  Power power = 0;        ///< the validator's in the set of that height
  Power total_power = 0;  ///< that set's
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

using Message = std::variant<Proposal, Part, Vote, RoundStatus, SyncRequest, CertifiedValue, Evidence>;

/// A message as an actor's event carries it.
struct Envelope {
  Message message;
};

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
