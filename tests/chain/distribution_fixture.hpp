#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/chain/block_rewards.hpp"
#include "tests/chain/stake_fixture.hpp"

namespace souk::test {

/// Validators, delegators and fees, with a distribution that is told of all of them.
class DistributionTest : public StakeModules {
 protected:
  DistributionTest() { params.stake.mint_enabled = false; }

  /// A bonded validator with delegators, each a share per token.
  void validator(std::uint8_t v, std::vector<std::pair<std::uint8_t, std::int64_t>> delegators) {
    distribution.on_validator_created(account(v));
    stake.validators[account(v)] = {{}, {}, true};
    for (const auto& [who, tokens] : delegators) delegate(who, v, tokens);
  }
  void delegate(std::uint8_t who, std::uint8_t v, std::int64_t tokens) {
    Execution x = exec();
    ValidatorStake& of = stake.validators[account(v)];
    const auto known = stake.delegation(account(who), account(v));
    if (known)
      distribution.before_delegation_change(account(who), account(v), of, *known, bank, x);
    else
      distribution.before_delegation_created(account(v), of.tokens);
    const Dec shares = of.shares.is_zero() ? Dec::from_int(tokens)
                                           : Dec::times_quo_truncate(of.shares, tokens, Dec::from(of.tokens));
    of.tokens += Amount{tokens};
    of.shares += shares;
    Dec& held = stake.delegations[{account(who), account(v)}];
    held += shares;
    distribution.after_delegation_change(account(who), account(v), of, held, block.height);
  }
  /// Gives up all shares.
  void undelegate(std::uint8_t who, std::uint8_t v) {
    Execution x = exec();
    ValidatorStake& of = stake.validators[account(v)];
    const Dec shares = *stake.delegation(account(who), account(v));
    distribution.before_delegation_change(account(who), account(v), of, shares, bank, x);
    const Amount tokens =
        shares == of.shares ? of.tokens : Dec::times_quo(shares, of.tokens.micro, of.shares).truncate();
    of.tokens -= tokens;
    of.shares -= shares;
    stake.delegations.erase({account(who), account(v)});
  }
  void slash(std::uint8_t v, std::int64_t burned) {
    ValidatorStake& of = stake.validators[account(v)];
    const Dec fraction = Dec::quo_round_up(Dec::from_int(burned), Dec::from(of.tokens));
    distribution.before_validator_slashed(account(v), of.tokens, fraction, block.height);
    of.tokens -= Amount{burned};
  }
  std::vector<RewardVoter> voters() const {
    std::vector<RewardVoter> result;
    for (const auto& [v, of] : stake.validators)
      if (of.tokens.micro > 0) result.push_back({v, of.tokens.micro, commission.at(v), true});
    return result;
  }
  void pay(std::int64_t fees, std::int64_t blocks = 1) {
    collect_fees(fees);
    Execution x = exec();
    const auto who = voters();
    pay_block_rewards(minter, distribution, bank, {{blocks}, who, stake.total_bonded(), proposer}, x);
  }
  std::int64_t withdraw(std::uint8_t who, std::uint8_t v) {
    Execution x = exec();
    const std::int64_t before = balance(account(who));
    EXPECT_EQ(text_of(distribution.withdraw_reward({account(who), account(v)}, stake, bank, x)), "ok");
    return balance(account(who)) - before;
  }
  std::int64_t withdraw_commission(std::uint8_t v) {
    Execution x = exec();
    const std::int64_t before = balance(account(v));
    if (!distribution.withdraw_commission({account(v)}, bank, x).ok()) return 0;
    return balance(account(v)) - before;
  }
  void expect_sound() {
    const auto sound = distribution.check(bank, true);
    EXPECT_TRUE(sound.has_value()) << sound.error().message;
  }
  std::string pool() const { return to_string(distribution.community_pool()); }

  Minter minter;
  RewardDistribution distribution;
  std::map<Address, Dec> commission;
  std::optional<Address> proposer;
};

}  // namespace souk::test
