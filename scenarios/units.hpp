#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/base/money.hpp"
#include "actors/base/result.hpp"
#include "actors/base/time.hpp"

/// Quantities as a scenario writes them: always a number and its unit.
namespace souk::scenarios {

/// What a value measures, and so which units it may carry.
enum class Unit : std::uint8_t {
  text,           ///< any text
  boolean,        ///< true, false
  count,          ///< a whole number, no unit
  number,         ///< a number without a unit
  fraction,       ///< `5 %` or `0.05`
  duration,       ///< `6.117 s`, `30 d`; exact nanoseconds
  bytes,          ///< `16 Gi`; whole bytes
  cpu,            ///< `500 m`, `4 cpu`; whole milli-cpu
  coin,           ///< `0.5 AKT`, `5 ACT`, `500000 uakt`; exact micro-units
  block_price,    ///< `10000 uact/block`; 18 decimals
  usd,            ///< `30 USD`
  usd_per_hour,   ///< `2.69 USD/h`, also `/month` and `/year` (hours of 30.4375 days and 365.25 days)
  usd_per_month,  ///< `1.60 USD/month`
  usd_per_kwh,    ///< `0.06 USD/kWh`
  kilowatt,       ///< `1.275 kW`, `350 W`
  event_rate,     ///< `50000 / quarter`, `3 / d`; events per day
};

/// Read by unit: text -> string; boolean -> bool; count, bytes, cpu -> int64; duration -> Duration;
/// coin -> Coin; block_price -> DecCoin; the others -> double, in the unit's canonical measure.
using Scalar = std::variant<bool, std::int64_t, double, Duration, Coin, DecCoin, std::string>;

/// Errors: not a number, no unit, a unit of another kind (names the right ones with an example), too many
/// decimals to be exact, a number too large. The message does not name the key or the place.
Result<Scalar> parse_quantity(Unit unit, std::string_view text);

/// The value in the unit's canonical measure, for range checks. REQUIRES: not a text.
double canonical(const Scalar& value);

/// "a duration such as `30 d` (units: ns us ms s min h d week year)".
std::string describe(Unit unit);
/// A regular expression (ECMA-262) that accepts what parse_quantity accepts, for the JSON Schema; empty for
/// the units that are JSON numbers, booleans or free text.
std::string pattern(Unit unit);

}  // namespace souk::scenarios
