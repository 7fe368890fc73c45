#include "actors/chain/params.hpp"

namespace souk {

// Deposits of 5 AKT and the take module's code defaults: akash-chain.md section 5.5.
ChainParams ChainParams::era_2021() {
  ChainParams params;
  params.min_deposits = {{Denom::uakt, {5'000'000}}, {Denom::uusdc, {5'000'000}}};
  params.bid_min_deposits = {{Denom::uakt, {5'000'000}}, {Denom::uusdc, {5'000'000}}};
  params.price_denom = Denom::uakt;
  params.initial_deposit_refuses_uakt = false;
  params.take_enabled = true;
  params.send_disabled.clear();
  return params;
}

}  // namespace souk
