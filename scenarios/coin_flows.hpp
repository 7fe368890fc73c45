#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "actors/base/id_map.hpp"
#include "actors/chain/events.hpp"
#include "scenarios/market_totals.hpp"
#include "scenarios/population.hpp"

/// What the coins are for that move through escrow and the collector of fees.
namespace souk::scenarios {

class CoinFlows {
 public:
  explicit CoinFlows(const Population& population);
  void take(const EventTransfer& e, CoinTotals& totals);

 private:
  /// (denom, micro): how many bid deposits of that size escrow holds.
  using Deposits = std::map<std::pair<std::size_t, std::int64_t>, std::uint32_t>;
  void from_escrow(const EventTransfer& e, CoinTotals& totals);

  Address escrow_ = module_address("escrow");
  Address fee_collector_ = module_address("fee_collector");
  Address distribution_ = module_address("distribution");
  Address minter_ = module_address("mint");
  IdMap<Address, Deposits> providers_;
};

}  // namespace souk::scenarios
