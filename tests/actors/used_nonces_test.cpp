#include "actors/used_nonces.hpp"

#include <gtest/gtest.h>

#include <set>

#include "actors/base/rng.hpp"

namespace souk {
namespace {

Address account(std::uint8_t number) {
  Address address;
  address.bytes.fill(number);
  return address;
}

TEST(UsedNonces, EachIsUsedOnceAndAccountsAreApart) {
  UsedNonces used;
  EXPECT_FALSE(used.is_used(account(1), 0));
  used.use(account(1), 0);
  EXPECT_TRUE(used.is_used(account(1), 0));
  EXPECT_FALSE(used.is_used(account(1), 1));
  EXPECT_FALSE(used.is_used(account(2), 0));
}

TEST(UsedNonces, LateOnesWithinTheWindowAreFree) {
  UsedNonces used;
  used.use(account(1), 1'000);
  EXPECT_FALSE(used.is_used(account(1), 1'000 - UsedNonces::window + 1));
  EXPECT_TRUE(used.is_used(account(1), 1'000 - UsedNonces::window));
  used.use(account(1), 900);
  EXPECT_TRUE(used.is_used(account(1), 900));
  EXPECT_FALSE(used.is_used(account(1), 901));
}

TEST(UsedNonces, AgreeWithASetOfAllOverRandomOrders) {
  UsedNonces used;
  std::set<std::uint64_t> all;
  Rng rng(1, {0}, Purpose::test, 0);
  std::uint64_t highest = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t jump = rng.below(100) == 0 ? rng.below(400) : rng.below(4);
    const std::uint64_t nonce = highest + jump - std::min(highest, rng.below(UsedNonces::window));
    const bool too_old = highest >= UsedNonces::window && nonce <= highest - UsedNonces::window;
    ASSERT_EQ(used.is_used(account(1), nonce), too_old || all.contains(nonce)) << "step " << i;
    used.use(account(1), nonce);
    all.insert(nonce);
    highest = std::max(highest, nonce);
  }
}

}  // namespace
}  // namespace souk
