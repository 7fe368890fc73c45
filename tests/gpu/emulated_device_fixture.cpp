#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

#include "actors/capacity/int8_product.hpp"
#include "tests/gpu/emulated_device.hpp"

namespace souk::gpu::test {
namespace {

using capacity::RoundKeys;

/// A warp's or warpgroup's operands with rows of k bytes, and what the tensor instructions make of them. The
/// sums are exact, so that the order of K does not matter.
struct Operands {
  std::vector<std::int8_t> a;
  std::vector<std::int8_t> b;

  std::vector<std::int32_t> product(std::size_t rows, std::size_t columns, std::size_t k) const {
    std::vector<std::int32_t> c(rows * columns);
    capacity::multiply(a, b, c, rows, columns, k);
    return c;
  }
};

/// A block of the mma path in the shape with `columns` columns.
class MmaBlock {
 public:
  MmaBlock(const RoundArguments& round, TileIndex tile, int columns)
      : round_(round), keys_(round_keys(round)), tile_(tile), columns_(columns) {}

  void run() const {
    const int k = static_cast<int>(round_.k);
    const int warp_columns = columns_ / mma_warps_across;
    std::vector<Operands> warps(mma_threads / 32);
    for (Operands& warp : warps) {
      warp.a.resize(static_cast<std::size_t>(mma_warp_rows * k));
      warp.b.resize(static_cast<std::size_t>(warp_columns * k));
    }
    for (int step = 0; step < k / mma_step_bytes; ++step) {
      const std::vector<std::uint8_t> stage = filled_stage(step);
      for (int warp = 0; warp < mma_threads / 32; ++warp) read_fragments(stage, step, warp, warps);
    }
    for (int warp = 0; warp < mma_threads / 32; ++warp) store(warp, warps[static_cast<std::size_t>(warp)]);
  }

 private:
  /// A stage as ShuffledSource and fill_stage of the kernel fill it.
  std::vector<std::uint8_t> filled_stage(int step) const {
    std::vector<std::uint8_t> stage(static_cast<std::size_t>((tile_rows + columns_) * mma_step_bytes));
    const std::uint32_t byte = static_cast<std::uint32_t>(step * mma_step_bytes);
    const std::uint32_t row = shuffled_row(keys_, static_cast<std::uint32_t>(tile_.row * tile_rows), byte);
    const std::size_t k = round_.k;
    for (int thread = 0; thread < mma_threads; ++thread) {
      const MmaFillPlace place = mma_fill_place(thread);
      const std::size_t own =
          static_cast<std::size_t>(place.row) * k + static_cast<std::size_t>(place.chunk) * 16;
      const std::uint8_t* a = round_.state + row * k + own + byte;
      const std::uint8_t* b =
          round_.bt + static_cast<std::size_t>(tile_.column) * static_cast<std::size_t>(columns_) * k + own +
          byte;
      for (int i = 0; i < (tile_rows + columns_) / mma_fill_rows; ++i) {
        const int of_a = tile_rows / mma_fill_rows;
        const std::uint8_t* from = i < of_a ? a + static_cast<std::size_t>(i * mma_fill_rows) * k
                                            : b + static_cast<std::size_t>((i - of_a) * mma_fill_rows) * k;
        std::memcpy(&stage[static_cast<std::size_t>(mma_offset(place.row, place.chunk) +
                                                    i * mma_fill_rows * mma_step_bytes)],
                    from, 16);
      }
    }
    return stage;
  }

  /// Where ldmatrix finds row `row` (of 16 for A, of 8 per fragment for B), bytes 16 half.. of a slice: the
  /// address that lane gives which answers for it (tile.hpp, MmaReadPlace).
  void read_fragments(const std::vector<std::uint8_t>& stage, int step, int warp,
                      std::vector<Operands>& warps) const {
    const int warp_columns = columns_ / mma_warps_across;
    const std::size_t k = round_.k;
    Operands& to = warps[static_cast<std::size_t>(warp)];
    const auto copy = [&](std::vector<std::int8_t>& operand, int row, int chunk, int from) {
      std::memcpy(&operand[static_cast<std::size_t>(row) * k +
                           static_cast<std::size_t>(step * mma_step_bytes + chunk * 16)],
                  &stage[static_cast<std::size_t>(from)], 16);
    };
    for (int slice = 0; slice < mma_step_bytes / instruction_bytes; ++slice) {
      for (int lane = 0; lane < 32; ++lane) {
        const MmaReadPlace p = mma_read_place(warp * 32 + lane, warp_columns);
        // Matrix lane / 8 of ldmatrix: for A registers a[0..3] = (rows 0-7, first half), (8-15, first), (0-7,
        // second), (8-15, second); for B b[0], b[1] of one fragment, then of the next.
        const int matrix = lane / 8;
        const int a_address = mma_offset(p.a_row, 2 * slice + p.a_chunk);
        for (int i = 0; i < mma_warp_rows / 16; ++i)
          copy(to.a, i * 16 + matrix % 2 * 8 + lane % 8, 2 * slice + matrix / 2,
               a_address + i * 16 * mma_step_bytes);
        const int b_address = tile_rows * mma_step_bytes + mma_offset(p.b_row, 2 * slice + p.b_chunk);
        for (int j = 0; j < warp_columns / 8; j += 2)
          copy(to.b, (j + matrix / 2) * 8 + lane % 8, 2 * slice + matrix % 2,
               b_address + j * 8 * mma_step_bytes);
      }
    }
  }

  void store(int warp, const Operands& operands) const;

  const RoundArguments& round_;
  RoundKeys keys_;
  TileIndex tile_;
  int columns_;
};

/// finish_fragments for the four lanes of a quad in step, the shuffles between them done by hand. sums(lane,
/// word): the 16 words of a lane.
template <class Sums>
void finish_quad(const RoundArguments& round, const RoundKeys& keys, std::uint32_t row, std::uint32_t column,
                 int first_lane, Sums sums) {
  const RowMixing rows = row_mixing(keys, row);
  std::array<std::array<std::uint32_t, 16>, 4> words{};
  for (int t = 0; t < 4; ++t)
    for (int w = 0; w < 16; ++w) words[static_cast<std::size_t>(t)][static_cast<std::size_t>(w)] = sums(t, w);
  // A lane's exchange needs what the others send at the same time, so each of the two steps is first run with
  // exchanges that only record, then again with what was recorded.
  std::array<std::array<std::uint32_t, 4>, 4> sent{};
  for (int known = 0; known <= 4; known += 2) {
    for (int t = 0; t < 4; ++t) {
      int call = 0;
      const auto exchange = [&](std::uint32_t word, int bit) {
        const auto here = static_cast<std::size_t>(call++);
        sent[static_cast<std::size_t>(t)][here] = word;
        return sent[static_cast<std::size_t>(t ^ bit)][here];
      };
      finish_fragments(round, keys, rows, row, column, first_lane + t,
                       words[static_cast<std::size_t>(t)].data(), exchange);
    }
  }
}

void MmaBlock::store(int warp, const Operands& operands) const {
  const int warp_columns = columns_ / mma_warps_across;
  const auto c = operands.product(mma_warp_rows, static_cast<std::size_t>(warp_columns), round_.k);
  for (int lane = 0; lane < 32; lane += 4) {
    const MmaStorePlace place = mma_store_place(warp * 32 + lane, warp_columns);
    for (int i = 0; i < mma_warp_rows / 16; ++i) {
      for (int j = 0; j < warp_columns / 8; j += 4) {
        // mma's C fragment: word w of lane 4 g + t is row g + 8 (w / 2), column 2 t + w % 2.
        const auto sums = [&](int t, int word) {
          const int row = i * 16 + lane / 4 + word % 4 / 2 * 8;
          const int column = (j + word / 4) * 8 + 2 * t + word % 2;
          return static_cast<std::uint32_t>(c[static_cast<std::size_t>(row * warp_columns + column)]);
        };
        finish_quad(round_, keys_, static_cast<std::uint32_t>(tile_.row * tile_rows + place.row + i * 16),
                    static_cast<std::uint32_t>(tile_.column * columns_ + place.column + j * 8), lane, sums);
      }
    }
  }
}

/// A 128 x 256 tile of the wgmma path: boxes of 128 rows from the shuffled row on, 64 rows per warpgroup.
void wgmma_tile(const RoundArguments& round, TileIndex tile) {
  const RoundKeys keys = round_keys(round);
  const std::size_t k = round.k;
  Operands operands;
  operands.a.resize(tile_rows * k);
  operands.b.resize(tile_columns * k);
  for (std::size_t byte = 0; byte < k; byte += wgmma_step_bytes) {
    const std::uint32_t first = shuffled_row(keys, static_cast<std::uint32_t>(tile.row * tile_rows),
                                             static_cast<std::uint32_t>(byte));
    for (std::size_t row = 0; row < tile_rows; ++row)
      std::memcpy(&operands.a[row * k + byte], round.state + (first + row) * k + byte, wgmma_step_bytes);
    for (std::size_t row = 0; row < tile_columns; ++row)
      std::memcpy(&operands.b[row * k + byte],
                  round.bt + (static_cast<std::size_t>(tile.column) * tile_columns + row) * k + byte,
                  wgmma_step_bytes);
  }
  const auto c = operands.product(tile_rows, tile_columns, k);
  for (int thread = 0; thread < 256; thread += 4) {
    const MmaStorePlace place = wgmma_store_place(thread);
    const int group_row = thread / 128 * 64;
    for (int j = 0; j < tile_columns / 8; j += 4) {
      // wgmma.cuh, WgmmaResults.
      const auto sums = [&](int t, int word) {
        const int row = group_row + thread % 128 / 32 * 16 + thread % 32 / 4 + word % 4 / 2 * 8;
        const int column = 8 * (j + word / 4) + 2 * t + word % 2;
        return static_cast<std::uint32_t>(c[static_cast<std::size_t>(row * tile_columns + column)]);
      };
      finish_quad(round, keys, static_cast<std::uint32_t>(tile.row * tile_rows + group_row + place.row),
                  static_cast<std::uint32_t>(tile.column * tile_columns + j * 8), thread % 32, sums);
    }
  }
}

/// A block of `threads` threads: one after another, which is one of the orders a barrier allows.
struct HostBlock {
  int threads;
  template <class Body>
  void each(Body body) const {
    for (int thread = 0; thread < threads; ++thread) body(thread);
  }
};

}  // namespace

void EmulatedDevice::Free::operator()(std::uint8_t* data) const { std::free(data); }

std::uint8_t* EmulatedDevice::allocate(std::uint64_t bytes, const std::string&) {
  // As on a GPU, what is allocated holds anything.
  const std::uint64_t rounded = (bytes + 255) / 256 * 256;
  auto* data = static_cast<std::uint8_t*>(std::aligned_alloc(256, rounded));
  if (data == nullptr) throw std::runtime_error("GPU 0: out of memory");
  std::memset(data, 0xA5, rounded);
  ++allocations_;
  memory_.push_back({std::unique_ptr<std::uint8_t[], Free>(data), bytes});
  return data;
}
std::uint64_t EmulatedDevice::allocated() const {
  std::uint64_t sum = 0;
  for (const Part& part : memory_) sum += part.bytes;
  return sum;
}

void EmulatedDevice::upload(std::uint8_t* to, std::span<const std::uint8_t> bytes) {
  std::ranges::copy(bytes, to);
}
void EmulatedDevice::download(std::span<std::uint8_t> to, const std::uint8_t* from) {
  std::copy_n(from, to.size(), to.begin());
}
void EmulatedDevice::copy(std::uint8_t* to, const std::uint8_t* from, std::uint64_t bytes) {
  std::copy_n(from, bytes, to);
}

void EmulatedDevice::stream(const Digest& key, std::uint64_t first_block, std::uint64_t blocks,
                            std::uint8_t* to) {
  for (std::uint64_t n = 0; n < blocks; ++n) {
    std::uint32_t words[16];
    chacha8_block(key, first_block + n, words);
    std::memcpy(to + n * 64, words, 64);
  }
}

void EmulatedDevice::round(const RoundArguments& round) {
  if (failing_ > 0 && --failing_ == 0)
    throw std::runtime_error("GPU 0: launch: kernel proof_round: emulated failure");
  const int rows = static_cast<int>(round.k) / tile_rows;
  const int width = machine_ == Machine::turing ? turing_columns : tile_columns;
  const int columns = static_cast<int>(round.k) / width;
  for (int id = 0; id < rows * columns; ++id) {
    const TileIndex tile = tile_of(id, rows, columns);
    if (machine_ == Machine::hopper)
      wgmma_tile(round, tile);
    else
      MmaBlock(round, tile, width).run();
  }
}

void EmulatedDevice::subtrees(const std::uint8_t* state, std::uint64_t count, Digest* subtrees) {
  std::vector<Digest> shared(subtree_leaves * 3 / 2);
  for (std::uint64_t n = 0; n < count; ++n)
    hash_subtree(HostBlock{subtree_leaves}, state, n, shared.data(), subtrees + n);
}
void EmulatedDevice::finish(const FinishArguments& finish) {
  std::vector<Digest> shared(finish_threads * 3 / 2);
  finish_state(HostBlock{finish_threads}, finish, shared.data());
}
void EmulatedDevice::chunks(const std::uint8_t* bytes, std::uint64_t count, Digest* values) {
  for (std::uint64_t i = 0; i < count; ++i) values[i] = chunk_value(bytes + i * chunk_bytes, i);
}
void EmulatedDevice::level(const Digest* below, std::uint64_t count, Digest* nodes) {
  for (std::uint64_t i = 0; i < (count + 1) / 2; ++i) nodes[i] = level_node(below, count, i);
}
void EmulatedDevice::gather(const GatherArguments& gather) {
  for (std::uint64_t n = 0; n < gather.count; ++n)
    for (int thread = 0; thread < gather_threads; ++thread) gather_part(gather, n, thread);
}

void EmulatedDevice::sweep(const SweepArguments& sweep) {
  std::vector<std::uint64_t> coefficients(segment_bytes / 8);
  for (int block = 0; block < coefficient_blocks; ++block)
    make_coefficients(sweep.link, block, coefficients.data());
  for (std::uint64_t segment = 0; segment < sweep.segments; ++segment) {
    const std::uint8_t* from = sweep.checkpoints + segment * segment_bytes;
    std::uint64_t sum = 0;
    for (int lane = 0; lane < 32; ++lane) {
      std::uint64_t own[2 * sweep_vectors];
      take_coefficients(coefficients.data(), lane, own);
      TwoWords words[sweep_vectors];
      for (int v = 0; v < sweep_vectors; ++v) std::memcpy(&words[v], from + 8 * sweep_word(lane, v), 16);
      sum += lane_value(words, own);
    }
    sweep.values[segment] = sum;
  }
}

}  // namespace souk::gpu::test
