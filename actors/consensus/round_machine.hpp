#pragma once

#include <optional>
#include <span>

#include "actors/consensus/rules.hpp"
#include "actors/consensus/types.hpp"
#include "actors/consensus/vote_keeper.hpp"

/// The rounds of one height: arXiv 1807.04938, Algorithm 1, and nothing else (consensus-node.md section 1.1).
/// No clock, no messages, no blocks: who calls it knows those.
namespace souk::consensus {

/// Whether a value may be decided. Unknown while parts or checks are missing: rules that ask for a valid
/// value wait, except that line 22 does not look at it when the lock forbids the value anyway.
enum class Judgement : std::uint8_t { unknown, valid, invalid };

/// What the rules see of a proposal. Of a round there may be several, if its proposer cheats.
struct ProposalFacts {
  Round round = 0;
  Round valid_round = no_round;
  ValueId value{};
  Judgement judgement = Judgement::unknown;
  bool timely = true;  ///< when it arrived (section 1.8); not asked of a value that is proposed again
};

/// Everything received in this height.
struct RoundFacts {
  const VoteKeeper& votes;
  std::span<const ProposalFacts> proposals;  ///< in order of arrival
};

/// A rule that was taken, and what is to be done about it. The state has changed already.
struct Taken {
  Rule rule{};
  std::optional<Statement> say{};         ///< sign and send this vote
  std::optional<Step> arm{};              ///< set the timeout of this step for the current round
  std::optional<Round> enter{};           ///< call start() with this round
  std::optional<ProposalFacts> repeat{};  ///< propose this value again, with this valid round
  bool build = false;                     ///< make a new value and propose it
};

/// State of one validator in one height. A value: copies are independent.
class RoundMachine {
 public:
  struct Choice {
    Round round = no_round;
    std::optional<ValueId> value;
    friend bool operator==(const Choice&, const Choice&) = default;
  };
  struct Decision {
    Round round = 0;  ///< of the precommits
    ValueId value{};
  };

  explicit RoundMachine(Height height) : height_(height) {}

  /// Lines 11-21. REQUIRES: `round` is above the current one, nothing decided.
  Taken start(Round round, bool is_proposer);

  /// Takes the first rule that is enabled, in the order decide > skip round > 36 > 28 and 22 > 44 > 34 > 47;
  /// none if none is. Call until none is.
  /// Before start(0) only a decision or a skip to a round can happen.
  std::optional<Taken> next(const RoundFacts& facts);

  /// Lines 57-67: the timeout of `step` in `round` of this height is due; stale if we moved on.
  Taken timeout(Step step, Round round);

  Height height() const { return height_; }
  Round round() const { return round_; }  ///< no_round before start(0)
  Step step() const { return step_; }
  const Choice& locked() const { return locked_; }
  const Choice& valid() const { return valid_; }
  const std::optional<Decision>& decision() const { return decision_; }

 private:
  std::optional<Taken> decide(const RoundFacts& facts);
  std::optional<Taken> skip(const RoundFacts& facts) const;
  std::optional<Taken> polka(const RoundFacts& facts);
  std::optional<Taken> prevote(const RoundFacts& facts);
  std::optional<Taken> first_prevote(const ProposalFacts& proposal);
  std::optional<Taken> again_prevote(const RoundFacts& facts, const ProposalFacts& proposal);
  std::optional<Taken> polka_nil(const RoundFacts& facts);
  std::optional<Taken> polka_any(const RoundFacts& facts);
  std::optional<Taken> precommit_any(const RoundFacts& facts);

  Taken vote(Rule rule, Step step, std::optional<ValueId> value, Round valid_round = no_round);
  bool is_locked_on_another(const ValueId& value) const { return locked_.value && *locked_.value != value; }

  Height height_;
  Round round_ = no_round;
  Step step_ = Step::propose;
  Choice locked_;
  Choice valid_;
  std::optional<Decision> decision_;
  // "For the first time" of lines 34, 36 and 47, of the current round.
  bool seen_polka_any_ = false;
  bool seen_polka_ = false;
  bool seen_precommit_any_ = false;
};

}  // namespace souk::consensus
