#include "actors/provider.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/actors/orders.hpp"

namespace souk {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::account;
using test::gib;
using test::gpu_unit;
using test::group;
using test::order;
using test::shared;
using test::unit;

const Address self = account(1);
const Address rival = account(2);
constexpr ActorId tenant{7};
constexpr Time start{hours(1000)};

ProviderConfig small_cluster() {
  ProviderConfig config;
  config.address = self;
  config.attributes = {{"region", "eu-west"}};
  config.cluster.nodes = {{8000, 32 * gib, 1000 * gib, {{{"nvidia", "a100", "80Gi", "sxm"}, 8}}, {}}};
  config.pricing = PostedPricing{};
  return config;
}

/// One provider and its desk: puts events in, sorts what comes out.
struct Desk {
  Provider provider;
  Time now = start;
  Effects out;

  explicit Desk(ProviderConfig config = small_cluster()) : provider(std::move(config)) { put(Started{}); }

  void put(const Event& event) {
    out.clear();
    provider.on(event, Context{now, ActorId{1}, 42, false}, out);
  }
  void notice(const ChainEvent& event) { put(ChainNotice{Height{1}, now, event}); }
  void fire(std::uint32_t kind, std::uint64_t subject = 0) { put(TimerFired{{kind, subject}}); }

  template <class E>
  std::vector<E> all() const {
    std::vector<E> found;
    for (const Effect& effect : out) {
      if (const E* e = std::get_if<E>(&effect)) found.push_back(*e);
    }
    return found;
  }
  /// Messages of type M in all submitted transactions.
  template <class M>
  std::vector<M> msgs() const {
    std::vector<M> found;
    for (const SubmitTx& submit : all<SubmitTx>()) {
      for (const Msg& msg : submit.tx->msgs) {
        if (const M* m = std::get_if<M>(&msg)) found.push_back(*m);
      }
    }
    return found;
  }
  template <class E>
  std::vector<E> sent(ActorId to) const {
    std::vector<E> found;
    for (const Send& send : all<Send>()) {
      if (const E* e = std::get_if<E>(&send.event); e != nullptr && send.to == to) found.push_back(*e);
    }
    return found;
  }
  std::uint64_t last_nonce() const { return all<SubmitTx>().back().tx->nonce; }
  std::uint64_t noted(Note::Metric metric) const {
    const auto notes = all<Note>();
    return static_cast<std::uint64_t>(
        std::count_if(notes.begin(), notes.end(), [&](const Note& note) { return note.metric == metric; }));
  }
  std::uint64_t no_bids(NoBid reason) const {
    return provider.counts().no_bid[static_cast<std::size_t>(reason)];
  }

  void see_order(std::uint64_t dseq, const GroupSpec& spec = group({unit(1000, 1, 1)})) {
    notice(EventOrderCreated{order(dseq), shared(spec), {}});
  }
  /// Bid and its success; the provider waits for a lease.
  void bid_on(std::uint64_t dseq, const GroupSpec& spec = group({unit(1000, 1, 1)})) {
    see_order(dseq, spec);
    ASSERT_EQ(msgs<MsgCreateBid>().size(), 1u);
    put(TxDecided{last_nonce(), Height{1}, Codespace::none, 0, 0});
  }
  void lease(std::uint64_t dseq, const Address& winner = self) {
    notice(EventLeaseCreated{bid_id(order(dseq), winner), {Denom::uact, Dec::from_int(100)}});
  }
  void win(std::uint64_t dseq, const GroupSpec& spec = group({unit(1000, 1, 1)})) {
    bid_on(dseq, spec);
    lease(dseq);
  }
  void serve(std::uint64_t dseq, const GroupSpec& spec = group({unit(1000, 1, 1)})) {
    win(dseq, spec);
    put(ManifestSent{tenant, bid_id(order(dseq), self), {}});
  }
  bool idle() const { return provider.inventory().free() == provider.inventory().total(); }
};

// Timer kinds in the order of the provider's own enum.
enum : std::uint32_t { bid_timeout, manifest, withdraw, node_timer, unhealthy, reclaimed_timer, review };

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
