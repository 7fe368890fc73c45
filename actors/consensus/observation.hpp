#pragma once

#include <optional>
#include <variant>

#include "actors/consensus/rules.hpp"
#include "actors/consensus/types.hpp"

/// What a validator tells those who check it (effect Observe). Changes nothing.
namespace souk::consensus {

struct RuleTaken {
  Rule rule{};
  Height height;
  Round round = 0;
};
/// About to sign; the record is in the batch before.
struct Signing {
  Statement statement;
};
/// The lock or the valid value moved.
struct Locked {
  Height height;
  Round locked_round = no_round;
  std::optional<ValueId> locked;
  Round valid_round = no_round;
  std::optional<ValueId> valid;
};
/// Decided by consensus, or learnt from a peer with its proof.
struct Decided {
  Height height;
  Round round = 0;
  ValueId value{};
  Time block_time;
  Time at;  ///< own clock
  bool synced = false;
  std::shared_ptr<const CertifiedValue> proof;
};
/// A block was applied; what the state is now.
struct Applied {
  Height height;
  Hash app_hash{};
  Hash validators_hash{};  ///< of height + 1
  Address proposer_round0;
};
/// A peer did what an honest one never does; its score went down.
struct PeerFault {
  ActorId peer;
  enum class Kind : std::uint8_t {
    malformed,
    oversized,
    bad_signature,
    wrong_chain,
    not_a_validator,
    far_future,
    bad_part,
    bad_block,
    bad_commit,
    bad_evidence,
    unsolicited,
    flood,
  } kind{};
  std::int32_t score = 0;  ///< after it
};
/// Evidence was found, or came from a peer and holds.
struct Caught {
  Evidence evidence;
};
/// It stopped signing, or stopped altogether, and why: a named reason (section 1.9, last rule).
struct Halted {
  std::string why;
};
/// Sizes of everything that is bounded.
struct QueueSizes {
  std::uint32_t pending_checks = 0;
  std::uint32_t votes = 0;
  std::uint32_t future_messages = 0;
  std::uint32_t parts = 0;
  std::uint32_t evidence = 0;
};

struct Observation {
  std::variant<RuleTaken, Signing, Locked, Decided, Applied, PeerFault, Caught, Halted, QueueSizes> what;
};

}  // namespace souk::consensus
