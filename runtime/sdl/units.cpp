#include "runtime/sdl/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace souk::sdl {
namespace {

constexpr double uint64_end = 18446744073709551616.0;  // 2^64

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Go's strconv.ParseFloat for decimal numbers; infinities and NaN are nobody's quantity.
std::optional<double> parse_float(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string_view::npos)
    return std::nullopt;
  if (text.front() == '+') return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_digits(std::string_view text) {
  if (!all_digits(text)) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Go converts by truncation; what does not fit is undefined there and refused here.
std::optional<std::uint64_t> truncate(double value) {
  if (!(value >= 0) || value >= uint64_end) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

struct Suffix {
  std::string_view text;
  double unit;
};
constexpr std::array<Suffix, 12> suffixes{{
    {"Ki", 1024.0},
    {"Mi", 1048576.0},
    {"Gi", 1073741824.0},
    {"Ti", 1099511627776.0},
    {"Pi", 1125899906842624.0},
    {"Ei", 1152921504606846976.0},
    {"k", 1e3},
    {"M", 1e6},
    {"G", 1e9},
    {"T", 1e12},
    {"P", 1e15},
    {"E", 1e18},
}};

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

/// `16GB` and `2gi` are the common mistakes: say what would be right.
std::string suggestion(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789.");
  if (digits == 0 || digits == std::string_view::npos) return "";
  const char letter = text[digits] >= 'a' ? static_cast<char>(text[digits] - 'a' + 'A') : text[digits];
  if (std::string_view("KMGTPE").find(letter) == std::string_view::npos) return "";
  return "; `" + std::string(text.substr(0, digits)) + letter + "i` would be right";
}

Result<std::uint64_t> parse_with_suffix(std::string_view text, bool decimal_too) {
  const auto wrong = [&](const char* what) {
    return fail(quoted(text) + what +
                (decimal_too ? "a number with one of k Ki M Mi G Gi T Ti P Pi E Ei, or none for bytes"
                             : "a number with one of Ki Mi Gi Ti Pi Ei, or none for bytes") +
                suggestion(text));
  };
  double unit = 1;
  std::string_view number = text;
  for (const Suffix& suffix : suffixes) {
    if ((decimal_too || suffix.text.size() == 2) && text.ends_with(suffix.text)) {
      unit = suffix.unit;
      number.remove_suffix(suffix.text.size());
      break;
    }
  }
  const auto value = parse_float(number);
  if (!value) return wrong(" is not a size: ");
  const auto bytes = truncate(*value * unit);
  if (!bytes) return wrong(*value < 0 ? " is negative: a size is " : " does not fit 64 bits: a size is ");
  return *bytes;
}

}  // namespace

Result<std::uint64_t> parse_cpu_milli(std::string_view text) {
  const auto wrong = [&] {
    return fail(quoted(text) + " is not an amount of CPU: `500m` or `0.5`, not negative, would be right");
  };
  if (text.ends_with('m')) {
    const auto milli = parse_digits(text.substr(0, text.size() - 1));
    if (!milli || *milli > UINT32_MAX) return wrong();
    return *milli;
  }
  const auto units = parse_float(text);
  if (!units) return wrong();
  const auto milli = truncate(*units * 1000);
  if (!milli || *milli > UINT32_MAX) return wrong();
  return *milli;
}

Result<std::uint64_t> parse_size_bytes(std::string_view text) { return parse_with_suffix(text, true); }

Result<std::uint64_t> parse_ram_bytes(std::string_view text) { return parse_with_suffix(text, false); }

Result<std::uint64_t> parse_gpu_units(std::string_view text) {
  if (const auto units = parse_digits(text)) return *units;
  return fail(quoted(text) + " is not a number of GPUs: a whole number from 0 to 24 would be right");
}

Result<Duration> parse_go_duration(std::string_view text) {
  struct Unit {
    std::string_view text;
    double ns;
  };
  static constexpr std::array<Unit, 8> units{{{"ns", 1},
                                              {"us", 1e3},
                                              {"\xC2\xB5s", 1e3},
                                              {"\xCE\xBCs", 1e3},
                                              {"ms", 1e6},
                                              {"s", 1e9},
                                              {"m", 6e10},
                                              {"h", 3.6e12}}};
  const auto wrong = [&] {
    return fail(quoted(text) + " is not a duration: `24h` or `1h30m` would be right");
  };
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return Duration::zero();
  if (rest.empty()) return wrong();
  double total_ns = 0;
  while (!rest.empty()) {
    const std::string_view number = rest.substr(0, rest.find_first_not_of("0123456789."));
    rest.remove_prefix(number.size());
    const std::string_view name = rest.substr(0, rest.find_first_of("0123456789."));
    rest.remove_prefix(name.size());
    const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.text == name; });
    const auto value = parse_float(number);
    if (unit == units.end() || !value) return wrong();
    total_ns += *value * unit->ns;
  }
  if (total_ns >= 9.2e18) return wrong();
  const auto ns = static_cast<std::int64_t>(total_ns);
  return Duration(negative ? -ns : ns);
}

Result<Grammar> parse_version(std::string_view text) {
  const auto wrong = [&] {
    return fail("unsupported version " + quoted(text) + "; \"2.0\" or \"2.1\" would be right");
  };
  std::string_view rest = text;
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  while (rest.ends_with(' ')) rest.remove_suffix(1);
  if (rest.starts_with('v')) rest.remove_prefix(1);
  if (const auto build = rest.find('+');
      build != std::string_view::npos &&
      std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(build), '.') == 2)
    rest = rest.substr(0, build);
  std::array<std::uint64_t, 3> parts{};
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    const std::size_t dot = rest.find('.');
    const auto part = parse_digits(rest.substr(0, dot));
    if (!part || count == parts.size()) return wrong();
    parts[count] = *part;
    more = dot != std::string_view::npos;
    if (more) rest.remove_prefix(dot + 1);
  }
  if (parts == std::array<std::uint64_t, 3>{2, 0, 0}) return Grammar::v2_0;
  if (parts >= std::array<std::uint64_t, 3>{2, 1, 0}) return Grammar::v2_1;
  return wrong();
}

namespace {

/// Go's strconv.ParseInt with base 0, after the YAML library dropped underscores. Non-negative values.
std::optional<std::uint64_t> parse_base0(std::string text) {
  std::erase(text, '_');
  std::string_view rest = text;
  if (rest.starts_with('+')) rest.remove_prefix(1);
  int base = 10;
  if (rest.size() > 1 && rest[0] == '0') {
    const char mark = rest[1];
    base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
    rest.remove_prefix(base != 8 || mark == 'o' || mark == 'O' ? 2 : 1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, base);
  if (rest.empty() || error != std::errc() || end != rest.data() + rest.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::uint32_t> parse_yaml_u32(std::string_view text) {
  auto value = parse_base0(std::string(text));
  if (!value) {
    const auto number = parse_float(text);
    if (!number) return std::nullopt;
    value = truncate(*number);
  }
  if (!value || *value > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

bool looks_like_number(std::string_view text) {
  if (text.empty() || std::string_view("+-.0123456789").find(text.front()) == std::string_view::npos)
    return false;
  const std::string_view digits = text.front() == '-' ? text.substr(1) : text;
  return parse_float(text).has_value() || parse_base0(std::string(digits)).has_value();
}

bool looks_like_bool(std::string_view text) {
  for (std::string_view name : {"true", "True", "TRUE", "false", "False", "FALSE"}) {
    if (text == name) return true;
  }
  return false;
}

std::optional<bool> parse_yaml_bool(std::string_view text, bool quoted_text) {
  for (std::string_view name : {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"}) {
    if (text == name) return true;
  }
  for (std::string_view name : {"n", "N", "no", "No", "NO", "off", "Off", "OFF"}) {
    if (text == name) return false;
  }
  if (quoted_text || !looks_like_bool(text)) return std::nullopt;
  return text.front() == 't' || text.front() == 'T';
}

}  // namespace souk::sdl
