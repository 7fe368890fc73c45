#include "scenarios/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/scenarios/scenario_texts.hpp"
#include "tests/temporary_folder.hpp"

namespace souk::scenarios {
namespace {

using namespace std::chrono_literals;
using test::TemporaryFolder;
using ::testing::AllOf;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::tiny;

TEST(Scenario, TheLeastNeedsANameAProviderAndATenant) {
  EXPECT_EQ(error_of(tiny()), "accepted");
  EXPECT_THAT(error_of("providers: {p: {}}\ntenants: {t: {}}\n"), HasSubstr("`name` is missing"));
  EXPECT_THAT(error_of("name: x\ntenants: {t: {}}\n"), HasSubstr("needs at least one class"));
  EXPECT_THAT(error_of("name: x\nproviders: {p: {}}\n"), HasSubstr("needs at least one segment"));
}

struct BadInput {
  std::string_view why;
  std::string text;
  std::string starts;  ///< file:line
  std::string says;
};

TEST(Scenario, BadInputIsOneLineWithThePlaceAndWhatWouldBeRight) {
  const BadInput cases[] = {
      {"misspelt key", tiny("duratoin: 3 d\n"),
       "tiny.yaml:6: ", "unknown key `duratoin`; did you mean `duration`?"},
      {"misspelt inner key", tiny("chain:\n  blok_time: 6 s\n"),
       "tiny.yaml:7: ", "did you mean `chain.block_time`?"},
      {"key of another section", tiny("block_time: 6 s\n"),
       "tiny.yaml:6: ", "did you mean `chain.block_time`?"},
      {"misspelt class key", "name: x\nproviders:\n  p:\n    cuont: 2\n",
       "tiny.yaml:4: ", "did you mean `providers.p.count`?"},
      {"nothing near", tiny("zzzzzzzzzzz: 1\n"), "tiny.yaml:6: ", "valid here: "},
      {"no unit", tiny("duration: 30\n"),
       "tiny.yaml:6: ", "`duration`: `30` should be a duration such as `30 d`"},
      {"wrong unit", tiny("chain: {block_time: 6 AKT}\n"), "tiny.yaml:6: ", "should be a duration"},
      {"out of range", tiny("chain: {block_time: 2 h}\n"),
       "tiny.yaml:6: ", "`2 h` is out of range; it should be a duration"},
      {"below range", tiny("duration: 0 s\n"), "tiny.yaml:6: ", "from 1 s to 20 year"},
      {"negative amount", "name: x\nproviders: {p: {balance: -5 ACT}}\ntenants: {t: {}}\n",
       "tiny.yaml:2: ", "`-5 ACT` is out of range"},
      {"overflowing amount", "name: x\nproviders: {p: {balance: 99999999999999 ACT}}\ntenants: {t: {}}\n",
       "tiny.yaml:2: ", "too large"},
      {"unknown denomination", "name: x\nproviders: {p: {balance: 5 BTC}}\ntenants: {t: {}}\n",
       "tiny.yaml:2: ", "units: AKT ACT USDC"},
      {"denomination of another era", tiny("chain: {era: 2021}\n") + "", "accepted", ""},
      {"balance in the wrong denomination", "name: x\nproviders: {p: {balance: 5 AKT}}\ntenants: {t: {}}\n",
       "tiny.yaml:2: ", "should be in uact"},
      {"unknown word", tiny("chain: {era: tody}\n"),
       "tiny.yaml:6: ", "one of today, 2021; did you mean `today`?"},
      {"unknown switch", tiny("chain: {compat: [akash, dseq_prefix]}\n"),
       "tiny.yaml:6: ", "should be one of none, akash"},
      {"map for a value", tiny("duration: {days: 3}\n"), "tiny.yaml:6: ", "is a map"},
      {"value for a map", tiny("chain: today\n"),
       "tiny.yaml:6: ", "`chain` is a single value; it should be a map of"},
      {"no value", tiny("duration:\n"), "tiny.yaml:6: ", "has no value"},
      {"twice the same key", tiny("seed: 1\nseed: 2\n"), "tiny.yaml:7: ", "`seed` is given twice"},
      {"bad name", "name: x\nproviders: {Big-One: {}}\ntenants: {t: {}}\n",
       "tiny.yaml:2: ", "characters of a-z, 0-9 and _"},
      {"not YAML", tiny("chain: [\n"), "tiny.yaml:", "not valid YAML"},
      {"alias", tiny("chain: &a {era: today}\n"), "tiny.yaml:6: ", "anchors"},
      {"bad date", tiny("start: 2026-02-30\n"), "tiny.yaml:6: ", "should be a day"},
      {"warm-up beyond the end", tiny("duration: 1 d\nwarm_up: 2 d\n"),
       "tiny.yaml:7: ", "should be shorter than `duration`"},
      {"unknown distribution", tiny("network: {latency: {gausian: {mean: 1 s}}}\n"),
       "tiny.yaml:6: ", "unknown distribution `gausian`; known: "},
      {"parameter of a distribution", tiny("network: {latency: {exponential: {median: 1 s}}}\n"),
       "tiny.yaml:6: ", "takes mean"},
      {"missing parameter", tiny("network: {latency: {uniform: {low: 1 s}}}\n"),
       "tiny.yaml:6: ", "needs `high`"},
      {"distribution that is none", tiny("network: {latency: {uniform: {low: 2 s, high: 1 s}}}\n"),
       "tiny.yaml:6: ", "network.latency"},
      {"data without a folder", "name: x\nproviders: {p: {data: openb, count: 40}}\ntenants: {t: {}}\n",
       "tiny.yaml:2: ", "--data DIR"},
      {"fraction of a percent", tiny("chain: {take_rate: 2.5 %}\n"), "tiny.yaml:6: ", "whole percents"},
      {"more auditors than there are",
       "name: x\nauditors: 1\nproviders: {p: {auditors: 2}}\ntenants: {t: {}}\n",
       "tiny.yaml:3: ", "raise `auditors`"},
  };
  for (const BadInput& c : cases) {
    const std::string got = error_of(c.text);
    EXPECT_THAT(got, AllOf(StartsWith(c.starts), HasSubstr(c.says))) << c.why;
    EXPECT_EQ(std::count(got.begin(), got.end(), '\n'), 0) << c.why;
  }
}

TEST(Scenario, ExtendsMergesMapsAndTheLastFileWins) {
  const TemporaryFolder folder;
  folder.write("base.yaml",
               "name: base\nduration: 5 d\nchain:\n  block_time: 5 s\n  order_max_bids: 7\n"
               "providers: {a: {count: 1}, b: {count: 2}}\ntenants: {t: {count: 3}}\n");
  const auto path = folder.write("top.yaml",
                                 "extends: base.yaml\nname: top\nchain: {block_time: 7 s}\n"
                                 "providers: {a: null, b: {nodes: {count: 4}}}\n");
  const auto scenario = load_scenario(path, {});
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  EXPECT_EQ(scenario->name, "top");
  EXPECT_EQ(scenario->duration, 120h);
  EXPECT_EQ(scenario->chain.block_time, 7s);
  EXPECT_EQ(scenario->params.order_max_bids, 7u);
  ASSERT_EQ(scenario->providers.size(), 1u);
  EXPECT_EQ(scenario->providers[0].name, "b");
  EXPECT_EQ(scenario->providers[0].count, 2u);
  EXPECT_EQ(scenario->providers[0].nodes.count, 4u);
  EXPECT_EQ(scenario->inputs.size(), 2u);
}

TEST(Scenario, ADistributionIsReplacedAsAWhole) {
  const TemporaryFolder folder;
  folder.write("base.yaml", tiny("network: {latency: {exponential: {mean: 1 s}}}\n"));
  const auto path =
      folder.write("top.yaml", "extends: base.yaml\nnetwork: {latency: {uniform: {low: 1 s, high: 3 s}}}\n");
  const auto scenario = load_scenario(path, {});
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  EXPECT_DOUBLE_EQ(scenario->latency_s.mean(), 2);
}

TEST(Scenario, AnErrorInABaseNamesTheBase) {
  const TemporaryFolder folder;
  folder.write("base.yaml", "name: base\n\nduration: soon\n");
  const auto path = folder.write("top.yaml", "extends: base.yaml\nproviders: {p: {}}\ntenants: {t: {}}\n");
  const auto scenario = load_scenario(path, {});
  ASSERT_FALSE(scenario.has_value());
  EXPECT_THAT(scenario.error().message, HasSubstr("base.yaml:3: `duration`: `soon`"));
}

TEST(Scenario, CyclesAndMissingFilesAreRefused) {
  const TemporaryFolder folder;
  folder.write("a.yaml", "extends: b.yaml\n");
  folder.write("b.yaml", "name: b\nextends: a.yaml\n");
  folder.write("c.yaml", "extends: nowhere.yaml\n");
  const auto error = [&](const std::string& name) {
    const auto scenario = load_scenario(folder.path(name), {});
    return scenario ? "accepted" : scenario.error().message;
  };
  EXPECT_THAT(error("a.yaml"), AllOf(HasSubstr("b.yaml:2: "), HasSubstr("break the cycle")));
  EXPECT_THAT(error("c.yaml"), AllOf(HasSubstr("c.yaml:1: "), HasSubstr("nowhere.yaml` does not exist")));
  EXPECT_THAT(error("none.yaml"), HasSubstr("does not exist"));
  EXPECT_THAT(error(""), HasSubstr("not a regular file"));
}

TEST(Scenario, HugeAndDeepFilesAreRefusedBeforeTheyAreHeld) {
  EXPECT_THAT(error_of(std::string(2 << 20, '#')), HasSubstr("at most"));
  std::string deep = "name: ";
  for (int i = 0; i < 200; ++i) deep += '[';
  EXPECT_THAT(error_of(deep), AllOf(StartsWith("tiny.yaml:"), ::testing::Not(HasSubstr("accepted"))));
  std::string wide = "name: [";
  for (int i = 0; i < 150'000; ++i) wide += "1,";
  EXPECT_THAT(error_of(wide + "1]\n"), HasSubstr("more than 100000 values"));
  EXPECT_THAT(error_of(std::string("name: a\0b\n", 10)), HasSubstr("zero byte"));
}

TEST(Scenario, SetWinsOverTheFileAndIsNamedInErrors) {
  const auto scenario =
      parse_scenario(tiny("duration: 3 d\n"), "tiny.yaml", {"", {"duration=4 d", "providers.p.count=3"}, {}});
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  EXPECT_EQ(scenario->duration, 96h);
  EXPECT_EQ(scenario->providers[0].count, 3u);
  EXPECT_THAT(error_of(tiny(), {"", {"duration=4"}, {}}),
              AllOf(StartsWith("--set duration: "), HasSubstr("a duration")));
  EXPECT_THAT(error_of(tiny(), {"", {"durration=4 d"}, {}}), HasSubstr("did you mean `duration`?"));
  EXPECT_THAT(error_of(tiny(), {"", {"duration"}, {}}), HasSubstr("should be a key and a value"));
}

TEST(Scenario, EverySettingUsedIsListedWithItsOrigin) {
  const auto scenario = parse_scenario(tiny("duration: 3 d\n"), "some/where/tiny.yaml", {});
  ASSERT_TRUE(scenario.has_value());
  const auto find = [&](std::string_view path) {
    const auto& used = scenario->used;
    return *std::find_if(used.begin(), used.end(), [&](const UsedSetting& u) { return u.path == path; });
  };
  EXPECT_EQ(find("duration").set_by, "tiny.yaml:6");  // the file's name, not where it lies
  EXPECT_EQ(find("chain.block_time").set_by, "default");
  EXPECT_THAT(find("chain.block_time").source, HasSubstr("economics.md"));
  EXPECT_EQ(find("tenants.t.bids.window").set_by, "preset");
  EXPECT_EQ(find("tenants.t.bids.window").value, "30 s");
}

TEST(Scenario, TheHashIsOfTheSettingsAndNotOfTheSeedOrTheFile) {
  const auto hash = [](const std::string& text, std::optional<std::uint64_t> seed = {}) {
    return parse_scenario(text, "tiny.yaml", {"", {}, seed})->hash;
  };
  EXPECT_EQ(hash(tiny()), hash(tiny("# a remark\n")));
  EXPECT_EQ(hash(tiny(), 1), hash(tiny(), 2));
  EXPECT_NE(hash(tiny()), hash(tiny("duration: 31 d\n")));
}

TEST(Scenario, ErasSetDenominationsAndDeposits) {
  const auto old_times = parse_scenario(tiny("chain: {era: 2021}\n"), "tiny.yaml", {});
  ASSERT_TRUE(old_times.has_value()) << old_times.error().message;
  EXPECT_EQ(old_times->price_denom, Denom::uakt);
  EXPECT_TRUE(old_times->params.take_enabled);
  EXPECT_EQ(old_times->tenants[0].config.denom, Denom::uakt);
  EXPECT_EQ(old_times->providers[0].config.bid.deposit.denom, Denom::uakt);
  EXPECT_DOUBLE_EQ(old_times->usd_per_coin, 0.5);
  const auto today = parse_scenario(tiny("chain: {compat: akash, take_rate: 4 %}\n"), "tiny.yaml", {});
  EXPECT_TRUE(today->params.compat.losing_bid_loop_stops);
  EXPECT_EQ(today->params.take_rates.front().percent, 4u);
}

// ---- the table itself ---------------------------------------------------------------------------------

TEST(Settings, EveryRowHasADocAndEveryDefaultASource) {
  for (const Section& section : scenario_settings()) {
    for (const Key& key : section.keys) {
      EXPECT_FALSE(key.doc.empty()) << section.path << " " << key.name;
      EXPECT_TRUE(key.fallback.empty() || !key.source.empty()) << section.path << " " << key.name;
    }
  }
}

TEST(Settings, NearestNamesAreNear) {
  const std::vector<std::string> names{"duration", "seed", "sample_every"};
  EXPECT_EQ(nearest_name("duratoin", names), "duration");
  EXPECT_EQ(nearest_name("sede", names), "seed");
  EXPECT_EQ(nearest_name("unrelated_thing", names), "");
}

TEST(Settings, TheSchemaHasEverySettingAndRefusesOthers) {
  const auto schema = nlohmann::json::parse(json_schema(scenario_settings(), "test"));
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(schema["properties"]["chain"]["properties"]["block_time"]["type"], "string");
  const auto& provider = schema["properties"]["providers"]["additionalProperties"]["anyOf"][0];
  EXPECT_EQ(provider["additionalProperties"], false);
  EXPECT_THAT(
      provider["properties"]["serve"]["properties"]["withdraw_period"]["description"].get<std::string>(),
      HasSubstr("Default: 1 h (HELM)"));
}

// ---- the shipped files --------------------------------------------------------------------------------

TEST(ShippedScenarios, AllOfThemLoad) {
  const std::string folder = std::string(SOUK_SOURCE_DIR) + "/scenarios/";
  for (const char* name :
       {"quickstart", "akash_2026", "first_price", "second_price", "posted_price", "downtime_slashing",
        "inflation_reset", "voter_apathy", "byzantine_third", "partition"}) {
    const auto scenario = load_scenario(folder + name + ".yaml", {});
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    EXPECT_EQ(scenario->name, name);
  }
}

TEST(ShippedScenarios, OpenbTakesMachinesAndPodsFromTheTrace) {
  const char* set = std::getenv("SOUK_DATA");
  const std::string data = set != nullptr ? set : std::string(SOUK_SOURCE_DIR) + "/../shared/data";
  if (!std::filesystem::exists(data + "/openb-gpu-2023")) GTEST_SKIP() << "no openb trace below " << data;
  const auto scenario = load_scenario(std::string(SOUK_SOURCE_DIR) + "/scenarios/openb.yaml", {data, {}, {}});
  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  const auto& clusters = scenario->providers.at(0).clusters;
  EXPECT_EQ(clusters.size(), 40u);
  std::size_t nodes = 0;
  std::uint64_t gpus = 0;
  for (const ClusterSpec& cluster : clusters) {
    nodes += cluster.nodes.size();
    for (const NodeSpec& node : cluster.nodes) gpus += node.gpus.at(0).count;
    EXPECT_FALSE(cluster.nodes.empty());
  }
  EXPECT_EQ(nodes, 1213u);  // economics.md V38
  EXPECT_EQ(gpus, 6212u);
  EXPECT_GT(scenario->tenants.at(0).traces.at(0)->size(), 8000u);
  EXPECT_EQ(scenario->inputs.count("openb-gpu-2023/openb_pod_list_default.csv"), 1u);
}

}  // namespace
}  // namespace souk::scenarios
