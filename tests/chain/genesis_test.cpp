#include <functional>

#include "tests/chain/staking_fixture.hpp"

// Genesis::check names the field that cannot be.
namespace souk::test {
namespace {

using Kind = GenesisVesting::Kind;

struct Case {
  const char* field;  ///< the error begins with it
  const char* word;   ///< and has this in it
  std::function<void(Genesis&)> spoil;
};

/// From genesis on, for a thousand seconds.
GenesisVesting vesting(Kind kind) {
  const Time start(std::chrono::seconds(1'767'225'600));
  return {party(10), kind, {uakt(100)}, start, start + std::chrono::seconds(1000), {}};
}

const Case cases[] = {
    {"inflation", "between 0 and 1", [](Genesis& g) { g.inflation = dec("1.1"); }},
    {"balances[2].address", "twice", [](Genesis& g) { g.balances[2].address = party(1); }},
    {"balances[2].address", "module", [](Genesis& g) { g.balances[2].address = module_address("gov"); }},
    {"balances[2].coins", "negative", [](Genesis& g) { g.balances[2].coins[0] = uakt(-1); }},
    {"balances[1].coins", "63 bits",
     [](Genesis& g) {
       g.balances.resize(2);
       for (GenesisBalance& balance : g.balances) balance.coins = {uakt(std::int64_t{1} << 62)};
     }},
    {"validators[1].validator", "twice", [](Genesis& g) { g.validators[1].create.validator = party(1); }},
    {"validators[1].key", "twice", [](Genesis& g) { g.validators[1].create.key = key_of(1); }},
    {"validators[0].key", "empty", [](Genesis& g) { g.validators[0].create.key = {}; }},
    {"validators[0].value", "power", [](Genesis& g) { g.validators[0].create.value = uakt(999'999); }},
    {"validators[0].value", "denomination", [](Genesis& g) { g.validators[0].create.value = uact(one_akt); }},
    {"validators[1].value", "left",
     [](Genesis& g) { g.validators[1].create.value = uakt(2'000'000 * one_akt); }},
    {"validators[0].commission", "min_commission_rate",
     [](Genesis& g) { g.validators[0].create.commission.rate = dec("0.01"); }},
    {"validators[0]", "above its maximum",
     [](Genesis& g) { g.validators[0].create.commission.rate = dec("0.3"); }},
    {"validators", "max_validators", [](Genesis& g) { g.params.stake.staking.max_validators = 1; }},
    {"delegations[0].validator", "no validator",
     [](Genesis& g) { g.delegations = {{party(10), party(9), {1}}}; }},
    {"delegations[1].delegator", "twice",
     [](Genesis& g) { g.delegations = {{party(10), party(1), {1}}, {party(10), party(1), {1}}}; }},
    {"delegations[0].delegator", "twice", [](Genesis& g) { g.delegations = {{party(1), party(1), {1}}}; }},
    {"delegations[0].amount", "positive", [](Genesis& g) { g.delegations = {{party(10), party(1), {0}}}; }},
    {"delegations[1].amount", "left",
     [](Genesis& g) {
       g.delegations = {{party(10), party(1), {1'000'000 * one_akt}}, {party(10), party(2), {1}}};
     }},
    {"vesting[1].address", "twice",
     [](Genesis& g) { g.vesting = {vesting(Kind::delayed), vesting(Kind::delayed)}; }},
    {"vesting[0].original", "more than",
     [](Genesis& g) {
       g.vesting = {vesting(Kind::delayed)};
       g.vesting[0].original = {uakt(1'000'000 * one_akt + 1)};
     }},
    {"vesting[0].original", "more than",
     [](Genesis& g) {
       g.vesting = {vesting(Kind::delayed)};
       g.vesting[0].address = party(99);
     }},
    {"vesting[0].original", "positive",
     [](Genesis& g) {
       g.vesting = {vesting(Kind::delayed)};
       g.vesting[0].original.clear();
     }},
    {"vesting[0].end", "after start",
     [](Genesis& g) {
       g.vesting = {vesting(Kind::continuous)};
       g.vesting[0].end = g.vesting[0].start;
     }},
    {"vesting[0].periods", "only a periodic",
     [](Genesis& g) {
       g.vesting = {vesting(Kind::delayed)};
       g.vesting[0].periods = {{std::chrono::seconds(1), {uakt(100)}}};
     }},
    {"vesting[0].periods", "add up",
     [](Genesis& g) {
       g.vesting = {vesting(Kind::periodic)};
       g.vesting[0].periods = {{std::chrono::seconds(1), {uakt(99)}}};
     }},
    {"vesting[0].periods", "no length",
     [](Genesis& g) {
       g.vesting = {vesting(Kind::periodic)};
       g.vesting[0].periods = {{std::chrono::seconds(0), {uakt(100)}}};
     }},
    {"vesting[0].periods", "2262",
     [](Genesis& g) {
       g.vesting = {vesting(Kind::periodic)};
       g.vesting[0].periods = {{Duration::max(), {uakt(100)}}};
     }},
    {"vesting[0].periods", "positive",
     [](Genesis& g) {
       g.vesting = {vesting(Kind::periodic)};
       g.vesting[0].periods = {{std::chrono::seconds(1), {uakt(0)}}};
     }},
};

TEST(GenesisCheck, NamesTheFieldThatCannotBe) {
  for (const Case& c : cases) {
    Genesis genesis = stake_genesis({100 * one_akt, 90 * one_akt});
    ASSERT_TRUE(genesis.check().has_value());
    c.spoil(genesis);
    const auto result = genesis.check();
    ASSERT_FALSE(result.has_value()) << c.field << ": " << c.word;
    const std::string& message = result.error().message;
    EXPECT_EQ(message.substr(0, message.find(':')), c.field) << message;
    EXPECT_NE(message.find(c.word), std::string::npos) << message;
  }
}

TEST(GenesisCheck, TakesEveryKindOfVestingAndTheWholeBalanceDelegated) {
  Genesis genesis = stake_genesis({100 * one_akt, 90 * one_akt});
  genesis.vesting = {vesting(Kind::continuous), vesting(Kind::delayed), vesting(Kind::periodic),
                     vesting(Kind::permanent_locked)};
  for (std::uint8_t i = 0; i < 4; ++i) genesis.vesting[i].address = party(static_cast<std::uint8_t>(10 + i));
  genesis.vesting[2].periods = {{std::chrono::seconds(1), {uakt(40)}}, {std::chrono::seconds(1), {uakt(60)}}};
  genesis.delegations = {{party(10), party(1), {1'000'000 * one_akt}}};
  const auto result = genesis.check();
  ASSERT_TRUE(result.has_value()) << result.error().message;
  const Ledger ledger(genesis);
  EXPECT_EQ(ledger.balance(party(10), Denom::uakt).micro, 0);
  EXPECT_EQ(ledger.bank().vesting(ledger.bank().find(party(10)))->delegated_vesting[0].micro, 100);
  EXPECT_EQ(ledger.spendable(party(12), Denom::uakt).micro, 1'000'000 * one_akt - 100);
  const auto sound = ledger.check_invariants();
  EXPECT_TRUE(sound.has_value()) << sound.error().message;
}

TEST(GenesisLedger, WithoutStakingHasTheStateOfAPlainOne) {
  Genesis genesis = stake_genesis({});
  EXPECT_EQ(Ledger(genesis).state_hash(), Ledger(genesis.params, genesis.balances).state_hash());
}

}  // namespace
}  // namespace souk::test
