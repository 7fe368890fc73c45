// Every check of `souk validate` holds, and fails once its rule is broken on purpose. The samples here are
// small: tolerances follow the standard error, so a small sample is only less sharp.
#include "scenarios/validate.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

namespace souk::scenarios {
namespace {

std::string data_folder() {
  const char* set = std::getenv("SOUK_DATA");
  return set != nullptr ? set : std::string(SOUK_SOURCE_DIR) + "/../shared/data";
}

std::uint64_t sample_of(const Check& check) {
  static const std::map<std::string, std::uint64_t> small = {{"V01", 3000}, {"V02", 2000},  {"V03", 4000},
                                                             {"V05", 3000}, {"V06", 3000},  {"V09", 1500},
                                                             {"V13", 8000}, {"V14", 15000}, {"V15", 10000}};
  const auto found = small.find(check.id);
  return found == small.end() ? check.n : found->second;
}

Result<CheckOutcome> run(const Check& check, bool broken,
                         const std::map<std::string, std::string>& overrides = {}, unsigned threads = 2) {
  CheckInput input;
  input.seed = 7;
  input.n = sample_of(check);
  input.broken = broken;
  input.data = data_folder();
  input.crew.threads = threads;
  return run_check(check, input, overrides);
}

std::string failures(const CheckOutcome& outcome) {
  std::string text;
  for (const Row& row : outcome.rows) {
    if (!row.passed())
      text +=
          row.what + ": expected " + std::to_string(row.expected) + ", got " + std::to_string(row.got) + "\n";
  }
  return text;
}

class ValidateTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const bool needs_data = GetParam() == "V19" || GetParam() == "V33" || GetParam() == "V38";
    if (needs_data && !std::filesystem::exists(data_folder()))
      GTEST_SKIP() << "no data sets at " << data_folder();
  }
};

/// A few thousand arrivals are no sample of a hundred servers: each is there for some dozens of them only.
std::map<std::string, std::string> systems_of(const std::string& id) {
  if (id != "V13") return {};
  return {{"servers", "1,5,10,10,20"}, {"erlangs", ".5,3,5,8,15"}};
}

TEST_P(ValidateTest, Holds) {
  const auto outcome = run(*find_check(GetParam()), false, systems_of(GetParam()));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->passed()) << failures(*outcome);
}

TEST_P(ValidateTest, FailsWhenItsRuleIsBroken) {
  const auto outcome = run(*find_check(GetParam()), true, systems_of(GetParam()));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_FALSE(outcome->passed()) << find_check(GetParam())->breaks;
}

INSTANTIATE_TEST_SUITE_P(Checks, ValidateTest,
                         testing::Values("V01", "V02", "V03", "V05", "V06", "V09", "V13", "V14", "V15", "V16",
                                         "V17", "V19", "V21", "V22", "V23", "V24", "V27", "V28", "V32", "V33",
                                         "V38"),
                         [](const auto& param) { return param.param; });

TEST(Validate, CarriesTheChecksOfTheIssueAndNoOthers) { EXPECT_EQ(checks().size(), 21u); }

TEST(Validate, FollowsOtherParametersToTheirClosedForm) {
  const struct {
    const char* id;
    std::map<std::string, std::string> params;
  } cases[] = {{"V01", {{"bidders", "7"}}},
               {"V06", {{"bidders", "4"}, {"reserve", "0.35"}}},
               {"V14", {{"load", "0.5"}, {"cv2", "2"}}},
               {"V15", {{"capacity", "20"}, {"sizes", "1,4"}, {"erlangs", "8,1.5"}}},
               {"V17", {{"inflation", "0.08"}, {"bonded", "0.4"}, {"tax", "0.1"}}},
               {"V21", {{"provision", "5000000"}}},
               {"V23", {{"powers", "7,11,2"}}},
               {"V24", {{"price", "2.5"}, {"take", "10"}}},
               {"V27", {{"deposit", "9000000"}, {"rates", "1000,500"}}},
               {"V28", {{"cpu", "8"}, {"gpu", "2"}}},
               {"V32", {{"fraction", "0.1"}}}};
  for (const auto& one : cases) {
    const auto outcome = run(*find_check(one.id), false, one.params);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(outcome->passed()) << one.id << "\n" << failures(*outcome);
  }
}

TEST(Validate, RefusesUnknownAndImpossibleParameters) {
  const Check& check = *find_check("V06");
  EXPECT_NE(run(check, false, {{"biders", "4"}}).error().message.find("it has bidders, reserve"),
            std::string::npos);
  EXPECT_FALSE(run(check, false, {{"bidders", "many"}}));
  EXPECT_FALSE(run(check, false, {{"reserve", "-1"}}));
  EXPECT_FALSE(run(check, false, {{"reserve", ""}}));
}

void expect_same_rows(const CheckOutcome& a, const CheckOutcome& b) {
  ASSERT_EQ(a.rows.size(), b.rows.size());
  for (std::size_t i = 0; i < a.rows.size(); ++i) {
    EXPECT_EQ(a.rows[i].what, b.rows[i].what);
    EXPECT_EQ(a.rows[i].got, b.rows[i].got) << a.rows[i].what;
    EXPECT_EQ(a.rows[i].standard_error, b.rows[i].standard_error) << a.rows[i].what;
  }
}

TEST(Validate, SameSeedSameNumbersOnAnyNumberOfThreads) {
  const struct {
    const char* id;
    std::uint64_t n;  ///< of several markets each
    std::map<std::string, std::string> params;
  } cases[] = {{"V01", 60'000, {{"bidders", "2,3"}}},
               {"V03", 60'000, {{"shifts", "0,0.1"}}},
               {"V15", 150'000, {{"capacity", "8"}, {"sizes", "1,2"}, {"erlangs", "3,1"}}}};
  for (const auto& one : cases) {
    std::vector<CheckOutcome> outcomes;
    for (unsigned threads : {1U, 2U, 3U}) {
      CheckInput input;
      input.n = one.n;
      input.crew.threads = threads;
      auto outcome = run_check(*find_check(one.id), input, one.params);
      ASSERT_TRUE(outcome) << outcome.error().message;
      outcomes.push_back(std::move(*outcome));
    }
    expect_same_rows(outcomes[0], outcomes[1]);
    expect_same_rows(outcomes[0], outcomes[2]);
  }
}

TEST(Validate, ChecksThatShareAnExperimentSayWhatEachSaysAlone) {
  CheckInput input;
  input.n = 2'000;
  input.auctions = make_auction_results();
  const std::map<std::string, std::string> bidders = {{"bidders", "2,3"}};
  const auto first = run_check(*find_check("V01"), input, bidders);
  const auto shared = run_check(*find_check("V02"), input, bidders);
  input.auctions = nullptr;
  const auto alone = run_check(*find_check("V02"), input, bidders);
  ASSERT_TRUE(first && shared && alone);
  expect_same_rows(*shared, *alone);
}

}  // namespace
}  // namespace souk::scenarios
