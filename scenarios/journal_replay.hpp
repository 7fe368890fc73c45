#pragma once

#include <string>
#include <vector>

#include "actors/base/result.hpp"
#include "runtime/replay.hpp"

/// `souk replay JOURNAL`: the actors of a recorded run get their events again, and what they answer is
/// compared.
namespace souk::scenarios {

struct JournalReplayInput {
  std::string journal;
  std::string scenario;           ///< file; empty takes the one the journal names
  std::string data;               ///< folder of the data sets, as for the recorded run
  std::vector<std::string> sets;  ///< `key=value`, as for the recorded run
  bool allow_incomplete = false;  ///< take a journal that was cut off up to its last whole record
};

struct JournalReplayOutcome {
  runtime::JournalHeader header;
  runtime::ReplayReport report;
};

/// Errors: the journal can not be read, or is cut off; the scenario is another one than the recorded run's.
Result<JournalReplayOutcome> replay_journal(const JournalReplayInput& input);

/// One paragraph for people, and the same for machines.
std::string replay_text(const JournalReplayOutcome& outcome);
std::string replay_json(const JournalReplayOutcome& outcome);

}  // namespace souk::scenarios
