#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "actors/chain/bank.hpp"
#include "actors/chain/dec_coins.hpp"
#include "actors/chain/execution.hpp"
#include "actors/chain/scaled.hpp"
#include "actors/chain/stake_codes.hpp"
#include "actors/chain/stake_view.hpp"
#include "actors/chain/undo_map.hpp"

namespace souk {

/// A validator of the previous commit, in the order of consensus' set.
struct RewardVoter {
  Address validator;
  std::int64_t power = 0;
  Dec commission;         ///< its commission rate now
  bool signed_it = true;  ///< only for the legacy proposer's bonus: absent voters earn as well
};

/// Voters made ready for many blocks: rows and factors looked up once. Good until a validator comes or goes.
struct RewardPlan {
  struct Share {
    std::uint32_t row = no_row;
    Scaled power;       ///< of all
    Scaled commission;  ///< rate
  };
  std::span<const RewardVoter> voters;
  std::vector<Share> shares;
  std::int64_t power = 0;  ///< of all
  std::int64_t power_that_signed = 0;
};

/// Who earns what a block collected, and what is left of it: F1 distribution. A validator's rewards are cut
/// into periods; each period adds its rewards per token to a cumulative ratio, and a delegator who knows at
/// which period he began earns the difference times his stake, in any number of blocks at once.
/// Source: akash-chain.md section 8.5; cosmos-sdk x/distribution/keeper.
///
/// Everything is rounded down in favour of the community pool, so that nobody can withdraw what is not there.
/// Sum at all times: outstanding of all validators + community pool = coins of the module's account.
class RewardDistribution {
 public:
  /// Gives what `blocks` equal blocks collected, `fees` each, to the voters and the community pool. Without
  /// voters, or without power, all goes to the pool. The coins must already be in the module's account.
  /// Events as of one block, if params.stake.reward_events and `events` is not null.
  /// Not undoable: belongs to the beginning of a block. REQUIRES: every voter is known, powers >= 0.
  void allocate(const DistributionParams& params, const DecCoins& fees, Blocks blocks, const RewardPlan& plan,
                const std::optional<Address>& proposer, std::vector<ChainEvent>* events);
  RewardPlan plan(std::span<const RewardVoter> voters) const;

  // What staking must tell, in the SDK's order of hooks: validator and shares as they are then.
  // REQUIRES: the validator is known.
  void on_validator_created(const Address& validator);
  /// Before a delegation that did not exist; then after_delegation_change.
  void before_delegation_created(const Address& validator, Amount tokens);
  /// Before the shares of an existing delegation change: pays what it has earned.
  void before_delegation_change(const Address& delegator, const Address& validator, const ValidatorStake& of,
                                Dec shares, Bank& bank, Execution& exec);
  /// After a delegation came to be or changed; not after it ended.
  void after_delegation_change(const Address& delegator, const Address& validator, const ValidatorStake& of,
                               Dec shares, Height height);
  /// Before `fraction` of a validator's tokens is burned, with the tokens still there.
  void before_validator_slashed(const Address& validator, Amount tokens, Dec fraction, Height height);
  /// Pays its commission; the dust goes to the pool.
  void on_validator_removed(const Address& validator, Bank& bank, Execution& exec);

  // Messages, valid in themselves.
  /// Errors, in order: sdk 4 a module account, distribution 8 disabled.
  Verdict set_withdraw_address(const MsgSetWithdrawAddress& msg, const Bank& bank, Execution& exec);
  /// Errors, in order: staking 3 no validator, 19 no delegation.
  Verdict withdraw_reward(const MsgWithdrawDelegatorReward& msg, const StakeView& stake, Bank& bank,
                          Execution& exec);
  /// Errors: distribution 7 nothing to withdraw.
  Verdict withdraw_commission(const MsgWithdrawValidatorCommission& msg, Bank& bank, Execution& exec);
  /// Errors: sdk 5.
  Verdict fund_community_pool(const MsgFundCommunityPool& msg, Bank& bank, Execution& exec);
  /// Errors, in order: gov 13 authority is not gov, sdk 4 recipient is a module account, distribution 9 the
  /// pool has less.
  Verdict spend_community_pool(const MsgCommunityPoolSpend& msg, Bank& bank, Execution& exec);

  /// Credits to the pool what came into the module's account from elsewhere: the takes of escrow.
  void absorb(const Bank& bank);

  const DecCoins& community_pool() const { return pool_; }
  DecCoins outstanding(const Address& validator) const;
  DecCoins commission(const Address& validator) const;
  /// What a withdrawal now would pay, before it is truncated to whole coins.
  DecCoins pending_rewards(const Address& delegator, const Address& validator, const StakeView& stake,
                           Height height) const;
  Address withdraw_address(const Address& delegator) const;

  /// Appends the canonical bytes of the state; nothing if there is none.
  void append_state(std::vector<std::uint8_t>& out) const;
  /// What the module's account must hold: outstanding of all validators + pool.
  DecCoins owed() const;
  /// Whether it does, to the last digit if `exact` (nothing came into it from elsewhere since absorb());
  /// and whether nobody is owed less than nothing and periods are remembered as long as they are needed.
  Result<void> check(const Bank& bank, bool exact) const;

  void begin_tx();
  void rollback();

 private:
  struct ValidatorRow {
    Address validator;
    std::uint64_t period = 1;  ///< the current one
    DecCoins current;          ///< rewards of the current period
    DecCoins commission;
    DecCoins outstanding;  ///< current, past and commission, not yet withdrawn
    bool removed = false;
  };
  /// The cumulative ratio up to the end of a period, and how many need to remember it.
  struct Historical {
    DecCoins ratio;
    std::uint32_t references = 0;
  };
  struct PeriodKey {
    Address validator;
    std::uint64_t period = 0;
    friend constexpr auto operator<=>(const PeriodKey&, const PeriodKey&) = default;
  };
  struct SlashKey {
    Address validator;
    Height height;
    std::uint64_t period = 0;  ///< that the slash ended
    friend constexpr auto operator<=>(const SlashKey&, const SlashKey&) = default;
  };
  struct StartKey {
    Address validator;
    Address delegator;
    friend constexpr auto operator<=>(const StartKey&, const StartKey&) = default;
  };
  struct StartingInfo {
    std::uint64_t previous_period = 0;
    Dec stake;  ///< in tokens
    Height height;
  };

  std::uint32_t find(const Address& validator) const;
  void credit(const RewardVoter& voter, std::uint32_t row, const DecCoins& reward, Blocks blocks,
              std::vector<ChainEvent>* events);
  Dec pay_proposer(const DistributionParams& params, const DecCoins& fees, Blocks blocks,
                   const RewardPlan& plan, const std::optional<Address>& proposer,
                   std::vector<ChainEvent>* events, DecCoins& remaining);
  Dec credit_all(Denom denom, Dec for_voters, Blocks blocks, const RewardPlan& plan);
  Result<void> check_validators() const;
  Result<void> check_references() const;
  void remember(const Address& validator, std::uint64_t period);
  void forget(const Address& validator, std::uint64_t period);
  std::uint64_t end_period(const Address& validator, Amount tokens);
  DecCoins ratio_now(const ValidatorRow& row, Amount tokens) const;
  DecCoins rewards(const StartKey& key, const StartingInfo& start, const ValidatorStake& stake, Dec shares,
                   Height height, std::uint64_t end, const DecCoins& end_ratio) const;
  void pay_rewards(const StartKey& key, const ValidatorStake& stake, Dec shares, Bank& bank, Execution& exec);
  std::vector<Coin> pay(const Address& owner, const DecCoins& coins, Bank& bank, Execution& exec);

  Table<ValidatorRow> validators_;
  HashIndex index_;
  UndoMap<PeriodKey, Historical> historical_;
  UndoMap<SlashKey, Dec> slashes_;  ///< fraction
  UndoMap<StartKey, StartingInfo> starts_;
  UndoMap<Address, Address> withdraw_;
  DecCoins pool_;
  DecCoins pool_before_;  ///< the transaction
};

}  // namespace souk
