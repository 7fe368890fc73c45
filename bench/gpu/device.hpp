#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/base/result.hpp"

namespace souk::gpu {

/// One GPU as the driver describes it. Names and sizes can be spoofed: they choose what to print beside a
/// measured number, never the number (gpu-capacity.md section 1b).
struct Device {
  int index = 0;                   ///< CUDA ordinal
  std::string name;                ///< as the driver says
  std::string pci_bus_id;          ///< "0000:3b:00.0"; NVML is asked for the same device by it
  int compute_capability = 0;      ///< 10 x major + minor: 75, 80, 86, 89, 90, 120
  int multiprocessors = 0;         ///< SMs
  std::uint64_t memory_bytes = 0;  ///< total, as the driver says
  std::uint64_t l2_bytes = 0;
};

/// All GPUs, in CUDA's order. Empty where there is no GPU, no driver, or the program was built without
/// CUDA; an error where there is a driver that fails. `why_none` then says which.
struct DeviceList {
  std::vector<Device> devices;
  std::string why_none;  ///< one line; empty if there are devices
};
Result<DeviceList> list_devices();

}  // namespace souk::gpu
