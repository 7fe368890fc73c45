#include "scenarios/data_alpha.hpp"

#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "scenarios/csv.hpp"

namespace souk::scenarios {
namespace {

constexpr std::int64_t index_max = 1'000'000;
constexpr std::int64_t seq_max = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t height_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t price_max = 1'000'000'000'000;
constexpr std::size_t id_digits = 64;

/// Deployment, gseq, oseq: what names an order.
using OrderKey = std::tuple<std::int64_t, std::uint32_t, std::uint32_t>;

AlphaState state_of(CsvReader& csv, std::size_t column) {
  const std::string& text = csv.text(column);
  if (text == "OPEN") return AlphaState::open;
  if (text == "MATCHED") return AlphaState::matched;
  if (text != "CLOSED") csv.refuse(column, "OPEN, MATCHED or CLOSED");
  return AlphaState::closed;
}

std::string id_of(CsvReader& csv, std::size_t column) {
  const std::string& text = csv.text(column);
  if (text.size() != id_digits || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    csv.refuse(column, "64 lower-case hexadecimal digits");
  return text;
}

std::uint32_t seq_of(CsvReader& csv, std::size_t column) {
  return static_cast<std::uint32_t>(csv.integer(column, 1, seq_max));
}

Result<void> load_orders(const std::string& path, std::vector<AlphaOrder>& orders, std::set<OrderKey>& keys) {
  CsvReader csv(path);
  const std::size_t index = csv.column("deployment_idx");
  const std::size_t deployment = csv.column("deployment");
  const std::size_t gseq = csv.column("gseq");
  const std::size_t oseq = csv.column("oseq");
  const std::size_t end = csv.column("end_at_height");
  const std::size_t state = csv.column("state");
  std::map<std::pair<std::int64_t, std::uint32_t>, AlphaOrder> last_of_group;
  while (csv.next()) {
    orders.push_back({csv.integer(index, 0, index_max), id_of(csv, deployment), seq_of(csv, gseq),
                      seq_of(csv, oseq), csv.integer(end, 0, height_max), state_of(csv, state), csv.line()});
    const AlphaOrder& order = orders.back();
    keys.emplace(order.deployment_index, order.gseq, order.oseq);
    const auto [last, is_first] = last_of_group.try_emplace({order.deployment_index, order.gseq}, order);
    if (is_first) continue;
    if (order.oseq <= last->second.oseq) csv.refuse(oseq, "a number above that of the group's order before");
    if (order.end_at_height <= last->second.end_at_height)
      csv.refuse(end, "a height above that of the group's order before");
    last->second = order;
  }
  return csv.result();
}

Result<void> load_bids(const std::string& path, const std::set<OrderKey>& orders,
                       std::vector<AlphaBid>& bids) {
  CsvReader csv(path);
  const std::size_t index = csv.column("deployment_idx");
  const std::size_t gseq = csv.column("gseq");
  const std::size_t oseq = csv.column("oseq");
  const std::size_t provider_index = csv.column("provider_idx");
  const std::size_t provider = csv.column("provider");
  const std::size_t price = csv.column("price_uakt_per_block");
  const std::size_t state = csv.column("state");
  std::set<std::pair<OrderKey, std::int64_t>> seen;
  std::map<std::int64_t, std::string> providers;
  while (csv.next()) {
    bids.push_back({csv.integer(index, 0, index_max), seq_of(csv, gseq), seq_of(csv, oseq),
                    csv.integer(provider_index, 0, index_max), id_of(csv, provider),
                    csv.integer(price, 1, price_max), state_of(csv, state), csv.line()});
    const AlphaBid& bid = bids.back();
    const OrderKey key{bid.deployment_index, bid.gseq, bid.oseq};
    if (!orders.contains(key)) csv.refuse(oseq, "an order that orders.csv has");
    if (!seen.emplace(key, bid.provider_index).second)
      csv.refuse(provider_index, "one bid a provider and order");
    if (providers.try_emplace(bid.provider_index, bid.provider).first->second != bid.provider)
      csv.refuse(provider, "the provider of this provider_idx");
  }
  return csv.result();
}

Result<void> load_providers(const std::string& path, std::vector<AlphaProvider>& providers) {
  CsvReader csv(path);
  const std::size_t moniker = csv.column("moniker");
  const std::size_t region = csv.column("region");
  const std::size_t cpu = csv.column("cpu_milli_avail");
  const std::size_t provider = csv.column("provider");
  while (csv.next()) {
    AlphaProvider& row = providers.emplace_back();
    row.moniker = csv.text(moniker);
    row.region = csv.text(region);
    row.provider = id_of(csv, provider);
    if (!csv.text(cpu).empty()) row.cpu_milli_available = csv.integer(cpu, 0, index_max);
  }
  return csv.result();
}

}  // namespace

std::string_view alpha_state_name(AlphaState state) {
  switch (state) {
    case AlphaState::open: return "OPEN";
    case AlphaState::matched: return "MATCHED";
    case AlphaState::closed: return "CLOSED";
  }
  return "";
}

Result<AlphaTestnet> load_alpha_testnet(const std::string& folder) {
  AlphaTestnet testnet;
  std::set<OrderKey> orders;
  if (auto result = load_orders(folder + "/orders.csv", testnet.orders, orders); !result)
    return Unexpected{result.error()};
  if (auto result = load_bids(folder + "/bids.csv", orders, testnet.bids); !result)
    return Unexpected{result.error()};
  if (auto result = load_providers(folder + "/providers.csv", testnet.providers); !result)
    return Unexpected{result.error()};
  return testnet;
}

}  // namespace souk::scenarios
