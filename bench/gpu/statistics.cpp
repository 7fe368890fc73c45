#include "bench/gpu/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "actors/base/check.hpp"

namespace souk::gpu {

double percentile(std::span<const double> sorted, double p) {
  SOUK_CHECK(!sorted.empty() && p >= 0 && p <= 1);
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

Summary summarise(std::span<const double> samples) {
  SOUK_CHECK(!samples.empty());
  std::vector<double> sorted(samples.begin(), samples.end());
  std::sort(sorted.begin(), sorted.end());
  const double count = static_cast<double>(sorted.size());
  const double mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / count;
  double squares = 0;
  for (const double sample : sorted) squares += (sample - mean) * (sample - mean);
  const double deviation = sorted.size() > 1 ? std::sqrt(squares / (count - 1)) : 0;
  return {.median = percentile(sorted, 0.5),
          .p10 = percentile(sorted, 0.1),
          .p90 = percentile(sorted, 0.9),
          .cv = mean != 0 ? deviation / std::abs(mean) : 0};
}

}  // namespace souk::gpu
