#include "actors/base/hash.hpp"

#include <algorithm>
#include <bit>

#include "actors/base/bytes.hpp"
#include "actors/base/check.hpp"
#include "actors/base/sha256_native.hpp"

namespace souk {
namespace {

std::uint32_t big_endian_word(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 |
         std::uint32_t{bytes[3]};
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void compress_block(std::array<std::uint32_t, 8>& state, const std::uint8_t* block) {
  std::array<std::uint32_t, 64> w;
  for (std::size_t i = 0; i < 16; ++i) w[i] = big_endian_word(block + 4 * i);
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
    const std::uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + sha256_round_constants[i] + w[i];
    const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1;
    d = c, c = b, b = a, a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> sums{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state[i] += sums[i];
}

}  // namespace

void sha256_compress_portable(std::array<std::uint32_t, 8>& state, const std::uint8_t* blocks,
                              std::size_t count) {
  for (; count > 0; --count, blocks += 64) compress_block(state, blocks);
}

Sha256Compress sha256_compress_native() {
#if defined(__x86_64__)
  static const bool is_there = has_sha_instructions();
  return is_there ? sha256_compress_x86 : nullptr;
#else
  return nullptr;
#endif
}

Sha256Compress sha256_compress_best() {
  const Sha256Compress native = sha256_compress_native();
  return native != nullptr ? native : sha256_compress_portable;
}

void Sha256::add(std::span<const std::uint8_t> bytes) {
  total_bytes_ += bytes.size();
  if (filled_ > 0) {
    const std::size_t count = std::min(block_.size() - filled_, bytes.size());
    std::copy_n(bytes.begin(), count, block_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += count;
    bytes = bytes.subspan(count);
    if (filled_ < block_.size()) return;
    compress_(state_, block_.data(), 1);
    filled_ = 0;
  }
  const std::size_t whole = bytes.size() / block_.size();
  if (whole > 0) compress_(state_, bytes.data(), whole);
  bytes = bytes.subspan(whole * block_.size());
  std::copy(bytes.begin(), bytes.end(), block_.begin());
  filled_ = bytes.size();
}

void Sha256::add(std::string_view text) { add(bytes_of(text)); }

Hash Sha256::finish() {
  block_[filled_++] = 0x80;
  if (filled_ > 56) {
    std::fill(block_.begin() + static_cast<std::ptrdiff_t>(filled_), block_.end(), std::uint8_t{0});
    compress_(state_, block_.data(), 1);
    filled_ = 0;
  }
  std::fill(block_.begin() + static_cast<std::ptrdiff_t>(filled_), block_.end() - 8, std::uint8_t{0});
  const std::uint64_t bits = total_bytes_ * 8;
  for (std::size_t i = 0; i < 8; ++i) block_[56 + i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
  compress_(state_, block_.data(), 1);
  Hash digest{};
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

Hash sha256(std::span<const std::uint8_t> bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

Hash sha256(std::string_view text) { return sha256(bytes_of(text)); }

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

void StreamHash::add(std::span<const std::uint8_t> bytes) {
  add(static_cast<std::uint64_t>(bytes.size()));
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) add(load_little(bytes.data() + i));
  if (i == bytes.size()) return;
  std::array<std::uint8_t, 8> tail{};
  std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.end(), tail.begin());
  add(load_little(tail.data()));
}

void StreamHash::add(std::string_view text) { add(bytes_of(text)); }

std::string StreamHash::hex() const {
  const Value v = value();
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(v.high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(v.low >> (56 - 8 * i));
  }
  return to_hex(bytes);
}

}  // namespace souk
