#include "scenarios/rows.hpp"

#include <charconv>
#include <cmath>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace souk::scenarios {
namespace {

/// One column of a small CSV file with a header: plain fields, as measured data sets have.
Result<std::vector<double>> read_column(const std::string& bytes, const std::string& file,
                                        const std::string& column) {
  std::istringstream in(bytes);
  std::string line;
  std::getline(in, line);
  const auto split = [](const std::string& text) {
    std::vector<std::string> fields;
    std::istringstream row(text.ends_with('\r') ? text.substr(0, text.size() - 1) : text);
    for (std::string field; std::getline(row, field, ',');) fields.push_back(field);
    return fields;
  };
  const auto header = split(line);
  const auto at = std::find(header.begin(), header.end(), column) - header.begin();
  if (at == static_cast<std::ptrdiff_t>(header.size())) {
    return fail(fmt::format("{}:1: no column `{}`; it has {}", file, column, fmt::join(header, ", ")));
  }
  std::vector<double> out;
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    const auto fields = split(line);
    double value = 0;
    const std::string text =
        static_cast<std::size_t>(at) < fields.size() ? fields[static_cast<std::size_t>(at)] : "";
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || problem != std::errc{} || end != text.data() + text.size()) {
      return fail(fmt::format("{}:{}: `{}` in column `{}` is not a number", file, number, text, column));
    }
    out.push_back(value);
  }
  return out;
}

Result<Distribution> empirical(const DistributionText& text, double unit_size, ReadContext& context) {
  const auto bytes = read_input(context, text.file);
  if (!bytes) return Unexpected{bytes.error()};
  auto samples = read_column(*bytes, text.file, text.column);
  if (!samples) return Unexpected{samples.error()};
  for (double& sample : *samples) sample /= unit_size;
  return Distribution::make(Empirical{std::move(*samples)});
}

Result<Distribution> lognormal(double median, double mean, bool by_cv) {
  // Checked here because the makers require it.
  if (by_cv && (!(median > 0) || !(mean >= 0))) return fail("lognormal_cv needs mean > 0 and cv >= 0");
  if (!by_cv && (!(median > 0) || !(mean >= median))) return fail("lognormal needs 0 < median <= mean");
  return Distribution::make(by_cv ? LogNormal::of_mean_cv(median, mean)
                                  : LogNormal::of_median_mean(median, mean));
}

/// Shortest text that reads back as the same number.
std::string shortest(double value) { return fmt::format("{}", value); }

}  // namespace

const Scalar& scalar_of(const Value& value) { return std::get<Scalar>(value); }

void assign(bool& field, const Value& value) { field = std::get<bool>(scalar_of(value)); }
void assign(double& field, const Value& value) { field = canonical(scalar_of(value)); }
void assign(Duration& field, const Value& value) { field = std::get<Duration>(scalar_of(value)); }
void assign(Coin& field, const Value& value) { field = std::get<Coin>(scalar_of(value)); }
void assign(DecCoin& field, const Value& value) { field = std::get<DecCoin>(scalar_of(value)); }
void assign(std::string& field, const Value& value) { field = std::get<std::string>(scalar_of(value)); }
void assign(std::vector<std::string>& field, const Value& value) {
  field.clear();
  for (const Scalar& item : std::get<std::vector<Scalar>>(value))
    field.push_back(std::get<std::string>(item));
}
void assign(Attributes& field, const Value& value) {
  field.clear();
  for (const auto& [key, item] : std::get<ScalarTable>(value))
    field.push_back({key, std::get<std::string>(item)});
}
void assign(ScalarTable& field, const Value& value) { field = std::get<ScalarTable>(value); }

std::string show(bool field, Unit) { return field ? "true" : "false"; }
std::string show(double field, Unit unit) {
  switch (unit) {
    case Unit::usd: return shortest(field) + " USD";
    case Unit::usd_per_hour: return shortest(field) + " USD/h";
    case Unit::usd_per_month: return shortest(field) + " USD/month";
    case Unit::usd_per_kwh: return shortest(field) + " USD/kWh";
    case Unit::kilowatt: return shortest(field) + " kW";
    case Unit::event_rate: return shortest(field) + " / d";
    default: return shortest(field);
  }
}
std::string show(Duration field, Unit) {
  const std::int64_t ns = field.count();
  constexpr std::int64_t second = 1'000'000'000;
  if (ns % (86'400 * second) == 0 && ns != 0) return fmt::format("{} d", ns / (86'400 * second));
  if (ns % (3'600 * second) == 0 && ns != 0) return fmt::format("{} h", ns / (3'600 * second));
  if (ns % second == 0) return fmt::format("{} s", ns / second);
  return ns % 1'000'000 == 0 ? fmt::format("{} ms", ns / 1'000'000) : fmt::format("{} ns", ns);
}
std::string show(const Coin& field, Unit) {
  return fmt::format("{} {}", field.amount.micro, denom_name(field.denom));
}
std::string show(const DecCoin& field, Unit) {
  return fmt::format("{} {}/block", field.amount.to_string(), denom_name(field.denom));
}
std::string show(const std::string& field, Unit) { return field; }
std::string show(const std::vector<std::string>& field, Unit) {
  return fmt::format("[{}]", fmt::join(field, ", "));
}
std::string show(const Attributes& field, Unit) {
  std::vector<std::string> parts;
  for (const auto& attribute : field) parts.push_back(attribute.key + ": " + attribute.value);
  return fmt::format("{{{}}}", fmt::join(parts, ", "));
}
std::string show(const ScalarTable& field, Unit unit) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : field) parts.push_back(name + ": " + show(canonical(value), unit));
  return fmt::format("{{{}}}", fmt::join(parts, ", "));
}
std::string show(const Distribution& field, double unit_size, Unit unit) {
  const std::string suffix = unit == Unit::duration ? " s" : "";
  if (field.minimum() == field.maximum()) return shortest(field.mean() * unit_size) + suffix;
  return fmt::format("(mean {}{}, variance {})", shortest(field.mean() * unit_size), suffix,
                     shortest(field.variance() * unit_size * unit_size));
}
std::string show_count(std::uint64_t field, Unit unit) {
  if (unit == Unit::bytes) return fmt::format("{} B", field);
  if (unit == Unit::cpu) return fmt::format("{} m", field);
  return fmt::format("{}", field);
}

Result<Distribution> make_distribution(const DistributionText& text, double unit_size, ReadContext& context) {
  const auto p = [&](std::size_t i) { return text.parameters.at(i) / unit_size; };
  const auto plain = [&](std::size_t i) { return text.parameters.at(i); };
  if (text.form == "constant") return Distribution::make(PointMass{p(0)});
  if (text.form == "uniform") return Distribution::make(Uniform{p(0), p(1)});
  if (text.form == "exponential") return Distribution::make(Exponential{p(0)});
  if (text.form == "normal") return Distribution::make(Normal{p(0), p(1)});
  if (text.form == "lognormal") return lognormal(p(0), p(1), false);
  if (text.form == "lognormal_cv") return lognormal(p(0), plain(1), true);
  if (text.form == "gamma") return Distribution::make(Gamma{plain(0), p(1)});
  if (text.form == "weibull") return Distribution::make(Weibull{plain(0), p(1)});
  if (text.form == "pareto") return Distribution::make(Pareto{p(0), plain(1)});
  if (text.form == "empirical") return empirical(text, unit_size, context);
  SOUK_CHECK(text.form == "choice");
  std::vector<double> values = text.values;
  for (double& value : values) value /= unit_size;
  return Distribution::make(Categorical{text.weights, std::move(values)});
}

}  // namespace souk::scenarios
