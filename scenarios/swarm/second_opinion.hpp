#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "actors/base/money.hpp"
#include "actors/consensus/types.hpp"

/// The rules that everything rests on, written a second time, as plainly as possible, so that a bug in the
/// first writing is a difference and not an opinion of all.
namespace souk::scenarios::swarm {

/// Whether `power` is more than two thirds of `total`: strictly above floor(2 total / 3).
constexpr bool is_quorum(consensus::Power power, consensus::Power total) {
  const auto twice = static_cast<i128>(total) * 2;
  return static_cast<i128>(power) > twice / 3;
}
/// Whether `power` is more than a third of `total`.
constexpr bool is_third(consensus::Power power, consensus::Power total) {
  return static_cast<i128>(power) * 3 > static_cast<i128>(total);
}

/// Validators and whose turn it is to propose (consensus-node.md section 1.3), in exact integers: no power
/// here comes near saturation.
class PlainSet {
 public:
  struct Member {
    Address address;
    consensus::PublicKey key{};
    std::int64_t power = 0;
    std::int64_t priority = 0;
  };

  /// The set of the first height.
  static PlainSet genesis(std::span<const consensus::PowerChange> changes);
  /// What a block asks for, and then one step: the set of the next height.
  void next_height(std::span<const consensus::PowerChange> changes);

  std::span<const Member> members() const { return members_; }
  std::int64_t total() const;
  /// Who proposes in `round` of this set's height.
  Address proposer(consensus::Round round) const;
  /// Whether `set` is this one: same members in the same order with the same powers, priorities, proposer.
  bool same_as(const consensus::ValidatorSet& set) const;

 private:
  void apply(std::span<const consensus::PowerChange> changes);
  void normalise();
  void step();
  void order();

  std::vector<Member> members_;
  Address turn_;
};

/// The three sets of a height, as ValidatorSchedule: changes of block h are in force at h + 2.
struct PlainSchedule {
  std::optional<PlainSet> last;
  PlainSet current;
  PlainSet next;

  static PlainSchedule genesis(PlainSet set);
  void roll(std::span<const consensus::PowerChange> changes);
};

}  // namespace souk::scenarios::swarm
