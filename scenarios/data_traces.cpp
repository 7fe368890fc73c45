#include "scenarios/data_traces.hpp"

#include <charconv>
#include <chrono>
#include <optional>

#include "scenarios/csv.hpp"

namespace souk::scenarios {
namespace {

constexpr std::int64_t tokens_max = 10'000'000;
constexpr double seconds_max = 1e9;

/// The number in `width` digits at `at`. REQUIRES: they are digits.
int digits_at(std::string_view text, std::size_t at, std::size_t width) {
  int value = 0;
  std::from_chars(text.data() + at, text.data() + at + width, value);
  return value;
}

/// `2023-11-16 18:17:03.9799600` in nanoseconds since 1970.
std::optional<Duration> parse_timestamp(std::string_view text) {
  static constexpr std::string_view form = "0000-00-00 00:00:00.0000000";
  if (text.size() != form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !digit : text[i] != form[i]) return std::nullopt;
  }
  const std::chrono::year_month_day day{std::chrono::year(digits_at(text, 0, 4)),
                                        std::chrono::month(static_cast<unsigned>(digits_at(text, 5, 2))),
                                        std::chrono::day(static_cast<unsigned>(digits_at(text, 8, 2)))};
  const int hour = digits_at(text, 11, 2);
  const int minute = digits_at(text, 14, 2);
  const int second = digits_at(text, 17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  // 9,223 years of nanoseconds do not fit 64 bits; 1970 to 2199 do.
  if (day.year() < std::chrono::year(1970) || day.year() > std::chrono::year(2199)) return std::nullopt;
  return std::chrono::sys_days(day).time_since_epoch() + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) +
         Duration(std::int64_t{digits_at(text, 20, 7)} * 100);
}

}  // namespace

Result<std::vector<LlmRequest>> load_azure_llm(const std::string& path) {
  CsvReader csv(path);
  const std::size_t timestamp = csv.column("TIMESTAMP");
  const std::size_t context = csv.column("ContextTokens");
  const std::size_t generated = csv.column("GeneratedTokens");
  std::vector<LlmRequest> requests;
  std::optional<Duration> first;
  while (csv.next()) {
    const auto at = parse_timestamp(csv.text(timestamp));
    if (!at) {
      csv.refuse(timestamp, "`2023-11-16 18:17:03.9799600`");
      break;
    }
    if (!first) first = at;
    const Duration since_first = *at - *first;
    if (!requests.empty() && since_first < requests.back().since_first)
      csv.refuse(timestamp, "a time not before the row above");
    requests.push_back(
        {since_first, csv.integer(context, 0, tokens_max), csv.integer(generated, 0, tokens_max)});
  }
  if (auto result = csv.result(); !result) return Unexpected{result.error()};
  return requests;
}

Result<std::vector<Duration>> load_philly_runtimes(const std::string& path) {
  CsvReader csv(path);
  const std::size_t runtime = csv.column("runtime");
  std::vector<Duration> runtimes;
  while (csv.next())
    runtimes.push_back(Duration(static_cast<std::int64_t>(csv.number(runtime, 0, seconds_max) * 1e9)));
  if (auto result = csv.result(); !result) return Unexpected{result.error()};
  return runtimes;
}

}  // namespace souk::scenarios
