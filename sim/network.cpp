#include "sim/network.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "actors/base/check.hpp"

namespace souk::sim {
namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr double longest_delay_s = 3.2e7;  // a year; keeps every sum of times in range

/// Seconds, drawn, to whole nanoseconds.
Duration from_seconds(double value) {
  const double bounded = std::clamp(value, 0.0, longest_delay_s);
  return Duration{static_cast<std::int64_t>(std::nearbyint(bounded * 1e9))};
}

/// Time to put `bytes` on a link, rounded up to a nanosecond.
Duration serialisation(std::uint64_t bytes, std::uint64_t bytes_per_second) {
  const Wide ns = (static_cast<Wide>(bytes) * 1'000'000'000u + (bytes_per_second - 1)) / bytes_per_second;
  SOUK_CHECK(ns < static_cast<Wide>(INT64_MAX));
  return Duration{static_cast<std::int64_t>(ns)};
}

bool is_probability(double value) { return value >= 0 && value <= 1; }

Result<void> check_regions(const RegionDelays& regions) {
  const std::size_t count = regions.delay.size();
  if (count == 0)
    return fail("network: the table of region delays is empty, give a row and column per region");
  for (std::size_t row = 0; row < count; ++row) {
    if (regions.delay[row].size() != count) {
      return fail("network: row " + std::to_string(row) + " of the region delays has " +
                  std::to_string(regions.delay[row].size()) + " entries, one per region (" +
                  std::to_string(count) + ") is right");
    }
    for (const Duration delay : regions.delay[row]) {
      if (delay < Duration{0} || delay > Duration{std::chrono::hours(24 * 365)}) {
        return fail("network: a region delay in row " + std::to_string(row) + " is not within 0 .. 365 d");
      }
    }
  }
  for (std::size_t actor = 0; actor < regions.region_of.size(); ++actor) {
    if (regions.region_of[actor] >= count) {
      return fail("network: actor " + std::to_string(actor) + " is in region " +
                  std::to_string(regions.region_of[actor]) + ", the table has regions 0 .. " +
                  std::to_string(count - 1));
    }
  }
  return {};
}

Result<void> check_config(const NetworkConfig& config) {
  if (!is_probability(config.loss)) return fail("network: loss must be within 0 .. 1");
  if (!is_probability(config.duplication)) return fail("network: duplication must be within 0 .. 1");
  if (config.minimum_delay < Duration{0}) return fail("network: minimum_delay must not be negative");
  if (const auto* constant = std::get_if<Duration>(&config.delay);
      constant != nullptr && (*constant < Duration{0} || seconds(*constant) > longest_delay_s)) {
    return fail("network: delay must be within 0 .. 365 d");
  }
  for (std::size_t i = 0; i < config.partitions.size(); ++i) {
    if (config.partitions[i].until < config.partitions[i].from) {
      return fail("network: partition " + std::to_string(i) + " heals before it begins");
    }
  }
  if (const auto* regions = std::get_if<RegionDelays>(&config.delay)) return check_regions(*regions);
  return {};
}

}  // namespace

Result<Network> Network::make(NetworkConfig config, std::uint64_t seed, bool antithetic) {
  if (const auto checked = check_config(config); !checked) return fail(checked.error().message);
  for (Partition& partition : config.partitions) std::sort(partition.side.begin(), partition.side.end());
  return Network(std::move(config), seed, antithetic);
}

void Network::set_actors(std::uint32_t actors) { senders_.resize(actors); }

bool Network::is_separated(ActorId a, ActorId b, Time now) const {
  return std::any_of(config_.partitions.begin(), config_.partitions.end(), [&](const Partition& partition) {
    if (now < partition.from || now >= partition.until) return false;
    const auto inside = [&](ActorId actor) {
      return std::binary_search(partition.side.begin(), partition.side.end(), actor);
    };
    return inside(a) != inside(b);
  });
}

std::uint16_t Network::region(const RegionDelays& regions, ActorId actor) const {
  return actor.value < regions.region_of.size() ? regions.region_of[actor.value] : std::uint16_t{0};
}

Duration Network::draw_delay(ActorId from, ActorId to, Rng& rng) const {
  Duration delay{0};
  if (const auto* constant = std::get_if<Duration>(&config_.delay)) {
    delay = *constant;
  } else if (const auto* distribution = std::get_if<Distribution>(&config_.delay)) {
    delay = from_seconds(distribution->sample(rng));
  } else {
    const auto& regions = std::get<RegionDelays>(config_.delay);
    delay = regions.delay[region(regions, from)][region(regions, to)];
  }
  if (has_jitter_) delay += from_seconds(config_.jitter.sample(rng));
  return std::max(delay, config_.minimum_delay);
}

Network::Link& Network::link(Sender& sender, ActorId to) {
  std::vector<Link>& links = sender.links;
  // A validator has links to all and is who sends most: there the place is known without a search.
  const std::size_t guess = links.empty() ? 0 : std::size_t{to.value} - links.front().to.value;
  if (guess < links.size() && links[guess].to == to) return links[guess];
  const auto place =
      std::lower_bound(links.begin(), links.end(), to, [](const Link& a, ActorId b) { return a.to < b; });
  if (place != links.end() && place->to == to) return *place;
  return *links.insert(place, Link{to});
}

Arrivals Network::route(ActorId from, ActorId to, std::uint64_t bytes, Time now) {
  Arrivals arrivals;
  if (from == to) {
    arrivals.at[arrivals.count++] = now;
    return arrivals;
  }
  SOUK_CHECK(from.value < senders_.size());
  Sender& sender = senders_[from.value];
  // A stream per message: what this one draws can not shift what the next one meets.
  Rng rng(seed_, from, Purpose::network, sender.messages++);
  if (antithetic_) rng = rng.antithetic();

  Link* queue = config_.bytes_per_second > 0 || config_.fifo ? &link(sender, to) : nullptr;
  Time leaves = now;
  if (config_.bytes_per_second > 0) {
    leaves = std::max(now, queue->free_at) + serialisation(bytes, config_.bytes_per_second);
    queue->free_at = leaves;
  }
  const bool lost = config_.loss > 0 && rng.uniform() < config_.loss;
  if (lost || is_separated(from, to, now)) return arrivals;
  const bool twice = config_.duplication > 0 && rng.uniform() < config_.duplication;
  for (arrivals.count = 0; arrivals.count < (twice ? 2u : 1u); ++arrivals.count) {
    Time& at = arrivals.at[arrivals.count];
    at = leaves + draw_delay(from, to, rng);
    if (config_.fifo) at = queue->last_arrival = std::max(at, queue->last_arrival);
  }
  return arrivals;
}

}  // namespace souk::sim
