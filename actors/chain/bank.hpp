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
  Amount supply(Denom denom) const { return supply_[static_cast<std::size_t>(denom)]; }
  std::uint32_t account_count() const { return accounts_.size(); }

  AccountNo fee_collector() const { return fee_collector_; }
  AccountNo distribution() const { return distribution_; }
  AccountNo escrow() const { return escrow_; }

  /// Moves a coin and appends EventTransfer; nothing happens for a zero amount.
  /// REQUIRES: the balance of `from` is enough.
  void transfer(AccountNo from, AccountNo to, Coin coin, std::vector<ChainEvent>& events);

  /// MsgSend. Errors, in order: sdk 10 invalid coins, bank 5 denom not send-enabled, sdk 4 recipient is a
  /// module account, sdk 5 insufficient funds.
  Verdict send(const MsgSend& msg, const std::vector<Denom>& send_disabled, std::vector<ChainEvent>& events);

  void begin() { accounts_.begin(); }
  void rollback();

 private:
  struct Account {
    Address address;
    std::array<Amount, denom_count> balances{};
    bool is_module = false;
  };
  AccountNo make_module(std::string_view name);

  Table<Account> accounts_;
  HashIndex index_;
  std::array<Amount, denom_count> supply_{};
  AccountNo fee_collector_ = no_row;
  AccountNo distribution_ = no_row;
  AccountNo escrow_ = no_row;
};

}  // namespace souk
