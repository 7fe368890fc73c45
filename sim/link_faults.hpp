#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "actors/base/rng.hpp"
#include "sim/faults.hpp"
#include "sim/network.hpp"

namespace souk::sim {

/// The network faults that are at work now: what they make of the arrivals that a Network gives. Set and
/// healed at any time; a value.
class LinkFaults {
 public:
  /// `seed`: FaultPlan::seed.
  explicit LinkFaults(std::uint64_t seed) : seed_(seed) {}

  /// `fault`, of the network group, is at work from now until `end`.
  void begin(const Fault& fault);
  /// That fault, known by its draw, is over. What it held back is on its way already.
  void end(const Fault& fault);
  bool any() const { return !active_.empty(); }
  /// Whether the size of messages matters now.
  bool needs_bytes() const { return caps_ > 0; }

  /// What becomes of a message.
  struct Fate {
    Arrivals arrivals;
    /// Not zero: one byte is to be flipped, which and how being a function of this.
    std::uint64_t corrupt = 0;
  };
  /// The fate of a message that would else arrive as `arrivals`; counts what had an effect.
  Fate apply(ActorId from, ActorId to, std::uint64_t bytes, Time now, const Arrivals& arrivals,
             FaultCounts& counts);

 private:
  using LinkKey = std::pair<ActorId, ActorId>;
  struct Active {
    Fault fault;
    Rng rng;
    std::vector<ActorId> sorted;             ///< who
    std::vector<Time> from;                  ///< swizzle_clog: when each of `who` is clogged...
    std::vector<Time> until;                 ///< ... and until when
    std::map<LinkKey, Time> last_arrival{};  ///< reorder
    std::map<LinkKey, Time> free_at{};       ///< bandwidth_cap
  };

  static bool is_one_of(const Active& active, ActorId actor);
  static bool is_cut(const Active& active, ActorId from, ActorId to);
  static bool ring_cuts(const std::vector<ActorId>& ring, ActorId from, ActorId to);
  void shape(Active& active, ActorId from, ActorId to, std::uint64_t bytes, Time now, Fate& fate,
             FaultCounts& counts);
  void hold_back(Active& active, ActorId from, ActorId to, Fate& fate, FaultCounts& counts);
  void clog(const Active& active, ActorId from, Time now, Fate& fate, FaultCounts& counts);
  void cap(Active& active, ActorId from, ActorId to, std::uint64_t bytes, Time now, Fate& fate,
           FaultCounts& counts);

  std::uint64_t seed_;
  std::vector<Active> active_;
  std::uint32_t caps_ = 0;
};

/// One-way delays between ten regions of a public cloud: half of the mean round trips that IBM publishes for
/// its data centres (cloud docs, "Network latency dashboards", 27 July to 25 August 2024), 0.6 ms within one.
/// Order: Dallas, Toronto, Washington, Frankfurt, London, Madrid, Osaka, Sydney, Tokyo, Sao Paulo.
/// `actors` are spread over them in turn.
RegionDelays cloud_regions(std::uint32_t actors);

}  // namespace souk::sim
