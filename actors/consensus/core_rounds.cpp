#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/consensus/core_state.hpp"
#include "actors/consensus/mutation.hpp"

/// The rules taken, one after the other, and what they ask for: timers, statements, values.
namespace souk::consensus {

void Core::State::start_height(Turn& turn) {
  if (!turn.app.may_continue(height()))
    return halt("height " + std::to_string(height().value) + " needs other software", turn);
  tell_status(turn);
  turn.out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::gossip), 0},
                              turn.context.now + config_.timeouts.rebroadcast});
  auto later = std::exchange(later_, {});
  for (PeerBook::Peer& peer : peers_.all()) peer.future = 0;
  // What is decided already needs no vote of ours.
  if (!try_synced(turn)) wait_for_grid(turn);
  for (const auto& [from, message] : later) receive(from, message, turn);
  evaluate(turn);
}

void Core::State::wait_for_grid(Turn& turn) {
  if (machine_.round() != no_round || halted_) return;
  const Time begin = config_.genesis_time + config_.block_time * height().value;
  if (config_.block_time > Duration{} && turn.context.now < begin) {
    turn.out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::height), 0}, begin});
    return;
  }
  begin_round_zero(turn);
  evaluate(turn);
}

void Core::State::begin_round_zero(Turn& turn) {
  log(Entered{height(), 0, Step::propose});
  start_round(0, turn);
}

void Core::State::start_round(Round round, Turn& turn) {
  ticks_in_round_ = 0;
  is_building_ = false;
  votes_.forget_nil_below(round);
  if (!replaying_) {
    turn.out.push_back(
        SetTimer{{static_cast<std::uint32_t>(Timer::gossip), 0}, turn.context.now + config_.timeouts.gossip});
  }
  perform(machine_.start(round, index_ && proposers_.at(round) == *index_), turn);
  planner_.enter(round, machine_.step(), machine_.valid().round);
  if (round > 0) tell_status(turn);
}

void Core::State::evaluate(Turn& turn) {
  while (!halted_) {
    const auto taken = machine_.next({votes_, facts_});
    if (!taken) break;
    perform(*taken, turn);
    planner_.enter(std::max(machine_.round(), 0), machine_.step(), machine_.valid().round);
    // In replay the decision is made again once there is somebody to tell: resume().
    if (machine_.decision()) return replaying_ ? void() : decide(turn);
  }
  if (replaying_) return;  // resume() judges again before
  for (const ProposalFacts& p : facts_) {
    if (p.judgement == Judgement::invalid && votes_.quorum_for(Step::precommit, p.round, p.value))
      return halt("more than 2/3 decided a block that does not validate", turn);
  }
}

void Core::State::count_rule(Rule rule, Turn& turn) {
  ++rules_[static_cast<std::size_t>(rule)];
  observe(RuleTaken{rule, height(), std::max(machine_.round(), 0)}, turn);
}

void Core::State::perform(const Taken& taken, Turn& turn) {
  count_rule(taken.rule, turn);
  if (machine_.locked() != told_locked_ || machine_.valid() != told_valid_) {
    told_locked_ = machine_.locked();
    told_valid_ = machine_.valid();
    observe(Locked{height(), told_locked_.round, told_locked_.value, told_valid_.round, told_valid_.value},
            turn);
  }
  if (taken.arm) arm(*taken.arm, turn);
  if (taken.say) say(*taken.say, turn);
  if (taken.repeat) propose(taken.repeat->value, taken.repeat->valid_round, turn);
  if (taken.build) {
    is_building_ = true;
    build(turn);
  }
  // A round beyond the last one is never reached by messages, which may not name one; only by waiting 80
  // years.
  if (taken.enter && *taken.enter <= round_max) start_round(*taken.enter, turn);
}

Duration Core::State::timeout_of(Step step, Round round) const {
  const Timeouts& t = config_.timeouts;
  const Duration base = step == Step::propose ? t.propose : step == Step::prevote ? t.prevote : t.precommit;
  return base + t.delta * round;
}

void Core::State::arm(Step step, Turn& turn) {
  const Time due = turn.context.now + timeout_of(step, machine_.round());
  armed_[static_cast<std::size_t>(step)] = {height(), machine_.round(), due};
  if (replaying_) return;
  const auto kind = static_cast<std::uint32_t>(Timer::propose) + static_cast<std::uint32_t>(step);
  turn.out.push_back(SetTimer{{kind, 0}, due});
}

void Core::State::on_timeout(Step step, Turn& turn) {
  Armed& armed = armed_[static_cast<std::size_t>(step)];
  // A live host may deliver the timer that this one replaced.
  if (armed.round == no_round || turn.context.now < armed.due) return;
  const Armed was = std::exchange(armed, {});
  const bool here = was.height == height();
  // No height begins in a round before the first, so that is stale.
  const Taken taken = machine_.timeout(step, here ? was.round : no_round - 1);
  if (taken.say || taken.enter) log(TimedOut{height(), was.round, step});
  perform(taken, turn);
  evaluate(turn);
}

bool Core::State::may_sign() const {
  return config_.key && index_ && !halted_ && (!silent_through_ || height() > *silent_through_);
}

void Core::State::say(const Statement& statement, Turn& turn) {
  if (replaying_) return wanted_.push_back(statement);
  if (!may_sign()) return;
  const SignGuard::Answer answer = guard_.ask(statement);
  if (answer == SignGuard::Answer::refuse) return;
  if (answer == SignGuard::Answer::repeat) return ask_signature(statement, turn);
  observe(Signing{statement}, turn);
  OwnStatement own{statement, std::nullopt};
  if (statement.step == Step::propose) own.value = candidate(*statement.value)->parts.header();
  // Twice, in one append: should a disk lose one of the two later, the other still says what was signed. With
  // one, a log whose last frame has rotted looks like one whose last frame was never finished.
  log(own);
  log(own);
  if (SOUK_CONSENSUS_MUTATE(vote_before_record)) {
    ask_signature(statement, turn);
    return flush_log(true, turn);
  }
  flush_log(!SOUK_CONSENSUS_MUTATE(vote_unsynced), turn);
  ask_signature(statement, turn);
  turn.out.push_back(Persist{frame(StoreRecord{SignedCopy{statement}}), Persist::File::store, false, false});
}

void Core::State::ask_signature(const Statement& statement, Turn& turn) {
  const std::uint64_t ticket = next_ticket_++;
  signing_.emplace(ticket, Asked{statement, *index_});
  turn.out.push_back(MakeSignature{ticket, bytes_of(statement)});
}

void Core::State::on_signature(const Asked& asked, const Signature& signature, Turn& turn) {
  const Statement& s = asked.statement;
  const Signed own{s, asked.index, address_of(*config_.key), signature};
  if (s.height != height()) {
    // Decided without us. Late precommits still count for those who make the next block.
    if (s.step != Step::precommit || !last_ || s.height != last_->height) return;
    last_->votes.add(own, s.round, true);
    return broadcast(wrap(own), turn);
  }
  if (s.step != Step::propose) return count_vote(wrap(own), std::nullopt, turn);
  const Candidate* c = candidate(*s.value);
  SOUK_CHECK(c != nullptr && c->parts.complete());
  const auto parts = cut(*c->parts.value(), s.height, s.round, config_.block_limits);
  const bool is_single = parts.size() == 1;
  count_proposal(
      wrap(Proposal{own, c->parts.header(), is_single ? std::make_shared<const Part>(parts[0]) : nullptr}),
      std::nullopt, turn.context.now, turn);
  if (is_single) return;
  for (const Part& part : parts) planner_.hold(wrap(part), std::nullopt);
}

}  // namespace souk::consensus
