#include "actors/chain/tables.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

// Every (state, input) pair of every table: allowed to lead where section 3.9 says, or refused.
namespace souk::test {
namespace {

/// "open match -> active" for each allowed step; every other pair must be refused.
template <class State, class Input, std::size_t n>
std::set<std::string> steps(const Transition<State, Input> (&table)[n]) {
  std::set<std::string> found;
  for (const auto& [state, input] : all_pairs<State, Input>()) {
    const auto to = next(table, state, input);
    if (to) {
      found.insert(std::string(enum_name(state)) + " " + std::string(enum_name(input)) + " -> " +
                   std::string(enum_name(*to)));
    } else {
      EXPECT_EQ(to.error().state, state);
      EXPECT_EQ(to.error().input, input);
    }
  }
  return found;
}

using Steps = std::set<std::string>;

TEST(Section3_9, Deployment) { EXPECT_EQ(steps(deployment_transitions), (Steps{"active close -> closed"})); }

TEST(Section3_9, Group) {
  EXPECT_EQ(steps(group_transitions),
            (Steps{"open pause -> paused", "insufficient_funds pause -> paused", "paused start -> open",
                   "insufficient_funds start -> open", "open close -> closed", "paused close -> closed",
                   "insufficient_funds close -> closed", "open drain -> insufficient_funds",
                   "paused drain -> insufficient_funds"}));
}

TEST(Section3_9, Order) {
  EXPECT_EQ(steps(order_transitions),
            (Steps{"open match -> active", "open close -> closed", "active close -> closed"}));
}

TEST(Section3_9, Bid) {
  EXPECT_EQ(steps(bid_transitions), (Steps{"open match -> active", "open lose -> lost",
                                           "open close -> closed", "active close -> closed"}));
}

TEST(Section3_9, Lease) {
  EXPECT_EQ(steps(lease_transitions),
            (Steps{"active reclaim -> reclaiming", "active close -> closed", "reclaiming close -> closed",
                   "active drain -> insufficient_funds", "reclaiming drain -> insufficient_funds"}));
}

TEST(Section5_4, EscrowAccount) {
  EXPECT_EQ(steps(account_transitions),
            (Steps{"open overdraw -> overdrawn", "open close -> closed", "overdrawn close -> closed"}));
}

TEST(Section5_4, Payment) {
  EXPECT_EQ(steps(payment_transitions),
            (Steps{"open overdraw -> overdrawn", "overdrawn repay -> open", "open close -> closed"}));
}

}  // namespace
}  // namespace souk::test
