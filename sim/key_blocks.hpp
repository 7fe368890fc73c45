#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "actors/base/check.hpp"
#include "sim/key.hpp"

namespace souk::sim {

/// Unordered bags of keys ("chains") that share one store of small blocks: a chain that grows never moves,
/// and a chain that is emptied feeds the others. At most one block per chain is partly filled.
class KeyBlocks {
 public:
  struct Chain {
    std::uint32_t tail = 0;  ///< last block; meaningful if count > 0
    std::uint32_t count = 0;
  };

  KeyBlocks() = default;
  KeyBlocks(const KeyBlocks& other);
  KeyBlocks& operator=(const KeyBlocks& other) { return *this = KeyBlocks(other); }
  KeyBlocks(KeyBlocks&&) noexcept = default;
  KeyBlocks& operator=(KeyBlocks&&) noexcept = default;
  ~KeyBlocks() = default;

  [[gnu::always_inline]] inline void push(Chain& chain, const Key& key) {
    const std::uint32_t place = chain.count % block_keys;
    if (place == 0) [[unlikely]]
      extend(chain);
    block(chain.tail).keys[place] = key;
    ++chain.count;
  }

  /// Calls visit on every key, and leaves the chain empty. `visit` may push to other chains.
  template <class Visit>
  void drain(Chain& chain, Visit&& visit) {
    while (chain.count > 0) {
      const std::uint32_t index = chain.tail;
      const Block& keys = block(index);
      const std::uint32_t filled = (chain.count - 1) % block_keys + 1;
      chain.count -= filled;
      chain.tail = previous(index);
      for (std::uint32_t i = 0; i < filled; ++i) visit(keys.keys[i]);
      release(index);
    }
  }

  /// Copies the keys to `out`, room for chain.count of them, and leaves the chain empty.
  void take(Chain& chain, Key* out) {
    while (chain.count > 0) {
      const std::uint32_t index = chain.tail;
      const std::uint32_t filled = (chain.count - 1) % block_keys + 1;
      std::memcpy(out, block(index).keys, filled * sizeof(Key));
      out += filled;
      chain.count -= filled;
      chain.tail = previous(index);
      release(index);
    }
  }

  /// Calls visit on every key.
  template <class Visit>
  void each(const Chain& chain, Visit&& visit) const {
    std::uint32_t index = chain.tail;
    for (std::uint32_t left = chain.count; left > 0; index = previous(index)) {
      const std::uint32_t filled = (left - 1) % block_keys + 1;
      left -= filled;
      for (std::uint32_t i = 0; i < filled; ++i) visit(block(index).keys[i]);
    }
  }

  std::size_t memory_bytes() const { return chunks_.size() * sizeof(Chunk); }

 private:
  static constexpr std::uint32_t block_keys = 16;
  static constexpr std::uint32_t chunk_blocks = 64;
  static constexpr std::uint32_t none = ~0u;
  struct alignas(64) Block {
    Key keys[block_keys];
  };
  struct Chunk {
    Block blocks[chunk_blocks];
    std::uint32_t previous[chunk_blocks];  ///< in a chain, or in the list of free blocks
  };

  Block& block(std::uint32_t index) { return chunks_[index / chunk_blocks]->blocks[index % chunk_blocks]; }
  const Block& block(std::uint32_t index) const {
    return chunks_[index / chunk_blocks]->blocks[index % chunk_blocks];
  }
  std::uint32_t& previous(std::uint32_t index) {
    return chunks_[index / chunk_blocks]->previous[index % chunk_blocks];
  }
  const std::uint32_t& previous(std::uint32_t index) const {
    return chunks_[index / chunk_blocks]->previous[index % chunk_blocks];
  }

  void extend(Chain& chain) {
    if (free_ == none) add_chunk();
    const std::uint32_t index = free_;
    free_ = previous(index);
    previous(index) = chain.tail;
    chain.tail = index;
  }
  void release(std::uint32_t index) {
    previous(index) = free_;
    free_ = index;
  }
  void add_chunk();

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::uint32_t free_ = none;
};

}  // namespace souk::sim
