#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace souk::gpu {

/// What the driver's management library says about a GPU at one moment. Never set, only read.
struct Telemetry {
  bool known = false;  ///< false: no NVML, or it refused; the rest is then 0
  double sm_clock_mhz = 0;
  double memory_clock_mhz = 0;
  double watts = 0;
  double celsius = 0;
  std::uint64_t throttle_reasons = 0;  ///< NVML's bits; throttle_names() spells them
};

/// The reasons whose bits are set, idle left out: "sw_power_cap", "hw_thermal_slowdown", ...
std::vector<std::string> throttle_names(std::uint64_t reasons);

/// Reads one GPU through libnvidia-ml.so.1, opened at run time: the toolkit ships neither its header nor a
/// stub, and a machine without a driver must still start this program.
class TelemetrySource {
 public:
  /// The device with this PCI bus id. Without the library every reading is unknown.
  explicit TelemetrySource(const std::string& pci_bus_id);
  ~TelemetrySource();
  TelemetrySource(const TelemetrySource&) = delete;
  TelemetrySource& operator=(const TelemetrySource&) = delete;

  Telemetry read() const;

 private:
  struct Library;
  std::unique_ptr<Library> library_;  ///< null: not there
  void* device_ = nullptr;
};

}  // namespace souk::gpu
