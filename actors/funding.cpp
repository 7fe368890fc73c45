#include "actors/funding.hpp"

#include <algorithm>

namespace souk {

namespace {

constexpr std::int64_t blocks_max = std::numeric_limits<std::int64_t>::max() / 4;

/// blocks x block_time without overflow: a runway of centuries is as good as for ever.
Duration duration_of(Blocks blocks, Duration block_time) {
  const i128 total = static_cast<i128>(blocks.count) * block_time.count();
  return Duration(static_cast<std::int64_t>(std::min<i128>(total, Duration::max().count() / 2)));
}

}  // namespace

void EscrowBook::start(Dec lease_rate, Height height) {
  SOUK_CHECK(!paying && !lease_rate.is_negative());
  rate = lease_rate;
  since = height;
  paying = true;
}

void EscrowBook::stop(Height height) {
  if (!paying) return;
  spent = deposited - left_at(height);
  paying = false;
}

Amount EscrowBook::left_at(Height height) const {
  const Amount before = deposited - spent;
  if (!paying) return std::max(before, Amount{});
  const Blocks runway = runway_at(since);
  const Blocks passed = std::max(height - since, Blocks{});
  return passed >= runway ? Amount{} : before - accrue(rate, passed);
}

Blocks EscrowBook::runway_at(Height height) const {
  if (!paying || rate.is_zero()) return {blocks_max};
  const Amount before = deposited - spent;
  if (before.micro <= 0) return {};
  const i128 affordable = Dec::from(before).raw() / rate.raw();
  const Blocks passed = std::max(height - since, Blocks{});
  const i128 left = affordable - passed.count;
  return {static_cast<std::int64_t>(std::clamp<i128>(left, 0, blocks_max))};
}

Amount cost_of(Dec rate, Duration duration, Duration block_time) {
  const std::int64_t blocks = (duration.count() + block_time.count() - 1) / block_time.count();
  const Dec exact = rate.times(blocks);
  const Amount whole = exact.truncate();
  return Dec::from(whole) == exact ? whole : whole + Amount{1};
}

FundingStep plan_funding(const FundingPolicy& policy, const EscrowBook& book, Height height,
                         Duration remaining, Duration block_time) {
  if (policy.kind == FundingKind::none || !book.paying) return {};
  const Duration runway = duration_of(book.runway_at(height), block_time);
  if (runway >= remaining) return {};
  if (policy.kind == FundingKind::prepay) {
    const auto margin =
        Duration(static_cast<std::int64_t>(static_cast<double>(remaining.count()) * policy.margin));
    const Amount whole = cost_of(book.rate, remaining + margin + block_time, block_time);
    return {std::max(whole - book.left_at(height), Amount{}), std::nullopt};
  }
  if (runway >= policy.low) {
    // One block early, so that at the look the runway is below `low` and not just equal to it.
    return {Amount{}, std::max(runway - policy.low + block_time, policy.cooldown)};
  }
  const Amount deposit = cost_of(book.rate, policy.fill, block_time) - book.left_at(height);
  return {std::max(deposit, Amount{}), std::max(policy.fill - policy.low + block_time, policy.cooldown)};
}

}  // namespace souk
