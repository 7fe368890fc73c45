#include "scenarios/order_book.hpp"

#include <string_view>
#include <utility>

namespace souk::scenarios {
namespace {

constexpr double gib = 1024.0 * 1024.0 * 1024.0;

/// The model an order's GPU attributes name, if they name exactly one: `vendor/<v>/model/<m>...`.
std::string model_named(const Attributes& attributes) {
  constexpr std::string_view mark = "/model/";
  std::string found;
  for (const Attribute& attribute : attributes) {
    const auto at = attribute.key.find(mark);
    if (at == std::string::npos) continue;
    const auto begin = at + mark.size();
    const std::string model = attribute.key.substr(begin, attribute.key.find('/', begin) - begin);
    if (model == "*" || (!found.empty() && found != model)) return {};
    found = model;
  }
  return found;
}

}  // namespace

OpenOrder open_order(const EventOrderCreated& e, const ChainNotice& notice) {
  OpenOrder order;
  order.posted = notice.block_time;
  order.height = notice.height;
  if (!e.spec->resources.empty()) order.maximum = group_price(*e.spec);
  for (const ResourceUnit& unit : e.spec->resources) {
    const auto count = static_cast<double>(unit.count);
    order.gpus += count * static_cast<double>(unit.resource.gpu_units);
    order.cpus += count * static_cast<double>(unit.resource.cpu_milli) / 1000;
    order.memory_gib += count * static_cast<double>(unit.resource.memory_bytes) / gib;
    if (unit.resource.gpu_units > 0 && order.gpu_model.empty()) {
      order.gpu_model = model_named(unit.resource.gpu_attributes);
    }
  }
  return order;
}

void OrderBook::account(Time at, OrderTotals& totals) {
  if (at <= accounted_) return;  // live actors' clocks differ by a moment
  totals.open_h += seconds(at - accounted_) / 3600 * static_cast<double>(orders_.size());
  accounted_ = at;
}

void OrderBook::bid(const OrderId& id, double usd_h) {
  const auto found = orders_.find(id);
  if (found == orders_.end()) return;
  OpenOrder& order = found->second;
  ++order.bids;
  if (!(order.lowest <= usd_h)) {
    order.second = order.lowest;
    order.lowest = usd_h;
  } else if (!(order.second <= usd_h)) {
    order.second = usd_h;
  }
}

std::optional<OpenOrder> OrderBook::decide(const OrderId& id, bool leased, OrderTotals& totals) {
  const auto found = orders_.find(id);
  if (found == orders_.end()) return std::nullopt;
  OpenOrder order = std::move(found->second);
  orders_.erase(found);
  totals.decided_bids += order.bids;
  if (order.second == order.second && order.lowest > 0) {
    totals.spread_sum += (order.second - order.lowest) / order.lowest;
    ++totals.spread_orders;
  }
  const bool blocked = !leased && order.bids == 0;
  totals.blocked += blocked ? 1 : 0;
  if (order.gpus > 0) {
    ++totals.gpu_decided;
    totals.gpu_blocked += blocked ? 1 : 0;
  }
  return order;
}

}  // namespace souk::scenarios
