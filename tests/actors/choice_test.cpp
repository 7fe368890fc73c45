#include "actors/choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "actors/base/math.hpp"

namespace souk {
namespace {

Address provider(std::uint8_t n) {
  Address a;
  a.bytes.fill(n);
  return a;
}

Offer offer(std::uint8_t n, double usd_h) {
  Offer o;
  o.provider = provider(n);
  o.price = Dec::nearest(usd_h * 1000);
  o.usd_h = usd_h;
  return o;
}

Rng stream(std::uint64_t index = 0) { return Rng(1, ActorId{3}, Purpose::choice, index); }

Decision decide(const ChoiceConfig& config, const std::vector<Offer>& offers,
                const ChoiceLimits& limits = {}) {
  Rng rng = stream();
  return choose(config, offers, limits, rng);
}

TEST(Choice, TakesTheCheapestAndBreaksTiesByBech32) {
  // 0x01.. is written akash1qy.., 0x08.. akash1pq..: the text order is not the byte order.
  ASSERT_TRUE(bech32_less(provider(8), provider(1)));
  const Decision decision = decide({}, {offer(1, 2.0), offer(8, 2.0), offer(3, 3.0)});
  EXPECT_EQ(decision.kind, Decision::Kind::take);
  EXPECT_EQ(decision.index, 1u);
}

TEST(Choice, DoesNotDependOnTheOrderOfTheOffers) {
  std::vector<Offer> offers{offer(1, 2.0), offer(2, 1.5), offer(3, 1.9), offer(4, 1.5)};
  offers[0].uptime = 0.999;
  offers[2].tier = 2;
  for (const ChoiceRule rule :
       {ChoiceRule::cheapest, ChoiceRule::logit, ChoiceRule::uptime_first, ChoiceRule::tier_first}) {
    ChoiceConfig config;
    config.rule = rule;
    const Address first = offers[decide(config, offers).index].provider;
    std::vector<Offer> turned = offers;
    std::reverse(turned.begin(), turned.end());
    EXPECT_EQ(turned[decide(config, turned).index].provider, first);
  }
}

TEST(Choice, HasNothingToTakeAmongUnacceptableBids) {
  ChoiceLimits limits;
  limits.usd_h_max = 1.0;
  EXPECT_EQ(decide({}, {offer(1, 1.01)}, limits).kind, Decision::Kind::none);
  EXPECT_EQ(decide({}, {offer(1, 1.00)}, limits).kind, Decision::Kind::take);
  EXPECT_EQ(decide({}, {}).kind, Decision::Kind::none);
  ChoiceConfig audited_only;
  audited_only.min_tier = 1;
  EXPECT_EQ(decide(audited_only, {offer(1, 0.5)}).kind, Decision::Kind::none);
}

TEST(Choice, GoesToTheCloudOnlyWhenItIsCheaper) {
  ChoiceConfig config;
  config.outside_option = true;
  ChoiceLimits limits;
  limits.cloud_usd_h = 1.0;
  EXPECT_EQ(decide(config, {offer(1, 1.2)}, limits).kind, Decision::Kind::outside);
  EXPECT_EQ(decide(config, {offer(1, 0.8)}, limits).kind, Decision::Kind::take);
  config.outside_option = false;
  EXPECT_EQ(decide(config, {offer(1, 1.2)}, limits).kind, Decision::Kind::take);
}

TEST(Choice, PutsUptimeOrTierBeforePriceWhenAsked) {
  std::vector<Offer> offers{offer(1, 1.0), offer(2, 2.0), offer(3, 3.0)};
  offers[0].uptime = 0.95;
  offers[1].uptime = 0.9993;
  offers[2].uptime = 0.9997;  // the same tenth of a percent as the cheaper one
  ChoiceConfig config;
  config.rule = ChoiceRule::uptime_first;
  EXPECT_EQ(decide(config, offers).index, 1u);
  config.rule = ChoiceRule::tier_first;
  offers[2].tier = 1;
  EXPECT_EQ(decide(config, offers).index, 2u);
}

TEST(Choice, PrefersNamedProvidersThenTheLastGoodOne) {
  ChoiceConfig config;
  config.preferred = {provider(9), provider(3)};
  config.prefer_last_good = true;
  ChoiceLimits limits;
  limits.last_good = provider(2);
  EXPECT_EQ(decide(config, {offer(1, 1), offer(2, 2), offer(3, 3)}, limits).index, 2u) << "fallback";
  EXPECT_EQ(decide(config, {offer(1, 1), offer(2, 2)}, limits).index, 1u) << "last good";
  EXPECT_EQ(decide(config, {offer(1, 1)}, limits).index, 0u) << "a stranger";
  limits.usd_h_max = 2.5;
  EXPECT_EQ(decide(config, {offer(1, 1), offer(3, 3)}, limits).index, 0u) << "preferred, but too dear";
}

/// economics.md V37: slope 4, price ratio to the cloud.
TEST(Choice, LogitSharesAreThoseOfV37) {
  ChoiceConfig config;
  config.rule = ChoiceRule::logit;
  config.outside_option = true;
  const std::vector<std::pair<double, double>> table{
      {0.5, 0.8808}, {0.8, 0.6900}, {1.0, 0.5000}, {1.2, 0.3100}};
  for (const auto& [ratio, share] : table) {
    const std::vector<double> shares = logit_shares(config, std::vector{offer(1, 2.0 * ratio)}, 2.0);
    ASSERT_EQ(shares.size(), 2u);
    EXPECT_NEAR(shares[0], share, 5e-5) << ratio;
    EXPECT_NEAR(shares[0] + shares[1], 1, 1e-12);
  }
}

TEST(Choice, DrawsLogitSharesInProportion) {
  ChoiceConfig config;
  config.rule = ChoiceRule::logit;
  config.outside_option = true;
  ChoiceLimits limits;
  limits.cloud_usd_h = 2.0;
  const std::vector<Offer> offers{offer(1, 1.0), offer(2, 1.6)};
  const std::vector<double> shares = logit_shares(config, offers, 2.0);
  std::vector<double> counts(3);
  constexpr int n = 20000;
  for (int i = 0; i < n; ++i) {
    Rng rng = stream(static_cast<std::uint64_t>(i));
    const Decision decision = choose(config, offers, limits, rng);
    counts[decision.kind == Decision::Kind::outside ? 2 : decision.index] += 1;
  }
  for (std::size_t i = 0; i < 3; ++i) {
    const double sd = std::sqrt(shares[i] * (1 - shares[i]) / n);
    EXPECT_NEAR(counts[i] / n, shares[i], 4 * sd) << i;
  }
}

TEST(Choice, LogPriceSharesFollowThePowerOfTheRatio) {
  ChoiceConfig config;
  config.rule = ChoiceRule::logit;
  config.price_term = PriceTerm::log_ratio;
  config.price_slope = 3;
  // Weight p^-3: 1 against 1/8, whatever the unit and without a cloud.
  const std::vector<double> shares = logit_shares(config, std::vector{offer(1, 1.0), offer(2, 2.0)}, 0);
  EXPECT_NEAR(shares[0], 8.0 / 9.0, 1e-12);
  EXPECT_EQ(shares[2], 0) << "no outside option";
}

TEST(Choice, ValuesUptimeTierAndRegionInUtility) {
  ChoiceConfig config;
  config.rule = ChoiceRule::logit;
  Offer plain = offer(1, 1.0);
  const auto odds = [&](auto change) {
    Offer better = offer(2, 1.0);
    change(better);
    const auto shares = logit_shares(config, std::vector{better, plain}, 0);
    return shares[0] / shares[1];
  };
  EXPECT_NEAR(odds([](Offer&) {}), 1, 1e-12);
  EXPECT_NEAR(odds([](Offer& o) { o.tier = 2; }), math::exp(2 * config.tier_weight), 1e-9);
  EXPECT_NEAR(odds([](Offer& o) { o.in_region = true; }), math::exp(config.region_weight), 1e-9);
  EXPECT_NEAR(odds([](Offer& o) { o.uptime = 0.9; }), math::exp(-0.1 * config.uptime_weight), 1e-9);
}

}  // namespace
}  // namespace souk
