#pragma once

#include <string>
#include <vector>

#include "actors/chain/bank.hpp"
#include "actors/chain/execution.hpp"
#include "actors/chain/stake_tables.hpp"

/// What the modules of the staking economy share: a validator, what each step is carried out under, and what
/// staking tells distribution.
namespace souk {

/// Tokens of one unit of voting power (akash-chain.md section 8.3).
inline constexpr std::int64_t power_reduction = 1'000'000;

/// What the chain knows of a validator. (`Validator` is the actor, as `Provider` is that of a
/// ProviderRecord.)
struct ValidatorRecord {
  Address operator_address;
  ConsensusKey key{};
  std::string moniker;
  bool jailed = false;
  ValidatorStatus status = ValidatorStatus::unbonded;
  Amount tokens;  ///< of the bond denomination, delegated to it
  Dec shares;     ///< of all delegations to it
  CommissionRates commission;
  Time commission_updated;
  Amount min_self_delegation;
  Height unbonding_height;  ///< when it began to unbond; with unbonding_time, kept from the last time
  Time unbonding_time;      ///< when it will be (or was) unbonded

  bool bonded() const { return status == ValidatorStatus::bonded; }
  /// Voting power that its tokens would give it.
  std::int64_t power() const { return tokens.micro / power_reduction; }
  /// All its tokens were slashed: nobody can delegate to it any more.
  bool invalid_exchange_rate() const { return tokens.micro == 0 && !shares.is_zero(); }
  /// What `part` of its shares is worth, rounded half to even in the 18th decimal (LegacyDec Quo) or down
  /// (QuoTruncate). REQUIRES: shares > 0.
  Dec tokens_of(Dec part) const { return Dec::times_quo(part, tokens.micro, shares); }
  Dec tokens_of_truncated(Dec part) const { return Dec::times_quo_truncate(part, tokens.micro, shares); }
  /// Shares for `amount` of tokens at today's rate, rounded down. REQUIRES: tokens > 0, and can_issue(amount)
  /// or amount <= tokens.
  Dec shares_of(Amount amount) const {
    return Dec::times_quo_truncate(shares, amount.micro, Dec::from(tokens));
  }
  /// Whether the shares for `amount` more tokens still fit: slashing can make a token worth very many.
  bool can_issue(Amount amount) const;
};

struct StakeContext;

/// What staking tells the actor below it about delegations, at the moments of the SDK's staking hooks, so
/// that rewards are settled under the old shares. Distribution is it. `validator` is as it stands then.
class StakeHooks {
 public:
  virtual ~StakeHooks() = default;
  /// A validator begins, without delegations (AfterValidatorCreated).
  virtual void validator_created(const ValidatorRecord& validator, StakeContext& context) = 0;
  /// It has no delegation left and is gone (AfterValidatorRemoved).
  virtual void validator_removed(const ValidatorRecord& validator, StakeContext& context) = 0;
  /// Its tokens will be cut by `fraction`, 0 < fraction <= 1 (BeforeValidatorSlashed).
  virtual void before_slashed(const ValidatorRecord& validator, Dec fraction, StakeContext& context) = 0;
  /// `delegator` has no delegation with it yet (BeforeDelegationCreated).
  virtual void before_delegation_created(const ValidatorRecord& validator, const Address& delegator,
                                         StakeContext& context) = 0;
  /// `delegator` has `shares`, which will change (BeforeDelegationSharesModified): rewards are withdrawn.
  virtual void before_shares_modified(const ValidatorRecord& validator, const Address& delegator, Dec shares,
                                      StakeContext& context) = 0;
  /// `delegator` has `shares` > 0 from now on (AfterDelegationModified). Of a delegation that went to zero,
  /// before_shares_modified was the last word.
  virtual void after_delegation_modified(const ValidatorRecord& validator, const Address& delegator,
                                         Dec shares, StakeContext& context) = 0;
};

/// Under what a message or a step of a block is carried out.
struct StakeContext {
  Execution& exec;
  Bank& bank;
  StakeHooks& hooks;
};

}  // namespace souk
