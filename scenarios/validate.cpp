#include "scenarios/validate.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "scenarios/validate_checks.hpp"

namespace souk::scenarios {
namespace {

Result<double> parse_number(const std::string& name, const std::string& text, double low, double high) {
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || !(value >= low && value <= high)) {
    return fail("parameter " + name + ": '" + text + "' is not a number from " + std::to_string(low) +
                " to " + std::to_string(high));
  }
  return value;
}

}  // namespace

bool Row::passed() const { return std::abs(got - expected) <= tolerance; }

Row measured(std::string what, double expected, double got, double standard_error, double tolerance) {
  return {std::move(what), expected, got, standard_error, tolerance > 0 ? tolerance : 4 * standard_error};
}

Row exact(std::string what, double expected, double got, double tolerance) {
  return {std::move(what), expected, got, 0,
          tolerance > 0 ? tolerance : 1e-9 * std::max(1.0, std::abs(expected))};
}

Result<double> CheckInput::number(const std::string& name, double low, double high) const {
  SOUK_CHECK(values.contains(name));
  return parse_number(name, values.at(name), low, high);
}

Result<std::vector<double>> CheckInput::numbers(const std::string& name, double low, double high) const {
  SOUK_CHECK(values.contains(name));
  constexpr std::size_t numbers_max = 64;
  std::vector<double> list;
  const std::string& text = values.at(name);
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(',', from), text.size());
    auto value = parse_number(name, text.substr(from, to - from), low, high);
    if (!value) return Unexpected{value.error()};
    if (list.size() == numbers_max) return fail("parameter " + name + ": more than 64 numbers");
    list.push_back(*value);
    from = to + 1;
  }
  return list;
}

const std::vector<Check>& checks() {
  static const std::vector<Check> all = [] {
    std::vector<Check> list;
    for (auto part : {auction_checks, queue_checks, ledger_checks, data_checks, stake_checks, slashing_checks,
                      consensus_checks}) {
      for (Check& check : part()) list.push_back(std::move(check));
    }
    std::sort(list.begin(), list.end(), [](const Check& a, const Check& b) { return a.id < b.id; });
    return list;
  }();
  return all;
}

const Check* find_check(const std::string& id) {
  const auto& all = checks();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Check& c) { return c.id == id; });
  return found == all.end() ? nullptr : &*found;
}

bool CheckOutcome::passed() const {
  return !rows.empty() && std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.passed(); });
}

Result<CheckOutcome> run_check(const Check& check, CheckInput input,
                               const std::map<std::string, std::string>& overrides) {
  input.values.clear();
  for (const Parameter& parameter : check.parameters) input.values[parameter.name] = parameter.value;
  for (const auto& [name, value] : overrides) {
    if (!input.values.contains(name)) {
      std::string known;
      for (const Parameter& parameter : check.parameters)
        known += (known.empty() ? "" : ", ") + parameter.name;
      return fail(check.id + " has no parameter '" + name + "'; it has " + (known.empty() ? "none" : known));
    }
    input.values[name] = value;
  }
  if (input.n == 0) input.n = check.n;
  const auto start = std::chrono::steady_clock::now();
  auto rows = check.run(input);
  if (!rows) return fail(check.id + ": " + rows.error().message);
  const double wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return CheckOutcome{&check, std::move(input), std::move(*rows), wall_s};
}

}  // namespace souk::scenarios
