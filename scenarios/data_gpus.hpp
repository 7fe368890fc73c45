#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/base/result.hpp"

/// Akash's catalogue of GPU devices: folder `akash-gpu-catalogue`.
namespace souk::scenarios {

struct GpuDevice {
  std::string vendor;     ///< `nvidia`, `amd`
  std::string pci_id;     ///< `10de:2330`
  std::string model;      ///< `h100`
  std::string interface;  ///< as in the file: `PCIe`, `SXM`, `SXM2` to `SXM5`
  std::int64_t memory_bytes = 0;
};

/// By vendor id, then device id. Errors: missing file, not JSON, a missing or wrong field (by its path).
Result<std::vector<GpuDevice>> load_gpu_catalogue(const std::string& path);

}  // namespace souk::scenarios
