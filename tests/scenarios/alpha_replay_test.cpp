// The alpha testnet of 2019 through the ledger: economics.md V38 and V33, and each class of difference.
#include "scenarios/alpha_replay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace souk::scenarios {
namespace {

using testing::HasSubstr;

std::string alpha_folder() {
  const char* data = std::getenv("SOUK_DATA");
  const std::filesystem::path folder =
      data != nullptr ? std::filesystem::path(data)
                      : std::filesystem::path(SOUK_SOURCE_DIR) / ".." / "shared" / "data";
  return (folder / "akash-alpha-testnet-2019").string();
}

class AlphaReplayOfRecord : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(alpha_folder())) GTEST_SKIP() << "no recorded data: set SOUK_DATA";
    auto testnet = load_alpha_testnet(alpha_folder());
    ASSERT_TRUE(testnet) << testnet.error().message;
    testnet_ = std::move(*testnet);
  }
  AlphaTestnet testnet_;
};

TEST_F(AlphaReplayOfRecord, EveryOrderAndBidIsATransactionTheLedgerTakes) {
  const AlphaReport report = replay_alpha_testnet(testnet_);
  EXPECT_EQ(report.orders.size(), 2367u);
  EXPECT_EQ(report.bid_count, 2937u);
  EXPECT_EQ(report.orders_with_bids, 2120u);
  EXPECT_EQ(report.lease_count, 2120u);
  EXPECT_EQ(report.provider_count, 12u);
  EXPECT_EQ(report.refused_count, 0u) << (report.refused.empty() ? "" : report.refused.front());
  EXPECT_EQ(report.broken_invariant, "");
  // 12 providers, 2,367 orders (each created by one transaction), 2,937 bids, 2,120 leases, 385 closings.
  EXPECT_EQ(report.tx_count, 12u + 2367u + 2937u + 2120u + 385u);
}

TEST_F(AlphaReplayOfRecord, PricesAndConcentrationAreThoseOfV38AndV33) {
  const AlphaReport report = replay_alpha_testnet(testnet_);
  const std::vector<std::pair<std::size_t, double>> expected = {{1742, 44.18}, {163, 51.08}, {70, 42.73},
                                                                {76, 41.32},   {59, 45.95},  {10, 27.50}};
  ASSERT_EQ(report.prices.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(report.prices[i].bidder_count, i + 1);
    EXPECT_EQ(report.prices[i].order_count, expected[i].first);
    EXPECT_NEAR(report.prices[i].mean_low_price_uakt, expected[i].second, 0.005);
  }
  EXPECT_NEAR(report.hhi_of_wins, 4107.31, 0.005);
}

TEST_F(AlphaReplayOfRecord, EveryDifferenceHasAReason) {
  const AlphaReport report = replay_alpha_testnet(testnet_);
  const auto count = [&](AlphaClass difference) {
    return report.classes[static_cast<std::size_t>(difference)];
  };
  EXPECT_EQ(count(AlphaClass::same), 1982u);
  EXPECT_EQ(count(AlphaClass::closed_leased), 304u);
  EXPECT_EQ(count(AlphaClass::closed_unleased), 81u);
  EXPECT_EQ(count(AlphaClass::unexplained), 0u);
  EXPECT_EQ(report.differing_after_closing, 0u);
  EXPECT_TRUE(report.holds());
  const std::array<std::array<std::size_t, 3>, 3> states{{{166, 0, 0}, {0, 399, 0}, {81, 304, 1417}}};
  EXPECT_EQ(report.order_states, states);
}

TEST_F(AlphaReplayOfRecord, HowLongBeforeItsEndAnOrderIsCreatedChangesNothing) {
  const AlphaReport early = replay_alpha_testnet(testnet_, 20);
  const AlphaReport late = replay_alpha_testnet(testnet_, 1);
  EXPECT_EQ(early.order_states, late.order_states);
  EXPECT_EQ(early.bid_states, late.bid_states);
  EXPECT_EQ(early.wins, late.wins);
}

TEST_F(AlphaReplayOfRecord, TwiceGivesTheSameBytes) {
  const AlphaReport once = replay_alpha_testnet(testnet_);
  const AlphaReport twice = replay_alpha_testnet(testnet_);
  EXPECT_EQ(once.state_hash, twice.state_hash);
  EXPECT_EQ(alpha_report_json(once), alpha_report_json(twice));
  const std::string csv = alpha_orders_csv(once);
  EXPECT_EQ(csv, alpha_orders_csv(twice));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 2368);
}

/// One deployment with the given orders and bids.
AlphaTestnet small_testnet(const std::vector<AlphaState>& orders,
                           const std::vector<std::tuple<std::uint32_t, std::int64_t, std::int64_t>>& bids) {
  AlphaTestnet testnet;
  std::uint32_t oseq = 2;
  for (AlphaState state : orders) {
    testnet.orders.push_back({0, std::string(64, 'a'), 1, oseq, 1000 * std::int64_t{oseq}, state, 0});
    ++oseq;
  }
  for (const auto& [order, provider, price] : bids)
    testnet.bids.push_back(
        {0, 1, order, provider, std::string(63, '0') + std::to_string(provider), price, AlphaState::open, 0});
  // Accounts are the first bytes of an id, so that is where these differ.
  for (AlphaBid& bid : testnet.bids) std::reverse(bid.provider.begin(), bid.provider.end());
  return testnet;
}

TEST(AlphaReplay, TheLowestBidWinsAndTiesGoToTheLowestIndex) {
  const AlphaReport report = replay_alpha_testnet(
      small_testnet({AlphaState::matched}, {{2, 3, 50}, {2, 2, 40}, {2, 1, 40}, {2, 4, 90}}));
  EXPECT_EQ(report.orders.at(0).winner_index, 1);
  EXPECT_EQ(report.orders.at(0).low_price_uakt_per_block, 40);
  EXPECT_EQ(report.orders.at(0).difference, AlphaClass::same);
  const std::array<std::array<std::size_t, 4>, 2> bids{{{0, 1, 3, 0}, {0, 0, 0, 0}}};
  EXPECT_EQ(report.bid_states, bids);
}

TEST(AlphaReplay, AnOrderThatWasNeverLeasedGivesWayByARestartOfItsGroup) {
  const AlphaReport report =
      replay_alpha_testnet(small_testnet({AlphaState::closed, AlphaState::matched}, {{3, 1, 10}}));
  EXPECT_EQ(report.orders.at(0).replayed, OrderState::closed);
  EXPECT_EQ(report.orders.at(1).replayed, OrderState::active);
  EXPECT_TRUE(report.holds());
}

TEST(AlphaReplay, AnUnleasedOrderRecordedAsMatchedIsUnexplained) {
  const AlphaReport report = replay_alpha_testnet(small_testnet({AlphaState::matched}, {}));
  EXPECT_EQ(report.orders.at(0).difference, AlphaClass::unexplained);
  EXPECT_FALSE(report.holds());
}

TEST(AlphaReplay, ARefusedBidIsReportedWithItsReason) {
  // Above the highest price an order may have.
  const AlphaReport report = replay_alpha_testnet(small_testnet({AlphaState::open}, {{2, 1, 10'000'001}}));
  EXPECT_EQ(report.refused_count, 1u);
  EXPECT_THAT(report.refused.at(0), HasSubstr("price is over the order's"));
  EXPECT_FALSE(report.holds());
}

TEST(AlphaReplay, TheReportNamesFiguresAndReasons) {
  const AlphaReport report = replay_alpha_testnet(small_testnet({AlphaState::closed}, {{2, 1, 10}}));
  const std::string text = alpha_report_text(report);
  EXPECT_THAT(text, HasSubstr("orders 1, of them with bids 1; bids 1 of 1 providers; leases 1"));
  EXPECT_THAT(text, HasSubstr("closed_leased"));
  EXPECT_THAT(text, HasSubstr("ledger invariants: hold"));
  EXPECT_THAT(alpha_report_json(report), HasSubstr("\"hhi_of_wins\": 10000.0"));
  EXPECT_THAT(alpha_orders_csv(report), HasSubstr("0,1,2,2000,1,10,1,CLOSED,active,closed_leased\n"));
}

}  // namespace
}  // namespace souk::scenarios
