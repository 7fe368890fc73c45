#include "actors/capacity/score.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace souk::capacity {
namespace {

constexpr std::uint64_t tera = 1'000'000'000'000;
constexpr std::uint64_t giga = 1'000'000'000;

CapacityVector uniform(std::uint64_t x) { return {x, x, x}; }

TEST(ScoreWindow, OfNoProofIsZero) { EXPECT_EQ(ScoreWindow{}.score(), CapacityVector{}); }

TEST(ScoreWindow, TakesTheMedianOfEachComponentByItself) {
  ScoreWindow window;
  window.add({1, 30, 200});
  window.add({2, 10, 300});
  window.add({3, 20, 100});
  EXPECT_EQ(window.score(), (CapacityVector{2, 20, 200}));
}

TEST(ScoreWindow, OfAnEvenCountTakesTheSmallerMiddleValue) {
  ScoreWindow window;
  for (const std::uint64_t x : {40, 10, 30, 20}) window.add(uniform(x));
  EXPECT_EQ(window.score(), uniform(20));
}

TEST(ScoreWindow, ForgetsAllButTheLast24Proofs) {
  ScoreWindow window;
  for (int i = 0; i < 100; ++i) window.add(uniform(1'000'000));
  for (std::uint64_t x = 1; x <= 24; ++x) window.add(uniform(x));
  EXPECT_EQ(window.proof_count(), 24u);
  EXPECT_EQ(window.score(), uniform(12));
  window.add(uniform(25));  // 2 .. 25 are left
  EXPECT_EQ(window.score(), uniform(13));
}

TEST(ScoreWindow, OneSlowProofMovesNothingAndAFailureCountsAsZero) {
  ScoreWindow window;
  for (int i = 0; i < 24; ++i) window.add(uniform(100));
  window.add(uniform(1));
  window.add_failure();
  EXPECT_EQ(window.score(), uniform(100));
  for (int i = 0; i < 11; ++i) window.add_failure();  // 12 failures and a slow proof against 11 good ones
  EXPECT_EQ(window.score(), uniform(0));
}

TEST(ScoreWindow, StayingSilentWhenSlowDoesNotKeepACleanScore) {
  ScoreWindow silent;
  for (int i = 0; i < 24; ++i) i % 3 == 0 ? silent.add(uniform(100)) : silent.add_failure();
  EXPECT_EQ(silent.score(), uniform(0));
}

TEST(SingleProof, IsRejectedOnlyBelow080OfTheClaimInSomeComponent) {
  const CapacityVector claimed{1000, 1000, 1000};
  EXPECT_TRUE(holds_singly({800, 800, 800}, claimed));
  EXPECT_TRUE(holds_singly({5000, 800, 5000}, claimed));
  EXPECT_FALSE(holds_singly({799, 5000, 5000}, claimed));
  EXPECT_FALSE(holds_singly({5000, 799, 5000}, claimed));
  EXPECT_FALSE(holds_singly({5000, 5000, 799}, claimed));
}

TEST(SingleProof, IsComparedExactlyAtTheLargestNumbersThereAre) {
  constexpr std::uint64_t most = UINT64_MAX;
  EXPECT_EQ(fit_permille(uniform(most), uniform(most)), 1000u);
  EXPECT_EQ(fit_permille(uniform(most - 1), uniform(most)), 999u);
  EXPECT_EQ(excess_permille(uniform(most), uniform(1)), most);
}

TEST(SingleProof, LeavesOutWhatNothingIsClaimedOf) {
  EXPECT_EQ(fit_permille({10, 0, 0}, {10, 0, 0}), 1000u);
  EXPECT_EQ(fit_permille({}, {}), 1000u);
  EXPECT_EQ(excess_permille({}, {}), 1000u);
}

/// Four rows with section 2's datasheet figures, as an on-chain table might start.
std::vector<CapacityClass> table() {
  return {{"H200-like", {1400 * tera, 4500 * giga, 134 * giga}},
          {"H100-like", {1400 * tera, 3150 * giga, 80 * giga}},
          {"4090-like", {600 * tera, 940 * giga, 24 * giga}},
          {"A10-like", {220 * tera, 500 * giga, 24 * giga}}};
}

std::string class_of(const CapacityVector& score) {
  const auto match = classify(score, table());
  return match ? table()[match->row].label : "none";
}

TEST(Class, IsTheRowReachedAndLeastExceeded) {
  EXPECT_EQ(class_of({1360 * tera, 4550 * giga, 134 * giga}), "H200-like");
  EXPECT_EQ(class_of({1360 * tera, 3100 * giga, 80 * giga}), "H100-like");
  EXPECT_EQ(class_of({590 * tera, 930 * giga, 24 * giga}), "4090-like");
  EXPECT_EQ(class_of({225 * tera, 520 * giga, 24 * giga}), "A10-like");
}

TEST(Class, FallsToTheRowBelowWhenOneComponentIsMissing) {
  EXPECT_EQ(class_of({1360 * tera, 4550 * giga, 90 * giga}), "H100-like");   // half its VRAM is elsewhere
  EXPECT_EQ(class_of({1360 * tera, 3100 * giga, 134 * giga}), "H100-like");  // slow memory
  EXPECT_EQ(class_of({100 * tera, 4550 * giga, 134 * giga}), "none");
}

TEST(Class, ReportsHowMuchOfTheRowIsThere) {
  const auto match = classify({1358 * tera, 4500 * giga, 134 * giga}, table());
  ASSERT_TRUE(match);
  EXPECT_EQ(match->row, 0u);
  EXPECT_EQ(match->fit_permille, 970u);
}

TEST(Class, DoesNotDependOnLabels) {
  auto renamed = table();
  for (auto& row : renamed) row.label = "H200-like";
  const auto match = classify({225 * tera, 520 * giga, 24 * giga}, renamed);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->row, 3u);
}

TEST(Class, OfEqualRowsIsTheFirst) {
  const std::vector<CapacityClass> twins{{"a", uniform(100)}, {"b", uniform(100)}};
  EXPECT_EQ(classify(uniform(95), twins)->row, 0u);
  EXPECT_FALSE(classify(uniform(89), twins));
  EXPECT_FALSE(classify(uniform(100), {}));
}

}  // namespace
}  // namespace souk::capacity
