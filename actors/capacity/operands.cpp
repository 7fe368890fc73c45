#include "actors/capacity/operands.hpp"

#include <algorithm>
#include <vector>

#include "actors/base/check.hpp"
#include "actors/capacity/chains.hpp"
#include "actors/capacity/int8_product.hpp"
#include "actors/capacity/params.hpp"

namespace souk::capacity {
namespace {

constexpr std::size_t slab_bytes = std::size_t{1} << 18;  // of columns: what a core's L2 cache holds

std::span<std::uint8_t> as_bytes(std::span<std::int8_t> values) {
  return {reinterpret_cast<std::uint8_t*>(values.data()), values.size()};
}

}  // namespace

MatrixB::MatrixB(const Hash& epoch, std::uint32_t k) : stream_(tagged_hash("gpoc/B/v2", {epoch})), k_(k) {}

void MatrixB::column_part(std::uint32_t j, std::uint32_t l, std::span<std::int8_t> out) const {
  SOUK_CHECK(j < k_ && l + out.size() <= k_);
  stream_.fill(std::uint64_t{j} * k_ + l, as_bytes(out));
}

void MatrixB::columns(std::uint32_t j, std::span<std::int8_t> out) const {
  SOUK_CHECK(out.size() % k_ == 0 && j + out.size() / k_ <= k_);
  stream_.fill(std::uint64_t{j} * k_, as_bytes(out));
}

void MatrixB::multiply_row(std::span<const std::int8_t> row, std::uint32_t q,
                           std::span<std::int32_t> c) const {
  SOUK_CHECK(row.size() == k_ && c.size() == leaf_bytes && q < k_ / leaf_bytes);
  const std::size_t at_once = slab_bytes / k_;
  std::vector<std::int8_t> slab(at_once * k_);
  for (std::size_t x = 0; x < leaf_bytes; x += at_once) {
    columns(static_cast<std::uint32_t>(q * leaf_bytes + x), slab);
    row_times_matrix(row, slab, c.subspan(x, at_once));
  }
}

void fill_first_state(const Hash& c, std::uint64_t offset, std::span<std::uint8_t> out) {
  ChaCha8(c).fill(offset, out);
}

}  // namespace souk::capacity
