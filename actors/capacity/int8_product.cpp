#include "actors/capacity/int8_product.hpp"

#include "actors/base/check.hpp"

namespace souk::capacity {
namespace {

constexpr std::size_t max_terms = std::size_t{1} << 16;

std::int32_t dot_scalar(const std::int8_t* a, const std::int8_t* b, std::size_t n) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::int32_t{a[i]} * b[i];
  return sum;
}

}  // namespace

Int8Path best_int8_path() { return Int8Path::scalar; }

bool is_available(Int8Path path) { return path == Int8Path::scalar; }

std::int32_t dot(std::span<const std::int8_t> a, std::span<const std::int8_t> b, Int8Path path) {
  SOUK_CHECK(a.size() == b.size() && a.size() <= max_terms);
  SOUK_CHECK(is_available(path));
  return dot_scalar(a.data(), b.data(), a.size());
}

void row_times_matrix(std::span<const std::int8_t> a, std::span<const std::int8_t> bt,
                      std::span<std::int32_t> c, Int8Path path) {
  multiply(a, bt, c, 1, c.size(), a.size(), path);
}

void multiply(std::span<const std::int8_t> a, std::span<const std::int8_t> bt, std::span<std::int32_t> c,
              std::size_t rows, std::size_t cols, std::size_t k, Int8Path path) {
  SOUK_CHECK(k <= max_terms && a.size() == rows * k && bt.size() == cols * k && c.size() == rows * cols);
  SOUK_CHECK(is_available(path));
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < cols; ++j) c[i * cols + j] = dot_scalar(&a[i * k], &bt[j * k], k);
}

}  // namespace souk::capacity
