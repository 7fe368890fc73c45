#include "actors/chain/staking_economy.hpp"

#include <algorithm>

namespace souk {
namespace {

std::vector<ConsensusKey> sorted(std::vector<ConsensusKey> keys) {
  std::sort(keys.begin(), keys.end());
  return keys;
}

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
  std::stable_sort(set.begin(), set.end(),
                   [](const SetMember& a, const SetMember& b) { return a.power > b.power; });
  return std::make_shared<const std::vector<SetMember>>(std::move(set));
}

void StakingEconomy::init(const Genesis& genesis, Frame frame) {
  StakeContext at_genesis = context(frame);
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
  StakeContext at_block = context(frame);
  const std::vector<ConsensusKey> absent = sorted(inputs.absent);
  // Heights up to the last skipped one, in runs of the same set; then this one.
  std::vector<ChainEvent> unheard;
  Height height{last.height.value + 1};
  while (height < now.height) {
    Height run_end = height;
    while (Height{run_end.value + 1} < now.height && run_end.value > last.height.value + 2)
      run_end = {now.height.value - 1};
    Execution skipped{frame.exec.params, {run_end, last.time}, unheard};
    StakeContext at_skipped{skipped, frame.bank, hooks_};
    begin_heights(height, absent, at_skipped);
    unheard.clear();
    height = {run_end.value + 1};
  }
  begin_heights(now.height, absent, at_block);
  for (const Misbehaviour& misbehaviour : inputs.misbehaviour)
    slashing_.punish(misbehaviour, staking_, at_block);

  std::array<std::shared_ptr<const std::vector<SetMember>>, 4> sets;
  for (std::int64_t i = 0; i < 4; ++i)
    sets[static_cast<std::size_t>(i)] = set_of({std::max(now.height.value - 1 + i, sets_from_.value)});
  sets_ = std::move(sets);
  sets_from_ = {now.height.value - 1};
}

/// The beginnings of the blocks from `first` to exec.block.height, whose commits one set signed.
void StakingEconomy::begin_heights(Height first, const std::vector<ConsensusKey>& absent,
                                   StakeContext& context) {
  const Height last = context.exec.block.height;
  const std::int64_t blocks = (last - first).count + 1;
  if (first.value <= 1) return;  // the first block carries no commit
  const std::vector<SetMember>& set = *set_of({first.value - 1});
  if (blocks > 1) {
    const auto jails =
        slashing_.blocks_until_jailed(set, absent, first, staking_, context.exec.params.stake.slashing);
    SOUK_CHECK(!jails || *jails >= blocks);
  }
  slashing_.see_commits(set, absent, blocks, staking_, context);
}

std::vector<ValidatorUpdate> StakingEconomy::end_block(Frame frame) {
  StakeContext at_block = context(frame);
  const Staking::SetChange change = staking_.update_active_set(at_block);
  for (const ConsensusKey& key : change.bonded) slashing_.bonded(key, frame.exec.block.height);
  staking_.complete_mature(at_block);
  if (!change.updates.empty()) {
    in_use_ = true;
    sets_[3] = current_set();
  }
  return change.updates;
}

Deadline StakingEconomy::next_deadline(BlockContext last, const BlockInputs& inputs,
                                       const ChainParams& params) const {
  Deadline next;
  next.time = staking_.next_deadline();
  if (!in_use_ || inputs.absent.empty()) return next;
  const Height coming{last.height.value + 1};
  const bool settled = set_of(last.height) == set_of(coming) && set_of(coming) == set_of({coming.value + 1});
  if (!settled) {  // who is absent from which set: asked again at the next height
    next.height = coming;
    return next;
  }
  const auto jails = slashing_.blocks_until_jailed(*set_of(last.height), sorted(inputs.absent), coming,
                                                   staking_, params.stake.slashing);
  if (jails) next.height = last.height + Blocks{*jails};
  return next;
}

namespace {

/// One overload for each module's messages.
struct Handler {
  Staking& staking;
  const Slashing& slashing;
  StakeContext& context;

  Verdict operator()(const MsgCreateValidator& msg) const { return staking.create_validator(msg, context); }
  Verdict operator()(const MsgEditValidator& msg) const { return staking.edit_validator(msg, context); }
  Verdict operator()(const MsgDelegate& msg) const { return staking.delegate(msg, context); }
  Verdict operator()(const MsgUndelegate& msg) const { return staking.undelegate(msg, context); }
  Verdict operator()(const MsgBeginRedelegate& msg) const { return staking.begin_redelegate(msg, context); }
  Verdict operator()(const MsgCancelUnbondingDelegation& msg) const {
    return staking.cancel_unbonding(msg, context);
  }
  Verdict operator()(const MsgUnjail& msg) const { return slashing.unjail(msg, staking, context); }
  Verdict operator()(const MsgCreateVestingAccount& msg) const {
    return context.bank.create_vesting(msg, context.exec.params.send_disabled, context.exec.block.time,
                                       context.exec.events);
  }
  template <class Other>
  Verdict operator()(const Other&) const {
    return refuse(SdkError::unknown_request, "no module takes this message");
  }
};

}  // namespace

Verdict StakingEconomy::handle(const StakeMsg& msg, Frame frame) {
  StakeContext in_message = context(frame);
  return std::visit(Handler{staking_, slashing_, in_message}, msg);
}

void StakingEconomy::begin() {
  staking_.begin();
  params_before_.reset();
}

void StakingEconomy::commit() { params_before_.reset(); }

void StakingEconomy::rollback(ChainParams& params) {
  staking_.rollback();
  if (params_before_) params = *params_before_;
  params_before_.reset();
}

void StakingEconomy::append_state(Bytes& out) const {
  staking_.append_state(out);
  slashing_.append_state(out);
  if (!in_use_) return;
  for (const auto& set : sets_) {
    for (const SetMember& member : *set) {
      encode_to(out, member.key);
      encode_to(out, member.power);
    }
  }
}

}  // namespace souk
