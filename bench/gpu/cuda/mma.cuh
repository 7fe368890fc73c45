#pragma once

#include <cstdint>

#include "bench/gpu/operands.hpp"

// One tensor instruction of 16 x 8 results over 32 bytes of K, the same for every type: lane 4g + t holds
//   a[0] row g, bytes 4t..4t+3      a[1] row g + 8      a[2], a[3] the same rows, 16 bytes further
//   b[0] column g, bytes 4t..4t+3   b[1] 16 bytes further
//   d[0], d[1] row g, columns 2t, 2t + 1                d[2], d[3] row g + 8
// (PTX ISA, "Matrix Fragments for mma"). d holds int32 or the bits of fp32.
namespace souk::gpu {

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
#define SOUK_MMA(instruction)                                                       \
  asm volatile(instruction " {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};" \
               : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])                     \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))
#endif

/// Whether this translation for one architecture has the instruction; a kernel without it traps.
template <Type type>
__device__ constexpr bool has_mma() {
#ifdef __CUDA_ARCH__
  // sm_90 only emulates fp8 here, its own is wgmma's; sm_100 to 110 run the code of sm_90.
  if constexpr (type == Type::fp8) return __CUDA_ARCH__ == 890 || __CUDA_ARCH__ >= 1200;
  return __CUDA_ARCH__ >= (type == Type::bf16 ? 800 : 750);
#else
  return true;
#endif
}

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
/// Turing: the same product from instructions over 16 bytes of K.
template <Type type>
__device__ __forceinline__ void multiply(std::uint32_t (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2]) {
  for (int half = 0; half < 2; ++half) {
    if constexpr (type == Type::fp16) {
      asm volatile(
          "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
          : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
          : "r"(a[2 * half]), "r"(a[2 * half + 1]), "r"(b[half]));
    } else if constexpr (type == Type::int8) {
      for (int rows = 0; rows < 2; ++rows)
        asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0,%1}, {%2}, {%3}, {%0,%1};"
                     : "+r"(d[2 * rows]), "+r"(d[2 * rows + 1])
                     : "r"(a[2 * half + rows]), "r"(b[half]));
    }
  }
}
#else
template <Type type>
__device__ __forceinline__ void multiply(std::uint32_t (&d)[4], const std::uint32_t (&a)[4],
                                         const std::uint32_t (&b)[2]) {
  if constexpr (type == Type::bf16) {
    SOUK_MMA("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32");
  } else if constexpr (type == Type::fp16) {
    SOUK_MMA("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32");
  } else if constexpr (type == Type::int8) {
    SOUK_MMA("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32");
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 890
  } else {
    SOUK_MMA("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32");
#endif
  }
}
#endif

}  // namespace souk::gpu
