#include <gmock/gmock.h>

#include "actors/chain/stake_tables.hpp"
#include "tests/chain/staking_fixture.hpp"

// Staking: akash-chain.md section 8.3.
namespace souk::test {
namespace {

using ::testing::ElementsAre;
using Staked = StakeChain;

constexpr Duration unbonding = std::chrono::seconds(1'814'400);

TEST(ValidatorTable, HasTheseStepsAndNoOther) {
  std::size_t allowed = 0;
  for (const auto& [state, input] : all_pairs<ValidatorStatus, ValidatorInput>()) {
    const auto to = souk::next(validator_transitions, state, input);
    if (to.has_value()) {
      ++allowed;
      EXPECT_NE(*to, state);
    } else {
      EXPECT_EQ(to.error(), (InvalidTransition<ValidatorStatus, ValidatorInput>{state, input}));
    }
  }
  EXPECT_EQ(allowed, 4u);
  EXPECT_EQ(*souk::next(validator_transitions, ValidatorStatus::unbonding, ValidatorInput::bond),
            ValidatorStatus::bonded);
  EXPECT_FALSE(
      souk::next(validator_transitions, ValidatorStatus::unbonded, ValidatorInput::mature).has_value());
}

TEST_F(Staked, GenesisValidatorsAreBondedAndTheirCoinsAreInThePool) {
  EXPECT_EQ(pool("bonded_tokens_pool"), 340 * one_akt);
  EXPECT_EQ(pool("not_bonded_tokens_pool"), 0);
  EXPECT_EQ(validator(1).status, ValidatorStatus::bonded);
  EXPECT_EQ(validator(1).power(), 100);
  EXPECT_EQ(shares(1, 1), Dec::from_int(100 * one_akt));
  EXPECT_EQ(purse_of(1), 1'000'000 * one_akt);
  ASSERT_EQ(ledger.economy().set_of({1})->size(), 4u);
  EXPECT_EQ(ledger.economy().set_of({1})->front().key, key_of(1));
}

TEST_F(Staked, FirstSharesAreTheAmountLaterOnesFollowTheRate_8_3) {
  must(delegate_msg(10, 1, 50 * one_akt));
  EXPECT_EQ(shares(10, 1), Dec::from_int(50 * one_akt));
  EXPECT_EQ(event<EventDelegate>()->new_shares, Dec::from_int(50 * one_akt));
  next();
  inputs.misbehaviour = {double_sign(1, 1)};  // 5 % of 100 AKT, but the tokens are 150: rate 145/150
  inputs.misbehaviour[0].power = 100;
  next();
  EXPECT_EQ(validator(1).tokens.micro, 145 * one_akt);
  must(delegate_msg(11, 1, 29 * one_akt));
  EXPECT_EQ(shares(11, 1), Dec::from_int(30 * one_akt));
  // shares = T(150e6 x 1 / 145e6), 18 decimals
  must(delegate_msg(12, 1, 1));
  EXPECT_EQ(shares(12, 1), dec("1.034482758620689655"));
}

TEST_F(Staked, DelegatingAsksForTheBondDenominationAValidatorAndABalance) {
  EXPECT_EQ(text(send(MsgDelegate{party(10), party(9), uakt(1)})), "staking 3");
  EXPECT_EQ(text(send(MsgDelegate{party(10), party(1), uact(1)})), "sdk 18");
  EXPECT_EQ(text(send(delegate_msg(10, 1, 1'000'000 * one_akt + 1))), "sdk 5");
  EXPECT_EQ(text(send(delegate_msg(200, 1, 1))), "sdk 5");
  EXPECT_EQ(text(send(delegate_msg(10, 1, 1'000'000 * one_akt))), "ok");
  EXPECT_EQ(purse_of(10), 0);
}

TEST_F(Staked, UndelegatedCoinsComeBackAfterTheUnbondingTime) {
  must(delegate_msg(10, 1, 50 * one_akt));
  must(undelegate_msg(10, 1, 20 * one_akt));
  const Time due = ledger.block().time + unbonding;
  EXPECT_EQ(event<EventUnbond>()->completion_time, due);
  EXPECT_EQ(pool("bonded_tokens_pool"), 370 * one_akt);
  EXPECT_EQ(pool("not_bonded_tokens_pool"), 20 * one_akt);
  ASSERT_EQ(staking().unbonding(party(10), party(1)).size(), 1u);
  EXPECT_EQ(staking().unbonding(party(10), party(1))[0],
            (UnbondingEntry{{1}, due, {20 * one_akt}, {20 * one_akt}}));
  end();
  EXPECT_EQ(ledger.next_deadline({}), (Deadline{due, {INT64_MAX}}));
  begin_at(2, due - std::chrono::nanoseconds(1));
  end();
  EXPECT_EQ(event<EventCompleteUnbonding>(), nullptr);
  EXPECT_EQ(purse_of(10), (1'000'000 - 50) * one_akt);
  begin_at(3, due);
  end();
  EXPECT_EQ(event<EventCompleteUnbonding>()->amount, uakt(20 * one_akt));
  EXPECT_EQ(purse_of(10), (1'000'000 - 30) * one_akt);
  EXPECT_EQ(ledger.next_deadline({}), Deadline{});
}

TEST_F(Staked, UndelegatingRefusesWhatIsNotThere) {
  EXPECT_EQ(text(send(undelegate_msg(10, 9, 1))), "staking 3");
  EXPECT_EQ(text(send(undelegate_msg(10, 1, 1))), "staking 19");
  must(delegate_msg(10, 1, 5 * one_akt));
  EXPECT_EQ(text(send(undelegate_msg(10, 1, 5 * one_akt + 1))), "sdk 18");
  EXPECT_EQ(text(send(undelegate_msg(10, 1, INT64_MAX))), "sdk 18");
  EXPECT_EQ(text(send(MsgUndelegate{party(10), party(1), uact(1)})), "sdk 18");
}

TEST_F(Staked, AtMostSevenEntriesUnbondAndThoseOfOneBlockAreOne_8_3) {
  must(delegate_msg(10, 1, 100 * one_akt));
  for (int i = 0; i < 7; ++i) {
    must(undelegate_msg(10, 1, one_akt));
    if (i < 6) next();
  }
  EXPECT_EQ(staking().unbonding(party(10), party(1)).size(), 7u);
  EXPECT_EQ(text(send(undelegate_msg(10, 1, one_akt))), "staking 27");
  must(delegate_msg(11, 1, 100 * one_akt));
  for (int i = 0; i < 9; ++i) must(undelegate_msg(11, 1, one_akt));
  ASSERT_EQ(staking().unbonding(party(11), party(1)).size(), 1u);
  EXPECT_EQ(staking().unbonding(party(11), party(1))[0].balance.micro, 9 * one_akt);
  next_after(unbonding);
  end();
  EXPECT_EQ(purse_of(11), (1'000'000 - 91) * one_akt);
  EXPECT_EQ(purse_of(10), (1'000'000 - 93) * one_akt);
}

TEST_F(Staked, TheLastDelegatorTakesAllTokens_8_3) {
  must(delegate_msg(10, 1, 50 * one_akt));
  next();
  inputs.misbehaviour = {double_sign(1, 1)};
  inputs.misbehaviour[0].power = 33;  // 1,650,000 of 150,000,000
  next();
  const std::int64_t tokens = validator(1).tokens.micro;
  ASSERT_EQ(tokens, 148'350'000);
  must(undelegate_msg(1, 1, validator(1).tokens_of(shares(1, 1)).truncate().micro));
  EXPECT_EQ(shares(1, 1), Dec{});
  const std::int64_t left = validator(1).tokens.micro;
  must(undelegate_msg(10, 1, left));
  EXPECT_EQ(event<EventUnbond>()->amount.amount.micro, left);
  EXPECT_EQ(validator(1).tokens.micro, 0);
  EXPECT_EQ(validator(1).shares, Dec{});
}

TEST_F(Staked, SelfDelegationBelowItsMinimumJails_8_3) {
  must(MsgEditValidator{party(1), {}, Amount{95 * one_akt}});
  must(delegate_msg(10, 1, 500 * one_akt));
  must(undelegate_msg(10, 1, 400 * one_akt));
  must(undelegate_msg(1, 1, 5 * one_akt));
  EXPECT_FALSE(validator(1).jailed);
  must(undelegate_msg(1, 1, 1));
  EXPECT_TRUE(validator(1).jailed);
  EXPECT_EQ(validator(1).status, ValidatorStatus::bonded);
  EXPECT_THAT(next(), ElementsAre(ValidatorUpdate{key_of(1), 0}));
  EXPECT_EQ(validator(1).status, ValidatorStatus::unbonding);
  EXPECT_EQ(pool("bonded_tokens_pool"), 240 * one_akt);
  EXPECT_EQ(text(send(MsgUnjail{party(1)})), "slashing 7");
  must(delegate_msg(1, 1, 1));
  must(MsgUnjail{party(1)});
  EXPECT_THAT(next(), ElementsAre(ValidatorUpdate{key_of(1), 195}));
  EXPECT_EQ(validator(1).status, ValidatorStatus::bonded);
}

TEST_F(Staked, CommissionMayRiseALittleOnceADay_8_3) {
  const auto to = [&](const char* rate) { return text(send(MsgEditValidator{party(1), dec(rate), {}})); };
  EXPECT_EQ(to("0.105"), "staking 12");
  next_after(std::chrono::hours(24) - std::chrono::seconds(7));
  EXPECT_EQ(to("0.105"), "staking 12");
  next_after(std::chrono::seconds(7));
  EXPECT_EQ(to("0.110000000000000001"), "staking 15");
  EXPECT_EQ(to("0.200000000000000001"), "staking 11");
  EXPECT_EQ(to("0.049999999999999999"), "sdk 18");
  EXPECT_EQ(text(send(MsgEditValidator{party(10), dec("0.1"), {}})), "staking 3");
  EXPECT_EQ(to("0.11"), "ok");
  EXPECT_EQ(validator(1).commission.rate, dec("0.11"));
  EXPECT_EQ(to("0.11"), "staking 12");
  next_after(std::chrono::hours(24));
  EXPECT_EQ(to("0.05"), "ok");  // down by any step
}

TEST_F(Staked, TheMinimumSelfDelegationOnlyGrows) {
  const auto to = [&](std::int64_t micro) {
    return text(send(MsgEditValidator{party(1), {}, Amount{micro}}));
  };
  EXPECT_EQ(to(1), "staking 17");
  EXPECT_EQ(to(100 * one_akt + 1), "staking 16");
  EXPECT_EQ(to(100 * one_akt), "ok");
  EXPECT_EQ(validator(1).min_self_delegation.micro, 100 * one_akt);
}

TEST_F(Staked, ANewValidatorEntersTheSetAtTheEndOfTheBlock) {
  EXPECT_EQ(text(send(validator_msg(1, one_akt))), "staking 4");
  auto msg = validator_msg(10, 60 * one_akt);
  msg.key = key_of(2);
  EXPECT_EQ(text(send(msg)), "staking 5");
  msg.key = key_of(10);
  msg.commission.rate = dec("0.049");
  EXPECT_EQ(text(send(msg)), "staking 40");
  msg.commission.rate = dec("0.05");
  msg.value.denom = Denom::uact;
  EXPECT_EQ(text(send(msg)), "sdk 18");
  msg.value = uakt(1'000'000 * one_akt + 1);
  EXPECT_EQ(text(send(msg)), "sdk 5");
  msg.value = uakt(60 * one_akt);
  must(msg);
  EXPECT_EQ(validator(10).status, ValidatorStatus::unbonded);
  EXPECT_EQ(pool("not_bonded_tokens_pool"), 60 * one_akt);
  EXPECT_THAT(end(), ElementsAre(ValidatorUpdate{key_of(10), 60}));
  EXPECT_EQ(validator(10).status, ValidatorStatus::bonded);
  EXPECT_EQ(pool("bonded_tokens_pool"), 400 * one_akt);
  EXPECT_EQ(pool("not_bonded_tokens_pool"), 0);
  EXPECT_EQ(ledger.economy().set_of({2})->size(), 4u);  // two heights on
  EXPECT_EQ(ledger.economy().set_of({3})->size(), 5u);
  EXPECT_EQ(signing(10).start_height.value, 1);
}

TEST_F(Staked, APowerOfZeroIsNoPower) {
  must(validator_msg(10, one_akt - 1));
  EXPECT_TRUE(next().empty());
  EXPECT_EQ(validator(10).status, ValidatorStatus::unbonded);
  must(delegate_msg(11, 10, 1));
  EXPECT_THAT(next(), ElementsAre(ValidatorUpdate{key_of(10), 1}));
}

TEST_F(Staked, TheStrongestAreActiveAndTiesGoToTheSmallerAddress_8_3) {
  Genesis genesis = stake_genesis({70 * one_akt, 70 * one_akt, 70 * one_akt});
  genesis.params.stake.staking.max_validators = 3;
  restart(genesis);
  must(validator_msg(10, 70 * one_akt));
  EXPECT_TRUE(next().empty());
  must(delegate_msg(11, 10, one_akt));
  EXPECT_THAT(next(), ElementsAre(ValidatorUpdate{key_of(3), 0}, ValidatorUpdate{key_of(10), 71}));
  EXPECT_EQ(validator(3).status, ValidatorStatus::unbonding);
  EXPECT_EQ(validator(3).unbonding_time, time_of(2) + unbonding);
  must(delegate_msg(11, 3, one_akt - 1));  // the same power as 1 and 2, but the larger address
  EXPECT_TRUE(next().empty());
  must(undelegate_msg(11, 10, one_akt));  // now all four have 70
  EXPECT_THAT(next(), ElementsAre(ValidatorUpdate{key_of(3), 70}, ValidatorUpdate{key_of(10), 0}));
}

TEST_F(Staked, UpdatesTellOnlyOfPowersThatChanged) {
  must(delegate_msg(10, 2, one_akt - 1));
  EXPECT_TRUE(next().empty());
  must(delegate_msg(10, 2, 1));
  EXPECT_THAT(next(), ElementsAre(ValidatorUpdate{key_of(2), 91}));
}

TEST_F(Staked, AnUnbondingValidatorMaturesAndGoesOnceItHasNoShares) {
  must(undelegate_msg(4, 4, 70 * one_akt));
  EXPECT_TRUE(validator(4).jailed);
  EXPECT_THAT(next(), ElementsAre(ValidatorUpdate{key_of(4), 0}));
  EXPECT_EQ(validator(4).status, ValidatorStatus::unbonding);
  EXPECT_EQ(purse_of(4), 1'000'000 * one_akt);
  next_after(unbonding);
  end();
  EXPECT_EQ(staking().find(party(4)), nullptr);
  EXPECT_EQ(staking().find(key_of(4)), nullptr);
  EXPECT_EQ(purse_of(4), 1'000'070 * one_akt);
}

TEST_F(Staked, FromAnUnbondingValidatorItTakesAsLongAsTheValidatorFromAnUnbondedOneNoTime_8_3) {
  must(delegate_msg(10, 4, 30 * one_akt));
  must(undelegate_msg(4, 4, 70 * one_akt));  // jailed
  next_after(std::chrono::hours(1));
  ASSERT_EQ(validator(4).status, ValidatorStatus::unbonding);
  next_after(std::chrono::hours(1));
  must(undelegate_msg(10, 4, 10 * one_akt));
  EXPECT_EQ(event<EventUnbond>()->completion_time, validator(4).unbonding_time);
  must(redelegate_msg(10, 4, 1, 5 * one_akt));
  EXPECT_EQ(event<EventRedelegate>()->completion_time, validator(4).unbonding_time);
  EXPECT_EQ(pool("bonded_tokens_pool"), (100 + 90 + 80 + 5) * one_akt);
  next_after(unbonding);
  next();
  ASSERT_EQ(validator(4).status, ValidatorStatus::unbonded);
  EXPECT_EQ(staking().redelegations().begin(), staking().redelegations().end());
  const std::int64_t before = purse_of(10);
  must(undelegate_msg(10, 4, 10 * one_akt));
  EXPECT_EQ(event<EventUnbond>()->completion_time, ledger.block().time);
  EXPECT_EQ(purse_of(10), before + 10 * one_akt);
  EXPECT_TRUE(staking().unbonding(party(10), party(4)).empty());
  must(redelegate_msg(10, 4, 1, 5 * one_akt));  // the last shares: the validator is gone
  EXPECT_EQ(staking().find(party(4)), nullptr);
  EXPECT_EQ(staking().redelegations().begin(), staking().redelegations().end());
}

TEST_F(Staked, RedelegationsAreNotTransitiveUntilTheyMature_8_3) {
  must(delegate_msg(10, 1, 30 * one_akt));
  EXPECT_EQ(text(send(redelegate_msg(10, 9, 1, one_akt))), "staking 3");
  EXPECT_EQ(text(send(redelegate_msg(10, 2, 1, one_akt))), "staking 19");
  EXPECT_EQ(text(send(redelegate_msg(10, 1, 1, one_akt))), "staking 29");
  EXPECT_EQ(text(send(redelegate_msg(10, 1, 9, one_akt))), "staking 31");
  EXPECT_EQ(text(send(redelegate_msg(10, 1, 2, 31 * one_akt))), "sdk 18");
  must(redelegate_msg(10, 1, 2, 10 * one_akt));
  EXPECT_EQ(shares(10, 2), Dec::from_int(10 * one_akt));
  EXPECT_EQ(pool("bonded_tokens_pool"), 370 * one_akt);
  EXPECT_EQ(text(send(redelegate_msg(10, 2, 3, one_akt))), "staking 32");
  must(redelegate_msg(10, 1, 3, one_akt));  // from the first it may go on
  next_after(unbonding);
  next();
  must(redelegate_msg(10, 2, 3, one_akt));
}

TEST_F(Staked, AtMostSevenRedelegationsBetweenTwoValidators) {
  must(delegate_msg(10, 1, 30 * one_akt));
  for (int i = 0; i < 7; ++i) must(redelegate_msg(10, 1, 2, one_akt));
  EXPECT_EQ(text(send(redelegate_msg(10, 1, 2, one_akt))), "staking 33");
  EXPECT_EQ(text(send(redelegate_msg(10, 1, 3, one_akt))), "ok");
}

TEST_F(Staked, CancellingTakesAnEntryBackIntoTheDelegation) {
  const auto cancel = [&](std::int64_t micro, std::int64_t height, std::uint8_t of = 1) {
    return text(send(MsgCancelUnbondingDelegation{party(10), party(of), uakt(micro), {height}}));
  };
  must(delegate_msg(10, 1, 50 * one_akt));
  must(undelegate_msg(10, 1, 20 * one_akt));
  next();
  EXPECT_EQ(cancel(one_akt, 1, 9), "staking 3");
  EXPECT_EQ(cancel(one_akt, 2), "sdk 38");
  EXPECT_EQ(cancel(one_akt, 1, 2), "sdk 38");
  EXPECT_EQ(cancel(20 * one_akt + 1, 1), "sdk 18");
  EXPECT_EQ(cancel(5 * one_akt, 1), "ok");
  EXPECT_EQ(shares(10, 1), Dec::from_int(35 * one_akt));
  EXPECT_EQ(staking().unbonding(party(10), party(1))[0].balance.micro, 15 * one_akt);
  EXPECT_EQ(staking().unbonding(party(10), party(1))[0].initial_balance.micro, 15 * one_akt);
  EXPECT_EQ(pool("not_bonded_tokens_pool"), 15 * one_akt);
  EXPECT_EQ(cancel(15 * one_akt, 1), "ok");
  EXPECT_TRUE(staking().unbonding(party(10), party(1)).empty());
  next_after(unbonding);
  end();
  EXPECT_EQ(event<EventCompleteUnbonding>(), nullptr);
  EXPECT_EQ(purse_of(10), (1'000'000 - 50) * one_akt);
}

TEST_F(Staked, NothingIsTakenBackIntoAJailedValidatorOrAMatureEntry) {
  must(delegate_msg(10, 4, 50 * one_akt));
  must(undelegate_msg(10, 4, 20 * one_akt));
  must(undelegate_msg(4, 4, 70 * one_akt));
  const auto cancel = [&] {
    return text(send(MsgCancelUnbondingDelegation{party(10), party(4), uakt(one_akt), {1}}));
  };
  EXPECT_EQ(cancel(), "staking 7");
  must(delegate_msg(4, 4, one_akt));
  must(MsgUnjail{party(4)});
  EXPECT_EQ(cancel(), "ok");
  next_after(unbonding);  // mature, though not yet paid out
  EXPECT_EQ(cancel(), "sdk 38");
}

TEST_F(Staked, AFailingMessageTakesTheWholeTransactionBack) {
  Tx tx;
  tx.signer = party(10);
  tx.msgs = {StakeMsg(delegate_msg(10, 1, one_akt)), StakeMsg(undelegate_msg(10, 1, one_akt)),
             StakeMsg(delegate_msg(10, 9, one_akt))};
  EXPECT_EQ(text(deliver(tx)), "staking 3");
  EXPECT_EQ(shares(10, 1), Dec{});
  tx.timeout_height = {1};
  tx.msgs.pop_back();
  EXPECT_EQ(text(deliver(tx)), "ok");
  next();
  EXPECT_EQ(text(deliver(tx)), "sdk 30");
}

TEST(ShareMath, ProductsOfSharesAndTokensAreExactBeyond128Bits) {
  ValidatorRecord validator;
  validator.tokens = {9'000'000'000'000'000'000};
  validator.shares = Dec::from_int(9'000'000'000'000'000'000);
  EXPECT_EQ(validator.tokens_of(validator.shares), Dec::from_int(9'000'000'000'000'000'000));
  EXPECT_EQ(validator.shares_of({8'999'999'999'999'999'999}), Dec::from_int(8'999'999'999'999'999'999));
  validator.tokens = {2};
  validator.shares = Dec::from_int(3);
  EXPECT_EQ(validator.tokens_of(Dec::from_int(1)), dec("0.666666666666666667"));
  EXPECT_EQ(validator.tokens_of_truncated(Dec::from_int(1)), dec("0.666666666666666666"));
  EXPECT_EQ(validator.shares_of({1}), dec("1.5"));
  EXPECT_EQ(Dec::quo_round_up(Dec::from_int(1), Dec::from_int(3)), dec("0.333333333333333334"));
  EXPECT_EQ(Dec::quo_round_up(Dec::from_int(1), Dec::from_int(4)), dec("0.25"));
  EXPECT_EQ(Dec::times_quo(Dec::from_int(-7), 2, Dec::from_int(4)), dec("-3.5"));
}

TEST(ShareMath, ANearlyWorthlessShareIsNoWayAroundTheRange) {
  ValidatorRecord validator;
  validator.tokens = {1};
  validator.shares = Dec::from_int(1'000'000'000'000);
  EXPECT_TRUE(validator.can_issue({90'000'000}));
  EXPECT_FALSE(validator.can_issue({110'000'000}));
  EXPECT_FALSE(validator.can_issue({INT64_MAX}));
}

}  // namespace
}  // namespace souk::test
