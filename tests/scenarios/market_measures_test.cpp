// Each measure of a market on a small case that can be worked out on paper.
#include "scenarios/market_measures.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenarios/market_by_hand.hpp"

namespace souk::scenarios {
namespace {

using namespace testing;  // NOLINT: the parties

class Orders : public MarketByHand {};

TEST_F(Orders, TheReserveBindsWhereThePriceIsTheMostAllowedAndShadingIsItsPlaceBetweenCostAndThat) {
  post(1, 1, 0, 6'000'000);
  lease(2, 1, "p-1", 6'000'000);
  note(2, provider, Note::Metric::provider_cost_usd_h, 1, 1);
  post(1, 2, 0, 8'000'000);
  lease(2, 2, "p-1", 4'000'000);
  note(2, provider, Note::Metric::provider_cost_usd_h, 2, 2);
  post(1, 3, 0);  // no price is named
  lease(2, 3, "p-1", 4'000'000);
  note(2, provider, Note::Metric::provider_cost_usd_h, 2, 3);
  collector_.finish(at(10));
  EXPECT_DOUBLE_EQ(measured(Metric::reserve_binding), 1.0 / 3);
  EXPECT_DOUBLE_EQ(measured(Metric::shading), (1.0 + 2.0 / 6) / 2);
}

TEST_F(Orders, WithoutABidAnOrderIsBlockedAndWithBidsAboveItsWorthItIsPricedOut) {
  post(1, 1, 8);  // GPUs that nobody has
  give_up(3, 1);
  note(1, tenant, Note::Metric::tenant_value_usd_h, 4, 2);
  note(1, tenant, Note::Metric::tenant_wanted_h, 12, 2);
  post(1, 2, 0);
  bid(2, 2, "p-1", 5'000'000);
  give_up(3, 2);
  post(1, 3, 2);
  bid(2, 3, "p-1", 5'000'000);
  lease(3, 3, "p-1", 5'000'000);
  post(1, 100, 0);
  bid(2, 100, "p-1", 5'000'000);
  give_up(3, 100);  // for a reason nobody told
  collector_.finish(at(10));
  EXPECT_DOUBLE_EQ(measured(Metric::blocking), 1.0 / 4);
  EXPECT_DOUBLE_EQ(measured(Metric::gpu_blocking), 1.0 / 2);
  EXPECT_DOUBLE_EQ(measured(Metric::priced_out), 1.0 / 4);
  EXPECT_DOUBLE_EQ(measured(Metric::unmet_value), 4 * 12);
  EXPECT_DOUBLE_EQ(measured(Metric::blocking, "segment:t"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(measured(Metric::blocking, "segment:u"), 0);
  EXPECT_DOUBLE_EQ(measured(Metric::fill_rate, "segment:t"), 1.0 / 3);
}

TEST_F(Orders, FiftyBlocksArePromptAndOneMoreIsNot) {
  post(1, 1, 0);
  lease(51, 1, "p-1", 1'000'000);
  post(60, 2, 0);
  lease(111, 2, "p-1", 1'000'000);
  collector_.finish(at(120));
  EXPECT_DOUBLE_EQ(measured(Metric::fill_rate), 1);
  EXPECT_DOUBLE_EQ(measured(Metric::fill_rate_50_blocks), 0.5);
  EXPECT_DOUBLE_EQ(measured(Metric::time_to_lease_blocks), 50.5);
}

TEST_F(Orders, TheQueueIsCountedOverTimeAndAtTheEnd) {
  post(1, 1, 0);
  post(2, 2, 0);
  lease(3, 1, "p-1", 1'000'000);  // open for 2 h
  give_up(5, 2);                  // 3 h
  post(9, 3, 0);                  // 1 h of the first interval, 10 h of the second
  collector_.finish(at(20));
  EXPECT_EQ(sampled(Metric::orders_open), (std::vector<double>{1, 1}));
  EXPECT_DOUBLE_EQ(measured(Metric::orders_open), (2 + 3 + 11) / 20.0);
}

TEST_F(Orders, SizesAreMeansOfWhatWasPosted) {
  post(1, 1, 8);
  post(1, 2, 0);
  collector_.finish(at(10));
  EXPECT_DOUBLE_EQ(measured(Metric::gpus_per_order), 4);
  EXPECT_DOUBLE_EQ(measured(Metric::vcpus_per_order), 4);
  EXPECT_DOUBLE_EQ(measured(Metric::memory_per_order), 16);
}

class Leases : public MarketByHand {};

TEST_F(Leases, LengthAndSpendAreOfLeasesThatClosedAndSegmentsShareTheSpend) {
  lease(1, 1, "p-1", 4'000'000);
  end_lease(6, 1, "p-1", LeaseClosedReason::owner);
  lease(1, 100, "p-1", 3'000'000);  // runs on
  collector_.finish(at(10));
  EXPECT_DOUBLE_EQ(measured(Metric::lease_length), 5);
  EXPECT_DOUBLE_EQ(measured(Metric::spend_per_lease), 20);
  EXPECT_DOUBLE_EQ(measured(Metric::lease_spend, "segment:t"), 20);
  EXPECT_DOUBLE_EQ(measured(Metric::lease_spend, "segment:u"), 27);
  EXPECT_DOUBLE_EQ(measured(Metric::lease_spend), 47);
  EXPECT_EQ(measured(Metric::leases_created, "class:p"), 2);
}

TEST_F(Leases, TheMarginIsThePriceOverWhatCoversAllCostOfTheSameGpus) {
  post(1, 1, 2);
  lease(2, 1, "p-2", 4'000'000);  // 2 GPUs for 4 USD/h; 1.6 USD/h each would do
  post(1, 2, 0);
  lease(2, 2, "p-2", 1'000'000);  // vCPUs beside GPUs: nobody knows their share of the cost
  collector_.finish(at(10));
  EXPECT_NEAR(measured(Metric::break_even_margin, "gpu:h100"), 0.25, 1e-12);
  EXPECT_NEAR(measured(Metric::break_even_margin, "class:p"), 0.25, 1e-12);
  EXPECT_NEAR(measured(Metric::break_even_margin), 0.25, 1e-12);
}

TEST_F(Leases, WhatTheMarketPaysTheNetworkIsFeesAndTakeAndProvidersPayTheirPart) {
  const Address escrow = module_address("escrow");
  const Address collects = module_address("fee_collector");
  post(1, 1, 0);
  lease(1, 1, "p-1", 4'000'000);
  note(1, provider, Note::Metric::provider_cost_usd_h, 1);
  transfer(2, account_of("p-1"), collects, 200'000);
  transfer(2, account_of("t-1"), collects, 100'000);
  transfer(2, module_address("mint"), collects, 900'000'000);  // for those who stake
  transfer(3, escrow, module_address("distribution"), 1'000'000);
  collector_.finish(at(11));
  EXPECT_DOUBLE_EQ(measured(Metric::fees), 0.3);
  EXPECT_DOUBLE_EQ(measured(Metric::treasury_flow), measured(Metric::fees) + measured(Metric::escrow_take));
  EXPECT_DOUBLE_EQ(measured(Metric::treasury_flow), 1.3);
  EXPECT_DOUBLE_EQ(measured(Metric::provider_profit), 30);
  EXPECT_DOUBLE_EQ(measured(Metric::provider_profit_net), 30 - 0.2 - 1);
}

TEST_F(Leases, WithdrawalsArePerLeaseAndDay) {
  lease(0, 1, "p-1", 4'000'000);
  lease(0, 2, "p-1", 4'000'000);
  for (const int hour : {3, 6, 9}) transfer(hour, module_address("escrow"), account_of("p-1"), 8'000'000);
  collector_.finish(at(12));
  EXPECT_DOUBLE_EQ(measured(Metric::withdrawal_frequency), 3);  // 3 for 2 leases in half a day
}

class Service : public MarketByHand {};

TEST_F(Service, MachinesAreUpForAShareOfTheirTimeAndRepairedInTheMeanOfTheirFailures) {
  note(2, rival, Note::Metric::node_failed, 1, 0);
  note(4, rival, Note::Metric::node_repaired, 1, 0);
  note(5, rival, Note::Metric::node_failed, 1, 1);
  note(9, rival, Note::Metric::node_repaired, 1, 1);
  collector_.finish(at(10));
  EXPECT_DOUBLE_EQ(measured(Metric::repair_time), 3);
  EXPECT_DOUBLE_EQ(measured(Metric::machine_availability), 24.0 / 30);
  EXPECT_DOUBLE_EQ(measured(Metric::machine_availability, "tier:2"), 14.0 / 20);
  EXPECT_DOUBLE_EQ(measured(Metric::machine_availability, "tier:0"), 1);
  EXPECT_DOUBLE_EQ(measured(Metric::machine_availability, "provider:p-2"), 14.0 / 20);
}

TEST_F(Service, AWorkloadIsUpOrDownFromTheFirstTimeItsProviderSaysSo) {
  lease(1, 1, "p-2", 4'000'000);
  workload(2, 1, "p-2", true);
  workload(5, 1, "p-2", false);
  workload(6, 1, "p-2", true);
  end_lease(9, 1, "p-2", LeaseClosedReason::owner);
  workload(9, 1, "p-2", false);  // too late
  collector_.finish(at(10));
  EXPECT_DOUBLE_EQ(measured(Metric::availability), 6.0 / 7);
  EXPECT_DOUBLE_EQ(measured(Metric::availability, "tier:2"), 6.0 / 7);
  EXPECT_DOUBLE_EQ(measured(Metric::availability, "provider:p-2"), 6.0 / 7);
  EXPECT_TRUE(std::isnan(measured(Metric::availability, "provider:p-1"))) << "it served nobody";
  EXPECT_DOUBLE_EQ(measured(Metric::spend_while_down), 4);
}

TEST_F(Service, ALeaseLostIsMadeGoodByTheNextOfItsDeployment) {
  for (const std::uint64_t dseq : {1, 2, 3, 4}) deploy(1, dseq), lease(2, dseq, "p-1", 4'000'000);
  end_lease(3, 1, "p-1", LeaseClosedReason::unstable);
  lease(5, 1, "p-2", 4'000'000);
  end_lease(3, 2, "p-1", LeaseClosedReason::decommission);
  undeploy(6, 2);
  note(3, tenant, Note::Metric::tenant_moved, 1, 3);
  end_lease(4, 3, "p-1", LeaseClosedReason::owner);
  lease(7, 3, "p-2", 4'000'000);
  end_lease(8, 3, "p-2", LeaseClosedReason::owner);
  undeploy(8, 3);
  end_lease(8, 4, "p-1", LeaseClosedReason::manifest_timeout);  // the tenant's own doing
  undeploy(9, 4);
  collector_.finish(at(10));
  EXPECT_EQ(measured(Metric::leases_lost), 3);
  EXPECT_DOUBLE_EQ(measured(Metric::failover_success), 2.0 / 3);
  EXPECT_DOUBLE_EQ(measured(Metric::failover_time), (2 + 4) * 3600 / 2.0);
}

TEST_F(Service, CapacityComesAndGoesWithItsProvidersAndTheFleetAges) {
  note(2, rival, Note::Metric::provider_exited, 1, 0);
  collector_.finish(at(10));
  EXPECT_EQ(measured(Metric::gpus_added), -16);
  EXPECT_EQ(measured(Metric::gpus_added, "gpu:h100"), -16);
  EXPECT_EQ(measured(Metric::vcpus_added), -64);
  EXPECT_NEAR(sampled(Metric::fleet_age).at(0), 10.0 / 24, 1e-12);
}

TEST_F(Service, AProviderThatCameBackIsYoungAgain) {
  note(2, rival, Note::Metric::provider_exited, 1, 0);
  note(8, rival, Note::Metric::provider_entered, 1, 0);
  collector_.finish(at(10));
  EXPECT_EQ(measured(Metric::gpus_added), 0);
  EXPECT_NEAR(sampled(Metric::fleet_age).at(0), (10 + 2 * 2) / 3.0 / 24, 1e-12);
}

class Tenants : public MarketByHand {};

TEST_F(Tenants, FirstDeploymentsFirstLeasesAndThoseWithoutOne) {
  deploy(1, 1);
  lease(4, 1, "p-1", 4'000'000);
  deploy(1, 2);  // in the same block: a replica, not a return
  undeploy(5, 2);
  deploy(6, 100);
  EXPECT_EQ(collector_.retention().repeaters(), 0);
  deploy(7, 101);
  end_lease(8, 1, "p-1", LeaseClosedReason::owner);
  undeploy(8, 1);
  collector_.finish(at(10));
  EXPECT_EQ(measured(Metric::deployments_created), 4);
  EXPECT_EQ(measured(Metric::tenants_new), 2);
  EXPECT_DOUBLE_EQ(measured(Metric::first_success), 3 * 3600);
  EXPECT_DOUBLE_EQ(measured(Metric::started_not_completed), 0.5);
  EXPECT_DOUBLE_EQ(measured(Metric::repeat_rate), 0.5);
  EXPECT_EQ(measured(Metric::tenants_active), 0);
}

TEST_F(Tenants, AMonthIsComparedWithTheOneBefore) {
  deploy(0, 1), lease(0, 1, "p-1", 4'000'000);        // 720 h of the first month, 80 h of the second
  deploy(20, 100), lease(20, 100, "p-2", 2'000'000);  // 700 h of the first month
  end_lease(720, 100, "p-2", LeaseClosedReason::owner);
  end_lease(800, 1, "p-1", LeaseClosedReason::owner);
  EXPECT_TRUE(std::isnan(measured(Metric::churn_rate))) << "one month compares with nothing";
  collector_.finish(at(1440));
  EXPECT_DOUBLE_EQ(measured(Metric::churn_rate), 0.5);
  EXPECT_NEAR(measured(Metric::net_revenue_retention), 80.0 * 4 / (720 * 4 + 700 * 2), 1e-12);
  EXPECT_EQ(measured(Metric::cohort_tenants, "cohort:1"), 2);
  EXPECT_EQ(measured(Metric::cohort_retention, "cohort:1"), 0.5);
  EXPECT_EQ(sampled(Metric::cohort_retention, "cohort:1"), (std::vector<double>{1, 0.5}));
}

TEST_F(Tenants, WhatIsSaidOfDeploymentsThatNeverWereIsForgotten) {
  DeploymentBook book;
  MarketTotals totals;
  book.at({0, 1}).value_usd_h = 2;
  book.at({0, 2}).value_usd_h = 2;
  book.created({0, 2}, totals);
  book.given_up({0, 1});
  book.given_up({0, 2});  // the chain will say when it is over
  EXPECT_EQ(book.find({0, 1}), nullptr);
  ASSERT_NE(book.find({0, 2}), nullptr);
  book.closed({0, 2}, Height{5}, totals);
  book.begin(Height{5});
  EXPECT_NE(book.find({0, 2}), nullptr) << "its order closes in the same block";
  book.begin(Height{6});
  EXPECT_EQ(book.size(), 0u);
  EXPECT_EQ(totals.tenants.never_leased, 1);
}

}  // namespace
}  // namespace souk::scenarios
