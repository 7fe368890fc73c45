#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/host.hpp"
#include "runtime/run_hash.hpp"
#include "scenarios/swarm/accountability.hpp"
#include "scenarios/swarm/checker.hpp"
#include "scenarios/swarm/plan.hpp"

/// One seed: a cluster of real validators over a simulated network, its faults, its phases, its verdict.
namespace souk::scenarios::swarm {

/// Who looks on. Nothing of it can change the run.
struct Onlookers {
  const std::atomic<bool>* stop = nullptr;
  runtime::Collector* trace = nullptr;
  std::function<void(Time, const std::string&)> remark{};  ///< phases and faults, one line each
};

struct SeedResult {
  std::uint64_t seed = 0;
  std::vector<Violation> violations;  ///< the first is what went wrong first
  bool complete = true;               ///< false: stopped from outside
  std::string run_hash;
  std::uint64_t events = 0;
  Height height;           ///< decided at the end
  double rounds_mean = 0;  ///< per height, of who decided first; 1 is the least
  sim::FaultCounts faults;
  consensus::RuleCounts rules{};
  QueueBounds queue_maxima{};
  std::size_t mempool_max = 0;
  std::uint64_t txs_sent = 0;
  std::uint64_t txs_applied = 0;
  std::uint64_t slashes = 0;
  bool live = true;                ///< after the heal a quorum could sign, so L1 to L3 were asked for
  std::uint32_t refused_logs = 0;  ///< nodes whose damaged disk could not be read any more
  std::vector<std::string> halted;
  std::optional<Fork> fork;
  std::vector<Culprit> culprits;  ///< of the fork
  consensus::Power power_total = 0;
  double wall_s = 0;

  bool holds() const { return violations.empty(); }
};

/// Runs `plan` to its end, or until the first violation.
SeedResult run_plan(const Plan& plan, const Onlookers& onlookers = {});

}  // namespace souk::scenarios::swarm
