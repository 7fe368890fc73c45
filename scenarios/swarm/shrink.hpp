#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "scenarios/swarm/cluster.hpp"

/// A failing plan made small: the fewest faults, the simplest cluster, with which the same invariant still
/// fails (delta debugging).
namespace souk::scenarios::swarm {

struct Shrunk {
  Plan plan;
  SeedResult result;       ///< of `plan`
  std::uint32_t runs = 0;  ///< that it took
  std::size_t faults_before = 0;
};

/// `failing` must fail when `run`; at most `runs_max` runs. Deterministic.
Shrunk shrink(const Plan& failing, const std::function<SeedResult(const Plan&)>& run,
              std::uint32_t runs_max = 300, const std::atomic<bool>* stop = nullptr);

}  // namespace souk::scenarios::swarm
