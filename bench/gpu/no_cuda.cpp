// What stands in for cuda/ where the program is built without nvcc.
#include "bench/gpu/device.hpp"
#include "bench/gpu/proof_device.hpp"
#include "bench/gpu/suite.hpp"

namespace souk::gpu {

Result<DeviceList> list_devices() { return DeviceList{{}, "this program was built without CUDA"}; }

Result<Report> run_suite(const Device&, const SuiteOptions&) {
  return fail("this program was built without CUDA");
}

Result<std::unique_ptr<ProofDevice>> cuda_proof_device(const Device&, ProofPath) {
  return fail("this program was built without CUDA");
}

}  // namespace souk::gpu
