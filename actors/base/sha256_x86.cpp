#if defined(__x86_64__)

#include <immintrin.h>

#include "actors/base/sha256_native.hpp"

#define SOUK_SHA __attribute__((target("sha,sse4.1,ssse3")))

namespace souk {
namespace {

SOUK_SHA __m128i load(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }

/// Words t .. t+3 of the message schedule from the sixteen before them, oldest first.
SOUK_SHA __m128i next_words(__m128i w16, __m128i w12, __m128i w8, __m128i w4) {
  const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w16, w12), _mm_alignr_epi8(w4, w8, 4));
  return _mm_sha256msg2_epu32(sum, w4);
}

}  // namespace

bool has_sha_instructions() {
  __builtin_cpu_init();
  // Leaf 7 is asked directly: not every compiler's __builtin_cpu_supports knows "sha".
  std::uint32_t a = 7, b = 0, c = 0, d = 0;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return (b >> 29 & 1) != 0 && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3");
}

SOUK_SHA void sha256_compress_x86(std::array<std::uint32_t, 8>& state, const std::uint8_t* blocks,
                                  std::size_t count) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  // The instructions want the state as (a, b, e, f) and (c, d, g, h), highest word first.
  const __m128i cdab = _mm_shuffle_epi32(load(state.data()), 0xb1);
  const __m128i efgh = _mm_shuffle_epi32(load(state.data() + 4), 0x1b);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
  for (; count > 0; --count, blocks += 64) {
    const __m128i abef_before = abef;
    const __m128i cdgh_before = cdgh;
    __m128i w[4];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < 16; ++i) {
      __m128i& words = w[i % 4];
      words = i < 4 ? _mm_shuffle_epi8(load(blocks + 16 * i), big_endian)
                    : next_words(words, w[(i + 1) % 4], w[(i + 2) % 4], w[(i + 3) % 4]);
      const __m128i keyed = _mm_add_epi32(words, load(sha256_round_constants.data() + 4 * i));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, keyed);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(keyed, 0x0e));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  auto* to = reinterpret_cast<__m128i*>(state.data());
  _mm_storeu_si128(to, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(to + 1, _mm_alignr_epi8(dchg, feba, 8));
}

}  // namespace souk

#endif
