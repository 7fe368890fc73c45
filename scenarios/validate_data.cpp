// Checks of measures and loaders: concentration, taken from balances of the ledger, and the recorded data
// sets.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "actors/base/math.hpp"
#include "actors/chain/ledger.hpp"
#include "scenarios/alpha_replay.hpp"
#include "scenarios/csv.hpp"
#include "scenarios/data_alpha.hpp"
#include "scenarios/data_openb.hpp"
#include "scenarios/data_requests.hpp"
#include "scenarios/data_traces.hpp"
#include "scenarios/validate_checks.hpp"
#include "sim/stats.hpp"

namespace souk::scenarios {
namespace {

// ---- V33 ----------------------------------------------------------------------------------------------

/// Gives the holdings to accounts of a ledger and reads them back, uakt. Broken: the largest holder first
/// sends half of what it has to the smallest.
std::vector<double> held(const std::vector<double>& holdings, bool broken) {
  std::vector<GenesisBalance> genesis;
  for (std::size_t i = 0; i < holdings.size(); ++i) {
    const Amount amount{static_cast<std::int64_t>(std::llround(holdings[i]))};
    genesis.push_back({module_address("validate/holder/" + std::to_string(i)), {{Denom::uakt, amount}}});
  }
  Ledger ledger(ChainParams{}, genesis);
  ledger.begin_block({Height{1}, Time{}});
  if (broken) {
    const auto [smallest, largest] = std::minmax_element(holdings.begin(), holdings.end());
    const Address from = genesis[static_cast<std::size_t>(largest - holdings.begin())].address;
    const Address to = genesis[static_cast<std::size_t>(smallest - holdings.begin())].address;
    std::vector<ChainEvent> events;
    const Amount half{ledger.balance(from, Denom::uakt).micro / 2};
    SOUK_CHECK(
        ledger.deliver({from, 0, {Denom::uakt, {0}}, {MsgSend{from, to, {{Denom::uakt, half}}}}}, events)
            .ok());
  }
  std::vector<double> balances;
  for (const GenesisBalance& account : genesis)
    balances.push_back(static_cast<double>(ledger.balance(account.address, Denom::uakt).micro));
  return balances;
}

struct Concentration {
  std::string name;
  std::vector<double> holdings;
  double gini, hhi, nakamoto, tolerance;
};

std::vector<Concentration> published_concentrations() {
  std::vector<double> zipf, geometric;
  for (int rank = 1; rank <= 100; ++rank) zipf.push_back(1e15 / rank);
  double share = 1e15;
  for (int i = 0; i < 50; ++i, share *= .9) geometric.push_back(share);
  return {{"1,2,3,4", {1, 2, 3, 4}, .25, .30, 1, 1e-9},
          {"100 equal", std::vector<double>(100, 1e6), 0, .01, 34, 1e-9},
          {"Zipf-100", zipf, .624449, .060760, 3, 5e-7},
          {"geometric .9, n=50", geometric, .630361, .053177, 4, 5e-7}};
}

Result<std::vector<double>> genesis_balances(const std::string& data) {
  CsvReader csv(data + "/akash-genesis-2020/accounts.csv");
  const std::size_t balance = csv.column("balance_uakt");
  std::vector<double> balances;
  while (csv.next()) balances.push_back(static_cast<double>(csv.integer(balance, 0, INT64_MAX)));
  if (auto result = csv.result(); !result) return Unexpected{result.error()};
  return balances;
}

Result<std::vector<Row>> concentration_check(const CheckInput& in) {
  std::vector<Row> rows;
  for (const Concentration& c : published_concentrations()) {
    const auto balances = held(c.holdings, in.broken && c.gini > 0);
    rows.push_back(exact(c.name + ": Gini", c.gini, sim::gini(balances), c.tolerance));
    rows.push_back(exact(c.name + ": HHI", c.hhi, sim::hhi(balances), c.tolerance));
    rows.push_back(exact(c.name + ": Nakamoto at 1/3", c.nakamoto,
                         static_cast<double>(sim::nakamoto(balances, 1.0 / 3))));
  }
  const auto accounts = genesis_balances(in.data);
  if (!accounts) return Unexpected{accounts.error()};
  const auto balances = held(*accounts, in.broken);
  const std::string name = "Akash genesis 2020: ";
  rows.push_back(exact(name + "accounts", 215, static_cast<double>(balances.size())));
  rows.push_back(exact(name + "Gini", .880124, sim::gini(balances), 5e-7));
  rows.push_back(exact(name + "HHI, points", 904.06, sim::hhi_points(balances), 5e-3));
  for (const auto& [threshold, holders] : {std::pair{1.0 / 3, 3.0}, {1.0 / 2, 5.0}, {2.0 / 3, 9.0}})
    rows.push_back(exact(name + "Nakamoto at " + std::to_string(threshold).substr(0, 4), holders,
                         static_cast<double>(sim::nakamoto(balances, threshold))));
  rows.push_back(exact(name + "largest holder, percent", 25.58, 100 * sim::top_share(balances, 1), 5e-3));
  rows.push_back(exact(name + "ten largest, percent", 68.50, 100 * sim::top_share(balances, 10), 5e-3));
  return rows;
}

// ---- V38 ----------------------------------------------------------------------------------------------

double count(std::size_t n) { return static_cast<double>(n); }

/// Broken: the last of every list is lost.
template <class T>
void break_list(std::vector<T>& list, bool broken) {
  if (broken && !list.empty()) list.pop_back();
}

Result<void> openb_rows(const CheckInput& in, std::vector<Row>& rows) {
  auto nodes = load_openb_nodes(in.data + "/openb-gpu-2023/openb_node_list_all_node.csv");
  if (!nodes) return Unexpected{nodes.error()};
  auto pods = load_openb_pods(in.data + "/openb-gpu-2023/openb_pod_list_default.csv");
  if (!pods) return Unexpected{pods.error()};
  break_list(*nodes, in.broken);
  break_list(*pods, in.broken);
  std::map<std::string, std::int64_t> gpus;
  std::int64_t all = 0;
  std::size_t gpu_nodes = 0;
  for (const OpenbNode& node : *nodes) {
    gpus[node.gpu_model] += node.gpus;
    all += node.gpus;
    gpu_nodes += node.gpus > 0 ? 1 : 0;
  }
  std::int64_t last_s = 0;
  double single = 0, sharing = 0;
  for (const OpenbPod& pod : *pods) {
    for (const auto& at : {pod.creation_s, pod.deletion_s}) last_s = std::max(last_s, at.value_or(0));
    if (pod.gpus != 1) continue;
    ++single;
    sharing += pod.gpu_milli < 1000 ? 1 : 0;
  }
  rows.push_back(exact("openb: nodes", 1523, count(nodes->size())));
  rows.push_back(exact("openb: GPUs", 6212, static_cast<double>(all)));
  rows.push_back(exact("openb: G2 GPUs", 4392, static_cast<double>(gpus["G2"])));
  rows.push_back(exact("openb: T4 GPUs", 842, static_cast<double>(gpus["T4"])));
  rows.push_back(exact("openb: nodes with GPUs", 1213, count(gpu_nodes)));
  rows.push_back(exact("openb: pods", 8152, count(pods->size())));
  rows.push_back(exact("openb: days", 149.3, static_cast<double>(last_s) / 86'400, .05));
  rows.push_back(exact("openb: 1-GPU pods that share it, percent", 44.0, 100 * sharing / single, .05));
  return {};
}

Result<void> alpha_rows(const CheckInput& in, std::vector<Row>& rows) {
  auto testnet = load_alpha_testnet(in.data + "/akash-alpha-testnet-2019");
  if (!testnet) return Unexpected{testnet.error()};
  break_list(testnet->orders, in.broken);
  break_list(testnet->bids, in.broken);
  using Key = std::tuple<std::int64_t, std::uint32_t, std::uint32_t>;
  std::map<Key, std::pair<std::size_t, std::int64_t>> lowest;  // bidders and lowest bid of each order
  std::map<std::string, std::size_t> providers;
  for (const AlphaBid& bid : testnet->bids) {
    auto& [bidders, price] =
        lowest.try_emplace({bid.deployment_index, bid.gseq, bid.oseq}, 0, INT64_MAX).first->second;
    ++bidders;
    price = std::min(price, bid.price_uakt_per_block);
    ++providers[bid.provider];
  }
  rows.push_back(exact("alpha testnet: orders", 2367, count(testnet->orders.size())));
  rows.push_back(exact("alpha testnet: bids", 2937, count(testnet->bids.size())));
  rows.push_back(exact("alpha testnet: orders with bids", 2120, count(lowest.size())));
  rows.push_back(exact("alpha testnet: providers", 12, count(providers.size())));
  const std::vector<std::pair<double, double>> published = {{1742, 44.18}, {163, 51.08}, {70, 42.73},
                                                            {76, 41.32},   {59, 45.95},  {10, 27.50}};
  for (std::size_t bidders = 1; bidders <= published.size(); ++bidders) {
    double orders = 0, sum = 0;
    for (const auto& [order, bids] : lowest) {
      if (bids.first != bidders) continue;
      ++orders;
      sum += static_cast<double>(bids.second);
    }
    const std::string name = "alpha testnet: " + std::to_string(bidders) + " bidders, ";
    rows.push_back(exact(name + "orders", published[bidders - 1].first, orders));
    rows.push_back(exact(name + "mean lowest bid, uakt", published[bidders - 1].second, sum / orders, 5e-3));
  }
  return {};
}

Result<void> request_rows(const CheckInput& in, std::vector<Row>& rows) {
  for (const auto& [file, requests, span] : {std::tuple{"code", 8819.0, 3436.0}, {"conv", 19366.0, 3502.0}}) {
    auto trace = load_azure_llm(in.data + "/azure-llm-2023/AzureLLMInferenceTrace_" + file + ".csv");
    if (!trace) return Unexpected{trace.error()};
    break_list(*trace, in.broken);
    rows.push_back(exact(std::string("Azure ") + file + ": requests", requests, count(trace->size())));
    rows.push_back(
        exact(std::string("Azure ") + file + ": seconds", span, seconds(trace->back().since_first), 1));
  }
  auto services = load_service_requests(in.data + "/akash-sdl-requests/awesome_akash_requests.csv");
  if (!services) return Unexpected{services.error()};
  break_list(*services, in.broken);
  const auto with_gpu = std::count_if(services->begin(), services->end(),
                                      [](const ServiceRequest& s) { return s.gpu_units > 0; });
  rows.push_back(exact("SDL templates: services", 477, count(services->size())));
  rows.push_back(exact("SDL templates: services with GPU", 113, static_cast<double>(with_gpu)));
  return {};
}

Result<std::vector<Row>> loader_check(const CheckInput& in) {
  std::vector<Row> rows;
  for (auto part : {openb_rows, alpha_rows, request_rows})
    if (auto done = part(in, rows); !done) return Unexpected{done.error()};
  return rows;
}

}  // namespace

std::vector<Check> data_checks() {
  return {
      {"V33",
       "Concentration measures, on ledger balances",
       "the largest holder sends half of its coins to the smallest",
       0,
       {},
       concentration_check},
      {"V38", "Recorded data sets as loaded", "the last row of every file is lost", 0, {}, loader_check},
  };
}

}  // namespace souk::scenarios
