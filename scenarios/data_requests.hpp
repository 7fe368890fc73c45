#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/base/money.hpp"
#include "actors/base/result.hpp"

/// What 477 services of the awesome-akash templates ask for: folder `akash-sdl-requests`. The empirical
/// request mix of a scenario.
namespace souk::scenarios {

struct ServiceRequest {
  std::string app;
  std::string service;
  std::uint32_t count = 1;
  std::int64_t cpu_milli = 0;
  /// Absent where the template's memory size is one Akash refuses (`2gb`).
  std::optional<std::int64_t> memory_bytes;
  std::int64_t ephemeral_bytes = 0;
  std::int64_t persistent_bytes = 0;
  std::uint32_t gpu_units = 0;
  std::vector<std::string> gpu_models;  ///< accepted ones, in the template's order; empty accepts any
  DecCoin price_max;                    ///< per block and replica
};

/// Errors: missing file or column, bad number, unknown denom, as `file:line: ...`.
Result<std::vector<ServiceRequest>> load_service_requests(const std::string& path);

}  // namespace souk::scenarios
