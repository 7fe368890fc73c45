// A round of the proof by mma.sync: the bench's product, with A's rows taken from where the shuffle moved
// them, and every sum quantised to a byte before it leaves the registers.
#include <cuda_runtime.h>

#include "bench/gpu/cuda/mma_loop.cuh"
#include "bench/gpu/cuda/proof_kernels.hpp"

namespace souk::gpu {
namespace {

/// What this thread brings into each stage: B as in the bench, A's rows from the tile the shuffle names.
struct ShuffledSource {
  capacity::RoundKeys keys;
  const std::uint8_t* state;
  const std::uint8_t* b;
  std::size_t stride;
  std::uint32_t offset;
  std::uint32_t row;  ///< the tile's first
  std::uint32_t own;  ///< this thread's byte within a tile of the state

  __device__ ShuffledSource(const RoundArguments& round, const capacity::RoundKeys& keys_, TileIndex tile,
                            int columns)
      : keys(keys_), state(round.state), row(static_cast<std::uint32_t>(tile.row * tile_rows)) {
    const auto [first, chunk] = mma_fill_place(static_cast<int>(threadIdx.x));
    own = static_cast<std::uint32_t>(first) * round.k + static_cast<std::uint32_t>(chunk) * 16;
    b = round.bt + static_cast<std::size_t>(tile.column) * columns * round.k + own;
    stride = std::size_t{64} * round.k;
    offset = static_cast<std::uint32_t>(mma_offset(first, chunk));
  }
  __device__ __forceinline__ StepSource at(int step) const {
    const std::uint32_t byte = static_cast<std::uint32_t>(step) * mma_step_bytes;
    return {state + std::size_t{shuffled_row(keys, row, byte)} * keys.k() + own + byte, b + byte};
  }
};

template <class S>
__global__ void __launch_bounds__(mma_threads, 1) round_kernel(RoundArguments round) {
  if constexpr (!runs_here<Type::int8, S>()) {
    __trap();
  } else {
    extern __shared__ __align__(128) std::uint8_t bytes[];
    const int k = static_cast<int>(round.k);
    const TileIndex tile = tile_of(static_cast<int>(blockIdx.x), k / tile_rows, k / S::columns);
    const capacity::RoundKeys keys = round_keys(round);
    Results<S> d = {};
    main_loop<Type::int8, S>(d, ShuffledSource(round, keys, tile, S::columns),
                             static_cast<std::uint32_t>(__cvta_generic_to_shared(bytes)), k / mma_step_bytes);
    const int thread = static_cast<int>(threadIdx.x);
    const int lane = thread % 32;
    const MmaStorePlace place = mma_store_place(thread, S::warp_columns);
    const auto exchange = [](std::uint32_t word, int bit) { return __shfl_xor_sync(0xFFFFFFFFu, word, bit); };
#pragma unroll
    for (int i = 0; i < row_fragments; ++i) {
      const auto row = static_cast<std::uint32_t>(tile.row * tile_rows + place.row + i * 16);
      const RowMixing rows = row_mixing(keys, row);
#pragma unroll
      for (int j = 0; j < S::column_fragments; j += 4) {
        const int column = tile.column * S::columns + place.column - lane % 4 * 2 + j * 8;
        finish_fragments(round, keys, rows, row, static_cast<std::uint32_t>(column), lane, d[i][j], exchange);
      }
    }
  }
}

template <class S>
cudaError_t prepare() {
  return cudaFuncSetAttribute(round_kernel<S>, cudaFuncAttributeMaxDynamicSharedMemorySize, S::shared_bytes);
}

template <class S>
cudaError_t launch(const RoundArguments& round, cudaStream_t stream) {
  const unsigned tiles = round.k / tile_rows * (round.k / S::columns);
  round_kernel<S><<<tiles, mma_threads, S::shared_bytes, stream>>>(round);
  return cudaGetLastError();
}

}  // namespace

cudaError_t prepare_proof_round(int compute_capability) {
  return compute_capability < 80 ? prepare<TuringShape>() : prepare<AmpereShape>();
}

cudaError_t launch_proof_round(const RoundArguments& round, int compute_capability, cudaStream_t stream) {
  return compute_capability < 80 ? launch<TuringShape>(round, stream) : launch<AmpereShape>(round, stream);
}

}  // namespace souk::gpu
