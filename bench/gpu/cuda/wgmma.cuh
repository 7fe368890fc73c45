#pragma once

#include <cstdint>

#include "bench/gpu/cuda/tile.hpp"
#include "bench/gpu/operands.hpp"

// The sm_90a instructions of the wgmma path, one function each (PTX ISA 8.0 and later).
namespace souk::gpu {

#if !defined(__CUDA_ARCH__) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
#define SOUK_HAS_WGMMA 1
#else
#define SOUK_HAS_WGMMA 0
#endif

#if SOUK_HAS_WGMMA
inline constexpr int wgmma_rows = 64;    ///< of one instruction
inline constexpr int wgmma_words = 128;  ///< results per thread: 64 x 256 over 128 threads

/// Results of one warpgroup: thread t of it holds, for each block j of 8 columns, words 4j and 4j + 1 of row
/// 16 (t / 32) + t % 32 / 4, columns 8j + 2 (t % 4) and the next, and words 4j + 2, 4j + 3 of 8 rows further.
using WgmmaResults = std::uint32_t[wgmma_words];

/// Shared-memory descriptor of a tile of 128-byte rows in the 128-byte swizzle, K-major: address / 16 in bits
/// 0-13, 1024 bytes from one group of 8 rows to the next (/ 16, bits 32-45), swizzle mode 1 (bits 62-63). A
/// slice of 32 bytes of K further is the descriptor + 2. REQUIRES: the tile is 1024-byte aligned.
__device__ __forceinline__ std::uint64_t wgmma_descriptor(std::uint32_t shared) {
  return (std::uint64_t{shared & 0x3FFFFu} >> 4) | (std::uint64_t{1} << 16) | (std::uint64_t{64} << 32) |
         (std::uint64_t{1} << 62);
}
inline constexpr int wgmma_slice = instruction_bytes / 16;

// clang-format off
#define SOUK_WGMMA_NAMES \
  "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
  "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
  "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
  "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, " \
  "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, " \
  "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, " \
  "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, " \
  "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127"
#define SOUK_WGMMA_RESULTS \
  "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3]), "+r"(d[4]), "+r"(d[5]), "+r"(d[6]), "+r"(d[7]), \
  "+r"(d[8]), "+r"(d[9]), "+r"(d[10]), "+r"(d[11]), "+r"(d[12]), "+r"(d[13]), "+r"(d[14]), "+r"(d[15]), \
  "+r"(d[16]), "+r"(d[17]), "+r"(d[18]), "+r"(d[19]), "+r"(d[20]), "+r"(d[21]), "+r"(d[22]), "+r"(d[23]), \
  "+r"(d[24]), "+r"(d[25]), "+r"(d[26]), "+r"(d[27]), "+r"(d[28]), "+r"(d[29]), "+r"(d[30]), "+r"(d[31]), \
  "+r"(d[32]), "+r"(d[33]), "+r"(d[34]), "+r"(d[35]), "+r"(d[36]), "+r"(d[37]), "+r"(d[38]), "+r"(d[39]), \
  "+r"(d[40]), "+r"(d[41]), "+r"(d[42]), "+r"(d[43]), "+r"(d[44]), "+r"(d[45]), "+r"(d[46]), "+r"(d[47]), \
  "+r"(d[48]), "+r"(d[49]), "+r"(d[50]), "+r"(d[51]), "+r"(d[52]), "+r"(d[53]), "+r"(d[54]), "+r"(d[55]), \
  "+r"(d[56]), "+r"(d[57]), "+r"(d[58]), "+r"(d[59]), "+r"(d[60]), "+r"(d[61]), "+r"(d[62]), "+r"(d[63]), \
  "+r"(d[64]), "+r"(d[65]), "+r"(d[66]), "+r"(d[67]), "+r"(d[68]), "+r"(d[69]), "+r"(d[70]), "+r"(d[71]), \
  "+r"(d[72]), "+r"(d[73]), "+r"(d[74]), "+r"(d[75]), "+r"(d[76]), "+r"(d[77]), "+r"(d[78]), "+r"(d[79]), \
  "+r"(d[80]), "+r"(d[81]), "+r"(d[82]), "+r"(d[83]), "+r"(d[84]), "+r"(d[85]), "+r"(d[86]), "+r"(d[87]), \
  "+r"(d[88]), "+r"(d[89]), "+r"(d[90]), "+r"(d[91]), "+r"(d[92]), "+r"(d[93]), "+r"(d[94]), "+r"(d[95]), \
  "+r"(d[96]), "+r"(d[97]), "+r"(d[98]), "+r"(d[99]), "+r"(d[100]), "+r"(d[101]), "+r"(d[102]), "+r"(d[103]), \
  "+r"(d[104]), "+r"(d[105]), "+r"(d[106]), "+r"(d[107]), "+r"(d[108]), "+r"(d[109]), "+r"(d[110]), "+r"(d[111]), \
  "+r"(d[112]), "+r"(d[113]), "+r"(d[114]), "+r"(d[115]), "+r"(d[116]), "+r"(d[117]), "+r"(d[118]), "+r"(d[119]), \
  "+r"(d[120]), "+r"(d[121]), "+r"(d[122]), "+r"(d[123]), "+r"(d[124]), "+r"(d[125]), "+r"(d[126]), "+r"(d[127])
// `keep` is 0 for the first product of a sum, which then replaces what d held.
#define SOUK_WGMMA(instruction, modifiers)                                                      \
  asm volatile("{\n.reg .pred keep;\nsetp.ne.b32 keep, %130, 0;\n" instruction                   \
               " {" SOUK_WGMMA_NAMES "}, %128, %129, keep" modifiers ";\n}\n"                   \
               : SOUK_WGMMA_RESULTS : "l"(a), "l"(b), "r"(keep))
// clang-format on

/// d = a * b^T (+ d if keep), 64 x 256 over 32 bytes of K. All threads of a warpgroup.
template <Type type>
__device__ __forceinline__ void wgmma(WgmmaResults& d, std::uint64_t a, std::uint64_t b, int keep) {
  if constexpr (type == Type::bf16) {
    SOUK_WGMMA("wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16", ", 1, 1, 0, 0");
  } else if constexpr (type == Type::fp16) {
    SOUK_WGMMA("wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16", ", 1, 1, 0, 0");
  } else if constexpr (type == Type::int8) {
    SOUK_WGMMA("wgmma.mma_async.sync.aligned.m64n256k32.s32.s8.s8", "");
  } else {
    SOUK_WGMMA("wgmma.mma_async.sync.aligned.m64n256k32.f32.e4m3.e4m3", ", 1, 1");
  }
}

/// Keeps the compiler from moving uses of `d` across this point: it cannot see that wgmma writes later.
__device__ __forceinline__ void pin_results(WgmmaResults& d) {
#pragma unroll
  for (int i = 0; i < wgmma_words; ++i) asm volatile("" : "+r"(d[i])::"memory");
}

/// Before the first wgmma that touches registers or shared memory written by other instructions.
__device__ __forceinline__ void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ __forceinline__ void wgmma_commit() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
template <int still_running>
__device__ __forceinline__ void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(still_running) : "memory");
}

template <int count>
__device__ __forceinline__ void take_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(count));
}
template <int count>
__device__ __forceinline__ void give_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(count));
}

__device__ __forceinline__ std::uint32_t shared_address(const void* pointer) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(pointer));
}

// Barriers in shared memory, named by their 32-bit shared address.
__device__ __forceinline__ void barrier_init(std::uint32_t barrier, int arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals) : "memory");
}
__device__ __forceinline__ void barrier_init_fence() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}
/// One arrival, and `bytes` more to come by TMA, before the phase ends.
__device__ __forceinline__ void barrier_expect(std::uint32_t barrier, int bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes)
               : "memory");
}
/// One arrival at the same barrier of block `block` of the cluster.
__device__ __forceinline__ void barrier_arrive(std::uint32_t barrier, std::uint32_t block) {
  asm volatile(
      "{\n.reg .b32 there;\nmapa.shared::cluster.u32 there, %0, %1;\n"
      "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [there];\n}\n" ::"r"(barrier),
      "r"(block)
      : "memory");
}
/// Waits until the phase of `parity` is over. A fresh barrier counts as having finished one of parity 1.
__device__ __forceinline__ void barrier_wait(std::uint32_t barrier, std::uint32_t parity) {
  asm volatile(
      "{\n.reg .pred done;\nagain:\n"
      "mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 done, [%0], %1;\n"
      "@!done bra again;\n}\n" ::"r"(barrier),
      "r"(parity)
      : "memory");
}
__device__ __forceinline__ void cluster_sync() {
  asm volatile("barrier.cluster.arrive.release;\nbarrier.cluster.wait.acquire;" ::: "memory");
}
__device__ __forceinline__ std::uint32_t block_in_cluster() {
  std::uint32_t rank;
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}

/// Brings the box at (byte, row) of `map` to `to`, and reports its bytes to `barrier`.
__device__ __forceinline__ void tma_load(std::uint32_t to, const void* map, std::uint32_t barrier, int byte,
                                         int row) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4}], "
      "[%2];" ::"r"(to),
      "l"(map), "r"(barrier), "r"(byte), "r"(row)
      : "memory");
}
/// The same into both blocks of the cluster, at the same offsets, each reporting to its own barrier.
__device__ __forceinline__ void tma_load_both(std::uint32_t to, const void* map, std::uint32_t barrier,
                                              int byte, int row) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [%0], "
      "[%1, {%3, %4}], [%2], %5;" ::"r"(to),
      "l"(map), "r"(barrier), "r"(byte), "r"(row), "h"(static_cast<std::uint16_t>(3))
      : "memory");
}
/// Makes ordinary writes to shared memory visible to wgmma and TMA.
__device__ __forceinline__ void async_proxy_fence() {
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}
#endif  // SOUK_HAS_WGMMA

}  // namespace souk::gpu
