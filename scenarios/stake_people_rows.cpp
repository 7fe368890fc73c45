#include "scenarios/scenario.hpp"
#include "scenarios/stake_row_kinds.hpp"

/// Settings of the people around stake: operators, delegators and those who propose. ECON: economics.md.
namespace souk::scenarios {
namespace {

using O = OperatorGroup;
using D = DelegatorGroup;
using P = ProposalGroup;

template <class F>
Key op(std::string name, Unit unit, RowText text, F field, Shape shape = Shape::one) {
  return row<O>(std::move(name), unit, std::move(text), field, shape);
}
template <class F>
Key del(std::string name, Unit unit, RowText text, F field, Shape shape = Shape::one) {
  return row<D>(std::move(name), unit, std::move(text), field, shape);
}

constexpr double hour_s = 3600;

std::vector<Key> operator_bond_rows() {
  return {
      op("count", Unit::count, {"1", "1", "10000", "ASSUME", "Operators of this group."},
         [](O& o) -> auto& { return o.count; }),
      op("self_bond", Unit::coin,
         {"10000 AKT", "1 AKT", "1000000000 AKT", "ASSUME", "Own stake of each, at genesis or on entry."},
         [](O& o) -> auto& { return o.self_bond; }),
      op("balance", Unit::coin,
         {"1000 AKT", "0 uakt", "1000000000 AKT", "ASSUME", "Of each beyond its bond: fees."},
         [](O& o) -> auto& { return o.balance; }),
      op("starts_inside", Unit::boolean,
         {"true", "", "", "ASSUME", "false: may enter once it would pay (`entry`)."},
         [](O& o) -> auto& { return o.config.starts_inside; }),
      op("fee", Unit::coin, {"0 uakt", "0 uakt", "1000 AKT", "ASSUME", "With every transaction."},
         [](O& o) -> auto& { return o.config.fee; }),
      op("withdraw_every", Unit::duration, {"7 d", "1 min", "1 year", "ASSUME", "Takes its commission."},
         [](O& o) -> auto& { return o.config.withdraw_every; }),
      op("top_up", Unit::fraction,
         {"0 %", "0 %", "100 %", "ASSUME", "Of what it withdraws: added to its own bond."},
         [](O& o) -> auto& { return o.config.top_up; }),
      op(
          "vote_turnout", Unit::fraction,
          {"none", "0 %", "100 %", "ASSUME (ECON section 2: turnout 20-60 %)",
           "Probability that it votes, with all its delegators' stake that does not; none: never."},
          [](O& o) -> auto& { return o.vote_turnout; }, Shape::optional),
  };
}

std::vector<Key> operator_uptime_rows() {
  return {
      op("uptime.fails", Unit::boolean, {"false", "", "", "ASSUME", "Whether its machine fails by itself."},
         [](O& o) -> auto& { return o.config.fails; }),
      distribution_row<O>("uptime.up", Unit::duration, hour_s,
                          {"{exponential: {mean: 60 d}}", "", "", "ASSUME", "To the next failure (MTBF)."},
                          [](O& o) -> auto& { return o.config.up_h; }),
      distribution_row<O>(
          "uptime.down", Unit::duration, hour_s,
          {"{lognormal: {median: 1 h, mean: 4 h}}", "", "", "ASSUME", "Until repaired (MTTR)."},
          [](O& o) -> auto& { return o.config.down_h; }),
      op("outage.cause", Unit::count,
         {"0", "0", "1000000", "ASSUME",
          "Number of the cause it shares with all who name the same (a cloud region, a client); 0: none."},
         [](O& o) -> auto& { return o.config.cause.number; }),
      distribution_row<O>("outage.gap", Unit::duration, hour_s,
                          {"{exponential: {mean: 180 d}}", "", "", "ASSUME", "Between outages of the cause."},
                          [](O& o) -> auto& { return o.config.cause.gap_h; }),
      distribution_row<O>("outage.lasts", Unit::duration, hour_s,
                          {"{lognormal: {median: 2 h, mean: 6 h}}", "", "", "ASSUME", "How long one lasts."},
                          [](O& o) -> auto& { return o.config.cause.down_h; }),
      op("outage.hit", Unit::fraction,
         {"100 %", "0 %", "100 %", "ASSUME", "Probability that an outage of the cause hits it."},
         [](O& o) -> auto& { return o.config.cause.hit; }),
      op("unjail_after", Unit::duration,
         {"30 min", "0 s", "1 year", "ASSUME", "From jail (or repair in jail) to asking out."},
         [](O& o) -> auto& { return o.config.unjail_after; }),
  };
}

std::vector<Key> operator_money_rows() {
  return {
      choice_row<O>("commission.policy", {"fixed", "follow", "undercut", "raise_when_big"},
                    {"fixed", "", "", "ASSUME",
                     "fixed; follow the mean of the others; undercut it; raise while its share is big."},
                    [](O& o) -> auto& { return o.config.commission.policy; }),
      op("commission.rate", Unit::fraction,
         {"5 %", "0 %", "100 %", "ECON section 2 (least commission, NODE)", "At the start."},
         [](O& o) -> auto& { return o.config.commission.rate; }),
      op("commission.max", Unit::fraction, {"20 %", "0 %", "100 %", "ASSUME", "For ever."},
         [](O& o) -> auto& { return o.config.commission.max_rate; }),
      op("commission.max_change", Unit::fraction, {"1 %", "0 %", "100 %", "ASSUME", "Most in a day."},
         [](O& o) -> auto& { return o.config.commission.max_change; }),
      op("commission.step", Unit::fraction, {"1 %", "0 %", "100 %", "ASSUME", "Of one change."},
         [](O& o) -> auto& { return o.config.commission.step; }),
      op("commission.big_share", Unit::fraction,
         {"5 %", "0 %", "100 %", "ASSUME", "Share of the bonded stake from which it is big."},
         [](O& o) -> auto& { return o.config.commission.big_share; }),
      op("commission.every", Unit::duration, {"30 d", "1 d", "10 year", "ASSUME", "Between two changes."},
         [](O& o) -> auto& { return o.config.commission.every; }),
      op("economics.enabled", Unit::boolean,
         {"false", "", "", "ECON section 2 (exit if commission income < cost)",
          "Leaves when it does not pay."},
         [](O& o) -> auto& { return o.config.economics.enabled; }),
      op("economics.cost", Unit::usd_per_month,
         {"500 USD/month", "0 USD/month", "1000000 USD/month", "ECON section 2 (300-800, ASSUME)",
          "Machine and people."},
         [](O& o) -> auto& { return o.config.economics.cost_usd_month; }),
      distribution_row<O>("economics.multiplier", Unit::number, 1,
                          {"1", "", "", "ASSUME", "Of the cost, per operator."},
                          [](O& o) -> auto& { return o.cost_multiplier; }),
      op("economics.window", Unit::duration,
         {"30 d", "1 h", "1 year", "ASSUME", "Over which income is held against cost."},
         [](O& o) -> auto& { return o.config.economics.window; }),
      op("economics.patience", Unit::count,
         {"3", "1", "1000", "ASSUME", "Windows in a row below cost before it leaves."},
         [](O& o) -> auto& { return o.config.economics.patience; }),
      op("entry.expected_stake", Unit::coin,
         {"100000 AKT", "0 uakt", "1000000000 AKT", "ASSUME", "Stake that one outside thinks it would get."},
         [](O& o) -> auto& { return o.expected_stake; }),
      op("entry.margin", Unit::number,
         {"1.2", "0", "1000", "ASSUME", "Enters when that would earn its cost so many times."},
         [](O& o) -> auto& { return o.config.economics.entry_margin; }),
  };
}

std::vector<Key> delegator_size_rows() {
  std::vector<Key> rows{
      del("count", Unit::count, {"1", "1", "100000", "ASSUME", "Delegators of this group."},
          [](D& d) -> auto& { return d.count; }),
      del("stake", Unit::coin,
          {"1000000 AKT", "0 uakt", "1000000000 AKT", "ASSUME", "Delegated at genesis, all together."},
          [](D& d) -> auto& { return d.stake; }),
      del("liquid", Unit::coin,
          {"0 uakt", "0 uakt", "1000000000 AKT", "ASSUME",
           "Held but not delegated at genesis, all together; may be delegated where `elastic`."},
          [](D& d) -> auto& { return d.liquid; }),
      del("balance", Unit::coin, {"10 AKT", "0 uakt", "1000000000 AKT", "ASSUME", "Of each: fees."},
          [](D& d) -> auto& { return d.balance; }),
      del("validators", Unit::count,
          {"1", "1", "100", "ASSUME", "How many validators each delegates to, at genesis."},
          [](D& d) -> auto& { return d.validators; }),
      del("fee", Unit::coin, {"0 uakt", "0 uakt", "1000 AKT", "ASSUME", "With every transaction."},
          [](D& d) -> auto& { return d.config.fee; }),
      del(
          "vote_turnout", Unit::fraction,
          {"none", "0 %", "100 %", "ECON section 2 (override 10 %, ASSUME)",
           "Probability that it votes itself instead of leaving it to its validator; none: never."},
          [](D& d) -> auto& { return d.vote_turnout; }, Shape::optional),
  };
  add_spread_rows<D>(rows, "size",
                     {"zipf", "", "", "ASSUME (V33: genesis holdings were concentrated)",
                      "How stake and liquid coins are spread over the group."},
                     [](D& d) -> auto& { return d.size; });
  add_spread_rows<D>(rows, "choice",
                     {"equal", "", "", "ASSUME", "How likely each operator is chosen at genesis, in order."},
                     [](D& d) -> auto& { return d.choice; });
  return rows;
}

std::vector<Key> delegator_habit_rows() {
  return {
      del("inertia.per_month", Unit::fraction,
          {"3.5 %", "0 %", "10000 %", "ECON section 2 (2-5 %, ASSUME)",
           "Probability, nearly, that it compares validators in a month."},
          [](D& d) -> auto& { return d.config.reconsider_per_month; }),
      del("inertia.move_share", Unit::fraction, {"100 %", "0 %", "100 %", "ASSUME", "Of what it moves."},
          [](D& d) -> auto& { return d.config.move_share; }),
      del("inertia.least_gain", Unit::fraction,
          {"1 %", "0 %", "1000 %", "ASSUME", "Relative gain in yield below which it stays."},
          [](D& d) -> auto& { return d.config.least_gain; }),
      del("inertia.sensitivity", Unit::number,
          {"40", "0", "10000", "ASSUME", "Slope of the logit on the log of the net yield."},
          [](D& d) -> auto& { return d.config.sensitivity; }),
      del("faults.flee", Unit::fraction,
          {"30 %", "0 %", "100 %", "ASSUME", "Probability of leaving a validator slashed or jailed."},
          [](D& d) -> auto& { return d.config.flee; }),
      del("faults.flee_after_hours", Unit::number, {"48", "0.001", "100000", "ASSUME", "Mean time to do so."},
          [](D& d) -> auto& { return d.config.flee_after_h; }),
      del("faults.memory", Unit::duration, {"90 d", "0 s", "10 year", "ASSUME", "How long it minds."},
          [](D& d) -> auto& { return d.config.fault_memory; }),
      del("faults.discount", Unit::fraction,
          {"2 %", "0 %", "100 %", "ASSUME", "Yield it takes off in its mind per slash within memory."},
          [](D& d) -> auto& { return d.config.fault_discount; }),
      del("elastic", Unit::boolean,
          {"false", "", "", "ASSUME", "Whether it stakes more or less as the yield changes."},
          [](D& d) -> auto& { return d.config.elastic; }),
      distribution_row<D>(
          "required_return", Unit::fraction, 1,
          {"{uniform: {low: 0.02, high: 0.14}}", "", "", "ASSUME (ECON V17: equilibrium at r = 12 %)",
           "Net annual yield of each below which it takes stake out."},
          [](D& d) -> auto& { return d.required_return; }),
      del("adjust_share", Unit::fraction,
          {"5 %", "0 %", "100 %", "ASSUME", "Of its coins that it shifts at one time."},
          [](D& d) -> auto& { return d.config.adjust_share; }),
      del("keep_share", Unit::fraction,
          {"1 %", "0 %", "100 %", "ASSUME", "Of its first stake that it never takes out."},
          [](D& d) -> auto& { return d.config.keep_share; }),
      del("withdraw_every", Unit::duration, {"30 d", "1 min", "10 year", "ASSUME", "Takes its rewards."},
          [](D& d) -> auto& { return d.config.withdraw_every; }),
      del("restake", Unit::fraction, {"100 %", "0 %", "100 %", "ASSUME", "Of rewards, delegated again."},
          [](D& d) -> auto& { return d.config.restake; }),
  };
}

std::vector<Key> proposal_kind_rows() {
  return {
      choice_row<P>("kind", {"text", "parameters", "spend"},
                    {"text", "", "", "none", "parameters: `change`; spend: `amount` of the community pool."},
                    [](P& p) -> auto& { return p.kind; }),
      list_row<P, Duration>("at", Unit::duration,
                            {"[]", "0 s", "20 year", "none", "When it is proposed, after the start."},
                            [](P& p) -> auto& { return p.at; }),
      row<P>("per_year", Unit::number,
             {"0", "0", "10000", "ECON section 2 (about 20 a year for funding, DATA)",
              "And at random, so often in the mean."},
             [](P& p) -> auto& { return p.per_year; }),
      row<P>("expedited", Unit::boolean, {"false", "", "", "none", "Whether it is expedited."},
             [](P& p) -> auto& { return p.expedited; }),
      row<P>(
          "deposit", Unit::coin,
          {"none", "0 uakt", "1000000000 AKT", "none", "none: just what begins the vote."},
          [](P& p) -> auto& { return p.deposit; }, Shape::optional),
      row<P>(
          "amount", Unit::coin, {"none", "1 uakt", "1000000000 AKT", "none", "Of a spend."},
          [](P& p) -> auto& { return p.amount; }, Shape::optional),
  };
}

std::vector<Key> proposal_change_rows() {
  using C = ParameterChange;
  const auto changed = [](const char* name, const char* doc, std::optional<double> C::* field) {
    return row<P>(
        std::string("change.") + name, Unit::fraction,
        {"none", "0 %", "100 %", "none", std::string(doc) + "; none: as the scenario began."},
        [field](P& p) -> auto& { return p.change.*field; }, Shape::optional);
  };
  return {
      changed("inflation_min", "mint.min", &C::inflation_min),
      changed("inflation_max", "mint.max", &C::inflation_max),
      changed("rate_change", "mint.rate_change", &C::inflation_rate_change),
      changed("goal_bonded", "mint.goal_bonded", &C::goal_bonded),
      changed("community_tax", "distribution.community_tax", &C::community_tax),
      changed("slash_downtime", "slashing.downtime", &C::slash_downtime),
      changed("slash_double_sign", "slashing.double_sign", &C::slash_double_sign),
      changed("min_signed", "slashing.min_signed", &C::min_signed),
      changed("quorum", "gov.quorum", &C::quorum),
      changed("threshold", "gov.threshold", &C::threshold),
      changed("veto", "gov.veto", &C::veto_threshold),
      row<P>(
          "change.max_validators", Unit::count,
          {"none", "1", "10000", "none", "max_validators; none: as the scenario began."},
          [](P& p) -> auto& { return p.change.max_validators; }, Shape::optional),
  };
}

/// The entry of `name` in `list`, made at the first call.
template <class T>
void* entry(std::vector<T>& list, const std::string& name) {
  for (T& known : list)
    if (known.name == name) return &known;
  list.emplace_back().name = name;
  return &list.back();
}

void add(Section& section, std::vector<Key> rows) {
  for (Key& key : rows) section.keys.push_back(std::move(key));
}

}  // namespace

Section operator_rows() {
  Section section{"staking.operators",
                  true,
                  "Groups of validators' operators, by name.",
                  {},
                  [](void* root, const std::string& name) {
                    return entry(static_cast<Scenario*>(root)->staking.operators, name);
                  }};
  for (auto rows : {operator_bond_rows, operator_uptime_rows, operator_money_rows}) add(section, rows());
  return section;
}

Section delegator_rows() {
  Section section{"staking.delegators",
                  true,
                  "Groups of delegators, by name.",
                  {},
                  [](void* root, const std::string& name) {
                    return entry(static_cast<Scenario*>(root)->staking.delegators, name);
                  }};
  for (auto rows : {delegator_size_rows, delegator_habit_rows}) add(section, rows());
  return section;
}

Section proposal_rows() {
  Section section{"staking.proposals",
                  true,
                  "Proposals, by name; each is submitted by an account of its own.",
                  {},
                  [](void* root, const std::string& name) {
                    return entry(static_cast<Scenario*>(root)->staking.proposals, name);
                  }};
  for (auto rows : {proposal_kind_rows, proposal_change_rows}) add(section, rows());
  return section;
}

}  // namespace souk::scenarios
