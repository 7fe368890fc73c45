#include "sim/event_list.hpp"

#include <algorithm>
#include <bit>

#include "actors/base/check.hpp"

namespace souk::sim {
namespace {

/// Times are below time_max, so this is past all of them.
constexpr std::uint64_t ticks_end = std::uint64_t{1} << 63;

std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

}  // namespace

bool EventList::refill() {
  if (size_ == 0) return false;
  while (bottom_.empty()) {
    forget_empty_rungs();
    if (rung_count_ == 0) {
      refill_from_top();
    } else {
      refill_from_rung(rungs_[rung_count_ - 1]);
    }
  }
  respawn_at_ = std::max(respawn_min, bottom_.size());
  return true;
}

void EventList::forget_empty_rungs() {
  while (rung_count_ > 0 && rungs_[rung_count_ - 1].count == 0) --rung_count_;
}

void EventList::refill_from_top() {
  SOUK_CHECK(top_.count > 0);
  const std::uint64_t min = top_min_;
  const std::uint64_t max = top_max_;
  top_min_ = UINT64_MAX;
  top_max_ = 0;
  if (top_.count <= sort_max || min == max) {
    top_low_ = max + 1;  // times end before time_max, so this does not wrap
    sort_into_bottom(top_);
    return;
  }
  Rung& rung = spawn(min, max, top_.count / top_bucket_keys, ticks_end);
  top_low_ = rung.end;
  rung.count = top_.count;
  blocks_.drain(
      top_, [&](const Key& key) { blocks_.push(rung.buckets[(key.time - rung.start) >> rung.shift], key); });
}

void EventList::refill_from_rung(Rung& rung) {
  const std::size_t bucket = rung.next_bucket();
  KeyBlocks::Chain& chain = rung.buckets[bucket];
  const std::uint64_t bucket_end = rung.end_of(bucket);
  rung.count -= chain.count;
  if (chain.count <= sort_max || rung.shift == 0 || rung_count_ == rungs_max) {
    rung.low = bucket_end;
    sort_into_bottom(chain);
    return;
  }
  std::uint64_t min = UINT64_MAX;
  std::uint64_t max = 0;
  blocks_.each(chain, [&](const Key& key) {
    min = std::min(min, key.time);
    max = std::max(max, key.time);
  });
  if (min == max) {
    rung.low = max + 1;
    sort_into_bottom(chain);
    return;
  }
  Rung& child = spawn(min, max, chain.count / bucket_keys, bucket_end);
  rung.low = child.end;
  child.count = chain.count;
  blocks_.drain(chain, [&](const Key& key) {
    blocks_.push(child.buckets[(key.time - child.start) >> child.shift], key);
  });
}

EventList::Rung& EventList::spawn(std::uint64_t min, std::uint64_t max, std::size_t buckets_wanted,
                                  std::uint64_t limit) {
  const std::uint64_t wanted = std::bit_ceil(std::clamp<std::uint64_t>(buckets_wanted, 8, buckets_max));
  const std::uint64_t span = max - min;
  const int shift =
      std::max(0, static_cast<int>(std::bit_width(span)) - static_cast<int>(std::bit_width(wanted)) + 1);
  const std::uint64_t buckets = (span >> shift) + 1;
  Rung& rung = rungs_[rung_count_++];
  rung.start = min;
  rung.low = min;
  rung.shift = static_cast<std::uint32_t>(shift);
  rung.end = std::min(limit, saturating_add(min, buckets << shift));
  rung.count = 0;
  rung.buckets.assign(buckets, KeyBlocks::Chain{});
  return rung;
}

void EventList::respawn() {
  std::uint64_t min = UINT64_MAX;
  std::vector<Key> keys;
  keys.reserve(bottom_.size());
  bottom_.drain([&](const Key& key) {
    min = std::min(min, key.time);
    keys.push_back(key);
  });
  forget_empty_rungs();
  const std::uint64_t limit = rung_count_ > 0 ? rungs_[rung_count_ - 1].low : top_low_;
  if (limit - min <= 1 || rung_count_ == rungs_max) {
    respawn_at_ = keys.size() * 2;  // one time only: no division would help, stay a heap
    std::copy(keys.begin(), keys.end(), bottom_.fill(keys.size()));
    bottom_.sort();
    return;
  }
  // It must reach up to the limit, since nothing else takes the times in between. If the keys crowd into one
  // of its buckets, refill divides that one by what it really spans.
  Rung& rung = spawn(min, limit - 1, keys.size() / bucket_keys, limit);
  rung.count = static_cast<std::uint32_t>(keys.size());
  for (const Key& key : keys) blocks_.push(rung.buckets[(key.time - rung.start) >> rung.shift], key);
}

void EventList::sort_into_bottom(KeyBlocks::Chain& chain) {
  blocks_.take(chain, bottom_.fill(chain.count));
  bottom_.sort();
}

EventList::NextBag EventList::next_bag(std::uint64_t last) {
  forget_empty_rungs();
  if (rung_count_ == 0) {
    if (top_.count == 0 || top_min_ > last) return {.any = false};
    if (top_max_ > last) return {.any = true};
    top_low_ = top_max_ + 1;
    top_min_ = UINT64_MAX;
    top_max_ = 0;
    return {.any = true, .whole = &top_};
  }
  Rung& rung = rungs_[rung_count_ - 1];
  const std::size_t bucket = rung.next_bucket();
  if (rung.start + (static_cast<std::uint64_t>(bucket) << rung.shift) > last) return {.any = false};
  const std::uint64_t end = rung.end_of(bucket);
  if (end - 1 > last) return {.any = true};
  rung.low = end;
  rung.count -= rung.buckets[bucket].count;
  return {.any = true, .whole = &rung.buckets[bucket]};
}

std::size_t EventList::Rung::next_bucket() const {
  std::size_t bucket = (low - start) >> shift;
  while (buckets[bucket].count == 0) ++bucket;
  return bucket;
}

std::uint64_t EventList::Rung::end_of(std::size_t bucket) const {
  return std::min(end, saturating_add(start, static_cast<std::uint64_t>(bucket + 1) << shift));
}

std::size_t EventList::memory_bytes() const {
  std::size_t bytes = bottom_.memory_bytes() + blocks_.memory_bytes();
  for (const Rung& rung : rungs_) bytes += rung.buckets.capacity() * sizeof(KeyBlocks::Chain);
  return bytes;
}

}  // namespace souk::sim
