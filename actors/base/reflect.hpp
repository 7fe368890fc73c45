#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

/// The fields of any aggregate, found by the compiler, so that a struct is encoded, hashed, printed and
/// generated for tests without a list of its fields that could fall behind.
namespace souk {
namespace detail {

/// Stands for a value of whatever type a field has; only ever used unevaluated.
struct AnyField {
  template <class T>
  operator T() const;  // NOLINT: implicit by design
};

template <class T, std::size_t... I>
constexpr bool is_built_from(std::index_sequence<I...>) {
  return requires { T{(static_cast<void>(I), AnyField{})...}; };
}

template <class T, std::size_t n>
constexpr std::size_t count_fields() {
  if constexpr (n == 0 || is_built_from<T>(std::make_index_sequence<n>{})) {
    return n;
  } else {
    return count_fields<T, n - 1>();
  }
}

}  // namespace detail

/// More fields than this do not compile; split the struct.
inline constexpr std::size_t field_count_max = 20;

/// Number of fields of the aggregate T. No base classes, references or C arrays.
template <class T>
inline constexpr std::size_t field_count = [] {
  static_assert(std::is_aggregate_v<T>, "only aggregates show their fields");
  constexpr std::size_t count = detail::count_fields<T, field_count_max + 1>();
  static_assert(count <= field_count_max, "too many fields");
  return count;
}();

/// Calls `visit(field0, field1, ...)` with references to the fields of `value`, const if it is, and returns
/// what that returns.
template <class T, class Visit>
constexpr decltype(auto) with_fields(T& value, Visit&& visit) {
  constexpr std::size_t count = field_count<std::remove_const_t<T>>;
  if constexpr (count == 0) {
    return visit();
  } else if constexpr (count == 1) {
    auto& [a] = value;
    return visit(a);
  } else if constexpr (count == 2) {
    auto& [a, b] = value;
    return visit(a, b);
  } else if constexpr (count == 3) {
    auto& [a, b, c] = value;
    return visit(a, b, c);
  } else if constexpr (count == 4) {
    auto& [a, b, c, d] = value;
    return visit(a, b, c, d);
  } else if constexpr (count == 5) {
    auto& [a, b, c, d, e] = value;
    return visit(a, b, c, d, e);
  } else if constexpr (count == 6) {
    auto& [a, b, c, d, e, f] = value;
    return visit(a, b, c, d, e, f);
  } else if constexpr (count == 7) {
    auto& [a, b, c, d, e, f, g] = value;
    return visit(a, b, c, d, e, f, g);
  } else if constexpr (count == 8) {
    auto& [a, b, c, d, e, f, g, h] = value;
    return visit(a, b, c, d, e, f, g, h);
  } else if constexpr (count == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = value;
    return visit(a, b, c, d, e, f, g, h, i);
  } else if constexpr (count == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = value;
    return visit(a, b, c, d, e, f, g, h, i, j);
  } else if constexpr (count == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = value;
    return visit(a, b, c, d, e, f, g, h, i, j, k);
  } else if constexpr (count == 12) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = value;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l);
  } else if constexpr (count == 13) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = value;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m);
  } else if constexpr (count == 14) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = value;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  } else if constexpr (count == 15) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = value;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
  } else if constexpr (count == 16) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = value;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
  } else if constexpr (count == 17) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = value;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
  } else if constexpr (count == 18) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = value;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
  } else if constexpr (count == 19) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = value;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s);
  } else if constexpr (count == 20) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = value;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
  }
}

/// The type's own name without namespaces: "EventOrderCreated". For classes and enums, not templates.
template <class T>
constexpr std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  return text.substr(text.rfind(':') + 1);
}

}  // namespace souk
