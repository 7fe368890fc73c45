#include "actors/chain/codes.hpp"

#include "tests/chain/codes_fixture.hpp"

// Every error code of akash-chain.md sections 2.4, 3.8 and 4 is provoked by a transaction here, or has the
// reason why none can provoke it.
namespace souk::test {
namespace {

// ---- deployment ----

class DeploymentCodes : public Codes {
 protected:
  using E = DeploymentError;
  MsgCreateDeployment good() const { return create_msg(id, uact(500'000)); }

  void bad_shapes() {
    auto msg = good();
    msg.groups = {shared(group_spec("", Dec::from_int(1)))};
    expect(E::name_missing, msg);
    msg.groups = {good().groups[0], good().groups[0]};
    expect(E::duplicate_group_name, msg);
    msg.groups.clear();
    expect(E::invalid_groups, msg);
    msg = good();
    msg.id.dseq = 0;
    expect(E::invalid_deployment_id, msg);
    expect(E::invalid_deployment_id, MsgCloseDeployment{{party(1), 0}});
    expect(E::invalid_group_id, MsgPauseGroup{group_id(id, 0)});
    msg = good();
    msg.hash.clear();
    expect(E::empty_hash, msg);
    msg.hash.assign(31, 1);
    expect(E::invalid_hash, msg);
    expect(E::empty_hash, MsgUpdateDeployment{id, {}});
    expect(E::invalid_hash, MsgUpdateDeployment{id, std::vector<std::uint8_t>(33)});
  }

  void bad_deposits_and_windows() {
    auto msg = good();
    msg.deposit.sources.clear();
    expect(E::invalid_deposit, msg);  // stateless
    msg.deposit = from_balance(uakt(500'000));
    expect(E::invalid_deposit, msg);  // not the price's denomination
    msg.deposit = from_balance(uact(499'999));
    expect(E::invalid_deposit, msg);                                        // below the minimum
    expect(E::invalid_deposit, create_msg(id, uakt(500'000)));              // AKT is no initial deposit
    expect(E::invalid_deposit, create_msg(id, {Denom::uusdc, {500'000}}));  // denomination takes none
    msg = good();
    msg.reclamation_min_window = std::chrono::minutes(59);
    expect(E::invalid_reclamation, msg);
    msg.reclamation_min_window = std::chrono::hours(721);
    expect(E::invalid_reclamation, msg);
    msg.reclamation_min_window = std::chrono::seconds(-1);
    expect(E::invalid_reclamation, msg);
  }

  void wrong_states() {
    expect(E::not_found, MsgUpdateDeployment{id, std::vector<std::uint8_t>(32, 1)});
    expect(E::not_found, MsgCloseDeployment{id});
    expect(E::group_not_found, MsgCloseGroup{group});
    expect(E::group_not_found, MsgPauseGroup{group});
    expect(E::group_not_found, MsgStartGroup{group});
    must(good());
    expect(E::exists, good());
    expect(E::group_not_found, MsgCloseGroup{group_id(id, 2)});
    expect(E::invalid_hash, MsgUpdateDeployment{id, std::vector<std::uint8_t>(32, 7)});  // the current one
    expect(E::group_open, MsgStartGroup{group});
    must(MsgPauseGroup{group});
    expect(E::group_paused, MsgPauseGroup{group});
    must(MsgCloseGroup{group});
    expect(E::group_closed, MsgCloseGroup{group});
    expect(E::group_closed, MsgPauseGroup{group});
    expect(E::group_closed, MsgStartGroup{group});
    must(MsgCloseDeployment{id});
    expect(E::closed, MsgCloseDeployment{id});
    expect(E::closed, MsgUpdateDeployment{id, std::vector<std::uint8_t>(32, 1)});
    expect(E::exists, good());  // an id is used once, for ever
  }
};

TEST_F(DeploymentCodes, Section2_4AreProvokedOrExplained) {
  bad_shapes();
  bad_deposits_and_windows();
  wrong_states();
  ChainParams params;
  params.min_deposits = {uact(1), {Denom::uusdc, {1}}};
  restart(params);
  expect(E::invalid_price, create_msg(id, {Denom::uusdc, {5}}));
  expect_complete<E>({
      {E::invalid_request, "no rule of section 2 uses it"},
      {E::owner_account_missing, "an id's owner is an address, never a text that fails to parse"},
      {E::internal, "no rule of section 2 uses it"},
      {E::invalid_deployment, "a stored deployment is always valid"},
      {E::group_not_open, "the market answers 17 in its own codespace"},
      {E::group_spec_invalid, "section 2.2 wraps every failure of a group as 7"},
      {E::bad_id_path, "ids are not texts here"},
      {E::invalid_param, "MsgUpdateParams is governance's; parameters are the scenario's"},
      {E::invalid_escrow_id, "ids are not texts here"},
  });
}

// ---- market ----

class MarketCodes : public Codes {
 protected:
  using E = MarketError;
  MsgCreateBid good() const { return bid_msg(bid, Dec::from_int(10)); }

  void bad_bids_in_themselves() {
    expect(E::same_account, bid_msg(bid_id(order, party(1)), Dec::from_int(1)));
    auto msg = good();
    msg.id.bseq = 1;
    expect(E::invalid_bid, msg);
    expect(E::bid_zero_price, bid_msg(bid, Dec{}));
    msg = good();
    msg.deposit.sources = {DepositSource::balance, DepositSource::balance};
    expect(E::invalid_deposit, msg);
    for (const auto reason : {LeaseClosedReason::owner, LeaseClosedReason::insufficient_funds}) {
      expect(E::invalid_close_reason, MsgCloseBid{bid, reason});
      expect(E::invalid_close_reason, MsgLeaseStartReclaim{bid, reason});
    }
  }

  void nothing_there() {
    expect(E::order_not_found, good());
    expect(E::unknown_bid, MsgCloseBid{bid});
    expect(E::bid_not_found, MsgCreateLease{bid});
    expect(E::unknown_lease, MsgWithdrawLease{bid});
    expect(E::order_not_found, MsgCloseLease{bid});
    expect(E::unknown_lease, MsgLeaseStartReclaim{bid});
  }

  /// Section 3.3, in its order: each message breaks one rule and all that come after it.
  void bids_in_the_order_of_the_checks() {
    auto spec = group_spec("gpu", Dec::from_int(1000));
    spec.requirements.attributes = {{"region", "us-west"}};
    spec.resources[0].resource.gpu_units = 1;
    spec.resources[0].resource.gpu_attributes = {{"vendor/nvidia/model/a100", "true"}};
    auto wanted = create_msg(id, uact(500'000));
    wanted.groups = {shared(spec)};
    wanted.reclamation_min_window = std::chrono::hours(2);
    must(wanted);

    auto msg = bid_msg(bid, Dec::from_int(1001));
    msg.resources_offer = std::make_shared<const std::vector<ResourceOffer>>(1);
    msg.deposit = from_balance({Denom::uusdc, {1}});
    expect(E::invalid_deposit, msg);  // denomination
    msg.deposit = from_balance(uact(499'999));
    expect(E::invalid_deposit, msg);          // amount
    msg.deposit = from_grant(uact(500'000));  // nobody granted any
    expect(E::bid_invalid_price, msg);
    msg.price.amount = Dec::from_int(-1);
    expect(E::bid_invalid_price, msg);
    msg.price.amount = Dec::from_int(1000);  // equal to the order's is accepted
    expect(E::capabilities_mismatch, msg);   // the offer
    msg.resources_offer = nullptr;
    expect(E::unknown_provider, msg);
    register_provider(provider);
    expect(E::attribute_mismatch, msg);
    must(MsgUpdateProvider{provider_msg(provider, {{"region", "us-west"}}).provider});
    expect(E::capabilities_mismatch, msg);  // no such GPU
    must(MsgUpdateProvider{
        provider_msg(provider, {{"region", "us-west"}, {"capabilities/gpu/vendor/nvidia/model/a100", "true"}})
            .provider});
    expect(E::invalid_deposit, msg);  // insufficient balance
    msg.deposit = from_balance(uact(500'000));
    expect(E::reclamation_required, msg);
    msg.reclamation_window = std::chrono::hours(1);
    expect(E::window_too_short, msg);
    msg.reclamation_window = std::chrono::hours(721);
    expect(E::window_invalid, msg);
    msg.reclamation_window = std::chrono::hours(2);
    must(msg);
    expect(E::bid_exists, msg);
  }

  void reclaiming() {  // after bids_in_the_order_of_the_checks: an open bid with a window of two hours
    must(MsgCreateLease{bid});
    expect(E::bid_not_open, MsgCreateLease{bid});
    expect(E::order_active, good());
    expect(E::reclamation_not_started, MsgCloseBid{bid});
    must(MsgLeaseStartReclaim{bid});
    expect(E::lease_not_active, MsgLeaseStartReclaim{bid});
    at(ledger.block().height.value + 1199);  // six seconds short of two hours
    expect(E::window_not_elapsed, MsgCloseBid{bid});
    next_block();
    must(MsgCloseBid{bid});
    expect(E::lease_not_active, MsgCloseBid{bid});
    expect(E::order_closed, MsgCloseLease{bid});
    expect(E::order_closed, good());
  }

  void losers_and_others() {
    restart({});
    must(create_msg(id, uact(500'000)));
    for (std::uint8_t i = 0; i <= 20; ++i) {  // order_max_bids lets one more in
      register_provider(party(static_cast<std::uint8_t>(10 + i)));
      must(bid_msg(bid_id(order, party(static_cast<std::uint8_t>(10 + i))), Dec::from_int(5)));
    }
    register_provider(provider);
    expect(E::invalid_bid, good());
    const BidId winner = bid_id(order, party(10));
    const BidId loser = bid_id(order, party(11));
    must(MsgCreateLease{winner});
    expect(E::unknown_lease_for_bid, MsgCloseBid{loser});
    expect(E::bid_not_active, MsgCloseLease{loser});
    expect(E::bid_not_found, MsgCloseLease{bid});
    expect(E::not_reclaimable, MsgLeaseStartReclaim{winner});
  }

  /// States that only the live defects leave behind.
  void through_defects() {
    ChainParams params;
    params.compat.losing_bid_loop_stops = true;
    params.compat.open_orders_survive_close = true;
    restart(params);
    must(create_msg(id, uact(500'000), 2));
    std::vector<BidId> bids;
    for (std::uint8_t i = 10; i < 13; ++i) {
      register_provider(party(i));
      bids.push_back(bid_id(order, party(i)));
      must(bid_msg(bids.back(), Dec::from_int(5)));
    }
    must(MsgCreateLease{bids[0]});
    for (const BidId& other : {bids[1], bids[2]}) {
      if (ledger.bid(other)->state == BidState::open) expect(E::order_not_open, MsgCreateLease{other});
    }
    const GroupId second = group_id(id, 2);
    const BidId on_second = bid_id(order_id(second, 1), party(10));
    must(bid_msg(on_second, Dec::from_int(5)));
    must(MsgPauseGroup{second});
    expect(E::group_not_open, MsgCreateLease{on_second});
    expect(E::order_active, MsgStartGroup{second});
  }
};

TEST_F(MarketCodes, Section3_8AreProvokedOrExplained) {
  bad_bids_in_themselves();
  nothing_there();
  bids_in_the_order_of_the_checks();
  reclaiming();
  losers_and_others();
  through_defects();
  expect_complete<E>({
      {E::empty_provider, "an id's provider is an address, never an empty text"},
      {E::internal, "no rule of section 3 uses it"},
      {E::bid_over_order, "section 3.3 answers 22"},
      {E::unknown_order_for_bid, "a bid is found through its order"},
      {E::no_lease_for_order, "section 3.6 answers 20"},
      {E::group_not_found, "an order is found through its group"},
      {E::lease_not_found, "the active bid of an active order has its lease"},
      {E::order_exists, "oseq counts up"},
      {E::order_duration_exceeded, "orders do not expire any more (section 3.3)"},
      {E::order_too_early, "orders do not expire any more (section 3.3)"},
      {E::invalid_param, "MsgUpdateParams is governance's; parameters are the scenario's"},
      {E::invalid_escrow_id, "ids are not texts here"},
      {E::already_reclaiming, "a reclaiming lease is not active, which section 3.2 asks first (10)"},
  });
}

TEST_F(MarketCodes, ABidInAnotherDenominationPanics) {
  must(create_msg(id, uact(500'000)));
  register_provider(provider);
  EXPECT_EQ(text(send(bid_msg(bid, Dec::from_int(1), Denom::uakt))), "undefined 111222");
}

TEST_F(MarketCodes, TheCountOfBidsIsAskedBeforeTheOrdersState) {
  ChainParams params;
  params.order_max_bids = 1;
  restart(params);
  must(create_msg(id, uact(500'000)));
  for (std::uint8_t i = 10; i < 12; ++i) {
    register_provider(party(i));
    must(bid_msg(bid_id(order, party(i)), Dec::from_int(5)));
  }
  must(MsgCloseDeployment{id});
  expect(E::invalid_bid, good());  // closed bids count, and 31 comes before 24
}

// ---- escrow ----

class EscrowCodes : public Codes {
 protected:
  using E = EscrowError;

  void deposits() {
    expect(E::account_not_found, MsgAccountDeposit{party(9), deployment_escrow(id), from_balance(uact(1))});
    expect(E::account_not_found, MsgAccountDeposit{party(9), bid_escrow(bid), from_balance(uact(1))});
    expect(E::invalid_id, MsgAccountDeposit{party(9), {}, from_balance(uact(1))});
    expect(E::invalid_deposit, MsgAccountDeposit{party(9), deployment_escrow(id), from_balance(uact(0))});
    expect(E::invalid_deposit, MsgAccountDeposit{party(9), deployment_escrow(id), {uact(5), {}}});
    expect(E::invalid_authz_scope, MsgGrantDeposit{party(1), party(2), {}, {uact(5)}, {}});
    expect(E::invalid_authz_scope,
           MsgGrantDeposit{party(1), party(2), {EscrowScope::invalid}, {uact(5)}, {}});
  }

  void payments() {
    at(10);
    must(create_msg(id, uact(500'000), 2));
    const BidId first = lease(order, provider, Dec::from_int(1000));
    const BidId second = bid_id(order_id(group_id(id, 2), 1), provider);
    must(bid_msg(second, Dec::from_int(10)));
    at(511);  // one block after the account ran dry
    expect(E::account_overdrawn, MsgCreateLease{second});
    must(MsgCloseLease{first});
    expect(E::payment_closed, MsgWithdrawLease{first});
    must(MsgAccountDeposit{party(9), deployment_escrow(id), from_balance(uact(5'000))});
    expect(E::account_closed, MsgAccountDeposit{party(9), deployment_escrow(id), from_balance(uact(1))});
    expect(E::account_closed, MsgAccountDeposit{party(9), bid_escrow(first), from_balance(uact(1))});
  }
};

TEST_F(EscrowCodes, Section4AreProvokedOrExplained) {
  deposits();
  payments();
  ChainParams params;
  params.min_deposits = {uact(0)};
  restart(params);
  register_provider(provider);
  must(create_msg(id, uact(0)));  // an account without any funds entry
  must(bid_msg(bid, Dec::from_int(1)));
  expect(E::invalid_denomination, MsgCreateLease{bid});
  expect_complete<E>({
      {E::account_exists, "deployments and bids are refused as existing before (deployment 3, market 21)"},
      {E::payment_exists, "a bid is leased once, so its payment is made once"},
      {E::payment_not_found, "a lease has its payment from the start"},
      {E::rate_zero, "a bid's price is not zero (market 19)"},
      {E::invalid_payment, "a stored payment is always valid"},
      {E::invalid_settlement, "no rule of section 5 uses it"},
      {E::invalid_account, "a stored account is always valid"},
      {E::invalid_depositor, "a depositor is an address, never a text that fails to parse"},
      {E::unauthorized_deposit_scope, "a grant of another scope is passed over (section 5.2)"},
      {E::malformed_key, "ids are not texts here"},
  });
}

}  // namespace
}  // namespace souk::test
