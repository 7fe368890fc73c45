#pragma once

#include <map>
#include <vector>

#include "actors/consensus/evidence.hpp"
#include "actors/consensus/types.hpp"

/// The prevotes and precommits of one height (consensus-node.md section 1.1).
namespace souk::consensus {

/// Counts votes by round, step and value. Every vote given to it is genuine and by a member of its set.
///
/// The paper counts messages, so a validator that votes for two values counts for each of them (and once
/// where the value does not matter). Otherwise a node that happens to keep the wrong one of two votes might
/// never see the polka that others saw. Memory stays bounded: of each validator, round and step the first two
/// votes, and those for values that a proposal of that round names.
///
/// Rounds up to the next are kept in full; beyond that only the highest round each validator was seen in,
/// which is all that skipping needs. So a validator that floods future rounds takes up 4 bytes.
class VoteKeeper {
 public:
  explicit VoteKeeper(const ValidatorSet& set);

  enum class Added : std::uint8_t {
    counted,
    duplicate,    ///< this vote, or another by the validator for the same value, is here already
    contradicts,  ///< counted, and is evidence together with `earlier`
    noted,        ///< of a far round: only remembered as the highest round seen
    surplus,      ///< a third value of an equivocator that no proposal names: dropped
    useless,      ///< nil of a past round: dropped
  };
  struct Outcome {
    Added added = Added::counted;
    std::optional<Vote> earlier;  ///< set with `contradicts`
  };
  /// Counts `vote`. `current` is the round we are in; `named`: a known proposal of the vote's round (or one
  /// with it as valid round) names its value.
  Outcome add(const Vote& vote, Round current, bool named);
  /// What add() would answer; changes nothing.
  Added probe(const Vote& vote, Round current, bool named) const;

  /// Power that voted for `value` (none: nil).
  Power power_for(Step step, Round round, const std::optional<ValueId>& value) const;
  bool quorum_for(Step step, Round round, const std::optional<ValueId>& value) const;
  /// More than 2/3 voted, for whatever.
  bool quorum_any(Step step, Round round) const;
  /// Everybody voted.
  bool complete(Step step, Round round) const;
  /// The highest round above `current` that more than 1/3 of the power reached or passed, by prevotes and
  /// precommits together (the paper's line 55; one of them is honest).
  std::optional<Round> skip_to(Round current) const;

  /// Drops the votes for nil of rounds below `current`: no rule asks for them (section 1.1).
  void forget_nil_below(Round current);
  /// Everything kept, by round and step, in order of arrival: for gossip.
  std::vector<Vote> votes() const;
  std::size_t vote_count() const;
  /// The vote of the validator at `index` for `value`, null if it is not here.
  const Vote* find_vote(Step step, Round round, const std::optional<ValueId>& value,
                        std::uint32_t index) const;
  /// The precommits of `round` as a commit for `value`; of an equivocator the one for the value.
  Commit commit(Height height, Round round, const ValueId& value) const;

 private:
  struct Tally {
    std::optional<ValueId> value;
    Power power = 0;
    std::vector<bool> has;  ///< by index
    std::vector<Vote> votes;
  };
  struct Ballot {
    std::vector<Tally> tallies;       ///< in order of the first vote for each value
    std::vector<std::uint32_t> kept;  ///< votes kept, by index
    Power power_any = 0;
    bool nil_forgotten = false;
  };
  using RoundVotes = std::array<Ballot, 2>;  ///< prevotes, precommits

  const Ballot* find(Step step, Round round) const;
  const Tally* find(Step step, Round round, const std::optional<ValueId>& value) const;
  Tally& tally(Ballot& ballot, const std::optional<ValueId>& value) const;
  const Vote* any_vote_of(const Ballot& ballot, std::uint32_t index) const;

  std::vector<Power> powers_;  ///< by index
  std::vector<Address> addresses_;
  Power total_ = 0;
  std::map<Round, RoundVotes> rounds_;
  std::vector<Round> highest_;  ///< highest round seen, by index
  Round highest_of_all_ = no_round;
};

}  // namespace souk::consensus
