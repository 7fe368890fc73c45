#include "actors/provider.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/actors/provider_desk.hpp"

namespace souk {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::account;
using test::bid_timeout;
using test::Desk;
using test::gib;
using test::gpu_unit;
using test::group;
using test::order;
using test::rival;
using test::self;
using test::shared;
using test::small_cluster;
using test::start;
using test::unit;

// ---- start --------------------------------------------------------------------------------------------

TEST(Provider, RegistersWithWhatItsClusterCanDo) {
  const Desk desk;
  const auto created = desk.msgs<MsgCreateProvider>();
  ASSERT_EQ(created.size(), 1u);
  EXPECT_EQ(created[0].provider.owner, self);
  const Attributes& attributes = created[0].provider.attributes;
  EXPECT_TRUE(std::is_sorted(attributes.begin(), attributes.end()));
  for (const Attribute& a : {Attribute{"region", "eu-west"},
                             Attribute{"capabilities/gpu/vendor/nvidia/model/a100/ram/80Gi", "true"}}) {
    EXPECT_NE(std::find(attributes.begin(), attributes.end(), a), attributes.end()) << a.key;
  }
}

TEST(Provider, SpreadsItsFirstWithdrawalOverThePeriod) {
  const Desk desk;
  const auto timers = desk.all<SetTimer>();
  ASSERT_EQ(timers.size(), 1u);
  EXPECT_GE(timers[0].at, start);
  EXPECT_LT(timers[0].at, start + hours(1));
}

// ---- bid engine ---------------------------------------------------------------------------------------

TEST(Provider, BidsOnAnOrderItCanServe) {
  Desk desk;
  desk.see_order(1);
  const auto bids = desk.msgs<MsgCreateBid>();
  ASSERT_EQ(bids.size(), 1u);
  EXPECT_EQ(bids[0].id, bid_id(order(1), self));
  EXPECT_EQ(bids[0].price, (DecCoin{Denom::uact, Dec::from_int(10'000)}));
  EXPECT_EQ(bids[0].deposit.amount, (Coin{Denom::uact, {500'000}}));
  EXPECT_EQ(desk.provider.inventory().free().cpu_milli, 7000u) << "reserved while the bid stands";
}

// akash-offchain.md 2.2: (a) to (f), the first that fails decides.
TEST(Provider, ChecksAnOrderInTheDaemonsSequence) {
  ProviderConfig config = small_cluster();
  config.bid.only_orders_with = {{"org", "acme"}};
  Desk desk(config);
  GroupSpec spec = group({unit(1000, 1, 0)});  // malformed: no replicas
  Resources& wish = spec.resources[0].resource;
  wish.storage.assign(5, {"v", gib, {{"class", "beta3"}, {"persistent", "true"}}});
  spec.requirements.attributes = {{"region", "mars"}};
  spec.requirements.signed_by.any_of = {"akash1nobody"};

  desk.see_order(1, spec);
  EXPECT_EQ(desk.no_bids(NoBid::attributes), 1u);
  spec.requirements.attributes = {{"region", "eu-*"}};
  desk.see_order(2, spec);
  EXPECT_EQ(desk.no_bids(NoBid::attributes), 2u) << "the value is compared literally";
  spec.requirements.attributes = {{"reg*", "eu-west"}};
  desk.see_order(3, spec);
  EXPECT_EQ(desk.no_bids(NoBid::not_marked), 1u) << "the key is a pattern";
  config.bid.only_orders_with.clear();
  desk = Desk(config);
  desk.see_order(4, spec);
  EXPECT_EQ(desk.no_bids(NoBid::capabilities), 1u);
  for (StorageVolume& volume : wish.storage) volume.attributes.clear();
  desk.see_order(5, spec);
  EXPECT_EQ(desk.no_bids(NoBid::volumes), 1u);
  wish.storage.resize(4);
  desk.see_order(6, spec);
  EXPECT_EQ(desk.no_bids(NoBid::auditors), 1u);
  spec.requirements.signed_by.any_of.clear();
  desk.see_order(7, spec);
  EXPECT_EQ(desk.no_bids(NoBid::malformed), 1u);
  spec.resources[0].count = 9;
  desk.see_order(8, spec);
  EXPECT_EQ(desk.no_bids(NoBid::capacity), 1u);
  EXPECT_EQ(desk.provider.counts().bids, 0u);
  EXPECT_TRUE(desk.idle());
  spec.resources[0].count = 1;
  desk.see_order(9, spec);
  EXPECT_EQ(desk.provider.counts().bids, 1u);
}

TEST(Provider, KnowsItsAuditorsFromTheChain) {
  Desk desk;
  GroupSpec spec = group({unit(1000, 1, 1)});
  spec.requirements.attributes = {{"region", "eu-west"}};
  spec.requirements.signed_by.all_of = {to_bech32(account(50))};
  desk.see_order(1, spec);
  EXPECT_EQ(desk.no_bids(NoBid::auditors), 1u);
  const auto signed_record = std::make_shared<const Attributes>(Attributes{{"region", "eu-west"}});
  desk.notice(EventTrustedAuditorCreated{rival, account(50), signed_record});
  desk.see_order(2, spec);
  EXPECT_EQ(desk.no_bids(NoBid::auditors), 2u) << "that was about another provider";
  desk.notice(EventTrustedAuditorCreated{self, account(50), signed_record});
  desk.see_order(3, spec);
  EXPECT_EQ(desk.msgs<MsgCreateBid>().size(), 1u);
  desk.notice(EventTrustedAuditorDeleted{self, account(50)});
  desk.see_order(4, spec);
  EXPECT_EQ(desk.no_bids(NoBid::auditors), 3u);
}

TEST(Provider, OffersTheConcreteGpu) {
  Desk desk;
  desk.see_order(1, group({gpu_unit("vendor/nvidia/model/*", 2)}));
  const auto bids = desk.msgs<MsgCreateBid>();
  ASSERT_EQ(bids.size(), 1u);
  ASSERT_NE(bids[0].resources_offer, nullptr);
  EXPECT_EQ(bids[0].resources_offer->at(0).resources.gpu_attributes[0].key, "vendor/nvidia/model/a100");
}

TEST(Provider, ReleasesWhatItCannotPrice) {
  ProviderConfig config = small_cluster();
  config.pricing = TruthfulPricing{};
  config.order_cost = DrawnCost{Distribution::constant(1e9)};
  Desk desk(config);
  desk.see_order(1);
  EXPECT_EQ(desk.no_bids(NoBid::price), 1u);
  EXPECT_TRUE(desk.idle());
}

TEST(Provider, DrawsItsCostPerOrderFromItsOwnStream) {
  ProviderConfig config = small_cluster();
  config.pricing = TruthfulPricing{};
  config.order_cost = DrawnCost{*Distribution::make(Uniform{0, 1})};
  Desk one(config), same(config);
  one.see_order(1);
  const Dec first = one.msgs<MsgCreateBid>()[0].price.amount;
  one.see_order(2);
  EXPECT_NE(one.msgs<MsgCreateBid>()[0].price.amount, first);
  same.see_order(5);
  EXPECT_EQ(same.msgs<MsgCreateBid>()[0].price.amount, first) << "n-th order seen, not its id";
}

TEST(Provider, OffersAReclamationWindowOnlyWhenAsked) {
  ProviderConfig config = small_cluster();
  config.bid.reclamation_window = hours(24);
  Desk desk(config);
  desk.see_order(1);
  EXPECT_FALSE(desk.msgs<MsgCreateBid>()[0].reclamation_window);
  desk.notice(EventOrderCreated{order(2), shared(group({unit(1000, 1, 1)})), hours(12)});
  EXPECT_EQ(desk.msgs<MsgCreateBid>()[0].reclamation_window, Duration(hours(24)));
  desk.notice(EventOrderCreated{order(3), shared(group({unit(1000, 1, 1)})), hours(48)});
  EXPECT_EQ(desk.no_bids(NoBid::reclamation), 1u);
  Desk without;
  without.notice(EventOrderCreated{order(1), shared(group({unit(1000, 1, 1)})), hours(12)});
  EXPECT_EQ(without.no_bids(NoBid::reclamation), 1u);
}

TEST(Provider, ARefusedBidGivesItsReservationBack) {
  Desk desk;
  desk.see_order(1);
  desk.put(TxDecided{desk.last_nonce(), Height{1}, Codespace::market, 13, 0});
  EXPECT_TRUE(desk.idle());
  EXPECT_EQ(desk.provider.counts().bids_refused, 1u);
}

TEST(Provider, PausesWhenItCannotPayTheDeposit) {
  Desk desk;
  desk.see_order(1);
  desk.put(TxDecided{desk.last_nonce(), Height{1}, Codespace::market, 28, 0});
  desk.see_order(2);
  EXPECT_TRUE(desk.msgs<MsgCreateBid>().empty());
  EXPECT_EQ(desk.no_bids(NoBid::not_in_market), 1u);
  desk.now += minutes(10);
  desk.see_order(3);
  EXPECT_EQ(desk.msgs<MsgCreateBid>().size(), 1u);
}

TEST(Provider, ClosesABidNobodyDecidedInTime) {
  Desk desk;
  desk.see_order(1);
  const auto timers = desk.all<SetTimer>();
  ASSERT_EQ(timers.size(), 1u);
  EXPECT_EQ(timers[0].at, start + minutes(5));
  desk.put(TxDecided{desk.last_nonce(), Height{1}, Codespace::none, 0, 0});
  desk.now += minutes(2);
  desk.see_order(2);
  EXPECT_TRUE(desk.all<SetTimer>().empty()) << "one timer watches all bids";
  desk.now = start + minutes(5);
  desk.fire(bid_timeout);
  const auto closed = desk.msgs<MsgCloseBid>();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].id, bid_id(order(1), self));
  EXPECT_EQ(closed[0].reason, LeaseClosedReason::unspecified);
  EXPECT_EQ(desk.all<SetTimer>()[0].at, start + minutes(7)) << "the next bid's";
  EXPECT_EQ(desk.provider.inventory().free().cpu_milli, 7000u);
  EXPECT_EQ(desk.provider.counts().timed_out, 1u);
}

TEST(Provider, ADecidedBidIsNotTimedOut) {
  Desk desk;
  desk.win(1);
  desk.bid_on(2);
  desk.lease(2, rival);
  desk.now += minutes(5);
  desk.fire(bid_timeout);
  EXPECT_TRUE(desk.msgs<MsgCloseBid>().empty());
  EXPECT_EQ(desk.provider.counts().timed_out, 0u);
}

TEST(Provider, LosingReleases) {
  Desk desk;
  desk.bid_on(1);
  desk.lease(1, rival);
  EXPECT_TRUE(desk.idle());
  EXPECT_TRUE(desk.msgs<MsgCloseBid>().empty()) << "the chain refunds the deposit";
  EXPECT_EQ(desk.provider.counts().lost, 1u);
}

TEST(Provider, ClosesTheLostBidWhereTheChainForgetsIt) {
  ProviderConfig config = small_cluster();
  config.bid.close_lost_bids = true;
  Desk desk(config);
  desk.bid_on(1);
  desk.lease(1, rival);
  EXPECT_TRUE(desk.idle());
  ASSERT_EQ(desk.msgs<MsgCloseBid>().size(), 1u);
  EXPECT_EQ(desk.msgs<MsgCloseBid>()[0].reason, LeaseClosedReason::unspecified);
}

TEST(Provider, AnOrderClosedUnderItsBidReleases) {
  Desk desk;
  desk.bid_on(1);
  desk.notice(EventOrderClosed{order(1)});
  EXPECT_TRUE(desk.idle());
  desk.bid_on(2);
  desk.notice(EventBidClosed{bid_id(order(2), self)});
  EXPECT_TRUE(desk.idle());
}

TEST(Provider, KeepsOrdersThatDoNotFitFirstInFirstOut) {
  ProviderConfig config = small_cluster();
  config.bid.queue_unserved = true;
  Desk desk(config);
  const GroupSpec whole = group({unit(8000, 1, 1)});
  desk.win(1, whole);
  desk.see_order(2, whole);
  desk.see_order(3, group({unit(1000, 1, 1)}));
  desk.see_order(4, group({unit(9000, 1, 1)}));
  EXPECT_EQ(desk.provider.queue_length(), 3u);
  EXPECT_TRUE(desk.msgs<MsgCreateBid>().empty());
  desk.notice(EventLeaseClosed{bid_id(order(1), self), LeaseClosedReason::owner});
  const auto bids = desk.msgs<MsgCreateBid>();
  ASSERT_EQ(bids.size(), 1u) << "the head takes it all; the next waits";
  EXPECT_EQ(bids[0].id.dseq, 2u);
  desk.notice(EventOrderClosed{order(2)});
  EXPECT_EQ(desk.msgs<MsgCreateBid>().at(0).id.dseq, 3u);
  EXPECT_EQ(desk.provider.queue_length(), 1u);
  desk.notice(EventOrderClosed{order(3)});
  EXPECT_EQ(desk.provider.queue_length(), 0u) << "what does not fit an empty cluster never will";
  EXPECT_EQ(desk.provider.counts().queue_dropped, 1u);
}

// ---- an actor -----------------------------------------------------------------------------------------

TEST(Provider, ACopyGoesItsOwnWay) {
  Desk desk;
  desk.bid_on(1);
  Desk fork = desk;
  fork.lease(1, rival);
  EXPECT_TRUE(fork.idle());
  EXPECT_FALSE(desk.idle());
  desk.lease(1);
  EXPECT_EQ(desk.provider.leases(), 1u);
  EXPECT_EQ(fork.provider.leases(), 0u);
}

}  // namespace
}  // namespace souk
