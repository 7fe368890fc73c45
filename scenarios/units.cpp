#include "scenarios/units.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
#include <span>

#include <fmt/format.h>

namespace souk::scenarios {
namespace {

/// One spelling of a unit: a value times `factor` is in the canonical measure.
struct Spelling {
  std::string_view name;
  double factor;
};

constexpr double hours_per_month = 730.5;  // 365.25 / 12 days of 24 h
constexpr double hours_per_year = 8766.0;  // 365.25 days
constexpr double days_per_quarter = 91.3125;

constexpr Spelling duration_units[] = {{"ns", 1},       {"us", 1e3},         {"ms", 1e6},
                                       {"s", 1e9},      {"min", 60e9},       {"h", 3600e9},
                                       {"d", 86'400e9}, {"week", 604'800e9}, {"year", 365.0 * 86'400e9}};
constexpr Spelling byte_units[] = {{"B", 1},
                                   {"Ki", 1024.0},
                                   {"Mi", 1048576.0},
                                   {"Gi", 1073741824.0},
                                   {"Ti", 1099511627776.0},
                                   {"Pi", 1125899906842624.0},
                                   {"k", 1e3},
                                   {"M", 1e6},
                                   {"G", 1e9},
                                   {"T", 1e12},
                                   {"P", 1e15}};
constexpr Spelling cpu_units[] = {{"m", 1}, {"cpu", 1000}};
constexpr Spelling coin_units[] = {{"AKT", 1e6}, {"ACT", 1e6}, {"USDC", 1e6},
                                   {"uakt", 1},  {"uact", 1},  {"uusdc", 1}};
constexpr Spelling block_price_units[] = {{"uakt/block", 1}, {"uact/block", 1}, {"uusdc/block", 1}};
constexpr Spelling usd_units[] = {{"USD", 1}};
constexpr Spelling usd_per_hour_units[] = {
    {"USD/h", 1}, {"USD/d", 1.0 / 24}, {"USD/month", 1 / hours_per_month}, {"USD/year", 1 / hours_per_year}};
constexpr Spelling usd_per_month_units[] = {{"USD/month", 1}};
constexpr Spelling usd_per_kwh_units[] = {{"USD/kWh", 1}, {"c/kWh", 0.01}};
constexpr Spelling kilowatt_units[] = {{"kW", 1}, {"W", 0.001}};
constexpr Spelling event_rate_units[] = {{"/ s", 86'400},
                                         {"/ min", 1440},
                                         {"/ h", 24},
                                         {"/ d", 1},
                                         {"/ week", 1.0 / 7},
                                         {"/ month", 24 / hours_per_month},
                                         {"/ quarter", 1 / days_per_quarter},
                                         {"/ year", 24 / hours_per_year}};

struct UnitText {
  Unit unit;
  std::string_view what;
  std::string_view example;
  std::span<const Spelling> spellings;
};
const UnitText unit_texts[] = {
    {Unit::text, "a text", "", {}},
    {Unit::boolean, "`true` or `false`", "", {}},
    {Unit::count, "a whole number", "58", {}},
    {Unit::number, "a number", "1.25", {}},
    {Unit::fraction, "a fraction", "5 %", {}},
    {Unit::duration, "a duration", "30 d", duration_units},
    {Unit::bytes, "a size", "16 Gi", byte_units},
    {Unit::cpu, "an amount of CPU", "500 m", cpu_units},
    {Unit::coin, "an amount of coins", "0.5 AKT", coin_units},
    {Unit::block_price, "a price per block", "10000 uact/block", block_price_units},
    {Unit::usd, "an amount of dollars", "30 USD", usd_units},
    {Unit::usd_per_hour, "a price per hour", "2.69 USD/h", usd_per_hour_units},
    {Unit::usd_per_month, "a price per month", "1.60 USD/month", usd_per_month_units},
    {Unit::usd_per_kwh, "a price of electricity", "0.06 USD/kWh", usd_per_kwh_units},
    {Unit::kilowatt, "a power", "1.275 kW", kilowatt_units},
    {Unit::event_rate, "a rate of events", "50000 / quarter", event_rate_units},
};
const UnitText& text_of(Unit unit) { return unit_texts[static_cast<std::size_t>(unit)]; }

/// "1 234.5 unit" split at the first character that can not be part of the number. Inner blanks of the unit
/// are folded, so that `50000/quarter` and `50000 / quarter` are the same.
struct Split {
  std::string number;
  std::string unit;
};
Split split(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) != 0 || text[end] == '.' ||
                               ((text[end] == '-' || text[end] == '+') && end == 0))) {
    ++end;
  }
  const bool exponent =
      end > 0 && end + 1 < text.size() && text[end] == 'e' &&
      (std::isdigit(static_cast<unsigned char>(text[end + 1])) != 0 || text[end + 1] == '-');
  if (exponent) {
    end += 2;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
  }
  Split parts{std::string(text.substr(0, end)), {}};
  for (const char c : text.substr(end)) {
    if (c != ' ' && c != '\t') parts.unit.push_back(c);
  }
  if (!parts.unit.empty() && parts.unit[0] == '/') parts.unit.insert(1, " ");
  return parts;
}

Unexpected<Error> wrong(Unit unit, std::string_view text) {
  return fail(fmt::format("`{}` should be {}", text, describe(unit)));
}

Result<double> parse_number(Unit unit, const std::string& number, std::string_view text) {
  double value = 0;
  const char* first = number.data() + (number.starts_with('+') ? 1 : 0);
  const auto [end, problem] = std::from_chars(first, number.data() + number.size(), value);
  if (number.empty() || problem != std::errc{} || end != number.data() + number.size() ||
      !std::isfinite(value)) {
    return wrong(unit, text);
  }
  return value;
}

/// `number` x `factor` as a whole number, exactly; `factor` is a power of ten or a whole number.
Result<std::int64_t> exact(Unit unit, const std::string& number, double factor, std::string_view text) {
  if (number.find('e') != std::string::npos) {
    return fail(fmt::format("`{}` must be exact: write the number out, without an exponent", text));
  }
  std::string padded = number.starts_with('.') ? "0" + number : number;
  if (padded.ends_with('.')) padded.pop_back();
  const auto dec = Dec::parse(padded.starts_with('+') ? padded.substr(1) : padded);
  if (!dec) return wrong(unit, text);
  i128 raw = 0;
  if (__builtin_mul_overflow(dec->raw(), static_cast<i128>(factor), &raw)) {
    return fail(fmt::format("`{}` is too large to hold", text));
  }
  if (raw % Dec::scale != 0)
    return fail(fmt::format("`{}` is finer than the smallest unit it is counted in", text));
  const i128 whole = raw / Dec::scale;
  if (whole > INT64_MAX || whole < INT64_MIN) return fail(fmt::format("`{}` is too large to hold", text));
  return static_cast<std::int64_t>(whole);
}

const Spelling* spelling_of(Unit unit, std::string_view name) {
  for (const Spelling& spelling : text_of(unit).spellings) {
    if (spelling.name == name) return &spelling;
  }
  return nullptr;
}

Denom denom_of(std::string_view unit) {
  if (unit.starts_with("AKT") || unit.starts_with("uakt")) return Denom::uakt;
  if (unit.starts_with("ACT") || unit.starts_with("uact")) return Denom::uact;
  return Denom::uusdc;
}

Result<Scalar> parse_block_price(const Split& parts, std::string_view text) {
  const auto dec = Dec::parse(parts.number);
  if (!dec) return wrong(Unit::block_price, text);
  return Scalar{DecCoin{denom_of(parts.unit), *dec}};
}

Result<Scalar> parse_plain(Unit unit, const Split& parts, std::string_view text) {
  const bool percent = unit == Unit::fraction && parts.unit == "%";
  if (!parts.unit.empty() && !percent) return wrong(unit, text);
  if (unit == Unit::count) {
    auto whole = exact(unit, parts.number, 1, text);
    if (!whole) return wrong(unit, text);
    return Scalar{*whole};
  }
  const auto value = parse_number(unit, parts.number, text);
  if (!value) return Unexpected{value.error()};
  return Scalar{percent ? *value / 100 : *value};
}

Result<Scalar> parse_measure(Unit unit, const Split& parts, std::string_view text) {
  if (parts.number.find_first_of("0123456789") == std::string::npos) return wrong(unit, text);
  const Spelling* spelling = spelling_of(unit, parts.unit);
  if (spelling == nullptr && unit == Unit::duration && parts.unit.empty() && parts.number == "0") {
    return Scalar{Duration{0}};  // zero is zero in every unit
  }
  if (spelling == nullptr) return wrong(unit, text);
  if (unit == Unit::block_price) return parse_block_price(parts, text);
  if (unit == Unit::duration || unit == Unit::bytes || unit == Unit::cpu || unit == Unit::coin) {
    const auto whole = exact(unit, parts.number, spelling->factor, text);
    if (!whole) return Unexpected{whole.error()};
    if (unit == Unit::duration) return Scalar{Duration{*whole}};
    if (unit == Unit::coin) return Scalar{Coin{denom_of(parts.unit), {*whole}}};
    return Scalar{*whole};
  }
  const auto value = parse_number(unit, parts.number, text);
  if (!value) return Unexpected{value.error()};
  return Scalar{*value * spelling->factor};
}

}  // namespace

Result<Scalar> parse_quantity(Unit unit, std::string_view text) {
  if (unit == Unit::text) return Scalar{std::string(text)};
  if (unit == Unit::boolean) {
    if (text == "true" || text == "false") return Scalar{text == "true"};
    return wrong(unit, text);
  }
  const Split parts = split(text);
  if (text_of(unit).spellings.empty()) return parse_plain(unit, parts, text);
  return parse_measure(unit, parts, text);
}

double canonical(const Scalar& value) {
  struct Measure {
    double operator()(bool v) const { return v ? 1 : 0; }
    double operator()(std::int64_t v) const { return static_cast<double>(v); }
    double operator()(double v) const { return v; }
    double operator()(Duration v) const { return static_cast<double>(v.count()); }
    double operator()(const Coin& v) const { return static_cast<double>(v.amount.micro); }
    double operator()(const DecCoin& v) const { return v.amount.to_double(); }
    double operator()(const std::string&) const { return SOUK_CHECK(false), 0; }
  };
  return std::visit(Measure{}, value);
}

std::string describe(Unit unit) {
  const UnitText& text = text_of(unit);
  std::string out(text.what);
  if (!text.example.empty()) out += fmt::format(" such as `{}`", text.example);
  if (text.spellings.empty()) return out;
  out += " (units:";
  for (const Spelling& spelling : text.spellings) out += fmt::format(" {}", spelling.name);
  return out + ")";
}

std::string pattern(Unit unit) {
  const UnitText& text = text_of(unit);
  const std::string number = R"(^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e-?[0-9]+)?[ \t]*)";
  if (unit == Unit::fraction) return number + "%?$";
  if (text.spellings.empty()) return {};
  std::string units;
  for (const Spelling& spelling : text.spellings) {
    if (!units.empty()) units += '|';
    for (const char c : spelling.name) {
      if (c == ' ')
        units += "[ \\t]*";
      else
        units += c;
    }
  }
  return number + "(" + units + ")$";
}

}  // namespace souk::scenarios
