#if defined(__x86_64__)

#include <immintrin.h>

#include "actors/capacity/blake3_constants.hpp"
#include "actors/capacity/lanes_x86.hpp"

#if !defined(__clang__)
// g++ 12 takes _mm512_undefined_epi32() of its own header for a mistake.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#define SOUK_KERNEL __attribute__((target("avx512f")))
#define SOUK_TARGET SOUK_KERNEL inline __attribute__((always_inline))

namespace souk::capacity {
namespace {

constexpr std::size_t lanes = 16;
typedef std::uint32_t Lanes __attribute__((vector_size(4 * lanes)));

template <int bits>
SOUK_TARGET Lanes rotate_right(const Lanes& x) {
  return (Lanes)_mm512_ror_epi32((__m512i)x, bits);
}

/// Each quarter of the four registers as a 4 x 4 matrix of words, transposed.
SOUK_TARGET void transpose_quarters(__m512i (&q)[4]) {
  const __m512i low01 = _mm512_unpacklo_epi32(q[0], q[1]);
  const __m512i high01 = _mm512_unpackhi_epi32(q[0], q[1]);
  const __m512i low23 = _mm512_unpacklo_epi32(q[2], q[3]);
  const __m512i high23 = _mm512_unpackhi_epi32(q[2], q[3]);
  q[0] = _mm512_unpacklo_epi64(low01, low23);
  q[1] = _mm512_unpackhi_epi64(low01, low23);
  q[2] = _mm512_unpacklo_epi64(high01, high23);
  q[3] = _mm512_unpackhi_epi64(high01, high23);
}

SOUK_TARGET __m128i load16(const std::uint8_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

SOUK_TARGET void load_words(const std::uint8_t* const* inputs, std::size_t offset, Lanes* words) {
  __m512i q[4];
  for (std::size_t i = 0; i < 4; ++i) {
    q[i] = _mm512_castsi128_si512(load16(inputs[i] + offset));
    q[i] = _mm512_inserti32x4(q[i], load16(inputs[i + 4] + offset), 1);
    q[i] = _mm512_inserti32x4(q[i], load16(inputs[i + 8] + offset), 2);
    q[i] = _mm512_inserti32x4(q[i], load16(inputs[i + 12] + offset), 3);
  }
  transpose_quarters(q);
  for (std::size_t i = 0; i < 4; ++i) words[i] = (Lanes)q[i];
}

SOUK_TARGET void store_words(const Lanes* words, std::uint8_t* out, std::size_t stride) {
  __m512i q[4] = {(__m512i)words[0], (__m512i)words[1], (__m512i)words[2], (__m512i)words[3]};
  transpose_quarters(q);
  const auto store16 = [&](std::size_t lane) { return reinterpret_cast<__m128i*>(out + lane * stride); };
  for (std::size_t i = 0; i < 4; ++i) {
    _mm_storeu_si128(store16(i), _mm512_extracti32x4_epi32(q[i], 0));
    _mm_storeu_si128(store16(i + 4), _mm512_extracti32x4_epi32(q[i], 1));
    _mm_storeu_si128(store16(i + 8), _mm512_extracti32x4_epi32(q[i], 2));
    _mm_storeu_si128(store16(i + 12), _mm512_extracti32x4_epi32(q[i], 3));
  }
}

#include "actors/capacity/lane_kernels.inc"

}  // namespace

LaneKernels lane_kernels_avx512() { return {lanes, hash_lanes, chacha8_lanes}; }

}  // namespace souk::capacity

#endif
