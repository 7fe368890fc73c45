#include "scenarios/population_stake.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include "actors/base/hash.hpp"
#include "actors/delegator.hpp"
#include "actors/operator.hpp"
#include "actors/voter.hpp"
#include "scenarios/scenario_stake.hpp"
#include "scenarios/stake_row_kinds.hpp"

namespace souk::scenarios {
namespace {

/// A key for a validator that is no node: nobody signs with it.
ConsensusKey made_key(const std::string& name) { return sha256("souk/consensus-key/" + name); }

/// Genesis first, so that everybody knows all validators and their stake; then the seats.
class StakeBuilder {
 public:
  StakeBuilder(const Scenario& scenario, std::uint64_t seed, std::span<const ConsensusKey> keys,
               Population& population, Genesis& genesis)
      : scenario_(scenario), seed_(seed), keys_(keys), population_(population), genesis_(genesis) {}

  void build() {
    if (!scenario_.staking.enabled()) return bond_nodes();
    if (scenario_.staking.inflation) genesis_.inflation = dec_of(*scenario_.staking.inflation);
    for (const OperatorGroup& group : scenario_.staking.operators) plan(group);
    for (const DelegatorGroup& group : scenario_.staking.delegators) plan(group);
    known_ = std::make_shared<const KnownValidators>(at_genesis_);
    population_.validators = known_;
    for (OperatorConfig& config : operators_) seat(config);
    for (DelegatorConfig& config : delegators_) seat(config);
    for (std::size_t i = 0; i < operators_.size(); ++i)
      if (const auto turnout = operator_groups_[i]->vote_turnout)
        seat_voter(population_.operators[i].name, operators_[i].address, *turnout);
    for (std::size_t i = 0; i < delegators_.size(); ++i)
      if (const auto turnout = delegator_groups_[i]->vote_turnout)
        seat_voter(population_.delegators[i].name, delegators_[i].address, *turnout);
    for (const ProposalGroup& group : scenario_.staking.proposals) seat(group);
  }

 private:
  void bond_nodes();
  void plan(const OperatorGroup& group);
  void plan(const DelegatorGroup& group);
  void seat(OperatorConfig& config);
  void seat(DelegatorConfig& config);
  void seat(const ProposalGroup& group);
  void seat_voter(const std::string& name, const Address& address, double turnout);
  void fund(const Address& address, Amount amount) {
    genesis_.balances.push_back({address, {{Denom::uakt, amount}}});
  }
  void bond(const OperatorConfig& config);
  ConsensusKey next_key(const std::string& name) {
    return keys_.empty() ? made_key(name) : keys_[genesis_.validators.size()];
  }
  /// Where the seat of the i-th of those planned will be: streams are drawn before it is taken.
  ActorId planned() const {
    return ActorId{
        static_cast<std::uint32_t>(population_.seats.size() + operators_.size() + delegators_.size())};
  }

  const Scenario& scenario_;
  std::uint64_t seed_;
  std::span<const ConsensusKey> keys_;
  Population& population_;
  Genesis& genesis_;
  KnownValidators at_genesis_;
  std::vector<Address> inside_;  ///< validators at genesis, in the order of operators
  std::shared_ptr<const KnownValidators> known_;
  std::vector<OperatorConfig> operators_;
  std::vector<DelegatorConfig> delegators_;
  std::vector<const OperatorGroup*> operator_groups_;    ///< of operators_[i]
  std::vector<const DelegatorGroup*> delegator_groups_;  ///< of delegators_[i]
};

void StakeBuilder::bond_nodes() {
  if (keys_.empty()) return;
  const auto stakes = node_stakes(scenario_);
  SOUK_CHECK(stakes.size() == keys_.size());
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    OperatorConfig config;
    config.moniker = fmt::format("validator-{}", i + 1);
    config.address = account_of(config.moniker);
    config.key = keys_[i];
    config.self_bond = stakes[i];
    fund(config.address, config.self_bond);
    at_genesis_[config.address] = {config.commission.rate, config.self_bond, true, false, 0, Time::min()};
    bond(config);
  }
  population_.validators = std::make_shared<const KnownValidators>(at_genesis_);
}

void StakeBuilder::bond(const OperatorConfig& config) {
  const CommissionSettings& c = config.commission;
  MsgCreateValidator create;
  create.moniker = config.moniker;
  create.commission = {dec_of(c.rate), dec_of(c.max_rate), dec_of(c.max_change)};
  create.min_self_delegation = config.min_self_delegation;
  create.validator = config.address;
  create.key = config.key;
  create.value = {Denom::uakt, config.self_bond};
  genesis_.validators.push_back({std::move(create)});
}

void StakeBuilder::plan(const OperatorGroup& group) {
  for (std::uint32_t number = 1; number <= group.count; ++number) {
    const ActorId actor = planned();
    OperatorConfig config = group.config;
    config.moniker = fmt::format("{}-{}", group.name, number);
    config.address = account_of("operator/" + config.moniker);
    config.node = population_.validator;
    Rng rng(seed_, actor, Purpose::setup, 0);
    config.economics.cost_usd_month *= group.cost_multiplier.sample(rng);
    fund(config.address, config.self_bond + group.balance.amount);
    if (config.starts_inside) {
      config.key = next_key(config.moniker);
      inside_.push_back(config.address);
      at_genesis_[config.address] = {config.commission.rate, config.self_bond, true, false, 0, Time::min()};
      bond(config);
    } else {
      config.key = made_key(config.moniker);
    }
    operators_.push_back(std::move(config));
    operator_groups_.push_back(&group);
  }
}

/// `count` different places by weight; those without weight come last, in order.
std::vector<std::size_t> pick(std::vector<double> weights, std::size_t count, Rng& rng) {
  std::vector<std::size_t> picked;
  while (picked.size() < count) {
    double sum = 0;
    for (const double weight : weights) sum += std::max(weight, 0.0);
    double at = rng.uniform() * sum;
    std::size_t chosen = weights.size();
    for (std::size_t i = 0; i < weights.size() && chosen == weights.size(); ++i) {
      if (weights[i] < 0) continue;
      at -= weights[i];
      if (at < 0 || sum == 0) chosen = i;
    }
    for (std::size_t i = weights.size(); i-- > 0 && chosen == weights.size();)
      if (weights[i] > 0) chosen = i;  // a rounding error of the last one's
    weights[chosen] = -1;
    picked.push_back(chosen);
  }
  return picked;
}

std::vector<double> weights_of(const Spread& spread, std::size_t count) {
  // In micro-units of one: the same arithmetic as for stakes.
  std::vector<double> out;
  for (const Amount part : spread_over({1'000'000'000'000}, count, spread, {}))
    out.push_back(static_cast<double>(part.micro));
  return out;
}

void StakeBuilder::plan(const DelegatorGroup& group) {
  const auto stakes = spread_over(group.stake.amount, group.count, group.size, {});
  const auto liquid = spread_over(group.liquid.amount, group.count, group.size, {});
  const auto weights = weights_of(group.choice, inside_.size());
  for (std::uint32_t number = 1; number <= group.count; ++number) {
    const ActorId actor = planned();
    DelegatorConfig config = group.config;
    config.address = account_of(fmt::format("delegator/{}-{}", group.name, number));
    config.liquid = liquid[number - 1];
    Rng required(seed_, actor, Purpose::setup, 0);
    config.required_return = group.required_return.sample(required);
    fund(config.address, stakes[number - 1] + liquid[number - 1] + group.balance.amount);
    Rng chooser(seed_, actor, Purpose::setup, 1);
    const auto chosen = pick(weights, group.validators, chooser);
    const auto parts = spread_over(stakes[number - 1], chosen.size(), Spread{}, {});
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (parts[i].micro == 0) continue;
      const Address& validator = inside_[chosen[i]];
      config.delegations.emplace_back(validator, parts[i]);
      at_genesis_[validator].tokens += parts[i];
      genesis_.delegations.push_back({config.address, validator, parts[i]});
    }
    delegators_.push_back(std::move(config));
    delegator_groups_.push_back(&group);
  }
}

void StakeBuilder::seat(OperatorConfig& config) {
  const auto index = static_cast<std::size_t>(&config - operators_.data());
  const OperatorGroup& group = *operator_groups_[index];
  config.genesis = known_;
  config.economics.watched = inside_.front();
  const ActorId actor{static_cast<std::uint32_t>(population_.seats.size())};
  population_.operators.push_back({actor, config.address, config.moniker, group.name, config.starts_inside,
                                   config.economics.cost_usd_month});
  std::vector<Topic> topics{config.address, topic_staking()};
  if (!config.starts_inside) topics.push_back(config.economics.watched);
  population_.seats.push_back({config.moniker,
                               runtime::AnyActor(Operator(config)),
                               {config.address, population_.validator, {}},
                               std::move(topics)});
}

void StakeBuilder::seat(DelegatorConfig& config) {
  const auto index = static_cast<std::size_t>(&config - delegators_.data());
  const DelegatorGroup& group = *delegator_groups_[index];
  config.genesis = known_;
  const ActorId actor{static_cast<std::uint32_t>(population_.seats.size())};
  const auto first = std::find(delegator_groups_.begin(), delegator_groups_.end(), &group);
  const auto number = index - static_cast<std::size_t>(first - delegator_groups_.begin()) + 1;
  const std::string name = fmt::format("{}-{}", group.name, number);
  population_.delegators.push_back({actor, config.address, name, group.name});
  population_.seats.push_back({name,
                               runtime::AnyActor(Delegator(config)),
                               {config.address, population_.validator, {}},
                               {config.address, topic_staking()}});
}

void StakeBuilder::seat_voter(const std::string& name, const Address& address, double turnout) {
  VoterConfig config = scenario_.staking.voters;
  config.address = address;
  config.turnout = turnout;
  population_.seats.push_back({name + "-votes",
                               runtime::AnyActor(GovVoter(std::move(config))),
                               {std::nullopt, population_.validator, {}},
                               {topic_gov()}});
}

void StakeBuilder::seat(const ProposalGroup& group) {
  const StakeParams& params = scenario_.params.stake;
  ProposerConfig config;
  config.address = account_of("proposer/" + group.name);
  config.plan = {group.name, nullptr, {*group.deposit}, group.expedited};
  config.at = group.at;
  config.per_year = group.per_year;
  if (group.kind == ProposalKind::parameters) config.plan.msgs = parameter_msgs(group.change, params);
  if (group.kind == ProposalKind::spend) {
    MsgList list;
    list.msgs.emplace_back(StakeMsg{MsgCommunityPoolSpend{
        module_address("gov"), account_of("recipient/" + group.name), {*group.amount}}});
    config.plan.msgs = std::make_shared<const MsgList>(std::move(list));
  }
  // Deposits come back, but those of vetoed proposals are burnt: enough for every one.
  const double years = seconds(scenario_.duration) / 31'557'600;
  const double random = group.per_year * years;
  config.count_max = static_cast<std::uint32_t>(static_cast<double>(group.at.size()) + 10 + 2 * random);
  Amount funds{1'000'000'000};
  for (std::uint32_t i = 0; i < config.count_max; ++i) funds += group.deposit->amount;
  fund(config.address, funds);
  population_.proposers.push_back({ActorId{static_cast<std::uint32_t>(population_.seats.size())},
                                   config.address, group.name, group.name});
  population_.seats.push_back({"proposer-" + group.name,
                               runtime::AnyActor(Proposer(std::move(config))),
                               {std::nullopt, population_.validator, {}},
                               {}});
}

}  // namespace

std::vector<Amount> node_stakes(const Scenario& scenario) {
  const ConsensusSettings& c = scenario.consensus;
  return spread_over(c.stake.amount, scenario.validators, c.spread, {1'000'000});
}

void seat_stake(const Scenario& scenario, std::uint64_t seed, std::span<const ConsensusKey> node_keys,
                Population& population, Genesis& genesis) {
  StakeBuilder(scenario, seed, node_keys, population, genesis).build();
}

}  // namespace souk::scenarios
