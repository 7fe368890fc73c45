#include "scenarios/vote_margins.hpp"

#include <algorithm>
#include <functional>

#include "actors/chain/staking_economy.hpp"

namespace souk::scenarios {
namespace {

/// How many of the largest `parts` it takes until `enough` of their sum; all and one more if they are not.
template <class Enough>
std::size_t largest_until(std::vector<double> parts, Enough enough) {
  std::sort(parts.begin(), parts.end(), std::greater<>());
  double sum = 0;
  std::size_t count = 0;
  for (const double part : parts) {
    if (enough(sum)) break;
    sum += part;
    ++count;
  }
  return enough(sum) ? count : parts.size() + 1;
}

template <class Part>
std::vector<double> parts_of(const std::vector<Ballot>& ballots, Part part) {
  std::vector<double> parts;
  for (const Ballot& ballot : ballots) parts.push_back(part(ballot));
  return parts;
}

/// 0 of nothing, infinity where a rule leaves no way.
double quotient(double above, double below) { return above <= 0 ? 0 : above / below; }

double tokens(const ValidatorRecord& validator, Dec shares) {
  return validator.shares.is_zero() ? 0 : validator.tokens_of(shares).to_double() * 1e-6;
}

void add(Ballot& ballot, double stake, const std::vector<WeightedVote>& options) {
  for (const WeightedVote& vote : options) {
    const double part = stake * vote.weight.to_double();
    switch (vote.option) {
      case VoteOption::yes: ballot.yes += part; break;
      case VoteOption::abstain: ballot.abstain += part; break;
      case VoteOption::no: ballot.no += part; break;
      case VoteOption::no_with_veto: ballot.veto += part; break;
    }
  }
}

}  // namespace

VoteRules vote_rules(const GovParams& params, bool expedited) {
  return {params.quorum.to_double(), (expedited ? params.expedited_threshold : params.threshold).to_double(),
          params.veto_threshold.to_double()};
}

/// Each bound solves one rule of judge() for the new stake x, with T the total, D the decided and B what is
/// bonded: quorum (T + x) / (B + x) >= q, veto V / (T + x) <= v, threshold (Y + x) / (D + x) > t; and the
/// other way round Y / (D + x) <= t, (V + x) / (T + x) > v.
double stake_to_turn(const Ballot& all, double bonded, const VoteRules& rules, bool passed) {
  const double total = all.total();
  if (passed) {
    const double by_no = all.yes / rules.threshold - all.decided();
    return std::max(0.0, std::min(by_no, quotient(rules.veto * total - all.veto, 1 - rules.veto)));
  }
  return std::max({quotient(rules.quorum * bonded - total, 1 - rules.quorum),
                   quotient(all.veto - rules.veto * total, rules.veto),
                   quotient(rules.threshold * all.decided() - all.yes, 1 - rules.threshold)});
}

std::size_t voters_to_stop(const std::vector<Ballot>& ballots, double bonded, const VoteRules& rules) {
  Ballot all;
  for (const Ballot& b : ballots) {
    all.yes += b.yes;
    all.abstain += b.abstain;
    all.no += b.no;
    all.veto += b.veto;
  }
  const auto yes = parts_of(ballots, [](const Ballot& b) { return b.yes; });
  const auto no_veto = parts_of(ballots, [](const Ballot& b) { return b.total() - b.veto; });
  const auto everything = parts_of(ballots, [](const Ballot& b) { return b.total(); });
  const auto rejected = [&](double sum) { return all.yes - sum <= rules.threshold * all.decided(); };
  const auto vetoed = [&](double sum) { return all.veto + sum > rules.veto * all.total(); };
  const auto no_quorum = [&](double sum) { return all.total() - sum < rules.quorum * bonded; };
  return std::min(
      {largest_until(yes, rejected), largest_until(no_veto, vetoed), largest_until(everything, no_quorum)});
}

std::vector<Ballot> VoteBook::ballots(const Ledger& ledger, std::uint64_t proposal) const {
  const auto found = votes_.find(proposal);
  if (found == votes_.end()) return {};
  const Staking& staking = ledger.economy().staking();
  std::map<Address, Dec> voted_themselves;  // shares, by validator
  std::vector<Ballot> ballots;
  for (const auto& [voter, options] : found->second) {
    Ballot& ballot = ballots.emplace_back();
    staking.each_delegation_of(voter, [&](const Address& validator, Dec shares) {
      const ValidatorRecord* of = staking.find(validator);
      if (of == nullptr || !of->bonded()) return;
      add(ballot, tokens(*of, shares), options);
      voted_themselves[validator] += shares;
    });
  }
  auto ballot = ballots.begin();
  for (const auto& [voter, options] : found->second) {
    const ValidatorRecord* of = staking.find(voter);
    if (of != nullptr && of->bonded())
      add(*ballot, tokens(*of, of->shares - voted_themselves[voter]), options);
    ++ballot;
  }
  return ballots;
}

}  // namespace souk::scenarios
