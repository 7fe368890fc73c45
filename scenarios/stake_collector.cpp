#include "scenarios/stake_collector.hpp"

#include <algorithm>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/consensus/block.hpp"
#include "actors/consensus/observation.hpp"
#include "sim/stats.hpp"

namespace souk::scenarios {
namespace {

constexpr double year_s = 31'557'600;
constexpr double days_per_year = year_s / 86'400;
constexpr const char* chain_entity = "chain";

double akt(Amount amount) { return static_cast<double>(amount.micro) * 1e-6; }

std::vector<double> values(const std::map<Address, double>& powers) {
  std::vector<double> out;
  for (const auto& [address, power] : powers) out.push_back(power);
  return out;
}

}  // namespace

StakeCollector::StakeCollector(const Population& population, StakeCollectorConfig config)
    : population_(population),
      config_(config),
      down_(population.operators.size()),
      view_(population.validators) {
  for (std::size_t i = 0; i < population.operators.size(); ++i) {
    operator_of_[population.operators[i].actor] = i;
    operator_at_[population.operators[i].address] = i;
    // The first nodes are theirs, in this order.
    if (population.operators[i].inside) group_of_node_.push_back(population.operators[i].group);
  }
  for (std::size_t i = 0; i < population.node_keys.size(); ++i)
    node_at_[consensus::address_of(population.node_keys[i])] = i;
  accounted_ = config.genesis;
  last_block_ = config.genesis;
}

double StakeCollector::down_share() const {
  double share = 0;
  for (std::size_t i = 0; i < down_.size(); ++i)
    if (down_[i]) share += view_.share(population_.operators[i].address);
  return share;
}

/// Counts all that runs with time up to `at`.
void StakeCollector::account(Time at) {
  if (!warmed_ && at > config_.warm_up_end) {
    warmed_ = true;
    if (accounted_ < config_.warm_up_end) account(config_.warm_up_end);
    warm_ = totals_;
  }
  const double s = seconds(at - accounted_);
  if (s <= 0) return;  // live actors' clocks differ by a moment
  accounted_ = at;
  totals_.years += s / year_s;
  for (std::size_t i = 0; i < down_.size(); ++i) {
    const OperatorSeat& seat = population_.operators[i];
    const double share = view_.share(seat.address);
    if (share <= 0) continue;
    totals_.due_s[seat.group] += share * s;
    if (down_[i]) totals_.missed_s[seat.group] += share * s;
  }
  constexpr double halting = 1.0 / 3;
  if (!config_.nodes && down_share() >= halting) totals_.halt_s += s;
}

void StakeCollector::on_effect(Time at, ActorId actor, const Effect& effect) {
  if (const auto* publish = std::get_if<Publish>(&effect)) {
    if (publish->topic != chain_) return;
    if (const auto* notice = std::get_if<ChainNotice>(publish->event.get())) {
      if (!std::holds_alternative<StakeEvent>(notice->event)) return;
      account(at);
      chain(*notice);
    }
  } else if (const auto* told = std::get_if<Note>(&effect)) {
    note(at, actor, *told);
  } else if (const auto* observe = std::get_if<Observe>(&effect)) {
    if (const auto* decided = std::get_if<consensus::Decided>(&observe->what->what)) {
      account(at);
      proposed(*decided);
    }
  }
}

void StakeCollector::note(Time at, ActorId actor, const Note& note) {
  using M = Note::Metric;
  if (note.metric == M::height_decided) return decided(at, note);
  if (note.metric == M::blocks_signed) {
    account(at);
    totals_.signed_sum += note.value;
    ++totals_.commits;
  }
  if (note.metric == M::delegator_moved) account(at), totals_.moved += note.value * 1e-6;
  if (note.metric == M::delegator_yield) account(at), totals_.yield_sum += note.value, ++totals_.yields;
  const auto seat = operator_of_.find(actor);
  if (seat == operator_of_.end()) return;
  account(at);
  if (note.metric == M::validator_down) down_[seat->second] = true;
  if (note.metric == M::validator_up) down_[seat->second] = false;
  if (note.metric == M::validator_left) ++totals_.left;
  if (note.metric == M::validator_joined) ++totals_.joined;
}

/// The first node that decides a height tells for all.
void StakeCollector::decided(Time at, const Note& note) {
  const auto height = static_cast<std::int64_t>(note.subject);
  if (height <= last_height_) return;
  account(at);
  const Duration gap = at - last_block_;
  if (config_.nodes && gap > config_.block_time * 10) totals_.halt_s += seconds(gap - config_.block_time);
  last_height_ = height;
  last_block_ = at;
  totals_.rounds += note.value + 1;
  ++totals_.decided_heights;
}

/// A block names who made it, also where a later round decided it.
void StakeCollector::proposed(const consensus::Decided& decided) {
  if (decided.height <= last_proposed_) return;
  last_proposed_ = decided.height;
  const auto block = consensus::open_value(*decided.proof->value);
  SOUK_CHECK(block.has_value() && "what is decided was opened before");
  ++totals_.blocks;
  const auto node = node_at_.find(block->header.proposer);
  if (node != node_at_.end()) ++totals_.proposed[node->second];
}

void StakeCollector::chain(const ChainNotice& notice) {
  const auto& event = std::get<StakeEvent>(notice.event);
  if (const auto* status = std::get_if<EventValidatorStatus>(&event)) {
    if (!status->jailed) {
      jailed_.erase(status->validator);
    } else if (jailed_.insert(status->validator).second) {
      ++totals_.jailings;
    }
  }
  view_.take(notice);
  if (const auto* slash = std::get_if<EventSlash>(&event)) {
    ++totals_.slashes;
    totals_.slashed += akt(slash->burned_coins);
  } else if (const auto* burn = std::get_if<EventBurn>(&event)) {
    if (burn->amount.denom == Denom::uakt) totals_.burned += akt(burn->amount.amount);
  } else if (const auto* submit = std::get_if<EventSubmitProposal>(&event)) {
    ++totals_.submitted;
    proposals_[submit->proposal_id] = {notice.block_time, false};
  } else if (const auto* vote = std::get_if<EventProposalVote>(&event)) {
    votes_.take(*vote);
  } else if (const auto* cancel = std::get_if<EventCancelProposal>(&event)) {
    votes_.forget(cancel->proposal_id);
  } else if (const auto* end = std::get_if<EventProposalEnded>(&event)) {
    ended(*end, notice.block_time);
  }
}

void StakeCollector::ended(const EventProposalEnded& e, Time at) {
  if (e.result == ProposalResult::expedited_failed || e.result == ProposalResult::dropped)
    votes_.forget(e.proposal_id);
  if (e.result == ProposalResult::expedited_failed) return;  // it goes on
  const auto known = proposals_.find(e.proposal_id);
  if (known == proposals_.end() || known->second.over) return;
  known->second.over = true;
  ++totals_.decided;
  totals_.passed += e.result == ProposalResult::passed ? 1 : 0;
  totals_.decision_days += seconds(at - known->second.at) / 86'400;
  if (e.result != ProposalResult::dropped) uncounted_.push_back(e.proposal_id);
}

/// Tallies are the ledger's own; who stood behind them is what it says of stake now.
void StakeCollector::count_votes(const Ledger& ledger, const StakeState& state) {
  for (const std::uint64_t id : uncounted_) {
    const auto vote = vote_end(ledger, id);
    if (vote && state.bonded > 0) {
      const double turnout = vote->tally.total() / state.bonded;
      totals_.turnout_sum += turnout;
      ++totals_.turnouts;
      totals_.below_quorum += turnout < state.quorum ? 1 : 0;
      totals_.capture_akt += stake_to_turn(vote->tally, state.bonded, vote->rules, vote->passed);
      ++totals_.captures;
      totals_.pool_spent += vote->pool_spent;
      if (vote->passed) {  // as stake was then: one voter at the least could have stopped it
        const auto voters = voters_to_stop(votes_.ballots(ledger, id), state.bonded, vote->rules);
        totals_.pivotal_sum += std::max(1.0, static_cast<double>(voters));
        ++totals_.pivotals;
      }
    }
    votes_.forget(id);
  }
  uncounted_.clear();
}

void StakeCollector::look(const Ledger& ledger, Time now, Entities& entities,
                          std::vector<Measurement>& series) {
  account(now);
  const bool first = totals_.looks == 0 && last_.supply == 0;
  const StakeState state = stake_state(ledger);
  const double spent_before = totals_.pool_spent;
  count_votes(ledger, state);
  if (!first) {
    totals_.minted += state.supply - last_.supply + (totals_.burned - burned_at_look_);
    totals_.pool_income += state.community_pool - last_.community_pool + (totals_.pool_spent - spent_before);
  }
  burned_at_look_ = totals_.burned;
  totals_.heights = std::max(state.height, static_cast<double>(last_height_));
  ++totals_.looks;
  totals_.inflation += state.inflation;
  totals_.bonded_ratio += state.bonded_ratio();
  totals_.apr += state.apr();
  totals_.jailed += state.jailed;
  totals_.in_set += static_cast<double>(state.power.size());
  last_ = state;
  const AddMeasure add = [&](Metric metric, const std::string& entity, double value) {
    series.push_back({now, entities.id(entity), metric, value});
  };
  measure(difference(totals_, sampled_), add);
  measure_state(state, add);
  add(Metric::inflation, chain_entity, state.inflation);
  add(Metric::bonded_ratio, chain_entity, state.bonded_ratio());
  add(Metric::staking_apr, chain_entity, state.apr());
  add(Metric::validators_jailed, chain_entity, state.jailed);
  add(Metric::validators_in_set, chain_entity, static_cast<double>(state.power.size()));
  sampled_ = totals_;
}

/// What adds up over an interval.
void StakeCollector::measure(const StakeTotals& t, const AddMeasure& add) const {
  add(Metric::coins_minted, chain_entity, t.minted);
  add(Metric::coins_burned, chain_entity, t.burned);
  add(Metric::net_mint, chain_entity, t.minted - t.burned);
  add(Metric::pool_spent, chain_entity, t.pool_spent);
  add(Metric::pool_income, chain_entity, t.pool_income);
  add_ratio(Metric::pool_runway, chain_entity, last_.community_pool * t.years * days_per_year, t.pool_spent,
            add);
  add(Metric::slashed, chain_entity, t.slashed);
  add(Metric::slashes, chain_entity, t.slashes);
  add(Metric::jailings, chain_entity, t.jailings);
  add(Metric::validators_left, chain_entity, t.left);
  add(Metric::validators_joined, chain_entity, t.joined);
  add(Metric::stake_moved, chain_entity, t.moved);
  add(Metric::proposals_submitted, chain_entity, t.submitted);
  add(Metric::proposals_decided, chain_entity, t.decided);
  add(Metric::quorum_failures, chain_entity, t.below_quorum);
  add_ratio(Metric::pass_rate, chain_entity, t.passed, t.decided, add);
  add_ratio(Metric::turnout, chain_entity, t.turnout_sum, t.turnouts, add);
  add_ratio(Metric::pivotal_voters, chain_entity, t.pivotal_sum, t.pivotals, add);
  add_ratio(Metric::capture_cost, chain_entity, t.capture_akt * config_.akt_usd, t.captures, add);
  add_ratio(Metric::time_to_decision, chain_entity, t.decision_days, t.decided, add);
  add(Metric::heights, chain_entity, t.heights);
  add_ratio(Metric::rounds_per_height, chain_entity, t.rounds, t.decided_heights, add);
  add_ratio(Metric::signed_share, chain_entity, t.signed_sum, t.commits, add);
  add(Metric::halt_time, chain_entity, t.halt_s / 60);
  if (t.yields > 0) {
    const double yield = t.yield_sum / t.yields;
    add(Metric::delegator_yield, chain_entity, yield);
    const double before = last_.supply - t.minted + t.burned;
    if (before > 0 && t.years > 0) {
      const double growth = (t.minted - t.burned) / before / t.years;
      add(Metric::real_yield, chain_entity, (1 + yield) / (1 + growth) - 1);
    }
  }
  double due = 0;
  double missed = 0;
  for (const auto& [group, s] : t.due_s) {
    const auto down = t.missed_s.find(group);
    const double group_missed = down == t.missed_s.end() ? 0 : down->second;
    add_ratio(Metric::missed_block_share, "operators:" + group, group_missed, s, add);
    due += s;
    missed += group_missed;
  }
  add_ratio(Metric::missed_block_share, chain_entity, missed, due, add);
}

void StakeCollector::measure_proposers(const StakeTotals& t, const AddMeasure& add) const {
  std::map<std::string, double> of_group;
  for (std::size_t node = 0; node < population_.node_keys.size(); ++node) {
    const auto blocks = t.proposed.find(node);
    const double its = blocks == t.proposed.end() ? 0 : blocks->second;
    const ActorId actor = population_.nodes[node];
    add_ratio(Metric::proposer_share, "validator:" + population_.seats[actor.value].name, its, t.blocks, add);
    if (node < group_of_node_.size()) of_group[group_of_node_[node]] += its;
  }
  for (const auto& [group, its] : of_group)
    add_ratio(Metric::proposer_share, "operators:" + group, its, t.blocks, add);
}

/// What is so at one moment.
void StakeCollector::measure_state(const StakeState& state, const AddMeasure& add) const {
  add(Metric::supply, chain_entity, state.supply);
  add(Metric::circulating_supply, chain_entity, state.circulating);
  add(Metric::community_pool, chain_entity, state.community_pool);
  constexpr double third_by_new_stake = 0.5;  // x / (B + x) = 1/3
  add(Metric::attack_cost, chain_entity, third_by_new_stake * state.bonded * config_.akt_usd);
  if (state.power.empty()) return;
  const std::vector<double> powers = values(state.power);
  add(Metric::hhi_stake, chain_entity, sim::hhi_points(powers));
  add(Metric::gini_stake, chain_entity, sim::gini(powers));
  add(Metric::nakamoto_stake, chain_entity, static_cast<double>(sim::nakamoto(powers, 1.0 / 3)));
  add(Metric::nakamoto_stake_half, chain_entity, static_cast<double>(sim::nakamoto(powers, 0.5)));
  std::map<std::string, std::pair<double, double>> groups;  // power, power x commission
  double total = 0;
  double weighted = 0;
  for (const auto& [address, power] : state.power) {
    const KnownValidator* known = view_.find(address);
    const double commission = known == nullptr ? 0 : known->commission;
    total += power;
    weighted += power * commission;
    const auto seat = operator_at_.find(address);
    if (seat == operator_at_.end()) continue;
    auto& group = groups[population_.operators[seat->second].group];
    group.first += power;
    group.second += power * commission;
  }
  if (groups.empty()) return;
  add_ratio(Metric::commission, chain_entity, weighted, total, add);
  for (const auto& [name, group] : groups) {
    add(Metric::stake_share, "operators:" + name, group.first / total);
    add_ratio(Metric::commission, "operators:" + name, group.second, group.first, add);
  }
}

void StakeCollector::summarise(const AddMeasure& add) const {
  // A run that is all warm-up, or ended within it, has nothing to leave out.
  const StakeTotals whole = difference(totals_, warmed_ ? warm_ : StakeTotals{});
  measure(whole, add);
  measure_proposers(whole, add);
  measure_state(last_, add);
  add_ratio(Metric::inflation, chain_entity, whole.inflation, whole.looks, add);
  add_ratio(Metric::bonded_ratio, chain_entity, whole.bonded_ratio, whole.looks, add);
  add_ratio(Metric::staking_apr, chain_entity, whole.apr, whole.looks, add);
  add_ratio(Metric::validators_jailed, chain_entity, whole.jailed, whole.looks, add);
  add_ratio(Metric::validators_in_set, chain_entity, whole.in_set, whole.looks, add);
}

}  // namespace souk::scenarios
