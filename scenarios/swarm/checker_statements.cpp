#include <algorithm>

#include <fmt/format.h>

#include "actors/consensus/evidence.hpp"
#include "scenarios/swarm/checker.hpp"
#include "scenarios/swarm/statements.hpp"

// What validators sign: S3, S4, S7, S9, S10.
namespace souk::scenarios::swarm {

using namespace consensus;

/// A proposal somebody sent or got. Its signature is not checked here: what rests on it is judged where it
/// is used, by nodes that must have checked it.
void Checker::proposal_seen(Time at, ActorId who, const Proposal& proposal) {
  const Statement& s = proposal.head.statement;
  if (!s.value || !is_remembered(s.height) || s.height > highest_ + Blocks{3}) return;
  Proposed& known = proposals_[{s.height, s.round, *s.value}];
  if (known.by.empty()) known.time = proposal.value.time;
  if (known.by.size() < 64) known.by.insert(proposal.head.validator);
  known.seen.emplace(who, at);
}

/// An honest node has the host sign `s`: from here on it can be out.
void Checker::signs(Time at, ActorId who, const Statement& s) {
  const Watched& w = watched(who);
  if (!w.key) return;
  const bool loyal = loyal_.contains(address_of(*w.key));
  if (loyal) {
    Signer& signer = signers_[*w.key];
    check_single(at, who, signer, s);
    if (s.step == Step::prevote && s.value) check_lock(at, who, signer, s);
    if (s.step == Step::precommit && s.value) {
      signer.lock_height = s.height;
      signer.lock_round = s.round;
      signer.lock_value = *s.value;
    }
    if (s.step == Step::prevote && s.value)
      prevotes_[{s.height, s.round, *s.value}].insert(address_of(*w.key));
  }
  if (s.step == Step::prevote && s.value && s.valid_round != no_round) check_polka(at, who, s);
  if (s.step == Step::propose || (s.step == Step::prevote && s.value)) check_proposer(at, who, s);
  if (s.step == Step::prevote && s.value && s.valid_round == no_round) check_timely(at, who, s);
}

void Checker::check_single(Time at, ActorId who, Signer& signer, const Statement& s) {
  const auto [earlier, fresh] = signer.said.emplace(Place{s.height, s.round, s.step}, s);
  if (!fresh && earlier->second != s)
    violated(Invariant::s3, s.height, at, {who},
             fmt::format("signed {} after {}", to_text(s), to_text(earlier->second)));
}

/// A lock is what a key last precommitted: it outlives crashes, and nil precommits.
void Checker::check_lock(Time at, ActorId who, const Signer& signer, const Statement& s) {
  const bool locked =
      signer.lock_height == s.height && signer.lock_round < s.round && signer.lock_round != no_round;
  if (!locked || signer.lock_value == *s.value) return;
  if (s.valid_round < signer.lock_round)
    violated(Invariant::s4, s.height, at, {who},
             fmt::format("signed {} while locked on {} of round {}", to_text(s), short_hex(signer.lock_value),
                         signer.lock_round));
}

/// Lines 28-30: a prevote for what is proposed again rests on a polka, whether there is a lock or not.
void Checker::check_polka(Time at, ActorId who, const Statement& s) {
  if (!could_be_polka(s.height, s.valid_round, *s.value))
    violated(Invariant::s4, s.height, at, {who},
             fmt::format("signed {}: there was no polka in round {}", to_text(s), s.valid_round));
}

/// Whether the prevotes of keys that sign once, and all that others could have signed, make a polka.
bool Checker::could_be_polka(Height height, Round round, const ValueId& value) const {
  const PlainSet* set = reference_.validators(height);
  if (set == nullptr || !is_remembered(height)) return true;
  const auto voters = prevotes_.find({height, round, value});
  Power power = 0;
  for (const PlainSet::Member& m : set->members()) {
    const bool voted =
        may_lie(m.address) || (voters != prevotes_.end() && voters->second.contains(m.address));
    if (voted) power += m.power;
  }
  return is_quorum(power, set->total());
}

/// A proposal is its maker's turn, and what is prevoted was proposed by whose turn it was.
void Checker::check_proposer(Time at, ActorId who, const Statement& s) {
  const PlainSet* set = reference_.validators(s.height);
  if (set == nullptr || !is_remembered(s.height)) return;
  const Address turn = set->proposer(s.round);
  if (s.step == Step::propose) {
    if (address_of(*watched(who).key) != turn)
      violated(Invariant::s10, s.height, at, {who}, fmt::format("signed {}, not its turn", to_text(s)));
    return;
  }
  const auto known = proposals_.find({s.height, s.round, *s.value});
  const bool own = address_of(*watched(who).key) == turn;
  if (!own && (known == proposals_.end() || !known->second.by.contains(turn)))
    violated(Invariant::s10, s.height, at, {who},
             fmt::format("signed {}, which whose turn it was did not propose", to_text(s)));
}

/// Section 1.8, by the node's own clock: when the proposal came, or when it votes.
void Checker::check_timely(Time at, ActorId who, const Statement& s) {
  const auto known = proposals_.find({s.height, s.round, *s.value});
  if (known == proposals_.end()) return;
  const auto seen = known->second.seen.find(who);
  if (seen == known->second.seen.end() ||
      address_of(*watched(who).key) == reference_proposer(s.height, s.round))
    return;
  double delay = static_cast<double>(setup_.time_bounds.message_delay.count());
  for (Round r = 0; r < s.round && delay < 1e18; ++r) delay *= 1.1;
  const Duration slack = std::chrono::microseconds(1);  // of powers of 1.1
  const Duration precision = setup_.time_bounds.precision + slack;
  const Duration late = Duration(static_cast<std::int64_t>(delay)) + precision;
  // It judged at some time between; outside on one side at both ends is outside.
  const auto side = [&](Time now) {
    const Duration age = now - known->second.time;
    return age < -precision ? -1 : age > late ? 1 : 0;
  };
  if (side(at) != 0 && side(at) == side(seen->second))
    violated(Invariant::s7, s.height, at, {who},
             fmt::format("signed {} of a block {:.3f} s from its clock", to_text(s),
                         seconds(known->second.time - at)));
}

void Checker::caught(Time at, ActorId who, const Evidence& evidence) {
  const Address& guilty = evidence.first.validator;
  if (!may_lie(guilty))
    return violated(
        Invariant::s9, evidence.first.statement.height, at, {who},
        fmt::format("evidence against {}, which signed once: {} and {}", short_hex(sha256(guilty.bytes)),
                    to_text(evidence.first.statement), to_text(evidence.second.statement)));
  caught_.emplace(guilty, highest_);
  known_to_[equivocation_of(evidence)].emplace(who, highest_);
}

void Checker::votes_are(ActorId who, const std::vector<Vote>& votes) {
  std::map<Equivocation, const Statement*> said;
  for (const Vote& vote : votes) {
    const Statement& s = vote.statement;
    const auto [first, fresh] = said.emplace(Equivocation{s.height, s.round, s.step, vote.validator}, &s);
    if (!fresh && contradict(*first->second, s)) known_to_[first->first].emplace(who, highest_);
  }
}

Address Checker::reference_proposer(Height height, Round round) const {
  const PlainSet* set = reference_.validators(height);
  return set == nullptr ? Address{} : set->proposer(round);
}

}  // namespace souk::scenarios::swarm
