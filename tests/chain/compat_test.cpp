#include <algorithm>

#include "tests/chain/chain_fixture.hpp"

// Known defects of the live chain, each with its switch off and on: akash-chain.md section 13, item 3.
namespace souk::test {
namespace {

class Section13Defects : public Chain {
 protected:
  void with(bool CompatSwitches::* defect, bool on) {
    ChainParams params;
    params.min_deposits = {uact(1), uakt(1)};
    params.compat.*defect = on;
    restart(params);
    at(10);
  }
  const DeploymentId id{party(1), 100};
  const OrderId order = order_id(group_id(id, 1), 1);
  const EscrowAccountId account = deployment_escrow(id);
};

TEST_F(Section13Defects, LosingBidLoopStops) {
  for (const bool on : {false, true}) {
    with(&CompatSwitches::losing_bid_loop_stops, on);
    must(create_msg(id, uact(500'000)));
    std::vector<Address> providers{party(2), party(3), party(4)};
    std::sort(providers.begin(), providers.end(), bech32_less);
    for (const Address& provider : providers) {
      register_provider(provider);
      must(bid_msg(bid_id(order, provider), Dec::from_int(10)));
    }
    must(MsgCreateLease{bid_id(order, providers[0])});
    EXPECT_EQ(ledger.bid(bid_id(order, providers[1]))->state, BidState::lost);
    EXPECT_EQ(spent(providers[1]), 0);
    const BidId last = bid_id(order, providers[2]);
    EXPECT_EQ(ledger.bid(last)->state, on ? BidState::open : BidState::lost);
    EXPECT_EQ(spent(providers[2]), on ? 500'000 : 0);
    if (!on) continue;
    must(MsgCloseBid{last});  // the only way out for the provider
    EXPECT_EQ(spent(providers[2]), 0);
  }
}

TEST_F(Section13Defects, SameBlockWithdrawPanics) {
  for (const bool on : {false, true}) {
    with(&CompatSwitches::same_block_withdraw_panics, on);
    must(create_msg(id, uact(500'000)));
    const BidId bid = lease(order, party(2), dec("12.5"));
    at(17);
    must(MsgWithdrawLease{bid});
    EXPECT_EQ(text(send(MsgWithdrawLease{bid})), on ? "undefined 111222" : "ok");
    EXPECT_EQ(ledger.escrow_payment(bid)->withdrawn.micro, 87);
  }
}

TEST_F(Section13Defects, SameBlockCloseOrphans) {
  for (const bool on : {false, true}) {
    with(&CompatSwitches::same_block_close_orphans, on);
    must(create_msg(id, uact(500'000)));
    const BidId bid = lease(order, party(2), Dec::from_int(10));
    at(20);
    must(MsgWithdrawLease{bid});
    must(MsgCloseLease{bid});
    EXPECT_EQ(ledger.lease(bid)->state, LeaseState::closed);
    EXPECT_EQ(ledger.escrow_payment(bid)->state, on ? EscrowState::open : EscrowState::closed);
    at(30);  // an orphan goes on earning
    const TxResult later = send(MsgWithdrawLease{bid});
    EXPECT_EQ(text(later), on ? "ok" : "escrow 7");
    EXPECT_EQ(ledger.escrow_payment(bid)->withdrawn.micro, on ? 200 : 100);
  }
}

TEST_F(Section13Defects, PaymentCreateDropsAccrual) {
  for (const bool on : {false, true}) {
    with(&CompatSwitches::payment_create_drops_accrual, on);
    must(create_msg(id, uact(500'000), 2));
    const BidId first = lease(order, party(2), Dec::from_int(10));
    at(60);  // 500 accrued and not yet settled
    lease(order_id(group_id(id, 2), 1), party(3), Dec::from_int(10));
    EXPECT_EQ(ledger.escrow_payment(first)->balance, Dec::from_int(on ? 0 : 500));
    EXPECT_EQ(funds(id).micro, 499'500);  // the tenant is charged either way
    at(70);
    must(MsgCloseDeployment{id});
    EXPECT_EQ(ledger.escrow_payment(first)->withdrawn.micro, on ? 100 : 600);
    EXPECT_EQ(ledger.balance(module_address("escrow"), Denom::uact).micro, on ? 500 : 0);
  }
}

TEST_F(Section13Defects, DseqPrefixCollision) {
  const DeploymentId longer{party(1), 1007};  // begins with 100
  for (const bool on : {false, true}) {
    with(&CompatSwitches::dseq_prefix_collision, on);
    must(create_msg(id, uact(500'000)));
    must(create_msg(longer, uact(500'000)));
    const BidId own = lease(order, party(2), Dec::from_int(10));
    const BidId foreign = lease(order_id(group_id(longer, 1), 1), party(3), Dec::from_int(20));
    at(20);
    must(MsgWithdrawLease{own});
    EXPECT_EQ(ledger.escrow_payment(own)->withdrawn.micro, 100);
    EXPECT_EQ(ledger.escrow_payment(foreign)->balance, Dec::from_int(on ? 200 : 0));
    EXPECT_EQ(funds(id).micro, on ? 499'700 : 499'900);
    EXPECT_EQ(funds(longer).micro, 500'000);
    at(21);
    must(MsgWithdrawLease{foreign});  // its own account pays from its own last settle: blocks count twice
    EXPECT_EQ(ledger.escrow_payment(foreign)->withdrawn.micro, on ? 200 + 220 : 220);
    must(MsgCloseDeployment{id});  // and ends with the other's deployment
    EXPECT_EQ(ledger.lease(foreign)->state, on ? LeaseState::closed : LeaseState::active);
    EXPECT_EQ(ledger.lease(foreign)->reason,
              on ? LeaseClosedReason::unspecified : LeaseClosedReason::invalid);
    EXPECT_EQ(ledger.deployment(longer)->state, DeploymentState::active);
  }
}

TEST_F(Section13Defects, OpenOrdersSurviveClose) {
  for (const bool on : {false, true}) {
    with(&CompatSwitches::open_orders_survive_close, on);
    must(create_msg(id, uact(500'000)));
    register_provider(party(2));
    const BidId bid = bid_id(order, party(2));
    must(bid_msg(bid, Dec::from_int(10)));
    must(MsgCloseDeployment{id});
    EXPECT_EQ(ledger.order(order)->state, on ? OrderState::open : OrderState::closed);
    EXPECT_EQ(ledger.bid(bid)->state, on ? BidState::open : BidState::closed);
    EXPECT_EQ(spent(party(2)), on ? 500'000 : 0);
    EXPECT_EQ(ledger.open_orders().size(), on ? 1u : 0u);
    const auto lines = event_lines();
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "EventOrderClosed"), on ? 0 : 1);
  }
}

TEST_F(Section13Defects, AkashSetsEverySwitch) {
  const CompatSwitches all = CompatSwitches::akash();
  EXPECT_TRUE(all.losing_bid_loop_stops && all.same_block_withdraw_panics && all.same_block_close_orphans &&
              all.payment_create_drops_accrual && all.dseq_prefix_collision && all.open_orders_survive_close);
}

}  // namespace
}  // namespace souk::test
