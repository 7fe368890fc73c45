#include "actors/operator.hpp"

#include <gtest/gtest.h>

#include "tests/actors/stake_rig.hpp"

namespace souk {
namespace {

using namespace std::chrono_literals;
using test::person;
using Rig = test::StakeRig<Operator>;

constexpr Duration day = 24h;

OperatorConfig config_of(std::uint8_t who = 1) {
  OperatorConfig config;
  config.address = person(who);
  config.moniker = "one";
  config.genesis = test::validators({{1, {0.05, 40}}, {2, {0.10, 40}}, {3, {0.20, 20}}});
  config.self_bond = {10'000'000};
  config.withdraw_every = 7 * day;
  return config;
}

EventValidatorStatus status(std::uint8_t who, bool bonded, bool jailed) {
  return {person(who), bonded, jailed, {40}};
}

TEST(Operator, TellsTheBlockMakerWhenItsMachineGoesDownAndComesBack) {
  OperatorConfig config = config_of();
  config.fails = true;
  config.up_h = Distribution::constant(10);
  config.down_h = Distribution::constant(2);
  Rig rig(Operator{config});
  const Time start = rig.now();
  rig.run_for(23h);
  const std::vector<std::pair<Time, bool>> expected{
      {start + 10h, false}, {start + 12h, true}, {start + 22h, false}};
  EXPECT_EQ(rig.uptimes, expected);
  EXPECT_EQ(rig.notes[Note::Metric::validator_down].size(), 2u);
  EXPECT_EQ(rig.notes[Note::Metric::validator_up].size(), 1u);
}

TEST(Operator, WhoSharesACauseGoesDownAtTheSameMoment) {
  OperatorConfig config = config_of();
  config.cause.number = 5;
  config.cause.gap_h = Distribution::make(Exponential{100}).value();
  config.cause.down_h = Distribution::make(Exponential{3}).value();
  Rig one(Operator{config}, 1, 7);
  Rig two(Operator{config}, 1, 8);
  config.cause.number = 6;
  Rig other(Operator{config}, 1, 9);
  for (Rig* rig : {&one, &two, &other}) rig->run_for(60 * day);
  EXPECT_GT(one.uptimes.size(), 4u);
  EXPECT_EQ(one.uptimes, two.uptimes);
  EXPECT_NE(one.uptimes, other.uptimes);
}

TEST(Operator, ACauseHitsWithItsProbability) {
  OperatorConfig config = config_of();
  config.cause.number = 5;
  config.cause.gap_h = Distribution::constant(24);
  config.cause.down_h = Distribution::constant(1);
  config.cause.hit = 0.25;
  Rig rig(Operator{config});
  rig.run_for(1000 * day);
  const double hits = static_cast<double>(rig.notes[Note::Metric::validator_down].size());
  EXPECT_NEAR(hits, 250, 4 * 13.7) << "binomial: 4 standard deviations";
}

TEST(Operator, AsksOutOfJailAfterTheJailTimeAndOnlyWhileUp) {
  OperatorConfig config = config_of();
  config.jail_time = 2h;
  config.unjail_after = 30min;
  config.fails = true;
  config.up_h = Distribution::constant(1);
  config.down_h = Distribution::constant(5);
  config.commission.rate = 0;  // nothing to withdraw
  Rig rig(Operator{config});
  rig.run_for(90min);  // down since 1 h
  rig.hear(status(1, false, true));
  rig.run_for(4h);
  EXPECT_TRUE(rig.sent<MsgUnjail>().empty()) << "its machine is still down";
  rig.run_for(1h);  // up at 6 h, noticed at 6:30
  const auto asked = rig.sent<MsgUnjail>();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].validator, person(1));
}

TEST(Operator, NeverAsksOutOfJailOnceTombstoned) {
  Rig rig(Operator{config_of()});
  rig.hear(EventSlash{person(1), 10, SlashReason::double_sign, true, {500'000}, {}});
  rig.hear(status(1, false, true));
  rig.run_for(100 * day);
  EXPECT_TRUE(rig.sent<MsgUnjail>().empty());
}

TEST(Operator, TakesItsCommissionAndAddsAPartToItsBond) {
  OperatorConfig config = config_of();
  config.top_up = 0.5;
  Rig rig(Operator{config});
  rig.run_for(7 * day);
  EXPECT_EQ(rig.sent<MsgWithdrawValidatorCommission>().size(), 1u);
  rig.hear(EventWithdrawCommission{person(1), {{Denom::uakt, {900}}}});
  const auto bonds = rig.sent<MsgDelegate>();
  ASSERT_EQ(bonds.size(), 1u);
  EXPECT_EQ(bonds[0].amount, (Coin{Denom::uakt, {450}}));
  EXPECT_EQ(bonds[0].validator, person(1));
}

TEST(Operator, MovesItsCommissionByItsPolicyAStepAtATime) {
  const struct {
    CommissionPolicy policy;
    double big_share;
    double expected;  ///< after one change from 5 %; the others' mean is (0.10 * 40 + 0.20 * 20) / 60
  } cases[] = {{CommissionPolicy::fixed, 1, -1},
               {CommissionPolicy::follow, 1, 0.06},
               {CommissionPolicy::undercut, 1, 0.06},
               {CommissionPolicy::raise_when_big, 0.3, 0.06},
               {CommissionPolicy::raise_when_big, 0.5, -1}};
  for (const auto& c : cases) {
    OperatorConfig config = config_of();
    config.commission.policy = c.policy;
    config.commission.big_share = c.big_share;
    config.commission.every = 30 * day;
    Rig rig(Operator{config});
    rig.run_for(30 * day);
    const auto edits = rig.sent<MsgEditValidator>();
    if (c.expected < 0) {
      EXPECT_TRUE(edits.empty());
      continue;
    }
    ASSERT_EQ(edits.size(), 1u);
    EXPECT_NEAR(edits[0].commission_rate->to_double(), c.expected, 1e-12);
  }
}

TEST(Operator, LeavesAfterEnoughPoorWindowsInARowAndStays) {
  OperatorConfig config = config_of();
  config.economics.enabled = true;
  config.economics.cost_usd_month = 304.375;  // 300 USD in 30 days
  config.economics.akt_usd = 2;
  config.economics.window = 30 * day;
  config.economics.patience = 2;
  Rig rig(Operator{config});
  const auto earn = [&](std::int64_t akt) {
    rig.run_for(15 * day);
    rig.hear(EventWithdrawCommission{person(1), {{Denom::uakt, {akt * 1'000'000}}}});
    rig.run_for(15 * day);
  };
  earn(149);  // 298 USD: poor
  earn(151);  // 302 USD: well
  earn(149);
  EXPECT_TRUE(rig.sent<MsgUndelegate>().empty());
  earn(149);
  const auto gone = rig.sent<MsgUndelegate>();
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].amount, (Coin{Denom::uakt, {10'000'000}}));
  EXPECT_EQ(rig.notes[Note::Metric::validator_left].size(), 1u);
  rig.hear(status(1, false, true));
  rig.run_for(100 * day);
  EXPECT_TRUE(rig.sent<MsgUnjail>().empty());
}

TEST(Operator, EntersWhenWhatItWatchesEarnsEnough) {
  OperatorConfig config = config_of(9);
  config.starts_inside = false;
  config.economics.enabled = true;
  config.economics.cost_usd_month = 304.375;
  config.economics.akt_usd = 1;
  config.economics.window = 30 * day;
  config.economics.watched = person(2);
  config.economics.expected_stake = {80};  // twice what the watched one has
  config.economics.entry_margin = 1;
  Rig rig(Operator{config});
  rig.hear(EventWithdrawCommission{person(2), {{Denom::uakt, {149'000'000}}}});
  rig.run_for(30 * day);
  EXPECT_TRUE(rig.sent<MsgCreateValidator>().empty());
  rig.hear(EventWithdrawCommission{person(2), {{Denom::uakt, {151'000'000}}}});
  rig.run_for(30 * day);
  ASSERT_EQ(rig.txs.size(), 1u);
  const std::uint64_t nonce = rig.txs[0]->nonce;
  const auto created = rig.sent<MsgCreateValidator>();
  ASSERT_EQ(created.size(), 1u);
  EXPECT_EQ(created[0].value, (Coin{Denom::uakt, {10'000'000}}));
  EXPECT_FALSE(rig.actor().is_inside());
  rig.give(TxDecided{nonce, Height{5}, Codespace::none, 0, 0});
  EXPECT_TRUE(rig.actor().is_inside());
  EXPECT_EQ(rig.notes[Note::Metric::validator_joined].size(), 1u);
}

TEST(ValidatorView, CountsWhatItIsToldTwiceOnce) {
  ValidatorView view(test::validators({{1, {0.05, 100}}}));
  const ChainNotice notice{Height{3}, Time{},
                           StakeEvent{EventDelegate{person(1), person(9), {Denom::uakt, {50}}, {}}}};
  EXPECT_TRUE(view.take(notice));
  EXPECT_FALSE(view.take(notice));
  EXPECT_EQ(view.find(person(1))->tokens.micro, 150);
  EXPECT_TRUE(view.take(notice)) << "a third time is the same amount again";
  EXPECT_EQ(view.bonded().micro, 200);
}

TEST(ValidatorView, LeavesOutOfTheBondedWhatLeftTheSet) {
  ValidatorView view(test::validators({{1, {0.05, 100}}, {2, {0.1, 300}}}));
  EXPECT_DOUBLE_EQ(view.share(person(1)), 0.25);
  view.take({Height{3}, Time{}, StakeEvent{EventValidatorStatus{person(2), false, true, {300}}}});
  EXPECT_DOUBLE_EQ(view.share(person(1)), 1);
  EXPECT_DOUBLE_EQ(view.share(person(2)), 0);
  EXPECT_DOUBLE_EQ(view.mean_commission(Address{}), 0.05);
}

}  // namespace
}  // namespace souk
