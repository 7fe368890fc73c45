#pragma once

#include "actors/base/money.hpp"
#include "actors/chain/params.hpp"

namespace souk {

/// What the community pool keeps of a withdrawal: T(amount x rate%), zero when the chain has no take rate.
/// Source: akash-chain.md section 5.5.
inline Amount take_fee(const ChainParams& params, Coin earnings) {
  if (!params.take_enabled) return {};
  std::uint32_t percent = params.default_take_percent;
  for (const TakeRate& rate : params.take_rates) {
    if (rate.denom == earnings.denom) percent = rate.percent;
  }
  return {static_cast<std::int64_t>(static_cast<i128>(earnings.amount.micro) * percent / 100)};
}

}  // namespace souk
