#include "actors/chain/escrow.hpp"

#include <algorithm>
#include <string>

#include "actors/chain/mutation.hpp"
#include "actors/chain/tables.hpp"

// The operations of section 5.4. Settlement itself is in escrow_settle.cpp.
namespace souk {

bool Escrow::Account::has(Denom denom) const {
  const auto* end = denom_order.begin() + denom_count;
  return std::find(denom_order.begin(), end, denom) != end;
}

bool Escrow::Account::first_funds_negative() const {
  return denom_count > 0 && funds_of(denom_order[0]).is_negative();
}

Verdict Escrow::plan(AccountNo signer, const Deposit& deposit, EscrowScope scope, const Execution& exec,
                     std::vector<DepositPart>& parts) const {
  parts.clear();
  Amount remainder = deposit.amount.amount;
  const Denom denom = deposit.amount.denom;
  const auto add = [&](AccountNo owner, DepositSource source, Amount available) {
    const Amount part = std::min(available, remainder);
    parts.push_back({owner, source, {denom, part}});
    remainder -= part;
  };
  for (const DepositSource source : deposit.sources) {
    if (remainder.micro == 0) break;
    if (source == DepositSource::balance) {
      const Amount spendable = bank_.spendable(signer, denom, exec.block.time);
      if (spendable.micro > 0) add(signer, source, spendable);
    } else {
      grants_.for_each(bank_.address(signer), scope, denom, exec.block.time,
                       [&](const Address& granter, Amount limit) {
                         // A granter without an account has no coin; check_payable() would refuse him, as the
                         // bank does.
                         const AccountNo owner = bank_.find(granter);
                         if (owner == no_row) return true;
                         add(owner, source, limit);
                         return remainder.micro > 0;
                       });
    }
  }
  if (remainder.micro != 0) return refuse(MarketError::invalid_deposit, "insufficient balance");
  return accepted();
}

Verdict Escrow::check_payable(std::span<const DepositPart> parts, Time now) const {
  for (const DepositPart& part : parts) {
    if (bank_.spendable(part.owner, part.coin.denom, now) < part.coin.amount)
      return refuse(SdkError::insufficient_funds, "the depositor's spendable balance is smaller than the deposit");
  }
  return accepted();
}

void Escrow::add_parts(EscrowNo no, AccountNo grantee, std::span<const DepositPart> parts, Execution& exec) {
  Account& account = accounts_.edit(no);
  for (const DepositPart& part : parts) {
    const Denom denom = part.coin.denom;
    if (!account.has(denom)) account.denom_order[account.denom_count++] = denom;
    if (account.funds_of(denom).is_negative()) account.funds_of(denom) = Dec{};
    if (part.source == DepositSource::grant)
      grants_.spend(bank_.address(part.owner), bank_.address(grantee), part.coin);
    bank_.transfer(part.owner, bank_.escrow(), part.coin, exec.events);
    account.funds_of(denom) += Dec::from(part.coin.amount);
    const std::uint32_t row = deposits_.acquire(
        {part.owner, no_row, exec.block.height, Dec::from(part.coin.amount), denom, part.source});
    if (account.last_deposit == no_row)
      account.first_deposit = row;
    else
      deposits_.edit(account.last_deposit).next = row;
    account.last_deposit = row;
  }
}

EscrowNo Escrow::open_account(const NewAccount& wanted, AccountNo grantee, std::span<const DepositPart> parts,
                              Execution& exec) {
  Account account;
  account.subject = wanted.subject;
  account.scope = wanted.scope;
  account.owner = wanted.owner;
  account.dseq = wanted.dseq;
  account.settled_at = exec.block.height;
  if (wanted.scope == EscrowScope::deployment) {
    while (last_of_owner_.size() <= wanted.owner) last_of_owner_.add({});
    account.previous_of_owner = last_of_owner_[wanted.owner].account;
  }
  const EscrowNo no = accounts_.acquire(account);
  if (wanted.scope == EscrowScope::deployment) last_of_owner_.edit(wanted.owner).account = no;
  add_parts(no, grantee, parts, exec);
  return no;
}

Verdict Escrow::deposit(EscrowNo no, AccountNo grantee, std::span<const DepositPart> parts, Execution& exec,
                        std::vector<Ending>& endings) {
  if (accounts_[no].state == EscrowState::closed)
    return refuse(EscrowError::account_closed, "account is closed");
  add_parts(no, grantee, parts, exec);
  if (accounts_[no].state != EscrowState::overdrawn) return accepted();
  // A top-up pays the debts; it never opens the deployment again.
  bool overdrawn = false;
  SOUK_TRY(settle(no, exec, overdrawn));
  for (const PaymentNo payment : loaded_) end_payment(payment, exec);
  if (!overdrawn) advance(accounts_.edit(no).state, account_transitions, EscrowInput::close);
  save(no, exec, endings);
  return accepted();
}

Verdict Escrow::close_account(EscrowNo no, Execution& exec, std::vector<Ending>& endings) {
  if (accounts_[no].state == EscrowState::closed)
    return refuse(EscrowError::account_closed, "account is closed");
  bool overdrawn = false;
  SOUK_TRY(settle(no, exec, overdrawn));
  Account& account = accounts_.edit(no);
  if (account.state == EscrowState::open) advance(account.state, account_transitions, EscrowInput::close);
  for (const PaymentNo payment : loaded_) end_payment(payment, exec);
  save(no, exec, endings);
  return accepted();
}

void Escrow::release_account(EscrowNo no) {
  const Account& account = accounts_[no];
  SOUK_CHECK(account.first_deposit == no_row && account.first_payment == no_row);
  for (const Dec& funds : account.funds) SOUK_CHECK(funds.is_zero());
  accounts_.release(no);
}

Verdict Escrow::open_payment(const NewPayment& wanted, Execution& exec, PaymentNo& opened) {
  std::vector<Payment> before;
  if (exec.params.compat.payment_create_drops_accrual) {
    for (PaymentNo p = accounts_[wanted.account].first_payment; p != no_row; p = payments_[p].next)
      before.push_back(payments_[p]);
  }
  bool overdrawn = false;
  SOUK_TRY(settle(wanted.account, exec, overdrawn));
  if (overdrawn) return refuse(EscrowError::account_overdrawn, "the deployment's account has run dry");
  if (!accounts_[wanted.account].has(wanted.rate.denom))
    return refuse(EscrowError::invalid_denomination, "the account holds no funds of the rate's denomination");
  if (wanted.rate.amount.is_zero()) return refuse(EscrowError::rate_zero, "rate must not be zero");
  drop_accrual(before);

  Payment payment;
  payment.account = wanted.account;
  payment.lease = wanted.lease;
  payment.owner = wanted.owner;
  payment.gseq = wanted.gseq;
  payment.oseq = wanted.oseq;
  payment.denom = wanted.rate.denom;
  payment.rate = wanted.rate.amount;
  opened = payments_.add(payment);
  link_payment(wanted.account, opened);
  return accepted();
}

/// The live defect: the settle of PaymentCreate saves the account but not the other payments, so what they
/// earned since the last settle stays in the module and belongs to nobody.
void Escrow::drop_accrual(std::span<const Payment> before) {
  for (const Payment& old : before) {
    const auto same = std::find_if(loaded_.begin(), loaded_.end(),
                                   [&](PaymentNo no) { return payments_[no].lease == old.lease; });
    if (same == loaded_.end()) continue;
    Payment& now = payments_.edit(*same);
    book_dust(now.denom, now.balance - old.balance);
    now.balance = old.balance;
  }
}

Verdict Escrow::withdraw(PaymentNo no, Execution& exec, std::vector<Ending>& endings) {
  if (payments_[no].state != EscrowState::open)
    return refuse(EscrowError::payment_closed, "payment is not open");
  const EscrowNo account = payments_[no].account;
  const bool same_block = accounts_[account].settled_at == exec.block.height;
  if (same_block && exec.params.compat.same_block_withdraw_panics &&
      !accounts_[account].first_funds_negative())
    return panic("couldn't find payment: it was settled in this block");
  bool overdrawn = false;
  SOUK_TRY(settle(account, exec, overdrawn));
  if (!overdrawn) pay_out(payments_.edit(no), exec);
  save(account, exec, endings);
  return accepted();
}

Verdict Escrow::close_payment(PaymentNo no, Execution& exec, std::vector<Ending>& endings) {
  if (payments_[no].state == EscrowState::closed)
    return refuse(EscrowError::payment_closed, "payment is closed");
  const EscrowNo account = payments_[no].account;
  bool overdrawn = false;
  SOUK_TRY(settle(account, exec, overdrawn));
  const bool is_loaded = std::find(loaded_.begin(), loaded_.end(), no) != loaded_.end();
  if (is_loaded) end_payment(no, exec);  // not loaded only under same_block_close_orphans
  save(account, exec, endings);
  return accepted();
}

/// Decimal texts compared as strings: how Akash orders gseq and oseq in its payment keys (10 before 2).
static int compare_as_text(std::uint32_t a, std::uint32_t b) {
  if (a == b) return 0;
  return std::to_string(a) < std::to_string(b) ? -1 : 1;  // '/' after a number sorts before every digit
}

bool Escrow::key_less(const Payment& a, const Payment& b) const {
  if (const int c = compare_as_text(a.gseq, b.gseq); c != 0) return c < 0;
  if (const int c = compare_as_text(a.oseq, b.oseq); c != 0) return c < 0;
  return bech32_less(bank_.address(a.owner), bank_.address(b.owner));
}

void Escrow::link_payment(EscrowNo account, PaymentNo added) {
  PaymentNo before = no_row;
  PaymentNo after = accounts_[account].first_payment;
  while (after != no_row && key_less(payments_[after], payments_[added])) {
    before = after;
    after = payments_[after].next;
  }
  payments_.edit(added).next = after;
  if (before == no_row)
    accounts_.edit(account).first_payment = added;
  else
    payments_.edit(before).next = added;
}

void Escrow::unlink_payment(PaymentNo removed) {
  Payment& payment = payments_.edit(removed);
  PaymentNo at = accounts_[payment.account].first_payment;
  if (at == removed) {
    accounts_.edit(payment.account).first_payment = payment.next;
  } else {
    while (payments_[at].next != removed) at = payments_[at].next;
    payments_.edit(at).next = payment.next;
  }
  payment.next = no_row;
}

void Escrow::begin() {
  bank_.begin();
  grants_.begin_tx();
  accounts_.begin();
  deposits_.begin();
  payments_.begin();
  last_of_owner_.begin();
  dust_before_ = dust_;
}

void Escrow::commit() {
  accounts_.commit();
  deposits_.commit();
}

void Escrow::rollback() {
  dust_ = dust_before_;
  last_of_owner_.rollback();
  if (!SOUK_MUTATE(rollback_keeps_payments)) payments_.rollback();
  deposits_.rollback();
  accounts_.rollback();
  grants_.rollback();
  bank_.rollback();
}

}  // namespace souk
