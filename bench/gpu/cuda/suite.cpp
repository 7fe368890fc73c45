#include "bench/gpu/suite.hpp"

#include <algorithm>

#include "bench/gpu/cuda/tests.hpp"

namespace souk::gpu {
namespace {

Device describe(int index) {
  cudaDeviceProp properties{};
  check_cuda(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties", index, "");
  char bus_id[32] = {};
  check_cuda(cudaDeviceGetPCIBusId(bus_id, sizeof bus_id, index), "cudaDeviceGetPCIBusId", index, "");
  return {.index = index,
          .name = properties.name,
          .pci_bus_id = bus_id,
          .compute_capability = 10 * properties.major + properties.minor,
          .multiprocessors = properties.multiProcessorCount,
          .memory_bytes = properties.totalGlobalMem,
          .l2_bytes = static_cast<std::uint64_t>(properties.l2CacheSize)};
}

std::vector<Device> describe_all(int count) {
  std::vector<Device> devices;
  for (int i = 0; i < count; ++i) devices.push_back(describe(i));
  return devices;
}

int device_count() {
  int count = 0;
  check_cuda(cudaGetDeviceCount(&count), "cudaGetDeviceCount", 0, "");
  return count;
}

void run_groups(Session& session, Report& report) {
  const auto& groups = session.options().groups;
  const auto chosen = [&](std::string_view group) {
    return groups.empty() || std::find(groups.begin(), groups.end(), group) != groups.end();
  };
  if (chosen("memory")) test_memory(session, report);
  if (chosen("host")) test_host_link(session, report);
  if (chosen("peer")) test_peers(session, report, describe_all(device_count()));
  if (chosen("launch")) test_launch(session, report);
  if (chosen("fp32")) test_fp32(session, report);
  if (chosen("issue")) test_issue(session, report);
  if (chosen("gemm")) test_gemm(session, report);
  if (chosen("vram")) test_vram(session, report);
  if (chosen("proof")) test_proof(session, report);
}

}  // namespace

Result<DeviceList> list_devices() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  // No driver, a driver older than this program, and a driver without a GPU all leave nothing to measure.
  if (status == cudaErrorNoDevice || status == cudaErrorInsufficientDriver || status == cudaErrorStubLibrary)
    return DeviceList{{}, cudaGetErrorString(status)};
  try {
    check_cuda(status, "cudaGetDeviceCount", 0, "");
    if (count == 0) return DeviceList{{}, "the driver lists none"};
    return DeviceList{describe_all(count), ""};
  } catch (const GpuError& error) {
    return fail(error.what());
  }
}

Result<Report> run_suite(const Device& device, const SuiteOptions& options) {
  if (device.compute_capability < 75)
    return fail("GPU " + std::to_string(device.index) + ": compute capability " +
                std::to_string(device.compute_capability) + " is below 75, the oldest these kernels run on");
  try {
    Session session(device, options);
    Report report;
    report.device = device;
    check_cuda(cudaDriverGetVersion(&report.driver_version), "cudaDriverGetVersion", device.index, "");
    check_cuda(cudaRuntimeGetVersion(&report.runtime_version), "cudaRuntimeGetVersion", device.index, "");
    if (options.endurance_seconds > 0)
      run_endurance(session, report);
    else
      run_groups(session, report);
    return report;
  } catch (const GpuError& error) {
    return fail(error.what());
  }
}

}  // namespace souk::gpu
