#include "actors/tenant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "runtime/host.hpp"
#include "tests/actors/tenant_probe.hpp"

namespace souk {
namespace {

using namespace std::chrono_literals;
using story::account;
using story::plain_tenant;
using story::Probe;
using testing::ElementsAre;
using testing::IsEmpty;
using Lines = Probe::Lines;

/// One line of a story: why, what happens, what the tenant does about it.
struct Step {
  const char* why;
  std::function<Lines(Probe&)> event;
  Lines effects;
};

void tell(Probe& probe, const std::vector<Step>& steps) {
  for (const Step& step : steps) EXPECT_EQ(step.event(probe), step.effects) << step.why;
}

const Step started{"a wish is due at once", [](Probe& p) { return p.start(); }, {"timer arrival in 0 s"}};
const Step created{
    "the wish becomes a deployment", [](Probe& p) { return p.fire("arrival"); }, {"submit create"}};
const Step opened{
    "bids are collected for a window", [](Probe& p) { return p.order_opened(); }, {"timer step in 30 s"}};

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

TEST(Tenant, StartsTheGroupAgainElsewhereWhenTheProviderLeaves) {
  Probe probe(plain_tenant());
  probe.lease(1);
  probe.manifest_reply(1, 200);
  probe.wait(4h);
  tell(probe, {{"the group pauses",
                [](Probe& p) { return p.chain(EventGroupPaused{{story::tenant_account, 1, p.dseq}}); },
                {}},
               {"unstable",
                [](Probe& p) { return p.lease_closed(1, LeaseClosedReason::unstable); },
                {"submit start group"}},
               {"a new order", [](Probe& p) { return p.order_opened(2); }, {"timer step in 30 s"}},
               {"the same provider bids, cheaply", [](Probe& p) { return p.bid(1, 10, 2); }, {}},
               {"another bids", [](Probe& p) { return p.bid(2, 300, 2); }, {}},
               {"who left is not trusted for a while",
                [](Probe& p) { return p.fire("step"); },
                {"submit lease from P2"}},
               {"six of the ten hours are left",
                [](Probe& p) { return p.lease_made(2, 300, 2); },
                {"manifest to P2", "timer step in 30 s", "timer life in 21600 s"}}});
  EXPECT_EQ(probe.tenant.stats().provider_closes, 1u);
}

TEST(Tenant, ClosesInsteadOfRedeployingIfToldSo) {
  TenantConfig config = plain_tenant();
  config.segment.redeploy = false;
  Probe probe(config);
  probe.lease(1);
  EXPECT_THAT(probe.lease_closed(1, LeaseClosedReason::unstable), ElementsAre("submit close"));
}

TEST(Tenant, EndsWhenTheNetworkClosesADryDeployment) {
  Probe probe(plain_tenant());
  probe.lease(1);
  EXPECT_THAT(probe.lease_closed(1, LeaseClosedReason::insufficient_funds),
              ElementsAre("timer step in 10 s"));
  EXPECT_THAT(probe.deployment_closed(), IsEmpty());
  EXPECT_TRUE(probe.tenant.deployments().empty());
  EXPECT_EQ(probe.tenant.stats().ran_dry, 1u);
  EXPECT_FALSE(probe.has_timer("step"));
}

TEST(Tenant, FailsOverWhenTheWorkloadStaysDown) {
  TenantConfig config = plain_tenant();
  config.segment.failover_after = 2min;
  Probe probe(config);
  probe.lease(1);
  probe.manifest_reply(1, 200);
  tell(probe, {{"up", [](Probe& p) { return p.workload(1, true); }, {}},
               {"down", [](Probe& p) { return p.workload(1, false); }, {"timer step in 120 s"}},
               {"up in time", [](Probe& p) { return p.workload(1, true); }, {}},
               {"nothing is pending",
                [](Probe& p) { return Lines{p.has_timer("step") ? "pending" : "calm"}; },
                {"calm"}},
               {"down again", [](Probe& p) { return p.workload(1, false); }, {"timer step in 120 s"}},
               {"too long",
                [](Probe& p) { return p.fire("step"); },
                {"note tenant_moved", "submit close lease of P1"}},
               {"closed",
                [](Probe& p) { return p.lease_closed(1, LeaseClosedReason::owner); },
                {"timer step in 10 s"}},
               {"the chain re-orders by itself",
                [](Probe& p) { return p.order_opened(2); },
                {"timer step in 30 s"}}});
  EXPECT_LT(probe.tenant.reputation().uptime(account(1)), uptime_prior);
}

TEST(Tenant, LeavesAProviderThatReclaims) {
  Probe probe(plain_tenant());
  probe.lease(1);
  EXPECT_THAT(probe.chain(EventLeaseReclaimStarted{probe.bid_of(1), LeaseClosedReason::decommission, 0}),
              ElementsAre("note tenant_moved", "submit close lease of P1"));
}

TEST(Tenant, StartsTheGroupWhenTheProviderClosedBeforeTheMove) {
  TenantConfig config = plain_tenant();
  config.manifest_attempts = 1;
  Probe probe(config);
  probe.lease(1);
  tell(probe, {{"no answer to the manifest",
                [](Probe& p) { return p.fire("step"); },
                {"note tenant_moved", "submit close lease of P1"}},
               {"the provider had closed already",
                [](Probe& p) { return p.refuse(Codespace::market, MarketError::order_closed); },
                {"submit start group"}},
               {"an earlier start worked",
                [](Probe& p) { return p.refuse(Codespace::deployment, DeploymentError::group_open); },
                {"timer step in 30 s"}}});
}

TEST(Tenant, SendsTheManifestAgainUntilTheProviderKnowsTheLease) {
  Probe probe(plain_tenant());
  probe.lease(1);
  tell(probe, {{"404: not seen yet", [](Probe& p) { return p.manifest_reply(1, 404); }, {}},
               {"again", [](Probe& p) { return p.fire("step"); }, {"manifest to P1", "timer step in 30 s"}},
               {"422: wrong",
                [](Probe& p) { return p.manifest_reply(1, 422); },
                {"note tenant_moved", "submit close lease of P1"}}});
}

TEST(Tenant, FillsTheEscrowTo48HoursWhenTheRunwayFallsBelow24) {
  TenantConfig config = plain_tenant();
  config.funding.kind = FundingKind::top_up;
  config.segment.arrivals.trace = story::trace_of({{0s, 0, 240h}});
  Probe probe(config);
  probe.start();
  probe.fire("arrival");
  probe.order_opened();
  probe.bid(1, 100);
  probe.fire("step");
  // 100 uact a block, 600 blocks an hour: 48 h cost 2,880,000; 500,000 are there.
  EXPECT_THAT(probe.lease_made(1, 100), ElementsAre("manifest to P1", "timer step in 30 s",
                                                    "timer life in 864000 s", "submit deposit 2380000"));
  // One block more than 24 h later the runway is below 24 h again.
  EXPECT_THAT(probe.accept(), ElementsAre("timer fund in 86406 s"));
  EXPECT_THAT(probe.fire("fund"), ElementsAre("submit deposit 1440100"));
  EXPECT_THAT(probe.accept(), ElementsAre("timer fund in 86406 s"));
  EXPECT_EQ(probe.tenant.stats().top_ups, 2u);
}

TEST(Tenant, DoesNotTopUpWhatOutlastsItsLifetime) {
  TenantConfig config = plain_tenant();
  config.funding.kind = FundingKind::top_up;
  config.initial_deposit = {600'000};  // exactly the ten hours of 100 a block
  Probe probe(config);
  probe.lease(1, 100);
  EXPECT_FALSE(probe.has_timer("fund"));
  EXPECT_EQ(probe.tenant.stats().top_ups, 0u);
}

TEST(Tenant, PrepaysTheWholeLifetimeOnce) {
  TenantConfig config = plain_tenant();
  config.funding.kind = FundingKind::prepay;
  config.funding.margin = 0;
  Probe probe(config);
  probe.lease(1, 100);
  // 6,000 blocks of ten hours and one of slack, less 500,000.
  EXPECT_EQ(std::get<MsgAccountDeposit>(probe.tx->msgs[0]).deposit.amount.amount, Amount{100'100});
  EXPECT_THAT(probe.accept(), IsEmpty());
}

TEST(Tenant, KeepsItsHeadroomAndSaysWhenTheMoneyIsGone) {
  TenantConfig config = plain_tenant();
  config.funding.kind = FundingKind::top_up;
  config.segment.arrivals.trace = story::trace_of({{0s, 0, 240h}});
  config.budget = {6'500'000};  // less the first deposit: 6; less 5 USD of headroom: 1
  Probe probe(config);
  probe.start();
  probe.fire("arrival");
  probe.order_opened();
  probe.bid(1, 100);
  probe.fire("step");
  EXPECT_THAT(probe.lease_made(1, 100), testing::Contains("submit deposit 1000000"));
  EXPECT_THAT(probe.accept(), ElementsAre("timer fund in 3606 s")) << "25 h of runway: look again in 1 h";
  EXPECT_THAT(probe.fire("fund"), ElementsAre("note tenant_broke", "timer fund in 3600 s"));
}

TEST(Tenant, SkipsWishesItCanNotPayAndGoesOnAfterRefunds) {
  TenantConfig config = plain_tenant();
  config.budget = {700'000};
  config.segment.bid_rounds = 1;
  config.segment.arrivals.trace = story::trace_of({{0s, 0, 1h}, {10s, 0, 1h}, {100s, 0, 1h}});
  Probe probe(config);
  probe.start();
  EXPECT_THAT(probe.fire("arrival"), ElementsAre("submit create", "timer arrival in 10 s"));
  EXPECT_THAT(probe.fire("arrival"), ElementsAre("note tenant_broke", "timer arrival in 90 s"));
  probe.order_opened();
  probe.fire("step");
  probe.deployment_closed();
  EXPECT_EQ(probe.tenant.budget(), (Amount{700'000}));
  EXPECT_THAT(probe.fire("arrival"), ElementsAre("submit create"));
}

TEST(Tenant, DropsTheWishWhenTheChainSaysTheAccountIsEmpty) {
  TenantConfig config = plain_tenant();
  config.broke = BrokePolicy::leave;
  config.segment.return_probability = 0;
  Probe probe(config);
  tell(probe, {started,
               created,
               {"insufficient balance",
                [](Probe& p) { return p.refuse(Codespace::market, MarketError::invalid_deposit); },
                {"note tenant_broke", "note tenant_churned"}}});
  EXPECT_TRUE(probe.tenant.away());
}

TEST(Tenant, TakesTheNextNumberWhenTheAccountUsedThisOneBefore) {
  Probe probe(plain_tenant());
  probe.start();
  probe.fire("arrival");
  const std::uint64_t first = probe.dseq;
  EXPECT_THAT(probe.refuse(Codespace::deployment, DeploymentError::exists), ElementsAre("submit create"));
  EXPECT_GT(probe.dseq, first);
  EXPECT_EQ(probe.tenant.deployments().size(), 1u);
}

TEST(Tenant, SendsAgainWhatNobodyDecided) {
  TenantConfig config = plain_tenant();
  config.tx_timeout = 60s;
  config.tx_attempts = 2;
  Probe probe(config);
  tell(
      probe,
      {started,
       {"created", [](Probe& p) { return p.fire("arrival"); }, {"submit create", "timer step in 60 s"}},
       {"lost", [](Probe& p) { return p.fire("step"); }, {"submit create", "timer step in 60 s"}},
       {"the first copy did arrive",
        [](Probe& p) { return p.refuse(Codespace::deployment, DeploymentError::exists); },
        {"timer step in 30 s"}},
       {"a bid", [](Probe& p) { return p.bid(1, 100); }, {}},
       {"chosen", [](Probe& p) { return p.fire("step"); }, {"submit lease from P1", "timer step in 60 s"}},
       {"lost", [](Probe& p) { return p.fire("step"); }, {"submit lease from P1", "timer step in 60 s"}},
       {"two tries are enough",
        [](Probe& p) { return p.fire("step"); },
        {"note unmet_order", "submit close", "timer step in 60 s"}},
       {"a close is never given up",
        [](Probe& p) { return p.fire("step"); },
        {"submit close", "timer step in 120 s"}},
       {"ever more slowly", [](Probe& p) { return p.fire("step"); }, {"submit close", "timer step in 240 s"}},
       {"closed all the time",
        [](Probe& p) { return p.refuse(Codespace::deployment, DeploymentError::closed); },
        {}}});
  EXPECT_TRUE(probe.tenant.deployments().empty());
}

TEST(Tenant, RetriesWhatTheMempoolHadNoRoomFor) {
  Probe probe(plain_tenant());
  probe.start();
  probe.fire("arrival");
  probe.height = Height{0};
  EXPECT_THAT(probe.refuse(Codespace::sdk, 20), ElementsAre("timer step in 10 s"));
  EXPECT_THAT(probe.fire("step"), ElementsAre("submit create"));
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

TEST(Tenant, LeavesAfterItsLeasesEndAndComesBack) {
  TenantConfig config = plain_tenant();
  config.segment.monthly_churn = 0.5;
  config.segment.return_probability = 1;
  Probe probe(config);
  probe.lease(1);
  ASSERT_TRUE(probe.has_timer("churn"));
  EXPECT_THAT(probe.fire("churn"), IsEmpty()) << "a lease is running";
  EXPECT_FALSE(probe.tenant.away());
  probe.fire("life");
  EXPECT_THAT(probe.deployment_closed(), testing::Contains("note tenant_churned"));
  EXPECT_TRUE(probe.tenant.away());
  EXPECT_THAT(probe.fire("back"), testing::Contains("note tenant_returned"));
  EXPECT_FALSE(probe.tenant.away());
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

TEST(Phases, AllowExactlyWhatTheTableSays) {
  int allowed = 0;
  for (const auto& [phase, input] : all_pairs<Phase, PhaseInput>()) {
    const auto to = next(phase_transitions, phase, input);
    allowed += to.has_value();
    if (input == PhaseInput::close) {
      EXPECT_EQ(to.has_value(), phase != Phase::closing) << enum_name(phase);
    } else if (phase == Phase::closing) {
      EXPECT_FALSE(to.has_value()) << "closing is the end";
    } else if (input == PhaseInput::lease_made) {
      EXPECT_EQ(to.has_value(), phase == Phase::leasing) << enum_name(phase);
    }
  }
  EXPECT_EQ(allowed, 16);
}

TEST(TenantConfig, IsCheckedFieldByField) {
  const auto error = [](auto change) {
    TenantConfig config = plain_tenant();
    change(config);
    const auto result = check_config(config);
    return result ? std::string() : result.error().message;
  };
  EXPECT_EQ(error([](TenantConfig&) {}), "");
  EXPECT_THAT(error([](TenantConfig& c) { c.block_time = 0s; }), testing::HasSubstr("block_time"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.arrivals.cv2 = 0.5; }),
              testing::HasSubstr("arrivals.cv2"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.arrivals.trace = nullptr; }),
              testing::HasSubstr("arrivals.trace"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.arrivals.trace = story::trace_of({{0s, 1, 1h}}); }),
              testing::HasSubstr("request"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.bid_window = 0s; }), testing::HasSubstr("bid_window"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.monthly_churn = 1; }),
              testing::HasSubstr("monthly_churn"));
  EXPECT_THAT(error([](TenantConfig& c) { c.funding.fill = 1h; }), testing::HasSubstr("funding.fill"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.value.elasticity = 0.5; }),
              testing::HasSubstr("elasticity"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.replicas = 9; }), testing::HasSubstr("replicas"));
}

TEST(Segments, AreReadyToUse) {
  EXPECT_EQ(segment_presets().size(), 7u);
  for (const SegmentPreset& preset : segment_presets()) {
    TenantConfig config;
    config.segment = make_segment(preset.kind);
    EXPECT_EQ(config.segment.name, preset.name);
    const auto checked = check_config(config);
    EXPECT_TRUE(checked.has_value()) << preset.name << ": " << checked.error().message;
    EXPECT_TRUE(make_segment(preset.name).has_value());
  }
  EXPECT_THAT(make_segment("wbe_hosting").error().message, testing::HasSubstr("web_hosting"));
}

}  // namespace
}  // namespace souk
