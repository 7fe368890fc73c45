#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/base/result.hpp"

/// Orders and bids of Akash's alpha testnet of 2019: folder `akash-alpha-testnet-2019`. Its providers drew
/// prices at random inside a band, so these bids are zero-intelligence bids.
namespace souk::scenarios {

enum class AlphaState : std::uint8_t { open, matched, closed };
std::string_view alpha_state_name(AlphaState state);

struct AlphaOrder {
  std::int64_t deployment_index = 0;
  std::string deployment;  ///< 64 hexadecimal digits
  std::uint32_t gseq = 0;
  std::uint32_t oseq = 0;  ///< grows with each re-order; the first recorded one is 2
  std::int64_t end_at_height = 0;
  AlphaState state = AlphaState::open;
  std::size_t line = 0;  ///< in orders.csv
};

struct AlphaBid {
  std::int64_t deployment_index = 0;
  std::uint32_t gseq = 0;
  std::uint32_t oseq = 0;
  std::int64_t provider_index = 0;  ///< dense, from 0, by first appearance
  std::string provider;             ///< 64 hexadecimal digits
  std::int64_t price_uakt_per_block = 0;
  AlphaState state = AlphaState::open;
  std::size_t line = 0;  ///< in bids.csv
};

struct AlphaProvider {
  std::string moniker;
  std::string region;
  std::string provider;  ///< 64 hexadecimal digits
  std::optional<std::int64_t> cpu_milli_available;
};

struct AlphaTestnet {
  std::vector<AlphaOrder> orders;        ///< as in the file: by deployment, then oseq
  std::vector<AlphaBid> bids;            ///< as in the file
  std::vector<AlphaProvider> providers;  ///< those who published a status page; not all who bid
};

/// Reads the three files of `folder`. Errors: missing file or column, bad value, an order twice or before
/// its predecessor, a bid on an order that is not there, a provider bidding twice on one order; as
/// `file:line: ...`.
Result<AlphaTestnet> load_alpha_testnet(const std::string& folder);

}  // namespace souk::scenarios
