// The numbers of economics.md V38 from the recorded data, and what damaged files are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>

#include "scenarios/data_alpha.hpp"
#include "scenarios/data_gpus.hpp"
#include "scenarios/data_openb.hpp"
#include "scenarios/data_requests.hpp"
#include "scenarios/data_traces.hpp"
#include "tests/temporary_folder.hpp"

namespace souk::scenarios {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

fs::path data_folder() {
  if (const char* folder = std::getenv("SOUK_DATA")) return folder;
  return fs::path(SOUK_SOURCE_DIR) / ".." / "shared" / "data";
}

std::string data(const std::string& file) { return (data_folder() / file).string(); }

/// Recorded data is not part of the repository.
#define SOUK_REQUIRE_DATA(folder)            \
  if (!fs::exists(data_folder() / (folder))) \
  GTEST_SKIP() << "no recorded data: set SOUK_DATA to the folder that has " << (folder)

template <class T>
T loaded(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    return {};
  }
  return std::move(*result);
}

TEST(DataV38, OpenbHas1523NodesAnd6212Gpus) {
  SOUK_REQUIRE_DATA("openb-gpu-2023");
  const auto nodes = loaded(load_openb_nodes(data("openb-gpu-2023/openb_node_list_all_node.csv")));
  EXPECT_EQ(nodes.size(), 1523u);
  std::map<std::string, std::int64_t> gpus;
  for (const OpenbNode& node : nodes) gpus[node.gpu_model] += node.gpus;
  EXPECT_EQ(std::accumulate(gpus.begin(), gpus.end(), std::int64_t{0},
                            [](auto sum, const auto& m) { return sum + m.second; }),
            6212);
  EXPECT_EQ(gpus["G2"], 4392);
  EXPECT_EQ(gpus["T4"], 842);
  EXPECT_EQ(gpus[""], 0);
  EXPECT_EQ(loaded(load_openb_nodes(data("openb-gpu-2023/openb_node_list_gpu_node.csv"))).size(), 1213u);
}

TEST(DataV38, OpenbHas8152PodsIn149DaysAnd44PercentOfOneGpuPodsShare) {
  SOUK_REQUIRE_DATA("openb-gpu-2023");
  const auto pods = loaded(load_openb_pods(data("openb-gpu-2023/openb_pod_list_default.csv")));
  EXPECT_EQ(pods.size(), 8152u);
  std::int64_t last_s = 0, one_gpu = 0, sharing = 0, unscheduled = 0;
  for (const OpenbPod& pod : pods) {
    last_s = std::max(last_s, pod.deletion_s.value());
    one_gpu += pod.gpus == 1;
    sharing += pod.gpus == 1 && pod.gpu_milli < 1000;
    unscheduled += !pod.scheduled_s;
  }
  EXPECT_NEAR(static_cast<double>(last_s) / 86'400, 149.3, 0.05);
  EXPECT_EQ(one_gpu, 6989);
  EXPECT_NEAR(static_cast<double>(sharing) / static_cast<double>(one_gpu), 0.440, 0.0005);
  EXPECT_EQ(unscheduled, 897);
  EXPECT_TRUE(std::is_sorted(pods.begin(), pods.end(),
                             [](const auto& a, const auto& b) { return a.creation_s < b.creation_s; }));
}

TEST(DataV38, OpenbVariantsLoadWithTheirColumns) {
  SOUK_REQUIRE_DATA("openb-gpu-2023");
  const auto spec = loaded(load_openb_pods(data("openb-gpu-2023/openb_pod_list_gpuspec33.csv")));
  const auto with_models =
      std::count_if(spec.begin(), spec.end(), [](const auto& pod) { return !pod.gpu_models.empty(); });
  EXPECT_EQ(with_models, 8152 - 5764);
  // The file repeats a model in places: `V100M16|V100M32|V100M32`.
  for (const OpenbPod& pod : spec)
    EXPECT_EQ(std::set<std::string>(pod.gpu_models.begin(), pod.gpu_models.end()).size(),
              pod.gpu_models.size());
  const auto multi = loaded(load_openb_pods(data("openb-gpu-2023/openb_pod_list_multigpu20.csv")));
  EXPECT_EQ(multi.size(), 8324u);
  EXPECT_FALSE(multi.front().creation_s);
}

TEST(DataV38, AlphaTestnetHas2367OrdersAnd2937BidsOf12Providers) {
  SOUK_REQUIRE_DATA("akash-alpha-testnet-2019");
  const auto testnet = loaded(load_alpha_testnet(data("akash-alpha-testnet-2019")));
  EXPECT_EQ(testnet.orders.size(), 2367u);
  EXPECT_EQ(testnet.bids.size(), 2937u);
  EXPECT_EQ(testnet.providers.size(), 8u);
  std::set<std::string> bidders;
  std::map<std::tuple<std::int64_t, std::uint32_t, std::uint32_t>, std::vector<std::int64_t>> prices;
  for (const AlphaBid& bid : testnet.bids) {
    bidders.insert(bid.provider);
    prices[{bid.deployment_index, bid.gseq, bid.oseq}].push_back(bid.price_uakt_per_block);
  }
  EXPECT_EQ(bidders.size(), 12u);
  EXPECT_EQ(prices.size(), 2120u);
  std::map<std::size_t, std::vector<double>> low_by_bidders;
  for (const auto& [order, bids] : prices)
    low_by_bidders[bids.size()].push_back(static_cast<double>(*std::min_element(bids.begin(), bids.end())));
  const std::map<std::size_t, std::pair<std::size_t, double>> expected = {
      {1, {1742, 44.18}}, {2, {163, 51.08}}, {3, {70, 42.73}},
      {4, {76, 41.32}},   {5, {59, 45.95}},  {6, {10, 27.50}}};
  ASSERT_EQ(low_by_bidders.size(), expected.size());
  for (const auto& [bidders_count, figures] : expected) {
    const auto& lows = low_by_bidders[bidders_count];
    EXPECT_EQ(lows.size(), figures.first);
    EXPECT_NEAR(std::accumulate(lows.begin(), lows.end(), 0.0) / static_cast<double>(lows.size()),
                figures.second, 0.005);
  }
}

TEST(DataV38, AzureTracesHave8819And19366RequestsInNearlyAnHour) {
  SOUK_REQUIRE_DATA("azure-llm-2023");
  const auto code = loaded(load_azure_llm(data("azure-llm-2023/AzureLLMInferenceTrace_code.csv")));
  const auto conversation = loaded(load_azure_llm(data("azure-llm-2023/AzureLLMInferenceTrace_conv.csv")));
  ASSERT_EQ(code.size(), 8819u);
  ASSERT_EQ(conversation.size(), 19366u);
  EXPECT_NEAR(seconds(code.back().since_first), 3436, 0.5);
  EXPECT_NEAR(seconds(conversation.back().since_first), 3502, 0.5);
  EXPECT_EQ(code[1].since_first, Duration(52'000'000));  // 3.9799600 to 4.0319600
  EXPECT_EQ(code[0].context_tokens, 4808);
  EXPECT_EQ(code[0].generated_tokens, 10);
}

TEST(DataV38, TemplatesHave477ServicesAnd113WithGpus) {
  SOUK_REQUIRE_DATA("akash-sdl-requests");
  const auto requests = loaded(load_service_requests(data("akash-sdl-requests/awesome_akash_requests.csv")));
  EXPECT_EQ(requests.size(), 477u);
  EXPECT_EQ(std::count_if(requests.begin(), requests.end(), [](const auto& r) { return r.gpu_units > 0; }),
            113);
  EXPECT_EQ(std::count_if(requests.begin(), requests.end(), [](const auto& r) { return !r.memory_bytes; }),
            20);
  EXPECT_EQ(std::count_if(requests.begin(), requests.end(),
                          [](const auto& r) { return r.price_max.denom == Denom::uusdc; }),
            2);
  EXPECT_EQ(requests[0].cpu_milli, 1000);
  EXPECT_EQ(requests[0].memory_bytes, std::int64_t{38'912} << 20);
  EXPECT_EQ(requests[0].price_max, (DecCoin{Denom::uact, Dec::from_int(100'000)}));
}

TEST(Data, TheGpuCatalogueHas98Devices) {
  SOUK_REQUIRE_DATA("akash-gpu-catalogue");
  const auto devices = loaded(load_gpu_catalogue(data("akash-gpu-catalogue/gpus.json")));
  EXPECT_EQ(devices.size(), 98u);
  std::set<std::string> nvidia;
  for (const GpuDevice& device : devices) {
    EXPECT_GT(device.memory_bytes, 0) << device.pci_id;
    if (device.vendor == "nvidia") nvidia.insert(device.model);
  }
  EXPECT_EQ(nvidia.size(), 72u);
  const auto h100 =
      std::find_if(devices.begin(), devices.end(), [](const auto& d) { return d.model == "h100"; });
  ASSERT_NE(h100, devices.end());
  EXPECT_EQ(h100->memory_bytes, std::int64_t{80} << 30);
}

TEST(Data, PhillyHas83154RuntimesOfFourHoursOnAverage) {
  SOUK_REQUIRE_DATA("philly-runtime");
  const auto runtimes = loaded(load_philly_runtimes(data("philly-runtime/philly_runtime.csv")));
  EXPECT_EQ(runtimes.size(), 83'154u);
  double total_s = 0;
  for (Duration runtime : runtimes) total_s += seconds(runtime);
  EXPECT_NEAR(total_s / static_cast<double>(runtimes.size()), 14613.33, 0.01);
}

template <class T>
std::string error_of(const Result<T>& result) {
  return result ? "accepted" : result.error().message;
}

TEST(Data, DamagedFilesAreToldWithTheirLine) {
  const test::TemporaryFolder folder;
  EXPECT_THAT(error_of(load_openb_nodes(
                  folder.write("n.csv", "sn,cpu_milli,memory_mib,gpu,model\na,1,1,0,\nb,1,1,2,\n"))),
              HasSubstr("n.csv:3: column `model` is ``; the model of the node's GPUs would be right"));
  EXPECT_THAT(error_of(load_openb_nodes(folder.write("n.csv", "sn,cpu_milli,gpu,model\n"))),
              HasSubstr("n.csv:1: no column `memory_mib`"));
  const std::string pods =
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,"
      "scheduled_time\n";
  EXPECT_THAT(error_of(load_openb_pods(folder.write("p.csv", pods + "a,1,1,1,1001,,LS,Running,0,1,\n"))),
              HasSubstr("p.csv:2: column `gpu_milli`"));
  EXPECT_THAT(error_of(load_openb_pods(folder.write("p.csv", pods + "a,1,1,1,1000,,LS,Running,5,1,\n"))),
              HasSubstr("a time not before creation_time"));
  EXPECT_THAT(error_of(load_azure_llm(folder.write(
                  "a.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-31 18:17:03.9799600,1,1\n"))),
              HasSubstr("a.csv:2: column `TIMESTAMP`"));
  EXPECT_THAT(error_of(load_azure_llm(
                  folder.write("a.csv",
                               "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,1,1\n"
                               "2023-11-16 18:17:03.9799599,1,1\n"))),
              HasSubstr("a.csv:3: column `TIMESTAMP`"));
  EXPECT_THAT(error_of(load_philly_runtimes(folder.write("r.csv", "runtime\n1\n-1\n"))),
              HasSubstr("r.csv:3: column `runtime` is `-1`"));
  const std::string requests =
      "app,service,count,cpu_units,memory_mib,ephemeral_mib,persistent_mib,gpu_units,gpu_models,price_denom,"
      "max_price_per_block\n";
  EXPECT_THAT(error_of(load_service_requests(folder.write("q.csv", requests + "a,b,1,1,1,0,0,0,,uatom,1\n"))),
              HasSubstr("q.csv:2: column `price_denom` is `uatom`"));
  EXPECT_THAT(error_of(load_service_requests(folder.write("q.csv", requests + "a,b,1,1,1,0,0,0,,uact,-1\n"))),
              HasSubstr("max_price_per_block"));
}

TEST(Data, TheGpuCatalogueIsCheckedFieldByField) {
  const test::TemporaryFolder folder;
  const auto error = [&](const std::string& json) {
    return error_of(load_gpu_catalogue(folder.write("g.json", json)));
  };
  EXPECT_THAT(error("["), HasSubstr("is no JSON object"));
  EXPECT_THAT(error(R"({"10de": 1})"), HasSubstr("10de: is no object"));
  EXPECT_THAT(error(R"({"10de": {"name": "nvidia"}})"), HasSubstr("no object `devices`"));
  EXPECT_THAT(error(R"({"10de": {"name": "nvidia", "devices": {"1": {"name": "x", "interface": "PCIe"}}}})"),
              HasSubstr("10de:1: no text `memory_size`"));
  EXPECT_THAT(
      error(
          R"({"10de": {"name": "nvidia", "devices": {"1": {"name": "x", "interface": "PCIe", "memory_size": "8G"}}}})"),
      HasSubstr("`80Gi` would be right"));
  EXPECT_THAT(error_of(load_gpu_catalogue("/nonexistent.json")), HasSubstr("No such file"));
}

TEST(Data, AlphaRowsMustFitEachOther) {
  const test::TemporaryFolder folder;
  const std::string id(64, 'a'), provider(64, 'b');
  const std::string orders =
      "deployment_idx,deployment,gseq,oseq,end_at_height,state\n0," + id + ",1,2,10,OPEN\n";
  const std::string bids = "deployment_idx,gseq,oseq,provider_idx,provider,price_uakt_per_block,state\n";
  const auto error = [&](const std::string& order_rows, const std::string& bid_rows) {
    folder.write("orders.csv", orders + order_rows);
    folder.write("bids.csv", bids + bid_rows);
    folder.write("providers.csv", "moniker,region,cpu_milli_avail,provider\nme,sfo,," + provider + "\n");
    return error_of(load_alpha_testnet(folder.path()));
  };
  EXPECT_EQ(error("", "0,1,2,0," + provider + ",5,OPEN\n"), "accepted");
  EXPECT_THAT(error("0," + id + ",1,2,10,OPEN\n", ""), HasSubstr("orders.csv:3: column `oseq`"));
  EXPECT_THAT(error("0," + id + ",1,3,10,OPEN\n", ""),
              HasSubstr("orders.csv:3: column `end_at_height` is `10`"));
  EXPECT_THAT(error("0," + id + ",1,3,10,WON\n", ""), HasSubstr("OPEN, MATCHED or CLOSED"));
  EXPECT_THAT(error("0,xyz,1,3,10,OPEN\n", ""), HasSubstr("64 lower-case hexadecimal digits"));
  EXPECT_THAT(error("", "0,1,3,0," + provider + ",5,OPEN\n"), HasSubstr("an order that orders.csv has"));
  EXPECT_THAT(error("", "0,1,2,0," + provider + ",5,OPEN\n0,1,2,0," + provider + ",6,OPEN\n"),
              HasSubstr("one bid a provider and order"));
  EXPECT_THAT(error("", "0,1,2,0," + provider + ",0,OPEN\n"), HasSubstr("price_uakt_per_block"));
  folder.write("orders.csv", "deployment_idx,deployment,gseq\n");
  EXPECT_THAT(error_of(load_alpha_testnet(folder.path())), HasSubstr("orders.csv:1: no column `oseq`"));
}

}  // namespace
}  // namespace souk::scenarios
