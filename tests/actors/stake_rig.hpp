#pragma once

#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "actors/effects.hpp"
#include "actors/validator_view.hpp"

/// One actor of the staking economy alone: its timers run, its transactions and notes are kept, and the test
/// plays the chain.
namespace souk::test {

inline Address person(std::uint8_t n) {
  Address address;
  address.bytes[0] = n;
  return address;
}

inline std::shared_ptr<const KnownValidators> validators(
    std::vector<std::pair<std::uint8_t, std::pair<double, std::int64_t>>> list) {
  KnownValidators known;
  for (const auto& [who, what] : list)
    known[person(who)] = {what.first, {what.second}, true, false, 0, Time::min()};
  return std::make_shared<const KnownValidators>(std::move(known));
}

template <class A>
class StakeRig {
 public:
  explicit StakeRig(A actor, std::uint64_t seed = 1, std::uint32_t self = 7) : actor_(std::move(actor)) {
    context_ = {Time{std::chrono::hours(24)}, ActorId{self}, seed, false};
    give(Started{});
  }

  void give(const Event& event) {
    Effects out;
    actor_.on(event, context_, out);
    for (Effect& effect : out) keep(std::move(effect));
  }
  void hear(StakeEvent event) { give(ChainNotice{height_, context_.now, ChainEvent{std::move(event)}}); }
  /// The chain's next block.
  void next_block() { height_ = height_ + Blocks{1}; }

  /// Lets its timers run.
  void run_for(Duration length) {
    const Time end = context_.now + length;
    for (;;) {
      auto next = timers_.end();
      for (auto it = timers_.begin(); it != timers_.end(); ++it)
        if (it->second <= end && (next == timers_.end() || it->second < next->second)) next = it;
      if (next == timers_.end()) break;
      context_.now = std::max(context_.now, next->second);
      const TimerId id = next->first;
      timers_.erase(next);
      next_block();
      give(TimerFired{id});
    }
    context_.now = end;
  }

  /// The messages of type M that were sent since the last call, and the others with them dropped.
  template <class M>
  std::vector<M> sent() {
    std::vector<M> found;
    for (const SharedTx& tx : txs)
      for (const Msg& msg : tx->msgs)
        if (const auto* stake = std::get_if<StakeMsg>(&msg))
          if (const auto* wanted = std::get_if<M>(stake)) found.push_back(*wanted);
    txs.clear();
    return found;
  }

  const A& actor() const { return actor_; }
  Time now() const { return context_.now; }

  std::vector<SharedTx> txs;
  std::vector<std::pair<Time, bool>> uptimes;  ///< what the block maker was told
  std::map<Note::Metric, std::vector<double>> notes;

 private:
  void keep(Effect effect) {
    if (const auto* tx = std::get_if<SubmitTx>(&effect)) txs.push_back(tx->tx);
    if (const auto* timer = std::get_if<SetTimer>(&effect)) timers_[timer->id] = timer->at;
    if (const auto* note = std::get_if<Note>(&effect)) notes[note->metric].push_back(note->value);
    if (const auto* send = std::get_if<Send>(&effect)) {
      const auto& told = std::get<ValidatorUptime>(std::get<ValidatorEvent>(send->event));
      uptimes.emplace_back(context_.now, told.up);
    }
  }

  A actor_;
  Context context_;
  Height height_{1};
  std::map<TimerId, Time> timers_;
};

}  // namespace souk::test
