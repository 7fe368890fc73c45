#include "actors/demand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "actors/funding.hpp"
#include "actors/reputation.hpp"
#include "actors/tenant_config.hpp"

namespace souk {
namespace {

using namespace std::chrono_literals;

constexpr Time monday{std::chrono::seconds(1'767'571'200)};  // 2026-01-05 00:00 UTC
constexpr Duration day = 24h;

Rng stream(std::uint64_t index) { return Rng(7, ActorId{1}, Purpose::arrival, index); }

/// Arrivals of `config` from Monday on, for `length`.
std::vector<Time> arrivals(const ArrivalConfig& config, Duration length) {
  std::vector<Time> times;
  Time now = monday;
  for (std::uint64_t n = 0;; ++n) {
    Rng rng = stream(n);
    now += *next_gap(config, now, rng);
    if (now >= monday + length) return times;
    times.push_back(now);
  }
}

TEST(Arrivals, OfPoissonHaveTheGivenRateAndExponentialGaps) {
  ArrivalConfig config;
  config.per_day = 200;
  const auto times = arrivals(config, 100 * day);
  EXPECT_NEAR(static_cast<double>(times.size()), 20'000, 4 * std::sqrt(20'000.0));
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const double gap = seconds(times[i] - times[i - 1]);
    sum += gap;
    squares += gap * gap;
  }
  const double n = static_cast<double>(times.size() - 1);
  EXPECT_NEAR(squares / n / (sum / n) / (sum / n) - 1, 1, 0.06) << "squared coefficient of variation";
}

/// economics.md V37: "Poisson thinning: counts within 4 sqrt n".
TEST(Arrivals, FollowTheHourAndTheWeekendByThinning) {
  ArrivalConfig config;
  config.kind = ArrivalKind::daily;
  config.per_day = 1000;
  config.daily_amplitude = 0.8;
  config.peak_hour_utc = 15;
  config.weekend_factor = 0.5;
  constexpr int weeks = 10;
  std::array<double, 24> weekday_hours{};
  double weekend = 0;
  for (const Time t : arrivals(config, weeks * 7 * day)) {
    const std::int64_t s = unix_seconds(t) - unix_seconds(monday);
    const std::int64_t weekday = s / 86400 % 7;
    if (weekday >= 5) {
      weekend += 1;
    } else {
      weekday_hours[static_cast<std::size_t>(s % 86400 / 3600)] += 1;
    }
  }
  EXPECT_NEAR(weekend, weeks * 2 * 500.0, 4 * std::sqrt(weeks * 2 * 500.0));
  for (std::size_t h = 0; h < 24; ++h) {
    const double middle = static_cast<double>(h) + 0.5;
    const double shape = 1 + 0.8 * std::cos(2 * M_PI * (middle - 15) / 24);
    const double expected = weeks * 5 * 1000.0 / 24 * shape;
    EXPECT_NEAR(weekday_hours[h], expected, 4 * std::sqrt(expected) + 1) << "hour " << h;
  }
}

TEST(Arrivals, AreAsBurstyAsTheAzureTraceWhenAsked) {
  ArrivalConfig config;
  config.kind = ArrivalKind::bursty;
  config.per_day = 24;
  config.cv2 = 173;
  double sum = 0;
  double squares = 0;
  constexpr int n = 2'000'000;
  for (int i = 0; i < n; ++i) {
    Rng rng = stream(static_cast<std::uint64_t>(i));
    const double gap = seconds(*next_gap(config, monday, rng)) / 3600;
    sum += gap;
    squares += gap * gap;
  }
  const double mean = sum / n;
  EXPECT_NEAR(mean, 1, 4 * std::sqrt(173.0 / n));
  EXPECT_NEAR(squares / n / mean / mean - 1, 173, 173 * 0.05);
}

TEST(Arrivals, EndWhereThereAreNone) {
  Rng rng = stream(0);
  ArrivalConfig config;
  config.per_day = 0;
  EXPECT_FALSE(next_gap(config, monday, rng).has_value());
  config.per_day = 1;
  config.kind = ArrivalKind::none;
  EXPECT_FALSE(next_gap(config, monday, rng).has_value());
}

TEST(Arrivals, CapGapsSoThatTimeCanNotOverflow) {
  ArrivalConfig config;
  config.per_day = 1e-300;
  Rng rng = stream(0);
  EXPECT_LE(*next_gap(config, monday, rng), 100 * 366 * day);
  config.kind = ArrivalKind::daily;
  EXPECT_LE(*next_gap(config, monday, rng), 100 * 366 * day);
}

/// economics.md V37: price + 10 % -> quantity .953463 / .909091 / .866784 / .826446.
TEST(Value, MakesDemandOfConstantElasticity) {
  const std::vector<std::pair<double, double>> table{
      {0.5, .953463}, {1, .909091}, {1.5, .866784}, {2, .826446}};
  for (const auto& [elasticity, expected] : table) {
    ValueConfig config;
    config.elasticity = -elasticity;
    config.floor_ratio = 0.25;
    config.cap_ratio = 1e9;
    const double price = 0.5;
    double at_price = 0;
    double dearer = 0;
    for (std::uint64_t n = 0; n < 400'000; ++n) {
      Rng rng(7, ActorId{1}, Purpose::value, n);
      const double value = draw_value(config, 1.0, rng);
      at_price += value >= price;
      dearer += value >= price * 1.1;
    }
    EXPECT_NEAR(dearer / at_price, expected, 4 * std::sqrt(expected * (1 - expected) / at_price))
        << elasticity;
  }
}

TEST(Value, NeverExceedsItsCap) {
  ValueConfig config;
  config.elasticity = -0.3;
  config.cap_ratio = 4;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    Rng rng(7, ActorId{1}, Purpose::value, n);
    const double value = draw_value(config, 2.0, rng);
    EXPECT_GE(value, 0.5);
    EXPECT_LE(value, 8.0);
  }
}

/// economics.md V28, last line.
TEST(Price, ConvertsAsInV28) {
  EXPECT_NEAR(usd_per_hour(Dec::from_int(10'000), 6500ms, 1), 5.538462, 1e-6);
  EXPECT_NEAR(micro_per_block(2.69, 6500ms, 1).to_double(), 4856.94, 0.01);
  EXPECT_NEAR(usd_per_hour(micro_per_block(1.34, 6117ms, 0.5), 6117ms, 0.5), 1.34, 1e-12);
}

/// economics.md section 2: 257 of 411 post 10,000, 111 post 100,000, 43 post 1,000,000.
TEST(PriceHabit, PostsTheRoundMaximaInTheirObservedShares) {
  const PriceHabit habit;
  std::map<Dec, double> counts;
  constexpr int n = 100'000;
  for (std::uint64_t i = 0; i < n; ++i) {
    Rng rng(7, ActorId{1}, Purpose::price, i);
    counts[draw_max_price(habit, RequestRow{}, Dec{}, rng)] += 1;
  }
  ASSERT_EQ(counts.size(), 3u);
  for (const auto& [price, weight] :
       std::map<std::int64_t, double>{{10'000, 257}, {100'000, 111}, {1'000'000, 43}}) {
    const double share = weight / 411;
    EXPECT_NEAR(counts[Dec::from_int(price)] / n, share, 4 * std::sqrt(share * (1 - share) / n)) << price;
  }
}

TEST(PriceHabit, OfReserveTenantsIsTheirValuePerReplica) {
  PriceHabit habit;
  habit.kind = PriceHabitKind::reserve;
  RequestRow row;
  row.count = 4;
  Rng rng = stream(0);
  EXPECT_EQ(draw_max_price(habit, row, Dec::from_int(1000), rng), Dec::from_int(250));
  EXPECT_EQ(draw_max_price(habit, row, Dec::from_int(1'000'000'000), rng), unit_price_max)
      << "the chain's bound";
  EXPECT_EQ(draw_max_price(habit, row, Dec{}, rng), unit_price_min) << "never zero";
  row.max_price = Dec::from_int(77);
  EXPECT_EQ(draw_max_price(habit, row, Dec::from_int(1000), rng), Dec::from_int(77))
      << "a row's own maximum wins";
}

TEST(Request, BecomesOneGroupWithItsPrice) {
  RequestRow row;
  row.cpu_milli = 500;
  row.gpu_units = 2;
  row.gpu_models = {"h100", "a100"};
  row.persistent_bytes = 1 << 30;
  row.count = 3;
  const PlacementRequirements requirements{{}, {{"region", "eu-west"}}};
  const MadeRequest made = make_request(row, Dec::from_int(100), Denom::uact, requirements);
  ASSERT_EQ(made.spec->resources.size(), 1u);
  const ResourceUnit& unit = made.spec->resources[0];
  EXPECT_EQ(made.spec->requirements, requirements);
  EXPECT_EQ(unit.count, 3u);
  EXPECT_EQ(unit.resource.cpu_milli, 500u);
  EXPECT_EQ(unit.resource.storage.size(), 2u);
  EXPECT_EQ(unit.resource.gpu_attributes,
            (Attributes{{"vendor/nvidia/model/a100", "true"}, {"vendor/nvidia/model/h100", "true"}}));
  EXPECT_EQ(made.max_price, group_price(*made.spec));
  EXPECT_EQ(made.max_price.amount, Dec::from_int(300));
}

TEST(Request, KeepsTheGroupOfAnSdlAndSetsItsPrices) {
  GroupSpec group;
  group.name = "westcoast";
  group.requirements.attributes = {{"host", "akash"}};
  group.resources.resize(2);
  group.resources[0].count = 1;
  group.resources[1].count = 2;
  RequestRow row;
  row.spec = std::make_shared<const GroupSpec>(group);
  const MadeRequest made = make_request(row, Dec::from_int(5), Denom::uakt, {});
  EXPECT_EQ(made.spec->name, "westcoast");
  EXPECT_EQ(made.spec->requirements, group.requirements);
  EXPECT_EQ(made.max_price, (DecCoin{Denom::uakt, Dec::from_int(15)}));
}

TEST(Request, IsMadeOncePerRowAndPrice) {
  RequestTable table(2);
  RequestCache cache;
  const auto get = [&](std::uint32_t row, std::int64_t price) {
    return cache.get(table, row, Dec::from_int(price), Denom::uact, {}).spec.get();
  };
  const GroupSpec* first = get(0, 100);
  EXPECT_EQ(get(0, 100), first);
  EXPECT_NE(get(0, 200), first);
  EXPECT_NE(get(1, 100), first);
  EXPECT_EQ(cache.size(), 3u);
  for (int i = 0; i < 10'000; ++i) get(0, 1000 + i);
  EXPECT_EQ(cache.size(), request_cache_max) << "bounded";
}

TEST(Request, TablesAreDrawnFromDistributionsWithinTheBoundsOfTheChain) {
  RequestDistributions from;
  from.vcpu = Distribution::make(Exponential{4}).value();
  from.memory_gib = Distribution::constant(1e9);
  from.gpu_units = Distribution::make(Uniform{0, 2}).value();
  from.gpu_models = {{"a100", 3}, {"h100", 1}};
  Rng rng = stream(0);
  const SharedRequests table = sample_requests(from, 2000, rng);
  ASSERT_EQ(table->size(), 2000u);
  double vcpu = 0;
  double a100 = 0;
  double gpu = 0;
  for (const RequestRow& row : *table) {
    EXPECT_EQ(row.cpu_milli % 100, 0u);
    EXPECT_GE(row.cpu_milli, 100u);
    EXPECT_EQ(row.memory_bytes, 2048ull << 30) << "clamped";
    EXPECT_EQ(row.gpu_models.size(), row.gpu_units > 0 ? 1u : 0u);
    vcpu += static_cast<double>(row.cpu_milli) / 1000;
    gpu += row.gpu_units > 0;
    a100 += row.gpu_units > 0 && row.gpu_models[0] == "a100";
  }
  EXPECT_NEAR(vcpu / 2000, 4, 4 * 4 / std::sqrt(2000.0));
  EXPECT_NEAR(a100 / gpu, 0.75, 4 * std::sqrt(0.75 * 0.25 / gpu));
}

TEST(Cloud, AsksTheSameForARowAndForItsGroup) {
  RequestRow row;
  row.cpu_milli = 2500;
  row.persistent_bytes = 5ull << 30;
  row.gpu_units = 2;
  row.gpu_models = {"h100", "a100"};
  row.count = 3;
  RequestRow as_group;
  as_group.spec = make_request(row, Dec::from_int(1), Denom::uact, {}).spec;
  EXPECT_NEAR(cloud_usd_per_hour({}, row), cloud_usd_per_hour({}, as_group), 1e-12);
}

TEST(Cloud, ChargesForEveryResourceAndTheCheapestGpuModel) {
  CloudPrices prices;
  RequestRow row;
  row.cpu_milli = 2000;
  row.memory_bytes = 4ull << 30;
  row.ephemeral_bytes = 10ull << 30;
  const double without = 2 * prices.vcpu_h + 4 * prices.memory_gib_h + 10 * prices.storage_gib_h;
  EXPECT_NEAR(cloud_usd_per_hour(prices, row), without, 1e-12);
  row.gpu_units = 8;
  row.gpu_models = {"h100", "a100"};
  EXPECT_NEAR(cloud_usd_per_hour(prices, row), without + 8 * 1.94, 1e-12);
  row.gpu_models = {"b200"};
  EXPECT_NEAR(cloud_usd_per_hour(prices, row), without + 8 * prices.gpu_h, 1e-12) << "unknown model";
  row.cloud_usd_h = 3;
  EXPECT_EQ(cloud_usd_per_hour(prices, row), 3) << "said outright";
}

TEST(Mix, DrawsRowsByWeight) {
  const WeightedIndex mix({1, 0, 3});
  std::array<double, 3> counts{};
  constexpr int n = 40'000;
  for (std::uint64_t i = 0; i < n; ++i) {
    Rng rng(7, ActorId{1}, Purpose::request, i);
    counts[mix.draw(rng)] += 1;
  }
  EXPECT_EQ(counts[1], 0);
  EXPECT_NEAR(counts[0] / n, 0.25, 4 * std::sqrt(0.25 * 0.75 / n));
}

// ---- funding ----------------------------------------------------------------------------------------

/// economics.md V27: 5 ACT last 1.859 h and 0.5 ACT 11.15 min of an H100 at 2.69 USD/h.
TEST(Escrow, RunwayIsThatOfV27) {
  const Duration block = 6500ms;
  EscrowBook book;
  book.deposited = {5'000'000};
  book.start(micro_per_block(2.69, block, 1), Height{1000});
  EXPECT_NEAR(seconds(block) * static_cast<double>(book.runway_at(Height{1000}).count) / 3600, 1.859, 0.002);
  book.deposited = {500'000};
  EXPECT_NEAR(seconds(block) * static_cast<double>(book.runway_at(Height{1000}).count) / 60, 11.15, 0.11);
}

TEST(Escrow, BookFollowsLeaseAfterLease) {
  EscrowBook book;
  book.deposited = {10'000};
  EXPECT_EQ(book.left_at(Height{50}), Amount{10'000}) << "nothing pays yet";
  book.start(Dec::from_int(10), Height{100});
  EXPECT_EQ(book.left_at(Height{300}), Amount{8'000});
  EXPECT_EQ(book.runway_at(Height{300}).count, 800);
  book.stop(Height{400});
  EXPECT_EQ(book.left_at(Height{9999}), Amount{7'000});
  book.start(Dec::from_int(100), Height{1000});
  EXPECT_EQ(book.left_at(Height{1069}), Amount{100});
  EXPECT_EQ(book.left_at(Height{1070}), Amount{});
  EXPECT_EQ(book.left_at(Height{1'000'000}), Amount{}) << "never below nothing";
  EXPECT_EQ(book.runway_at(Height{1'000'000}).count, 0);
}

TEST(Escrow, CostRoundsUpToWholeBlocksAndUnits) {
  EXPECT_EQ(cost_of(Dec::from_int(10), 60s, 6s), Amount{100});
  EXPECT_EQ(cost_of(Dec::from_int(10), 61s, 6s), Amount{110});
  EXPECT_EQ(cost_of(Dec::parse("0.3").value(), 60s, 6s), Amount{3});
  EXPECT_EQ(cost_of(Dec::parse("0.31").value(), 60s, 6s), Amount{4});
}

TEST(Funding, LooksAgainJustWhenTheRunwayHasFallenLowEnough) {
  FundingPolicy policy;
  EscrowBook book;
  book.deposited = {100 * 600 * 30};  // 30 h of 100 a block at 600 blocks an hour
  book.start(Dec::from_int(100), Height{0});
  const FundingStep step = plan_funding(policy, book, Height{0}, 1000h, 6s);
  EXPECT_EQ(step.deposit, Amount{});
  EXPECT_EQ(step.look_in, 6h + 6s);
  const FundingStep then = plan_funding(policy, book, Height{600 * 6 + 1}, 994h, 6s);
  EXPECT_EQ(then.deposit, Amount{100 * (600 * 24 + 1)});
}

TEST(Funding, NeedsNothingWhereNothingPaysOrIsWanted) {
  EscrowBook book;
  book.deposited = {1'000'000};
  EXPECT_EQ(plan_funding({}, book, Height{0}, 10h, 6s).deposit, Amount{}) << "no lease";
  book.start(Dec::from_int(100), Height{0});
  FundingPolicy none;
  none.kind = FundingKind::none;
  EXPECT_FALSE(plan_funding(none, book, Height{0}, 1000h, 6s).look_in.has_value());
  EXPECT_FALSE(plan_funding({}, book, Height{0}, 1h, 6s).look_in.has_value()) << "lasts to the end";
}

// ---- reputation -------------------------------------------------------------------------------------

Address party(std::uint8_t n) {
  Address a;
  a.bytes.fill(n);
  return a;
}

TEST(Reputation, MovesFromThePriorToWhatWasSeen) {
  Reputation seen;
  EXPECT_DOUBLE_EQ(seen.uptime(party(1)), uptime_prior);
  seen.observe(party(1), 900h, 100h);
  EXPECT_NEAR(seen.uptime(party(1)), (900 + uptime_prior * uptime_prior_h) / (1000 + uptime_prior_h), 1e-12);
}

TEST(Reputation, CountsOnlyTrustedAuditors) {
  Reputation seen;
  seen.sign(party(1), party(50));
  seen.sign(party(1), party(51));
  seen.sign(party(1), party(51));
  EXPECT_EQ(seen.tier(party(1), {}), 2u);
  EXPECT_EQ(seen.tier(party(1), {party(51), party(52)}), 1u);
  seen.unsign(party(1), party(51));
  EXPECT_EQ(seen.tier(party(1), {party(51), party(52)}), 0u);
}

TEST(Reputation, KnowsRegionsByEitherAttribute) {
  Reputation seen;
  seen.learn(party(1), {{"region", "eu-west"}}, "eu-west");
  seen.learn(party(2), {{"location-region", "eu-west"}}, "eu-west");
  seen.learn(party(3), {{"region", "us-east"}}, "eu-west");
  EXPECT_TRUE(seen.in_region(party(1)));
  EXPECT_TRUE(seen.in_region(party(2)));
  EXPECT_FALSE(seen.in_region(party(3)));
  EXPECT_FALSE(seen.in_region(party(4)));
}

TEST(Reputation, ExcludesForAWhile) {
  Reputation seen;
  seen.exclude(party(1), monday + 1h);
  seen.exclude(party(1), monday);
  EXPECT_TRUE(seen.excluded(party(1), monday + 59min));
  EXPECT_FALSE(seen.excluded(party(1), monday + 1h));
}

}  // namespace
}  // namespace souk
