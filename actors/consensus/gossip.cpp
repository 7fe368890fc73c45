#include "actors/consensus/gossip.hpp"

#include <algorithm>
#include <utility>

#include "actors/base/check.hpp"

namespace souk::consensus {
namespace {

bool is_consistent(const Bits& bits) { return well_formed(bits, bits.count); }

Shelf& votes_of(auto& slot, Step step) { return step == Step::prevote ? slot.prevotes : slot.precommits; }

/// One place, which is in the set or not.
Bits one_bit(bool is_in) { return {1, {is_in ? std::uint64_t{1} : 0}}; }

}  // namespace

GossipPlanner::GossipPlanner(std::vector<ActorId> peers, GossipConfig config) : config_(config) {
  std::ranges::sort(peers);
  peers_.resize(peers.size());
  due_ = bits_of(static_cast<std::uint32_t>(peers.size()));
  ids_ = std::move(peers);
}

std::optional<std::size_t> GossipPlanner::find_peer(ActorId id) const {
  const auto at = std::ranges::lower_bound(ids_, id);
  if (at == ids_.end() || *at != id) return std::nullopt;
  return static_cast<std::size_t>(at - ids_.begin());
}

GossipPlanner::RoundSlot* GossipPlanner::find_round(Round round) {
  return const_cast<RoundSlot*>(std::as_const(*this).find_round(round));
}
const GossipPlanner::RoundSlot* GossipPlanner::find_round(Round round) const {
  if (round < 0) return nullptr;
  const auto at = std::ranges::find(rounds_, round, &RoundSlot::round);
  return at == rounds_.end() ? nullptr : &*at;
}

GossipPlanner::ValueSlot* GossipPlanner::find_value(const ValueId& id) {
  return const_cast<ValueSlot*>(std::as_const(*this).find_value(id));
}
const GossipPlanner::ValueSlot* GossipPlanner::find_value(const ValueId& id) const {
  for (const ValueSlot& slot : values_)
    if (slot.id == id) return &slot;
  return nullptr;
}

void GossipPlanner::enter_height(Height height, std::uint32_t validator_count, const Commit* decided) {
  last_.reset();
  if (decided != nullptr) {
    SOUK_CHECK(height - decided->height == Blocks{1});
    keep_last(*decided);
  }
  for (RoundSlot& slot : rounds_) slot.round = no_round;
  for (ValueSlot& slot : values_) slot = {};
  height_ = height;
  validator_count_ = validator_count;
  round_ = 0;
  step_ = Step::propose;
  valid_round_ = no_round;
  // What peers said while we decided tells of then: they are about to decide too, by the same votes. Who did
  // not will say so again.
  for (Peer& peer : peers_) peer.age = std::max(peer.age, 2u);
  make_all_due();
}

void GossipPlanner::keep_last(const Commit& decided) {
  const auto places = static_cast<std::uint32_t>(decided.signatures.size());
  last_ = Last{decided, {}, {}, false};
  RoundSlot* round = decided.height == height_ ? find_round(decided.round) : nullptr;
  if (round != nullptr) {
    std::swap(last_->round, *round);
    SOUK_CHECK(last_->round.precommits.places() == places);
    if (ValueSlot* value = find_value(decided.value)) std::swap(last_->value, *value);
  } else {  // it was learnt, not seen
    last_->round.round = decided.round;
    last_->round.proposal.reset(1, peers_.size());
    last_->round.precommits.reset(places, peers_.size());
  }
}

void GossipPlanner::enter(Round round, Step step, Round valid_round) {
  if (config_.relay_at_once && round != round_) make_all_due();
  round_ = round;
  step_ = step;
  valid_round_ = valid_round;
}

/// The slot of a round; a new one takes the place of the lowest that nobody needs. Null beyond the next round
/// and below all that is kept, but what we say ourselves is always kept.
GossipPlanner::RoundSlot* GossipPlanner::slot_for(Round round, bool own) {
  if (RoundSlot* slot = find_round(round)) return slot;
  if (round < 0 || (!own && round > round_ + 1)) return nullptr;
  RoundSlot* chosen = nullptr;
  for (RoundSlot& slot : rounds_) {
    const bool is_needed_still =
        slot.round != no_round && (slot.round == round_ || slot.round == valid_round_);
    if (!is_needed_still && (chosen == nullptr || slot.round < chosen->round)) chosen = &slot;
  }
  const bool is_wanted = own || round == round_ || round == valid_round_ || chosen->round < round;
  if (!is_wanted) return nullptr;
  chosen->round = round;
  chosen->proposal.reset(1, peers_.size());
  chosen->prevotes.reset(validator_count_, peers_.size());
  chosen->precommits.reset(validator_count_, peers_.size());
  for (std::size_t peer = 0; peer < peers_.size(); ++peer) show(peer, *chosen);
  return chosen;
}

/// Whether a proposal of our round or of the valid one names the value.
bool GossipPlanner::is_needed(const ValueId& id) const {
  for (const Round round : {round_, valid_round_}) {
    const RoundSlot* slot = find_round(round);
    if (slot != nullptr && slot->proposed() != nullptr && slot->proposed()->head.statement.value == id)
      return true;
  }
  return false;
}

GossipPlanner::ValueSlot* GossipPlanner::slot_for(const ValueHeader& value) {
  const ValueId id = value_id(value);
  if (ValueSlot* slot = find_value(id)) return slot;
  ValueSlot* chosen = nullptr;
  for (ValueSlot& slot : values_) {
    if (!slot.id || (chosen == nullptr && !is_needed(*slot.id))) chosen = &slot;
  }
  if (chosen == nullptr) return nullptr;
  chosen->id = id;
  chosen->parts.reset(value.part_count, peers_.size());
  for (std::size_t peer = 0; peer < peers_.size(); ++peer) show(peer, *chosen);
  return chosen;
}

void GossipPlanner::hold(const std::shared_ptr<const Envelope>& message, std::optional<ActorId> from) {
  SOUK_CHECK(message != nullptr);
  const bool own = !from.has_value();
  if (const auto* proposal = std::get_if<Proposal>(&message->message)) {
    hold_proposal(message, *proposal, own);
  } else if (const auto* vote = std::get_if<Vote>(&message->message)) {
    hold_vote(message, *vote, own);
  } else if (const auto* part = std::get_if<Part>(&message->message)) {
    ValueSlot* slot = part->height == height_ ? find_value(part->value) : nullptr;
    if (slot != nullptr && part->index < slot->parts.places()) slot->parts.hold(part->index, message, own);
  }
  if (own || config_.relay_at_once) make_all_due();
  if (from) note_received(*from, message->message);
}

void GossipPlanner::hold_proposal(const std::shared_ptr<const Envelope>& message, const Proposal& proposal,
                                  bool own) {
  const Statement& statement = proposal.head.statement;
  if (statement.height != height_) return;
  RoundSlot* slot = slot_for(statement.round, own);
  if (slot == nullptr) return;
  slot->proposal.hold(0, message, own);
  if (proposal.only_part != nullptr) return;  // it comes with the proposal
  ValueSlot* value = slot_for(proposal.value);
  if (value != nullptr && own) value->parts.own_all();
}

void GossipPlanner::hold_vote(const std::shared_ptr<const Envelope>& message, const Vote& vote, bool own) {
  const Statement& s = vote.statement;
  if (s.height == height_) {
    RoundSlot* slot = slot_for(s.round, own);
    SOUK_CHECK(vote.index < validator_count_);
    if (slot != nullptr) votes_of(*slot, s.step).hold(vote.index, message, own);
  } else if (last_ && s.height == last_->commit.height && s.round == last_->commit.round &&
             s.step == Step::precommit && vote.index < last_->round.precommits.places()) {
    last_->round.precommits.hold(vote.index, message, own);
  }
}

void GossipPlanner::note_received(ActorId peer_id, const Message& message) {
  const auto peer = find_peer(peer_id);
  if (!peer) return;
  const Height height = height_of(message);
  const bool is_last = last_ && height == last_->commit.height;
  // A status is note_status's, and an old certified value or evidence says nothing about where its sender is.
  if (const auto* proposal = std::get_if<Proposal>(&message)) {
    const Round round = proposal->head.statement.round;
    if (RoundSlot* slot = height == height_ ? find_round(round) : nullptr) slot->proposal.note(*peer, 0);
    if (is_last && round == last_->commit.round) last_->round.proposal.note(*peer, 0);
  } else if (const auto* vote = std::get_if<Vote>(&message)) {
    const Statement& s = vote->statement;
    RoundSlot* slot = height == height_ ? find_round(s.round) : nullptr;
    if (is_last && s.round == last_->commit.round && s.step == Step::precommit) slot = &last_->round;
    if (slot != nullptr && vote->index < votes_of(*slot, s.step).places())
      votes_of(*slot, s.step).note(*peer, vote->index);
  } else if (const auto* part = std::get_if<Part>(&message)) {
    ValueSlot* slot = height == height_ ? find_value(part->value) : nullptr;
    if (is_last && last_->value.id == part->value) slot = &last_->value;
    if (slot != nullptr && part->index < slot->parts.places()) slot->parts.note(*peer, part->index);
  } else {
    return;
  }
  peers_[*peer].height = std::max(peers_[*peer].height, height);
}

bool GossipPlanner::is_well_formed(const RoundStatus& s) const {
  if (!is_consistent(s.prevotes) || !is_consistent(s.precommits) || !is_consistent(s.parts)) return false;
  if (s.prevotes.count != s.precommits.count || (!s.value && s.parts.count != 0)) return false;
  if (s.height == height_) {
    const ValueSlot* slot = s.value ? find_value(*s.value) : nullptr;
    return s.prevotes.count == validator_count_ && (slot == nullptr || s.parts.count == slot->parts.places());
  }
  if (last_ && s.height == last_->commit.height) {
    const bool is_ours = s.value && last_->value.id == s.value;
    return s.prevotes.count == last_->commit.signatures.size() &&
           (!is_ours || s.parts.count == last_->value.parts.places());
  }
  return true;
}

bool GossipPlanner::note_status(ActorId peer_id, const RoundStatus& status) {
  const auto peer = find_peer(peer_id);
  if (!peer) return true;
  if (!is_well_formed(status)) return false;
  Peer& p = peers_[*peer];
  p.status = status;
  p.height = status.height;
  p.age = 0;
  p.has_status = true;
  apply_status(*peer);
  make_due(*peer);
  return true;
}

/// Calls visit(slot) for each slot in use, of rounds and of values; the last height's too.
void GossipPlanner::for_each_slot(auto&& visit) {
  for (RoundSlot& slot : rounds_)
    if (slot.round != no_round) visit(slot);
  for (ValueSlot& slot : values_)
    if (slot.id) visit(slot);
  if (!last_) return;
  visit(last_->round);
  if (last_->value.id) visit(last_->value);
}

void GossipPlanner::apply_status(std::size_t peer) {
  if (last_ && peers_[peer].status.height == last_->commit.height) fill_last();
  const bool counts = !std::exchange(peers_[peer].is_counted, true);
  for_each_slot([&](auto& slot) {
    show(peer, slot);
    if (counts) slot.for_each_shelf([&](Shelf& shelf) { shelf.count_lacking(peer); });
  });
}

/// What the peer's status says about a round: what it has of it, or only that it is elsewhere.
void GossipPlanner::show(std::size_t peer, RoundSlot& slot) {
  const Peer& p = peers_[peer];
  const bool is_last = last_ && &slot == &last_->round;
  const RoundStatus& s = p.status;
  const Height height = is_last ? last_->commit.height : height_;
  if (!p.has_status || s.height != height || s.round != slot.round ||
      s.precommits.count != slot.precommits.places())
    return;
  const Proposal* ours = slot.proposed();
  const bool has_part = ours == nullptr || ours->only_part == nullptr || is_full(s.parts);
  const bool has_it = s.value && (ours == nullptr || ours->head.statement.value == s.value) && has_part;
  slot.proposal.show(peer, one_bit(has_it));
  slot.precommits.show(peer, s.precommits);
  if (!is_last) slot.prevotes.show(peer, s.prevotes);
}

void GossipPlanner::show(std::size_t peer, ValueSlot& slot) {
  const Peer& p = peers_[peer];
  if (p.has_status && p.status.value == slot.id && p.status.parts.count == slot.parts.places())
    slot.parts.show(peer, p.status.parts);
}

void GossipPlanner::tick() {
  for (std::size_t peer = 0; peer < peers_.size(); ++peer) {
    peers_[peer].is_counted = false;
    if (++peers_[peer].age == 2) make_due(peer);  // nothing is known of it any more: it may have caught up
  }
}

void GossipPlanner::rebroadcast() {
  const std::size_t count = peers_.size();
  for (RoundSlot& slot : rounds_) {
    if (slot.round != no_round) slot.for_each_shelf([&](Shelf& shelf) { shelf.give_up_all(count); });
  }
  for (ValueSlot& slot : values_) {
    if (slot.id) slot.parts.give_up_all(count);
  }
  make_all_due();
}

void GossipPlanner::make_all_due() {
  for (std::size_t peer = 0; peer < peers_.size(); ++peer) make_due(peer);
}

RoundStatus GossipPlanner::status(Height stored_from) const {
  RoundStatus status;
  status.height = height_;
  status.round = round_;
  status.step = step_;
  status.valid_round = valid_round_;
  status.stored_from = stored_from;
  const RoundSlot* slot = find_round(round_);
  status.prevotes = slot == nullptr ? bits_of(validator_count_) : slot->prevotes.held();
  status.precommits = slot == nullptr ? bits_of(validator_count_) : slot->precommits.held();
  const Proposal* proposal = slot == nullptr ? nullptr : slot->proposed();
  if (proposal == nullptr) return status;
  status.value = proposal->head.statement.value;
  if (const ValueSlot* value = status.value ? find_value(*status.value) : nullptr) {
    status.parts = value->parts.held();
  } else {
    status.parts = one_bit(proposal->only_part != nullptr);
  }
  return status;
}

const RoundStatus* GossipPlanner::status_of(ActorId peer_id) const {
  const auto peer = find_peer(peer_id);
  return peer && peers_[*peer].has_status ? &peers_[*peer].status : nullptr;
}

}  // namespace souk::consensus
