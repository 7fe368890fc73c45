#include "sim/key_blocks.hpp"

namespace souk::sim {

KeyBlocks::KeyBlocks(const KeyBlocks& other) : free_(other.free_) {
  chunks_.reserve(other.chunks_.size());
  for (const auto& chunk : other.chunks_) chunks_.push_back(std::make_unique<Chunk>(*chunk));
}

void KeyBlocks::add_chunk() {
  const std::size_t first = chunks_.size() * chunk_blocks;
  SOUK_CHECK(first + chunk_blocks < none);
  // Left uninitialised: pages of a chunk that are never reached cost nothing.
  chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
  for (std::uint32_t i = chunk_blocks; i-- > 0;) release(static_cast<std::uint32_t>(first) + i);
}

}  // namespace souk::sim
