#pragma once

/// Planted consensus bugs, for the tests that prove the invariants catch them (consensus-node.md section 5,
/// mutation check). Only a library variant built for those tests defines SOUK_MUTATIONS; everywhere else
/// SOUK_MUTATE is the constant false and nothing of this is compiled.
#ifdef SOUK_MUTATIONS

namespace souk::consensus {

/// In brackets the invariant of section 5 that sees it.
enum class Mutation {
  none,
  lock_dropped_on_nil_polka,     ///< a polka for nil unlocks [S4]
  lock_ignored_in_prevote,       ///< prevotes any valid value [S4]
  lock_not_taken,                ///< precommits without locking [S4]
  lock_lost_on_restart,          ///< what the log says of locks is not replayed [S4]
  quorum_at_two_thirds,          ///< decides at exactly 2/3 [S5, S1]
  decide_on_polka,               ///< decides on prevotes [S5, S1]
  vote_counted_twice,            ///< a vote that arrives twice counts twice [S5, S1]
  repropose_without_polka,       ///< believes the valid round of a proposal [S4]
  proposal_from_anyone,          ///< takes proposals of validators whose turn it is not [S10]
  vote_unsynced,                 ///< signs before the record is durable [S3]
  vote_before_record,            ///< signs before the record is written [S3]
  guard_forgotten_on_restart,    ///< a restarted validator does not know what it signed [S3]
  block_stored_unsynced,         ///< tells of a decision that a crash can undo [S8]
  block_applied_twice,           ///< recovery applies the last stored block again [S6, S12]
  block_unchecked,               ///< prevotes for blocks that do not validate [S2]
  last_commit_unchecked,         ///< takes any last commit in a block [S2, S5]
  commit_signatures_unverified,  ///< believes the commits of peers that it syncs from [S5, S1]
  timestamp_unchecked,           ///< prevotes for any time, proposes at any time [S7]
  evidence_not_recorded,         ///< sees double votes and forgets them [S9]
  set_updated_early,             ///< changes of block h rule at h + 1 [S5]
  proposer_by_local_round,       ///< priorities advance with the rounds this node saw [S10]
  future_votes_unbounded,        ///< buffers whatever is said of the next height [S13]
};

/// The bug that is planted now. Set by tests only.
inline Mutation planted = Mutation::none;

}  // namespace souk::consensus

#define SOUK_CONSENSUS_MUTATE(name) (::souk::consensus::planted == ::souk::consensus::Mutation::name)
#else
#define SOUK_CONSENSUS_MUTATE(name) false
#endif
