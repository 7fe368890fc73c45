#include "actors/validator.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "actors/base/check.hpp"

namespace souk {

Validator::Validator(ValidatorConfig config)
    : config_(std::move(config)), ledger_(config_.params, config_.balances), mempool_(config_.mempool) {
  SOUK_CHECK(config_.block_time > Duration::zero());
}

void Validator::on(const Event& event, const Context& context, Effects& out) {
  std::visit([&](const auto& e) { handle(e, context, out); }, event);
}

void Validator::handle(const Ping& e, const Context& context, Effects& out) {
  out.push_back(Send{e.from, Pong{context.self, e.number}});
}

void Validator::handle(const TxReceived& e, const Context& context, Effects& out) {
  const auto refusal = mempool_.add({e.from, e.tx});
  if (refusal != Mempool::Refusal::none) {
    const TxDecided refused{e.tx->nonce, Height{}, Codespace::sdk, static_cast<std::uint32_t>(refusal), 0};
    out.push_back(Send{e.from, refused});
    return;
  }
  if (!scheduled_) schedule_block(context.now, out);
}

void Validator::handle(const TimerFired& e, const Context& context, Effects& out) {
  const bool due = e.id.kind == static_cast<std::uint32_t>(Timer::block) && scheduled_ &&
                   context.now >= time_of(*scheduled_);
  if (!due) return;
  const Height height = *scheduled_;
  scheduled_.reset();
  make_block(height, out);
  if (!mempool_.empty()) schedule_block(context.now, out);
}

Height Validator::next_height(Time now) const {
  const Duration age = std::max(now - config_.genesis_time, Duration::zero());
  return {std::max(age / config_.block_time, last_.value) + 1};
}

void Validator::schedule_block(Time now, Effects& out) {
  scheduled_ = next_height(now);
  out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::block), 0}, time_of(*scheduled_)});
}

void Validator::make_block(Height height, Effects& out) {
  last_ = height;
  ledger_.begin_block({height, time_of(height)});
  for (const auto& taken : mempool_.take(config_.block_tx_count_max, config_.block_byte_count_max)) {
    const TxResult result = ledger_.deliver(*taken.tx, events_);
    out.push_back(Send{taken.from,
                       TxDecided{taken.tx->nonce, height, result.codespace, result.code, result.failed_msg}});
    publish(height, out);
    ++txs_applied_;
  }
  ++blocks_made_;
  const auto every = config_.invariants_every_blocks;
  if (every > 0 && blocks_made_ % every == 0) check_ledger();
}

void Validator::publish(Height height, Effects& out) {
  for (ChainEvent& event : events_) {
    topics_.clear();
    audience(ledger_, event, topics_);
    const bool everywhere =
        config_.publish_chain && (config_.publish_transfers || !std::holds_alternative<EventTransfer>(event));
    if (everywhere) topics_.push_back(topic_chain());
    if (topics_.empty()) continue;
    const auto shared = std::make_shared<const Event>(ChainNotice{height, time_of(height), std::move(event)});
    for (const Topic& topic : topics_) out.push_back(Publish{topic, shared});
  }
  events_.clear();
}

void Validator::check_ledger() {
  const auto sound = ledger_.check_invariants();
  if (!sound)
    check_failed("ledger invariant at height " + std::to_string(last_.value) + ": " + sound.error().message,
                 __FILE__, __LINE__);
}

}  // namespace souk
