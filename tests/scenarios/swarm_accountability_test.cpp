#include <gtest/gtest.h>

#include "actors/base/rng.hpp"
#include "scenarios/swarm/accountability.hpp"
#include "scenarios/swarm/second_opinion.hpp"
#include "tests/consensus/statements_fixture.hpp"

namespace souk::scenarios::swarm::test {
namespace {

using namespace consensus;
using consensus::test::chain;
using consensus::test::set_of;
using consensus::test::signed_by;
using consensus::test::value_named;

const KeyedHash verifier;

Commit commit_by(const ValidatorSet& set, std::initializer_list<std::size_t> signers, char value,
                 Round round) {
  Commit commit{{1}, round, value_named(value), std::vector<CommitSignature>(set.size())};
  for (const std::size_t i : signers) {
    const Signed s = signed_by(set, i, {Step::precommit, {1}, round, value_named(value), no_round});
    commit.signatures[i] = {CommitSignature::Kind::for_value, s.validator, s.signature};
  }
  return commit;
}
Signed prevote_by(const ValidatorSet& set, std::size_t i, char value, Round round,
                  Round valid_round = no_round) {
  return signed_by(set, i, {Step::prevote, {1}, round, value_named(value), valid_round});
}

TEST(Accountability, ForkInOneRoundNamesWhoPrecommittedBoth) {
  const ValidatorSet set = set_of({1, 1, 1, 1});
  const Fork fork{commit_by(set, {0, 1, 2}, 'a', 0), commit_by(set, {1, 2, 3}, 'b', 0), {}};
  const auto culprits = accountable(set, chain, fork, verifier);
  ASSERT_EQ(culprits.size(), 2u);
  EXPECT_TRUE(is_third(power_of(culprits), set.total_power()));
  for (const Culprit& c : culprits) {
    EXPECT_EQ(c.offence, Offence::double_precommit);
    EXPECT_TRUE(c.validator == set[1].address || c.validator == set[2].address);
  }
}

TEST(Accountability, ForkOverTwoRoundsNamesWhoForgotItsLock) {
  const ValidatorSet set = set_of({1, 1, 1, 1});
  Fork fork{commit_by(set, {0, 1, 2}, 'a', 0), commit_by(set, {1, 2, 3}, 'b', 2), {}};
  for (const std::size_t i : {1u, 2u, 3u}) fork.statements.push_back(prevote_by(set, i, 'b', 1));
  for (const std::size_t i : {1u, 2u, 3u}) fork.statements.push_back(prevote_by(set, i, 'b', 2, 1));
  const auto culprits = accountable(set, chain, fork, verifier);
  ASSERT_EQ(culprits.size(), 2u);
  EXPECT_TRUE(is_third(power_of(culprits), set.total_power()));
  for (const Culprit& c : culprits) {
    EXPECT_EQ(c.offence, Offence::amnesia);
    EXPECT_EQ(c.second.statement.round, 1);
  }
}

TEST(Accountability, ValidRoundThatNobodySawIsNoExcuse) {
  const ValidatorSet set = set_of({1, 1, 1, 1});
  Fork fork{commit_by(set, {0, 1, 2}, 'a', 0), commit_by(set, {1, 2, 3}, 'b', 2), {}};
  for (const std::size_t i : {1u, 2u, 3u}) fork.statements.push_back(prevote_by(set, i, 'b', 2, 1));
  EXPECT_EQ(accountable(set, chain, fork, verifier).size(), 2u);
}

TEST(Accountability, ChangeOfMindOnAPolkaIsNoOffence) {
  // Validator 1 precommitted a in round 0, and in round 2 prevotes b on the polka of round 1, in which it had
  // no part; 0, 2 and 3 made that polka, and 2 had precommitted a.
  const ValidatorSet set = set_of({1, 1, 1, 1});
  Fork fork{commit_by(set, {1, 2, 0}, 'a', 0), commit_by(set, {0, 2, 3}, 'b', 2), {}};
  for (const std::size_t i : {0u, 2u, 3u}) fork.statements.push_back(prevote_by(set, i, 'b', 1));
  fork.statements.push_back(prevote_by(set, 1, 'b', 2, 1));
  const auto culprits = accountable(set, chain, fork, verifier);
  ASSERT_EQ(culprits.size(), 2u);
  for (const Culprit& c : culprits) EXPECT_NE(c.validator, set[1].address);
}

TEST(Accountability, ForgedStatementsAccuseNobody) {
  const ValidatorSet set = set_of({1, 1, 1, 1});
  Fork fork{commit_by(set, {0, 1, 2}, 'a', 0), commit_by(set, {1, 2, 3}, 'b', 0), {}};
  Signed forged = prevote_by(set, 0, 'b', 0);
  forged.signature[0] ^= 1;
  fork.statements.push_back(prevote_by(set, 0, 'a', 0));
  fork.statements.push_back(forged);
  for (const Culprit& c : accountable(set, chain, fork, verifier)) EXPECT_NE(c.validator, set[0].address);
}

TEST(PlainSet, AgreesWithTheCoresSetOverRandomChanges) {
  Rng rng(1, {0}, Purpose::test, 0);
  std::vector<PowerChange> genesis;
  for (std::uint8_t i = 0; i < 5; ++i) genesis.push_back({{i, 1}, 1 + static_cast<Power>(rng.below(1'000))});
  ValidatorSchedule core = ValidatorSchedule::genesis(ValidatorSet::genesis(genesis).value());
  PlainSchedule plain = PlainSchedule::genesis(PlainSet::genesis(genesis));
  for (int height = 0; height < 2'000; ++height) {
    std::vector<PowerChange> changes;
    if (rng.below(4) == 0) {
      const auto key = static_cast<std::uint8_t>(rng.below(9));
      const bool there = core.next.index_of(address_of({key, 1})).has_value();
      const bool leaves = there && core.next.size() > 2 && rng.below(3) == 0;
      changes.push_back({{key, 1}, leaves ? 0 : 1 + static_cast<Power>(rng.below(1'000))});
    }
    ASSERT_TRUE(core.roll(changes).has_value());
    plain.roll(changes);
    ASSERT_TRUE(plain.next.same_as(core.next)) << "height " << height;
    ProposerOrder order(core.current);
    const auto round = static_cast<Round>(rng.below(12));
    ASSERT_EQ(plain.current.proposer(round), core.current[order.at(round)].address) << height << "/" << round;
  }
}

TEST(PlainSet, ChangesOfABlockRuleTwoHeightsOn) {
  const std::vector<PowerChange> genesis{{{1}, 10}, {{2}, 10}};
  PlainSchedule plain = PlainSchedule::genesis(PlainSet::genesis(genesis));
  const std::vector<PowerChange> joins{{{3}, 10}};
  plain.roll(joins);  // height 1 returned it
  EXPECT_EQ(plain.current.members().size(), 2u);
  EXPECT_EQ(plain.next.members().size(), 3u);
}

}  // namespace
}  // namespace souk::scenarios::swarm::test
