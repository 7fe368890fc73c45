#include <algorithm>

#include "actors/base/alternatives.hpp"
#include "tests/chain/chain_fixture.hpp"

// Which events a message emits and in which order: akash-chain.md section 11.2.
namespace souk::test {
namespace {

using Lines = std::vector<std::string>;

class Section11_2 : public Chain {
 protected:
  const DeploymentId id{party(1), 100};
  const OrderId order = order_id(group_id(id, 1), 1);

  /// Parties 2, 3, 4 in the order of their bech32 text: that of Akash's stores.
  std::vector<Address> providers_in_text_order() {
    std::vector<Address> providers{party(2), party(3), party(4)};
    std::sort(providers.begin(), providers.end(), bech32_less);
    for (const Address& provider : providers) register_provider(provider);
    return providers;
  }
};

TEST_F(Section11_2, CreateDeployment) {
  must(create_msg(id, uact(500'000), 2));
  EXPECT_EQ(event_lines(), (Lines{"EventDeploymentCreated", "EventOrderCreated", "EventOrderCreated",
                                  "1->escrow 500000uact"}));
}

TEST_F(Section11_2, CreateBid) {
  must(create_msg(id, uact(500'000)));
  register_provider(party(2));
  must(bid_msg(bid_id(order, party(2)), Dec::from_int(10)));
  EXPECT_EQ(event_lines(), (Lines{"EventBidCreated", "2->escrow 500000uact"}));
}

TEST_F(Section11_2, CreateLeaseRefundsTheLosersInTextOrderWithoutAnEvent) {
  must(create_msg(id, uact(500'000)));
  const auto providers = providers_in_text_order();
  for (const Address& provider : providers) must(bid_msg(bid_id(order, provider), Dec::from_int(10)));
  must(MsgCreateLease{bid_id(order, providers[1])});
  EXPECT_EQ(event_lines(), (Lines{"EventLeaseCreated", "escrow->" + name_of(providers[0]) + " 500000uact",
                                  "escrow->" + name_of(providers[2]) + " 500000uact"}));
}

TEST_F(Section11_2, CloseLeaseOrdersAgain) {
  must(create_msg(id, uact(500'000)));
  const BidId bid = lease(order, party(2), Dec::from_int(10));
  at(10);
  must(MsgCloseLease{bid});
  EXPECT_EQ(event_lines(), (Lines{"EventLeaseClosed", "escrow->2 500000uact", "EventBidClosed",
                                  "EventOrderClosed", "escrow->2 90uact", "EventOrderCreated"}));
  EXPECT_EQ(ledger.order(order_id(group_id(id, 1), 2))->state, OrderState::open);
}

TEST_F(Section11_2, CloseDeploymentPaysThenRefundsThenClosesDownTheTree) {
  must(create_msg(id, uact(500'000), 2));
  must(MsgAccountDeposit{party(5), deployment_escrow(id), from_balance(uact(7))});
  const BidId first = lease(order, party(2), Dec::from_int(10));
  lease(order_id(group_id(id, 2), 1), party(3), Dec::from_int(20));
  at(11);
  must(MsgCloseDeployment{id});
  EXPECT_EQ(event_lines(),
            (Lines{"escrow->2 100uact", "escrow->3 200uact", "escrow->1 499700uact", "escrow->5 7uact",
                   "EventDeploymentClosed", "EventGroupClosed", "EventOrderClosed", "escrow->2 500000uact",
                   "EventBidClosed", "EventLeaseClosed", "EventGroupClosed", "EventOrderClosed",
                   "escrow->3 500000uact", "EventBidClosed", "EventLeaseClosed"}));
  EXPECT_EQ(ledger.lease(first)->reason, LeaseClosedReason::owner);
}

TEST_F(Section11_2, CloseDeploymentWithOpenBids) {
  must(create_msg(id, uact(500'000)));
  const auto providers = providers_in_text_order();
  for (const Address& provider : providers) must(bid_msg(bid_id(order, provider), Dec::from_int(10)));
  must(MsgCloseDeployment{id});
  Lines expected{"escrow->1 500000uact", "EventDeploymentClosed", "EventGroupClosed", "EventOrderClosed"};
  for (const Address& provider : providers) {
    expected.push_back("escrow->" + name_of(provider) + " 500000uact");
    expected.push_back("EventBidClosed");
  }
  EXPECT_EQ(event_lines(), expected);
}

TEST_F(Section11_2, CloseBidOnALeasePausesTheGroup) {
  must(create_msg(id, uact(500'000)));
  const BidId bid = lease(order, party(2), Dec::from_int(10));
  at(6);
  must(MsgCloseBid{bid, LeaseClosedReason::unstable});
  EXPECT_EQ(event_lines(), (Lines{"EventGroupPaused", "EventLeaseClosed", "escrow->2 500000uact",
                                  "EventBidClosed", "EventOrderClosed", "escrow->2 50uact"}));
  EXPECT_EQ(ledger.lease(bid)->reason, LeaseClosedReason::unstable);
  EXPECT_EQ(ledger.group(group_id(id, 1))->state, GroupState::paused);
}

TEST_F(Section11_2, OverdrawPaysRefundsAndClosesWithInsufficientFunds) {
  must(create_msg(id, uact(500'000)));
  must(MsgAccountDeposit{party(5), deployment_escrow(id), from_balance(uakt(3))});
  const BidId bid = lease(order, party(2), Dec::from_int(1000));
  at(601);
  must(MsgWithdrawLease{bid});
  EXPECT_EQ(event_lines(),
            (Lines{"escrow->2 500000uact", "escrow->5 3uakt", "EventDeploymentClosed", "EventGroupClosed",
                   "EventOrderClosed", "escrow->2 500000uact", "EventBidClosed", "EventLeaseClosed"}));
}

TEST_F(Section11_2, PauseStartAndUpdate) {
  must(create_msg(id, uact(500'000)));
  must(MsgPauseGroup{group_id(id, 1)});
  EXPECT_EQ(event_lines(), (Lines{"EventGroupPaused", "EventOrderClosed"}));
  must(MsgStartGroup{group_id(id, 1)});
  EXPECT_EQ(event_lines(), (Lines{"EventGroupStarted", "EventOrderCreated"}));
  must(MsgUpdateDeployment{id, std::vector<std::uint8_t>(32, 8)});
  EXPECT_EQ(event_lines(), (Lines{"EventDeploymentUpdated"}));
  must(MsgCloseGroup{group_id(id, 1)});
  EXPECT_EQ(event_lines(), (Lines{"EventGroupClosed", "EventOrderClosed"}));
}

TEST_F(Section11_2, TheFeeComesFirstAndStaysWhenAMessageFails) {
  Tx tx;
  tx.signer = party(1);
  tx.fee = uakt(5000);
  tx.msgs = {create_msg(id, uact(500'000)), MsgCloseDeployment{{party(1), 999}}};
  EXPECT_EQ(text(send(tx)), "deployment 4");
  EXPECT_EQ(event_lines(), (Lines{"1->fee_collector 5000uakt"}));
  EXPECT_EQ(ledger.deployment(id), nullptr);
  EXPECT_EQ(spent(party(1)), 0);
  EXPECT_EQ(spent(party(1), Denom::uakt), 5000);
}

// ---- text form: section 0, "Typed events" ----

class Section0TypedEvents : public Chain {
 protected:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  const std::string owner = to_bech32(party(1));
  const std::string provider = to_bech32(party(2));
  const BidId bid = bid_id({party(1), 1, 22350000, 1}, party(2));
  const std::string bid_json = "{\"owner\":\"" + owner +
                               "\",\"dseq\":\"22350000\",\"gseq\":1,\"oseq\":1,\"provider\":\"" + provider +
                               "\",\"bseq\":0}";
};

TEST_F(Section0TypedEvents, BidCreatedCarriesIdAndPriceAsJson) {
  const ChainEvent event = EventBidCreated{bid, {Denom::uact, dec("12.34")}};
  EXPECT_EQ(event_type(event), "akash.market.v1.EventBidCreated");
  EXPECT_EQ(
      event_attributes(event),
      (Fields{{"id", bid_json}, {"price", "{\"denom\":\"uact\",\"amount\":\"12.340000000000000000\"}"}}));
}

TEST_F(Section0TypedEvents, HashIsQuotedBase64) {
  Hash hash{};
  hash[0] = 0xff;
  const auto attributes = event_attributes(EventDeploymentCreated{{party(1), 5}, hash});
  EXPECT_EQ(attributes[0].first, "hash");
  EXPECT_EQ(attributes[0].second, "\"/wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"");
  EXPECT_EQ(attributes[1].second, "{\"owner\":\"" + owner + "\",\"dseq\":\"5\"}");
}

TEST_F(Section0TypedEvents, ReasonsAreTheirProtoNames) {
  const auto reason = [&](LeaseClosedReason r) {
    return event_attributes(EventLeaseClosed{bid, r})[1].second;
  };
  EXPECT_EQ(reason(LeaseClosedReason::owner), "\"lease_closed_owner\"");
  EXPECT_EQ(reason(LeaseClosedReason::unstable), "\"lease_closed_reason_unstable\"");
  EXPECT_EQ(reason(LeaseClosedReason::decommission), "\"lease_closed_reason_decommission\"");
  EXPECT_EQ(reason(LeaseClosedReason::unspecified), "\"lease_closed_reason_unspecified\"");
  EXPECT_EQ(reason(LeaseClosedReason::manifest_timeout), "\"lease_closed_reason_manifest_timeout\"");
  EXPECT_EQ(reason(LeaseClosedReason::insufficient_funds), "\"lease_closed_reason_insufficient_funds\"");
  EXPECT_EQ(lease_closed_reason_name(LeaseClosedReason::invalid), "lease_closed_invalid");
}

TEST_F(Section0TypedEvents, EveryEventHasItsAkashTypeAndSortedKeys) {
  const DeploymentId d{party(1), 1};
  const std::vector<std::pair<ChainEvent, std::string>> all{
      {EventDeploymentCreated{d, {}}, "akash.deployment.v1.EventDeploymentCreated: hash id"},
      {EventDeploymentUpdated{d, {}}, "akash.deployment.v1.EventDeploymentUpdated: hash id"},
      {EventDeploymentClosed{d}, "akash.deployment.v1.EventDeploymentClosed: id"},
      {EventGroupStarted{bid.group()}, "akash.deployment.v1.EventGroupStarted: id"},
      {EventGroupPaused{bid.group()}, "akash.deployment.v1.EventGroupPaused: id"},
      {EventGroupClosed{bid.group()}, "akash.deployment.v1.EventGroupClosed: id"},
      {EventOrderCreated{bid.order(), nullptr, {}}, "akash.market.v1.EventOrderCreated: id"},
      {EventOrderClosed{bid.order()}, "akash.market.v1.EventOrderClosed: id"},
      {EventBidCreated{bid, {}}, "akash.market.v1.EventBidCreated: id price"},
      {EventBidClosed{bid}, "akash.market.v1.EventBidClosed: id"},
      {EventLeaseCreated{bid, {}}, "akash.market.v1.EventLeaseCreated: id price"},
      {EventLeaseClosed{bid, {}}, "akash.market.v1.EventLeaseClosed: id reason"},
      {EventLeaseReclaimStarted{bid, {}, 0}, "akash.market.v1.EventLeaseReclaimStarted: deadline id reason"},
      {EventProviderCreated{party(2), nullptr}, "akash.provider.v1beta4.EventProviderCreated: owner"},
      {EventProviderUpdated{party(2), nullptr}, "akash.provider.v1beta4.EventProviderUpdated: owner"},
      {EventTrustedAuditorCreated{party(2), party(3)},
       "akash.audit.v1.EventTrustedAuditorCreated: auditor owner"},
      {EventTrustedAuditorDeleted{party(2), party(3)},
       "akash.audit.v1.EventTrustedAuditorDeleted: auditor owner"},
      {EventTransfer{party(1), party(2), uakt(3)}, "transfer: recipient sender amount"}};
  EXPECT_EQ(all.size() + 1, std::variant_size_v<VariantOf<ChainEvent>>);  // StakeEvent: stake_events_test.cpp
  for (const auto& [event, expected] : all) {
    std::string line = event_type(event) + ":";
    for (const auto& [key, value] : event_attributes(event)) line += " " + key;
    EXPECT_EQ(line, expected);
  }
}

TEST_F(Section0TypedEvents, ATransferHasTheBanksPlainAttributes) {
  EXPECT_EQ(event_attributes(EventTransfer{party(1), party(2), uakt(123)}),
            (Fields{{"recipient", provider}, {"sender", owner}, {"amount", "123uakt"}}));
}

}  // namespace
}  // namespace souk::test
