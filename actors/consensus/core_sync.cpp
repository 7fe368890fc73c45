#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/consensus/commit.hpp"
#include "actors/consensus/core_state.hpp"
#include "actors/consensus/mutation.hpp"

/// Talking to peers: what they lack, where we are, and blocks for who is behind. Blocks that come this way
/// are fed to the same rules as votes are: consensus decides them, nobody else.
namespace souk::consensus {
namespace {

/// Blocks that one SyncRequest asks for, and the bytes after which an answer to it ends.
constexpr std::int64_t blocks_per_answer_max = 8;
constexpr std::size_t answer_bytes_max = std::size_t{1} << 20;
constexpr std::size_t evidence_per_upkeep_max = 16;
/// Blocks ahead of ours that are asked for at all.
constexpr std::int64_t blocks_ahead_max = 64;

}  // namespace

void Core::State::send(ActorId to, const SharedEnvelope& message, Turn& turn) const {
  if (replaying_) return;
  turn.out.push_back(Send{to, ValidatorEvent{PeerMessage{turn.context.self, message}}});
}

void Core::State::broadcast(const SharedEnvelope& message, Turn& turn) const {
  for (const PeerBook::Peer& peer : peers_.all()) {
    if (peer.id != turn.context.self) send(peer.id, message, turn);
  }
}

void Core::State::send_plan(Turn& turn) {
  plan_.clear();
  planner_.plan(plan_);
  for (const Outgoing& o : plan_) {
    if (o.to != turn.context.self) send(o.to, o.message, turn);
  }
}

Height Core::State::stored_from() const {
  return blocks_.empty() ? height() : blocks_.front()->commit.height;
}

SharedEnvelope Core::State::status() const { return wrap(planner_.status(stored_from())); }

void Core::State::tell_status(Turn& turn) {
  if (!replaying_ && !peers_.all().empty()) broadcast(status(), turn);
}

void Core::State::on_gossip_timer(Turn& turn) {
  ++ticks_in_round_;
  planner_.tick();
  // Before the height begins there is nothing of it to be had; who lacks something of the one before says so.
  const bool is_waiting = machine_.round() == no_round;
  const Duration tick = is_waiting ? config_.timeouts.rebroadcast : config_.timeouts.gossip;
  const auto ticks_per_rebroadcast =
      std::max<std::int64_t>(1, config_.timeouts.rebroadcast / std::max(Duration(1), tick));
  if (!is_waiting) {
    if (ticks_in_round_ % ticks_per_rebroadcast == 0) planner_.rebroadcast();
    tell_status(turn);
  }
  ask_blocks(turn);
  turn.out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::gossip), 0}, turn.context.now + tick});
}

void Core::State::on_upkeep_timer(Turn& turn) {
  peers_.forget_useless();
  // Who proposes next may not have heard of it. The oldest first; the rest is for later.
  for (const Evidence& e : evidence_.oldest(evidence_per_upkeep_max)) broadcast(wrap(e), turn);
  arm_upkeep(turn);
}

void Core::State::arm_upkeep(Turn& turn) const {
  turn.out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::upkeep), 0},
                              turn.context.now + config_.timeouts.rebroadcast});
}

void Core::State::ask_blocks(Turn& turn) {
  if (halted_) return;
  const Time now = turn.context.now;
  auto& peers = peers_.all();
  Height want = height();
  const auto is_coming = [&](Height h) {
    if (synced_.contains(h) || (h == height() && (is_syncing_ || learnt_))) return true;
    return std::any_of(peers.begin(), peers.end(), [&](const PeerBook::Peer& p) {
      return p.asked && now < p.asked_until && *p.asked <= h &&
             h.value < p.asked->value + blocks_per_answer_max;
    });
  };
  for (std::size_t i = 0; i < peers.size(); ++i) {
    PeerBook::Peer& peer = peers[(next_server_ + i) % peers.size()];
    while (want.value < height().value + blocks_ahead_max && is_coming(want)) want = want + Blocks{1};
    if (want.value >= height().value + blocks_ahead_max) return;
    if (peer.id == turn.context.self || PeerBook::is_banned(peer, now)) continue;
    if ((peer.asked && now < peer.asked_until) || peer.height <= want || peer.stored_from > want) continue;
    // One height behind is what a vote on its way looks like: give it a tick.
    if (peer.height == want + Blocks{1} && want == height() && ticks_in_round_ == 0) continue;
    peer.asked = want;
    peer.asked_until = now + config_.timeouts.rebroadcast;
    send(peer.id, wrap(SyncRequest{want}), turn);
  }
  next_server_ = peers.empty() ? 0 : (next_server_ + 1) % peers.size();
}

void Core::State::receive_one(PeerBook::Peer& peer, const SyncRequest& request, const SharedEnvelope& m,
                              Turn& turn) {
  if (request.height.value < 1) return charge(peer, PeerFault::Kind::malformed, turn);
  useless(peer, m->message, turn);  // asking too often is flooding
  if (PeerBook::is_banned(peer, turn.context.now)) return;
  serve(peer, request.height, turn);
}

void Core::State::serve(const PeerBook::Peer& peer, Height from, Turn& turn) const {
  if (blocks_.empty() || from < stored_from() || from > blocks_.back()->commit.height) return;
  std::size_t bytes = 0;
  auto at = blocks_.begin() + (from.value - stored_from().value);
  for (std::int64_t i = 0; i < blocks_per_answer_max && at != blocks_.end(); ++i, ++at) {
    bytes += (*at)->value->payload.size();
    if (i > 0 && bytes > answer_bytes_max) return;
    send(peer.id, wrap(**at), turn);
  }
}

void Core::State::receive_one(PeerBook::Peer& peer, const CertifiedValue& block, const SharedEnvelope& m,
                              Turn& turn) {
  using Fault = PeerFault::Kind;
  if (block.value == nullptr || block.commit.height.value < 1) return charge(peer, Fault::malformed, turn);
  if (block.value->payload.size() > config_.block_limits.bytes_max ||
      block.commit.signatures.size() > validator_count_max)
    return charge(peer, Fault::oversized, turn);
  const Height h = block.commit.height;
  if (h < height() || synced_.contains(h)) return useless(peer, m->message, turn);
  // Answers to an earlier question may come late, those to none are not answers.
  if (peer.asked && h < *peer.asked) return useless(peer, m->message, turn);
  const bool was_asked = peer.asked && h.value < peer.asked->value + blocks_per_answer_max;
  if (!was_asked && turn.context.now < answers_until_) return useless(peer, m->message, turn);
  if (!was_asked || h.value >= height().value + blocks_ahead_max)
    return charge(peer, Fault::unsolicited, turn);
  synced_.emplace(h, SyncedBlock{peer.id, m});
  const bool is_last =
      h + Blocks{1} == peer.height || h.value + 1 == peer.asked->value + blocks_per_answer_max;
  if (is_last) peer.asked_until = turn.context.now;  // it may be asked again
  try_synced(turn);
  ask_blocks(turn);
  evaluate(turn);
}

bool Core::State::try_synced(Turn& turn) {
  const auto found = synced_.find(height());
  if (found == synced_.end() || is_syncing_ || learnt_ || halted_) return false;
  const SyncedBlock block = std::move(found->second);
  synced_.erase(found);
  const auto& certified = std::get<CertifiedValue>(block.message->message);
  const ValueHeader& header = certified.value->header;
  CheckCollector collector;
  const CommitClaim claim{config_.chain_id, height(), value_id(header)};
  const bool fits = check_sizes(header, config_.block_limits).has_value() &&
                    header.byte_count == certified.value->payload.size() &&
                    verify_commit(schedule_.current, claim, certified.commit, collector).has_value();
  if (!fits) {
    charge(block.from, PeerFault::Kind::bad_commit, turn);
    drop_synced(block.from);
    return false;
  }
  is_syncing_ = true;
  const SyncCheck check{block.from, block.message};
  if (SOUK_CONSENSUS_MUTATE(commit_signatures_unverified)) {
    synced_checked(check, true, turn);
  } else {
    verify(std::move(collector.checks()), check, turn);
  }
  return true;
}

void Core::State::synced_checked(const SyncCheck& check, bool valid, Turn& turn) {
  const auto& certified = std::get<CertifiedValue>(check.message->message);
  if (halted_ || certified.commit.height != height() || !is_syncing_) return;
  is_syncing_ = false;
  if (!valid) {
    charge(check.from, PeerFault::Kind::bad_commit, turn);
    drop_synced(check.from);
    return wait_for_grid(turn);
  }
  Candidate* c = candidate(certified.commit.value);
  if (c == nullptr || !c->parts.complete()) {
    // The commit vouches for the header only.
    if (!is_payload_of_header(*certified.value, config_.block_limits) || !open_value(*certified.value)) {
      charge(check.from, PeerFault::Kind::bad_block, turn);
      drop_synced(check.from);
      return wait_for_grid(turn);
    }
    auto parts = PartAssembler::of(certified.value, config_.block_limits);
    if (c == nullptr) {
      candidates_.push_back({std::move(parts), nullptr, Judgement::unknown, false, check.from});
      c = &candidates_.back();
    } else {
      c->parts = std::move(parts);
    }
  }
  learnt_ = check.message;
  if (c->judgement == Judgement::valid) return learn_decision(turn);
  if (c->judgement == Judgement::invalid)
    return halt("more than 2/3 decided a block that does not validate", turn);
  judge(*c, turn);
}

void Core::State::feed_commit(const Commit& commit, Turn& turn) {
  for (std::uint32_t i = 0; i < commit.signatures.size(); ++i) {
    const CommitSignature& s = commit.signatures[i];
    if (s.kind == CommitSignature::Kind::absent) continue;
    Vote vote{
        {Step::precommit, commit.height, commit.round, std::nullopt, no_round}, i, s.validator, s.signature};
    if (s.kind == CommitSignature::Kind::for_value) vote.statement.value = commit.value;
    // As if we were in that round: a vote of a far round would only be noted.
    const auto outcome = votes_.add(vote, std::max(machine_.round(), commit.round), true);
    if (outcome.added == VoteKeeper::Added::contradicts) caught(*outcome.earlier, vote, turn);
  }
}

void Core::State::learn_decision(Turn& turn) {
  const SharedEnvelope message = std::exchange(learnt_, nullptr);
  const Commit& commit = std::get<CertifiedValue>(message->message).commit;
  feed_commit(commit, turn);
  const bool is_known = std::any_of(facts_.begin(), facts_.end(), [&](const ProposalFacts& p) {
    return p.round == commit.round && p.value == commit.value;
  });
  if (!is_known) {
    add_facts({Step::propose, commit.height, commit.round, commit.value, no_round}, std::nullopt, true);
  }
  evaluate(turn);
}

void Core::State::drop_synced(ActorId from) {
  std::erase_if(synced_, [&](const auto& entry) { return entry.second.from == from; });
  if (PeerBook::Peer* peer = peers_.find(from)) peer->asked.reset();
}

}  // namespace souk::consensus
