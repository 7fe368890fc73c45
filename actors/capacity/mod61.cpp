#include "actors/capacity/mod61.hpp"

#include "actors/base/check.hpp"
#include "actors/capacity/mod61_avx2.hpp"

namespace souk::capacity {
namespace {

constexpr std::size_t max_terms = std::size_t{1} << 20;

/// A term is below 2^31 * 2^61 in size, so 2^20 of them stay below 2^112: one reduction, at the end.
template <class Value>
WideSigned sum_scalar(std::span<const Value> a, std::span<const std::uint64_t> b) {
  WideSigned sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += WideSigned{a[i]} * static_cast<std::int64_t>(b[i]);
  return sum;
}

template <class Value>
std::uint64_t dot(std::span<const Value> a, std::span<const std::uint64_t> b, LanePath path) {
  SOUK_CHECK(a.size() == b.size() && a.size() <= max_terms);
  SOUK_CHECK(is_available(path));
  WideSigned sum = 0;
#if defined(__x86_64__)
  if (path != LanePath::scalar) sum = sum_of_products_avx2(a.data(), b.data(), a.size());
#endif
  if (path == LanePath::scalar) sum = sum_scalar(a, b);
  const std::uint64_t residue = reduce61(static_cast<Wide>(sum < 0 ? -sum : sum));
  return sum < 0 && residue != 0 ? p61 - residue : residue;
}

}  // namespace

std::uint64_t dot61(std::span<const std::int8_t> a, std::span<const std::uint64_t> b, LanePath path) {
  return dot(a, b, path);
}

std::uint64_t dot61(std::span<const std::int32_t> a, std::span<const std::uint64_t> b, LanePath path) {
  return dot(a, b, path);
}

}  // namespace souk::capacity
