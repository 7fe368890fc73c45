#pragma once

#include <span>

namespace souk::gpu {

/// What is said about the samples of one measurement.
struct Summary {
  double median = 0;
  double p10 = 0;
  double p90 = 0;
  double cv = 0;  ///< sample standard deviation / mean; 0 for a single sample
};

/// The value below which the fraction `p` of `sorted` lies, linear between neighbours (the same rule as
/// NumPy's default). REQUIRES: `sorted` ascending and not empty, 0 <= p <= 1.
double percentile(std::span<const double> sorted, double p);

/// REQUIRES: `samples` not empty.
Summary summarise(std::span<const double> samples);

}  // namespace souk::gpu
