#pragma once

#include <cstdint>
#include <vector>

#include "actors/base/money.hpp"
#include "actors/base/time.hpp"
#include "actors/chain/stake_params.hpp"

namespace souk {

/// What mint does in one block.
struct Provision {
  Dec bonded_ratio;
  Dec inflation;
  Dec annual_provisions;
  Amount amount;  ///< made in this block
};

/// The inflation recurrence: every block moves inflation toward what makes the bonded ratio its goal, and
/// makes a year's worth of coins divided by the blocks of a year. Every block counts, empty ones too.
/// Source: akash-chain.md section 8.5; cosmos-sdk x/mint/types/minter.go (Dec roundings half to even).
class Minter {
 public:
  /// REQUIRES: 0 <= inflation.
  explicit Minter(Dec inflation = {}) : inflation_(inflation) {}

  /// The next block's provision. `supply`: of the mint denomination before it; `bonded`: tokens of all bonded
  /// validators. Some 50 ns; less while inflation rests at a bound. REQUIRES: params within their ranges
  /// (0 <= min <= max <= 1, goal in (0, 1], rate change in [0, 1], blocks_per_year > 0), supply >= 0.
  Provision next(const MintParams& params, Amount bonded, Amount supply) {
    return next_at(params, bonded_ratio(bonded, supply), supply);
  }
  /// The same for a given bonded ratio in [0, 1].
  Provision next_at(const MintParams& params, Dec bonded_ratio, Amount supply);

  /// Tokens bonded for each token there is, truncated; 0 of nothing.
  static Dec bonded_ratio(Amount bonded, Amount supply);

  /// Appends the canonical bytes of the state.
  void append_state(std::vector<std::uint8_t>& out) const;
  Dec inflation() const { return inflation_; }
  Dec annual_provisions() const { return annual_provisions_; }

 private:
  Dec inflation_;
  Dec annual_provisions_;
  // Of the last block, so that a ratio that stays costs nothing.
  MintParams known_params_;
  Dec known_ratio_ = Dec::from_int(-1);
  Dec known_change_;
};

}  // namespace souk
