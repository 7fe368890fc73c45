#pragma once

#include <cstddef>

namespace souk {

/// Asks the cache for `size` bytes from `first`, ahead of their use. Never reads them.
inline void prefetch(const void* first, std::size_t size) {
  constexpr std::size_t line = 64;
  const char* const at = static_cast<const char*>(first);
  for (std::size_t offset = 0; offset < size; offset += line) __builtin_prefetch(at + offset);
  __builtin_prefetch(at + size - 1);
  // GCC takes a function that only prefetches for one without effects, and drops calls of it.
  asm volatile("");
}

}  // namespace souk
