#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/base/money.hpp"
#include "actors/base/time.hpp"
#include "actors/chain/stake_params.hpp"

namespace souk {

/// Known defects of the live chain (akash-chain.md section 13 item 3). false = fixed, the default; true =
/// reproduced. `compat: akash` in a scenario sets all of them.
struct CompatSwitches {
  bool losing_bid_loop_stops = false;         ///< only the first losing bid is refunded (support issue 441)
  bool same_block_withdraw_panics = false;    ///< second withdraw at one height fails (support issue 414)
  bool same_block_close_orphans = false;      ///< PaymentClose at delta 0 leaves an open payment (issue 414)
  bool payment_create_drops_accrual = false;  ///< other payments' accrual since the last settle is lost
  bool dseq_prefix_collision = false;         ///< settling owner/123 also sees payments of owner/1234
  bool open_orders_survive_close = false;     ///< before v2.1.0 (support issue 438)

  static constexpr CompatSwitches akash() { return {true, true, true, true, true, true}; }
};

/// Percent of a provider's withdrawal kept by the community pool, per denomination (section 5.5).
struct TakeRate {
  Denom denom = Denom::uakt;
  std::uint32_t percent = 0;
};

/// What the winner of an order is paid. A study feature: Akash knows only the first.
enum class AuctionRule : std::uint8_t {
  first_price,   ///< the lease takes the bid's own price: Akash's pay-as-bid
  second_price,  ///< NOT Akash: the lowest competing open bid on the order, or the order's maximum when there
                 ///< is none; never below the chosen bid's own price
};

/// Parameters of the chain's modules: each with its live value and source. An era is one filled struct.
struct ChainParams {
  // deployment (section 7)
  std::vector<Coin> min_deposits{{Denom::uakt, {500'000}}, {Denom::uact, {500'000}}};
  Denom price_denom = Denom::uact;  ///< the denomination groups must be priced in (section 2.2, error 24)
  bool initial_deposit_refuses_uakt = true;  ///< AKT only by a later MsgAccountDeposit (section 13 item 6)
  // market
  std::vector<Coin> bid_min_deposits{{Denom::uakt, {500'000}}, {Denom::uact, {500'000}}};
  std::uint32_t order_max_bids = 20;
  Duration min_reclamation_window = std::chrono::hours(1);
  Duration max_reclamation_window = std::chrono::hours(720);
  AuctionRule auction_rule = AuctionRule::first_price;
  // escrow
  bool akt_fallback = false;  ///< section 5.3 step 7; live only while BME is halted
  Dec akt_price_usd;          ///< oracle price for the fallback; zero = no price
  // take (removed in v2.0.0; the 2021-2026 era has it)
  bool take_enabled = false;
  std::vector<TakeRate> take_rates{{Denom::uakt, 2}};
  std::uint32_t default_take_percent = 20;
  // bank
  std::vector<Denom> send_disabled{Denom::uact};
  // staking, slashing, mint, distribution, gov, evidence
  StakeParams stake;

  CompatSwitches compat;

  /// Today's chain: BME era, no take rate.
  static ChainParams era_2026() { return {}; }
  /// 2021-2026: priced in AKT or USDC, take rate at withdrawal.
  static ChainParams era_2021();
};

}  // namespace souk
