#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "actors/consensus/evidence.hpp"

/// Evidence on its way into a block, and what is needed to judge it (consensus-node.md section 1.7).
namespace souk::consensus {

/// The validators and the time of past heights, as far back as evidence can reach. Keys and powers only:
/// nobody's turn is asked of the past.
class ValidatorHistory {
 public:
  explicit ValidatorHistory(Height first) : first_(first) {}

  /// The set that decides `height`, the next one. `changed`: keys or powers differ from the height before.
  void add(Height height, const ValidatorSet& set, bool changed);
  /// `height`, the last one added, was decided with this block time.
  void decided(Time time) { times_.push_back(time); }
  /// Forgets the heights whose evidence nobody can use after a block of `height` and `time`.
  void prune(Height height, Time time, const EvidenceAge& age);

  /// Null if it is not known (yet, or any more).
  const ValidatorSet* at(Height height) const;
  /// Of a decided height; none if it is not known.
  std::optional<Time> time_of(Height height) const;

 private:
  struct Since {
    Height from;
    std::shared_ptr<const ValidatorSet> set;
  };
  Height first_;                ///< of times_
  std::optional<Height> last_;  ///< highest height with a known set
  std::deque<Since> sets_;
  std::deque<Time> times_;
};

/// Evidence that was found or heard of and checked, and is in no block yet; and what is in blocks. One
/// offence, one entry: validator, height, round and step name it, whatever the two statements are.
class EvidencePool {
 public:
  /// At most so many wait; more are not taken. Two of them from every one of 10,000 validators.
  static constexpr std::size_t pending_max = 20'000;

  enum class Status : std::uint8_t { unknown, pending, committed };
  Status status(const Evidence& evidence) const;
  /// Whether exactly this waits here, so that its signatures were checked.
  bool holds(const Evidence& evidence) const;
  /// Takes checked evidence. False if it is here already or the pool is full.
  bool add(const Evidence& evidence);
  /// Oldest offences first, of at most `bytes_max` encoded, none expired for a block of `height` and `time`.
  std::vector<Evidence> propose(std::uint32_t bytes_max, Height height, Time time, const EvidenceAge& age,
                                const ValidatorHistory& history) const;
  /// These are in a block now.
  void commit(const std::vector<Evidence>& evidence);
  /// Forgets what is too old to be used.
  void prune(Height height, Time time, const EvidenceAge& age, const ValidatorHistory& history);

  std::size_t pending_count() const { return pending_.size(); }
  /// At most `count_max` that wait, oldest offence first.
  std::vector<Evidence> oldest(std::size_t count_max) const;

  /// Bytes of the encoding of `evidence` in a block.
  static std::size_t byte_count(const Evidence& evidence);

 private:
  using Offence = std::tuple<Height, Round, Step, Address>;
  static Offence offence_of(const Evidence& evidence);

  std::map<Offence, Evidence> pending_;
  std::set<Offence> committed_;
};

}  // namespace souk::consensus
