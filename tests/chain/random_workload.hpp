#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "actors/base/rng.hpp"
#include "tests/chain/chain_fixture.hpp"

/// Random transactions on a small market: few parties, small deposits, rates with fractions, many touches in
/// one block. Chosen so that accounts run dry, bids crowd orders, transactions fail half-way and every
/// message meets every state. A pure function of the seed.
namespace souk::test {

class RandomWorkload {
 public:
  /// Seeds that are multiples of 4 run on today's fixed rules; the others draw switches, eras and studies.
  explicit RandomWorkload(std::uint64_t seed) : rng_(seed, ActorId{0}, Purpose::test, 0) {
    const ChainParams params = seed % 4 == 0 ? plain_params() : random_params();
    denom_ = params.price_denom;
    std::vector<GenesisBalance> balances;
    for (std::uint8_t i = 1; i <= 40; ++i)
      balances.push_back({party(i), {uakt(50'000'000), uact(50'000'000), {Denom::uusdc, {50'000'000}}}});
    ledger = Ledger(params, balances);
    block(1);
    for (std::uint8_t p = 0; p < provider_count; ++p) deliver({provider_msg(provider(p))});
  }

  /// Moves time on, perhaps, and delivers one random transaction.
  TxResult step() {
    if (rng_.below(2) == 0)
      block(ledger.block().height.value + 1 + static_cast<std::int64_t>(rng_.below(40)));
    const bool tenant_acts = rng_.below(5) < 2;
    const Address signer = tenant_acts ? tenant(pick(tenant_count)) : provider(pick(provider_count));
    std::vector<Msg> msgs;
    const std::uint64_t count = rng_.below(4) == 0 ? 2 + rng_.below(2) : 1;
    for (std::uint64_t i = 0; i < count; ++i)
      msgs.push_back(tenant_acts ? tenant_msg(signer) : provider_msg_of(signer));
    return deliver(std::move(msgs));
  }

  /// What was drawn for this seed, for a failure's message.
  std::string describe() const {
    const ChainParams& p = ledger.params();
    std::string text = "price in " + std::string(denom_name(p.price_denom));
    const std::pair<bool, const char*> switches[] = {
        {p.take_enabled, "take rate"},
        {p.akt_fallback, "akt fallback"},
        {p.auction_rule == AuctionRule::second_price, "second price"},
        {p.compat.losing_bid_loop_stops, "losing_bid_loop_stops"},
        {p.compat.same_block_withdraw_panics, "same_block_withdraw_panics"},
        {p.compat.same_block_close_orphans, "same_block_close_orphans"},
        {p.compat.payment_create_drops_accrual, "payment_create_drops_accrual"},
        {p.compat.dseq_prefix_collision, "dseq_prefix_collision"},
        {p.compat.open_orders_survive_close, "open_orders_survive_close"}};
    for (const auto& [on, name] : switches) text += on ? std::string(", ") + name : "";
    return text;
  }

  Ledger ledger;
  std::vector<ChainEvent> events;  ///< of the last transaction
  bool pays_fees = true;
  std::size_t accepted_count = 0;
  std::size_t rejected_count = 0;

 private:
  static constexpr std::uint64_t tenant_count = 4;
  static constexpr std::uint64_t provider_count = 5;
  struct Known {
    DeploymentId id;
    std::vector<std::uint32_t> oseq;  ///< last order of each group
  };

  static Address tenant(std::uint64_t n) { return party(static_cast<std::uint8_t>(1 + n)); }
  static Address provider(std::uint64_t n) { return party(static_cast<std::uint8_t>(11 + n)); }
  std::uint64_t pick(std::uint64_t n) { return rng_.below(n); }
  bool chance(std::uint64_t one_in) { return rng_.below(one_in) == 0; }

  static ChainParams plain_params() {
    ChainParams params;
    params.min_deposits = {uakt(1), uact(1), {Denom::uusdc, {1}}};
    params.bid_min_deposits = {uakt(1), uact(1)};
    params.order_max_bids = 3;
    return params;
  }
  ChainParams random_params() {
    ChainParams params = plain_params();
    if (chance(3)) {
      params.price_denom = chance(2) ? Denom::uakt : Denom::uusdc;
      params.initial_deposit_refuses_uakt = false;
      params.take_enabled = true;
      params.default_take_percent = 13;
    }
    params.akt_fallback = chance(2);
    params.akt_price_usd = chance(2) ? dec("1.37") : dec("0.000731");
    if (chance(3)) params.auction_rule = AuctionRule::second_price;
    CompatSwitches& compat = params.compat;
    for (bool* each : {&compat.losing_bid_loop_stops, &compat.same_block_withdraw_panics,
                       &compat.same_block_close_orphans, &compat.payment_create_drops_accrual,
                       &compat.dseq_prefix_collision, &compat.open_orders_survive_close})
      *each = chance(4);
    return params;
  }

  void block(std::int64_t height) { ledger.begin_block({{height}, Time(std::chrono::seconds(6 * height))}); }

  TxResult deliver(std::vector<Msg> msgs) {
    Tx tx;
    tx.signer = signer_of(msgs[0]);
    tx.fee = {chance(8) ? Denom::uact : Denom::uakt, {pays_fees ? static_cast<std::int64_t>(pick(3)) : 0}};
    tx.msgs = std::move(msgs);
    events.clear();
    const TxResult result = ledger.deliver(tx, events);
    ++(result.ok() ? accepted_count : rejected_count);
    for (const ChainEvent& event : events) remember(event);
    return result;
  }

  void remember(const ChainEvent& event) {
    if (const auto* made = std::get_if<EventDeploymentCreated>(&event)) {
      known_.push_back({made->id, {}});
      if (known_.size() > 24) known_.erase(known_.begin());
    } else if (const auto* order = std::get_if<EventOrderCreated>(&event)) {
      for (Known& known : known_) {
        if (known.id != order->id.deployment()) continue;
        known.oseq.resize(std::max<std::size_t>(known.oseq.size(), order->id.gseq));
        known.oseq[order->id.gseq - 1] = order->id.oseq;
      }
    } else if (const auto* bid = std::get_if<EventBidCreated>(&event)) {
      push(bids_, bid->id);
    } else if (const auto* lease = std::get_if<EventLeaseCreated>(&event)) {
      push(leases_, lease->id);
    }
  }
  static void push(std::vector<BidId>& ring, const BidId& id) {
    ring.push_back(id);
    if (ring.size() > 40) ring.erase(ring.begin());
  }

  DeploymentId some_deployment() {
    if (known_.empty() || chance(30)) return {tenant(pick(tenant_count)), 1 + pick(20)};
    return known_[pick(known_.size())].id;
  }
  GroupId some_group() {
    if (known_.empty()) return group_id(some_deployment(), 1);
    const Known& known = known_[pick(known_.size())];
    return group_id(known.id, 1 + static_cast<std::uint32_t>(pick(known.oseq.size() + (chance(20) ? 1 : 0))));
  }
  OrderId some_order() {
    const GroupId group = some_group();
    std::uint32_t oseq = 1;
    for (const Known& known : known_) {
      if (known.id == group.deployment() && group.gseq <= known.oseq.size())
        oseq = known.oseq[group.gseq - 1];
    }
    return order_id(group, chance(10) ? 1 : oseq);
  }
  BidId some_bid(const std::vector<BidId>& ring) {
    return ring.empty() || chance(30) ? bid_id(some_order(), provider(pick(provider_count)))
                                      : ring[pick(ring.size())];
  }
  Deposit some_deposit(std::uint64_t most) {
    const Denom denom = chance(6) ? all_denoms[pick(denom_count)] : denom_;
    Deposit deposit{{denom, {static_cast<std::int64_t>(1 + pick(most))}}, {DepositSource::balance}};
    if (chance(4)) deposit.sources = {DepositSource::grant};
    if (chance(6)) deposit.sources = {DepositSource::grant, DepositSource::balance};
    return deposit;
  }
  Dec some_price(std::int64_t most) {
    return Dec::from_raw(static_cast<i128>(1 + pick(static_cast<std::uint64_t>(most) * 1000)) *
                         (Dec::scale / 1000));
  }

  MsgCreateDeployment new_deployment(const Address& owner) {
    const std::uint64_t dseq = chance(12) ? 1 + pick(20) : ++last_dseq_;
    auto msg =
        create_msg({owner, dseq}, {denom_, {1}}, 1 + static_cast<std::uint32_t>(pick(3)), Dec::from_int(60));
    msg.deposit = some_deposit(6000);
    if (!chance(12)) msg.deposit.amount.denom = denom_;
    if (chance(6)) msg.reclamation_min_window = std::chrono::hours(1);
    return msg;
  }

  Msg tenant_msg(const Address& signer) {
    const std::uint64_t choice = pick(100);
    for (int tries = 0;; ++tries) {
      Msg msg = tenant_choice(choice, signer);
      if (signer_of(msg) == signer || tries == 12) return msg;
    }
  }
  Msg tenant_choice(std::uint64_t choice, const Address& signer) {
    if (choice < 18) return new_deployment(signer);
    if (choice < 50) return MsgCreateLease{some_bid(bids_)};
    if (choice < 58) return MsgCloseLease{some_bid(leases_)};
    if (choice < 63) return MsgCloseDeployment{some_deployment()};
    if (choice < 66) return MsgCloseGroup{some_group()};
    if (choice < 70) return MsgPauseGroup{some_group()};
    if (choice < 77) return MsgStartGroup{some_group()};
    if (choice < 79) return MsgUpdateDeployment{some_deployment(), std::vector<std::uint8_t>(32, 9)};
    if (choice < 93) return account_deposit(signer);
    if (choice < 96) return MsgSend{signer, party(static_cast<std::uint8_t>(1 + pick(30))), {{denom_, {17}}}};
    if (choice < 98) return MsgRevokeDeposit{signer, tenant(pick(tenant_count))};
    return grant_from(signer);
  }

  Msg provider_msg_of(const Address& signer) {
    const std::uint64_t choice = pick(100);
    for (int tries = 0;; ++tries) {
      Msg msg = provider_choice(choice, signer);
      if (signer_of(msg) == signer || tries == 12) return msg;
    }
  }
  Msg provider_choice(std::uint64_t choice, const Address& signer) {
    if (choice < 50) return new_bid(signer);
    if (choice < 80) return MsgWithdrawLease{some_bid(leases_)};
    if (choice < 88) return MsgCloseBid{some_bid(chance(2) ? bids_ : leases_), LeaseClosedReason::unstable};
    if (choice < 92) return MsgLeaseStartReclaim{some_bid(leases_), LeaseClosedReason::decommission};
    if (choice < 96) return account_deposit(signer);
    if (choice < 98) return MsgUpdateProvider{provider_msg(signer).provider};
    return grant_from(signer);
  }

  MsgCreateBid new_bid(const Address& signer) {
    MsgCreateBid msg = bid_msg(bid_id(some_order(), signer), some_price(chance(10) ? 90 : 60), denom_);
    if (chance(30)) msg.price.denom = Denom::uact;
    msg.deposit = some_deposit(300);
    if (!chance(10)) msg.deposit.amount.denom = chance(2) ? Denom::uakt : Denom::uact;
    if (chance(3)) msg.reclamation_window = std::chrono::hours(1);
    return msg;
  }
  MsgAccountDeposit account_deposit(const Address& signer) {
    MsgAccountDeposit msg{signer, deployment_escrow(some_deployment()), some_deposit(2000)};
    if (chance(4)) msg.id = bid_escrow(some_bid(bids_));
    if (chance(4)) msg.deposit.amount.denom = Denom::uakt;
    return msg;
  }
  MsgGrantDeposit grant_from(const Address& signer) {
    MsgGrantDeposit msg;
    msg.granter = signer;
    msg.grantee = chance(2) ? tenant(pick(tenant_count)) : provider(pick(provider_count));
    msg.scopes = {EscrowScope::deployment, EscrowScope::bid};
    msg.spend_limits = {{denom_, {static_cast<std::int64_t>(1 + pick(9000))}}};
    if (chance(3)) msg.expiration = ledger.block().time + std::chrono::seconds(3000);
    return msg;
  }

  Rng rng_;
  Denom denom_ = Denom::uact;
  std::uint64_t last_dseq_ = 0;
  std::vector<Known> known_;
  std::vector<BidId> bids_;
  std::vector<BidId> leases_;
};

}  // namespace souk::test
