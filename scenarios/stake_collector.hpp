#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/chain/ledger.hpp"
#include "actors/effects.hpp"
#include "actors/validator_view.hpp"
#include "runtime/host.hpp"
#include "scenarios/market_measures.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/population.hpp"
#include "scenarios/vote_margins.hpp"

/// Measures stake, governance and consensus from outside: from what validators publish, from Notes, and from
/// the ledger between two steps of the simulator. It can not change a run.
namespace souk::consensus {
struct Decided;  // actors/consensus/observation.hpp
}

namespace souk::scenarios {

struct StakeCollectorConfig {
  Time genesis{};
  Time warm_up_end{};
  Duration block_time{};
  double akt_usd = 0.5;
  bool nodes = false;  ///< every validator is a node: halts are seen in the blocks, not in who is down
};

/// What a ledger says of stake at one moment. Amounts in AKT.
struct StakeState {
  double height = 0;
  double supply = 0;
  double inflation = 0;
  double bonded = 0;
  double community_tax = 0;
  double community_pool = 0;
  double circulating = 0;
  double quorum = 0;
  double jailed = 0;
  std::map<Address, double> power;  ///< of the active set
  double bonded_ratio() const { return supply > 0 ? bonded / supply : 0; }
  double apr() const { return bonded > 0 ? inflation * (1 - community_tax) * supply / bonded : 0; }
};
StakeState stake_state(const Ledger& ledger);
/// How the vote on a proposal ended.
struct VoteEnd {
  Ballot tally;
  VoteRules rules;  ///< as they are now
  bool passed = false;
  double pool_spent = 0;  ///< by what passed, AKT
};
/// None if the ledger does not know `proposal`.
std::optional<VoteEnd> vote_end(const Ledger& ledger, std::uint64_t proposal);

/// Everything that adds up, from the start of the run. The difference of two is what happened in between.
struct StakeTotals {
  double years = 0;
  double minted = 0, burned = 0, slashed = 0, slashes = 0, jailings = 0, left = 0, joined = 0, moved = 0;
  double submitted = 0, decided = 0, passed = 0, below_quorum = 0;
  double turnout_sum = 0, turnouts = 0, decision_days = 0;
  double pivotal_sum = 0, pivotals = 0, capture_akt = 0, captures = 0;  ///< over ended votes
  double pool_spent = 0, pool_income = 0;
  double heights = 0, rounds = 0, decided_heights = 0, signed_sum = 0, commits = 0, halt_s = 0;
  double yield_sum = 0, yields = 0;
  double looks = 0, inflation = 0, bonded_ratio = 0, apr = 0, jailed = 0, in_set = 0;  ///< sums over looks
  /// Of the power of an operator group: what was there and what was down, times seconds.
  std::map<std::string, double> due_s, missed_s;
  double blocks = 0;                       ///< whose proposer was seen
  std::map<std::size_t, double> proposed;  ///< of those, by node
};
StakeTotals difference(const StakeTotals& later, const StakeTotals& earlier);

class StakeCollector final : public runtime::Collector {
 public:
  /// `population` must outlive the collector.
  StakeCollector(const Population& population, StakeCollectorConfig config);

  void on_effect(Time at, ActorId actor, const Effect& effect) override;
  /// Takes a sample: what happened since the last one, and what `ledger` says now. In the order of time.
  void look(const Ledger& ledger, Time now, Entities& entities, std::vector<Measurement>& series);
  /// The whole run without its warm-up. Call after the last look.
  void summarise(const AddMeasure& add) const;

 private:
  struct Submission {
    Time at{};
    bool over = false;
  };

  void account(Time at);
  void note(Time at, ActorId actor, const Note& note);
  void chain(const ChainNotice& notice);
  void ended(const EventProposalEnded& e, Time at);
  void decided(Time at, const Note& note);
  void proposed(const consensus::Decided& decided);
  void count_votes(const Ledger& ledger, const StakeState& state);
  void measure(const StakeTotals& interval, const AddMeasure& add) const;
  void measure_proposers(const StakeTotals& interval, const AddMeasure& add) const;
  void measure_state(const StakeState& state, const AddMeasure& add) const;
  double down_share() const;

  const Population& population_;
  StakeCollectorConfig config_;
  Topic chain_ = topic_chain();
  std::map<ActorId, std::size_t> operator_of_;  ///< index into Population::operators
  std::map<Address, std::size_t> operator_at_;
  std::map<Address, std::size_t> node_at_;  ///< by the address of its consensus key
  std::vector<std::string> group_of_node_;
  std::vector<bool> down_;  ///< of Population::operators
  ValidatorView view_;
  std::set<Address> jailed_;
  std::map<std::uint64_t, Submission> proposals_;
  VoteBook votes_;
  std::vector<std::uint64_t> uncounted_;  ///< ended votes whose tally is not read yet
  StakeTotals totals_;
  StakeTotals sampled_;
  StakeTotals warm_;
  bool warmed_ = false;
  StakeState last_;
  double burned_at_look_ = 0;
  Time accounted_{};
  Time last_block_{};
  std::int64_t last_height_ = 0;
  Height last_proposed_{};
};

}  // namespace souk::scenarios
