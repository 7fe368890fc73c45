#include <functional>

#include "tests/chain/staking_fixture.hpp"

// Codes of staking's messages: what is wrong with them in themselves, and the rarer ones of the state.
namespace souk::test {
namespace {

using StakingCodes = StakeChain;

TEST_F(StakingCodes, ANewValidatorIsCheckedFieldByField) {
  struct Case {
    const char* code;
    std::function<void(MsgCreateValidator&)> spoil;
  };
  const Case cases[] = {
      {"staking 39", [](auto& m) { m.key = {}; }},
      {"sdk 18", [](auto& m) { m.value = uakt(0); }},
      {"sdk 18", [](auto& m) { m.moniker.clear(); }},
      {"sdk 18", [](auto& m) { m.moniker.assign(71, 'm'); }},
      {"ok", [](auto& m) { m.moniker.assign(70, 'm'); }},
      {"staking 9", [](auto& m) { m.commission.rate = dec("-0.1"); }},
      {"staking 9", [](auto& m) { m.commission.max_rate = dec("-0.1"); }},
      {"staking 10", [](auto& m) { m.commission.max_rate = dec("1.000000000000000001"); }},
      {"ok", [](auto& m) { m.commission.max_rate = dec("1"); }},
      {"staking 11", [](auto& m) { m.commission.rate = dec("0.200000000000000001"); }},
      {"ok", [](auto& m) { m.commission.rate = dec("0.2"); }},
      {"staking 13", [](auto& m) { m.commission.max_change_rate = dec("-0.1"); }},
      {"staking 14", [](auto& m) { m.commission.max_change_rate = dec("0.21"); }},
      {"sdk 18", [](auto& m) { m.min_self_delegation = {0}; }},
      {"staking 16", [](auto& m) { m.min_self_delegation = {one_akt + 1}; }},
      {"ok", [](auto& m) { m.min_self_delegation = {one_akt}; }},
      {"staking 40", [](auto& m) { m.commission.rate = dec("0.049999999999999999"); }},
  };
  std::uint8_t number = 10;
  for (const Case& c : cases) {
    MsgCreateValidator msg = validator_msg(number++, one_akt);
    c.spoil(msg);
    EXPECT_EQ(text(send(msg)), c.code) << "case " << number - 11;
  }
}

TEST_F(StakingCodes, AmountsMustBePositive) {
  for (const std::int64_t micro : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN}) {
    EXPECT_EQ(text(send(delegate_msg(10, 1, micro))), "sdk 18");
    EXPECT_EQ(text(send(undelegate_msg(10, 1, micro))), "sdk 18");
    EXPECT_EQ(text(send(redelegate_msg(10, 1, 2, micro))), "sdk 18");
    EXPECT_EQ(text(send(MsgCancelUnbondingDelegation{party(10), party(1), uakt(micro), {1}})), "sdk 18");
    EXPECT_EQ(text(send(MsgEditValidator{party(1), {}, Amount{micro}})), "sdk 18");
  }
  EXPECT_EQ(text(send(MsgCancelUnbondingDelegation{party(10), party(1), uakt(1), {0}})), "sdk 18");
  EXPECT_EQ(text(send(MsgEditValidator{party(1), dec("-0.1"), {}})), "sdk 18");
  EXPECT_EQ(text(send(MsgEditValidator{party(1), dec("1.1"), {}})), "sdk 18");
}

TEST_F(StakingCodes, ANewVestingAccountIsCheckedInItself) {
  const Time later = ledger.block().time + std::chrono::hours(1);
  EXPECT_EQ(text(send(MsgCreateVestingAccount{party(10), party(100), {}, later, false})), "sdk 10");
  EXPECT_EQ(text(send(MsgCreateVestingAccount{party(10), party(100), {uakt(0)}, later, false})), "sdk 10");
  EXPECT_EQ(text(send(MsgCreateVestingAccount{party(10), party(100), {uakt(1)}, Time{}, false})), "sdk 18");
}

TEST_F(StakingCodes, AValidatorWithoutSelfDelegationStaysInJail) {
  must(delegate_msg(10, 4, one_akt));
  must(undelegate_msg(4, 4, 70 * one_akt));
  EXPECT_EQ(text(send(MsgUnjail{party(4)})), "staking 19");
}

TEST_F(StakingCodes, ARedelegationWorthLessThanATokenIsTooTiny) {
  Genesis genesis = stake_genesis({3 * one_akt, 90 * one_akt});
  genesis.params.stake.slashing.slash_fraction_double_sign = dec("0.333333333333333333");
  restart(genesis);
  next();
  inputs.misbehaviour = {double_sign(1, 1)};
  next();  // a token is worth a little more than 1.5 shares: one less a last digit is no whole token
  ASSERT_EQ(validator(1).tokens.micro, 2'000'001);
  EXPECT_EQ(text(send(redelegate_msg(1, 1, 2, 1))), "staking 30");
  EXPECT_EQ(text(send(redelegate_msg(1, 1, 2, 2))), "ok");
}

/// Undelegating one token at a time takes shares and, by truncation, often leaves the token to whoever stays:
/// a share comes to be worth more than a token. New shares are then fewer, never none.
TEST_F(StakingCodes, WhatTruncationLeavesMakesSharesDearButEveryAmountStillGetsSome) {
  Genesis genesis = stake_genesis({3 * one_akt, 90 * one_akt});
  genesis.params.stake.slashing.slash_fraction_double_sign = dec("0.333333333333333333");
  restart(genesis);
  must(delegate_msg(10, 1, 7));
  next();
  inputs.misbehaviour = {double_sign(1, 1)};
  next();
  must(undelegate_msg(1, 1, validator(1).tokens_of(shares(1, 1)).truncate().micro));
  EXPECT_LT(validator(1).tokens_of(Dec::from_int(1)), dec("0.81"));
  int steps = 0;
  while (send(undelegate_msg(10, 1, 1)).ok()) ++steps;
  EXPECT_EQ(steps, 7);
  EXPECT_GT(validator(1).tokens_of(Dec::from_int(1)), dec("2.39"));
  must(delegate_msg(11, 1, 1));
  EXPECT_GT(shares(11, 1), dec("0.41"));
  EXPECT_LT(shares(11, 1), dec("0.42"));
}

}  // namespace
}  // namespace souk::test
