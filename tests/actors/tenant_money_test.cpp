#include "actors/tenant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/tenant_story.hpp"

/// How a tenant pays, and what it does about transactions that fail.
namespace souk {
namespace {

using namespace std::chrono_literals;
using story::created;
using story::plain_tenant;
using story::Probe;
using story::started;
using story::tell;
using testing::ElementsAre;
using testing::IsEmpty;

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

}  // namespace
}  // namespace souk
