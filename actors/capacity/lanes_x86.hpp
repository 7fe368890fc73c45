#pragma once

#include "actors/capacity/lanes.hpp"

/// The vector kernels of lanes.hpp that exist on x86-64 only. Call them only where the processor has the
/// instructions.
namespace souk::capacity {

LaneKernels lane_kernels_avx2();
LaneKernels lane_kernels_avx512();

}  // namespace souk::capacity
