#include "runtime/sdl/rules.hpp"

#include <algorithm>
#include <array>

namespace souk::sdl {
namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
constexpr bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

template <class Predicate>
bool all(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

/// `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
bool is_dns_label(std::string_view text) {
  const auto edge = [](char c) { return is_lower(c) || is_digit(c); };
  return !text.empty() && edge(text.front()) && edge(text.back()) &&
         all(text, [&](char c) { return edge(c) || c == '-'; });
}

}  // namespace

bool is_attribute_key(std::string_view text) {
  if (text.size() < 2 || text.size() > 128 || !is_letter(text.front())) return false;
  const auto middle = [](char c) { return is_word(c) || c == '/' || c == '.' || c == '-'; };
  const char last = text.back();
  const std::string_view body = text.substr(1, text.size() - 2);
  if (!all(body, middle)) return false;
  // The last character is one of the middle ones, or the optional one at the end, which also may be `*`.
  return (middle(last) && (text.size() <= 127 || is_word(last))) || (last == '*' && text.size() >= 3);
}

bool is_service_name(std::string_view text) { return is_dns_label(text) && is_lower(text.front()); }

bool is_endpoint_name(std::string_view text) {
  return text.size() >= 2 && is_lower(text.front()) &&
         all(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '_'; });
}

bool is_hostname(std::string_view text) {
  if (text.size() > 253) return false;
  for (std::size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    if (!is_dns_label(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return is_dns_label(text);
}

bool is_request_uri_host(std::string_view text) {
  const std::string_view host = text.substr(0, text.find_first_of("/?"));
  const auto allowed = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || is_word(c) ||
           std::string_view("-.~!$&'()*+,;=:[]<>\"%@").find(c) != std::string_view::npos;
  };
  const auto no_control = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; };
  const std::size_t colon = host.rfind(':');
  const bool port_ok = colon == std::string_view::npos || all(host.substr(colon + 1), is_digit);
  return all(host, allowed) && all(text, no_control) && port_ok;
}

bool is_env_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) && text != "." && !text.starts_with("..") &&
         all(text, [](char c) { return is_word(c) || c == '-' || c == '.'; });
}

bool is_storage_class(std::string_view text) {
  static constexpr std::array<std::string_view, 5> names{"default", "beta1", "beta2", "beta3", "ram"};
  return std::find(names.begin(), names.end(), text) != names.end();
}

std::optional<bool> fold_bool(std::string_view text) {
  if (text == "true" || text == "on" || text == "yes") return true;
  if (text == "false" || text == "off" || text == "no") return false;
  return std::nullopt;
}

const std::string* find_attribute(const Attributes& attributes, std::string_view key) {
  for (const Attribute& attribute : attributes) {
    if (attribute.key == key) return &attribute.value;
  }
  return nullptr;
}

std::optional<Denom> denom_of(std::string_view text) {
  // axlUSDC by its IBC name, as templates of the 2021-2026 era have it.
  if (text == "ibc/170C677610AC31DF0904FFE09CD3B5C657492170E7E52372E48756B71E56F2F1") return Denom::uusdc;
  if (text == "uakt") return Denom::uakt;
  if (text == "uact") return Denom::uact;
  return std::nullopt;
}

}  // namespace souk::sdl
