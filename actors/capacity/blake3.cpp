#include "actors/capacity/blake3.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/capacity/blake3_constants.hpp"

namespace souk::capacity {
namespace {

using namespace blake3_constants;
using Words8 = std::array<std::uint32_t, 8>;
using Words16 = std::array<std::uint32_t, 16>;

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

/// Always inline: with the words in memory a compression takes three times as long.
[[gnu::always_inline]] inline void mix_column(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c,
                                              std::uint32_t& d, std::uint32_t x, std::uint32_t y) {
  a += b + x;
  d = std::rotr(d ^ a, 16);
  c += d;
  b = std::rotr(b ^ c, 12);
  a += b + y;
  d = std::rotr(d ^ a, 8);
  c += d;
  b = std::rotr(b ^ c, 7);
}

template <std::size_t round>
[[gnu::always_inline]] inline void mix_round(Words16& v, const Words16& m) {
  constexpr auto& word = schedule[round];
  mix_column(v[0], v[4], v[8], v[12], m[word[0]], m[word[1]]);
  mix_column(v[1], v[5], v[9], v[13], m[word[2]], m[word[3]]);
  mix_column(v[2], v[6], v[10], v[14], m[word[4]], m[word[5]]);
  mix_column(v[3], v[7], v[11], v[15], m[word[6]], m[word[7]]);
  mix_column(v[0], v[5], v[10], v[15], m[word[8]], m[word[9]]);
  mix_column(v[1], v[6], v[11], v[12], m[word[10]], m[word[11]]);
  mix_column(v[2], v[7], v[8], v[13], m[word[12]], m[word[13]]);
  mix_column(v[3], v[4], v[9], v[14], m[word[14]], m[word[15]]);
}

/// The compression function (paper, section 2.2) cut to its first 8 words.
Words8 compress(const Words8& chain, const Words16& m, std::uint64_t counter, std::uint32_t length,
                std::uint32_t flags) {
  const Words8& iv = initial_value;
  const auto low = static_cast<std::uint32_t>(counter);
  const auto high = static_cast<std::uint32_t>(counter >> 32);
  Words16 v = {chain[0], chain[1], chain[2], chain[3], chain[4], chain[5], chain[6], chain[7],
               iv[0],    iv[1],    iv[2],    iv[3],    low,      high,     length,   flags};
  mix_round<0>(v, m);
  mix_round<1>(v, m);
  mix_round<2>(v, m);
  mix_round<3>(v, m);
  mix_round<4>(v, m);
  mix_round<5>(v, m);
  mix_round<6>(v, m);
  Words8 out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = v[i] ^ v[i + 8];
  return out;
}

Words16 full_block(const std::uint8_t* bytes) {
  Words16 words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = load_word(bytes + 4 * i);
  return words;
}

/// A block of up to 64 bytes as words, padded with zeros.
Words16 block_of(std::span<const std::uint8_t> bytes) {
  if (bytes.size() == block_bytes) return full_block(bytes.data());
  std::array<std::uint8_t, block_bytes> padded{};
  std::copy(bytes.begin(), bytes.end(), padded.begin());
  return full_block(padded.data());
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

constexpr HashLanes full_chunk_shape = {
    .first_flags = chunk_start, .last_flags = chunk_end, .blocks = blake3_chunk_bytes / block_bytes};
constexpr HashLanes parent_shape = {.first_flags = parent_node, .last_flags = 0, .blocks = 1};

/// The one lane of the scalar path.
void hash_one(const HashLanes& in, Hash* value) {
  Words8 chain = initial_value;
  for (std::size_t block = 0; block < in.blocks; ++block) {
    const std::uint32_t flags =
        (block == 0 ? in.first_flags : 0) | (block + 1 == in.blocks ? in.last_flags : 0);
    chain =
        compress(chain, full_block(in.inputs[0] + block * block_bytes), in.counters[0], block_bytes, flags);
  }
  *value = bytes_of(chain);
}

/// Kernels for the next of `left` inputs: no wider than they fill for the better part.
LaneKernels kernels_for(std::size_t left, LanePath path) {
  if (path == LanePath::avx512 && left <= 8) path = LanePath::avx2;
  if (left <= 2 || path == LanePath::scalar) return {1, hash_one, nullptr};
  return lane_kernels(path);
}

/// Hashes values.size() inputs of one shape; `set(lanes, lane, i)` puts input i in a lane. Lanes without an
/// input repeat the last one.
template <class Set>
void hash_each(HashLanes lanes, std::span<Hash> values, LanePath path, Set set) {
  std::array<Hash, max_lanes> batch;
  for (std::size_t first = 0; first < values.size();) {
    const LaneKernels kernels = kernels_for(values.size() - first, path);
    const std::size_t end = std::min(first + kernels.width, values.size());
    for (std::size_t lane = 0; lane < kernels.width; ++lane)
      set(lanes, lane, std::min(first + lane, end - 1));
    const bool full = end - first == kernels.width;
    kernels.hash(lanes, full ? &values[first] : batch.data());
    if (!full) std::copy_n(batch.begin(), end - first, &values[first]);
    first = end;
  }
}

void hash_pairs(const HashLanes& shape, std::span<const Hash> children, std::span<Hash> values,
                LanePath path) {
  hash_each(shape, values, path, [&](HashLanes& lanes, std::size_t lane, std::size_t i) {
    lanes.inputs[lane] = children[2 * i].data();  // the right child follows it in memory
  });
}

/// The level above; `level` has at least 3 nodes, so no parent is the root.
std::vector<Hash> parents_of(std::span<const Hash> level) {
  const std::size_t pairs = level.size() / 2;
  std::vector<Hash> parents((level.size() + 1) / 2);
  parent_values(level.first(2 * pairs), std::span(parents).first(pairs));
  if (level.size() % 2 != 0) parents.back() = level.back();
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

void chunk_values(std::span<const std::uint8_t> full_chunks, std::uint64_t first_index,
                  std::span<Hash> values, LanePath path) {
  SOUK_CHECK(full_chunks.size() == values.size() * blake3_chunk_bytes);
  hash_each(full_chunk_shape, values, path, [&](HashLanes& lanes, std::size_t lane, std::size_t i) {
    lanes.inputs[lane] = &full_chunks[i * blake3_chunk_bytes];
    lanes.counters[lane] = first_index + i;
  });
}

void chunk_values(std::span<const ChunkAt> chunks, std::span<Hash> values, LanePath path) {
  SOUK_CHECK(chunks.size() == values.size());
  hash_each(full_chunk_shape, values, path, [&](HashLanes& lanes, std::size_t lane, std::size_t i) {
    lanes.inputs[lane] = chunks[i].bytes;
    lanes.counters[lane] = chunks[i].index;
  });
}

void parent_values(std::span<const Hash> children, std::span<Hash> values, LanePath path) {
  SOUK_CHECK(children.size() == 2 * values.size());
  hash_pairs(parent_shape, children, values, path);
}

void Blake3::add(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    if (open_.size() == blake3_chunk_bytes) close_chunk();  // more follows: it is not the last one
    if (open_.empty() && bytes.size() > blake3_chunk_bytes) bytes = add_chunks(bytes);
    const std::size_t take = std::min(bytes.size(), blake3_chunk_bytes - open_.size());
    open_.insert(open_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(take));
    bytes = bytes.subspan(take);
  }
}

void Blake3::add(std::string_view text) {
  add(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::span<const std::uint8_t> Blake3::add_chunks(std::span<const std::uint8_t> bytes) {
  std::array<Hash, 4 * max_lanes> values;
  while (bytes.size() > blake3_chunk_bytes) {
    const std::size_t count = std::min(values.size(), (bytes.size() - 1) / blake3_chunk_bytes);
    const std::size_t taken = count * blake3_chunk_bytes;
    chunk_values(bytes.first(taken), chunks_, std::span(values).first(count));
    for (std::size_t i = 0; i < count; ++i) push(values[i]);
    bytes = bytes.subspan(taken);
  }
  return bytes;
}

void Blake3::close_chunk() {
  push(chunk_value(open_, chunks_));
  open_.clear();
}

void Blake3::push(Hash value) {
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
  if (bytes.size() <= blake3_chunk_bytes) return hash_chunk(bytes, 0, root_node);
  const std::size_t full = bytes.size() / blake3_chunk_bytes;
  const auto rest = bytes.subspan(full * blake3_chunk_bytes);
  std::vector<Hash> leaves(full);
  chunk_values(bytes.first(full * blake3_chunk_bytes), 0, leaves);
  if (!rest.empty()) leaves.push_back(chunk_value(rest, full));
  return tree_root(leaves);
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

void roots_of_paths(std::span<const OpenedLeaf> opened, std::uint64_t leaves, std::span<Hash> roots,
                    LanePath path) {
  SOUK_CHECK(opened.size() == roots.size() && leaves >= 2 && std::has_single_bit(leaves));
  const auto depth = static_cast<std::size_t>(std::countr_zero(leaves));
  for (std::size_t i = 0; i < opened.size(); ++i) {
    SOUK_CHECK(opened[i].leaf < leaves && opened[i].path.size() == depth);
    roots[i] = opened[i].value;
  }
  std::vector<Hash> children(2 * opened.size());
  HashLanes shape = parent_shape;
  for (std::size_t level = 0; level < depth; ++level) {
    for (std::size_t i = 0; i < opened.size(); ++i) {
      const std::size_t side = opened[i].leaf >> level & 1;
      children[2 * i + side] = roots[i];
      children[2 * i + 1 - side] = opened[i].path[level];
    }
    if (level + 1 == depth) shape.last_flags = root_node;
    hash_pairs(shape, children, roots, path);
  }
}

}  // namespace souk::capacity
