#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/chain/distribution.hpp"

/// A staking of the simplest kind, so that the modules below it can be tested without it.
namespace souk::test {

inline Address account(std::uint8_t number) {
  Address address;
  address.bytes.fill(number);
  return address;
}
inline Dec decimal(std::string_view text) { return Dec::parse(text).value(); }
inline Coin akt(std::int64_t micro) { return {Denom::uakt, {micro}}; }

/// `codespace code` of a verdict: "ok", "gov 3".
inline std::string text_of(const Verdict& verdict) {
  if (verdict.ok()) return "ok";
  return std::string(codespace_name(verdict.codespace)) + " " + std::to_string(verdict.code);
}

class FakeStake : public StakeView {
 public:
  std::optional<ValidatorStake> validator(const Address& v) const override {
    const auto it = validators.find(v);
    if (it == validators.end()) return std::nullopt;
    return it->second;
  }
  std::optional<Dec> delegation(const Address& delegator, const Address& v) const override {
    const auto it = delegations.find({delegator, v});
    if (it == delegations.end()) return std::nullopt;
    return it->second;
  }
  void delegations_of(const Address& delegator, std::vector<DelegationStake>& result) const override {
    for (auto it = delegations.lower_bound({delegator, {}});
         it != delegations.end() && it->first.first == delegator; ++it)
      result.push_back({it->first.second, it->second, validators.at(it->first.second)});
  }
  Amount total_bonded() const override {
    Amount sum;
    for (const auto& [v, stake] : validators)
      if (stake.bonded) sum += stake.tokens;
    return sum;
  }

  std::map<Address, ValidatorStake> validators;
  std::map<std::pair<Address, Address>, Dec> delegations;
};

/// A bank whose parties 1..20 hold a million coins each, a block, and what happened in it.
class StakeModules : public ::testing::Test {
 protected:
  static constexpr std::int64_t purse = 1'000'000'000'000;

  StakeModules() {
    for (std::uint8_t i = 1; i <= 20; ++i) bank.mint(account(i), akt(purse));
  }

  Execution exec() { return {params, block, events}; }
  void at(std::int64_t height) {
    block = {{height}, Time(std::chrono::seconds(1'767'225'600 + 6 * height))};
    events.clear();
  }
  std::int64_t balance(const Address& who) const {
    const AccountNo no = bank.find(who);
    return no == no_row ? 0 : bank.balance(no, Denom::uakt).micro;
  }
  std::int64_t earned(std::uint8_t party) const { return balance(account(party)) - purse; }
  /// Coins that fall into the fee collector.
  void collect_fees(std::int64_t micro) { bank.mint(module_address("fee_collector"), akt(micro)); }

  ChainParams params;
  Bank bank;
  FakeStake stake;
  BlockContext block{{1}, Time(std::chrono::seconds(1'767'225'606))};
  std::vector<ChainEvent> events;
};

}  // namespace souk::test
