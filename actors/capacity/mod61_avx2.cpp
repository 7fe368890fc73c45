#if defined(__x86_64__)

#include "actors/capacity/mod61_avx2.hpp"

#include <immintrin.h>

#include <algorithm>

#define SOUK_KERNEL __attribute__((target("avx2")))
#define SOUK_INLINE SOUK_KERNEL inline __attribute__((always_inline))

// AVX2 multiplies signed 32-bit numbers to 64 bits, four at a time. A residue is cut into limbs so short
// that a lane's sum of 256 products fits into 63 bits: 2 limbs of 31 bits against int8 (2^(7 + 31 + 8)), 3
// limbs of 21 bits against int32 (2^(31 + 21 + 8)).
namespace souk::capacity {
namespace {

constexpr std::size_t block_terms = 1024;

SOUK_INLINE __m256i load_four(const std::int8_t* from) {
  std::int32_t bytes;
  std::copy_n(reinterpret_cast<const char*>(from), sizeof bytes, reinterpret_cast<char*>(&bytes));
  return _mm256_cvtepi8_epi64(_mm_cvtsi32_si128(bytes));
}
SOUK_INLINE __m256i load_four(const std::int32_t* from) {
  return _mm256_cvtepi32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
SOUK_INLINE __m256i load_four(const std::uint64_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

SOUK_INLINE std::int64_t total(__m256i sum) {
  const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  return _mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1);
}

/// Sum over at most block_terms terms, a multiple of 4.
template <int limbs, class Value>
SOUK_INLINE WideSigned sum_block(const Value* a, const std::uint64_t* b, std::size_t terms) {
  constexpr int limb_bits = limbs == 2 ? 31 : 21;
  const __m256i mask = _mm256_set1_epi64x((std::int64_t{1} << limb_bits) - 1);
  __m256i sum[limbs] = {};
  for (std::size_t i = 0; i < terms; i += 4) {
    const __m256i x = load_four(a + i);
    __m256i y = load_four(b + i);
#pragma GCC unroll 3
    for (int limb = 0; limb < limbs; ++limb) {
      sum[limb] = _mm256_add_epi64(sum[limb], _mm256_mul_epi32(x, _mm256_and_si256(y, mask)));
      y = _mm256_srli_epi64(y, limb_bits);
    }
  }
  WideSigned value = 0;
  for (int limb = limbs; limb-- > 0;) value = value * (std::int64_t{1} << limb_bits) + total(sum[limb]);
  return value;
}

template <int limbs, class Value>
SOUK_INLINE WideSigned sum_of_products(const Value* a, const std::uint64_t* b, std::size_t terms) {
  WideSigned sum = 0;
  const std::size_t fours = terms / 4 * 4;
  for (std::size_t i = 0; i < fours; i += block_terms)
    sum += sum_block<limbs>(a + i, b + i, std::min(block_terms, fours - i));
  for (std::size_t i = fours; i < terms; ++i) sum += WideSigned{a[i]} * static_cast<std::int64_t>(b[i]);
  return sum;
}

}  // namespace

SOUK_KERNEL WideSigned sum_of_products_avx2(const std::int8_t* a, const std::uint64_t* b, std::size_t terms) {
  return sum_of_products<2>(a, b, terms);
}

SOUK_KERNEL WideSigned sum_of_products_avx2(const std::int32_t* a, const std::uint64_t* b,
                                            std::size_t terms) {
  return sum_of_products<3>(a, b, terms);
}

}  // namespace souk::capacity

#endif
