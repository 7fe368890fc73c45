#pragma once

#include <string>

#include "actors/base/result.hpp"
#include "bench/gpu/suite.hpp"

namespace souk::gpu {

/// The flags of `souk-gpu bench` as typed.
struct BenchArguments {
  int device = -1;        ///< -1: every GPU in turn
  std::string tests;      ///< comma-separated groups; empty: all
  std::string endurance;  ///< a duration, "120s"; empty: none
  std::string json;       ///< file for the JSON, "-" for stdout instead of the table; empty: none
  SuiteOptions suite;     ///< the numeric flags, written by the parser
};

/// Seconds in "90s", "5m" or "2h". Errors name the bounds, 10 s to 24 h.
Result<double> parse_duration(const std::string& text);

/// Checks every bound and fills in groups and endurance. Errors name the flag and what it may be.
Result<SuiteOptions> suite_options(const BenchArguments& arguments);

}  // namespace souk::gpu
