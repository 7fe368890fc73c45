#include "scenarios/world.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "runtime/replay.hpp"
#include "scenarios/results.hpp"
#include "tests/scenarios/scenario_texts.hpp"
#include "tests/temporary_folder.hpp"

namespace souk::scenarios {
namespace {

using test::TemporaryFolder;

/// The quickstart, cut to five days so that it can be run many times.
Scenario quickstart(const std::vector<std::string>& more = {}) {
  std::vector<std::string> sets{"duration=5 d", "warm_up=1 d"};
  sets.insert(sets.end(), more.begin(), more.end());
  auto scenario = load_scenario(std::string(SOUK_SOURCE_DIR) + "/scenarios/quickstart.yaml", {"", sets, {}});
  EXPECT_TRUE(scenario.has_value()) << (scenario ? "" : scenario.error().message);
  return std::move(*scenario);
}

RunResult run(const Scenario& scenario, std::uint64_t seed = 1, const RunOptions& options = {}) {
  auto result = run_scenario(scenario, seed, options);
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
  return std::move(*result);
}

double summary(const RunResult& result, Metric metric, const std::string& entity = "market") {
  for (const Measurement& m : result.summary) {
    if (m.metric == metric && result.entities.name(m.entity) == entity) return m.value;
  }
  return std::nan("");
}

TEST(World, TheQuickstartMarketTradesAndEveryCoinIsAccountedFor) {
  const RunResult result = run(quickstart());
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.broken_invariant, "");
  EXPECT_GT(summary(result, Metric::leases_created), 20);
  EXPECT_GT(summary(result, Metric::escrow_paid), 0);
  EXPECT_GT(summary(result, Metric::gpu_utilisation), 0);
  EXPECT_LE(summary(result, Metric::gpu_utilisation), 1);
  EXPECT_GT(summary(result, Metric::fill_rate), 0.3);
}

TEST(World, TheSameSeedGivesTheSameBytes) {
  const Scenario scenario = quickstart();
  const RunResult first = run(scenario);
  const RunResult second = run(scenario);
  EXPECT_EQ(first.run_hash, second.run_hash);
  EXPECT_EQ(metrics_csv(scenario, first), metrics_csv(scenario, second));
  EXPECT_EQ(leases_csv(scenario, first), leases_csv(scenario, second));
  EXPECT_EQ(summary_json(scenario, first), summary_json(scenario, second));
}

TEST(World, AnotherSeedGivesAnotherRun) {
  const Scenario scenario = quickstart();
  EXPECT_NE(run(scenario, 1).run_hash, run(scenario, 2).run_hash);
}

TEST(World, ThreadsChangeNothing) {
  const Scenario scenario = quickstart();
  RunOptions two;
  two.threads = 2;
  const RunResult one = run(scenario);
  const RunResult other = run(scenario, 1, two);
  EXPECT_EQ(one.run_hash, other.run_hash);
  EXPECT_EQ(metrics_csv(scenario, one), metrics_csv(scenario, other));
  EXPECT_EQ(leases_csv(scenario, one), leases_csv(scenario, other));
}

TEST(World, MeasuringChangesNothing) {
  const Scenario scenario = quickstart();
  RunOptions blind;
  blind.collect = false;
  const RunResult unseen = run(scenario, 1, blind);
  EXPECT_EQ(run(scenario).run_hash, unseen.run_hash);
  EXPECT_TRUE(unseen.series.empty());
}

TEST(World, TenantsThatAskForAuditorsLeaseOnlyFromProvidersTheyHaveSigned) {
  const auto classes_of = [](const std::string& wanted) {
    const RunResult result = run(quickstart({"tenants.web_hosting.signed_by=" + wanted}));
    std::set<std::string> classes;
    for (const LeaseRecord& lease : result.leases)
      if (result.tenants[lease.tenant].group == "web_hosting")
        classes.insert(result.providers[lease.provider].group);
    return classes;
  };
  EXPECT_TRUE(classes_of("none").contains("mining_hall_4090")) << "the cheapest, signed by nobody";
  const auto any = classes_of("any");
  EXPECT_FALSE(any.empty());
  EXPECT_FALSE(any.contains("mining_hall_4090"));
  EXPECT_EQ(classes_of("all"), std::set<std::string>{"datacentre_h100"})
      << "the only class both auditors sign";
}

TEST(World, TheSampleStepChangesNothing) {
  EXPECT_EQ(run(quickstart()).run_hash, run(quickstart({"sample_every=7 h"})).run_hash);
}

TEST(World, EscrowAddsUpAndLeasesAgreeWithTheLedger) {
  const RunResult result = run(quickstart({"warm_up=0 s"}));
  double paid = 0;
  for (const Coin& coin : result.paid) paid += static_cast<double>(coin.amount.micro) * 1e-6;
  EXPECT_NEAR(summary(result, Metric::escrow_paid), paid, 1e-6 * paid);
  const double in = summary(result, Metric::escrow_deposited) + summary(result, Metric::bid_deposits);
  const double out = summary(result, Metric::escrow_paid) + summary(result, Metric::escrow_refunded) +
                     summary(result, Metric::bid_refunds) + summary(result, Metric::escrow_take);
  EXPECT_NEAR(in - out, summary(result, Metric::escrow_held), 1e-6 * in);
  double spend = 0;
  for (const std::string segment : {"ai_inference", "fine_tuning", "web_hosting", "rpc_nodes", "trials"})
    spend += summary(result, Metric::lease_spend, "segment:" + segment);
  EXPECT_NEAR(spend, summary(result, Metric::lease_spend), 1e-9 * spend);
  EXPECT_NEAR(summary(result, Metric::treasury_flow),
              summary(result, Metric::fees) + summary(result, Metric::escrow_take), 1e-9);
}

TEST(World, AtEquilibriumBidsAreShadedByOnePartInTheNumberOfBidders) {
  // economics.md V01 with the highest cost as the reserve: (b(c) - c) / (1 - c) = 1 / N. 1 USD/h is 1/600 USD
  // per block of 6 s.
  const std::vector<std::string> sets{"duration=1 d", "tenants.buyer.price.max=1666.666667 uact/block"};
  const auto scenario =
      load_scenario(std::string(SOUK_SOURCE_DIR) + "/scenarios/first_price.yaml", {"", sets, {}});
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  const RunResult result = run(*scenario);
  EXPECT_GT(summary(result, Metric::leases_created), 100);
  EXPECT_NEAR(summary(result, Metric::shading), 1.0 / 5, 1e-6);
  EXPECT_EQ(summary(result, Metric::reserve_binding), 0);
}

TEST(World, AJournalReplaysWithoutADifference) {
  const TemporaryFolder folder;
  const Scenario scenario = quickstart({"duration=1 d", "warm_up=0 s"});
  RunOptions options;
  options.journal = folder.path("run.journal");
  const RunResult result = run(scenario, 1, options);
  auto journal = runtime::JournalReader::open(options.journal);
  ASSERT_TRUE(journal.has_value()) << journal.error().message;
  std::vector<runtime::ReplayActor> actors;
  for (Seat& seat : populate(scenario, 1).seats) actors.push_back({seat.name, std::move(seat.actor)});
  const auto report = runtime::replay(*journal, std::move(actors));
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->same()) << runtime::describe(*report->first);
  EXPECT_EQ(runtime::hex(report->run_hash), result.run_hash);
}

TEST(World, StoppingEndsWithWhatIsFinishedMarkedIncomplete) {
  std::atomic<bool> stop{true};
  RunOptions options;
  options.stop = &stop;
  const Scenario scenario = quickstart();
  const RunResult result = run(scenario, 1, options);
  EXPECT_FALSE(result.complete);
  EXPECT_LT(result.ended, scenario.genesis + scenario.duration);
}

TEST(World, AJournalThatCanNotBeWrittenIsAnError) {
  RunOptions options;
  options.journal = "/nowhere/at/all/run.journal";
  EXPECT_FALSE(run_scenario(quickstart(), 1, options).has_value());
}

TEST(World, TheFirstPriceAuctionPaysWhatTheoryPredicts) {  // economics.md V01: N = 5, E[price] = 1/3 USD/h
  const auto scenario = load_scenario(std::string(SOUK_SOURCE_DIR) + "/scenarios/first_price.yaml", {});
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  const RunResult result = run(*scenario);
  ASSERT_GT(result.leases.size(), 5000u);
  double sum = 0;
  double squares = 0;
  const auto n = static_cast<double>(result.leases.size());
  for (const LeaseRecord& lease : result.leases) {
    sum += lease.price_usd_h;
    squares += lease.price_usd_h * lease.price_usd_h;
    EXPECT_EQ(lease.bids, 5u);
  }
  const double mean = sum / n;
  const double sd = std::sqrt(squares / n - mean * mean);
  EXPECT_NEAR(mean, 1.0 / 3, 4 * sd / std::sqrt(n));
  EXPECT_NEAR(sd, 0.11269, 0.01);
}

TEST(World, TheLiveHostRunsTheSameActors) {
  const TemporaryFolder folder;
  const Scenario scenario = quickstart({"duration=2 h", "warm_up=0 s", "sample_every=1 h"});
  RunOptions options;
  options.host = HostKind::caf;
  options.speedup = 7200;  // a second
  options.threads = 2;
  options.journal = folder.path("run.journal");
  const RunResult result = run(scenario, 1, options);
  EXPECT_EQ(result.broken_invariant, "");
  EXPECT_GT(result.events, 50u);
  auto journal = runtime::JournalReader::open(options.journal);
  ASSERT_TRUE(journal.has_value()) << journal.error().message;
  EXPECT_EQ(journal->header().host, "caf");
  std::vector<runtime::ReplayActor> actors;
  for (Seat& seat : populate(scenario, 1).seats) actors.push_back({seat.name, std::move(seat.actor)});
  const auto report = runtime::replay(*journal, std::move(actors));
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->same()) << runtime::describe(*report->first);
}

}  // namespace
}  // namespace souk::scenarios
