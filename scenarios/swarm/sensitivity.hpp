#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scenarios/swarm/swarm.hpp"

/// How soon the swarm finds each planted bug (actors/consensus/mutation.hpp). Only a program built with
/// SOUK_MUTATIONS has any: `souk_mutated`, built with the tests.
namespace souk::scenarios::swarm {

struct Sensitivity {
  std::string bug;
  std::uint64_t seeds = 0;  ///< tried, the failing one included
  bool caught = false;
  std::string by;  ///< the first violation
  double wall_s = 0;
};

/// Whether this program has planted bugs at all.
bool has_planted_bugs();
/// Their names.
std::vector<std::string> planted_bugs();
/// Plants each of `bugs` (all if empty) and runs seeds until one fails, at most job.seeds. `told` after each.
/// Errors: an unknown name; a program without planted bugs.
Result<std::vector<Sensitivity>> measure_sensitivity(const SwarmJob& job,
                                                     const std::vector<std::string>& bugs,
                                                     const std::function<void(const Sensitivity&)>& told);

}  // namespace souk::scenarios::swarm
