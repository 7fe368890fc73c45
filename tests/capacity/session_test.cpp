#include "actors/capacity/session.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "tests/capacity/sessions.hpp"

namespace souk::capacity {
namespace {

using namespace test;

TEST(Commit, IsWellFormedWithAMajorityOfBitsAndNoneTooHigh) {
  for (const std::uint32_t validators : {3u, 5u}) {
    const Challenge c = challenge(validators);
    const Hash id = challenge_id(c);
    for (unsigned mask = 0; mask < 256; ++mask) {
      const bool expected =
          std::popcount(mask) >= static_cast<int>((validators + 1) / 2) && mask >> validators == 0;
      EXPECT_EQ(is_well_formed(commit(1, static_cast<std::uint8_t>(mask), c), id, validators), expected)
          << mask;
    }
  }
}

TEST(Commit, OfAnotherChallengeIsNotWellFormed) {
  Commit other = fill_commit();
  other.id[31] ^= 1;
  EXPECT_FALSE(is_well_formed(other, challenge_id(challenge()), 3));
}

TEST(Commit, SaysTheSameUnderAnotherSignatureOnly) {
  Commit other = fill_commit();
  other.signature[0] ^= 1;
  EXPECT_TRUE(is_same_statement(fill_commit(), other));
  other.mask = 3;
  EXPECT_FALSE(is_same_statement(fill_commit(), other));
  EXPECT_FALSE(is_same_statement(fill_commit(), sweep_commit()));
}

SeedRound round_after(std::int64_t blocks) {
  SeedRound round(challenge());
  EXPECT_TRUE(round.on(commits_final()));
  for (std::int64_t b = 1; b <= blocks; ++b) round.on(block_final(b));
  return round;
}

TEST(SeedRound, IsReadyOnceAllSecretsAreKnown) {
  SeedRound round = round_after(1);
  EXPECT_TRUE(round.may_reveal());
  EXPECT_TRUE(round.on(secret_final(2)));
  EXPECT_TRUE(round.on(secret_final(0)));
  EXPECT_FALSE(round.is_ready());
  EXPECT_TRUE(round.on(secret_final(1)));
  EXPECT_TRUE(round.is_ready());
  EXPECT_EQ(round.block(), block_final(1).hash);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(round.secrets()[i], secret(i));
}

TEST(SeedRound, ClosesTwoBlocksAfterTheSeedsBlock) {
  SeedRound round = round_after(1);
  EXPECT_TRUE(round.on(secret_final(1)));
  EXPECT_FALSE(round.on(block_final(2)));
  EXPECT_FALSE(round.is_ready());
  EXPECT_TRUE(round.on(secret_final(0, 3)));
  EXPECT_TRUE(round.on(block_final(3)));
  EXPECT_TRUE(round.is_ready());
  EXPECT_FALSE(round.secrets()[2]);
  EXPECT_FALSE(round.on(secret_final(2, 3)));  // too late, whatever it says
}

TEST(SeedRound, TakesNoSecretBeforeItsTimeOrAfter) {
  SeedRound before_commits(challenge());
  EXPECT_FALSE(before_commits.on(secret_final(0)));
  EXPECT_FALSE(before_commits.on(block_final(1)));
  SeedRound before_block = round_after(0);
  EXPECT_FALSE(before_block.may_reveal());
  EXPECT_FALSE(before_block.on(secret_final(0)));
  SeedRound round = round_after(1);
  EXPECT_FALSE(round.on(secret_final(0, 1)));
  EXPECT_FALSE(round.on(secret_final(0, 4)));
  EXPECT_TRUE(round.on(secret_final(0, 3)));
}

TEST(SeedRound, TakesNoSecretThatDoesNotLeadToItsAnchor) {
  SeedRound round = round_after(1);
  SecretFinal false_secret = secret_final(0);
  false_secret.z = secret(1);
  EXPECT_FALSE(round.on(false_secret));
  EXPECT_FALSE(round.on(SecretFinal{committed_at + Blocks{2}, 3, secret(0)}));
  EXPECT_TRUE(round.on(secret_final(0)));
  EXPECT_FALSE(round.on(secret_final(0)));  // once
}

TEST(SeedRound, KeepsTheFirstCommitsAndTheFirstBlock) {
  SeedRound round = round_after(1);
  EXPECT_FALSE(round.on(CommitsFinal{committed_at + Blocks{5}, fill_commit(), sweep_commit()}));
  EXPECT_FALSE(round.on(BlockFinal{committed_at + Blocks{1}, hash_of(0x99)}));
  EXPECT_EQ(round.block(), block_final(1).hash);
}

}  // namespace
}  // namespace souk::capacity
