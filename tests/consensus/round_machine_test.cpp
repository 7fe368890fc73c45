#include "actors/consensus/round_machine.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/consensus/statements_fixture.hpp"

namespace souk::consensus::test {
namespace {

using enum Step;

const ValueId a = value_named('a');
const ValueId b = value_named('b');

/// One machine of four equal validators, fed by hand.
struct Bench {
  ValidatorSet set = set_of({1, 1, 1, 1});
  RoundMachine machine{Height{1}};
  VoteKeeper votes{set};
  std::vector<ProposalFacts> proposals;
  std::vector<Taken> taken;

  void start(Round round, bool is_proposer = false) { taken.push_back(machine.start(round, is_proposer)); }
  void propose(Round round, ValueId value, Round valid_round = no_round,
               Judgement judgement = Judgement::valid, bool timely = true) {
    proposals.push_back({round, valid_round, value, judgement, timely});
    settle();
  }
  /// Votes of `count` validators, from `first` on.
  void vote(Step step, Round round, std::optional<ValueId> value, std::size_t count = 3,
            std::size_t first = 0) {
    for (std::size_t i = first; i < first + count; ++i)
      votes.add(vote_by(set, i, step, round, value), machine.round(), true);
    settle();
  }
  void time_out(Step step, Round round) {
    taken.push_back(machine.timeout(step, round));
    settle();
  }
  /// Takes rules until none is enabled, as the core does.
  void settle() {
    while (auto t = machine.next({votes, proposals})) {
      taken.push_back(*t);
      if (t->enter) start(*t->enter);
    }
    if (!taken.empty() && taken.back().enter && taken.back().rule == Rule::timeout_precommit)
      start(*taken.back().enter);
  }
  std::vector<Rule> rules() const {
    std::vector<Rule> all;
    for (const Taken& t : taken) all.push_back(t.rule);
    return all;
  }
};

Statement said(Step step, Round round, std::optional<ValueId> value, Round valid_round = no_round) {
  return {step, {1}, round, value, valid_round};
}

struct Row {
  std::string why;
  std::function<void(Bench&)> run;
  std::vector<Rule> rules;
  std::optional<Statement> last_said;
  RoundMachine::Choice locked;
  RoundMachine::Choice valid;
};

const std::vector<Row> rows = {
    {"11-19: a proposer without a valid value makes one, and has a limit itself",
     [](Bench& t) { t.start(0, true); },
     {Rule::start_propose_new},
     {},
     {},
     {}},
    {"21: who does not propose waits", [](Bench& t) { t.start(0); }, {Rule::start_wait}, {}, {}, {}},
    {"15: a proposer with a valid value proposes it again",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.vote(prevote, 0, a);
       t.start(1, true);
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::polka_lock, Rule::start_propose_valid},
     said(precommit, 0, a),
     {0, a},
     {0, a}},
    {"22-24: a valid value is prevoted",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
     },
     {Rule::start_wait, Rule::first_prevote_value},
     said(prevote, 0, a),
     {},
     {}},
    {"22, 26: an invalid one is not",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a, no_round, Judgement::invalid);
     },
     {Rule::start_wait, Rule::first_prevote_nil_invalid},
     said(prevote, 0, {}),
     {},
     {}},
    {"22: while validity is unknown nothing happens",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a, no_round, Judgement::unknown);
     },
     {Rule::start_wait},
     {},
     {},
     {}},
    {"22, PBTS: a fresh value of a wrong time is not prevoted",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a, no_round, Judgement::valid, false);
     },
     {Rule::start_wait, Rule::first_prevote_nil_untimely},
     said(prevote, 0, {}),
     {},
     {}},
    {"22, 26: who is locked on another prevotes nil",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.vote(prevote, 0, a);
       t.start(1);
       t.propose(1, b);
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::polka_lock, Rule::start_wait,
      Rule::first_prevote_nil_locked},
     said(prevote, 1, {}),
     {0, a},
     {0, a}},
    {"22: who is locked on the same value prevotes it",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.vote(prevote, 0, a);
       t.start(1);
       t.propose(1, a);
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::polka_lock, Rule::start_wait,
      Rule::first_prevote_value},
     said(prevote, 1, a),
     {0, a},
     {0, a}},
    {"28-30: a value with a polka at vr is prevoted, whatever its time, and the vote names vr",
     [](Bench& t) {
       t.start(0);
       t.vote(prevote, 0, a);
       t.start(1);
       t.propose(1, a, 0, Judgement::valid, false);
     },
     {Rule::start_wait, Rule::start_wait, Rule::again_prevote_value},
     said(prevote, 1, a, 0),
     {},
     {}},
    {"28: without the polka nothing happens",
     [](Bench& t) {
       t.start(0);
       t.start(1);
       t.propose(1, a, 0);
       t.vote(prevote, 0, a, 2);
     },
     {Rule::start_wait, Rule::start_wait},
     {},
     {},
     {}},
    {"28: a valid round that is not below the round is none",
     [](Bench& t) {
       t.start(1);
       t.vote(prevote, 1, a);
       t.propose(1, a, 1);
     },
     {Rule::start_wait},
     {},
     {},
     {}},
    {"28, 32: an invalid value with a polka is not prevoted",
     [](Bench& t) {
       t.start(0);
       t.vote(prevote, 0, a);
       t.start(1);
       t.propose(1, a, 0, Judgement::invalid);
     },
     {Rule::start_wait, Rule::start_wait, Rule::again_prevote_nil_invalid},
     said(prevote, 1, {}),
     {},
     {}},
    {"28, 32: who locked later on another prevotes nil",
     [](Bench& t) {
       t.start(0);
       t.vote(prevote, 0, b);
       t.start(1);
       t.propose(1, a);
       t.vote(prevote, 1, a);
       t.start(2);
       t.propose(2, b, 0);
     },
     {Rule::start_wait, Rule::start_wait, Rule::first_prevote_value, Rule::polka_lock, Rule::start_wait,
      Rule::again_prevote_nil_locked},
     said(prevote, 2, {}),
     {1, a},
     {1, a}},
    {"28-30: who locked earlier follows the later polka, and keeps the lock until it sees its own",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.vote(prevote, 0, a);
       t.start(1);
       t.vote(prevote, 1, b);
       t.start(2);
       t.propose(2, b, 1);
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::polka_lock, Rule::start_wait, Rule::start_wait,
      Rule::again_prevote_value},
     said(prevote, 2, b, 1),
     {0, a},
     {0, a}},
    {"34-35: any +2/3 prevotes arm the timeout, once",
     [](Bench& t) {
       t.start(0);
       t.time_out(propose, 0);
       t.vote(prevote, 0, a, 2);
       t.vote(prevote, 0, {}, 1, 2);
       t.vote(prevote, 0, {}, 1, 3);
     },
     {Rule::start_wait, Rule::timeout_propose, Rule::polka_any},
     said(prevote, 0, {}),
     {},
     {}},
    {"34: in propose they do not",
     [](Bench& t) {
       t.start(0);
       t.vote(prevote, 0, b);
     },
     {Rule::start_wait},
     {},
     {},
     {}},
    {"36-41: a polka for a valid proposal locks and precommits",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.vote(prevote, 0, a);
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::polka_lock},
     said(precommit, 0, a),
     {0, a},
     {0, a}},
    {"36, 42-43: after a precommit of nil it sets the valid value only",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.time_out(prevote, 0);
       t.vote(prevote, 0, a);
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::timeout_prevote, Rule::polka_valid_only},
     said(precommit, 0, {}),
     {},
     {0, a}},
    {"36: not in propose: a proposal that waits for its polka at vr does not lock at once",
     [](Bench& t) {
       t.start(1);
       t.propose(1, a, 0);
       t.vote(prevote, 1, a);
     },
     {Rule::start_wait},
     {},
     {},
     {}},
    {"44-46: a polka for nil precommits nil and keeps the lock",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.vote(prevote, 0, a);
       t.start(1);
       t.time_out(propose, 1);
       t.vote(prevote, 1, {});
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::polka_lock, Rule::start_wait, Rule::timeout_propose,
      Rule::polka_nil},
     said(precommit, 1, {}),
     {0, a},
     {0, a}},
    {"47-48: any +2/3 precommits arm the timeout, in any step, once",
     [](Bench& t) {
       t.start(0);
       t.vote(precommit, 0, a, 2);
       t.vote(precommit, 0, {}, 2, 2);
     },
     {Rule::start_wait, Rule::precommit_any},
     {},
     {},
     {}},
    {"49-54: +2/3 precommits of this round decide",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.vote(precommit, 0, a);
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::decide},
     said(prevote, 0, a),
     {},
     {}},
    {"49: exactly 2/3 do not",
     [](Bench& t) {
       t.set = set_of({2, 2, 2});
       t.votes = VoteKeeper(t.set);
       t.start(0);
       t.propose(0, a);
       t.vote(precommit, 0, a, 2);
     },
     {Rule::start_wait, Rule::first_prevote_value},
     said(prevote, 0, a),
     {},
     {}},
    {"49-54: of an earlier round too",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.start(1);
       t.vote(precommit, 0, a);
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::start_wait, Rule::decide_earlier_round},
     said(prevote, 0, a),
     {},
     {}},
    {"49-54: of a later round, before skipping to it",
     [](Bench& t) {
       t.start(0);
       t.votes.add(vote_by(t.set, 0, precommit, 1, a), 0, true);
       t.votes.add(vote_by(t.set, 1, precommit, 1, a), 0, true);
       t.votes.add(vote_by(t.set, 2, precommit, 1, a), 0, true);
       t.propose(1, a);
     },
     {Rule::start_wait, Rule::decide_later_round},
     {},
     {},
     {}},
    {"49: not an invalid value",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a, no_round, Judgement::invalid);
       t.vote(precommit, 0, a);
     },
     {Rule::start_wait, Rule::first_prevote_nil_invalid, Rule::precommit_any},
     said(prevote, 0, {}),
     {},
     {}},
    {"55-56: more than 1/3 in a later round, prevotes and precommits together, start it",
     [](Bench& t) {
       t.start(0);
       t.vote(prevote, 7, {}, 1, 0);
       t.vote(precommit, 7, {}, 1, 1);
     },
     {Rule::start_wait, Rule::skip_round, Rule::start_wait},
     {},
     {},
     {}},
    {"55: exactly 1/3 do not",
     [](Bench& t) {
       t.set = set_of({2, 2, 2});
       t.votes = VoteKeeper(t.set);
       t.start(0);
       t.vote(prevote, 7, {}, 1);
     },
     {Rule::start_wait},
     {},
     {},
     {}},
    {"57-60: no proposal in time: nil",
     [](Bench& t) {
       t.start(0);
       t.time_out(propose, 0);
     },
     {Rule::start_wait, Rule::timeout_propose},
     said(prevote, 0, {}),
     {},
     {}},
    {"57: stale after the prevote",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.time_out(propose, 0);
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::timeout_propose_stale},
     said(prevote, 0, a),
     {},
     {}},
    {"61: stale in another round",
     [](Bench& t) {
       t.start(0);
       t.propose(0, a);
       t.start(1);
       t.time_out(prevote, 0);
     },
     {Rule::start_wait, Rule::first_prevote_value, Rule::start_wait, Rule::timeout_prevote_stale},
     said(prevote, 0, a),
     {},
     {}},
    {"65-67: the next round",
     [](Bench& t) {
       t.start(0);
       t.time_out(precommit, 0);
     },
     {Rule::start_wait, Rule::timeout_precommit, Rule::start_wait},
     {},
     {},
     {}},
    {"65: stale in another round",
     [](Bench& t) {
       t.start(1);
       t.time_out(precommit, 0);
     },
     {Rule::start_wait, Rule::timeout_precommit_stale},
     {},
     {},
     {}},
};

TEST(RoundMachine, TakesTheRulesOfTheTable) {
  for (const Row& row : rows) {
    Bench bench;
    row.run(bench);
    EXPECT_EQ(bench.rules(), row.rules) << row.why;
    std::optional<Statement> last_said;
    for (const Taken& t : bench.taken) {
      if (t.say) last_said = t.say;
    }
    EXPECT_EQ(last_said, row.last_said) << row.why;
    EXPECT_EQ(bench.machine.locked(), row.locked) << row.why;
    EXPECT_EQ(bench.machine.valid(), row.valid) << row.why;
  }
}

TEST(RoundMachine, TheTableTakesEveryRule) {
  std::set<Rule> taken;
  for (const Row& row : rows) {
    Bench bench;
    row.run(bench);
    for (const Taken& t : bench.taken) taken.insert(t.rule);
  }
  for (const Rule rule : enum_values<Rule>) EXPECT_TRUE(taken.contains(rule)) << enum_name(rule);
}

TEST(RoundMachine, PrefersADecisionToSkippingARound) {
  Bench t;
  t.start(0);
  for (std::size_t i = 0; i < 3; ++i) t.votes.add(vote_by(t.set, i, precommit, 1, a), 0, true);
  t.proposals.push_back({1, no_round, a, Judgement::valid, true});
  EXPECT_EQ(t.machine.next({t.votes, t.proposals})->rule, Rule::decide_later_round);
}

TEST(RoundMachine, BeforeTheHeightBeginsItOnlyDecidesOrFollowsOthersIntoARound) {
  Bench t;
  t.propose(0, a);
  t.vote(prevote, 0, a, 1);
  EXPECT_TRUE(t.taken.empty());
  t.vote(prevote, 0, a, 1, 1);
  EXPECT_EQ(t.rules(), (std::vector{Rule::skip_round, Rule::start_wait, Rule::first_prevote_value}));
}

TEST(RoundMachine, TwoProposalsOfOneRoundBothCount) {
  Bench t;
  t.start(0);
  t.propose(0, a);
  t.propose(0, b);
  t.vote(prevote, 0, b);
  EXPECT_EQ(t.machine.locked(), (RoundMachine::Choice{0, b}));
  EXPECT_EQ(t.taken.back().say, said(precommit, 0, b));
}

}  // namespace
}  // namespace souk::consensus::test
