#include <map>

#include "actors/chain/gov.hpp"

// Counting votes.
namespace souk {
namespace {

/// What validators of the voters' delegations have; each voter's shares are deducted from his validator.
struct Polled {
  ValidatorStake stake;
  Dec deductions;
};

void add(TallyPowers& powers, Dec power, const std::vector<WeightedVote>& options) {
  for (const WeightedVote& vote : options) {
    const Dec part = Dec::mul(power, vote.weight);
    switch (vote.option) {
      case VoteOption::yes: powers.yes += part; break;
      case VoteOption::abstain: powers.abstain += part; break;
      case VoteOption::no: powers.no += part; break;
      case VoteOption::no_with_veto: powers.no_with_veto += part; break;
    }
  }
  powers.total += power;
}

/// shares x tokens / all shares.
Dec power_of(Dec shares, const ValidatorStake& of) {
  return Dec::times_quo(shares, of.tokens.micro, of.shares);
}

}  // namespace

TallyPowers Gov::tally(std::uint64_t id, const StakeView& stake) const {
  TallyPowers powers;
  std::map<Address, Polled> validators;
  std::vector<DelegationStake> delegations;
  for (auto it = votes_.lower_bound({id, {}}); it != votes_.end() && it->first.first == id; ++it) {
    delegations.clear();
    stake.delegations_of(it->first.second, delegations);
    for (const DelegationStake& delegation : delegations) {
      if (!delegation.of.bonded) continue;
      Polled& polled = validators.try_emplace(delegation.validator, Polled{delegation.of, {}}).first->second;
      polled.deductions += delegation.shares;
      add(powers, power_of(delegation.shares, delegation.of), it->second);
    }
  }
  // What is left of a validator's shares follows its vote.
  for (auto it = votes_.lower_bound({id, {}}); it != votes_.end() && it->first.first == id; ++it) {
    const std::optional<ValidatorStake> of = stake.validator(it->first.second);
    if (!of || !of->bonded || of->shares.is_zero()) continue;
    const auto polled = validators.find(it->first.second);
    const Dec deductions = polled == validators.end() ? Dec{} : polled->second.deductions;
    add(powers, power_of(of->shares - deductions, *of), it->second);
  }
  return powers;
}

TallyVerdict judge(const TallyPowers& powers, Amount bonded, bool expedited, const GovParams& params) {
  if (bonded.micro == 0) return {false, false};
  if (Dec::quo(powers.total, Dec::from(bonded)) < params.quorum) return {false, params.burn_vote_quorum};
  const Dec decided = powers.total - powers.abstain;
  if (decided.is_zero()) return {false, false};  // also if nobody voted and the quorum is zero
  if (Dec::quo(powers.no_with_veto, powers.total) > params.veto_threshold)
    return {false, params.burn_vote_veto};
  const Dec threshold = expedited ? params.expedited_threshold : params.threshold;
  return {Dec::quo(powers.yes, decided) > threshold, false};
}

}  // namespace souk
