#include "actors/consensus/vote_keeper.hpp"

#include <algorithm>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/consensus/mutation.hpp"
#include "actors/consensus/thresholds.hpp"

namespace souk::consensus {
namespace {

std::size_t ballot_of(Step step) {
  SOUK_CHECK(step != Step::propose);
  return step == Step::prevote ? 0 : 1;
}

/// Votes kept of one validator, round and step whatever they are for.
constexpr std::uint32_t kept_unnamed_max = 2;

}  // namespace

VoteKeeper::VoteKeeper(const ValidatorSet& set) : total_(set.total_power()), highest_(set.size(), no_round) {
  for (const Validator& v : set.validators()) {
    powers_.push_back(v.power);
    addresses_.push_back(v.address);
  }
}

const VoteKeeper::Ballot* VoteKeeper::find(Step step, Round round) const {
  const auto votes = rounds_.find(round);
  return votes == rounds_.end() ? nullptr : &votes->second[ballot_of(step)];
}

const VoteKeeper::Tally* VoteKeeper::find(Step step, Round round, const std::optional<ValueId>& value) const {
  const Ballot* ballot = find(step, round);
  if (ballot == nullptr) return nullptr;
  for (const Tally& t : ballot->tallies) {
    if (t.value == value) return &t;
  }
  return nullptr;
}

VoteKeeper::Tally& VoteKeeper::tally(Ballot& ballot, const std::optional<ValueId>& value) const {
  for (Tally& t : ballot.tallies) {
    if (t.value == value) return t;
  }
  return ballot.tallies.emplace_back(Tally{value, 0, std::vector<bool>(powers_.size()), {}});
}

const Vote* VoteKeeper::any_vote_of(const Ballot& ballot, std::uint32_t index) const {
  for (const Tally& t : ballot.tallies) {
    for (const Vote& v : t.votes) {
      if (v.index == index) return &v;
    }
  }
  return nullptr;
}

VoteKeeper::Added VoteKeeper::probe(const Vote& vote, Round current, bool named) const {
  const Statement& s = vote.statement;
  SOUK_CHECK(vote.index < powers_.size() && s.round >= 0);
  if (s.round > current + 1) return highest_[vote.index] >= s.round ? Added::duplicate : Added::noted;
  if (s.round < current && !s.value) return Added::useless;
  const Tally* same = find(s.step, s.round, s.value);
  if (same != nullptr && same->has[vote.index])
    return SOUK_CONSENSUS_MUTATE(vote_counted_twice) ? Added::counted : Added::duplicate;
  const Ballot* ballot = find(s.step, s.round);
  const std::uint32_t kept = ballot == nullptr || ballot->kept.empty() ? 0 : ballot->kept[vote.index];
  // The earlier vote may have been one for nil that is forgotten by now; then there is nothing to show.
  if (kept == 0 || any_vote_of(*ballot, vote.index) == nullptr) return Added::counted;
  return kept < kept_unnamed_max || (named && s.value) ? Added::contradicts : Added::surplus;
}

VoteKeeper::Outcome VoteKeeper::add(const Vote& vote, Round current, bool named) {
  const Added added = probe(vote, current, named);
  if (added == Added::duplicate || added == Added::surplus || added == Added::useless)
    return {added, std::nullopt};
  const Statement& s = vote.statement;
  highest_[vote.index] = std::max(highest_[vote.index], s.round);
  highest_of_all_ = std::max(highest_of_all_, s.round);
  if (added == Added::noted) return {added, std::nullopt};
  Ballot& ballot = rounds_[s.round][ballot_of(s.step)];
  if (ballot.kept.empty()) ballot.kept.resize(powers_.size());
  Outcome outcome{added, std::nullopt};
  if (added == Added::contradicts) outcome.earlier = *any_vote_of(ballot, vote.index);
  if (ballot.kept[vote.index]++ == 0) ballot.power_any += powers_[vote.index];
  Tally& counted = tally(ballot, s.value);
  counted.has[vote.index] = true;
  counted.power += powers_[vote.index];
  counted.votes.push_back(vote);
  return outcome;
}

Power VoteKeeper::power_for(Step step, Round round, const std::optional<ValueId>& value) const {
  const Tally* t = find(step, round, value);
  return t == nullptr ? 0 : t->power;
}

bool VoteKeeper::quorum_for(Step step, Round round, const std::optional<ValueId>& value) const {
  if (SOUK_CONSENSUS_MUTATE(quorum_at_two_thirds))
    return static_cast<i128>(power_for(step, round, value)) * 3 >= static_cast<i128>(total_) * 2;
  return has_quorum(power_for(step, round, value), total_);
}

bool VoteKeeper::quorum_any(Step step, Round round) const {
  const Ballot* ballot = find(step, round);
  return ballot != nullptr && has_quorum(ballot->power_any, total_);
}

bool VoteKeeper::complete(Step step, Round round) const {
  const Ballot* ballot = find(step, round);
  return ballot != nullptr && ballot->power_any == total_;
}

std::optional<Round> VoteKeeper::skip_to(Round current) const {
  if (highest_of_all_ <= current) return std::nullopt;
  std::vector<std::pair<Round, Power>> ahead;
  for (std::size_t i = 0; i < highest_.size(); ++i) {
    if (highest_[i] > current) ahead.emplace_back(highest_[i], powers_[i]);
  }
  std::sort(ahead.begin(), ahead.end(), std::greater<>());
  Power power = 0;
  for (const auto& [round, its] : ahead) {
    power += its;
    if (has_third(power, total_)) return round;
  }
  return std::nullopt;
}

void VoteKeeper::forget_nil_below(Round current) {
  for (auto at = rounds_.begin(); at != rounds_.end() && at->first < current; ++at) {
    for (Ballot& ballot : at->second) {
      if (std::exchange(ballot.nil_forgotten, true)) continue;
      std::erase_if(ballot.tallies, [](const Tally& t) { return !t.value; });
    }
  }
}

std::vector<Vote> VoteKeeper::votes() const {
  std::vector<Vote> all;
  for (const auto& [round, ballots] : rounds_) {
    for (const Ballot& ballot : ballots) {
      for (const Tally& t : ballot.tallies) all.insert(all.end(), t.votes.begin(), t.votes.end());
    }
  }
  return all;
}

std::size_t VoteKeeper::vote_count() const {
  std::size_t count = 0;
  for (const auto& [round, ballots] : rounds_) {
    for (const Ballot& ballot : ballots) {
      for (const Tally& t : ballot.tallies) count += t.votes.size();
    }
  }
  return count;
}

const Vote* VoteKeeper::find_vote(Step step, Round round, const std::optional<ValueId>& value,
                                  std::uint32_t index) const {
  const Tally* t = find(step, round, value);
  if (t == nullptr || !t->has[index]) return nullptr;
  for (const Vote& v : t->votes) {
    if (v.index == index) return &v;
  }
  return nullptr;
}

Commit VoteKeeper::commit(Height height, Round round, const ValueId& value) const {
  Commit result{height, round, value, std::vector<CommitSignature>(powers_.size())};
  const auto take = [&](const Tally* t, CommitSignature::Kind kind) {
    if (t == nullptr) return;
    for (const Vote& v : t->votes) result.signatures[v.index] = {kind, addresses_[v.index], v.signature};
  };
  take(find(Step::precommit, round, std::nullopt), CommitSignature::Kind::for_nil);
  take(find(Step::precommit, round, value), CommitSignature::Kind::for_value);
  return result;
}

}  // namespace souk::consensus
