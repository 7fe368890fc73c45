#include "actors/capacity/blake3.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "actors/base/check.hpp"

namespace souk::capacity {
namespace {

using Words8 = std::array<std::uint32_t, 8>;
using Words16 = std::array<std::uint32_t, 16>;

constexpr std::size_t block_bytes = 64;

constexpr Words8 initial_value = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// Domain flags of a block (paper, table 3).
constexpr std::uint32_t chunk_start = 1;
constexpr std::uint32_t chunk_end = 2;
constexpr std::uint32_t parent_node = 4;
constexpr std::uint32_t root_node = 8;

/// What the message words of a round become in the next one (paper, table 2).
constexpr std::array<std::uint8_t, 16> message_permutation = {2, 6,  3,  10, 7, 0,  4,  13,
                                                              1, 11, 12, 5,  9, 14, 15, 8};
constexpr int rounds = 7;

std::uint32_t load_word(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
         std::uint32_t{bytes[3]} << 24;
}

Hash bytes_of(const Words8& words) {
  Hash bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
  return bytes;
}

void mix_column(Words16& v, std::size_t a, std::size_t b, std::size_t c, std::size_t d, std::uint32_t x,
                std::uint32_t y) {
  v[a] += v[b] + x;
  v[d] = std::rotr(v[d] ^ v[a], 16);
  v[c] += v[d];
  v[b] = std::rotr(v[b] ^ v[c], 12);
  v[a] += v[b] + y;
  v[d] = std::rotr(v[d] ^ v[a], 8);
  v[c] += v[d];
  v[b] = std::rotr(v[b] ^ v[c], 7);
}

void mix_round(Words16& v, const Words16& m) {
  mix_column(v, 0, 4, 8, 12, m[0], m[1]);
  mix_column(v, 1, 5, 9, 13, m[2], m[3]);
  mix_column(v, 2, 6, 10, 14, m[4], m[5]);
  mix_column(v, 3, 7, 11, 15, m[6], m[7]);
  mix_column(v, 0, 5, 10, 15, m[8], m[9]);
  mix_column(v, 1, 6, 11, 12, m[10], m[11]);
  mix_column(v, 2, 7, 8, 13, m[12], m[13]);
  mix_column(v, 3, 4, 9, 14, m[14], m[15]);
}

/// The compression function (paper, section 2.2) cut to its first 8 words.
Words8 compress(const Words8& chain, const Words16& block, std::uint64_t counter, std::uint32_t length,
                std::uint32_t flags) {
  Words16 v;
  std::copy(chain.begin(), chain.end(), v.begin());
  std::copy(initial_value.begin(), initial_value.begin() + 4, v.begin() + 8);
  v[12] = static_cast<std::uint32_t>(counter);
  v[13] = static_cast<std::uint32_t>(counter >> 32);
  v[14] = length;
  v[15] = flags;
  Words16 message = block;
  for (int round = 0; round < rounds; ++round) {
    mix_round(v, message);
    Words16 permuted;
    for (std::size_t i = 0; i < permuted.size(); ++i) permuted[i] = message[message_permutation[i]];
    message = permuted;
  }
  Words8 out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = v[i] ^ v[i + 8];
  return out;
}

/// A block of up to 64 bytes as words, padded with zeros.
Words16 block_of(std::span<const std::uint8_t> bytes) {
  std::array<std::uint8_t, block_bytes> padded{};
  std::copy(bytes.begin(), bytes.end(), padded.begin());
  Words16 words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = load_word(&padded[4 * i]);
  return words;
}

/// Chaining value of a chunk; `flags` go on its last block (root_node when it is the whole input).
Hash hash_chunk(std::span<const std::uint8_t> chunk, std::uint64_t index, std::uint32_t flags) {
  SOUK_CHECK(chunk.size() <= blake3_chunk_bytes);
  Words8 chain = initial_value;
  std::uint32_t start = chunk_start;
  while (chunk.size() > block_bytes) {
    chain = compress(chain, block_of(chunk.first(block_bytes)), index, block_bytes, start);
    chunk = chunk.subspan(block_bytes);
    start = 0;
  }
  return bytes_of(compress(chain, block_of(chunk), index, static_cast<std::uint32_t>(chunk.size()),
                           start | chunk_end | flags));
}

/// Whether node `node` of a level of `nodes` has a sibling: the last of an odd number moves up alone.
/// Pairing neighbours level by level gives exactly the tree whose left subtrees are the largest powers of
/// two: every subtree but the last of a level is full.
constexpr bool has_sibling(std::uint64_t nodes, std::uint64_t node) { return (node ^ 1) < nodes; }

/// The level above; `level` has at least 3 nodes, so no parent is the root.
std::vector<Hash> parents_of(std::span<const Hash> level) {
  std::vector<Hash> parents;
  parents.reserve((level.size() + 1) / 2);
  for (std::size_t i = 0; i + 1 < level.size(); i += 2)
    parents.push_back(parent_value(level[i], level[i + 1], false));
  if (level.size() % 2 != 0) parents.push_back(level.back());
  return parents;
}

}  // namespace

Hash chunk_value(std::span<const std::uint8_t> chunk, std::uint64_t index) {
  return hash_chunk(chunk, index, 0);
}

Hash parent_value(const Hash& left, const Hash& right, bool root) {
  Words16 block;
  for (std::size_t i = 0; i < 8; ++i) {
    block[i] = load_word(&left[4 * i]);
    block[i + 8] = load_word(&right[4 * i]);
  }
  return bytes_of(compress(initial_value, block, 0, block_bytes, parent_node | (root ? root_node : 0)));
}

void Blake3::add(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    if (open_.size() == blake3_chunk_bytes) close_chunk();  // more follows: it is not the last one
    const std::size_t take = std::min(bytes.size(), blake3_chunk_bytes - open_.size());
    open_.insert(open_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(take));
    bytes = bytes.subspan(take);
  }
}

void Blake3::add(std::string_view text) {
  add(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void Blake3::close_chunk() {
  Hash value = chunk_value(open_, chunks_);
  open_.clear();
  ++chunks_;
  // Two finished subtrees of the same size make one: as often as the number of chunks is even.
  for (std::uint64_t count = chunks_; count % 2 == 0; count /= 2) {
    value = parent_value(stack_.back(), value, false);
    stack_.pop_back();
  }
  stack_.push_back(value);
}

Hash Blake3::finish() const {
  if (chunks_ == 0) return hash_chunk(open_, 0, root_node);
  Hash value = chunk_value(open_, chunks_);
  for (std::size_t i = stack_.size(); i-- > 0;) value = parent_value(stack_[i], value, i == 0);
  return value;
}

Hash blake3(std::span<const std::uint8_t> bytes) {
  Blake3 hasher;
  hasher.add(bytes);
  return hasher.finish();
}

Hash tree_root(std::span<const Hash> leaves) {
  SOUK_CHECK(leaves.size() >= 2);
  std::vector<Hash> level;
  while (leaves.size() > 2) {
    level = parents_of(leaves);
    leaves = level;
  }
  return parent_value(leaves[0], leaves[1], true);
}

std::vector<Hash> tree_path(std::span<const Hash> leaves, std::size_t leaf) {
  SOUK_CHECK(leaf < leaves.size());
  std::vector<Hash> path;
  std::vector<Hash> level;
  while (leaves.size() > 1) {
    if (has_sibling(leaves.size(), leaf)) path.push_back(leaves[leaf ^ 1]);
    if (leaves.size() == 2) break;
    level = parents_of(leaves);
    leaves = level;
    leaf /= 2;
  }
  return path;
}

std::size_t path_length(std::uint64_t leaves, std::uint64_t leaf) {
  SOUK_CHECK(leaf < leaves);
  std::size_t length = 0;
  for (; leaves > 1; leaves = (leaves + 1) / 2, leaf /= 2)
    if (has_sibling(leaves, leaf)) ++length;
  return length;
}

Hash root_of_path(const Hash& value, std::uint64_t leaf, std::uint64_t leaves, std::span<const Hash> path) {
  SOUK_CHECK(!path.empty() && path.size() == path_length(leaves, leaf));
  Hash node = value;
  std::size_t used = 0;
  for (; leaves > 1; leaves = (leaves + 1) / 2, leaf /= 2) {
    if (!has_sibling(leaves, leaf)) continue;
    const Hash& sibling = path[used++];
    const bool root = leaves == 2;
    node = leaf % 2 == 0 ? parent_value(node, sibling, root) : parent_value(sibling, node, root);
  }
  return node;
}

}  // namespace souk::capacity
