#include <cmath>

#include "actors/base/rng.hpp"
#include "tests/chain/distribution_fixture.hpp"

// Random delegations, slashes and withdrawals: no coin is lost or made, and nobody gets more than his share.
namespace souk::test {
namespace {

/// What each delegator should have, to the precision of a long double, block by block.
class FairShares {
 public:
  void pay(const FakeStake& stake, const std::map<Address, Dec>& commission, long double for_voters) {
    const auto total = static_cast<long double>(stake.total_bonded().micro);
    if (total == 0) return;
    for (const auto& [key, shares] : stake.delegations) {
      const ValidatorStake& of = stake.validators.at(key.second);
      if (of.tokens.micro == 0) continue;
      const long double part = of_dec(shares) / of_dec(of.shares);
      const long double reward = for_voters * static_cast<long double>(of.tokens.micro) / total;
      fair_[key.first] += reward * (1 - of_dec(commission.at(key.second))) * part;
    }
  }
  long double of(const Address& who) const {
    const auto it = fair_.find(who);
    return it == fair_.end() ? 0 : it->second;
  }

 private:
  static long double of_dec(Dec x) { return static_cast<long double>(x.raw()) / 1e18L; }
  std::map<Address, long double> fair_;
};

class DistributionProperties : public DistributionTest {
 protected:
  static constexpr std::uint8_t validators = 4;
  static constexpr std::uint8_t first_delegator = 10;
  static constexpr std::uint8_t delegators = 8;

  void restart() {
    bank = {};
    for (std::uint8_t i = 1; i <= 20; ++i) bank.mint(account(i), akt(purse));
    stake = {};
    distribution = {};
    fair = {};
    fees_in = 0;
    paid.clear();
    kept = 0;
    at(1);
  }
  std::uint8_t any(Rng& rng, std::uint8_t first, std::uint8_t count) {
    return static_cast<std::uint8_t>(first + rng.below(count));
  }
  void note(std::uint8_t who, std::int64_t amount) { paid[account(who)] += amount; }

  void step(Rng& rng) {
    const std::uint8_t v = any(rng, 1, validators);
    const std::uint8_t d = any(rng, first_delegator, delegators);
    const bool has = stake.delegation(account(d), account(v)).has_value();
    const std::int64_t tokens = stake.validators[account(v)].tokens.micro;
    const std::int64_t before = balance(account(d));
    switch (rng.below(6)) {
      case 0:
      case 1: delegate(d, v, 1 + static_cast<std::int64_t>(rng.below(1'000'000'000))); break;
      case 2:
        if (has && tokens > 1'000) undelegate(d, v);
        break;
      case 3:
        if (tokens > 1'000)
          slash(v, 1 + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(tokens / 2))));
        break;
      case 4:
        if (has) withdraw(d, v);
        break;
      case 5: kept += withdraw_commission(v); break;
    }
    note(d, balance(account(d)) - before);
  }
  void pay_fees(Rng& rng) {
    const auto fees = static_cast<std::int64_t>(rng.below(50'000'000));
    const auto for_voters =
        static_cast<long double>(fees) *
        (1 - static_cast<long double>(params.stake.distribution.community_tax.to_double()));
    fees_in += fees;
    fair.pay(stake, commission, for_voters);
    pay(fees);
  }
  void withdraw_all() {
    const auto delegations = stake.delegations;
    for (const auto& [key, shares] : delegations)
      note(key.first.bytes[0], withdraw(key.first.bytes[0], key.second.bytes[0]));
    for (std::uint8_t v = 1; v <= validators; ++v) kept += withdraw_commission(v);
  }

  FairShares fair;
  std::int64_t fees_in = 0;
  std::map<Address, std::int64_t> paid;
  std::int64_t kept = 0;  ///< commission
};

TEST_F(DistributionProperties, NoCoinIsLostAndNobodyGetsMoreThanHisShare) {
  for (std::uint64_t seed = 1; seed <= 250; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed, no_actor, Purpose::test, 0);
    restart();
    for (std::uint8_t v = 1; v <= validators; ++v) {
      commission[account(v)] = Dec::from_raw(static_cast<i128>(rng.below(1'000'000'000'000'000'000)));
      validator(v, {{first_delegator, 1'000'000 * v}});
    }
    for (std::int64_t height = 2; height < 60; ++height) {
      at(height);
      pay_fees(rng);
      for (std::uint64_t i = rng.below(4); i > 0; --i) step(rng);
      ASSERT_TRUE(distribution.check(bank, true).has_value());
    }
    at(60);
    withdraw_all();
    ASSERT_TRUE(distribution.check(bank, true).has_value());
    std::int64_t rewards = 0;
    for (const auto& [who, amount] : paid) {
      rewards += amount;
      // Decimals of a reward are below 10^-6 of a unit off; each withdrawal may lose up to a unit.
      ASSERT_LE(static_cast<long double>(amount), fair.of(who) + 1e-3L);
      ASSERT_GE(static_cast<long double>(amount), fair.of(who) - 300);
    }
    ASSERT_EQ(rewards + kept + balance(module_address("distribution")), fees_in);
  }
}

}  // namespace
}  // namespace souk::test
