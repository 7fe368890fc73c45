#pragma once

#include <array>
#include <string>

#include "actors/base/money.hpp"

namespace souk {

/// Decimal amounts, one of each denomination: the SDK's DecCoins. What is less than a micro-unit of a coin
/// has an owner too (akash-chain.md section 8.5).
struct DecCoins {
  std::array<Dec, denom_count> of{};

  Dec& operator[](Denom denom) { return of[static_cast<std::size_t>(denom)]; }
  const Dec& operator[](Denom denom) const { return of[static_cast<std::size_t>(denom)]; }
  bool is_zero() const { return *this == DecCoins{}; }

  DecCoins& operator+=(const DecCoins& other) {
    for (std::size_t i = 0; i < denom_count; ++i) of[i] += other.of[i];
    return *this;
  }
  DecCoins& operator-=(const DecCoins& other) {
    for (std::size_t i = 0; i < denom_count; ++i) of[i] -= other.of[i];
    return *this;
  }
  friend DecCoins operator+(DecCoins a, const DecCoins& b) { return a += b; }
  friend DecCoins operator-(DecCoins a, const DecCoins& b) { return a -= b; }
  friend bool operator==(const DecCoins&, const DecCoins&) = default;

  /// The same with every amount put through `change`.
  template <class Change>
  DecCoins each(Change change) const {
    DecCoins result;
    for (std::size_t i = 0; i < denom_count; ++i)
      if (!of[i].is_zero()) result.of[i] = change(of[i]);
    return result;
  }
};

/// "1.500000000000000000uact,2.000000000000000000uakt": by denomination name, zeros left out.
std::string to_string(const DecCoins& coins);

}  // namespace souk
