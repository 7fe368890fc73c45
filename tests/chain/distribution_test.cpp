#include "actors/chain/distribution.hpp"

#include <algorithm>

#include "actors/base/rng.hpp"
#include "tests/chain/distribution_fixture.hpp"

namespace souk::test {
namespace {

class V21RewardDistribution : public DistributionTest {
 protected:
  V21RewardDistribution() {
    const std::int64_t stakes[] = {40, 30, 20, 10};
    const std::string_view rates[] = {"0.05", "0.1", "0.05", "0.2"};
    for (std::uint8_t v = 1; v <= 4; ++v) {
      commission[account(v)] = decimal(rates[v - 1]);
      validator(v, {{static_cast<std::uint8_t>(10 + v), stakes[v - 1]}});
    }
    at(2);
  }
};

TEST_F(V21RewardDistribution, Modern) {
  params.stake.distribution.community_tax = decimal("0.4");
  pay(1'000'000);
  EXPECT_EQ(pool(), "400000.000000000000000000uakt");
  const std::int64_t gross[] = {240'000, 180'000, 120'000, 60'000};
  const std::int64_t kept[] = {12'000, 18'000, 6'000, 12'000};
  for (std::uint8_t v = 1; v <= 4; ++v) {
    EXPECT_EQ(distribution.outstanding(account(v))[Denom::uakt], Dec::from_int(gross[v - 1]));
    EXPECT_EQ(distribution.commission(account(v))[Denom::uakt], Dec::from_int(kept[v - 1]));
  }
  at(3);
  std::int64_t delegators = 0;
  for (std::uint8_t v = 1; v <= 4; ++v) {
    delegators += withdraw(static_cast<std::uint8_t>(10 + v), v);
    EXPECT_EQ(withdraw_commission(v), kept[v - 1]);
  }
  EXPECT_EQ(delegators, 552'000);
  EXPECT_EQ(pool(), "400000.000000000000000000uakt");
  expect_sound();
}

TEST_F(V21RewardDistribution, LegacyGenesisPaysTheProposerMore) {
  params.stake.distribution.community_tax = decimal("0.02");
  params.stake.distribution.base_proposer_reward = decimal("0.01");
  params.stake.distribution.bonus_proposer_reward = decimal("0.04");
  proposer = account(1);
  pay(1'000'000);
  EXPECT_EQ(pool(), "20000.000000000000000000uakt");
  const std::int64_t gross[] = {422'000, 279'000, 186'000, 93'000};
  for (std::uint8_t v = 1; v <= 4; ++v)
    EXPECT_EQ(distribution.outstanding(account(v))[Denom::uakt], Dec::from_int(gross[v - 1]));
  const auto paid = std::count_if(events.begin(), events.end(), [](const ChainEvent& e) {
    const auto* stake_event = std::get_if<StakeEvent>(&e);
    return stake_event != nullptr && std::holds_alternative<EventProposerReward>(*stake_event);
  });
  EXPECT_EQ(paid, 1);
  expect_sound();
}

TEST_F(V21RewardDistribution, LegacyWithoutAProposerLeavesItsPartInThePool) {
  params.stake.distribution.community_tax = decimal("0.02");
  params.stake.distribution.base_proposer_reward = decimal("0.05");
  pay(1'000'000);
  EXPECT_EQ(pool(), "70000.000000000000000000uakt");
}

TEST_F(V21RewardDistribution, LegacyBonusIsInProportionToThePowerThatSigned) {
  params.stake.distribution.community_tax = {};
  params.stake.distribution.bonus_proposer_reward = decimal("0.1");
  auto who = voters();
  who[3].signed_it = false;  // 10 of 100
  DecCoins fees;
  fees[Denom::uakt] = Dec::from_int(1'000'000);
  distribution.allocate(params.stake.distribution, fees, {1}, distribution.plan(who), account(1), nullptr);
  // 9 % to the proposer, the rest by power; the absent one earns as well.
  EXPECT_EQ(distribution.outstanding(account(1))[Denom::uakt], Dec::from_int(90'000 + 364'000));
  EXPECT_EQ(distribution.outstanding(account(4))[Denom::uakt], Dec::from_int(91'000));
}

TEST_F(DistributionTest, WithoutPowerAllGoesToThePool) {
  at(2);
  pay(1000);
  EXPECT_EQ(pool(), "1000.000000000000000000uakt");
  expect_sound();
}

TEST_F(DistributionTest, TheFirstHeightDistributesNothing) {
  commission[account(1)] = {};
  validator(1, {{11, 100}});
  at(1);
  pay(1000);
  EXPECT_EQ(balance(module_address("fee_collector")), 1000);
  EXPECT_EQ(pool(), "");
}

TEST_F(DistributionTest, WhoBeginsInABlockEarnsNothingOfIt) {
  params.stake.distribution.community_tax = {};
  commission[account(1)] = {};
  validator(1, {{11, 100}});
  at(2);
  pay(1000);
  delegate(12, 1, 100);
  EXPECT_EQ(withdraw(12, 1), 0);
  at(3);
  pay(1000);
  at(4);
  EXPECT_EQ(withdraw(12, 1), 500);
  EXPECT_EQ(withdraw(11, 1), 1500);
  EXPECT_EQ(withdraw(11, 1), 0);  // in the same block
  expect_sound();
}

TEST_F(DistributionTest, ASlashSharesLaterRewardsByWhatIsLeft) {
  params.stake.distribution.community_tax = {};
  commission[account(1)] = {};
  validator(1, {{11, 100}, {12, 100}});
  at(2);
  slash(1, 100);  // half of both
  at(3);
  delegate(13, 1, 100);
  at(4);
  pay(1000);
  at(5);
  EXPECT_EQ(withdraw(11, 1), 250);
  EXPECT_EQ(withdraw(12, 1), 250);
  EXPECT_EQ(withdraw(13, 1), 500);
  expect_sound();
}

TEST_F(DistributionTest, DustGoesToThePoolAndCommissionDustWaits) {
  params.stake.distribution.community_tax = {};
  commission[account(1)] = decimal("0.25");
  validator(1, {{11, 3}});
  at(2);
  pay(10);
  at(3);
  EXPECT_EQ(withdraw(11, 1), 7);  // of 7.5
  EXPECT_EQ(pool(), "0.500000000000000000uakt");
  EXPECT_EQ(withdraw_commission(1), 2);
  EXPECT_EQ(distribution.commission(account(1))[Denom::uakt], decimal("0.5"));
  expect_sound();
}

TEST_F(DistributionTest, AValidatorThatGoesIsPaidItsCommission) {
  params.stake.distribution.community_tax = {};
  commission[account(1)] = decimal("0.1");
  validator(1, {{11, 100}});
  at(2);
  pay(999);
  at(3);
  undelegate(11, 1);
  EXPECT_EQ(earned(11), 899);
  Execution x = exec();
  distribution.on_validator_removed(account(1), bank, x);
  stake.validators.erase(account(1));
  EXPECT_EQ(earned(1), 99);
  EXPECT_EQ(pool(), "1.000000000000000000uakt");
  expect_sound();
  validator(1, {{11, 5}});  // and may come again
  EXPECT_TRUE(distribution.outstanding(account(1)).is_zero());
}

TEST_F(DistributionTest, RewardsGoToTheWithdrawAddress) {
  params.stake.distribution.community_tax = {};
  commission[account(1)] = {};
  validator(1, {{11, 100}});
  Execution x = exec();
  EXPECT_EQ(text_of(distribution.set_withdraw_address({account(11), account(30)}, bank, x)), "ok");
  at(2);
  pay(1000);
  at(3);
  EXPECT_EQ(withdraw(11, 1), 0);
  EXPECT_EQ(balance(account(30)), 1000);
}

TEST_F(DistributionTest, ThePoolIsFundedAndSpentByGovernance) {
  at(2);
  Execution x = exec();
  EXPECT_EQ(text_of(distribution.fund_community_pool({{akt(500)}, account(11)}, bank, x)), "ok");
  EXPECT_EQ(
      text_of(distribution.spend_community_pool({module_address("gov"), account(31), {akt(200)}}, bank, x)),
      "ok");
  EXPECT_EQ(balance(account(31)), 200);
  EXPECT_EQ(pool(), "300.000000000000000000uakt");
  expect_sound();
}

TEST_F(DistributionTest, WhatComesFromElsewhereIsAbsorbedByThePool) {
  bank.mint(module_address("distribution"), akt(70));
  EXPECT_FALSE(distribution.check(bank, true).has_value());
  EXPECT_TRUE(distribution.check(bank, false).has_value());
  distribution.absorb(bank);
  EXPECT_EQ(pool(), "70.000000000000000000uakt");
  expect_sound();
}

TEST_F(DistributionTest, ATransactionThatFailsLeavesNoTrace) {
  commission[account(1)] = decimal("0.1");
  validator(1, {{11, 100}});
  at(2);
  pay(1000);
  at(3);
  std::vector<std::uint8_t> before;
  distribution.append_state(before);
  bank.begin();
  distribution.begin_tx();
  withdraw(11, 1);
  withdraw_commission(1);
  delegate(12, 1, 50);
  slash(1, 10);
  validator(2, {{13, 10}});
  Execution x = exec();
  (void)distribution.set_withdraw_address({account(11), account(30)}, bank, x);
  (void)distribution.fund_community_pool({{akt(5)}, account(11)}, bank, x);
  bank.rollback();
  distribution.rollback();
  std::vector<std::uint8_t> after;
  distribution.append_state(after);
  EXPECT_EQ(before, after);
  expect_sound();
}

// ---- catching up

TEST(ScaledFactor, MultipliesAsDecDoes) {
  Rng rng(1, no_actor, Purpose::test, 0);
  const auto part = [&](std::uint64_t round) {
    if (round % 7 == 0) return Dec::from_int(static_cast<std::int64_t>(round % 2));
    if (round % 7 == 1) return Dec::from_raw(static_cast<i128>(rng.below(3)));
    return Dec::from_raw(static_cast<i128>(rng.below(Dec::scale) + 1));
  };
  for (std::uint64_t round = 0; round < 200'000; ++round) {
    const Dec factor = round % 5 == 0 ? Dec::from_raw(Dec::scale / 2) : part(round);
    const i128 wide = static_cast<i128>(rng.next()) << 56 | static_cast<i128>(rng.next() >> 8);
    const Dec x = Dec::from_raw(wide >> rng.below(120));
    const Scaled scaled(factor);
    ASSERT_EQ(scaled.truncated(x), Dec::mul_truncate(x, factor)) << round;
    ASSERT_EQ(scaled.rounded(x), Dec::mul(x, factor)) << round;
  }
}

class CatchingUp : public DistributionTest {
 protected:
  CatchingUp() {
    params.stake.mint_enabled = true;
    for (std::uint8_t v = 1; v <= 4; ++v) {
      commission[account(v)] = Dec::from_raw(Dec::scale / 7 * v / 3);
      validator(v, {{static_cast<std::uint8_t>(10 + v), 1'000'003'000'017 * v / 9}});
    }
    minter = Minter(decimal("0.035"));
  }
  std::vector<std::uint8_t> state() const {
    std::vector<std::uint8_t> bytes;
    distribution.append_state(bytes);
    minter.append_state(bytes);
    for (const char* module : {"fee_collector", "distribution", "mint"})
      bytes.push_back(static_cast<std::uint8_t>(balance(module_address(module)) % 251));
    return bytes;
  }
};

TEST_F(CatchingUp, EqualsBlockAfterBlock) {
  for (const std::int64_t last : {2, 3, 500, 20'000}) {
    const Minter minter_before = minter;
    const RewardDistribution distribution_before = distribution;
    const Bank bank_before = bank;
    for (std::int64_t h = 1; h <= last; ++h) {
      at(h);
      pay(h == 1 ? 12'345 : 0);
    }
    const auto stepwise = state();
    const Amount supply = bank.supply(Denom::uakt);
    const auto told = events.size();
    minter = minter_before;
    distribution = distribution_before;
    bank = bank_before;
    at(last);
    pay(12'345, last);
    EXPECT_EQ(state(), stepwise) << last;
    EXPECT_EQ(bank.supply(Denom::uakt), supply);
    EXPECT_EQ(events.size(), told);
    expect_sound();
    minter = minter_before;
    distribution = distribution_before;
    bank = bank_before;
  }
}

TEST_F(CatchingUp, TellsNothingIfNothingIsAsked) {
  params.stake.reward_events = false;
  at(1000);
  pay(0, 999);
  EXPECT_TRUE(events.empty());
  expect_sound();
}

}  // namespace
}  // namespace souk::test
