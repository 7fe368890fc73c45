#include "scenarios/results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "scenarios/result_folder.hpp"
#include "tests/scenarios/scenario_texts.hpp"
#include "tests/temporary_folder.hpp"

namespace souk::scenarios {
namespace {

using test::TemporaryFolder;
using ::testing::HasSubstr;
using testing::tiny;

TEST(ResultFolder, FilesAppearTogetherOrNotAtAll) {
  const TemporaryFolder folder;
  {
    auto results = ResultFolder::open(folder.path("out"));
    ASSERT_TRUE(results.has_value());
    ASSERT_TRUE(results->add("a.txt", "one").has_value());
    EXPECT_EQ(folder.read("out/a.txt"), "");
  }
  EXPECT_TRUE(folder.names().empty()) << "an unfinished result left something behind";
  auto results = ResultFolder::open(folder.path("out"));
  ASSERT_TRUE(results->add("a.txt", "one").has_value());
  ASSERT_TRUE(results->add("b.txt", "two").has_value());
  ASSERT_TRUE(results->finish().has_value());
  EXPECT_EQ(folder.read("out/a.txt"), "one");
  EXPECT_EQ(folder.read("out/b.txt"), "two");
}

TEST(ResultFolder, AnEarlierResultStaysUntilTheNewOneIsWhole) {
  const TemporaryFolder folder;
  folder.write("a.txt", "old");
  {
    auto results = ResultFolder::open(folder.path());
    ASSERT_TRUE(results->add("a.txt", "new").has_value());
  }
  EXPECT_EQ(folder.read("a.txt"), "old");
}

TEST(ResultFolder, AnUnwritableFolderIsOneClearLine) {
  const TemporaryFolder folder;
  folder.write("file", "x");
  const auto below_a_file = ResultFolder::open(folder.path("file/out"));
  ASSERT_FALSE(below_a_file.has_value());
  EXPECT_THAT(below_a_file.error().message, HasSubstr("file/out: can not be made"));
  const auto a_file = ResultFolder::open(folder.path("file"));
  ASSERT_FALSE(a_file.has_value());
}

TEST(ResultFolder, AFullDiskIsOneClearLineAndLeavesNothing) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full here";
  const TemporaryFolder folder;
  // The temporary name of the file leads to a device that is always full.
  std::filesystem::create_symlink("/dev/full", folder.path(".a.txt.partial"));
  {
    auto results = ResultFolder::open(folder.path());
    const auto added = results->add("a.txt", "bytes");
    ASSERT_FALSE(added.has_value());
    EXPECT_THAT(added.error().message, HasSubstr("a.txt: can not be written: No space left on device"));
  }
  EXPECT_TRUE(folder.names().empty());
}

TEST(ResultFolder, AFolderMadeForAResultThatFailsGoesAgain) {
  const TemporaryFolder folder;
  const std::string made = folder.path("new");
  const std::string kept = folder.path("old");
  std::filesystem::create_directory(kept);
  for (const std::string& path : {made, kept}) {
    auto results = ResultFolder::open(path);
    ASSERT_TRUE(results->add("a.txt", "bytes").has_value());
  }
  EXPECT_FALSE(std::filesystem::exists(made));
  EXPECT_TRUE(std::filesystem::exists(kept));
}

/// A result made by hand: one provider, one tenant, one lease, one sample.
struct Sample {
  Scenario scenario = parse_scenario(tiny(), "tiny.yaml", {}).value();
  RunResult result;

  Sample() {
    result.seed = 7;
    result.run_hash = std::string(32, 'a');
    result.state_hash = std::string(64, 'b');
    result.ended = scenario.genesis + std::chrono::hours(24);
    result.providers.push_back({ActorId{1}, {}, "p-1", "p", "h100", {}, true});
    result.tenants.push_back({ActorId{2}, {}, "t-1", "t"});
    result.gpu_models = {"h100"};
    LeaseRecord lease;
    lease.id.dseq = 5;
    lease.id.gseq = lease.id.oseq = 1;
    lease.gpus = 2;
    lease.cpus = 4;
    lease.memory_gib = 8;
    lease.price = {Denom::uact, Dec::from_int(1000)};
    lease.price_usd_h = 0.6;
    lease.value_usd_h = 1.5;
    lease.bids = 3;
    lease.ordered = scenario.genesis + std::chrono::milliseconds(6117);
    lease.leased = scenario.genesis + std::chrono::seconds(60);
    result.leases.push_back(lease);
    result.paid.push_back({Denom::uact, {123}});
    const std::uint32_t gpu = result.entities.id("gpu:h100");
    result.series.push_back({result.ended, gpu, Metric::price_gpu_hour, 0.3});
    result.summary.push_back({result.ended, gpu, Metric::price_gpu_hour, 0.3});
  }
};

TEST(Results, SeriesAreLongAndTidy) {
  const Sample s;
  EXPECT_EQ(metrics_csv(s.scenario, s.result),
            "scenario,arm,seed,time,entity,metric,value,unit\n"
            "tiny,base,7,86400,gpu:h100,price_gpu_hour,0.3,USD/GPU-h\n");
}

TEST(Results, ALeaseIsALineAndWhatNobodySaidIsEmpty) {
  const Sample s;
  const std::string csv = leases_csv(s.scenario, s.result);
  EXPECT_THAT(
      csv, HasSubstr("\ntiny,base,7,t-1,t,p-1,p,5,1,1,h100,2,4,8,1000.000000000000000000,uact,0.6,,3,1.5,,,"
                     "6.117,60,,active,123\n"));
  const auto commas = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
  const auto end = csv.find('\n');
  EXPECT_EQ(commas(csv.substr(0, end)), commas(csv.substr(end + 1)));
}

TEST(Results, TheSummaryHasValuesAndTheirDefinitions) {
  const Sample s;
  const auto summary = nlohmann::json::parse(summary_json(s.scenario, s.result));
  EXPECT_EQ(summary["entities"]["gpu:h100"]["price_gpu_hour"], 0.3);
  EXPECT_EQ(summary["metrics"]["price_gpu_hour"]["unit"], "USD/GPU-h");
  EXPECT_EQ(summary["complete"], true);
}

TEST(Results, TheManifestHasEveryParameterAndNoPlaceOrTime) {
  const Sample s;
  const auto manifest =
      nlohmann::json::parse(manifest_json(s.scenario, s.result, {"souk", "abc", HostKind::sim}));
  EXPECT_EQ(manifest["seed"], 7);
  EXPECT_EQ(manifest["revision"], "abc");
  EXPECT_EQ(manifest["inputs"]["tiny.yaml"]["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(manifest["parameters"].size(), s.scenario.used.size());
  EXPECT_EQ(manifest["parameters"]["chain.block_time"]["value"], "6.117 s");
}

TEST(Results, TheLastLineIsTheRunHash) {
  const Sample s;
  const std::string text = summary_text(s.scenario, s.result);
  EXPECT_TRUE(text.ends_with("\nrun hash: " + s.result.run_hash + "\n")) << text;
}

TEST(Results, AnInterruptedRunSaysSo) {
  Sample s;
  s.result.complete = false;
  EXPECT_THAT(summary_text(s.scenario, s.result), HasSubstr("INCOMPLETE"));
  EXPECT_EQ(nlohmann::json::parse(summary_json(s.scenario, s.result))["complete"], false);
}

TEST(Results, PlotsAreDrawnWhereThereIsSomethingToDraw) {
  if (!check_gnuplot().has_value()) GTEST_SKIP() << "gnuplot is not installed";
  const TemporaryFolder folder;
  const Sample s;
  const auto written =
      write_results(folder.path("out"), s.scenario, s.result, {"souk", "abc", HostKind::sim});
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_THAT(folder.read("out/price.svg"), HasSubstr("<svg"));
  EXPECT_EQ(folder.read("out/escrow_flows.svg"), "");
  EXPECT_EQ(folder.read("out/lorenz.svg"), "") << "nobody has any revenue";
  EXPECT_EQ(folder.read("out/survival.svg"), "") << "no lease has ended";
}

TEST(Results, RevenueIsPlottedOverProvidersAndLeasesByHowLongTheyLive) {
  if (!check_gnuplot().has_value()) GTEST_SKIP() << "gnuplot is not installed";
  const TemporaryFolder folder;
  Sample s;
  s.result.leases[0].closed = s.result.leases[0].leased + std::chrono::hours(10);
  for (const auto& [name, usd] : {std::pair{"provider:p-1", 5.0}, {"provider:p-2", 15.0}})
    s.result.summary.push_back({s.result.ended, s.result.entities.id(name), Metric::provider_revenue, usd});
  const auto written =
      write_results(folder.path("out"), s.scenario, s.result, {"souk", "abc", HostKind::sim});
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_THAT(folder.read("out/lorenz.svg"), HasSubstr("Lorenz curve"));
  EXPECT_THAT(folder.read("out/lorenz.svg"), HasSubstr("share of providers, poorest first"));
  EXPECT_THAT(folder.read("out/survival.svg"), HasSubstr("days since the lease began"));
}

TEST(Metrics, TheWeightedMedianHasHalfTheWeightAtOrBelowIt) {
  std::vector<Weighted> values{{3, 1}, {1, 1}, {2, 5}};
  EXPECT_EQ(weighted_median(values), 2);
  std::vector<Weighted> none;
  EXPECT_TRUE(weighted_median(none) != weighted_median(none));
}

TEST(Metrics, TheTableIsInTheOrderOfTheEnum) {
  for (const MetricInfo& metric : metric_table()) EXPECT_EQ(info(metric.metric).name, metric.name);
}

}  // namespace
}  // namespace souk::scenarios
