#pragma once

#include <memory>

#include "actors/base/result.hpp"
#include "actors/capacity/arithmetic.hpp"
#include "bench/gpu/device.hpp"

namespace souk::gpu {

/// The proof's arithmetic on `device`. Errors: this program has none for it.
Result<std::unique_ptr<capacity::Arithmetic>> gpu_arithmetic(const Device& device);

}  // namespace souk::gpu
