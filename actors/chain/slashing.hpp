#pragma once

#include <map>
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
  std::int64_t missed_blocks = 0;  ///< of the window: the sum of the runs
  std::vector<Run> missed;         ///< ascending, apart, within the window
};

/// Most blocks of a window that may be missed: window - round(min_signed x window).
std::int64_t missed_blocks_max(const SlashingParams& params);

/// One validator of a set that signs.
struct SetMember {
  ConsensusKey key{};
  Address operator_address;
  std::int64_t power = 0;
};

/// Watches signatures, jails and slashes. Calls staking. Source: akash-chain.md section 8.4.
class Slashing {
 public:
  /// Null if it was never in the active set.
  const SigningInfo* find(const ConsensusKey& key) const;
  const std::map<ConsensusKey, SigningInfo>& infos() const { return infos_; }

  /// Came into the active set (the SDK's AfterValidatorBonded).
  void bonded(const ConsensusKey& key, Height height);

  /// After how many more blocks somebody in `set` is jailed for downtime if the block at `height` is the
  /// first of them and all are signed by all but `absent` (sorted). nullopt: never.
  std::optional<std::int64_t> blocks_until_jailed(const std::vector<SetMember>& set,
                                                  const std::vector<ConsensusKey>& absent, Height height,
                                                  const Staking& staking, const SlashingParams& params) const;
  /// Takes in the commits that the `blocks` heights up to exec.block.height carry, all by the same set and
  /// with the same absent ones (sorted). Whoever missed too many by the last is slashed and jailed.
  /// REQUIRES: nobody had by an earlier one.
  void see_commits(const std::vector<SetMember>& set, const std::vector<ConsensusKey>& absent,
                   std::int64_t blocks, Staking& staking, StakeContext& context);
  /// Evidence of a double signature: slash, jail and tombstone, unless it is too old (both in blocks and in
  /// time), the validator is unknown, unbonded or tombstoned.
  void punish(const Misbehaviour& misbehaviour, Staking& staking, StakeContext& context);

  /// Errors, in order: staking 3 no validator, staking 19 no self delegation, slashing 7 it is below the
  /// minimum, 5 not jailed, 4 tombstoned or jailed_until not reached.
  Verdict unjail(const MsgUnjail& msg, Staking& staking, StakeContext& context) const;

  void append_state(Bytes& out) const;

 private:
  void see(const SetMember& member, bool missed, std::int64_t blocks, Staking& staking,
           StakeContext& context);

  std::map<ConsensusKey, SigningInfo> infos_;  ///< no message changes them: nothing to undo
};

}  // namespace souk
