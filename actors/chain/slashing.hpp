#pragma once

#include <optional>
#include <vector>

#include "actors/chain/staking.hpp"

namespace souk {

/// How well a validator signs (akash-chain.md section 8.4, ValidatorSigningInfo). The bitmap of missed blocks
/// is kept as runs, so that any number of blocks of one kind costs as much as one.
struct SigningInfo {
  /// Missed blocks [from, to), counted as index_offset counts.
  struct Run {
    std::int64_t from = 0;
    std::int64_t to = 0;
    friend bool operator==(const Run&, const Run&) = default;
  };
  Height start_height;
  std::int64_t index_offset = 0;  ///< blocks seen since the start, or since it was last jailed for downtime
  Time jailed_until{};            ///< time_max once tombstoned (the chain writes the year 9999)
  bool tombstoned = false;
  std::vector<Run> missed;  ///< ascending, apart, within the window

  /// Missed blocks among the last `window`.
  std::int64_t missed_count(std::int64_t window) const;
};

/// One validator of a set that signs.
struct SetMember {
  ConsensusKey key{};
  Address operator_address;
  std::int64_t power = 0;
};

/// Watches signatures, jails and slashes. Calls staking. Source: akash-chain.md section 8.4.
class Slashing {
 public:
  const SigningInfo* find(const ConsensusKey& key) const;
  const UndoMap<ConsensusKey, SigningInfo>& infos() const { return infos_; }

  /// Came into the active set (the SDK's AfterValidatorBonded).
  void bonded(const ConsensusKey& key, Height height);

  /// Blocks, from the block's height on, until one of the voters is jailed for downtime if each goes on as
  /// in `absent` (sorted): 1 for this very block. None within `blocks_max`: blocks_max + 1.
  std::int64_t blocks_until_jailed(const std::vector<SetMember>& voters,
                                   const std::vector<ConsensusKey>& absent, std::int64_t blocks_max,
                                   const Staking& staking, const StakeContext& context) const;
  /// The same commit `blocks` times over, the last of them at the block's height. Whoever that jails is
  /// jailed at the last one. REQUIRES: nobody is jailed before it.
  void see_commits(const std::vector<SetMember>& voters, const std::vector<ConsensusKey>& absent,
                   std::int64_t blocks, Staking& staking, StakeContext& context);
  /// Evidence of a double signature: slash, jail and tombstone, unless it is too old (both in blocks and in
  /// time), the validator is unknown, unbonded or tombstoned.
  void punish(const Misbehaviour& misbehaviour, Staking& staking, StakeContext& context);

  /// Errors, in order: 3 no validator, 6 no self delegation, 7 self delegation below the minimum, 5 not
  /// jailed, 4 tombstoned or jailed_until not reached.
  Verdict unjail(const MsgUnjail& msg, Staking& staking, StakeContext& context);

  void begin() { infos_.begin_tx(); }
  void rollback() { infos_.rollback(); }
  void append_state(Bytes& out) const;

 private:
  UndoMap<ConsensusKey, SigningInfo> infos_;
};

}  // namespace souk
