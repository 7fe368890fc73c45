// How near votes came to ending otherwise, against the chain's own judge.
#include "scenarios/vote_margins.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "actors/base/rng.hpp"
#include "actors/chain/gov.hpp"
#include "actors/chain/staking_economy.hpp"

namespace souk::scenarios {
namespace {

constexpr VoteRules rules{0.334, 0.5, 0.334};

Dec dec(double akt) { return Dec::nearest(akt * 1e6); }

bool passes(const Ballot& b, double bonded) {
  GovParams params;
  params.quorum = Dec::nearest(rules.quorum);
  params.threshold = Dec::nearest(rules.threshold);
  params.veto_threshold = Dec::nearest(rules.veto);
  const TallyPowers powers{dec(b.yes), dec(b.abstain), dec(b.no), dec(b.veto), dec(b.total())};
  return judge(powers, dec(bonded).truncate(), false, params).passes;
}

TEST(StakeToTurn, OnPaper) {
  // 100 bonded, quorum 33.4, 30 of 30 for it: x with (30 + x) / (100 + x) = 0.334.
  EXPECT_NEAR(stake_to_turn({30, 0, 0, 0}, 100, rules, false), 3.4 / 0.666, 1e-9);
  // 40 for, 50 against: 10 more for it make a draw.
  EXPECT_NEAR(stake_to_turn({40, 0, 50, 0}, 100, rules, false), 10, 1e-9);
  // 50 for, 40 against: 10 more against it; by veto it would take more.
  EXPECT_NEAR(stake_to_turn({50, 0, 40, 0}, 100, rules, true), 10, 1e-9);
  // Nobody against 60: a veto of x with x / (60 + x) = 0.334 is cheaper than 60.
  EXPECT_NEAR(stake_to_turn({60, 0, 0, 0}, 100, rules, true), 60 * 0.334 / 0.666, 1e-9);
  EXPECT_EQ(stake_to_turn({60, 0, 0, 0}, 100, {1, 1, 0.5}, false), HUGE_VAL) << "a quorum of all";
}

TEST(StakeToTurn, ALittleMoreTurnsTheResultAndALittleLessDoesNot) {
  Rng rng(1, ActorId{0}, Purpose::setup, 0);
  for (int i = 0; i < 2'000; ++i) {
    const Ballot b{rng.uniform() * 50, rng.uniform() * 10, rng.uniform() * 30, rng.uniform() * 30};
    const double bonded = b.total() + rng.uniform() * 300;
    const bool passed = passes(b, bonded);
    const double x = stake_to_turn(b, bonded, rules, passed);
    const auto turned = [&](double stake) {
      Ballot by_no = b;
      by_no.no += stake;
      Ballot by_veto = b;
      by_veto.veto += stake;
      Ballot by_yes = b;
      by_yes.yes += stake;
      if (!passed) return passes(by_yes, bonded + stake);
      return !passes(by_no, bonded + stake) || !passes(by_veto, bonded + stake);
    };
    EXPECT_TRUE(turned(x * 1.0001 + 0.001)) << i;
    if (x <= 0.01) continue;
    EXPECT_FALSE(turned(x * 0.9999 - 0.001)) << i;
  }
}

/// By trying every set of voters.
std::size_t voters_by_trying(const std::vector<Ballot>& ballots, double bonded) {
  std::size_t fewest = ballots.size() + 1;
  for (std::uint32_t set = 0; set < 1u << ballots.size(); ++set) {
    Ballot no;
    Ballot veto;
    Ballot away;
    std::size_t size = 0;
    for (std::size_t i = 0; i < ballots.size(); ++i) {
      const bool in = (set >> i & 1) != 0;
      size += in ? 1 : 0;
      const Ballot& b = ballots[i];
      const auto count = [&](Ballot& all, const Ballot& as) {
        all.yes += as.yes;
        all.abstain += as.abstain;
        all.no += as.no;
        all.veto += as.veto;
      };
      count(no, in ? Ballot{0, b.abstain, b.no + b.yes, b.veto} : b);
      count(veto, in ? Ballot{0, 0, 0, b.total()} : b);
      if (!in) count(away, b);
    }
    const bool stopped = !passes(no, bonded) || !passes(veto, bonded) || !passes(away, bonded);
    if (stopped) fewest = std::min(fewest, size);
  }
  return fewest;
}

TEST(VotersToStop, AreTheFewestOfAllSets) {
  Rng rng(1, ActorId{0}, Purpose::setup, 1);
  int tried = 0;
  for (int i = 0; i < 300; ++i) {
    std::vector<Ballot> ballots;
    Ballot all;
    for (int voter = 0; voter < 8; ++voter) {
      const double stake = std::exp(4 * rng.uniform());
      const double kind = rng.uniform();
      Ballot b{kind < 0.7 ? stake : 0, kind >= 0.9 ? stake : 0, kind >= 0.7 && kind < 0.9 ? stake : 0, 0};
      if (voter == 0) b = {stake / 2, 0, stake / 4, stake / 4};  // a split vote
      ballots.push_back(b);
      all.yes += b.yes, all.abstain += b.abstain, all.no += b.no, all.veto += b.veto;
    }
    const double bonded = all.total() * (1 + 2 * rng.uniform());
    if (!passes(all, bonded)) continue;
    ++tried;
    EXPECT_EQ(voters_to_stop(ballots, bonded, rules), voters_by_trying(ballots, bonded)) << i;
  }
  EXPECT_GT(tried, 100);
}

Address account(int i) { return module_address("margins/" + std::to_string(i)); }

TEST(VoteBook, CountsADelegatorsOwnVoteAndTakesItFromHisValidator) {
  Genesis genesis;
  for (const auto& [i, stake] : {std::pair{0, 60}, {1, 40}}) {
    MsgCreateValidator create;
    create.moniker = "v";
    create.commission = {Dec::from_raw(Dec::scale / 20), Dec::from_int(1), Dec::from_int(1)};
    create.validator = account(i);
    create.key[0] = static_cast<std::uint8_t>(i + 1);
    create.value = {Denom::uakt, {stake * 1'000'000}};
    genesis.balances.push_back({account(i), {create.value}});
    genesis.validators.push_back({std::move(create)});
  }
  genesis.balances.push_back({account(2), {{Denom::uakt, {30'000'000}}}});
  genesis.delegations.push_back({account(2), account(0), {20'000'000}});
  const Ledger ledger{genesis};

  VoteBook book;
  const auto vote = [&](int who, std::vector<WeightedVote> options) {
    book.take({7, account(who), std::move(options)});
  };
  const Dec half = Dec::from_raw(Dec::scale / 2);
  vote(0, {{VoteOption::no, Dec::from_int(1)}});
  vote(0, {{VoteOption::yes, Dec::from_int(1)}});  // the later one counts
  vote(2, {{VoteOption::no, half}, {VoteOption::abstain, half}});
  Ballot all;
  for (const Ballot& b : book.ballots(ledger, 7)) {
    all.yes += b.yes;
    all.abstain += b.abstain;
    all.no += b.no;
    all.veto += b.veto;
  }
  EXPECT_NEAR(all.yes, 60, 1e-6) << "what is delegated to it votes for itself";
  EXPECT_NEAR(all.no, 10, 1e-6);
  EXPECT_NEAR(all.abstain, 10, 1e-6);
  EXPECT_EQ(all.veto, 0);
  book.forget(7);
  EXPECT_TRUE(book.ballots(ledger, 7).empty());
  EXPECT_EQ(book.size(), 0u);
}

}  // namespace
}  // namespace souk::scenarios
