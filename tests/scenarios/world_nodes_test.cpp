// Scenarios whose blocks are agreed on by several nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "runtime/replay.hpp"
#include "scenarios/population_nodes.hpp"
#include "scenarios/results.hpp"
#include "scenarios/world.hpp"
#include "tests/temporary_folder.hpp"

namespace souk::scenarios {
namespace {

using test::TemporaryFolder;

Scenario quickstart(const std::vector<std::string>& more) {
  std::vector<std::string> sets{"duration=1 d", "warm_up=0 s"};
  sets.insert(sets.end(), more.begin(), more.end());
  auto scenario = load_scenario(std::string(SOUK_SOURCE_DIR) + "/scenarios/quickstart.yaml", {"", sets, {}});
  EXPECT_TRUE(scenario.has_value()) << (scenario ? "" : scenario.error().message);
  return std::move(*scenario);
}

RunResult run(const Scenario& scenario, const RunOptions& options = {}) {
  auto result = run_scenario(scenario, 1, options);
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
  return std::move(*result);
}

double summary(const RunResult& result, Metric metric) {
  for (const Measurement& m : result.summary) {
    if (m.metric == metric) return m.value;
  }
  return std::nan("");
}

/// Who leases what from whom at which price is the same; agreeing takes a fraction of a block, which now and
/// then makes something come one block later.
TEST(WorldNodes, FourValidatorsGiveTheMarketOfOne) {
  const Scenario one = quickstart({});
  const Scenario four = quickstart({"validators=4"});
  const RunResult alone = run(one);
  const RunResult agreed = run(four);
  EXPECT_EQ(agreed.broken_invariant, "");
  ASSERT_EQ(agreed.leases.size(), alone.leases.size());
  ASSERT_GT(alone.leases.size(), 10u);
  const Duration block = one.chain.block_time;
  std::size_t later = 0;
  for (std::size_t i = 0; i < alone.leases.size(); ++i) {
    const LeaseRecord& a = alone.leases[i];
    const LeaseRecord& b = agreed.leases[i];
    EXPECT_EQ(b.id, a.id) << i;
    EXPECT_EQ(b.price, a.price) << i;
    EXPECT_EQ(b.reason, a.reason) << i;
    EXPECT_LE(b.leased - a.leased, block) << i;
    EXPECT_GE(b.leased - a.leased, Duration::zero()) << i;
    const std::int64_t blocks = a.leased == b.leased && a.closed == b.closed ? 0 : 1;
    later += static_cast<std::size_t>(blocks);
    const double rate = a.price.amount.to_double();
    EXPECT_LE(std::abs(static_cast<double>(agreed.paid[i].amount.micro - alone.paid[i].amount.micro)),
              rate * static_cast<double>(blocks) + 1)
        << i << ": paid for another block at most";
  }
  EXPECT_LE(later, alone.leases.size() / 5);
  EXPECT_NEAR(summary(agreed, Metric::rounds_per_height), 1, 0.01);
}

std::map<std::string, double> proposer_shares(const RunResult& result) {
  std::map<std::string, double> shares;
  for (const Measurement& m : result.summary) {
    if (m.metric == Metric::proposer_share) shares[result.entities.name(m.entity)] = m.value;
  }
  return shares;
}

// economics.md V23: a validator's turns follow its stake, and are never a whole block off.
TEST(WorldNodes, ProposersHaveTheShareOfTheirStakeV23) {
  const Scenario scenario = quickstart({"validators=4", "duration=4 h", "consensus.spread.kind=list",
                                        "consensus.spread.weights=[4, 3, 2, 1]"});
  const RunResult result = run(scenario);
  EXPECT_NEAR(summary(result, Metric::rounds_per_height), 1, 1e-12) << "no turn was lost";
  const double blocks = summary(result, Metric::heights);
  EXPECT_GT(blocks, 2'000);
  const auto shares = proposer_shares(result);
  ASSERT_EQ(shares.size(), 4u);
  for (int i = 1; i <= 4; ++i) {
    const double due = (5 - i) / 10.0;
    EXPECT_LT(std::abs(shares.at("validator:validator-" + std::to_string(i)) - due) * blocks, 1) << i;
  }
}

/// The journal's events, given to fresh actors of the scenario, have the effects it tells of; `run_hash`
/// becomes that of the replay.
void expect_same_effects(const Scenario& scenario, const std::string& path, std::string& run_hash) {
  auto journal = runtime::JournalReader::open(path);
  ASSERT_TRUE(journal.has_value()) << journal.error().message;
  std::vector<runtime::ReplayActor> actors;
  for (Seat& seat : populate(scenario, 1).seats) actors.push_back({seat.name, std::move(seat.actor)});
  const auto report = runtime::replay(*journal, std::move(actors));
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->same()) << runtime::describe(*report->first);
  run_hash = runtime::hex(report->run_hash);
}

TEST(WorldNodes, TheirJournalReplaysWithoutADifference) {
  const TemporaryFolder folder;
  const Scenario scenario = quickstart({"validators=4", "duration=2 h"});
  RunOptions options;
  options.journal = folder.path("run.journal");
  const RunResult result = run(scenario, options);
  std::string replayed;
  expect_same_effects(scenario, options.journal, replayed);
  EXPECT_EQ(replayed, result.run_hash);
}

TEST(WorldNodes, TheSameSeedGivesTheSameBytes) {
  const Scenario scenario = quickstart({"validators=7", "duration=3 h", "consensus.full_nodes=2"});
  const RunResult first = run(scenario);
  const RunResult second = run(scenario);
  EXPECT_EQ(first.run_hash, second.run_hash);
  EXPECT_EQ(metrics_csv(scenario, first), metrics_csv(scenario, second));
  RunOptions two;
  two.threads = 2;
  EXPECT_EQ(run(scenario, two).run_hash, first.run_hash);
  EXPECT_EQ(first.broken_invariant, "");
}

TEST(WorldNodes, RealSignaturesGiveTheSameMarketAsKeyedHashes) {
  const RunResult hashed = run(quickstart({"validators=4", "duration=3 h"}));
  const RunResult real = run(quickstart({"validators=4", "duration=3 h", "consensus.signatures=ed25519"}));
  ASSERT_EQ(real.leases.size(), hashed.leases.size());
  for (std::size_t i = 0; i < real.leases.size(); ++i) EXPECT_EQ(real.leases[i].id, hashed.leases[i].id);
}

TEST(WorldNodes, TheLiveHostRunsThemTooAndItsJournalReplays) {
  const TemporaryFolder folder;
  const Scenario scenario = quickstart({"validators=4", "duration=20 min"});
  RunOptions options;
  options.host = HostKind::caf;
  options.speedup = 600;
  options.journal = folder.path("run.journal");
  const RunResult result = run(scenario, options);
  EXPECT_EQ(result.broken_invariant, "");
  EXPECT_GT(summary(result, Metric::heights), 100);
  std::string replayed;
  expect_same_effects(scenario, options.journal, replayed);
}

// Regression: cuts and losses were left out silently.
TEST(WorldNodes, TheLiveHostRefusesLinksThatOnlyTheSimulatorHas) {
  const TemporaryFolder folder;
  RunOptions options;
  options.host = HostKind::caf;
  options.journal = folder.path("run.journal");
  for (const char* key : {"network.loss=1 %", "network.duplication=1 %"}) {
    const auto result = run_scenario(quickstart({"validators=4", key}), 1, options);
    ASSERT_FALSE(result.has_value()) << key;
    EXPECT_THAT(result.error().message, testing::HasSubstr("is for simulated links"));
  }
  const auto partition = load_scenario(std::string(SOUK_SOURCE_DIR) + "/scenarios/partition.yaml", {});
  ASSERT_TRUE(partition.has_value());
  const auto result = run_scenario(*partition, 1, options);
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().message,
              testing::HasSubstr("partition.yaml: `consensus.partitions` is for simulated links"));
  EXPECT_TRUE(folder.names().empty()) << "no journal of a run that never was";
}

// Regression: the end of the run looked for an honest node.
TEST(WorldNodes, ARunInWhichAllLieEnds) {
  auto scenario =
      load_scenario(std::string(SOUK_SOURCE_DIR) + "/scenarios/byzantine_third.yaml",
                    {"", {"duration=1 min", "sample_every=1 min", "consensus.byzantine.power=100 %"}, {}});
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  EXPECT_TRUE(run(*scenario).complete);
}

TEST(WorldNodes, EverybodyElseKeepsItsSeatAndSubmitsToAValidator) {
  const Population one = populate(quickstart({}), 1);
  const Population many = populate(quickstart({"validators=5", "consensus.full_nodes=1"}), 1);
  ASSERT_EQ(many.nodes.size(), 6u);
  ASSERT_EQ(many.seats.size(), one.seats.size() + 5);
  for (std::size_t i = 1; i < one.seats.size(); ++i) EXPECT_EQ(many.seats[i].name, one.seats[i].name);
  for (std::size_t i = 0; i < many.seats.size(); ++i) {
    const ActorId to = many.seats[i].options.validator;
    EXPECT_TRUE(
        many.seats[to.value].name.starts_with(many.seats[i].name.starts_with("full") ? "full" : "validator"));
  }
}

TEST(WorldNodes, ACutStopsTheChainAndItGoesOnAfterwards) {
  const RunResult result =
      run(quickstart({"validators=4", "duration=1 h", "consensus.partitions.half.at=20 min",
                      "consensus.partitions.half.lasts=10 min", "consensus.partitions.half.power=50 %"}));
  EXPECT_EQ(result.broken_invariant, "");
  EXPECT_NEAR(summary(result, Metric::halt_time), 10, 1.5);
}

/// However long a cut is, what was decided meanwhile is kept for those beyond it.
TEST(WorldNodes, WhoWasCutOffForLongCatchesUpAndSignsAgain) {
  const RunResult result =
      run(quickstart({"validators=4", "duration=4 h", "warm_up=210 min", "consensus.partitions.one.at=5 min",
                      "consensus.partitions.one.lasts=3 h", "consensus.partitions.one.power=25 %"}));
  EXPECT_EQ(result.broken_invariant, "");
  EXPECT_GT(summary(result, Metric::signed_share), 0.99);
}

}  // namespace
}  // namespace souk::scenarios
