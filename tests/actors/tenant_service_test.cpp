#include "actors/tenant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/tenant_story.hpp"

/// How a tenant keeps what it leased, and ends it.
namespace souk {
namespace {

using namespace std::chrono_literals;
using story::account;
using story::plain_tenant;
using story::Probe;
using story::tell;
using testing::ElementsAre;
using testing::IsEmpty;
using Lines = Probe::Lines;

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

}  // namespace
}  // namespace souk
