#pragma once

#include <array>
#include <cstdint>

#include "actors/base/enums.hpp"

/// The rules of arXiv 1807.04938, Algorithm 1, one name per branch outcome (consensus-node.md section 1.1).
namespace souk::consensus {

enum class Rule : std::uint8_t {
  start_propose_valid,         ///< 15-19: proposer re-proposes validValue
  start_propose_new,           ///< 17-19: proposer proposes a new value
  start_wait,                  ///< 21: not the proposer
  first_prevote_value,         ///< 22-24: valid and not locked on another
  first_prevote_nil_invalid,   ///< 22, 26: not valid
  first_prevote_nil_locked,    ///< 22, 26: locked on another value
  first_prevote_nil_untimely,  ///< 22 with PBTS: its time is too far from ours
  again_prevote_value,         ///< 28-30: polka at vr, lockedRound <= vr or locked on it
  again_prevote_nil_invalid,   ///< 28, 32: not valid
  again_prevote_nil_locked,    ///< 28, 32: locked in a later round on another value
  polka_any,                   ///< 34-35: arm timeoutPrevote
  polka_lock,                  ///< 36-41: lock and precommit
  polka_valid_only,            ///< 36, 42-43: after prevote: only validValue
  polka_nil,                   ///< 44-46: precommit nil; the lock is kept
  precommit_any,               ///< 47-48: arm timeoutPrecommit
  decide,                      ///< 49-54: of this round
  decide_earlier_round,        ///< 49-54: of an earlier round
  decide_later_round,          ///< 49-54: of a later round
  skip_round,                  ///< 55-56
  timeout_propose,             ///< 57-60: prevote nil
  timeout_propose_stale,       ///< 57-60: moved on
  timeout_prevote,             ///< 61-64: precommit nil
  timeout_prevote_stale,
  timeout_precommit,  ///< 65-67: next round
  timeout_precommit_stale,
};
inline constexpr std::size_t rule_count = enum_values<Rule>.size();
/// How often each was taken.
using RuleCounts = std::array<std::uint64_t, rule_count>;

}  // namespace souk::consensus
