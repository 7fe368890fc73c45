#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define SOUK_OPERANDS_FN __host__ __device__ constexpr
#else
#define SOUK_OPERANDS_FN constexpr
#endif

namespace souk::gpu {

/// Element types of the tensor tests. fp8 is e4m3.
enum class Type : std::uint8_t { bf16, fp16, int8, fp8 };

/// What the operands of a tensor test hold.
enum class Fill : std::uint8_t {
  random,  ///< random signs and mantissas, |x| in [1/8, 2); for int8 every byte is as likely
  exact,   ///< -2, -1, 1 or 2: sums of up to 2^15 products are exact in every accumulator, so that a
           ///< result must equal the integers' (fp8 units keep only 14 bits of a sum). int8 as random.
};

SOUK_OPERANDS_FN int bytes_of(Type type) { return type == Type::bf16 || type == Type::fp16 ? 2 : 1; }

/// The `index`-th of a stream of 32-bit words; a pure function, so that host and device agree without a
/// copy. Mixing: MurmurHash3's finaliser over a Weyl sequence.
SOUK_OPERANDS_FN std::uint32_t random_word(std::uint32_t seed, std::uint64_t index) {
  std::uint32_t h = seed ^ (static_cast<std::uint32_t>(index) * 0x9E3779B1u);
  h ^= static_cast<std::uint32_t>(index >> 32) * 0x85EBCA77u;
  h ^= h >> 16;
  h *= 0x85EBCA6Bu;
  h ^= h >> 13;
  h *= 0xC2B2AE35u;
  return h ^ (h >> 16);
}

/// 16 random bits to a 16-bit float, 8 to an fp8 one.
SOUK_OPERANDS_FN std::uint32_t encode_element(Type type, Fill fill, std::uint32_t r) {
  if (fill == Fill::exact) {
    const std::uint32_t one = type == Type::bf16 ? 0x3F80u : type == Type::fp16 ? 0x3C00u : 0x38u;
    const std::uint32_t two = type == Type::fp8 ? 0x40u : 0x4000u;
    return ((r & 1) != 0 ? two : one) | ((r & 2) != 0 ? (type == Type::fp8 ? 0x80u : 0x8000u) : 0u);
  }
  // Exponents -3..0 of the type's bias; sign and mantissa straight from the random bits.
  if (type == Type::bf16) return (r & 0x8000u) | ((127 - ((r >> 13) & 3)) << 7) | (r & 0x7Fu);
  if (type == Type::fp16) return (r & 0x8000u) | ((15 - ((r >> 13) & 3)) << 10) | (r & 0x3FFu);
  return (r & 0x80u) | ((7 - ((r >> 5) & 3)) << 3) | (r & 7u);
}

/// Four bytes of elements, lowest address in the low byte, from 32 random bits.
SOUK_OPERANDS_FN std::uint32_t encode_word(Type type, Fill fill, std::uint32_t random) {
  if (type == Type::int8) return random;
  if (bytes_of(type) == 2)
    return encode_element(type, fill, random & 0xFFFFu) | encode_element(type, fill, random >> 16) << 16;
  std::uint32_t word = 0;
  for (int byte = 0; byte < 4; ++byte)
    word |= encode_element(type, fill, (random >> (8 * byte)) & 0xFFu) << (8 * byte);
  return word;
}

/// The word a write test stores at vector `index`, component `lane` (0..3): cheap enough that arithmetic
/// cannot hide behind the memory's own limit.
SOUK_OPERANDS_FN std::uint32_t written_word(std::uint32_t seed, std::uint64_t index, int lane) {
  const std::uint32_t x = static_cast<std::uint32_t>(index) * 0x9E3779B1u + seed;
  return x ^ (0x7FEB352Du * static_cast<std::uint32_t>(lane));
}

/// Where one chain of the fp32 test starts, and its recurrence x <- x * fma_factor + fma_addend, which
/// neither grows nor settles to a constant within its run.
SOUK_OPERANDS_FN float fma_start(int thread, int chain) {
  return static_cast<float>(random_word(0xF32u, static_cast<std::uint64_t>(thread) * 8 +
                                                    static_cast<std::uint64_t>(chain)) >>
                            8) *
         0x1p-24f;
}
inline constexpr float fma_factor = -0.99999994f;
inline constexpr float fma_addend = 0.70710677f;
inline constexpr int fma_chains = 8;

/// Streams of random_word that the tests draw from.
inline constexpr std::uint32_t seed_a = 0xA11CE;
inline constexpr std::uint32_t seed_b = 0xB0B;
inline constexpr std::uint32_t issue_seed = 0x155E;

}  // namespace souk::gpu
