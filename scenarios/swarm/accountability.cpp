#include "scenarios/swarm/accountability.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "actors/consensus/evidence.hpp"
#include "scenarios/swarm/second_opinion.hpp"

namespace souk::scenarios::swarm {

using namespace consensus;

namespace {

Offence offence_of(Step step) {
  if (step == Step::propose) return Offence::double_proposal;
  return step == Step::prevote ? Offence::double_prevote : Offence::double_precommit;
}

/// The precommits for its value that `commit` is made of.
void append(std::vector<Signed>& out, const ValidatorSet& set, const Commit& commit) {
  for (std::uint32_t i = 0; i < commit.signatures.size() && i < set.size(); ++i) {
    const CommitSignature& entry = commit.signatures[i];
    if (entry.kind != CommitSignature::Kind::for_value) continue;
    out.push_back({{Step::precommit, commit.height, commit.round, commit.value, no_round},
                   i,
                   set[i].address,
                   entry.signature});
  }
}

/// What is genuine, each statement once, in one order.
std::vector<Signed> genuine(const ValidatorSet& set, std::string_view chain_id, const Fork& fork,
                            const SignatureVerifier& verifier) {
  std::vector<Signed> all = fork.statements;
  append(all, set, fork.a);
  append(all, set, fork.b);
  std::erase_if(all, [&](const Signed& s) {
    return s.statement.height != fork.a.height || s.index >= set.size() ||
           set[s.index].address != s.validator ||
           !verifier.verify(set[s.index].key, sign_bytes(chain_id, s.statement), s.signature);
  });
  std::sort(all.begin(), all.end(), [](const Signed& x, const Signed& y) {
    return std::tie(x.index, x.statement) < std::tie(y.index, y.statement);
  });
  all.erase(std::unique(all.begin(), all.end(),
                        [](const Signed& x, const Signed& y) {
                          return x.index == y.index && x.statement == y.statement;
                        }),
            all.end());
  return all;
}

class Inquiry {
 public:
  Inquiry(const ValidatorSet& set, std::vector<Signed> statements) : set_(set), all_(std::move(statements)) {}

  void find_equivocations() {
    for (std::size_t i = 0; i + 1 < all_.size(); ++i) {
      for (std::size_t j = i + 1; j < all_.size() && all_[j].index == all_[i].index; ++j) {
        if (contradict(all_[i].statement, all_[j].statement))
          accuse(offence_of(all_[i].statement.step), all_[i], all_[j]);
      }
    }
  }

  /// `early` was decided in an earlier round than the other. The first polka after it for anything else could
  /// rest on no polka since: who precommitted `early` and prevoted there forgot its lock.
  void find_amnesia(const Commit& early, Round last) {
    for (Round r = early.round + 1; r <= last; ++r) {
      for (const ValueId& value : polkas(r)) {
        if (value == early.value) continue;
        for (const Signed& prevote : all_) {
          const Statement& s = prevote.statement;
          if (s.step != Step::prevote || s.round != r || s.value != value) continue;
          const bool excused = s.valid_round >= early.round && is_polka(s.valid_round, value);
          const Signed* precommit = find(prevote.index, Step::precommit, early.round, early.value);
          if (precommit != nullptr && !excused) accuse(Offence::amnesia, *precommit, prevote);
        }
        return;
      }
    }
  }

  std::vector<Culprit> verdict() const {
    std::vector<Culprit> culprits;
    for (const auto& [address, culprit] : guilty_) culprits.push_back(culprit);
    return culprits;
  }

 private:
  void accuse(Offence offence, const Signed& first, const Signed& second) {
    guilty_.try_emplace(first.validator,
                        Culprit{first.validator, set_[first.index].power, offence, first, second});
  }
  const Signed* find(std::uint32_t index, Step step, Round round, const ValueId& value) const {
    for (const Signed& s : all_) {
      if (s.index == index && s.statement.step == step && s.statement.round == round &&
          s.statement.value == value)
        return &s;
    }
    return nullptr;
  }
  bool is_polka(Round round, const ValueId& value) const {
    Power power = 0;
    for (std::uint32_t i = 0; i < set_.size(); ++i) {
      if (find(i, Step::prevote, round, value) != nullptr) power += set_[i].power;
    }
    return is_quorum(power, set_.total_power());
  }
  std::set<ValueId> polkas(Round round) const {
    std::set<ValueId> values;
    for (const Signed& s : all_) {
      if (s.statement.step == Step::prevote && s.statement.round == round && s.statement.value)
        values.insert(*s.statement.value);
    }
    std::erase_if(values, [&](const ValueId& value) { return !is_polka(round, value); });
    return values;
  }

  const ValidatorSet& set_;
  std::vector<Signed> all_;
  std::map<Address, Culprit> guilty_;
};

}  // namespace

std::vector<Culprit> accountable(const ValidatorSet& set, std::string_view chain_id, const Fork& fork,
                                 const SignatureVerifier& verifier) {
  Inquiry inquiry(set, genuine(set, chain_id, fork, verifier));
  inquiry.find_equivocations();
  if (fork.a.value != fork.b.value && fork.a.round != fork.b.round) {
    const Commit& early = fork.a.round < fork.b.round ? fork.a : fork.b;
    inquiry.find_amnesia(early, std::max(fork.a.round, fork.b.round));
  }
  return inquiry.verdict();
}

Power power_of(std::span<const Culprit> culprits) {
  Power power = 0;
  for (const Culprit& culprit : culprits) power += culprit.power;
  return power;
}

}  // namespace souk::scenarios::swarm
