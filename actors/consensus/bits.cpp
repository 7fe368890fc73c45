#include "actors/consensus/bits.hpp"

#include "actors/base/check.hpp"

namespace souk::consensus {
namespace {

std::size_t words_for(std::uint32_t count) { return (std::size_t{count} + 63) / 64; }

/// The bits of the last word that are places.
std::uint64_t last_mask(std::uint32_t count) {
  return count % 64 == 0 ? ~std::uint64_t{0} : (std::uint64_t{1} << count % 64) - 1;
}

}  // namespace

Bits bits_of(std::uint32_t count) { return {count, std::vector<std::uint64_t>(words_for(count))}; }

bool well_formed(const Bits& bits, std::uint32_t count) {
  if (bits.count != count || bits.words.size() != words_for(count)) return false;
  return bits.words.empty() || (bits.words.back() & ~last_mask(count)) == 0;
}

bool has(const Bits& bits, std::uint32_t place) {
  SOUK_CHECK(place < bits.count);
  return (bits.words[place / 64] >> place % 64 & 1) != 0;
}

void put(Bits& bits, std::uint32_t place) {
  SOUK_CHECK(place < bits.count);
  bits.words[place / 64] |= std::uint64_t{1} << place % 64;
}

void put_all(Bits& bits, const Bits& more) {
  SOUK_CHECK(bits.count == more.count);
  for (std::size_t i = 0; i < bits.words.size(); ++i) bits.words[i] |= more.words[i];
}

std::uint32_t size_of(const Bits& bits) {
  std::uint32_t size = 0;
  for (const std::uint64_t word : bits.words) size += static_cast<std::uint32_t>(std::popcount(word));
  return size;
}

bool is_full(const Bits& bits) { return size_of(bits) == bits.count; }

Bits missing_in(const Bits& theirs, const Bits& ours) {
  SOUK_CHECK(theirs.count == ours.count);
  Bits missing = ours;
  for (std::size_t i = 0; i < missing.words.size(); ++i) missing.words[i] &= ~theirs.words[i];
  return missing;
}

}  // namespace souk::consensus
