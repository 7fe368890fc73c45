#include "actors/tenant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/host.hpp"
#include "tests/actors/tenant_story.hpp"

/// How a tenant gets a lease: wishes, orders, bids and the choice among them.
namespace souk {
namespace {

using namespace std::chrono_literals;
using story::account;
using story::created;
using story::opened;
using story::plain_tenant;
using story::Probe;
using story::started;
using story::tell;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Tenant, LeasesTheCheapestBidAndClosesWhenItsTimeIsOver) {
  Probe probe(plain_tenant());
  tell(probe, {started,
               created,
               {"the decision says the same as the event to come",
                [](Probe& p) { return p.accept(); },
                {"timer step in 30 s"}},
               {"the event changes nothing any more", [](Probe& p) { return p.order_opened(); }, {}},
               {"a dear bid", [](Probe& p) { return p.bid(1, 200); }, {}},
               {"a cheap bid", [](Probe& p) { return p.bid(2, 100); }, {}},
               {"the window ends", [](Probe& p) { return p.fire("step"); }, {"submit lease from P2"}},
               {"the lease serves once the provider has the manifest",
                [](Probe& p) { return p.lease_made(2, 100); },
                {"manifest to P2", "timer step in 30 s", "timer life in 36000 s"}},
               {"its decision comes late", [](Probe& p) { return p.accept(); }, {}},
               {"the provider accepts the manifest", [](Probe& p) { return p.manifest_reply(2, 200); }, {}},
               {"the lifetime is over", [](Probe& p) { return p.fire("life"); }, {"submit close"}},
               {"the chain closed it", [](Probe& p) { return p.deployment_closed(); }, {}}});
  EXPECT_TRUE(probe.tenant.deployments().empty());
  EXPECT_EQ(probe.tenant.stats().leases, 1u);
  EXPECT_EQ(probe.tenant.stats().finished, 1u);
  EXPECT_EQ(probe.tenant.stats().txs_refused, 0u);
}

TEST(Tenant, MovesOnByDecisionsAloneWhenEveryChainEventIsLost) {
  TenantConfig config = plain_tenant();
  config.segment.choose_after_bids = 1;
  Probe probe(config);
  tell(probe, {started,
               created,
               {"created", [](Probe& p) { return p.accept(); }, {"timer step in 30 s"}},
               {"the one event that can not be missed",
                [](Probe& p) { return p.bid(1, 100); },
                {"submit lease from P1"}},
               {"leased",
                [](Probe& p) { return p.accept(); },
                {"manifest to P1", "timer step in 30 s", "timer life in 36000 s"}},
               {"accepted", [](Probe& p) { return p.manifest_reply(1, 200); }, {}},
               {"over", [](Probe& p) { return p.fire("life"); }, {"submit close"}},
               {"closed", [](Probe& p) { return p.accept(); }, {}}});
  EXPECT_TRUE(probe.tenant.deployments().empty());
}

TEST(Tenant, GivesUpAfterTheLastWindowWithoutABid) {
  TenantConfig config = plain_tenant();
  config.segment.bid_rounds = 2;
  Probe probe(config);
  tell(probe,
       {started,
        created,
        opened,
        {"nobody bid: once more", [](Probe& p) { return p.fire("step"); }, {"timer step in 30 s"}},
        {"nobody again", [](Probe& p) { return p.fire("step"); }, {"note unmet_order", "submit close"}},
        {"closed", [](Probe& p) { return p.deployment_closed(); }, {}}});
  EXPECT_EQ(probe.tenant.stats().unmet, 1u);
  EXPECT_EQ(probe.tenant.budget(), plain_tenant().budget) << "the deposit came back";
}

TEST(Tenant, TakesTheCloudWhenItIsCheaperThanEveryBid) {
  TenantConfig config = plain_tenant();
  config.segment.choice.outside_option = true;
  config.segment.requests = story::one_request(0.05);  // USD/h
  Probe probe(config);
  tell(probe, {started,
               created,
               opened,
               {"100 uact per 6 s block is 0.06 USD/h", [](Probe& p) { return p.bid(1, 100); }, {}},
               {"the cloud asks 0.05",
                [](Probe& p) { return p.fire("step"); },
                {"note chose_outside", "submit close"}}});
  EXPECT_EQ(probe.tenant.stats().outside, 1u);
}

TEST(Tenant, KeepsItsOrderOpenAndTakesTheFirstBidInADelaySystem) {
  TenantConfig config = plain_tenant();
  config.segment.no_bid = NoBidPolicy::keep_open;
  Probe probe(config);
  tell(probe, {started,
               created,
               opened,
               {"no bid, no end", [](Probe& p) { return p.fire("step"); }, {}},
               {"a server became free", [](Probe& p) { return p.bid(3, 100); }, {"submit lease from P3"}}});
}

TEST(Tenant, RefusesBidsAboveItsValue) {
  TenantConfig config = plain_tenant();
  config.segment.value.kind = ValueKind::fixed_usd_h;
  config.segment.value.usd_h = 0.05;
  config.segment.value.refuse_above_value = true;
  config.segment.bid_rounds = 1;
  Probe probe(config);
  tell(probe,
       {started,
        created,
        opened,
        {"0.06 USD/h", [](Probe& p) { return p.bid(1, 100); }, {}},
        {"worth 0.05", [](Probe& p) { return p.fire("step"); }, {"note unmet_order", "submit close"}}});
}

TEST(Tenant, ChoosesAgainWhenTheChosenBidIsGone) {
  Probe probe(plain_tenant());
  tell(probe, {started,
               created,
               opened,
               {"cheap", [](Probe& p) { return p.bid(1, 100); }, {}},
               {"dear", [](Probe& p) { return p.bid(2, 200); }, {}},
               {"the cheap one wins", [](Probe& p) { return p.fire("step"); }, {"submit lease from P1"}},
               {"its provider was faster",
                [](Probe& p) { return p.refuse(Codespace::market, MarketError::bid_not_open); },
                {"submit lease from P2"}}});
}

TEST(Tenant, DropsBidsThatTheirProviderClosed) {
  Probe probe(plain_tenant());
  tell(probe,
       {started,
        created,
        opened,
        {"cheap", [](Probe& p) { return p.bid(1, 100); }, {}},
        {"dear", [](Probe& p) { return p.bid(2, 200); }, {}},
        {"withdrawn", [](Probe& p) { return p.chain(EventBidClosed{p.bid_of(1)}); }, {}},
        {"only the dear one is left", [](Probe& p) { return p.fire("step"); }, {"submit lease from P2"}}});
}

TEST(Tenant, RunsAuctionsOneAfterTheOther) {
  TenantConfig config = plain_tenant();
  SegmentConfig& segment = config.segment;
  segment.arrivals.kind = ArrivalKind::closed_loop;
  segment.arrivals.count_max = 2;
  segment.lifetime_h = Distribution::constant(0);
  segment.bid_window = 0s;
  segment.choose_after_bids = 2;
  config.send_manifest = false;
  Probe probe(config);
  tell(probe,
       {started,
        created,
        {"open", [](Probe& p) { return p.order_opened(); }, {}},
        {"first bidder", [](Probe& p) { return p.bid(1, 300); }, {}},
        {"last bidder: decide, and close in the same transaction",
         [](Probe& p) { return p.bid(2, 200); },
         {"submit lease from P2 + close"}},
        {"leased", [](Probe& p) { return p.lease_made(2, 200); }, {}},
        {"closed: the next auction", [](Probe& p) { return p.deployment_closed(); }, {"submit create"}},
        {"its decision comes late", [](Probe& p) { return p.accept(p.nonce - 1); }, {}},
        {"open", [](Probe& p) { return p.accept(); }, {}},
        {"first bidder", [](Probe& p) { return p.bid(1, 300); }, {}},
        {"last bidder", [](Probe& p) { return p.bid(2, 400); }, {"submit lease from P1 + close"}},
        {"done: two were wanted", [](Probe& p) { return p.accept(); }, {}}});
  EXPECT_EQ(probe.tenant.stats().leases, 2u);
  EXPECT_EQ(probe.tenant.stats().finished, 2u);
}

TEST(Tenant, PlacesReplicasOnDifferentProviders) {
  TenantConfig config = plain_tenant();
  config.segment.replicas = 2;
  config.segment.choose_after_bids = 2;
  Probe probe(config);
  probe.start();
  EXPECT_THAT(probe.fire("arrival"), ElementsAre("submit create", "submit create"));
  const std::uint64_t second = probe.dseq;
  probe.dseq = second - 1;
  probe.order_opened();
  probe.bid(1, 100);
  EXPECT_THAT(probe.bid(2, 200), ElementsAre("submit lease from P1"));
  probe.dseq = second;
  probe.order_opened();
  probe.bid(1, 100);
  EXPECT_THAT(probe.bid(2, 200), ElementsAre("submit lease from P2"));
}

TEST(Tenant, PrefersItsPrimaryAndFallsBackInOrder) {
  TenantConfig config = plain_tenant();
  config.segment.choice.preferred = {account(9), account(2)};
  Probe probe(config);
  tell(probe,
       {started,
        created,
        opened,
        {"cheap stranger", [](Probe& p) { return p.bid(1, 100); }, {}},
        {"the fallback", [](Probe& p) { return p.bid(2, 200); }, {}},
        {"the primary did not bid", [](Probe& p) { return p.fire("step"); }, {"submit lease from P2"}}});
}

TEST(Tenant, IgnoresStaleTimersAndOtherPeoplesEvents) {
  Probe probe(plain_tenant());
  probe.lease(1);
  EXPECT_THAT(probe.feed(TimerFired{{1, probe.dseq + 5}}), IsEmpty()) << "unknown deployment";
  EXPECT_THAT(probe.feed(TimerFired{{2, probe.dseq}}), IsEmpty()) << "before it is due";
  EXPECT_THAT(probe.chain(EventDeploymentClosed{{account(1), probe.dseq}}), IsEmpty());
  EXPECT_THAT(probe.feed(ManifestReply{probe.bid_of(2), 200}), IsEmpty()) << "not the provider of the lease";
  EXPECT_THAT(probe.feed(WorkloadStatus{probe.bid_of(1, 2), false}), IsEmpty()) << "another order's lease";
  EXPECT_EQ(probe.tenant.deployments().size(), 1u);
}

TEST(Tenant, HoldsNoMoreBidsThanAnOrderCan) {
  TenantConfig config = plain_tenant();
  config.segment.order_bids_max = 3;
  Probe probe(config);
  probe.start();
  probe.fire("arrival");
  probe.order_opened();
  EXPECT_THAT(probe.bid(1, 100), IsEmpty());
  EXPECT_THAT(probe.bid(1, 50), IsEmpty()) << "one bid per provider";
  EXPECT_THAT(probe.bid(2, 90), IsEmpty());
  EXPECT_THAT(probe.bid(3, 80), ElementsAre("submit lease from P3")) << "full: nobody else can bid";
}

TEST(Tenant, ReadsNothingFromBidsInAnotherCoin) {
  Probe probe(plain_tenant());
  probe.start();
  probe.fire("arrival");
  probe.order_opened();
  probe.chain(EventBidCreated{probe.bid_of(1), {Denom::uakt, Dec::from_int(1)}});
  probe.bid(2, 100);
  EXPECT_THAT(probe.fire("step"), ElementsAre("submit lease from P2"));
}

TEST(Tenant, DrawsTheSameWishesWhateverElseHappens) {
  TenantConfig config = plain_tenant();
  config.segment.arrivals = ArrivalConfig{};
  config.segment.arrivals.per_day = 10;
  const auto arrivals = [&](bool disturbed) {
    Probe probe(config);
    probe.start();
    std::vector<Time> times;
    for (int i = 0; i < 20; ++i) {
      probe.fire("arrival");
      times.push_back(probe.now);
      if (disturbed) {
        probe.order_opened();
        probe.bid(1, 100);
        probe.feed(Ping{ActorId{1}, 5});
      }
    }
    return times;
  };
  EXPECT_EQ(arrivals(false), arrivals(true));
}

TEST(Tenant, IsAnActor) {
  static_assert(runtime::Actor<Tenant>);
  Probe probe(plain_tenant());
  probe.lease(1);
  Probe copy = probe;
  EXPECT_EQ(copy.fire("life"), probe.fire("life"));
  EXPECT_EQ(copy.deployment_closed(), probe.deployment_closed());
}

}  // namespace
}  // namespace souk
