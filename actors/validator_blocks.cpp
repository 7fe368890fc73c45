#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "actors/base/check.hpp"
#include "actors/base/codec.hpp"
#include "actors/validator.hpp"

namespace souk {

void Validator::begin_block(BlockContext block, const BlockInputs& inputs, Sink sink) {
  results_ = Sha256();
  if (!has_stake_) return ledger_.begin_block(block);
  ledger_.begin_block(block, inputs, events_);
  publish(sink);
}

/// Its events wait for publish(), so that the sender hears of its transaction before anybody hears of what it
/// did.
TxResult Validator::deliver(const Tx& tx) {
  TxResult result = ledger_.deliver(tx, events_);
  if (core_) results_.add(encode(std::pair(result.codespace, result.code)));
  ++txs_applied_;
  return result;
}

std::vector<ValidatorUpdate> Validator::end_block(Sink sink) {
  std::vector<ValidatorUpdate> updates;
  if (has_stake_) {
    updates = ledger_.end_block(events_);
    publish(sink);
  }
  ++blocks_made_;
  const auto every = config_.invariants_every_blocks;
  if (every > 0 && blocks_made_ % every == 0) check_ledger();
  return updates;
}

void Validator::publish(Sink sink) {
  const auto [height, time] = ledger_.block();
  if (core_) {
    for (const ChainEvent& event : events_) results_.add(encode(event));
  }
  for (ChainEvent& event : events_) {
    if (sink.out == nullptr) break;
    topics_.clear();
    audience(ledger_, event, topics_);
    const bool everywhere =
        config_.publish_chain && (config_.publish_transfers || !std::holds_alternative<EventTransfer>(event));
    if (everywhere) topics_.push_back(topic_chain());
    if (topics_.empty()) continue;
    const auto shared = std::make_shared<const Event>(ChainNotice{height, time, std::move(event)});
    for (const Topic& topic : topics_) sink.out->push_back(Publish{topic, shared});
  }
  events_.clear();
}

void Validator::check_ledger() {
  const auto sound = ledger_.check_invariants();
  if (!sound)
    check_failed("ledger invariant at height " + std::to_string(ledger_.block().height.value) + ": " +
                     sound.error().message,
                 __FILE__, __LINE__);
}

}  // namespace souk
