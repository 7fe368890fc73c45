#pragma once

#include <cstdint>

#include "actors/base/time.hpp"

namespace souk::sim {

/// The clock of one machine: what it shows as a function of the true time. Exact integer arithmetic. Settings
/// hold from the true time at which they are made.
///
///     shows(t) = t + ahead + (t - since) * gain + (strobe, every other turn)
class Clock {
 public:
  /// What it shows at true time `now`. May go back when a setting changes.
  Time shows(Time now) const;
  /// The first true time from `now` on at which it shows `at` or later, under the present settings;
  /// `time_max` if that is not within 290 years.
  Time when(Time at, Time now) const;

  /// Jumps by `by` at `now`.
  void step(Time now, Duration by);
  /// Gains `ns_per_s` nanoseconds a second from `now` on, on top of what it showed then. REQUIRES: within
  /// -500,000,000 .. 500,000,000.
  void drift(Time now, std::int64_t ns_per_s);
  /// From `now` on shows `by` more in every second turn of length `turn`. Zero `by` ends it.
  /// REQUIRES: turn > 0 unless `by` is zero.
  void strobe(Time now, Duration by, Duration turn);
  /// Right again from `now` on.
  void repair();

  bool is_right() const { return ahead_ == Duration{0} && gain_ == 0 && strobe_ == Duration{0}; }

 private:
  Time smooth(Time now) const;  ///< without the strobe
  Time first_smooth(Time at, Time now) const;

  Time since_{};
  Duration ahead_{0};
  std::int64_t gain_ = 0;  ///< ns per s
  Time strobe_since_{};
  Duration strobe_{0};
  Duration turn_{1};
};

}  // namespace souk::sim
