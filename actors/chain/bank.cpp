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

}  // namespace

Bank::Bank() {
  fee_collector_ = make_module("fee_collector");
  distribution_ = make_module("distribution");
  escrow_ = make_module("escrow");
  // Nothing of these may receive a MsgSend either, though no message of this ledger pays them.
  for (const std::string_view name :
       {"mint", "bme", "bonded_tokens_pool", "not_bonded_tokens_pool", "gov", "transfer"})
    make_module(name);
}

AccountNo Bank::make_module(std::string_view name) {
  const AccountNo account = find_or_make(module_address(name));
  accounts_.edit(account).is_module = true;
  return account;
}

void Bank::mint(const Address& to, Coin coin) {
  SOUK_CHECK(coin.amount.micro >= 0);
  const auto denom = static_cast<std::size_t>(coin.denom);
  supply_[denom] += coin.amount;
  accounts_.edit(find_or_make(to)).balances[denom] += coin.amount;
}

AccountNo Bank::find(const Address& address) const {
  return index_.find(hash_of(address), [&](std::uint32_t row) { return accounts_[row].address == address; });
}

AccountNo Bank::find_or_make(const Address& address) {
  if (const AccountNo known = find(address); known != no_row) return known;
  const AccountNo account = accounts_.add({address, {}, false});
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

Verdict Bank::send(const MsgSend& msg, const std::vector<Denom>& send_disabled,
                   std::vector<ChainEvent>& events) {
  if (!valid_coins(msg.amount))
    return refuse(SdkError::invalid_coins, "coins must be positive, sorted and unique");
  for (const Coin& coin : msg.amount) {
    if (std::find(send_disabled.begin(), send_disabled.end(), coin.denom) != send_disabled.end())
      return refuse(BankError::send_disabled, "transfers of this denomination are disabled");
  }
  const AccountNo to = find_or_make(msg.to);
  if (accounts_[to].is_module) return refuse(SdkError::unauthorized, "module accounts receive no transfers");
  const AccountNo from = find(msg.from);
  for (const Coin& coin : msg.amount) {
    if (from == no_row || balance(from, coin.denom) < coin.amount)
      return refuse(SdkError::insufficient_funds, "spendable balance is smaller than the amount");
  }
  for (const Coin& coin : msg.amount) transfer(from, to, coin, events);
  return accepted();
}

void Bank::rollback() {
  for (AccountNo account = accounts_.size(); account-- > accounts_.mark();)
    index_.erase(hash_of(accounts_[account].address), account);
  if (!SOUK_MUTATE(rollback_keeps_balances)) accounts_.rollback();
}

}  // namespace souk
