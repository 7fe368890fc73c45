#include "scenarios/market_collector.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "actors/auditor.hpp"
#include "scenarios/market_measures.hpp"

namespace souk::scenarios {
namespace {

using namespace std::chrono_literals;

const ActorId validator{0};
const ActorId provider{1};
const ActorId rival{2};
const ActorId tenant{3};

Population three_parties() {
  Population population;
  for (const char* name : {"validator", "p-1", "p-2", "t-1"}) {
    population.seats.push_back({name, runtime::AnyActor(Auditor(AuditorConfig{})), {}, {}});
  }
  population.providers.push_back({provider, account_of("p-1"), "p-1", "p", "h100", {{8, 32}}, true});
  population.providers.push_back({rival, account_of("p-2"), "p-2", "p", "h100", {{8, 32}, {8, 32}}, true});
  population.tenants.push_back({tenant, account_of("t-1"), "t-1", "t"});
  return population;
}

/// A market whose every event is written down by hand. One block an hour, 1 ACT = 1 USD.
class ByHand : public ::testing::Test {
 protected:
  ByHand() : collector_(population_, config()) {}

  static MarketCollectorConfig config() {
    MarketCollectorConfig c;
    c.sample_every = 10h;
    c.block_time = 1h;
    c.usd_per_coin = {0.5, 1, 1};
    return c;
  }
  Time at(int hour) const { return Time{} + hour * 1h; }
  void publish(int hour, ChainEvent event) {
    const auto shared = std::make_shared<const Event>(ChainNotice{Height{hour}, at(hour), std::move(event)});
    collector_.on_effect(at(hour), validator, Effect{Publish{topic_chain(), shared}});
  }
  void note(int hour, ActorId who, Note::Metric metric, double value, std::uint64_t subject = 1) {
    collector_.on_effect(at(hour), who, Effect{Note{metric, subject, value}});
  }
  OrderId order(std::uint64_t dseq) const { return {account_of("t-1"), 1, dseq, 1}; }
  void post(int hour, std::uint64_t dseq, std::uint64_t gpus) {
    GroupSpec spec;
    ResourceUnit unit;
    unit.count = 1;
    unit.resource.cpu_milli = 4000;
    unit.resource.gpu_units = gpus;
    spec.resources.push_back(unit);
    publish(hour, EventOrderCreated{order(dseq), std::make_shared<const GroupSpec>(spec), {}});
  }
  void bid(int hour, std::uint64_t dseq, const char* who, std::int64_t micro) {
    publish(hour, EventBidCreated{bid_id(order(dseq), account_of(who)), {Denom::uact, Dec::from_int(micro)}});
  }
  void lease(int hour, std::uint64_t dseq, const char* who, std::int64_t micro) {
    publish(hour,
            EventLeaseCreated{bid_id(order(dseq), account_of(who)), {Denom::uact, Dec::from_int(micro)}});
  }
  void transfer(int hour, const Address& from, const Address& to, std::int64_t micro) {
    publish(hour, EventTransfer{from, to, {Denom::uact, {micro}}});
  }
  double measured(Metric metric, const std::string& entity = "market") {
    double found = std::nan("");
    const MarketTotals totals = difference(collector_.totals(), collector_.warm());
    measure(totals, collector_.leases(), collector_, [&](Metric m, const std::string& e, double value) {
      if (m == metric && e == entity) found = value;
    });
    return found;
  }

  Population population_ = three_parties();
  MarketCollector collector_;
};

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
  EXPECT_DOUBLE_EQ(collector_.usd(escrow_held(collector_.totals())), 3);
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
  std::vector<double> active;
  for (const Measurement& m : collector_.series()) {
    if (collector_.entities().name(m.entity) != "market") continue;
    if (m.metric == Metric::gpu_leased_hours) leased_hours += m.value;
    if (m.metric == Metric::active_leases) active.push_back(m.value);
  }
  EXPECT_DOUBLE_EQ(leased_hours, 2 * 28 + 2 * 14);
  EXPECT_EQ(active, (std::vector<double>{1, 2, 2}));
}

TEST(MarketCollectorWarmUp, LeavesTheStartOutOfTheSummaryAndKeepsItInTheSeries) {
  const Population population = three_parties();
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
  double hhi = 0;
  double gini = 0;
  double top = 0;
  measure_concentration({0, 0}, {1, 2, 3, 4}, [&](Metric metric, const std::string&, double value) {
    if (metric == Metric::hhi_revenue) hhi = value;
    if (metric == Metric::gini_revenue) gini = value;
    if (metric == Metric::top_share_revenue) top = value;
    EXPECT_NE(metric, Metric::hhi_leases) << "nobody has a lease";
  });
  EXPECT_NEAR(hhi, 3000, 1e-9);
  EXPECT_NEAR(gini, 0.25, 1e-12);
  EXPECT_NEAR(top, 0.9, 1e-12);
}

}  // namespace
}  // namespace souk::scenarios
