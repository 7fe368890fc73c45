#include "scenarios/data_requests.hpp"

#include <cmath>

#include "scenarios/csv.hpp"

namespace souk::scenarios {
namespace {

constexpr double mib_max = 1 << 30;
constexpr double bytes_per_mib = 1 << 20;

/// Columns in MiB, written as decimals.
std::int64_t bytes_of(CsvReader& csv, std::size_t column) {
  return static_cast<std::int64_t>(csv.number(column, 0, mib_max) * bytes_per_mib);
}

std::vector<std::string> split_models(std::string_view text) {
  std::vector<std::string> models;
  while (!text.empty()) {
    const std::size_t bar = text.find('|');
    if (bar != 0) models.emplace_back(text.substr(0, bar));
    text.remove_prefix(bar == std::string_view::npos ? text.size() : bar + 1);
  }
  return models;
}

DecCoin price_of(CsvReader& csv, std::size_t denom, std::size_t amount) {
  DecCoin price;
  // axlUSDC by its IBC name.
  const std::string& name = csv.text(denom);
  const auto known = parse_denom(name.starts_with("ibc/170C6776") ? std::string("uusdc") : name);
  if (known)
    price.denom = *known;
  else
    csv.refuse(denom, "uact, uakt or the IBC name of axlUSDC");
  const auto value = Dec::parse(csv.text(amount));
  if (value && !value->is_negative())
    price.amount = *value;
  else
    csv.refuse(amount, "a decimal number that is not negative");
  return price;
}

}  // namespace

Result<std::vector<ServiceRequest>> load_service_requests(const std::string& path) {
  CsvReader csv(path);
  const std::size_t app = csv.column("app");
  const std::size_t service = csv.column("service");
  const std::size_t count = csv.column("count");
  const std::size_t cpu = csv.column("cpu_units");
  const std::size_t memory = csv.column("memory_mib");
  const std::size_t ephemeral = csv.column("ephemeral_mib");
  const std::size_t persistent = csv.column("persistent_mib");
  const std::size_t gpus = csv.column("gpu_units");
  const std::size_t models = csv.column("gpu_models");
  const std::size_t denom = csv.column("price_denom");
  const std::size_t amount = csv.column("max_price_per_block");
  std::vector<ServiceRequest> requests;
  while (csv.next()) {
    ServiceRequest request;
    request.app = csv.text(app);
    request.service = csv.text(service);
    request.count = static_cast<std::uint32_t>(csv.integer(count, 1, 1'000'000));
    request.cpu_milli = std::llround(csv.number(cpu, 0, 1e6) * 1000);
    if (!csv.text(memory).empty()) request.memory_bytes = bytes_of(csv, memory);
    request.ephemeral_bytes = bytes_of(csv, ephemeral);
    request.persistent_bytes = bytes_of(csv, persistent);
    request.gpu_units = static_cast<std::uint32_t>(csv.integer(gpus, 0, 1024));
    request.gpu_models = split_models(csv.text(models));
    request.price_max = price_of(csv, denom, amount);
    requests.push_back(std::move(request));
  }
  if (auto result = csv.result(); !result) return Unexpected{result.error()};
  return requests;
}

}  // namespace souk::scenarios
