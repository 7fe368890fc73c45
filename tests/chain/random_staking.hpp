#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/base/rng.hpp"
#include "tests/chain/staking_fixture.hpp"

/// Random staking on a small chain: few validators for fewer places, small windows, short times, absence,
/// double signatures, skipped heights, coins that vest. Chosen so that validators come and go, entries
/// mature and are slashed, and every message is accepted and refused often. A pure function of the seed.
/// Besides the invariants it keeps account of what the chain's own books can not show: nobody's message
/// makes him richer, and who redelegated away after a fault still pays for it.
namespace souk::test {

class RandomStaking {
 public:
  explicit RandomStaking(std::uint64_t seed) : rng_(seed, ActorId{0}, Purpose::test, 0) {
    Genesis genesis = make_genesis();
    time_ = genesis.time;
    ledger = Ledger(genesis);
    begin_block({1});
  }

  /// One random transaction, or the next block.
  void step() {
    if (rng_.below(4) == 0) return next_block();
    const Address signer = party(anybody());
    const Amount before = wealth(signer);
    Tx tx;
    tx.signer = signer;
    const std::uint64_t count = rng_.below(5) == 0 ? 2 : 1;
    for (std::uint64_t i = 0; i < count; ++i) tx.msgs.push_back(random_msg(signer));
    const bool sends = std::any_of(tx.msgs.begin(), tx.msgs.end(),
                                   [](const Msg& msg) { return std::holds_alternative<MsgSend>(msg); });
    events.clear();
    const TxResult result = ledger.deliver(tx, events);
    ++(result.ok() ? accepted_count : rejected_count);
    if (!sends && !rewards_ && wealth(signer) > before + Amount{rounding_max})
      complaint_ = "a message made " + to_bech32(signer) + " richer";
  }

  /// The invariants, and what this class keeps account of.
  Result<void> check() const {
    if (!complaint_.empty()) return fail(complaint_);
    return ledger.check_invariants();
  }

  Ledger ledger;
  std::vector<ChainEvent> events;
  std::size_t accepted_count = 0;
  std::size_t rejected_count = 0;
  std::map<std::string, std::size_t> seen;  ///< events of blocks, by type

 private:
  static constexpr std::uint8_t people = 16;
  static constexpr std::int64_t rounding_max = 4;  // uakt: truncation leaves fractions to whoever stays

  Genesis make_genesis() {
    Genesis genesis = stake_genesis({30 * one_akt, 25 * one_akt, 20 * one_akt, 15 * one_akt, 10 * one_akt});
    StakeParams& params = genesis.params.stake;
    params.staking.max_validators = 5;
    params.staking.max_entries = 3;
    params.staking.unbonding_time = std::chrono::seconds(60);
    params.slashing.signed_blocks_window = 5 + static_cast<std::int64_t>(rng_.below(10));
    params.slashing.min_signed_per_window = Dec::from_raw(Dec::scale / 2);
    params.slashing.downtime_jail_duration = std::chrono::seconds(20);
    params.slashing.slash_fraction_downtime = Dec::from_raw(Dec::scale / 1000 * (1 + rng_.below(300)));
    params.slashing.slash_fraction_double_sign = Dec::from_raw(Dec::scale / 1000 * (1 + rng_.below(1000)));
    params.evidence = {{20}, std::chrono::seconds(120)};
    params.mint_enabled = rewards_ = rng_.below(3) == 0;
    using Kind = GenesisVesting::Kind;
    for (const auto& [number, kind] :
         {std::pair<std::uint8_t, Kind>{6, Kind::continuous}, {7, Kind::delayed}})
      genesis.vesting.push_back({party(number),
                                 kind,
                                 {uakt(999'990 * one_akt)},
                                 genesis.time,
                                 genesis.time + std::chrono::hours(2),
                                 {}});
    return genesis;
  }

  std::uint8_t anybody() { return static_cast<std::uint8_t>(1 + rng_.below(people)); }
  std::uint8_t operators() { return static_cast<std::uint8_t>(1 + rng_.below(9)); }
  Coin amount() {
    const std::int64_t most[] = {3, 1000, 3 * one_akt, 40 * one_akt};
    return uakt(1 + static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(most[rng_.below(4)]))));
  }

  Msg random_msg(const Address& signer) {
    switch (rng_.below(18)) {
      case 0:
      case 1:
      case 2:
      case 3: return StakeMsg(MsgDelegate{signer, party(operators()), amount()});
      case 4:
      case 5: return StakeMsg(some_undelegation(signer));
      case 6:
      case 7:
      case 8: return StakeMsg(some_redelegation(signer));
      case 9: return StakeMsg(some_cancellation(signer));
      case 10: return StakeMsg(MsgUnjail{signer});
      case 11: return StakeMsg(MsgUnjail{party(operators())});
      case 12: return StakeMsg(some_validator(signer));
      case 13: return StakeMsg(MsgWithdrawDelegatorReward{signer, party(operators())});
      case 14: return StakeMsg(MsgWithdrawValidatorCommission{signer});
      case 15:
        return StakeMsg(MsgEditValidator{signer, Dec::from_raw(Dec::scale / 100 * (4 + rng_.below(20))), {}});
      default: return MsgSend{signer, party(anybody()), {amount()}};
    }
  }
  /// All of a delegation, as far as it is one, or a part.
  std::pair<Address, Coin> some_delegation(const Address& delegator) {
    const Staking& staking = ledger.economy().staking();
    std::vector<std::pair<Address, Dec>> all;
    staking.each_delegation_of(delegator, [&](const Address& v, Dec shares) { all.emplace_back(v, shares); });
    if (all.empty()) return {party(operators()), amount()};
    const auto& [validator, shares] = all[rng_.below(all.size())];
    const std::int64_t worth = staking.find(validator)->tokens_of(shares).truncate().micro;
    const std::int64_t part = rng_.below(2) == 0 ? worth : worth / 3;
    return {validator, uakt(std::max<std::int64_t>(part, 1))};
  }
  MsgUndelegate some_undelegation(const Address& delegator) {
    const auto [validator, coin] = some_delegation(delegator);
    return {delegator, validator, coin};
  }
  MsgBeginRedelegate some_redelegation(const Address& delegator) {
    const auto [validator, coin] = some_delegation(delegator);
    return {delegator, validator, party(operators()), coin};
  }
  MsgCancelUnbondingDelegation some_cancellation(const Address& delegator) {
    const Staking& staking = ledger.economy().staking();
    std::vector<Address> sources;
    for (std::uint8_t v = 1; v <= people; ++v)
      if (!staking.unbonding(delegator, party(v)).empty()) sources.push_back(party(v));
    if (sources.empty()) return {delegator, party(operators()), amount(), {1}};
    const Address validator = sources[rng_.below(sources.size())];
    const auto entries = staking.unbonding(delegator, validator);
    const UnbondingEntry& entry = entries[rng_.below(entries.size())];
    const Coin all = uakt(std::max<std::int64_t>(entry.balance.micro, 1));
    return {delegator, validator, rng_.below(2) == 0 ? all : amount(), entry.creation_height};
  }
  MsgCreateValidator some_validator(const Address& signer) {
    MsgCreateValidator msg = validator_msg(signer.bytes[0], one_akt);
    msg.value = uakt(one_akt * static_cast<std::int64_t>(1 + rng_.below(30)));
    if (rng_.below(4) == 0) msg.key = key_of(static_cast<std::uint8_t>(100 + next_key_++ % 100));
    return msg;
  }

  Amount wealth(const Address& owner) const {
    const Staking& staking = ledger.economy().staking();
    Amount sum = ledger.balance(owner, Denom::uakt);
    staking.each_delegation_of(owner, [&](const Address& validator, Dec shares) {
      const ValidatorRecord& record = *staking.find(validator);
      if (!record.shares.is_zero()) sum += record.tokens_of_truncated(shares).truncate();
    });
    for (std::uint8_t v = 1; v <= people; ++v)
      for (const UnbondingEntry& entry : staking.unbonding(owner, party(v))) sum += entry.balance;
    return sum;
  }

  void next_block() {
    events.clear();
    ledger.end_block(events);
    count_events();
    if (rng_.below(5) == 0) {
      inputs_.absent.clear();
      for (std::uint8_t v = 1; v <= 9; ++v)
        if (rng_.below(4) == 0) inputs_.absent.push_back(key_of(v));
    }
    const Height now = ledger.block().height;
    const std::int64_t skipped = rng_.below(4) == 0 ? static_cast<std::int64_t>(rng_.below(12)) : 0;
    const Deadline deadline = ledger.next_deadline(inputs_);
    std::int64_t height = std::min(now.value + 1 + skipped, deadline.height.value);
    while (height > now.value + 1 && time_of(Height{height - 1}) >= deadline.time) --height;
    if (rng_.below(12) == 0) add_evidence(Height{height});
    begin_block({height});
  }
  void begin_block(Height height) {
    const Ledger before = ledger;
    events.clear();
    ledger.begin_block({height, time_of(height)}, inputs_, events);
    for (const Misbehaviour& misbehaviour : inputs_.misbehaviour) expect_movers_pay(before, misbehaviour);
    inputs_.misbehaviour.clear();
    for (const SetMember& member : *ledger.economy().set_of(height))
      powers_[height][member.key] = member.power;
    count_events();
  }
  Time time_of(Height height) const { return time_ + std::chrono::seconds(6 * height.value); }

  /// Of somebody who was in the set at a recent height.
  void add_evidence(Height now) {
    const Height height{now.value - 1 - static_cast<std::int64_t>(rng_.below(8))};
    const auto powers = powers_.find(height);
    if (powers == powers_.end()) return;
    auto member = powers->second.begin();
    std::advance(member, static_cast<std::ptrdiff_t>(rng_.below(powers->second.size())));
    inputs_.misbehaviour.push_back({member->first, height, time_of(height), member->second});
  }

  /// Whoever moved his delegation away at or after the fault, and still has some of it where he went, lost.
  void expect_movers_pay(const Ledger& before, const Misbehaviour& misbehaviour) {
    const bool punished = std::any_of(events.begin(), events.end(), [&](const ChainEvent& event) {
      const auto* stake = std::get_if<StakeEvent>(&event);
      const auto* slash = stake == nullptr ? nullptr : std::get_if<EventSlash>(stake);
      return slash != nullptr && slash->key == misbehaviour.key && slash->reason == SlashReason::double_sign;
    });
    if (!punished) return;
    const Staking& was = before.economy().staking();
    const Address source = was.find(misbehaviour.key)->operator_address;
    const Dec fraction = ledger.params().stake.slashing.slash_fraction_double_sign;
    for (const auto& [key, entries] : was.redelegations()) {
      if (key.source != source) continue;
      const Dec held = was.delegation(key.delegator, key.destination);
      if (held.is_zero()) continue;
      bool liable = false;
      for (const RedelegationEntry& entry : entries)
        liable = liable || (entry.creation_height.value >= misbehaviour.height.value - 1 &&
                            entry.completion_time > ledger.block().time &&
                            fraction.times(entry.initial_balance.micro).truncate().micro > 0);
      const bool lost_shares = ledger.economy().staking().delegation(key.delegator, key.destination) < held;
      const bool lost_unbonding = unbonding_of(ledger, key) < unbonding_of(before, key);
      if (liable && !lost_shares && !lost_unbonding)
        complaint_ = to_bech32(key.delegator) + " moved away after the fault and lost nothing";
    }
  }
  static Amount unbonding_of(const Ledger& at, const RedelegationKey& key) {
    Amount sum;
    for (const UnbondingEntry& entry : at.economy().staking().unbonding(key.delegator, key.destination))
      sum += entry.balance;
    return sum;
  }
  void count_events() {
    for (const ChainEvent& event : events) ++seen[event_type(event)];
  }

  Rng rng_;
  bool rewards_ = false;  ///< coins are made, and messages pay out what was earned
  Time time_;
  BlockInputs inputs_;
  std::map<Height, std::map<ConsensusKey, std::int64_t>> powers_;
  std::uint64_t next_key_ = 0;
  std::string complaint_;
};

}  // namespace souk::test
