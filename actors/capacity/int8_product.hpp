#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

/// Exact int8 products with int32 sums: the arithmetic of the proof on a CPU. Three ways that give the same
/// bits; the best one the processor has is chosen at run time.
namespace souk::capacity {

enum class Int8Path : std::uint8_t { scalar, avx2, avx512_vnni };

/// The best path of this processor.
Int8Path best_int8_path();
bool is_available(Int8Path path);

/// Sum of a[i] * b[i], exact. REQUIRES: equal lengths, at most 2^16 (so that int32 cannot overflow).
std::int32_t dot(std::span<const std::int8_t> a, std::span<const std::int8_t> b,
                 Int8Path path = best_int8_path());

/// c[j] = sum over l of a[l] * bt[j * k + l], for j = 0 .. c.size()-1: one row times a matrix given by its
/// columns (n-major, as the challenge's Bt is). k = a.size(); bt has c.size() * k bytes.
void row_times_matrix(std::span<const std::int8_t> a, std::span<const std::int8_t> bt,
                      std::span<std::int32_t> c, Int8Path path = best_int8_path());

/// c (rows x cols, row-major) = a (rows x k) times b, given by its columns bt (cols x k). Cache-blocked.
void multiply(std::span<const std::int8_t> a, std::span<const std::int8_t> bt, std::span<std::int32_t> c,
              std::size_t rows, std::size_t cols, std::size_t k, Int8Path path = best_int8_path());

}  // namespace souk::capacity
