#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/consensus/core_state.hpp"
#include "actors/consensus/mutation.hpp"

/// What counts: checked messages of peers, our own, and those that the log holds.
namespace souk::consensus {
namespace {

/// Proposals of one round that are kept whatever they are; one is all an honest proposer makes.
constexpr std::size_t proposals_per_round_max = 2;

}  // namespace

Core::State::Candidate* Core::State::candidate(const ValueId& value) {
  for (Candidate& c : candidates_) {
    if (c.parts.id() == value) return &c;
  }
  return nullptr;
}

bool Core::State::is_named(const Statement& vote) const {
  if (!vote.value) return false;
  return std::any_of(facts_.begin(), facts_.end(), [&](const ProposalFacts& p) {
    return p.value == *vote.value && (p.round == vote.round || p.valid_round == vote.round);
  });
}

bool Core::State::is_timely(const ValueHeader& header, Round round, Time arrived) const {
  const TimeBounds& b = config_.time_bounds;
  Duration delay = b.message_delay;
  // 1.1^round in whole nanoseconds; beyond a year nobody's clock matters.
  for (Round r = 0; r < round && delay < std::chrono::hours(8'760); ++r) delay += delay / 10;
  const Duration age = arrived - header.time;
  return age >= -b.precision && age <= delay + b.precision;
}

void Core::State::add_facts(const Statement& statement, std::optional<Signed> head, bool timely) {
  const Candidate* c = candidate(*statement.value);
  SOUK_CHECK(c != nullptr);
  facts_.push_back({statement.round, statement.valid_round, *statement.value, c->judgement, timely});
  proposals_.push_back({statement, std::move(head)});
}

void Core::State::caught(const Signed& a, const Signed& b, Turn& turn) {
  if (SOUK_CONSENSUS_MUTATE(evidence_not_recorded)) return;
  const ValidatorSet* set = history_.at(a.statement.height);
  SOUK_CHECK(set != nullptr);
  keep_evidence(wrap(make_evidence(*set, a, b)), turn);
}

void Core::State::keep_evidence(const SharedEnvelope& m, Turn& turn) {
  const auto& evidence = std::get<Evidence>(m->message);
  if (!evidence_.add(evidence) || replaying_) return;
  turn.out.push_back(Persist{frame(StoreRecord{evidence}), Persist::File::store, true, false});
  observe(Caught{evidence}, turn);
  broadcast(m, turn);
}

void Core::State::count_vote(const SharedEnvelope& m, std::optional<ActorId> from, Turn& turn) {
  const Vote& vote = std::get<Vote>(m->message);
  const VoteKeeper::Outcome outcome = votes_.add(vote, machine_.round(), is_named(vote.statement));
  switch (outcome.added) {
    case VoteKeeper::Added::duplicate:
    case VoteKeeper::Added::surplus:
    case VoteKeeper::Added::useless: return;
    case VoteKeeper::Added::contradicts: caught(*outcome.earlier, vote, turn); break;
    case VoteKeeper::Added::counted:
    case VoteKeeper::Added::noted: break;
  }
  log(Received{from.value_or(no_actor), m, turn.context.now});
  planner_.hold(m, from);
}

void Core::State::count_proposal(const SharedEnvelope& m, std::optional<ActorId> from, Time arrived,
                                 Turn& turn) {
  const Proposal& proposal = std::get<Proposal>(m->message);
  const Statement& s = proposal.head.statement;
  std::size_t of_round = 0;
  for (const KnownProposal& known : proposals_) {
    if (known.statement == s && known.head) return;
    if (known.statement.round != s.round || !known.head) continue;
    ++of_round;
    if (contradict(known.statement, s) && !SOUK_CONSENSUS_MUTATE(proposal_from_anyone))
      caught(*known.head, proposal.head, turn);
  }
  // A cheat's third proposal matters only if others vote for it.
  if (of_round >= proposals_per_round_max &&
      votes_.power_for(Step::prevote, s.round, s.value) * 3 <= schedule_.current.total_power())
    return;
  if (candidate(*s.value) == nullptr) {
    auto parts = PartAssembler::create(proposal.value, config_.block_limits);
    if (!parts) return;  // checked at the door
    candidates_.push_back({std::move(*parts), nullptr, Judgement::unknown, false, from.value_or(no_actor)});
  }
  // Our own value is in the log already, where we built it.
  log(Received{from.value_or(no_actor),
               from || replaying_ ? m : wrap(Proposal{proposal.head, proposal.value, nullptr}), arrived});
  planner_.hold(m, from);
  add_facts(s, proposal.head, !from || is_timely(proposal.value, s.round, arrived));
  Candidate& c = *candidate(*s.value);
  if (proposal.only_part && !c.parts.complete()) {
    if (c.parts.add(*proposal.only_part) != PartAssembler::Taken::added && from)
      charge(*from, PeerFault::Kind::bad_part, turn);
  }
  if (c.parts.complete()) judge(c, turn);
  // Parts may have overtaken it.
  auto later = std::exchange(later_, {});
  for (const auto& [peer, message] : later) {
    if (PeerBook::Peer* p = peers_.find(peer); p != nullptr && p->future > 0) --p->future;
    receive(peer, message, turn);
  }
}

void Core::State::count_part(const SharedEnvelope& m, std::optional<ActorId> from, Turn& turn) {
  const Part& part = std::get<Part>(m->message);
  Candidate* c = candidate(part.value);
  if (c == nullptr) return;
  switch (c->parts.add(part)) {
    case PartAssembler::Taken::added: break;
    case PartAssembler::Taken::duplicate: return;
    default:
      if (from) charge(*from, PeerFault::Kind::bad_part, turn);
      return;
  }
  log(Received{from.value_or(no_actor), m, turn.context.now});
  planner_.hold(m, from);
  if (c->parts.complete()) judge(*c, turn);
}

}  // namespace souk::consensus
