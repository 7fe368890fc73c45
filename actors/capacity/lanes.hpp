#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "actors/base/hash.hpp"

/// The 32-bit arithmetic of BLAKE3 and ChaCha8 on many blocks at once: lane i of every vector register
/// belongs to block i. All ways give the same bytes; the best one the processor has is chosen at run time.
namespace souk::capacity {

enum class LanePath : std::uint8_t { scalar, avx2, avx512 };  ///< 1, 8 and 16 blocks at once

/// The best path of this processor.
LanePath best_lane_path();
bool is_available(LanePath path);

/// "expand 32-byte k", the first four words of every ChaCha block.
inline constexpr std::array<std::uint32_t, 4> chacha8_constants = {0x61707865, 0x3320646e, 0x79622d32,
                                                                   0x6b206574};

inline constexpr std::size_t max_lanes = 16;

/// BLAKE3 chaining values of as many inputs as a kernel has lanes, all of the same number of 64-byte blocks.
struct HashLanes {
  std::array<const std::uint8_t*, max_lanes> inputs{};
  std::array<std::uint64_t, max_lanes> counters{};  ///< chunk numbers; 0 for parents
  std::uint32_t first_flags = 0;                    ///< on the first block
  std::uint32_t last_flags = 0;                     ///< on the last block
  std::size_t blocks = 1;
};

/// A path's kernels. `width` blocks at once; 1 and no kernels for the scalar path.
struct LaneKernels {
  std::size_t width = 1;
  void (*hash)(const HashLanes& lanes, Hash* values) = nullptr;
  /// `width` blocks of 64 bytes of the stream from block `counter` on.
  void (*chacha8)(const std::array<std::uint32_t, 8>& key, std::uint64_t counter,
                  std::uint8_t* out) = nullptr;
};

/// REQUIRES: is_available(path).
LaneKernels lane_kernels(LanePath path);

}  // namespace souk::capacity
