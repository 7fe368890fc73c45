#include <array>
#include <string>

#include "actors/chain/ledger_state.hpp"
#include "actors/chain/stake_invariants.hpp"

// What must hold after every transaction: issue 2, part 4, and design.md section 9. Each check is one
// function that returns the object it fails on; the name in the table is what a user is told.
namespace souk {
namespace {

using Broken = std::optional<std::string>;  ///< where, if it does not hold
constexpr std::nullopt_t holds = std::nullopt;

std::string denom_text(Denom denom) { return std::string(denom_name(denom)); }

Broken no_negative_balance(const Marketplace& m, const ChainParams&, Height) {
  for (AccountNo account = 0; account < m.bank().account_count(); ++account) {
    for (const Denom denom : all_denoms) {
      if (m.bank().balance(account, denom).micro < 0) return to_bech32(m.bank().address(account));
    }
  }
  return holds;
}

Broken coins_conserved(const Marketplace& m, const ChainParams&, Height) {
  for (const Denom denom : all_denoms) {
    i128 sum = 0;
    for (AccountNo account = 0; account < m.bank().account_count(); ++account)
      sum += m.bank().balance(account, denom).micro;
    if (sum != m.bank().supply(denom).micro) return denom_text(denom);
  }
  return holds;
}

/// Calls `visit` for every escrow account that is not a closed bid's.
template <class Visit>
void each_account(const Marketplace& m, Visit visit) {
  for (DeploymentNo no = 0; no < m.deployments().size(); ++no)
    visit(m.escrow().account(m.deployments()[no].account));
  for (BidNo no = 0; no < m.bids().size(); ++no) {
    if (m.bids()[no].open_slot != no_row) visit(m.escrow().account(m.open_bid(no).account));
  }
}

/// What an account's payments are owed and have not got, per denomination: the negative part of its funds.
std::array<Dec, denom_count> debts_of(const Escrow& escrow, const Escrow::Account& account) {
  std::array<Dec, denom_count> debts{};
  for (PaymentNo p = account.first_payment; p != no_row; p = escrow.payment(p).next)
    debts[static_cast<std::size_t>(escrow.payment(p).denom)] += escrow.payment(p).unsettled;
  return debts;
}

std::array<Dec, denom_count> deposits_of(const Escrow& escrow, const Escrow::Account& account) {
  std::array<Dec, denom_count> deposits{};
  for (std::uint32_t at = account.first_deposit; at != no_row; at = escrow.deposit_row(at).next)
    deposits[static_cast<std::size_t>(escrow.deposit_row(at).denom)] += escrow.deposit_row(at).balance;
  return deposits;
}

/// The module holds exactly what is funded (a debt holds nothing, so debts are added back), what payments
/// have not drawn yet, and the dust. Under the prefix collision one account's funds bear another's debts, so
/// there the deposits are summed themselves.
Broken escrow_balanced(const Marketplace& m, const ChainParams& params, Height) {
  std::array<Dec, denom_count> sum{};
  each_account(m, [&](const Escrow::Account& account) {
    const auto debts = debts_of(m.escrow(), account);
    const auto deposits = deposits_of(m.escrow(), account);
    for (std::size_t d = 0; d < denom_count; ++d)
      sum[d] += params.compat.dseq_prefix_collision ? deposits[d] : account.funds[d] + debts[d];
  });
  for (PaymentNo p = 0; p < m.escrow().payment_count(); ++p)
    sum[static_cast<std::size_t>(m.escrow().payment(p).denom)] += m.escrow().payment(p).balance;
  for (const Denom denom : all_denoms) {
    const Dec known = sum[static_cast<std::size_t>(denom)] + m.escrow().dust(denom);
    if (known != Dec::from(m.bank().balance(m.bank().escrow(), denom))) return denom_text(denom);
  }
  return holds;
}

Broken funds_match_deposits(const Marketplace& m, const ChainParams& params, Height) {
  Broken broken = holds;
  each_account(m, [&](const Escrow::Account& account) {
    for (std::uint32_t at = account.first_deposit; at != no_row; at = m.escrow().deposit_row(at).next) {
      if (!(m.escrow().deposit_row(at).balance > Dec{}))
        broken = "empty deposit of dseq " + std::to_string(account.dseq);
    }
    const auto deposits = deposits_of(m.escrow(), account);
    const auto debts = debts_of(m.escrow(), account);
    for (std::size_t d = 0; d < denom_count; ++d) {
      // Under the collision an account owes payments that are not its own.
      const bool exact = account.funds[d] == deposits[d] - debts[d];
      if (!exact && !params.compat.dseq_prefix_collision) broken = "dseq " + std::to_string(account.dseq);
    }
  });
  return broken;
}

/// What left an account for its payments is on them or was withdrawn; so no payment exceeds its deposits.
Broken payments_within_deposits(const Marketplace& m, const ChainParams& params, Height) {
  const CompatSwitches& compat = params.compat;
  const bool exact = !compat.payment_create_drops_accrual && !compat.dseq_prefix_collision;
  std::vector<std::array<Dec, denom_count>> paid(m.escrow().account_slots());
  for (PaymentNo no = 0; no < m.escrow().payment_count(); ++no) {
    const Escrow::Payment& p = m.escrow().payment(no);
    if (p.balance.is_negative() || p.unsettled.is_negative() || p.withdrawn.micro < 0)
      return "payment " + std::to_string(no);
    paid[p.account][static_cast<std::size_t>(p.denom)] += p.balance + Dec::from(p.withdrawn);
  }
  for (DeploymentNo no = 0; exact && no < m.deployments().size(); ++no) {
    const EscrowNo account = m.deployments()[no].account;
    for (std::size_t d = 0; d < denom_count; ++d) {
      const bool fallback = params.akt_fallback && static_cast<Denom>(d) == Denom::uakt;  // sent on directly
      if (!fallback && paid[account][d] != m.escrow().account(account).transferred[d])
        return to_string(m.id_of_deployment(no));
    }
  }
  return holds;
}

Broken one_active_lease_per_order(const Marketplace& m, const ChainParams&, Height) {
  for (OrderNo no = 0; no < m.orders().size(); ++no) {
    std::uint32_t leases = 0;
    std::uint32_t counted = 0;
    for (BidNo bid = m.orders()[no].first_bid; bid != no_row; bid = m.bids()[bid].next) {
      counted += m.bids()[bid].state != BidState::lost ? 1 : 0;
      if (m.bids()[bid].lease == no_row) continue;
      const LeaseState state = m.leases()[m.bids()[bid].lease].state;
      leases += state == LeaseState::active || state == LeaseState::reclaiming ? 1 : 0;
    }
    const std::uint32_t expected = m.orders()[no].state == OrderState::active ? 1 : 0;
    if (leases != expected || counted != m.orders()[no].counted_bids) return to_string(m.id_of_order(no));
  }
  return holds;
}

/// Down the tree: what is closed has nothing alive below it.
Broken tree_consistent(const Marketplace& m, const ChainParams& params, Height) {
  const bool orders_survive = params.compat.open_orders_survive_close;
  for (GroupNo no = 0; no < m.groups().size(); ++no) {
    const GroupState state = m.groups()[no].state;
    const OrderNo last = m.groups()[no].last_order;
    for (OrderNo order = last; order != no_row; order = m.orders()[order].previous) {
      const OrderState order_state = m.orders()[order].state;
      const bool live = order_state != OrderState::closed;
      if (live && order != last) return "old order alive: " + to_string(m.id_of_order(order));
      if (order_state == OrderState::active && state != GroupState::open)
        return to_string(m.id_of_order(order));
      if (live && state != GroupState::open && !orders_survive) return to_string(m.id_of_order(order));
    }
    const bool group_closed = state == GroupState::closed || state == GroupState::insufficient_funds;
    const DeploymentState deployment = m.deployments()[m.groups()[no].deployment].state;
    // A drained group of a closed deployment may be started again (section 3.9), so only leases count there.
    if (!group_closed && last != no_row && m.orders()[last].state == OrderState::active &&
        deployment != DeploymentState::active)
      return to_string(m.id_of_group(no));
  }
  return holds;
}

Broken bid_consistent(const Marketplace& m, BidNo no, const ChainParams& params) {
  const Marketplace::BidRow& bid = m.bids()[no];
  const OrderState order = m.orders()[bid.order].state;
  const bool alive = bid.state == BidState::open || bid.state == BidState::active;
  const bool has_account = bid.open_slot != no_row;
  if (alive != has_account) return to_string(m.id_of_bid(no));
  if (has_account && m.escrow().account(m.open_bid(no).account).state != EscrowState::open)
    return to_string(m.id_of_bid(no));
  if (bid.state == BidState::active && order != OrderState::active) return to_string(m.id_of_bid(no));
  if (bid.state == BidState::open && order != OrderState::open && !params.compat.losing_bid_loop_stops)
    return to_string(m.id_of_bid(no));
  return holds;
}

Broken bids_consistent(const Marketplace& m, const ChainParams& params, Height) {
  for (BidNo no = 0; no < m.bids().size(); ++no) {
    if (Broken broken = bid_consistent(m, no, params)) return broken;
  }
  return holds;
}

/// A lease that runs has a payment that runs, on an account that is open; one that has ended has neither.
Broken leases_consistent(const Marketplace& m, const ChainParams& params, Height) {
  for (LeaseNo no = 0; no < m.leases().size(); ++no) {
    const Marketplace::LeaseRow& lease = m.leases()[no];
    const bool runs = lease.state == LeaseState::active || lease.state == LeaseState::reclaiming;
    const Escrow::Payment& payment = m.escrow().payment(lease.payment);
    const bool bid_active = m.bids()[lease.bid].state == BidState::active;
    const bool account_open = m.escrow().account(payment.account).state == EscrowState::open;
    if (runs != bid_active || (runs && payment.state != EscrowState::open) || (runs && !account_open))
      return to_string(m.id_of_bid(lease.bid));
    // An orphan stays open; and a debt paid through an account whose dseq is a prefix opens a payment again.
    const bool orphans = params.compat.same_block_close_orphans || params.compat.dseq_prefix_collision;
    if (!runs && payment.state == EscrowState::open && !orphans) return to_string(m.id_of_bid(lease.bid));
  }
  return holds;
}

/// Nobody is paid, or owed, more than his rate times the blocks his lease ran; truncation only takes.
Broken payments_within_rates(const Marketplace& m, const ChainParams& params, Height now) {
  if (params.compat.dseq_prefix_collision) return holds;  // there two accounts pay for the same blocks
  for (LeaseNo no = 0; no < m.leases().size(); ++no) {
    const Marketplace::LeaseRow& lease = m.leases()[no];
    const Escrow::Payment& payment = m.escrow().payment(lease.payment);
    // An orphan goes on earning after its lease.
    const bool ended = payment.state != EscrowState::open && !params.compat.same_block_close_orphans;
    const Height end = ended ? lease.closed_on : now;
    const Dec got = payment.balance + Dec::from(payment.withdrawn) + payment.unsettled;
    i128 earned = 0;
    if (__builtin_mul_overflow(payment.rate.raw(), static_cast<i128>((end - lease.created_at).count),
                               &earned))
      continue;
    if (got.raw() > earned) return to_string(m.id_of_bid(lease.bid));
  }
  return holds;
}

/// A deployment is active exactly as long as its account is open.
Broken accounts_consistent(const Marketplace& m, const ChainParams&, Height) {
  for (DeploymentNo no = 0; no < m.deployments().size(); ++no) {
    const bool open = m.escrow().account(m.deployments()[no].account).state == EscrowState::open;
    if (open != (m.deployments()[no].state == DeploymentState::active))
      return to_string(m.id_of_deployment(no));
  }
  return holds;
}

struct Invariant {
  const char* name;
  Broken (*check)(const Marketplace&, const ChainParams&, Height now);
};

constexpr Invariant invariants[] = {
    {"no balance is negative", no_negative_balance},
    {"coins are conserved", coins_conserved},
    {"escrow module balance = funds + undrawn payments + dust", escrow_balanced},
    {"an account's funds = its deposits - its debts", funds_match_deposits},
    {"payments = what was transferred from deposits", payments_within_deposits},
    {"no payment is above rate x blocks", payments_within_rates},
    {"one active lease per active order", one_active_lease_per_order},
    {"nothing lives below what is closed", tree_consistent},
    {"an open or active bid has an open escrow account and a fitting order", bids_consistent},
    {"a running lease has a running payment", leases_consistent},
    {"a deployment is active while its account is open", accounts_consistent},
};

}  // namespace

Result<void> Ledger::check_invariants() const {
  const Height now = state_->block.height;
  for (const Invariant& invariant : invariants) {
    if (const Broken where = invariant.check(state_->market, state_->params, now))
      return fail("invariant broken at height " + std::to_string(now.value) + ": " + invariant.name + " (" +
                  *where + ")");
  }
  const StakingEconomy& economy = state_->economy;
  if (const Broken what =
          broken_stake_invariant({state_->market.bank(), economy.staking(), economy.slashing(),
                                  state_->params.stake.staking, state_->block.time}))
    return fail("invariant broken at height " + std::to_string(now.value) + ": " + *what);
  if (auto sound = economy.distribution().check(bank(), false); !sound) return sound;
  if (auto sound = economy.gov().check(bank()); !sound) return sound;
  return {};
}

}  // namespace souk
