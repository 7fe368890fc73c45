#include "actors/validator.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "actors/chain/staking_economy.hpp"
#include "tests/actors/orders.hpp"

namespace souk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::account;
using test::group;
using test::order;
using test::shared;
using test::unit;

const Address tenant = account(200);
const Address first_provider = account(1);
const Address second_provider = account(2);
constexpr Time genesis{std::chrono::hours(500'000)};
constexpr ActorId tenant_actor{9};

ValidatorConfig config() {
  ValidatorConfig c;
  c.genesis.time = genesis;
  c.invariants_every_blocks = 1;
  for (const Address& address : {tenant, first_provider, second_provider}) {
    c.genesis.balances.push_back({address, {{Denom::uakt, {1'000'000'000}}, {Denom::uact, {1'000'000'000}}}});
  }
  return c;
}

Tx tx_of(const Address& signer, std::uint64_t nonce, std::vector<Msg> msgs) {
  Tx tx;
  tx.signer = signer;
  tx.nonce = nonce;
  tx.msgs = std::move(msgs);
  return tx;
}

MsgCreateDeployment deployment(std::uint64_t dseq) {
  GroupSpec spec = group({unit(1000, 1, 1)});
  spec.resources[0].resource.storage = {{"default", test::gib, {}}};
  spec.resources[0].resource.endpoints = {{EndpointKind::shared_http, 0}};
  const Deposit deposit{{Denom::uact, {5'000'000}}};
  return {{tenant, dseq}, {shared(spec)}, std::vector<std::uint8_t>(32, 1), deposit, {}};
}

MsgCreateProvider registration(const Address& owner) {
  return {{owner, "https://provider.example:8443", {{"region", "eu"}}, "", ""}};
}

MsgCreateBid bid(std::uint64_t dseq, const Address& provider, std::int64_t price) {
  return {bid_id(order(dseq), provider),
          {Denom::uact, Dec::from_int(price)},
          Deposit{{Denom::uact, {500'000}}},
          {},
          {}};
}

struct Chain {
  Validator validator;
  Time now = genesis;
  Effects out;
  std::uint64_t nonce = 0;
  Duration late{};  ///< of timers, as in a live host

  explicit Chain(ValidatorConfig c = config()) : validator(std::move(c)) { put(Started{}); }

  void put(const Event& event) {
    out.clear();
    validator.on(event, Context{now, ActorId{0}, 1, false}, out);
  }
  void send(const Address& signer, std::vector<Msg> msgs) {
    put(TxReceived{tenant_actor, std::make_shared<const Tx>(tx_of(signer, ++nonce, std::move(msgs)))});
  }
  /// Fires the timer the last event set, or fails.
  void next_block() {
    for (const Effect& effect : Effects(out)) {
      if (const auto* timer = std::get_if<SetTimer>(&effect)) {
        now = std::max(now, timer->at) + late;
        return put(TimerFired{timer->id});
      }
    }
    FAIL() << "no block is scheduled";
  }
  void apply(const Address& signer, std::vector<Msg> msgs) {
    send(signer, std::move(msgs));
    next_block();
  }
  std::vector<TxDecided> decided() const {
    std::vector<TxDecided> found;
    for (const Effect& effect : out) {
      if (const auto* send = std::get_if<Send>(&effect)) found.push_back(std::get<TxDecided>(send->event));
    }
    return found;
  }
  /// Topics under which an event of type E was published.
  template <class E>
  std::vector<Topic> told() const {
    std::vector<Topic> topics;
    for (const Effect& effect : out) {
      const auto* publish = std::get_if<Publish>(&effect);
      if (publish != nullptr && std::holds_alternative<E>(std::get<ChainNotice>(*publish->event).event)) {
        topics.push_back(publish->topic);
      }
    }
    return topics;
  }
  /// A deployment with bids of both providers on its order.
  void auction(std::uint64_t dseq) {
    apply(first_provider, {registration(first_provider)});
    apply(second_provider, {registration(second_provider)});
    apply(tenant, {deployment(dseq)});
    apply(first_provider, {bid(dseq, first_provider, 100)});
    apply(second_provider, {bid(dseq, second_provider, 90)});
  }
};

using Topics = std::vector<Topic>;

// ---- blocks -------------------------------------------------------------------------------------------

TEST(Validator, MakesABlockOnlyWhenATransactionWaits) {
  Chain chain;
  EXPECT_TRUE(chain.out.empty());
  chain.now = genesis + seconds(100);
  chain.send(tenant, {deployment(1)});
  ASSERT_EQ(chain.out.size(), 1u);
  const auto timer = std::get<SetTimer>(chain.out[0]);
  EXPECT_EQ(timer.at, genesis + milliseconds(6117) * 17) << "the next multiple after 100 s";
  chain.next_block();
  ASSERT_EQ(chain.decided().size(), 1u);
  EXPECT_EQ(chain.decided()[0].code, 0u);
  EXPECT_EQ(chain.decided()[0].height, Height{17}) << "empty blocks count";
  EXPECT_EQ(chain.validator.ledger().block().time, timer.at);
  EXPECT_EQ(chain.validator.blocks_made(), 1);
}

TEST(Validator, ATransactionThatComesWithABlockWaitsForTheNext) {
  Chain chain;
  chain.apply(tenant, {deployment(1)});
  const Height made = chain.decided()[0].height;
  chain.apply(tenant, {deployment(2)});
  EXPECT_EQ(chain.decided()[0].height - made, Blocks{1});
}

TEST(Validator, OneTimerServesAllThatWaits) {
  Chain chain;
  chain.send(tenant, {deployment(1)});
  const Effects scheduled = chain.out;
  chain.send(tenant, {deployment(2)});
  EXPECT_TRUE(chain.out.empty());
  chain.out = scheduled;
  chain.next_block();
  const auto decided = chain.decided();
  ASSERT_EQ(decided.size(), 2u);
  EXPECT_EQ(decided[0].nonce, 1u);
  EXPECT_EQ(decided[1].nonce, 2u);
}

TEST(Validator, WhatDoesNotFitABlockGoesIntoTheNext) {
  ValidatorConfig c = config();
  c.block_tx_count_max = 1;
  Chain chain(c);
  chain.send(tenant, {deployment(1)});
  const Effects scheduled = chain.out;
  chain.send(tenant, {deployment(2)});
  chain.out = scheduled;
  chain.next_block();
  ASSERT_EQ(chain.decided().size(), 1u);
  chain.next_block();
  ASSERT_EQ(chain.decided().size(), 1u);
  EXPECT_EQ(chain.decided()[0].nonce, 2u);
  EXPECT_TRUE(chain.validator.mempool().empty());
}

TEST(Validator, AStaleTimerMakesNoBlock) {
  Chain chain;
  chain.put(TimerFired{{0, 0}});
  EXPECT_TRUE(chain.out.empty());
  chain.send(tenant, {deployment(1)});
  chain.put(TimerFired{{0, 0}});
  EXPECT_TRUE(chain.out.empty()) << "not due yet";
  EXPECT_EQ(chain.validator.blocks_made(), 0);
}

TEST(Validator, TellsTheSenderWhatTheMempoolRefused) {
  ValidatorConfig c = config();
  c.mempool.tx_count_max = 1;
  Chain chain(c);
  chain.send(tenant, {deployment(1)});
  chain.send(tenant, {deployment(2)});
  const auto decided = chain.decided();
  ASSERT_EQ(decided.size(), 1u);
  EXPECT_EQ(decided[0].nonce, 2u);
  EXPECT_EQ(decided[0].height, Height{0});
  EXPECT_EQ(decided[0].codespace, Codespace::sdk);
  EXPECT_EQ(decided[0].code, 20u);
}

TEST(Validator, ARejectedTransactionIsDecidedAndPublishesNothing) {
  Chain chain;
  chain.apply(tenant, {MsgCloseDeployment{{tenant, 77}}});
  ASSERT_EQ(chain.decided().size(), 1u);
  EXPECT_EQ(chain.decided()[0].codespace, Codespace::deployment);
  EXPECT_NE(chain.decided()[0].code, 0u);
  EXPECT_EQ(chain.out.size(), 1u);
}

// ---- audiences ----------------------------------------------------------------------------------------

TEST(Validator, ANewOrderIsToldToItsTenantAndAllProviders) {
  Chain chain;
  chain.apply(tenant, {deployment(1)});
  EXPECT_EQ(chain.told<EventOrderCreated>(), (Topics{tenant, topic_orders(), topic_chain()}));
  EXPECT_EQ(chain.told<EventDeploymentCreated>(), (Topics{tenant, topic_chain()}));
}

TEST(Validator, OneCopyOfAnEventServesItsWholeAudience) {
  Chain chain;
  chain.apply(tenant, {deployment(1)});
  const Event* copy = nullptr;
  for (const Effect& effect : chain.out) {
    const auto* publish = std::get_if<Publish>(&effect);
    if (publish == nullptr ||
        !std::holds_alternative<EventOrderCreated>(std::get<ChainNotice>(*publish->event).event)) {
      continue;
    }
    if (copy == nullptr) copy = publish->event.get();
    EXPECT_EQ(publish->event.get(), copy);
  }
  ASSERT_NE(copy, nullptr);
  const auto& notice = std::get<ChainNotice>(*copy);
  EXPECT_EQ(notice.height, Height{1});
  EXPECT_EQ(notice.block_time, genesis + milliseconds(6117));
  EXPECT_NE(std::get<EventOrderCreated>(notice.event).spec, nullptr);
}

TEST(Validator, ABidIsToldToTheTenant) {
  Chain chain;
  chain.auction(1);
  EXPECT_EQ(chain.told<EventBidCreated>(), (Topics{tenant, topic_chain()}));
}

TEST(Validator, ALeaseIsToldToWinnerAndLosers) {
  Chain chain;
  chain.auction(1);
  chain.apply(tenant, {MsgCreateLease{bid_id(order(1), second_provider)}});
  ASSERT_EQ(chain.decided().at(0).code, 0u);
  Topics told = chain.told<EventLeaseCreated>();
  EXPECT_EQ(told.size(), 5u);
  for (const Topic& topic : {tenant, first_provider, second_provider, topic_leases(), topic_chain()}) {
    EXPECT_EQ(std::count(told.begin(), told.end(), topic), 1);
  }
}

TEST(Validator, ALeaseClosedByTheTransactionThatMadeItIsStillToldToBothParties) {
  Chain chain;
  chain.auction(1);
  chain.apply(tenant, {MsgCreateLease{bid_id(order(1), second_provider)}, MsgCloseDeployment{{tenant, 1}}});
  ASSERT_EQ(chain.decided().at(0).code, 0u);
  const Topics created = chain.told<EventLeaseCreated>();
  for (const Topic& party : {tenant, first_provider, second_provider}) {
    EXPECT_EQ(std::count(created.begin(), created.end(), party), 1) << "when it is told, its bid is closed";
  }
  EXPECT_EQ(chain.told<EventLeaseClosed>(), (Topics{tenant, second_provider, topic_chain()}));
}

TEST(Validator, AnOrderThatClosesIsToldToTheBiddersStillWaiting) {
  Chain chain;
  chain.auction(1);
  chain.apply(tenant, {MsgCloseDeployment{{tenant, 1}}});
  ASSERT_EQ(chain.decided().at(0).code, 0u);
  EXPECT_EQ(chain.told<EventOrderClosed>().size(), 4u) << "tenant, both bidders, the chain";
}

TEST(Validator, TheEndOfALeaseIsToldToItsTwoParties) {
  Chain chain;
  chain.auction(1);
  chain.apply(tenant, {MsgCreateLease{bid_id(order(1), second_provider)}});
  chain.apply(tenant, {MsgCloseLease{bid_id(order(1), second_provider)}});
  ASSERT_EQ(chain.decided().at(0).code, 0u);
  EXPECT_EQ(chain.told<EventLeaseClosed>(), (Topics{tenant, second_provider, topic_chain()}));
  EXPECT_EQ(chain.told<EventOrderClosed>(), (Topics{tenant, second_provider, topic_chain()}))
      << "the loser has gone";
}

TEST(Validator, RegistrationsGoToThoseWhoFollowProviders) {
  Chain chain;
  chain.apply(first_provider, {registration(first_provider)});
  EXPECT_EQ(chain.told<EventProviderCreated>(), (Topics{first_provider, topic_providers(), topic_chain()}));
}

TEST(Validator, TransfersReachOnlyTheChainTopicAndOnlyIfWanted) {
  Chain chain;
  chain.apply(tenant, {deployment(1)});
  const Topics told = chain.told<EventTransfer>();
  ASSERT_FALSE(told.empty());
  for (const Topic& topic : told) EXPECT_EQ(topic, topic_chain());
  ValidatorConfig c = config();
  c.publish_transfers = false;
  Chain quiet(c);
  quiet.apply(tenant, {deployment(1)});
  EXPECT_TRUE(quiet.told<EventTransfer>().empty());
  c.publish_chain = false;
  Chain silent(c);
  silent.apply(tenant, {deployment(1)});
  EXPECT_EQ(silent.told<EventOrderCreated>(), (Topics{tenant, topic_orders()}));
}

// ---- the staking economy without other nodes ----------------------------------------------------------

const Address first_operator = account(101);
const Address second_operator = account(102);

ValidatorConfig staked() {
  ValidatorConfig c = config();
  for (const Address& address : {first_operator, second_operator}) {
    c.genesis.balances.push_back({address, {{Denom::uakt, {1'000'000'000}}}});
    MsgCreateValidator create;
    create.moniker = address == first_operator ? "first" : "second";
    create.commission = {Dec::from_raw(Dec::scale / 10), Dec::from_int(1), Dec::from_raw(Dec::scale / 100)};
    create.validator = address;
    create.key[0] = address.bytes[0];
    create.value = {Denom::uakt, {500'000'000}};
    c.genesis.validators.push_back({create});
  }
  c.genesis.params.stake.staking.unbonding_time = seconds(100);
  c.genesis.params.stake.slashing.signed_blocks_window = 10;
  c.genesis.params.stake.slashing.min_signed_per_window = Dec::from_raw(Dec::scale / 2);
  return c;
}

TEST(Validator, WhatFallsDueMakesABlockWithoutATransaction) {
  Chain chain(staked());
  chain.now = genesis + seconds(60);
  chain.apply(first_operator, {MsgUndelegate{first_operator, first_operator, {Denom::uakt, {1'000'000}}}});
  ASSERT_EQ(chain.decided().at(0).code, 0u);
  const Height begun = chain.validator.ledger().block().height;
  // Whether the lower power, which signs two heights on, needs a block of its own is the ledger's affair.
  for (int i = 0; i < 3 && chain.validator.ledger().block().height - begun < Blocks{17}; ++i)
    chain.next_block();
  EXPECT_EQ(chain.validator.ledger().block().height - begun, Blocks{17})
      << "100 s are 16.3 blocks of 6.117 s";
  const Topics told = chain.told<StakeEvent>();
  EXPECT_EQ(std::count(told.begin(), told.end(), first_operator), 1) << "its coins came back";
  EXPECT_EQ(chain.validator.ledger().balance(first_operator, Denom::uakt).micro, 501'000'000);
}

// Regression: where timers are late by many blocks, the block that jails was passed over.
TEST(Validator, AMachineThatIsDownMissesBlocksUntilItIsJailed) {
  for (const Duration late : {Duration{}, Duration{milliseconds(6117) * 50}}) {
    Chain chain(staked());
    chain.now = genesis + milliseconds(6117) * 20 + seconds(1);
    chain.put(ValidatorUptime{second_operator, false});
    chain.late = late;
    chain.next_block();
    EXPECT_EQ(chain.validator.ledger().block().height, Height{21}) << "it still signed the commit of 20";
    chain.next_block();
    const auto& staking = chain.validator.ledger().economy().staking();
    EXPECT_TRUE(staking.find(second_operator)->jailed);
    EXPECT_FALSE(staking.find(first_operator)->jailed);
    EXPECT_EQ(chain.validator.ledger().block().height, Height{27})
        << "commits 21 to 26 lack it: 6 of 10, more than half";
  }
}

TEST(Validator, AMachineThatComesBackInTimeIsNotJailed) {
  Chain chain(staked());
  chain.now = genesis + milliseconds(6117) * 20 + seconds(1);
  chain.put(ValidatorUptime{second_operator, false});
  chain.next_block();
  chain.now += milliseconds(6117) * 3;
  chain.put(ValidatorUptime{second_operator, true});
  chain.next_block();
  chain.now += milliseconds(6117) * 100;
  chain.apply(first_operator, {MsgDelegate{first_operator, first_operator, {Denom::uakt, {1}}}});
  EXPECT_FALSE(chain.validator.ledger().economy().staking().find(second_operator)->jailed);
}

TEST(Validator, ACopyGoesItsOwnWay) {
  Chain chain;
  chain.auction(1);
  Chain fork = chain;
  fork.apply(tenant, {MsgCloseDeployment{{tenant, 1}}});
  EXPECT_EQ(fork.validator.ledger().order(order(1))->state, OrderState::closed);
  EXPECT_EQ(chain.validator.ledger().order(order(1))->state, OrderState::open);
}

}  // namespace
}  // namespace souk
