#if defined(__x86_64__)

#include <immintrin.h>

#include "actors/capacity/int8_kernels.hpp"

#define SOUK_KERNEL __attribute__((target("avx2")))
#define SOUK_INLINE SOUK_KERNEL inline __attribute__((always_inline))

// Bytes are widened to 16 bits and multiplied in pairs. Not _mm256_maddubs_epi16, which saturates.
namespace souk::capacity {
namespace {

constexpr std::size_t step = 16;

SOUK_INLINE __m256i load(const std::int8_t* from) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

SOUK_INLINE std::int32_t total(__m256i sum) {
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0xb1));
  return _mm_cvtsi128_si32(four);
}

SOUK_INLINE std::int32_t rest(const std::int8_t* a, const std::int8_t* b, std::size_t length) {
  std::int32_t sum = 0;
  for (std::size_t l = length / step * step; l < length; ++l) sum += std::int32_t{a[l]} * b[l];
  return sum;
}

SOUK_KERNEL std::int32_t dot_avx2(const std::int8_t* a, const std::int8_t* b, std::size_t length) {
  constexpr std::size_t ways = 4;  // as many chains as hide the latency of one madd
  __m256i sum[ways] = {};
  std::size_t l = 0;
  for (; l + ways * step <= length; l += ways * step)
    for (std::size_t way = 0; way < ways; ++way)
      sum[way] =
          _mm256_add_epi32(sum[way], _mm256_madd_epi16(load(a + l + way * step), load(b + l + way * step)));
  for (; l + step <= length; l += step)
    sum[0] = _mm256_add_epi32(sum[0], _mm256_madd_epi16(load(a + l), load(b + l)));
  return total(_mm256_add_epi32(_mm256_add_epi32(sum[0], sum[1]), _mm256_add_epi32(sum[2], sum[3]))) +
         rest(a, b, length);
}

/// At most 2 rows, so that 8 sums stay in registers.
template <std::size_t rows, std::size_t cols>
SOUK_INLINE void add_rows(const Int8Tile& tile, std::size_t first_row) {
  const std::int8_t* a = tile.a + first_row * tile.stride;
  __m256i sum[rows][cols] = {};
  for (std::size_t l = 0; l + step <= tile.length; l += step) {
    __m256i x[rows];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < rows; ++i) x[i] = load(a + i * tile.stride + l);
#pragma GCC unroll 4
    for (std::size_t j = 0; j < cols; ++j) {
      const __m256i y = load(tile.bt + j * tile.stride + l);
#pragma GCC unroll 4
      for (std::size_t i = 0; i < rows; ++i)
        sum[i][j] = _mm256_add_epi32(sum[i][j], _mm256_madd_epi16(x[i], y));
    }
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
    for (std::size_t j = 0; j < cols; ++j)
      tile.c[(first_row + i) * tile.c_stride + j] +=
          total(sum[i][j]) + rest(a + i * tile.stride, tile.bt + j * tile.stride, tile.length);
}

template <std::size_t rows, std::size_t cols>
SOUK_KERNEL void add_tile(const Int8Tile& tile) {
  if constexpr (rows == 1) {
    add_rows<1, cols>(tile, 0);
  } else {
    for (std::size_t i = 0; i < rows; i += 2) add_rows<2, cols>(tile, i);
  }
}

std::int32_t nothing(const std::int8_t*, std::size_t) { return 0; }

}  // namespace

Int8Kernels int8_kernels_avx2() {
  return {
      dot_avx2,
      {{add_tile<1, 1>, add_tile<1, tile_side>}, {add_tile<tile_side, 1>, add_tile<tile_side, tile_side>}},
      nothing};
}

}  // namespace souk::capacity

#endif
