#include "actors/chain/bank.hpp"

#include <algorithm>

#include "actors/base/id_map.hpp"
#include "actors/chain/mutation.hpp"

namespace souk {
namespace {

/// Coins of a message: at least one, positive, ascending by denomination name without repeats.
bool valid_coins(const std::vector<Coin>& coins) {
  for (std::size_t i = 0; i < coins.size(); ++i) {
    if (coins[i].amount.micro <= 0) return false;
    if (i > 0 && denom_name(coins[i - 1].denom) >= denom_name(coins[i].denom)) return false;
  }
  return !coins.empty();
}

Verdict check_send_enabled(const std::vector<Coin>& coins, const std::vector<Denom>& send_disabled) {
  for (const Coin& coin : coins) {
    if (std::find(send_disabled.begin(), send_disabled.end(), coin.denom) != send_disabled.end())
      return refuse(BankError::send_disabled, "transfers of this denomination are disabled");
  }
  return accepted();
}

}  // namespace

Bank::Bank() {
  fee_collector_ = make_module("fee_collector");
  distribution_ = make_module("distribution");
  escrow_ = make_module("escrow");
  minter_ = make_module("mint");
  make_module("bme");
  bonded_pool_ = make_module("bonded_tokens_pool");
  not_bonded_pool_ = make_module("not_bonded_tokens_pool");
  gov_ = make_module("gov");
  make_module("transfer");
}

AccountNo Bank::make_module(std::string_view name) {
  const AccountNo account = find_or_make(module_address(name));
  accounts_.edit(account).is_module = true;
  return account;
}

void Bank::mint(const Address& to, Coin coin) {
  SOUK_CHECK(coin.amount.micro >= 0);
  const auto denom = static_cast<std::size_t>(coin.denom);
  totals_.genesis[denom] += coin.amount;
  totals_.supply[denom] += coin.amount;
  accounts_.edit(find_or_make(to)).balances[denom] += coin.amount;
}

AccountNo Bank::find(const Address& address) const {
  return index_.find(hash_of(address), [&](std::uint32_t row) { return accounts_[row].address == address; });
}

AccountNo Bank::find_or_make(const Address& address) {
  if (const AccountNo known = find(address); known != no_row) return known;
  const AccountNo account = accounts_.add({address, false, false, {}});
  index_.insert(hash_of(address), account);
  return account;
}

void Bank::transfer(AccountNo from, AccountNo to, Coin coin, std::vector<ChainEvent>& events) {
  if (coin.amount.micro == 0) return;
  const auto denom = static_cast<std::size_t>(coin.denom);
  SOUK_CHECK(coin.amount.micro > 0 && accounts_[from].balances[denom] >= coin.amount);
  if (!SOUK_MUTATE(transfer_keeps_sender)) accounts_.edit(from).balances[denom] -= coin.amount;
  accounts_.edit(to).balances[denom] += coin.amount - Amount{SOUK_MUTATE(transfer_loses_one) ? 1 : 0};
  events.push_back(EventTransfer{address(from), address(to), coin});
}

Verdict Bank::send(const MsgSend& msg, const std::vector<Denom>& send_disabled, Time now,
                   std::vector<ChainEvent>& events) {
  if (!valid_coins(msg.amount))
    return refuse(SdkError::invalid_coins, "coins must be positive, sorted and unique");
  SOUK_TRY(check_send_enabled(msg.amount, send_disabled));
  const AccountNo to = find_or_make(msg.to);
  if (accounts_[to].is_module) return refuse(SdkError::unauthorized, "module accounts receive no transfers");
  const AccountNo from = find(msg.from);
  SOUK_TRY(check_spendable(from, msg.amount, now));
  for (const Coin& coin : msg.amount) transfer(from, to, coin, events);
  return accepted();
}

Verdict Bank::check_spendable(AccountNo from, const std::vector<Coin>& coins, Time now) const {
  for (const Coin& coin : coins) {
    if (from == no_row || spendable(from, coin.denom, now) < coin.amount)
      return refuse(SdkError::insufficient_funds, "spendable balance is smaller than the amount");
  }
  return accepted();
}

Amount Bank::spendable_of_vesting(AccountNo account, Denom denom, Time now) const {
  const VestingAccount* vesting = vesting_.find(account);
  SOUK_CHECK(vesting != nullptr);
  const Amount locked = SOUK_MUTATE(vesting_spends_locked) ? Amount{} : vesting->locked(denom, now);
  return std::max(balance(account, denom) - locked, Amount{});
}

void Bank::make_coins(Coin coin, std::vector<ChainEvent>& events) {
  if (coin.amount.micro == 0) return;
  SOUK_CHECK(coin.amount.micro > 0);
  const auto denom = static_cast<std::size_t>(coin.denom);
  totals_.made[denom] += coin.amount;
  totals_.supply[denom] += coin.amount;
  accounts_.edit(minter_).balances[denom] += coin.amount;
  events.push_back(StakeEvent(EventCoinbase{address(minter_), coin}));
}

void Bank::burn(AccountNo module, Coin coin, std::vector<ChainEvent>& events) {
  if (coin.amount.micro == 0) return;
  const auto denom = static_cast<std::size_t>(coin.denom);
  SOUK_CHECK(accounts_[module].is_module && coin.amount.micro > 0 &&
             accounts_[module].balances[denom] >= coin.amount);
  totals_.burned[denom] += coin.amount;
  totals_.supply[denom] -= coin.amount;
  accounts_.edit(module).balances[denom] -= coin.amount;
  events.push_back(StakeEvent(EventBurn{address(module), coin}));
}

void Bank::delegate(AccountNo from, AccountNo pool, Coin coin, Time now, std::vector<ChainEvent>& events) {
  if (accounts_[from].is_vesting) {
    VestingAccount vesting = *vesting_.find(from);
    vesting.track_delegation(coin, now);
    vesting_.put(from, std::move(vesting));
  }
  transfer(from, pool, coin, events);
}

void Bank::undelegate(AccountNo pool, AccountNo to, Coin coin, std::vector<ChainEvent>& events) {
  if (accounts_[to].is_vesting) {
    VestingAccount vesting = *vesting_.find(to);
    vesting.track_undelegation(coin);
    vesting_.put(to, std::move(vesting));
  }
  transfer(pool, to, coin, events);
}

void Bank::add_vesting(AccountNo account, VestingAccount vesting) {
  SOUK_CHECK(!accounts_[account].is_vesting);
  accounts_.edit(account).is_vesting = true;
  vesting_.put(account, std::move(vesting));
}

Verdict Bank::create_vesting(const MsgCreateVestingAccount& msg, const std::vector<Denom>& send_disabled,
                             Time now, std::vector<ChainEvent>& events) {
  SOUK_TRY(check_send_enabled(msg.amount, send_disabled));
  const AccountNo known = find(msg.to);
  if (known != no_row && accounts_[known].is_module)
    return refuse(SdkError::unauthorized, "module accounts receive no transfers");
  if (known != no_row) return refuse(SdkError::invalid_request, "the account exists already");
  if (msg.end_time <= now) return refuse(SdkError::invalid_request, "the end of vesting is not after now");
  const AccountNo from = find(msg.from);
  SOUK_TRY(check_spendable(from, msg.amount, now));
  const auto kind = msg.delayed ? GenesisVesting::Kind::delayed : GenesisVesting::Kind::continuous;
  const AccountNo to = find_or_make(msg.to);
  add_vesting(to, VestingAccount::from({msg.to, kind, msg.amount, now, msg.end_time, {}}));
  for (const Coin& coin : msg.amount) transfer(from, to, coin, events);
  return accepted();
}

void Bank::rollback() {
  for (AccountNo account = accounts_.size(); account-- > accounts_.mark();)
    index_.erase(hash_of(accounts_[account].address), account);
  vesting_.rollback();
  totals_ = totals_before_;
  if (!SOUK_MUTATE(rollback_keeps_balances)) accounts_.rollback();
}

}  // namespace souk
