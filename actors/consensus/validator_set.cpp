#include "actors/consensus/validator_set.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/base/codec.hpp"
#include "actors/base/money.hpp"

namespace souk::consensus {
namespace {

std::int64_t clip(i128 value) {
  return static_cast<std::int64_t>(std::clamp<i128>(value, INT64_MIN, INT64_MAX));
}

std::string name(const Address& address) { return "validator " + to_hex(address.bytes); }

Result<void> check_sum(i128 total, std::size_t count) {
  if (count == 0) return fail("validators: at least one must remain");
  if (count > validator_count_max)
    return fail("validators: " + std::to_string(count) + " of at most " +
                std::to_string(validator_count_max));
  if (total > total_power_max)
    return fail("validators: the sum of powers is above " + std::to_string(total_power_max));
  return {};
}

using Changes = std::map<Address, PowerChange>;

/// The changes by address, each bounded by itself.
Result<Changes> sorted(std::span<const PowerChange> changes) {
  Changes result;
  for (const PowerChange& change : changes) {
    const Address address = address_of(change.key);
    if (change.power < 0 || change.power > total_power_max)
      return fail(name(address) + ": power " + std::to_string(change.power) + " is not in 0 .. " +
                  std::to_string(total_power_max));
    if (!result.emplace(address, change).second) return fail(name(address) + ": named twice");
  }
  return result;
}

}  // namespace

Address address_of(const PublicKey& key) {
  const Hash digest = sha256(std::span<const std::uint8_t>(key));
  Address address;
  std::copy_n(digest.begin(), address.bytes.size(), address.bytes.begin());
  return address;
}

Result<ValidatorSet> ValidatorSet::genesis(std::span<const PowerChange> changes) {
  ValidatorSet set;
  if (changes.empty()) return fail("validators: at least one must remain");
  if (auto applied = set.apply(changes, false); !applied) return Unexpected{applied.error()};
  set.advance();
  return set;
}

Result<ValidatorSet> ValidatorSet::restore(std::vector<Validator> validators, const Address& proposer) {
  ValidatorSet set;
  Changes seen;
  i128 total = 0;
  for (const Validator& v : validators) {
    if (v.address != address_of(v.key)) return fail(name(v.address) + ": the key has another address");
    if (v.power < 1) return fail(name(v.address) + ": power " + std::to_string(v.power) + " is below 1");
    if (!seen.emplace(v.address, PowerChange{}).second) return fail(name(v.address) + ": named twice");
    total += v.power;
  }
  if (auto sum = check_sum(total, validators.size()); !sum) return Unexpected{sum.error()};
  if (!seen.contains(proposer)) return fail(name(proposer) + ": proposes but is not in the set");
  set.validators_ = std::move(validators);
  set.total_power_ = static_cast<Power>(total);
  set.proposer_ = proposer;
  set.sort();
  return set;
}

Result<void> ValidatorSet::update(std::span<const PowerChange> changes) {
  return changes.empty() ? Result<void>{} : apply(changes, true);
}

Result<void> ValidatorSet::apply(std::span<const PowerChange> changes, bool removals_allowed) {
  auto wanted = sorted(changes);
  if (!wanted) return Unexpected{wanted.error()};
  std::vector<Validator> kept;
  i128 total = total_power_;
  i128 removed = 0;
  kept.reserve(validators_.size() + wanted->size());
  for (Validator v : validators_) {
    const auto change = wanted->find(v.address);
    if (change != wanted->end()) {
      const Power power = change->second.power;
      wanted->erase(change);
      if (power == 0) {
        removed += v.power;
        continue;
      }
      total += power - v.power;
      v.power = power;
    }
    kept.push_back(v);
  }
  const std::size_t old_count = kept.size();
  for (const auto& [address, change] : *wanted) {
    if (change.power == 0)
      return fail(name(address) +
                  (removals_allowed ? ": leaves but is not in the set" : ": power 0 is below 1"));
    total += change.power;
    kept.push_back({address, change.key, change.power, 0});
  }
  if (auto sum = check_sum(total - removed, kept.size()); !sum) return sum;
  // Who joins starts behind everybody, so that leaving and coming back wins no turn. `total` is that after
  // the updates and before the removals.
  for (std::size_t i = old_count; i < kept.size(); ++i) kept[i].priority = clip(-(total + (total >> 3)));
  validators_ = std::move(kept);
  total_power_ = static_cast<Power>(total - removed);
  rescale();
  centre();
  sort();
  return {};
}

void ValidatorSet::rescale() {
  const auto [low, high] =
      std::minmax_element(validators_.begin(), validators_.end(),
                          [](const Validator& a, const Validator& b) { return a.priority < b.priority; });
  const i128 distance = static_cast<i128>(high->priority) - low->priority;
  const i128 window = static_cast<i128>(total_power_) * 2;
  if (distance <= window) return;
  const i128 ratio = (distance + window - 1) / window;
  for (Validator& v : validators_) v.priority = static_cast<std::int64_t>(v.priority / ratio);
}

void ValidatorSet::centre() {
  i128 sum = 0;
  for (const Validator& v : validators_) sum += v.priority;
  const auto count = static_cast<i128>(validators_.size());
  const i128 mean = sum / count - (sum % count < 0 ? 1 : 0);  // down, not toward zero
  for (Validator& v : validators_) v.priority = clip(v.priority - mean);
}

void ValidatorSet::take_turn() {
  Validator* first = nullptr;
  for (Validator& v : validators_) {
    v.priority = clip(static_cast<i128>(v.priority) + v.power);
    const bool ahead = first == nullptr || v.priority > first->priority ||
                       (v.priority == first->priority && v.address < first->address);
    if (ahead) first = &v;
  }
  first->priority = clip(static_cast<i128>(first->priority) - total_power_);
  proposer_ = first->address;
}

void ValidatorSet::sort() {
  std::sort(validators_.begin(), validators_.end(), [](const Validator& a, const Validator& b) {
    return a.power != b.power ? a.power > b.power : a.address < b.address;
  });
}

void ValidatorSet::advance() {
  rescale();
  centre();
  take_turn();
}

std::optional<std::uint32_t> ValidatorSet::index_of(const Address& address) const {
  for (std::size_t i = 0; i < validators_.size(); ++i) {
    if (validators_[i].address == address) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

Hash ValidatorSet::hash() const {
  Bytes bytes;
  for (const Validator& v : validators_) {
    encode_to(bytes, v.key);
    encode_to(bytes, v.power);
  }
  return sha256(bytes);
}

Hash ValidatorSet::priorities_hash() const {
  Bytes bytes = encode(proposer_.bytes);
  for (const Validator& v : validators_) {
    encode_to(bytes, v.address.bytes);
    encode_to(bytes, v.priority);
  }
  return sha256(bytes);
}

ProposerOrder::ProposerOrder(const ValidatorSet& set) : set_(set) {
  const auto first = set_.index_of(set_.proposer());
  SOUK_CHECK(first.has_value());  // update() without advance() may have removed it
  rounds_.push_back(*first);
  set_.rescale();
  set_.centre();
}

std::uint32_t ProposerOrder::at(std::int32_t round) {
  SOUK_CHECK(round >= 0);
  const auto wanted = static_cast<std::size_t>(round);
  while (rounds_.size() <= wanted) {
    set_.take_turn();
    rounds_.push_back(*set_.index_of(set_.proposer()));
  }
  return rounds_[wanted];
}

ValidatorSchedule ValidatorSchedule::genesis(ValidatorSet set) {
  ValidatorSet next = set;
  next.advance();
  return {std::nullopt, std::move(set), std::move(next)};
}

Result<void> ValidatorSchedule::roll(std::span<const PowerChange> changes) {
  ValidatorSet after = next;
  if (auto updated = after.update(changes); !updated) return updated;
  after.advance();
  last = std::move(current);
  current = std::move(next);
  next = std::move(after);
  return {};
}

}  // namespace souk::consensus
