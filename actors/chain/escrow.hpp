#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "actors/base/money.hpp"
#include "actors/chain/bank.hpp"
#include "actors/chain/block.hpp"
#include "actors/chain/deposit_grants.hpp"
#include "actors/chain/execution.hpp"
#include "actors/chain/params.hpp"
#include "actors/chain/table.hpp"
#include "actors/chain/types.hpp"

namespace souk {

using EscrowNo = std::uint32_t;   ///< an escrow account inside one ledger; reused once a bid's is closed
using PaymentNo = std::uint32_t;  ///< a payment inside one ledger

/// One source of a deposit: who pays how much, from his balance or through a grant of his.
struct DepositPart {
  AccountNo owner = no_row;
  DepositSource source = DepositSource::balance;
  Coin coin;
};

/// What ended while escrow worked. Escrow calls nobody back: it returns these, in the order in which Akash's
/// escrow runs its hooks, and the market acts on them.
struct Ending {
  enum class Kind : std::uint8_t { account, payment };
  Kind kind = Kind::account;
  EscrowState state = EscrowState::closed;  ///< closed or overdrawn
  std::uint32_t subject = no_row;           ///< deployment of the account; lease of the payment
};

/// Accounts and payments: open, deposit, settle, withdraw, close. Owns the Bank and the grants below it.
/// Settlement is lazy: nothing happens between calls. Amounts are truncated exactly where akash-chain.md
/// section 5 truncates. Every operation checks all it can before it changes anything; what only settling
/// can show (an account running dry) is undone by the ledger's rollback.
class Escrow {
 public:
  struct Account {
    std::uint32_t subject = no_row;  ///< deployment number, or bid number
    EscrowScope scope = EscrowScope::invalid;
    EscrowState state = EscrowState::open;
    std::uint8_t denom_count = 0;                        ///< funds entries in use
    std::array<Denom, souk::denom_count> denom_order{};  ///< order in which they were made
    AccountNo owner = no_row;
    std::uint64_t dseq = 0;
    Height settled_at;
    std::array<Dec, souk::denom_count> funds{};        ///< by Denom; negative = debt
    std::array<Dec, souk::denom_count> transferred{};  ///< by Denom; given to payments so far
    std::uint32_t first_deposit = no_row;              ///< oldest first
    std::uint32_t last_deposit = no_row;
    PaymentNo first_payment = no_row;  ///< those not closed, in key order
    EscrowNo previous_of_owner = no_row;

    bool has(Denom denom) const;
    Dec& funds_of(Denom denom) { return funds[static_cast<std::size_t>(denom)]; }
    const Dec& funds_of(Denom denom) const { return funds[static_cast<std::size_t>(denom)]; }
    Dec& transferred_of(Denom denom) { return transferred[static_cast<std::size_t>(denom)]; }
    bool first_funds_negative() const;
  };
  struct DepositRow {
    AccountNo owner = no_row;
    std::uint32_t next = no_row;
    Height height;
    Dec balance;
    Denom denom = Denom::uact;
    DepositSource source = DepositSource::balance;
  };
  struct Payment {
    EscrowNo account = no_row;
    std::uint32_t lease = no_row;
    AccountNo owner = no_row;
    PaymentNo next = no_row;
    std::uint32_t gseq = 0;
    std::uint32_t oseq = 0;
    EscrowState state = EscrowState::open;
    Denom denom = Denom::uact;
    Amount withdrawn;
    Dec rate;
    Dec balance;
    Dec unsettled;
  };
  struct NewPayment {
    EscrowNo account;
    std::uint32_t lease;
    AccountNo owner;
    DecCoin rate;
    std::uint32_t gseq;
    std::uint32_t oseq;
  };
  struct NewAccount {
    EscrowScope scope;
    std::uint32_t subject;
    AccountNo owner;
    std::uint64_t dseq;
  };

  Bank& bank() { return bank_; }
  const Bank& bank() const { return bank_; }
  DepositGrants& grants() { return grants_; }
  const DepositGrants& grants() const { return grants_; }

  /// AuthorizeDeposits (section 5.2): splits `deposit` over its sources. Changes nothing.
  /// Errors: market 28 insufficient balance.
  Verdict plan(AccountNo signer, const Deposit& deposit, EscrowScope scope, const Execution& exec,
               std::vector<DepositPart>& parts) const;
  /// Whether every part's owner has the coin and may spend it. Errors: sdk 5.
  Verdict check_payable(std::span<const DepositPart> parts, Time now) const;

  /// Opens an account and pays the parts in. `grantee` is the signer who uses the grants.
  /// REQUIRES: plan() and check_payable() accepted the parts.
  EscrowNo open_account(const NewAccount& account, AccountNo grantee, std::span<const DepositPart> parts,
                        Execution& exec);
  /// AccountDeposit. Errors: escrow 2 closed. REQUIRES as above.
  Verdict deposit(EscrowNo account, AccountNo grantee, std::span<const DepositPart> parts, Execution& exec,
                  std::vector<Ending>& endings);
  /// AccountClose: settles, pays, refunds. Errors: escrow 2 closed.
  Verdict close_account(EscrowNo account, Execution& exec, std::vector<Ending>& endings);
  /// Gives the row of a closed bid account back. REQUIRES: no deposit and no payment is left on it.
  void release_account(EscrowNo account);

  /// PaymentCreate. Errors, in order: escrow 2 closed, 4 overdrawn, 5 denomination not in the account,
  /// 9 rate zero. (6, payment exists, cannot happen: a lease has one payment and a bid is leased once.)
  Verdict open_payment(const NewPayment& payment, Execution& exec, PaymentNo& opened);
  /// PaymentWithdraw. Errors: escrow 7 payment not open; undefined 111222 under same_block_withdraw_panics.
  Verdict withdraw(PaymentNo payment, Execution& exec, std::vector<Ending>& endings);
  /// PaymentClose. Errors: escrow 7 closed, 2 account closed.
  Verdict close_payment(PaymentNo payment, Execution& exec, std::vector<Ending>& endings);

  /// Steps of Marketplace::prefetch: the payment; then, those being near, its account; then its deposits.
  void prefetch_payment(PaymentNo no) const { payments_.prefetch(no); }
  void prefetch_account(PaymentNo no) const { accounts_.prefetch(payments_[no].account); }
  void prefetch_deposit(PaymentNo no) const {
    const std::uint32_t deposit = accounts_[payments_[no].account].first_deposit;
    if (deposit != no_row) deposits_.prefetch(deposit);
  }

  const Account& account(EscrowNo no) const { return accounts_[no]; }
  const Payment& payment(PaymentNo no) const { return payments_[no]; }
  const DepositRow& deposit_row(std::uint32_t no) const { return deposits_[no]; }
  std::uint32_t account_slots() const { return accounts_.size(); }
  std::uint32_t payment_count() const { return payments_.size(); }
  /// Coin that no account and no payment owns any more: fractions cut off at refunds, and what the drop
  /// defect loses. It stays in the module's balance for ever.
  Dec dust(Denom denom) const { return dust_[static_cast<std::size_t>(denom)]; }

  void begin();
  void commit();
  void rollback();

 private:
  void add_parts(EscrowNo no, AccountNo grantee, std::span<const DepositPart> parts, Execution& exec);
  void link_payment(EscrowNo account, PaymentNo payment);
  void unlink_payment(PaymentNo payment);
  bool key_less(const Payment& a, const Payment& b) const;
  /// The accounts whose payments a settle of `no` sees: itself, or more under dseq_prefix_collision.
  void family_of(EscrowNo no, const Execution& exec);

  Verdict settle(EscrowNo no, Execution& exec, bool& overdrawn);
  void load_payments(EscrowNo no, bool open_too, const Execution& exec);
  void charge(Account& account, Payment& payment, Dec owed);
  Dec take(Account& account, Denom denom, Dec wanted);
  void fall_back_to_akt(Account& account, Execution& exec);
  bool any_overdrawn() const;
  void overdraw(Account& account, Execution& exec);
  void pay_out(Payment& payment, Execution& exec);
  void end_payment(PaymentNo no, Execution& exec);
  void drop_accrual(std::span<const Payment> before);
  void refund(Account& account, Execution& exec);
  void book_dust(Denom denom, Dec fraction);
  void save(EscrowNo no, Execution& exec, std::vector<Ending>& endings);

  Bank bank_;
  DepositGrants grants_;
  SlotTable<Account> accounts_;
  SlotTable<DepositRow> deposits_;
  Table<Payment> payments_;
  struct Head {
    EscrowNo account = no_row;
  };
  Table<Head> last_of_owner_;  ///< by AccountNo: head of the chain of deployment accounts
  std::array<Dec, souk::denom_count> dust_{};
  std::array<Dec, souk::denom_count> dust_before_{};
  // Scratch of one operation; empty in between.
  std::vector<PaymentNo> loaded_;
  std::vector<EscrowNo> family_;
};

}  // namespace souk
