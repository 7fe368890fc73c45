#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "actors/capacity/blake3_constants.hpp"
#include "bench/gpu/cuda/tile.hpp"

// BLAKE3 and ChaCha8 as one GPU thread computes them: words in registers, every index known when compiled.
// The same functions run on the CPU in tests/gpu, against actors/capacity. Words are little-endian, as GPUs
// are.
namespace souk::gpu {

/// 32 bytes: a chaining value, a root, a key.
struct alignas(16) Digest {
  std::uint32_t word[8];
};

SOUK_HOST_DEVICE constexpr std::uint32_t rotate_right(std::uint32_t x, int bits) {
  return (x >> bits) | (x << (32 - bits));
}

/// The message word that BLAKE3's round `round` takes in place `place`; a scalar, because device code cannot
/// index the table.
template <int round, int place>
inline constexpr int blake3_word = capacity::blake3_constants::schedule[round][place];

SOUK_HOST_DEVICE inline void blake3_mix(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c,
                                        std::uint32_t& d, std::uint32_t x, std::uint32_t y) {
  a += b + x;
  d = rotate_right(d ^ a, 16);
  c += d;
  b = rotate_right(b ^ c, 12);
  a += b + y;
  d = rotate_right(d ^ a, 8);
  c += d;
  b = rotate_right(b ^ c, 7);
}

template <int round>
SOUK_HOST_DEVICE inline void blake3_round(std::uint32_t (&v)[16], const std::uint32_t (&m)[16]) {
  blake3_mix(v[0], v[4], v[8], v[12], m[blake3_word<round, 0>], m[blake3_word<round, 1>]);
  blake3_mix(v[1], v[5], v[9], v[13], m[blake3_word<round, 2>], m[blake3_word<round, 3>]);
  blake3_mix(v[2], v[6], v[10], v[14], m[blake3_word<round, 4>], m[blake3_word<round, 5>]);
  blake3_mix(v[3], v[7], v[11], v[15], m[blake3_word<round, 6>], m[blake3_word<round, 7>]);
  blake3_mix(v[0], v[5], v[10], v[15], m[blake3_word<round, 8>], m[blake3_word<round, 9>]);
  blake3_mix(v[1], v[6], v[11], v[12], m[blake3_word<round, 10>], m[blake3_word<round, 11>]);
  blake3_mix(v[2], v[7], v[8], v[13], m[blake3_word<round, 12>], m[blake3_word<round, 13>]);
  blake3_mix(v[3], v[4], v[9], v[14], m[blake3_word<round, 14>], m[blake3_word<round, 15>]);
}

/// BLAKE3's initial value, word by word (blake3_constants.hpp, for the same reason).
template <int place>
inline constexpr std::uint32_t blake3_initial = capacity::blake3_constants::initial_value[place];

SOUK_HOST_DEVICE inline void blake3_start(Digest& chain) {
  chain = {{blake3_initial<0>, blake3_initial<1>, blake3_initial<2>, blake3_initial<3>, blake3_initial<4>,
            blake3_initial<5>, blake3_initial<6>, blake3_initial<7>}};
}

/// chain = the first half of BLAKE3's compression of block m.
SOUK_HOST_DEVICE inline void blake3_compress(Digest& chain, const std::uint32_t (&m)[16],
                                             std::uint64_t counter, std::uint32_t length,
                                             std::uint32_t flags) {
  std::uint32_t v[16] = {chain.word[0],
                         chain.word[1],
                         chain.word[2],
                         chain.word[3],
                         chain.word[4],
                         chain.word[5],
                         chain.word[6],
                         chain.word[7],
                         blake3_initial<0>,
                         blake3_initial<1>,
                         blake3_initial<2>,
                         blake3_initial<3>,
                         static_cast<std::uint32_t>(counter),
                         static_cast<std::uint32_t>(counter >> 32),
                         length,
                         flags};
  blake3_round<0>(v, m);
  blake3_round<1>(v, m);
  blake3_round<2>(v, m);
  blake3_round<3>(v, m);
  blake3_round<4>(v, m);
  blake3_round<5>(v, m);
  blake3_round<6>(v, m);
  SOUK_UNROLL
  for (int i = 0; i < 8; ++i) chain.word[i] = v[i] ^ v[i + 8];
}

/// 64 bytes at `from`, which is 16-byte aligned, as words.
SOUK_HOST_DEVICE inline void load_block(const std::uint8_t* from, std::uint32_t (&m)[16]) {
#ifdef __CUDA_ARCH__
  SOUK_UNROLL
  for (int i = 0; i < 4; ++i) {
    const uint4 v = reinterpret_cast<const uint4*>(from)[i];
    m[4 * i] = v.x;
    m[4 * i + 1] = v.y;
    m[4 * i + 2] = v.z;
    m[4 * i + 3] = v.w;
  }
#else
  std::memcpy(m, from, sizeof m);
#endif
}

inline constexpr int chunk_bytes = 1024;  ///< of BLAKE3; a leaf of a state, or 128 values of a sweep

/// Chaining value of chunk number `index`: the 1024 bytes at `from`.
SOUK_HOST_DEVICE inline Digest chunk_value(const std::uint8_t* from, std::uint64_t index) {
  using namespace capacity::blake3_constants;
  Digest chain;
  blake3_start(chain);
  constexpr int blocks = chunk_bytes / 64;
#ifdef __CUDA_ARCH__
#pragma unroll 1
#endif
  for (int block = 0; block < blocks; ++block) {
    std::uint32_t m[16];
    load_block(from + block * 64, m);
    const std::uint32_t flags = (block == 0 ? chunk_start : 0u) | (block == blocks - 1 ? chunk_end : 0u);
    blake3_compress(chain, m, index, 64, flags);
  }
  return chain;
}

/// Chaining value of a parent; with `root`, the hash of the whole input.
SOUK_HOST_DEVICE inline Digest parent_value(const Digest& left, const Digest& right, bool root) {
  using namespace capacity::blake3_constants;
  std::uint32_t m[16];
  SOUK_UNROLL
  for (int i = 0; i < 8; ++i) {
    m[i] = left.word[i];
    m[i + 8] = right.word[i];
  }
  Digest chain;
  blake3_start(chain);
  blake3_compress(chain, m, 0, 64, parent_node | (root ? root_node : 0u));
  return chain;
}

/// H("gpoc/h/v2"; previous || state_hash), h_t of the chain over states: one chunk of 73 bytes.
SOUK_HOST_DEVICE inline Digest state_link(const Digest& previous, const Digest& state_hash) {
  using namespace capacity::blake3_constants;
  std::uint32_t text[16];  // what follows the tag
  SOUK_UNROLL
  for (int i = 0; i < 8; ++i) {
    text[i] = previous.word[i];
    text[i + 8] = state_hash.word[i];
  }
  // The tag's 9 bytes are two words and one byte, so that every later word straddles two of the text's.
  std::uint32_t first[16] = {0x636f7067u, 0x762f682fu, '2' | text[0] << 8};
  SOUK_UNROLL
  for (int i = 3; i < 16; ++i) first[i] = text[i - 3] >> 24 | text[i - 2] << 8;
  const std::uint32_t second[16] = {text[13] >> 24 | text[14] << 8, text[14] >> 24 | text[15] << 8,
                                    text[15] >> 24};
  Digest chain;
  blake3_start(chain);
  blake3_compress(chain, first, 0, 64, chunk_start);
  blake3_compress(chain, second, 0, 9, chunk_end | root_node);
  return chain;
}

SOUK_HOST_DEVICE inline void chacha_quarter(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c,
                                            std::uint32_t& d) {
  a += b;
  d = rotate_right(d ^ a, 16);
  c += d;
  b = rotate_right(b ^ c, 20);
  a += b;
  d = rotate_right(d ^ a, 24);
  c += d;
  b = rotate_right(b ^ c, 25);
}

/// Block `counter` of the stream ChaCha8(key).
SOUK_HOST_DEVICE inline void chacha8_block(const Digest& key, std::uint64_t counter,
                                           std::uint32_t (&out)[16]) {
  // "expand 32-byte k"
  const std::uint32_t input[16] = {0x61707865u,
                                   0x3320646eu,
                                   0x79622d32u,
                                   0x6b206574u,
                                   key.word[0],
                                   key.word[1],
                                   key.word[2],
                                   key.word[3],
                                   key.word[4],
                                   key.word[5],
                                   key.word[6],
                                   key.word[7],
                                   static_cast<std::uint32_t>(counter),
                                   static_cast<std::uint32_t>(counter >> 32),
                                   0,
                                   0};
  std::uint32_t v[16];
  SOUK_UNROLL
  for (int i = 0; i < 16; ++i) v[i] = input[i];
  SOUK_UNROLL
  for (int twice = 0; twice < 4; ++twice) {
    SOUK_UNROLL
    for (int i = 0; i < 4; ++i) chacha_quarter(v[i], v[i + 4], v[i + 8], v[i + 12]);
    SOUK_UNROLL
    for (int i = 0; i < 4; ++i)
      chacha_quarter(v[i], v[4 + (i + 1) % 4], v[8 + (i + 2) % 4], v[12 + (i + 3) % 4]);
  }
  SOUK_UNROLL
  for (int i = 0; i < 16; ++i) out[i] = v[i] + input[i];
}

}  // namespace souk::gpu
