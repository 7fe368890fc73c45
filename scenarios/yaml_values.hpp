#pragma once

#include <string>
#include <string_view>

#include "scenarios/yaml_reader.hpp"

/// Single values of a scenario file: reading by a row's shape and unit, and their text.
namespace souk::scenarios {

/// Reads `node` as `key` asks, within its bounds. The error says what is wrong and what would be right, not
/// where.
Result<Value> read_value(const Key& key, const YamlNode& node);

/// "a duration such as `30 d` (units: ...), from 1 ms to 1 h".
std::string expected(const Key& key);

/// The value as a file would write it, on one line.
std::string to_text(const YamlNode& node);

/// Names users give to provider classes and tenant segments become actor names and CSV fields.
Result<void> check_entry_name(std::string_view name);

}  // namespace souk::scenarios
