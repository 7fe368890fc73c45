#pragma once

#include "actors/chain/staking_economy.hpp"
#include "tests/chain/chain_fixture.hpp"

/// A small chain with validators: parties by number, one block at a time.
namespace souk::test {

inline constexpr std::int64_t one_akt = 1'000'000;  // uakt

inline ConsensusKey key_of(std::uint8_t number) {
  ConsensusKey key{};
  key.fill(number);
  return key;
}

inline MsgCreateValidator validator_msg(std::uint8_t number, std::int64_t self_bond) {
  MsgCreateValidator msg;
  msg.moniker = "v" + std::to_string(number);
  msg.commission = {dec("0.1"), dec("0.2"), dec("0.01")};
  msg.validator = party(number);
  msg.key = key_of(number);
  msg.value = uakt(self_bond);
  return msg;
}

/// Validators 1, 2, ... with these self delegations; parties 1..60 own a million AKT besides.
inline Genesis stake_genesis(const std::vector<std::int64_t>& self_bonds) {
  Genesis genesis;
  genesis.time = Time(std::chrono::seconds(1'767'225'600));
  for (std::uint8_t i = 1; i <= 60; ++i) {
    const std::int64_t bond = i <= self_bonds.size() ? self_bonds[i - 1u] : 0;
    genesis.balances.push_back({party(i), {uakt(1'000'000 * one_akt + bond), uact(1'000'000 * one_akt)}});
    if (bond > 0) genesis.validators.push_back({validator_msg(i, bond)});
  }
  return genesis;
}

class StakeChain : public ::testing::Test {
 protected:
  StakeChain() { restart(stake_genesis({100 * one_akt, 90 * one_akt, 80 * one_akt, 70 * one_akt})); }

  void restart(const Genesis& genesis) {
    const auto sound = genesis.check();
    ASSERT_TRUE(sound.has_value()) << sound.error().message;
    ledger = Ledger(genesis);
    start = genesis.time;
    inputs = {};
    begin(1);
  }

  Time time_of(std::int64_t height) const { return start + std::chrono::seconds(6 * height); }
  void begin(std::int64_t height) { begin_at(height, time_of(height)); }
  void begin_at(std::int64_t height, Time time) {
    events.clear();
    ledger.begin_block({{height}, time}, inputs, events);
    inputs.misbehaviour.clear();
    check();
  }
  /// Ends the block that is begun.
  std::vector<ValidatorUpdate> end() {
    const auto updates = ledger.end_block(events);
    check();
    return updates;
  }
  /// Ends this block and begins the next.
  std::vector<ValidatorUpdate> next() {
    const auto updates = end();
    begin(ledger.block().height.value + 1);
    return updates;
  }
  /// Ends this block; the next begins `after` later.
  void next_after(Duration after) {
    end();
    const BlockContext now = ledger.block();
    start = now.time + after - std::chrono::seconds(6 * (now.height.value + 1));
    begin(now.height.value + 1);
  }
  void check() {
    const auto sound = ledger.check_invariants();
    ASSERT_TRUE(sound.has_value()) << sound.error().message;
  }

  template <class M>
  TxResult send(const M& msg) {
    Tx tx;
    tx.msgs = {StakeMsg(msg)};
    tx.signer = signer_of(tx.msgs[0]);
    return deliver(tx);
  }
  TxResult deliver(const Tx& tx) {
    events.clear();
    const Hash before = ledger.state_hash();
    const TxResult result = ledger.deliver(tx, events);
    check();
    if (!result.ok()) {
      EXPECT_EQ(ledger.state_hash(), before) << "a refused message changed something";
    }
    return result;
  }
  template <class M>
  void must(const M& msg) {
    const TxResult result = send(msg);
    ASSERT_TRUE(result.ok()) << text(result) << ": " << result.log;
  }

  const Staking& staking() const { return ledger.economy().staking(); }
  const ValidatorRecord& validator(std::uint8_t number) const { return *staking().find(party(number)); }
  const SigningInfo& signing(std::uint8_t number) const {
    return *ledger.economy().slashing().find(key_of(number));
  }
  Dec shares(std::uint8_t delegator, std::uint8_t of) const {
    return staking().delegation(party(delegator), party(of));
  }
  std::int64_t purse_of(std::uint8_t number) const {
    return ledger.balance(party(number), Denom::uakt).micro;
  }
  std::int64_t pool(const char* name) const {
    return ledger.balance(module_address(name), Denom::uakt).micro;
  }
  template <class E>
  const E* event() const {
    for (const ChainEvent& e : events) {
      const auto* stake = std::get_if<StakeEvent>(&e);
      if (stake != nullptr && std::holds_alternative<E>(*stake)) return &std::get<E>(*stake);
    }
    return nullptr;
  }
  /// A proof that validator `number` signed twice at `height`, with the power it has now.
  Misbehaviour double_sign(std::uint8_t number, std::int64_t height) const {
    return {key_of(number), {height}, time_of(height), validator(number).power()};
  }

  Ledger ledger;
  Time start;
  BlockInputs inputs;
  std::vector<ChainEvent> events;
};

inline MsgDelegate delegate_msg(std::uint8_t delegator, std::uint8_t validator, std::int64_t micro) {
  return {party(delegator), party(validator), uakt(micro)};
}
inline MsgUndelegate undelegate_msg(std::uint8_t delegator, std::uint8_t validator, std::int64_t micro) {
  return {party(delegator), party(validator), uakt(micro)};
}
inline MsgBeginRedelegate redelegate_msg(std::uint8_t delegator, std::uint8_t from, std::uint8_t to,
                                         std::int64_t micro) {
  return {party(delegator), party(from), party(to), uakt(micro)};
}

}  // namespace souk::test
