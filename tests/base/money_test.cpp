#include "actors/base/money.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "actors/base/rng.hpp"

namespace souk {
namespace {

Dec dec(std::string_view text) { return Dec::parse(text).value(); }

TEST(Dec, ReadsAndPrintsEighteenDecimals) {
  EXPECT_EQ(dec("1.5").to_string(), "1.500000000000000000");  // akash-chain.md section 0, encodings
  EXPECT_EQ(dec("-0.5").to_string(), "-0.500000000000000000");
  EXPECT_EQ(dec("0").to_string(), "0.000000000000000000");
  EXPECT_EQ(dec("-0").to_string(), "0.000000000000000000");
  EXPECT_EQ(dec("+12").to_string(), "12.000000000000000000");
  EXPECT_EQ(dec("0.000000000000000001").raw(), 1);
  EXPECT_EQ(dec("170141183460469231731.687303715884105727").to_string(),
            "170141183460469231731.687303715884105727");
  EXPECT_EQ(dec("-170141183460469231731.687303715884105727").to_string(),
            "-170141183460469231731.687303715884105727");
  EXPECT_EQ(Dec::from_raw(std::numeric_limits<std::int64_t>::min()).to_string(), "-9.223372036854775808");
}

TEST(Dec, RefusesWhatIsNoDecimalAndSaysWhy) {
  for (const std::string_view text :
       {"", "-", "+", ".", "1.", ".5", "1.2.3", "1e3", " 1", "1 ", "--1", "0x1", "1,5"})
    EXPECT_EQ(Dec::parse(text).error().message,
              "'" + std::string(text) + "' is not a decimal number such as 12 or -0.5");
  EXPECT_EQ(Dec::parse("0.0000000000000000001").error().message,
            "'0.0000000000000000001' has more than 18 decimals");
  EXPECT_EQ(Dec::parse("170141183460469231731.687303715884105728").error().message,
            "'170141183460469231731.687303715884105728' is out of range; at most 1.7e20 fits");
  EXPECT_FALSE(Dec::parse("-170141183460469231731.687303715884105728"));
  EXPECT_FALSE(Dec::parse(std::string(100'000, '9')));
  EXPECT_EQ(Dec::parse(std::string(60, '9') + "\n").error().message.size(),
            48 + std::string("'...' is not a decimal number such as 12 or -0.5").size());
}

TEST(Dec, MulRoundsHalfToEvenAndTruncateDoesNot) {
  const Dec ulp = Dec::from_raw(1);
  EXPECT_EQ(Dec::mul(ulp, dec("0.5")).raw(), 0);               // 0.5 -> even 0
  EXPECT_EQ(Dec::mul(Dec::from_raw(3), dec("0.5")).raw(), 2);  // 1.5 -> even 2
  EXPECT_EQ(Dec::mul(Dec::from_raw(5), dec("0.5")).raw(), 2);  // 2.5 -> even 2
  EXPECT_EQ(Dec::mul(Dec::from_raw(-5), dec("0.5")).raw(), -2);
  EXPECT_EQ(Dec::mul(Dec::from_raw(-3), dec("0.5")).raw(), -2);
  EXPECT_EQ(Dec::mul(Dec::from_raw(5), dec("0.500000000000000001")).raw(), 3);
  EXPECT_EQ(Dec::mul_truncate(Dec::from_raw(5), dec("0.5")).raw(), 2);
  EXPECT_EQ(Dec::mul_truncate(Dec::from_raw(-5), dec("0.9")).raw(), -4);
  EXPECT_EQ(Dec::mul(dec("13043817825.2"), dec("13043817825.2")), dec("170141183457005257755.04"));
}

TEST(Dec, QuoRoundsTheThirtySixDecimalsAsLegacyDecDoes) {
  EXPECT_EQ(Dec::quo(dec("1"), dec("3")), dec("0.333333333333333333"));
  EXPECT_EQ(Dec::quo(dec("2"), dec("3")), dec("0.666666666666666667"));
  EXPECT_EQ(Dec::quo(dec("-2"), dec("3")), dec("-0.666666666666666667"));
  EXPECT_EQ(Dec::quo_truncate(dec("2"), dec("3")), dec("0.666666666666666666"));
  EXPECT_EQ(Dec::quo_truncate(dec("-2"), dec("3")), dec("-0.666666666666666666"));
  // 2.500000000000000001... ulp is above half.
  EXPECT_EQ(Dec::quo(Dec::from_raw(5), dec("1.999999999999999999")).raw(), 3);
  // 4.50000000000000000045... ulp: what is above half lies beyond the 36th decimal, so the tie goes to even.
  EXPECT_EQ(Dec::quo(Dec::from_raw(5), dec("1.111111111111111111")).raw(), 4);
  EXPECT_EQ(Dec::quo(Dec::from_raw(5), dec("2")).raw(), 2);
  const Dec large = dec("100000000000000000000");
  EXPECT_EQ(Dec::quo(large, large), dec("1"));
  EXPECT_EQ(Dec::quo(dec("170141183460469231731"), dec("170141183460469231730.999999999999999999")),
            dec("1"));
}

/// Long division bit by bit: slow, and evidently right.
u128 reference_quotient(u128 numerator, std::uint64_t factor, std::uint64_t factor2, u128 divisor,
                        bool& fits) {
  // numerator x factor x factor2 in 5 limbs of 64 bits.
  std::array<std::uint64_t, 5> n{static_cast<std::uint64_t>(numerator),
                                 static_cast<std::uint64_t>(numerator >> 64)};
  for (const std::uint64_t f : {factor, factor2}) {
    u128 carry = 0;
    for (auto& limb : n) {
      carry += static_cast<u128>(limb) * f;
      limb = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
  }
  u128 remainder = 0;
  u128 quotient = 0;
  fits = true;
  for (int bit = 319; bit >= 0; --bit) {
    const bool carried = (remainder >> 127) != 0;
    remainder = remainder << 1 | (n[static_cast<std::size_t>(bit / 64)] >> (bit % 64) & 1);
    if (bit < 319 && (quotient >> 127) != 0) fits = false;
    quotient <<= 1;
    if (carried || remainder >= divisor) {
      remainder -= divisor;
      quotient |= 1;
    }
  }
  if ((quotient >> 127) != 0) fits = false;
  return quotient;
}

Dec random_dec(Rng& rng) {
  const u128 bits = static_cast<u128>(rng.next()) << 64 | rng.next();
  const i128 value = static_cast<i128>(bits >> (1 + rng.below(127)));
  return Dec::from_raw(rng.below(2) == 0 ? value : -value);
}

TEST(Dec, QuoTruncateAgreesWithLongDivisionOnRandomOperands) {
  Rng rng(1, ActorId{0}, Purpose::test, 0);
  int compared = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Dec a = random_dec(rng);
    const Dec b = random_dec(rng);
    if (b.is_zero()) continue;
    const u128 numerator = static_cast<u128>(a.is_negative() ? -a.raw() : a.raw());
    const u128 divisor = static_cast<u128>(b.is_negative() ? -b.raw() : b.raw());
    bool fits = false;
    const u128 expected = reference_quotient(numerator, Dec::scale, 1, divisor, fits);
    if (!fits) continue;
    const i128 sign = a.is_negative() == b.is_negative() ? 1 : -1;
    ASSERT_EQ(Dec::quo_truncate(a, b).raw(), sign * static_cast<i128>(expected))
        << a.to_string() << " / " << b.to_string();
    ++compared;
  }
  EXPECT_GT(compared, 10'000);
}

TEST(Dec, QuoNeedsTheRareCorrectionOfTheTrialDigit) {
  // Divisors whose second limb is all ones under a small first limb make the trial digit too large.
  Rng rng(2, ActorId{0}, Purpose::test, 0);
  for (int i = 0; i < 20'000; ++i) {
    const u128 divisor = static_cast<u128>(1 + rng.below(3)) << (64 + rng.below(60)) | ~std::uint64_t{0};
    const u128 numerator = (static_cast<u128>(rng.next()) << 63 | rng.next()) >> rng.below(40);
    bool fits = false;
    const u128 expected = reference_quotient(numerator, Dec::scale, 1, divisor, fits);
    if (!fits) continue;
    ASSERT_EQ(Dec::quo_truncate(Dec::from_raw(static_cast<i128>(numerator)),
                                Dec::from_raw(static_cast<i128>(divisor)))
                  .raw(),
              static_cast<i128>(expected));
  }
}

TEST(Dec, MulThenQuoGivesBackTheOperandOfMoreDigits) {
  Rng rng(3, ActorId{0}, Purpose::test, 0);
  for (int i = 0; i < 10'000; ++i) {
    const Dec a = Dec::from_int(static_cast<std::int64_t>(rng.below(1'000'000'000)));
    const Dec b = Dec::from_raw(static_cast<i128>(1 + rng.below(1'000'000'000)) * 1'000'000'000);
    EXPECT_EQ(Dec::quo(Dec::mul(a, b), b), a);
  }
}

TEST(DecDeathTest, LeavingTheRangeStopsTheRun) {
  EXPECT_DEATH(static_cast<void>(Dec::mul(dec("20000000000"), dec("20000000000"))), "check failed");
  EXPECT_DEATH(static_cast<void>(Dec::quo(dec("1000"), Dec::from_raw(1))), "check failed");
  EXPECT_DEATH(static_cast<void>(Dec::quo(dec("1"), Dec{})), "check failed");
  EXPECT_DEATH(static_cast<void>(Dec::nearest(1e20)), "check failed");
  EXPECT_DEATH(static_cast<void>(Dec::nearest(std::nan(""))), "check failed");
  EXPECT_DEATH(static_cast<void>(Amount{INT64_MAX} + Amount{1}), "check failed");
  EXPECT_DEATH(static_cast<void>(dec("10000000000000000000").truncate()), "check failed");
}

TEST(Dec, NearestIsTheClosestDecimalWithTiesToEven) {
  EXPECT_EQ(Dec::nearest(0.1), dec("0.100000000000000006"));  // 0.1 is 0.1000000000000000055511...
  EXPECT_EQ(Dec::nearest(-0.1), dec("-0.100000000000000006"));
  EXPECT_EQ(Dec::nearest(0), Dec{});
  EXPECT_EQ(Dec::nearest(-0.0), Dec{});
  EXPECT_EQ(Dec::nearest(1e19), dec("10000000000000000000"));
  EXPECT_EQ(Dec::nearest(0x1p-19), dec("0.000001907348632812"));      // ...8125 exactly: to even
  EXPECT_EQ(Dec::nearest(3 * 0x1p-19), dec("0.000005722045898438"));  // ...4375 exactly: to even
  EXPECT_EQ(Dec::nearest(4e-19).raw(), 0);
  EXPECT_EQ(Dec::nearest(6e-19).raw(), 1);
  EXPECT_EQ(Dec::nearest(std::numeric_limits<double>::denorm_min()).raw(), 0);
  EXPECT_EQ(Dec::nearest(278.5), dec("278.5"));
}

TEST(Dec, AccrueTruncatesEachSettlement) {
  EXPECT_EQ(accrue(dec("0.6"), Blocks{1}).micro, 0);
  EXPECT_EQ(accrue(dec("0.6"), Blocks{10}).micro, 6);
  EXPECT_EQ(accrue(dec("278.779928"), Blocks{589}).micro, 164'201);
  EXPECT_EQ(accrue(dec("1000000000"), Blocks{9'000'000'000}).micro, 9'000'000'000'000'000'000);
}

TEST(Denom, NamesAreThoseOfTheChain) {
  for (const Denom denom : all_denoms) EXPECT_EQ(parse_denom(denom_name(denom)).value(), denom);
  EXPECT_EQ(parse_denom("akt").error().message,
            "'akt' is not a known denomination; known are uakt, uact, uusdc");
  EXPECT_FALSE(parse_denom(""));
  EXPECT_FALSE(parse_denom("UAKT"));
}

}  // namespace
}  // namespace souk
