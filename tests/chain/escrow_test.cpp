#include "tests/chain/chain_fixture.hpp"

// Deposits, grants, refunds, the AKT fallback and the take rate: akash-chain.md sections 4 and 5.
namespace souk::test {
namespace {

class EscrowRules : public Chain {
 protected:
  void with(ChainParams params) {
    params.min_deposits = {uact(1), uakt(1), {Denom::uusdc, {1}}};
    restart(params);
    at(10);
  }
  void grant(const Address& granter, const Address& grantee, Coin limit, std::optional<Time> until = {}) {
    must(MsgGrantDeposit{granter, grantee, {EscrowScope::deployment}, {limit}, until});
  }
  const DeploymentId id{party(1), 100};
  const OrderId order = order_id(group_id(id, 1), 1);
  const EscrowAccountId account = deployment_escrow(id);
};

// ---- 5.1, 5.3: deposits ----

TEST_F(EscrowRules, Section5_3DepositsAreUsedOldestFirst) {
  with({});
  must(create_msg(id, uact(100)));
  must(MsgAccountDeposit{party(5), account, from_balance(uact(200))});
  must(MsgAccountDeposit{party(6), account, from_balance(uact(300))});
  const BidId bid = lease(order, party(2), Dec::from_int(15));
  at(20);  // owes 150: all of the first deposit, 50 of the second
  must(MsgWithdrawLease{bid});
  const auto& deposits = ledger.escrow_account(account)->deposits;
  ASSERT_EQ(deposits.size(), 2u);
  EXPECT_EQ(deposits[0].owner, party(5));
  EXPECT_EQ(deposits[0].balance, Dec::from_int(150));
  must(MsgCloseDeployment{id});
  EXPECT_EQ(spent(party(1)), 100);
  EXPECT_EQ(spent(party(5)), 50);
  EXPECT_EQ(spent(party(6)), 0);
}

TEST_F(EscrowRules, Section5_3PaysOnlyFromTheRatesDenomination) {
  with({});
  must(create_msg(id, uact(100)));
  must(MsgAccountDeposit{party(5), account, from_balance(uakt(1000))});
  const BidId bid = lease(order, party(2), Dec::from_int(15));
  at(20);
  must(MsgWithdrawLease{bid});
  EXPECT_EQ(ledger.escrow_payment(bid)->withdrawn.micro, 100);
  EXPECT_EQ(ledger.escrow_account(account)->state, EscrowState::overdrawn);
  EXPECT_EQ(spent(party(5), Denom::uakt), 0);  // refunded
}

TEST_F(EscrowRules, Section4AnybodyMayTopUpABidAndGetsItBack) {
  with({});
  must(create_msg(id, uact(100)));
  register_provider(party(2));
  const BidId bid = bid_id(order, party(2));
  must(bid_msg(bid, Dec::from_int(1)));
  must(MsgAccountDeposit{party(7), bid_escrow(bid), from_balance(uakt(9))});
  EXPECT_EQ(ledger.escrow_account(bid_escrow(bid))->funds.size(), 2u);
  must(MsgCloseBid{bid});
  EXPECT_EQ(spent(party(7), Denom::uakt), 0);
  EXPECT_EQ(spent(party(2)), 0);
  const EscrowAccount* closed = ledger.escrow_account(bid_escrow(bid));
  EXPECT_EQ(closed->state, EscrowState::closed);
  EXPECT_EQ(closed->settled_at.value, 10);
  ASSERT_EQ(closed->funds.size(), 2u);
  EXPECT_EQ(closed->funds[0].denom, Denom::uact);
  EXPECT_EQ(closed->funds[1].denom, Denom::uakt);
}

// ---- 5.2: grants ----

TEST_F(EscrowRules, Section5_2GrantsAreTakenInOrderOfGranterBytesAndStayAtZero) {
  with({});
  grant(party(9), party(1), uact(300));
  grant(party(8), party(1), uact(200));
  auto msg = create_msg(id, uact(450));
  msg.deposit.sources = {DepositSource::grant, DepositSource::balance};
  must(msg);
  EXPECT_EQ(spent(party(8)), 200);
  EXPECT_EQ(spent(party(9)), 250);
  EXPECT_EQ(spent(party(1)), 0);
  auto more = create_msg({party(1), 101}, uact(60));
  more.deposit.sources = {DepositSource::grant, DepositSource::balance};
  must(more);  // 50 left of the second grant, 10 of the own balance
  EXPECT_EQ(spent(party(9)), 300);
  EXPECT_EQ(spent(party(1)), 10);
}

TEST_F(EscrowRules, Section5_2SourcesMustCoverTheDepositExactly) {
  with({});
  grant(party(9), party(1), uact(300));
  auto msg = create_msg(id, uact(301));
  msg.deposit = from_grant(uact(301));
  EXPECT_EQ(text(send(msg)), "market 28");
  EXPECT_EQ(spent(party(9)), 0);
}

TEST_F(EscrowRules, Section5_2ExpiredAndOtherScopesArePassedOver) {
  with({});
  grant(party(8), party(1), uact(500), ledger.block().time + std::chrono::seconds(6));
  must(MsgGrantDeposit{party(9), party(1), {EscrowScope::bid}, {uact(500)}, {}});
  auto msg = create_msg(id, uact(100));
  msg.deposit = from_grant(uact(100));
  at(12);
  EXPECT_EQ(text(send(msg)), "market 28");
}

TEST_F(EscrowRules, Section5_2AGranterWithoutTheCoinFailsInTheBank) {
  with({});
  grant(party(9), party(1), uact(purse + 5));
  auto msg = create_msg(id, uact(purse + 5));
  msg.deposit = from_grant(uact(purse + 5));
  EXPECT_EQ(text(send(msg)), "sdk 5");
}

TEST_F(EscrowRules, Section5_4ARefundGrowsTheGrantAgain) {
  with({});
  grant(party(9), party(1), uact(300));
  auto msg = create_msg(id, uact(300));
  msg.deposit = from_grant(uact(300));
  must(msg);
  lease(order, party(2), Dec::from_int(10));
  at(20);
  must(MsgCloseDeployment{id});
  EXPECT_EQ(spent(party(9)), 100);
  auto again = create_msg({party(1), 101}, uact(200));  // the 200 that came back
  again.deposit = from_grant(uact(200));
  must(again);
  must(MsgRevokeDeposit{party(9), party(1)});
  must(MsgCloseDeployment{{party(1), 101}});  // the coin comes back, the grant does not
  EXPECT_EQ(spent(party(9)), 100);
  auto third = create_msg({party(1), 102}, uact(1));
  third.deposit = from_grant(uact(1));
  EXPECT_EQ(text(send(third)), "market 28");
}

// ---- 5.3 step 7: the AKT fallback ----

class AktFallback : public EscrowRules {
 protected:
  BidId dry_after_ten_blocks(bool on, Dec price, std::int64_t akt) {
    ChainParams params;
    params.akt_fallback = on;
    params.akt_price_usd = price;
    with(params);
    must(create_msg(id, uact(100)));
    must(MsgAccountDeposit{party(5), account, from_balance(uakt(akt))});
    const BidId bid = lease(order, party(2), Dec::from_int(10));
    at(26);  // owes 160, has 100
    must(MsgWithdrawLease{bid});
    return bid;
  }
};

TEST_F(AktFallback, Section5_3PaysTheShortfallInAktAndTheLeaseGoesOn) {
  const BidId bid = dry_after_ten_blocks(true, dec("1.5"), 1000);  // 60 uact are 40 uakt
  EXPECT_EQ(earned(party(2), Denom::uakt), 40);
  EXPECT_EQ(ledger.escrow_payment(bid)->withdrawn.micro, 100);
  EXPECT_EQ(ledger.lease(bid)->state, LeaseState::active);
  EXPECT_EQ(funds(id).micro, 0);
  EXPECT_EQ(funds(id, Denom::uakt).micro, 960);
  at(29);
  must(MsgWithdrawLease{bid});  // 30 uact more: 20 uakt
  EXPECT_EQ(earned(party(2), Denom::uakt), 60);
  must(MsgCloseDeployment{id});
  EXPECT_EQ(spent(party(5), Denom::uakt), 60);
}

TEST_F(AktFallback, Section5_3SendsWholeUnitsAndKeepsTheFractionAsDust) {
  dry_after_ten_blocks(true, dec("0.7"), 1000);  // 85.714285714285714286 uakt
  EXPECT_EQ(earned(party(2), Denom::uakt), 85);
  must(MsgCloseDeployment{id});
  EXPECT_EQ(spent(party(5), Denom::uakt), 86);  // the invariants hold the one unit as dust
  EXPECT_EQ(ledger.balance(module_address("escrow"), Denom::uakt).micro, 1);
}

TEST_F(AktFallback, Section5_3StopsWhenAktIsExhaustedAndOwesNoAkt) {
  const BidId bid = dry_after_ten_blocks(true, dec("1.5"), 10);  // covers 15 of the 60
  EXPECT_EQ(earned(party(2), Denom::uakt), 10);
  EXPECT_EQ(ledger.escrow_payment(bid)->unsettled, Dec::from_int(45));
  EXPECT_EQ(funds(id).micro, -45);
  EXPECT_EQ(funds(id, Denom::uakt).micro, 0);
  EXPECT_EQ(ledger.deployment(id)->state, DeploymentState::closed);
}

TEST_F(AktFallback, Section5_3NeedsTheSwitchAndAPrice) {
  for (const auto& [on, price] : {std::pair{false, dec("1.5")}, std::pair{true, Dec{}}}) {
    dry_after_ten_blocks(on, price, 1000);
    EXPECT_EQ(earned(party(2), Denom::uakt), 0);
    EXPECT_EQ(ledger.deployment(id)->state, DeploymentState::closed);
  }
}

// ---- 5.5: the take-rate era ----

TEST_F(EscrowRules, Section5_5TheCommunityPoolKeepsItsPercentage) {
  with(ChainParams::era_2021());
  auto msg = create_msg(id, uakt(5'000'000));
  must(msg);
  must(MsgAccountDeposit{party(1), account, from_balance(uact(1))});
  const BidId bid = bid_id(order, party(2));
  register_provider(party(2));
  auto offer = bid_msg(bid, dec("12.34"), Denom::uakt);
  offer.deposit = from_balance(uakt(5'000'000));
  must(offer);
  must(MsgCreateLease{bid});
  at(1010);
  must(MsgWithdrawLease{bid});
  EXPECT_EQ(event_lines(), (std::vector<std::string>{"escrow->distribution 246uakt", "escrow->2 12094uakt"}));
  EXPECT_EQ(ledger.escrow_payment(bid)->withdrawn.micro, 12'340);  // fee included
}

TEST_F(EscrowRules, Section5_5OtherDenominationsPayTheDefaultRate) {
  ChainParams params = ChainParams::era_2021();
  params.price_denom = Denom::uusdc;
  with(params);
  must(create_msg(id, {Denom::uusdc, {1'000}}));
  register_provider(party(2));
  const BidId bid = bid_id(order, party(2));
  auto offer = bid_msg(bid, Dec::from_int(1), Denom::uusdc);
  offer.deposit = from_balance(uakt(5'000'000));
  must(offer);
  must(MsgCreateLease{bid});
  at(109);
  must(MsgWithdrawLease{bid});
  EXPECT_EQ(ledger.balance(module_address("distribution"), Denom::uusdc).micro, 19);  // T(99 x 20 %)
  EXPECT_EQ(earned(party(2), Denom::uusdc), 80);
}

// ---- arithmetic at the edge ----

TEST_F(EscrowRules, TheLargestRateOverTheLongestTimeStaysInRange) {
  ChainParams params;
  with(params);
  auto msg = create_msg(id, uact(100));
  auto spec = group_spec("huge", Dec::from_int(10'000'000));
  spec.resources[0].resource.cpu_milli = 10;
  spec.resources[0].resource.memory_bytes = std::uint64_t{1} << 20;
  spec.resources[0].count = 1'920'000;  // the most the group totals allow
  msg.groups = {shared(spec)};
  must(msg);
  const BidId bid = lease(order, party(2), Dec::from_int(19'200'000'000'000));
  at(1'000'000'000);  // rate x blocks is beyond 128 bits
  must(MsgWithdrawLease{bid});
  EXPECT_EQ(ledger.escrow_payment(bid)->withdrawn.micro, 100);
  EXPECT_EQ(ledger.escrow_account(account)->state, EscrowState::overdrawn);
}

}  // namespace
}  // namespace souk::test
