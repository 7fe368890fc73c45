#include "actors/consensus/round_machine.hpp"

#include "actors/base/check.hpp"
#include "actors/consensus/mutation.hpp"

namespace souk::consensus {
namespace {

/// What decides a value in `round`: more than 2/3 of the power precommitted it.
bool is_decided(const VoteKeeper& votes, Round round, const ValueId& value) {
  if (SOUK_CONSENSUS_MUTATE(decide_on_polka)) return votes.quorum_for(Step::prevote, round, value);
  return votes.quorum_for(Step::precommit, round, value);
}

}  // namespace

Taken RoundMachine::start(Round round, bool is_proposer) {
  SOUK_CHECK(round > round_ && !decision_);
  round_ = round;
  step_ = Step::propose;
  seen_polka_any_ = seen_polka_ = seen_precommit_any_ = false;
  // Building a value takes time too, so the proposer also has a limit.
  if (!is_proposer) return {.rule = Rule::start_wait, .arm = Step::propose};
  if (!valid_.value) return {.rule = Rule::start_propose_new, .arm = Step::propose, .build = true};
  return {.rule = Rule::start_propose_valid,
          .arm = Step::propose,
          .repeat = ProposalFacts{round, valid_.round, *valid_.value, Judgement::valid, true}};
}

std::optional<Taken> RoundMachine::next(const RoundFacts& facts) {
  if (decision_) return std::nullopt;
  if (auto taken = decide(facts)) return taken;
  if (auto taken = skip(facts)) return taken;
  if (round_ == no_round) return std::nullopt;
  if (auto taken = polka(facts)) return taken;
  if (auto taken = prevote(facts)) return taken;
  if (auto taken = polka_nil(facts)) return taken;
  if (auto taken = polka_any(facts)) return taken;
  return precommit_any(facts);
}

std::optional<Taken> RoundMachine::decide(const RoundFacts& facts) {
  for (const ProposalFacts& p : facts.proposals) {
    if (p.judgement != Judgement::valid || !is_decided(facts.votes, p.round, p.value)) continue;
    decision_ = Decision{p.round, p.value};
    const Rule rule = p.round == round_  ? Rule::decide
                      : p.round < round_ ? Rule::decide_earlier_round
                                         : Rule::decide_later_round;
    return Taken{.rule = rule};
  }
  return std::nullopt;
}

std::optional<Taken> RoundMachine::skip(const RoundFacts& facts) const {
  const auto round = facts.votes.skip_to(round_);
  if (!round) return std::nullopt;
  return Taken{.rule = Rule::skip_round, .enter = *round};
}

std::optional<Taken> RoundMachine::polka(const RoundFacts& facts) {
  if (seen_polka_ || step_ == Step::propose) return std::nullopt;
  for (const ProposalFacts& p : facts.proposals) {
    if (p.round != round_ || p.judgement != Judgement::valid) continue;
    if (!facts.votes.quorum_for(Step::prevote, round_, p.value)) continue;
    seen_polka_ = true;
    valid_ = {round_, p.value};
    if (step_ != Step::prevote) return Taken{.rule = Rule::polka_valid_only};
    if (!SOUK_CONSENSUS_MUTATE(lock_not_taken)) locked_ = {round_, p.value};
    return vote(Rule::polka_lock, Step::precommit, p.value);
  }
  return std::nullopt;
}

std::optional<Taken> RoundMachine::prevote(const RoundFacts& facts) {
  if (step_ != Step::propose) return std::nullopt;
  for (const ProposalFacts& p : facts.proposals) {
    if (p.round != round_) continue;
    auto taken = p.valid_round == no_round ? first_prevote(p) : again_prevote(facts, p);
    if (taken) return taken;
  }
  return std::nullopt;
}

std::optional<Taken> RoundMachine::first_prevote(const ProposalFacts& p) {
  if (p.judgement == Judgement::unknown) return std::nullopt;
  if (p.judgement == Judgement::invalid)
    return vote(Rule::first_prevote_nil_invalid, Step::prevote, std::nullopt);
  if (is_locked_on_another(p.value) && !SOUK_CONSENSUS_MUTATE(lock_ignored_in_prevote))
    return vote(Rule::first_prevote_nil_locked, Step::prevote, std::nullopt);
  if (!p.timely && !SOUK_CONSENSUS_MUTATE(timestamp_unchecked))
    return vote(Rule::first_prevote_nil_untimely, Step::prevote, std::nullopt);
  return vote(Rule::first_prevote_value, Step::prevote, p.value);
}

std::optional<Taken> RoundMachine::again_prevote(const RoundFacts& facts, const ProposalFacts& p) {
  const bool has_polka =
      p.valid_round < round_ && facts.votes.quorum_for(Step::prevote, p.valid_round, p.value);
  if (!has_polka && !SOUK_CONSENSUS_MUTATE(repropose_without_polka)) return std::nullopt;
  if (p.judgement == Judgement::unknown) return std::nullopt;
  if (p.judgement == Judgement::invalid)
    return vote(Rule::again_prevote_nil_invalid, Step::prevote, std::nullopt);
  if (locked_.round > p.valid_round && is_locked_on_another(p.value) &&
      !SOUK_CONSENSUS_MUTATE(lock_ignored_in_prevote))
    return vote(Rule::again_prevote_nil_locked, Step::prevote, std::nullopt);
  return vote(Rule::again_prevote_value, Step::prevote, p.value, p.valid_round);
}

std::optional<Taken> RoundMachine::polka_nil(const RoundFacts& facts) {
  if (step_ != Step::prevote || !facts.votes.quorum_for(Step::prevote, round_, std::nullopt))
    return std::nullopt;
  if (SOUK_CONSENSUS_MUTATE(lock_dropped_on_nil_polka)) locked_ = {};
  return vote(Rule::polka_nil, Step::precommit, std::nullopt);
}

std::optional<Taken> RoundMachine::polka_any(const RoundFacts& facts) {
  if (seen_polka_any_ || step_ != Step::prevote || !facts.votes.quorum_any(Step::prevote, round_))
    return std::nullopt;
  seen_polka_any_ = true;
  return Taken{.rule = Rule::polka_any, .arm = Step::prevote};
}

std::optional<Taken> RoundMachine::precommit_any(const RoundFacts& facts) {
  if (seen_precommit_any_ || !facts.votes.quorum_any(Step::precommit, round_)) return std::nullopt;
  seen_precommit_any_ = true;
  return Taken{.rule = Rule::precommit_any, .arm = Step::precommit};
}

Taken RoundMachine::timeout(Step step, Round round) {
  const bool here = !decision_ && round == round_;
  switch (step) {
    case Step::propose:
      if (!here || step_ != Step::propose) return {.rule = Rule::timeout_propose_stale};
      return vote(Rule::timeout_propose, Step::prevote, std::nullopt);
    case Step::prevote:
      if (!here || step_ != Step::prevote) return {.rule = Rule::timeout_prevote_stale};
      return vote(Rule::timeout_prevote, Step::precommit, std::nullopt);
    case Step::precommit: break;
  }
  if (!here) return {.rule = Rule::timeout_precommit_stale};
  return {.rule = Rule::timeout_precommit, .enter = round + 1};
}

Taken RoundMachine::vote(Rule rule, Step step, std::optional<ValueId> value, Round valid_round) {
  step_ = step;
  return {.rule = rule, .say = Statement{step, height_, round_, value, valid_round}};
}

}  // namespace souk::consensus
