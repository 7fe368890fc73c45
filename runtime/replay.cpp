#include "runtime/replay.hpp"
#include "actors/consensus/observation.hpp"

#include <fmt/core.h>

#include <exception>

#include "actors/base/text.hpp"
#include "runtime/failure.hpp"

namespace souk::runtime {
namespace {

Result<void> check_names(const JournalHeader& header, const std::vector<ReplayActor>& actors) {
  if (header.actors.size() != actors.size()) {
    return fail(
        fmt::format("the journal has {} actors, this scenario {}: it is not the scenario of the journal",
                    header.actors.size(), actors.size()));
  }
  for (std::size_t i = 0; i < actors.size(); ++i) {
    if (header.actors[i] == actors[i].name) continue;
    return fail(
        fmt::format("actor {} is {} in the journal and {} here: it is not the scenario of the journal", i,
                    header.actors[i], actors[i].name));
  }
  return {};
}

std::string text_at(const Effects& effects, std::size_t i) {
  return i < effects.size() ? to_text(effects[i]) : "nothing";
}

std::string text_of_all(const Effects& effects) {
  if (effects.empty()) return "no effects";
  std::string text;
  for (const Effect& effect : effects) text += (text.empty() ? "" : ", ") + to_text(effect);
  return text;
}

/// The first effect that differs. REQUIRES: the effects differ.
std::size_t first_difference(const Effects& expected, const Effects& got) {
  std::size_t i = 0;
  while (i < expected.size() && i < got.size() &&
         effects_hash({&expected[i], 1}) == effects_hash({&got[i], 1})) {
    ++i;
  }
  return i;
}

Difference difference_at(const JournalHeader& header, std::uint64_t number, const JournalRecord& record,
                         const Effects& got) {
  Difference d;
  d.record = number;
  d.at = record.at;
  d.actor = record.actor;
  d.actor_name = header.actors[record.actor.value];
  d.event = to_text(record.event);
  if (header.effects == JournalEffects::full) {
    d.effect = first_difference(record.effects, got);
    d.expected = text_at(record.effects, d.effect);
    d.got = text_at(got, d.effect);
  } else {
    d.expected = "effects with hash " + hex(record.effects_hash);
    d.got = text_of_all(got) + ", with hash " + hex(effects_hash(got));
  }
  return d;
}

/// The replay under way: the actors as they are now, and a chain of events for each.
class Replay {
 public:
  Replay(const JournalHeader& header, std::vector<ReplayActor> actors)
      : header_(header), actors_(std::move(actors)), chains_(actors_.size()) {}

  /// Hands `record` to its actor. Errors: the actor threw.
  Result<std::optional<Difference>> feed(const JournalRecord& record, std::uint64_t number) {
    ReplayActor& actor = actors_[record.actor.value];
    const Context context{record.at, record.actor, header_.seed, header_.antithetic};
    effects_.clear();
    try {
      actor.actor.on(record.event, context, effects_);
    } catch (const std::exception& error) {
      return fail(fmt::format("record {}: actor {} at {}: {}", number, actor.name, utc_text(record.at),
                              error.what()));
    }
    std::erase_if(effects_, [](const Effect& effect) { return !counts(effect); });
    add_event(chains_[record.actor.value], record.at, event_hash(record.event));
    if (effects_hash(effects_) == record.effects_hash) return std::optional<Difference>();
    return std::optional(difference_at(header_, number, record, effects_));
  }

  Fingerprint run_hash() const { return souk::runtime::run_hash(chains_); }

 private:
  const JournalHeader& header_;
  std::vector<ReplayActor> actors_;
  std::vector<StreamHash> chains_;
  Effects effects_;
};

}  // namespace

std::string describe(const Difference& d) {
  return fmt::format(
      "first difference: record {} at {}, actor {} ({})\n  event:    {}\n  effect:   number {}\n  expected: "
      "{}\n"
      "  got:      {}",
      d.record, utc_text(d.at), d.actor_name, d.actor.value, d.event, d.effect, d.expected, d.got);
}

Result<ReplayReport> replay(JournalReader& journal, std::vector<ReplayActor> actors) {
  if (auto same = check_names(journal.header(), actors); !same) return fail(same.error().message);
  Replay replay(journal.header(), std::move(actors));
  ReplayReport report;
  while (true) {
    auto record = journal.next();
    if (!record) return fail(record.error().message);
    if (!*record) break;
    auto difference = replay.feed(**record, report.record_count);
    if (!difference) return fail(difference.error().message);
    ++report.record_count;
    report.first = std::move(*difference);
    if (report.first) break;
  }
  report.run_hash = replay.run_hash();
  if (report.first) return report;
  report.ignored_bytes = journal.ignored_bytes();
  report.complete = journal.end().complete;
  if (!journal.was_cut_off() && report.run_hash != journal.end().run_hash) {
    return fail(fmt::format("the journal says run hash {}, its records have {}", hex(journal.end().run_hash),
                            hex(report.run_hash)));
  }
  return report;
}

}  // namespace souk::runtime
