#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "actors/chain/ledger.hpp"
#include "actors/chain/stake_events.hpp"
#include "actors/chain/stake_params.hpp"

/// How near votes came to ending otherwise. Rules: gov_tally.cpp (akash-chain.md section 8.6); amounts in
/// AKT, as fractions, for statistics only.
namespace souk::scenarios {

/// Stake behind each option: of one voter, or of all.
struct Ballot {
  double yes = 0, abstain = 0, no = 0, veto = 0;
  double total() const { return yes + abstain + no + veto; }
  double decided() const { return yes + no + veto; }
};

struct VoteRules {
  double quorum = 0;
  double threshold = 0;
  double veto = 0;
};
VoteRules vote_rules(const GovParams& params, bool expedited);

/// The least new stake that turns the result of a tally, all others voting as in `all`: it votes yes on what
/// did not pass, no or veto on what did. 0: next to nothing would have. REQUIRES: shares of `rules` in (0,
/// 1).
double stake_to_turn(const Ballot& all, double bonded, const VoteRules& rules, bool passed);

/// The fewest voters that could have stopped what passed with `ballots`: by no instead of yes, by a veto, or
/// by not voting, all of them alike.
std::size_t voters_to_stop(const std::vector<Ballot>& ballots, double bonded, const VoteRules& rules);

/// The votes on proposals that are not over.
class VoteBook {
 public:
  void take(const EventProposalVote& vote) { votes_[vote.proposal_id][vote.voter] = vote.options; }
  /// What the voters of `proposal` have behind them, by address: a delegator his delegations to bonded
  /// validators, a validator what is delegated to it by those who did not vote.
  std::vector<Ballot> ballots(const Ledger& ledger, std::uint64_t proposal) const;
  /// Votes count no more: the proposal is over, or goes on without them.
  void forget(std::uint64_t proposal) { votes_.erase(proposal); }
  std::size_t size() const { return votes_.size(); }

 private:
  using Votes = std::map<Address, std::vector<WeightedVote>>;
  std::map<std::uint64_t, Votes> votes_;
};

}  // namespace souk::scenarios
