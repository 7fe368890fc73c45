#include "actors/chain/mutation.hpp"

#include <iostream>
#include <stdexcept>
#include <string>

#include "actors/base/enums.hpp"
#include "tests/chain/random_staking.hpp"
#include "tests/chain/random_workload.hpp"

// Every planted money bug is caught by the invariants, or by a CHECK, in the runs of property_test.cpp or,
// what is of staking, of staking_property_test.cpp.
namespace souk::test {
namespace {

struct Caught {
  std::uint64_t steps = 0;  ///< over all seeds tried
  std::string by;           ///< empty: it was not
};

[[noreturn]] void throw_check(std::string_view condition, const char*, int) {
  throw std::runtime_error("CHECK(" + std::string(condition) + ")");
}

Result<void> check(const RandomWorkload& work) { return work.ledger.check_invariants(); }
Result<void> check(const RandomStaking& work) { return work.check(); }

template <class Workload>
Caught hunt(std::uint64_t steps_max) {
  constexpr std::uint64_t steps_per_seed = 2000;
  Caught caught;
  for (std::uint64_t seed = 0; caught.steps < steps_max; ++seed) {
    try {
      Workload work(seed);
      for (std::uint64_t i = 0; i < steps_per_seed && caught.steps < steps_max; ++i) {
        ++caught.steps;
        work.step();
        const auto sound = check(work);
        if (sound.has_value()) continue;
        caught.by = sound.error().message;
        return caught;
      }
    } catch (const std::runtime_error& check) {
      caught.by = check.what();
      return caught;
    }
  }
  return caught;
}

class PlantedBug : public ::testing::TestWithParam<Mutation> {
 protected:
  void SetUp() override {
    previous_ = set_check_handler(throw_check);
    planted = GetParam();
  }
  void TearDown() override {
    planted = Mutation::none;
    set_check_handler(previous_);
  }

 private:
  CheckHandler previous_ = nullptr;
};

TEST_P(PlantedBug, IsCaught) {
  const bool of_staking = GetParam() >= Mutation::vesting_spends_locked;
  const Caught caught = of_staking ? hunt<RandomStaking>(20'000) : hunt<RandomWorkload>(20'000);
  EXPECT_FALSE(caught.by.empty()) << enum_name(GetParam()) << " survived " << caught.steps << " steps";
  std::cout << enum_name(GetParam()) << ": step " << caught.steps << ", " << caught.by << '\n';
  RecordProperty("steps", static_cast<int>(caught.steps));
}

std::vector<Mutation> all_bugs() {
  std::vector<Mutation> bugs;
  for (const Mutation mutation : enum_values<Mutation>) {
    if (mutation != Mutation::none) bugs.push_back(mutation);
  }
  return bugs;
}

INSTANTIATE_TEST_SUITE_P(Money, PlantedBug, ::testing::ValuesIn(all_bugs()),
                         [](const auto& bug) { return std::string(enum_name(bug.param)); });

TEST(NoPlantedBug, TheSameHuntFindsNothing) {
  EXPECT_EQ(hunt<RandomWorkload>(20'000).by, "");
  EXPECT_EQ(hunt<RandomStaking>(20'000).by, "");
}

}  // namespace
}  // namespace souk::test
