#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "actors/base/hash.hpp"

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
  void close_chunk();

  std::vector<Hash> stack_;  ///< chaining values of finished subtrees, largest first
  std::uint64_t chunks_ = 0;
  std::vector<std::uint8_t> open_;  ///< bytes of the chunk being filled
};

Hash blake3(std::span<const std::uint8_t> bytes);

/// Chaining value (32 bytes) of chunk number `index`, at most 1024 bytes, that is not the whole input.
Hash chunk_value(std::span<const std::uint8_t> chunk, std::uint64_t index);
/// Chaining value of a parent; with `root`, the hash of the whole input.
Hash parent_value(const Hash& left, const Hash& right, bool root);

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

}  // namespace souk::capacity
