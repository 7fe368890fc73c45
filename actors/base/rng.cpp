#include "actors/base/rng.hpp"

#include "actors/base/check.hpp"
#include "actors/base/money.hpp"

namespace souk {
namespace {

struct Product {
  std::uint64_t high;
  std::uint64_t low;
};

constexpr Product multiply(std::uint64_t a, std::uint64_t b) {
  const u128 product = static_cast<u128>(a) * b;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
}

}  // namespace

std::array<std::uint64_t, 4> philox4x64(std::array<std::uint64_t, 4> counter,
                                        std::array<std::uint64_t, 2> key) {
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    const Product p0 = multiply(0xd2e7470ee14c6c93u, counter[0]);
    const Product p1 = multiply(0xca5a826395121157u, counter[2]);
    counter = {p1.high ^ counter[1] ^ key[0], p1.low, p0.high ^ counter[3] ^ key[1], p0.low};
    key[0] += 0x9e3779b97f4a7c15u;  // golden ratio
    key[1] += 0xbb67ae8584caa73bu;  // sqrt(3) - 1
  }
  return counter;
}

Rng::Rng(std::uint64_t seed, ActorId actor, Purpose purpose, std::uint64_t index)
    : key_{seed, std::uint64_t{actor.value} << 32 | static_cast<std::uint32_t>(purpose)}, index_(index) {}

std::uint64_t Rng::next() {
  if (used_ == words_.size()) {
    words_ = philox4x64({block_++, index_, 0, 0}, key_);
    used_ = 0;
  }
  const std::uint64_t word = words_[used_++];
  return antithetic_ ? ~word : word;
}

double Rng::uniform() {
  // (2k + 1) / 2^53 for a k of 52 bits: exact, never 0 or 1, and symmetric, so that the complement of the
  // word is exactly 1 - u.
  const std::uint64_t odd = next() >> 12 << 1 | 1;
  return static_cast<double>(odd) * 0x1p-53;
}

std::uint64_t Rng::below(std::uint64_t bound) {
  SOUK_CHECK(bound > 0);
  // Lemire (2019): the high word of word x bound, rejecting the few low words that would bias it.
  Product p = multiply(next(), bound);
  if (p.low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (p.low < threshold) p = multiply(next(), bound);
  }
  return p.high;
}

Rng Rng::antithetic() const {
  Rng other = *this;
  other.antithetic_ = !antithetic_;
  return other;
}

}  // namespace souk
