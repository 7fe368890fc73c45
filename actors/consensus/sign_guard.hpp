#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "actors/consensus/types.hpp"

/// Keeps a validator from signing two things where it may sign one, over crashes too (consensus-node.md
/// section 1.9).
namespace souk::consensus {

/// Everything this key signed at its highest height, and that there was nothing higher. The caller makes each
/// new statement durable before a signature of it leaves; after a crash it tells the guard of each durable
/// one again (`recover`), in the order in which they were made.
class SignGuard {
 public:
  SignGuard() = default;
  /// Signs nothing up to and including `floor`: the last statement that another store remembers.
  explicit SignGuard(const Statement& floor) : floor_(place_of(floor)) {}

  enum class Answer : std::uint8_t {
    sign,    ///< new: make it durable first
    repeat,  ///< signed before, and durable since: the same bytes may be signed and sent again
    refuse,  ///< contradicts, or may contradict, what was signed
  };
  /// Whether `statement` may be signed; remembers it with `sign`. A height, round and step below the highest
  /// signed is refused unless it is exactly what was signed there.
  Answer ask(const Statement& statement);

  /// A statement found in the write-ahead log. Errors: it contradicts an earlier one, or goes back: the log
  /// is not one that this guard wrote.
  Result<void> recover(const Statement& statement);

  /// The highest statement, for the copy that another store keeps.
  const Statement* last() const { return signed_.empty() ? nullptr : &signed_.rbegin()->second; }

 private:
  using Place = std::tuple<Height, Round, Step>;
  static Place place_of(const Statement& s) { return {s.height, s.round, s.step}; }

  std::optional<Place> floor_;
  std::map<Place, Statement> signed_;  ///< of the highest height only
};

}  // namespace souk::consensus
