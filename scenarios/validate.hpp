#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/base/result.hpp"

/// `souk validate`: results of auction and queueing theory, and of the rule books, reproduced by the very
/// actors and ledger that scenarios use (economics.md section 3). Formulas say what to expect and nothing
/// else.
namespace souk::scenarios {

/// One compared number. It holds when |got - expected| <= tolerance.
struct Row {
  std::string what;
  double expected = 0;
  double got = 0;
  double standard_error = 0;  ///< 0 where the number is exact
  double tolerance = 0;
  bool passed() const;
};

/// A row of a simulated mean: tolerance is 4 standard errors, or `tolerance` where the table states one.
Row measured(std::string what, double expected, double got, double standard_error, double tolerance = 0);
/// A row that must hold to `tolerance` (default: 1e-9 relative).
Row exact(std::string what, double expected, double got, double tolerance = 0);

/// What a check may be re-run with. Values are numbers or comma-separated lists of numbers.
struct Parameter {
  std::string name;
  std::string value;  ///< the published table's
  std::string doc;
};

/// Who does the work of a check.
struct Crew {
  unsigned threads = 1;  ///< >= 1; the rows are the same with any number
  /// Told how much of what is under way is done, in [0, 1], from any of the threads.
  std::function<void(double share)> progress = [](double) {};
};

/// Auctions that were run already, for the next check that asks for the very same.
class AuctionResults;
std::shared_ptr<AuctionResults> make_auction_results();

/// One execution of a check.
struct CheckInput {
  std::uint64_t seed = 1;
  std::uint64_t n = 0;  ///< auctions or arrivals per row
  bool broken = false;  ///< with the rule broken on purpose: the check must then fail
  std::string data;     ///< folder of the real data sets
  std::map<std::string, std::string> values;
  Crew crew{};
  /// Shared by the checks of one invocation. Null: each check runs its own.
  std::shared_ptr<AuctionResults> auctions{};

  /// The value of a declared parameter. Errors: not a number, outside [low, high].
  Result<double> number(const std::string& name, double low, double high) const;
  /// Its comma-separated numbers, each within [low, high]; at most 64.
  Result<std::vector<double>> numbers(const std::string& name, double low, double high) const;
};

struct Check {
  std::string id;  ///< V01
  std::string title;
  std::string breaks;   ///< what `--break` breaks
  std::uint64_t n = 0;  ///< default size of the sample; 0 where nothing is sampled
  std::vector<Parameter> parameters;
  Result<std::vector<Row>> (*run)(const CheckInput&) = nullptr;
};

/// All checks in the order of the table.
const std::vector<Check>& checks();
const Check* find_check(const std::string& id);

/// What one check came to.
struct CheckOutcome {
  const Check* check = nullptr;
  CheckInput input;
  std::vector<Row> rows;
  double wall_s = 0;
  bool passed() const;
};

/// Runs `check` with `overrides` in place of its parameters. n = 0 takes the check's own.
/// Errors: unknown parameter (names the nearest), value out of range, missing data.
Result<CheckOutcome> run_check(const Check& check, CheckInput input,
                               const std::map<std::string, std::string>& overrides);

}  // namespace souk::scenarios
