#pragma once

/// Planted money bugs, for the tests that prove the invariants catch them. Only a library variant built for
/// those tests defines SOUK_MUTATIONS; everywhere else SOUK_MUTATE is the constant false and nothing of this
/// is compiled.
#ifdef SOUK_MUTATIONS

namespace souk {

enum class Mutation {
  none,
  transfer_keeps_sender,    ///< the bank credits without debiting
  transfer_loses_one,       ///< one micro-unit of each transfer vanishes
  refund_twice,             ///< a deposit is refunded two times
  refund_skipped,           ///< a deposit is forgotten in place of refunded
  refund_keeps_funds,       ///< a refund is not taken off the account's funds
  charge_without_credit,    ///< the tenant is charged, the provider not credited
  credit_without_charge,    ///< the provider is credited from nothing
  pay_out_keeps_balance,    ///< a withdrawal can be made again
  fee_on_top,               ///< the take is paid besides the earnings, out of others' deposits
  debt_forgotten,           ///< what an overdrawn account owes is not remembered
  accrual_rounds_up,        ///< a fraction of a unit is paid as a whole one
  settled_at_not_moved,     ///< the same blocks are paid at every settle
  dust_not_booked,          ///< fractions cut off are nobody's
  overdraw_leaves_open,     ///< an account that ran dry stays open
  rollback_keeps_balances,  ///< a failed transaction moves coins all the same
  rollback_keeps_payments,  ///< a failed transaction leaves its payouts on the books
  // Of staking from here on.
  vesting_spends_locked,     ///< coins that vest can be spent
  shares_without_tokens,     ///< a delegation gets its shares and keeps its coins
  cancel_keeps_entry,        ///< what is cancelled goes on unbonding all the same
  slash_cuts_twice,          ///< a validator loses twice what is burned
  slash_keeps_coins,         ///< tokens are slashed, but their coins stay in the pool
  slash_spares_unbonding,    ///< coins of an unbonding entry are burned, the entry stays whole
  redelegation_not_slashed,  ///< who moved away in time loses nothing
  pools_not_moved,           ///< a validator changes its status, its tokens stay in the old pool
  unbonding_pays_twice,      ///< a mature unbonding entry is paid and kept
  rewards_stay_outstanding,  ///< rewards are paid and owed all the same
  rewards_ignore_start,      ///< a delegator earns what was earned before he came
  rewards_ignore_slash,      ///< a delegator goes on earning on what was slashed
  commission_paid_again,     ///< commission is paid and can be withdrawn again
  reward_period_forgotten,   ///< nobody remembers since when a delegator earns
};

/// The bug that is planted now. Set by tests only.
inline Mutation planted = Mutation::none;

}  // namespace souk

#define SOUK_MUTATE(name) (::souk::planted == ::souk::Mutation::name)
#else
#define SOUK_MUTATE(name) false
#endif
