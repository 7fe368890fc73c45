#pragma once

// Bodies of sim/engine.hpp: runs in windows of the lookahead. Include that one.
//
// Why it may run actors apart: in the window [t, t + lookahead) nothing that one actor sends can reach
// another, so the events of an actor depend on that actor alone. Every shard takes its part of the window out
// of its event list without sorting it, groups it by target, sorts the few events of each target and runs
// them. Events for other shards wait as mail until that shard's next window, in two halves so that one can be
// read while the other is written: one meeting of the threads per window is enough.

#include <algorithm>
#include <exception>
#include <functional>
#include <utility>

#include "sim/engine.hpp"

namespace souk::sim {

template <class Payload>
std::uint64_t Engine<Payload>::window_last(std::uint64_t first, std::uint64_t end) const {
  return std::min(end, first + (lookahead_ - 1));
}

template <class Payload>
void Engine<Payload>::collect_mail(Shard<Payload>& shard, std::uint32_t parity) {
  for (Shard<Payload>& from : shards_) {
    auto& mail = from.mail[parity][shard.index];
    for (auto& letter : mail) {
      letter.key.slot = shard.slab.add(letter.key.order, std::move(letter.payload));
      shard.list.push(letter.key);
    }
    mail.clear();
  }
}

template <class Payload>
void Engine<Payload>::group_window(Shard<Payload>& shard, std::uint64_t last) {
  shard.window.clear();
  shard.touched.clear();
  shard.list.take_until(last, [&](const Key& key) { shard.window.push_back({key, none}); });
  constexpr std::size_t prefetch_ahead = 16;
  const std::size_t size = shard.window.size();
  for (std::size_t i = 0; i < size; ++i) {
    if (i + prefetch_ahead < size) {
      __builtin_prefetch(&actors_[shard.window[i + prefetch_ahead].key.target], 1);
    }
    ActorSlot& actor = actors_[shard.window[i].key.target];
    if (actor.first == none) shard.touched.push_back(shard.window[i].key.target);
    shard.window[i].next = actor.first;
    actor.first = static_cast<std::uint32_t>(i);
  }
}

template <class Payload>
template <class Model>
void Engine<Payload>::run_actor(Port<Payload>& port, std::uint32_t target, Model& model) {
  Shard<Payload>& shard = *port.shard_;
  std::uint32_t i = actors_[target].first;
  actors_[target].first = none;
  port.position_ = 0;
  port.step_ = 0;
  if (shard.window[i].next == none) {
    execute(port, shard.window[i].key, model);
  } else {
    std::size_t count = 0;
    for (std::uint32_t j = i; j != none; j = shard.window[j].next) ++count;
    for (Key* out = shard.local.fill(count); i != none; i = shard.window[i].next)
      *out++ = shard.window[i].key;
    shard.local.sort();
  }
  while (!shard.local.empty()) {
    const Key key = shard.local.min();
    shard.local.pop_min();
    execute(port, key, model);
  }
}

template <class Payload>
template <class Model>
void Engine<Payload>::run_shard(Shard<Payload>& shard, std::uint64_t last, std::uint32_t parity,
                                Model& model) {
  shard.parity = parity;
  shard.earliest_mail = UINT64_MAX;
  collect_mail(shard, parity ^ 1);
  group_window(shard, last);
  shard.window_end = last + 1;
  Port<Payload> port(*this, shard);
  constexpr std::size_t far = 12;
  constexpr std::size_t near = 6;
  const std::size_t size = shard.touched.size();
  for (std::size_t i = 0; i < size; ++i) {
    if (i + far < size) __builtin_prefetch(&actors_[shard.touched[i + far]], 1);
    if (i + near < size) {
      prefetch(shard, shard.window[actors_[shard.touched[i + near]].first].key, model);
    }
    run_actor(port, shard.touched[i], model);
  }
  shard.window_end = 0;
  const Key* next = shard.min();
  shard.earliest = std::min(shard.earliest_mail, next == nullptr ? UINT64_MAX : next->time);
}

template <class Payload>
void Engine<Payload>::end_windows(std::uint64_t end) {
  for (std::uint32_t parity = 0; parity < 2; ++parity) {
    for (Shard<Payload>& shard : shards_) collect_mail(shard, parity);
  }
  now_ = end;
  in_windows_ = false;
}

template <class Payload>
template <class Model>
void Engine<Payload>::run_windows(Model& model, Time end, WorkerPool& pool) {
  SOUK_CHECK(!in_windows_ && lookahead_ > 0 && end >= now());
  const std::uint64_t end_ticks = to_ticks(end);
  Shard<Payload>* earliest = next_shard();
  std::uint64_t first = earliest == nullptr ? UINT64_MAX : earliest->min()->time;
  std::uint64_t last = 0;
  std::uint32_t parity = 0;
  std::exception_ptr error;
  const auto open_window = [&] {
    last = first <= end_ticks ? window_last(first, end_ticks) : 0;
    now_ = first <= end_ticks ? first : now_;
  };
  const auto close_window = [&] {
    if constexpr (requires { model.on_window(Time{}, Time{}); })
      model.on_window(to_time(first), to_time(last));
    first = UINT64_MAX;
    for (Shard<Payload>& shard : shards_) {
      first = std::min(first, shard.earliest);
      if (shard.error && !error) error = std::exchange(shard.error, nullptr);
    }
    if (error) first = UINT64_MAX;
    open_window();
  };
  const auto run_part = [&](std::uint32_t index) {
    for (std::uint32_t i = index; i < shards_.size(); i += pool.threads()) {
      try {
        run_shard(shards_[i], last, parity, model);
      } catch (...) {
        shards_[i].error = std::current_exception();
      }
    }
  };
  // By reference: what it captures would not fit in the function without allocating.
  const std::function<void(std::uint32_t)> part = std::cref(run_part);
  in_windows_ = true;
  open_window();
  while (first <= end_ticks) {
    pool.run(part);
    close_window();
    parity ^= 1;
  }
  if (error) std::rethrow_exception(error);
  end_windows(end_ticks);
}

}  // namespace souk::sim
