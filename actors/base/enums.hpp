#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

/// Names and values of enumerators, read by the compiler: no list to keep in step by hand.
namespace souk {

/// The underlying values tried for enumerators of E. 0..127 covers a dense enum; specialise it next to an
/// enum with others, as a std::array of the underlying type.
template <class E>
inline constexpr auto enum_candidates = [] {
  std::array<std::underlying_type_t<E>, 128> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::underlying_type_t<E>>(i);
  return values;
}();

namespace detail {

// The compiler prints a template argument that is an enumerator by its name and any other value as a cast,
// "(souk::Denom)7".
template <auto Value>
constexpr std::string_view enumerator_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Value = ") + 8);
  text = text.substr(0, text.find_first_of(";]"));
  if (text.front() == '(' || text.front() == '-' || (text.front() >= '0' && text.front() <= '9')) return {};
  return text.substr(text.rfind(':') + 1);
}

template <class E, std::size_t... I>
constexpr auto candidate_names(std::index_sequence<I...>) {
  return std::array<std::string_view, sizeof...(I)>{
      enumerator_name<static_cast<E>(enum_candidates<E>[I])>()...};
}

template <class E>
inline constexpr auto names_of_candidates =
    candidate_names<E>(std::make_index_sequence<enum_candidates<E>.size()>{});

template <class E>
constexpr std::size_t enumerator_count() {
  std::size_t count = 0;
  for (const std::string_view name : names_of_candidates<E>) count += name.empty() ? 0 : 1;
  return count;
}

}  // namespace detail

/// Every enumerator of E, in the order of enum_candidates<E>.
template <class E>
inline constexpr auto enum_values = [] {
  std::array<E, detail::enumerator_count<E>()> values{};
  std::size_t next = 0;
  for (std::size_t i = 0; i < enum_candidates<E>.size(); ++i) {
    if (!detail::names_of_candidates<E>[i].empty()) values[next++] = static_cast<E>(enum_candidates<E>[i]);
  }
  return values;
}();

/// Their names without the enum, "insufficient_funds", in the same order.
template <class E>
inline constexpr auto enum_names = [] {
  std::array<std::string_view, detail::enumerator_count<E>()> names{};
  std::size_t next = 0;
  for (const std::string_view name : detail::names_of_candidates<E>) {
    if (!name.empty()) names[next++] = name;
  }
  return names;
}();

/// The name of `value`; empty if it is no enumerator.
template <class E>
constexpr std::string_view enum_name(E value) {
  for (std::size_t i = 0; i < enum_values<E>.size(); ++i) {
    if (enum_values<E>[i] == value) return enum_names<E>[i];
  }
  return {};
}

template <class E>
constexpr bool is_enumerator(E value) {
  for (const E known : enum_values<E>) {
    if (known == value) return true;
  }
  return false;
}

}  // namespace souk
