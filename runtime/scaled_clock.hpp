#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "actors/base/time.hpp"

namespace souk::runtime {

/// Simulated time as a function of real time: it shows `genesis` at begin() and runs `speedup` > 0 times as
/// fast as the steady clock from there. For live hosts; actors never see it.
class ScaledClock {
 public:
  ScaledClock(Time genesis, double speedup) : genesis_(genesis), speedup_(speedup) {}

  void begin() { started_ = Steady::now(); }

  Time now() const {
    const auto real_ns = static_cast<double>((Steady::now() - started_).count());
    return genesis_ + Duration(static_cast<std::int64_t>(std::min(real_ns * speedup_, ns_max)));
  }

  /// Real time from now until simulated `at`, rounded up; zero if that is past. Beyond 2^53 ns of either time
  /// doubles round, so whoever waited must still compare now() with `at`.
  std::chrono::nanoseconds until(Time at) const {
    const auto due_ns = std::min(static_cast<double>((at - genesis_).count()) / speedup_, ns_max);
    const auto due = started_ + std::chrono::nanoseconds(static_cast<std::int64_t>(due_ns) + 1);
    return std::max(due - Steady::now(), Steady::duration::zero());
  }

 private:
  using Steady = std::chrono::steady_clock;
  /// About 146 years: far from overflow, further than any run.
  static constexpr double ns_max = 4.6e18;
  Time genesis_;
  double speedup_;
  Steady::time_point started_;
};

}  // namespace souk::runtime
