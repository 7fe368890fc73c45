#pragma once

#include <cstddef>
#include <cstdint>

/// The inner loops of int8_product.hpp, one set a path. All are exact modulo 2^32, and no sum they are asked
/// for leaves int32.
namespace souk::capacity {

/// A few rows of a against a few columns of b, over `length` terms.
struct Int8Tile {
  const std::int8_t* a = nullptr;
  const std::int8_t* bt = nullptr;
  std::int32_t* c = nullptr;  ///< gains the sums
  std::size_t stride = 0;     ///< bytes from a row of a, or of bt, to the next one
  std::size_t c_stride = 0;   ///< sums from a row of c to the next one
  std::size_t length = 0;
};

inline constexpr std::size_t tile_side = 4;

struct Int8Kernels {
  std::int32_t (*dot)(const std::int8_t* a, const std::int8_t* b, std::size_t length) = nullptr;
  /// Tiles of [rows are tile_side, not 1][columns are tile_side, not 1].
  void (*add_tile[2][2])(const Int8Tile& tile) = {};
  /// What the sums of a row of a hold before any tile: the tiles of some paths are off by a constant a row.
  std::int32_t (*start_of_row)(const std::int8_t* a, std::size_t length) = nullptr;
};

Int8Kernels int8_kernels_avx2();
Int8Kernels int8_kernels_vnni();

}  // namespace souk::capacity
