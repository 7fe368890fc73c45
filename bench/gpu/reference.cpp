#include "bench/gpu/reference.hpp"

#include <bit>
#include <cmath>

#include "actors/base/check.hpp"

namespace souk::gpu {
namespace {

double decode_float(std::uint32_t bits, int exponent_bits, int mantissa_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const std::uint32_t mantissa = bits & ((1u << mantissa_bits) - 1);
  const int exponent = static_cast<int>((bits >> mantissa_bits) & ((1u << exponent_bits) - 1));
  const bool negative = ((bits >> (exponent_bits + mantissa_bits)) & 1) != 0;
  const double size = exponent == 0
                          ? std::ldexp(mantissa, 1 - bias - mantissa_bits)
                          : std::ldexp((1u << mantissa_bits) | mantissa, exponent - bias - mantissa_bits);
  return negative ? -size : size;
}

std::uint64_t weight_of(std::uint64_t column) {
  return (std::uint64_t{random_word(0x5EED1u, column)} << 32) | random_word(0x5EED2u, column);
}

/// The bits of element `index`, in the low end of the word.
std::uint32_t element_bits(Type type, Fill fill, std::uint32_t seed, std::uint64_t index) {
  const std::uint64_t byte = index * static_cast<std::uint64_t>(bytes_of(type));
  const std::uint32_t word = encode_word(type, fill, random_word(seed, byte / 4)) >> (byte % 4 * 8);
  return bytes_of(type) == 2 ? word & 0xFFFFu : word & 0xFFu;
}

}  // namespace

double decode_element(Type type, std::uint32_t bits) {
  switch (type) {
    case Type::bf16: return decode_float(bits, 8, 7);
    case Type::fp16: return decode_float(bits, 5, 10);
    case Type::int8: return static_cast<std::int8_t>(bits);
    case Type::fp8: return decode_float(bits, 4, 3);
  }
  return 0;
}

double stream_element(Type type, Fill fill, std::uint32_t seed, std::uint64_t index) {
  return decode_element(type, element_bits(type, fill, seed, index));
}

std::uint32_t stream_checksum(std::uint32_t seed, std::uint64_t first, std::uint64_t count) {
  std::uint32_t sum = 0;
  for (std::uint64_t i = 0; i < count; ++i) sum ^= random_word(seed, first + i);
  return sum;
}

std::uint32_t written_checksum(std::uint32_t seed, std::uint64_t vectors) {
  std::uint32_t sum = 0;
  for (std::uint64_t i = 0; i < vectors; ++i) {
    for (int lane = 0; lane < 4; ++lane) sum ^= written_word(seed, i, lane);
  }
  return sum;
}

float fma_sum(int thread, int steps) {
  float sum = 0;
  for (int chain = 0; chain < fma_chains; ++chain) {
    float x = fma_start(thread, chain);
    for (int step = 0; step < steps; ++step) x = std::fma(x, fma_factor, fma_addend);
    sum = chain == 0 ? x : sum + x;
  }
  return sum;
}

std::int64_t ExactProduct::integer(std::uint32_t seed, std::uint64_t index) const {
  const std::uint32_t bits = element_bits(type_, fill_, seed, index);
  if (type_ == Type::int8) return static_cast<std::int8_t>(bits);
  // Exact fills hold one of +-1, +-2: the sign bit, and the lowest exponent bit of 1.0 that 2.0 lacks.
  const std::uint32_t sign = type_ == Type::fp8 ? 0x80u : 0x8000u;
  const std::uint32_t two = type_ == Type::fp8 ? 0x40u : 0x4000u;
  const std::int64_t size = (bits & ~sign) == two ? 2 : 1;
  return (bits & sign) != 0 ? -size : size;
}

ExactProduct::ExactProduct(Type type, Fill fill, int n, int k) : type_(type), fill_(fill), k_(k) {
  SOUK_CHECK(fill == Fill::exact || type == Type::int8);
  folded_.assign(static_cast<std::size_t>(k), 0);
  for (int column = 0; column < n; ++column) {
    const std::uint64_t weight = weight_of(static_cast<std::uint64_t>(column));
    weights_.push_back(weight);
    const std::uint64_t first = static_cast<std::uint64_t>(column) * static_cast<std::uint64_t>(k);
    for (int x = 0; x < k; ++x)
      folded_[static_cast<std::size_t>(x)] +=
          weight * static_cast<std::uint64_t>(integer(seed_b, first + static_cast<std::uint64_t>(x)));
  }
}

bool ExactProduct::row_holds(int row, std::span<const std::uint32_t> words) const {
  SOUK_CHECK(words.size() == weights_.size());
  std::uint64_t expected = 0;
  const std::uint64_t first = static_cast<std::uint64_t>(row) * static_cast<std::uint64_t>(k_);
  for (int x = 0; x < k_; ++x)
    expected += static_cast<std::uint64_t>(integer(seed_a, first + static_cast<std::uint64_t>(x))) *
                folded_[static_cast<std::size_t>(x)];
  std::uint64_t got = 0;
  for (std::size_t column = 0; column < words.size(); ++column) {
    std::int64_t value = static_cast<std::int32_t>(words[column]);
    if (type_ != Type::int8) {
      const float real = std::bit_cast<float>(words[column]);
      // Also false for NaN and for what no sum of 2^20 such products reaches.
      if (!(std::abs(real) <= 0x1p24f) || real != std::trunc(real)) return false;
      value = static_cast<std::int64_t>(real);
    }
    got += static_cast<std::uint64_t>(value) * weights_[column];
  }
  return got == expected;
}

DotProduct dot_product(Type type, Fill fill, int row, int column, int k) {
  DotProduct sum;
  for (int x = 0; x < k; ++x) {
    const auto at = [&](int line) {
      return static_cast<std::uint64_t>(line) * static_cast<std::uint64_t>(k) + static_cast<std::uint64_t>(x);
    };
    const double product =
        stream_element(type, fill, seed_a, at(row)) * stream_element(type, fill, seed_b, at(column));
    sum.value += product;
    sum.magnitude += std::abs(product);
  }
  return sum;
}

double rounding_tolerance(Type type) {
  switch (type) {
    case Type::int8: return 0;
    case Type::fp8: return 0x1p-6;
    case Type::bf16:
    case Type::fp16: return 0x1p-13;
  }
  return 0;
}

}  // namespace souk::gpu
