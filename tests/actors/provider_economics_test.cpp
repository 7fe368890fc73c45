#include "actors/provider.hpp"

#include <gtest/gtest.h>

#include "tests/actors/provider_desk.hpp"

namespace souk {
namespace {

using std::chrono::hours;
using test::Desk;
using test::gpu_unit;
using test::group;
using test::order;
using test::review;
using test::rival;
using test::self;
using test::small_cluster;

// ---- entry and exit -----------------------------------------------------------------------------------

ProviderConfig economic(double prior) {
  ProviderConfig config = small_cluster();
  config.economics.enabled = true;
  config.economics.price_prior_usd_h = prior;
  config.economics.price_memory = 1.0;
  config.cost = {900, .42, 0,  .06, 1.1, 2,
                 .20, .08, .5, .25, 0};  // a used 3090: .186 break-even, .021 avoidable
  return config;
}

void tell_rent(Desk& desk, std::uint64_t dseq, double usd_per_gpu_h) {
  desk.see_order(dseq, group({gpu_unit("vendor/nvidia/model/a100", 2, 1'000'000)}));
  const DecCoin price{Denom::uact,
                      per_block(2 * usd_per_gpu_h, Denom::uact, desk.provider.config().exchange)};
  desk.notice(EventLeaseCreated{bid_id(order(dseq), rival), price});
}

TEST(Provider, EntersOnceTheRentCoversItsBreakEven) {
  ProviderConfig config = economic(.18);
  config.economics.starts_inside = false;
  Desk desk(config);
  EXPECT_TRUE(desk.msgs<MsgCreateProvider>().empty());
  desk.fire(review);
  EXPECT_EQ(desk.provider.market_state(), MarketState::outside);
  tell_rent(desk, 1, .19);
  desk.see_order(2);
  desk.fire(review);
  EXPECT_EQ(desk.provider.market_state(), MarketState::active);
  EXPECT_EQ(desk.msgs<MsgCreateProvider>().size(), 1u);
  EXPECT_EQ(desk.noted(Note::Metric::provider_entered), 1u);
  EXPECT_EQ(desk.msgs<MsgCreateBid>().size(), 2u) << "it catches up with young orders";
}

TEST(Provider, IdlesWhileTheRentIsBelowAvoidableEnergy) {
  ProviderConfig config = economic(.3);
  config.economics.cash_reserve_usd = 1e6;
  Desk desk(config);
  tell_rent(desk, 1, .02);
  desk.fire(review);
  EXPECT_EQ(desk.provider.market_state(), MarketState::idle);
  desk.see_order(2);
  EXPECT_TRUE(desk.msgs<MsgCreateBid>().empty());
  tell_rent(desk, 3, .022);
  desk.fire(review);
  EXPECT_EQ(desk.provider.market_state(), MarketState::active);
}

// Standing cost without capital: 8 GPUs x (900 x .08 maintenance + .25 x .02772 x 8760 idle energy) a year.
TEST(Provider, LeavesForGoodWhenItsCashIsGone) {
  ProviderConfig config = economic(.3);
  const double month = 8 * (72 + .25 * .02772 * 8760) * 720 / 8760;
  config.economics.cash_reserve_usd = month * 1.5;
  Desk desk(config);
  desk.now += hours(720);
  desk.fire(review);
  EXPECT_NEAR(desk.provider.cash_usd(), month * .5, 1e-6);
  EXPECT_EQ(desk.provider.market_state(), MarketState::active);
  desk.now += hours(720);
  desk.fire(review);
  EXPECT_NEAR(desk.provider.cash_usd(), -month * .5, 1e-6);
  EXPECT_EQ(desk.provider.market_state(), MarketState::leaving);
  EXPECT_EQ(desk.noted(Note::Metric::provider_exited), 1u);
  desk.see_order(7);
  EXPECT_TRUE(desk.msgs<MsgCreateBid>().empty());
}

TEST(Provider, EarnsItsPriceLessTheEnergyOfRentedHours) {
  Desk desk(economic(.3));
  desk.serve(1, group({gpu_unit("vendor/nvidia/model/a100", 2, 100'000)}));
  desk.now += hours(100);
  desk.notice(EventLeaseClosed{bid_id(order(1), self), LeaseClosedReason::owner});
  const double rent = usd_per_hour({Denom::uact, Dec::from_int(100'000)}, Exchange{});
  const double standing = 8 * (72 + .25 * .02772 * 8760) / 8760;
  EXPECT_NEAR(desk.provider.cash_usd(), 100 * (rent - standing - 2 * .75 * .02772), 1e-6);
}

TEST(Provider, LeavingClosesItsLeasesAsDecommissioned) {
  ProviderConfig config = economic(.3);
  config.economics.cash_reserve_usd = -1;
  Desk desk(config);
  desk.serve(1);
  desk.bid_on(2);
  desk.fire(review);
  const auto closed = desk.msgs<MsgCloseBid>();
  ASSERT_EQ(closed.size(), 2u);
  EXPECT_EQ(closed[0].reason, LeaseClosedReason::decommission);
  EXPECT_EQ(closed[1].reason, LeaseClosedReason::unspecified) << "an open bid, not a lease";
}

}  // namespace
}  // namespace souk
