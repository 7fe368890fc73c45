#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "actors/base/codec.hpp"
#include "actors/base/result.hpp"

namespace souk::gpu {

/// The whole file. Its size is asked for before anything is read, so that a huge file costs nothing. Errors,
/// naming `path`: not there, not a plain file, more than `max_bytes`, unreadable.
Result<Bytes> load_file(const std::string& path, std::uint64_t max_bytes);

/// Writes a new file under a temporary name beside `path` and renames it: `path` is the old file or the whole
/// new one. Errors: what the system refused, naming `path`; nothing is left behind.
Result<void> save_file(const std::string& path, std::span<const std::uint8_t> bytes);

}  // namespace souk::gpu
