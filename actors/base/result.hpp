#pragma once

#include <string>
#include <utility>
#include <variant>

#include "actors/base/check.hpp"

namespace souk {

/// Wraps an error so that it converts to any Expected with that error type.
template <class E>
struct Unexpected {
  E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

/// A value or the reason why there is none; the spelling of C++23's std::expected, which g++ 12 lacks
/// under -std=c++20.
template <class T, class E>
class [[nodiscard]] Expected {
 public:
  constexpr Expected(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  template <class G>
  constexpr Expected(Unexpected<G> unexpected)  // NOLINT: implicit by design
      : state_(std::in_place_index<1>, std::move(unexpected.error)) {}

  constexpr bool has_value() const { return state_.index() == 0; }
  constexpr explicit operator bool() const { return has_value(); }

  constexpr T& value() & { return SOUK_CHECK(has_value()), *std::get_if<0>(&state_); }
  constexpr const T& value() const& { return SOUK_CHECK(has_value()), *std::get_if<0>(&state_); }
  constexpr T&& value() && { return SOUK_CHECK(has_value()), std::move(*std::get_if<0>(&state_)); }
  constexpr T& operator*() & { return value(); }
  constexpr const T& operator*() const& { return value(); }
  constexpr T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T value_or(T other) const { return has_value() ? value() : std::move(other); }

  constexpr const E& error() const { return SOUK_CHECK(!has_value()), *std::get_if<1>(&state_); }

 private:
  std::variant<T, E> state_;
};

/// Success without a value.
template <class E>
class [[nodiscard]] Expected<void, E> {
 public:
  Expected() = default;
  template <class G>
  constexpr Expected(Unexpected<G> unexpected)  // NOLINT: implicit by design
      : error_(std::in_place_index<1>, std::move(unexpected.error)) {}

  constexpr bool has_value() const { return error_.index() == 0; }
  constexpr explicit operator bool() const { return has_value(); }
  constexpr const E& error() const { return SOUK_CHECK(!has_value()), *std::get_if<1>(&error_); }

 private:
  std::variant<std::monostate, E> error_;
};

/// Why input from outside was refused. `message` is one line a user can act on: what is wrong, and what
/// would be right.
struct Error {
  std::string message;
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = Expected<T, Error>;

inline Unexpected<Error> fail(std::string message) { return {Error{std::move(message)}}; }

}  // namespace souk
