#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/base/hash.hpp"
#include "actors/base/ids.hpp"
#include "actors/base/result.hpp"

/// Who votes with how much, and whose turn it is to propose (consensus-node.md section 1.3).
namespace souk::consensus {

/// An ed25519 public key, or whatever the host's signatures use in its place.
using PublicKey = std::array<std::uint8_t, 32>;
/// Voting power; a valid one is at least 1.
using Power = std::int64_t;

/// The largest sum of powers, 2^63 / 8: leaves room for priorities, which stay within a few times the sum.
inline constexpr Power total_power_max = INT64_MAX / 8;
/// At most so many validators, hence so many signatures in a commit (section 1.4).
inline constexpr std::size_t validator_count_max = 10'000;

/// A validator's address: the first 20 bytes of SHA-256 of its key.
Address address_of(const PublicKey& key);

struct Validator {
  Address address;
  PublicKey key{};
  Power power = 0;
  std::int64_t priority = 0;  ///< proposer priority; all arithmetic on it saturates
  friend bool operator==(const Validator&, const Validator&) = default;
};

/// Asks for `power` for the validator with `key`: joins, changes, or with 0 leaves.
struct PowerChange {
  PublicKey key{};
  Power power = 0;
};

/// The validators of one height in commit order: power descending, then address ascending; the place is the
/// index that votes and commits name. Never empty. A value: copies are independent.
class ValidatorSet {
 public:
  /// The set of the first height: the changes applied to nothing, then one step.
  /// Errors: empty, a key twice, power < 1, total above total_power_max, more than validator_count_max.
  static Result<ValidatorSet> genesis(std::span<const PowerChange> changes);
  /// A stored set with its priorities. `proposer` is whose turn it was at the last step.
  /// Errors: as genesis; an address that is not its key's; `proposer` not among them.
  static Result<ValidatorSet> restore(std::vector<Validator> validators, const Address& proposer);

  /// Applies `changes`: additions and new powers, then removals, rescale, centre, sort; nothing if there are
  /// none. Changes nothing on error. The set serves no height before the advance() that must follow.
  /// Errors: as genesis; removal of a validator that is not there; nobody left.
  Result<void> update(std::span<const PowerChange> changes);
  /// One block on: rescale, centre, one step. The set of the next height, even without updates.
  void advance();

  std::size_t size() const { return validators_.size(); }
  const Validator& operator[](std::size_t index) const { return validators_[index]; }
  std::span<const Validator> validators() const { return validators_; }
  Power total_power() const { return total_power_; }
  /// Place of `address` in the set, if it is there.
  std::optional<std::uint32_t> index_of(const Address& address) const;
  /// Who proposes in round 0 of this set's height.
  const Address& proposer() const { return proposer_; }

  /// Commits to keys and powers, in order (the validators_hash of a header).
  Hash hash() const;
  /// Commits to priorities and the proposer too. CometBFT leaves them out, so that a light client took forged
  /// ones (ASA-2024-009); ours go under the app hash.
  Hash priorities_hash() const;

  friend bool operator==(const ValidatorSet&, const ValidatorSet&) = default;

 private:
  friend class ProposerOrder;

  Result<void> apply(std::span<const PowerChange> changes, bool removals_allowed);
  /// Moves priorities toward each other until their distance is within twice the total power.
  void rescale();
  /// Takes the mean, rounded down, off every priority.
  void centre();
  /// Everybody gains its power; the highest, ties to the smaller address, proposes and pays the total.
  void take_turn();
  void sort();

  std::vector<Validator> validators_;
  Power total_power_ = 0;
  Address proposer_;
};

/// Who proposes in each round of one height: a pure function of that height's set. Normalises once and then
/// takes exactly one step a round, so that it does not matter which rounds were asked for before. (CometBFT
/// normalises once per call, by the rounds skipped: two correct nodes can disagree there.)
class ProposerOrder {
 public:
  explicit ProposerOrder(const ValidatorSet& set);
  /// Index in the set of the proposer of `round` >= 0. Time and memory grow with the highest round asked.
  std::uint32_t at(std::int32_t round);

 private:
  ValidatorSet set_;
  std::vector<std::uint32_t> rounds_;  ///< index by round, as far as asked for
};

/// The sets of three heights: what block h returns takes effect at h + 2 (section 1.6).
struct ValidatorSchedule {
  std::optional<ValidatorSet> last;  ///< of h - 1, who signed its commit; none at the first height
  ValidatorSet current;              ///< of h
  ValidatorSet next;                 ///< of h + 1

  /// At the first height: next is one step after current.
  static ValidatorSchedule genesis(ValidatorSet set);
  /// After block h returned `changes`: rolls by one height. Changes nothing on error (as
  /// ValidatorSet::update).
  Result<void> roll(std::span<const PowerChange> changes);
  friend bool operator==(const ValidatorSchedule&, const ValidatorSchedule&) = default;
};

}  // namespace souk::consensus
