#include <algorithm>

#include "tests/chain/chain_fixture.hpp"

// The worked examples of akash-chain.md section 13.1 and of economics.md section 3, V27, number by number.
namespace souk::test {
namespace {

class Section13_1 : public Chain {
 protected:
  const Address tenant = party(1);
  const Address provider = party(2);
  const DeploymentId id{tenant, 100};

  BidId one_lease_at_12_5() {
    at(100);
    must(create_msg(id, uact(5'000'000)));
    return lease(order_id(group_id(id, 1), 1), provider, dec("12.5"));
  }
};

TEST_F(Section13_1, WithdrawAfterSevenBlocksTruncatesOnce) {
  const BidId bid = one_lease_at_12_5();
  at(107);
  must(MsgWithdrawLease{bid});
  EXPECT_EQ(earned(provider), 87 - 500'000);  // its bid deposit is still held
  EXPECT_EQ(funds(id).micro, 4'999'913);
  const EscrowPayment* payment = ledger.escrow_payment(bid);
  EXPECT_EQ(payment->withdrawn.micro, 87);
  EXPECT_TRUE(payment->balance.is_zero());  // the half unit was never the provider's
}

TEST_F(Section13_1, WithdrawAtThreeAndSevenBlocksTruncatesTwice) {
  const BidId bid = one_lease_at_12_5();
  at(103);
  must(MsgWithdrawLease{bid});
  EXPECT_EQ(ledger.escrow_payment(bid)->withdrawn.micro, 37);
  at(107);
  must(MsgWithdrawLease{bid});
  EXPECT_EQ(ledger.escrow_payment(bid)->withdrawn.micro, 87);
}

TEST_F(Section13_1, WithdrawEveryBlockLosesThreeUnits) {
  const BidId bid = one_lease_at_12_5();
  for (std::int64_t height = 101; height <= 107; ++height) {
    at(height);
    must(MsgWithdrawLease{bid});
  }
  EXPECT_EQ(ledger.escrow_payment(bid)->withdrawn.micro, 84);
  EXPECT_EQ(funds(id).micro, 5'000'000 - 84);
}

/// Deposit 100, two groups at rate 10 from height 10, first touched 8 blocks later.
class Section13_1Overdraw : public Section13_1 {
 protected:
  Section13_1Overdraw() {
    ChainParams params;
    params.min_deposits = {uact(1), uakt(1)};
    restart(params);
    // A's provider sorts after B's, yet A is paid first: keys begin with gseq.
    const bool in_order = bech32_less(party(2), party(3));
    provider_a = in_order ? party(3) : party(2);
    provider_b = in_order ? party(2) : party(3);
    at(10);
    must(create_msg(id, uact(100), 2));
    lease_a = lease(order_id(group_id(id, 1), 1), provider_a, Dec::from_int(10));
    lease_b = lease(order_id(group_id(id, 2), 1), provider_b, Dec::from_int(10));
    at(18);
    must(MsgWithdrawLease{lease_b});
  }
  Address provider_a;
  Address provider_b;
  BidId lease_a;
  BidId lease_b;
};

TEST_F(Section13_1Overdraw, FirstPayeeInKeyOrderTakesAll) {
  const EscrowPayment* a = ledger.escrow_payment(lease_a);
  EXPECT_EQ(a->withdrawn.micro, 80);
  EXPECT_TRUE(a->unsettled.is_zero());
  EXPECT_EQ(a->state, EscrowState::overdrawn);
  const EscrowPayment* b = ledger.escrow_payment(lease_b);
  EXPECT_EQ(b->withdrawn.micro, 20);
  EXPECT_EQ(b->unsettled, Dec::from_int(60));
  EXPECT_EQ(b->state, EscrowState::overdrawn);
  EXPECT_EQ(ledger.escrow_account(deployment_escrow(id))->state, EscrowState::overdrawn);
  EXPECT_EQ(funds(id).micro, -60);
  EXPECT_EQ(ledger.deployment(id)->state, DeploymentState::closed);
  for (const std::uint32_t gseq : {1u, 2u})
    EXPECT_EQ(ledger.group(group_id(id, gseq))->state, GroupState::insufficient_funds);
  for (const BidId& bid : {lease_a, lease_b}) {
    EXPECT_EQ(ledger.lease(bid)->state, LeaseState::insufficient_funds);
    EXPECT_EQ(ledger.lease(bid)->reason, LeaseClosedReason::insufficient_funds);
    EXPECT_EQ(ledger.lease(bid)->closed_on.value, 18);
    EXPECT_EQ(ledger.bid(bid)->state, BidState::closed);
  }
}

TEST_F(Section13_1Overdraw, TopUpPaysTheDebtRefundsTheRestAndStaysClosed) {
  const Address stranger = party(9);
  at(20);
  must(MsgAccountDeposit{stranger, deployment_escrow(id), from_balance(uact(100))});
  EXPECT_EQ(ledger.escrow_payment(lease_b)->withdrawn.micro, 80);
  EXPECT_EQ(spent(stranger), 60);
  EXPECT_EQ(earned(provider_a), 80);
  EXPECT_EQ(earned(provider_b), 80);
  EXPECT_EQ(ledger.escrow_account(deployment_escrow(id))->state, EscrowState::closed);
  for (const BidId& bid : {lease_a, lease_b})
    EXPECT_EQ(ledger.escrow_payment(bid)->state, EscrowState::closed);
  EXPECT_EQ(ledger.deployment(id)->state, DeploymentState::closed);
  EXPECT_EQ(ledger.balance(module_address("escrow"), Denom::uact).micro, 0);
}

TEST_F(Section13_1Overdraw, TopUpBelowTheDebtIsPaidOutAndLeavesTheRestOwed) {
  must(MsgAccountDeposit{party(9), deployment_escrow(id), from_balance(uact(25))});
  EXPECT_EQ(ledger.escrow_payment(lease_b)->unsettled, Dec::from_int(35));
  EXPECT_EQ(ledger.escrow_payment(lease_b)->withdrawn.micro, 45);
  EXPECT_EQ(funds(id).micro, -35);
  EXPECT_EQ(ledger.escrow_account(deployment_escrow(id))->state, EscrowState::overdrawn);
}

TEST_F(Section13_1, GseqTenIsPaidBeforeGseqTwo) {
  ChainParams params;
  params.min_deposits = {uact(1), uakt(1)};
  restart(params);
  at(10);
  must(create_msg(id, uact(100), 10));
  const BidId second = lease(order_id(group_id(id, 2), 1), party(2), Dec::from_int(10));
  const BidId tenth = lease(order_id(group_id(id, 10), 1), party(2), Dec::from_int(10));
  at(20);
  must(MsgWithdrawLease{second});
  EXPECT_EQ(ledger.escrow_payment(tenth)->withdrawn.micro, 100);
  EXPECT_EQ(ledger.escrow_payment(second)->withdrawn.micro, 0);
  EXPECT_EQ(ledger.escrow_payment(second)->unsettled, Dec::from_int(100));
}

class EconomicsV27 : public Chain {
 protected:
  EconomicsV27() {
    at(1000);
    must(create_msg(id, uact(5'000'000), 2));
    one = lease(order_id(group_id(id, 1), 1), party(2), Dec::from_int(700));
    two = lease(order_id(group_id(id, 2), 1), party(3), Dec::from_int(300));
  }
  /// Deposits = paid + accrued + balance + refunds, in every state.
  std::int64_t accounted() const {
    const EscrowAccount* account = ledger.escrow_account(deployment_escrow(id));
    std::int64_t sum = std::max<std::int64_t>(0, account->funds[0].amount.truncate().micro);
    for (const BidId& bid : {one, two}) {
      const EscrowPayment* payment = ledger.escrow_payment(bid);
      sum += payment->withdrawn.micro + payment->balance.truncate().micro;
    }
    return sum;
  }
  const DeploymentId id{party(1), 7};
  BidId one;
  BidId two;
};

TEST_F(EconomicsV27, WithdrawingOneLeaseAccruesTheOther) {
  at(2000);
  must(MsgWithdrawLease{one});
  EXPECT_EQ(ledger.escrow_payment(one)->withdrawn.micro, 700'000);
  EXPECT_EQ(ledger.escrow_payment(two)->balance, Dec::from_int(300'000));
  EXPECT_EQ(funds(id).micro, 4'000'000);
  EXPECT_EQ(accounted(), 5'000'000);
}

TEST_F(EconomicsV27, TouchedLateTheAccountIsOverdrawnAndEverythingWasPaid) {
  at(2000);
  must(MsgWithdrawLease{one});
  at(6200);  // dry since 6000
  must(MsgWithdrawLease{two});
  const EscrowPayment* first = ledger.escrow_payment(one);
  const EscrowPayment* second = ledger.escrow_payment(two);
  EXPECT_EQ(first->withdrawn.micro + second->withdrawn.micro, 5'000'000);
  EXPECT_EQ(first->unsettled + second->unsettled, Dec::from_int(200'000));
  EXPECT_EQ(ledger.escrow_account(deployment_escrow(id))->state, EscrowState::overdrawn);
  EXPECT_EQ(accounted(), 5'000'000);
  at(9000);
  EXPECT_EQ(text(send(MsgWithdrawLease{one})), "escrow 7");  // frozen
}

}  // namespace
}  // namespace souk::test
