#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/gpu/device.hpp"
#include "bench/gpu/limits.hpp"
#include "bench/gpu/statistics.hpp"
#include "bench/gpu/telemetry.hpp"

namespace souk::gpu {

/// Version of the JSON below. Fields are only ever added under one number.
inline constexpr int report_version = 1;

/// What a measurement came to.
enum class Verdict {
  pass,     ///< reached every bound stated for it
  below,    ///< `Measurement::below_because` names the bound it missed
  no_goal,  ///< measured and verified; nothing is stated for this card
};

/// One verified result. Only the suite makes them, and only after the check named in `check` held.
struct Measurement {
  std::string test;   ///< stable name, such as "memory_read"
  std::string unit;   ///< "GB/s" (1e9 bytes), "TFLOP/s", "TOPS", "us", "GB"
  std::string how;    ///< kernel, sizes and the tuning chosen
  std::string check;  ///< how the result was verified
  bool lower_is_better = false;
  std::vector<double> samples;  ///< raw, in the order taken
  std::string reference_name;   ///< what was measured beside it, such as "cuBLASLt"; empty: nothing
  double reference = 0;         ///< its median, in `unit`
  Telemetry before;
  Telemetry after;

  // Filled by judge().
  Summary summary{};
  std::optional<double> limit;  ///< datasheet, dense
  std::optional<double> goal;   ///< the strictest bound stated, in `unit`
  std::string below_because;
  Verdict verdict = Verdict::no_goal;
};

/// A test that could not run here, and why.
struct Waived {
  std::string test;
  std::string reason;
};

/// One reading of the sustained mode.
struct EnduranceSample {
  double seconds = 0;  ///< since the start
  double rate = 0;     ///< over the interval that ends here, in the unit of the sustained test
  Telemetry state;
};
struct Endurance {
  std::string test;  ///< what ran
  std::string unit;
  std::string check;
  std::vector<EnduranceSample> samples;
};

/// Bandwidth between GPUs in one direction, from row to column; 0 on the diagonal and where there is none.
using BandwidthMatrix = std::vector<std::vector<double>>;

/// Everything measured on one GPU in one run.
struct Report {
  Device device;
  int driver_version = 0;  ///< as CUDA numbers it: 13000 is 13.0
  int runtime_version = 0;
  std::vector<Measurement> measurements;
  std::vector<Waived> waived;
  BandwidthMatrix peers;  ///< empty with one GPU
  std::optional<Endurance> endurance;

  // Filled by judge().
  std::string limits_card;  ///< the row of limits.cpp the fractions refer to; empty: none fits
  std::string likeness;     ///< "H200 SXM-like (0.97)"; empty: too little measured
};

/// Compares every measurement with its limit, its goals and its reference.
void judge(Report& report);

/// The card whose limits the measured vector is nearest to, with the geometric mean of measured / limit over
/// memory read, fp32 and the best int8 and bf16 rates. Empty unless at least two of them were measured.
std::string likeness(const Report& report);

/// Exit code of a judged report: exit_below if any verdict is, else exit_pass.
int exit_code_of(const Report& report);

/// Section 8's table, one line per test, ending in a line break.
std::string to_table(const Report& report);

/// The stable schema "souk-gpu-bench", pretty-printed, ending in a line break.
std::string to_json(const std::vector<Report>& reports);

}  // namespace souk::gpu
