#include "runtime/sdl/json_writer.hpp"

#include <algorithm>
#include <utility>

namespace souk::sdl {
namespace {

/// Length of the valid UTF-8 sequence at the start of `text`, or 0 (overlong forms and surrogates included).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool too_large = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || too_large ? 0 : length;
}

void append_ascii(std::string& out, char c) {
  static constexpr char hex[] = "0123456789abcdef";
  static constexpr std::string_view shorts = "\"\\\b\f\n\r\t";
  static constexpr std::string_view letters = "\"\\bfnrt";
  if (const std::size_t at = shorts.find(c); at != std::string_view::npos) {
    out += '\\';
    out += letters[at];
  } else if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&') {
    out += "\\u00";
    out += hex[static_cast<unsigned char>(c) >> 4];
    out += hex[static_cast<unsigned char>(c) & 15];
  } else {
    out += c;
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view symbol = text.substr(0, length);
    if (length == 0)
      out += "\\ufffd";
    else if (length == 1)
      append_ascii(out, text.front());
    else if (symbol == "\xE2\x80\xA8" || symbol == "\xE2\x80\xA9")
      out += symbol.back() == '\xA8' ? "\\u2028" : "\\u2029";
    else
      out += symbol;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void JsonWriter::sort_members() {
  std::vector<Member>& members = frames_.back().members;
  if (members.size() < 2) return;
  const std::size_t begin = members.front().begin;
  std::vector<std::pair<std::string_view, std::string>> slices;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::size_t stop = i + 1 < members.size() ? members[i + 1].begin - 1 : out_.size();
    slices.emplace_back(members[i].key, out_.substr(members[i].begin, stop - members[i].begin));
  }
  std::sort(slices.begin(), slices.end());
  out_.resize(begin);
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if (i > 0) out_ += ',';
    out_ += slices[i].second;
  }
}

}  // namespace souk::sdl
