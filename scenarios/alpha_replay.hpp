#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/result.hpp"
#include "actors/chain/params.hpp"
#include "actors/chain/types.hpp"
#include "scenarios/data_alpha.hpp"

/// Akash's alpha testnet of 2019 through today's ledger: every recorded order and bid is a transaction, the
/// lowest bid is leased, and the state each order ends in is compared with the recorded one.
namespace souk::scenarios {

/// The era of 2019 in today's terms: prices in uakt, no deposits to speak of, no take rate.
ChainParams era_alpha_2019();

/// What explains an order's recorded and replayed state.
enum class AlphaClass : std::uint8_t {
  same,             ///< they agree
  closed_leased,    ///< recorded CLOSED, replayed active: last order of its deployment, with a lease
  closed_unleased,  ///< recorded CLOSED, replayed open: last order of its deployment, without a bid
  unexplained,      ///< anything else
};
inline constexpr std::size_t alpha_class_count = 4;
std::string_view alpha_class_name(AlphaClass difference);
/// Why orders of this class differ: one sentence.
std::string_view alpha_class_reason(AlphaClass difference);

struct AlphaOrderOutcome {
  AlphaOrder order;
  std::size_t bid_count = 0;
  /// The leased bid: lowest price, then lowest provider index. Absent without bids.
  std::optional<std::int64_t> low_price_uakt_per_block;
  std::optional<std::int64_t> winner_index;
  OrderState replayed = OrderState::invalid;
  AlphaClass difference = AlphaClass::unexplained;
};

/// Orders with one number of bidders.
struct AlphaPriceRow {
  std::size_t bidder_count = 0;
  std::size_t order_count = 0;
  double mean_low_price_uakt = 0;
};

struct AlphaReport {
  std::vector<AlphaOrderOutcome> orders;  ///< as in the file
  std::size_t bid_count = 0;
  std::size_t orders_with_bids = 0;
  std::size_t lease_count = 0;
  std::size_t provider_count = 0;
  std::size_t tx_count = 0;
  std::vector<std::string> refused;  ///< transactions the ledger refused, the first 20
  std::size_t refused_count = 0;
  std::array<std::size_t, alpha_class_count> classes{};
  /// Recorded state (row) by replayed state open, active, closed (column).
  std::array<std::array<std::size_t, 3>, 3> order_states{};
  /// Recorded bid state open or closed (row) by replayed state open, active, lost, closed (column).
  std::array<std::array<std::size_t, 4>, 2> bid_states{};
  std::vector<AlphaPriceRow> prices;         ///< by number of bidders
  std::map<std::int64_t, std::size_t> wins;  ///< by provider index
  double hhi_of_wins = 0;                    ///< points of 10,000
  /// Orders that still differ once each deployment whose last order is recorded CLOSED has been closed by its
  /// tenant: the check of the reasons above.
  std::size_t differing_after_closing = 0;
  std::string broken_invariant;  ///< "" when the ledger's invariants hold at the end
  Hash state_hash{};             ///< of the ledger before that closing
  bool holds() const;            ///< nothing refused, unexplained or broken
};

/// Replays a testnet. Deterministic. `bidding_blocks` is how long before its recorded end an order is
/// created: the files have no heights of creation; successive orders of a deployment are at least 21 blocks
/// apart.
AlphaReport replay_alpha_testnet(const AlphaTestnet& testnet, std::int64_t bidding_blocks = 5);

/// The report as a table, as JSON, and its orders as CSV.
std::string alpha_report_text(const AlphaReport& report);
std::string alpha_report_json(const AlphaReport& report);
std::string alpha_orders_csv(const AlphaReport& report);

}  // namespace souk::scenarios
