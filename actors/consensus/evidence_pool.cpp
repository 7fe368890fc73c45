#include "actors/consensus/evidence_pool.hpp"

#include "actors/base/check.hpp"

namespace souk::consensus {

void ValidatorHistory::add(Height height, const ValidatorSet& set, bool changed) {
  SOUK_CHECK(!last_ || height == *last_ + Blocks{1});
  last_ = height;
  if (sets_.empty() || changed) sets_.push_back({height, std::make_shared<const ValidatorSet>(set)});
}

void ValidatorHistory::prune(Height height, Time time, const EvidenceAge& age) {
  while (times_.size() > 1 && expired(age, height - first_, time - times_.front())) {
    times_.pop_front();
    first_ = first_ + Blocks{1};
  }
  while (sets_.size() > 1 && sets_[1].from <= first_) sets_.pop_front();
}

const ValidatorSet* ValidatorHistory::at(Height height) const {
  if (height < first_ || !last_ || height > *last_) return nullptr;
  for (auto since = sets_.rbegin(); since != sets_.rend(); ++since) {
    if (since->from <= height) return since->set.get();
  }
  return nullptr;
}

std::optional<Time> ValidatorHistory::time_of(Height height) const {
  if (height < first_ || height.value - first_.value >= static_cast<std::int64_t>(times_.size()))
    return std::nullopt;
  return times_[static_cast<std::size_t>(height.value - first_.value)];
}

EvidencePool::Offence EvidencePool::offence_of(const Evidence& evidence) {
  const Statement& s = evidence.first.statement;
  return {s.height, s.round, s.step, evidence.first.validator};
}

EvidencePool::Status EvidencePool::status(const Evidence& evidence) const {
  const Offence offence = offence_of(evidence);
  if (committed_.contains(offence)) return Status::committed;
  return pending_.contains(offence) ? Status::pending : Status::unknown;
}

bool EvidencePool::holds(const Evidence& evidence) const {
  const auto found = pending_.find(offence_of(evidence));
  return found != pending_.end() && found->second == evidence;
}

bool EvidencePool::add(const Evidence& evidence) {
  if (pending_.size() >= pending_max || status(evidence) != Status::unknown) return false;
  pending_.emplace(offence_of(evidence), evidence);
  return true;
}

std::vector<Evidence> EvidencePool::propose(std::uint32_t bytes_max, Height height, Time time,
                                            const EvidenceAge& age, const ValidatorHistory& history) const {
  std::vector<Evidence> chosen;
  std::size_t bytes = 0;
  for (const auto& [offence, evidence] : pending_) {
    const Height then = std::get<Height>(offence);
    // Of this height and later ones nobody can be sure yet to have the same time.
    const auto time_then = history.time_of(then);
    if (then >= height || !time_then || expired(age, height - then, time - *time_then)) continue;
    bytes += byte_count(evidence);
    if (bytes > bytes_max) break;
    chosen.push_back(evidence);
  }
  return chosen;
}

void EvidencePool::commit(const std::vector<Evidence>& evidence) {
  for (const Evidence& e : evidence) {
    pending_.erase(offence_of(e));
    committed_.insert(offence_of(e));
  }
}

void EvidencePool::prune(Height height, Time time, const EvidenceAge& age, const ValidatorHistory& history) {
  const auto is_old = [&](const Offence& offence) {
    const Height then = std::get<Height>(offence);
    if (then >= height) return false;
    const auto time_then = history.time_of(then);
    return !time_then || expired(age, height - then, time - *time_then);
  };
  std::erase_if(pending_, [&](const auto& entry) { return is_old(entry.first); });
  std::erase_if(committed_, is_old);
}

std::vector<Evidence> EvidencePool::oldest(std::size_t count_max) const {
  std::vector<Evidence> all;
  for (auto at = pending_.begin(); at != pending_.end() && all.size() < count_max; ++at)
    all.push_back(at->second);
  return all;
}

std::size_t EvidencePool::byte_count(const Evidence& evidence) { return encode(evidence).size(); }

}  // namespace souk::consensus
