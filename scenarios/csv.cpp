#include "scenarios/csv.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include "actors/base/check.hpp"

namespace souk::scenarios {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// Splits one line. Errors: what is wrong with its quotes.
Result<void> split(std::string_view line, std::vector<std::string>& fields) {
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    if (count == fields.size()) fields.emplace_back();
    std::string& field = fields[count];
    field.clear();
    if (line.starts_with('"')) {
      line.remove_prefix(1);
      for (std::size_t quote = line.find('"'); true; quote = line.find('"')) {
        if (quote == std::string_view::npos)
          return fail("a quoted field does not end on its line; add the closing quote");
        field += line.substr(0, quote);
        line.remove_prefix(quote + 1);
        if (!line.starts_with('"')) break;
        field += '"';
        line.remove_prefix(1);
      }
      if (!line.empty() && line.front() != ',')
        return fail("text after a closing quote; double the quotes inside a field");
    } else {
      const std::size_t comma = line.find(',');
      field = line.substr(0, comma);
      line.remove_prefix(field.size());
      if (field.find('"') != std::string::npos)
        return fail("a quote inside a field; put the field in quotes and double it");
    }
    more = line.starts_with(',');
    if (more) line.remove_prefix(1);
  }
  fields.resize(count);
  return {};
}

}  // namespace

struct CsvReader::State {
  std::string path;
  File file{nullptr, std::fclose};
  std::vector<std::string> names;
  std::vector<std::string> fields;
  std::string buffer;
  std::size_t line = 0;
  bool has_error = false;
  Error error;

  void set_error(std::size_t at, const std::string& what) {
    if (has_error) return;
    has_error = true;
    error.message = at == 0 ? fmt::format("{}: {}", path, what) : fmt::format("{}:{}: {}", path, at, what);
  }

  /// Opens `path` and reads the header.
  void open() {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
      return set_error(0, "is a folder; a CSV file would be right");
    file.reset(std::fopen(path.c_str(), "rb"));
    if (!file) return set_error(0, std::strerror(errno));
    if (!read_line()) return set_error(0, "is empty; a header line would be right");
    if (std::string_view(buffer).starts_with("\xEF\xBB\xBF")) buffer.erase(0, 3);
    if (split_line()) names = fields;
  }

  /// Reads the next line into `buffer` without its end. False at the end of the file or on an error.
  bool read_line() {
    buffer.clear();
    int c = std::getc(file.get());
    if (c == EOF) {
      if (std::ferror(file.get()) != 0) set_error(0, std::strerror(errno));
      return false;
    }
    ++line;
    for (; c != EOF && c != '\n'; c = std::getc(file.get())) {
      if (buffer.size() == line_bytes_max) {
        set_error(line, fmt::format("a line of more than {} bytes; this is no table", line_bytes_max));
        return false;
      }
      buffer += static_cast<char>(c);
    }
    if (buffer.ends_with('\r')) buffer.pop_back();
    return true;
  }

  bool split_line() {
    const auto result = split(buffer, fields);
    if (!result) set_error(line, result.error().message);
    return result.has_value();
  }
};

CsvReader::CsvReader(const std::string& path) : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->open();
}

CsvReader::~CsvReader() = default;

std::size_t CsvReader::column(std::string_view name) {
  const auto& names = state_->names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return i;
  }
  state_->set_error(1, fmt::format("no column `{}`; there are: {}", name, fmt::join(names, " ")));
  return 0;
}

bool CsvReader::has_column(std::string_view name) const {
  const auto& names = state_->names;
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool CsvReader::next() {
  if (state_->has_error) return false;
  do {
    if (!state_->read_line()) return false;
  } while (state_->buffer.empty());
  if (!state_->split_line()) return false;
  if (state_->fields.size() != state_->names.size()) {
    state_->set_error(state_->line, fmt::format("{} fields; the header has {}", state_->fields.size(),
                                                state_->names.size()));
  }
  return ok();
}

const std::string& CsvReader::text(std::size_t column) const {
  SOUK_CHECK(column < state_->fields.size());
  return state_->fields[column];
}

std::int64_t CsvReader::integer(std::size_t column, std::int64_t min, std::int64_t max) {
  const std::string& field = text(column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error == std::errc() && end == field.data() + field.size() && value >= min && value <= max)
    return value;
  refuse(column, fmt::format("a whole number from {} to {}", min, max));
  return 0;
}

double CsvReader::number(std::size_t column, double min, double max) {
  const std::string& field = text(column);
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error == std::errc() && end == field.data() + field.size() && value >= min && value <= max)
    return value;
  refuse(column, fmt::format("a number from {} to {}", min, max));
  return 0;
}

void CsvReader::refuse(std::size_t column, const std::string& what) {
  state_->set_error(state_->line, fmt::format("column `{}` is `{}`; {} would be right", state_->names[column],
                                              text(column), what));
}

std::size_t CsvReader::line() const { return state_->line; }

bool CsvReader::ok() const { return !state_->has_error; }

Result<void> CsvReader::result() const {
  if (state_->has_error) return Unexpected{state_->error};
  return {};
}

}  // namespace souk::scenarios
