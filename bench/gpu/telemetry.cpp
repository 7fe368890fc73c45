#include "bench/gpu/telemetry.hpp"

#include <dlfcn.h>

#include <utility>

namespace souk::gpu {

// NVML's interface as its reference documents it (nvml.h is not part of the toolkit).
struct TelemetrySource::Library {
  using Status = int;  // 0: success
  Status (*init)() = nullptr;
  Status (*shutdown)() = nullptr;
  Status (*device_by_bus_id)(const char*, void**) = nullptr;
  Status (*clock)(void*, int, unsigned*) = nullptr;
  Status (*power)(void*, unsigned*) = nullptr;
  Status (*temperature)(void*, int, unsigned*) = nullptr;
  Status (*throttle_reasons)(void*, unsigned long long*) = nullptr;
  void* handle = nullptr;

  static constexpr int clock_sm = 1;
  static constexpr int clock_memory = 2;
  static constexpr int sensor_gpu = 0;

  template <class Function>
  bool find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
    return function != nullptr;
  }

  bool open() {
    handle = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    return handle != nullptr && find(init, "nvmlInit_v2") && find(shutdown, "nvmlShutdown") &&
           find(device_by_bus_id, "nvmlDeviceGetHandleByPciBusId_v2") &&
           find(clock, "nvmlDeviceGetClockInfo") && find(power, "nvmlDeviceGetPowerUsage") &&
           find(temperature, "nvmlDeviceGetTemperature") &&
           find(throttle_reasons, "nvmlDeviceGetCurrentClocksThrottleReasons") && init() == 0;
  }
  ~Library() {
    if (handle != nullptr) dlclose(handle);
  }
};

TelemetrySource::TelemetrySource(const std::string& pci_bus_id) {
  auto library = std::make_unique<Library>();
  if (!library->open()) return;
  if (library->device_by_bus_id(pci_bus_id.c_str(), &device_) != 0) {
    library->shutdown();
    return;
  }
  library_ = std::move(library);
}

TelemetrySource::~TelemetrySource() {
  if (library_ != nullptr) library_->shutdown();
}

Telemetry TelemetrySource::read() const {
  if (library_ == nullptr) return {};
  unsigned sm = 0;
  unsigned memory = 0;
  unsigned milliwatts = 0;
  unsigned celsius = 0;
  unsigned long long reasons = 0;
  const bool known = library_->clock(device_, Library::clock_sm, &sm) == 0 &&
                     library_->clock(device_, Library::clock_memory, &memory) == 0 &&
                     library_->power(device_, &milliwatts) == 0 &&
                     library_->temperature(device_, Library::sensor_gpu, &celsius) == 0 &&
                     library_->throttle_reasons(device_, &reasons) == 0;
  if (!known) return {};
  return {.known = true,
          .sm_clock_mhz = static_cast<double>(sm),
          .memory_clock_mhz = static_cast<double>(memory),
          .watts = milliwatts / 1000.0,
          .celsius = static_cast<double>(celsius),
          .throttle_reasons = reasons};
}

std::vector<std::string> throttle_names(std::uint64_t reasons) {
  static constexpr std::pair<std::uint64_t, const char*> bits[] = {
      {0x2, "application_clocks"}, {0x4, "sw_power_cap"},         {0x8, "hw_slowdown"},
      {0x10, "sync_boost"},        {0x20, "sw_thermal_slowdown"}, {0x40, "hw_thermal_slowdown"},
      {0x80, "hw_power_brake"},    {0x100, "display_clocks"},
  };
  std::vector<std::string> names;
  for (const auto& [bit, name] : bits) {
    if ((reasons & bit) != 0) names.emplace_back(name);
  }
  return names;
}

}  // namespace souk::gpu
