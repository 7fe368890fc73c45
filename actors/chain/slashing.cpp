#include "actors/chain/slashing.hpp"

#include <algorithm>

namespace souk {
namespace {

/// Forgets what lies before the last `window` blocks.
void trim(SigningInfo& info, std::int64_t window) {
  const std::int64_t first = info.index_offset - window;
  auto keep = info.missed.begin();
  for (; keep != info.missed.end() && keep->to <= first; ++keep) info.missed_blocks -= keep->to - keep->from;
  info.missed.erase(info.missed.begin(), keep);
  if (!info.missed.empty() && info.missed.front().from < first) {
    info.missed_blocks -= first - info.missed.front().from;
    info.missed.front().from = first;
  }
}

void add_blocks(SigningInfo& info, bool missed, std::int64_t blocks, std::int64_t window) {
  if (missed) {
    if (!info.missed.empty() && info.missed.back().to == info.index_offset)
      info.missed.back().to += blocks;
    else
      info.missed.push_back({info.index_offset, info.index_offset + blocks});
    info.missed_blocks += blocks;
  }
  info.index_offset += blocks;
  trim(info, window);
}

/// missed_blocks after so many more blocks, all missed or all signed.
std::int64_t missed_after(const SigningInfo& info, bool missed, std::int64_t blocks, std::int64_t window) {
  const std::int64_t first = info.index_offset + blocks - window;
  std::int64_t count = missed ? std::min(blocks, window) : 0;
  for (const SigningInfo::Run& run : info.missed) count += run.to - std::clamp(first, run.from, run.to);
  return count;
}

/// The first of the coming blocks, from 1 on, at which more than `most` of the window are missed.
std::optional<std::int64_t> first_above(const SigningInfo& info, bool missed, std::int64_t most,
                                        std::int64_t earliest, std::int64_t window) {
  // While blocks are missed the count never falls; while they are signed it never rises.
  if (missed_after(info, missed, earliest, window) > most) return earliest;
  if (!missed || missed_after(info, missed, earliest + window, window) <= most) return std::nullopt;
  std::int64_t not_yet = earliest;
  std::int64_t above = earliest + window;
  while (above - not_yet > 1) {
    const std::int64_t middle = not_yet + (above - not_yet) / 2;
    (missed_after(info, missed, middle, window) > most ? above : not_yet) = middle;
  }
  return above;
}

bool is_in(const std::vector<ConsensusKey>& sorted, const ConsensusKey& key) {
  return !sorted.empty() && std::binary_search(sorted.begin(), sorted.end(), key);
}

/// The height whose validators signed what is punished at `height` for downtime: the last commit's, less the
/// delay of validator updates.
Height downtime_infraction(Height height) { return {std::max<std::int64_t>(height.value - 2, 0)}; }

}  // namespace

std::int64_t missed_blocks_max(const SlashingParams& params) {
  // Half to even, as LegacyDec.RoundInt64.
  const Dec signed_least = params.min_signed_per_window.times(params.signed_blocks_window);
  const std::int64_t whole = signed_least.truncate().micro;
  const Dec rest = signed_least - Dec::from_int(whole);
  const Dec half = Dec::from_raw(Dec::scale / 2);
  const bool up = rest > half || (rest == half && whole % 2 != 0);
  return params.signed_blocks_window - whole - (up ? 1 : 0);
}

const SigningInfo* Slashing::find(const ConsensusKey& key) const {
  const auto it = infos_.find(key);
  return it == infos_.end() ? nullptr : &it->second;
}

void Slashing::bonded(const ConsensusKey& key, Height height) { infos_[key].start_height = height; }

std::optional<std::int64_t> Slashing::blocks_until_jailed(const std::vector<SetMember>& set,
                                                          const std::vector<ConsensusKey>& absent,
                                                          Height height, const Staking& staking,
                                                          const SlashingParams& params) const {
  const std::int64_t window = params.signed_blocks_window;
  const std::int64_t most = missed_blocks_max(params);
  std::optional<std::int64_t> soonest;
  for (const SetMember& member : set) {
    const bool missed = is_in(absent, member.key);
    const SigningInfo* info = find(member.key);
    if (info == nullptr || (!missed && info->missed_blocks <= most)) continue;
    const ValidatorRecord* validator = staking.find(member.key);
    if (validator == nullptr || validator->jailed) continue;
    // Only blocks past start_height + window are judged.
    const std::int64_t judged_from = info->start_height.value + window + 1 - height.value + 1;
    const auto blocks = first_above(*info, missed, most, std::max<std::int64_t>(judged_from, 1), window);
    if (blocks && (!soonest || *blocks < *soonest)) soonest = blocks;
  }
  return soonest;
}

void Slashing::see_commits(const std::vector<SetMember>& set, const std::vector<ConsensusKey>& absent,
                           std::int64_t blocks, Staking& staking, StakeContext& context) {
  for (const SetMember& member : set) see(member, is_in(absent, member.key), blocks, staking, context);
}

void Slashing::see(const SetMember& member, bool missed, std::int64_t blocks, Staking& staking,
                   StakeContext& context) {
  const ValidatorRecord* validator = staking.find(member.key);
  if (validator == nullptr || validator->jailed) return;
  if (validator->status == ValidatorStatus::unbonded) return;  // left, and matured within two heights
  const auto it = infos_.find(member.key);
  SOUK_CHECK(it != infos_.end());
  SigningInfo& info = it->second;
  const SlashingParams& params = context.exec.params.stake.slashing;
  const BlockContext now = context.exec.block;
  add_blocks(info, missed, blocks, params.signed_blocks_window);
  const Address& operator_address = validator->operator_address;
  if (missed)
    context.exec.events.push_back(
        StakeEvent(EventLiveness{operator_address, info.missed_blocks, now.height, member.key}));
  const bool judged = now.height.value > info.start_height.value + params.signed_blocks_window;
  if (!judged || info.missed_blocks <= missed_blocks_max(params)) return;

  const Address address = operator_address;
  const Amount burned = staking.slash(address, downtime_infraction(now.height), member.power,
                                      params.slash_fraction_downtime, context);
  staking.jail(address);
  context.exec.events.push_back(StakeEvent(
      EventSlash{address, member.power, SlashReason::missing_signature, true, burned, member.key}));
  info.jailed_until = now.time + params.downtime_jail_duration;
  info.index_offset = 0;
  info.missed_blocks = 0;
  info.missed.clear();
}

void Slashing::punish(const Misbehaviour& misbehaviour, Staking& staking, StakeContext& context) {
  const StakeParams& params = context.exec.params.stake;
  const BlockContext now = context.exec.block;
  const bool too_old = now.time - misbehaviour.time > params.evidence.age_time_max &&
                       now.height - misbehaviour.height > params.evidence.age_blocks_max;
  const ValidatorRecord* validator = staking.find(misbehaviour.key);
  if (too_old || validator == nullptr || validator->status == ValidatorStatus::unbonded) return;
  const auto it = infos_.find(misbehaviour.key);
  SOUK_CHECK(it != infos_.end());
  SigningInfo& info = it->second;
  if (info.tombstoned) return;

  const Address address = validator->operator_address;
  const bool jails = !validator->jailed;
  const Height infraction{std::max<std::int64_t>(misbehaviour.height.value - 1, 0)};
  const Amount burned = staking.slash(address, infraction, misbehaviour.power,
                                      params.slashing.slash_fraction_double_sign, context);
  if (jails) staking.jail(address);
  context.exec.events.push_back(StakeEvent(
      EventSlash{address, misbehaviour.power, SlashReason::double_sign, jails, burned, misbehaviour.key}));
  info.jailed_until = time_max;
  info.tombstoned = true;
}

Verdict Slashing::unjail(const MsgUnjail& msg, Staking& staking, StakeContext& context) const {
  const ValidatorRecord* validator = staking.find(msg.validator);
  if (validator == nullptr) return refuse(StakingError::no_validator, "the operator has no validator");
  const Dec* own = staking.delegations().find({msg.validator, msg.validator});
  if (own == nullptr) return refuse(StakingError::no_delegation, "the validator has no self delegation");
  if (validator->tokens_of(*own).truncate() < validator->min_self_delegation)
    return refuse(SlashingError::self_delegation_too_low, "the self delegation is below its minimum");
  if (!validator->jailed) return refuse(SlashingError::not_jailed, "the validator is not jailed");
  // Without an info it was never bonded: its self delegation was too small.
  if (const SigningInfo* info = find(validator->key);
      info != nullptr && (info->tombstoned || context.exec.block.time < info->jailed_until))
    return refuse(SlashingError::still_jailed, "the validator must stay in jail");
  staking.unjail(msg.validator);
  context.exec.events.push_back(StakeEvent(EventUnjail{msg.validator}));
  return accepted();
}

void Slashing::append_state(Bytes& out) const {
  if (!infos_.empty()) encode_to(out, infos_);
}

}  // namespace souk
