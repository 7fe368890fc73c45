#pragma once

#include <cstddef>
#include <cstdint>

/// The sums of dot61 with AVX2, before their reduction. Call them only where the processor has it.
namespace souk::capacity {

__extension__ typedef __int128 WideSigned;

/// Sum of a[i] * b[i], exact. REQUIRES: b below 2^61, at most 2^20 terms.
WideSigned sum_of_products_avx2(const std::int8_t* a, const std::uint64_t* b, std::size_t terms);
WideSigned sum_of_products_avx2(const std::int32_t* a, const std::uint64_t* b, std::size_t terms);

}  // namespace souk::capacity
