#include "scenarios/theory.hpp"

#include <cmath>
#include <cstddef>

namespace souk::scenarios::theory {
namespace {

/// Simpson's rule on [a, b] with n (even) panels.
template <class F>
double integrate(F f, double a, double b, int n) {
  const double h = (b - a) / n;
  double sum = f(a) + f(b);
  for (int i = 1; i < n; ++i) sum += f(a + h * i) * (i % 2 == 1 ? 4 : 2);
  return sum * h / 3;
}

}  // namespace

double power(double x, std::uint32_t n) {
  double result = 1;
  for (std::uint32_t i = 0; i < n; ++i) result *= x;
  return result;
}

double mean_price(std::uint32_t bidders) { return 2.0 / (bidders + 1); }
double mean_winner_cost(std::uint32_t bidders) { return 1.0 / (bidders + 1); }

// The winner's cost is Beta(1, N); its bid is cost + (1 - cost)/N, so the spread shrinks by (N-1)/N.
double sd_first_price(std::uint32_t bidders) {
  const double n = bidders;
  return (n - 1) / n * std::sqrt(n / ((n + 1) * (n + 1) * (n + 2)));
}

// The second-lowest of N is Beta(2, N-1).
double sd_second_price(std::uint32_t bidders) {
  const double n = bidders;
  return std::sqrt(2 * (n - 1) / ((n + 1) * (n + 1) * (n + 2)));
}

double second_price_profit(std::uint32_t bidders, double shift) {
  // Against the lowest of N-1 rivals: integrate by parts over that price, then over the own cost.
  const auto given_cost = [&](double cost) {
    const double bid = std::fmin(1, std::fmax(0, cost + shift));
    return (bid - cost) * power(1 - bid, bidders - 1) + power(1 - bid, bidders) / bidders;
  };
  const double kink = shift >= 0 ? 1 - std::fmin(1, shift) : std::fmin(1, -shift);
  return integrate(given_cost, 0, kink, 2000) + integrate(given_cost, kink, 1, 2000);
}

double exponential_mean_price(std::uint32_t bidders) { return 1.0 / bidders + 1.0 / (bidders - 1); }

Reserve reserve_price(std::uint32_t bidders, double r) {
  const double n = bidders;
  Reserve out;
  out.trade_probability = 1 - power(1 - r, bidders);
  // Revenue equivalence: the second-lowest cost, or r when only one bidder is below it.
  const double second =
      bidders < 2
          ? 0
          : integrate([&](double x) { return x * n * (n - 1) * x * power(1 - x, bidders - 2); }, 0, r, 4000);
  out.mean_payment = r * n * r * power(1 - r, bidders - 1) + second;
  out.tenant_surplus = out.trade_probability - out.mean_payment;
  const double winner_cost =
      integrate([&](double x) { return x * n * power(1 - x, bidders - 1); }, 0, r, 4000);
  out.welfare = out.trade_probability - winner_cost;
  return out;
}

PostedPrice best_posted_price(std::uint32_t bidders) {
  // max (1 - p)(1 - (1 - p)^N): with q = 1 - p, q^N = 1/(N + 1).
  const double q = std::exp(-std::log(bidders + 1.0) / bidders);
  return {1 - q, q * (1 - power(q, bidders))};
}

double erlang_b(std::uint32_t servers, double erlangs) {
  double blocking = 1;
  for (std::uint32_t c = 1; c <= servers; ++c) blocking = erlangs * blocking / (c + erlangs * blocking);
  return blocking;
}

double erlang_c(std::uint32_t servers, double erlangs) {
  const double blocking = erlang_b(servers, erlangs);
  return blocking / (1 - erlangs / servers * (1 - blocking));
}

double mg1_wait(double load, double cv2) { return load * (1 + cv2) / (2 * (1 - load)); }

Pool kaufman_roberts(std::uint32_t capacity, const std::vector<LossClass>& classes) {
  std::vector<double> weight(capacity + 1, 0.0);
  weight[0] = 1;
  double total = 1;
  double used = 0;
  for (std::uint32_t j = 1; j <= capacity; ++j) {
    for (const LossClass& c : classes)
      if (c.size <= j) weight[j] += c.erlangs * c.size * weight[j - c.size] / j;
    total += weight[j];
    used += weight[j] * j;
  }
  Pool pool;
  pool.utilisation = used / total / capacity;
  for (const LossClass& c : classes) {
    double blocked = 0;
    for (std::uint32_t j = capacity < c.size ? 0 : capacity - c.size + 1; j <= capacity; ++j)
      blocked += weight[j];
    pool.blocking.push_back(blocked / total);
  }
  return pool;
}

}  // namespace souk::scenarios::theory
