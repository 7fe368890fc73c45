#if defined(__x86_64__)

#include <immintrin.h>

#include "actors/capacity/blake3_constants.hpp"
#include "actors/capacity/lanes_x86.hpp"

#define SOUK_KERNEL __attribute__((target("avx2")))
#define SOUK_TARGET SOUK_KERNEL inline __attribute__((always_inline))

namespace souk::capacity {
namespace {

constexpr std::size_t lanes = 8;
typedef std::uint32_t Lanes __attribute__((vector_size(4 * lanes)));

/// By whole bytes one shuffle does it; otherwise two shifts.
template <int bits>
SOUK_TARGET Lanes rotate_right(const Lanes& x) {
  if constexpr (bits % 8 == 0) {
    constexpr int n = bits / 8;
    const __m128i row =
        _mm_setr_epi8(n, (n + 1) % 4, (n + 2) % 4, (n + 3) % 4, 4 + n, 4 + (n + 1) % 4, 4 + (n + 2) % 4,
                      4 + (n + 3) % 4, 8 + n, 8 + (n + 1) % 4, 8 + (n + 2) % 4, 8 + (n + 3) % 4, 12 + n,
                      12 + (n + 1) % 4, 12 + (n + 2) % 4, 12 + (n + 3) % 4);
    return (Lanes)_mm256_shuffle_epi8((__m256i)x, _mm256_broadcastsi128_si256(row));
  } else {
    return (x >> bits) | (x << (32 - bits));
  }
}

/// Each half of the four registers as a 4 x 4 matrix of words, transposed.
SOUK_TARGET void transpose_halves(__m256i (&q)[4]) {
  const __m256i low01 = _mm256_unpacklo_epi32(q[0], q[1]);
  const __m256i high01 = _mm256_unpackhi_epi32(q[0], q[1]);
  const __m256i low23 = _mm256_unpacklo_epi32(q[2], q[3]);
  const __m256i high23 = _mm256_unpackhi_epi32(q[2], q[3]);
  q[0] = _mm256_unpacklo_epi64(low01, low23);
  q[1] = _mm256_unpackhi_epi64(low01, low23);
  q[2] = _mm256_unpacklo_epi64(high01, high23);
  q[3] = _mm256_unpackhi_epi64(high01, high23);
}

SOUK_TARGET __m128i load16(const std::uint8_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

SOUK_TARGET void load_words(const std::uint8_t* const* inputs, std::size_t offset, Lanes* words) {
  __m256i q[4];
  for (std::size_t i = 0; i < 4; ++i)
    q[i] = _mm256_inserti128_si256(_mm256_castsi128_si256(load16(inputs[i] + offset)),
                                   load16(inputs[i + 4] + offset), 1);
  transpose_halves(q);
  for (std::size_t i = 0; i < 4; ++i) words[i] = (Lanes)q[i];
}

SOUK_TARGET void store_words(const Lanes* words, std::uint8_t* out, std::size_t stride) {
  __m256i q[4] = {(__m256i)words[0], (__m256i)words[1], (__m256i)words[2], (__m256i)words[3]};
  transpose_halves(q);
  for (std::size_t i = 0; i < 4; ++i) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i * stride), _mm256_castsi256_si128(q[i]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + (i + 4) * stride), _mm256_extracti128_si256(q[i], 1));
  }
}

#include "actors/capacity/lane_kernels.inc"

}  // namespace

LaneKernels lane_kernels_avx2() { return {lanes, hash_lanes, chacha8_lanes}; }

}  // namespace souk::capacity

#endif
