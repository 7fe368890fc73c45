#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

#include "actors/base/enums.hpp"
#include "actors/base/result.hpp"

/// State machines as tables: what is not in the table is refused, and the tests walk all of it.
namespace souk {

/// One allowed step.
template <class State, class Input>
struct Transition {
  State from;
  Input input;
  State to;
};

/// A step that the table does not have. It refers to nothing: actors turn it into their error code.
template <class State, class Input>
struct InvalidTransition {
  State state;
  Input input;

  /// "invalid transition: closed does not take match"
  std::string message() const {
    return "invalid transition: " + std::string(enum_name(state)) + " does not take " +
           std::string(enum_name(input));
  }
  friend constexpr bool operator==(const InvalidTransition&, const InvalidTransition&) = default;
};

/// The state after `input`, or why there is none. Tables are short; the first matching row counts, and
/// is_function() below promises that it is the only one.
template <class State, class Input, std::size_t n>
constexpr Expected<State, InvalidTransition<State, Input>> next(const Transition<State, Input> (&table)[n],
                                                                std::type_identity_t<State> state,
                                                                std::type_identity_t<Input> input) {
  for (const auto& row : table) {
    if (row.from == state && row.input == input) return row.to;
  }
  return Unexpected{InvalidTransition<State, Input>{state, input}};
}

/// Whether no (state, input) pair has two rows; static_assert it next to each table.
template <class State, class Input, std::size_t n>
constexpr bool is_function(const Transition<State, Input> (&table)[n]) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (table[i].from == table[k].from && table[i].input == table[k].input) return false;
    }
  }
  return true;
}

/// Every (state, input) pair there is, for the test that tries them all.
template <class State, class Input>
constexpr auto all_pairs() {
  std::array<std::pair<State, Input>, enum_values<State>.size() * enum_values<Input>.size()> pairs{};
  std::size_t count = 0;
  for (const State state : enum_values<State>) {
    for (const Input input : enum_values<Input>) pairs[count++] = {state, input};
  }
  return pairs;
}

}  // namespace souk
