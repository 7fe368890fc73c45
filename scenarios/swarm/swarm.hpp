#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/swarm/cluster.hpp"
#include "scenarios/swarm/shrink.hpp"

/// Many seeds, and what they came to together.
namespace souk::scenarios::swarm {

struct SwarmJob {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1'000;
  unsigned threads = 1;
  SwarmOptions options;
  /// Every so many seeds one is run twice, and must be the same (S14); 0: none.
  std::uint64_t twice_every = 50;
  std::uint32_t failures_max = 5;  ///< after so many it ends
  bool shrink = true;
  const std::atomic<bool>* stop = nullptr;  ///< set: it ends with what was finished
  std::function<void(std::uint64_t done)> progress = [](std::uint64_t) {};  ///< from any thread
};

struct Failure {
  SeedResult result;
  std::optional<Shrunk> shrunk;
};

struct SwarmReport {
  SwarmJob job;
  std::uint64_t seeds = 0;  ///< finished
  double wall_s = 0;
  double simulated_s = 0;
  std::vector<Failure> failures;  ///< by seed
  sim::FaultCounts faults;
  consensus::RuleCounts rules{};
  QueueBounds queue_maxima{0, 0, 0, 0, 0};
  std::size_t mempool_max = 0;
  std::uint64_t events = 0;
  std::uint64_t heights = 0;
  double rounds_sum = 0;  ///< of the means, by heights
  std::uint64_t txs = 0;
  std::uint64_t slashes = 0;
  std::uint64_t refused_logs = 0;
  std::uint64_t live = 0;                       ///< seeds in which progress after the heal was asked for
  std::uint64_t twice = 0;                      ///< seeds run two times
  std::map<std::string, std::uint64_t> halted;  ///< reasons
  // With an attack.
  std::uint64_t forks = 0;
  std::uint64_t forks_named = 0;  ///< whose culprits hold more than a third, all of them guilty

  bool holds() const;
  double seeds_per_minute() const { return wall_s > 0 ? static_cast<double>(seeds) * 60 / wall_s : 0; }
};

/// S14 of two runs of one plan.
std::optional<Violation> compare_runs(const SeedResult& once, const SeedResult& again, Time end);

SwarmReport run_swarm(const SwarmJob& job);

std::string report_text(const SwarmReport& report);
std::string report_json(const SwarmReport& report);
/// What happened in one failing run, with the plan to replay it.
std::string failure_text(const Failure& failure);

}  // namespace souk::scenarios::swarm
