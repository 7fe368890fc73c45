#pragma once

#include <string>

#include "scenarios/scenario.hpp"

/// Small scenarios for tests.
namespace souk::scenarios::testing {

/// The least a scenario needs, with `more` at the end.
inline std::string tiny(const std::string& more = "") {
  return "name: tiny\nproviders:\n  p: {count: 1}\ntenants:\n  t: {count: 1}\n" + more;
}

/// The error of reading `text`; "accepted" if there is none.
inline std::string error_of(const std::string& text, const LoadOptions& options = {}) {
  const auto scenario = parse_scenario(text, "tiny.yaml", options);
  return scenario ? "accepted" : scenario.error().message;
}

}  // namespace souk::scenarios::testing
