#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/population_stake.hpp"
#include "scenarios/scenario_stake.hpp"
#include "tests/scenarios/scenario_texts.hpp"

namespace souk::scenarios {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

/// A scenario of stake alone, with `more` at the end.
std::string staked(const std::string& more = "", const std::string& operators = "    o: {count: 3}\n") {
  return "name: staked\nstaking:\n  operators:\n" + operators + more;
}

Scenario read(const std::string& text) {
  auto scenario = parse_scenario(text, "tiny.yaml", {});
  EXPECT_TRUE(scenario.has_value()) << (scenario ? "" : scenario.error().message);
  return std::move(*scenario);
}

TEST(StakeSettings, AStudyOfStakeNeedsNoMarket) {
  const Scenario scenario = read(staked());
  EXPECT_TRUE(scenario.params.stake.mint_enabled);
  EXPECT_EQ(scenario.staking.operator_count(), 3u);
  EXPECT_EQ(scenario.params.stake.slashing.signed_blocks_window, 10'000);
  EXPECT_EQ(scenario.params.stake.gov.quorum, Dec::parse("0.334").value()) << "exact, not the double's tail";
}

TEST(StakeSettings, AMarketWithoutStakeMintsNothing) {
  const Scenario scenario = read(testing::tiny());
  EXPECT_FALSE(scenario.params.stake.mint_enabled);
  EXPECT_FALSE(scenario.staking.enabled());
}

TEST(StakeSettings, BadInputIsOneLineWithThePlaceAndWhatWouldBeRight) {
  const struct {
    std::string text;
    std::string what;
  } cases[] = {
      {staked("  quorum: 20 %\n"),
       "tiny.yaml:5: unknown key `staking.quorum`; did you mean `staking.gov.quorum`?"},
      {staked("", "    o: {count: 0}\n"), "tiny.yaml:4: `staking.operators.o.count`: `0` is out of range"},
      {staked("", "    o: {self_bond: 5 ACT}\n"),
       "tiny.yaml:4: `staking.operators.o.self_bond`: stake is in AKT"},
      {staked("", "    o: {commission: {rate: 30 %}}\n"), "should not be above `commission.max`"},
      {staked("", "    o: {commission: {rate: 4 %}}\n"), "should not be below `staking.min_commission`"},
      {staked("", "    o: {starts_inside: false}\n"), "at least one group should have `starts_inside: true`"},
      {staked("  mint: {min: 5 %, max: 4 %}\n"), "`staking.mint.min`: should not be above `mint.max`"},
      {staked("  delegators:\n    d: {validators: 4}\n"),
       "`staking.delegators.d.validators`: there are 3 at genesis"},
      {staked("  delegators:\n    d: {count: 2, size: {kind: list, weights: [1]}}\n"),
       "has 1 weights for 2 members"},
      {staked("  delegators:\n    d: {choice: {kind: list, weights: [0, 0, 0]}}\n"),
       "at least one weight should be above 0"},
      {staked("  proposals:\n    p: {kind: spend, per_year: 1}\n"), "`spend` needs `amount`"},
      {staked("  proposals:\n    p: {kind: parameters, per_year: 1}\n"), "needs something under `change`"},
      {staked("  proposals:\n    p: {per_year: 1, change: {quorum: 20 %}}\n"),
       "only `parameters` may have a `change`"},
      {staked("  proposals:\n    p: {kind: text}\n"), "needs `at` or `per_year`"},
      {staked("network: {loss: 1 %}\n", "    o: {uptime: {fails: true}}\n"), "leave it 0 with `uptime`"},
      {testing::tiny("staking: {delegators: {d: {count: 1}}}\n"),
       "`staking.delegators`: needs `staking.operators`"},
      {testing::tiny("consensus: {byzantine: {power: 10 %}}\n"), "needs `validators` of more than 1"},
      {testing::tiny("consensus: {byzantine: {behaviours: [double_vot]}}\n"), "did you mean `double_vote`?"},
      {testing::tiny("consensus: {regions: [a, b], latency: {a_c: 5 ms}}\n"),
       "`a_c` is not two of `consensus.regions`"},
      {testing::tiny("consensus: {partitions: {p: {at: 1 h, power: 30 %}}}\n"),
       "needs `validators` of more than 1"},
  };
  for (const auto& c : cases) EXPECT_THAT(error_of(c.text), HasSubstr(c.what)) << c.text;
}

TEST(StakeSettings, ASpreadGivesAwayAllOfItAndKeepsItsShape) {
  const auto equal = spread_over({100}, 3, {}, {});
  EXPECT_EQ(equal, (std::vector<Amount>{{34}, {33}, {33}}));
  const auto zipf = spread_over({11'000'000}, 3, {SpreadKind::zipf, 1, {}}, {});
  EXPECT_NEAR(static_cast<double>(zipf[0].micro), 6e6, 3);
  EXPECT_NEAR(static_cast<double>(zipf[1].micro), 3e6, 3);
  EXPECT_NEAR(static_cast<double>(zipf[2].micro), 2e6, 3);
  EXPECT_EQ((zipf[0] + zipf[1] + zipf[2]).micro, 11'000'000);
  const auto list = spread_over({1'000}, 2, {SpreadKind::list, 1, {0, 1}}, {100});
  EXPECT_EQ(list, (std::vector<Amount>{{100}, {900}}));
}

TEST(StakeSettings, AChangeOfParametersKeepsWhatItDoesNotName) {
  const Scenario scenario = read(
      staked("  mint: {min: 5 %, max: 20 %}\n  proposals:\n"
             "    p: {kind: parameters, at: 1 d, change: {inflation_min: 13 %, community_tax: 40 %}}\n"));
  const auto msgs = parameter_msgs(scenario.staking.proposals.at(0).change, scenario.params.stake);
  ASSERT_EQ(msgs->msgs.size(), 2u);
  const auto& mint = std::get<MsgUpdateParams>(std::get<StakeMsg>(msgs->msgs[0]));
  EXPECT_EQ(mint.authority, module_address("gov"));
  EXPECT_EQ(std::get<MintParams>(mint.params).inflation_min, Dec::parse("0.13").value());
  EXPECT_EQ(std::get<MintParams>(mint.params).inflation_max, Dec::parse("0.20").value());
  const auto& tax = std::get<MsgUpdateParams>(std::get<StakeMsg>(msgs->msgs[1]));
  EXPECT_EQ(std::get<DistributionParams>(tax.params).community_tax, Dec::parse("0.40").value());
}

TEST(StakePopulation, GenesisHasTheStakeThatTheFileSays) {
  const Scenario scenario = read(
      "name: staked\nstaking:\n  mint: {start: 13 %}\n  operators:\n"
      "    o: {count: 3, self_bond: 1000 AKT, balance: 10 AKT, vote_turnout: 50 %}\n"
      "    late: {count: 1, starts_inside: false}\n"
      "  delegators:\n    d: {count: 5, stake: 9000 AKT, liquid: 100 AKT, balance: 1 AKT, validators: 2}\n"
      "  proposals:\n    p: {at: 1 d}\n");
  Population population;
  Genesis genesis;
  genesis.params = scenario.params;
  seat_stake(scenario, 7, {}, population, genesis);
  EXPECT_TRUE(genesis.check().has_value());
  EXPECT_EQ(genesis.validators.size(), 3u);
  EXPECT_EQ(genesis.inflation, Dec::parse("0.13").value());
  Amount delegated;
  for (const GenesisDelegation& d : genesis.delegations) delegated += d.amount;
  EXPECT_EQ(delegated.micro, 9'000'000'000);
  // Operators, delegators, the votes of the three groups' members that vote, the proposer.
  EXPECT_EQ(population.seats.size(), 4u + 5u + 3u + 1u);
  Amount known;
  for (const auto& [address, validator] : *population.validators) known += validator.tokens;
  EXPECT_EQ(known.micro, 12'000'000'000);
}

TEST(StakePopulation, OneMoreGroupAtTheEndMovesNothing) {
  const std::string text = staked("  delegators:\n    d: {count: 9, stake: 9000 AKT, validators: 2}\n");
  const auto delegations = [](const std::string& source) {
    const Scenario scenario = read(source);
    Population population;
    Genesis genesis;
    seat_stake(scenario, 7, {}, population, genesis);
    std::vector<std::pair<Address, Address>> out;
    for (const GenesisDelegation& d : genesis.delegations) out.emplace_back(d.delegator, d.validator);
    return out;
  };
  auto longer = delegations(text + "    e: {count: 2, stake: 10 AKT}\n");
  const auto shorter = delegations(text);
  ASSERT_EQ(longer.size(), shorter.size() + 2);
  longer.resize(shorter.size());
  EXPECT_EQ(longer, shorter);
}

TEST(StakePopulation, NodesShareTheStakeOfConsensus) {
  Scenario scenario = read(testing::tiny("consensus: {stake: 1100 AKT, spread: {kind: zipf}}\n"));
  scenario.validators = 3;
  const auto stakes = node_stakes(scenario);
  ASSERT_EQ(stakes.size(), 3u);
  EXPECT_GT(stakes[0], stakes[1]);
  EXPECT_EQ((stakes[0] + stakes[1] + stakes[2]).micro, 1'100'000'000);
  const std::vector<ConsensusKey> keys{{1}, {2}, {3}};
  Population population;
  Genesis genesis;
  seat_stake(scenario, 1, keys, population, genesis);
  ASSERT_EQ(genesis.validators.size(), 3u);
  EXPECT_EQ(genesis.validators[1].create.key, keys[1]);
  EXPECT_TRUE(population.seats.empty()) << "nodes have no operators of their own";
  EXPECT_TRUE(genesis.check().has_value());
}

}  // namespace
}  // namespace souk::scenarios
