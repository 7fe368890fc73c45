#include <algorithm>
#include <string>

#include "actors/chain/escrow.hpp"
#include "actors/chain/mutation.hpp"
#include "actors/chain/tables.hpp"
#include "actors/chain/take.hpp"

// Settlement: section 5.3, step by step, and the saving of what it ended (section 5.4).
namespace souk {
namespace {

/// Debts beyond an account's funds are remembered up to this much, nine thousand million coins: more than
/// can ever be paid, and small enough that sums of them stay in range whatever a tenant's rates are.
constexpr std::int64_t debt_max = std::int64_t{1} << 53;

/// Step 4: T(rate x blocks), bounded as debt_max says.
Dec earned(const Escrow::Payment& payment, const Escrow::Account& account, Blocks delta) {
  const Dec funds = account.funds_of(payment.denom);
  const Dec bound = Dec::from_int(debt_max) + (funds.is_negative() ? Dec{} : funds);
  i128 product = 0;
  if (__builtin_mul_overflow(payment.rate.raw(), static_cast<i128>(delta.count), &product)) return bound;
  if (Dec::from_raw(product) >= bound) return Dec::from(bound.truncate());
  return Dec::from(accrue(payment.rate, delta) + Amount{SOUK_MUTATE(accrual_rounds_up) ? 1 : 0});
}

}  // namespace

Verdict Escrow::settle(EscrowNo no, Execution& exec, bool& overdrawn) {
  loaded_.clear();
  overdrawn = false;
  if (accounts_[no].state == EscrowState::closed)
    return refuse(EscrowError::account_closed, "account is closed");
  if (accounts_[no].first_funds_negative()) {  // step 1
    overdrawn = true;
    return accepted();
  }
  Account& account = accounts_.edit(no);
  const bool open = account.state == EscrowState::open;
  const Blocks delta = open ? exec.block.height - account.settled_at : Blocks{0};  // step 2
  if (open && !SOUK_MUTATE(settled_at_not_moved)) account.settled_at = exec.block.height;
  // Step 3 skips the open payments when no block has passed, which is how a payment closed in the block of
  // its last settle is left open for ever (issue 414). Loading them costs nothing: they are owed zero.
  const bool open_too = delta.count != 0 || (open && !exec.params.compat.same_block_close_orphans);
  load_payments(no, open_too, exec);
  if (loaded_.empty()) return accepted();
  for (const PaymentNo payment : loaded_) {
    if (!account.has(payments_[payment].denom)) return panic("unknown denom");
  }
  // What overdrawn payments are owed is posted again below, payment by payment.
  for (Dec& funds : account.funds) {
    if (funds.is_negative()) funds = Dec{};
  }
  for (const PaymentNo at : loaded_) {
    Payment& payment = payments_.edit(at);
    const bool in_debt = payment.state == EscrowState::overdrawn;
    const Dec owed = in_debt ? payment.unsettled : earned(payment, account, delta);
    if (in_debt) payment.unsettled = Dec{};
    charge(account, payment, owed);
  }
  if (!any_overdrawn()) return accepted();
  fall_back_to_akt(account, exec);
  overdrawn = any_overdrawn();
  if (overdrawn) overdraw(account, exec);
  return accepted();
}

bool Escrow::any_overdrawn() const {
  return std::any_of(loaded_.begin(), loaded_.end(),
                     [&](PaymentNo no) { return payments_[no].state == EscrowState::overdrawn; });
}

void Escrow::load_payments(EscrowNo no, bool open_too, const Execution& exec) {
  family_of(no, exec);
  for (const EscrowState state : {EscrowState::overdrawn, EscrowState::open}) {
    if (state == EscrowState::open && !open_too) continue;
    for (const EscrowNo member : family_) {
      for (PaymentNo p = accounts_[member].first_payment; p != no_row; p = payments_[p].next) {
        if (payments_[p].state == state) loaded_.push_back(p);
      }
    }
  }
}

void Escrow::family_of(EscrowNo no, const Execution& exec) {
  family_.assign(1, no);
  if (!exec.params.compat.dseq_prefix_collision || accounts_[no].scope != EscrowScope::deployment) return;
  // Akash scans keys that begin with `owner/123`, and `owner/1234/...` does.
  const std::string prefix = std::to_string(accounts_[no].dseq);
  for (EscrowNo at = last_of_owner_[accounts_[no].owner].account; at != no_row;
       at = accounts_[at].previous_of_owner) {
    if (at != no && std::to_string(accounts_[at].dseq).starts_with(prefix)) family_.push_back(at);
  }
  std::sort(family_.begin() + 1, family_.end(), [&](EscrowNo a, EscrowNo b) {
    return std::to_string(accounts_[a].dseq) < std::to_string(accounts_[b].dseq);
  });
}

/// Steps 5 and 6: the first payee in key order is paid in full before the next gets anything.
void Escrow::charge(Account& account, Payment& payment, Dec owed) {
  const Dec paid = take(account, payment.denom, owed);
  account.funds_of(payment.denom) -= owed;
  account.transferred_of(payment.denom) += paid;
  if (!SOUK_MUTATE(charge_without_credit)) payment.balance += paid;
  if (SOUK_MUTATE(credit_without_charge)) payment.balance += Dec::from_int(1);
  if (!SOUK_MUTATE(debt_forgotten)) payment.unsettled += owed - paid;
  const bool was_open = payment.state == EscrowState::open;
  if (paid == owed && !was_open) advance(payment.state, payment_transitions, EscrowInput::repay);
  if (paid != owed && was_open) advance(payment.state, payment_transitions, EscrowInput::overdraw);
}

/// Takes up to `wanted` from the deposits of `denom`, oldest first; emptied deposits go. Returns what was
/// there.
Dec Escrow::take(Account& account, Denom denom, Dec wanted) {
  Dec taken;
  std::uint32_t kept = no_row;  // the last deposit before `at` that stays
  for (std::uint32_t at = account.first_deposit; at != no_row && taken < wanted;) {
    const DepositRow& deposit = deposits_[at];
    const std::uint32_t next = deposit.next;
    if (deposit.denom != denom || deposit.balance > wanted - taken) {
      if (deposit.denom == denom) {
        deposits_.edit(at).balance -= wanted - taken;
        taken = wanted;
      }
      kept = at;
    } else {
      taken += deposit.balance;
      (kept == no_row ? account.first_deposit : deposits_.edit(kept).next) = next;
      if (account.last_deposit == at) account.last_deposit = kept;
      deposits_.release(at);
    }
    at = next;
  }
  return taken;
}

/// Step 7. AKT pays what ACT can not, at the oracle's price; only what is short, and no AKT debt is made.
void Escrow::fall_back_to_akt(Account& account, Execution& exec) {
  const Dec price = exec.params.akt_price_usd;
  if (!exec.params.akt_fallback || !(price > Dec{}) || !account.has(Denom::uakt)) return;
  for (const PaymentNo no : loaded_) {
    if (payments_[no].state != EscrowState::overdrawn || payments_[no].denom != Denom::uact) continue;
    if (!(account.funds_of(Denom::uakt) > Dec{})) return;
    Payment& payment = payments_.edit(no);
    const Dec taken = take(account, Denom::uakt, Dec::quo(payment.unsettled, price));
    account.funds_of(Denom::uakt) -= taken;
    account.transferred_of(Denom::uakt) += taken;
    const Amount sent = taken.truncate();
    bank_.transfer(bank_.escrow(), payment.owner, {Denom::uakt, sent}, exec.events);
    book_dust(Denom::uakt, taken - Dec::from(sent));
    const Dec covered = std::min(Dec::mul(taken, price), payment.unsettled);
    payment.unsettled -= covered;
    account.funds_of(payment.denom) += covered;  // the debt is smaller by what AKT paid
    // A quotient rounded down leaves a debt below one part in 10^18: it is paid.
    if (payment.unsettled < Dec::from_raw(static_cast<i128>(price.raw() / Dec::scale) + 2)) {
      account.funds_of(payment.denom) += payment.unsettled;
      payment.unsettled = Dec{};
      advance(payment.state, payment_transitions, EscrowInput::repay);
    }
  }
}

/// Step 8.
void Escrow::overdraw(Account& account, Execution& exec) {
  if (account.state == EscrowState::open && !SOUK_MUTATE(overdraw_leaves_open))
    advance(account.state, account_transitions, EscrowInput::overdraw);
  for (const PaymentNo no : loaded_) {
    Payment& payment = payments_.edit(no);
    if (payment.state == EscrowState::open)
      advance(payment.state, payment_transitions, EscrowInput::overdraw);
    pay_out(payment, exec);
  }
}

/// Sends the whole units a payment has earned to its owner; the fraction stays on the payment. In the
/// take-rate era the community pool keeps its percentage (section 5.5).
void Escrow::pay_out(Payment& payment, Execution& exec) {
  const Coin earnings{payment.denom, payment.balance.truncate()};
  if (earnings.amount.micro == 0) return;
  const Amount fee = take_fee(exec.params, earnings);
  bank_.transfer(bank_.escrow(), bank_.distribution(), {payment.denom, fee}, exec.events);
  bank_.transfer(bank_.escrow(), payment.owner,
                 {payment.denom, SOUK_MUTATE(fee_on_top) ? earnings.amount : earnings.amount - fee},
                 exec.events);
  payment.withdrawn += earnings.amount;
  if (!SOUK_MUTATE(pay_out_keeps_balance)) payment.balance -= Dec::from(earnings.amount);
}

/// Closes a payment that is not in debt, and pays it out either way.
void Escrow::end_payment(PaymentNo no, Execution& exec) {
  Payment& payment = payments_.edit(no);
  if (payment.state == EscrowState::open) {
    advance(payment.state, payment_transitions, EscrowInput::close);
    unlink_payment(no);
  }
  pay_out(payment, exec);
}

/// Every deposit that is left goes back to who paid it, in whole units; the fraction becomes dust.
void Escrow::refund(Account& account, Execution& exec) {
  for (std::uint32_t at = account.first_deposit; at != no_row; at = deposits_[at].next) {
    const DepositRow& deposit = deposits_[at];
    const Coin coin{deposit.denom, deposit.balance.truncate()};
    if (!SOUK_MUTATE(refund_skipped)) bank_.transfer(bank_.escrow(), deposit.owner, coin, exec.events);
    if (SOUK_MUTATE(refund_twice)) bank_.transfer(bank_.escrow(), deposit.owner, coin, exec.events);
    if (deposit.source == DepositSource::grant)
      grants_.give_back(bank_.address(deposit.owner), bank_.address(account.owner), coin, exec.block.time);
    if (!SOUK_MUTATE(refund_keeps_funds)) account.funds_of(deposit.denom) -= deposit.balance;
    book_dust(deposit.denom, deposit.balance - Dec::from(coin.amount));
    deposits_.release(at);
  }
  account.first_deposit = no_row;
  account.last_deposit = no_row;
}

void Escrow::book_dust(Denom denom, Dec fraction) {
  if (!SOUK_MUTATE(dust_not_booked)) dust_[static_cast<std::size_t>(denom)] += fraction;
}

/// Account first, then payments: the order in which Akash's hooks run.
void Escrow::save(EscrowNo no, Execution& exec, std::vector<Ending>& endings) {
  Account& account = accounts_.edit(no);
  if (account.state != EscrowState::open) {
    refund(account, exec);
    endings.push_back({Ending::Kind::account, account.state, account.subject});
  }
  for (const PaymentNo payment : loaded_) {
    if (payments_[payment].state == EscrowState::open) continue;
    endings.push_back({Ending::Kind::payment, payments_[payment].state, payments_[payment].lease});
  }
}

}  // namespace souk
