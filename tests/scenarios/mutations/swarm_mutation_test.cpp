#include <gtest/gtest.h>

#include <iostream>

#include "scenarios/swarm/sensitivity.hpp"

// Planted consensus bugs that the swarm finds in few seeds; `souk_mutated swarm --sensitivity` prints all.
namespace souk::scenarios::swarm::test {
namespace {

class PlantedConsensusBug : public ::testing::TestWithParam<const char*> {};

TEST_P(PlantedConsensusBug, IsCaught) {
  SwarmJob job;
  job.seeds = 1'000;
  job.threads = 2;
  job.options.length = std::chrono::minutes(3);
  job.twice_every = 0;
  const auto table = measure_sensitivity(job, {GetParam()}, [](const Sensitivity&) {});
  ASSERT_TRUE(table.has_value()) << table.error().message;
  const Sensitivity& row = table->front();
  EXPECT_TRUE(row.caught) << row.bug << " survived " << row.seeds << " seeds";
  std::cout << row.bug << ": " << row.seeds << " seeds, " << row.by << '\n';
}

INSTANTIATE_TEST_SUITE_P(Swarm, PlantedConsensusBug,
                         ::testing::Values("lock_not_taken", "quorum_at_two_thirds", "block_unchecked",
                                           "vote_unsynced", "guard_forgotten_on_restart",
                                           "timestamp_unchecked", "block_applied_twice",
                                           "repropose_without_polka", "proposal_from_anyone",
                                           "last_commit_unchecked", "evidence_not_recorded",
                                           "commit_signatures_unverified", "future_votes_unbounded"),
                         [](const auto& bug) { return std::string(bug.param); });

TEST(PlantedConsensusBugs, AreAtLeastTwelve) { EXPECT_GE(planted_bugs().size(), 12u); }

TEST(PlantedConsensusBugs, UnknownOnesAreRefused) {
  EXPECT_FALSE(measure_sensitivity({}, {"no_such_bug"}, [](const Sensitivity&) {}).has_value());
}

}  // namespace
}  // namespace souk::scenarios::swarm::test
