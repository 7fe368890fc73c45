#include "actors/capacity/lanes.hpp"

#include "actors/base/check.hpp"
#include "actors/capacity/lanes_x86.hpp"

namespace souk::capacity {
namespace {

LanePath find_best() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return LanePath::avx512;
  if (__builtin_cpu_supports("avx2")) return LanePath::avx2;
#endif
  return LanePath::scalar;
}

}  // namespace

LanePath best_lane_path() {
  static const LanePath best = find_best();
  return best;
}

bool is_available(LanePath path) { return path <= best_lane_path(); }

LaneKernels lane_kernels(LanePath path) {
  SOUK_CHECK(is_available(path));
#if defined(__x86_64__)
  if (path == LanePath::avx512) return lane_kernels_avx512();
  if (path == LanePath::avx2) return lane_kernels_avx2();
#endif
  return {};
}

}  // namespace souk::capacity
