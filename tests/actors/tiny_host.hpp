#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "actors/tenant.hpp"
#include "actors/validator.hpp"
#include "runtime/host.hpp"

namespace souk::story {

/// The smallest host that keeps the promises: a queue by (time, sequence), one delay for every message, and,
/// for tests of robustness, a share of messages that gets lost.
class TinyHost {
 public:
  explicit TinyHost(std::uint64_t seed = 1) : seed_(seed), loss_(seed, ActorId{99}, Purpose::network, 0) {}

  Time now{std::chrono::seconds(1'767'571'200)};  ///< Monday 2026-01-05 00:00 UTC
  Duration delay = std::chrono::milliseconds(20);
  double loss = 0;  ///< probability that a message is never delivered
  std::map<Note::Metric, std::vector<double>> notes;
  std::uint64_t events = 0;

  /// The first actor is the validator everybody submits to.
  ActorId add(runtime::AnyActor actor, std::optional<Address> address = {}, std::vector<Topic> topics = {}) {
    const ActorId id{static_cast<std::uint32_t>(actors_.size())};
    actors_.push_back(std::move(actor));
    if (address) {
      owners_[*address] = id;
      topics.push_back(*address);
    }
    for (const Topic& topic : topics) topics_[topic].push_back(id);
    put(now, id, Started{});
    return id;
  }

  void run_until(Time end) {
    while (!queue_.empty() && queue_.begin()->first.first <= end) step();
    now = end;
  }
  void run_for(Duration length) { run_until(now + length); }

  template <class A>
  const A& get(ActorId id) const {
    return *actors_[id.value].as<A>();
  }
  const Ledger& ledger() const { return get<Validator>(ActorId{0}).ledger(); }

 private:
  using Key = std::pair<Time, std::uint64_t>;
  struct Item {
    ActorId to;
    Event event;
  };

  void put(Time at, ActorId to, Event event) {
    queue_.emplace(Key{at, ++sequence_}, Item{to, std::move(event)});
  }
  void send(ActorId to, Event event) {
    if (loss > 0 && loss_.uniform() < loss) return;
    put(now + delay, to, std::move(event));
  }

  void step() {
    auto node = queue_.extract(queue_.begin());
    now = node.key().first;
    const Item& item = node.mapped();
    if (const auto* fired = std::get_if<TimerFired>(&item.event)) timers_.erase({item.to, fired->id});
    ++events;
    Effects out;
    actors_[item.to.value].on(item.event, Context{now, item.to, seed_}, out);
    for (const Effect& effect : out) std::visit([&](const auto& e) { perform(item.to, e); }, effect);
  }

  void perform(ActorId, const Send& e) { send(e.to, e.event); }
  void perform(ActorId, const SendTo& e) {
    if (const auto it = owners_.find(e.to); it != owners_.end()) send(it->second, e.event);
  }
  void perform(ActorId, const Publish& e) {
    const auto it = topics_.find(e.topic);
    if (it == topics_.end()) return;
    for (const ActorId to : it->second) send(to, *e.event);
  }
  void perform(ActorId from, const SubmitTx& e) { send(ActorId{0}, TxReceived{from, e.tx}); }
  void perform(ActorId self, const SetTimer& e) {
    perform(self, CancelTimer{e.id});
    put(std::max(e.at, now), self, TimerFired{e.id});
    timers_[{self, e.id}] = Key{std::max(e.at, now), sequence_};
  }
  void perform(ActorId self, const CancelTimer& e) {
    const auto it = timers_.find({self, e.id});
    if (it == timers_.end()) return;
    queue_.erase(it->second);
    timers_.erase(it);
  }
  void perform(ActorId, const Persist&) {}
  void perform(ActorId, const VerifySignatures&) {}
  void perform(ActorId, const MakeSignature&) {}
  void perform(ActorId, const Observe&) {}
  void perform(ActorId, const Note& e) { notes[e.metric].push_back(e.value); }

  std::uint64_t seed_;
  Rng loss_;
  std::uint64_t sequence_ = 0;
  std::vector<runtime::AnyActor> actors_;
  std::map<Address, ActorId> owners_;
  std::map<Topic, std::vector<ActorId>> topics_;
  std::map<Key, Item> queue_;
  std::map<std::pair<ActorId, TimerId>, Key> timers_;
};

}  // namespace souk::story
