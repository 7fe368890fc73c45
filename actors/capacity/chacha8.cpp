#include "actors/capacity/chacha8.hpp"

#include <algorithm>
#include <bit>

#include "actors/base/bytes.hpp"
#include "actors/capacity/mod61.hpp"

namespace souk::capacity {
namespace {

using Words16 = std::array<std::uint32_t, 16>;
using Block = std::array<std::uint8_t, ChaCha8::block_bytes>;

[[gnu::always_inline]] inline void quarter_round(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c,
                                                 std::uint32_t& d) {
  a += b;
  d = std::rotl(d ^ a, 16);
  c += d;
  b = std::rotl(b ^ c, 12);
  a += b;
  d = std::rotl(d ^ a, 8);
  c += d;
  b = std::rotl(b ^ c, 7);
}

[[gnu::always_inline]] inline void double_round(Words16& v) {
  quarter_round(v[0], v[4], v[8], v[12]);
  quarter_round(v[1], v[5], v[9], v[13]);
  quarter_round(v[2], v[6], v[10], v[14]);
  quarter_round(v[3], v[7], v[11], v[15]);
  quarter_round(v[0], v[5], v[10], v[15]);
  quarter_round(v[1], v[6], v[11], v[12]);
  quarter_round(v[2], v[7], v[8], v[13]);
  quarter_round(v[3], v[4], v[9], v[14]);
}

Block block_at(const std::array<std::uint32_t, 8>& key, std::uint64_t counter) {
  Words16 input{};
  std::copy(chacha8_constants.begin(), chacha8_constants.end(), input.begin());
  std::copy(key.begin(), key.end(), input.begin() + 4);
  input[12] = static_cast<std::uint32_t>(counter);
  input[13] = static_cast<std::uint32_t>(counter >> 32);
  Words16 v = input;
  double_round(v);
  double_round(v);
  double_round(v);
  double_round(v);
  Block block;
  for (std::size_t i = 0; i < block.size(); ++i)
    block[i] = static_cast<std::uint8_t>((v[i / 4] + input[i / 4]) >> (8 * (i % 4)));
  return block;
}

}  // namespace

ChaCha8::ChaCha8(const Hash& key) : key_{} {
  for (std::size_t i = 0; i < key.size(); ++i) key_[i / 4] |= std::uint32_t{key[i]} << (8 * (i % 4));
}

void ChaCha8::fill(std::uint64_t offset, std::span<std::uint8_t> out, LanePath path) const {
  const std::size_t skip = offset % block_bytes;
  std::uint64_t counter = offset / block_bytes;
  if (skip != 0) {
    const Block block = block_at(key_, counter++);
    const std::size_t take = std::min(out.size(), block_bytes - skip);
    std::copy_n(&block[skip], take, out.begin());
    out = out.subspan(take);
  }
  const LaneKernels kernels = lane_kernels(path);
  const std::size_t step = kernels.width * block_bytes;
  for (; kernels.width > 1 && out.size() >= step; out = out.subspan(step), counter += kernels.width)
    kernels.chacha8(key_, counter, out.data());
  while (!out.empty()) {
    const Block block = block_at(key_, counter++);
    const std::size_t take = std::min(out.size(), block_bytes);
    std::copy_n(block.begin(), take, out.begin());
    out = out.subspan(take);
  }
}

std::uint64_t ChaCha8::next_word() {
  const std::size_t at = next_byte_ % block_bytes;
  if (at == 0) block_ = block_at(key_, next_byte_ / block_bytes);
  next_byte_ += 8;
  return load_little(&block_[at]);
}

std::uint64_t ChaCha8::next_below(std::uint64_t n) {
  return static_cast<std::uint64_t>((Wide{next_word()} * n) >> 64);
}

}  // namespace souk::capacity
