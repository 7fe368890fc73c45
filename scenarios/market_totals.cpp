#include "scenarios/market_totals.hpp"

#include "actors/base/reflect.hpp"

namespace souk::scenarios {
namespace {

void subtract(double& a, double b) { a -= b; }

void subtract(Flow& a, const Flow& b) {
  for (std::size_t i = 0; i < denom_count; ++i) a[i] -= b[i];
}

void subtract(std::map<LeaseClosedReason, double>& a, const std::map<LeaseClosedReason, double>& b) {
  for (const auto& [reason, count] : b) a[reason] -= count;
}

template <class T>
void subtract(std::vector<T>& a, const std::vector<T>& b);

template <class T>
  requires std::is_aggregate_v<T>
void subtract(T& a, const T& b) {
  with_fields(a, [&](auto&... x) { with_fields(b, [&](const auto&... y) { (subtract(x, y), ...); }); });
}

/// What is new in `a` has nothing to be taken off.
template <class T>
void subtract(std::vector<T>& a, const std::vector<T>& b) {
  for (std::size_t i = 0; i < b.size(); ++i) subtract(a[i], b[i]);
}

}  // namespace

MarketTotals difference(const MarketTotals& later, const MarketTotals& earlier) {
  MarketTotals d = later;
  subtract(d, earlier);
  return d;
}

Flow escrow_held(const CoinTotals& coins) {
  Flow held = coins.deposited;
  for (std::size_t i = 0; i < denom_count; ++i) {
    held[i] +=
        coins.bid_deposits[i] - coins.paid[i] - coins.refunded[i] - coins.bid_refunds[i] - coins.take[i];
  }
  return held;
}

}  // namespace souk::scenarios
