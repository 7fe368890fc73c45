#pragma once

// Bodies of sim/engine.hpp: scheduling and the event-by-event run. Include that one.

#include <algorithm>
#include <utility>

#include "sim/engine.hpp"

namespace souk::sim {

template <class Payload>
Engine<Payload>::Engine(EngineOptions options)
    : lookahead_(static_cast<std::uint64_t>(options.lookahead.count())),
      ranged_(options.actors),
      range_(std::max(1u, options.actors / options.shards + (options.actors % options.shards != 0))) {
  SOUK_CHECK(options.lookahead.count() >= 0 && options.shards >= 1);
  shards_.resize(options.shards);
  for (std::uint32_t i = 0; i < options.shards; ++i) {
    shards_[i].index = i;
    for (auto& half : shards_[i].mail) half.resize(options.shards);
  }
  add_actors(options.actors);
}

template <class Payload>
ActorId Engine<Payload>::add_actors(std::uint32_t count) {
  const ActorId first{actors()};
  SOUK_CHECK(count <= actor_max && actors_.size() + count <= actor_max);
  if (actors_.empty()) actors_.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) actors_.push_back({(first.value + i) * order_unit});
  return first;
}

template <class Payload>
[[gnu::always_inline]] inline std::uint64_t Engine<Payload>::next_order(std::uint64_t& counter) {
  const std::uint64_t order = counter++;
  SOUK_CHECK(counter % order_unit != 0);  // 10^12 events of one sender
  return order;
}

template <class Payload>
std::uint64_t& Engine<Payload>::counter_of(ActorId sender) {
  if (sender == outside) return outside_next_;
  SOUK_CHECK(sender.value < actors_.size());
  return actors_[sender.value].next_order;
}

template <class Payload>
EventHandle Engine<Payload>::insert(std::uint64_t time, std::uint64_t order, std::uint32_t target,
                                    Payload&& payload) {
  Shard<Payload>& shard = shard_of(target);
  const std::uint32_t slot = shard.slab.add(order, std::move(payload));
  shard.push({time, order, slot, target});
  return {order, slot, target};
}

template <class Payload>
EventHandle Engine<Payload>::schedule(Time at, ActorId sender, ActorId target, Payload payload) {
  SOUK_CHECK(!in_windows_ && at >= now() && at < time_max && target.value < actors_.size());
  return insert(to_ticks(at), next_order(counter_of(sender)), target.value, std::move(payload));
}

template <class Payload>
bool Engine<Payload>::take_back(EventHandle handle) {
  Shard<Payload>& shard = shard_of(handle.target);
  if (!shard.slab.holds(handle.slot, handle.order)) return false;
  shard.cancel(handle.slot);
  return true;
}

template <class Payload>
bool Engine<Payload>::cancel(EventHandle handle) {
  SOUK_CHECK(!in_windows_);
  return take_back(handle);
}

template <class Payload>
std::optional<EventHandle> Engine<Payload>::move_event(EventHandle handle, std::uint64_t time,
                                                       std::uint64_t& counter) {
  Shard<Payload>& shard = shard_of(handle.target);
  if (!shard.slab.holds(handle.slot, handle.order)) return std::nullopt;
  const std::uint64_t order = next_order(counter);
  shard.slab.slot(handle.slot).order = order;  // the key left behind is dead from here on
  shard.push({time, order, handle.slot, handle.target});
  shard.sweep();
  return EventHandle{order, handle.slot, handle.target};
}

template <class Payload>
std::optional<EventHandle> Engine<Payload>::reschedule(EventHandle handle, Time at) {
  SOUK_CHECK(!in_windows_ && at >= now() && at < time_max);
  if (!is_pending(handle)) return std::nullopt;
  return move_event(handle, to_ticks(at), counter_of(EventKey{at, handle.order}.sender()));
}

template <class Payload>
bool Engine<Payload>::is_pending(EventHandle handle) const {
  return shard_of(handle.target).slab.holds(handle.slot, handle.order);
}

template <class Payload>
std::size_t Engine<Payload>::pending() const {
  std::size_t live = 0;
  for (const Shard<Payload>& shard : shards_) live += shard.slab.live();
  return live;
}

template <class Payload>
std::uint64_t Engine<Payload>::executed() const {
  std::uint64_t sum = 0;
  for (const Shard<Payload>& shard : shards_) sum += shard.executed;
  return sum;
}

template <class Payload>
Shard<Payload>* Engine<Payload>::next_shard() {
  if (shards_.size() == 1) return shards_[0].min() == nullptr ? nullptr : &shards_[0];
  Shard<Payload>* best = nullptr;
  Rank best_rank = 0;
  for (Shard<Payload>& shard : shards_) {
    const Key* key = shard.min();
    if (key == nullptr || (best != nullptr && best_rank < key->rank())) continue;
    best = &shard;
    best_rank = key->rank();
  }
  return best;
}

template <class Payload>
std::optional<Time> Engine<Payload>::next_time() {
  Shard<Payload>* shard = next_shard();
  if (shard == nullptr) return std::nullopt;
  return to_time(shard->min()->time);
}

template <class Payload>
std::size_t Engine<Payload>::memory_bytes() const {
  std::size_t bytes = actors_.capacity() * sizeof(ActorSlot);
  for (const Shard<Payload>& shard : shards_) bytes += shard.memory_bytes();
  return bytes;
}

template <class Payload>
template <class Model>
void Engine<Payload>::prefetch(const Shard<Payload>& shard, const Key& key, Model& model) const {
  shard.slab.prefetch(key.slot);
  __builtin_prefetch(&actors_[key.target], 1);
  if constexpr (requires { model.prefetch(ActorId{}); }) model.prefetch(ActorId{key.target});
}

template <class Payload>
template <class Model>
[[gnu::always_inline]] inline void Engine<Payload>::execute(Port<Payload>& port, const Key& key,
                                                            Model& model) {
  Shard<Payload>& shard = *port.shard_;
  auto& slot = shard.slab.slot(key.slot);
  if (slot.order != key.order) [[unlikely]]
    return;  // cancelled or moved
  // From here on no handle finds the event, but its payload stays where it is.
  slot.order = running_order;
  port.enter(key);
  model.on_event(port, Due<Payload>{{to_time(key.time), key.order}, ActorId{key.target}, slot.payload});
  shard.slab.remove(key.slot, slot);
  ++shard.executed;
}

template <class Payload>
template <class Model>
[[gnu::always_inline]] inline bool Engine<Payload>::run_next(Port<Payload>& port, std::uint64_t last,
                                                             Model& model) {
  EventList& list = port.shard_->list;
  Key key;
  if (!list.pop_until(last, key)) return false;
  constexpr std::size_t prefetch_ahead = 6;
  if (const Key* ahead = list.ahead(prefetch_ahead)) prefetch(*port.shard_, *ahead, model);
  now_ = key.time;
  execute(port, key, model);
  return true;
}

template <class Payload>
template <class Model>
bool Engine<Payload>::step(Model& model) {
  SOUK_CHECK(!in_windows_);
  Shard<Payload>* shard = next_shard();
  if (shard == nullptr) return false;
  Port<Payload> port(*this, *shard);
  port.position_ = position_;
  port.step_ = step_;
  run_next(port, UINT64_MAX, model);  // next_shard() saw to it that its next key is live
  position_ = port.position_;
  step_ = port.step_;
  return true;
}

template <class Payload>
template <class Model>
void Engine<Payload>::run_until(Model& model, Time end) {
  SOUK_CHECK(!in_windows_ && end >= now());
  const std::uint64_t last = to_ticks(end);
  Port<Payload> port(*this, shards_[0]);
  port.position_ = position_;
  port.step_ = step_;
  if (shards_.size() == 1) {
    while (run_next(port, last, model)) {
    }
  } else {
    for (Shard<Payload>* shard = next_shard(); shard != nullptr; shard = next_shard()) {
      port.shard_ = shard;
      if (!run_next(port, last, model)) break;
    }
  }
  position_ = port.position_;
  step_ = port.step_;
  now_ = last;
}

template <class Payload>
[[gnu::always_inline]] inline void Port<Payload>::enter(const Key& key) {
  now_ = key.time;
  self_ = key.target;
  const Rank rank = key.rank();
  const bool follower = rank < position_;
  step_ = follower ? step_ + 1 : 0;
  position_ = follower ? position_ : rank;
}

template <class Payload>
Position Port<Payload>::position() const {
  return {{to_time(static_cast<std::uint64_t>(position_ >> 64)), static_cast<std::uint64_t>(position_)},
          step_};
}

template <class Payload>
[[gnu::always_inline]] inline EventHandle Port<Payload>::schedule(Time at, Payload payload) {
  SOUK_CHECK(at >= now() && at < time_max);
  const std::uint64_t order = engine_->next_order(engine_->actors_[self_].next_order);
  const std::uint32_t slot = shard_->slab.add(order, std::move(payload));
  shard_->push({to_ticks(at), order, slot, self_});
  return {order, slot, self_};
}

template <class Payload>
[[gnu::always_inline]] inline void Port<Payload>::send(Time at, ActorId to, Payload payload) {
  if (to.value == self_) {
    schedule(at, std::move(payload));
    return;
  }
  SOUK_CHECK(at < time_max && to_ticks(at) >= now_ + engine_->lookahead_);
  SOUK_CHECK(to.value < engine_->actors_.size());
  const std::uint64_t order = engine_->next_order(engine_->actors_[self_].next_order);
  const std::uint32_t target_shard = engine_->shard_index(to.value);
  if (shard_->window_end == 0 || target_shard == shard_->index) {
    Shard<Payload>& there = engine_->shards_[target_shard];
    const std::uint32_t slot = there.slab.add(order, std::move(payload));
    there.list.push({to_ticks(at), order, slot, to.value});
    return;
  }
  // Nothing of the other shard is read here: its thread writes to it all the time.
  shard_->earliest_mail = std::min(shard_->earliest_mail, to_ticks(at));
  shard_->mail[shard_->parity][target_shard].push_back(
      {{to_ticks(at), order, 0, to.value}, std::move(payload)});
}

template <class Payload>
bool Port<Payload>::cancel(EventHandle handle) {
  SOUK_CHECK(handle.target == self_);
  return engine_->take_back(handle);
}

template <class Payload>
std::optional<EventHandle> Port<Payload>::reschedule(EventHandle handle, Time at) {
  SOUK_CHECK(handle.target == self_ && at >= now() && at < time_max);
  return engine_->move_event(handle, to_ticks(at), engine_->actors_[self_].next_order);
}

}  // namespace souk::sim
