#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "actors/base/codec.hpp"
#include "actors/chain/stake_codes.hpp"
#include "actors/chain/stake_context.hpp"
#include "actors/chain/undo_map.hpp"

namespace souk {

/// Tokens on their way out (akash-chain.md section 8.3, UnbondingDelegation).
struct UnbondingEntry {
  Height creation_height;
  Time completion_time;
  Amount initial_balance;
  Amount balance;  ///< what slashing left of it
  friend bool operator==(const UnbondingEntry&, const UnbondingEntry&) = default;
};
/// A delegation that moved, still liable for what its source did (section 8.3, Redelegation).
struct RedelegationEntry {
  Height creation_height;
  Time completion_time;
  Amount initial_balance;
  Dec shares_dst;
  friend bool operator==(const RedelegationEntry&, const RedelegationEntry&) = default;
};
/// Ordered as slashing visits them: by source, then delegator, then destination.
struct RedelegationKey {
  Address source;
  Address delegator;
  Address destination;
  friend auto operator<=>(const RedelegationKey&, const RedelegationKey&) = default;
};

/// Validators, delegations, and what unbonds. Owns no coin: they lie in the bank's bonded and not bonded
/// pools. Calls the bank and, through StakeHooks, distribution. Rules, order of checks and rounding:
/// akash-chain.md section 8.3, and cosmos-sdk v0.53 x/staking where that is silent.
class Staking {
 public:
  using Pair = std::pair<Address, Address>;

  // ---- what there is
  const UndoMap<Address, ValidatorRecord>& validators() const { return validators_; }
  const ValidatorRecord* find(const Address& operator_address) const {
    return validators_.find(operator_address);
  }
  const ValidatorRecord* find(const ConsensusKey& key) const;
  /// (delegator, validator) -> shares, in that order.
  const UndoMap<Pair, Dec>& delegations() const { return delegations_; }
  /// Zero if there is none.
  Dec delegation(const Address& delegator, const Address& validator) const;
  /// (validator, delegator) -> entries, oldest first.
  const UndoMap<Pair, std::vector<UnbondingEntry>>& unbondings() const { return unbondings_; }
  std::span<const UnbondingEntry> unbonding(const Address& delegator, const Address& validator) const;
  const UndoMap<RedelegationKey, std::vector<RedelegationEntry>>& redelegations() const {
    return redelegations_;
  }
  /// Calls `visit(validator, shares)` for each delegation of `delegator`, by validator.
  template <class Visit>
  void each_delegation_of(const Address& delegator, Visit visit) const {
    for (auto it = delegations_.lower_bound({delegator, Address{}});
         it != delegations_.end() && it->first.first == delegator; ++it)
      visit(it->first.second, it->second);
  }
  /// The active set as of the last end of a block: operator -> power. Powers of bonded validators may have
  /// changed since.
  const UndoMap<Address, std::int64_t>& active_set() const { return active_; }
  /// Tokens of all bonded validators: the bonded pool.
  static Amount bonded_tokens(const Bank& bank, const StakingParams& params) {
    return bank.balance(bank.bonded_pool(), params.bond_denom);
  }

  // ---- messages, valid in themselves. Each changes nothing that a rollback does not undo.
  /// Errors, in order: 40 commission below the minimum, 4 operator has a validator, 5 key in use, sdk 18
  /// denomination, sdk 5 the balance (locked coins count as balance).
  Verdict create_validator(const MsgCreateValidator& msg, StakeContext& context);
  /// Errors, in order: sdk 18 rate below the minimum, 3 no validator, 12 changed within 24 h, 11 above the
  /// maximum rate, 15 raised by more than max_change_rate (a cut may be of any size), 17 minimum self
  /// delegation not raised, 16 above the tokens.
  Verdict edit_validator(const MsgEditValidator& msg, StakeContext& context);
  /// Errors, in order: 3 no validator, sdk 18 denomination, 34 all tokens were slashed, sdk 5 the balance.
  Verdict delegate(const MsgDelegate& msg, StakeContext& context);
  /// Errors, in order: 3 no validator, 19 no delegation, sdk 18 more than there is or another denomination,
  /// 27 too many entries. From an unbonded validator the coins come back at once.
  Verdict undelegate(const MsgUndelegate& msg, StakeContext& context);
  /// Errors, in order: 3 no source, 19 no delegation, sdk 18 more than there is or another denomination, 29
  /// the same validator, 31 no destination, 32 what is there came by a redelegation that is not mature, 33
  /// too many entries, 30 worth less than one token, 34 the destination has lost all tokens.
  Verdict begin_redelegate(const MsgBeginRedelegate& msg, StakeContext& context);
  /// Errors, in order: sdk 18 denomination, 3 no validator, 34 all tokens were slashed, 7 jailed, sdk 38 no
  /// such entry, sdk 18 more than the entry has.
  Verdict cancel_unbonding(const MsgCancelUnbondingDelegation& msg, StakeContext& context);

  // ---- for slashing
  /// Burns `fraction` of what gave `power` at `infraction`: first from unbonding and redelegation entries
  /// made at or after it, the rest from the validator's tokens (section 8.4). Returns what of the tokens was
  /// burned. REQUIRES: the validator is not unbonded, and infraction <= now.
  Amount slash(const Address& operator_address, Height infraction, std::int64_t power, Dec fraction,
               StakeContext& context);
  /// Leaves the active set at the end of this block. REQUIRES: it is not jailed.
  void jail(const Address& operator_address);
  void unjail(const Address& operator_address);

  // ---- end of a block
  struct SetChange {
    std::vector<ValidatorUpdate> updates;  ///< by operator address
    std::vector<ConsensusKey> bonded;      ///< came into the set
  };
  /// The new active set: the max_validators of most power that are not jailed; at equal power the smaller
  /// operator address. Moves tokens between the pools.
  SetChange update_active_set(StakeContext& context);
  /// What is mature by now: validators, then unbonding delegations, then redelegations.
  void complete_mature(StakeContext& context);
  Time next_deadline() const;

  /// At genesis: delegates without asking anybody. REQUIRES: the balance is there.
  void delegate_at_genesis(const Address& delegator, const Address& validator, Amount amount,
                           StakeContext& context);
  /// The active set is made anew at the end of this block: its parameters changed.
  void touch() { dirty_ = true; }

  void begin();
  void rollback();
  /// Appends the canonical bytes of all of the state; nothing if there is none.
  void append_state(Bytes& out) const;

 private:
  /// Where the coins of a delegation come from: its owner, or the pool of validators of that status.
  using Source = std::optional<ValidatorStatus>;

  const ValidatorRecord& at(const Address& operator_address) const;
  void put(const ValidatorRecord& validator) {
    validators_.put(validator.operator_address, validator);
    dirty_ = true;
  }

  // staking_delegations.cpp
  Verdict check_unbond(const Address& delegator, const Address& validator, Coin amount,
                       const StakeContext& context, Dec& shares) const;
  Verdict add_delegation(const Address& delegator, const Address& validator, Amount amount, Source source,
                         StakeContext& context, Dec& new_shares);
  Amount unbond(const Address& delegator, const Address& validator, Dec shares, StakeContext& context);
  Amount take_shares(const Address& validator, Dec shares, StakeContext& context);
  void add_unbonding(const Address& delegator, const Address& validator, UnbondingEntry entry);
  void add_redelegation(const RedelegationKey& key, RedelegationEntry entry);
  void remove_redelegation(const RedelegationKey& key);
  void remove(const Address& operator_address, StakeContext& context);

  // staking_slash.cpp
  Amount slash_unbonding(const Pair& key, Height infraction, Dec fraction, StakeContext& context);
  Amount slash_redelegation(const RedelegationKey& key, Height infraction, Dec fraction,
                            StakeContext& context);
  Amount slash_moved_unbonding(const Pair& key, Height infraction, Amount wanted, StakeContext& context);
  void slash_tokens(const Address& operator_address, Amount burned, StakeContext& context);

  // staking_blocks.cpp
  void set_status(const Address& operator_address, ValidatorInput input, StakeContext& context);
  std::vector<const ValidatorRecord*> strongest(std::size_t count) const;
  void complete_validators(StakeContext& context);
  void complete_unbondings(StakeContext& context);
  void complete_redelegations(StakeContext& context);

  template <class Subject>
  using Queue = UndoMap<std::pair<Time, std::uint64_t>, Subject>;  ///< by time, then in the order of coming

  UndoMap<Address, ValidatorRecord> validators_;
  UndoMap<ConsensusKey, Address> by_key_;
  UndoMap<Pair, Dec> delegations_;
  UndoMap<Pair, std::vector<UnbondingEntry>> unbondings_;
  UndoMap<RedelegationKey, std::vector<RedelegationEntry>> redelegations_;
  UndoMap<Pair, std::uint32_t> incoming_;  ///< (delegator, destination) -> redelegations that came in
  Queue<Pair> unbonding_queue_;
  Queue<RedelegationKey> redelegation_queue_;
  UndoMap<std::pair<Time, Address>, Height> validator_queue_;
  UndoMap<Address, std::int64_t> active_;
  std::uint64_t queued_ = 0;  ///< how many ever came into the queues: gives each its place
  std::uint64_t queued_before_ = 0;
  bool dirty_ = false;  ///< the active set may have changed since it was last made
};

}  // namespace souk
