#include <optional>

#include "actors/chain/bank.hpp"
#include "actors/chain/ledger.hpp"
#include "actors/chain/staking_economy.hpp"
#include "scenarios/stake_collector.hpp"

namespace souk::scenarios {
namespace {

double akt(Amount amount) { return static_cast<double>(amount.micro) * 1e-6; }

/// What does not belong to its owners yet.
double vesting(const Ledger& ledger) {
  double locked = 0;
  for (const auto& [account, vests] : ledger.bank().vesting_accounts()) {
    const Amount original = vests.original[static_cast<std::size_t>(Denom::uakt)];
    locked += akt(original - vests.vested(Denom::uakt, ledger.block().time));
  }
  return locked;
}

double spent_from_pool(const Proposal& proposal) {
  double spent = 0;
  if (proposal.msgs == nullptr) return spent;
  for (const Msg& msg : proposal.msgs->msgs) {
    const auto* stake = std::get_if<StakeMsg>(&msg);
    const auto* spend = stake == nullptr ? nullptr : std::get_if<MsgCommunityPoolSpend>(stake);
    if (spend == nullptr) continue;
    for (const Coin& coin : spend->amount) spent += coin.denom == Denom::uakt ? akt(coin.amount) : 0;
  }
  return spent;
}

}  // namespace

StakeTotals difference(const StakeTotals& later, const StakeTotals& earlier) {
  StakeTotals d = later;
  using T = StakeTotals;
  for (double T::* field :
       {&T::years,       &T::minted,        &T::burned,       &T::slashed,     &T::slashes,
        &T::jailings,    &T::left,          &T::joined,       &T::moved,       &T::submitted,
        &T::decided,     &T::passed,        &T::below_quorum, &T::turnout_sum, &T::turnouts,
        &T::pivotal_sum, &T::pivotals,      &T::capture_akt,  &T::captures,    &T::pool_spent,
        &T::pool_income, &T::decision_days, &T::heights,      &T::rounds,      &T::decided_heights,
        &T::signed_sum,  &T::commits,       &T::halt_s,       &T::yield_sum,   &T::yields,
        &T::looks,       &T::inflation,     &T::bonded_ratio, &T::apr,         &T::jailed,
        &T::in_set,      &T::blocks}) {
    d.*field -= earlier.*field;
  }
  for (const auto& [group, s] : earlier.due_s) d.due_s[group] -= s;
  for (const auto& [group, s] : earlier.missed_s) d.missed_s[group] -= s;
  for (const auto& [node, blocks] : earlier.proposed) d.proposed[node] -= blocks;
  return d;
}

StakeState stake_state(const Ledger& ledger) {
  const StakingEconomy& economy = ledger.economy();
  const StakeParams& params = ledger.params().stake;
  StakeState state;
  state.height = static_cast<double>(ledger.block().height.value);
  state.supply = akt(ledger.supply(Denom::uakt));
  state.circulating = state.supply - vesting(ledger);
  if (!economy.in_use()) return state;
  state.inflation = params.mint_enabled ? economy.minter().inflation().to_double() : 0;
  state.bonded = akt(Staking::bonded_tokens(ledger.bank(), params.staking));
  state.community_tax = params.distribution.community_tax.to_double();
  const DecCoins& pool = economy.distribution().community_pool();
  state.community_pool = pool.of[static_cast<std::size_t>(Denom::uakt)].to_double() * 1e-6;
  state.circulating -= state.community_pool;
  state.quorum = params.gov.quorum.to_double();
  for (const auto& [address, validator] : economy.staking().validators())
    state.jailed += validator.jailed ? 1 : 0;
  for (const auto& [address, power] : economy.staking().active_set())
    state.power[address] = static_cast<double>(power);
  return state;
}

std::optional<VoteEnd> vote_end(const Ledger& ledger, std::uint64_t id) {
  const Proposal* found = ledger.economy().gov().find(id);
  if (found == nullptr) return std::nullopt;
  const TallyCounts& tally = found->final_tally;
  VoteEnd end;
  end.tally = {akt(tally.yes), akt(tally.abstain), akt(tally.no), akt(tally.no_with_veto)};
  end.rules = vote_rules(ledger.params().stake.gov, found->expedited);
  // What failed had the votes; running it did not work.
  end.passed = found->status == ProposalStatus::passed || found->status == ProposalStatus::failed;
  if (found->status == ProposalStatus::passed) end.pool_spent = spent_from_pool(*found);
  return end;
}

}  // namespace souk::scenarios
