#include "actors/pricing.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/actors/orders.hpp"

namespace souk {
namespace {

using test::gib;
using test::gpu_unit;
using test::group;
using test::unit;

GroupSpec web(std::int64_t maximum, std::uint64_t threads, std::uint64_t memory_gib, std::uint64_t disk_gib) {
  ResourceUnit u = unit(threads * 1000, memory_gib, 1, maximum);
  u.resource.storage = {{"default", disk_gib * gib, {}}};
  u.resource.endpoints = {{EndpointKind::shared_http, 0}};
  return group({u});
}

/// One block an hour and one micro-ACT a dollar: prices read as USD per hour times 10^6.
Exchange hourly() { return {std::chrono::hours(1), 0.5}; }

PricingInput input_for(const GroupSpec& spec, double cost = 0, std::uint64_t draw = 0) {
  return {spec, nullptr, group_price(spec), cost, 0, Rng(7, ActorId{1}, Purpose::price, draw)};
}

std::optional<DecCoin> ask(const Pricing& pricing, const GroupSpec& spec, double cost = 0,
                           std::uint64_t draw = 0) {
  return quote(pricing, input_for(spec, cost, draw), hourly());
}

/// USD per hour asked for an order that pays at most `maximum` USD per hour, or NaN for no bid.
double ask_usd(const Pricing& pricing, double cost, double maximum = 1.0) {
  const auto price = ask(pricing, web(static_cast<std::int64_t>(maximum * 1e6), 1, 1, 1), cost);
  return price ? usd_per_hour(*price, hourly()) : std::nan("");
}

// ---- shipped script (economics.md V28) ----------------------------------------------------------------

TEST(ScriptPricing, WorkedExamplesOfV28) {
  GroupSpec gpu = web(10'000, 4, 16, 30);
  gpu.resources[0].resource.gpu_units = 1;
  gpu.resources[0].resource.gpu_attributes = {{"vendor/nvidia/model/*", "true"}};
  EXPECT_NEAR(script_usd_month(ScriptPricing{}, gpu), 119.85, 1e-12);
  EXPECT_EQ(ask(ScriptPricing{}, gpu)->amount.to_string(), "278.779928000000000000");
  const GroupSpec small = web(10'000, 1, 2, 10);
  EXPECT_NEAR(script_usd_month(ScriptPricing{}, small), 3.45, 1e-12);
  EXPECT_EQ(ask(ScriptPricing{}, small)->amount.to_string(), "8.024954000000000000");
}

// economics.md V28: at 6.5 s a block.
TEST(Exchange, ConvertsAsV28) {
  const Exchange slow{std::chrono::milliseconds(6500), 0.5};
  EXPECT_NEAR(usd_per_hour({Denom::uact, Dec::from_int(10'000)}, slow), 5.538462, 5e-7);
  EXPECT_NEAR(usd_per_hour({Denom::uact, Dec::from_int(10'000)}, slow) * 730.484, 4045.76, 0.05);
  EXPECT_NEAR(per_block(2.69, Denom::uact, slow).to_double(), 4856.94, 0.005);
  EXPECT_NEAR(per_block(2.69, Denom::uakt, slow).to_double(), 2 * 4856.94, 0.01) << "AKT at 0.50 USD";
}

TEST(ScriptPricing, RefusesWhatIsAboveTheOrdersMaximum) {
  EXPECT_TRUE(ask(ScriptPricing{}, web(9, 1, 2, 10)));
  EXPECT_FALSE(ask(ScriptPricing{}, web(8, 1, 2, 10)));
}

TEST(ScriptPricing, EndpointsAreNotMultipliedByReplicasButResourcesAre) {
  GroupSpec three = web(10'000, 1, 2, 10);
  three.resources[0].count = 3;
  EXPECT_NEAR(script_usd_month(ScriptPricing{}, three), 3 * 3.40 + 0.05, 1e-12);
}

TEST(ScriptPricing, StorageClassesHaveTheirOwnPrices) {
  GroupSpec spec = web(10'000, 1, 2, 0);
  auto& storage = spec.resources[0].resource.storage;
  const auto month_with = [&](const char* name, const char* persistent) {
    storage = {{"data", 100 * gib, {{"class", name}, {"persistent", persistent}}}};
    return script_usd_month(ScriptPricing{}, spec) - 3.25;
  };
  EXPECT_NEAR(month_with("beta1", "true"), 1.0, 1e-12);
  EXPECT_NEAR(month_with("beta2", "true"), 3.0, 1e-12);
  EXPECT_NEAR(month_with("beta3", "true"), 4.0, 1e-12);
  EXPECT_NEAR(month_with("ram", "false"), 80.0, 1e-12);
}

TEST(ScriptPricing, GpuTargetsFallBackFromTheExactToTheDearest) {
  ScriptPricing script;
  script.gpus = {{"a100.80Gi.sxm", 900}, {"a100.80Gi", 800}, {"a100", 700}, {"t4", 80}};
  const auto gpu_price = [&](const char* key) {
    return script_usd_month(script, group({gpu_unit(key, 1)})) -
           script_usd_month(script, group({unit(1000, 1, 1)}));
  };
  EXPECT_NEAR(gpu_price("vendor/nvidia/model/a100/ram/80Gi/interface/sxm"), 900, 1e-9);
  EXPECT_NEAR(gpu_price("vendor/nvidia/model/a100/ram/80Gi/interface/pcie"), 800, 1e-9);
  EXPECT_NEAR(gpu_price("vendor/nvidia/model/a100/ram/40Gi"), 700, 1e-9);
  EXPECT_NEAR(gpu_price("vendor/nvidia/model/t4"), 80, 1e-9);
  EXPECT_NEAR(gpu_price("vendor/nvidia/model/h100"), 900, 1e-9) << "the dearest of the table";
  script.gpus.push_back({"*", 500});
  EXPECT_NEAR(gpu_price("vendor/nvidia/model/h100"), 500, 1e-9);
}

TEST(ScriptPricing, PricesTheGpuThatIsOfferedNotTheOneAskedFor) {
  ScriptPricing script;
  script.gpus = {{"a100", 700}, {"t4", 80}};
  const GroupSpec spec = group({gpu_unit("vendor/nvidia/model/*", 1)});
  std::vector<ResourceOffer> offer{{spec.resources[0].resource, 1}};
  offer[0].resources.gpu_attributes = {{"vendor/nvidia/model/t4", "true"}};
  EXPECT_NEAR(script_usd_month(script, spec) - script_usd_month(script, spec, &offer), 620, 1e-9);
}

// ---- scale (akash-offchain.md 2.4) --------------------------------------------------------------------

TEST(ScalePricing, SumsExactDecimals) {
  GroupSpec spec = web(10'000, 1, 2, 10);
  spec.resources[0].count = 2;
  // 2 x (1000 x .004 + 2048 x .0016 + 10240 x .00016) + 1 endpoint
  EXPECT_EQ(ask(ScalePricing{}, spec)->amount.to_string(), "18.830400000000000000");
}

TEST(ScalePricing, AnUnknownStorageClassOrAPriceOfZeroIsNoBid) {
  GroupSpec spec = web(10'000, 1, 2, 10);
  spec.resources[0].resource.storage = {{"data", gib, {{"class", "beta3"}, {"persistent", "true"}}}};
  EXPECT_FALSE(ask(ScalePricing{}, spec));
  ScalePricing free;
  free.cpu_milli = free.memory_mib = free.ephemeral_mib = free.endpoint = Dec{};
  EXPECT_FALSE(ask(free, web(10'000, 1, 2, 10)));
}

// ---- mechanisms (economics.md V01, V05, V06) ----------------------------------------------------------

TEST(UniformEquilibriumPricing, BidsOfV01) {
  struct Row {
    std::uint32_t bidders;
    double at_2, at_5;
  };
  for (const Row row : {Row{2, .6, .75}, {3, .4667, .6667}, {5, .36, .6}, {10, .28, .55}, {20, .24, .525}}) {
    EXPECT_NEAR(equilibrium_bid(.2, 1, row.bidders), row.at_2, 5e-5);
    EXPECT_NEAR(equilibrium_bid(.5, 1, row.bidders), row.at_5, 5e-5);
    const UniformEquilibriumPricing pricing{0, 1, row.bidders};
    EXPECT_NEAR(ask_usd(pricing, .2, 1), row.at_2, 5e-5);
    EXPECT_NEAR(ask_usd(pricing, .2, 50), row.at_2, 5e-5) << "a maximum above all costs does not bind";
  }
}

TEST(UniformEquilibriumPricing, BidsOfV06UnderAReserve) {
  struct Row {
    std::uint32_t bidders;
    double bid;
  };
  for (const Row row : {Row{2, .443750}, {3, .401563}, {5, .344741}, {10, .279272}}) {
    EXPECT_NEAR(equilibrium_bid(.2, .5, row.bidders), row.bid, 5e-7);
    EXPECT_NEAR(ask_usd(UniformEquilibriumPricing{0, 1, row.bidders}, .2, .5), row.bid, 5e-7);
  }
  EXPECT_NEAR(equilibrium_bid(.5, .5, 3), .5, 1e-12) << "the marginal cost type bids the reserve";
  EXPECT_NEAR(equilibrium_bid(.2, .5, 1), .5, 1e-12) << "alone, it asks all there is";
  EXPECT_TRUE(std::isnan(ask_usd(UniformEquilibriumPricing{0, 1, 3}, .51, .5)));
}

// V01, last column: costs in [.5, 2.5] USD per hour.
TEST(UniformEquilibriumPricing, ScalesToAnyInterval) {
  EXPECT_NEAR(ask_usd(UniformEquilibriumPricing{.5, 2.5, 2}, .5 + 2 * .2, 10), .5 + 2 * .6, 1e-9);
}

TEST(ExponentialEquilibriumPricing, ConstantMarkupOfV05) {
  EXPECT_NEAR(ask_usd(ExponentialEquilibriumPricing{1, 2}, .3, 20), 1.3, 1e-9);
  EXPECT_NEAR(ask_usd(ExponentialEquilibriumPricing{1, 5}, .3, 20), .55, 1e-9);
  EXPECT_TRUE(std::isnan(ask_usd(ExponentialEquilibriumPricing{1, 5}, .9, 1)));
}

TEST(TruthfulPricing, BidsItsCostUpToTheMaximum) {
  EXPECT_NEAR(ask_usd(TruthfulPricing{}, .37), .37, 1e-12);
  EXPECT_TRUE(std::isnan(ask_usd(TruthfulPricing{}, 1.01)));
}

TEST(PostedPricing, TakesTheMaximumIfItCoversTheCost) {
  EXPECT_EQ(ask(PostedPricing{}, web(777, 1, 1, 1), 1e-4)->amount, Dec::from_int(777));
  EXPECT_FALSE(ask(PostedPricing{}, web(777, 1, 1, 1), 1e-3));
}

TEST(RandomPricing, IsUniformBetweenCostAndMaximum) {
  double sum = 0;
  const int n = 4'000;
  for (int i = 0; i < n; ++i) {
    const auto price = ask(RandomPricing{}, web(1'000'000, 1, 1, 1), .4, static_cast<std::uint64_t>(i));
    const double usd = usd_per_hour(*price, hourly());
    ASSERT_GE(usd, .4);
    ASSERT_LE(usd, 1.0);
    sum += usd;
  }
  EXPECT_NEAR(sum / n, .7, 4 * .6 / std::sqrt(12.0 * n));
  EXPECT_EQ(ask(RandomPricing{}, web(1'000'000, 1, 1, 1), .4, 9),
            ask(RandomPricing{}, web(1'000'000, 1, 1, 1), .4, 9));
}

TEST(RandomPricing, TheBandOf2018IsPerGibOfMemory) {
  RandomPricing band;
  band.above_cost = false;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto price = ask(band, web(5'000, 1, 4, 1), 0, i);
    ASSERT_TRUE(price);
    ASSERT_GE(price->amount.to_double(), 4 * 50 - 1e-9);
    ASSERT_LE(price->amount.to_double(), 5'000);
  }
  EXPECT_FALSE(ask(band, web(199, 1, 4, 1))) << "less than 50 a GiB";
}

TEST(UndercutPricing, GoesBelowTheLastWinnerButNotBelowCost) {
  const GroupSpec spec = web(1'000'000, 1, 2, 10);
  const double size = 3.45 / 730.0;
  PricingInput input = input_for(spec, 0);
  EXPECT_EQ(quote(UndercutPricing{}, input, hourly())->amount, Dec::from_int(1'000'000))
      << "nothing seen yet";
  input.last_win_ratio = 2.0;
  EXPECT_NEAR(usd_per_hour(*quote(UndercutPricing{}, input, hourly()), hourly()), 2 * size * .99, 1e-9);
  input.cost_usd_h = 3 * size;
  EXPECT_NEAR(usd_per_hour(*quote(UndercutPricing{}, input, hourly()), hourly()), 3 * size, 1e-9);
}

// ---- cost (economics.md section 2, table of provider classes) -----------------------------------------

CostModel bought_power(double capex, double kw, double usd_kwh, double pue, std::uint32_t life, double wacc,
                       double maintenance, double utilisation) {
  return {capex, kw, 0, usd_kwh, pue, life, wacc, maintenance, utilisation, 0.25, 0};
}

TEST(CostModel, BreakEvensOfTheTable) {
  struct Row {
    const char* name;
    CostModel cost;
    double break_even, with_take;
  };
  const Row rows[] = {
      {"H100", {37'500, 1.275, 200, 0, 1, 4, .12, .03, .8, .25, 0}, 2.359, 2.949},
      {"H200", {42'000, 1.275, 200, 0, 1, 4, .12, .03, .8, .25, 0}, 2.590, 3.237},
      {"A100", {15'000, .75, 200, 0, 1, 3, .12, .04, .8, .25, 0}, 1.234, 1.542},
      {"A6000", {5'200, .42, 200, 0, 1, 3, .12, .04, .7, .25, 0}, .551, .689},
      {"hall 4090", bought_power(2'600, .55, .06, 1.1, 3, .15, .05, .6), .284, .355},
      {"home 4090", bought_power(2'400, .52, .165, 1.0, 3, .15, .05, .4), .452, .565},
      {"5090", bought_power(3'200, .68, .1275, 1.1, 3, .15, .05, .6), .408, .510},
      {"used 3090", bought_power(900, .42, .06, 1.1, 2, .20, .08, .5), .186, .232},
  };
  for (Row row : rows) {
    EXPECT_NEAR(break_even_usd_h(row.cost), row.break_even, 5.1e-4) << row.name;
    row.cost.take_rate = 0.20;
    EXPECT_NEAR(break_even_usd_h(row.cost), row.with_take, 5.1e-4) << row.name;
  }
  EXPECT_NEAR(break_even_usd_h(CostModel{}), 2.359, 5e-4) << "the default is the first row";
}

TEST(CostModel, AvoidableEnergyOfTheTable) {
  EXPECT_NEAR(avoidable_usd_h(bought_power(900, .42, .06, 1.1, 2, .20, .08, .5)), .021, 5e-4);
  EXPECT_NEAR(avoidable_usd_h(bought_power(2'400, .52, .165, 1.0, 3, .15, .05, .4)), .064, 5e-4);
}

TEST(CostModel, CapitalRecovery) {
  EXPECT_NEAR(capital_recovery(.12, 4), .3292344, 1e-7);
  EXPECT_NEAR(capital_recovery(.15, 3), .4379770, 1e-7);
  EXPECT_DOUBLE_EQ(capital_recovery(0, 4), .25);
}

TEST(CostModel, AnOrderCostsItsRentalUnits) {
  EXPECT_DOUBLE_EQ(rental_units(group({unit(1500, 1, 2)})), 3.0);
  EXPECT_DOUBLE_EQ(rental_units(group({gpu_unit("vendor/nvidia/model/a100", 4), unit(8000, 1, 1)})), 4.0);
  const GroupSpec eight = group({gpu_unit("vendor/nvidia/model/h100", 8)});
  const Rng rng(1, ActorId{1}, Purpose::cost, 0);
  EXPECT_NEAR(order_cost_usd_h(FullCost{}, CostModel{}, eight, rng), 8 * break_even_usd_h(CostModel{}),
              1e-12);
  EXPECT_DOUBLE_EQ(order_cost_usd_h(DrawnCost{Distribution::constant(.7)}, CostModel{}, eight, rng), .7);
}

}  // namespace
}  // namespace souk
