#include "actors/capacity/int8_product.hpp"

#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/capacity/int8_kernels.hpp"

namespace souk::capacity {
namespace {

constexpr std::size_t max_terms = std::size_t{1} << 16;

// Blocks that stay in a core's caches: 4 rows of a and 4 columns of b over block_terms in the first level
// (16 KiB), block_cols columns in the second (128 KiB).
constexpr std::size_t block_terms = 2048;
constexpr std::size_t block_cols = 64;

std::int32_t dot_scalar(const std::int8_t* a, const std::int8_t* b, std::size_t length) {
  std::int32_t sum = 0;
  for (std::size_t l = 0; l < length; ++l) sum += std::int32_t{a[l]} * b[l];
  return sum;
}

template <std::size_t rows, std::size_t cols>
void add_tile_scalar(const Int8Tile& tile) {
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < cols; ++j)
      tile.c[i * tile.c_stride + j] +=
          dot_scalar(tile.a + i * tile.stride, tile.bt + j * tile.stride, tile.length);
}

std::int32_t nothing(const std::int8_t*, std::size_t) { return 0; }

Int8Kernels kernels_of(Int8Path path) {
  SOUK_CHECK(is_available(path));
#if defined(__x86_64__)
  if (path == Int8Path::avx512_vnni) return int8_kernels_vnni();
  if (path == Int8Path::avx2) return int8_kernels_avx2();
#endif
  return {dot_scalar,
          {{add_tile_scalar<1, 1>, add_tile_scalar<1, tile_side>},
           {add_tile_scalar<tile_side, 1>, add_tile_scalar<tile_side, tile_side>}},
          nothing};
}

Int8Path find_best() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vnni"))
    return Int8Path::avx512_vnni;
  if (__builtin_cpu_supports("avx2")) return Int8Path::avx2;
#endif
  return Int8Path::scalar;
}

/// The side of the tiles that fit into `left` rows or columns.
std::size_t side_of(std::size_t left) { return left >= tile_side ? tile_side : 1; }

/// Adds the products of all rows with some columns, over some terms, to c.
void add_block(const Int8Kernels& kernels, const Int8Tile& block, std::size_t rows, std::size_t cols) {
  for (std::size_t i = 0; i < rows; i += side_of(rows - i))
    for (std::size_t j = 0; j < cols; j += side_of(cols - j)) {
      Int8Tile tile = block;
      tile.a += i * block.stride;
      tile.bt += j * block.stride;
      tile.c += i * block.c_stride + j;
      kernels.add_tile[side_of(rows - i) == tile_side][side_of(cols - j) == tile_side](tile);
    }
}

}  // namespace

Int8Path best_int8_path() {
  static const Int8Path best = find_best();
  return best;
}

bool is_available(Int8Path path) { return path <= best_int8_path(); }

std::int32_t dot(std::span<const std::int8_t> a, std::span<const std::int8_t> b, Int8Path path) {
  SOUK_CHECK(a.size() == b.size() && a.size() <= max_terms);
  return kernels_of(path).dot(a.data(), b.data(), a.size());
}

void row_times_matrix(std::span<const std::int8_t> a, std::span<const std::int8_t> bt,
                      std::span<std::int32_t> c, Int8Path path) {
  multiply(a, bt, c, 1, c.size(), a.size(), path);
}

void multiply(std::span<const std::int8_t> a, std::span<const std::int8_t> bt, std::span<std::int32_t> c,
              std::size_t rows, std::size_t cols, std::size_t k, Int8Path path) {
  SOUK_CHECK(k <= max_terms && a.size() == rows * k && bt.size() == cols * k && c.size() == rows * cols);
  const Int8Kernels kernels = kernels_of(path);
  for (std::size_t i = 0; i < rows; ++i)
    std::fill_n(c.data() + i * cols, cols, kernels.start_of_row(a.data() + i * k, k));
  for (std::size_t l = 0; l < k; l += block_terms)
    for (std::size_t j = 0; j < cols; j += block_cols) {
      const Int8Tile block{.a = a.data() + l,
                           .bt = bt.data() + j * k + l,
                           .c = c.data() + j,
                           .stride = k,
                           .c_stride = cols,
                           .length = std::min(block_terms, k - l)};
      add_block(kernels, block, rows, std::min(block_cols, cols - j));
    }
}

}  // namespace souk::capacity
