#include "sim/link_faults.hpp"

#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/base/math.hpp"

namespace souk::sim {
namespace {

__extension__ typedef unsigned __int128 Wide;

/// How late the second copy of a message may be.
constexpr double replay_s = 2;

bool happens(Rng& rng, std::int64_t millionths) {
  return static_cast<std::int64_t>(rng.below(1'000'000)) < millionths;
}

Duration exponential(Rng& rng, std::int64_t mean_ns) {
  return Duration{static_cast<std::int64_t>(-math::log(rng.uniform()) * static_cast<double>(mean_ns))};
}

}  // namespace

void LinkFaults::begin(const Fault& fault) {
  SOUK_CHECK(group_of(fault.family) == FaultGroup::network);
  Active active{fault, Rng(seed_, no_actor, Purpose::link_fault, fault.draw), fault.who, {}, {}};
  std::sort(active.sorted.begin(), active.sorted.end());
  if (fault.family == FaultFamily::bandwidth_cap) ++caps_;
  if (fault.family == FaultFamily::swizzle_clog) {
    // The first half of its time is for clogging, the second for unclogging, in orders of their own.
    const auto half = static_cast<std::uint64_t>(std::max<std::int64_t>(1, fault.lasts.count() / 2));
    for (std::size_t i = 0; i < fault.who.size(); ++i) {
      active.from.push_back(fault.at + Duration{static_cast<std::int64_t>(active.rng.below(half))});
      active.until.push_back(fault.until() - Duration{static_cast<std::int64_t>(active.rng.below(half))});
    }
  }
  active_.push_back(std::move(active));
}

void LinkFaults::end(const Fault& fault) {
  const auto it = std::find_if(active_.begin(), active_.end(),
                               [&](const Active& a) { return a.fault.draw == fault.draw; });
  if (it == active_.end()) return;
  if (fault.family == FaultFamily::bandwidth_cap) --caps_;
  active_.erase(it);
}

bool LinkFaults::is_one_of(const Active& active, ActorId actor) {
  return std::binary_search(active.sorted.begin(), active.sorted.end(), actor);
}

/// On the ring each reaches its neighbours on both sides, so many that with itself they are a majority.
bool LinkFaults::ring_cuts(const std::vector<ActorId>& ring, ActorId from, ActorId to) {
  const auto a = std::find(ring.begin(), ring.end(), from);
  const auto b = std::find(ring.begin(), ring.end(), to);
  if (a == ring.end() || b == ring.end()) return false;
  const auto size = static_cast<std::ptrdiff_t>(ring.size());
  const std::ptrdiff_t apart = a < b ? b - a : a - b;
  const std::ptrdiff_t reach = (size / 2 + 1) / 2;
  return std::min(apart, size - apart) > reach;
}

bool LinkFaults::is_cut(const Active& active, ActorId from, ActorId to) {
  switch (active.fault.family) {
    case FaultFamily::partition: return is_one_of(active, from) != is_one_of(active, to);
    case FaultFamily::partition_one_way: return is_one_of(active, from) && !is_one_of(active, to);
    case FaultFamily::majority_ring: return ring_cuts(active.fault.who, from, to);
    case FaultFamily::isolate: return from == active.fault.who[0] || to == active.fault.who[0];
    default: return false;
  }
}

/// Every second message is late by up to `amount`; counted when one sent later comes first.
void LinkFaults::hold_back(Active& active, ActorId from, ActorId to, Fate& fate, FaultCounts& counts) {
  const bool held = active.rng.below(2) == 0;
  const auto by = Duration{
      static_cast<std::int64_t>(active.rng.below(static_cast<std::uint64_t>(active.fault.amount) + 1))};
  if (fate.arrivals.count == 0) return;
  if (held) fate.arrivals.at[0] += by;
  Time& last = active.last_arrival[{from, to}];
  if (fate.arrivals.at[0] < last) ++counts[FaultFamily::reorder];
  last = std::max(last, fate.arrivals.at[0]);
}

void LinkFaults::clog(const Active& active, ActorId from, Time now, Fate& fate, FaultCounts& counts) {
  Time until = active.fault.until();
  if (active.fault.family == FaultFamily::swizzle_clog) {
    const auto& who = active.fault.who;
    const auto i = static_cast<std::size_t>(std::find(who.begin(), who.end(), from) - who.begin());
    if (i == who.size() || now < active.from[i] || now >= active.until[i]) return;
    until = active.until[i];
  }
  if (fate.arrivals.count == 0 || until <= now) return;
  for (std::uint32_t i = 0; i < fate.arrivals.count; ++i) fate.arrivals.at[i] += until - now;
  ++counts[active.fault.family];
}

void LinkFaults::cap(Active& active, ActorId from, ActorId to, std::uint64_t bytes, Time now, Fate& fate,
                     FaultCounts& counts) {
  const auto rate = static_cast<std::uint64_t>(std::max<std::int64_t>(1, active.fault.amount));
  Time& free_at = active.free_at[{from, to}];
  const auto wire = Duration{static_cast<std::int64_t>(Wide{bytes} * 1'000'000'000 / rate)};
  // A sender gives up on a message that would wait for longer than the fault lasts.
  const Time leaves = std::max(now, free_at) + wire;
  if (fate.arrivals.count == 0) return;
  ++counts[FaultFamily::bandwidth_cap];
  if (leaves > active.fault.until() + active.fault.lasts) {
    fate.arrivals.count = 0;
    return;
  }
  free_at = leaves;
  for (std::uint32_t i = 0; i < fate.arrivals.count; ++i) fate.arrivals.at[i] += leaves - now;
}

void LinkFaults::shape(Active& active, ActorId from, ActorId to, std::uint64_t bytes, Time now, Fate& fate,
                       FaultCounts& counts) {
  Arrivals& arrivals = fate.arrivals;
  const std::int64_t amount = active.fault.amount;
  switch (active.fault.family) {
    case FaultFamily::loss:
      if (happens(active.rng, amount) && arrivals.count > 0) {
        arrivals.count = 0;
        ++counts[FaultFamily::loss];
      }
      break;
    case FaultFamily::delay: {
      const Duration more = exponential(active.rng, amount);
      counts[FaultFamily::delay] += arrivals.count;
      for (std::uint32_t i = 0; i < arrivals.count; ++i) arrivals.at[i] += more;
      break;
    }
    case FaultFamily::reorder: hold_back(active, from, to, fate, counts); break;
    case FaultFamily::duplicate: {
      const bool twice = happens(active.rng, amount);
      const double late_s = active.rng.uniform() * replay_s;
      if (!twice || arrivals.count != 1) break;
      arrivals.at[1] = arrivals.at[0] + Duration{static_cast<std::int64_t>(late_s * 1e9)};
      arrivals.count = 2;
      ++counts[FaultFamily::duplicate];
      break;
    }
    case FaultFamily::corrupt: {
      const bool flipped = happens(active.rng, amount);
      const std::uint64_t where = active.rng.next();
      if (!flipped || arrivals.count == 0) break;
      fate.corrupt = where | 1;
      ++counts[FaultFamily::corrupt];
      break;
    }
    case FaultFamily::clog:
    case FaultFamily::swizzle_clog: clog(active, from, now, fate, counts); break;
    case FaultFamily::bandwidth_cap: cap(active, from, to, bytes, now, fate, counts); break;
    default:
      if (!is_cut(active, from, to) || arrivals.count == 0) break;
      arrivals.count = 0;
      ++counts[active.fault.family];
  }
}

LinkFaults::Fate LinkFaults::apply(ActorId from, ActorId to, std::uint64_t bytes, Time now,
                                   const Arrivals& arrivals, FaultCounts& counts) {
  Fate fate{arrivals, 0};
  for (Active& active : active_) {
    const FaultFamily family = active.fault.family;
    const bool by_sender = family != FaultFamily::partition && family != FaultFamily::partition_one_way &&
                           family != FaultFamily::majority_ring && family != FaultFamily::isolate;
    if (by_sender && !active.sorted.empty() && !is_one_of(active, from)) continue;
    shape(active, from, to, bytes, now, fate, counts);
  }
  return fate;
}

RegionDelays cloud_regions(std::uint32_t actors) {
  // Mean round trips in ms, row to column.
  constexpr std::array<std::array<int, 10>, 10> round_trip_ms{{
      {0, 34, 31, 123, 113, 119, 150, 186, 143, 146},
      {34, 0, 19, 93, 82, 108, 168, 215, 162, 129},
      {31, 19, 0, 91, 75, 87, 172, 214, 164, 118},
      {123, 93, 91, 0, 13, 29, 232, 250, 233, 198},
      {113, 83, 75, 13, 0, 27, 244, 261, 243, 188},
      {122, 106, 88, 29, 27, 0, 257, 275, 258, 209},
      {150, 169, 172, 231, 243, 257, 0, 122, 9, 293},
      {186, 214, 214, 249, 261, 275, 122, 0, 115, 328},
      {143, 162, 166, 233, 244, 256, 9, 115, 0, 284},
      {144, 128, 119, 196, 187, 208, 291, 328, 283, 0},
  }};
  RegionDelays regions;
  for (std::uint32_t i = 0; i < actors; ++i) {
    regions.region_of.push_back(static_cast<std::uint16_t>(i % round_trip_ms.size()));
  }
  for (std::size_t a = 0; a < round_trip_ms.size(); ++a) {
    std::vector<Duration> row;
    for (std::size_t b = 0; b < round_trip_ms.size(); ++b) {
      row.push_back(a == b ? Duration{std::chrono::microseconds(600)}
                           : Duration{std::chrono::microseconds(500 * round_trip_ms[a][b])});
    }
    regions.delay.push_back(std::move(row));
  }
  return regions;
}

}  // namespace souk::sim
