#include "actors/capacity/timing.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "actors/base/check.hpp"
#include "actors/base/money.hpp"

namespace souk::capacity {
namespace {

using Stamp = std::optional<Time> Stamps::*;

Result<Duration> median_span(std::span<const Stamps> stamps, Stamp from, Stamp to, std::uint32_t validators,
                             const char* name) {
  std::vector<Duration> spans;
  for (const Stamps& s : stamps) {
    if (s.*from && s.*to) spans.push_back(*(s.*to) - *(s.*from) - s.credit);
  }
  if (spans.size() < majority(validators))
    return fail(std::string(name) + ": " + std::to_string(spans.size()) + " of " +
                std::to_string(validators) + " clocks, at least " + std::to_string(majority(validators)) +
                " needed");
  const auto middle = spans.begin() + static_cast<std::ptrdiff_t>(spans.size() / 2);
  std::nth_element(spans.begin(), middle, spans.end());
  if (middle->count() <= 0)
    return fail(std::string(name) + ": median " + std::to_string(middle->count()) +
                " ns after the round-trip credit, must be positive");
  return *middle;
}

/// floor(amount / time) per second, at most what 64 bits hold.
std::uint64_t per_second(i128 amount, Duration time) {
  SOUK_CHECK(time.count() > 0);
  return static_cast<std::uint64_t>(std::min<i128>(amount * 1'000'000'000 / time.count(), UINT64_MAX));
}

}  // namespace

void RoundTrips::add(Duration round_trip) {
  if (round_trip.count() < 0) return;
  ++count_;
  shortest_ = std::min(shortest_, round_trip);
}

Duration RoundTrips::credit() const {
  return count_ < count_min ? Duration{0} : std::min(shortest_, credit_max);
}

Result<Times> median_times(std::span<const Stamps> stamps, std::uint32_t validators) {
  const auto fill = median_span(stamps, &Stamps::first_nonce, &Stamps::fill_commit, validators, "fill");
  if (!fill) return Unexpected{fill.error()};
  const auto sweep = median_span(stamps, &Stamps::second_nonce, &Stamps::sweep_commit, validators, "sweep");
  if (!sweep) return Unexpected{sweep.error()};
  return Times{*fill, *sweep};
}

bool are_simultaneous(std::span<const Time> first_nonces) {
  if (first_nonces.empty()) return true;
  const auto [first, last] = std::minmax_element(first_nonces.begin(), first_nonces.end());
  return *last - *first <= simultaneous_max;
}

CapacityVector measured_capacity(const Params& params, const Times& times) {
  const i128 k = params.k();
  return {per_second(2 * k * k * k * params.rounds(), times.fill),
          per_second(static_cast<i128>(params.sweeps) * params.total_bytes(), times.sweep),
          params.total_bytes()};
}

}  // namespace souk::capacity
