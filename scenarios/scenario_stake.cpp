#include "scenarios/scenario_stake.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include "actors/base/math.hpp"
#include "actors/chain/msgs.hpp"
#include "scenarios/population_stake.hpp"
#include "scenarios/stake_row_kinds.hpp"

namespace souk::scenarios {
namespace {

/// Checks one after the other; the first that fails is the answer.
class StakeCompletion {
 public:
  StakeCompletion(Scenario& scenario, const WrongSetting& wrong)
      : scenario_(scenario), staking_(scenario.staking), wrong_(wrong) {}

  Result<void> run() {
    StakeParams& params = staking_.params;
    params.mint_enabled = staking_.mint && staking_.enabled();
    scenario_.params.stake = params;
    for (auto step : {&StakeCompletion::nodes, &StakeCompletion::partitions, &StakeCompletion::people}) {
      if (auto done = (this->*step)(); !done) return done;
    }
    for (OperatorGroup& group : staking_.operators) {
      if (auto done = operators(group); !done) return done;
    }
    for (DelegatorGroup& group : staking_.delegators) {
      if (auto done = delegators(group); !done) return done;
    }
    for (ProposalGroup& group : staking_.proposals) {
      if (auto done = proposals(group); !done) return done;
    }
    staking_.voters.voting_period = params.gov.voting_period;
    return genesis();
  }

 private:
  Result<void> nodes();
  Result<void> partitions();
  Result<void> people();
  Result<void> operators(OperatorGroup& group);
  Result<void> delegators(DelegatorGroup& group);
  Result<void> proposals(ProposalGroup& group);
  Result<void> genesis();
  Result<void> in_uakt(const std::string& path, const Coin& coin) const {
    if (coin.denom == Denom::uakt) return {};
    return wrong_(path, "stake is in AKT");
  }
  Result<void> spread(const std::string& path, const Spread& spread, std::size_t count) const;

  Scenario& scenario_;
  StakingSettings& staking_;
  const WrongSetting& wrong_;
};

Result<void> StakeCompletion::spread(const std::string& path, const Spread& spread, std::size_t count) const {
  if (spread.kind != SpreadKind::list) return {};
  if (spread.weights.size() != count) {
    return wrong_(path + ".weights",
                  fmt::format("has {} weights for {} members", spread.weights.size(), count));
  }
  double sum = 0;
  for (const double weight : spread.weights) {
    if (!(weight >= 0)) return wrong_(path + ".weights", "a weight can not be negative");
    sum += weight;
  }
  if (!(sum > 0)) return wrong_(path + ".weights", "at least one weight should be above 0");
  return {};
}

Result<void> StakeCompletion::nodes() {
  const ConsensusSettings& c = scenario_.consensus;
  if (auto done = in_uakt("consensus.stake", c.stake); !done) return done;
  if (auto done = spread("consensus.spread", c.spread, scenario_.validators); !done) return done;
  if (c.stake.amount.micro < std::int64_t{1'000'000} * scenario_.validators)
    return wrong_("consensus.stake", "should be at least 1 AKT for each of the `validators`");
  const bool many = scenario_.validators > 1;
  const std::size_t inside = staking_.operator_count();
  if (many && staking_.enabled() && inside != scenario_.validators) {
    return wrong_("staking.operators",
                  fmt::format("{} operators start inside, for {} `validators`: each has one node", inside,
                              scenario_.validators));
  }
  if (!many && (c.byzantine_power > 0 || !c.partitions.empty() || c.full_nodes > 0)) {
    const std::string what = c.byzantine_power > 0   ? "consensus.byzantine.power"
                             : !c.partitions.empty() ? "consensus.partitions"
                                                     : "consensus.full_nodes";
    return wrong_(what, "needs `validators` of more than 1");
  }
  for (const auto& [pair, latency] : c.latency) {
    const bool known = std::any_of(c.regions.begin(), c.regions.end(), [&](const std::string& a) {
      return std::any_of(c.regions.begin(), c.regions.end(),
                         [&](const std::string& b) { return pair == a + "_" + b; });
    });
    if (!known)
      return wrong_("consensus.latency",
                    fmt::format("`{}` is not two of `consensus.regions` with _ between", pair));
  }
  return {};
}

Result<void> StakeCompletion::partitions() {
  const ConsensusSettings& c = scenario_.consensus;
  for (const PartitionSettings& p : c.partitions) {
    const std::string path = "consensus.partitions." + p.name;
    if (p.regions.empty() == (p.power == 0))
      return wrong_(path, "needs one of `power` and `regions`: who is on the far side");
    if (p.at >= scenario_.duration) return wrong_(path + ".at", "should be within `duration`");
    for (const std::string& region : p.regions) {
      if (std::find(c.regions.begin(), c.regions.end(), region) == c.regions.end())
        return wrong_(path + ".regions", fmt::format("`{}` is none of `consensus.regions`", region));
    }
  }
  return {};
}

Result<void> StakeCompletion::people() {
  if (!staking_.enabled()) {
    if (!staking_.delegators.empty()) return wrong_("staking.delegators", "needs `staking.operators`");
    if (!staking_.proposals.empty()) return wrong_("staking.proposals", "needs `staking.operators`");
    return {};
  }
  if (staking_.operator_count() == 0)
    return wrong_("staking.operators", "at least one group should have `starts_inside: true`");
  const MintParams& mint = staking_.params.mint;
  if (mint.inflation_min > mint.inflation_max)
    return wrong_("staking.mint.min", "should not be above `mint.max`");
  constexpr std::size_t people_max = 200'000;
  std::size_t people = 0;
  for (const OperatorGroup& group : staking_.operators) people += group.count;
  for (const DelegatorGroup& group : staking_.delegators) people += group.count;
  if (people > people_max)
    return wrong_("staking.delegators", fmt::format("more than {} people in all", people_max));
  return {};
}

Result<void> StakeCompletion::operators(OperatorGroup& group) {
  const std::string path = "staking.operators." + group.name;
  OperatorConfig& config = group.config;
  for (const auto& [name, coin] :
       {std::pair{".self_bond", group.self_bond}, std::pair{".balance", group.balance},
        std::pair{".entry.expected_stake", group.expected_stake}, std::pair{".fee", config.fee}}) {
    if (auto done = in_uakt(path + name, coin); !done) return done;
  }
  const CommissionSettings& commission = config.commission;
  if (commission.rate > commission.max_rate)
    return wrong_(path + ".commission.rate", "should not be above `commission.max`");
  if (commission.max_change > commission.max_rate)
    return wrong_(path + ".commission.max_change", "should not be above `commission.max`");
  if (dec_of(commission.rate) < staking_.params.staking.min_commission_rate)
    return wrong_(path + ".commission.rate", "should not be below `staking.min_commission`");
  const bool unsure = scenario_.loss > 0 || scenario_.duplication > 0;
  if (scenario_.validators == 1 && (config.fails || config.cause.number != 0) && unsure)
    return wrong_("network.loss", "would lose word of machines that go down; leave it 0 with `uptime`");
  if (config.up_h.minimum() < 0 || config.down_h.minimum() < 0 || config.cause.gap_h.minimum() < 0 ||
      config.cause.down_h.minimum() < 0 || group.cost_multiplier.minimum() < 0)
    return wrong_(path, "times and multipliers can not be negative");
  if (config.fails && config.up_h.mean() <= 0)
    return wrong_(path + ".uptime.up", "should be above 0 in the mean");
  if (config.cause.number != 0 && config.cause.gap_h.mean() <= 0)
    return wrong_(path + ".outage.gap", "should be above 0 in the mean");
  config.self_bond = group.self_bond.amount;
  config.tells_uptime = scenario_.validators == 1;
  config.jail_time = staking_.params.slashing.downtime_jail_duration;
  config.economics.akt_usd = scenario_.chain.akt_usd;
  config.economics.expected_stake = group.expected_stake.amount;
  return {};
}

Result<void> StakeCompletion::delegators(DelegatorGroup& group) {
  const std::string path = "staking.delegators." + group.name;
  for (const auto& [name, coin] :
       {std::pair{".stake", group.stake}, std::pair{".liquid", group.liquid},
        std::pair{".balance", group.balance}, std::pair{".fee", group.config.fee}}) {
    if (auto done = in_uakt(path + name, coin); !done) return done;
  }
  const std::size_t inside = staking_.operator_count();
  if (group.validators > inside)
    return wrong_(path + ".validators", fmt::format("there are {} at genesis", inside));
  if (auto done = spread(path + ".size", group.size, group.count); !done) return done;
  if (auto done = spread(path + ".choice", group.choice, inside); !done) return done;
  group.config.unbonding = staking_.params.staking.unbonding_time;
  return {};
}

Result<void> StakeCompletion::proposals(ProposalGroup& group) {
  const std::string path = "staking.proposals." + group.name;
  if (group.kind == ProposalKind::parameters && !group.change.any())
    return wrong_(path + ".kind", "`parameters` needs something under `change`");
  if (group.kind != ProposalKind::parameters && group.change.any())
    return wrong_(path + ".kind", "only `parameters` may have a `change`");
  if (group.kind == ProposalKind::spend && !group.amount)
    return wrong_(path + ".kind", "`spend` needs `amount`");
  if (group.kind != ProposalKind::spend && group.amount)
    return wrong_(path + ".amount", "only a `spend` has an amount");
  if (group.at.empty() && group.per_year == 0) return wrong_(path, "needs `at` or `per_year`");
  const GovParams& gov = staking_.params.gov;
  if (!group.deposit)
    group.deposit = group.expedited ? gov.expedited_min_deposit.at(0) : gov.min_deposit.at(0);
  return in_uakt(path + ".deposit", *group.deposit);
}

/// The chain's own checks of a genesis with nobody else in it.
Result<void> StakeCompletion::genesis() {
  if (!staking_.enabled() && scenario_.validators == 1) return {};
  std::vector<ConsensusKey> keys;
  for (std::uint32_t i = 0; scenario_.validators > 1 && i < scenario_.validators; ++i) {
    ConsensusKey key{};
    key[0] = static_cast<std::uint8_t>(i);
    key[1] = static_cast<std::uint8_t>(i >> 8);
    key[2] = 1;
    keys.push_back(key);
  }
  Population nobody;
  Genesis made;
  made.params = scenario_.params;
  made.time = scenario_.genesis;
  seat_stake(scenario_, scenario_.seed, keys, nobody, made);
  if (auto good = made.check(); !good) return wrong_("staking", good.error().message);
  return {};
}

}  // namespace

std::size_t StakingSettings::operator_count() const {
  std::size_t count = 0;
  for (const OperatorGroup& group : operators) count += group.config.starts_inside ? group.count : 0;
  return count;
}

const std::vector<std::string>& byzantine_words() {
  static const std::vector<std::string> words{
      "double_vote",    "double_proposal", "amnesia",       "silent_proposer", "late_proposer",
      "withheld_parts", "forged_parts",    "invalid_block", "lunatic_header",  "bad_timestamp",
      "future_flood",   "lying_sync",      "false_polka",   "out_of_turn",     "withheld_precommits"};
  return words;
}

SharedMsgs parameter_msgs(const ParameterChange& change, const StakeParams& params) {
  const Address gov = module_address("gov");
  MsgList list;
  const auto set = [](Dec& field, const std::optional<double>& value) {
    if (value) field = dec_of(*value);
    return value.has_value();
  };
  MintParams mint = params.mint;
  bool changed = set(mint.inflation_min, change.inflation_min);
  changed |= set(mint.inflation_max, change.inflation_max);
  changed |= set(mint.inflation_rate_change, change.inflation_rate_change);
  changed |= set(mint.goal_bonded, change.goal_bonded);
  if (changed) list.msgs.emplace_back(StakeMsg{MsgUpdateParams{gov, mint}});
  DistributionParams distribution = params.distribution;
  if (set(distribution.community_tax, change.community_tax))
    list.msgs.emplace_back(StakeMsg{MsgUpdateParams{gov, distribution}});
  SlashingParams slashing = params.slashing;
  changed = set(slashing.slash_fraction_downtime, change.slash_downtime);
  changed |= set(slashing.slash_fraction_double_sign, change.slash_double_sign);
  changed |= set(slashing.min_signed_per_window, change.min_signed);
  if (changed) list.msgs.emplace_back(StakeMsg{MsgUpdateParams{gov, slashing}});
  GovParams rules = params.gov;
  changed = set(rules.quorum, change.quorum);
  changed |= set(rules.threshold, change.threshold);
  changed |= set(rules.veto_threshold, change.veto_threshold);
  if (changed) list.msgs.emplace_back(StakeMsg{MsgUpdateParams{gov, rules}});
  StakingParams staking = params.staking;
  if (change.max_validators) {
    staking.max_validators = *change.max_validators;
    list.msgs.emplace_back(StakeMsg{MsgUpdateParams{gov, staking}});
  }
  return std::make_shared<const MsgList>(std::move(list));
}

std::vector<Amount> spread_over(Amount total, std::size_t count, const Spread& spread, Amount least) {
  std::vector<double> weights(count, 1);
  if (spread.kind == SpreadKind::list) weights = spread.weights;
  if (spread.kind == SpreadKind::zipf) {
    for (std::size_t i = 0; i < count; ++i)
      weights[i] = math::exp(-spread.exponent * math::log(static_cast<double>(i + 1)));
  }
  SOUK_CHECK(weights.size() == count && count > 0);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  Amount spare = total;
  for (std::size_t i = 0; i < count; ++i) spare -= least;
  SOUK_CHECK(spare.micro >= 0);
  std::vector<Amount> out(count, least);
  Amount given;
  for (std::size_t i = 0; i < count; ++i) {
    const Amount part = part_of(spare, std::min(1.0, weights[i] / sum));
    const Amount most = std::min(part, spare - given);
    out[i] += most;
    given += most;
  }
  out[0] += spare - given;
  return out;
}

Result<void> complete_stake(Scenario& scenario, const WrongSetting& wrong) {
  return StakeCompletion(scenario, wrong).run();
}

}  // namespace souk::scenarios
