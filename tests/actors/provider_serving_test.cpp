#include "actors/provider.hpp"

#include <gtest/gtest.h>

#include "tests/actors/provider_desk.hpp"

namespace souk {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::bid_timeout;
using test::Desk;
using test::group;
using test::manifest;
using test::node_timer;
using test::order;
using test::self;
using test::shared;
using test::small_cluster;
using test::start;
using test::tenant;
using test::unit;
using test::withdraw;

// ---- leases -------------------------------------------------------------------------------------------

TEST(Provider, WinningCommitsAndNotesTheCost) {
  ProviderConfig config = small_cluster();
  config.order_cost = DrawnCost{Distribution::constant(.25)};
  Desk desk(config);
  desk.win(1);
  EXPECT_EQ(desk.provider.leases(), 1u);
  EXPECT_TRUE(desk.provider.inventory().is_committed(order(1)));
  const auto notes = desk.all<Note>();
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0].metric, Note::Metric::provider_cost_usd_h);
  EXPECT_EQ(notes[0].subject, 1u);
  EXPECT_DOUBLE_EQ(notes[0].value, .25);
}

TEST(Provider, AcceptsTheManifestOfItsLeaseAndNoOther) {
  Desk desk;
  desk.serve(1);
  EXPECT_EQ(desk.sent<ManifestReply>(tenant).at(0).status, 200u);
  EXPECT_TRUE(desk.sent<WorkloadStatus>(tenant).at(0).available);
  desk.put(ManifestSent{tenant, bid_id(order(9), self), {}});
  EXPECT_EQ(desk.sent<ManifestReply>(tenant).at(0).status, 404u);
}

TEST(Provider, AManifestAheadOfTheNewsOfTheLeaseIsKept) {
  Desk desk;
  desk.bid_on(1);
  desk.put(ManifestSent{tenant, bid_id(order(1), self), {}});
  EXPECT_TRUE(desk.sent<ManifestReply>(tenant).empty());
  desk.lease(1);
  EXPECT_EQ(desk.sent<ManifestReply>(tenant).at(0).status, 200u);
}

TEST(Provider, ClosesALeaseWithoutManifest) {
  Desk desk;
  desk.win(1);
  desk.now += minutes(5);
  desk.fire(manifest);
  const auto closed = desk.msgs<MsgCloseBid>();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].reason, LeaseClosedReason::manifest_timeout);
  EXPECT_EQ(desk.provider.counts().closed_no_manifest, 1u);
  desk.notice(EventLeaseClosed{bid_id(order(1), self), LeaseClosedReason::manifest_timeout});
  EXPECT_TRUE(desk.idle());
  EXPECT_EQ(desk.provider.leases(), 0u);
}

TEST(Provider, AServedLeaseOutlivesTheManifestWatchdog) {
  Desk desk;
  desk.serve(1);
  desk.now += minutes(5);
  desk.fire(manifest);
  EXPECT_TRUE(desk.out.empty());
}

TEST(Provider, ALeaseOnABidItGaveUpIsClosedByTheChainNotServed) {
  Desk desk;
  desk.bid_on(1);
  desk.now += minutes(5);
  desk.fire(bid_timeout);
  const auto close = desk.last_nonce();
  desk.lease(1);
  EXPECT_EQ(desk.provider.leases(), 0u);
  EXPECT_TRUE(desk.msgs<MsgCloseBid>().empty()) << "the close under way ends the lease";
  desk.put(TxDecided{close, Height{3}, Codespace::none, 0, 0});
  desk.lease(2);
  EXPECT_EQ(desk.msgs<MsgCloseBid>().size(), 1u) << "nothing is known of order 2";
}

TEST(Provider, ACloseTheMempoolRefusedIsTriedAgain) {
  Desk desk;
  desk.win(1);
  desk.now += minutes(5);
  desk.fire(manifest);
  desk.put(TxDecided{desk.last_nonce(), Height{}, Codespace::sdk, 20, 0});
  const auto timers = desk.all<SetTimer>();
  ASSERT_EQ(timers.size(), 1u);
  desk.now = timers[0].at;
  desk.put(TimerFired{timers[0].id});
  EXPECT_EQ(desk.msgs<MsgCloseBid>().at(0).reason, LeaseClosedReason::manifest_timeout);
}

// ---- withdrawals --------------------------------------------------------------------------------------

TEST(Provider, WithdrawsEveryLeaseInBatchesOncePerPeriod) {
  ProviderConfig config = small_cluster();
  config.serve.withdraw_batch_max = 2;
  Desk desk(config);
  for (std::uint64_t dseq = 1; dseq <= 5; ++dseq) desk.serve(dseq, group({unit(500, 1, 1)}));
  desk.bid_on(6, group({unit(500, 1, 1)}));
  std::vector<std::uint64_t> withdrawn;
  const Time round = desk.now;
  for (int batch = 0; batch < 3; ++batch) {
    desk.fire(withdraw);
    for (const auto& msg : desk.msgs<MsgWithdrawLease>()) withdrawn.push_back(msg.id.dseq);
    const auto timers = desk.all<SetTimer>();
    ASSERT_EQ(timers.size(), 1u);
    EXPECT_EQ(timers[0].at, batch < 2 ? desk.now + seconds(30) : round + hours(1));
    desk.now = timers[0].at;
  }
  EXPECT_EQ(withdrawn, (std::vector<std::uint64_t>{1, 2, 3, 4, 5})) << "the open bid on 6 earns nothing";
}

TEST(Provider, ABadWithdrawalDoesNotHoldUpTheOthers) {
  Desk desk;
  for (std::uint64_t dseq = 1; dseq <= 3; ++dseq) desk.serve(dseq);
  desk.fire(withdraw);
  ASSERT_EQ(desk.msgs<MsgWithdrawLease>().size(), 3u);
  desk.put(TxDecided{desk.last_nonce(), Height{2}, Codespace::market, 7, 1});
  const auto rest = desk.msgs<MsgWithdrawLease>();
  ASSERT_EQ(rest.size(), 2u);
  EXPECT_EQ(rest[0].id.dseq, 1u);
  EXPECT_EQ(rest[1].id.dseq, 3u);
  desk.put(TxDecided{desk.last_nonce(), Height{2}, Codespace::sdk, 5, 0});
  EXPECT_TRUE(desk.msgs<MsgWithdrawLease>().empty()) << "no money for the fee is no lease's fault";
}

// ---- node failures ------------------------------------------------------------------------------------

ProviderConfig failing_cluster() {
  ProviderConfig config = small_cluster();
  config.failures = {true, Distribution::constant(10.0), Distribution::constant(0.1)};
  return config;
}

TEST(Provider, AFailedNodeTakesItsWorkloadsDownAndRepairBringsThemBack) {
  Desk desk(failing_cluster());
  desk.serve(1);
  desk.now = start + hours(10);
  desk.fire(node_timer, 0);
  EXPECT_EQ(desk.noted(Note::Metric::node_failed), 1u);
  EXPECT_FALSE(desk.sent<WorkloadStatus>(tenant).at(0).available);
  const auto timers = desk.all<SetTimer>();
  ASSERT_EQ(timers.size(), 2u);
  EXPECT_EQ(timers[0].at, desk.now + minutes(8)) << "the monitor's budget";
  EXPECT_EQ(timers[1].at, desk.now + minutes(6)) << "the repair";
  desk.see_order(2);
  EXPECT_EQ(desk.no_bids(NoBid::capacity), 1u) << "a down node takes nothing new";
  desk.now += minutes(6);
  desk.fire(node_timer, 0);
  EXPECT_EQ(desk.noted(Note::Metric::node_repaired), 1u);
  EXPECT_TRUE(desk.sent<WorkloadStatus>(tenant).at(0).available);
  EXPECT_EQ(desk.all<CancelTimer>().size(), 1u);
}

TEST(Provider, AWorkloadDownTooLongIsClosedAsUnstable) {
  Desk desk(failing_cluster());
  desk.serve(1);
  desk.fire(node_timer, 0);
  const TimerId budget = desk.all<SetTimer>().at(0).id;
  desk.now += minutes(8);
  desk.put(TimerFired{budget});
  const auto closed = desk.msgs<MsgCloseBid>();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].reason, LeaseClosedReason::unstable);
  EXPECT_EQ(desk.provider.counts().closed_unstable, 1u);
}

TEST(Provider, AStaleBudgetTimerOfARepairedNodeDoesNothing) {
  Desk desk(failing_cluster());
  desk.serve(1);
  desk.fire(node_timer, 0);
  const TimerId budget = desk.all<SetTimer>().at(0).id;
  desk.fire(node_timer, 0);
  desk.put(TimerFired{budget});
  EXPECT_TRUE(desk.out.empty());
}

// akash-chain.md 3.5: a lease with a window can be closed by its provider only after it was reclaimed.
TEST(Provider, ALeaseWithAWindowIsReclaimedBeforeItIsClosed) {
  ProviderConfig config = failing_cluster();
  config.bid.reclamation_window = hours(2);
  Desk desk(config);
  desk.notice(EventOrderCreated{order(1), shared(group({unit(1000, 1, 1)})), hours(1)});
  desk.put(TxDecided{desk.last_nonce(), Height{1}, Codespace::none, 0, 0});
  desk.lease(1);
  desk.put(ManifestSent{tenant, bid_id(order(1), self), {}});
  desk.fire(node_timer, 0);
  desk.put(TimerFired{desk.all<SetTimer>().at(0).id});
  ASSERT_EQ(desk.msgs<MsgLeaseStartReclaim>().size(), 1u);
  EXPECT_EQ(desk.msgs<MsgLeaseStartReclaim>()[0].reason, LeaseClosedReason::unstable);
  EXPECT_TRUE(desk.msgs<MsgCloseBid>().empty());
  const std::int64_t deadline = unix_seconds(desk.now) + 7200;
  desk.notice(EventLeaseReclaimStarted{bid_id(order(1), self), LeaseClosedReason::unstable, deadline});
  const auto timers = desk.all<SetTimer>();
  ASSERT_EQ(timers.size(), 1u);
  EXPECT_EQ(unix_seconds(timers[0].at), deadline);
  desk.put(TimerFired{timers[0].id});
  EXPECT_EQ(desk.msgs<MsgCloseBid>().at(0).reason, LeaseClosedReason::unstable);
}

}  // namespace
}  // namespace souk
