#include "sim/sorted_run.hpp"

#include <array>
#include <bit>

namespace souk::sim {
namespace {

constexpr std::size_t bins_max = 1024;
constexpr std::size_t spread_max = 2048;  ///< beyond, the bins would fill up

bool is_later(const Key& a, const Key& b) { return a.rank() > b.rank(); }

/// Descending, in place; best for keys that are nearly in order, and for few.
void insertion_sort(Key* keys, std::size_t count) {
  for (std::size_t i = 1; i < count; ++i) {
    if (!is_later(keys[i], keys[i - 1])) continue;
    const Key key = keys[i];
    std::size_t place = i;
    for (; place > 0 && is_later(key, keys[place - 1]); --place) keys[place] = keys[place - 1];
    keys[place] = key;
  }
}

}  // namespace

void SortedRun::sort() {
  constexpr std::size_t few = 12;
  if (run_.size() <= few) {
    insertion_sort(run_.data(), run_.size());
  } else if (run_.size() <= spread_max) {
    spread_sort();
  } else {
    std::sort(run_.begin(), run_.end(), is_later);
  }
}

void SortedRun::spread_sort() {
  const std::size_t count = run_.size();
  std::uint64_t min = UINT64_MAX;
  std::uint64_t max = 0;
  for (const Key& key : run_) {
    min = std::min(min, key.time);
    max = std::max(max, key.time);
  }
  const std::uint64_t wanted = std::min(std::bit_ceil(count), bins_max);
  const int shift =
      std::max(0, static_cast<int>(std::bit_width(max - min)) - static_cast<int>(std::bit_width(wanted)) + 1);
  // Bins count from the latest time down, as the run does.
  const auto bin_of = [&](const Key& key) { return (max - key.time) >> shift; };
  const std::size_t bins = ((max - min) >> shift) + 1;
  std::array<std::uint16_t, bins_max> places;
  std::fill_n(places.begin(), bins, std::uint16_t{0});
  std::size_t fullest = 0;
  for (const Key& key : run_) fullest = std::max<std::size_t>(fullest, ++places[bin_of(key)]);
  constexpr std::size_t crowd = 64;
  if (fullest > crowd) {  // skewed or equal times: insertion would be quadratic
    std::sort(run_.begin(), run_.end(), is_later);
    return;
  }
  std::uint16_t place = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const std::uint16_t in_bin = places[bin];
    places[bin] = place;
    place = static_cast<std::uint16_t>(place + in_bin);
  }
  spread_.resize(count);
  for (const Key& key : run_) spread_[places[bin_of(key)]++] = key;
  insertion_sort(spread_.data(), count);
  run_.swap(spread_);
}

}  // namespace souk::sim
