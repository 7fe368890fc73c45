#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "actors/base/hash.hpp"
#include "actors/capacity/lanes.hpp"

/// BLAKE3 (its paper, 2020), hash mode, with the inside of its tree open: the proof of capacity commits to
/// states by their BLAKE3 hash and opens single chunks of them (gpu-capacity.md section 5, "Paths").
namespace souk::capacity {

inline constexpr std::size_t blake3_chunk_bytes = 1024;

/// The 32-byte hash of everything added, piece by piece.
class Blake3 {
 public:
  void add(std::span<const std::uint8_t> bytes);
  void add(std::string_view text);
  Hash finish() const;

 private:
  /// Hashes whole chunks where they lie, as long as more bytes follow; returns what is left.
  std::span<const std::uint8_t> add_chunks(std::span<const std::uint8_t> bytes);
  void close_chunk();
  void push(Hash chunk);

  std::vector<Hash> stack_;  ///< chaining values of finished subtrees, largest first
  std::uint64_t chunks_ = 0;
  std::vector<std::uint8_t> open_;  ///< bytes of the chunk being filled
};

Hash blake3(std::span<const std::uint8_t> bytes);

/// Chaining value (32 bytes) of chunk number `index`, at most 1024 bytes, that is not the whole input.
Hash chunk_value(std::span<const std::uint8_t> chunk, std::uint64_t index);
/// Chaining value of a parent; with `root`, the hash of the whole input.
Hash parent_value(const Hash& left, const Hash& right, bool root);

/// Chaining values of full chunks that follow each other, `first_index` on, many at once.
/// REQUIRES: full_chunks.size() == values.size() * 1024.
void chunk_values(std::span<const std::uint8_t> full_chunks, std::uint64_t first_index,
                  std::span<Hash> values, LanePath path = best_lane_path());

/// A full chunk, wherever it lies.
struct ChunkAt {
  const std::uint8_t* bytes = nullptr;  ///< 1024 of them
  std::uint64_t index = 0;              ///< its number in its input
};
/// Chaining values of full chunks from different places. REQUIRES: equal lengths.
void chunk_values(std::span<const ChunkAt> chunks, std::span<Hash> values, LanePath path = best_lane_path());
/// values[i] is the parent, not the root, of children[2i] and children[2i + 1].
/// REQUIRES: children.size() == 2 * values.size(); they do not overlap.
void parent_values(std::span<const Hash> children, std::span<Hash> values, LanePath path = best_lane_path());

/// The tree over `leaves` chaining values: for m > 1 nodes the left subtree holds the largest power of two <
/// m. REQUIRES: at least 2 leaves.
Hash tree_root(std::span<const Hash> leaves);

/// Siblings of leaf `leaf`, from the leaf to the root. REQUIRES: leaf < leaves.size().
std::vector<Hash> tree_path(std::span<const Hash> leaves, std::size_t leaf);
/// Number of siblings of leaf `leaf` in a tree of `leaves` leaves (both up to 2^40).
std::size_t path_length(std::uint64_t leaves, std::uint64_t leaf);
/// The root that `value` as leaf `leaf` of `leaves` and these siblings lead to.
/// REQUIRES: path.size() == path_length(leaves, leaf), which is at least 1.
Hash root_of_path(const Hash& value, std::uint64_t leaf, std::uint64_t leaves, std::span<const Hash> path);

/// A leaf's chaining value, its number, and its siblings from the leaf to the root.
struct OpenedLeaf {
  Hash value{};
  std::uint64_t leaf = 0;
  std::span<const Hash> path;
};
/// root_of_path for many leaves of trees of `leaves` leaves, many at once: roots[i] belongs to opened[i].
/// REQUIRES: equal lengths; leaves a power of two, at least 2; every path of log2(leaves) siblings.
void roots_of_paths(std::span<const OpenedLeaf> opened, std::uint64_t leaves, std::span<Hash> roots,
                    LanePath path = best_lane_path());

}  // namespace souk::capacity
