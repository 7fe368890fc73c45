#include "scenarios/market_collector.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenarios/market_by_hand.hpp"

namespace souk::scenarios {
namespace {

using namespace std::chrono_literals;
using namespace testing;  // NOLINT: the parties

using ByHand = MarketByHand;

TEST_F(ByHand, AnOrderBecomesALeaseAndAllItsNumbersAreThoseOnPaper) {
  note(1, tenant, Note::Metric::tenant_value_usd_h, 10);
  note(1, tenant, Note::Metric::tenant_cloud_usd_h, 8);
  post(1, 1, 2);
  bid(2, 1, "p-1", 5'000'000);  // 5 USD/h: one block an hour
  bid(2, 1, "p-2", 4'000'000);
  lease(4, 1, "p-2", 4'000'000);
  note(4, rival, Note::Metric::provider_cost_usd_h, 1);
  publish(9, EventLeaseClosed{bid_id(order(1), account_of("p-2")), LeaseClosedReason::owner});
  collector_.finish(at(10));

  EXPECT_DOUBLE_EQ(measured(Metric::fill_rate), 1);
  EXPECT_DOUBLE_EQ(measured(Metric::bids_per_order), 2);
  EXPECT_DOUBLE_EQ(measured(Metric::bid_spread), 0.25);           // (5 - 4) / 4
  EXPECT_DOUBLE_EQ(measured(Metric::time_to_lease), 3 * 3600.0);  // posted at 1 h, leased at 4 h
  EXPECT_DOUBLE_EQ(measured(Metric::price_gpu_hour, "gpu:h100"), 2);
  EXPECT_DOUBLE_EQ(measured(Metric::price_gpu_hour_median), 2);
  EXPECT_DOUBLE_EQ(measured(Metric::price_to_cloud), 0.5);
  EXPECT_DOUBLE_EQ(measured(Metric::gpu_available_hours), 24 * 10);
  EXPECT_DOUBLE_EQ(measured(Metric::gpu_leased_hours), 2 * 5);
  EXPECT_DOUBLE_EQ(measured(Metric::gpu_utilisation), 10.0 / 240);
  EXPECT_DOUBLE_EQ(measured(Metric::cpu_utilisation), 4.0 * 5 / (96 * 10));
  EXPECT_DOUBLE_EQ(measured(Metric::lease_spend), 4 * 5);
  EXPECT_DOUBLE_EQ(measured(Metric::tenant_surplus), (10 - 4) * 5);
  EXPECT_DOUBLE_EQ(measured(Metric::provider_profit), (4 - 1) * 5);
  EXPECT_DOUBLE_EQ(measured(Metric::total_welfare), (10 - 1) * 5);
  EXPECT_DOUBLE_EQ(measured(Metric::markup), 3.0 / 4);
  EXPECT_DOUBLE_EQ(measured(Metric::leases_closed, "reason:owner"), 1);
}

TEST_F(ByHand, AnOrderThatIsGivenUpIsUnmetWithItsGpuHours) {
  note(1, tenant, Note::Metric::tenant_wanted_h, 12);
  note(1, tenant, Note::Metric::chose_outside, 1);
  post(1, 1, 8);
  publish(3, EventOrderClosed{order(1)});
  collector_.finish(at(10));
  EXPECT_DOUBLE_EQ(measured(Metric::orders_unmet), 1);
  EXPECT_DOUBLE_EQ(measured(Metric::unmet_gpu_hours), 96);
  EXPECT_DOUBLE_EQ(measured(Metric::chose_cloud), 1);
  EXPECT_DOUBLE_EQ(measured(Metric::fill_rate), 0);
  EXPECT_TRUE(std::isnan(measured(Metric::time_to_lease))) << "nothing was leased: there is no mean wait";
}

TEST_F(ByHand, CoinsThroughEscrowAreSortedByWhoTheyAreFrom) {
  const Address escrow = module_address("escrow");
  transfer(1, account_of("t-1"), escrow, 9'000'000);
  transfer(1, account_of("p-1"), escrow, 500'000);
  transfer(2, escrow, account_of("p-1"), 500'000);    // the bid's deposit comes back
  transfer(3, escrow, account_of("p-1"), 3'000'000);  // a withdrawal
  transfer(3, escrow, module_address("distribution"), 1'000'000);
  transfer(4, escrow, account_of("t-1"), 2'000'000);
  transfer(4, account_of("t-1"), module_address("fee_collector"), 100'000);
  collector_.finish(at(10));
  EXPECT_DOUBLE_EQ(measured(Metric::escrow_deposited), 9);
  EXPECT_DOUBLE_EQ(measured(Metric::bid_deposits), 0.5);
  EXPECT_DOUBLE_EQ(measured(Metric::bid_refunds), 0.5);
  EXPECT_DOUBLE_EQ(measured(Metric::escrow_paid), 3);
  EXPECT_DOUBLE_EQ(measured(Metric::withdrawals), 1);
  EXPECT_DOUBLE_EQ(measured(Metric::escrow_take), 1);
  EXPECT_DOUBLE_EQ(measured(Metric::escrow_refunded), 2);
  EXPECT_DOUBLE_EQ(measured(Metric::fees), 0.1);
  EXPECT_DOUBLE_EQ(collector_.usd(escrow_held(collector_.totals().coins)), 3);
}

TEST_F(ByHand, CapacityFollowsFailuresExitsAndEntries) {
  note(2, rival, Note::Metric::node_failed, 1, 0);  // 8 of 24 GPUs down from 2 h to 4 h
  note(4, rival, Note::Metric::node_repaired, 1, 0);
  note(6, provider, Note::Metric::provider_exited, 1, 0);  // 8 fewer from 6 h on
  note(8, provider, Note::Metric::provider_entered, 1, 0);
  collector_.finish(at(10));
  EXPECT_DOUBLE_EQ(measured(Metric::gpu_available_hours), 2 * 24 + 2 * 16 + 2 * 24 + 2 * 16 + 2 * 24);
  EXPECT_DOUBLE_EQ(measured(Metric::nodes_failed), 1);
  EXPECT_DOUBLE_EQ(measured(Metric::providers_exited), 1);
  EXPECT_DOUBLE_EQ(measured(Metric::providers_entered), 1);
}

TEST_F(ByHand, TheSeriesHasOneSampleAStepAndTheStepsAddUp) {
  post(1, 1, 2);
  lease(2, 1, "p-1", 4'000'000);
  post(15, 2, 2);
  lease(16, 2, "p-1", 4'000'000);
  collector_.finish(at(30));
  double leased_hours = 0;
  for (const double hours : sampled(Metric::gpu_leased_hours)) leased_hours += hours;
  EXPECT_DOUBLE_EQ(leased_hours, 2 * 28 + 2 * 14);
  EXPECT_EQ(sampled(Metric::active_leases), (std::vector<double>{1, 2, 2}));
}

TEST(MarketCollectorWarmUp, LeavesTheStartOutOfTheSummaryAndKeepsItInTheSeries) {
  const Population population = four_parties();
  MarketCollectorConfig config;
  config.sample_every = 10h;
  config.warm_up_end = Time{} + 5h;
  config.block_time = 1h;
  config.usd_per_coin = {0.5, 1, 1};
  MarketCollector collector(population, config);
  collector.finish(Time{} + 20h);
  EXPECT_DOUBLE_EQ(difference(collector.totals(), collector.warm()).hours, 15);
  EXPECT_EQ(collector.series().back().time, Time{} + 20h);
}

TEST(Concentration, IsThatOfTheValidationTable) {  // economics.md V33: {1,2,3,4}
  std::map<Metric, double> got;
  const AddMeasure add = [&](Metric metric, const std::string&, double value) { got[metric] = value; };
  measure_concentration({0, 0}, {1, 2, 3, 4}, add);
  EXPECT_FALSE(got.contains(Metric::hhi_leases)) << "nobody has a lease";
  measure_concentration({4, 3, 2, 1}, {}, add);
  for (const auto& [metric, expected] : std::map<Metric, double>{{Metric::hhi_revenue, 3000},
                                                                 {Metric::gini_revenue, 0.25},
                                                                 {Metric::top_share_revenue, 0.9},
                                                                 {Metric::nakamoto_revenue, 1},
                                                                 {Metric::nakamoto_revenue_half, 2},
                                                                 {Metric::hhi_leases, 3000},
                                                                 {Metric::gini_leases, 0.25},
                                                                 {Metric::top_share_leases, 0.9},
                                                                 {Metric::nakamoto_leases, 1},
                                                                 {Metric::nakamoto_leases_half, 2}})
    EXPECT_NEAR(got.at(metric), expected, 1e-9) << info(metric).name;
}

}  // namespace
}  // namespace souk::scenarios
