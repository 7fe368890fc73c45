#include "actors/chain/genesis.hpp"

#include <map>
#include <set>

#include "actors/chain/params_update.hpp"
#include "actors/chain/stake_context.hpp"
#include "actors/chain/stake_validate.hpp"

namespace souk {
namespace {

Unexpected<Error> wrong(const std::string& field, const std::string& why) { return fail(field + ": " + why); }

std::string at(const char* list, std::size_t i, const char* field) {
  return std::string(list) + '[' + std::to_string(i) + "]." + field;
}

std::string coin_text(Coin coin) {
  return std::to_string(coin.amount.micro) + std::string(denom_name(coin.denom));
}

/// Walks a genesis part by part, and remembers who has how much left.
class GenesisCheck {
 public:
  explicit GenesisCheck(const Genesis& genesis) : genesis_(genesis) {}

  Result<void> run() {
    if (auto ok = souk::check(genesis_.params.stake); !ok) return wrong("params.stake", ok.error().message);
    if (genesis_.inflation && (genesis_.inflation->is_negative() || *genesis_.inflation > Dec::from_int(1)))
      return wrong("inflation", genesis_.inflation->to_string() + " is not between 0 and 1");
    if (auto ok = balances(); !ok) return ok;
    if (auto ok = vesting(); !ok) return ok;
    if (auto ok = validators(); !ok) return ok;
    return delegations();
  }

 private:
  Result<void> balances();
  Result<void> vesting();
  Result<void> vesting_amounts(std::size_t i, const GenesisVesting& vesting) const;
  Result<void> validators();
  Result<void> validator(std::size_t i, const MsgCreateValidator& create);
  Result<void> delegations();
  Result<void> stake(const std::string& field, const Address& owner, Amount amount);

  const Genesis& genesis_;
  std::map<Address, Purse> left_;  ///< not yet delegated
  std::set<Address> validators_;
  std::set<ConsensusKey> keys_;
};

Result<void> GenesisCheck::balances() {
  const Bank modules;
  Purse supply{};
  for (std::size_t i = 0; i < genesis_.balances.size(); ++i) {
    const GenesisBalance& balance = genesis_.balances[i];
    const auto account = modules.find(balance.address);
    if (account != no_row)
      return wrong(at("balances", i, "address"), to_bech32(balance.address) + " is a module's account");
    const auto [mine, is_new] = left_.emplace(balance.address, Purse{});
    if (!is_new) return wrong(at("balances", i, "address"), to_bech32(balance.address) + " is there twice");
    for (const Coin& coin : balance.coins) {
      const auto d = static_cast<std::size_t>(coin.denom);
      if (coin.amount.micro < 0) return wrong(at("balances", i, "coins"), coin_text(coin) + " is negative");
      if (__builtin_add_overflow(supply[d].micro, coin.amount.micro, &supply[d].micro))
        return wrong(at("balances", i, "coins"), "the supply of " + std::string(denom_name(coin.denom)) +
                                                     " would need more than 63 bits");
      mine->second[d] += coin.amount;
    }
  }
  return {};
}

Result<void> GenesisCheck::vesting() {
  std::set<Address> seen;
  for (std::size_t i = 0; i < genesis_.vesting.size(); ++i) {
    const GenesisVesting& vesting = genesis_.vesting[i];
    if (!seen.insert(vesting.address).second)
      return wrong(at("vesting", i, "address"), to_bech32(vesting.address) + " is there twice");
    const auto balance = left_.find(vesting.address);
    if (!valid_coins(vesting.original))
      return wrong(at("vesting", i, "original"),
                   "coins must be positive, sorted by name, and each there once");
    for (const Coin& coin : vesting.original) {
      const Amount has =
          balance == left_.end() ? Amount{} : balance->second[static_cast<std::size_t>(coin.denom)];
      if (has < coin.amount)
        return wrong(at("vesting", i, "original"),
                     coin_text(coin) + " is more than the account's balance of " + std::to_string(has.micro));
    }
    if (auto ok = vesting_amounts(i, vesting); !ok) return ok;
  }
  return {};
}

Result<void> GenesisCheck::vesting_amounts(std::size_t i, const GenesisVesting& vesting) const {
  using Kind = GenesisVesting::Kind;
  if (vesting.kind != Kind::periodic && !vesting.periods.empty())
    return wrong(at("vesting", i, "periods"), "only a periodic account has periods");
  if (vesting.kind == Kind::continuous && unix_seconds(vesting.end) <= unix_seconds(vesting.start))
    return wrong(at("vesting", i, "end"), "must be after start");
  if (vesting.kind != Kind::periodic) return {};
  std::array<i128, denom_count> left{};
  for (const Coin& coin : vesting.original) left[static_cast<std::size_t>(coin.denom)] = coin.amount.micro;
  i128 end = vesting.start.time_since_epoch().count();
  for (const GenesisVesting::Period& period : vesting.periods) {
    if (period.length <= Duration{}) return wrong(at("vesting", i, "periods"), "a period has no length");
    end += period.length.count();
    if (end > INT64_MAX) return wrong(at("vesting", i, "periods"), "the last one ends after the year 2262");
    if (!valid_coins(period.amount))
      return wrong(at("vesting", i, "periods"),
                   "coins must be positive, sorted by name, and each there once");
    for (const Coin& coin : period.amount) left[static_cast<std::size_t>(coin.denom)] -= coin.amount.micro;
  }
  for (const i128 rest : left) {
    if (rest != 0) return wrong(at("vesting", i, "periods"), "their amounts do not add up to original");
  }
  return {};
}

Result<void> GenesisCheck::validators() {
  const std::size_t most = genesis_.params.stake.staking.max_validators;
  if (genesis_.validators.size() > most)
    return wrong("validators", std::to_string(genesis_.validators.size()) + " are more than max_validators " +
                                   std::to_string(most));
  for (std::size_t i = 0; i < genesis_.validators.size(); ++i) {
    if (auto ok = validator(i, genesis_.validators[i].create); !ok) return ok;
  }
  return {};
}

Result<void> GenesisCheck::validator(std::size_t i, const MsgCreateValidator& create) {
  const StakingParams& params = genesis_.params.stake.staking;
  const auto field = [i](const char* name) { return at("validators", i, name); };
  if (validators_.contains(create.validator))
    return wrong(field("validator"), to_bech32(create.validator) + " is there twice");
  if (!keys_.insert(create.key).second) return wrong(field("key"), to_hex(create.key) + " is there twice");
  if (create.value.denom != params.bond_denom)
    return wrong(field("value"),
                 "must be of the bond denomination " + std::string(denom_name(params.bond_denom)));
  if (create.value.amount.micro < power_reduction)
    return wrong(field("value"), coin_text(create.value) + " gives no power; at least 1000000 does");
  if (create.commission.rate < params.min_commission_rate)
    return wrong(field("commission"), create.commission.rate.to_string() + " is below min_commission_rate " +
                                          params.min_commission_rate.to_string());
  if (const Verdict verdict = souk::check(create); !verdict.ok()) {
    const bool of_key = verdict.codespace == Codespace::staking &&
                        verdict.code == static_cast<std::uint32_t>(StakingError::empty_key);
    return wrong(of_key ? field("key") : "validators[" + std::to_string(i) + ']', std::string(verdict.why));
  }
  validators_.insert(create.validator);
  return stake(field("value"), create.validator, create.value.amount);
}

Result<void> GenesisCheck::delegations() {
  std::set<std::pair<Address, Address>> seen;
  for (std::size_t i = 0; i < genesis_.delegations.size(); ++i) {
    const GenesisDelegation& delegation = genesis_.delegations[i];
    if (!validators_.contains(delegation.validator))
      return wrong(at("delegations", i, "validator"), to_bech32(delegation.validator) + " is no validator");
    if (delegation.delegator == delegation.validator ||
        !seen.insert({delegation.delegator, delegation.validator}).second)
      return wrong(at("delegations", i, "delegator"),
                   to_bech32(delegation.delegator) + " delegates to this validator twice");
    if (delegation.amount.micro <= 0) return wrong(at("delegations", i, "amount"), "must be positive");
    if (auto ok = stake(at("delegations", i, "amount"), delegation.delegator, delegation.amount); !ok)
      return ok;
  }
  return {};
}

/// Takes a delegation out of its owner's balance.
Result<void> GenesisCheck::stake(const std::string& field, const Address& owner, Amount amount) {
  const auto d = static_cast<std::size_t>(genesis_.params.stake.staking.bond_denom);
  const auto balance = left_.find(owner);
  if (balance == left_.end() || balance->second[d] < amount)
    return wrong(field, std::to_string(amount.micro) + " is more than " + to_bech32(owner) + " has left");
  balance->second[d] -= amount;
  return {};
}

}  // namespace

Result<void> Genesis::check() const { return GenesisCheck(*this).run(); }

}  // namespace souk
