#include "sim/clock.hpp"

#include <algorithm>

#include "actors/base/check.hpp"

namespace souk::sim {
namespace {

__extension__ typedef __int128 Wide;

/// a * gain / 10^9, rounded down.
Duration part(Duration a, std::int64_t gain) {
  const Wide product = Wide{a.count()} * gain;
  Wide quotient = product / 1'000'000'000;
  if (product % 1'000'000'000 < 0) --quotient;
  return Duration{static_cast<std::int64_t>(quotient)};
}

constexpr Duration farthest = std::chrono::hours(24 * 365 * 100);

}  // namespace

Time Clock::smooth(Time now) const { return now + ahead_ + part(now - since_, gain_); }

Time Clock::shows(Time now) const {
  const Time time = smooth(now);
  if (strobe_ == Duration{0} || now < strobe_since_) return time;
  return (now - strobe_since_) / turn_ % 2 == 1 ? time + strobe_ : time;
}

/// smooth() does not fall, since it gains less than it runs.
Time Clock::first_smooth(Time at, Time now) const {
  if (smooth(now) >= at) return now;
  if (gain_ == 0) return at - ahead_;
  Time early = now;
  Time late = now + farthest;
  if (smooth(late) < at) return time_max;
  while (late - early > Duration{1}) {
    const Time middle = early + (late - early) / 2;
    (smooth(middle) >= at ? late : early) = middle;
  }
  return late;
}

Time Clock::when(Time at, Time now) const {
  if (is_right()) return std::max(at, now);
  if (at - now > farthest) return time_max;
  const Time always = first_smooth(at - std::min(strobe_, Duration{0}), now);
  if (strobe_ == Duration{0}) return always;
  // In the turns in which it shows more, it gets there earlier.
  const Time early = first_smooth(at - std::max(strobe_, Duration{0}), now);
  if (early == time_max || early >= always) return always;
  const std::int64_t odd_is_more = strobe_ > Duration{0} ? 1 : 0;
  const std::int64_t turn = (early - strobe_since_) / turn_;
  if (turn % 2 == odd_is_more) return early;
  return std::min(always, strobe_since_ + (turn + 1) * turn_);
}

void Clock::step(Time now, Duration by) {
  drift(now, gain_);
  ahead_ += by;
}

void Clock::drift(Time now, std::int64_t ns_per_s) {
  SOUK_CHECK(ns_per_s >= -500'000'000 && ns_per_s <= 500'000'000);
  ahead_ += part(now - since_, gain_);
  since_ = now;
  gain_ = ns_per_s;
}

void Clock::strobe(Time now, Duration by, Duration turn) {
  SOUK_CHECK(by == Duration{0} || turn > Duration{0});
  strobe_since_ = now;
  strobe_ = by;
  turn_ = std::max(turn, Duration{1});
}

void Clock::repair() { *this = Clock(); }

}  // namespace souk::sim
