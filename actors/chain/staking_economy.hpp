#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "actors/chain/authz.hpp"
#include "actors/chain/block.hpp"
#include "actors/chain/distribution.hpp"
#include "actors/chain/feegrant.hpp"
#include "actors/chain/genesis.hpp"
#include "actors/chain/gov.hpp"
#include "actors/chain/mint.hpp"
#include "actors/chain/msg_runner.hpp"
#include "actors/chain/slashing.hpp"
#include "actors/chain/staking.hpp"
#include "actors/chain/upgrade.hpp"

namespace souk {

/// The staking economy under one roof: which module a message is for, in which order the modules begin and
/// end a block, and what staking tells distribution. Owned by the ledger, beside the market.
class StakingEconomy {
 public:
  StakingEconomy() { sets_.fill(std::make_shared<const std::vector<SetMember>>()); }

  /// Under what the facade carries things out.
  struct Frame {
    ChainParams& params;  ///< the same as exec.params, for changing
    Bank& bank;
    MsgRunner& runner;
    Execution& exec;
  };

  const Staking& staking() const { return staking_; }
  const Slashing& slashing() const { return slashing_; }
  const Minter& minter() const { return minter_; }
  const RewardDistribution& distribution() const { return distribution_; }
  const Gov& gov() const { return gov_; }
  const Authz& authz() const { return authz_; }
  const Feegrant& feegrant() const { return feegrant_; }
  const Upgrades& upgrades() const { return upgrades_; }
  /// Why no block may follow the one at `last`: an upgrade that this software does not know.
  std::optional<UpgradePlan> halted_after(Height last) const {
    return upgrades_.halted_before({last.value + 1}, known_upgrades_);
  }
  /// Whether this chain has (or had) a validator; without one, blocks cost nothing here.
  bool in_use() const { return in_use_; }
  /// The set that signs blocks of `height`, most power first. Known from the block before the last begun on;
  /// further ahead than two it may change.
  const std::shared_ptr<const std::vector<SetMember>>& set_of(Height height) const;

  /// Validators and delegations of `genesis`, bonded from the first block on. REQUIRES: genesis.check(), and
  /// its balances are in the bank.
  void init(const Genesis& genesis, Frame frame);

  /// Steps of Ledger::begin_block, from the block after `last` to exec.block: upgrade, mint, distribution,
  /// slashing, evidence, authz. Skipped heights are caught up with exactly. REQUIRES: next_deadline() is not
  /// in a skipped one.
  void begin_block(BlockContext last, const BlockInputs& inputs, Frame frame);
  /// Steps of Ledger::end_block: governance, staking, feegrant. Returns what changed in the active set, by
  /// operator address.
  std::vector<ValidatorUpdate> end_block(Frame frame);
  /// As Ledger::next_deadline, after the block at `last`.
  Deadline next_deadline(BlockContext last, const BlockInputs& inputs, const ChainParams& params) const;

  /// One message, valid in itself.
  Verdict handle(const StakeMsg& msg, Frame frame);
  /// Whether `granter` pays the fee of such a transaction; takes it off his allowance. Errors: Feegrant::use.
  Verdict use_fee_grant(const Address& granter, const Tx& tx, Frame frame) {
    return feegrant_.use(granter, tx.signer, tx.fee, tx.msgs, frame.exec);
  }

  // A transaction over all modules, as Marketplace's.
  void begin();
  void commit();
  /// `params`: of the ledger; become again what they were at begin().
  void rollback(ChainParams& params);

  /// Appends the canonical bytes of all modules' state; nothing if there is none.
  void append_state(Bytes& out) const;

 private:
  void begin_heights(Height first, const std::vector<ConsensusKey>& absent, StakeContext& context);
  void pay_rewards(Height first, const std::vector<SetMember>& set, const std::vector<ConsensusKey>& absent,
                   StakeContext& context);
  void forget_old_sets(Height now);
  Verdict create_validator(const MsgCreateValidator& msg, StakeContext& context);
  Verdict change_params(const MsgUpdateParams& msg, ChainParams& params);
  std::shared_ptr<const std::vector<SetMember>> current_set() const;

  Staking staking_;
  Slashing slashing_;
  Minter minter_;
  RewardDistribution distribution_;
  Gov gov_;
  Authz authz_;
  Feegrant feegrant_;
  Upgrades upgrades_;
  std::vector<std::string> known_upgrades_;
  bool in_use_ = false;
  /// Sets of the heights from sets_from_ on: what changes at the end of a height signs from two later on.
  std::array<std::shared_ptr<const std::vector<SetMember>>, 4> sets_;
  Height sets_from_;
  std::optional<Address> proposer_;  ///< of the last block; only for the legacy proposer's reward
  std::vector<RewardVoter> voters_;  ///< scratch of one block
  std::optional<ChainParams> params_before_;
};

}  // namespace souk
