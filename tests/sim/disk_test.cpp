#include "sim/disk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace souk::sim {
namespace {

using namespace std::chrono_literals;

Time at(Duration since) { return Time{since}; }
Bytes bytes(std::size_t count, std::uint8_t value) { return Bytes(count, value); }
Bytes content(const DiskFile& file) { return {file.bytes().begin(), file.bytes().end()}; }
Rng rng_of(std::uint64_t index) { return {7, no_actor, Purpose::test, index}; }

/// 1000 bytes of 1 that are synced, then `more` of 2 that are not.
DiskFile half_synced(std::size_t more) {
  DiskFile file;
  file.append(bytes(1'000, 1));
  file.sync(at(1s));
  file.append(bytes(more, 2));
  return file;
}

TEST(DiskFile, ACrashLosesWhatWasNotSynced) {
  DiskFile file = half_synced(10);
  EXPECT_EQ(file.bytes().size(), 1'010u);
  EXPECT_EQ(file.synced(), 1'000u);
  EXPECT_TRUE(file.has_unsynced());
  EXPECT_EQ(file.crash(), 10u);
  EXPECT_EQ(content(file), bytes(1'000, 1));
  EXPECT_EQ(file.crash(), 0u);
}

TEST(DiskFile, AReplacementIsThereOnceSyncedAndTheOldOneUntilThen) {
  DiskFile file = half_synced(10);
  file.replace(bytes(5, 3));
  file.append(bytes(1, 4));
  EXPECT_EQ(file.synced(), 0u);
  DiskFile synced = file;
  EXPECT_EQ(file.crash(), 6u);
  EXPECT_EQ(content(file), bytes(1'000, 1));
  synced.sync(at(2s));
  EXPECT_EQ(synced.crash(), 0u);
  EXPECT_EQ(content(synced), (Bytes{3, 3, 3, 3, 3, 4}));
}

TEST(DiskFile, ReplacedTwiceBeforeASyncStillFallsBackToWhatWasDurable) {
  DiskFile file = half_synced(10);
  file.replace(bytes(5, 3));
  file.replace(bytes(6, 4));
  file.crash();
  EXPECT_EQ(content(file), bytes(1'000, 1));
}

TEST(DiskFile, ATornCrashKeepsWhatIsSyncedAndSomeSectorsOfTheRest) {
  std::set<std::size_t> lengths;
  int torn_count = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    DiskFile file = half_synced(2'000);
    Rng rng = rng_of(i);
    const bool torn = file.crash_torn(rng);
    const Bytes left = content(file);
    ASSERT_GE(left.size(), 1'000u);
    ASSERT_LE(left.size(), 3'000u);
    ASSERT_FALSE(file.has_unsynced());
    for (std::size_t k = 0; k < 1'000; ++k) ASSERT_EQ(left[k], 1);
    // Sectors lie on multiples of 512: each is as written, or zeros.
    for (std::size_t k = 1'001; k < left.size(); ++k) {
      if (k % sector_bytes == 0) continue;
      ASSERT_EQ(left[k], left[k - 1]) << "byte " << k;
    }
    const bool whole = left.size() == 3'000 && std::count(left.begin(), left.end(), 2) == 2'000;
    EXPECT_EQ(torn, left.size() != 1'000 && !whole);
    torn_count += torn;
    lengths.insert(left.size());
  }
  EXPECT_GT(torn_count, 100);
  EXPECT_GT(lengths.size(), 3u);
}

TEST(DiskFile, ATornReplacementIsOneOrTheOther) {
  std::set<Bytes> seen;
  for (std::uint64_t i = 0; i < 50; ++i) {
    DiskFile file = half_synced(10);
    file.replace(bytes(5'000, 3));
    Rng rng = rng_of(i);
    EXPECT_FALSE(file.crash_torn(rng));
    seen.insert(content(file));
  }
  EXPECT_EQ(seen, (std::set<Bytes>{bytes(1'000, 1), bytes(5'000, 3)}));
}

std::size_t different_bits(const Bytes& a, const Bytes& b) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(a[i] ^ b[i])));
  }
  return sum;
}

TEST(DiskFile, RotFlipsAsManyBitsAsAskedAnywhere) {
  DiskFile file = half_synced(0);
  Rng rng = rng_of(0);
  EXPECT_EQ(file.rot(rng, 1), 1u);
  EXPECT_EQ(different_bits(content(file), bytes(1'000, 1)), 1u);
  DiskFile empty;
  EXPECT_EQ(empty.rot(rng, 5), 0u) << "nothing to rot";
}

TEST(DiskFile, ARottenWriteSparesWhatWasThere) {
  DiskFile file = half_synced(0);
  Rng rng = rng_of(0);
  EXPECT_EQ(file.append_rotten(bytes(100, 2), rng, 1), 1u);
  const Bytes all = content(file);
  EXPECT_EQ(Bytes(all.begin(), all.begin() + 1'000), bytes(1'000, 1));
  EXPECT_EQ(different_bits(Bytes(all.begin() + 1'000, all.end()), bytes(100, 2)), 1u);
}

TEST(DiskFile, AMisdirectedWriteLiesWhereSomethingElseWas) {
  DiskFile file = half_synced(0);
  EXPECT_FALSE(file.append_misdirected(bytes(100, 2), 2)) << "the file is not that long";
  EXPECT_EQ(file.bytes().size(), 1'000u);
  EXPECT_TRUE(file.append_misdirected(bytes(100, 2), 1));
  Bytes expected = bytes(1'000, 1);
  std::fill_n(expected.begin() + 488, 100, std::uint8_t{2});
  expected.resize(1'100, 0);
  EXPECT_EQ(content(file), expected);
}

TEST(DiskFile, TruncationStopsAtTheBeginning) {
  DiskFile file = half_synced(0);
  EXPECT_EQ(file.truncate(300), 300u);
  EXPECT_EQ(file.synced(), 700u);
  EXPECT_EQ(file.truncate(5'000), 700u);
  EXPECT_TRUE(file.bytes().empty());
}

TEST(DiskFile, RollsBackToWhatWasSyncedThen) {
  DiskFile file;
  for (int i = 1; i <= 5; ++i) {
    file.append(bytes(10, static_cast<std::uint8_t>(i)));
    file.sync(at(i * 1s));
  }
  EXPECT_FALSE(file.roll_back(at(5s)));
  EXPECT_TRUE(file.roll_back(at(3'500ms)));
  EXPECT_EQ(file.bytes().size(), 30u);
  file.append(bytes(10, 9));
  file.sync(at(6s));
  EXPECT_TRUE(file.roll_back(at(2s)));
  EXPECT_EQ(file.bytes().size(), 20u);
  EXPECT_TRUE(file.roll_back(at(0s)));
  EXPECT_TRUE(file.bytes().empty());
  EXPECT_FALSE(file.roll_back(at(0s)));
}

TEST(DiskFile, RollsBackToTheFileThatWasReplaced) {
  DiskFile file = half_synced(0);
  for (std::uint8_t i = 2; i <= 5; ++i) {
    file.replace(bytes(5, i));
    file.sync(at(i * 1s));
    file.append(bytes(5, i));
    file.sync(at(i * 1s + 500ms));
  }
  DiskFile far = file;
  EXPECT_TRUE(file.roll_back(at(5s)));
  EXPECT_EQ(content(file), bytes(5, 5));
  EXPECT_TRUE(file.roll_back(at(4'900ms)));
  EXPECT_EQ(content(file), bytes(10, 4));
  EXPECT_FALSE(file.roll_back(at(4'900ms)));
  EXPECT_TRUE(file.roll_back(at(2'100ms)));
  EXPECT_EQ(content(file), bytes(10, 2)) << "what it held last";
  EXPECT_TRUE(far.roll_back(at(1s)));
  EXPECT_EQ(content(far), bytes(1'000, 1));
}

TEST(DiskFile, AWipedFileIsNew) {
  DiskFile file = half_synced(10);
  EXPECT_TRUE(file.wipe());
  EXPECT_TRUE(file.bytes().empty());
  EXPECT_FALSE(file.has_unsynced());
  EXPECT_FALSE(file.wipe());
}

}  // namespace
}  // namespace souk::sim
