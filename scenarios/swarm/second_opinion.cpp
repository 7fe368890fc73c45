#include "scenarios/swarm/second_opinion.hpp"

#include <algorithm>
#include <utility>

#include "actors/base/check.hpp"

namespace souk::scenarios::swarm {
namespace {

using Wide = i128;

Wide floor_divide(Wide a, Wide b) {
  const Wide quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

}  // namespace

std::int64_t PlainSet::total() const {
  std::int64_t sum = 0;
  for (const Member& m : members_) sum += m.power;
  return sum;
}

PlainSet PlainSet::genesis(std::span<const consensus::PowerChange> changes) {
  PlainSet set;
  set.apply(changes);
  set.normalise();
  set.step();
  return set;
}

void PlainSet::next_height(std::span<const consensus::PowerChange> changes) {
  if (!changes.empty()) apply(changes);
  normalise();
  step();
}

/// Joiners start behind everybody: -1.125 times the total with all updates and before removals.
void PlainSet::apply(std::span<const consensus::PowerChange> changes) {
  std::vector<Member> joining;
  for (const consensus::PowerChange& change : changes) {
    const auto member =
        std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.key == change.key; });
    if (member != members_.end()) {
      if (change.power > 0) member->power = change.power;
    } else if (change.power > 0) {
      joining.push_back({consensus::address_of(change.key), change.key, change.power, 0});
    }
  }
  std::int64_t total_before_removals = total();
  for (const Member& m : joining) total_before_removals += m.power;
  for (Member& m : joining) {
    m.priority = -(total_before_removals + (total_before_removals >> 3));
    members_.push_back(m);
  }
  for (const consensus::PowerChange& change : changes) {
    if (change.power == 0) std::erase_if(members_, [&](const Member& m) { return m.key == change.key; });
  }
  normalise();
  order();
}

void PlainSet::normalise() {
  SOUK_CHECK(!members_.empty());
  const auto [low, high] = std::minmax_element(
      members_.begin(), members_.end(), [](const auto& a, const auto& b) { return a.priority < b.priority; });
  const Wide distance = Wide{high->priority} - low->priority;
  const Wide window = Wide{2} * total();
  if (distance > window) {
    const Wide ratio = (distance + window - 1) / window;
    for (Member& m : members_) m.priority = static_cast<std::int64_t>(m.priority / ratio);
  }
  Wide sum = 0;
  for (const Member& m : members_) sum += m.priority;
  const Wide mean = floor_divide(sum, static_cast<Wide>(members_.size()));
  for (Member& m : members_) m.priority = static_cast<std::int64_t>(m.priority - mean);
}

void PlainSet::step() {
  for (Member& m : members_) m.priority += m.power;
  Member* first = &members_.front();
  for (Member& m : members_) {
    if (m.priority > first->priority || (m.priority == first->priority && m.address < first->address))
      first = &m;
  }
  first->priority -= total();
  turn_ = first->address;
}

void PlainSet::order() {
  std::sort(members_.begin(), members_.end(), [](const Member& a, const Member& b) {
    return a.power != b.power ? a.power > b.power : a.address < b.address;
  });
}

Address PlainSet::proposer(consensus::Round round) const {
  if (round <= 0) return turn_;
  PlainSet set = *this;
  set.normalise();
  for (consensus::Round r = 0; r < round; ++r) set.step();
  return set.turn_;
}

bool PlainSet::same_as(const consensus::ValidatorSet& set) const {
  if (set.size() != members_.size() || set.proposer() != turn_) return false;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& m = members_[i];
    const consensus::Validator& v = set[i];
    if (m.address != v.address || m.power != v.power || m.priority != v.priority) return false;
  }
  return true;
}

PlainSchedule PlainSchedule::genesis(PlainSet set) {
  PlainSet next = set;
  next.next_height({});
  return {std::nullopt, std::move(set), std::move(next)};
}

void PlainSchedule::roll(std::span<const consensus::PowerChange> changes) {
  last = std::exchange(current, next);
  next.next_height(changes);
}

}  // namespace souk::scenarios::swarm
