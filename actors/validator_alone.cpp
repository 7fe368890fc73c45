#include <algorithm>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/chain/staking_economy.hpp"
#include "actors/validator.hpp"

// The only validator of a network: instant quorum on the block grid.
namespace souk {

/// The first block of the grid that is later than both `now` and the last block.
Height Validator::next_height(Time now) const {
  const Duration age = std::max(now - config_.genesis.time, Duration::zero());
  return {std::max(age / config_.block_time, last_.value) + 1};
}

/// The first block of the grid at or after `time`; the last there is for time_max.
Height Validator::height_at(Time time) const {
  if (time == time_max) return Height{INT64_MAX};
  const Duration age = std::max(time - config_.genesis.time, Duration::zero());
  return {age / config_.block_time + (age % config_.block_time > Duration::zero() ? 1 : 0)};
}

/// Sets the timer for the next block there is a reason for, unless it is set for one as early. What falls due
/// has its block, also where a live host's timer was so late that the grid is past it.
void Validator::schedule_block(Time now, Effects& out) {
  Height due{INT64_MAX};
  if (!mempool_.empty() || !changes_.empty()) due = next_height(now);
  if (has_stake_) {
    const Deadline deadline = ledger_.next_deadline(inputs_);
    due = std::min(due, std::max(last_ + Blocks{1}, std::min(deadline.height, height_at(deadline.time))));
  }
  if (due.value == INT64_MAX || (scheduled_ && *scheduled_ <= due)) return;
  scheduled_ = due;
  out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::block), 0}, time_of(due)});
}

void Validator::make_block(Height height, Effects& out) {
  last_ = height;
  begin_block({height, time_of(height)}, inputs_, {&out});
  for (const auto& entry : mempool_.take(config_.block_tx_count_max, config_.block_byte_count_max)) {
    tell(entry.from, *entry.tx, height, deliver(*entry.tx), {&out});
    publish({&out});
  }
  end_block({&out});
  change_uptime();
}

/// A machine that goes down between two heights signs the commit of the first and misses that of the second;
/// the block just made was the first for which it matters.
void Validator::change_uptime() {
  for (const auto& [validator, up] : std::exchange(changes_, {})) {
    const auto* known = ledger_.economy().staking().find(validator);
    if (known == nullptr) continue;
    auto& absent = inputs_.absent;
    const auto at = std::lower_bound(absent.begin(), absent.end(), known->key);
    const bool is_absent = at != absent.end() && *at == known->key;
    if (up && is_absent) absent.erase(at);
    if (!up && !is_absent) absent.insert(at, known->key);
  }
}

void Validator::handle(const Started&, const Context& context, Effects& out) {
  if (core_) return start_agreeing(context, out);
  if (has_stake_) schedule_block(context.now, out);
}

void Validator::handle(const ValidatorUptime& e, const Context& context, Effects& out) {
  if (core_) return;  // there the machine's silence says it
  changes_.push_back({e.validator, e.up});
  schedule_block(context.now, out);
}

void Validator::handle(const TimerFired& e, const Context& context, Effects& out) {
  if (core_) return agree(e, context, out);
  const bool due = e.id.kind == static_cast<std::uint32_t>(Timer::block) && scheduled_ &&
                   context.now >= time_of(*scheduled_);
  if (!due) return;
  const Height height = *scheduled_;
  scheduled_.reset();
  if (ledger_.halted_for()) return;  // this software must not make another block
  make_block(height, out);
  schedule_block(context.now, out);
}

}  // namespace souk
