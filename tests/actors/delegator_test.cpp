#include "actors/delegator.hpp"

#include <gtest/gtest.h>

#include "tests/actors/stake_rig.hpp"

namespace souk {
namespace {

using namespace std::chrono_literals;
using test::person;
using Rig = test::StakeRig<Delegator>;

constexpr Duration day = 24h;
const Address self = person(50);

DelegatorConfig config_of() {
  DelegatorConfig config;
  config.address = self;
  config.genesis = test::validators({{1, {0.05, 1'000'000'000}}, {2, {0.10, 1'000'000'000}}});
  config.delegations = {{person(2), {500'000'000}}};
  config.withdraw_every = 30 * day;
  config.reconsider_per_month = 1;
  return config;
}

TEST(Delegator, MovesToTheBetterYieldAtItsOwnPace) {
  DelegatorConfig config = config_of();
  config.reconsider_per_month = 0.05;
  int moved = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Rig rig(Delegator{config}, seed);
    rig.run_for(Duration(std::chrono::hours(8'766)));
    const auto moves = rig.sent<MsgBeginRedelegate>();
    if (moves.empty()) continue;
    ++moved;
    EXPECT_EQ(moves[0].source, person(2));
    EXPECT_EQ(moves[0].destination, person(1));
  }
  // 1 - exp(-0.05 * 12) = 45.1 %: 180 of 400, standard deviation 10.
  EXPECT_NEAR(moved, 180, 40);
}

TEST(Delegator, StaysWhereTheGainIsTooSmall) {
  DelegatorConfig config = config_of();
  config.least_gain = 0.06;  // 0.95 / 0.90 is 5.6 %
  Rig rig(Delegator{config});
  rig.run_for(365 * day);
  EXPECT_TRUE(rig.sent<MsgBeginRedelegate>().empty());
}

TEST(Delegator, DoesNotMoveOnWhatHasJustArrived) {
  DelegatorConfig config = config_of();
  config.reconsider_per_month = 30;
  config.unbonding = 21 * day;
  Rig rig(Delegator{config});
  rig.run_for(5 * day);
  ASSERT_FALSE(rig.sent<MsgBeginRedelegate>().empty());
  rig.hear(EventRedelegate{person(2), person(1), self, {Denom::uakt, {500'000'000}}, {}});
  EXPECT_EQ(rig.actor().stakes().at(person(1)).micro, 500'000'000);
  rig.hear(EventEditValidator{person(1), Dec::from_raw(Dec::scale / 2), {}});
  rig.run_for(20 * day);
  EXPECT_TRUE(rig.sent<MsgBeginRedelegate>().empty());
  rig.run_for(5 * day);
  EXPECT_FALSE(rig.sent<MsgBeginRedelegate>().empty());
}

TEST(Delegator, FleesAJailedValidatorWithItsProbability) {
  DelegatorConfig config = config_of();
  config.delegations = {{person(1), {500'000'000}}};  // the better one
  config.reconsider_per_month = 0;
  config.flee = 0.5;
  int fled = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Rig rig(Delegator{config}, seed);
    rig.hear(EventValidatorStatus{person(1), false, true, {1'000'000'000}});
    rig.run_for(60 * day);
    const auto moves = rig.sent<MsgBeginRedelegate>();
    if (moves.empty()) continue;
    ++fled;
    EXPECT_EQ(moves[0].destination, person(2));
  }
  EXPECT_NEAR(fled, 200, 40) << "binomial: 4 standard deviations";
}

TEST(Delegator, TakesItsRewardsAndDelegatesThemAgain) {
  DelegatorConfig config = config_of();
  config.reconsider_per_month = 0;
  config.restake = 0.5;
  Rig rig(Delegator{config});
  rig.run_for(30 * day);
  ASSERT_EQ(rig.txs.size(), 1u);
  const std::uint64_t nonce = rig.txs[0]->nonce;
  EXPECT_EQ(rig.sent<MsgWithdrawDelegatorReward>().size(), 1u);
  rig.give(TxDecided{nonce, Height{9}, Codespace::none, 0, 0});
  rig.hear(EventWithdrawRewards{person(2), self, {{Denom::uakt, {4'000'000}}}});
  const auto again = rig.sent<MsgDelegate>();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].amount, (Coin{Denom::uakt, {2'000'000}}));
  ASSERT_TRUE(rig.actor().yield());
  const double share_of_year = seconds(rig.now() - Time{24h}) / 31'557'600;
  EXPECT_NEAR(*rig.actor().yield(), 4.0 / 500 / share_of_year, 1e-9);
}

TEST(Delegator, TriesAgainAfterARefusedWithdrawal) {
  DelegatorConfig config = config_of();
  config.reconsider_per_month = 0;
  Rig rig(Delegator{config});
  rig.run_for(30 * day);
  ASSERT_EQ(rig.txs.size(), 1u);
  rig.give(TxDecided{rig.txs[0]->nonce, Height{}, Codespace::sdk, 20, 0});
  rig.sent<MsgWithdrawDelegatorReward>();
  rig.run_for(30 * day);
  EXPECT_EQ(rig.sent<MsgWithdrawDelegatorReward>().size(), 1u);
  EXPECT_FALSE(rig.actor().yield());
}

TEST(Delegator, TakesStakeOutBelowWhatItWantsAndPutsCoinsInAbove) {
  DelegatorConfig config = config_of();
  config.delegations = {{person(1), {500'000'000}}};
  config.liquid = {100'000'000};
  config.elastic = true;
  config.required_return = 0.08;
  config.adjust_share = 0.1;
  for (const auto& [reward, takes_out] : {std::pair{1'000, true}, {400'000'000, false}}) {
    config.reconsider_per_month = 0.5;
    Rig rig(Delegator{config});
    while (rig.txs.empty()) rig.run_for(1h);
    EXPECT_EQ(rig.sent<MsgWithdrawDelegatorReward>().size(), 1u);
    rig.hear(EventWithdrawRewards{person(1), self, {{Denom::uakt, {reward}}}});
    rig.txs.clear();
    std::vector<MsgUndelegate> out;
    std::vector<MsgDelegate> in;
    for (int d = 0; d < 120 && out.empty() && in.empty(); ++d) {
      rig.run_for(day);
      const auto txs = rig.txs;
      out = rig.sent<MsgUndelegate>();
      rig.txs = txs;
      in = rig.sent<MsgDelegate>();
    }
    EXPECT_EQ(!out.empty(), takes_out);
    EXPECT_EQ(!in.empty(), !takes_out);
    if (!out.empty()) {
      EXPECT_EQ(out[0].amount.amount.micro, 50'000'000);
    }
  }
}

TEST(Delegator, LosesItsShareOfASlash) {
  Rig rig(Delegator{config_of()});
  rig.hear(EventSlash{person(2), 1'000, SlashReason::missing_signature, true, {100'000'000}, {}});
  EXPECT_EQ(rig.actor().staked().micro, 450'000'000);
}

TEST(Delegator, IsToldOfItsOwnDelegationTwiceAndCountsItOnce) {
  Rig rig(Delegator{config_of()});
  const EventDelegate mine{person(1), self, {Denom::uakt, {7'000'000}}, {}};
  rig.hear(mine);
  rig.hear(mine);
  EXPECT_EQ(rig.actor().staked().micro, 507'000'000);
}

}  // namespace
}  // namespace souk
