#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/base/result.hpp"

/// Alibaba's `openb` cluster trace of 2023 (Weng et al., USENIX ATC'23): folder `openb-gpu-2023`.
namespace souk::scenarios {

struct OpenbNode {
  std::string name;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  std::int64_t gpus = 0;
  std::string gpu_model;  ///< "" without GPUs
};

struct OpenbPod {
  std::string name;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  std::int64_t gpus = 0;
  std::int64_t gpu_milli = 0;           ///< of each GPU; below 1000 the pod shares one
  std::vector<std::string> gpu_models;  ///< accepted ones; empty accepts any
  std::string qos;
  std::string phase;
  /// Seconds since the trace began. Absent times are those of the variants that have none.
  std::optional<std::int64_t> creation_s;
  std::optional<std::int64_t> deletion_s;
  std::optional<std::int64_t> scheduled_s;
};

/// Errors: missing file or column, bad number, as `file:line: ...`.
Result<std::vector<OpenbNode>> load_openb_nodes(const std::string& path);
/// In the order of the file, which is that of creation.
Result<std::vector<OpenbPod>> load_openb_pods(const std::string& path);

}  // namespace souk::scenarios
