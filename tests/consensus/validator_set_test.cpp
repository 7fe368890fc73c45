#include "actors/consensus/validator_set.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

#include "actors/base/money.hpp"
#include "actors/base/rng.hpp"
#include "tests/consensus/validators_fixture.hpp"

namespace souk::consensus {
namespace {

using test::ascending_keys;
using test::set_of;

/// Which of `keys` proposes at each of `heights` heights, as letters.
std::string turns(ValidatorSet set, const std::vector<PublicKey>& keys, int heights) {
  std::string letters;
  for (int h = 0; h < heights; ++h, set.advance()) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (address_of(keys[i]) == set.proposer()) letters += static_cast<char>('A' + i);
    }
  }
  return letters;
}

TEST(ValidatorSet, ProposersOfEconomicsV23) {
  EXPECT_EQ(turns(set_of({1, 3}), ascending_keys(2), 4), "BABB");
  const std::string once = "DCBDACDBCD";
  std::string hundred_times;
  for (int i = 0; i < 100; ++i) hundred_times += once;
  EXPECT_EQ(turns(set_of({1, 2, 3, 4}), ascending_keys(4), 1'000), hundred_times);
}

TEST(ValidatorSet, SharesStayWithinOneTurnOfTheStakeV23) {
  std::vector<Power> zipf;
  for (Power rank = 1; rank <= 100; ++rank) zipf.push_back(1'000'000 / rank);
  const ValidatorSet start = set_of(zipf);
  ValidatorSet set = start;
  std::map<Address, std::int64_t> turns_of;
  double worst = 0;
  for (std::int64_t t = 1; t <= 2'000; ++t, set.advance()) {
    ++turns_of[set.proposer()];
    for (const Validator& v : start.validators()) {
      const double due =
          static_cast<double>(t) * static_cast<double>(v.power) / static_cast<double>(start.total_power());
      worst = std::max(worst, std::abs(due - static_cast<double>(turns_of[v.address])));
    }
  }
  EXPECT_LT(worst, 1.0);
  EXPECT_GT(worst, 0.5);
}

/// The rules of section 1.3 once more, on bare arrays whose index is the order of the addresses.
struct Reference {
  std::vector<std::int64_t> power;
  std::vector<std::int64_t> priority;

  std::int64_t total() const {
    std::int64_t sum = 0;
    for (const auto p : power) sum += p;
    return sum;
  }
  void normalise() {
    const auto [low, high] = std::minmax_element(priority.begin(), priority.end());
    const std::int64_t distance = *high - *low;
    const std::int64_t window = 2 * total();
    const std::int64_t ratio = distance / window + (distance % window != 0 ? 1 : 0);
    if (distance > window) {
      for (auto& a : priority) a /= ratio;
    }
    std::int64_t sum = 0;
    for (const auto a : priority) sum += a;
    const auto n = static_cast<std::int64_t>(priority.size());
    std::int64_t mean = sum / n;
    if (mean * n > sum) --mean;
    for (auto& a : priority) a -= mean;
  }
  /// One call that takes `times` steps; the index of the last proposer.
  std::size_t call(int times) {
    normalise();
    std::size_t first = 0;
    for (int k = 0; k < times; ++k) {
      for (std::size_t i = 0; i < power.size(); ++i) priority[i] += power[i];
      first = static_cast<std::size_t>(std::max_element(priority.begin(), priority.end()) - priority.begin());
      priority[first] -= total();
    }
    return first;
  }
};

const std::vector<std::int64_t> trap_powers{50, 50, 50, 10, 10, 100, 1};
const std::vector<std::int64_t> trap_priorities{104, 104, 104, -106, -107, 164, -259};

ValidatorSet restored(const Reference& state) {
  const auto keys = ascending_keys(state.power.size());
  std::vector<Validator> validators;
  for (std::size_t i = 0; i < keys.size(); ++i)
    validators.push_back({address_of(keys[i]), keys[i], state.power[i], state.priority[i]});
  return ValidatorSet::restore(validators, validators[0].address).value();
}

std::size_t index_among(const std::vector<PublicKey>& keys, const Address& address) {
  std::size_t i = 0;
  while (address_of(keys[i]) != address) ++i;
  return i;
}

TEST(ValidatorSet, RoundSkipTrapOfSection13) {
  const Reference trap{trap_powers, trap_priorities};
  EXPECT_EQ(Reference(trap).call(6), 5u) << "the vector: one call of six";
  Reference stepwise = trap;
  std::size_t last = 0;
  for (int k = 0; k < 6; ++k) last = stepwise.call(1);
  EXPECT_EQ(last, 0u) << "the vector: six calls of one";

  const auto keys = ascending_keys(7);
  const ValidatorSet set = restored(trap);
  ValidatorSet by_heights = set;
  for (int k = 0; k < 6; ++k) by_heights.advance();
  EXPECT_EQ(index_among(keys, by_heights.proposer()), 0u) << "each height normalises";

  ProposerOrder at_once(set);
  const auto direct = at_once.at(6);
  ProposerOrder one_by_one(set);
  for (int r = 0; r <= 6; ++r) EXPECT_EQ(one_by_one.at(r), ProposerOrder(set).at(r)) << r;
  EXPECT_EQ(one_by_one.at(6), direct) << "whatever rounds were skipped";
  EXPECT_EQ(index_among(keys, set[direct].address), 5u) << "a round normalises once, then steps";
  EXPECT_EQ(at_once.at(0), one_by_one.at(0)) << "asking later rounds changes no earlier one";
}

TEST(ValidatorSet, FollowsTheReferenceOnRandomSets) {
  Rng rng(7, ActorId{}, Purpose::test, 0);
  for (int example = 0; example < 2'000; ++example) {
    const std::size_t n = 1 + rng.below(8);
    Reference reference;
    for (std::size_t i = 0; i < n; ++i) {
      reference.power.push_back(1 + static_cast<std::int64_t>(rng.below(120)));
      reference.priority.push_back(static_cast<std::int64_t>(rng.below(2'000)) - 1'000);
    }
    const auto keys = ascending_keys(n);
    const ValidatorSet start = restored(reference);
    const int round = 1 + static_cast<int>(rng.below(9));
    ProposerOrder order(start);
    ASSERT_EQ(index_among(keys, start[order.at(round)].address), Reference(reference).call(round));
    ValidatorSet set = start;
    for (int h = 0; h < 20; ++h) {
      set.advance();
      ASSERT_EQ(index_among(keys, set.proposer()), reference.call(1)) << example << " height " << h;
      for (const Validator& v : set.validators())
        ASSERT_EQ(v.priority, reference.priority[index_among(keys, v.address)]);
    }
  }
}

TEST(ValidatorSet, RescalesByTheCeilingTowardZeroAndCentresByTheFloor) {
  // Distance 25, window 8: divided by 4, not by 3. Then the mean of {-3, 3}, 0; of {-2, 1}, -1 (down).
  Reference reference{{2, 2}, {-12, 13}};
  ValidatorSet set = restored(reference);
  set.advance();
  const auto keys = ascending_keys(2);
  // {-12, 13} / 4 = {-3, 3}; mean 0; step: {-1, 5} and the second pays 4.
  EXPECT_EQ(set[set.index_of(address_of(keys[0])).value()].priority, -1);
  EXPECT_EQ(set[set.index_of(address_of(keys[1])).value()].priority, 1);
  set = restored({{2, 2}, {-2, 1}});
  set.advance();
  // mean floor(-1/2) = -1: {-1, 2}; step: {1, 4}, the second pays 4.
  EXPECT_EQ(set[set.index_of(address_of(keys[0])).value()].priority, 1);
  EXPECT_EQ(set[set.index_of(address_of(keys[1])).value()].priority, 0);
}

TEST(ValidatorSet, WhoJoinsStartsBehindEverybody) {
  ValidatorSet set = set_of({10, 10});
  const auto keys = ascending_keys(3);
  const PowerChange joins{keys[2], 20};
  const PowerChange leaves{keys[0], 0};
  ASSERT_TRUE(set.update(std::vector{joins, leaves}));
  // Total after the addition and before the removal is 40: priority -(40 + 5) before rescale and centre.
  // Genesis step left {-10, 10}; key 1 has 10. Distance 55 <= 60; mean of {10, -45} is -18 (down).
  EXPECT_EQ(set.total_power(), 30);
  ASSERT_EQ(set.size(), 2u);
  EXPECT_EQ(set[0].address, address_of(keys[2])) << "sorted by power, the higher first";
  EXPECT_EQ(set[0].priority, -27);
  EXPECT_EQ(set[1].priority, 28);
  EXPECT_FALSE(set.index_of(address_of(keys[0])));
}

TEST(ValidatorSet, ChangedPowerKeepsPriority) {
  ValidatorSet set = set_of({10, 10, 10});
  const auto keys = ascending_keys(3);
  const ValidatorSet before = set;
  ASSERT_TRUE(set.update(std::vector{PowerChange{keys[1], 12}}));
  for (const Validator& v : set.validators())
    EXPECT_EQ(v.priority, before[before.index_of(v.address).value()].priority);
  EXPECT_EQ(set[0].address, address_of(keys[1]));
  ASSERT_TRUE(set.update({}));
}

TEST(ValidatorSet, OrderIsPowerDescendingThenAddressAscending) {
  const ValidatorSet set = set_of({5, 9, 5, 9});
  const auto keys = ascending_keys(4);
  const std::size_t expected[] = {1, 3, 0, 2};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(set[i].address, address_of(keys[expected[i]])) << i;
}

TEST(ValidatorSet, RefusedChangesChangeNothing) {
  const auto keys = ascending_keys(4);
  ValidatorSet set = set_of({10, 10});
  const ValidatorSet before = set;
  const struct {
    const char* why;
    std::vector<PowerChange> changes;
  } cases[] = {
      {"named twice", {{keys[0], 5}, {keys[0], 6}}},
      {"negative", {{keys[0], -1}}},
      {"leaves but is not there", {{keys[2], 0}}},
      {"nobody left", {{keys[0], 0}, {keys[1], 0}}},
      {"one above the largest power", {{keys[2], total_power_max + 1}}},
      {"sum one above the bound", {{keys[2], total_power_max - 19}}},
  };
  for (const auto& c : cases) {
    EXPECT_FALSE(set.update(c.changes)) << c.why;
    EXPECT_EQ(set, before) << c.why;
  }
  EXPECT_TRUE(set.update(std::vector{PowerChange{keys[2], total_power_max - 20}})) << "exactly at the bound";
  EXPECT_EQ(set.total_power(), total_power_max);
}

TEST(ValidatorSet, GenesisIsRefusedWithTheFieldNamed) {
  const auto keys = ascending_keys(2);
  EXPECT_FALSE(ValidatorSet::genesis({}));
  const auto zero = ValidatorSet::genesis(std::vector<PowerChange>{{keys[0], 3}, {keys[1], 0}});
  ASSERT_FALSE(zero);
  EXPECT_NE(zero.error().message.find("power 0"), std::string::npos) << zero.error().message;
  const auto twice = ValidatorSet::genesis(std::vector<PowerChange>{{keys[0], 3}, {keys[0], 1}});
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().message.find("twice"), std::string::npos);
  EXPECT_FALSE(ValidatorSet::genesis(std::vector<PowerChange>{{keys[0], total_power_max}, {keys[1], 1}}));
  EXPECT_TRUE(ValidatorSet::genesis(std::vector<PowerChange>{{keys[0], total_power_max - 1}, {keys[1], 1}}));
  EXPECT_TRUE(ValidatorSet::genesis(std::vector<PowerChange>(1, {keys[0], 1})));
  std::vector<PowerChange> many;
  for (const PublicKey& key : ascending_keys(validator_count_max + 1)) many.push_back({key, 1});
  EXPECT_FALSE(ValidatorSet::genesis(many));
  many.pop_back();
  EXPECT_TRUE(ValidatorSet::genesis(many));
}

TEST(ValidatorSet, RestoreRefusesWhatNoSetIs) {
  const ValidatorSet set = set_of({4, 5, 6});
  const std::vector<Validator> good(set.validators().begin(), set.validators().end());
  ASSERT_EQ(ValidatorSet::restore(good, set.proposer()).value(), set);
  auto bad = good;
  bad[1].address.bytes[0] ^= 1;
  EXPECT_FALSE(ValidatorSet::restore(bad, set.proposer()));
  bad = good;
  bad[2].power = 0;
  EXPECT_FALSE(ValidatorSet::restore(bad, set.proposer()));
  bad = good;
  bad[2] = bad[0];
  EXPECT_FALSE(ValidatorSet::restore(bad, good[0].address));
  EXPECT_FALSE(ValidatorSet::restore(good, Address{}));
  EXPECT_FALSE(ValidatorSet::restore({}, Address{}));
}

TEST(ValidatorSet, ExtremePrioritiesNeitherOverflowNorGrow) {
  const auto keys = ascending_keys(3);
  std::vector<Validator> validators;
  const std::int64_t extremes[] = {INT64_MAX, INT64_MIN, INT64_MIN};
  for (std::size_t i = 0; i < 3; ++i)
    validators.push_back({address_of(keys[i]), keys[i], total_power_max / 3, extremes[i]});
  ValidatorSet set = ValidatorSet::restore(validators, validators[0].address).value();
  for (int h = 0; h < 1'000; ++h) {
    set.advance();
    for (const Validator& v : set.validators()) {
      ASSERT_LT(v.priority, 3 * total_power_max);
      ASSERT_GT(v.priority, -3 * total_power_max);
    }
  }
}

TEST(ValidatorSet, PrioritiesHashSeesWhatTheHashDoesNot) {
  ValidatorSet set = set_of({4, 5, 6});
  const Hash hash = set.hash();
  const Hash priorities = set.priorities_hash();
  set.advance();
  EXPECT_EQ(set.hash(), hash);
  EXPECT_NE(set.priorities_hash(), priorities);
}

TEST(ValidatorSchedule, ChangesOfBlockHVoteAtHPlus2) {
  ValidatorSchedule schedule = ValidatorSchedule::genesis(set_of({10, 10}));  // at height 1
  const auto keys = ascending_keys(3);
  ValidatorSet stepped = schedule.current;
  stepped.advance();
  EXPECT_EQ(schedule.next, stepped) << "one more step";
  EXPECT_FALSE(schedule.last);
  ASSERT_TRUE(schedule.roll(std::vector{PowerChange{keys[2], 5}}));  // block 1 returned it; now at height 2
  EXPECT_EQ(schedule.current.size(), 2u);
  EXPECT_EQ(schedule.next.size(), 3u);
  EXPECT_EQ(schedule.last->size(), 2u);
  const ValidatorSchedule at_two = schedule;
  EXPECT_FALSE(schedule.roll(std::vector{PowerChange{keys[2], -1}}));
  EXPECT_EQ(schedule, at_two) << "a refused change rolls nothing";
  ASSERT_TRUE(schedule.roll({}));  // at height 3
  EXPECT_EQ(schedule.current, at_two.next);
  EXPECT_NE(schedule.next, at_two.next) << "steps even without changes";
}

}  // namespace
}  // namespace souk::consensus
