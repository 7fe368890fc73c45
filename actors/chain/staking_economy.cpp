#include "actors/chain/staking_economy.hpp"

#include <algorithm>

#include "actors/chain/block_rewards.hpp"
#include "actors/chain/params_update.hpp"

namespace souk {
namespace {

template <class... Function>
struct Overloaded : Function... {
  using Function::operator()...;
};
template <class... Function>
Overloaded(Function...) -> Overloaded<Function...>;

std::vector<ConsensusKey> sorted(std::vector<ConsensusKey> keys) {
  std::sort(keys.begin(), keys.end());
  return keys;
}

ValidatorStake stake_of(const ValidatorRecord& validator) {
  return {validator.tokens, validator.shares, validator.bonded()};
}

/// What staking tells distribution.
class RewardHooks final : public StakeHooks {
 public:
  explicit RewardHooks(RewardDistribution& distribution) : distribution_(distribution) {}

  void validator_created(const ValidatorRecord& validator, StakeContext&) override {
    distribution_.on_validator_created(validator.operator_address);
  }
  void validator_removed(const ValidatorRecord& validator, StakeContext& context) override {
    distribution_.on_validator_removed(validator.operator_address, context.bank, context.exec);
  }
  void before_slashed(const ValidatorRecord& validator, Dec fraction, StakeContext& context) override {
    distribution_.before_validator_slashed(validator.operator_address, validator.tokens, fraction,
                                           context.exec.block.height);
  }
  void before_delegation_created(const ValidatorRecord& validator, const Address&, StakeContext&) override {
    distribution_.before_delegation_created(validator.operator_address, validator.tokens);
  }
  void before_shares_modified(const ValidatorRecord& validator, const Address& delegator, Dec shares,
                              StakeContext& context) override {
    distribution_.before_delegation_change(delegator, validator.operator_address, stake_of(validator), shares,
                                           context.bank, context.exec);
  }
  void after_delegation_modified(const ValidatorRecord& validator, const Address& delegator, Dec shares,
                                 StakeContext& context) override {
    distribution_.after_delegation_change(delegator, validator.operator_address, stake_of(validator), shares,
                                          context.exec.block.height);
  }

 private:
  RewardDistribution& distribution_;
};

/// Staking as distribution and governance ask about it.
class StakingView final : public StakeView {
 public:
  StakingView(const Staking& staking, const Bank& bank, const StakingParams& params)
      : staking_(staking), bank_(bank), params_(params) {}

  std::optional<ValidatorStake> validator(const Address& validator) const override {
    const ValidatorRecord* record = staking_.find(validator);
    return record == nullptr ? std::nullopt : std::optional(stake_of(*record));
  }
  std::optional<Dec> delegation(const Address& delegator, const Address& validator) const override {
    const Dec* shares = staking_.delegations().find({delegator, validator});
    return shares == nullptr ? std::nullopt : std::optional(*shares);
  }
  void delegations_of(const Address& delegator, std::vector<DelegationStake>& result) const override {
    staking_.each_delegation_of(delegator, [&](const Address& validator, Dec shares) {
      result.push_back({validator, shares, stake_of(*staking_.find(validator))});
    });
  }
  Amount total_bonded() const override { return Staking::bonded_tokens(bank_, params_); }

 private:
  const Staking& staking_;
  const Bank& bank_;
  const StakingParams& params_;
};

}  // namespace

const std::shared_ptr<const std::vector<SetMember>>& StakingEconomy::set_of(Height height) const {
  const std::int64_t ahead = (height - sets_from_).count;
  SOUK_CHECK(ahead >= 0);
  return sets_[static_cast<std::size_t>(std::min<std::int64_t>(ahead, 3))];
}

std::shared_ptr<const std::vector<SetMember>> StakingEconomy::current_set() const {
  std::vector<SetMember> set;
  for (const auto& [address, power] : staking_.active_set())
    set.push_back({staking_.find(address)->key, address, power});
  std::sort(set.begin(), set.end(), [](const SetMember& a, const SetMember& b) {
    return a.power != b.power ? a.power > b.power : a.operator_address < b.operator_address;
  });
  return std::make_shared<const std::vector<SetMember>>(std::move(set));
}

void StakingEconomy::init(const Genesis& genesis, Frame frame) {
  known_upgrades_ = genesis.known_upgrades;
  const StakeParams& params = frame.params.stake;
  if (params.mint_enabled) minter_ = Minter(genesis.inflation.value_or(params.mint.inflation_max));
  RewardHooks hooks(distribution_);
  StakeContext at_genesis{frame.exec, frame.bank, hooks};
  for (const GenesisValidator& validator : genesis.validators)
    SOUK_CHECK(staking_.create_validator(validator.create, at_genesis).ok());
  for (const GenesisDelegation& delegation : genesis.delegations)
    staking_.delegate_at_genesis(delegation.delegator, delegation.validator, delegation.amount, at_genesis);
  const Staking::SetChange change = staking_.update_active_set(at_genesis);
  for (const ConsensusKey& key : change.bonded) slashing_.bonded(key, frame.exec.block.height);
  in_use_ = !genesis.validators.empty();
  sets_from_ = frame.exec.block.height;
  sets_.fill(current_set());
}

void StakingEconomy::begin_block(BlockContext last, const BlockInputs& inputs, Frame frame) {
  const BlockContext now = frame.exec.block;
  RewardHooks hooks(distribution_);
  const std::vector<ConsensusKey> absent = sorted(inputs.absent);
  upgrades_.begin_block(now.height, known_upgrades_);
  distribution_.absorb(frame.bank);
  // Skipped heights in runs of one set: what changed at the last block's end signs from two later on.
  std::vector<ChainEvent> unheard;
  for (Height first{last.height.value + 1}; first < now.height;) {
    const bool settled = first.value > last.height.value + 2;
    const Height run_end = settled ? Height{now.height.value - 1} : first;
    Execution skipped{frame.exec.params, {run_end, last.time}, unheard};
    StakeContext at_skipped{skipped, frame.bank, hooks};
    begin_heights(first, absent, at_skipped);
    unheard.clear();
    proposer_.reset();  // nobody knows who proposed those
    first = {run_end.value + 1};
  }
  StakeContext at_block{frame.exec, frame.bank, hooks};
  begin_heights(now.height, absent, at_block);
  for (const Misbehaviour& misbehaviour : inputs.misbehaviour)
    slashing_.punish(misbehaviour, staking_, at_block);
  authz_.begin_block(now.time);

  const ValidatorRecord* proposer = staking_.find(inputs.proposer);
  proposer_ = proposer == nullptr ? std::nullopt : std::optional(proposer->operator_address);
  forget_old_sets(now.height);
}

void StakingEconomy::forget_old_sets(Height now) {
  auto sets = sets_;
  const Height from{std::max(now.value - 1, sets_from_.value)};
  for (std::size_t i = 0; i < sets.size(); ++i) sets[i] = set_of(from + Blocks{static_cast<std::int64_t>(i)});
  sets_ = std::move(sets);
  sets_from_ = from;
}

/// The beginnings of the blocks from `first` to exec.block.height, whose commits one set signed.
void StakingEconomy::begin_heights(Height first, const std::vector<ConsensusKey>& absent,
                                   StakeContext& context) {
  const std::int64_t blocks = (context.exec.block.height - first).count + 1;
  // The first block of a chain carries no commit.
  const std::vector<SetMember> nobody;
  const std::vector<SetMember>& set = first.value > 1 ? *set_of({first.value - 1}) : nobody;
  pay_rewards(first, set, absent, context);
  if (blocks > 1) {
    const auto jails =
        slashing_.blocks_until_jailed(set, absent, first, staking_, context.exec.params.stake.slashing);
    SOUK_CHECK(!jails || *jails >= blocks);
  }
  slashing_.see_commits(set, absent, blocks, staking_, context);
}

void StakingEconomy::pay_rewards(Height first, const std::vector<SetMember>& set,
                                 const std::vector<ConsensusKey>& absent, StakeContext& context) {
  voters_.clear();
  for (const SetMember& member : set) {
    const ValidatorRecord* validator = staking_.find(member.operator_address);
    if (validator == nullptr) continue;  // left, and matured within two heights
    const bool absent_now = std::binary_search(absent.begin(), absent.end(), member.key);
    voters_.push_back({member.operator_address, member.power, validator->commission.rate, !absent_now});
  }
  RewardBlocks blocks;
  blocks.count = {(context.exec.block.height - first).count + 1};
  blocks.voters = voters_;
  blocks.bonded = Staking::bonded_tokens(context.bank, context.exec.params.stake.staking);
  blocks.proposer = proposer_;
  pay_block_rewards(minter_, distribution_, context.bank, blocks, context.exec);
}

std::vector<ValidatorUpdate> StakingEconomy::end_block(Frame frame) {
  const BlockContext now = frame.exec.block;
  const StakingView view(staking_, frame.bank, frame.params.stake.staking);
  gov_.end_block(view, frame.bank, frame.runner, frame.exec);
  RewardHooks hooks(distribution_);
  StakeContext at_block{frame.exec, frame.bank, hooks};
  const Staking::SetChange change = staking_.update_active_set(at_block);
  for (const ConsensusKey& key : change.bonded) slashing_.bonded(key, now.height);
  staking_.complete_mature(at_block);
  feegrant_.end_block(now.time);
  if (!change.updates.empty()) {
    in_use_ = true;
    sets_[3] = current_set();
  }
  return change.updates;
}

Deadline StakingEconomy::next_deadline(BlockContext last, const BlockInputs& inputs,
                                       const ChainParams& params) const {
  Deadline next;
  next.time = std::min(staking_.next_deadline(), gov_.next_deadline());
  next.height = upgrades_.next_height().value_or(next.height);
  if (!in_use_) return next;
  const Height coming{last.height.value + 1};
  const std::vector<ConsensusKey> absent = sorted(inputs.absent);
  for (std::int64_t ahead = 0; ahead < 3; ++ahead) {
    const auto& set = set_of(last.height + Blocks{ahead});
    if (ahead > 0 && set == set_of(last.height + Blocks{ahead - 1})) continue;
    const auto jails = slashing_.blocks_until_jailed(*set, absent, coming, staking_, params.stake.slashing);
    if (!jails) continue;
    // While sets still change nobody can say which height it will be: to be asked again after the next.
    const bool settled = set_of(last.height) == set_of(last.height + Blocks{2});
    next.height = std::min(next.height, settled ? last.height + Blocks{*jails} : coming);
  }
  return next;
}

Verdict StakingEconomy::handle(const StakeMsg& msg, Frame frame) {
  RewardHooks hooks(distribution_);
  StakeContext context{frame.exec, frame.bank, hooks};
  const StakingView view(staking_, frame.bank, frame.params.stake.staking);
  Bank& bank = frame.bank;
  Execution& exec = frame.exec;
  return std::visit(
      Overloaded{
          [&](const MsgCreateValidator& m) { return create_validator(m, context); },
          [&](const MsgEditValidator& m) { return staking_.edit_validator(m, context); },
          [&](const MsgDelegate& m) { return staking_.delegate(m, context); },
          [&](const MsgUndelegate& m) { return staking_.undelegate(m, context); },
          [&](const MsgBeginRedelegate& m) { return staking_.begin_redelegate(m, context); },
          [&](const MsgCancelUnbondingDelegation& m) { return staking_.cancel_unbonding(m, context); },
          [&](const MsgUnjail& m) { return slashing_.unjail(m, staking_, context); },
          [&](const MsgSetWithdrawAddress& m) { return distribution_.set_withdraw_address(m, bank, exec); },
          [&](const MsgWithdrawDelegatorReward& m) {
            return distribution_.withdraw_reward(m, view, bank, exec);
          },
          [&](const MsgWithdrawValidatorCommission& m) {
            return distribution_.withdraw_commission(m, bank, exec);
          },
          [&](const MsgFundCommunityPool& m) { return distribution_.fund_community_pool(m, bank, exec); },
          [&](const MsgCommunityPoolSpend& m) { return distribution_.spend_community_pool(m, bank, exec); },
          [&](const MsgCreateVestingAccount& m) {
            return bank.create_vesting(m, exec.params.send_disabled, exec.block.time, exec.events);
          },
          [&](const MsgSubmitProposal& m) { return gov_.submit(m, bank, exec); },
          [&](const MsgVote& m) { return gov_.vote(m, exec); },
          [&](const MsgProposalDeposit& m) { return gov_.deposit(m, bank, exec); },
          [&](const MsgCancelProposal& m) { return gov_.cancel(m, bank, exec); },
          [&](const MsgUpdateParams& m) { return change_params(m, frame.params); },
          [&](const MsgSoftwareUpgrade& m) { return upgrades_.schedule(m, exec); },
          [&](const MsgCancelUpgrade& m) { return upgrades_.cancel(m); },
          [&](const MsgGrant& m) { return authz_.grant(m, exec); },
          [&](const MsgRevoke& m) { return authz_.revoke(m, exec); },
          [&](const MsgExec& m) { return authz_.exec(m, frame.runner, exec); },
          [&](const MsgGrantAllowance& m) { return feegrant_.grant(m, exec); },
          [&](const MsgRevokeAllowance& m) { return feegrant_.revoke(m, exec); }},
      msg);
}

/// A tombstoned key stays out for ever. The SDK forgets that once the validator is gone, and lets it come
/// back as one whom evidence can not touch any more.
Verdict StakingEconomy::create_validator(const MsgCreateValidator& msg, StakeContext& context) {
  const SigningInfo* info = slashing_.find(msg.key);
  if (info != nullptr && info->tombstoned)
    return refuse(StakingError::key_exists, "this consensus key has signed twice: it is of no use any more");
  return staking_.create_validator(msg, context);
}

Verdict StakingEconomy::change_params(const MsgUpdateParams& msg, ChainParams& params) {
  if (!params_before_) params_before_ = params;
  staking_.touch();  // max_validators may be another
  return update_params(msg, params);
}

void StakingEconomy::begin() {
  staking_.begin();
  distribution_.begin_tx();
  gov_.begin_tx();
  authz_.begin_tx();
  feegrant_.begin_tx();
  upgrades_.begin_tx();
  params_before_.reset();
}

void StakingEconomy::commit() { params_before_.reset(); }

void StakingEconomy::rollback(ChainParams& params) {
  upgrades_.rollback();
  feegrant_.rollback();
  authz_.rollback();
  gov_.rollback();
  distribution_.rollback();
  staking_.rollback();
  if (params_before_) params = *params_before_;
  params_before_.reset();
}

void StakingEconomy::append_state(Bytes& out) const {
  staking_.append_state(out);
  slashing_.append_state(out);
  if (!minter_.inflation().is_zero()) minter_.append_state(out);
  distribution_.append_state(out);
  gov_.append_state(out);
  authz_.append_state(out);
  feegrant_.append_state(out);
  upgrades_.append_state(out);
  if (!in_use_) return;
  for (const auto& set : sets_) {
    for (const SetMember& member : *set) {
      encode_to(out, member.key);
      encode_to(out, member.power);
    }
  }
}

}  // namespace souk
