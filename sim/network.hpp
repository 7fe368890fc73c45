#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "actors/base/distributions.hpp"
#include "actors/base/ids.hpp"
#include "actors/base/result.hpp"
#include "actors/base/time.hpp"

/// What happens to a message between two actors: how long it takes, and whether it arrives.
namespace souk::sim {

/// One-way delays between regions.
struct RegionDelays {
  /// Region of each actor by id; actors beyond the end are in region 0.
  std::vector<std::uint16_t> region_of{};
  /// delay[a][b]: from region a to region b. Square; need not be symmetric.
  std::vector<std::vector<Duration>> delay{};
};

/// From `from` on until just before `until`, nothing passes between the actors of `side` and all others.
/// What is already under way arrives.
struct Partition {
  Time from{};
  Time until = time_max;
  std::vector<ActorId> side{};
};

struct NetworkConfig {
  /// One-way delay of a message without queueing: the same for all, drawn in seconds, or by regions.
  std::variant<Duration, Distribution, RegionDelays> delay = Duration{0};
  /// Added to each delay, drawn in seconds; below zero counts as zero.
  Distribution jitter{};
  /// No delay is shorter; use it as the engine's lookahead.
  Duration minimum_delay{0};
  /// Probability that a message is lost, and that one which is not lost arrives twice (its second copy has a
  /// delay of its own). In [0, 1].
  double loss = 0;
  double duplication = 0;
  /// Of each link (ordered pair of actors); 0 means no limit. Messages of a link queue for it: each leaves
  /// when the one before has been put on the wire, lost ones too.
  std::uint64_t bytes_per_second = 0;
  /// Messages of a link arrive in the order in which they were sent (as over one TCP connection): one that
  /// would overtake arrives together with the one before. Otherwise each goes its own way.
  bool fifo = false;
  std::vector<Partition> partitions{};
};

/// When a message arrives: 0, 1 or 2 times.
struct Arrivals {
  std::array<Time, 2> at{};
  std::uint32_t count = 0;
  std::span<const Time> times() const { return {at.data(), count}; }
};

/// The links of all actors. A value: copying it copies queues and streams. What a message meets depends on
/// the seed, its sender, how many messages that sender sent before, and for queueing and fifo on the sender's
/// own earlier messages: never on other actors. So route() may run concurrently for different senders.
class Network {
 public:
  /// No delay, no loss, nothing to check.
  Network() = default;
  /// `antithetic` mirrors every draw. Errors: a probability outside [0, 1], a negative delay, a region
  /// without a row or column, a partition that ends before it begins; the message names it.
  static Result<Network> make(NetworkConfig config, std::uint64_t seed, bool antithetic = false);

  /// Makes room for senders 0 .. actors - 1. Not concurrently with anything.
  void set_actors(std::uint32_t actors);
  /// Fate of a message of `bytes` that `from` sends at `now`. Calls for one sender must not go back in time.
  /// An actor's message to itself takes no network: it arrives at `now`. REQUIRES: from < actors.
  Arrivals route(ActorId from, ActorId to, std::uint64_t bytes, Time now);

  /// Whether a partition separates the two at `now`.
  bool is_separated(ActorId a, ActorId b, Time now) const;
  const NetworkConfig& config() const { return config_; }

 private:
  struct Link {
    ActorId to;
    Time free_at{};       ///< when the last message is on the wire
    Time last_arrival{};  ///< of the last message that arrives
  };
  struct Sender {
    std::uint64_t messages = 0;
    std::vector<Link> links;  ///< by `to`; only with a bandwidth limit or fifo
  };

  Network(NetworkConfig config, std::uint64_t seed, bool antithetic)
      : config_(std::move(config)),
        seed_(seed),
        antithetic_(antithetic),
        has_jitter_(config_.jitter.minimum() != 0 || config_.jitter.maximum() != 0) {}
  Duration draw_delay(ActorId from, ActorId to, Rng& rng) const;
  static Link& link(Sender& sender, ActorId to);
  std::uint16_t region(const RegionDelays& regions, ActorId actor) const;

  NetworkConfig config_;
  std::uint64_t seed_ = 0;
  bool antithetic_ = false;
  bool has_jitter_ = false;
  std::vector<Sender> senders_;
};

}  // namespace souk::sim
