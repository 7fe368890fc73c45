#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "actors/capacity/session.hpp"
#include "tests/capacity/cheats.hpp"

/// Section 3 F5: a seed made of public things is ground until its openings miss the junk. The seed of version
/// 2 has the validators' secrets in it, which are told when everything else is final.
namespace souk::capacity::cheats {
namespace {

/// What version 1 drew the openings from: the next block's hash, which its proposer shapes, and commit 2.
Hash version1_seed(const Hash& block, const Hash& last_sweep_link) {
  Blake3 hash;
  hash.add(block);
  hash.add(last_sweep_link);
  return hash.finish();
}

/// A quarter of all links are junk and 24 openings look: a seed misses them with (3/4)^24 = 0.1 %.
const CheatingProver& lazy_prover() {
  static const CheatingProver prover = [] {
    Cheat cheat;
    cheat.junk = [](std::uint32_t t, std::span<std::uint8_t> state) {
      return t % 4 == 2 && write_zeros(state);
    };
    return CheatingProver(small_challenge(4, 1, 2, 1, 24, 0), cheat);
  }();
  return prover;
}

bool misses_the_junk(const Hash& seed) {
  const Params& params = lazy_prover().params();
  const auto rounds = opened_rounds(params, draw_openings(params, seed));
  return std::ranges::none_of(rounds, [](std::uint32_t t) { return t % 4 == 2; });
}

/// The first `count` block hashes among `tries` whose seed misses the junk.
template <class SeedOf>
std::vector<Hash> grind(std::size_t count, std::uint32_t tries, SeedOf seed_of) {
  std::vector<Hash> found;
  for (std::uint32_t header = 0; header < tries && found.size() < count; ++header) {
    if (misses_the_junk(seed_of(numbered(header)))) found.push_back(numbered(header));
  }
  return found;
}

TEST(SeedGrinding, FindsVersion1SeedsThatOpenNoJunk) {
  constexpr std::uint32_t tries = 20'000;
  const Hash last = lazy_prover().record().sweep.value;
  const auto found = grind(tries, tries, [&](const Hash& block) { return version1_seed(block, last); });
  EXPECT_LE(sigmas_off(static_cast<int>(found.size()), tries, std::pow(0.75, 24)), 3) << found.size();
}

TEST(SeedGrinding, IsAcceptedWhereTheSecretsAreKnownInAdvance) {
  // All validators collude: what version 1 gave to any one proposer. It shows that nothing else protects.
  const EpochCheck check = epoch_check_of(lazy_prover().record().challenge);
  const auto found =
      grind(1, 20'000, [](const Hash& block) { return record_seed(lazy_prover().record_with(block)); });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(verdict_on(lazy_prover(), lazy_prover().record_with(found[0]), check), Verdict::accepted);
}

TEST(SeedGrinding, IsWorthlessWhileOneSecretIsUnknown) {
  // The proposer knows every secret but the last and guesses that one, or grinds as in version 1.
  const Record& record = lazy_prover().record();
  const Hash id = challenge_id(record.challenge);
  const std::vector<Hash> guess{vector_nonces(0).z, vector_nonces(1).z, numbered(99)};
  auto ground = grind(10, 40'000, [&](const Hash& block) {
    return opening_seed(id, record.fill.value, record.sweep.value, block, guess);
  });
  const auto as_version1 =
      grind(10, 40'000, [&](const Hash& block) { return version1_seed(block, record.sweep.value); });
  ground.insert(ground.end(), as_version1.begin(), as_version1.end());
  ASSERT_EQ(ground.size(), 20u);
  const EpochCheck check = epoch_check_of(record.challenge);
  for (const Hash& block : ground)
    EXPECT_EQ(verdict_on(lazy_prover(), lazy_prover().record_with(block), check), Verdict::output_path);
}

TEST(Seed, ChangesWithEveryBitOfEverySecretAndOfAllThatIsCommitted) {
  std::vector<Hash> parts;  // id, h_R, G_S, L', z_1, z_2, z_3
  for (std::uint32_t n = 0; n < 7; ++n) parts.push_back(numbered(n));
  const auto seed = [&] {
    return opening_seed(parts[0], parts[1], parts[2], parts[3], std::span(parts).subspan(4));
  };
  std::set<Hash> seeds{seed()};
  for (Hash& part : parts) {
    for (std::size_t bit = 0; bit < 256; ++bit) {
      part[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      seeds.insert(seed());
      part[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    }
  }
  EXPECT_EQ(seeds.size(), 1 + 7 * 256u);
}

TEST(Seed, HasASecretInItThatIsToldOnlyWhenTheHeaderIsFixed) {
  // Who shapes block H2 + 1 has to do it before any z is known; who knows z comes after its hash is final.
  const Challenge challenge = vector_challenge();
  SeedRound round(challenge);
  EXPECT_FALSE(round.may_reveal());
  ASSERT_TRUE(round.on(CommitsFinal{Height{100}, {}, {}}));
  EXPECT_FALSE(round.may_reveal());
  round.on(BlockFinal{Height{100}, numbered(100)});
  EXPECT_FALSE(round.may_reveal());
  ASSERT_TRUE(round.on(BlockFinal{Height{101}, numbered(101)}));
  EXPECT_TRUE(round.may_reveal());
  EXPECT_EQ(round.block(), numbered(101));
  EXPECT_FALSE(round.is_ready()) << "the seed needs the secrets";
}

const CheatingProver& honest_prover() {
  static const CheatingProver prover(small_challenge(1, 1, 2, 1, 8, 0));
  return prover;
}

/// The honest record without z of the validators in `mask`.
Record without_secrets(std::uint32_t mask) {
  Record record = honest_prover().record();
  for (std::uint32_t i = 0; i < record.nonces.size(); ++i) {
    if ((mask >> i & 1u) != 0) record.nonces[i].z.reset();
  }
  return record;
}

TEST(WithheldSecret, IsReplacedByItsAnchorSoThatItsOwnerChoosesBetweenTwoSeeds) {
  const EpochCheck check = epoch_check_of(honest_prover().record().challenge);
  std::set<Hash> seeds;
  for (std::uint32_t mask = 0; mask < 8; ++mask) {
    const Record record = without_secrets(mask);
    EXPECT_TRUE(seeds.insert(record_seed(record)).second);
    EXPECT_EQ(verdict_on(honest_prover(), record, check), Verdict::accepted) << mask;
  }
  // By hand: A_3 where z_3 stayed secret.
  const Record record = without_secrets(4);
  const std::vector<Hash> used{vector_nonces(0).z, vector_nonces(1).z, vector_nonces(2).anchor};
  EXPECT_EQ(record_seed(record), opening_seed(challenge_id(record.challenge), record.fill.value,
                                              record.sweep.value, record.seed_block, used));
}

TEST(WithheldSecret, MakesTheTranscriptOfTheOtherSeedWorthless) {
  const EpochCheck check = epoch_check_of(honest_prover().record().challenge);
  const Bytes with_all = honest_prover().transcript(record_seed(honest_prover().record()));
  const Bytes with_two = honest_prover().transcript(record_seed(without_secrets(4)));
  EXPECT_EQ(verify_in_tests({without_secrets(4), with_all}, check), Verdict::input_path);
  EXPECT_EQ(verify_in_tests({honest_prover().record(), with_two}, check), Verdict::input_path);
}

TEST(ForgedSecret, IsAFalseNonce) {
  const EpochCheck check = epoch_check_of(honest_prover().record().challenge);
  for (std::size_t i = 0; i < 3; ++i) {
    for (const Hash& forged : {numbered(1), vector_nonces(3).z, vector_nonces(static_cast<unsigned>(i)).m}) {
      Record record = honest_prover().record();
      record.nonces[i].z = forged;
      const Bytes transcript = honest_prover().transcript(numbered(0));
      EXPECT_EQ(verify_in_tests({record, transcript}, check), Verdict::nonce);
      record.nonces[i] = {std::nullopt, std::nullopt, forged};
      EXPECT_EQ(verify_in_tests({record, transcript}, check), Verdict::nonce);
    }
  }
}

TEST(HeaderChangedAfterCommit2, AsksForOtherOpenings) {
  const EpochCheck check = epoch_check_of(honest_prover().record().challenge);
  const Bytes transcript = honest_prover().transcript(record_seed(honest_prover().record()));
  EXPECT_EQ(verify_in_tests({honest_prover().record(), transcript}, check), Verdict::accepted);
  for (std::size_t bit = 0; bit < 256; bit += 5) {
    Hash block = honest_prover().record().seed_block;
    block[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    EXPECT_EQ(verify_in_tests({honest_prover().record_with(block), transcript}, check), Verdict::input_path);
  }
}

}  // namespace
}  // namespace souk::capacity::cheats
