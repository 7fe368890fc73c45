#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "actors/chain/params.hpp"
#include "scenarios/lab.hpp"

/// Auctions for `souk validate`: one tenant posts one-shot orders, providers bid by a strategy, the cheapest
/// bid is leased.
namespace souk::scenarios {

/// What serving an order costs a provider, drawn for each order.
enum class Costs : std::uint8_t { unit_uniform, raised_uniform, exponential };
/// How a provider bids on it.
enum class Bids : std::uint8_t { truthful, uniform_equilibrium, exponential_equilibrium };

/// One experiment: n auctions among `bidders` providers with costs in USD an hour.
struct Auctions {
  std::uint64_t seed = 1;
  std::uint64_t n = 0;
  std::uint32_t bidders = 2;
  Costs costs = Costs::unit_uniform;
  Bids bids = Bids::truthful;
  std::uint32_t believed = 2;  ///< bidders they believe there are, in equilibrium
  double shift = 0;            ///< the first provider bids its cost plus this (V03)
  double maximum = 1;          ///< the tenant's reserve, USD an hour
  AuctionRule rule = AuctionRule::first_price;
  std::uint32_t order_max_bids = 500;
  friend bool operator==(const Auctions&, const Auctions&) = default;
};

/// What n auctions came to.
struct AuctionOutcome {
  Moments price;        ///< USD an hour, of the auctions with a trade
  Moments payment;      ///< the same with 0 where there was none
  Moments winner_cost;  ///< of the trades
  Moments surplus;      ///< tenant's, value 1
  Moments welfare;      ///< value 1 less cost, 0 without trade
  Moments traded;       ///< 0 or 1

  void merge(const AuctionOutcome& later) {
    for (auto moments : {&AuctionOutcome::price, &AuctionOutcome::payment, &AuctionOutcome::winner_cost,
                         &AuctionOutcome::surplus, &AuctionOutcome::welfare, &AuctionOutcome::traded})
      (this->*moments).merge(later.*moments);
  }
};

/// A trade, as it becomes known.
struct Trade {
  std::uint64_t auction = 0;  ///< the n-th order
  double price = 0;           ///< USD an hour
  ActorId winner;
  double cost = 0;  ///< the winner's
};

/// Auctions in one market at most; more are held in several, which keeps each one's ledger in the processor's
/// cache and gives every thread its share.
inline constexpr std::uint64_t auctions_per_market = 25'000;

/// The `number`-th of `count` repetitions that together are `a`.
Auctions part_of(Auctions a, std::uint64_t count, std::uint64_t number);

/// Holds the auctions `a` in one market, with the streams of `seed` instead of its own; tells of every trade.
Result<void> hold_auctions(const Auctions& a, std::uint64_t seed,
                           const std::function<void(const Trade&)>& tell);

/// Outcomes by experiment.
class AuctionResults {
 public:
  const AuctionOutcome* find(const Auctions& a) const {
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return one.first == a; });
    return at == all_.end() ? nullptr : &at->second;
  }
  void add(const Auctions& a, AuctionOutcome outcome) { all_.emplace_back(a, std::move(outcome)); }

 private:
  std::vector<std::pair<Auctions, AuctionOutcome>> all_;
};

/// Runs the experiments that nobody has run yet, side by side, and returns all. Errors: the first one's.
Result<std::vector<AuctionOutcome>> run_all(const CheckInput& in, const std::vector<Auctions>& experiments);

}  // namespace souk::scenarios
