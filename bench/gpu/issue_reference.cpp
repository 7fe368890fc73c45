#include "bench/gpu/issue_reference.hpp"

#include <cmath>

#include "bench/gpu/cuda/tile.hpp"

namespace souk::gpu {
namespace {

constexpr int a_fragments = 2;  // kernels.hpp: mma_issue_a

/// Element at byte `byte` of a word that the kernels draw as encode_word(random_word(issue_seed, index)).
double element(Type type, std::uint64_t index, int byte) {
  const std::uint32_t word = encode_word(type, Fill::random, random_word(issue_seed, index)) >> (8 * byte);
  return decode_element(type, bytes_of(type) == 2 ? word & 0xFFFFu : word & 0xFFu);
}

void add(DotProduct& sum, double x, double y) {
  sum.value += x * y;
  sum.magnitude += std::abs(x * y);
}

}  // namespace

DotProduct mma_issue_product(Type type, int a, int b, int lane, int word) {
  const int row = lane / 4 + word / 2 * 8;
  const int column = lane % 4 * 2 + word % 2;
  const auto index = [](int fragment, int from_lane, int from_word) {
    return (static_cast<std::uint64_t>(fragment) * 32 + static_cast<std::uint64_t>(from_lane)) * 4 +
           static_cast<std::uint64_t>(from_word);
  };
  DotProduct sum;
  for (int byte = 0; byte < instruction_bytes; byte += bytes_of(type)) {
    const int half = byte / 16;
    const int quarter = byte % 16 / 4;  // which lane of the four that share a row
    const double x = element(type, index(a, row % 8 * 4 + quarter, 2 * half + row / 8), byte % 4);
    const double y = element(type, index(a_fragments + b, column * 4 + quarter, half), byte % 4);
    add(sum, x, y);
  }
  return sum;
}

DotProduct wgmma_issue_product(Type type, int thread, int word) {
  const int row = thread / 32 * 16 + thread % 32 / 4 + word % 4 / 2 * 8;
  const int column = word / 4 * 8 + thread % 4 * 2 + word % 2;
  DotProduct sum;
  for (int byte = 0; byte < wgmma_step_bytes; byte += bytes_of(type)) {
    const int at_a = wgmma_offset(row, byte);
    const int at_b = 64 * wgmma_step_bytes + wgmma_offset(column, byte);
    add(sum, element(type, static_cast<std::uint64_t>(at_a / 4), at_a % 4),
        element(type, static_cast<std::uint64_t>(at_b / 4), at_b % 4));
  }
  return sum;
}

}  // namespace souk::gpu
