#pragma once

#include <cstddef>
#include <cstdint>

#include "bench/gpu/cuda/proof_hash.hpp"

// BLAKE3's tree over a state or over the values of a sweep, as the kernels build and open it. Algorithms of a
// whole block are templates over `Block`, whose each(f) runs f(thread) for every thread and then waits for
// all of them: one loop on the CPU, one barrier on a GPU.
namespace souk::gpu {

inline constexpr int subtree_leaves = 256;  ///< hashed by one block, one thread per leaf
inline constexpr int finish_threads = 512;  ///< pairs of subtrees that the last block can take

/// Reduces the `count` values in `from` (a power of two) to one. to: room for count / 2 more.
template <class Block>
SOUK_HOST_DEVICE Digest* reduce_tree(const Block& block, Digest* from, Digest* to, int count, bool root) {
  for (int width = count / 2; width >= 1; width /= 2) {
    block.each([&](int thread) {
      if (thread < width)
        to[thread] = parent_value(from[2 * thread], from[2 * thread + 1], root && width == 1);
    });
    Digest* const last = from;
    from = to;
    to = last;
  }
  return from;
}

/// *out = value of the subtree over leaves subtree * subtree_leaves on of `state`. shared: 3/2
/// subtree_leaves.
template <class Block>
SOUK_HOST_DEVICE void hash_subtree(const Block& block, const std::uint8_t* state, std::uint64_t subtree,
                                   Digest* shared, Digest* out) {
  block.each([&](int thread) {
    const std::uint64_t leaf = subtree * subtree_leaves + static_cast<std::uint64_t>(thread);
    shared[thread] = chunk_value(state + leaf * chunk_bytes, leaf);
  });
  const Digest* value = reduce_tree(block, shared, shared + subtree_leaves, subtree_leaves, false);
  block.each([&](int thread) {
    if (thread == 0) *out = *value;
  });
}

/// What ends a state: d_t from its subtrees, h_t from h_{t-1} and d_t. All on the device.
struct FinishArguments {
  const Digest* subtrees = nullptr;
  int count = 0;                     ///< of them: a power of two, 4 to 2 * finish_threads
  const Digest* previous = nullptr;  ///< h_{t-1}; c for t = 0
  Digest* state_hash = nullptr;      ///< becomes d_t
  Digest* link = nullptr;            ///< becomes h_t
};
/// shared: 3/2 finish_threads.
template <class Block>
SOUK_HOST_DEVICE void finish_state(const Block& block, const FinishArguments& a, Digest* shared) {
  const int pairs = a.count / 2;
  block.each([&](int thread) {
    if (thread < pairs)
      shared[thread] = parent_value(a.subtrees[2 * thread], a.subtrees[2 * thread + 1], false);
  });
  const Digest* root = reduce_tree(block, shared, shared + finish_threads, pairs, true);
  block.each([&](int thread) {
    if (thread != 0) return;
    *a.state_hash = *root;
    *a.link = state_link(*a.previous, *root);
  });
}

/// All levels of a tree over any number of chunks, one after another: `count[0]` leaves, then their parents,
/// up to the root alone at `offset[levels]`. A level's odd last node is its own parent: that is BLAKE3's rule
/// that the left subtree is the largest power of two.
struct TreeShape {
  static constexpr int max_levels = 40;
  int levels = 0;  ///< below the root
  std::uint64_t offset[max_levels + 1] = {};
  std::uint64_t count[max_levels + 1] = {};

  std::uint64_t size() const { return offset[levels] + 1; }  ///< digests in all
};
/// REQUIRES: 2 <= leaves <= 2^40.
inline TreeShape tree_shape(std::uint64_t leaves) {
  TreeShape shape;
  shape.count[0] = leaves;
  while (shape.count[shape.levels] > 1) {
    const int level = shape.levels++;
    shape.count[level + 1] = (shape.count[level] + 1) / 2;
    shape.offset[level + 1] = shape.offset[level] + shape.count[level];
  }
  return shape;
}

/// Node `i` of a level from the `count` nodes of the level below.
SOUK_HOST_DEVICE inline Digest level_node(const Digest* below, std::uint64_t count, std::uint64_t i) {
  if (2 * i + 1 >= count) return below[2 * i];
  return parent_value(below[2 * i], below[2 * i + 1], count == 2);
}

/// What is copied out of a state or the values of a sweep: chunks and their paths.
struct GatherArguments {
  const std::uint8_t* bytes = nullptr;  ///< of which the tree's leaves are the chunks
  const Digest* tree = nullptr;
  TreeShape shape;
  const std::uint64_t* chunks = nullptr;  ///< their numbers
  std::uint64_t count = 0;
  std::uint8_t* out = nullptr;  ///< per chunk: its bytes, then shape.levels digests, of which the path fills
                                ///< the first
};
inline std::size_t gathered_bytes(const TreeShape& shape) {
  return chunk_bytes + static_cast<std::size_t>(shape.levels) * sizeof(Digest);
}
inline constexpr int gather_threads = 128;

struct alignas(16) SixteenBytes {
  std::uint32_t word[4];
};

/// Thread `thread` of gather_threads copies its part of chunk number `n` of the arguments.
SOUK_HOST_DEVICE inline void gather_part(const GatherArguments& a, std::uint64_t n, int thread) {
  const std::uint64_t chunk = a.chunks[n];
  const std::size_t slot = chunk_bytes + static_cast<std::size_t>(a.shape.levels) * sizeof(Digest);
  std::uint8_t* const out = a.out + n * slot;
  constexpr int chunk_parts = chunk_bytes / 16;
  if (thread < chunk_parts)
    reinterpret_cast<SixteenBytes*>(out)[thread] =
        reinterpret_cast<const SixteenBytes*>(a.bytes + chunk * chunk_bytes)[thread];
  // Siblings from the leaf to the root; a level where the node has none is left out.
  int place = 0;
  std::uint64_t node = chunk;
  for (int level = 0; level < a.shape.levels; ++level, node /= 2) {
    if ((node ^ 1) >= a.shape.count[level]) continue;
    if (thread == chunk_parts + place)
      reinterpret_cast<Digest*>(out + chunk_bytes)[place] = a.tree[a.shape.offset[level] + (node ^ 1)];
    ++place;
  }
}

}  // namespace souk::gpu
