// The shipped studies of stake and consensus, shortened.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "scenarios/results.hpp"
#include "scenarios/world.hpp"

namespace souk::scenarios {
namespace {

Scenario study(const std::string& name, const std::vector<std::string>& sets) {
  auto scenario =
      load_scenario(std::string(SOUK_SOURCE_DIR) + "/scenarios/" + name + ".yaml", {"", sets, {}});
  EXPECT_TRUE(scenario.has_value()) << (scenario ? "" : scenario.error().message);
  return std::move(*scenario);
}

RunResult run(const Scenario& scenario) {
  auto result = run_scenario(scenario, scenario.seed, {});
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
  EXPECT_TRUE(result->complete);
  EXPECT_EQ(result->broken_invariant, "");
  return std::move(*result);
}

double summary(const RunResult& result, Metric metric, const std::string& entity = "chain") {
  for (const Measurement& m : result.summary) {
    if (m.metric == metric && result.entities.name(m.entity) == entity) return m.value;
  }
  return std::nan("");
}

/// A second run gives the same bytes.
void expect_same_again(const Scenario& scenario, const RunResult& first) {
  const RunResult second = run(scenario);
  EXPECT_EQ(first.run_hash, second.run_hash);
  EXPECT_EQ(metrics_csv(scenario, first), metrics_csv(scenario, second));
  EXPECT_EQ(summary_json(scenario, first), summary_json(scenario, second));
}

TEST(StakeStudies, DowntimeIsSlashedAndJailed) {
  const std::vector<std::string> sets{"duration=60 d", "warm_up=1 d"};
  const Scenario scenario = study("downtime_slashing", sets);
  const RunResult result = run(scenario);
  EXPECT_GT(summary(result, Metric::jailings), 0);
  EXPECT_GT(summary(result, Metric::slashed), 0);
  EXPECT_LT(summary(result, Metric::slashed), 0.01 * summary(result, Metric::supply));
  EXPECT_GT(summary(result, Metric::missed_block_share), 0.001);
  EXPECT_LT(summary(result, Metric::missed_block_share), 0.1);
  EXPECT_GT(summary(result, Metric::validators_in_set), 80);
  EXPECT_LE(summary(result, Metric::validators_in_set), 100);
  // APR = i (1 - tax) / b: what delegators measured lies below it by commission and jail.
  const double apr = summary(result, Metric::staking_apr);
  EXPECT_NEAR(summary(result, Metric::delegator_yield), apr * 0.93, apr * 0.05);
  expect_same_again(scenario, result);
  auto more = sets;
  more.push_back("staking.slashing.downtime=0 %");
  EXPECT_EQ(summary(run(study("downtime_slashing", more)), Metric::slashed), 0);
}

TEST(StakeStudies, ResetsOfInflationReachTheMinterThroughVotes) {
  const Scenario scenario = study("inflation_reset", {"duration=200 d"});
  const RunResult result = run(scenario);
  EXPECT_EQ(summary(result, Metric::proposals_decided), 2);
  EXPECT_EQ(summary(result, Metric::pass_rate), 1);
  double before = 0;
  double after = 0;
  for (const Measurement& m : result.series) {
    if (m.metric != Metric::staking_apr || result.entities.name(m.entity) != "chain") continue;
    const double day = seconds(m.time - scenario.genesis) / 86'400;
    if (day < 40) before = m.value;
    if (day > 50 && after == 0) after = m.value;
  }
  EXPECT_LT(after, before) << "prop 211 took 15 points more for the community";
  EXPECT_GT(summary(result, Metric::inflation), 0.08);
  EXPECT_LT(summary(result, Metric::inflation), 0.20);
  EXPECT_GT(summary(result, Metric::bonded_ratio), 0.3);
  EXPECT_GT(summary(result, Metric::community_pool), 1e6);
  expect_same_again(scenario, result);
}

TEST(StakeStudies, ApathyFailsVotesByQuorum) {
  const Scenario scenario = study("voter_apathy", {"duration=366 d", "sample_every=1 d"});
  const RunResult result = run(scenario);
  EXPECT_GT(summary(result, Metric::proposals_decided), 15);
  EXPECT_GT(summary(result, Metric::quorum_failures), 0);
  EXPECT_GT(summary(result, Metric::turnout), 0.1);
  EXPECT_LT(summary(result, Metric::turnout), 0.8);
  EXPECT_GT(summary(result, Metric::time_to_decision), 1);
  EXPECT_LE(summary(result, Metric::time_to_decision), 7.1);
  // Spends are of 100,000 AKT each, and what comes into the pool and leaves it is all that changes it.
  const double spent = summary(result, Metric::pool_spent);
  EXPECT_GT(spent, 0);
  EXPECT_NEAR(std::remainder(spent, 100'000), 0, 1e-6);
  EXPECT_NEAR(summary(result, Metric::pool_income) - spent, summary(result, Metric::community_pool), 1);
  EXPECT_NEAR(summary(result, Metric::pool_runway), summary(result, Metric::community_pool) / (spent / 366),
              2);
  EXPECT_NEAR(summary(result, Metric::circulating_supply),
              summary(result, Metric::supply) - summary(result, Metric::community_pool), 1);
  EXPECT_GE(summary(result, Metric::pivotal_voters), 1);
  EXPECT_LT(summary(result, Metric::pivotal_voters), 100);
  EXPECT_GT(summary(result, Metric::capture_cost), 0);
  expect_same_again(scenario, result);
}

TEST(ConsensusStudies, ByzantineValidatorsBelowAThirdCostRoundsAndStopNothing) {
  const Scenario scenario = study("byzantine_third", {"duration=20 min"});
  const RunResult result = run(scenario);
  EXPECT_GT(summary(result, Metric::heights), 100);
  EXPECT_GT(summary(result, Metric::rounds_per_height), 1);
  EXPECT_LT(summary(result, Metric::rounds_per_height), 2);
  EXPECT_EQ(summary(result, Metric::halt_time), 0);
  EXPECT_EQ(summary(result, Metric::jailings), 3) << "who votes twice is caught";
  EXPECT_NEAR(summary(result, Metric::slashed), 0.05 * 3e6, 1);
  expect_same_again(scenario, result);
}

TEST(ConsensusStudies, ACutOfAThirdStopsTheChainForAsLongAsItLasts) {
  const Scenario scenario = study("partition", {});
  const RunResult result = run(scenario);
  EXPECT_NEAR(summary(result, Metric::halt_time), 10, 1.5) << "the second cut leaves a quorum";
  EXPECT_GT(summary(result, Metric::heights), 400);
  EXPECT_GT(summary(result, Metric::leases_created, "market"), 0);
  expect_same_again(scenario, result);
}

}  // namespace
}  // namespace souk::scenarios
