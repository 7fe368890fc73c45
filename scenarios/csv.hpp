#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/result.hpp"

namespace souk::scenarios {

/// A strict reader of comma-separated files with a header line: quoted fields (RFC 4180, but within one
/// line), LF or CRLF, lines of bounded length. Columns are asked for by name, so their order in the file does
/// not matter.
///
/// The first error sticks: next() is false from then on and error() says `file:line: what, what would be
/// right`. So a loader reads rows in a plain loop and asks once, at the end.
class CsvReader {
 public:
  static constexpr std::size_t line_bytes_max = 1 << 16;

  /// Opens `path` and reads its header. Errors stick, as everywhere.
  explicit CsvReader(const std::string& path);
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;
  ~CsvReader();

  /// Index of the column `name`; a missing one is an error that lists those there are.
  std::size_t column(std::string_view name);
  /// Whether there is such a column, for files that come in variants.
  bool has_column(std::string_view name) const;
  /// Moves to the next row; empty lines are skipped. False at the end and after an error. A row with more or
  /// fewer fields than the header is an error.
  bool next();

  /// The field as it stands. REQUIRES: next() returned true.
  const std::string& text(std::size_t column) const;
  /// Whole number within [min, max], digits with an optional sign. 0 after an error.
  std::int64_t integer(std::size_t column, std::int64_t min, std::int64_t max);
  /// Decimal number within [min, max], finite. 0 after an error.
  double number(std::size_t column, double min, double max);
  /// Reports that the value of `column` in this row is wrong. `what` says what would be right.
  void refuse(std::size_t column, const std::string& what);

  /// The line of the current row's start, from 1.
  std::size_t line() const;
  bool ok() const;
  /// Success, or the first error.
  Result<void> result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace souk::scenarios
