#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/swarm/swarm.hpp"

// Whole clusters: few seeds, short; the nightly swarm is the same program with more.
namespace souk::scenarios::swarm::test {
namespace {

SwarmOptions short_run() {
  SwarmOptions options;
  options.length = std::chrono::minutes(3);
  return options;
}

TEST(Swarm, HoldsOverSomeSeeds) {
  SwarmJob job;
  job.seeds = 12;
  job.threads = 2;
  job.options = short_run();
  job.twice_every = 4;
  const SwarmReport report = run_swarm(job);
  EXPECT_TRUE(report.holds()) << report_text(report);
  EXPECT_EQ(report.seeds, 12u);
  EXPECT_EQ(report.twice, 3u);
  EXPECT_GT(report.heights, 12u * 10u);
  EXPECT_GT(report.txs, 0u);
}

/// A proposer's log rotted from the value it proposed on; it took the log for one that was never finished,
/// made another value and signed that too.
TEST(Swarm, Seed41ARottenLogMakesNoProposerSignTwice) {
  SwarmJob job;
  job.first_seed = 41;
  job.seeds = 1;
  job.options.length = std::chrono::minutes(5);
  const SwarmReport report = run_swarm(job);
  EXPECT_TRUE(report.holds()) << report_text(report);
}

TEST(Swarm, TheSameSeedIsTheSameRun) {
  const Plan plan = draw_plan(4, short_run());
  const SeedResult once = run_plan(plan);
  const SeedResult again = run_plan(plan);
  EXPECT_EQ(once.run_hash, again.run_hash);
  EXPECT_EQ(once.events, again.events);
  EXPECT_EQ(once.faults, again.faults);
  EXPECT_NE(once.run_hash, run_plan(draw_plan(5, short_run())).run_hash);
}

TEST(Swarm, WithoutFaultsAHeightTakesOneRound) {
  SwarmOptions options = short_run();
  options.allowed = sim::FaultSet::none();
  options.simpler = {Simpler::even_delays, Simpler::plain_timeouts};
  const SeedResult result = run_plan(draw_plan(2, options));
  EXPECT_TRUE(result.holds());
  EXPECT_GT(result.height.value, 170);  // one a second
  EXPECT_LT(result.rounds_mean, 1.01);
  EXPECT_EQ(result.faults.families(), 0u);
}

TEST(Swarm, RealSignaturesMakeNoDifferenceToTheDecisions) {
  SwarmOptions options;
  options.length = std::chrono::minutes(1);
  options.allowed = sim::FaultSet::none();
  options.signatures = Signatures::ed25519;
  const SeedResult result = run_plan(draw_plan(3, options));
  EXPECT_TRUE(result.holds());
  EXPECT_GT(result.height.value, 3);
}

TEST(Swarm, APlanAsTextIsThePlan) {
  SwarmOptions options = short_run();
  options.simpler = {Simpler::no_full_nodes};
  const Plan plan = draw_plan(9, options);
  const auto parsed = parse_plan(to_text(plan));
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  EXPECT_EQ(to_text(*parsed), to_text(plan));
  EXPECT_EQ(run_plan(*parsed).run_hash, run_plan(plan).run_hash);
}

TEST(Swarm, ATextThatIsNoPlanIsRefused) {
  EXPECT_FALSE(parse_plan("").has_value());
  EXPECT_FALSE(parse_plan("swarm seed 1 length 0 attack none signatures keyed_hash simpler\n").has_value());
  EXPECT_FALSE(parse_plan("swarm seed 1 length 5 attack some signatures keyed_hash simpler\n").has_value());
  EXPECT_FALSE(
      parse_plan("swarm seed 1 length 5 attack none signatures keyed_hash simpler a_lot\n").has_value());
}

TEST(SwarmAttack, JustUnderAThirdNeverForks) {
  SwarmJob job;
  job.seeds = 40;
  job.threads = 2;
  job.options.attack = Attack::under;
  job.options.length = std::chrono::minutes(1);
  const SwarmReport report = run_swarm(job);
  EXPECT_TRUE(report.holds()) << report_text(report);
  EXPECT_EQ(report.forks, 0u);
}

TEST(SwarmAttack, JustOverAThirdForksAndTheEvidenceNamesIt) {
  SwarmJob job;
  job.seeds = 10;
  job.threads = 2;
  job.options.attack = Attack::over;
  job.options.length = std::chrono::minutes(1);
  const SwarmReport report = run_swarm(job);
  EXPECT_TRUE(report.holds()) << report_text(report);
  EXPECT_GT(report.forks, 5u);
  EXPECT_EQ(report.forks, report.forks_named);
}

/// A plan that "fails" exactly if it holds both of two faults: delta debugging must find these two.
TEST(SwarmShrink, LeavesWhatMattersAndNothingElse) {
  Plan plan = draw_plan(11, short_run());
  for (int i = 0; i < 40; ++i) {
    sim::Fault fault;
    fault.at = genesis_time + std::chrono::seconds(i);
    fault.family = i % 2 == 0 ? sim::FaultFamily::loss : sim::FaultFamily::crash;
    fault.draw = 1'000'000u + static_cast<std::uint64_t>(i);
    plan.faults.faults.push_back(fault);
  }
  const auto has = [](const Plan& p, std::uint64_t draw) {
    const auto& faults = p.faults.faults;
    return std::any_of(faults.begin(), faults.end(), [&](const sim::Fault& f) { return f.draw == draw; });
  };
  const auto run = [&](const Plan& p) {
    SeedResult result;
    if (has(p, 1'000'007) && has(p, 1'000'022))
      result.violations.push_back({Invariant::s1, {7}, p.phases.heal, {}, "both are there"});
    return result;
  };
  const Shrunk shrunk = shrink(plan, run);
  EXPECT_EQ(shrunk.plan.faults.faults.size(), 2u);
  EXPECT_TRUE(has(shrunk.plan, 1'000'007) && has(shrunk.plan, 1'000'022));
  EXPECT_EQ(shrunk.plan.options.simpler.size(), enum_values<Simpler>.size());
  EXPECT_FALSE(shrunk.result.holds());
  EXPECT_LE(shrunk.runs, 300u);
}

TEST(SwarmShrink, DoesNotTakeAnotherFailureForTheSame) {
  Plan plan = draw_plan(11, short_run());
  plan.faults.faults.assign(4, sim::Fault{});
  for (std::uint64_t i = 0; i < 4; ++i) plan.faults.faults[i].draw = i;
  const auto run = [](const Plan& p) {
    SeedResult result;
    const bool first = p.faults.faults.size() == 4;
    result.violations.push_back({first ? Invariant::s1 : Invariant::l1, {1}, p.phases.end, {}, ""});
    return result;
  };
  EXPECT_EQ(shrink(plan, run).plan.faults.faults.size(), 4u);
}

}  // namespace
}  // namespace souk::scenarios::swarm::test
