#pragma once

#include <cstdint>
#include <vector>

#include "actors/base/ids.hpp"
#include "actors/base/time.hpp"
#include "actors/chain/stake_msgs.hpp"

namespace souk {

/// Height and time of the block being applied. Heights must grow; empty heights may be skipped.
struct BlockContext {
  Height height;
  Time time;
};

/// A double signature that consensus proved.
struct Misbehaviour {
  ConsensusKey key{};
  Height height;  ///< of the infraction
  Time time;      ///< of that height's block
  std::int64_t power = 0;
};

/// What consensus tells the ledger with a block, besides its transactions.
struct BlockInputs {
  /// Validators of the last commit that did not sign it (absent; a vote for nil counts as signed). Where
  /// heights were skipped, they are taken to have been absent at every one of them.
  std::vector<ConsensusKey> absent;
  ConsensusKey proposer{};  ///< of this block; zero if nobody in particular
  std::vector<Misbehaviour> misbehaviour;
};

/// A block is due at the first height that is at least `height` or whose time is at least `time`.
struct Deadline {
  Time time = time_max;
  Height height{INT64_MAX};
  friend bool operator==(const Deadline&, const Deadline&) = default;
};

/// Asks consensus for another power; 0 removes. Takes effect two heights on.
struct ValidatorUpdate {
  ConsensusKey key{};
  std::int64_t power = 0;
  friend bool operator==(const ValidatorUpdate&, const ValidatorUpdate&) = default;
};

}  // namespace souk
