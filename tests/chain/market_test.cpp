#include "tests/chain/chain_fixture.hpp"

// What messages do beyond their codes and events: orders made again, cascades, reclamation, matching, the
// second price, and what queries show.
namespace souk::test {
namespace {

class MarketRules : public Chain {
 protected:
  const DeploymentId id{party(1), 100};
  const GroupId group = group_id(id, 1);
  const OrderId order = order_id(group, 1);
};

TEST_F(MarketRules, Section3_6TheNextOrderCountsTheClosedOnes) {
  must(create_msg(id, uact(500'000)));
  for (std::uint32_t oseq = 1; oseq <= 3; ++oseq) {
    next_block();
    must(MsgCloseLease{lease(order_id(group, oseq), party(2), Dec::from_int(1))});
    EXPECT_EQ(ledger.order(order_id(group, oseq))->state, OrderState::closed);
    EXPECT_EQ(ledger.order(order_id(group, oseq + 1))->state, OrderState::open);
  }
  EXPECT_EQ(ledger.order(order_id(group, 5)), nullptr);
  EXPECT_EQ(ledger.open_orders().size(), 1u);
}

TEST_F(MarketRules, Section3_5TheProviderLeavesAndTheTenantMustStartAgain) {
  must(create_msg(id, uact(500'000)));
  const BidId bid = lease(order, party(2), Dec::from_int(1));
  must(MsgCloseBid{bid, LeaseClosedReason::decommission});
  EXPECT_TRUE(ledger.open_orders().empty());
  must(MsgStartGroup{group});
  EXPECT_EQ(ledger.order(order_id(group, 2))->state, OrderState::open);
}

TEST_F(MarketRules, Section3_9ADrainedGroupOfAClosedDeploymentStartsButCanNotBeLeased) {
  must(create_msg(id, uact(500'000)));
  const BidId bid = lease(order, party(2), Dec::from_int(1000));
  at(600);
  must(MsgWithdrawLease{bid});
  ASSERT_EQ(ledger.group(group)->state, GroupState::insufficient_funds);
  must(MsgStartGroup{group});
  const BidId again = bid_id(order_id(group, 2), party(2));
  must(bid_msg(again, Dec::from_int(1)));
  EXPECT_EQ(text(send(MsgCreateLease{again})), "escrow 4");
}

TEST_F(MarketRules, Section3_8ClosingOneGroupLeavesTheOther) {
  must(create_msg(id, uact(500'000), 2));
  const BidId first = lease(order, party(2), Dec::from_int(10));
  const BidId second = lease(order_id(group_id(id, 2), 1), party(3), Dec::from_int(10));
  at(11);
  must(MsgCloseGroup{group});
  EXPECT_EQ(ledger.lease(first)->state, LeaseState::closed);
  EXPECT_EQ(ledger.lease(first)->closed_on.value, 11);
  EXPECT_EQ(ledger.escrow_payment(first)->withdrawn.micro, 100);
  EXPECT_EQ(ledger.lease(second)->state, LeaseState::active);
  EXPECT_EQ(ledger.escrow_payment(second)->balance, Dec::from_int(100));
  EXPECT_EQ(ledger.deployment(id)->state, DeploymentState::active);
}

TEST_F(MarketRules, Section3_2ReclamationRunsOnBlockTimeAndPaymentGoesOn) {
  auto msg = create_msg(id, uact(500'000));
  msg.reclamation_min_window = std::chrono::hours(1);
  must(msg);
  EXPECT_EQ(ledger.order(order)->reclamation_min_window, std::chrono::hours(1));
  register_provider(party(2));
  auto offer = bid_msg(bid_id(order, party(2)), Dec::from_int(10));
  offer.reclamation_window = std::chrono::hours(2);
  must(offer);
  must(MsgCreateLease{offer.id});
  at(11);
  must(MsgLeaseStartReclaim{offer.id, LeaseClosedReason::decommission});
  const auto reclamation = ledger.lease(offer.id)->reclamation;
  ASSERT_TRUE(reclamation.has_value());
  EXPECT_EQ(reclamation->window, std::chrono::hours(2));
  EXPECT_EQ(reclamation->started_at.value, 11);
  EXPECT_EQ(reclamation->deadline_unix_s, unix_seconds(ledger.block().time) + 7200);
  EXPECT_EQ(ledger.lease(offer.id)->state, LeaseState::reclaiming);
  at(21);
  must(MsgWithdrawLease{offer.id});
  EXPECT_EQ(ledger.escrow_payment(offer.id)->withdrawn.micro, 200);
  must(MsgCloseLease{offer.id});  // the window does not bind the tenant
  EXPECT_EQ(ledger.lease(offer.id)->reason, LeaseClosedReason::owner);
}

TEST_F(MarketRules, Section3_7SignedByNeedsEveryAllOfAndOneAnyOf) {
  auto spec = group_spec("web", Dec::from_int(100));
  spec.requirements.attributes = {{"region", "us-west"}};
  spec.requirements.signed_by = {{to_bech32(party(30))}, {to_bech32(party(31)), to_bech32(party(32))}};
  auto msg = create_msg(id, uact(500'000));
  msg.groups = {shared(spec)};
  must(msg);
  register_provider(party(2));
  const auto offer = bid_msg(bid_id(order, party(2)), Dec::from_int(1));
  EXPECT_EQ(text(send(offer)), "market 5");
  must(MsgSignProviderAttributes{party(2), party(30), {{"region", "us-west"}}});
  EXPECT_EQ(text(send(offer)), "market 5");
  must(MsgSignProviderAttributes{party(2), party(32), {{"region", "us-east"}}});
  EXPECT_EQ(text(send(offer)), "market 5");
  must(MsgSignProviderAttributes{party(2), party(32), {{"region", "us-west"}}});  // replaces the key
  must(offer);
}

TEST_F(MarketRules, Section3_3AnOfferAnswersEachUnitOnceWithItsCount) {
  must(create_msg(id, uact(500'000)));
  register_provider(party(2));
  auto offer = bid_msg(bid_id(order, party(2)), Dec::from_int(1));
  const auto offering = [&](std::vector<std::pair<std::uint32_t, std::uint32_t>> units) {
    std::vector<ResourceOffer> made;
    for (const auto& [unit, count] : units) {
      made.push_back({{}, count});
      made.back().resources.id = unit;
    }
    offer.resources_offer = std::make_shared<const std::vector<ResourceOffer>>(made);
    return text(send(offer));
  };
  EXPECT_EQ(offering({{2, 1}}), "market 32");
  EXPECT_EQ(offering({{1, 2}}), "market 32");
  EXPECT_EQ(offering({{1, 1}, {1, 1}}), "market 32");
  EXPECT_EQ(offering({{1, 1}}), "ok");
  EXPECT_EQ(ledger.bid(offer.id)->resources_offer, offer.resources_offer);
  must(MsgCloseBid{offer.id});
  EXPECT_EQ(ledger.bid(offer.id)->resources_offer, nullptr);  // dropped with the bid
}

TEST_F(MarketRules, AMultiMessageTransactionIsAllOrNothing) {
  const Hash before = ledger.state_hash();
  Tx tx;
  tx.signer = party(1);
  tx.msgs = {create_msg(id, uact(500'000)),
             MsgPauseGroup{group},
             MsgStartGroup{group},
             MsgAccountDeposit{party(1), deployment_escrow(id), from_balance(uact(7))},
             MsgCloseDeployment{id},
             MsgCloseDeployment{id}};
  const TxResult result = send(tx);
  EXPECT_EQ(text(result), "deployment 5");
  EXPECT_EQ(result.failed_msg, 5u);
  EXPECT_EQ(ledger.state_hash(), before);
  tx.msgs.pop_back();
  EXPECT_TRUE(send(tx).ok());
}

TEST_F(MarketRules, BidsAreListedInTextOrderOfTheirProviders) {
  must(create_msg(id, uact(500'000)));
  for (std::uint8_t i = 2; i < 12; ++i) {
    register_provider(party(i));
    must(bid_msg(bid_id(order, party(i)), Dec::from_int(i)));
  }
  const auto bids = ledger.bids_of(order);
  ASSERT_EQ(bids.size(), 10u);
  for (std::size_t i = 1; i < bids.size(); ++i)
    EXPECT_LT(to_bech32(bids[i - 1]->id.provider), to_bech32(bids[i]->id.provider));
}

// ---- AuctionRule: a study, not Akash ----

class SecondPrice : public MarketRules {
 protected:
  /// The rate of the lease when `chosen` wins among bids at these prices.
  Dec rate(AuctionRule rule, std::vector<std::int64_t> prices, std::size_t chosen) {
    ChainParams params;
    params.auction_rule = rule;
    restart(params);
    must(create_msg(id, uact(500'000)));
    for (std::size_t i = 0; i < prices.size(); ++i) {
      const Address provider = party(static_cast<std::uint8_t>(2 + i));
      register_provider(provider);
      must(bid_msg(bid_id(order, provider), Dec::from_int(prices[i])));
    }
    const BidId winner = bid_id(order, party(static_cast<std::uint8_t>(2 + chosen)));
    must(MsgCreateLease{winner});
    EXPECT_EQ(ledger.lease(winner)->price, ledger.escrow_payment(winner)->rate);
    EXPECT_EQ(std::get<EventLeaseCreated>(events[0]).price, ledger.lease(winner)->price);
    return ledger.lease(winner)->price.amount;
  }
};

TEST_F(SecondPrice, TheWinnerIsPaidTheLowestCompetingPrice) {
  EXPECT_EQ(rate(AuctionRule::second_price, {300, 200, 500}, 1), Dec::from_int(300));
}
TEST_F(SecondPrice, AloneTheWinnerIsPaidTheOrdersMaximum) {
  EXPECT_EQ(rate(AuctionRule::second_price, {300}, 0), Dec::from_int(1000));
}
TEST_F(SecondPrice, AWinnerThatIsNotTheLowestIsPaidHisOwnPrice) {
  EXPECT_EQ(rate(AuctionRule::second_price, {300, 200, 500}, 2), Dec::from_int(500));
}
TEST_F(SecondPrice, AkashPaysAsBid) {
  EXPECT_EQ(rate(AuctionRule::first_price, {300, 200, 500}, 1), Dec::from_int(200));
}

}  // namespace
}  // namespace souk::test
