#include <algorithm>
#include <tuple>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/consensus/gossip.hpp"

/// The planner's second half: what one peer gets.
namespace souk::consensus {
namespace {

/// The vote that a commit's entry stands for.
Vote vote_in(const Commit& commit, std::uint32_t index) {
  const CommitSignature& entry = commit.signatures[index];
  Vote vote{{Step::precommit, commit.height, commit.round, std::nullopt, no_round},
            index,
            entry.validator,
            entry.signature};
  if (entry.kind == CommitSignature::Kind::for_value) vote.statement.value = commit.value;
  return vote;
}

}  // namespace

struct GossipPlanner::Plan {
  std::vector<Outgoing>& out;
  ActorId to;
  std::size_t peer = 0;
  std::uint32_t left = 0;          ///< messages it may still get
  bool is_here = false;            ///< at our height, as far as we know; so it may get what others made
  Round round = 0;                 ///< it is in
  bool is_proposing = true;        ///< it waits for a proposal, or for the prevotes it rests on
  std::optional<ValueId> value{};  ///< it knows a proposal for
};

void GossipPlanner::plan(std::vector<Outgoing>& out) {
  for (std::size_t w = 0; w < due_.words.size(); ++w) {
    for (std::uint64_t due = std::exchange(due_.words[w], 0); due != 0; due &= due - 1)
      plan_peer(64 * w + static_cast<std::size_t>(std::countr_zero(due)), out);
  }
}

void GossipPlanner::plan_peer(std::size_t index, std::vector<Outgoing>& out) {
  const Peer& peer = peers_[index];
  const Blocks ahead = peer.height - height_;
  if (ahead > Blocks{1}) return;
  Plan plan{out, ids_[index], index, config_.burst_max};
  if (ahead == Blocks{1}) {  // it has decided, but a late precommit makes its commit more complete
    for (RoundSlot& slot : rounds_)
      if (slot.round != no_round) send(plan, slot.precommits, false);
    return;
  }
  const bool is_fresh_status = is_fresh(peer);
  if (is_fresh_status && height_ - peer.status.height > Blocks{1}) return;  // block sync's
  const bool is_status_here = peer.has_status && peer.status.height == height_;
  plan.is_here =
      config_.relay_at_once ? is_status_here || !peer.has_status : is_status_here && is_fresh_status;
  plan.round = is_status_here ? peer.status.round : round_;
  plan.is_proposing = !is_status_here || peer.status.step == Step::propose;
  if (is_status_here) plan.value = peer.status.value;
  plan_proposals(plan);
  plan_parts(plan);
  plan_votes(plan);
  plan_last(plan);
  if (plan.left == 0) make_due(index);
}

void GossipPlanner::send(Plan& plan, Shelf& shelf, bool relays) {
  const auto relayed = config_.relay_at_once ? Shelf::Which::all : Shelf::Which::own_and_long_lacking;
  shelf.for_each_lacking(plan.peer, relays ? relayed : Shelf::Which::own, [&](std::uint32_t place) {
    if (plan.left == 0) return;
    --plan.left;
    shelf.note_sent(plan.peer, place);
    plan.out.push_back({plan.to, shelf.message(place)});
  });
}

void GossipPlanner::plan_proposals(Plan& plan) {
  for (RoundSlot& slot : rounds_) {
    if (slot.round == no_round) continue;
    const bool is_useful = slot.round == plan.round || slot.round == round_;
    send(plan, slot.proposal, plan.is_here && is_useful);
  }
}

void GossipPlanner::plan_parts(Plan& plan) {
  for (ValueSlot& slot : values_) {
    if (!slot.id) continue;
    const auto is_proposed_in = [&](Round round) {
      const RoundSlot* r = find_round(round);
      return r != nullptr && r->proposed() != nullptr && r->proposed()->head.statement.value == slot.id;
    };
    const bool is_useful = plan.value == slot.id || is_proposed_in(plan.round) || is_proposed_in(round_);
    send_rarest_first(plan, slot.parts, plan.is_here && is_useful);
  }
}

/// Ties are broken by another order for each peer, so that they get different parts first and can help each
/// other.
void GossipPlanner::send_rarest_first(Plan& plan, Shelf& shelf, bool relays) {
  using Candidate = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;  // spread, tie, place
  std::vector<Candidate> candidates;
  const auto places = std::size_t{shelf.places()};
  const auto relayed = config_.relay_at_once ? Shelf::Which::all : Shelf::Which::own_and_long_lacking;
  shelf.for_each_lacking(plan.peer, relays ? relayed : Shelf::Which::own, [&](std::uint32_t place) {
    const std::size_t shift = plan.peer * places / peers_.size();
    const auto tie = static_cast<std::uint32_t>((place + places - shift) % places);
    candidates.emplace_back(shelf.spread(place, peers_.size()), tie, place);
  });
  std::ranges::sort(candidates);
  for (const auto& [spread, tie, place] : candidates) {
    if (plan.left == 0) return;
    --plan.left;
    shelf.note_sent(plan.peer, place);
    plan.out.push_back({plan.to, shelf.message(place)});
  }
}

void GossipPlanner::plan_votes(Plan& plan) {
  const RoundSlot* its = find_round(plan.round);
  if (plan.is_here && plan.is_proposing && its != nullptr && its->proposed() != nullptr) {
    RoundSlot* valid = find_round(its->proposed()->head.statement.valid_round);
    if (valid != nullptr) send(plan, valid->prevotes, true);
  }
  for (RoundSlot& slot : rounds_) {
    if (slot.round == no_round) continue;
    const bool is_useful = slot.round == plan.round || slot.round == round_;
    send(plan, slot.prevotes, plan.is_here && is_useful);
    send(plan, slot.precommits, plan.is_here && is_useful);
  }
}

void GossipPlanner::plan_last(Plan& plan) {
  if (!last_) return;
  const Peer& peer = peers_[plan.peer];
  const bool is_one_behind = is_fresh(peer) && peer.status.height == last_->commit.height;
  send(plan, last_->round.proposal, is_one_behind);
  if (last_->value.id) send_rarest_first(plan, last_->value.parts, is_one_behind);
  send(plan, last_->round.precommits, is_one_behind);
}

void GossipPlanner::fill_last() {
  if (std::exchange(last_->is_filled, true)) return;
  Shelf& precommits = last_->round.precommits;
  for (std::uint32_t i = 0; i < last_->commit.signatures.size(); ++i) {
    if (last_->commit.signatures[i].kind == CommitSignature::Kind::absent) continue;
    Vote vote = vote_in(last_->commit, i);
    const auto& held = precommits.message(i);
    if (held != nullptr && std::get<Vote>(held->message) == vote) continue;
    precommits.overwrite(i, std::make_shared<const Envelope>(Envelope{std::move(vote)}));
  }
}

}  // namespace souk::consensus
