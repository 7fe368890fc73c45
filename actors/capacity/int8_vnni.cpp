#if defined(__x86_64__)

#include <immintrin.h>

#include "actors/capacity/int8_kernels.hpp"

#if !defined(__clang__)
// g++ 12 takes _mm512_undefined_epi32() of its own header for a mistake.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#define SOUK_KERNEL __attribute__((target("avx512f,avx512bw,avx512vnni")))
#define SOUK_INLINE SOUK_KERNEL inline __attribute__((always_inline))

// VNNI multiplies unsigned by signed bytes. So b goes in as b + 128 (one xor), and 128 times the sum of a
// comes off again. Terms past the end are loaded as a = 0 and add nothing.
namespace souk::capacity {
namespace {

constexpr std::size_t step = 64;

SOUK_INLINE __m512i all_128() { return _mm512_set1_epi8(-128); }

SOUK_INLINE __m512i load(const std::int8_t* from) { return _mm512_loadu_si512(from); }

SOUK_INLINE __m512i load_some(const std::int8_t* from, std::size_t count) {
  return _mm512_maskz_loadu_epi8((std::uint64_t{1} << count) - 1, from);
}

SOUK_KERNEL std::int32_t minus_128_sum(const std::int8_t* a, std::size_t length) {
  __m512i sum = _mm512_setzero_si512();
  std::size_t l = 0;
  for (; l + step <= length; l += step) sum = _mm512_dpbusd_epi32(sum, all_128(), load(a + l));
  sum = _mm512_dpbusd_epi32(sum, all_128(), load_some(a + l, length - l));
  return -_mm512_reduce_add_epi32(sum);
}

SOUK_KERNEL std::int32_t dot_vnni(const std::int8_t* a, const std::int8_t* b, std::size_t length) {
  constexpr std::size_t ways = 4;  // as many chains as hide the latency of one dpbusd
  __m512i sum[ways] = {};
  __m512i excess[ways] = {};
  std::size_t l = 0;
  for (; l + ways * step <= length; l += ways * step)
    for (std::size_t way = 0; way < ways; ++way) {
      const __m512i x = load(a + l + way * step);
      sum[way] = _mm512_dpbusd_epi32(sum[way], _mm512_xor_si512(load(b + l + way * step), all_128()), x);
      excess[way] = _mm512_dpbusd_epi32(excess[way], all_128(), x);
    }
  for (; l < length; l += step) {
    const std::size_t count = length - l;
    const __m512i x = count < step ? load_some(a + l, count) : load(a + l);
    const __m512i y = count < step ? load_some(b + l, count) : load(b + l);
    sum[0] = _mm512_dpbusd_epi32(sum[0], _mm512_xor_si512(y, all_128()), x);
    excess[0] = _mm512_dpbusd_epi32(excess[0], all_128(), x);
  }
  __m512i total = _mm512_setzero_si512();
  for (std::size_t way = 0; way < ways; ++way)
    total = _mm512_add_epi32(total, _mm512_sub_epi32(sum[way], excess[way]));
  return _mm512_reduce_add_epi32(total);
}

template <std::size_t rows, std::size_t cols>
SOUK_INLINE void add_step(__m512i (&sum)[rows][cols], const __m512i (&x)[rows], const __m512i (&y)[cols]) {
#pragma GCC unroll 4
  for (std::size_t j = 0; j < cols; ++j) {
    const __m512i shifted = _mm512_xor_si512(y[j], all_128());
#pragma GCC unroll 4
    for (std::size_t i = 0; i < rows; ++i) sum[i][j] = _mm512_dpbusd_epi32(sum[i][j], shifted, x[i]);
  }
}

template <std::size_t rows, std::size_t cols>
SOUK_KERNEL void add_tile(const Int8Tile& tile) {
  __m512i sum[rows][cols] = {};
  __m512i x[rows];
  __m512i y[cols];
  std::size_t l = 0;
  for (; l + step <= tile.length; l += step) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < rows; ++i) x[i] = load(tile.a + i * tile.stride + l);
#pragma GCC unroll 4
    for (std::size_t j = 0; j < cols; ++j) y[j] = load(tile.bt + j * tile.stride + l);
    add_step(sum, x, y);
  }
  if (l < tile.length) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < rows; ++i) x[i] = load_some(tile.a + i * tile.stride + l, tile.length - l);
#pragma GCC unroll 4
    for (std::size_t j = 0; j < cols; ++j) y[j] = load_some(tile.bt + j * tile.stride + l, tile.length - l);
    add_step(sum, x, y);
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
    for (std::size_t j = 0; j < cols; ++j)
      tile.c[i * tile.c_stride + j] += _mm512_reduce_add_epi32(sum[i][j]);
}

}  // namespace

Int8Kernels int8_kernels_vnni() {
  return {
      dot_vnni,
      {{add_tile<1, 1>, add_tile<1, tile_side>}, {add_tile<tile_side, 1>, add_tile<tile_side, tile_side>}},
      minus_128_sum};
}

}  // namespace souk::capacity

#endif
