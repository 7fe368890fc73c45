#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "actors/chain/block.hpp"
#include "actors/chain/slashing.hpp"
#include "actors/chain/staking.hpp"

namespace souk {

/// The staking economy under one roof: staking and slashing. Knows in which order the modules begin and end
/// a block, and which of them a message is for. What runs other messages (MsgExec, passed proposals) is the
/// ledger's: it asks here first and runs them itself, because calls go down only.
class StakingEconomy {
 public:
  /// What the facade carries things out under: a StakeContext without the hooks, which are its own modules.
  struct Frame {
    ChainParams& params;
    BlockContext block;
    Bank& bank;
    std::vector<ChainEvent>& events;
  };

  const Staking& staking() const { return staking_; }
  const Slashing& slashing() const { return slashing_; }
  /// Whether this chain has (or had) a validator; without one, blocks cost nothing here.
  bool in_use() const { return in_use_; }
  /// The set that signs blocks of `height`, in the order of its making. Known for the last block and the two
  /// after it.
  const std::vector<SetMember>& voters_of(Height height) const;

  /// Validators and delegations of `genesis`, bonded from the first block. REQUIRES: genesis.check(), and
  /// its balances are in the bank.
  void init(const Genesis& genesis, Frame frame);

  /// Steps of Ledger::begin_block, from the block after `last` to frame.block: mint, distribution, slashing,
  /// evidence; at skipped heights also the end of the block where somebody was jailed.
  void begin_block(BlockContext last, const BlockInputs& inputs, Frame frame);
  /// Steps of the end of a block after the proposals: staking. Returns what changed in the active set since
  /// the last call, by operator address.
  std::vector<ValidatorUpdate> end_block(Frame frame);
  Time next_deadline() const;

  /// One message, valid in itself; not MsgExec.
  Verdict handle(const StakeMsg& msg, Frame frame);

  /// The parameters for changing, so that rollback() brings back what they were.
  ChainParams& edit_params(ChainParams& params);

  // A transaction over all modules, as Marketplace's. `params` are those edit_params() was asked for.
  void begin();
  void commit();
  void rollback(ChainParams& params);

  /// Appends the canonical bytes of all modules' state; nothing if there is none.
  void append_state(Bytes& out) const;

 private:
  /// Until there is a distribution module.
  class NoHooks final : public StakeHooks {
    void validator_created(const Validator&, StakeContext&) override {}
    void validator_removed(const Validator&, StakeContext&) override {}
    void before_slashed(const Validator&, Dec, StakeContext&) override {}
    void before_delegation_created(const Validator&, const Address&, StakeContext&) override {}
    void before_shares_modified(const Validator&, const Address&, Dec, StakeContext&) override {}
    void after_delegation_modified(const Validator&, const Address&, Dec, StakeContext&) override {}
  };

  StakeContext context(Frame frame) { return {frame.params, frame.block, frame.bank, hooks_, frame.events}; }
  void begin_one_block(const std::vector<ConsensusKey>& absent, Frame frame);
  void skip_blocks(BlockContext last, BlockContext next, const std::vector<ConsensusKey>& absent,
                   Frame frame);
  void end_staking(Frame frame);
  void rotate_voters(Height height);

  Staking staking_;
  Slashing slashing_;
  NoHooks hooks_;
  bool in_use_ = false;
  /// Sets of heights voters_from_, + 1 and + 2: a change at the end of a height signs from two later on.
  std::array<std::shared_ptr<const std::vector<SetMember>>, 3> voters_;
  Height voters_from_;
  std::vector<ValidatorUpdate> pending_;  ///< changes at skipped heights, told at the next end_block()
  std::optional<ChainParams> params_before_;
};

}  // namespace souk
