#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "actors/base/ids.hpp"
#include "actors/base/money.hpp"
#include "actors/chain/codes.hpp"
#include "actors/chain/events.hpp"
#include "actors/chain/msgs.hpp"
#include "actors/chain/table.hpp"
#include "actors/chain/vesting.hpp"

namespace souk {

/// Number of an account inside one ledger. Addresses are looked up once a message; below, accounts are
/// numbers.
using AccountNo = std::uint32_t;

/// Balances of all accounts and of the chain's modules; every coin of the ledger is in here and nowhere
/// else. The lowest of the on-chain actors: it calls nobody. Source: akash-chain.md sections 0 and 8.2.
class Bank {
 public:
  Bank();

  /// Creates coins, at genesis only.
  void mint(const Address& to, Coin coin);

  /// The account of `address`, or no_row.
  AccountNo find(const Address& address) const;
  /// The account of `address`, made empty if there is none.
  AccountNo find_or_make(const Address& address);
  const Address& address(AccountNo account) const { return accounts_[account].address; }
  Amount balance(AccountNo account, Denom denom) const {
    return accounts_[account].balances[static_cast<std::size_t>(denom)];
  }
  Amount supply(Denom denom) const { return totals_.supply[static_cast<std::size_t>(denom)]; }
  std::uint32_t account_count() const { return accounts_.size(); }

  /// What may be spent: the balance without what vesting holds back. What a user pays comes out of this;
  /// only a delegation may take more.
  Amount spendable(AccountNo account, Denom denom, Time now) const {
    return accounts_[account].is_vesting ? spendable_of_vesting(account, denom, now)
                                         : balance(account, denom);
  }
  /// Errors: sdk 5 the account, or no_row, may spend less than that.
  Verdict check_spendable(AccountNo from, const std::vector<Coin>& coins, Time now) const;
  /// Null if nothing of the account vests.
  const VestingAccount* vesting(AccountNo account) const { return vesting_.find(account); }
  const UndoMap<AccountNo, VestingAccount>& vesting_accounts() const { return vesting_; }
  bool is_module(AccountNo account) const { return accounts_[account].is_module; }

  // Module accounts. They receive no MsgSend.
  AccountNo fee_collector() const { return fee_collector_; }
  AccountNo distribution() const { return distribution_; }
  AccountNo escrow() const { return escrow_; }
  AccountNo minter() const { return minter_; }
  AccountNo bonded_pool() const { return bonded_pool_; }
  AccountNo not_bonded_pool() const { return not_bonded_pool_; }
  AccountNo gov() const { return gov_; }

  /// Moves a coin and appends EventTransfer; nothing happens for a zero amount.
  /// REQUIRES: the balance of `from` is enough.
  void transfer(AccountNo from, AccountNo to, Coin coin, std::vector<ChainEvent>& events);

  /// MsgSend. Errors, in order: sdk 10 invalid coins, bank 5 denom not send-enabled, sdk 4 recipient is a
  /// module account, sdk 5 insufficient funds.
  Verdict send(const MsgSend& msg, const std::vector<Denom>& send_disabled, Time now,
               std::vector<ChainEvent>& events);

  /// Makes new coins, on the minter's account, and appends EventCoinbase. Nothing happens for zero.
  void make_coins(Coin coin, std::vector<ChainEvent>& events);
  /// Takes coins of a module out of the world and appends EventBurn. Nothing happens for zero.
  /// REQUIRES: its balance is enough.
  void burn(AccountNo module, Coin coin, std::vector<ChainEvent>& events);
  /// Coins made and burned since genesis.
  Amount made(Denom denom) const { return totals_.made[static_cast<std::size_t>(denom)]; }
  Amount burned(Denom denom) const { return totals_.burned[static_cast<std::size_t>(denom)]; }
  /// Supply = genesis + made - burned.
  Amount genesis_supply(Denom denom) const { return totals_.genesis[static_cast<std::size_t>(denom)]; }

  /// Moves coins into a pool of staking: locked ones may go. REQUIRES: the balance is enough.
  void delegate(AccountNo from, AccountNo pool, Coin coin, Time now, std::vector<ChainEvent>& events);
  /// And back.
  void undelegate(AccountNo pool, AccountNo to, Coin coin, std::vector<ChainEvent>& events);

  /// Makes what the account holds, or will be sent, vest. REQUIRES: nothing of it vests yet.
  void add_vesting(AccountNo account, VestingAccount vesting);
  /// MsgCreateVestingAccount. Errors, in order: bank 5 denom not send-enabled, sdk 4 the new account is a
  /// module's, sdk 18 it exists or its end is not after `now`, sdk 5 insufficient funds.
  Verdict create_vesting(const MsgCreateVestingAccount& msg, const std::vector<Denom>& send_disabled,
                         Time now, std::vector<ChainEvent>& events);

  void begin() {
    accounts_.begin();
    vesting_.begin_tx();
    totals_before_ = totals_;
  }
  void rollback();

 private:
  struct Account {
    Address address;
    bool is_module = false;
    bool is_vesting = false;  ///< vesting_ has a row
    Purse balances{};
  };
  /// Sums of coins by denomination.
  struct Totals {
    Purse genesis{};
    Purse made{};
    Purse burned{};
    Purse supply{};
  };
  Amount spendable_of_vesting(AccountNo account, Denom denom, Time now) const;
  AccountNo make_module(std::string_view name);

  Table<Account> accounts_;
  HashIndex index_;
  UndoMap<AccountNo, VestingAccount> vesting_;
  Totals totals_;
  Totals totals_before_;
  AccountNo fee_collector_ = no_row;
  AccountNo distribution_ = no_row;
  AccountNo escrow_ = no_row;
  AccountNo minter_ = no_row;
  AccountNo bonded_pool_ = no_row;
  AccountNo not_bonded_pool_ = no_row;
  AccountNo gov_ = no_row;
};

}  // namespace souk
