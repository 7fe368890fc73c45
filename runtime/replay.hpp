#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/host.hpp"
#include "runtime/journal.hpp"

/// Replay: give the actors their recorded events again and compare what they answer. It needs neither the
/// simulator nor CAF, and works for a journal of either host: that is the project's central test.
namespace souk::runtime {

/// An actor as it was when the recorded run began.
struct ReplayActor {
  std::string name;
  AnyActor actor;
};

/// Where a replay first parts from its journal.
struct Difference {
  std::uint64_t record = 0;  ///< number of the record, from 0
  Time at;
  ActorId actor;
  std::string actor_name;
  std::string event;       ///< as text
  std::size_t effect = 0;  ///< which effect of the event, from 0
  std::string expected;  ///< as text; "nothing" if the record had fewer effects; a hash without full effects
  std::string got;       ///< as text; "nothing" if the actor had fewer
  friend bool operator==(const Difference&, const Difference&) = default;
};

/// One paragraph for people: when, who, event, expected, got.
std::string describe(const Difference& difference);

struct ReplayReport {
  std::uint64_t record_count = 0;   ///< records compared, the differing one included
  Fingerprint run_hash;             ///< of the records compared
  std::uint64_t ignored_bytes = 0;  ///< JournalReader::ignored_bytes
  bool complete = true;             ///< JournalEnd::complete
  std::optional<Difference> first;  ///< none: the same effects throughout
  bool same() const { return !first.has_value(); }
};

/// Feeds each record's event to its actor with the recorded time as context.now, and compares the effects;
/// stops at the first difference. `actors` are those of the recorded run before their first event, in the
/// order of their ids.
/// Errors: names other than the journal's; a damaged journal; a run hash other than the recorded one.
Result<ReplayReport> replay(JournalReader& journal, std::vector<ReplayActor> actors);

}  // namespace souk::runtime
