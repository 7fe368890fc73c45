#include "scenarios/units.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace souk::scenarios {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

Scalar read(Unit unit, std::string_view text) {
  auto value = parse_quantity(unit, text);
  EXPECT_TRUE(value.has_value()) << text << ": " << (value ? "" : value.error().message);
  return value ? *value : Scalar{false};
}

TEST(Units, DurationsAreExactToTheNanosecond) {
  EXPECT_EQ(read(Unit::duration, "6.117 s"), Scalar{Duration{6'117'000'000}});
  EXPECT_EQ(read(Unit::duration, "30 d"), Scalar{Duration{720h}});
  EXPECT_EQ(read(Unit::duration, "500ms"), Scalar{Duration{500ms}});
  EXPECT_EQ(read(Unit::duration, "0"), Scalar{Duration{0}});
  EXPECT_EQ(read(Unit::duration, "0.000000001 s"), Scalar{Duration{1}});
}

TEST(Units, CoinsAreExactMicroUnits) {
  EXPECT_EQ(read(Unit::coin, "0.5 AKT"), Scalar(Coin{Denom::uakt, {500'000}}));
  EXPECT_EQ(read(Unit::coin, "5 ACT"), Scalar(Coin{Denom::uact, {5'000'000}}));
  EXPECT_EQ(read(Unit::coin, "500000 uakt"), Scalar(Coin{Denom::uakt, {500'000}}));
  EXPECT_EQ(read(Unit::coin, "9000000000000 AKT"), Scalar(Coin{Denom::uakt, {9'000'000'000'000'000'000}}));
}

TEST(Units, OtherQuantitiesComeInTheirCanonicalMeasure) {
  EXPECT_EQ(read(Unit::bytes, "16 Gi"), Scalar{std::int64_t{17'179'869'184}});
  EXPECT_EQ(read(Unit::cpu, "0.5 cpu"), Scalar{std::int64_t{500}});
  EXPECT_EQ(read(Unit::cpu, "500 m"), Scalar{std::int64_t{500}});
  EXPECT_DOUBLE_EQ(canonical(read(Unit::fraction, "5 %")), 0.05);
  EXPECT_DOUBLE_EQ(canonical(read(Unit::fraction, "0.05")), 0.05);
  EXPECT_DOUBLE_EQ(canonical(read(Unit::usd_per_hour, "2.69 USD/h")), 2.69);
  EXPECT_DOUBLE_EQ(canonical(read(Unit::usd_per_hour, "730.5 USD/month")), 1.0);
  EXPECT_DOUBLE_EQ(canonical(read(Unit::event_rate, "50000 / quarter")), 50000 / 91.3125);
  EXPECT_DOUBLE_EQ(canonical(read(Unit::event_rate, "3/d")), 3);
  EXPECT_DOUBLE_EQ(canonical(read(Unit::kilowatt, "350 W")), 0.35);
  EXPECT_DOUBLE_EQ(canonical(read(Unit::usd_per_kwh, "6 c/kWh")), 0.06);
  EXPECT_EQ(read(Unit::block_price, "10000 uact/block"), Scalar(DecCoin{Denom::uact, Dec::from_int(10'000)}));
}

struct Wrong {
  Unit unit;
  std::string_view text;
  std::string_view said;
};

TEST(Units, WhatIsWrongIsSaidWithWhatWouldBeRight) {
  const Wrong cases[] = {
      {Unit::duration, "6.117", "should be a duration such as `30 d`"},
      {Unit::duration, "6 m", "units: ns us ms s min h d week year"},
      {Unit::duration, "s", "should be a duration"},
      {Unit::duration, ". s", "should be a duration"},
      {Unit::duration, "- s", "should be a duration"},
      {Unit::duration, "0.0000000001 s", "finer than the smallest unit"},
      {Unit::duration, "1e3 s", "without an exponent"},
      {Unit::duration, "300 year", "too large"},
      {Unit::duration, "99999999999999999999999999999999 s", "should be a duration"},
      {Unit::coin, "0.5", "units: AKT ACT USDC uakt uact uusdc"},
      {Unit::coin, "0.5 BTC", "units: AKT ACT"},
      {Unit::coin, "0.0000001 AKT", "finer than the smallest unit"},
      {Unit::coin, "10000000000000 AKT", "too large"},
      {Unit::count, "1.5", "should be a whole number"},
      {Unit::count, "five", "should be a whole number"},
      {Unit::count, "1 d", "should be a whole number"},
      {Unit::number, "nan", "should be a number"},
      {Unit::number, "1e999", "should be a number"},
      {Unit::fraction, "5 percent", "should be a fraction"},
      {Unit::boolean, "yes", "`true` or `false`"},
      {Unit::usd_per_hour, "2.69 USD", "should be a price per hour"},
      {Unit::block_price, "10000 uact", "should be a price per block"},
  };
  for (const Wrong& c : cases) {
    const auto value = parse_quantity(c.unit, c.text);
    ASSERT_FALSE(value.has_value()) << c.text;
    EXPECT_THAT(value.error().message, HasSubstr(std::string(c.said))) << c.text;
  }
}

TEST(Units, PatternsOfTheSchemaAcceptWhatIsReadAndNothingElse) {
  const std::pair<Unit, std::string> cases[] = {{Unit::duration, "30 d"},
                                                {Unit::duration, "6.117 s"},
                                                {Unit::duration, "30"},
                                                {Unit::coin, "0.5 AKT"},
                                                {Unit::coin, "0.5 BTC"},
                                                {Unit::event_rate, "50000 / quarter"},
                                                {Unit::event_rate, "3/d"},
                                                {Unit::bytes, "16 Gi"},
                                                {Unit::bytes, "16 GiB"},
                                                {Unit::fraction, "5 %"},
                                                {Unit::block_price, "1 uact/block"},
                                                {Unit::cpu, "four"},
                                                {Unit::kilowatt, "350 W"},
                                                {Unit::usd, "30 USD"},
                                                {Unit::usd, "30 EUR"}};
  for (const auto& [unit, text] : cases) {
    const bool matches = std::regex_match(text, std::regex(pattern(unit), std::regex::ECMAScript));
    EXPECT_EQ(matches, parse_quantity(unit, text).has_value()) << text << " against " << pattern(unit);
  }
}

}  // namespace
}  // namespace souk::scenarios
