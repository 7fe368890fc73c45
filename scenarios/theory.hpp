#pragma once

#include <cstdint>
#include <vector>

/// Closed forms of economics.md section 3: what `souk validate` expects. Never what it measures: every
/// measured number comes out of the actors and the ledger. Costs are uniform on [0, 1] unless said otherwise.
namespace souk::scenarios::theory {

/// x^n by repeated multiplication: the same bits on every machine.
double power(double x, std::uint32_t n);

/// V01, V02. n bidders, no binding cap: mean price, mean cost of the winner, standard deviation of the price
/// when the winner is paid its own bid, and when it is paid the second-lowest.
double mean_price(std::uint32_t bidders);
double mean_winner_cost(std::uint32_t bidders);
double sd_first_price(std::uint32_t bidders);
double sd_second_price(std::uint32_t bidders);

/// V03. Ex-ante profit of one bidder who bids cost + `shift` against bidders - 1 truthful rivals, second
/// price.
double second_price_profit(std::uint32_t bidders, double shift);

/// V05. Mean price with exponential costs of mean 1 and no binding cap. REQUIRES: bidders >= 2.
double exponential_mean_price(std::uint32_t bidders);

/// V06. Procurement with a maximum price r in (0, 1] and tenant value 1.
struct Reserve {
  double trade_probability = 0;
  double mean_payment = 0;  ///< zero where there is no trade
  double tenant_surplus = 0;
  double welfare = 0;
};
Reserve reserve_price(std::uint32_t bidders, double r);
/// The tenant's best surplus with a posted price, and that price: V06's last column (V07).
struct PostedPrice {
  double price = 0;
  double surplus = 0;
};
PostedPrice best_posted_price(std::uint32_t bidders);

/// V13. Blocking of c servers offered a erlangs; probability of waiting when arrivals queue (a < c).
double erlang_b(std::uint32_t servers, double erlangs);
double erlang_c(std::uint32_t servers, double erlangs);

/// V14. Mean wait in queue of M/G/1, in mean service times: rho (1 + cv2) / (2 (1 - rho)).
double mg1_wait(double load, double cv2);

/// V15. Blocking per class of one pool of `capacity` units (Kaufman-Roberts), and its utilisation.
struct LossClass {
  std::uint32_t size = 1;
  double erlangs = 0;
};
struct Pool {
  std::vector<double> blocking;  ///< one per class, in the given order
  double utilisation = 0;
};
Pool kaufman_roberts(std::uint32_t capacity, const std::vector<LossClass>& classes);

}  // namespace souk::scenarios::theory
