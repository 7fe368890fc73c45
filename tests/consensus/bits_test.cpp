#include "actors/consensus/bits.hpp"

#include <gtest/gtest.h>

#include <set>

#include "actors/base/rng.hpp"

namespace souk::consensus {
namespace {

TEST(Bits, AreASetOfPlaces) {
  Rng rng(1, ActorId{0}, Purpose::test, 0);
  for (const std::uint32_t count : {1u, 63u, 64u, 65u, 175u}) {
    Bits bits = bits_of(count);
    std::set<std::uint32_t> places;
    while (!is_full(bits)) {
      const auto place = static_cast<std::uint32_t>(rng.below(count));
      put(bits, place);
      places.insert(place);
      ASSERT_EQ(size_of(bits), places.size());
      ASSERT_TRUE(well_formed(bits, count));
      std::set<std::uint32_t> found;
      for_each_place(bits, [&](std::uint32_t p) { found.insert(p); });
      ASSERT_EQ(found, places);
      for (std::uint32_t p = 0; p < count; ++p) ASSERT_EQ(has(bits, p), places.contains(p));
    }
  }
}

TEST(Bits, MissingIsOursWithoutTheirs) {
  Bits ours = bits_of(130);
  Bits theirs = bits_of(130);
  for (std::uint32_t p : {0u, 64u, 129u}) put(ours, p);
  for (std::uint32_t p : {1u, 64u}) put(theirs, p);
  Bits missing = bits_of(130);
  put(missing, 0);
  put(missing, 129);
  EXPECT_EQ(missing_in(theirs, ours), missing);
  put_all(theirs, ours);
  EXPECT_EQ(size_of(missing_in(theirs, ours)), 0u);
  EXPECT_EQ(size_of(theirs), 4u);
}

// Regression: ASA-2025-003, a bit count that does not go with the words (consensus-node.md section 4).
TEST(Bits, AreWellFormedOnlyWithTheWordsOfTheirCount) {
  EXPECT_TRUE(well_formed(Bits{}, 0));
  EXPECT_TRUE(well_formed(Bits{64, {~std::uint64_t{0}}}, 64));
  EXPECT_TRUE(well_formed(Bits{65, {0, 1}}, 65));
  EXPECT_FALSE(well_formed(Bits{65, {0, 2}}, 65)) << "a bit beyond the count";
  EXPECT_FALSE(well_formed(Bits{65, {0}}, 65)) << "a word too few";
  EXPECT_FALSE(well_formed(Bits{64, {0, 0}}, 64)) << "a word too many";
  EXPECT_FALSE(well_formed(Bits{0, {0}}, 0));
  EXPECT_FALSE(well_formed(Bits{64, {0}}, 63)) << "not over what is asked for";
  EXPECT_FALSE(well_formed(Bits{0xffff'ffff, {}}, 0xffff'ffff));
}

}  // namespace
}  // namespace souk::consensus
