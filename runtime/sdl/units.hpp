#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "actors/base/result.hpp"
#include "actors/base/time.hpp"

/// How SDL writes quantities: the Go implementation's parsers, rounding included (akash-offchain.md section
/// 1.3). Floating point is deliberate here: Go multiplies in double precision and truncates, and the
/// deployment hash depends on it.
namespace souk::sdl {

/// `500m` (whole milli-units) or `0.5` (units, truncated to milli-units).
Result<std::uint64_t> parse_cpu_milli(std::string_view text);

/// `512Mi`, `1.5G`, `1000`: bytes, truncated. Suffixes are case-sensitive: k Ki M Mi G Gi T Ti P Pi E Ei.
Result<std::uint64_t> parse_size_bytes(std::string_view text);

/// As parse_size_bytes, but only with Ki Mi Gi Ti Pi Ei or none: GPU memory.
Result<std::uint64_t> parse_ram_bytes(std::string_view text);

/// Decimal digits only.
Result<std::uint64_t> parse_gpu_units(std::string_view text);

/// Go's time.ParseDuration: `1h30m`, `1.5h`, `300ms`.
Result<Duration> parse_go_duration(std::string_view text);

/// The two grammars; later 2.x versions are read as v2.1.
enum class Grammar : std::uint8_t { v2_0, v2_1 };
/// A tolerant semantic version: `2`, `2.0`, `v2.1`, `2.1.0`.
Result<Grammar> parse_version(std::string_view text);

/// What a plain (unquoted) YAML scalar is read as. Numbers as the Go YAML library resolves them: 0x, 0b, 0o
/// and leading-zero octal, underscores, and floats truncated.
std::optional<std::uint32_t> parse_yaml_u32(std::string_view text);
bool looks_like_number(std::string_view text);
bool looks_like_bool(std::string_view text);
/// Go accepts YAML 1.1 spellings (`yes`, `on`, ...) where it decodes into a bool.
std::optional<bool> parse_yaml_bool(std::string_view text, bool quoted);

}  // namespace souk::sdl
