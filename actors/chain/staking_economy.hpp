#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "actors/chain/block.hpp"
#include "actors/chain/msg_runner.hpp"
#include "actors/chain/slashing.hpp"
#include "actors/chain/staking.hpp"

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
  /// Whether this chain has (or had) a validator; without one, blocks cost nothing here.
  bool in_use() const { return in_use_; }
  /// The set that signs blocks of `height`, most power first. Known from the block before the last begun on;
  /// further ahead than two it may change.
  const std::shared_ptr<const std::vector<SetMember>>& set_of(Height height) const;

  /// Validators and delegations of `genesis`, bonded from the first block on. REQUIRES: genesis.check(), and
  /// its balances are in the bank.
  void init(const Genesis& genesis, Frame frame);

  /// Steps of Ledger::begin_block, from the block after `last` to exec.block: mint, distribution, slashing,
  /// evidence. Skipped heights are caught up with exactly. REQUIRES: next_deadline() is not in a skipped one.
  void begin_block(BlockContext last, const BlockInputs& inputs, Frame frame);
  /// Steps of Ledger::end_block: governance, staking. Returns what changed in the active set, by operator
  /// address.
  std::vector<ValidatorUpdate> end_block(Frame frame);
  /// As Ledger::next_deadline, after the block at `last`.
  Deadline next_deadline(BlockContext last, const BlockInputs& inputs, const ChainParams& params) const;

  /// One message, valid in itself.
  Verdict handle(const StakeMsg& msg, Frame frame);

  // A transaction over all modules, as Marketplace's.
  void begin();
  void commit();
  /// `params`: of the ledger; become again what they were at begin().
  void rollback(ChainParams& params);

  /// Appends the canonical bytes of all modules' state; nothing if there is none.
  void append_state(Bytes& out) const;

 private:
  /// Until there is a distribution module.
  class NoHooks final : public StakeHooks {
    void validator_created(const ValidatorRecord&, StakeContext&) override {}
    void validator_removed(const ValidatorRecord&, StakeContext&) override {}
    void before_slashed(const ValidatorRecord&, Dec, StakeContext&) override {}
    void before_delegation_created(const ValidatorRecord&, const Address&, StakeContext&) override {}
    void before_shares_modified(const ValidatorRecord&, const Address&, Dec, StakeContext&) override {}
    void after_delegation_modified(const ValidatorRecord&, const Address&, Dec, StakeContext&) override {}
  };

  StakeContext context(Frame frame) { return {frame.exec, frame.bank, hooks_}; }
  void begin_heights(Height first, const std::vector<ConsensusKey>& absent, StakeContext& context);
  std::shared_ptr<const std::vector<SetMember>> current_set() const;

  Staking staking_;
  Slashing slashing_;
  NoHooks hooks_;
  bool in_use_ = false;
  /// Sets of the heights from sets_from_ on: what changes at the end of a height signs from two later on.
  std::array<std::shared_ptr<const std::vector<SetMember>>, 4> sets_;
  Height sets_from_;
  std::optional<ChainParams> params_before_;
};

}  // namespace souk
