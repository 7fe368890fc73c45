#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/enums.hpp"
#include "actors/base/ids.hpp"
#include "actors/base/time.hpp"

/// What must hold of every cluster under every fault (consensus-node.md section 5, "Our invariants").
namespace souk::scenarios::swarm {

enum class Invariant : std::uint8_t {
  s1,   ///< agreement: one value per height
  s2,   ///< every decided block validates
  s3,   ///< a correct key signs one statement per height, round and step
  s4,   ///< no prevote against a lock, or on a valid round, without the polka it rests on
  s5,   ///< commits verify under the validators of their height
  s6,   ///< equal app hash and equal state at equal height
  s7,   ///< height and time strictly increase, and proposers' clocks are bounded
  s8,   ///< nothing reported final is lost
  s9,   ///< observed equivocation is punished, correct validators never
  s10,  ///< proposer(h, r) is equal everywhere
  s11,  ///< the ledger's own invariants
  s12,  ///< the state after a crash is the state without it
  s13,  ///< every queue within its bound
  s14,  ///< the same seed twice is the same run
  l1,   ///< after the heal a new height within 10 block times
  l2,   ///< every correct node catches up within 60 simulated seconds
  l3,   ///< a paid valid transaction is included within 20 blocks
  x1,   ///< what clients are told is one linear history
};
inline constexpr std::size_t invariant_count = enum_values<Invariant>.size();

/// "S1", "L3".
std::string_view code_of(Invariant invariant);
/// The sentence beside it above.
std::string_view meaning_of(Invariant invariant);

/// An invariant that does not hold.
struct Violation {
  Invariant invariant{};
  Height height;
  Time at;                       ///< simulated
  std::vector<std::string> who;  ///< names of the nodes it shows at
  std::string what;              ///< one line
};
/// "S1 at height 7, 00:01:02.345 after genesis, val-0 val-2: ..."
std::string to_text(const Violation& violation, Time genesis);

}  // namespace souk::scenarios::swarm
