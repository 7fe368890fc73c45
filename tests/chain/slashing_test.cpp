#include <gmock/gmock.h>

#include <algorithm>

#include "actors/base/rng.hpp"
#include "tests/chain/staking_fixture.hpp"

// Slashing and evidence: akash-chain.md section 8.4.
namespace souk::test {
namespace {

using ::testing::ElementsAre;

class Slashed : public StakeChain {
 protected:
  Slashed() { restart(small_window()); }

  /// A window of 10 blocks of which 5 must be signed; 1 % for downtime.
  static Genesis small_window(std::vector<std::int64_t> bonds = {100 * one_akt, 90 * one_akt, 80 * one_akt,
                                                                 70 * one_akt}) {
    Genesis genesis = stake_genesis(bonds);
    SlashingParams& params = genesis.params.stake.slashing;
    params.signed_blocks_window = 10;
    params.min_signed_per_window = dec("0.5");
    params.slash_fraction_downtime = dec("0.01");
    return genesis;
  }
  void to(std::int64_t height) {
    while (ledger.block().height.value < height) next();
  }
};

TEST_F(Slashed, MissingMoreThanTheWindowAllowsSlashesAndJails_8_4) {
  inputs.absent = {key_of(4)};
  to(10);
  // Height 1 carries no commit; the window is judged past start_height + window.
  EXPECT_EQ(signing(4).missed_blocks, 9);
  EXPECT_FALSE(validator(4).jailed);
  EXPECT_EQ(event<EventLiveness>()->missed_blocks, 9);
  next();
  const auto* slash = event<EventSlash>();
  ASSERT_NE(slash, nullptr);
  EXPECT_EQ(slash->reason, SlashReason::missing_signature);
  EXPECT_EQ(slash->power, 70);
  EXPECT_EQ(slash->burned_coins.micro, 700'000);
  EXPECT_TRUE(validator(4).jailed);
  EXPECT_EQ(validator(4).tokens.micro, 70 * one_akt - 700'000);
  EXPECT_EQ(signing(4).jailed_until, time_of(11) + std::chrono::seconds(600));
  EXPECT_EQ(signing(4).missed_blocks, 0);
  EXPECT_EQ(signing(4).index_offset, 0);
  EXPECT_EQ(ledger.supply(Denom::uakt).micro, 60 * 1'000'000 * one_akt + 340 * one_akt - 700'000);
  EXPECT_THAT(next(), ElementsAre(ValidatorUpdate{key_of(4), 0}));
  EXPECT_EQ(validator(4).status, ValidatorStatus::unbonding);
  to(30);  // it signs no more, and is counted no more
  EXPECT_EQ(signing(4).index_offset, 0);
}

TEST_F(Slashed, SignedBlocksPushMissedOnesOutOfTheWindow_8_4) {
  inputs.absent = {key_of(4)};
  to(6);  // commits of 1 to 5: five missed
  EXPECT_EQ(signing(4).missed_blocks, 5);
  inputs.absent = {};
  to(11);
  EXPECT_EQ(signing(4).missed_blocks, 5);
  EXPECT_FALSE(validator(4).jailed);  // five of ten may be missed
  to(13);
  EXPECT_EQ(signing(4).missed_blocks, 3);
  to(16);
  EXPECT_EQ(signing(4).missed_blocks, 0);
  EXPECT_TRUE(signing(4).missed.empty());
}

TEST_F(Slashed, UnjailWaitsForTheJailToEndAndStartsTheWindowAgain) {
  EXPECT_EQ(text(send(MsgUnjail{party(9)})), "staking 3");
  EXPECT_EQ(text(send(MsgUnjail{party(4)})), "slashing 5");
  inputs.absent = {key_of(4)};
  to(11);
  inputs.absent = {};
  EXPECT_EQ(text(send(MsgUnjail{party(4)})), "slashing 4");
  next_after(std::chrono::seconds(600) - std::chrono::nanoseconds(1));
  EXPECT_EQ(text(send(MsgUnjail{party(4)})), "slashing 4");
  next_after(std::chrono::nanoseconds(1));
  must(MsgUnjail{party(4)});
  const std::int64_t height = ledger.block().height.value;
  EXPECT_THAT(next(), ElementsAre(ValidatorUpdate{key_of(4), 69}));
  EXPECT_EQ(signing(4).start_height.value, height);
  EXPECT_EQ(validator(4).status, ValidatorStatus::bonded);
}

TEST_F(Slashed, DoubleSignTakesFivePercentAndTombstones_8_4) {
  must(delegate_msg(10, 1, 50 * one_akt));
  to(4);
  inputs.misbehaviour = {double_sign(1, 3)};
  next();
  const auto* slash = event<EventSlash>();
  ASSERT_NE(slash, nullptr);
  EXPECT_EQ(slash->reason, SlashReason::double_sign);
  EXPECT_EQ(slash->burned_coins.micro, 7'500'000);  // T(150 x 10^6 x 0.05)
  EXPECT_TRUE(signing(1).tombstoned);
  EXPECT_EQ(signing(1).jailed_until, time_max);
  EXPECT_EQ(validator(1).tokens.micro, 142'500'000);
  next_after(std::chrono::hours(24 * 365));
  EXPECT_EQ(text(send(MsgUnjail{party(1)})), "slashing 4");
  inputs.misbehaviour = {double_sign(1, 3)};
  next();
  EXPECT_EQ(event<EventSlash>(), nullptr);  // once and no more
}

TEST_F(Slashed, ATombstonedKeyNeverComesBack) {
  to(2);
  inputs.misbehaviour = {double_sign(1, 1)};
  next();
  must(undelegate_msg(1, 1, validator(1).tokens.micro));
  next_after(std::chrono::seconds(1'814'400));
  next();
  ASSERT_EQ(staking().find(party(1)), nullptr);
  EXPECT_EQ(text(send(validator_msg(1, one_akt))), "staking 5");
  MsgCreateValidator fresh = validator_msg(1, one_akt);
  fresh.key = key_of(77);
  EXPECT_EQ(text(send(fresh)), "ok");
}

TEST_F(Slashed, EvidenceCountsUntilItIsTooOldInBlocksAndInTime_8_4) {
  struct Case {
    const char* why;
    std::int64_t blocks;
    Duration age;
    bool counts;
  };
  constexpr Duration most = std::chrono::seconds(1'814'400);
  const Case cases[] = {{"fresh", 5, std::chrono::seconds(30), true},
                        {"old in blocks only", 101, most, true},
                        {"old in time only", 100, most + std::chrono::nanoseconds(1), true},
                        {"old in both", 101, most + std::chrono::nanoseconds(1), false}};
  for (const Case& c : cases) {
    Genesis genesis = small_window();
    genesis.params.stake.evidence.age_blocks_max = {100};
    restart(genesis);
    to(110);
    inputs.misbehaviour = {double_sign(1, 111 - c.blocks)};
    inputs.misbehaviour[0].time = time_of(111) - c.age;
    next();
    EXPECT_EQ(validator(1).jailed, c.counts) << c.why;
  }
}

TEST_F(Slashed, EvidenceAgainstTheUnknownOrTheUnbondedIsIgnored) {
  must(validator_msg(10, one_akt / 2));
  next();
  inputs.misbehaviour = {{key_of(99), {1}, time_of(1), 5}, {key_of(10), {1}, time_of(1), 5}};
  next();
  EXPECT_EQ(event<EventSlash>(), nullptr);
}

/// slash = T(power x 10^6 x fraction); first from what left at or after the infraction, the rest from tokens.
TEST_F(Slashed, WhatUnbondsSinceTheInfractionPaysFirst_8_4) {
  must(delegate_msg(10, 1, 100 * one_akt));  // power 200
  to(3);
  must(undelegate_msg(10, 1, 30 * one_akt));  // before the infraction
  to(5);
  must(undelegate_msg(10, 1, 40 * one_akt));  // after it
  to(6);
  inputs.misbehaviour = {{key_of(1), {5}, time_of(5), 170}};  // infraction height 4
  next();
  const auto entries = staking().unbonding(party(10), party(1));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].balance.micro, 30 * one_akt);
  EXPECT_EQ(entries[1].balance.micro, 38 * one_akt);
  EXPECT_EQ(entries[1].initial_balance.micro, 40 * one_akt);
  // 8.5 AKT in all, 2 from the entry, 6.5 from the 130 AKT of tokens
  EXPECT_EQ(event<EventSlash>()->burned_coins.micro, 6'500'000);
  EXPECT_EQ(validator(1).tokens.micro, 123'500'000);
  EXPECT_EQ(ledger.bank().burned(Denom::uakt).micro, 8'500'000);
}

TEST_F(Slashed, WhatWasRedelegatedSinceTheInfractionIsSlashedWhereItIsNow_8_4) {
  must(delegate_msg(10, 1, 100 * one_akt));
  to(5);
  must(redelegate_msg(10, 1, 2, 40 * one_akt));
  next();
  inputs.misbehaviour = {{key_of(1), {5}, time_of(5), 200}};
  next();
  EXPECT_EQ(shares(10, 2), Dec::from_int(38 * one_akt));
  EXPECT_EQ(validator(2).tokens.micro, 128 * one_akt);
  EXPECT_EQ(validator(1).tokens.micro, 160 * one_akt - 8 * one_akt);  // 10 AKT in all
  EXPECT_EQ(ledger.bank().burned(Denom::uakt).micro, 10 * one_akt);
}

TEST_F(Slashed, WhatWasRedelegatedAndThenUnbondedPaysFromTheUnbondingFirst_8_4) {
  must(delegate_msg(10, 1, 100 * one_akt));
  to(5);
  must(redelegate_msg(10, 1, 2, 40 * one_akt));
  must(undelegate_msg(10, 2, 39 * one_akt));
  next();
  inputs.misbehaviour = {{key_of(1), {5}, time_of(5), 200}};
  next();
  EXPECT_EQ(staking().unbonding(party(10), party(2))[0].balance.micro, 37 * one_akt);
  EXPECT_EQ(shares(10, 2), Dec::from_int(one_akt));
}

TEST_F(Slashed, WhatWasRedelegatedBeforeTheInfractionIsSpared_8_4) {
  must(delegate_msg(10, 1, 100 * one_akt));
  must(redelegate_msg(10, 1, 2, 40 * one_akt));
  to(6);
  inputs.misbehaviour = {{key_of(1), {5}, time_of(5), 160}};
  next();
  EXPECT_EQ(shares(10, 2), Dec::from_int(40 * one_akt));
  EXPECT_EQ(validator(1).tokens.micro, 152 * one_akt);
}

/// Amounts of section 8.4 by the table: T(power x 10^6 x fraction), at most the tokens there are.
TEST_F(Slashed, AmountsAreTruncatedAndNeverMoreThanThereIs_8_4) {
  struct Case {
    std::int64_t tokens;
    std::int64_t power;
    const char* fraction;
    std::int64_t burned;
  };
  const Case cases[] = {{100 * one_akt, 100, "0.05", 5 * one_akt},
                        {100 * one_akt, 100, "0.0001", 10'000},
                        {100'999'999, 100, "0.0001", 10'000},
                        {3 * one_akt, 3, "0.000000333333333333", 0},
                        {3 * one_akt, 3, "0.000000333333333334", 1},
                        {100 * one_akt, 400, "0.5", 100 * one_akt},
                        {100 * one_akt, 0, "1", 0}};
  for (const Case& c : cases) {
    Genesis genesis = small_window({c.tokens, 500 * one_akt});
    genesis.params.stake.slashing.slash_fraction_double_sign = dec(c.fraction);
    restart(genesis);
    to(2);
    inputs.misbehaviour = {{key_of(1), {1}, time_of(1), c.power}};
    next();
    EXPECT_EQ(c.tokens - validator(1).tokens.micro, c.burned) << c.fraction;
    EXPECT_TRUE(validator(1).jailed);
  }
}

TEST_F(Slashed, AValidatorThatLostAllTakesNoDelegation) {
  Genesis genesis = small_window({100 * one_akt, 500 * one_akt});
  genesis.params.stake.slashing.slash_fraction_double_sign = dec("1");
  restart(genesis);
  must(delegate_msg(10, 1, one_akt));
  must(undelegate_msg(10, 1, one_akt / 2));
  to(2);
  inputs.misbehaviour = {{key_of(1), {2}, time_of(2), 100}};
  next();
  EXPECT_EQ(validator(1).tokens.micro, one_akt);  // half an AKT of the slash was unbonding
  inputs.misbehaviour.clear();
  EXPECT_EQ(text(send(delegate_msg(11, 1, one_akt))), "ok");  // something is left: the rate is only bad

  restart(genesis);
  to(2);
  inputs.misbehaviour = {{key_of(1), {1}, time_of(1), 100}};
  next();
  EXPECT_EQ(validator(1).tokens.micro, 0);
  EXPECT_EQ(text(send(delegate_msg(11, 1, one_akt))), "staking 34");
  EXPECT_EQ(text(send(redelegate_msg(2, 2, 1, one_akt))), "staking 34");
  EXPECT_EQ(text(send(undelegate_msg(1, 1, 1))), "staking 22");
}

// ---- skipped heights ---------------------------------------------------------------------------------

/// The SDK's bitmap, bit by bit.
struct Bitmap {
  std::vector<bool> bits;
  std::int64_t offset = 0;
  std::int64_t missed = 0;
  explicit Bitmap(std::int64_t window) : bits(static_cast<std::size_t>(window)) {}
  void see(bool absent) {
    auto bit = bits.begin() + offset++ % static_cast<std::int64_t>(bits.size());
    missed += (absent ? 1 : 0) - (*bit ? 1 : 0);
    *bit = absent;
  }
};

TEST_F(Slashed, RunsCountLikeTheBitmapForAnyPatternOfAbsence) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Genesis genesis = small_window();
    const std::int64_t window = 3 + static_cast<std::int64_t>(seed) * 3;
    genesis.params.stake.slashing.signed_blocks_window = window;
    restart(genesis);
    Rng rng(seed, ActorId{0}, Purpose::test, 1);
    Bitmap reference(window);
    const std::int64_t most = missed_blocks_max(genesis.params.stake.slashing);
    bool absent = false;
    for (std::int64_t height = 2; height < 400; ++height) {
      if (rng.below(4) == 0) absent = rng.below(2) == 0;
      inputs.absent = absent ? std::vector{key_of(4)} : std::vector<ConsensusKey>{};
      next();
      reference.see(absent);
      const bool jails = height > window && reference.missed > most;
      ASSERT_EQ(validator(4).jailed, jails) << "seed " << seed << " height " << height;
      if (jails) break;
      ASSERT_EQ(signing(4).missed_blocks, reference.missed);
      ASSERT_EQ(signing(4).index_offset, reference.offset);
    }
  }
}

TEST_F(Slashed, SkippedHeightsAreCaughtUpWithExactly) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Genesis genesis = small_window();
    genesis.params.stake.mint_enabled = seed % 2 == 0;
    restart(genesis);
    Rng rng(seed, ActorId{0}, Purpose::test, 2);
    Ledger slow = ledger;
    std::vector<ChainEvent> slow_events;
    std::int64_t height = 1;
    for (int i = 0; i < 40; ++i) {
      if (rng.below(3) == 0) {
        inputs.absent.clear();
        for (std::uint8_t v = 1; v <= 4; ++v)
          if (rng.below(3) == 0) inputs.absent.push_back(key_of(v));
      }
      if (rng.below(4) == 0) {
        Tx tx;
        tx.signer = party(10);
        tx.msgs = {StakeMsg(delegate_msg(10, static_cast<std::uint8_t>(1 + rng.below(4)), 3 * one_akt))};
        EXPECT_EQ(ledger.deliver(tx, events).ok(), slow.deliver(tx, slow_events).ok());
      }
      end();
      const Deadline deadline = ledger.next_deadline(inputs);
      const std::int64_t wanted = height + 1 + static_cast<std::int64_t>(rng.below(9));
      const std::int64_t to_height = std::min(wanted, deadline.height.value);
      for (; height < to_height; ++height) {
        slow.end_block(slow_events);
        slow.begin_block({{height + 1}, time_of(height + 1)}, inputs, slow_events);
      }
      begin(to_height);
      ASSERT_EQ(ledger.state_hash(), slow.state_hash()) << "seed " << seed << " height " << to_height;
    }
  }
}

TEST_F(Slashed, TheDeadlineIsTheVeryHeightAtWhichAnAbsentValidatorIsJailed) {
  inputs.absent = {key_of(2)};
  to(4);
  end();
  EXPECT_EQ(ledger.next_deadline({}), Deadline{});
  const Deadline deadline = ledger.next_deadline(inputs);
  EXPECT_EQ(deadline, (Deadline{time_max, {11}}));
  begin(10);
  EXPECT_FALSE(validator(2).jailed);
  end();
  EXPECT_EQ(ledger.next_deadline(inputs).height.value, 11);
  begin(11);
  EXPECT_TRUE(validator(2).jailed);
}

TEST_F(Slashed, WhoMissedTooManyTooEarlyIsJailedWhenTheWindowIsFull) {
  inputs.absent = {key_of(2)};
  to(8);  // seven missed, which nobody judges before height 11
  inputs.absent = {};
  end();
  EXPECT_EQ(ledger.next_deadline(inputs), (Deadline{time_max, {11}}));
  begin(11);
  EXPECT_TRUE(validator(2).jailed);
}

TEST_F(Slashed, AYearOfSkippedBlocksIsOneStep) {
  Genesis genesis = small_window();
  genesis.params.stake.slashing.min_signed_per_window = {};
  restart(genesis);
  inputs.absent = {key_of(2)};
  to(5);
  end();
  EXPECT_EQ(ledger.next_deadline(inputs), Deadline{});
  begin(5'256'000);
  EXPECT_EQ(signing(2).missed_blocks, 10);
  EXPECT_EQ(signing(2).index_offset, 5'255'999);
}

// ---- closed forms ------------------------------------------------------------------------------------

/// V32: of a yearly return of .1170, a double sign of 5 % by 0.2 % of the validators leaves .1169.
TEST_F(Slashed, FivePercentOfTwoInAThousandCostsADelegatorOneBasisPoint_V32) {
  std::vector<std::int64_t> bonds(50, 100 * one_akt);
  Genesis genesis = small_window(bonds);
  restart(genesis);
  const std::int64_t before = staking().bonded_tokens(ledger.bank(), genesis.params.stake.staking).micro;
  std::int64_t lost = 0;
  constexpr int years = 10;  // one of 50 in ten years is 0.2 % a year
  to(3);
  inputs.misbehaviour = {double_sign(7, 2)};
  next();
  for (const ChainEvent& e : events) {
    if (const auto* stake = std::get_if<StakeEvent>(&e))
      if (const auto* slash = std::get_if<EventSlash>(stake)) lost += slash->burned_coins.micro;
  }
  const Dec a_year = Dec::quo(Dec::from_int(lost), Dec::from_int(before).times(years));
  EXPECT_EQ(a_year, dec("0.0001"));
  EXPECT_EQ(dec("0.1170") - a_year, dec("0.1169"));
}

}  // namespace
}  // namespace souk::test
