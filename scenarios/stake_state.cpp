#include <optional>

#include "actors/chain/ledger.hpp"
#include "actors/chain/staking_economy.hpp"
#include "scenarios/stake_collector.hpp"

namespace souk::scenarios {
namespace {

double akt(Amount amount) { return static_cast<double>(amount.micro) * 1e-6; }

}  // namespace

StakeState stake_state(const Ledger& ledger) {
  const StakingEconomy& economy = ledger.economy();
  const StakeParams& params = ledger.params().stake;
  StakeState state;
  state.height = static_cast<double>(ledger.block().height.value);
  state.supply = akt(ledger.supply(Denom::uakt));
  if (!economy.in_use()) return state;
  state.inflation = params.mint_enabled ? economy.minter().inflation().to_double() : 0;
  state.bonded = akt(Staking::bonded_tokens(ledger.bank(), params.staking));
  state.community_tax = params.distribution.community_tax.to_double();
  const DecCoins& pool = economy.distribution().community_pool();
  state.community_pool = pool.of[static_cast<std::size_t>(Denom::uakt)].to_double() * 1e-6;
  state.quorum = params.gov.quorum.to_double();
  for (const auto& [address, validator] : economy.staking().validators())
    state.jailed += validator.jailed ? 1 : 0;
  for (const auto& [address, power] : economy.staking().active_set())
    state.power[address] = static_cast<double>(power);
  return state;
}

std::optional<double> voted_stake(const Ledger& ledger, std::uint64_t proposal) {
  const Proposal* found = ledger.economy().gov().find(proposal);
  if (found == nullptr) return std::nullopt;
  const TallyCounts& tally = found->final_tally;
  return akt(tally.yes + tally.abstain + tally.no + tally.no_with_veto);
}

}  // namespace souk::scenarios
