#include "actors/capacity/mod61.hpp"

#include "actors/base/check.hpp"

namespace souk::capacity {
namespace {

__extension__ typedef __int128 WideSigned;

constexpr std::size_t max_terms = std::size_t{1} << 20;

/// A term is below 2^31 * 2^61 in size, so 2^20 of them stay below 2^112: one reduction, at the end.
template <class Value>
std::uint64_t sum_of_products(std::span<const Value> a, std::span<const std::uint64_t> b) {
  SOUK_CHECK(a.size() == b.size() && a.size() <= max_terms);
  WideSigned sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += WideSigned{a[i]} * static_cast<std::int64_t>(b[i]);
  if (sum >= 0) return reduce61(static_cast<Wide>(sum));
  const std::uint64_t residue = reduce61(static_cast<Wide>(-sum));
  return residue == 0 ? 0 : p61 - residue;
}

}  // namespace

std::uint64_t dot61(std::span<const std::int8_t> a, std::span<const std::uint64_t> b) {
  return sum_of_products(a, b);
}

std::uint64_t dot61(std::span<const std::int32_t> a, std::span<const std::uint64_t> b) {
  return sum_of_products(a, b);
}

}  // namespace souk::capacity
