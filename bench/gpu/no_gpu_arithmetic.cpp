// What stands in for the proof's kernels where there are none: proofs are then made with --cpu.
#include "bench/gpu/gpu_arithmetic.hpp"

namespace souk::gpu {

Result<std::unique_ptr<capacity::Arithmetic>> gpu_arithmetic(const Device& device) {
  return fail("GPU " + std::to_string(device.index) + ": this program has no proof kernels; use --cpu");
}

}  // namespace souk::gpu
