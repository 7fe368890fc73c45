#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/chain/event_text.hpp"
#include "actors/chain/ledger.hpp"

/// A small chain to tell stories on: parties by number, one block at a time, messages by name.
namespace souk::test {

inline Address party(std::uint8_t number) {
  Address address;
  address.bytes.fill(number);
  return address;
}

inline Dec dec(std::string_view text) { return Dec::parse(text).value(); }
inline Coin uact(std::int64_t micro) { return {Denom::uact, {micro}}; }
inline Coin uakt(std::int64_t micro) { return {Denom::uakt, {micro}}; }
inline Deposit from_balance(Coin coin) { return {coin, {DepositSource::balance}}; }
inline Deposit from_grant(Coin coin) { return {coin, {DepositSource::grant}}; }

inline GroupSpec group_spec(std::string name, Dec price, Denom denom = Denom::uact) {
  ResourceUnit unit;
  unit.resource.id = 1;
  unit.resource.cpu_milli = 500;
  unit.resource.memory_bytes = std::uint64_t{512} << 20;
  unit.resource.storage = {{"default", std::uint64_t{1} << 30, {}}};
  unit.count = 1;
  unit.price = {denom, price};
  return {std::move(name), {}, {unit}};
}

inline SharedGroupSpec shared(GroupSpec spec) { return std::make_shared<const GroupSpec>(std::move(spec)); }

inline MsgCreateDeployment create_msg(const DeploymentId& id, Coin deposit, std::uint32_t groups = 1,
                                      Dec price = Dec::from_int(1000)) {
  MsgCreateDeployment msg;
  msg.id = id;
  for (std::uint32_t i = 0; i < groups; ++i)
    msg.groups.push_back(shared(group_spec("group" + std::to_string(i + 1), price, deposit.denom)));
  msg.hash.assign(32, 7);
  msg.deposit = from_balance(deposit);
  return msg;
}

inline MsgCreateBid bid_msg(const BidId& id, Dec price, Denom denom = Denom::uact) {
  MsgCreateBid msg;
  msg.id = id;
  msg.price = {denom, price};
  msg.deposit = from_balance(uact(500'000));
  return msg;
}

inline MsgCreateProvider provider_msg(const Address& owner, Attributes attributes = {}) {
  return {{owner, "https://provider.example:8443", std::move(attributes), "", ""}};
}

/// `codespace code`, as a test names an outcome: "ok", "market 22", "undefined 111222".
inline std::string text(const TxResult& result) {
  if (result.ok()) return "ok";
  return std::string(codespace_name(result.codespace)) + " " + std::to_string(result.code);
}

class Chain : public ::testing::Test {
 protected:
  static constexpr std::int64_t purse = 1'000'000'000'000;
  static constexpr std::uint8_t parties = 60;

  explicit Chain(const ChainParams& params = {}) { restart(params); }

  /// A new chain at height 1: parties 1..60 hold a million of each coin.
  void restart(const ChainParams& params) {
    std::vector<GenesisBalance> balances;
    for (std::uint8_t i = 1; i <= parties; ++i)
      balances.push_back({party(i), {uakt(purse), uact(purse), {Denom::uusdc, {purse}}}});
    ledger = Ledger(params, balances);
    at(1);
  }

  /// Starts the block at `height`, six seconds a block since 2026-01-01.
  void at(std::int64_t height) {
    ledger.begin_block({{height}, Time(std::chrono::seconds(1'767'225'600 + 6 * height))});
  }
  void next_block() { at(ledger.block().height.value + 1); }

  TxResult send(const Tx& tx) {
    events.clear();
    const TxResult result = ledger.deliver(tx, events);
    const auto sound = ledger.check_invariants();
    EXPECT_TRUE(sound.has_value()) << sound.error().message;
    return result;
  }
  template <class M>
  TxResult send(const M& msg)
    requires(!std::is_same_v<M, Tx>)
  {
    Tx tx;
    tx.msgs = {msg};
    tx.signer = signer_of(tx.msgs[0]);
    tx.fee.amount = {};
    return send(tx);
  }
  template <class M>
  void must(const M& msg) {
    const TxResult result = send(msg);
    ASSERT_TRUE(result.ok()) << text(result) << ": " << result.log;
  }

  void register_provider(const Address& owner) { must(provider_msg(owner)); }
  /// A bid of `provider` on the order and its lease, in this block.
  BidId lease(const OrderId& order, const Address& provider, Dec price, Denom denom = Denom::uact) {
    const BidId id = bid_id(order, provider);
    if (ledger.provider(provider) == nullptr) register_provider(provider);
    must(bid_msg(id, price, denom));
    must(MsgCreateLease{id});
    return id;
  }

  Amount funds(const DeploymentId& id, Denom denom = Denom::uact) const {
    for (const EscrowBalance& balance : ledger.escrow_account(deployment_escrow(id))->funds) {
      if (balance.denom == denom) return balance.amount.truncate();
    }
    return {};
  }
  std::int64_t spent(const Address& address, Denom denom = Denom::uact) const {
    return purse - ledger.balance(address, denom).micro;
  }
  std::int64_t earned(const Address& address, Denom denom = Denom::uact) const {
    return -spent(address, denom);
  }

  /// The events of the last transaction, one short line each: what a block explorer lists.
  std::vector<std::string> event_lines() const {
    std::vector<std::string> lines;
    for (const ChainEvent& event : events) {
      if (const auto* t = std::get_if<EventTransfer>(&event)) {
        lines.push_back(name_of(t->from) + "->" + name_of(t->to) + " " +
                        std::to_string(t->amount.amount.micro) + std::string(denom_name(t->amount.denom)));
      } else {
        const std::string type = event_type(event);
        lines.push_back(type.substr(type.rfind('.') + 1));
      }
    }
    return lines;
  }
  static std::string name_of(const Address& address) {
    for (const char* module : {"escrow", "fee_collector", "distribution"}) {
      if (address == module_address(module)) return module;
    }
    return std::to_string(address.bytes[0]);
  }

  Ledger ledger;
  std::vector<ChainEvent> events;
};

}  // namespace souk::test
