#include "actors/base/rng.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace souk {
namespace {

using Block = std::array<std::uint64_t, 4>;

TEST(Philox, AgreesWithTheKnownAnswersOfRandom123) {
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  EXPECT_EQ(philox4x64({0, 0, 0, 0}, {0, 0}),
            (Block{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}));
  EXPECT_EQ(philox4x64({ones, ones, ones, ones}, {ones, ones}),
            (Block{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}));
  EXPECT_EQ(philox4x64({0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
                       {0x452821e638d01377, 0xbe5466cf34e90c6c}),
            (Block{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}));
}

TEST(Rng, WordsArePhiloxOfTheStatedKeyAndCounter) {
  Rng rng(7, ActorId{3}, Purpose::arrival, 11);
  for (std::uint64_t block = 0; block < 3; ++block)
    for (const std::uint64_t word : philox4x64({block, 11, 0, 0}, {7, 3ull << 32 | 1}))
      EXPECT_EQ(rng.next(), word);
}

TEST(Rng, FirstDrawsArePinned) {
  Rng rng(1, ActorId{2}, Purpose::test, 3);
  EXPECT_EQ(rng.next(), 15180194792354296437u);
  EXPECT_EQ(rng.uniform(), 0x1.492819a1bd513p-1);
  EXPECT_EQ(rng.below(1'000'000), 497061u);
}

TEST(Rng, EveryPartOfTheKeyGivesAnotherStream) {
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 0; seed < 8; ++seed)
    for (std::uint32_t actor = 0; actor < 8; ++actor)
      for (std::uint32_t purpose = 1; purpose < 9; ++purpose)
        for (std::uint64_t index = 0; index < 8; ++index)
          first.insert(Rng(seed, ActorId{actor}, static_cast<Purpose>(purpose), index).next());
  EXPECT_EQ(first.size(), 4096u);
}

TEST(Rng, ACopyGoesOnFromTheSamePlace) {
  Rng rng(1, ActorId{0}, Purpose::test, 0);
  for (int i = 0; i < 5; ++i) rng.next();
  Rng copy = rng;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(rng.next(), copy.next());
}

TEST(Rng, UniformIsInsideTheOpenIntervalAndTheAntitheticIsItsExactMirror) {
  Rng rng(1, ActorId{0}, Purpose::test, 0);
  Rng mirror = rng.antithetic();
  for (int i = 0; i < 100'000; ++i) {
    const double u = rng.uniform();
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    ASSERT_EQ(mirror.uniform(), 1 - u);
  }
  Rng twice = rng.antithetic().antithetic();
  EXPECT_EQ(twice.next(), rng.next());
}

TEST(Rng, UniformPassesKolmogorovSmirnovAndHasNoSerialCorrelation) {
  constexpr int n = 100'000;
  Rng rng(5, ActorId{0}, Purpose::test, 0);
  std::vector<int> cells(1000);
  double previous = 0.5;
  double covariance = 0;
  for (int i = 0; i < n; ++i) {
    const double u = rng.uniform();
    ++cells[static_cast<std::size_t>(u * 1000)];
    covariance += (u - 0.5) * (previous - 0.5);
    previous = u;
  }
  double chi2 = 0;
  for (const int count : cells) chi2 += (count - n / 1000.0) * (count - n / 1000.0) / (n / 1000.0);
  EXPECT_NEAR(chi2, 999, 4 * std::sqrt(2 * 999.0));
  EXPECT_NEAR(covariance / n * 12, 0, 4 / std::sqrt(n));
}

TEST(Rng, BelowIsUnbiasedForABoundThatDoesNotDivideTheRange) {
  constexpr std::uint64_t bound = 3ull << 62;  // a quarter of the words would be doubled by a plain modulus
  Rng rng(9, ActorId{0}, Purpose::test, 0);
  int low = 0;
  constexpr int n = 60'000;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t x = rng.below(bound);
    ASSERT_LT(x, bound);
    if (x < bound / 3) ++low;
  }
  EXPECT_NEAR(low, n / 3.0, 4 * std::sqrt(n * 2.0 / 9));
  std::vector<int> counts(7);
  for (int i = 0; i < 70'000; ++i) ++counts[rng.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 4 * std::sqrt(70'000 * 6.0 / 49));
  EXPECT_EQ(rng.below(1), 0u);
}

TEST(RngDeathTest, BelowZeroIsABug) {
  Rng rng(1, ActorId{0}, Purpose::test, 0);
  EXPECT_DEATH(static_cast<void>(rng.below(0)), "bound > 0");
}

/// Kendall's tau of two streams of n draws; under independence its variance is 2(2n+5)/(9n(n-1)).
double kendall(Rng a, Rng b, int n) {
  std::vector<double> x, y;
  for (int i = 0; i < n; ++i) {
    x.push_back(a.uniform());
    y.push_back(b.uniform());
  }
  std::int64_t score = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) score += (x[i] < x[k]) == (y[i] < y[k]) ? 1 : -1;
  return static_cast<double>(score) / (0.5 * n * (n - 1));
}

TEST(Rng, NeighbouringStreamsAreIndependentByKendallsTau) {
  constexpr int n = 1000;
  const double sigma = std::sqrt(2.0 * (2 * n + 5) / (9.0 * n * (n - 1)));
  const Rng base(1, ActorId{1}, Purpose::arrival, 1);
  const std::vector<Rng> neighbours{
      Rng(2, ActorId{1}, Purpose::arrival, 1), Rng(1, ActorId{2}, Purpose::arrival, 1),
      Rng(1, ActorId{1}, Purpose::request, 1), Rng(1, ActorId{1}, Purpose::arrival, 2),
      Rng(1, ActorId{1}, Purpose::arrival, 0)};
  for (const Rng& other : neighbours) EXPECT_NEAR(kendall(base, other, n), 0, 4 * sigma);
  EXPECT_DOUBLE_EQ(kendall(base, base, n), 1);
  EXPECT_DOUBLE_EQ(kendall(base, base.antithetic(), n), -1);
}

TEST(Rng, AnActorOrADrawAddedElsewhereMovesNothing) {
  const auto draws = [](Rng rng) {
    std::vector<std::uint64_t> words;
    for (int i = 0; i < 10; ++i) words.push_back(rng.next());
    return words;
  };
  const auto before = draws(Rng(1, ActorId{1}, Purpose::value, 4));
  Rng other_actor(1, ActorId{99}, Purpose::value, 4);
  Rng other_purpose(1, ActorId{1}, Purpose::price, 4);
  for (int i = 0; i < 1000; ++i) static_cast<void>(other_actor.next() + other_purpose.next());
  EXPECT_EQ(draws(Rng(1, ActorId{1}, Purpose::value, 4)), before);
}

}  // namespace
}  // namespace souk
