#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/capacity/cheats.hpp"

/// Section 3 F3: with a key that follows from the last root alone, a made-up root makes the sweep after it
/// known before memory is read, and two or more sweeps share a pass. With cumulative keys nothing is gained.
namespace souk::capacity::cheats {
namespace {

/// G_s, the key after the sweep with key `link` and root `root`.
using NextKey = Hash (*)(const Hash& link, const Hash& root);
Hash version1_next(const Hash&, const Hash& root) { return blake3(root); }

/// The root of a sweep over a small memory.
Hash root_of(const Hash& link) {
  static const std::vector<std::uint8_t> memory = [] {
    std::vector<std::uint8_t> bytes(16 * segment_bytes);
    ChaCha8(numbered(7)).fill(0, bytes);
    return bytes;
  }();
  const SweepKey key(link);
  std::vector<std::uint8_t> values(memory.size() / segment_bytes * 8);
  for (std::size_t n = 0; n < values.size() / 8; ++n)
    store_little(key.value(std::span(memory).subspan(n * segment_bytes, segment_bytes)), &values[8 * n]);
  return blake3(values);
}

/// Sweeps 1..S; entry s - 1 of `keys` and `roots` is sweep s's.
struct Sweeps {
  std::vector<std::optional<Hash>> keys;
  std::vector<std::optional<Hash>> roots;
  int passes = 0;  ///< over memory
};

/// What can be known without reading memory. `needs_link`: whether a key needs the one before it.
void derive_keys(Sweeps& sweeps, NextKey next, bool needs_link) {
  for (std::size_t s = 1; s < sweeps.keys.size(); ++s) {
    const auto& link = sweeps.keys[s - 1];
    if (!sweeps.roots[s - 1] || (needs_link && !link)) continue;
    sweeps.keys[s] = next(link.value_or(Hash{}), *sweeps.roots[s - 1]);
  }
}

/// A prover that makes up the roots of `junk` and in each pass runs every sweep whose key it knows.
Sweeps sweep_in_parallel(std::size_t count, const std::set<std::size_t>& junk, NextKey next,
                         bool needs_link) {
  Sweeps sweeps{std::vector<std::optional<Hash>>(count), std::vector<std::optional<Hash>>(count), 0};
  sweeps.keys[0] = numbered(0);
  for (const std::size_t s : junk) sweeps.roots[s - 1] = numbered(static_cast<std::uint32_t>(s));
  const auto is_done = [](const auto& root) { return root.has_value(); };
  while (!std::ranges::all_of(sweeps.roots, is_done)) {
    derive_keys(sweeps, next, needs_link);
    ++sweeps.passes;
    for (std::size_t s = 0; s < count; ++s) {
      if (sweeps.keys[s] && !sweeps.roots[s]) sweeps.roots[s] = root_of(*sweeps.keys[s]);
    }
  }
  return sweeps;
}

/// How many roots are those that the chain of keys asks for.
std::size_t right_roots(const Sweeps& sweeps, NextKey next) {
  Hash link = numbered(0);
  std::size_t right = 0;
  for (const auto& root : sweeps.roots) {
    right += root_of(link) == *root ? 1u : 0u;
    link = next(link, *root);
  }
  return right;
}

TEST(ParallelSweeps, HalveOrQuarterThePassesOfVersion1) {
  const Sweeps one_of_17 = sweep_in_parallel(17, {9}, version1_next, false);
  EXPECT_EQ(one_of_17.passes, 8);
  EXPECT_EQ(right_roots(one_of_17, version1_next), 16u);

  const Sweeps one_of_68 = sweep_in_parallel(68, {34}, version1_next, false);
  EXPECT_EQ(one_of_68.passes, 34);
  EXPECT_EQ(right_roots(one_of_68, version1_next), 67u);

  const Sweeps three_of_68 = sweep_in_parallel(68, {17, 34, 51}, version1_next, false);
  EXPECT_EQ(three_of_68.passes, 17);
  EXPECT_EQ(right_roots(three_of_68, version1_next), 65u);
}

TEST(ParallelSweeps, SaveOnlyThePassesOfTheirOwnJunkInVersion2) {
  EXPECT_EQ(sweep_in_parallel(17, {9}, next_sweep_link, true).passes, 16);
  EXPECT_EQ(sweep_in_parallel(68, {34}, next_sweep_link, true).passes, 67);
  EXPECT_EQ(sweep_in_parallel(68, {17, 34, 51}, next_sweep_link, true).passes, 65);
}

TEST(ParallelSweeps, CannotGuessAKeyOfVersion2AsVersion1Did) {
  // The same prover, taking each key from the last root alone: every sweep after its junk is wrong.
  const Sweeps sweeps = sweep_in_parallel(
      17, {9}, [](const Hash&, const Hash& root) { return next_sweep_link(Hash{}, root); }, false);
  EXPECT_EQ(sweeps.passes, 8);
  EXPECT_EQ(right_roots(sweeps, next_sweep_link), 1u);  // the first, whose key needs no root
}

/// G_0..G_S for these roots.
std::vector<Hash> keys_of(const std::vector<Hash>& roots, NextKey next) {
  std::vector<Hash> keys{numbered(0)};
  for (const Hash& root : roots) keys.push_back(next(keys.back(), root));
  return keys;
}

TEST(SweepChain, AllChangeAfterARootThatChanges) {
  std::vector<Hash> roots;
  for (std::uint32_t s = 1; s <= 32; ++s) roots.push_back(numbered(s));
  const auto keys = keys_of(roots, next_sweep_link);
  const auto version1_keys = keys_of(roots, version1_next);
  for (std::size_t changed = 0; changed < roots.size(); ++changed) {
    auto other = roots;
    other[changed][31] ^= 1;
    const auto other_keys = keys_of(other, next_sweep_link);
    for (std::size_t s = 0; s < keys.size(); ++s)
      EXPECT_EQ(other_keys[s] != keys[s], s > changed) << "key " << s << ", root " << changed + 1;
    // In version 1 only the next key does.
    const auto other_version1 = keys_of(other, version1_next);
    for (std::size_t s = 0; s < keys.size(); ++s)
      EXPECT_EQ(other_version1[s] != version1_keys[s], s == changed + 1);
  }
}

TEST(JunkRoot, IsFoundByWhicheverOpeningFallsOnItsSweep) {
  // One junk root of S escapes s_c openings with ((S - 1) / S)^s_c: 0.62 and 0.39 at S = 68 with 32 and 64.
  EXPECT_NEAR(std::pow(67.0 / 68, 32), 0.62, 0.005);
  EXPECT_NEAR(std::pow(67.0 / 68, 64), 0.39, 0.005);

  constexpr std::uint16_t sweeps = 8;
  constexpr std::uint16_t openings = 8;
  constexpr int trials = 300;
  Cheat cheat;
  cheat.junk_root = 5;
  const CheatingProver prover(small_challenge(1, 1, 2, sweeps, 0, openings), cheat);
  const Trials result = run_trials(prover, trials, [](const Draws& draws) {
    const bool is_met =
        std::ranges::any_of(draws.checkpoints, [](const CheckpointDraw& draw) { return draw.s == 5; });
    return is_met ? Verdict::sweep_path : Verdict::accepted;
  });
  EXPECT_EQ(result.surprises, 0);
  EXPECT_LE(sigmas_off(result.caught, trials, 1 - std::pow(1 - 1.0 / sweeps, openings)), 3) << result.caught;
}

TEST(JunkRoot, PutIntoATranscriptAfterwardsBreaksTheChainOfKeys) {
  const CheatingProver prover(small_challenge(1, 1, 2, 4, 0, 2));
  const EpochCheck check = epoch_check_of(prover.record().challenge);
  const Hash seed = record_seed(prover.record());
  ASSERT_EQ(verify_in_tests({prover.record(), prover.transcript(seed)}, check), Verdict::accepted);
  for (std::size_t s = 0; s < 4; ++s) {
    auto roots = prover.sweep_roots();
    roots[s] = numbered(5);
    EXPECT_EQ(verify_in_tests({prover.record(), prover.transcript(seed, roots)}, check), Verdict::g_chain);
  }
}

}  // namespace
}  // namespace souk::capacity::cheats
