#include "actors/base/text.hpp"

#include <charconv>

namespace souk::detail {

std::string text_of_double(double x) {
  if (x != x) return "nan";     // whose sign differs by machine
  std::array<char, 32> buffer;  // the shortest form that reads back has at most 24 characters
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x);
  SOUK_CHECK(error == std::errc{});
  return {buffer.data(), end};
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      out += "\\x" + to_hex({&byte, 1});
    }
  }
  return out + '"';
}

}  // namespace souk::detail
