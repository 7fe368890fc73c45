#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/consensus/core_state.hpp"
#include "actors/consensus/mutation.hpp"

/// From a decision to the next height. The one place where a block is decided.
namespace souk::consensus {

void Core::State::halt(std::string why, Turn& turn) {
  if (halted_) return;
  halted_ = std::move(why);
  observe(Halted{*halted_}, turn);
}

std::vector<Offence> Core::State::offences_of(const Block& block) const {
  std::vector<Offence> offences;
  for (const Evidence& e : block.evidence) {
    const Height then = e.first.statement.height;
    const ValidatorSet* set = history_.at(then);
    const auto time = history_.time_of(then);
    if (SOUK_CONSENSUS_MUTATE(block_unchecked) && (set == nullptr || !time)) continue;
    SOUK_CHECK(set != nullptr && e.first.index < set->size() && time);
    offences.push_back({(*set)[e.first.index].key, then, *time, e.power});
  }
  return offences;
}

QueueSizes Core::State::queues() const {
  std::size_t parts = 0;
  for (const Candidate& c : candidates_) parts += size_of(c.parts.has());
  for (const auto& [height, block] : synced_)
    parts += std::get<CertifiedValue>(block.message->message).value->header.part_count;
  return {static_cast<std::uint32_t>(checks_.size()), static_cast<std::uint32_t>(votes_.vote_count()),
          static_cast<std::uint32_t>(later_.size()), static_cast<std::uint32_t>(parts),
          static_cast<std::uint32_t>(evidence_.pending_count())};
}

void Core::State::decide(Turn& turn) {
  observe(queues(), turn);
  const RoundMachine::Decision decision = *machine_.decision();
  const Candidate& c = *candidate(decision.value);
  std::shared_ptr<const Block> block = c.block;
  if (block == nullptr) {  // judged before a crash
    auto opened = open_value(*c.parts.value());
    SOUK_CHECK(opened.has_value());
    block = std::make_shared<const Block>(std::move(*opened));
  }
  const auto certified = std::make_shared<const CertifiedValue>(
      CertifiedValue{c.parts.value(), votes_.commit(height(), decision.round, decision.value)});
  const bool is_synced = std::none_of(proposals_.begin(), proposals_.end(), [&](const KnownProposal& p) {
    return p.head && p.statement.value == decision.value;
  });
  turn.out.push_back(Persist{frame(StoreRecord{*certified}), Persist::File::store,
                             !SOUK_CONSENSUS_MUTATE(block_stored_unsynced), false});
  const Height decided = height();
  const Time time = block->header.time;
  apply(*block, decision.value, decision.round, turn);
  blocks_.push_back(certified);
  if (config_.stored_blocks_max != 0 && blocks_.size() > config_.stored_blocks_max) blocks_.pop_front();
  if (halted_) return;
  begin_log(turn);
  observe(Decided{decided, decision.round, decision.value, time, turn.context.now, is_synced, certified},
          turn);
  observe(Applied{decided, app_state_.app_hash, validators_hash_, schedule_.current.proposer()}, turn);
  planner_.enter_height(height(), static_cast<std::uint32_t>(schedule_.current.size()), &certified->commit);
  start_height(turn);
}

void Core::State::apply(const Block& block, const ValueId& value, Round round, Turn& turn) {
  const Height decided = height();
  const Time time = block.header.time;
  const auto changes = turn.app.apply({decided, time, &block, schedule_.last ? &*schedule_.last : nullptr,
                                       &schedule_.current, offences_of(block)});
  if (SOUK_CONSENSUS_MUTATE(proposer_by_local_round)) {
    for (Round r = 0; r < machine_.round(); ++r) schedule_.next.advance();
  }
  if (auto rolled = schedule_.roll(changes); !rolled) {
    // Going on with another set than the application believes in would be worse than stopping.
    return halt("changes of the validator set that can not be made: " + rolled.error().message, turn);
  }
  if (SOUK_CONSENSUS_MUTATE(set_updated_early) && !changes.empty()) schedule_.current = schedule_.next;
  app_state_ = turn.app.state();
  history_.decided(time);
  evidence_.commit(block.evidence);
  last_.emplace(Last{decided, time, value, round, std::move(votes_)});
  const Hash before = std::exchange(validators_hash_, next_validators_hash_);
  if (SOUK_CONSENSUS_MUTATE(set_updated_early)) validators_hash_ = schedule_.current.hash();
  if (!changes.empty()) next_validators_hash_ = schedule_.next.hash();
  const Height next = decided + Blocks{1};
  history_.add(next, schedule_.current, validators_hash_ != before);
  history_.prune(next, time, config_.evidence_age);
  evidence_.prune(next, time, config_.evidence_age, history_);
  enter_height(next);
}

void Core::State::enter_height(Height next) {
  machine_ = RoundMachine(next);
  votes_ = VoteKeeper(schedule_.current);
  proposers_ = ProposerOrder(schedule_.current);
  index_ = config_.key ? schedule_.current.index_of(address_of(*config_.key)) : std::nullopt;
  facts_.clear();
  proposals_.clear();
  candidates_.clear();
  bytes_.clear();
  log_.clear();  // of what is decided nothing needs to be known
  told_locked_ = told_valid_ = {};
  is_building_ = is_syncing_ = false;
  learnt_ = nullptr;
  synced_.erase(synced_.begin(), synced_.lower_bound(next));
  wanted_.clear();
  logged_.clear();
}

}  // namespace souk::consensus
