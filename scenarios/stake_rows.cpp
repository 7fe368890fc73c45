#include "scenarios/scenario.hpp"
#include "scenarios/stake_row_kinds.hpp"

/// Settings of the staking economy as a whole: the chain's parameters, and what all voters share. CHAIN:
/// akash-chain.md section 7, the values of mainnet in 2026 where it knows them.
namespace souk::scenarios {
namespace {

using S = StakingSettings;
constexpr const char* chain = "akash-chain.md section 7";

template <class F>
Key staking(std::string name, Unit unit, RowText text, F field, Shape shape = Shape::one) {
  return row<S>(std::move(name), unit, std::move(text), field, shape);
}
template <class F>
Key fraction(std::string name, RowText text, F field) {
  return dec_row<S>(std::move(name), std::move(text), field);
}

std::vector<Key> mint_rows() {
  return {
      staking("mint.enabled", Unit::boolean, {"true", "", "", chain, "Whether blocks mint."},
              [](S& s) -> auto& { return s.mint; }),
      staking(
          "mint.start", Unit::fraction,
          {"none", "0 %", "100 %", "ASSUME", "Inflation at the first block; none: `mint.max`."},
          [](S& s) -> auto& { return s.inflation; }, Shape::optional),
      fraction("mint.min", {"3 %", "0 %", "100 %", chain, "Lower end of the band of inflation."},
               [](S& s) -> auto& { return s.params.mint.inflation_min; }),
      fraction("mint.max", {"4 %", "0 %", "100 %", chain, "Upper end of the band of inflation."},
               [](S& s) -> auto& { return s.params.mint.inflation_max; }),
      fraction("mint.rate_change",
               {"100 %", "0 %", "100 %", chain, "Most that inflation moves in a year, nobody bonded."},
               [](S& s) -> auto& { return s.params.mint.inflation_rate_change; }),
      fraction("mint.goal_bonded",
               {"67 %", "1 %", "100 %", chain, "Bonded share at which inflation stands still."},
               [](S& s) -> auto& { return s.params.mint.goal_bonded; }),
      staking("mint.blocks_per_year", Unit::count,
              {"5256000", "1", "1000000000", chain, "What the chain takes a year to have."},
              [](S& s) -> auto& { return s.params.mint.blocks_per_year; }),
      fraction(
          "distribution.community_tax",
          {"2 %", "0 %", "100 %", "akash-chain.md section 7 (code default; economics.md has its history)",
           "Share of what blocks hand out that goes to the community pool."},
          [](S& s) -> auto& { return s.params.distribution.community_tax; }),
  };
}

std::vector<Key> stake_rows() {
  return {
      staking("unbonding", Unit::duration,
              {"21 d", "1 s", "1 year", chain, "From undelegating to free coins."},
              [](S& s) -> auto& { return s.params.staking.unbonding_time; }),
      staking("max_validators", Unit::count, {"100", "1", "10000", chain, "Size of the active set."},
              [](S& s) -> auto& { return s.params.staking.max_validators; }),
      staking("max_entries", Unit::count,
              {"7", "1", "1000", chain, "Unbondings (and redelegations) under way per pair."},
              [](S& s) -> auto& { return s.params.staking.max_entries; }),
      fraction("min_commission", {"5 %", "0 %", "100 %", chain, "Least commission of a validator."},
               [](S& s) -> auto& { return s.params.staking.min_commission_rate; }),
      staking("slashing.window", Unit::count,
              {"10000", "1", "100000000", chain, "Blocks over which misses are counted."},
              [](S& s) -> auto& { return s.params.slashing.signed_blocks_window; }),
      fraction("slashing.min_signed", {"5 %", "0 %", "100 %", chain, "Share of the window to be signed."},
               [](S& s) -> auto& { return s.params.slashing.min_signed_per_window; }),
      staking("slashing.jail", Unit::duration, {"600 s", "0 s", "1 year", chain, "Jail for downtime."},
              [](S& s) -> auto& { return s.params.slashing.downtime_jail_duration; }),
      fraction("slashing.downtime", {"0.01 %", "0 %", "100 %", chain, "Stake lost for downtime."},
               [](S& s) -> auto& { return s.params.slashing.slash_fraction_downtime; }),
      fraction("slashing.double_sign", {"5 %", "0 %", "100 %", chain, "Stake lost for signing twice."},
               [](S& s) -> auto& { return s.params.slashing.slash_fraction_double_sign; }),
      staking(
          "reward_events", Unit::boolean,
          {"false", "", "", "ASSUME", "Whether blocks tell what they hand out: three events and more each."},
          [](S& s) -> auto& { return s.params.reward_events; }),
  };
}

std::vector<Key> gov_rows() {
  return {
      coins_row<S>("gov.min_deposit",
                   {"1000 AKT", "0 uakt", "1000000000 AKT", chain, "That begins the vote."},
                   [](S& s) -> auto& { return s.params.gov.min_deposit; }),
      staking("gov.deposit_period", Unit::duration,
              {"14 d", "1 s", "1 year", chain, "Time to gather the deposit."},
              [](S& s) -> auto& { return s.params.gov.max_deposit_period; }),
      staking("gov.voting", Unit::duration, {"7 d", "1 s", "1 year", chain, "Time to vote."},
              [](S& s) -> auto& { return s.params.gov.voting_period; }),
      fraction("gov.quorum", {"33.4 %", "0 %", "100 %", chain, "Share of the bonded stake that must vote."},
               [](S& s) -> auto& { return s.params.gov.quorum; }),
      fraction("gov.threshold", {"50 %", "0 %", "100 %", chain, "Yes among those who do not abstain."},
               [](S& s) -> auto& { return s.params.gov.threshold; }),
      fraction("gov.veto", {"33.4 %", "0 %", "100 %", chain, "Vetoes that sink a proposal."},
               [](S& s) -> auto& { return s.params.gov.veto_threshold; }),
      coins_row<S>("gov.expedited_deposit",
                   {"2000 AKT", "0 uakt", "1000000000 AKT", chain, "Deposit of an expedited proposal."},
                   [](S& s) -> auto& { return s.params.gov.expedited_min_deposit; }),
      staking("gov.expedited_voting", Unit::duration,
              {"24 h", "1 s", "1 year", chain, "Time to vote on an expedited proposal."},
              [](S& s) -> auto& { return s.params.gov.expedited_voting_period; }),
      fraction("gov.expedited_threshold", {"66.7 %", "0 %", "100 %", chain, "Yes that passes it."},
               [](S& s) -> auto& { return s.params.gov.expedited_threshold; }),
  };
}

std::vector<Key> voter_rows() {
  return {
      distribution_row<S>(
          "voters.merit", Unit::fraction, 1,
          {"{uniform: {low: 0.4, high: 1}}", "", "", "ASSUME (DATA: most that came to a vote passed)",
           "Of each proposal: share of voters who like it."},
          [](S& s) -> auto& { return s.voters.merit; }),
      staking("voters.abstain", Unit::fraction, {"5 %", "0 %", "100 %", "ASSUME", "Of those who vote."},
              [](S& s) -> auto& { return s.voters.abstain; }),
      staking("voters.veto_of_no", Unit::fraction,
              {"10 %", "0 %", "100 %", "ASSUME", "Of those who are against."},
              [](S& s) -> auto& { return s.voters.veto_of_no; }),
      staking(
          "voters.weighted", Unit::fraction,
          {"0 %", "0 %", "100 %", "ASSUME", "Of those who vote: who split their vote 70:30 with abstain."},
          [](S& s) -> auto& { return s.voters.weighted; }),
      staking("voters.expedited_turnout", Unit::fraction,
              {"80 %", "0 %", "100 %", "ASSUME", "Turnout in a day, relative to that in the regular period."},
              [](S& s) -> auto& { return s.voters.expedited_turnout; }),
  };
}

}  // namespace

Section staking_rows() {
  Section section{
      "staking",
      false,
      "Stake, its parameters and the people around it. Without `staking.operators` nobody stakes.",
      {},
      [](void* root, const std::string&) -> void* { return &static_cast<Scenario*>(root)->staking; }};
  for (auto rows : {mint_rows, stake_rows, gov_rows, voter_rows}) {
    for (Key& key : rows()) section.keys.push_back(std::move(key));
  }
  return section;
}

}  // namespace souk::scenarios
