#pragma once

#include <cstdint>

#include "bench/gpu/cuda/mma.cuh"
#include "bench/gpu/cuda/tile.hpp"
#include "bench/gpu/operands.hpp"

// One block's product by mma.sync, whatever its operands are taken from and its results go to. From sm_80: a
// ring of stages filled by cp.async, fragments fetched one slice ahead. sm_75: two stages filled through
// registers. Both read the same swizzled rows of 64 bytes.
namespace souk::gpu {

/// What one block of the mma path computes, and its ring of stages.
template <int columns_, int stages_>
struct MmaShape {
  static constexpr int columns = columns_;
  static constexpr int stages = stages_;
  static constexpr int warp_columns = columns / mma_warps_across;
  static constexpr int column_fragments = warp_columns / 8;
  static constexpr int stage_bytes = (tile_rows + columns) * mma_step_bytes;
  static constexpr int shared_bytes = stages * stage_bytes;
  static constexpr int a_loads = tile_rows / 64;  // 16-byte chunks per thread and stage: 64 rows a time
  static constexpr int b_loads = columns / 64;
};

inline constexpr int row_fragments = mma_warp_rows / 16;
inline constexpr int slices = mma_step_bytes / instruction_bytes;
static_assert(slices == 2, "the main loop alternates between two fragment buffers");

using AmpereShape = MmaShape<tile_columns, 4>;
using TuringShape = MmaShape<turing_columns, 2>;
static_assert(AmpereShape::shared_bytes <= 99 * 1024, "what sm_86, 89 and 120 give one block");
static_assert(TuringShape::shared_bytes <= 48 * 1024, "no opt-in needed");

/// The operands of one 32-byte slice of K for one warp.
template <class S>
struct Fragments {
  std::uint32_t a[row_fragments][4];
  std::uint32_t b[S::column_fragments][2];
};
template <class S>
using Results = std::uint32_t[row_fragments][S::column_fragments][4];

__device__ __forceinline__ void load_matrices(std::uint32_t (&r)[4], std::uint32_t address) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(address)
               : "memory");
}

/// Where this thread reads in a stage.
template <class S>
struct Reader {
  MmaReadPlace place = mma_read_place(static_cast<int>(threadIdx.x), S::warp_columns);

  __device__ __forceinline__ void read(Fragments<S>& f, std::uint32_t stage, int slice) const {
    const std::uint32_t a = stage + mma_offset(place.a_row, 2 * slice + place.a_chunk);
    const std::uint32_t b =
        stage + tile_rows * mma_step_bytes + mma_offset(place.b_row, 2 * slice + place.b_chunk);
#pragma unroll
    for (int i = 0; i < row_fragments; ++i) load_matrices(f.a[i], a + i * 16 * mma_step_bytes);
#pragma unroll
    for (int j = 0; j < S::column_fragments; j += 2) {
      std::uint32_t pair[4];
      load_matrices(pair, b + j * 8 * mma_step_bytes);
      f.b[j][0] = pair[0];
      f.b[j][1] = pair[1];
      f.b[j + 1][0] = pair[2];
      f.b[j + 1][1] = pair[3];
    }
  }
};

template <Type type, class S>
__device__ __forceinline__ void multiply_all(Results<S>& d, const Fragments<S>& f) {
#pragma unroll
  for (int i = 0; i < row_fragments; ++i)
#pragma unroll
    for (int j = 0; j < S::column_fragments; ++j) multiply<type>(d[i][j], f.a[i], f.b[j]);
}

/// Where this thread's first chunks of A and B of one step lie; its further ones are `stride` apart.
struct StepSource {
  const std::uint8_t* a;
  const std::uint8_t* b;
};

/// What this thread brings from device memory into each stage: chunk threadIdx % 4 of every 64th row. A
/// Source has `at`, `stride` and `offset` as this one, whose operands are two plain matrices.
struct PlainSource {
  const std::uint8_t* a;
  const std::uint8_t* b;
  std::size_t stride;    ///< from one of this thread's rows to its next
  std::uint32_t offset;  ///< its first chunk within a stage; the swizzle repeats every 8 rows

  __device__ PlainSource(const std::uint8_t* a_tile, const std::uint8_t* b_tile, int k_bytes) {
    const auto [row, chunk] = mma_fill_place(static_cast<int>(threadIdx.x));
    a = a_tile + static_cast<std::size_t>(row) * k_bytes + chunk * 16;
    b = b_tile + static_cast<std::size_t>(row) * k_bytes + chunk * 16;
    stride = std::size_t{64} * k_bytes;
    offset = static_cast<std::uint32_t>(mma_offset(row, chunk));
  }
  __device__ __forceinline__ StepSource at(int step) const {
    const std::size_t byte = static_cast<std::size_t>(step) * mma_step_bytes;
    return {a + byte, b + byte};
  }
};

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
__device__ __forceinline__ void copy_async(std::uint32_t to, const std::uint8_t* from) {
  asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16;" ::"r"(to), "l"(from) : "memory");
}
__device__ __forceinline__ void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int still_running>
__device__ __forceinline__ void wait_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(still_running) : "memory");
}

template <class S, class Source>
__device__ __forceinline__ void fill_stage(const Source& source, std::uint32_t stage, int step) {
  const StepSource from = source.at(step);
#pragma unroll
  for (int i = 0; i < S::a_loads; ++i)
    copy_async(stage + source.offset + i * 64 * mma_step_bytes, from.a + i * source.stride);
#pragma unroll
  for (int i = 0; i < S::b_loads; ++i)
    copy_async(stage + source.offset + (tile_rows + i * 64) * mma_step_bytes, from.b + i * source.stride);
}

/// Invariant: when step s starts, stage s is complete and visible, its slice 0 is in `even`, and nobody reads
/// stage s - 1 any more, so that step s may refill that slot.
template <Type type, class S, class Source>
__device__ __forceinline__ void main_loop(Results<S>& d, const Source& source, std::uint32_t shared,
                                          int steps) {
  constexpr int ahead = S::stages - 1;
  const Reader<S> reader;
#pragma unroll
  for (int step = 0; step < ahead; ++step) {  // steps >= ahead
    fill_stage<S>(source, shared + step * S::stage_bytes, step);
    commit_copies();
  }
  wait_copies<ahead - 1>();
  __syncthreads();
  Fragments<S> even;
  Fragments<S> odd;
  reader.read(even, shared, 0);
  int slot = 0;
  int refill = ahead;
  for (int step = 0; step < steps; ++step) {
    reader.read(odd, shared + slot * S::stage_bytes, 1);
    if (step + ahead < steps) fill_stage<S>(source, shared + refill * S::stage_bytes, step + ahead);
    commit_copies();  // empty at the end, so that the count below keeps its meaning
    multiply_all<type, S>(d, even);
    wait_copies<ahead - 1>();
    __syncthreads();
    slot = slot + 1 == S::stages ? 0 : slot + 1;
    refill = refill + 1 == S::stages ? 0 : refill + 1;
    if (step + 1 < steps) reader.read(even, shared + slot * S::stage_bytes, 0);
    multiply_all<type, S>(d, odd);
  }
}
#else
/// Turing has no cp.async: the next stage waits in registers while this one is multiplied.
template <Type type, class S, class Source>
__device__ __forceinline__ void main_loop(Results<S>& d, const Source& source, std::uint32_t shared,
                                          int steps) {
  extern __shared__ __align__(128) std::uint8_t bytes[];
  const Reader<S> reader;
  uint4 waiting[S::a_loads + S::b_loads];
  const auto fetch = [&](int step) {
    const StepSource from = source.at(step);
#pragma unroll
    for (int i = 0; i < S::a_loads; ++i)
      waiting[i] = __ldg(reinterpret_cast<const uint4*>(from.a + i * source.stride));
#pragma unroll
    for (int i = 0; i < S::b_loads; ++i)
      waiting[S::a_loads + i] = __ldg(reinterpret_cast<const uint4*>(from.b + i * source.stride));
  };
  const auto store = [&](int slot) {
#pragma unroll
    for (int i = 0; i < S::a_loads + S::b_loads; ++i)
      *reinterpret_cast<uint4*>(bytes + slot * S::stage_bytes + source.offset + i * 64 * mma_step_bytes) =
          waiting[i];
  };
  fetch(0);
  store(0);
  __syncthreads();
  for (int step = 0; step < steps; ++step) {
    if (step + 1 < steps) fetch(step + 1);
#pragma unroll
    for (int slice = 0; slice < slices; ++slice) {
      Fragments<S> f;
      reader.read(f, shared + step % 2 * S::stage_bytes, slice);
      multiply_all<type, S>(d, f);
    }
    if (step + 1 < steps) store((step + 1) % 2);  // last read a step ago, before the barrier
    __syncthreads();
  }
}
#endif

/// Whether this architecture runs this shape: Turing its own, all others the large one.
template <Type type, class S>
__device__ constexpr bool runs_here() {
#ifdef __CUDA_ARCH__
  return has_mma<type>() && (S::columns == turing_columns) == (__CUDA_ARCH__ < 800);
#else
  return true;
#endif
}

}  // namespace souk::gpu
