#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/base/enums.hpp"
#include "actors/consensus/core_state.hpp"
#include "actors/consensus/mutation.hpp"

/// The checks at the door: what a peer sends changes nothing before it passed them, and what does not pass is
/// dropped and charged to who sent it (section 4).
namespace souk::consensus {
namespace {

using Fault = PeerFault::Kind;

bool is_round(Round round) { return round >= 0 && round <= round_max; }

/// What a statement of any peer must be, whatever the height.
bool is_well_formed(const Statement& s) {
  if (!is_enumerator(s.step) || s.height.value < 1 || !is_round(s.round)) return false;
  const bool may_rest_on_polka = s.value && s.step != Step::precommit;
  if (!may_rest_on_polka) return s.valid_round == no_round && (s.value || s.step != Step::propose);
  return s.valid_round >= no_round && s.valid_round < s.round;
}

bool is_vote(const Statement& s) { return is_well_formed(s) && s.step != Step::propose; }

bool is_member(const ValidatorSet& set, const Signed& s) {
  return s.index < set.size() && set[s.index].address == s.validator;
}

bool is_well_formed(const RoundStatus& s, std::uint32_t part_count_max) {
  const auto fits = [](const Bits& bits, std::size_t count_max) {
    return bits.count <= count_max && bits.words.size() <= (count_max + 63) / 64 &&
           well_formed(bits, bits.count);
  };
  return s.height.value >= 1 && is_round(s.round) && is_enumerator(s.step) && s.valid_round >= no_round &&
         s.valid_round <= s.round && fits(s.parts, part_count_max) && fits(s.prevotes, validator_count_max) &&
         fits(s.precommits, validator_count_max);
}

/// Siblings in a proof of one part among at most 2^32.
constexpr std::size_t proof_size_max = 32;

}  // namespace

void Core::State::charge(ActorId peer, Fault kind, Turn& turn) {
  if (PeerBook::Peer* p = peers_.find(peer)) charge(*p, kind, turn);
}

void Core::State::charge(PeerBook::Peer& peer, Fault kind, Turn& turn) {
  if (const auto score = peers_.charge(peer, kind, turn.context.now)) {
    observe(PeerFault{peer.id, kind, *score}, turn);
    if (PeerBook::is_banned(peer, turn.context.now)) drop_synced(peer.id);
  }
}

void Core::State::useless(PeerBook::Peer& peer, const Message& message, Turn& turn) {
  planner_.note_received(peer.id, message);
  // Between two rebroadcasts an honest peer may tell everything once a tick.
  const auto ticks = static_cast<std::size_t>(std::max<std::int64_t>(
      1, config_.timeouts.rebroadcast / std::max(Duration(1), config_.timeouts.gossip) / 8));
  if (++peer.useless <= (200 + 20 * schedule_.current.size()) * ticks) return;
  peer.useless = 0;
  charge(peer, Fault::flood, turn);
}

SharedBytes Core::State::bytes_of(const Statement& statement) {
  for (const auto& [known, bytes] : bytes_) {
    if (known == statement) return bytes;
  }
  // Votes differ in step, value and round only; a height that needs more than a few is no usual one.
  if (bytes_.size() >= 16) bytes_.clear();
  auto bytes = std::make_shared<const Bytes>(sign_bytes(config_.chain_id, statement));
  bytes_.emplace_back(statement, bytes);
  return bytes;
}

std::uint64_t Core::State::verify(std::vector<SignatureCheck> checks, Check what, Turn& turn) {
  const std::uint64_t ticket = next_ticket_++;
  checks_.emplace(ticket, std::move(what));
  turn.out.push_back(
      VerifySignatures{ticket, std::make_shared<const std::vector<SignatureCheck>>(std::move(checks))});
  return ticket;
}

void Core::State::receive(ActorId from, const SharedEnvelope& message, Turn& turn) {
  PeerBook::Peer* peer = peers_.find(from);
  if (peer == nullptr || PeerBook::is_banned(*peer, turn.context.now)) return;
  // Who halted still helps others to catch up.
  const bool is_question = std::holds_alternative<SyncRequest>(message->message) ||
                           std::holds_alternative<RoundStatus>(message->message);
  if (halted_ && !is_question) return;
  std::visit([&](const auto& m) { receive_one(*peer, m, message, turn); }, message->message);
}

bool Core::State::keep_for_later(PeerBook::Peer& peer, const SharedEnvelope& m, Turn& turn) {
  const std::uint32_t set_size = static_cast<std::uint32_t>(schedule_.current.size());
  const std::uint32_t asked_max = config_.peer_limits.future_height_per_peer_max;
  const std::uint32_t kept_max = asked_max != 0 ? asked_max : std::max(8u, 2 * set_size);
  if (peer.future >= kept_max && !SOUK_CONSENSUS_MUTATE(future_votes_unbounded)) {
    useless(peer, m->message, turn);
    return false;
  }
  ++peer.future;
  later_.emplace_back(peer.id, m);
  return true;
}

bool Core::State::is_being_checked(const Signed& head) const {
  return std::any_of(checks_.begin(), checks_.end(), [&](const auto& entry) {
    const auto* check = std::get_if<MessageCheck>(&entry.second);
    if (check == nullptr) return false;
    if (const auto* vote = std::get_if<Vote>(&check->message->message)) return *vote == head;
    const auto* proposal = std::get_if<Proposal>(&check->message->message);
    return proposal != nullptr && proposal->head == head;
  });
}

void Core::State::check_message(PeerBook::Peer& peer, const SharedEnvelope& m, const Signed& head,
                                const PublicKey& key, Turn& turn) {
  if (is_being_checked(head)) return useless(peer, m->message, turn);
  // A peer may fill its share of the queue and no more, so that it can not keep others from being heard.
  const auto share = std::max<std::size_t>(
      8, config_.peer_limits.pending_checks_max / std::max<std::size_t>(1, peers_.all().size()));
  if (peer.checking >= share || checks_.size() >= config_.peer_limits.pending_checks_max)
    return charge(peer, Fault::flood, turn);
  ++peer.checking;
  verify({{key, bytes_of(head.statement), head.signature}}, MessageCheck{peer.id, m, turn.context.now}, turn);
}

void Core::State::receive_one(PeerBook::Peer& peer, const Vote& vote, const SharedEnvelope& m, Turn& turn) {
  const Statement& s = vote.statement;
  if (!is_vote(s)) return charge(peer, Fault::malformed, turn);
  if (s.height == height() + Blocks{1}) {
    keep_for_later(peer, m, turn);
    return;
  }
  if (s.height > height()) return charge(peer, Fault::far_future, turn);
  if (s.height < height()) return late_vote(peer, vote, m, turn);
  if (!is_member(schedule_.current, vote)) return charge(peer, Fault::not_a_validator, turn);
  switch (votes_.probe(vote, machine_.round(), is_named(s))) {
    case VoteKeeper::Added::duplicate:
    case VoteKeeper::Added::surplus:
    case VoteKeeper::Added::useless: return useless(peer, m->message, turn);
    default: return check_message(peer, m, vote, schedule_.current[vote.index].key, turn);
  }
}

void Core::State::late_vote(PeerBook::Peer& peer, const Vote& vote, const SharedEnvelope& m, Turn& turn) {
  const Statement& s = vote.statement;
  // Only a precommit of the deciding round has a place in the next commit.
  if (!last_ || s.height != last_->height || s.step != Step::precommit || s.round != last_->round)
    return useless(peer, m->message, turn);
  if (!is_member(*schedule_.last, vote)) return charge(peer, Fault::not_a_validator, turn);
  if (last_->votes.probe(vote, s.round, s.value == last_->value) == VoteKeeper::Added::duplicate)
    return useless(peer, m->message, turn);
  check_message(peer, m, vote, (*schedule_.last)[vote.index].key, turn);
}

void Core::State::receive_one(PeerBook::Peer& peer, const Proposal& p, const SharedEnvelope& m, Turn& turn) {
  const Statement& s = p.head.statement;
  if (!is_well_formed(s) || s.step != Step::propose) return charge(peer, Fault::malformed, turn);
  if (auto sizes = check_sizes(p.value, config_.block_limits); !sizes)
    return charge(peer, Fault::oversized, turn);
  if (p.only_part && (p.value.part_count != 1 || p.only_part->value != *s.value))
    return charge(peer, Fault::malformed, turn);
  if (p.only_part && (p.only_part->bytes.size() != p.value.byte_count || !p.only_part->proof.empty()))
    return charge(peer, Fault::oversized, turn);
  if (s.height == height() + Blocks{1}) {
    keep_for_later(peer, m, turn);
    return;
  }
  if (s.height > height()) return charge(peer, Fault::far_future, turn);
  if (s.height < height() || s.round > machine_.round() + 1) return useless(peer, m->message, turn);
  if (!is_member(schedule_.current, p.head)) return charge(peer, Fault::not_a_validator, turn);
  if (proposers_.at(s.round) != p.head.index && !SOUK_CONSENSUS_MUTATE(proposal_from_anyone))
    return charge(peer, Fault::unsolicited, turn);
  for (const KnownProposal& known : proposals_) {
    if (known.head && known.statement == s) return useless(peer, m->message, turn);
  }
  if (value_id(p.value) != *s.value) return charge(peer, Fault::malformed, turn);
  check_message(peer, m, p.head, schedule_.current[p.head.index].key, turn);
}

void Core::State::receive_one(PeerBook::Peer& peer, const Part& part, const SharedEnvelope& m, Turn& turn) {
  if (part.height.value < 1 || !is_round(part.round)) return charge(peer, Fault::malformed, turn);
  if (part.bytes.size() > config_.block_limits.part_bytes || part.proof.size() > proof_size_max)
    return charge(peer, Fault::oversized, turn);
  if (part.height > height() + Blocks{1}) return charge(peer, Fault::far_future, turn);
  if (part.height < height()) return useless(peer, m->message, turn);
  const Candidate* known = part.height == height() ? candidate(part.value) : nullptr;
  if (known == nullptr) {
    keep_for_later(peer, m, turn);
    return;
  }
  if (known->parts.complete()) return useless(peer, m->message, turn);
  count_part(m, peer.id, turn);
  evaluate(turn);
}

void Core::State::receive_one(PeerBook::Peer& peer, const RoundStatus& s, const SharedEnvelope&, Turn& turn) {
  const std::uint32_t part_count_max = config_.block_limits.bytes_max / config_.block_limits.part_bytes + 1;
  if (!is_well_formed(s, part_count_max)) return charge(peer, Fault::malformed, turn);
  peer.height = s.height;
  peer.stored_from = s.stored_from;
  if (!planner_.note_status(peer.id, s)) return charge(peer, Fault::malformed, turn);
  if (s.height > height()) return ask_blocks(turn);
  // A peer that is far behind needs to know whom to ask.
  const Time now = turn.context.now;
  if (s.height + Blocks{1} < height() &&
      (!peer.answered_at || now - *peer.answered_at >= config_.timeouts.gossip)) {
    peer.answered_at = now;
    send(peer.id, status(), turn);
  }
}

void Core::State::receive_one(PeerBook::Peer& peer, const Evidence& e, const SharedEnvelope& m, Turn& turn) {
  const Statement& s = e.first.statement;
  if (!is_well_formed(s) || !is_well_formed(e.second.statement)) return charge(peer, Fault::malformed, turn);
  if (s.height > height()) return charge(peer, Fault::far_future, turn);
  const ValidatorSet* set = history_.at(s.height);
  if (set == nullptr || evidence_.status(e) != EvidencePool::Status::unknown)
    return useless(peer, m->message, turn);
  CheckCollector collector;
  if (auto good = verify_evidence(*set, config_.chain_id, e, collector); !good)
    return charge(peer, Fault::bad_evidence, turn);
  if (checks_.size() >= config_.peer_limits.pending_checks_max) return charge(peer, Fault::flood, turn);
  ++peer.checking;
  verify(std::move(collector.checks()), MessageCheck{peer.id, m, turn.context.now}, turn);
}

void Core::State::checked(const MessageCheck& check, bool valid, Turn& turn) {
  if (PeerBook::Peer* peer = peers_.find(check.from)) {
    --peer->checking;
    const bool is_evidence = std::holds_alternative<Evidence>(check.message->message);
    if (!valid) return charge(*peer, is_evidence ? Fault::bad_evidence : Fault::bad_signature, turn);
    PeerBook::reward(*peer);
  }
  if (halted_) return;
  if (const auto* evidence = std::get_if<Evidence>(&check.message->message)) {
    if (history_.at(evidence->first.statement.height) == nullptr) return;
    return keep_evidence(check.message, turn);
  }
  const Height about = height_of(check.message->message);
  if (const auto* vote = std::get_if<Vote>(&check.message->message)) {
    if (about == height()) return count_vote(check.message, check.from, turn);
    const bool is_late = last_ && about == last_->height && vote->statement.step == Step::precommit &&
                         vote->statement.round == last_->round;
    if (!is_late) return;
    const auto outcome = last_->votes.add(*vote, last_->round, vote->statement.value == last_->value);
    if (outcome.added == VoteKeeper::Added::contradicts) caught(*outcome.earlier, *vote, turn);
  } else if (about == height()) {
    count_proposal(check.message, check.from, check.arrived, turn);
  }
}

}  // namespace souk::consensus
