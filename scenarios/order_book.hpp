#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/base/id_map.hpp"
#include "actors/messages.hpp"
#include "scenarios/market_totals.hpp"

/// The orders that are open on the chain, as its events tell them.
namespace souk::scenarios {

struct OpenOrder {
  Time posted{};
  Height height;
  double gpus = 0;
  double cpus = 0;
  double memory_gib = 0;
  std::string gpu_model;  ///< what the order names, if it names one
  DecCoin maximum;        ///< price of the whole group per block; zero: none is named
  std::uint32_t bids = 0;
  double lowest = unknown;  ///< bid, USD per hour
  double second = unknown;
};
/// The order that `e` opens.
OpenOrder open_order(const EventOrderCreated& e, const ChainNotice& notice);

class OrderBook {
 public:
  explicit OrderBook(Time start) : accounted_(start) {}

  /// Counts open orders over time up to `at`. Call before what changes their number.
  void account(Time at, OrderTotals& totals);
  void post(const OrderId& id, OpenOrder order) { orders_.emplace(id, std::move(order)); }
  /// Takes in a bid on `id`, USD per hour; nothing if that is not open.
  void bid(const OrderId& id, double usd_h);
  /// Removes an order that is matched or closed, counting what its bids were and whether `leased`. None if
  /// it was not open.
  std::optional<OpenOrder> decide(const OrderId& id, bool leased, OrderTotals& totals);
  std::size_t size() const { return orders_.size(); }

 private:
  IdMap<OrderId, OpenOrder> orders_;
  Time accounted_;
};

}  // namespace souk::scenarios
