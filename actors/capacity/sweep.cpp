#include "actors/capacity/sweep.hpp"

#include "actors/base/bytes.hpp"
#include "actors/base/check.hpp"
#include "actors/capacity/chacha8.hpp"

namespace souk::capacity {

SweepKey::SweepKey(const Hash& link) {
  std::array<std::uint8_t, segment_bytes> bytes{};
  ChaCha8(link).fill(0, bytes);
  for (std::size_t w = 0; w < coefficients_.size(); ++w) coefficients_[w] = load_little(&bytes[8 * w]);
}

std::uint64_t SweepKey::value(std::span<const std::uint8_t> segment) const {
  SOUK_CHECK(segment.size() == segment_bytes);
  std::array<std::uint64_t, 4> sums{};  // independent, so that the multiplications overlap
  for (std::size_t w = 0; w < coefficients_.size(); w += sums.size()) {
    for (std::size_t lane = 0; lane < sums.size(); ++lane)
      sums[lane] += load_little(&segment[8 * (w + lane)]) * coefficients_[w + lane];
  }
  return sums[0] + sums[1] + sums[2] + sums[3];
}

}  // namespace souk::capacity
