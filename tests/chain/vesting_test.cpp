#include "actors/chain/vesting.hpp"

#include <fstream>
#include <sstream>

#include "tests/chain/staking_fixture.hpp"

// Vesting accounts: akash-chain.md section 8.2; economics.md V19.
namespace souk::test {
namespace {

using Kind = GenesisVesting::Kind;

Time at(std::int64_t unix_s) { return Time(std::chrono::seconds(unix_s)); }

VestingAccount account(Kind kind, std::vector<std::pair<std::int64_t, std::int64_t>> periods = {}) {
  GenesisVesting genesis{party(1), kind, {uakt(1000)}, at(100), at(200), {}};
  for (const auto& [length, micro] : periods)
    genesis.periods.push_back({std::chrono::seconds(length), {uakt(micro)}});
  return VestingAccount::from(genesis);
}

TEST(Vesting, EachKindUnlocksByItsOwnCurve) {
  struct Case {
    std::int64_t time;
    std::int64_t continuous;
    std::int64_t delayed;
    std::int64_t periodic;
  };
  const Case cases[] = {{0, 1000, 1000, 1000},  {100, 1000, 1000, 1000}, {101, 990, 1000, 1000},
                        {129, 710, 1000, 1000}, {130, 700, 1000, 600},   {199, 10, 1000, 600},
                        {200, 0, 0, 0},         {1000, 0, 0, 0}};
  const VestingAccount continuous = account(Kind::continuous);
  const VestingAccount delayed = account(Kind::delayed);
  const VestingAccount periodic = account(Kind::periodic, {{30, 400}, {70, 600}});
  const VestingAccount permanent = account(Kind::permanent_locked);
  EXPECT_EQ(periodic.end, at(200));
  for (const Case& c : cases) {
    EXPECT_EQ(continuous.locked(Denom::uakt, at(c.time)).micro, c.continuous) << c.time;
    EXPECT_EQ(delayed.locked(Denom::uakt, at(c.time)).micro, c.delayed) << c.time;
    EXPECT_EQ(periodic.locked(Denom::uakt, at(c.time)).micro, c.periodic) << c.time;
    EXPECT_EQ(permanent.locked(Denom::uakt, at(c.time)).micro, 1000) << c.time;
    EXPECT_EQ(continuous.locked(Denom::uact, at(c.time)).micro, 0);
  }
}

TEST(Vesting, ContinuousAmountsAreRoundedHalfToEvenAndTimeIsWholeSeconds) {
  GenesisVesting genesis{party(1), Kind::continuous, {uakt(5)}, at(0), at(10), {}};
  const VestingAccount five = VestingAccount::from(genesis);
  EXPECT_EQ(five.vested(Denom::uakt, at(1)).micro, 0);  // 0.5
  EXPECT_EQ(five.vested(Denom::uakt, at(3)).micro, 2);  // 1.5
  EXPECT_EQ(five.vested(Denom::uakt, at(5)).micro, 2);  // 2.5
  EXPECT_EQ(five.vested(Denom::uakt, at(7)).micro, 4);  // 3.5
  EXPECT_EQ(five.vested(Denom::uakt, at(8) - std::chrono::nanoseconds(1)).micro, 4);
}

TEST(Vesting, DelegationsTakeLockedCoinsFirstAndFreeOnesComeBackFirst) {
  VestingAccount vesting = account(Kind::delayed);
  vesting.track_delegation(uakt(700), at(150));
  EXPECT_EQ(vesting.delegated_vesting[0].micro, 700);
  EXPECT_EQ(vesting.locked(Denom::uakt, at(150)).micro, 300);
  vesting.track_delegation(uakt(500), at(150));
  EXPECT_EQ(vesting.delegated_vesting[0].micro, 1000);
  EXPECT_EQ(vesting.delegated_free[0].micro, 200);
  vesting.track_undelegation(uakt(300));
  EXPECT_EQ(vesting.delegated_free[0].micro, 0);
  EXPECT_EQ(vesting.delegated_vesting[0].micro, 900);
  EXPECT_EQ(vesting.locked(Denom::uakt, at(150)).micro, 100);
  EXPECT_EQ(vesting.locked(Denom::uakt, at(200)).micro, 0);
}

/// Party 10's million is locked, but for 100 AKT, until a day after genesis.
class Locked : public StakeChain {
 protected:
  Locked() {
    Genesis genesis = stake_genesis({100 * one_akt});
    genesis.vesting.push_back({party(10),
                               Kind::delayed,
                               {uakt((1'000'000 - 100) * one_akt)},
                               genesis.time,
                               genesis.time + std::chrono::hours(24),
                               {}});
    restart(genesis);
  }
  std::int64_t spendable() const { return ledger.spendable(party(10), Denom::uakt).micro; }
  TxResult pay(std::int64_t micro, std::int64_t fee = 0) {
    Tx tx;
    tx.signer = party(10);
    tx.fee = uakt(fee);
    tx.msgs = {MsgSend{party(10), party(11), {uakt(micro)}}};
    return deliver(tx);
  }
};

TEST_F(Locked, LockedCoinsAreNotSentNorPaidAsFees) {
  EXPECT_EQ(spendable(), 100 * one_akt);
  EXPECT_EQ(text(pay(100 * one_akt + 1)), "sdk 5");
  EXPECT_EQ(text(pay(1, 100 * one_akt + 1)), "sdk 5");
  EXPECT_EQ(text(pay(60 * one_akt, 40 * one_akt)), "ok");
  EXPECT_EQ(spendable(), 0);
  next_after(std::chrono::hours(24));
  EXPECT_EQ(spendable(), (1'000'000 - 100) * one_akt);
  EXPECT_EQ(text(pay((1'000'000 - 100) * one_akt)), "ok");
}

TEST_F(Locked, LockedCoinsAreNotDeposited) {
  MsgAccountDeposit msg;
  Tx tx;
  tx.signer = party(10);
  MsgCreateBid bid = bid_msg(bid_id(order_id(group_id({party(10), 1}, 1), 1), party(11)), dec("1"));
  Genesis genesis = stake_genesis({100 * one_akt});
  genesis.params = ChainParams::era_2021();
  genesis.params.min_deposits = {uakt(50 * one_akt)};
  genesis.vesting.push_back({party(10),
                             Kind::delayed,
                             {uakt((1'000'000 - 100) * one_akt)},
                             genesis.time,
                             genesis.time + std::chrono::hours(24),
                             {}});
  restart(genesis);
  tx.msgs = {create_msg({party(10), 1}, uakt(101 * one_akt))};
  EXPECT_EQ(text(deliver(tx)), "market 28");
  tx.msgs = {create_msg({party(10), 1}, uakt(100 * one_akt))};
  EXPECT_EQ(text(deliver(tx)), "ok");
}

TEST_F(Locked, LockedCoinsAreDelegatedAndComeBackLocked) {
  must(delegate_msg(10, 1, 500'000 * one_akt));
  EXPECT_EQ(spendable(), 100 * one_akt);
  must(delegate_msg(10, 1, 499'950 * one_akt));  // 50 free ones with it
  EXPECT_EQ(spendable(), 50 * one_akt);
  must(undelegate_msg(10, 1, 1000 * one_akt));
  next_after(std::chrono::hours(24 * 21));
  EXPECT_EQ(text(pay(one_akt)), "ok");
  end();
  EXPECT_EQ(spendable(), (50 - 1 + 1000) * one_akt);
}

TEST_F(Locked, AVestingAccountCanBeMadeOnce_8_2) {
  const Time day = ledger.block().time + std::chrono::hours(24);
  MsgCreateVestingAccount msg{party(12), party(100), {uakt(2400)}, day, false};
  msg.to = party(11);
  EXPECT_EQ(text(send(msg)), "sdk 18");
  msg.to = module_address("gov");
  EXPECT_EQ(text(send(msg)), "sdk 4");
  msg.to = party(100);
  msg.end_time = ledger.block().time;
  EXPECT_EQ(text(send(msg)), "sdk 18");
  msg.end_time = day;
  msg.amount = {uact(1)};
  EXPECT_EQ(text(send(msg)), "bank 5");
  msg.amount = {uakt(2'000'000 * one_akt)};
  EXPECT_EQ(text(send(msg)), "sdk 5");
  msg.amount = {uakt(2400)};
  must(msg);
  EXPECT_EQ(text(send(msg)), "sdk 18");
  EXPECT_EQ(ledger.balance(party(100), Denom::uakt).micro, 2400);
  EXPECT_EQ(ledger.spendable(party(100), Denom::uakt).micro, 0);
  next_after(std::chrono::hours(1));
  EXPECT_EQ(ledger.spendable(party(100), Denom::uakt).micro, 100);
}

// ---- V19: the accounts of Akash's genesis ------------------------------------------------------------

std::vector<std::string> split(const std::string& line, char by) {
  std::vector<std::string> parts;
  std::stringstream stream(line);
  for (std::string part; std::getline(stream, part, by);) parts.push_back(part);
  return parts;
}

/// idx,address,type,balance,original,start,end,n,unlocks: unlock times are absolute.
Genesis akash_genesis(std::istream& csv) {
  Genesis genesis;
  std::string line;
  std::getline(csv, line);
  while (std::getline(csv, line)) {
    const auto field = split(line, ',');
    const Address address = parse_bech32(field.at(1)).value();
    genesis.balances.push_back({address, {uakt(std::stoll(field.at(3)))}});
    if (field.at(2) != "PeriodicVestingAccount") continue;
    GenesisVesting vesting{
        address, Kind::periodic, {uakt(std::stoll(field.at(4)))}, at(std::stoll(field.at(5))), {}, {}};
    Time from = vesting.start;
    for (const std::string& unlock : split(field.at(8), '|')) {
      const auto parts = split(unlock, ':');
      const Time time = at(std::stoll(parts.at(0)));
      vesting.periods.push_back({time - from, {uakt(std::stoll(parts.at(1)))}});
      from = time;
    }
    genesis.vesting.push_back(std::move(vesting));
  }
  return genesis;
}

TEST(VestingReplay, AkashGenesisUnlocksAsItsAccountsSay_V19) {
  std::ifstream csv(std::string(SOUK_SOURCE_DIR) + "/../shared/data/akash-genesis-2020/accounts.csv");
  if (!csv) GTEST_SKIP() << "the data folder is not here";
  const Genesis genesis = akash_genesis(csv);
  ASSERT_EQ(genesis.balances.size(), 215u);
  ASSERT_EQ(genesis.vesting.size(), 214u);
  const auto sound = genesis.check();
  ASSERT_TRUE(sound.has_value()) << sound.error().message;
  Ledger ledger(genesis);
  struct Row {
    std::int64_t unix_s;
    std::int64_t unlocked;
  };
  const Row rows[] = {{1'601'042'400, 2'800'000'000'000},  {1'603'634'400, 15'271'175'588'000},
                      {1'619'359'200, 22'742'351'176'000}, {1'632'578'400, 50'645'835'241'000},
                      {1'648'216'800, 70'590'896'869'000}, {1'664'114'400, 90'535'958'496'000},
                      {1'679'752'800, 100'000'000'020'000}};
  std::int64_t height = 0;
  for (const Row& row : rows) {
    ledger.begin_block({{++height}, at(row.unix_s)});
    i128 unlocked = 0;
    for (const GenesisBalance& balance : genesis.balances)
      unlocked += ledger.spendable(balance.address, Denom::uakt).micro;
    EXPECT_EQ((static_cast<std::int64_t>(unlocked) + 500) / 1000 * 1000, row.unlocked) << row.unix_s;
  }
}

}  // namespace
}  // namespace souk::test
